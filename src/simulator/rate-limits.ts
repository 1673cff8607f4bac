/** RingCentral's rate limit: a sliding window per user and group, and a penalty that every request restarts. */

export const RATE_GROUPS = ['light', 'medium', 'heavy', 'auth'] as const;
export type RateGroup = (typeof RATE_GROUPS)[number];

export interface RateRules {
  /** Requests per window; 0: no limit. */
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
  /** Milliseconds. */
  readonly penalty: number;
}

/** What one user has spent of one group. */
export interface Bucket {
  /** When each request of the window came, oldest first. */
  readonly spent: readonly number[];
  readonly penaltyUntil: number;
}

export interface RateVerdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds to wait; 0 when allowed. */
  readonly retryAfter: number;
}

export const FULL_BUCKET: Bucket = { spent: [], penaltyUntil: Number.NEGATIVE_INFINITY };

/** One request at `now`: the bucket after it, and whether it may pass. */
export function spend(bucket: Bucket, rules: RateRules, now: number): readonly [Bucket, RateVerdict] {
  const spent = bucket.spent.filter((at) => at > now - rules.window);
  if (now < bucket.penaltyUntil || spent.length >= rules.limit) {
    const verdict = { allowed: false, remaining: 0, retryAfter: Math.ceil(rules.penalty / 1_000) };
    return [{ spent, penaltyUntil: now + rules.penalty }, verdict];
  }
  spent.push(now);
  const verdict = { allowed: true, remaining: rules.limit - spent.length, retryAfter: 0 };
  return [{ spent, penaltyUntil: bucket.penaltyUntil }, verdict];
}

/** The buckets of everybody. */
export interface RateLimits {
  /** Counts a request; null when the group has no limit. */
  take(user: string, group: RateGroup, rules: RateRules, now: number): RateVerdict | null;
  /** Fills every bucket. */
  reset(): void;
}

const MOST_BUCKETS = 10_000;

export function createRateLimits(): RateLimits {
  /** Unused for longest first: an app that signs in has one of its own, and anybody can be an app. */
  const buckets = new Map<string, Bucket>();
  return {
    take(user, group, rules, now) {
      if (rules.limit === 0) return null;
      const key = `${user} ${group}`;
      const [bucket, verdict] = spend(buckets.get(key) ?? FULL_BUCKET, rules, now);
      buckets.delete(key);
      buckets.set(key, bucket);
      for (const unused of buckets.keys()) if (buckets.size > MOST_BUCKETS) buckets.delete(unused);
      return verdict;
    },
    reset: () => buckets.clear(),
  };
}
