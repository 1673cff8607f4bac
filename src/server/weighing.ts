/**
 * Operations on the scales: what weighs too much is refused before it runs, what weighs much waits for its turn, and
 * what grows too large is stopped. The same for every way in.
 *
 * ```text
 *   check ── weight above MAX_WEIGHT ──────────────────────────► refused, with the weight and the bound
 *     │
 *   execute ── a heavy query, or event: two of a viewer and sixteen of all at once, in slices between which everybody else comes
 *     │           └─ waited in vain ───────────────────────────► OVERLOADED
 *   metered ── more values or bytes than an answer may have ───► refused
 *     │
 *   answer
 * ```
 */
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { BadUserInput, Overloaded } from '../../schema/failures.ts';
import { createTurnstile, type Leave } from '../turnstile.ts';
import { isStream } from './answers.ts';
import type { Arrival } from './arrival.ts';
import { type OperationPlace, onceByOperation } from './by-operation.ts';
import { type AnswerBounds, fits, meterLists, startMeter, withinBounds } from './meter.ts';
import { createSlices, type Slices } from './slices.ts';
import { declaredOf } from './variables.ts';
import { createScales, TooHeavy, type Variables } from './weight.ts';

export interface WeighingBounds extends AnswerBounds {
  readonly maxWeight: number;
}

/** An operation that is light enough. */
export interface Weighed {
  readonly type: OperationTypeNode;
  readonly weight: number;
  /** It waits for its turn. */
  readonly isHeavy: boolean;
  /** Those that the operation declares. */
  readonly variables: Record<string, unknown>;
}

/** Whoever asks, and may leave before it is their turn. */
type Asker = Pick<Arrival, 'visitor' | 'signal'>;

/** What a subscription brings. */
type Events = AsyncIterableIterator<ExecutionResult>;

type Execute = (args: ExecutionArgs) => unknown;

type Result = ExecutionResult | Promise<ExecutionResult>;

export interface Weighing {
  /**
   * Weighs an operation; null where the document has no such operation.
   * @throws {TooHeavy}
   */
  check(place: OperationPlace, variables: Variables | null | undefined): Weighed | null;
  /** Executes a query or command. */
  execute(args: ExecutionArgs, weighed: Weighed, asker: Asker, execute: Execute): Result;
  /** Executes what a subscription selects of one event. */
  executeEvent(
    args: ExecutionArgs,
    weighed: Pick<Weighed, 'isHeavy'>,
    viewerId: string,
  ): ExecutionResult | Promise<ExecutionResult>;
  /** Subscribes as graphql-js does, and executes each event so. */
  subscribe(args: ExecutionArgs, weighed: Weighed, viewerId: string): Promise<ExecutionResult | Events>;
  /**
   * Takes an open subscription onto the scales of its viewer, until `leave`.
   * @throws {BadUserInput} when it is too long to be kept. @throws {Overloaded} when all of them weigh too much.
   */
  takeOn(place: OperationPlace, weighed: Weighed, viewerId: string): Leave;
}

/** Above this share of the most that is allowed, an operation waits for its turn. */
const HEAVY_SHARE = 0.01;

/** Heavy queries: of all and of one viewer at once, in line, and how long they wait. */
const OF_ALL = 16; // what each may become is held in memory until it is whole
const TURNS = { most: OF_ALL, mostCalm: OF_ALL, mostOfKey: 2, mostCalmOfKey: 2 };
const MOST_WAITING = 1_000;
const LONGEST_WAIT = 10_000; // 10 seconds
const LONGEST_WAIT_OF_EVENT = 60_000; // 1 minute, as long as events are kept

/** What the open subscriptions of one viewer may weigh together: five hundred whole calls. */
const SUBSCRIPTIONS_SHARE = 2;

/** Text and variables of a subscription stay as long as it does. */
const LONGEST_KEPT = 20_000; // characters

