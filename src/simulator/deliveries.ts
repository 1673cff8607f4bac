/**
 * The way of notifications, with the troubles that were ordered for it: late, out of order, twice, or never.
 *
 * Which of them is hit is decided by a seeded generator, so that a run can be repeated.
 */
/** How notifications travel. Shares are from 0 to 1. */
export interface DeliveryRules {
  /** Milliseconds from the change to the frame. */
  readonly pushDelay: number;
  /** The share that is overtaken by what comes after it. */
  readonly pushDisorder: number;
  /** Milliseconds that an overtaken one is late. */
  readonly pushLateness: number;
  /** The share that comes a second time. */
  readonly pushDoubles: number;
  /** The share that never comes. */
  readonly pushLosses: number;
}

/** What became of the notifications. */
export interface PushCounts {
  readonly posted: number;
  readonly lost: number;
  readonly late: number;
  readonly doubled: number;
}

export interface Deliveries {
  /** Sends something on its way. */
  post(send: () => void): void;
  /** What was ordered has begun anew: the same troubles hit the same notifications again. */
  reset(seed: number): void;
  counts(): PushCounts;
}

/** @param later Does something after so many milliseconds, unless all is reset. */
export function createDeliveries(
  rules: () => DeliveryRules,
  later: (delay: number, work: () => void) => void,
): Deliveries {
  let random = generator(1);
  let counts: PushCounts = NOTHING_POSTED;
  /** What goes in the order in which it was posted, whichever timer ends first. */
  let line: (() => void)[] = [];

  return {
    post(send) {
      const { pushDelay, pushDisorder, pushLateness, pushDoubles, pushLosses } = rules();
      const [isLost, isLate, isDouble] = [pushLosses, pushDisorder, pushDoubles].map(
        (share) => random() < share,
      );
      counts = {
        posted: counts.posted + 1,
        lost: counts.lost + (isLost ? 1 : 0),
        late: counts.late + (isLate && !isLost ? 1 : 0),
        doubled: counts.doubled + (isDouble && !isLost ? 1 : 0),
      };
      if (isLost) return;
      if (isLate) {
        later(pushDelay + pushLateness, send);
      } else {
        line.push(send);
        later(pushDelay, () => line.shift()?.());
      }
      if (isDouble) later(pushDelay + pushLateness / 2, send);
    },
    reset(seed) {
      random = generator(seed);
      counts = NOTHING_POSTED;
      line = [];
    },
    counts: () => counts,
  };
}

const NOTHING_POSTED: PushCounts = { posted: 0, lost: 0, late: 0, doubled: 0 };

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
