/**
 * How many may be inside at once, and how fast one may knock. Nothing queues: who does not fit is told so.
 *
 * Of the places in flight a viewer (a user, or a key of GATEWAY_KEYS) has as many as are still free at most. Nobody has to
 * know how many viewers there are, and some room is always left for the next one:
 *
 * ```text
 *   viewers who ask for all they can get     1     2     3     9
 *   places of each                          1/2   1/3   1/4  1/10
 *   free for whoever comes                  1/2   1/3   1/4  1/10
 * ```
 */
import { Overloaded } from '../../schema/failures.ts';

/** Gives back a place; asking twice gives it back once. */
export type Leave = () => void;

/** A place among the operations in flight. */
export interface Place {
  /**
   * Tells whose it is, once that is known.
   * @throws {Overloaded} when this viewer has as many as are free.
   */
  claim(viewerId: string): void;
  /** Gives it back; asking twice gives it back once. */
  leave(): void;
}

export interface Crowd {
  /**
   * Takes a place among the operations in flight.
   * @throws {Overloaded} when none is free.
   */
  enter(): Place;
  /**
   * Takes a place among the open subscriptions of a viewer.
   * @throws {Overloaded} when none is free.
   */
  subscribe(viewerId: string): Leave;
}

export interface CrowdLimits {
  readonly maxInFlight: number;
  readonly maxSubscriptionsPerViewer: number;
}

/** Counts who is inside; `onInFlight` is told each new count of operations in flight. */
export function createCrowd(limits: CrowdLimits, onInFlight: (count: number) => void): Crowd {
  let inFlight = 0;
  const places = new Tally();
  const subscriptions = new Tally();

  return {
    enter() {
      if (inFlight >= limits.maxInFlight) {
        throw new Overloaded('The gateway is answering as much as it can; try again in a moment.');
      }
      onInFlight(++inFlight);
      let owner: string | null = null;
      return {
        claim(viewerId) {
          const own = places.of(viewerId);
          // Its own is one of those in flight already.
          if (own > 0 && own > limits.maxInFlight - inFlight) {
            throw new Overloaded(
              `You have ${own} operations under way, which is as many as are left for others; try again in a moment.`,
            );
          }
          places.add(viewerId);
          owner = viewerId;
        },
        leave: once(() => {
          if (owner !== null) places.remove(owner);
          onInFlight(--inFlight);
        }),
      };
    },
    subscribe(viewerId) {
      const open = subscriptions.of(viewerId);
      if (open >= limits.maxSubscriptionsPerViewer) {
        throw new Overloaded(`You have ${open} open subscriptions, which is as many as are allowed.`);
      }
      subscriptions.add(viewerId);
      return once(() => subscriptions.remove(viewerId));
    },
  };
}

/** How many of something each viewer has; whoever has none is not kept. */
class Tally {
  readonly #counts = new Map<string, number>();

  of(viewerId: string): number {
    return this.#counts.get(viewerId) ?? 0;
  }

  add(viewerId: string): void {
    this.#counts.set(viewerId, this.of(viewerId) + 1);
  }

  remove(viewerId: string): void {
    const left = this.of(viewerId) - 1;
    if (left > 0) this.#counts.set(viewerId, left);
    else this.#counts.delete(viewerId);
  }
}

export interface Allowance {
  /** Spends one, if there is one at `now` (milliseconds). */
  take(now: number): boolean;
}

/** Makes an allowance of `most` at once, growing back by `perSecond` (a token bucket). */
export function createAllowance(most: number, perSecond: number, now: number): Allowance {
  return new TokenBucket(most, perSecond, now);
}

/** A class, because every socket has one. */
class TokenBucket implements Allowance {
  readonly #most: number;
  readonly #perSecond: number;
  #left: number;
  #countedAt: number;

  constructor(most: number, perSecond: number, now: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
    this.#countedAt = now;
  }

  take(now: number): boolean {
    const grown = ((now - this.#countedAt) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#most, this.#left + grown);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

function once(leave: () => void): Leave {
  let left = false;
  return () => {
    if (left) return;
    left = true;
    leave();
  };
}
