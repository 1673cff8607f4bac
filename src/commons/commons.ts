/**
 * What gateways share: the promise, which a process keeps for itself (`in-process.ts`) or several keep on one Redis
 * (`redis.ts`).
 *
 * Three primitives, and nothing else reaches the store:
 *
 * - a cell: a small value, changed by a pure function as if nobody else were there;
 * - a log: a run of events that is appended to by whoever has seen its end;
 * - a lease (`lease.ts`, made of cells): the right to do something alone.
 *
 * What a value means is decided by whoever owns it, in pure functions. The commons makes their steps atomic.
 */

/** A value or the promise of it: in one process nobody has to wait. */
export type Soon<Value> = Value | Promise<Value>;

/** Where something is kept. All of one owner is kept together, and no name tells who that is. */
export interface Key {
  /** Whose it is: a viewer, a bucket of the rate budget. */
  readonly owner: string;
  /** Which one of the owner's; empty where there is one. */
  readonly name?: string | undefined;
}

/** How values of one sort are kept. */
export interface CellSort<Value> {
  /** One word, which stands in the names of keys and in metrics. */
  readonly word: string;
  /** As text; JSON unless told otherwise. In one process nothing is written down. */
  readonly write?: (value: Value) => string;
  readonly read?: (text: string) => Value;
}

/** What a change does to a value. */
export interface Change<Value, Result> {
  /** The next value; null for none at all. Left out: the value stays, and so does its end. */
  readonly value?: Value | null | undefined;
  /** Milliseconds until it is gone by itself; needed with a value. */
  readonly lifetime?: number | undefined;
  /** Whoever follows the cell is told at once. */
  readonly tell?: boolean | undefined;
  /** What the update answers. */
  readonly result: Result;
}

/** A small value, changed by a pure function. */
export interface Cell<Value> {
  /**
   * Changes the value as if nobody else were there. `change` may be called several times, so it must be pure; `now` is
   * the clock of the store in milliseconds, which all gateways share.
   * @throws {Apart} where the store cannot be reached: then it is not known whether the change was made.
   */
  update<Result>(key: Key, change: (value: Value | null, now: number) => Change<Value, Result>): Soon<Result>;
  /**
   * Calls `hear` after changes that were to be told; some may come as one, and one that this client made itself comes
   * too. After a time apart it is called once, because nobody knows.
   */
  follow(key: Key, hear: () => void): Stop;
}

/** Ends what it was given for; may be called twice. */
export type Stop = () => void;

/** A place in a log: so many events since the log began, which was in this epoch. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** How a log of one sort is kept. */
export interface LogSort {
  /** One word, as of cells. */
  readonly word: string;
  /** Events that are kept; older ones go. */
  readonly most: number;
  /** Bytes that they may take, as if all were as large as the newest: of large ones fewer are kept. */
  readonly mostBytes: number;
  /** Milliseconds after the last event until all is gone. */
  readonly lifetime: number;
}

/** One event of a log. The first of a log has the offset 1. */
export interface Entry<Event> {
  readonly offset: number;
  readonly event: Event;
}

/** What a log holds after a position. */
export interface Reading<Event> {
  /** Its end. */
  readonly position: Position;
  readonly entries: readonly Entry<Event>[];
  /** False where events in between are lost: too old, or of an epoch that is over. Then `entries` are all there are. */
  readonly isComplete: boolean;
}

/** What came of an append. */
export type Appended<Event> =
  | { readonly kind: 'appended'; readonly position: Position }
  /** Somebody else appended first; nothing was done. */
  | ({ readonly kind: 'behind' } & Reading<Event>);

/** What a follower is told. Events come each once and in order; after a loss a reading tells what there still is. */
export type News<Event> =
  | { readonly kind: 'event'; readonly position: Position; readonly event: Event }
  | ({ readonly kind: 'lost' } & Reading<Event>);

/** A run of events. */
export interface Log<Event> {
  /**
   * Appends, if the log still ends where it was seen to; null: it was never seen.
   * @throws {Apart} as a cell does.
   */
  append(key: Key, after: Position | null, events: readonly Event[]): Soon<Appended<Event>>;
  /** What came after a position; null: all there is. */
  read(key: Key, after: Position | null): Soon<Reading<Event>>;
  /** Tells each event after a position. A gap is seen by the offset and filled; after a time apart it goes on. */
  follow(key: Key, after: Position | null, each: (news: News<Event>) => void): Stop;
}

/** Whether the gateways are together. */
export type Togetherness =
  /** One process, which shares with nobody. */
  | { readonly name: 'in-process' }
  | { readonly name: 'together' }
  /** The store cannot be reached: each gateway goes on by itself. */
  | { readonly name: 'apart'; readonly problem: string };

/** What all gateways of one store have in common; another `id` means that its data is lost. */
export interface Fleet {
  readonly id: string;
  /** Made once, known to all of them and to nobody else. */
  readonly secret: string;
  /** How many gateways there are, those that were not seen for a moment among them. */
  readonly size: number;
  /** False while one of them was not seen for a moment: it may be apart, and so do more than it tells. */
  readonly isWhole: boolean;
}

/** What gateways share. */
export interface Commons extends AsyncDisposable {
  /** Names this gateway among the others; another one after each start. */
  readonly self: string;
  cell<Value>(sort: CellSort<Value>): Cell<Value>;
  log<Event>(sort: LogSort): Log<Event>;
  state(): Togetherness;
  /** Null until the gateways were together for the first time. */
  fleet(): Fleet | null;
  /** Calls `hear` whenever the gateways come together, part, or lose what they shared. */
  onChange(hear: () => void): Stop;
  /** Lets go; nothing may be asked afterwards. */
  stop(): Promise<void>;
}

/** The store cannot be reached, or did not answer in time: what was asked may have been done or not. */
export class Apart extends Error {
  override name = 'Apart';
}
