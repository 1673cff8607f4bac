/**
 * Whether a failed read is sent again, and when. Only reads ever are: a command that failed may have been applied. A 429
 * comes here only from a system whose penalties may be waited for; else the rate budget alone deals with it.
 */

/** What went wrong, as far as asking again is concerned. */
export type Trouble =
  /** An answer of this status; `retryAfter` in milliseconds, where it named one. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: number | null }
  /** Too many requests: not before so many milliseconds. */
  | { readonly kind: 'busy'; readonly retryAfter: number }
  /** The connection was refused, reset or cut. */
  | { readonly kind: 'network' }
  | { readonly kind: 'timeout' };

/** How often a read is sent again at most. */
const MOST_RETRIES = 2;

const FIRST_DELAY = 200; // milliseconds, doubled each time

/** No time to wait is left when less than this remains for the answer. */
const LEAST_TIME = 50; // milliseconds

/**
 * Milliseconds to wait before a read is sent again; null: it is not.
 *
 * `attempt` counts the sendings so far, `timeLeft` is what the deadline leaves, `random` is from 0 to 1.
 */
export function retryDelay(
  trouble: Trouble,
  attempt: number,
  timeLeft: number,
  random: number,
): number | null {
  if (attempt > MOST_RETRIES || !isPassing(trouble)) return null;
  const backoff = jitteredExponentialBackoff(attempt, random);
  const asked = 'retryAfter' in trouble ? (trouble.retryAfter ?? 0) : 0;
  const delay = Math.max(backoff, asked);
  return delay + LEAST_TIME <= timeLeft ? delay : null;
}

function isPassing(trouble: Trouble): boolean {
  return trouble.kind !== 'status' || (trouble.status >= 500 && trouble.status !== 501);
}

/** Between half and all of the doubled delay, so that callers who failed together do not return together. */
function jitteredExponentialBackoff(attempt: number, random: number): number {
  return FIRST_DELAY * 2 ** (attempt - 1) * (0.5 + random / 2);
}

/**
 * How many retries all requests together may still cause; called a purse because every request puts a
 * fifth of a retry into it. When RingCentral is down, retries add 20 % to its load and not 200 %.
 */
export interface RetryPurse {
  readonly retries: number;
}

const SHARE = 0.2;
const MOST_SAVED = 10; // retries

/** A full purse, so that a quiet gateway may retry too. */
export const FULL_PURSE: RetryPurse = { retries: MOST_SAVED };

/** A read was sent for the first time. */
export function pay(purse: RetryPurse): RetryPurse {
  return purse.retries >= MOST_SAVED ? purse : { retries: Math.min(MOST_SAVED, purse.retries + SHARE) };
}

/** Takes one retry out; null when there is none. */
export function take(purse: RetryPurse): RetryPurse | null {
  return purse.retries >= 1 ? { retries: purse.retries - 1 } : null;
}
