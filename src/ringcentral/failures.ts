/** What a failed request means: RingCentral's two error envelopes, and everything that is no answer at all. */
import { ReadError, RequestError } from 'got';
import {
  BadUserInput,
  type CallControlFailure,
  CallNotFound,
  Forbidden,
  RateLimited,
  Unauthenticated,
  UpstreamBadResponse,
  type UpstreamTrace,
  UpstreamUnavailable,
  WrongCallState,
} from '../../schema/failures.ts';
import { headerOf, retryAfterOf, type WithHeaders } from '../answer-headers.ts';
import { withoutSecrets } from '../telemetry/log.ts';
import type { WireError, WireErrorDetail } from './wire.ts';

/** An HTTP answer as it came. */
export interface RawAnswer extends WithHeaders {
  readonly status: number;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** What a 429 without `Retry-After` asks for, by RingCentral's guide. */
const DEFAULT_PENALTY = 30_000; // 30 seconds

/** How long a 429 silences us, in milliseconds. */
export function penaltyOf(answer: RawAnswer): number {
  return retryAfterOf(answer) ?? DEFAULT_PENALTY;
}

/** What an answer outside of 200 to 299 means to whoever asked. */
export function failureOfAnswer(answer: RawAnswer): CallControlFailure {
  const { status } = answer;
  const detail = readEnvelope(answer.text);
  const trace = traceOf(answer, detail.errorCode);
  const said = (otherwise: string) => speakable(detail.message) ?? otherwise;

  if (status >= 500) return new UpstreamUnavailable(said('RingCentral is out of order.'), true, trace);
  switch (status) {
    case 401:
      return new Unauthenticated(said('RingCentral does not take this token; sign in again.'), trace);
    case 403:
      return new Forbidden(said('RingCentral does not allow this.'), detail.permissionName, trace);
    case 404:
    case 410:
      return notFound(detail, said, trace);
    case 408:
      return new UpstreamUnavailable(said('RingCentral waited too long for the request.'), true, trace);
    case 409:
      return new WrongCallState(
        said('The call is not in a state that allows this.'),
        undefined,
        undefined,
        trace,
      );
    case 429:
      return tooMany(answer, trace);
    case 400:
    case 413:
    case 414:
    case 415:
    case 422:
      return isOfCall(detail.parameterName) && detail.errorCode === 'CMN-102'
        ? notFound(detail, said, trace)
        : new BadUserInput(said('RingCentral does not take this input.'), detail.parameterName, trace);
    default:
      return new UpstreamBadResponse(`RingCentral answered ${status}, which is not of its API.`, trace);
  }
}

/** False for a web page: a proxy or a portal on the way wrote that, whatever its status says. */
export function isOfRingCentral(answer: Pick<RawAnswer, 'headers' | 'text'>): boolean {
  const type = headerOf(answer, 'content-type') ?? '';
  return !/^\s*</.test(answer.text) && !/^\s*text\/html/i.test(type);
}

/** What an answer of 200 to 299 means whose body cannot be read. */
export function unreadable(answer: RawAnswer, cause?: unknown): UpstreamBadResponse {
  const kind = isOfRingCentral(answer) ? 'something that is not JSON' : 'a web page';
  return new UpstreamBadResponse(
    `RingCentral answered ${kind} instead of a call.`,
    traceOf(answer),
    cause === undefined ? {} : { cause },
  );
}

/** What it means when there was no whole answer. */
export function failureOfError(error: unknown): CallControlFailure {
  const options = { cause: error };
  if (error instanceof AnswerTooLarge) {
    return new UpstreamBadResponse('RingCentral answered more than an answer can be.', {}, options);
  }
  if (error instanceof NotAnAnswer) {
    return new UpstreamBadResponse(`RingCentral answered with ${error.instead}.`, {}, options);
  }
  if (error instanceof NoAnswerInTime) {
    const message = error.wasConnected
      ? 'RingCentral did not answer in time.'
      : 'RingCentral could not be reached in time.';
    return new UpstreamUnavailable(message, error.wasConnected, {}, options);
  }
  if (error instanceof ReadError) {
    const status = error.response?.statusCode;
    return status !== undefined && status < 300
      ? new UpstreamBadResponse('The answer of RingCentral broke off.', { status }, options)
      : new UpstreamUnavailable('The answer of RingCentral broke off.', true, { status }, options);
  }
  const sent = !(error instanceof RequestError) || wasConnected(error);
  const message = sent ? 'The connection to RingCentral broke.' : 'RingCentral could not be reached.';
  return new UpstreamUnavailable(message, sent, {}, options);
}

/** Thrown while reading an answer that grows beyond any real one. */
export class AnswerTooLarge extends Error {
  override name = 'AnswerTooLarge';
}

/** Thrown when something comes that will never be an answer, like a change to another protocol. */
export class NotAnAnswer extends Error {
  override name = 'NotAnAnswer';

