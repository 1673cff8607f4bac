/** Timers for waits that somebody else has a say in: a header, a token, a clock that was set. */

/**
 * No alarm is set for longer. `setTimeout` takes more than 2^31 milliseconds for one, and what was to wait for weeks
 * runs a thousand times a second instead.
 */
export const LONGEST_ALARM = 3_600_000; // 1 hour

/**
 * Rings after `wait` milliseconds; after an hour if that is longer, or no number. Whoever is rung so early looks at its
 * clock, as after every alarm, and sets another.
 */
export function setAlarm(ring: () => void, wait: number): NodeJS.Timeout {
  return setTimeout(ring, boundedWait(wait));
}

/**
 * ```ts
 * boundedWait(2_200_000_000) // 3600000
 * boundedWait(-5) // 1
 * ```
 */
export function boundedWait(wait: number): number {
  return wait < LONGEST_ALARM ? Math.max(1, Math.ceil(wait)) : LONGEST_ALARM;
}
