/**
 * What a refusal of Genesys Cloud means. Only its codes decide: its messages are for people, and change.
 *
 * The same code is spelt `conversation.error.…` or `conversations.error.…` by different services; here they are one.
 */
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
  WrongParticipantState,
} from '../../schema/failures.ts';
import { headerOf, retryAfterOf } from '../answer-headers.ts';
import { parseObject, type RawAnswer, speakable, textOf } from '../upstream/failures.ts';
import type { Operation as UpstreamOperation } from '../upstream/operation.ts';

/** What a 429 without `Retry-After` asks for, by Genesys's own SDKs. */
const DEFAULT_PENALTY = 3_000; // 3 seconds

/** Daily limits answer with hours. */
const LONGEST_PENALTY = 86_400_000; // 24 hours

/** How long a 429 silences us, in milliseconds. */
export function penaltyOf(answer: RawAnswer): number {
  return retryAfterOf(answer, LONGEST_PENALTY) ?? DEFAULT_PENALTY;
}

/** What an answer says for support. */
export function traceOf(answer: RawAnswer): UpstreamTrace {
  return {
    system: 'genesys',
    errorCode: answer.status < 300 ? undefined : readEnvelope(answer.text).code,
    upstreamRequestId: correlationOf(answer),
    status: answer.status,
  };
}

/** What an answer outside of 200 to 299 means to whoever asked for this operation. */
export function failureOfAnswer(answer: RawAnswer, operation: Refusable): CallControlFailure {
  const { status } = answer;
  const error = readEnvelope(answer.text);
  const trace: UpstreamTrace = {
    ...{ system: 'genesys', errorCode: error.code, status },
    upstreamRequestId: correlationOf(answer) ?? error.contextId,
  };
  const said = (otherwise: string) => speakable(error.message) ?? otherwise;

  if (status === 429) return tooMany(answer, trace);
  if (status === 401) {
    return new Unauthenticated(said('Genesys Cloud does not take this token; sign in again.'), trace);
  }
  const meaning = MEANINGS.get(plain(error.code));
  if (meaning !== undefined) return meaning({ said, error, operation, trace });
  if (status >= 500) return new UpstreamUnavailable(said('Genesys Cloud is out of order.'), true, trace);
  switch (status) {
    case 403:
      return forbidden({ said, error, operation, trace });
    case 404:
    case 410:
      return notFound({ said, error, operation, trace });
    case 408:
      return new UpstreamUnavailable(said('Genesys Cloud waited too long for the request.'), true, trace);
    case 409:
      return wrongState({ said, error, operation, trace });
    case 400:
    case 413:
    case 414:
    case 415:
    case 422:
      return badInput({ said, error, operation, trace });
    default:
      return new UpstreamBadResponse(`Genesys Cloud answered ${status}, which is not of its API.`, trace);
  }
}

/** Of an operation, what its refusal may be about. */
export type Refusable = Pick<UpstreamOperation, 'path'> & { readonly permissions?: readonly string[] };

/** `conversations.error.transfer.not.connected` and its like without what is in front of it. */
function plain(code: string | undefined): string {
  return (code ?? '').replace(/^conversations?\.error\./, '');
}

interface Refusal {
  /** Genesys's own words, or others where it has none. */
  readonly said: (otherwise: string) => string;
  readonly error: Envelope;
  readonly operation: Refusable;
  readonly trace: UpstreamTrace;
}

type Meaning = (refusal: Refusal) => CallControlFailure;

const wrongState: Meaning = ({ said, trace }) =>
  new WrongParticipantState(said('The call is not in a state that allows this.'), undefined, [], trace);

const badInput: Meaning = ({ said, error, trace }) =>
  new BadUserInput(said('Genesys Cloud does not take this input.'), error.fieldName, trace);

const badField =
  (parameterName: string): Meaning =>
  ({ said, error, trace }) =>
    new BadUserInput(
      said('Genesys Cloud does not take this input.'),
      error.fieldName ?? parameterName,
      trace,
    );

const forbidden: Meaning = ({ said, error, operation, trace }) => {
  const isAboutPermissions = error.code === 'missing.permissions' || error.code === 'missing.any.permissions';
  const named = error.permissions ?? (isAboutPermissions ? operation.permissions?.join(', ') : undefined);
  return new Forbidden(said('Genesys Cloud does not allow this.'), named === '' ? undefined : named, trace);
};

const gone =
  (parameterName: keyof typeof NAMES): Meaning =>
  ({ trace }) =>
    missing(parameterName, trace);

/** There is no such conversation (any more). */
export function noConversation(): CallNotFound {
  return missing('conversationId', { system: 'genesys' });
}

/** The conversation has no such participant, whatever else was the `cause` of a refusal. */
export function noParticipant(cause?: CallControlFailure): CallNotFound {
  return missing('participantId', cause?.trace ?? { system: 'genesys' }, { cause });
}

function missing(
  parameterName: keyof typeof NAMES,
  trace: UpstreamTrace,
  options?: ErrorOptions,
): CallNotFound {
  const message = `Genesys Cloud knows no such ${NAMES[parameterName]} (any more).`;
  return new CallNotFound(message, parameterName, trace, options);
}

/** True for a refusal of input that says nothing of what is wrong with it: it may as well be for the state of the call. */
export function isVague({ parameterName, trace }: BadUserInput): boolean {
  return parameterName === undefined && trace.errorCode !== undefined && VAGUE.has(trace.errorCode);
}

/** True for a refusal that says itself that it is the participant who is unknown; of another it is only thought. */
export function namesParticipant({ trace }: CallNotFound): boolean {
  return plain(trace.errorCode) === 'not.conversation.participant';
}

