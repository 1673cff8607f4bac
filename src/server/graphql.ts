/**
 * The one way through GraphQL: HTTP, server-sent events and WebSocket parse, validate, run and mask here, by the
 * same rules and with the same caches.
 */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { CallProvider } from '../../schema/provider.ts';
import type { Config } from '../config.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperationPlace } from './by-operation.ts';
import { createExecutor } from './compiled.ts';
import type { Crowd } from './crowd.ts';
import { deliver, type Recipient, type Send } from './fan-out.ts';
import { createFastPath, type Executor, type FastPath, type SubscriptionArgs } from './fast-path.ts';
import { createLimitsRule } from './limits.ts';
import { codeOf, maskError, originOf, STATUS_OF_CODE } from './masking.ts';
import { nameOperation, noteDelay, type Operation, type ReceivedAtOf, withPushDelays } from './observe.ts';
import type { FindDocument, OperationParams } from './persisted.ts';
import type { Visitor } from './visitor.ts';

/** What the door knows of an operation before it is read. */
export interface Arrival {
  readonly visitor: Visitor;
  readonly operation: Operation;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  /** True once the connection broke, or was closed, under a client that may come back. */
  dropped(): boolean;
}

/** Makes what resolvers are handed; the door adds nothing to it. */
export type CreateContext = (parts: {
  readonly provider: CallProvider;
  readonly requestId: string;
}) => object;

export interface PipelineParts {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  readonly findDocument: FindDocument;
  readonly crowd: Crowd;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly receivedAtOf?: ReceivedAtOf | undefined;
}

/** An operation that may run. */
export interface PreparedOperation {
  readonly type: OperationTypeNode;
  readonly args: SubscriptionArgs;
  /**
   * Runs it; what comes out may be sent as it is. The events of a subscription on the fast path go to `send`, and what
   * comes out is a stream that brings nothing but their end.
   */
  run(send: Send): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>;
}

export interface Pipeline {
  /** Answers a GraphQL-over-HTTP request, a subscription by server-sent events. */
  fetch(
    url: string,
    request: { method: string; headers: Record<string, string>; body?: string },
    arrival: Arrival,
  ): Promise<Response>;
  /** Answers a POST without the ceremony, where that is possible; null: nothing has been done, use `fetch`. */
  answerFast(
    body: string,
    accept: string | undefined,
    arrival: Arrival,
  ): Promise<{ readonly text: string; readonly contentType: string } | null>;
  /** Reads an operation that came another way; answers its errors when it may not run. */
  prepare(params: OperationParams, arrival: Arrival): Promise<PreparedOperation | readonly GraphQLError[]>;
  /** Makes the answer to an operation that was refused before it was read. */
  refuse(error: unknown, operation: Operation): GraphQLError;
}

interface ServerContext {
  arrival: Arrival;
}

/**
 * Documents are kept parsed and validated, up to this much text: a tree takes about fifty times its text, and
 * callers choose the texts.
 */
const PARSED = { max: 1_000, maxSize: 1_000_000, maxEntrySize: 50_000 }; // documents, characters, characters

