/**
 * The fast path: the same answers for less work. `FAST_PATH=off` takes the plain way everywhere.
 *
 * - A query or command over HTTP whose document is known goes past Yoga's Request and Response.
 * - A query for one call that is watched has the same answer as long as the call does not change: it is kept beside the
 *   state it was made of, and goes with it.
 * - An event of a subscription is executed once for all subscribers of the same viewer who select the same, and
 *   written as JSON once.
 *
 * It stands behind the same doors: identity, limits, validation, masking and metrics are those of the plain way, and
 * whatever is unusual is handed back to it before anything was done. `test/gateway/fast-path.test.ts` compares the
 * two, byte for byte.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  type StringValueNode,
  TypeInfo,
  type VariableNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { onceByOperation } from './by-operation.ts';
import type { OperationParams } from './persisted.ts';
import { declaredOf, keyOfValues } from './variables.ts';
import type { Variables } from './weight.ts';

type MaybePromise<Value> = Value | Promise<Value>;

/** A query or command that is ready to run on the fast path. */
export interface FastRequest {
  readonly document: DocumentNode;
  readonly params: OperationParams;
  readonly type: OperationTypeNode;
  /** Those that the operation declares. */
  readonly variables: Variables;
  /** The same for all requests that select the same. */
  readonly selectionId: number;
  /** Of the answer. */
  readonly contentType: string;
  /** The call that the answer is made of, and of nothing else; null for every other operation. */
  readonly call: SelectedCall | null;
}

/** The one call that a query selects from, by the field that it is. */
export interface SelectedCall {
  readonly field: CallField;
  readonly id: string;
}

const CALL_FIELDS = ['callSession', 'callConversation'] as const;
type CallField = (typeof CALL_FIELDS)[number];

export interface FastPath {
  /** Reads a POST body; null: take the plain way, nothing has been done. */
  read(body: string, accept: string | undefined): FastRequest | null;
  /** Learns from an answer of the plain way which content type it gives to this `Accept`. */
  learn(accept: string | undefined, contentType: string | null): void;
  /** The answer that this viewer had to the same question about the same state of a call. */
  recall(state: object, request: FastRequest, viewerId: string): string | undefined;
  remember(state: object, request: FastRequest, viewerId: string, text: string): void;
  /** Equal for two subscriptions that are told the same of an event. */
  keyOf(args: SubscriptionArgs, viewerId: string): string;
  /** The result for one event: somebody else's, where one with the same key has it already. */
  resultOf(event: unknown, key: string, executor: Executor): MaybePromise<ExecutionResult>;
}

/** A subscription lasts, so it keeps no context: each execution is given one of its own. */
export type SubscriptionArgs = Omit<ExecutionArgs, 'contextValue'>;

/** Executes what a subscription selects of an event. */
export interface Executor {
  execute(event: unknown): MaybePromise<ExecutionResult>;
}

/** What the fast path is told by the plain way. */
export interface FastPathParts {
  /** Fields that read more than the call they belong to are marked by an extension `readsElsewhere`. */
  readonly schema: GraphQLSchema;
  /** A document that parses and is valid by all rules of the house; null otherwise. */
  readonly documentOf: (params: OperationParams) => DocumentNode | null;
}

/** `Accept` headers whose content type is remembered; browsers and clients send a handful. */
const MOST_ACCEPTS = 100;

/** Makes the fast path of one gateway. */
export function createFastPath({ schema, documentOf }: FastPathParts): FastPath {
  const contentTypes = new LRUCache<string, string>({ max: MOST_ACCEPTS });
  const selectionOf = onceByOperation((operation, document) => createSelection(operation, document, schema));
  /** What is executed of the events that are told in this moment; null: of none. */
  let executed: Map<object, Map<string, MaybePromise<ExecutionResult>>> | null = null;
  const answers = new WeakMap<object, KnownAnswers>();
  const kept = new LRUCache<string, KnownAnswers>({
    maxSize: MOST_KEPT,
    dispose(known) {
      known.texts.clear();
      known.length = 0;
    },
    noDisposeOnSet: true,
  });

  return {
    read(body, accept = '') {
      const contentType = contentTypes.get(accept);
      if (contentType === undefined) return null;
      const params = readParams(body);
      const document = params === null ? null : documentOf(params);
      if (params === null || document === null) return null;
      const selection = selectionOf({ document, operationName: params.operationName });
      if (selection === null) return null;
      const type = selection.operation.operation;
      if (type === OperationTypeNode.SUBSCRIPTION) return null;
      const variables = declaredOrNull(selection.operation, params.variables);
      if (variables === null) return null;
      const call = selection.call(variables);
      return { document, params, type, variables, contentType, selectionId: selection.id, call };
    },

    recall(state, request, viewerId) {
      const known = answers.get(state);
      return known?.texts.get(answerKey(request, viewerId) ?? '');
    },

    remember(state, request, viewerId, text) {
      const key = answerKey(request, viewerId);
      if (key === null || text.length > LONGEST_ANSWER) return;
      let known = answers.get(state);
      if (known === undefined || known.texts.size >= MOST_ANSWERS) {
        known = { texts: new Map(), length: 0 };
        answers.set(state, known);
      }
      known.texts.set(key, text);
      known.length += key.length + text.length;
      // Under the call, so that what was kept of its state before makes room.
      kept.set(`${viewerId}\n${request.call?.field} ${request.call?.id}`, known, { size: known.length });
    },

    learn(accept = '', contentType) {
      if (contentType?.includes('json') === true && accept.length < LONGEST_ACCEPT) {
        contentTypes.set(accept, contentType);
      }
    },

    keyOf: (args, viewerId) => `${viewerId}\n${selectionOf(args)?.key(args.variableValues ?? {})}`,
    resultOf,
  };

  function resultOf(event: unknown, key: string, executor: Executor): MaybePromise<ExecutionResult> {
    if (typeof event !== 'object' || event === null) return executor.execute(event);
    const results = resultsOf(event);
    const known = results.get(key);
    if (known === undefined) {
      const result = executor.execute(event);
      results.set(key, result);
      return result;
    }
    // An error carries the request id of whoever met it, and a client that left may have caused it.
    const own = (result: ExecutionResult) => (result.errors === undefined ? result : executor.execute(event));
    return known instanceof Promise ? known.then(own, () => executor.execute(event)) : own(known);
  }

  /**
   * An event is told to all its subscribers in the moment of its publishing. Whoever takes it later has it executed
   * anew: it can be replayed for a minute, and so long the results would add up.
   */
  function resultsOf(event: object): Map<string, MaybePromise<ExecutionResult>> {
    if (executed === null) {
      executed = new Map();
      setImmediate(letGo);
    }
    let results = executed.get(event);
    if (results === undefined) {
      results = new Map();
      executed.set(event, results);
    }
    return results;
  }

  function letGo(): void {
    executed = null;
  }

  function answerKey({ selectionId, variables }: FastRequest, viewerId: string): string | null {
    const key = keyOfValues(Object.values(variables));
    return key === null ? null : `${viewerId}\n${selectionId} ${Object.keys(variables)} ${key}`;
  }
}

