/**
 * How what is found out of a call becomes known to those who read of it: at once where one gateway watches it, through its
 * ledger where several do (`shared/call-sharing.ts`).
 */
import type { CallControlFailure } from '../../schema/failures.ts';
import type { CallMemory } from './call-memory.ts';
import type { Readers } from './readers.ts';
import type { Kind, Transition } from './shape.ts';

export interface Telling<K extends Kind> {
  /** Somebody looks at the call, so that readers may start from what is known. */
  readonly isFresh: boolean;
  /** It is known what was told before. */
  readonly isOpen: boolean;
  /** What a reader may start from; null while nothing fresh is known. */
  readerState(): { readonly call: K['Call']; readonly isOver: boolean } | null;
  changed(transitions: readonly Transition<K>[], at: number): void;
  /** What is shown may be old; the next try is at `next`. */
  trouble(next: number): void;
  /** What is shown is true again. */
  recovery(): void;
  /** It was looked at, and is as it is held. */
  looked(): void;
  /** The call is over. */
  ended(at: number): void;
  /** It is there after all: whoever was told of its end starts anew. */
  revived(): void;
  /** Nobody may look at it (any more). */
  refused(error: CallControlFailure): void;
  /** Nobody here looks any more. */
  rest(): void;
}

/** The call that is told of. */
export interface TellingCall<K extends Kind> {
  readonly memory: CallMemory<K>;
  readers(): Readers<K>;
  /** Nobody watches it now, and its readers hear why. */
  deny(error: CallControlFailure): void;
}

/** Tells at once; a class, because every watched call has one. */
export class PlainTelling<K extends Kind> implements Telling<K> {
  readonly #call: TellingCall<K>;
  isFresh = false;
  readonly isOpen = true;

  constructor(call: TellingCall<K>) {
    this.#call = call;
  }

  readerState(): { readonly call: K['Call']; readonly isOver: boolean } | null {
    const { call, isOver } = this.#call.memory;
    return call !== null && (isOver || this.isFresh) ? { call, isOver } : null;
  }

  changed(transitions: readonly Transition<K>[], at: number): void {
    const { call } = this.#call.memory;
    if (call !== null) this.#call.readers().tell(call, transitions, at);
  }

  trouble(next: number): void {
    this.#call.readers().tellTrouble(next);
  }

  recovery(): void {
    this.#call.readers().tellRecovery();
  }

  looked(): void {
    this.isFresh = true;
    const { call } = this.#call.memory;
    if (call !== null) this.#call.readers().start(call);
  }

  ended(at: number): void {
    this.#call.readers().tellEnd(at);
  }

  revived(): void {
    this.#call.readers().forget();
    this.#call.readers().remember();
  }

  refused(error: CallControlFailure): void {
    this.#call.deny(error);
  }

  rest(): void {
    this.isFresh = false;
  }
}
