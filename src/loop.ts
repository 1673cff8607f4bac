/** Giving way to others: Node accepts one connection in each turn of its loop, and whoever is connected may be heard in the next. */

/** So many turns pass between two pieces of work that could go on for long. */
export const TURNS_FOR_OTHERS = 10;

/** Calls back when everybody else has had their turns. */
export function afterOthers(callback: () => void, turns = TURNS_FOR_OTHERS): void {
  setImmediate(() => {
    if (turns <= 1) callback();
    else afterOthers(callback, turns - 1);
  });
}
