/** What a refusal of RingCentral means: its two error envelopes. */
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
import { headerOf, retryAfterOf } from '../answer-headers.ts';
import { parseObject, type RawAnswer, speakable, textOf } from '../upstream/failures.ts';
import type { WireError, WireErrorDetail } from './wire.ts';

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
  const missing = parameterName === undefined ? 'call' : MISSING.get(parameterName);
  const message =
    missing === undefined
      ? said('This is not to be found (any more).')
      : `RingCentral knows no such ${missing} (any more).`;
  return new CallNotFound(message, parameterName, trace);
}

/** What a parameter of a path names, for a person. */
const MISSING: ReadonlyMap<string, string> = new Map(
  Object.entries({
    telephonySessionId: 'call',
    partyId: 'party of this call',
    recordingId: 'recording of this call',
    extensionId: 'extension',
    groupId: 'call queue',
  }),
);

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

/** What an answer says for support. */
export function traceOf(answer: RawAnswer, errorCode?: string): UpstreamTrace {
  return { errorCode, upstreamRequestId: headerOf(answer, 'rcrequestid'), status: answer.status };
}

/** Both envelopes in one: the list of call control, the top level of older APIs, and that of OAuth. */
function readEnvelope(text: string): WireErrorDetail {
  const body = parseObject(text) as WireError;
  const first: WireErrorDetail = Array.isArray(body.errors) ? (body.errors[0] ?? {}) : {};
  const pick = (name: keyof WireErrorDetail) => textOf(first[name]) ?? textOf(body[name]);
  return withoutUndefined({
    errorCode: pick('errorCode') ?? textOf(body.error),
    message: pick('message') ?? textOf(body.error_description),
    parameterName: pick('parameterName'),
    permissionName: pick('permissionName'),
  });
}

function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
}
