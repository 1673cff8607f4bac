/** An operation at the door, before it is read. */
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
  /** True once the connection broke, or was closed, under a client that may come back. */
  dropped(): boolean;
}