/** The one thing that the address names last is what is missing, where nothing is said. */
const notFound: Meaning = (refusal) => {
  const { operation, error, trace } = refusal;
  // A body without any code comes from somebody else at that address.
  if (error.code === undefined) {
    return new UpstreamBadResponse('Genesys Cloud does not know this operation at its address.', trace);
  }
  const known = IDS.filter((id) => operation.path.includes(`{${id}}`));
  const last = known.at(-1);
  return last === undefined ? badInput(refusal) : gone(last)(refusal);
};

/** What an id of a path names, for a person. */
const NAMES = {
  conversationId: 'conversation',
  participantId: 'participant of this conversation',
} as const;
const IDS = ['conversationId', 'participantId'] as const;

/** What each code means; those of which nothing stands here mean what their status does. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries<Meaning>({
    'conversation.not.found': gone('conversationId'),
    'not.conversation.participant': gone('participantId'),
    // What was to be called, not the call.
    'resource.not.found': (refusal) =>
      refusal.operation.path.includes('{conversationId}') ? notFound(refusal) : badField('to')(refusal),
    'hold.alerting': wrongState,
    'call.disconnected': wrongState,
    'cannot.disconnect.call': wrongState,
    'cannot.confine.party': wrongState,
    'cannot.create.conference': wrongState,
    'cannot.merge.alerting.conference': wrongState,
    'cannot.transfer.conference': wrongState,
    'participant.no.active.conversations': wrongState,
    'wrapup.cannot.skip': wrongState,
    'transfer.not.connected': wrongState,
    'transfer.userCall.voicemail': wrongState,
    'consult.transfer.not.started': wrongState,
    'consult.transfer.pending.not.found': wrongState,
    'consult.transfer.no.initiator': wrongState,
    'monitor.own.conversation': wrongState,
    'object.participant.id.required': wrongState,
    'wrapup.code.required': badField('code'),
    'empty.conversation.list': badField('conversationIds'),
    'participant.attribute.null': badField('attributes'),
    'queue.not.found': badField('queueId'),
    'queue.required': badField('queueId'),
    'transfer.same.party': badField('target'),
    'transfer.destination.required': badField('target'),
    'transfer.acd.call.unattended': badField('transferType'),
    'consult.transfer.no.destination': badField('target'),
    'cannot.transfer.to.self': badField('target'),
    'too.many.create.conversation.parameters': badField('to'),
    'communication.state.required': badInput,
    'forbidden.not.active.participant': forbidden,
    // Refused with 400, and about who asks.
    'not.a.participant': forbidden,
    'not.a.user': forbidden,
    // The user has no phone that could ring. The last two come with a 500, and are certainly not done.
    'no.user.station': badInput,
    'providerapi.error.station.no.active.edge': badInput,
    'providerapi.error.no.station.for.edge': badInput,
  }),
);

function tooMany(answer: RawAnswer, trace: UpstreamTrace): RateLimited {
  const retryAfter = Math.max(1, Math.ceil(penaltyOf(answer) / 1_000));
  return new RateLimited(
    `Genesys Cloud had too many requests; try again in ${retryAfter} seconds.`,
    { retryAfter, retryAt: answer.receivedAt + retryAfter * 1_000, sent: true },
    trace,
  );
}

function correlationOf(answer: RawAnswer): string | undefined {
  return headerOf(answer, 'inin-correlation-id');
}

/** What is read of an `ErrorBody`. */
interface Envelope {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly contextId?: string | undefined;
  readonly fieldName?: string | undefined;
  /** Those that are missing, comma-separated. */
  readonly permissions?: string | undefined;
}

/** Codes that say less than one inside of their `errors`. */
const VAGUE: ReadonlySet<string> = new Set([
  'bad.request',
  'general.bad.request',
  'postino.error.bad.request',
]);

/** Bodies in bodies: no honest one goes deeper. */
const DEEPEST = 3;

/** An error body, also where the telling one is inside of another. */
function readEnvelope(text: string): Envelope {
  return envelopeOf(parseObject(text), DEEPEST);
}

function envelopeOf(body: object, depth: number): Envelope {
  const wire = body as Readonly<Record<string, unknown>>;
  const details = objectsIn(wire.details);
  const own: Envelope = {
    code: textOf(wire.code) ?? firstText(details, 'errorCode'),
    message: textOf(wire.message) ?? textOf(wire.messageWithParams),
    contextId: textOf(wire.contextId),
    fieldName: firstText(details, 'fieldName'),
    permissions: permissionsIn(wire.messageParams),
  };
  const [inner] = depth === 0 ? [] : objectsIn(wire.errors);
  if (inner === undefined || (own.code !== undefined && !VAGUE.has(own.code))) return own;
  const { code, message, contextId, fieldName, permissions } = envelopeOf(inner, depth - 1);
  return {
    code: code ?? own.code,
    message: message ?? own.message,
    contextId: own.contextId ?? contextId,
    fieldName: fieldName ?? own.fieldName,
    permissions: permissions ?? own.permissions,
  };
}

/** Called `permissions` or `permission`, a text or a list. */
function permissionsIn(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const { permissions, permission } = params as Readonly<Record<string, unknown>>;
  const named = [permissions ?? permission ?? []].flat().flatMap((one) => textOf(one) ?? []);
  return textOf(named.join(', '))?.replace(/^\[(.*)\]$/, '$1');
}

function firstText(objects: readonly Readonly<Record<string, unknown>>[], name: string): string | undefined {
  for (const one of objects) {
    const text = textOf(one[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

function objectsIn(raw: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(raw) ? raw.filter((one) => typeof one === 'object' && one !== null) : [];
}
