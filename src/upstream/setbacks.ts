/** Setbacks on the way to being told news: what they mean, how long to wait after one, and when to give up for a while. */
import {
  CallControlFailure,
  RateLimited,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';

/** What a failure means to whoever wants to listen. */
export type Setback =
  /** It did not work this time. `notBefore`: when the phone system lets it be tried again. */
  | { readonly kind: 'failed'; readonly notBefore?: number | undefined; readonly reason: string }
  /** It will not work, however often it is tried. */
  | { readonly kind: 'denied'; readonly reason: string };

/** What it means that a request failed; null: nobody foresaw that. */
export function setbackOf(error: unknown): Setback | null {
  if (error instanceof RateLimited) {
    return { kind: 'failed', notBefore: error.retryAt, reason: 'The rate budget is spent.' };
  }
  if (error instanceof UpstreamUnavailable) {
    // The phone system is out of order, which passes: not the same as a socket that nobody lets through.
    return { kind: 'failed', notBefore: Date.now() + 1, reason: error.message };
  }
  // A connection that broke off within an answer, or the page of a proxy: one of them says nothing for ten minutes.
  if (error instanceof UpstreamBadResponse) return { kind: 'failed', reason: error.message };
  // They said no: asking again at once would not change it.
  return error instanceof CallControlFailure ? { kind: 'denied', reason: error.message } : null;
}

/** How long something that is not to be had is left alone, unless another token comes. */
export const DENIED_FOR = 600_000; // 10 minutes

/**
 * Waits before the tries after a loss, each within these milliseconds: the first within two seconds, all of a minute
 * fewer than RingCentral's group Auth allows, and spread, because a thousand viewers lose their sockets at once.
 */
export const WAITS: readonly (readonly [least: number, most: number])[] = [
  [100, 2_000],
  [2_000, 6_000],
  [10_000, 20_000],
  [20_000, 40_000],
  [40_000, 80_000],
  [80_000, 120_000],
];

/** Failures in a row after which what has worked is left alone: longer than RingCentral remembers a lost socket. */
export const MOST_FAILURES = 9; // six minutes at least
/** Likewise where nothing has worked yet. */
export const MOST_FIRST_FAILURES = 2;

/** The wait after so many failures in a row; `random` is from 0 to 1. */
export function waitAfter(failures: number, random: number): number {
  const [least, most] = WAITS[Math.min(failures, WAITS.length - 1)] ?? [0, 0];
  return least + (most - least) * random;
}
