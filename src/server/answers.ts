/** The last word on an answer, on every way out: masked, counted, logged. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Log } from '../telemetry/log.ts';
import type { Arrival } from './arrival.ts';
import { codeOf, MOST_ERRORS, maskError, originOf, STATUS_OF_CODE } from './masking.ts';
import type { Operation } from './observe.ts';

/** What is said to clients. */
export interface Answers {
  /** Ends an operation with its one answer. */
  conclude(result: ExecutionResult, arrival: Arrival): ExecutionResult;
  /** The same for a stream: each event is masked, and the stream ends with its client at the latest. */
  concludeStream(stream: Stream, arrival: Arrival): AsyncIterableIterator<ExecutionResult>;
  /** An answer, or one event of a stream, as its client may see it. */
  maskResult(result: ExecutionResult, arrival: Arrival): ExecutionResult;
  /** Ends an operation that goes no further. */
  refuse(error: unknown, operation: Operation): GraphQLError;
}

/** The events of a subscription. */
export type Stream = AsyncIterable<ExecutionResult>;

/** Makes them. `suggestions`: whether an error may say "Did you mean …?". */
export function createAnswers({
  log,
  suggestions,
}: {
  readonly log: Log;
  readonly suggestions: boolean;
}): Answers {
  return {
    conclude,
    concludeStream,
    maskResult,
    refuse(error, operation) {
      const masked = mask(error, operation.requestId);
      operation.ended(codeOf(masked));
      return masked;
    },
  };

  function conclude(result: ExecutionResult, arrival: Arrival): ExecutionResult {
    const answer = maskResult(result, arrival);
    const [first] = answer.errors ?? [];
    if (arrival.hasLeft()) arrival.operation.ended('aborted');
    else arrival.operation.ended(first === undefined ? 'ok' : codeOf(first));
    return answer;
  }

  function concludeStream(stream: Stream, arrival: Arrival): AsyncIterableIterator<ExecutionResult> {
    const source = stream[Symbol.asyncIterator]();
    const { operation, signal } = arrival;
    const stop = () => void answers.return().catch((error) => mask(error, operation.requestId));
    let stopped = false;
    const answers = {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next(): Promise<IteratorResult<ExecutionResult>> {
        try {
          const step = await source.next();
          // What was under way when its client said goodbye is not told any more: the id may be another's by now.
          if (stopped) return { done: true, value: undefined };
          if (!step.done) return { done: false, value: maskResult(step.value, arrival) };
          operation.ended('ok');
          return step;
        } catch (error) {
          if (stopped) return { done: true, value: undefined };
          const masked = mask(error, operation.requestId);
          operation.ended(codeOf(masked));
          throw masked;
        }
      },
      async return(): Promise<IteratorResult<ExecutionResult>> {
        operation.ended(arrival.dropped() ? 'aborted' : 'ok');
        const first = !stopped;
        stopped = true;
        if (first) await source.return?.();
        return { done: true, value: undefined };
      },
    };
    signal.addEventListener('abort', stop, { once: true });
    operation.afterwards(() => signal.removeEventListener('abort', stop));
    if (signal.aborted) stop();
    return answers;
  }

  function maskResult(result: ExecutionResult, arrival: Arrival): ExecutionResult {
    const { errors = [] } = result;
    if (errors.length === 0) return result;
    const { requestId } = arrival.operation;
    const told = errors.slice(0, MOST_ERRORS).map((error) => mask(error, requestId, arrival));
    const errorsLeftOut = errors.length - told.length;
    if (errorsLeftOut === 0) return { ...result, errors: told };
    return { ...result, errors: told, extensions: { ...result.extensions, errorsLeftOut } };
  }

  function mask(error: unknown, requestId: string, arrival?: Arrival): GraphQLError {
    const masked = maskError(error, { requestId, suggestions });
    // A read that was cut off because its client left is nobody's fault.
    if (codeOf(masked) === 'INTERNAL_SERVER_ERROR' && !arrival?.hasLeft()) {
      log.error({ requestId, err: originOf(error) }, 'unexpected error');
    }
    return masked;
  }
}

/**
 * Adds the status of a request that failed as a whole: the one Yoga chose for it, else the one of its code.
 * `spec` makes it 200 where the client takes only `application/json`, as GraphQL over HTTP has it for a
 * well-formed request; Yoga's code for the others is `BAD_REQUEST`.
 */
export function withStatus(result: ExecutionResult, answer: ExecutionResult): ExecutionResult {
  if (answer.errors === undefined || 'data' in answer) return answer;
  for (const [index, error] of answer.errors.entries()) {
    const code = codeOf(error);
    const { code: was, http } = result.errors?.[index]?.extensions ?? {};
    const chosen = typeof http === 'object' ? http : { status: STATUS_OF_CODE[code] };
    error.extensions.http = { ...chosen, spec: code === 'BAD_USER_INPUT' && !NOT_WELL_FORMED.has(was) };
  }
  return answer;
}

/** Yoga's codes for requests that are no GraphQL requests. */
const NOT_WELL_FORMED = new Set<unknown>(['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE']);

/** An error of any kind as one of GraphQL. */
export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError =
    error instanceof Error ? error : new Error('Something was thrown that is no error.', { cause: error });
  return new GraphQLError(originalError.message, { originalError });
}

/** Tells a stream from an answer. */
export function isStream<Result extends object>(
  result: Result,
): result is Extract<Result, AsyncIterable<unknown>> {
  return Symbol.asyncIterator in result;
}