/** Makes the pipeline of one gateway. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, schema, createContext, findDocument, crowd, metrics, log, receivedAtOf } = parts;

  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: '/graphql',
    context: ({ arrival }: ServerContext) => contextOf(arrival),
    plugins: [useHouseRules()],
    extraParamNames: ['documentId', 'id'],
    parserAndValidationCache: { documentCache: createTextCache(), errorCache: createTextCache() },
    // Every answer is masked on its way out, in `conclude`, where the request id is known.
    maskedErrors: false,
    logging: false,
    batching: false,
    multipart: false,
    // The door's own: they stand in front of GraphQL, and also where this pipeline is not asked.
    cors: false,
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: false,
  });

  /** Texts that are known to be valid operations. */
  const valid = createTextCache<DocumentNode>();
  const fastPath = config.fastPath ? createFastPath({ schema, documentOf }) : null;
  const executeFast = createExecutor(schema);
  const shared = fastPath && { fastPath, contextOf: eventContextOf, mask, maskResult, noteSent };

  return {
    async fetch(url, request, arrival) {
      const response = await yoga.fetch(url, request, { arrival });
      if (response.ok) fastPath?.learn(request.headers.accept, response.headers.get('content-type'));
      return response;
    },
    answerFast,
    prepare,
    refuse(error, operation) {
      const masked = mask(error, operation.requestId);
      operation.ended(codeOf(masked));
      return masked;
    },
  };

  function contextOf(arrival: Arrival): object {
    const provider = providerOf(arrival);
    return createContext({
      provider: receivedAtOf === undefined ? provider : withPushDelays(provider, metrics, receivedAtOf),
      requestId: arrival.operation.requestId,
    });
  }

  function providerOf(arrival: Arrival): CallProvider {
    const { visitor, operation } = arrival;
    return visitor.provider({
      requestId: operation.requestId,
      get signal() {
        return arrival.signal;
      },
      dropped: () => arrival.dropped(),
    });
  }

  /** A document that this pipeline has parsed and validated; null where it would refuse it. */
  function documentOf(params: OperationParams): DocumentNode | null {
    try {
      const text = findDocument(params) ?? '';
      const known = valid.get(text);
      if (known !== undefined) return known;
      const enveloped = yoga.getEnveloped();
      const document: DocumentNode = enveloped.parse(text);
      if (enveloped.validate(schema, document).length > 0) return null;
      valid.set(text, document);
      return document;
    } catch {
      return null;
    }
  }

  async function answerFast(body: string, accept: string | undefined, arrival: Arrival) {
    const request = fastPath?.read(body, accept) ?? null;
    if (fastPath === null || request === null) return null;
    const { document, params, contentType } = request;
    const { viewerId, currentSession } = arrival.visitor;
    const args = { document, operationName: params.operationName };
    const state = request.sessionId === null ? undefined : currentSession?.(request.sessionId);
    const known = state && fastPath.recall(state, request, viewerId);
    if (known !== undefined) {
      name(arrival, args);
      arrival.operation.ended('ok');
      return { text: known, contentType };
    }
    const result = await executeFast({
      ...args,
      variableValues: params.variables,
      contextValue: contextOf(arrival),
    });
    // Wrong variables: nothing was executed, and the plain way words the refusal.
    if (!('data' in result)) return null;
    name(arrival, args);
    const text = JSON.stringify(conclude(result, arrival));
    const isOfState = state !== undefined && state === currentSession?.(request.sessionId ?? '');
    if (isOfState && result.errors === undefined) fastPath.remember(state, request, viewerId, text);
    return { text, contentType };
  }

  /** The same rules on every way in: hooks that only HTTP has would be a hole in the others. */
  function useHouseRules(): Plugin<ServerContext, ServerContext> {
    const limitsRule = createLimitsRule(config);
    return {
      onParams({ params, setParams }) {
        // Yoga checks the types of all other parameters.
        if (params.operationName != null && typeof params.operationName !== 'string') {
          throw new GraphQLError('Expected "operationName" to be a string.', {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          });
        }
        const query = findDocument(params);
        if (query !== undefined && query !== params.query) setParams({ ...params, query });
      },
      onParse({ setParseFn }) {
        setParseFn((source, options) => parse(source, { ...options, maxTokens: config.maxTokens }));
      },
      onValidate({ addValidationRule }) {
        addValidationRule(limitsRule);
        if (!config.introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      },
      onExecute({ args }) {
        name(args.contextValue.arrival, args);
      },
      onSubscribe({ args, setResultAndStopExecution }) {
        const refusal = takePlace(args, args.contextValue.arrival);
        if (refusal !== null) setResultAndStopExecution(refusal);
      },
      onResultProcess({ result, setResult, serverContext: { arrival } }) {
        if (isStream(result)) {
          setResult(concludeStream(result, arrival));
        } else if (!Array.isArray(result)) {
          setResult(withStatus(result, conclude(result, arrival)));
        }
      },
    };
  }

  /** Takes a place among the subscriptions of the viewer; answers the refusal when none is free. */
  function takePlace(place: OperationPlace, arrival: Arrival): ExecutionResult | null {
    name(arrival, place);
    try {
      const { operation, visitor } = arrival;
      operation.afterwards(crowd.subscribe(visitor.viewerId));
      if (visitor.stay !== undefined) operation.afterwards(visitor.stay());
      return null;
    } catch (error) {
      return { errors: [asGraphQLError(error)] };
    }
  }

  /** Subscribes on the fast path. */
  async function subscribeShared(
    args: SubscriptionArgs,
    arrival: Arrival,
    shared: SharedWork,
    send: Send,
  ): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
    const subscribe = () => createSourceEventStream({ ...args, contextValue: eventContextOf(arrival) });
    try {
      const source = takePlace(args, arrival) ?? (await arrival.operation.within(subscribe));
      if (!isStream(source)) return conclude(source, arrival);
      return deliver(source[Symbol.asyncIterator](), new SharedSubscription(shared, args, arrival, send));
    } catch (error) {
      return conclude({ errors: [asGraphQLError(error)] }, arrival);
    }
  }

  /** What resolvers are handed for one event; the delays of the fast path are noted elsewhere. */
  function eventContextOf(arrival: Arrival): object {
    const { requestId } = arrival.operation;
    return createContext({ provider: providerOf(arrival), requestId });
  }

  function noteSent(event: unknown): void {
    const receivedAt = receivedAtOf?.(event) ?? null;
    if (receivedAt !== null) noteDelay(metrics, receivedAt);
  }

  async function prepare(
    params: OperationParams,
    arrival: Arrival,
  ): Promise<PreparedOperation | readonly GraphQLError[]> {
    const refused = (errors: readonly unknown[]) =>
      conclude({ errors: errors.map(asGraphQLError) }, arrival).errors ?? [];
    try {
      const enveloped = yoga.getEnveloped<ServerContext>({ arrival });
      const document: DocumentNode = enveloped.parse(findDocument(params) ?? '');
      const problems: readonly GraphQLError[] = enveloped.validate(schema, document);
      if (problems.length > 0) return refused(problems);
      const operation = getOperationAST(document, params.operationName);
      if (!operation) return refused([new GraphQLError('Name one of the operations of the document.')]);
      const type = operation.operation;
      const isSubscription = type === OperationTypeNode.SUBSCRIPTION;
      const args: SubscriptionArgs = {
        schema,
        document,
        operationName: params.operationName ?? null,
        variableValues: params.variables ?? null,
      };
      if (isSubscription && shared !== null) {
        return { type, args, run: (send) => subscribeShared(args, arrival, shared, send) };
      }
      const contextValue = await enveloped.contextFactory();
      const start = isSubscription ? enveloped.subscribe : enveloped.execute;
      return { type, args, run: () => run(start, { ...args, contextValue }, arrival) };
    } catch (error) {
      return refused([error]);
    }
  }

  async function run(
    start: (args: ExecutionArgs) => unknown,
    args: ExecutionArgs,
    arrival: Arrival,
  ): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
    try {
      const result = (await arrival.operation.within(() => start(args))) as ExecutionResult | Stream;
      return isStream(result) ? concludeStream(result, arrival) : conclude(result, arrival);
    } catch (error) {
      return conclude({ errors: [asGraphQLError(error)] }, arrival);
    }
  }

  /** The last word on an answer: masked, counted, logged. */
  function conclude(result: ExecutionResult, arrival: Arrival): ExecutionResult {
    const answer = maskResult(result, arrival);
    const [first] = answer.errors ?? [];
    if (arrival.signal.aborted) arrival.operation.ended('aborted');
    else arrival.operation.ended(first === undefined ? 'ok' : codeOf(first));
    return answer;
  }

  /** The same for a stream: each event is masked, and the stream ends with its client at the latest. */
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
    if (result.errors === undefined || result.errors.length === 0) return result;
    return {
      ...result,
      errors: result.errors.map((error) => mask(error, arrival.operation.requestId, arrival)),
    };
  }

  function mask(error: unknown, requestId: string, arrival?: Arrival): GraphQLError {
    const masked = maskError(error, { requestId, suggestions: config.introspection });
    // A read that was cut off because its client left is nobody's fault.
    if (codeOf(masked) === 'INTERNAL_SERVER_ERROR' && !arrival?.signal.aborted) {
      log.error({ requestId, err: originOf(error) }, 'unexpected error');
    }
    return masked;
  }
}

