/** A subscription on the fast path: what is executed of an event is shared with everybody who selects the same. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Answers } from './answers.ts';
import type { Arrival } from './arrival.ts';
import type { Recipient, Send } from './fan-out.ts';
import type { Executor, FastPath, SubscriptionArgs } from './fast-path.ts';
import type { Weighing } from './weighing.ts';

/** What the subscriptions on the fast path share. */
export interface SharedWork {
  readonly fastPath: FastPath;
  contextOf(arrival: Arrival): object;
  readonly weighing: Weighing;
  readonly answers: Answers;
  noteSent(event: unknown): void;
}

/** One subscription on the fast path. A class, because there are thousands: one that is idle holds these fields only. */
export class SharedSubscription implements Recipient, Executor {
  readonly send: Send;
  readonly #shared: SharedWork;
  readonly #args: SubscriptionArgs;
  readonly #isHeavy: boolean;
  readonly #arrival: Arrival;
  readonly #key: string;

  constructor(shared: SharedWork, args: SubscriptionArgs, isHeavy: boolean, arrival: Arrival, send: Send) {
    this.send = send;
    this.#shared = shared;
    this.#args = args;
    this.#isHeavy = isHeavy;
    this.#arrival = arrival;
    const { viewerId, sharedAs = viewerId } = arrival.visitor;
    this.#key = shared.fastPath.keyOf(args, sharedAs);
  }

  resultOf(event: unknown): ExecutionResult | Promise<ExecutionResult> {
    const { fastPath, answers } = this.#shared;
    const result = fastPath.resultOf(event, this.#key, this);
    if (!(result instanceof Promise)) return answers.maskResult(result, this.#arrival);
    return result.then((known) => answers.maskResult(known, this.#arrival));
  }

  execute(event: unknown): ExecutionResult | Promise<ExecutionResult> {
    const { contextOf, weighing } = this.#shared;
    const contextValue = contextOf(this.#arrival);
    const args = { ...this.#args, contextValue, rootValue: event };
    const { operation, visitor } = this.#arrival;
    return operation.within(() => weighing.executeEvent(args, { isHeavy: this.#isHeavy }, visitor.viewerId));
  }

  sent(event: unknown): void {
    this.#shared.noteSent(event);
  }

  ended(): void {
    this.#arrival.operation.ended('ok');
  }

  failed(error: unknown): GraphQLError {
    return this.#shared.answers.refuse(error, this.#arrival.operation);
  }

  left(): void {
    this.#arrival.operation.ended(this.#arrival.dropped() ? 'aborted' : 'ok');
  }
}
