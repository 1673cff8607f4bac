/**
 * The outcome of a command as text, for other gateways: sealed, because it tells of a call. The key to it is made of the
 * viewer and their idempotency key, and stands nowhere: only whoever shows that again can have it read.
 */
import {
  BadUserInput,
  type CallAction,
  type CallControlFailure,
  CallNotFound,
  type FailureCode,
  Forbidden,
  RateLimited,
  UpstreamBadResponse,
  type UpstreamTrace,
  UpstreamUnavailable,
  WrongCallState,
  WrongParticipantState,
} from '../../schema/failures.ts';
import type { ParticipantAction } from '../../schema/genesys/actions.ts';
import type { ParticipantState } from '../../schema/genesys/model.ts';
import type { PartyStatusCode } from '../../schema/model.ts';
import type { CommandOutcome } from '../../schema/provider.ts';
import { type SealingKey, seal, unseal } from '../commons/seal.ts';

/** What is the same in the results of all commands; the rest is the state of what they were about. */
export interface KeyedResult {
  readonly outcome: CommandOutcome;
  readonly replayed: boolean;
  readonly error: CallControlFailure | null;
}

/** The state in a result. */
export type StateOf<Result extends KeyedResult> = Omit<Result, keyof KeyedResult>;

/** A result with this state. */
export function withState<Result extends KeyedResult>(told: KeyedResult, state: StateOf<Result>): Result {
  // A `Result` is nothing but these two, which TypeScript cannot see through `Omit`.
  return { ...told, ...state } as unknown as Result;
}

/** Writes an outcome down. */
export function storeResult(result: KeyedResult, key: SealingKey): string {
  const { error, ...rest } = result;
  return seal(JSON.stringify({ ...rest, error: error && factsOf(error) }), key);
}

/** Reads it again; null where it cannot be read, as when a newer version of the gateway wrote it. */
export function readResult<Result extends KeyedResult>(text: string, key: SealingKey): Result | null {
  const opened = unseal(text, key);
  if (opened === null) return null;
  const { error, ...rest } = JSON.parse(opened) as Omit<KeyedResult, 'error'> & { error: Facts | null };
  return { ...rest, error: error && failureOf(error) } as Result;
}

/** A failure without its stack and cause. */
interface Facts {
  readonly code: FailureCode;
  readonly message: string;
  readonly trace: UpstreamTrace;
  readonly sent: boolean;
  readonly retryAfter: number;
  readonly retryAt: number;
  readonly actualCode?: PartyStatusCode;
  readonly allowedActions?: readonly CallAction[];
  readonly actualState?: ParticipantState;
  readonly allowedParticipantActions?: readonly ParticipantAction[];
  readonly parameterName?: string;
  readonly permissionName?: string;
}

function factsOf(error: CallControlFailure): object {
  const { name: _name, cause: _cause, ...facts } = error;
  return { ...facts, message: error.message };
}

/** One that says nothing about a call is thrown, and never written down. */
function failureOf(facts: Facts): CallControlFailure {
  const { code, message, trace, sent } = facts;
  switch (code) {
    case 'WRONG_CALL_STATE':
      return facts.allowedParticipantActions === undefined
        ? new WrongCallState(message, facts.actualCode, facts.allowedActions, trace)
        : new WrongParticipantState(message, facts.actualState, facts.allowedParticipantActions, trace);
    case 'CALL_NOT_FOUND':
      return new CallNotFound(message, facts.parameterName, trace);
    case 'FORBIDDEN':
      return new Forbidden(message, facts.permissionName, trace);
    case 'BAD_USER_INPUT':
      return new BadUserInput(message, facts.parameterName, trace);
    case 'RATE_LIMITED':
      return new RateLimited(message, facts, trace);
    case 'UPSTREAM_BAD_RESPONSE':
      return new UpstreamBadResponse(message, trace);
    default:
      return new UpstreamUnavailable(message, sent, trace);
  }
}
