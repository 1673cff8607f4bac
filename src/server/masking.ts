/**
 * What a client gets to see of a failure: our failures by their code, its own mistakes in full, and of everything
 * else only that it happened.
 */
import { GraphQLError, Kind } from 'graphql';
import {
  BadUserInput,
  CallControlFailure,
  CallNotFound,
  type ErrorCode,
  Forbidden,
  RateLimited,
} from '../../schema/failures.ts';
import { TooHeavy } from './weight.ts';

/** The HTTP status of a request that failed as a whole, by the code of its error. */
export const STATUS_OF_CODE: Readonly<Record<ErrorCode, number>> = {
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  SIGN_IN_REQUIRED: 401,
  FORBIDDEN: 403,
  CALL_NOT_FOUND: 404,
  NOT_CONFIGURED: 404,
  WRONG_CALL_STATE: 409,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UPSTREAM_BAD_RESPONSE: 502,
  UPSTREAM_UNAVAILABLE: 503,
  OVERLOADED: 503,
};

/** Errors that one answer tells; how many are left out stands beside them. */
export const MOST_ERRORS = 100;

/** Longer messages are cut: they only repeat what the client sent. */
const LONGEST_MESSAGE = 1_000; // characters

/** How graphql-js begins its suggestions; each ends its message. */
const SUGGESTION = ' Did you mean ';

export interface MaskOptions {
  readonly requestId: string;
  /** Whether "Did you mean …?" may stay: it tells the schema to those who may not read it. */
  readonly suggestions: boolean;
}

/** Makes the error that the client gets out of any error. */
export function maskError(error: unknown, { requestId, suggestions }: MaskOptions): GraphQLError {
  const origin = originOf(error);
  const place = error instanceof GraphQLError ? placeOf(error) : {};
  if (origin instanceof CallControlFailure) {
    return new GraphQLError(cut(origin.message), {
      ...place,
      extensions: { code: origin.code, requestId, ...factsOf(origin) },
    });
  }
  if (error instanceof GraphQLError && isMistakeOfClient(error, origin)) {
    const message = suggestions ? cut(error.message) : withoutSuggestion(cut(error.message));
    return new GraphQLError(message, { ...place, extensions: { code: 'BAD_USER_INPUT', requestId } });
  }
  return new GraphQLError('Unexpected error.', {
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  });
}

/** The code of an error made by {@link maskError}. */
export function codeOf(masked: GraphQLError): ErrorCode {
  const { code } = masked.extensions;
  return isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR';
}

/** What was thrown first, below whatever GraphQL wrapped around it. */
export function originOf(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(STATUS_OF_CODE, code);
}

/**
 * A GraphQL error without a path was raised before anything ran: syntax, validation, variables (whose scalars may
 * have refused them with an error of any kind). One with a path comes from a field: there the client is to blame
 * only when the original points into the document (a wrong argument), not when a value of ours does not fit
 * the schema.
 */
function isMistakeOfClient(error: GraphQLError, origin: unknown): boolean {
  if (error.path === undefined) {
    return origin instanceof GraphQLError || error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
  }
  return origin instanceof GraphQLError && origin.nodes !== undefined && origin !== error;
}

function placeOf({ nodes, source, positions, path }: GraphQLError) {
  return { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
}

function factsOf(failure: CallControlFailure) {
  const { system, errorCode, upstreamRequestId } = failure.trace;
  return {
    ...(system !== undefined && { system }),
    ...(errorCode !== undefined && { errorCode }),
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
    ...(failure instanceof RateLimited && { retryAfter: failure.retryAfter }),
    ...((failure instanceof BadUserInput || failure instanceof CallNotFound) &&
      failure.parameterName !== undefined && { parameterName: failure.parameterName }),
    ...(failure instanceof TooHeavy && { weight: failure.weight, maxWeight: failure.maxWeight }),
    ...(failure instanceof Forbidden &&
      failure.permissionName !== undefined && { permissionName: failure.permissionName }),
  };
}

/** From the first on, because a client may have put words of its own behind it. */
function withoutSuggestion(message: string): string {
  const start = message.indexOf(SUGGESTION);
  return start === -1 ? message : message.slice(0, start);
}

function cut(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}