const LONGEST_ACCEPT = 500; // characters

/** Answers that are kept of one state of a call. */
const MOST_ANSWERS = 20;

/** An answer that is longer is worked out anew: it is not what screens ask for again and again. */
const LONGEST_ANSWER = 100_000; // characters

/** Answers that are kept of all calls; the least recently made go first. */
const MOST_KEPT = 16 * 1_048_576; // characters

/** The answers about one state of a call. */
interface KnownAnswers {
  readonly texts: Map<string, string>;
  /** Of the texts and their keys. */
  length: number;
}

/** What an operation selects, so that two of them can be compared. */
interface Selection {
  readonly id: number;
  readonly operation: OperationDefinitionNode;
  /** Equal for two subscribers who are told the same of an event. */
  key(variables: Variables): string;
  /** The call that a query is about, when it is about nothing else. */
  call(variables: Variables): SelectedCall | null;
}

let selectionCount = 0;

/** Two subscribers select the same when the variables below the root field agree: those of its arguments choose the stream. */
function createSelection(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  schema: GraphQLSchema,
): Selection {
  selectionCount += 1;
  const id = selectionCount;
  const names = new Set<string>();
  const collect = {
    Variable: (variable: { name: { value: string } }) => void names.add(variable.name.value),
  };
  for (const field of operation.selectionSet.selections) {
    for (const directive of field.directives ?? []) visit(directive, collect);
    if ('selectionSet' in field && field.selectionSet) visit(field.selectionSet, collect);
    // A fragment at the root may hold the field and its arguments: then all its variables count.
  }
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') visit(definition, collect);
  }
  const used = [...names].sort();
  const selected = callOf(operation, document, schema);
  return {
    id,
    operation,
    key: (variables) => keyOf(id, used, variables),
    call(variables) {
      if (selected === null) return null;
      const { field, id } = selected;
      const value = id.kind === 'Variable' ? variables[id.name.value] : id.value;
      return typeof value === 'string' ? { field, id: value } : null;
    },
  };
}

/** Whoever's variables are too much for a key shares with nobody. */
function keyOf(id: number, used: readonly string[], variables: Variables): string {
  const key = keyOfValues(used.map((name) => variables[name]));
  if (key !== null) return `${id} ${key}`;
  loners += 1;
  return `alone ${loners}`;
}

let loners = 0;

/** The id of the one call that a query selects from; null when it selects anything beside it. */
function callOf(
  { operation, selectionSet, directives = [] }: OperationDefinitionNode,
  document: DocumentNode,
  schema: GraphQLSchema,
): { readonly field: CallField; readonly id: VariableNode | StringValueNode } | null {
  const [field, ...more] = selectionSet.selections;
  if (operation !== 'query' || more.length > 0 || directives.length > 0) return null;
  if (field?.kind !== 'Field' || field.directives?.length) return null;
  const name = CALL_FIELDS.find((one) => one === field.name.value);
  if (name === undefined) return null;
  let strays = false;
  const types = new TypeInfo(schema);
  const look = {
    Field() {
      if (types.getFieldDef()?.extensions.readsElsewhere === true) strays = true;
    },
  };
  visit(document, visitWithTypeInfo(types, look));
  const id = field.arguments?.find((argument) => argument.name.value === 'id')?.value;
  return !strays && (id?.kind === 'Variable' || id?.kind === 'StringValue') ? { field: name, id } : null;
}

/** The parameters of a request in its usual form; null for everything that deserves an error, or a second look. */
function readParams(body: string): OperationParams | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isRecord(parsed)) return null;
  const { query, variables, operationName, ...rest } = parsed;
  if (typeof query !== 'string' || Object.keys(rest).length > 0) return null;
  if (variables !== undefined && variables !== null && !isRecord(variables)) return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
  return { query, variables, operationName };
}

/** Null: the plain way says what is wrong with them. */
function declaredOrNull(operation: OperationDefinitionNode, sent: OperationParams['variables']) {
  try {
    return declaredOf(operation, sent);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
