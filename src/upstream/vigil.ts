/**
 * When a token that is in use must be shown to the phone system again, so that one that was revoked does not read on: pure
 * decisions, which are told the time. Most tokens are shown by the reads that are made anyway; this is for the others.
 *
 * ```text
 *   shown ──► used, or a stream is open ── 55 s since shown ──► due ──► one Light request, when all checks leave room
 *     ▲  ▲                │                                              │
 *     │  └── any request ─┘                                              │
 *     └──────────────────────────────────────────────────────────────────┘
 * ```
 */

/** How long a token is believed, in milliseconds; other numbers are for tests. */
export interface VigilTimes {
  /** Since it was last shown. Less than a minute, because it must be found out within a minute of its use. */
  readonly check: number;
  /** After its holder asked for something, its turn at shared reads goes on for so long. */
  readonly use: number;
}

export const VIGIL_TIMES: VigilTimes = {
  check: 55_000, // 55 seconds
  use: 60_000, // 1 minute
};

/** What is known of one token; times are milliseconds of a clock that never jumps. */
export interface TokenUse {
  /** When it was last given to a request. */
  readonly shownAt: number;
  /** When its holder last asked for something, also where nobody had to be asked for it. */
  readonly usedAt: number;
  /** Streams that its holder has open. */
  readonly streams: number;
}

/** What is allowed in a window of so many milliseconds; null: as many as one likes. */
export interface Allowed {
  readonly limit: number | null;
  readonly length: number;
}

/** The share of the rate limit that all checks of a user may take together. */
const SHARE = 0.1;

/** True when it is its turn at what is read for all. */
export function isInUse({ usedAt, streams }: TokenUse, times: VigilTimes, now: number): boolean {
  return streams > 0 || now - usedAt < times.use;
}

/** When it must be shown again; `Infinity` where nothing was asked for since it was. */
export function dueAt({ shownAt, usedAt, streams }: TokenUse, times: VigilTimes): number {
  return streams > 0 || usedAt > shownAt ? shownAt + times.check : Number.POSITIVE_INFINITY;
}

/** When one more check has room beside those made at `checks` (oldest first). */
export function roomAt(checks: readonly number[], { limit, length }: Allowed, now: number): number {
  if (limit === null) return now;
  const share = limit * SHARE;
  const [most, span] = share >= 1 ? [Math.floor(share), length] : [1, length / share];
  const eldest = checks.at(-most);
  return eldest === undefined ? now : Math.max(now, eldest + span);
}
