/** Sending long-lived connections away without sending them all elsewhere in the same instant. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** A connection that outlives one answer. */
export interface Guest {
  /** Resolves when nothing runs on it that must be answered. */
  idle(): Promise<void>;
  /** Asks the client to come back elsewhere. */
  sendAway(): void;
}

/** Time for a last notice to reach the clients before the first of them is sent away. */
const NOTICE = 250; // milliseconds

/** Between two guests, so that whoever takes them over is not stormed. */
const PACE = 10; // milliseconds

/** However many they are. */
const LONGEST_SPREAD = 3_000; // 3 seconds

/**
 * When each of `count` guests is sent away, in milliseconds from now; at most a third of `drainTime`, so that there
 * is time left for what still runs.
 *
 * ```ts
 * spread(3, 10_000) // [250, 260, 270]
 * ```
 */
export function spread(count: number, drainTime: number): number[] {
  const first = Math.min(NOTICE, drainTime / 3);
  const last = Math.min(first + PACE * (count - 1), LONGEST_SPREAD, drainTime / 3);
  const step = count > 1 ? (last - first) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** Sends the guests away, each when it is its turn and it is idle; all of them when `deadline` aborts. */
export async function sendAwayAll(
  guests: readonly Guest[],
  drainTime: number,
  deadline: AbortSignal,
): Promise<void> {
  const times = spread(guests.length, drainTime);
  // One listener for each guest.
  setMaxListeners(0, deadline);
  const over = new Promise<void>((resolve) =>
    deadline.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.all(
    guests.map(async (guest, index) => {
      await delay(times[index], undefined, { signal: deadline }).catch(() => {});
      await Promise.race([guest.idle(), over]);
      guest.sendAway();
    }),
  );
}
