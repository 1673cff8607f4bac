/**
 * The time between two resets: what came before counts no more. A gateway in front waits for the next one, because it
 * remembers what it has spent and how long it has to be silent, and nothing on RingCentral's own paths would tell it
 * that this is over.
 */
import { randomUUID } from 'node:crypto';
import { pauseAmong } from './timers.ts';

export interface Era {
  /** No other era of any simulator has this name. */
  name(): string;
  /** Begins the next one. */
  begin(): void;
  /** Resolves when this era is over, after the timeout (milliseconds), or when the signal aborts. */
  over(name: string, timeout: number, signal: AbortSignal): Promise<void>;
  /** Resolves when everybody who was told of an end has come back or left, at the latest after the timeout. */
  known(timeout: number): Promise<void>;
}

export function createEra(): Era {
  let current = randomUUID();
  const waiting = new Set<() => void>();
  /** Whoever was told that an era is over, and has not shown that they know. */
  let told = 0;
  const asking = new Set<() => void>();

  return {
    name: () => current,
    begin() {
      current = randomUUID();
      told = waiting.size;
      for (const wake of [...waiting]) wake();
    },
    over(name, timeout, signal) {
      if (name !== current || signal.aborted) return Promise.resolve();
      if (told > 0) told -= 1;
      if (told === 0) for (const resolve of asking) resolve();
      return pauseAmong(waiting, timeout, signal);
    },
    known: (timeout) => (told === 0 ? Promise.resolve() : pauseAmong(asking, timeout)),
  };
}
