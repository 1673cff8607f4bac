/** How many may be inside at once, and how fast one may knock. Nothing queues: who does not fit is told so. */
import { Overloaded } from '../../schema/failures.ts';

/** Gives back a place; asking twice gives it back once. */
export type Leave = () => void;

export interface Crowd {
  /**
   * Takes a place among the operations in flight.
   * @throws {Overloaded} when none is free.
   */
  enter(): Leave;
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
  const subscriptions = new Map<string, number>();

  return {
    enter() {
      if (inFlight >= limits.maxInFlight) {
        throw new Overloaded('The gateway is answering as much as it can; try again in a moment.');
      }
      onInFlight(++inFlight);
      return once(() => onInFlight(--inFlight));
    },
    subscribe(viewerId) {
      const open = subscriptions.get(viewerId) ?? 0;
      if (open >= limits.maxSubscriptionsPerViewer) {
        throw new Overloaded(`You have ${open} open subscriptions, which is as many as are allowed.`);
      }
      subscriptions.set(viewerId, open + 1);
      return once(() => {
        const left = (subscriptions.get(viewerId) ?? 1) - 1;
        if (left === 0) subscriptions.delete(viewerId);
        else subscriptions.set(viewerId, left);
      });
    },
  };
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
