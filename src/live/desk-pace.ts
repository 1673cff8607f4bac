/** How often a desk asks: the calls of one viewer share one rate budget. Pure; times in milliseconds. */
import type { PollPace } from './polling.ts';

/** Polls that end by themselves may spend so many of the minute's requests: the rest is for changes and commands. */
const POLLS_PER_MINUTE = 10;
const LONGEST_POLL = 120_000; // 2 minutes
/** Between two looks at a call of which changes are told by themselves. */
const LOOK_GAP = 30_000; // 30 seconds
/** What a phone system allows where it has not said otherwise. */
const USUAL_READS = 50;
const MINUTE = 60_000;

/** The more calls are held, the longer each poll may last, so that together they stay inside their share. */
export function pollTimeout(longPollTimeout: number, watches: number): number {
  const share = (watches / POLLS_PER_MINUTE) * MINUTE;
  return Math.min(LONGEST_POLL, Math.max(longPollTimeout, share));
}

/** Looks at calls of which changes are told share a third of the budget, and are no more than two a minute. */
export function lookGap(readsPerMinute: number | undefined, watches: number): number {
  const perMinute = (readsPerMinute ?? USUAL_READS) / 3;
  return Math.max(LOOK_GAP, (Math.max(1, watches) / perMinute) * MINUTE);
}

/** Polls that are not held share one pace, however many calls they are for. */
export function pacedGap({ pacedGap: gap }: PollPace, watches: number): number {
  return gap * Math.max(1, watches);
}
