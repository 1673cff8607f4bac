/** Whose requests are counted: the gates of each user, made when they first ask, and forgotten when they have left. */
import type { Turnstile } from '../turnstile.ts';
import { type Gate, isDeserted, newGate } from './gate.ts';
import { penalise, type RateRule } from './rate-window.ts';
import type { GateSide, ShareWindow } from './shared-window.ts';
import { createReadPlaces } from './underway.ts';

/** A user who was quiet for this long is forgotten, unless a penalty goes on. */
const IDLE = 900_000; // 15 minutes

/** How often the forgotten are looked for. */
const SWEEP = 60_000; // 1 minute

/** All that is kept of one user. */
export interface Bucket {
  readonly name: string;
  /** Those under way, and those that wait to be. */
  readonly reads: Turnstile;
  readonly gates: ReadonlyMap<string, Gate>;
  lastUsed: number;
}

export interface Buckets {
  /** That of a user, made where there is none. */
  of(name: string): Bucket;
  /** Undefined: nothing is kept of them. */
  known(name: string): Bucket | undefined;
  all(): Iterable<Bucket>;
  /** Keeps nothing of a user who is not here any more, unless somebody waits. */
  leaveBehind(name: string): void;
  clear(): void;
}

export interface BucketsParts {
  readonly rule: RateRule;
  /** Milliseconds of a clock that never jumps. */
  readonly clock: () => number;
  readonly share: ShareWindow | undefined;
  /** Other gateways have told something: whoever waits may go now. */
  readonly onNews: (bucket: Bucket, gate: Gate) => void;
}

/** Makes them, of nobody. */
export function createBuckets({ rule, clock, share, onNews }: BucketsParts): Buckets {
  const buckets = new Map<string, Bucket>();
  let lastSweep = clock();

  return {
    of(name) {
      const now = clock();
      if (now - lastSweep >= SWEEP) sweep(now);
      const bucket = buckets.get(name) ?? begin(name, now);
      bucket.lastUsed = now;
      return bucket;
    },
    known: (name) => buckets.get(name),
    all: () => buckets.values(),
    leaveBehind(name) {
      const bucket = buckets.get(name);
      if (bucket !== undefined && isIdle(bucket)) drop(bucket);
    },
    clear: () => buckets.clear(),
  };

  function begin(name: string, now: number): Bucket {
    const gates = new Map(
      Object.entries(rule.limits).map(([group, limit]) => [group, newGate(group, limit)]),
    );
    const bucket = { name, gates, reads: createReadPlaces(rule.system), lastUsed: now };
    buckets.set(name, bucket);
    for (const gate of gates.values()) gate.shared = share?.(name, gate.group, sideOf(bucket, gate));
    return bucket;
  }

  function sweep(now: number): void {
    lastSweep = now;
    for (const bucket of buckets.values()) {
      if (now - bucket.lastUsed > IDLE && isIdle(bucket) && !isInPenalty(bucket, now)) drop(bucket);
    }
  }

  function drop({ name, gates }: Bucket): void {
    buckets.delete(name);
    for (const { shared } of gates.values()) shared?.stop();
  }

  function sideOf(bucket: Bucket, gate: Gate): GateSide {
    return {
      window: () => gate.window,
      penalised(until) {
        gate.window = penalise(gate.window, until);
      },
      onNews: () => onNews(bucket, gate),
    };
  }
}

/** @throws {TypeError} when no group is called so. */
export function gateOf(bucket: Bucket, group: string): Gate {
  const gate = bucket.gates.get(group);
  if (gate === undefined) throw new TypeError(`No rate group is called ${group}.`);
  return gate;
}

function isIdle({ gates, reads }: Bucket): boolean {
  return reads.isDeserted && [...gates.values()].every(isDeserted);
}

/** Some last for hours, and must not be forgotten in between. */
function isInPenalty({ gates }: Bucket, now: number): boolean {
  return [...gates.values()].some(({ window }) => window.penaltyUntil > now);
}
