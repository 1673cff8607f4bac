/**
 * How long a read may be held before something on the way cuts it: a proxy with a patience of its own, or a phone
 * system that has no other word for "nothing new". It is found out, because nobody tells.
 *
 * ```text
 *   unlimited ──cut at its end, or twice at the same age──► limited   holds end by themselves, a fifth before that age
 *   limited ────cut at its end all the same───────────────► vain      every hold ends like this, however short: no limit
 *   limited, vain ──five minutes──────────────────────────► unlimited
 * ```
 *
 * One cut that comes at any time may be a machine that was restarted; it teaches nothing.
 */
import { DOUBT_AFTER } from './polling.ts';

/** What is known of it; an immutable value. Times by a clock that nobody sets, in milliseconds. */
export interface HoldLimit {
  readonly kind: 'unlimited' | 'limited' | 'vain';
  /** For so long a read may be held. */
  readonly most: number;
  /** When that is doubted. */
  readonly doubtAt: number;
}

/** A held read that ended without an answer; milliseconds. */
export interface Cut {
  /** For how long it was to be held. */
  readonly asked: number;
  /** For how long it was. */
  readonly after: number;
  /** The same of the last one that was cut in the same watch, unless one was held for longer since; else null. */
  readonly before: number | null;
}

/** Nothing is known, or it is doubted. */
export const UNLIMITED: HoldLimit = { kind: 'unlimited', most: Infinity, doubtAt: Infinity };

const NEAR_ITS_END = 0.8; // of the time that it was to be held
const SHORTER = 0.8; // of the time after which it was cut
const ALIKE = 0.1; // of the age by which two cuts may differ, and be one habit
const SURELY_ALIKE = 500; // milliseconds by which they may differ in any case
const LEAST_HOLD = 1_000; // 1 second: what is shorter is not held

/** For how many milliseconds a read may be held now. */
export function longestHold(limit: HoldLimit, now: number): number {
  return atPresent(limit, now).most;
}

/** True when a read was cut about when it would have ended anyway. */
export function isAtItsEnd({ asked, after }: Cut): boolean {
  return after >= NEAR_ITS_END * asked;
}

/** What is known after a read was cut. */
export function afterCut(limit: HoldLimit, cut: Cut, now: number): HoldLimit {
  const known = atPresent(limit, now);
  if (known.kind === 'vain') return known;
  const doubtAt = now + DOUBT_AFTER;
  if (isAtItsEnd(cut) && cut.asked >= known.most) return { kind: 'vain', most: Infinity, doubtAt };
  if (!isAtItsEnd(cut) && !isHabit(cut)) return known;
  // Whole seconds: nobody knows whether a phone system takes parts of one.
  const most = Math.max(LEAST_HOLD, Math.floor((SHORTER * cut.after) / 1_000) * 1_000);
  return { kind: 'limited', most, doubtAt };
}

function isHabit({ after, before }: Cut): boolean {
  return before !== null && Math.abs(after - before) <= Math.max(SURELY_ALIKE, ALIKE * before);
}

function atPresent(limit: HoldLimit, now: number): HoldLimit {
  return now < limit.doubtAt ? limit : UNLIMITED;
}
