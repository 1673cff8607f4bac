/**
 * How many may be inside at once, and how fast one may knock. Nothing queues: who does not fit is told so.
 *
 * A place is for work, not for waiting. Of the places in flight a viewer (a user, or a key of GATEWAY_KEYS) has as many as
 * are still free at most. Nobody has to know how many viewers there are, and some room is always left for the next one:
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

export interface Crowd {
  /**
   * Takes a place among the operations in flight, for work that can begin: whoever waits for a body, or to be known,
   * has none.
   * @throws {Overloaded} when none is free, or this viewer has as many as are.
   */
  enter(viewerId: string): Leave;
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
  const places = createShares(limits.maxInFlight, onInFlight);
  const subscriptions = new Tally();

  return {
    enter(viewerId) {
      const leave = places.take(viewerId);
      if (leave === null) throw new Overloaded(whyNoPlace(viewerId));
      return leave;
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

  function whyNoPlace(viewerId: string): string {
    if (places.taken >= limits.maxInFlight) {
      return 'The gateway is answering as much as it can; try again in a moment.';
    }
    const own = places.of(viewerId);
    return `You have ${own} operations under way, which is as many as are left for others; try again in a moment.`;
  }
}

/** So many places of which nobody has more than are left for the others. */
export interface Shares {
  readonly taken: number;
  of(owner: string): number;
  /** Null: none is free, or the owner has as many as are. */
  take(owner: string): Leave | null;
}

/** Makes them; `onTaken` is told each new count of those taken. */
export function createShares(most: number, onTaken: (count: number) => void = () => {}): Shares {
  const owned = new Tally();
  let taken = 0;

  return {
    get taken() {
      return taken;
    },
    of: (owner) => owned.of(owner),
    take(owner) {
      if (owned.of(owner) >= most - taken) return null;
      owned.add(owner);
      onTaken(++taken);
      return once(() => {
        owned.remove(owner);
        onTaken(--taken);
      });
    },
  };
}

/** How many of something each owner has; whoever has none is not kept. */
class Tally {
  readonly #counts = new Map<string, number>();

  of(owner: string): number {
    return this.#counts.get(owner) ?? 0;
  }

  add(owner: string): void {
    this.#counts.set(owner, this.of(owner) + 1);
  }

  remove(owner: string): void {
    const left = this.of(owner) - 1;
    if (left > 0) this.#counts.set(owner, left);
    else this.#counts.delete(owner);
  }
}

export interface Allowance {
  /** Spends one, if there is one at `now` (milliseconds). */
  take(now: number): boolean;
  /** Gives one back. */
  giveBack(): void;
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

  giveBack(): void {
    this.#left = Math.min(this.#most, this.#left + 1);
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
