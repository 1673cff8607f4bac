/**
 * What can go wrong, one class per thing a caller can do differently.
 *
 * A provider throws these from reads. From a command it puts those a user can act on into
 * `CommandResult.error`, beside the true state of the call; only `Unauthenticated`, `Forbidden` as
 * a caller, `BadUserInput` and `Overloaded` are thrown there too, because they say nothing about the call.
 *
 * Messages may be shown to a user: they carry no token, no URL and no stack.
 */
import type { ParticipantAction } from './genesys/actions.ts';
import type { ParticipantState } from './genesys/model.ts';
import type { PartyStatusCode } from './model.ts';
import { type PhoneSystem, SYSTEM_NAMES } from './systems.ts';

/** What a phone system said of a failure, for support: its own code, and the id it gave the request. */
export interface UpstreamTrace {
  /** Which one, where it matters to an app: of `NotConfigured`, and of an `Unauthenticated` that is about one of them. */
  readonly system?: PhoneSystem | undefined;
  /** Its own code: RingCentral's `errorCode`, like `TAS-102`; Genesys's `code`, like `not.authorized`. */
  readonly errorCode?: string | undefined;
  /** Its own id: RingCentral's `RCRequestId`, Genesys's `ININ-Correlation-Id`. */
  readonly upstreamRequestId?: string | undefined;
  /** The HTTP status it answered with. */
  readonly status?: number | undefined;
}

/** The common parent, so that a boundary can tell an expected failure from a defect. */
export abstract class CallControlFailure extends Error {
  abstract readonly code: FailureCode;
  readonly trace: UpstreamTrace;

  constructor(message: string, trace: UpstreamTrace = {}, options?: ErrorOptions) {
    super(message, options);
    this.trace = trace;
  }
}

