/**
 * What the log of a call holds: tidings, in the order in which they became true for everybody. They are called so because
 * whoever reads them learns what another gateway has seen.
 *
 * One entry is one tiding, so that the offset of an entry is the place of its event and nothing else. What became true at
 * once is appended at once, and the last of such a batch carries the state of the call after it:
 *
 * ```text
 *   offset   7        8        9                10        11
 *            change   change   moved + state    rest      state, whole: nothing before it can be resumed from
 *            └───────── one batch ─────────┘
 * ```
 *
 * Entries are sealed: they tell of a call, and only gateways that serve its viewer can open them.
 */
import { type SealingKey, seal, unseal } from '../../commons/seal.ts';
import type { Kind } from '../shape.ts';
import type { Held } from '../transitions.ts';

/** What all gateways hold of a call; an immutable value. */
export interface CallState<K extends Kind> {
  readonly held: Held<K>;
  /** What it was like when it was seen last, where the phone system knows it no more. */
  readonly gone: K['Call'] | null;
  readonly isOver: boolean;
  /** When the newest whole body was asked for and answered; epoch milliseconds. */
  readonly asked: { readonly sentAt: number; readonly receivedAt: number } | null;
}

/** Why nobody may look at a call (any more). */
export interface Denial {
  readonly code: 'FORBIDDEN' | 'BAD_USER_INPUT' | 'CALL_NOT_FOUND';
  readonly message: string;
  /** The permission or the parameter that it is about. */
  readonly about: string | null;
}

/** One thing that became true. `at` is when the answer that showed it arrived, epoch milliseconds. */
export type Tiding<K extends Kind> =
  /** A party changed, or joined. */
  | {
      readonly kind: 'change';
      readonly at: number;
      readonly partyId: string;
      readonly previousStatus: K['Status'] | null;
    }
  | {
      readonly kind: 'moved';
      readonly at: number;
      readonly partyId: string;
      readonly movedTo: K['Place'];
    }
  | { readonly kind: 'ended'; readonly at: number }
  /** What is shown may be old; the next try is at `next`. */
  | { readonly kind: 'trouble'; readonly at: number; readonly next: number }
  | { readonly kind: 'recovery'; readonly at: number }
  /**
   * It was looked at, and this is how it is. `isWhole`: what came before does not lead here, so that whoever follows
   * holds it against what they know, and nobody resumes from before it.
   */
  | { readonly kind: 'state'; readonly at: number; readonly isWhole: boolean }
  /** Nobody looks any more: what is known gets old. */
  | { readonly kind: 'rest'; readonly at: number }
  | { readonly kind: 'denied'; readonly at: number; readonly denial: Denial }
  /** Nothing new: the log is kept. */
  | { readonly kind: 'alive'; readonly at: number };

/** A tiding as it stands in the log. */
export interface Entry<K extends Kind> {
  readonly tiding: Tiding<K>;
  /** More of the same batch follows. */
  readonly hasMore: boolean;
  /** The fence of whoever had the desk, as far as the writer knew. */
  readonly fence: number;
  /** The state after the batch; only with its last, and only where it may have changed. */
  readonly state: CallState<K> | null;
}

/** Writes entries and reads them: sealed, and with times by the clock that all gateways share. */
export interface TidingsCodec<K extends Kind> {
  write(entry: Entry<K>): string;
  /** Null where it cannot be read, as when a newer version of the gateway wrote it. */
  read(text: string): Entry<K> | null;
}

/** What is written; whoever reads another form leaves it alone. */
const VERSION = 2;

/**
 * Makes it.
 *
 * @param ahead By how many milliseconds the shared clock is ahead of ours: only moments that are compared are converted,
 *   those that clients are shown are not.
 */
export function createTidingsCodec<K extends Kind>(
  key: SealingKey,
  ahead: () => number = () => 0,
): TidingsCodec<K> {
  return {
    write(entry) {
      const { state, ...rest } = entry;
      const written = state === null ? null : writtenState(state, ahead());
      return seal(JSON.stringify({ version: VERSION, ...rest, state: written }), key);
    },
    read(text) {
      const opened = unseal(text, key);
      if (opened === null) return null;
      const { version, state, ...rest } = JSON.parse(opened) as WrittenEntry<K>;
      if (version !== VERSION) return null;
      return { ...rest, state: state === null ? null : readState(state, -ahead()) };
    },
  };
}

type WrittenEntry<K extends Kind> = Omit<Entry<K>, 'state'> & {
  readonly version: number;
  readonly state: WrittenState<K> | null;
};

/** A call as it is written. */
export interface WrittenState<K extends Kind> extends Omit<CallState<K>, 'held'> {
  readonly held: Omit<Held<K>, 'outlooks' | 'marks' | 'shown'> & {
    readonly outlooks: Pairs<Held<K>['outlooks']>;
    readonly marks: Pairs<Held<K>['marks']>;
    readonly shown: Pairs<Held<K>['shown']>;
  };
}

type Pairs<Kept> =
  Kept extends ReadonlyMap<infer Name, infer Value> ? readonly (readonly [Name, Value])[] : never;

/** Writes what is held, with times by a clock that is ahead of ours by so much. */
export function writtenState<K extends Kind>(state: CallState<K>, by: number): WrittenState<K> {
  const { held } = state;
  return {
    ...state,
    asked: movedTimes(state.asked, by),
    held: {
      ...held,
      changedAt: held.changedAt + by,
      outlooks: [...held.outlooks],
      marks: [...held.marks].map(([id, mark]) => [id, { ...mark, changedAt: mark.changedAt + by }]),
      shown: [...held.shown],
    },
  };
}

/** Reads it. */
export function readState<K extends Kind>(
  { held, asked, ...rest }: WrittenState<K>,
  by: number,
): CallState<K> {
  return {
    ...rest,
    asked: movedTimes(asked, by),
    held: {
      ...held,
      changedAt: held.changedAt + by,
      outlooks: new Map(held.outlooks),
      marks: new Map(held.marks.map(([id, mark]) => [id, { ...mark, changedAt: mark.changedAt + by }])),
      shown: new Map(held.shown.map(([id, { least, most }]) => [id, { least, most: most ?? Infinity }])),
    },
  };
}

function movedTimes(times: CallState<Kind>['asked'], by: number): CallState<Kind>['asked'] {
  return times === null ? null : { sentAt: times.sentAt + by, receivedAt: times.receivedAt + by };
}
