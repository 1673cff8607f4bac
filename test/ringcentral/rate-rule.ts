/**
 * RingCentral's rule as its guide tells it, written from there and not from our budget: a sliding window
 * per user and group, and a penalty that every request made during it restarts.
 */
import type { RateNotice } from '../../src/upstream/rate-window.ts';

export interface RateRule {
  readonly limit: number;
  readonly window: number;
  readonly penalty: number;
  /** Epoch or any other milliseconds. */
  penaltyUntil: number;
  readonly arrivals: number[];
}

export function rateRule(limit: number, window: number, penalty: number): RateRule {
  return { limit, window, penalty, penaltyUntil: Number.NEGATIVE_INFINITY, arrivals: [] };
}

/** Counts a request that arrives now, and answers what its headers would say. */
export function arrive(rule: RateRule, now: number): RateNotice {
  const { limit, window, penalty } = rule;
  while (rule.arrivals.length > 0 && (rule.arrivals[0] ?? 0) <= now - window) rule.arrivals.shift();
  const isInside = now < rule.penaltyUntil;
  if (isInside || rule.arrivals.length >= limit) {
    rule.penaltyUntil = now + penalty;
    return { ok: false, limit, remaining: 0, window, penalty };
  }
  rule.arrivals.push(now);
  return { ok: true, limit, remaining: limit - rule.arrivals.length, window };
}
