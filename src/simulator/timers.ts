/** The time that passes in a simulated phone system: what happens after a while, and whoever waits. */

export interface Timers {
  /**
   * Does something after a while: at once for 0 milliseconds, never for null or once all is reset.
   * @returns Lets it never happen.
   */
  later(delay: number | null, work: () => void): () => void;
  /**
   * Resolves after a while, when the signal aborts, or when all is reset.
   * @param among Where it waits beside others; whoever calls its entry there lets it go.
   */
  pause(milliseconds: number, signal?: AbortSignal, among?: Set<() => void>): Promise<void>;
  /** Nothing that was to happen does, and nobody waits any more but among others. */
  reset(): void;
  /** The same for good: nothing happens by itself any more. */
  stop(): void;
}

export function createTimers(): Timers {
  const timers = new Set<NodeJS.Timeout>();
  const waiting = new Set<() => void>();
  let stopped = false;

  function reset(): void {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    for (const wake of [...waiting]) wake();
  }

  return {
    later(delay, work) {
      if (delay === null || stopped) return NOTHING;
      if (delay === 0) {
        work();
        return NOTHING;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, clampDelay(delay));
      timers.add(timer);
      return () => {
        clearTimeout(timer);
        timers.delete(timer);
      };
    },
    pause: (milliseconds, signal, among = waiting) =>
      stopped ? Promise.resolve() : pauseAmong(among, milliseconds, signal),
    reset,
    stop() {
      stopped = true;
      reset();
    },
  };
}

/** Waits in a set, until its own entry is called, for a while, or until the signal aborts. */
export function pauseAmong(
  sleepers: Set<() => void>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, clampDelay(milliseconds));
    sleepers.add(done);
    signal?.addEventListener('abort', done);

    function done(): void {
      clearTimeout(timer);
      sleepers.delete(done);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

const NOTHING = () => {};

/** Node takes no longer timers than this. */
function clampDelay(milliseconds: number): number {
  return Math.min(milliseconds, 2 ** 31 - 1);
}
