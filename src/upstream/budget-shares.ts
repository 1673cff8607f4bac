/**
 * A fair share of one user's rate budget for each of those who act as that user: the keys of GATEWAY_KEYS.
 *
 * What a key has not spent of its share is kept for it, as long as it was heard of lately. So one key alone may spend
 * everything, and of two that ask for all they can get each is sure of half:
 *
 * ```text
 *   left 20 of 50, key A spent 25, key B spent 5:  A waits, for the 20 are B's; B goes
 *   left 45 of 50, key A spent 5:                  A goes, also beyond its half while there is more than B's
 * ```
 */

/** What is shared. */
export interface Allotment {
  /** Requests in a window; null: as many as one likes. */
  readonly limit: number | null;
  /** Milliseconds. */
  readonly length: number;
  /** How many may still be sent. */
  readonly left: number | null;
}

/** Who spent how much of one window. Times are milliseconds of a clock that never jumps. */
export interface BudgetShares {
  /** When this one may spend one more, if nobody else gives way before: now or earlier means that it may at once. */
  mayAt(share: string, of: Allotment, now: number): number;
  spent(share: string, now: number): void;
  /** Its newest was not spent after all. */
  giveBack(share: string): void;
  /** The upstream has begun anew. */
  forget(): void;
}

/** A share is kept for whoever was heard of in so many windows. */
const WINDOWS_REMEMBERED = 5;

/** What is kept for commands and polls belongs to nobody. */
const SHARED_PART = 0.85;

/** Makes them. What is kept is bounded by the keys there are, and by the limit. */
export function createBudgetShares(): BudgetShares {
  /** When each spent, oldest first. */
  const times = new Map<string, number[]>();
  /** When each asked last. */
  const heardOf = new Map<string, number>();

  return {
    mayAt(share, { limit, length, left }, now) {
      heardOf.set(share, now);
      if (limit === null || left === null) {
        // Nothing is shared out, so nothing is kept of it.
        times.clear();
        return now;
      }
      forgetUntil(now - length, now - WINDOWS_REMEMBERED * length);
      const fair = Math.max(1, Math.floor((limit * SHARED_PART) / heardOf.size));
      const own = times.get(share) ?? [];
      if (own.length < fair) return now;
      let kept = 0;
      for (const other of heardOf.keys()) {
        if (other !== share) kept += Math.max(0, fair - (times.get(other)?.length ?? 0));
      }
      if (left > kept) return now;
      // With one less than its share in the window it is sure of the next.
      return (own[own.length - fair] ?? now) + length;
    },
    spent(share, now) {
      const own = times.get(share);
      if (own === undefined) times.set(share, [now]);
      else own.push(now);
    },
    giveBack(share) {
      times.get(share)?.pop();
    },
    forget() {
      times.clear();
      heardOf.clear();
    },
  };

  function forgetUntil(spentBefore: number, silentSince: number): void {
    for (const [share, own] of times) {
      const kept = own.findIndex((at) => at > spentBefore);
      if (kept === -1) times.delete(share);
      else if (kept > 0) own.splice(0, kept);
    }
    for (const [share, at] of heardOf) if (at < silentSince) heardOf.delete(share);
  }
}
