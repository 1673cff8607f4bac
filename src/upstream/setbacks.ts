/**
 * Setbacks on the way to being told news: what they mean, how long to wait after one, and when to give up for a while.
 *
 * ```text
 *   tried ──works──► listening ──a minute──► nothing counts any more
 *     ▲  └─fails──┐     └──lost before that──► one failure more
 *     └── a wait, │  longer after each ◄───────┘
 *                 └──too many──► denied ──ten minutes──► tried, and they still count
 * ```
 *
 * A socket that is taken and lost again at once is no success: it costs the phone system a connection, and has everything
 * read again. Whoever has one that never lasts is better off with polls.
 */
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

/** How long it must have been listened for until the failures before it count no more. */
export const LASTING = 60_000; // 1 minute

/** Something that was listened to, as it may be lost. */
export interface Hearing {
  /** How often in a row it failed, or did not last. */
  readonly failures: number;
  /** Since when it is listened to. */
  readonly since: number;
}

/** Begins to listen. Where that was done before it was lost, which counts until this time lasts. */
export function hearingAfter(
  { failures, hasListened }: { readonly failures: number; readonly hasListened: boolean },
  now: number,
): Hearing {
  return { failures: hasListened ? failures + 1 : failures, since: now };
}

/** Another try, or none for a while. */
export type Sequel =
  | { readonly phase: 'waiting'; readonly failures: number; readonly until: number }
  | Denied;

/** It is left alone. */
export interface Denied {
  readonly phase: 'denied';
  /** In words for an operator or a developer. */
  readonly reason: string;
  /** They count on, until it lasts. */
  readonly failures: number;
  readonly until: number;
}

/** What follows when something that was listened to is lost; `random` is from 0 to 1. */
export function afterLoss({ failures, since }: Hearing, now: number, random: number): Sequel {
  const counting = now - since < LASTING ? failures : 0;
  if (counting >= MOST_FAILURES) return deniedFor(NEVER_LASTS, counting, now);
  return { phase: 'waiting', failures: counting, until: now + waitAfter(counting, random) };
}

/** What follows when a try has failed; `patience`: so many in a row are too many. */
export function afterFailure(
  { failures, patience }: { readonly failures: number; readonly patience: number },
  { notBefore = 0, reason }: Extract<Setback, { kind: 'failed' }>,
  now: number,
  random: number,
): Sequel {
  if (notBefore === 0) {
    const counting = failures + 1;
    if (counting >= patience) return deniedFor(reason, counting, now);
    return { phase: 'waiting', failures: counting, until: now + waitAfter(counting, random) };
  }
  // What the phone system itself has no room for now lengthens the wait, and is no reason to give up later.
  const counting = Math.max(failures, Math.min(failures + 1, WAITS.length - 1));
  return {
    phase: 'waiting',
    failures: counting,
    until: Math.max(now + waitAfter(counting, random), notBefore),
  };
}

/** It is left alone from now on. */
export function deniedFor(reason: string, failures: number, now: number): Denied {
  return { phase: 'denied', reason, failures, until: now + DENIED_FOR };
}

const NEVER_LASTS = 'It is lost again and again, within a minute of listening.';

/** The wait after so many failures in a row; `random` is from 0 to 1. */
export function waitAfter(failures: number, random: number): number {
  const [least, most] = WAITS[Math.min(failures, WAITS.length - 1)] ?? [0, 0];
  return least + (most - least) * random;
}
