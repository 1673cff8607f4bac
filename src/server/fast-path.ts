/**
 * The fast path: the same answers for less work. `FAST_PATH=off` takes the plain way everywhere.
 *
 * - A query or command over HTTP whose document is known goes past Yoga's Request and Response.
 * - An event of a subscription is executed once for all subscribers of the same viewer who select the same, and
 *   written as JSON once.
 *
 * It stands behind the same doors: identity, limits, validation, masking and metrics are those of the plain way, and
 * whatever is unusual is handed back to it before anything was done. `test/gateway/fast-path.test.ts` compares the
 * two, byte for byte.
 */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { OperationParams } from './persisted.ts';

type MaybePromise<Value> = Value | Promise<Value>;
type Stream = AsyncIterableIterator<ExecutionResult>;

/** A query or command that is ready to run on the fast path. */
export interface FastRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly params: OperationParams;
  /** Of the answer. */
  readonly contentType: string;
}

export interface FastPath {
  /** Reads a POST body; null: take the plain way, nothing has been done. */
  read(body: string, accept: string | undefined): FastRequest | null;
  /** Learns from an answer of the plain way which content type it gives to this `Accept`. */
  learn(accept: string | undefined, contentType: string | null): void;
  /** Subscribes, and shares the execution of each event with whoever selects the same of it. */
  subscribe(args: ExecutionArgs, viewerId: string): Promise<ExecutionResult | Stream>;
}

/** What the fast path is told by the plain way. */
export interface FastPathParts {
  /** A document that parses and is valid by all rules of the house; null otherwise. */
  readonly documentOf: (params: OperationParams) => DocumentNode | null;
}

/** `Accept` headers whose content type is remembered; browsers and clients send a handful. */
const MOST_ACCEPTS = 100;

/** Makes the fast path of one gateway. */
export function createFastPath({ documentOf }: FastPathParts): FastPath {
  const contentTypes = new LRUCache<string, string>({ max: MOST_ACCEPTS });
  const selections = new WeakMap<DocumentNode, Map<string, Selection>>();
  const executed = new WeakMap<object, Map<string, MaybePromise<ExecutionResult>>>();

  return {
    read(body, accept = '') {
      const contentType = contentTypes.get(accept);
      if (contentType === undefined) return null;
      const params = readParams(body);
      const document = params === null ? null : documentOf(params);
      if (params === null || document === null) return null;
      const operation = getOperationAST(document, params.operationName);
      if (!operation || operation.operation === 'subscription') return null;
      return { document, operation, params, contentType };
    },

    learn(accept = '', contentType) {
      if (contentType?.includes('json') === true && accept.length < LONGEST_ACCEPT) {
        contentTypes.set(accept, contentType);
      }
    },

    async subscribe(args, viewerId) {
      const source = await createSourceEventStream(args);
      if (!(Symbol.asyncIterator in source)) return source;
      const events = source[Symbol.asyncIterator]();
      const key = `${viewerId}\n${selectionOf(args).key(args.variableValues ?? {})}`;
      const stream: Stream = {
        [Symbol.asyncIterator]: () => stream,
        async next() {
          const step = await events.next();
          if (step.done) return { done: true, value: undefined };
          return { done: false, value: await resultOf(step.value, key, args) };
        },
        async return() {
          await events.return?.();
          return { done: true, value: undefined };
        },
      };
      return stream;
    },
  };

  /** The result for one event: somebody else's, where they select the same of the same event. */
  function resultOf(event: unknown, key: string, args: ExecutionArgs): MaybePromise<ExecutionResult> {
    const run = () => execute({ ...args, rootValue: event }) as MaybePromise<ExecutionResult>;
    if (typeof event !== 'object' || event === null) return run();
    let results = executed.get(event);
    if (results === undefined) {
      results = new Map();
      executed.set(event, results);
    }
    const known = results.get(key);
    if (known === undefined) {
      const result = run();
      results.set(key, result);
      return result;
    }
    // An error carries the request id of whoever met it, and a client that left may have caused it.
    const own = (result: ExecutionResult) => (result.errors === undefined ? result : run());
    return known instanceof Promise ? known.then(own, run) : own(known);
  }

  function selectionOf({ document, operationName }: ExecutionArgs): Selection {
    let ofDocument = selections.get(document);
    if (ofDocument === undefined) {
      ofDocument = new Map();
      selections.set(document, ofDocument);
    }
    const name = operationName ?? '';
    const known = ofDocument.get(name) ?? createSelection(document, operationName);
    ofDocument.set(name, known);
    return known;
  }
}

const LONGEST_ACCEPT = 500; // characters

/** What an operation selects of an event, so that two of them can be compared. */
interface Selection {
  key(variables: Readonly<Record<string, unknown>>): string;
}

let selectionCount = 0;

/** Two subscribers select the same when the variables below the root field agree: those of its arguments choose the stream. */
function createSelection(document: DocumentNode, operationName: string | null | undefined): Selection {
  selectionCount += 1;
  const id = selectionCount;
  const names = new Set<string>();
  const collect = {
    Variable: (variable: { name: { value: string } }) => void names.add(variable.name.value),
  };
  const operation = getOperationAST(document, operationName);
  for (const field of operation?.selectionSet.selections ?? []) {
    for (const directive of field.directives ?? []) visit(directive, collect);
    if ('selectionSet' in field && field.selectionSet) visit(field.selectionSet, collect);
    // A fragment at the root may hold the field and its arguments: then all its variables count.
  }
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') visit(definition, collect);
  }
  const used = [...names].sort();
  return {
    key: (variables) => `${id} ${JSON.stringify(used.map((name) => variables[name]))}`,
  };
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
