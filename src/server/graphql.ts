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
  type validate,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { Forbidden } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import type { Log } from '../telemetry/log.ts';
import { asGraphQLError, createAnswers, isStream, type Stream, withStatus } from './answers.ts';
import type { Arrival } from './arrival.ts';
import type { OperationPlace } from './by-operation.ts';
import { createExecutor } from './compiled.ts';
import { type ContextsParts, createContexts } from './contexts.ts';
import type { Crowd } from './crowd.ts';
import { UnconditionalSubscriptionRule, withinStack } from './document-rules.ts';
import { createTextCache } from './documents.ts';
import { deliver, type Send } from './fan-out.ts';
import { createFastPath, type SubscriptionArgs } from './fast-path.ts';
import { createLimitsRule } from './limits.ts';
import { nameOperation, type Operation } from './observe.ts';
import { SIGNS_OF_INTENT } from './origins.ts';
import type { FindDocument, OperationParams } from './persisted.ts';
import { SharedSubscription, type SharedWork } from './shared-subscription.ts';
import { declaredOf } from './variables.ts';
import { currentCallOf, readerOf } from './visitor.ts';
import { createWeighing, type Weighed } from './weighing.ts';
import type { Variables } from './weight.ts';

export type { Arrival } from './arrival.ts';
export type { CreateContext } from './contexts.ts';

export interface PipelineParts extends ContextsParts {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly findDocument: FindDocument;
  readonly crowd: Crowd;
  readonly log: Log;
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

/** Makes the pipeline of one gateway. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, schema, findDocument, crowd, log } = parts;
  const contexts = createContexts(parts);
  const answers = createAnswers({ log, suggestions: config.introspection });
  const { conclude, concludeStream } = answers;

  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: '/graphql',
    context: ({ arrival }: ServerContext) => contexts.of(arrival),
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
  const weighing = createWeighing(schema, config, fastPath === null ? execute : executeFast);
  const { plain: contextOf, noteSent } = contexts;
  const shared = fastPath && { fastPath, contextOf, weighing, answers, noteSent };

  return {
    async fetch(url, request, arrival) {
      const response = await yoga.fetch(url, request, { arrival });
      if (response.ok) fastPath?.learn(request.headers.accept, response.headers.get('content-type'));
      return response;
    },
    answerFast,
    prepare,
    refuse: answers.refuse,
  };

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
    const { document, params, type, contentType, variables } = request;
    const { visitor } = arrival;
    const args = { document, operationName: params.operationName };
    const state = currentCallOf(visitor, request.call);
    const reader = readerOf(visitor, request.call);
    const known = state && fastPath.recall(state, request, reader);
    if (known !== undefined) {
      name(arrival, args);
      arrival.operation.ended('ok');
      return { text: known, contentType };
    }
    const weighed = weighFast(args, variables);
    // Refusals have a status, which the plain way knows; and there those wait that have to.
    if (weighed === null || weighed.isHeavy || isWithoutIntent(args, arrival)) return null;
    const contextValue = type === OperationTypeNode.QUERY ? contexts.plain(arrival) : contexts.of(arrival);
    const whole = { ...args, schema, variableValues: variables, contextValue };
    const result = await weighing.execute(whole, weighed, arrival, executeFast);
    // Wrong variables: nothing was executed, and the plain way words the refusal.
    if (!('data' in result)) return null;
    name(arrival, args);
    const text = JSON.stringify(conclude(result, arrival));
    const isOfState = state !== undefined && state === currentCallOf(visitor, request.call);
    if (isOfState && result.errors === undefined) fastPath.remember(state, request, reader, text);
    return { text, contentType };
  }

  function weighFast(place: OperationPlace, variables: Variables): Weighed | null {
    try {
      return weighing.check(place, variables);
    } catch {
      return null;
    }
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
        setParseFn((source, options) =>
          withinStack(() => parse(source, { ...options, maxTokens: config.maxTokens })),
        );
      },
      onValidate({ addValidationRule, validateFn, setValidationFn }) {
        setValidationFn((...args: Parameters<typeof validate>) => withinStack(() => validateFn(...args)));
        addValidationRule(limitsRule);
        addValidationRule(UnconditionalSubscriptionRule);
        if (!config.introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      },
      onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
        const { arrival } = args.contextValue;
        name(arrival, args);
        try {
          const weighed = weighing.check(args, args.variableValues);
          if (weighed === null) return;
          if (isWithoutIntent(args, arrival)) throw withoutIntent();
          Object.assign(args, { variableValues: weighed.variables });
          const start = fastPath === null ? executeFn : executeFast;
          setExecuteFn((whole) => weighing.execute(whole, weighed, arrival, start));
        } catch (error) {
          setResultAndStopExecution({ errors: [asGraphQLError(error)] });
        }
      },
      onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
        const { arrival } = args.contextValue;
        try {
          const weighed = takePlace(args, arrival);
          if (weighed === null) return;
          setSubscribeFn((whole) => weighing.subscribe(whole, weighed, arrival.visitor.viewerId));
        } catch (error) {
          setResultAndStopExecution({ errors: [asGraphQLError(error)] });
        }
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

  /**
   * Takes a place among the subscriptions of the viewer, and leaves only the variables that are declared; null where the
   * document has no such operation.
   * @throws the refusal when it is too heavy, or no place is free.
   */
  function takePlace(args: SubscriptionArgs, arrival: Arrival): Weighed | null {
    name(arrival, args);
    const { operation, visitor } = arrival;
    const weighed = weighing.check(args, args.variableValues);
    if (weighed === null) return null;
    Object.assign(args, { variableValues: weighed.variables });
    operation.afterwards(weighing.takeOn(args, weighed, visitor.viewerId));
    operation.afterwards(crowd.subscribe(visitor.viewerId));
    if (visitor.stay !== undefined) operation.afterwards(visitor.stay());
    return weighed;
  }

  /** Subscribes on the fast path. */
  async function subscribeShared(
    args: SubscriptionArgs,
    arrival: Arrival,
    shared: SharedWork,
    send: Send,
  ): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
    const subscribe = () => createSourceEventStream({ ...args, contextValue: contexts.plain(arrival) });
    try {
      const isHeavy = takePlace(args, arrival)?.isHeavy ?? false;
      const source = await arrival.operation.within(subscribe);
      if (!isStream(source)) return conclude(source, arrival);
      const subscription = new SharedSubscription(shared, args, isHeavy, arrival, send);
      return deliver(source[Symbol.asyncIterator](), subscription);
    } catch (error) {
      return conclude({ errors: [asGraphQLError(error)] }, arrival);
    }
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
        variableValues: declaredOf(operation, params.variables),
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
}

function name({ operation }: Arrival, place: OperationPlace): void {
  operation.named(nameOperation(place));
}

/** A command by cookie that a form of somebody else could have sent. */
function isWithoutIntent({ document, operationName }: OperationPlace, { mayCommand }: Arrival): boolean {
  if (mayCommand) return false;
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION;
}

function withoutIntent(): Forbidden {
  return new Forbidden(
    `By cookie a mutation needs one of these headers, with any value: ${SIGNS_OF_INTENT}.`,
  );
}
