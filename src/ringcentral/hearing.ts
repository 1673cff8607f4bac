/** What became of one request: an answer, or what stands in its place; pure. */
import type { CallControlFailure } from '../../schema/failures.ts';
import { headerOf, retryAfterOf, upstreamDateOf } from '../answer-headers.ts';
import {
  failureOfAnswer,
  failureOfError,
  isOfRingCentral,
  NoAnswerInTime,
  penaltyOf,
  type RawAnswer,
  unreadable,
  wasAnswered,
} from './failures.ts';
import { boundaryOf, partsOf } from './multipart.ts';
import type { Operation } from './operations.ts';
import type { RateNotice } from './rate-window.ts';
import type { Trouble } from './retry.ts';

export interface UpstreamAnswer {
  readonly status: number;
  /** Parsed JSON, of a multipart answer a list with each of its parts; null where the body was empty, or could not be read and need not be. */
  readonly body: unknown;
  /** RingCentral's own id of the request. */
  readonly upstreamRequestId: string | undefined;
  /** Epoch milliseconds by this machine's clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** RingCentral's clock as it answered, or null. */
  readonly upstreamDate: number | null;
}

/** What became of one request. */
export interface Outcome {
  /** Null when no whole answer came. */
  readonly raw: RawAnswer | null;
  /** Null for a success. */
  readonly failure: CallControlFailure | null;
  /** RingCentral said yes, and all of it came; `failure` may still say that it is not to be read. */
  readonly accepted: boolean;
  /** What to decide a retry by; null where asking again is of no use. */
  readonly trouble: Trouble | null;
  readonly answer: UpstreamAnswer;
  /** For the metrics: the HTTP status, or a word where there was none worth the name. */
  readonly status: string;
}

/** What a whole answer means. */
export function heard(raw: RawAnswer, sentAt: number): Outcome {
  const isYes = isSuccess(raw.status);
  const parsed = isYes ? parsedBody(raw) : { ok: true as const, value: null };
  const answer: UpstreamAnswer = {
    status: raw.status,
    body: parsed.ok ? parsed.value : null,
    upstreamRequestId: headerOf(raw, 'rcrequestid'),
    sentAt,
    receivedAt: raw.receivedAt,
    upstreamDate: upstreamDateOf(raw),
  };
  if (!parsed.ok) {
    const failure = unreadable(raw, parsed.error);
    return { raw, answer, failure, accepted: isOfRingCentral(raw), trouble: null, status: 'bad-response' };
  }
  const status = String(raw.status);
  if (isYes) return { raw, answer, failure: null, accepted: true, trouble: null, status };
  const trouble: Trouble = { kind: 'status', status: raw.status, retryAfter: retryAfterOf(raw) };
  return { raw, answer, failure: failureOfAnswer(raw), accepted: false, trouble, status };
}

/** What it means that no whole answer came. */
export function unheard(error: unknown, sentAt: number, wasAborted: boolean): Outcome {
  const answer = {
    status: 0,
    body: null,
    upstreamRequestId: undefined,
    sentAt,
    receivedAt: Date.now(),
    upstreamDate: null,
  };
  const nothing = { raw: null, answer, failure: failureOfError(error), accepted: false, trouble: null };
  if (wasAborted) return { ...nothing, status: 'aborted' };
  if (wasAnswered(error)) return { ...nothing, status: 'bad-response' };
  const kind = error instanceof NoAnswerInTime ? 'timeout' : 'network';
  return { ...nothing, trouble: { kind }, status: kind };
}

/** What an answer says about the rate budget of its operation. */
export function noticeOf(operation: Operation, raw: RawAnswer): RateNotice {
  const named = headerOf(raw, 'x-rate-limit-group');
  const isOurs = named === undefined || named.toLowerCase() === operation.group.toLowerCase();
  const number = (name: string) => (isOurs ? wholeNumber(headerOf(raw, name)) : undefined);
  const seconds = number('x-rate-limit-window');
  return {
    ok: isSuccess(raw.status),
    limit: number('x-rate-limit-limit'),
    remaining: number('x-rate-limit-remaining'),
    window: seconds === undefined || seconds === 0 ? undefined : seconds * 1_000,
    penalty: raw.status === 429 ? penaltyOf(raw) : undefined,
  };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

/** JSON, or the parts of a multipart answer as a list of such. */
function parsedBody(raw: RawAnswer): Parsed {
  const boundary = boundaryOf(headerOf(raw, 'content-type'));
  if (boundary === null) return parseJson(raw.text);
  const parts = partsOf(raw.text, boundary).map(parseJson);
  // A part that cannot be read costs no other.
  return { ok: true, value: parts.map((part) => (part.ok ? part.value : null)) };
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

function parseJson(text: string): Parsed {
  if (text.trim() === '') return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error };
  }
}
