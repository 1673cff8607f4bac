/** An operation at the door, before it is read. */
import type { Leaving } from './leaving.ts';
import type { Operation } from './observe.ts';
import type { Visitor } from './visitor.ts';

/** What the door knows of an operation before it is read. */
export interface Arrival {
  readonly visitor: Visitor;
  readonly operation: Operation;
  /** False for a request by cookie without a header that only a program sends: it may read, and do nothing. */
  readonly mayCommand: boolean;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  /** The same without making a signal. */
  hasLeft(): boolean;
  /** True once the connection broke, or was closed, under a client that may come back. */
  dropped(): boolean;
}

/** An operation that came as a request of its own. */
export class RequestArrival implements Arrival {
  readonly visitor: Visitor;
  readonly operation: Operation;
  readonly mayCommand: boolean;
  readonly #leaving: Leaving;

  constructor(visitor: Visitor, operation: Operation, mayCommand: boolean, leaving: Leaving) {
    this.visitor = visitor;
    this.operation = operation;
    this.mayCommand = mayCommand;
    this.#leaving = leaving;
  }

  get signal(): AbortSignal {
    return this.#leaving.signal;
  }

  hasLeft(): boolean {
    return this.#leaving.hasLeft;
  }

  dropped(): boolean {
    return this.#leaving.hasLeft;
  }
}
