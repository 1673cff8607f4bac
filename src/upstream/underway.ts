/**
 * How many requests to a phone system are under way at once: of one operation, of one user, of the whole gateway.
 *
 * ```text
 *   read ─────► of its operation and user ──► (rate budget) ──► of the gateway ──► one of many: the door ──► leaves
 *   command ──────────────────────────────► (rate budget) ──► its last places ──────────────────────────► leaves
 * ```
 *
 * A high rate limit is no reason to open as many connections. A read that waits for the rate budget holds a place among
 * the reads of its user and none of the gateway: no command and nobody else waits for that. Polls are not counted: they are held for half a minute,
 * there is one for each call that is watched, and the number of subscriptions bounds them.
 */
import { RateLimited } from '../../schema/failures.ts';
import { createTurnstile, type Leave, type Turnstile } from '../turnstile.ts';
import type { Lane } from './caller.ts';

/** Reads of one user at once, and of one operation; those of a screen that starts fit. */
const READS = { most: 64, mostCalm: 64, mostOfKey: 32, mostCalmOfKey: 32, mostWaiting: 5_000 };

/** Requests of everybody at once, and of one user. What is not for reads is for commands. */
const GATEWAY = { most: 1_024, mostCalm: 768, mostOfKey: 80, mostCalmOfKey: 64, mostWaiting: 50_000 };

/**
 * Reads that leave at once: sending one takes a good part of a millisecond, and hundreds that leave together are answered
 * together, while nobody else is served.
 */
const LEAVING = { most: 8, mostCalm: 8, mostOfKey: 8, mostCalmOfKey: 8, mostWaiting: 50_000 };

/** An operation with more reads than that under way is one of many reads. */
export const FEW_READS = 4;

/** Who wants to send, and how long they wait at most. */
export interface Departure {
  readonly lane: Lane;
  /** What it is for: the reads of one operation share. */
  readonly operation?: string | undefined;
  /** Milliseconds. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
}

/** The places of the gateway. */
export function createGatewayPlaces(system: string): Turnstile {
  return createTurnstile(GATEWAY, () => refusal('of everybody', GATEWAY, system));
}

/** The door of operations with many reads: a few leave, then others have their turns; all users in turn. */
export function createDoor(system: string): Turnstile {
  return createTurnstile(LEAVING, () => refusal('of everybody', LEAVING, system));
}

/** The places of the reads of one user. */
export function createReadPlaces(system: string): Turnstile {
  return createTurnstile(READS, () => refusal('of this user', READS, system));
}

/**
 * Takes a place, shared fairly among keys.
 * @throws {RateLimited} when the wait is too long; the signal's reason when it aborts.
 */
export function takePlace(places: Turnstile, key: string, departure: Departure): Leave | Promise<Leave> {
  const { lane, patience, signal } = departure;
  return places.enter({ key, isUrgent: lane === 'command', patience, signal });
}

function refusal(whose: string, { most }: { readonly most: number }, system: string): RateLimited {
  return new RateLimited(
    `Too many requests ${whose} are under way to ${system}: at most ${most} go at once; try again in 1 second.`,
    { retryAfter: 1, retryAt: Date.now() + 1_000, sent: false },
  );
}
