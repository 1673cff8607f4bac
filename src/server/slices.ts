/**
 * Heavy work in slices: a few milliseconds of it, of everybody together, and then some turns of Node's loop for whoever
 * has little to ask.
 *
 * ```text
 *   ├ heavy work, 5 ms ─┤├ turns of the loop: whatever is ready ─┤├ heavy work of the one who waits for longest ─┤
 * ```
 */
import { afterOthers, TURNS_FOR_OTHERS } from '../loop.ts';

/** The slices of one gateway. */
export interface Slices {
  /** Null: go on. Else the slice is used up; settles when it is the asker's turn, first come, first served. */
  turn(): Promise<void> | null;
}

const SLICE = 5; // milliseconds

/** Makes them; `clock` counts milliseconds, `turns` the turns of the loop between two slices. */
export function createSlices(clock = () => performance.now(), turns = TURNS_FOR_OTHERS): Slices {
  const waiting: (() => void)[] = [];
  /** When the slice began; null: the others have had their turns. */
  let since: number | null = null;

  return {
    turn() {
      if (since === null) begin();
      else if (clock() - since >= SLICE) return new Promise((resolve) => waiting.push(resolve));
      return null;
    },
  };

  function begin(): void {
    since = clock();
    afterOthers(end, turns);
  }

  function end(): void {
    since = null;
    const next = waiting.shift();
    if (next === undefined) return;
    begin();
    next();
  }
}
