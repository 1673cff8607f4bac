/** What became of one request: an answer, or what stands in its place; pure. */
import type { CallControlFailure } from '../../schema/failures.ts';
import { headerOf, retryAfterOf, upstreamDateOf } from '../answer-headers.ts';
import {
  failureOfError,
  isOfTheSystem,
  NoAnswerInTime,
  type RawAnswer,
  unreadable,
  wasAnswered,
} from './failures.ts';
import { withLongNumbersAsText } from './long-numbers.ts';
import { boundaryOf, partsOf } from './multipart.ts';
import type { Operation } from './operation.ts';
import type { Trouble } from './retry.ts';
import type { UpstreamSystem } from './upstream-system.ts';

export interface UpstreamAnswer {
  readonly status: number;
  /** Parsed JSON, of a multipart answer a list with each of its parts; null where the body was empty, or could not be read and need not be. */
  readonly body: unknown;
  /** The phone system's own id of the request. */
  readonly upstreamRequestId: string | undefined;
  /** Epoch milliseconds by this machine's clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The phone system's clock as it answered, or null. */
  readonly upstreamDate: number | null;
}

/** What became of one request. */
export interface Outcome {
  /** Null when no whole answer came. */
  readonly raw: RawAnswer | null;
  /** Null for a success. */
  readonly failure: CallControlFailure | null;
  /** It said yes, and all of it came; `failure` may still say that it is not to be read. */
  readonly accepted: boolean;
  /** What to decide a retry by; null where asking again is of no use. */
  readonly trouble: Trouble | null;
  readonly answer: UpstreamAnswer;
  /** For the metrics: the HTTP status, or a word where there was none worth the name. */
  readonly status: string;
}

/** What a whole answer means. */
export function heard(system: UpstreamSystem, operation: Operation, raw: RawAnswer, sentAt: number): Outcome {
  const trace = system.traceOf(raw);
  const isYes = isSuccess(raw.status);
  const parsed = isYes ? parsedBody(system, raw) : { ok: true as const, value: null };
  const answer: UpstreamAnswer = {
    status: raw.status,
    body: parsed.ok ? parsed.value : null,
    upstreamRequestId: trace.upstreamRequestId,
    sentAt,
    receivedAt: raw.receivedAt,
    upstreamDate: upstreamDateOf(raw),
  };
  if (!parsed.ok) {
    const failure = unreadable(system.name, raw, trace, parsed.error);
    return { raw, answer, failure, accepted: isOfTheSystem(raw), trouble: null, status: 'bad-response' };
  }
  const status = String(raw.status);
  if (isYes) return { raw, answer, failure: null, accepted: true, trouble: null, status };
  const trouble = system.isPassing(raw.status) ? troubleOf(system, operation, raw) : null;
  return { raw, answer, failure: system.failureOf(raw, operation), accepted: false, trouble, status };
}

function troubleOf(system: UpstreamSystem, operation: Operation, raw: RawAnswer): Trouble {
  const { penalty } = system.noticeOf(operation, raw);
  if (penalty !== undefined) return { kind: 'busy', retryAfter: penalty };
  return { kind: 'status', status: raw.status, retryAfter: retryAfterOf(raw) };
}

/** What it means that no whole answer came. */
export function unheard(
  system: UpstreamSystem,
  error: unknown,
  sentAt: number,
  wasAborted: boolean,
): Outcome {
  const answer = {
    status: 0,
    body: null,
    upstreamRequestId: undefined,
    sentAt,
    receivedAt: Date.now(),
    upstreamDate: null,
  };
  const nothing = {
    raw: null,
    answer,
    failure: failureOfError(system.name, error),
    accepted: false,
    trouble: null,
  };
  if (wasAborted) return { ...nothing, status: 'aborted' };
  if (wasAnswered(error)) return { ...nothing, status: 'bad-response' };
  const kind = error instanceof NoAnswerInTime ? 'timeout' : 'network';
  return { ...nothing, trouble: { kind }, status: kind };
}

/** A yes. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** JSON, or the parts of a multipart answer as a list of such. */
function parsedBody(system: UpstreamSystem, raw: RawAnswer): Parsed {
  const boundary = boundaryOf(headerOf(raw, 'content-type'));
  if (boundary === null) return parseJson(system.hasLongNumbers ? withLongNumbersAsText(raw.text) : raw.text);
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
