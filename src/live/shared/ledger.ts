/** The ledger of one call, which several gateways keep together: what it needs, and what may be asked of it. */
import type { Key, Log } from '../../commons/commons.ts';
import type { Place } from '../replay.ts';
import type { Kind } from '../shape.ts';
import type { CallState, Tiding, TidingsCodec } from './tidings.ts';

/** An event of before, for those who come back. */
export interface PastTiding<K extends Kind> {
  readonly tiding: Tiding<K>;
  readonly state: CallState<K>;
  readonly place: Place;
}

/** The call whose ledger it is. */
export interface LedgerHost<K extends Kind> {
  /** What is held, told or not; null: nothing yet. */
  state(): CallState<K> | null;
  /** Holds this from now on; nothing is told. */
  adopt(state: CallState<K> | null): void;
  /** Tells what became true; `place` is null while this gateway is alone. `isOwn`: this gateway has seen it. */
  tell(tiding: Tiding<K>, state: CallState<K> | null, place: Place | null, isOwn: boolean): void;
  /**
   * Holds a whole state against what was told here, holds it from now on, and tells the difference; false: it may be older
   * than that, and nothing was done.
   */
  meet(state: CallState<K>, place: Place): boolean;
  /** What the log told before, oldest first; nothing before `from` can be had any more. */
  remember(from: Place, past: readonly PastTiding<K>[]): void;
  /** From now on what was written before is known here. */
  opened(): void;
}

export interface LedgerParts<K extends Kind> {
  readonly log: Log<string>;
  readonly key: Key;
  readonly codec: TidingsCodec<K>;
  readonly host: LedgerHost<K>;
  /** True while this gateway has the desk. */
  readonly isLeading: () => boolean;
  /** The fence of whoever has the desk; null: nobody is known to. */
  readonly fence: () => number | null;
  /** Asks whoever has the desk for a whole state. */
  readonly askForWhole: () => void;
  /** A defect; the ledger goes on. */
  readonly onDefect: (error: unknown) => void;
}

export interface Ledger<K extends Kind> {
  /** What all gateways hold, which is what may be told. */
  readonly told: CallState<K> | null;
  /** Somebody looks at the call, and what was told is how it is. */
  readonly isFresh: boolean;
  /** When the phone system is tried again, where it fails; null: it does not. */
  readonly nextTry: number | null;
  /** True once what was written before is known here. */
  readonly isOpen: boolean;
  /** Makes tidings true, all at once. `again` decides anew: they were not told, and something else was. */
  write(tidings: readonly Tiding<K>[], again: () => void): void;
  /** The store is gone: everything is told at once, by this gateway for itself. */
  part(): void;
  /** The store is there (again), and it is known who has the desk. */
  meet(): void;
  /** Somebody else has the desk now, or this gateway. */
  ledBy(): void;
  /** To be called now and then by whoever has the desk: the log is kept. */
  keep(): void;
  /** Resolves when everything is told that was written. */
  settled(): Promise<void>;
  /** Writes what is left to write, and tells nothing any more. */
  close(): void;
}