/** Makes the scales of one gateway. */
export function createWeighing(
  schema: GraphQLSchema,
  bounds: WeighingBounds,
  executeNow: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>,
): Weighing {
  const scales = createScales(schema);
  meterLists(schema, scales);
  const operationOf = onceByOperation((operation): OperationDefinitionNode => operation);
  const turns = createTurnstile({ ...TURNS, mostWaiting: MOST_WAITING }, tooManyHeavy);
  const slices = createSlices();
  const subscribed = new Map<string, number>();

  return {
    check(place, sent) {
      const operation = operationOf(place);
      if (operation === null) return null;
      const variables = declaredOf(operation, sent);
      const weight = scales.weigh(operation, place.document, variables);
      if (weight > bounds.maxWeight) throw new TooHeavy(weight, bounds.maxWeight);
      const type = operation.operation;
      // Commands do not wait: they are few, and what they weigh is what they answer.
      const isHeavy = type !== OperationTypeNode.MUTATION && weight > bounds.maxWeight * HEAVY_SHARE;
      return { type, weight, isHeavy, variables };
    },

    execute(args, { type, isHeavy }, asker, execute) {
      return isHeavy ? executeHeavy(args, type, asker, execute) : executeMetered(args, type, null, execute);
    },

    executeEvent,

    async subscribe(args, weighed, viewerId) {
      const source = await createSourceEventStream(args);
      if (!isStream(source)) return source;
      const events = source[Symbol.asyncIterator]();
      const results: Events = {
        [Symbol.asyncIterator]() {
          return this;
        },
        async next() {
          const step = await events.next();
          if (step.done) return { done: true, value: undefined };
          const value = await executeEvent({ ...args, rootValue: step.value }, weighed, viewerId);
          return { done: false, value };
        },
        async return(value) {
          await events.return?.();
          return { done: true, value };
        },
      };
      return results;
    },

    takeOn({ document }, { weight, variables }, viewerId) {
      const text = document.loc?.source.body ?? '';
      if (text.length > LONGEST_KEPT || !fits(variables, LONGEST_KEPT)) {
        throw new BadUserInput(
          `A subscription may have ${LONGEST_KEPT} characters of text, and as many of variables.`,
        );
      }
      const most = bounds.maxWeight * SUBSCRIPTIONS_SHARE;
      const together = (subscribed.get(viewerId) ?? 0) + weight;
      if (together > most) {
        throw new Overloaded(
          `Your open subscriptions would weigh ${together} together, allowed are ${most}.`,
        );
      }
      subscribed.set(viewerId, together);
      return () => {
        const left = (subscribed.get(viewerId) ?? weight) - weight;
        if (left <= 0) subscribed.delete(viewerId);
        else subscribed.set(viewerId, left);
      };
    },
  };

  function executeEvent(
    args: ExecutionArgs,
    { isHeavy }: Pick<Weighed, 'isHeavy'>,
    viewerId: string,
  ): Result {
    return isHeavy
      ? executeHeavyEvent(args, viewerId)
      : executeMetered(args, OperationTypeNode.SUBSCRIPTION, null, executeNow);
  }

  async function executeHeavyEvent(args: ExecutionArgs, viewerId: string): Promise<ExecutionResult> {
    const place = turns.enter({ key: viewerId, patience: LONGEST_WAIT_OF_EVENT });
    const leave = place instanceof Promise ? await place : place;
    try {
      const turn = slices.turn();
      if (turn !== null) await turn;
      return await executeMetered(args, OperationTypeNode.SUBSCRIPTION, slices, executeNow);
    } finally {
      leave();
    }
  }

  async function executeHeavy(
    args: ExecutionArgs,
    type: OperationTypeNode,
    asker: Asker,
    execute: Execute,
  ): Promise<ExecutionResult> {
    let leave: Leave | null = null;
    try {
      leave = await placeOf(asker);
      const turn = slices.turn();
      if (turn !== null) await turn;
      return await executeMetered(args, type, slices, execute);
    } catch (error) {
      if (!(error instanceof Overloaded)) throw error;
      return { errors: [new GraphQLError(error.message, { originalError: error })] };
    } finally {
      leave?.();
    }
  }

  function executeMetered(
    args: ExecutionArgs,
    type: OperationTypeNode,
    heavy: Slices | null,
    execute: Execute,
  ): Result {
    const meter = startMeter(args.contextValue, type, heavy);
    const bound = (result: ExecutionResult) => withinBounds(result, meter, bounds);
    const result = execute(args) as Result;
    return result instanceof Promise ? result.then(bound) : bound(result);
  }

  function placeOf({ visitor, signal }: Asker): Leave | Promise<Leave> {
    return turns.enter({ key: visitor.viewerId, patience: LONGEST_WAIT, signal });
  }
}

function tooManyHeavy(): Overloaded {
  return new Overloaded('You ask for as much as is worked out for one user at once; try again in a moment.');
}
