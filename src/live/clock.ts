/**
 * The upstream's clock, as far as its `Date` headers tell.
 *
 * A header gives whole seconds, so each answer only bounds the offset between the two clocks:
 *
 * ```text
 *   Date - receivedAt  ≤  offset  <  Date + 1 s - sentAt
 * ```
 *
 * Many answers together bound it to milliseconds.
 */

/** What is known of `upstream time = local time + offset`; milliseconds. */
export interface ClockBounds {
  readonly least: number;
  readonly most: number;
}

/** Before any header was seen: the clocks are taken to agree within two seconds. */
export const UNKNOWN_CLOCK: ClockBounds = { least: -2_000, most: 2_000 };

/**
 * A clock that is further from ours is not believed: with one of them that wrong, no certificate would have been taken.
 * A time that is made with it could be none at all: `Date` ends in the year 275760.
 */
const LARGEST_OFFSET = 31_536_000_000; // 1 year

const NOTHING_YET: ClockBounds = { least: -Infinity, most: Infinity };

/**
 * Narrows the bounds by one answer. One that contradicts what is known may tell of a clock that was set, or come from a
 * server that is busy and dates its answers late, or from another server: the bounds span both, and the next answers tell.
 */
export function narrow(
  bounds: ClockBounds,
  answer: { readonly upstreamDate: number | null; readonly sentAt: number; readonly receivedAt: number },
): ClockBounds {
  const { upstreamDate, sentAt, receivedAt } = answer;
  // An answer that came before its question tells of a clock that was set, and of nothing else.
  if (upstreamDate === null || receivedAt < sentAt) return bounds;
  if (Math.abs(upstreamDate - receivedAt) > LARGEST_OFFSET) return bounds;
  const least = upstreamDate - receivedAt;
  const most = upstreamDate + 1_000 - sentAt;
  const before = bounds === UNKNOWN_CLOCK ? NOTHING_YET : bounds;
  const narrowed = { least: Math.max(before.least, least), most: Math.min(before.most, most) };
  if (narrowed.least > narrowed.most) {
    return { least: Math.min(before.least, least), most: Math.max(before.most, most) };
  }
  return narrowed.least === bounds.least && narrowed.most === bounds.most ? bounds : narrowed;
}