  /** `instead` says what came, in words that go on behind "RingCentral answered with". */
  constructor(readonly instead: string) {
    super(`RingCentral answered with ${instead}.`);
  }
}

/** Thrown when the time is up. */
export class NoAnswerInTime extends Error {
  override name = 'NoAnswerInTime';

  /** `wasConnected` is false when certainly not a byte of the request has left. */
  constructor(readonly wasConnected: boolean) {
    super('The time for the answer is up.');
  }
}

/** True where something did come, and asking again would bring the same. */
export function wasAnswered(error: unknown): boolean {
  return error instanceof AnswerTooLarge || error instanceof NotAnAnswer;
}

/** Before the connection stood, not a byte of the request can have left. */
function wasConnected(error: RequestError): boolean {
  return error.timings?.connect !== undefined;
}

function notFound(
  detail: WireErrorDetail,
  said: (otherwise: string) => string,
  trace: UpstreamTrace,
): CallControlFailure {
  // CMN-120 is "invalid URI", and a body without any code comes from somebody else at that address.
  if (detail.errorCode === undefined || detail.errorCode === 'CMN-120') {
    return new UpstreamBadResponse('RingCentral does not know this operation at its address.', trace);
  }
  const { parameterName } = detail;
  const missing = parameterName === undefined ? 'call' : MISSING[parameterName];
  const message =
    missing === undefined
      ? said('This is not to be found (any more).')
      : `RingCentral knows no such ${missing} (any more).`;
  return new CallNotFound(message, parameterName, trace);
}

/** What a parameter of a path names, for a person. */
const MISSING: { readonly [parameterName: string]: string } = {
  telephonySessionId: 'call',
  partyId: 'party of this call',
  recordingId: 'recording of this call',
  extensionId: 'extension',
  groupId: 'call queue',
};

/** What a call is addressed by: elsewhere a missing extension is a wrong value. */
const ADDRESS: ReadonlySet<string> = new Set(['telephonySessionId', 'partyId', 'recordingId']);

function isOfCall(parameterName: string | undefined): boolean {
  return ADDRESS.has(parameterName ?? '');
}

function tooMany(answer: RawAnswer, trace: UpstreamTrace): RateLimited {
  const penalty = penaltyOf(answer);
  const retryAfter = Math.max(1, Math.ceil(penalty / 1_000));
  return new RateLimited(
    `RingCentral had too many requests; try again in ${retryAfter} seconds.`,
    { retryAfter, retryAt: answer.receivedAt + retryAfter * 1_000, sent: true },
    trace,
  );
}

function traceOf(answer: RawAnswer, errorCode?: string): UpstreamTrace {
  return { errorCode, upstreamRequestId: headerOf(answer, 'rcrequestid'), status: answer.status };
}

/** Both envelopes in one: the list of call control, the top level of older APIs, and that of OAuth. */
function readEnvelope(text: string): WireErrorDetail {
  const body = parseObject(text) as WireError;
  const first: WireErrorDetail = Array.isArray(body.errors) ? (body.errors[0] ?? {}) : {};
  const pick = (name: keyof WireErrorDetail) => asText(first[name]) ?? asText(body[name]);
  return withoutUndefined({
    errorCode: pick('errorCode') ?? asText(body.error),
    message: pick('message') ?? asText(body.error_description),
    parameterName: pick('parameterName'),
    permissionName: pick('permissionName'),
  });
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
}

const URL_TEXT = /https?:\/\/\S+/gi;
const LONG_NUMBER = /\+?\d{7,}/g;
const LONGEST_MESSAGE = 300; // characters
/** Longer ones are cut before anything is looked for in them. */
const LONGEST_READ = 2_000; // characters

/** RingCentral's own words, without what must not be repeated. */
function speakable(message: string | undefined): string | undefined {
  if (message === undefined) return undefined;
  return withoutSecrets(message.slice(0, LONGEST_READ))
    .replace(URL_TEXT, '…')
    .replace(LONG_NUMBER, '…')
    .slice(0, LONGEST_MESSAGE);
}