type Stream = AsyncIterable<ExecutionResult>;

/** What the subscriptions on the fast path share. */
interface SharedWork {
  readonly fastPath: FastPath;
  contextOf(arrival: Arrival): object;
  mask(error: unknown, requestId: string): GraphQLError;
  maskResult(result: ExecutionResult, arrival: Arrival): ExecutionResult;
  noteSent(event: unknown): void;
}

/** One subscription on the fast path. A class, because there are thousands: one that is idle holds these fields only. */
class SharedSubscription implements Recipient, Executor {
  readonly send: Send;
  readonly #shared: SharedWork;
  readonly #args: SubscriptionArgs;
  readonly #arrival: Arrival;
  readonly #key: string;

  constructor(shared: SharedWork, args: SubscriptionArgs, arrival: Arrival, send: Send) {
    this.send = send;
    this.#shared = shared;
    this.#args = args;
    this.#arrival = arrival;
    this.#key = shared.fastPath.keyOf(args, arrival.visitor.viewerId);
  }

  resultOf(event: unknown): ExecutionResult | Promise<ExecutionResult> {
    const { fastPath, maskResult } = this.#shared;
    const result = fastPath.resultOf(event, this.#key, this);
    if (!(result instanceof Promise)) return maskResult(result, this.#arrival);
    return result.then((known) => maskResult(known, this.#arrival));
  }

  execute(event: unknown): ExecutionResult | Promise<ExecutionResult> {
    const contextValue = this.#shared.contextOf(this.#arrival);
    return this.#arrival.operation.within(() => execute({ ...this.#args, contextValue, rootValue: event }));
  }

  sent(event: unknown): void {
    this.#shared.noteSent(event);
  }

  ended(): void {
    this.#arrival.operation.ended('ok');
  }

  failed(error: unknown): GraphQLError {
    const { operation } = this.#arrival;
    const masked = this.#shared.mask(error, operation.requestId);
    operation.ended(codeOf(masked));
    return masked;
  }

  left(): void {
    this.#arrival.operation.ended(this.#arrival.dropped() ? 'aborted' : 'ok');
  }
}

/**
 * Adds the status of a request that failed as a whole: the one Yoga chose for it, else the one of its code.
 * `spec` makes it 200 where the client takes only `application/json`, as GraphQL over HTTP has it for a
 * well-formed request; Yoga's code for the others is `BAD_REQUEST`.
 */
function withStatus(result: ExecutionResult, answer: ExecutionResult): ExecutionResult {
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

function name({ operation }: Arrival, place: OperationPlace): void {
  operation.named(nameOperation(place));
}

function createTextCache<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({ ...PARSED, sizeCalculation: (_value, text) => text.length + 1 });
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError =
    error instanceof Error ? error : new Error('Something was thrown that is no error.', { cause: error });
  return new GraphQLError(originalError.message, { originalError });
}

function isStream<Result extends object>(result: Result): result is Extract<Result, AsyncIterable<unknown>> {
  return Symbol.asyncIterator in result;
}
