/**
 * How much an answer has grown to while it is made: what was weighed before may turn out longer, and then the work
 * stops, not after it.
 *
 * Every list of objects tells how many items it has before the first of them is looked into. Texts are shared with what
 * they were read from, so until the answer is written it costs its number of values; how long it would be as text is
 * counted before it becomes text.
 */
import {
  defaultFieldResolver,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import { BadUserInput } from '../../schema/failures.ts';
import type { Slices } from './slices.ts';
import { isListOfObjects, type Scales } from './weight.ts';

export interface AnswerBounds {
  /** Of the text of one answer, or of one event of a subscription. */
  readonly maxAnswerBytes: number;
}

/** Values that one answer may have: graphql-js makes about a million in a second. */
export const MOST_VALUES = 100_000;

/** Where the meter of an execution is found in its context. */
const METER = Symbol('meter');

/** What a context looks like that is metered. */
interface Metered {
  [METER]?: Meter;
}

/** Counts the values of one answer. */
export class Meter {
  readonly type: OperationTypeNode;
  /** Of what is heavy: each list waits for its turn. */
  readonly slices: Slices | null;
  isFull = false;
  #values = 0;

  constructor(type: OperationTypeNode, slices: Slices | null) {
    this.type = type;
    this.slices = slices;
  }

  /** Whether so many more still fit; once they do not, nothing does. */
  takes(values: number): boolean {
    this.#values += values;
    if (this.#values > MOST_VALUES) this.isFull = true;
    return !this.isFull;
  }
}

/** It has a place already, so that GraphQL makes no new one of it for each list that it stops. */
const TOO_MANY_VALUES = new GraphQLError('Too many values.', {
  path: [],
  originalError: new BadUserInput(
    `The answer would have more than ${MOST_VALUES} values, which is as many as are given at once: ask for fewer calls, or less of each.`,
  ),
});

/** Starts to count what is executed with this context; `slices`: it is heavy, and gives way to others at each list. */
export function startMeter(context: unknown, type: OperationTypeNode, slices: Slices | null = null): Meter {
  const meter = new Meter(type, slices);
  if (typeof context === 'object' && context !== null) (context as Metered)[METER] = meter;
  return meter;
}

const metered = new WeakSet<GraphQLSchema>();

/** Has the lists of a schema tell their lengths; in place, because what was compiled of it is bound to it. */
export function meterLists(schema: GraphQLSchema, scales: Scales): void {
  if (metered.has(schema)) return;
  metered.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (isListOfObjects(field.type)) field.resolve = counted(field.resolve ?? defaultFieldResolver, scales);
    }
  }
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;

function counted(resolve: Resolver, scales: Scales): Resolver {
  return function countItems(source, args, context, info) {
    const list = resolve(source, args, context, info);
    const meter = (context as Metered | undefined)?.[METER];
    if (meter === undefined) return list;
    const count = (items: unknown) => {
      if (!Array.isArray(items) || items.length === 0) return items;
      const type = getNamedType(info.returnType);
      let values = 0;
      for (const node of info.fieldNodes) values += scales.valuesOf(node, type, info.fragments);
      if (meter.takes(items.length * values)) return inTurn(items, meter);
      if (meter.type === OperationTypeNode.MUTATION) throw TOO_MANY_VALUES;
      // Nobody will see it: the whole answer is refused, and an error for each list would be work again.
      return [];
    };
    return list instanceof Promise ? list.then(count) : count(list);
  };
}

function inTurn(items: readonly unknown[], { slices }: Meter): unknown {
  const turn = slices?.turn() ?? null;
  if (turn === null) return items;
  // Those that fail meanwhile are looked at later, which is no reason to end the process.
  for (const item of items) if (item instanceof Promise) item.catch(() => {});
  return turn.then(() => items);
}

/** The answer, unless it grew too large: then the refusal, with what is known of commands. */
export function withinBounds(
  result: ExecutionResult,
  { isFull, type }: Meter,
  { maxAnswerBytes }: AnswerBounds,
): ExecutionResult {
  if (!isFull && fits(result.data, maxAnswerBytes)) return result;
  const refusal = isFull ? TOO_MANY_VALUES.originalError : tooManyBytes(maxAnswerBytes);
  const error = new GraphQLError(refusal?.message ?? '', { originalError: refusal });
  if (type !== OperationTypeNode.MUTATION) return { errors: [error] };
  // What was commanded is done: its outcome is told, and only the state of the call left out.
  const others = result.errors?.filter((one) => !isTooManyValues(one)) ?? [];
  return { errors: [error, ...others], data: outcomesOf(result.data ?? null) };
}

/** Also where an executor has made another error of it. */
function isTooManyValues(error: Error): boolean {
  if (error === TOO_MANY_VALUES) return true;
  const { originalError } = error as Partial<GraphQLError>;
  return originalError !== undefined && isTooManyValues(originalError);
}

type Data = NonNullable<ExecutionResult['data']>;

/** The payloads of commands, without what is long in them. */
function outcomesOf(data: Data | null): Data | null {
  if (data === null) return null;
  return mapValues(data, (payload) =>
    typeof payload === 'object' && payload !== null
      ? mapValues(payload, (value) => (fits(value, LONGEST_OUTCOME) ? value : null))
      : payload,
  );
}

/** The outcome of a command and the error that explains it are shorter; what is longer is the state of a call. */
const LONGEST_OUTCOME = 4_000; // bytes

function mapValues(object: object, change: (value: unknown) => unknown): Data {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function tooManyBytes(bound: number): BadUserInput {
  return new BadUserInput(
    `The answer would be longer than ${bound} bytes, which is as much as is given at once: ask for fewer calls, or less of each.`,
  );
}

/** Whether a value is no longer than this as JSON; stops to count where it is. */
export function fits(value: unknown, bytes: number): boolean {
  return roomAfter(value, bytes, 0) >= 0;
}

/** No answer is nested so deep, and what a client sends must not use up the stack. */
const DEEPEST = 100;

/** What is left of `room` when a value is written; less than nothing where it does not fit. */
function roomAfter(value: unknown, room: number, depth: number): number {
  if (typeof value === 'string') return room - bytesOf(value);
  if (typeof value !== 'object' || value === null) return room - 4;
  if (depth > DEEPEST) return -1;
  let left = room - 2;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index += 1) {
      left = roomAfter(value[index], left, depth + 1) - 1;
    }
    return left;
  }
  for (const name in value) {
    left = roomAfter((value as Record<string, unknown>)[name], left - name.length - 4, depth + 1);
    if (left < 0) break;
  }
  return left;
}

/** Long texts are measured, of short ones their length will do: both may be longer with every quote that is escaped. */
function bytesOf(text: string): number {
  return 2 + (text.length > 1_000 ? Buffer.byteLength(text) : text.length);
}
