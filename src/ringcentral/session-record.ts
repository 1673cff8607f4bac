/**
 * The session with RingCentral that all gateways of one service identity have together: a machine of pure functions, kept
 * in a cell.
 *
 * ```text
 *                 ┌───────────────────── due, or found dead ────────────────────────┐
 *                 ▼                                                                 │
 *   (none) ──► renewing, by one of them ── new token ─────────────────────────────► live
 *     ▲           │  ▲  └─ not heard of for ten seconds: another one does it          │
 *     │           │  └──── it may be tried again ────┐                              │
 *     │           └─ refused, or unreachable ──► quiet, for all of them             │
 *     └────────────────── signed out, by the last of them ──────────────────────────┘
 * ```
 */
import { CallControlFailure, RateLimited } from '../../schema/failures.ts';

/** What the gateways know together; an immutable value. Times are by the clock of the store. */
export interface SessionRecord {
  readonly token: SharedToken | null;
  /** One of them asks RingCentral; the others wait. */
  readonly renewal: { readonly by: string; readonly until: number } | null;
  readonly setback: Setback | null;
}

/** A token as others have it. */
export interface SharedToken {
  readonly id: string;
  /** What only a gateway with the same client secret can read. */
  readonly sealed: string;
  readonly obtainedAt: number;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** A sign-in that failed; nobody tries again before it is over. */
export interface Setback {
  readonly status: 'refused' | 'unreachable';
  /** In words that may be shown to an operator. */
  readonly problem: string;
  readonly times: number;
  readonly until: number;
}

/** What came of asking for a token. */
export type SessionClaim =
  | { readonly kind: 'live'; readonly token: SharedToken }
  /** It is the asker's to get one. */
  | { readonly kind: 'mine'; readonly token: SharedToken | null; readonly setback: Setback | null }
  | { readonly kind: 'renewing' }
  | { readonly kind: 'quiet'; readonly setback: Setback };

/** How long one that renews is believed in without a beat. */
export const RENEWAL_HOLD = 10_000; // 10 seconds

/** Waits after a failed sign-in, doubled each time. Auth allows five requests a minute. */
const REFUSED_WAIT = { first: 60_000, most: 900_000 }; // 1 minute to 15 minutes
const UNREACHABLE_WAIT = { first: 2_000, most: 60_000 }; // 2 seconds to 1 minute

const NOTHING: SessionRecord = { token: null, renewal: null, setback: null };

/** Asks for a token; `unfit` names one that will not do: it is dead, due, or cannot be read. */
export function claimToken(
  record: SessionRecord | null,
  { id, unfit }: { readonly id: string; readonly unfit: string | null },
  now: number,
): { readonly next: SessionRecord | null; readonly claim: SessionClaim } {
  const { token, renewal, setback } = record ?? NOTHING;
  if (token !== null && token.id !== unfit && now < token.renewAt) {
    return { next: null, claim: { kind: 'live', token } };
  }
  if (renewal !== null && now < renewal.until) return { next: null, claim: { kind: 'renewing' } };
  if (setback !== null && now < setback.until) return { next: null, claim: { kind: 'quiet', setback } };
  return {
    next: { token, setback, renewal: { by: id, until: now + RENEWAL_HOLD } },
    claim: { kind: 'mine', token, setback },
  };
}

/** Whoever renews is still at it; null: it is another's by now. */
export function beatRenewal(record: SessionRecord | null, id: string, now: number): SessionRecord | null {
  if (record?.renewal?.by !== id) return null;
  return { ...record, renewal: { by: id, until: now + RENEWAL_HOLD } };
}

/** Whoever renews has failed; null: it is another's by now. */
export function failRenewal(
  record: SessionRecord | null,
  id: string,
  setback: Setback | null,
): SessionRecord | null {
  return record?.renewal?.by === id ? { token: record.token, renewal: null, setback } : null;
}

/**
 * Lays a token down for the others, if none is there that is as new; null: there is one. Of two gateways that were apart
 * and have each signed in, all follow the one that did so last.
 */
export function layDown(
  record: SessionRecord | null,
  token: SharedToken,
  id: string,
  now: number,
): SessionRecord | null {
  const { token: theirs, renewal } = record ?? NOTHING;
  const isOlder = theirs === null || now >= theirs.expiresAt || theirs.obtainedAt < token.obtainedAt;
  if (!isOlder || theirs?.id === token.id) return null;
  return { token, renewal: renewal?.by === id ? null : renewal, setback: null };
}

/** When it may be tried again. */
export function nextSetback(before: Setback | null, failure: CallControlFailure, now: number): Setback {
  const status = isRefusal(failure) ? 'refused' : 'unreachable';
  const times = before?.status === status ? before.times + 1 : 1;
  const { first, most } = status === 'refused' ? REFUSED_WAIT : UNREACHABLE_WAIT;
  const doubled = Math.min(most, first * 2 ** (times - 1));
  const wait = failure instanceof RateLimited ? Math.max(doubled, failure.retryAfter * 1_000) : doubled;
  return { status, problem: failure.message, times, until: now + wait };
}

/** RingCentral looked at the credentials and said no; anything else may pass by itself. */
export function isRefusal(error: unknown): boolean {
  const { status } = error instanceof CallControlFailure ? error.trace : {};
  return status === 400 || status === 401 || status === 403;
}