/** `extensions.code` of a failure that was to be expected. */
export const FAILURE_CODES = [
  'UNAUTHENTICATED',
  'SIGN_IN_REQUIRED',
  'NOT_CONFIGURED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_BAD_RESPONSE',
  'BAD_USER_INPUT',
  'CALL_NOT_FOUND',
  'WRONG_CALL_STATE',
  'OVERLOADED',
  'PERSISTED_QUERY_NOT_SUPPORTED',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** `extensions.code` of every top-level error; the last one is a defect. */
export const ERROR_CODES = [...FAILURE_CODES, 'INTERNAL_SERVER_ERROR'] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Nobody, or nobody any more: the token is missing, malformed, expired or revoked. */
export class Unauthenticated extends CallControlFailure {
  override name = 'Unauthenticated';
  readonly code = 'UNAUTHENTICATED';
}

/** A browser that holds no session (any more), where it could: it is to be sent to `/auth/sign-in`. */
export class SignInRequired extends CallControlFailure {
  override name = 'SignInRequired';
  readonly code = 'SIGN_IN_REQUIRED';
}

/** The gateway has no such phone system: it is switched off. */
export class NotConfigured extends CallControlFailure {
  override name = 'NotConfigured';
  readonly code = 'NOT_CONFIGURED';
  readonly system: PhoneSystem;

  constructor(system: PhoneSystem, message = `${SYSTEM_NAMES[system]} is not switched on at this gateway.`) {
    super(message, { system });
    this.system = system;
  }
}

/** The phone system knows the caller and refuses: a missing permission, scope or feature. */
export class Forbidden extends CallControlFailure {
  override name = 'Forbidden';
  readonly code = 'FORBIDDEN';
  /** The permission to ask an administrator for, where the phone system named one. */
  readonly permissionName: string | undefined;

  constructor(message: string, permissionName?: string, trace?: UpstreamTrace, options?: ErrorOptions) {
    super(message, trace, options);
    this.permissionName = permissionName;
  }
}

/** The call, whoever takes part in it, or the recording does not exist (any more). */
export class CallNotFound extends CallControlFailure {
  override name = 'CallNotFound';
  readonly code = 'CALL_NOT_FOUND';
  /** Which id was not found: `telephonySessionId`, `partyId`, `recordingId`; `conversationId`, `participantId`. */
  readonly parameterName: string | undefined;

  constructor(message: string, parameterName?: string, trace?: UpstreamTrace, options?: ErrorOptions) {
    super(message, trace, options);
    this.parameterName = parameterName;
  }
}

/** The call is not in a state that allows the command (409). */
export class WrongCallState extends CallControlFailure {
  override name = 'WrongCallState';
  readonly code = 'WRONG_CALL_STATE';
  /** What the party is doing instead, where it is known. */
  readonly actualCode: PartyStatusCode | undefined;
  /** The commands that its state does allow. */
  readonly allowedActions: readonly CallAction[];

  constructor(
    message: string,
    actualCode?: PartyStatusCode,
    allowedActions: readonly CallAction[] = [],
    trace?: UpstreamTrace,
    options?: ErrorOptions,
  ) {
    super(message, trace, options);
    this.actualCode = actualCode;
    this.allowedActions = allowedActions;
  }
}

/** The participant of a Genesys conversation is not in a state that allows the command. */
export class WrongParticipantState extends WrongCallState {
  override name = 'WrongParticipantState';
  /** What the participant is doing instead, where it is known. */
  readonly actualState: ParticipantState | undefined;
  /** The commands that its state does allow. */
  readonly allowedParticipantActions: readonly ParticipantAction[];

  constructor(
    message: string,
    actualState?: ParticipantState,
    allowedParticipantActions: readonly ParticipantAction[] = [],
    trace?: UpstreamTrace,
    options?: ErrorOptions,
  ) {
    super(message, undefined, [], trace, options);
    this.actualState = actualState;
    this.allowedParticipantActions = allowedParticipantActions;
  }
}

/** Input that the phone system, or the gateway before it, refuses. */
export class BadUserInput extends CallControlFailure {
  override name = 'BadUserInput';
  readonly code = 'BAD_USER_INPUT';
  /** The field to mend, in the API's spelling. */
  readonly parameterName: string | undefined;

  constructor(message: string, parameterName?: string, trace?: UpstreamTrace, options?: ErrorOptions) {
    super(message, trace, options);
    this.parameterName = parameterName;
  }
}

/** The rate budget of this viewer is spent; nothing was sent, or the phone system answered 429. */
export class RateLimited extends CallControlFailure {
  override name = 'RateLimited';
  readonly code = 'RATE_LIMITED';
  /** Seconds from now until it makes sense to ask again. */
  readonly retryAfter: number;
  /** The same moment, in epoch milliseconds. */
  readonly retryAt: number;
  /** Whether a request left the gateway: `false` when the budget refused it first. */
  readonly sent: boolean;

  constructor(
    message: string,
    facts: { retryAfter: number; retryAt: number; sent: boolean },
    trace?: UpstreamTrace,
    options?: ErrorOptions,
  ) {
    super(message, trace, options);
    this.retryAfter = facts.retryAfter;
    this.retryAt = facts.retryAt;
    this.sent = facts.sent;
  }
}

/** The phone system could not be reached, did not answer in time, or answered 5xx. */
export class UpstreamUnavailable extends CallControlFailure {
  override name = 'UpstreamUnavailable';
  readonly code = 'UPSTREAM_UNAVAILABLE';
  /** `false` only when it is certain that nothing reached it (a refused connection, an unknown host). */
  readonly sent: boolean;

  constructor(message: string, sent: boolean, trace?: UpstreamTrace, options?: ErrorOptions) {
    super(message, trace, options);
    this.sent = sent;
  }
}

/** What answered is not the phone system's API: HTML, truncated JSON, a body of another shape. */
export class UpstreamBadResponse extends CallControlFailure {
  override name = 'UpstreamBadResponse';
  readonly code = 'UPSTREAM_BAD_RESPONSE';
}

/** The gateway itself has too much to do; nothing was sent. */
export class Overloaded extends CallControlFailure {
  override name = 'Overloaded';
  readonly code = 'OVERLOADED';
}

/**
 * The client sent the hash of an operation instead of its text, to a gateway that keeps none. Message, code and the status
 * 200 are those of Apollo Server, which the clients of Apollo and urql know: they send the text then, and no hash any more.
 */
export class PersistedQueryNotSupported extends CallControlFailure {
  override name = 'PersistedQueryNotSupported';
  readonly code = 'PERSISTED_QUERY_NOT_SUPPORTED';

  constructor() {
    super('PersistedQueryNotSupported');
  }
}

/** The actions of a party, as `availableActions` and `WrongCallState` name them. */
export const CALL_ACTIONS = [
  'ANSWER',
  'REJECT',
  'IGNORE',
  'REPLY',
  'FORWARD',
  'PICKUP',
  'HOLD',
  'UNHOLD',
  'UPDATE',
  'MUTE',
  'UNMUTE',
  'TRANSFER',
  'BRIDGE',
  'PARK',
  'FLIP',
  'REMOVE',
  'SUPERVISE',
  'START_RECORDING',
  'PAUSE_RECORDING',
  'RESUME_RECORDING',
  'BRING_IN',
  'DROP_SESSION',
] as const;
export type CallAction = (typeof CALL_ACTIONS)[number];
