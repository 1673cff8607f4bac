/**
 * Whether everything was told of a call, by the numbers of its news. Pure.
 *
 * Where every party of a call is told of, the first of its news is {@link FIRST_NEWS} and each next one is one more:
 *
 * ```ts
 * heard(heard(NOTHING_HEARD, 2), 4) // { upTo: 2, beyond: [4] }: 3 is still to come, or was lost
 * ```
 */

/** How far the news of a call are known. */
export interface Heard {
  /** All up to here were heard, or what they told is known. Null: all until the call was read, whose next news tells which. */
  readonly upTo: number | null;
  /** Those heard after a gap, in order. */
  readonly beyond: readonly number[];
}

/** RingCentral counts from two. */
export const FIRST_NEWS = 2;

export const NOTHING_HEARD: Heard = { upTo: FIRST_NEWS - 1, beyond: [] };
/** Nothing was heard, and what it would have told was read. */
const READ: Heard = { upTo: null, beyond: [] };

/** A call of which more than this is missing is read anyway. */
const MOST_BEYOND = 50;

/** With one more; the same object where it is known. */
export function heard(before: Heard, sequence: number): Heard {
  if (before.upTo === null) return { upTo: sequence, beyond: [] };
  if (sequence <= before.upTo || before.beyond.includes(sequence)) return before;
  const waiting = [...before.beyond, sequence].sort((one, other) => one - other);
  let { upTo } = before;
  while (waiting[0] === upTo + 1) upTo = waiting.shift() ?? upTo;
  return { upTo, beyond: waiting.slice(-MOST_BEYOND) };
}

/** True while something is missing in between. */
export function hasGap({ beyond }: Heard): boolean {
  return beyond.length > 0;
}

/** What is known once the call was read: whatever was missing when that was asked for. */
export function filled(before: Heard): Heard {
  const last = before.beyond.at(-1);
  if (last !== undefined) return { upTo: last, beyond: [] };
  return before.upTo === NOTHING_HEARD.upTo ? READ : before;
}
