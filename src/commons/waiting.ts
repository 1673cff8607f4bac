/** Waiting for something that others may change. */
import { setAlarm } from '../alarm.ts';
import type { Stop } from './commons.ts';

/** Resolves when it may have changed, and after so many milliseconds at the latest. */
export function mayHaveChanged(follow: (hear: () => void) => Stop, most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(alarm);
      stop();
      resolve();
    };
    const alarm = setAlarm(done, most);
    const stop = follow(done);
  });
}
