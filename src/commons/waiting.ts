/** Waiting for a cell to change. */
import { setAlarm } from '../alarm.ts';
import type { Cell, Key } from './commons.ts';

/** Resolves when a value may have changed, and after so many milliseconds at the latest. */
export function mayHaveChanged<Value>(cell: Cell<Value>, key: Key, most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(alarm);
      stop();
      resolve();
    };
    const alarm = setAlarm(done, most);
    const stop = cell.follow(key, done);
  });
}
