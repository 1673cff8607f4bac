/** The rate limits of Genesys Cloud: so many requests in a minute, and in a day, of one user with one app. Pure but for its memory. */

export interface GenesysRateRules {
  /** Requests per window; 0: no limit. */
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
  /** Requests per day (UTC); 0: no limit. */
  readonly dailyLimit: number;
}

export interface GenesysRateVerdict {
  readonly allowed: boolean;
  readonly count: number;
  readonly limit: number;
  /** Seconds until the window is over. */
  readonly reset: number;
  /** Seconds to wait; 0 when allowed. */
  readonly retryAfter: number;
}

interface Spent {
  readonly windowFrom: number;
  readonly count: number;
  readonly day: number;
  readonly daily: number;
}

export interface GenesysRateLimits {
  /** Counts a request, and says what is left. */
  take(who: string, rules: GenesysRateRules, now: number): GenesysRateVerdict;
  /** Forgets what was spent. */
  reset(): void;
}

const DAY = 86_400_000; // 1 day
const MOST_BUCKETS = 10_000;

export function createGenesysRateLimits(): GenesysRateLimits {
  /** Unused for longest first. */
  const spent = new Map<string, Spent>();
  return {
    take(who, rules, now) {
      const [next, verdict] = count(spent.get(who), rules, now);
      spent.delete(who);
      spent.set(who, next);
      for (const unused of spent.keys()) if (spent.size > MOST_BUCKETS) spent.delete(unused);
      return verdict;
    },
    reset: () => spent.clear(),
  };
}

/** One request at `now`: what is spent after it, and whether it may pass. One that may not costs nothing. */
function count(
  before: Spent | undefined,
  { limit, window, dailyLimit }: GenesysRateRules,
  now: number,
): readonly [Spent, GenesysRateVerdict] {
  const day = Math.floor(now / DAY);
  const isFresh = before === undefined || now >= before.windowFrom + window;
  const current: Spent = {
    windowFrom: isFresh ? now : before.windowFrom,
    count: isFresh ? 0 : before.count,
    day,
    daily: before?.day === day ? before.daily : 0,
  };
  const reset = Math.ceil((current.windowFrom + window - now) / 1_000);
  const isDayOver = dailyLimit > 0 && current.daily >= dailyLimit;
  if (isDayOver || (limit > 0 && current.count >= limit)) {
    const retryAfter = isDayOver ? Math.ceil(((day + 1) * DAY - now) / 1_000) : reset;
    return [current, { allowed: false, count: current.count, limit, reset, retryAfter }];
  }
  const next = { ...current, count: current.count + 1, daily: current.daily + 1 };
  return [next, { allowed: true, count: next.count, limit, reset, retryAfter: 0 }];
}
