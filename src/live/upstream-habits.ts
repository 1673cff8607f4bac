/** What all watches of one upstream find out about it together, because nobody documents it. */
import { type ClockBounds, narrow, UNKNOWN_CLOCK } from './clock.ts';
import { afterCut, type Cut, longestHold, UNLIMITED } from './hold-limit.ts';
import type { PollMode } from './polling.ts';
import type { ReadingTimes } from './source.ts';

/** What is known of the upstream. */
export interface UpstreamHabits {
  clock(): ClockBounds;
  /** Learns the offset of the clocks from one answer. */
  noteTimes(times: ReadingTimes): void;
  /** Milliseconds that a read may be held, before somebody on the way cuts it. */
  longestHold(): number;
  noteCut(cut: Cut): void;
  mode(): PollMode;
  noteMode(mode: PollMode): void;
}

/** Makes it; nothing is known yet, but whether reads are held at all. */
export function createHabits(holdsReads = true): UpstreamHabits {
  let clock: ClockBounds = UNKNOWN_CLOCK;
  let mode: PollMode = holdsReads ? 'unknown' : 'ignored';
  let holds = UNLIMITED;
  return {
    clock: () => clock,
    noteTimes(times) {
      clock = narrow(clock, times);
    },
    longestHold: () => longestHold(holds, performance.now()),
    noteCut(cut) {
      holds = afterCut(holds, cut, performance.now());
    },
    mode: () => mode,
    noteMode(found) {
      mode = found;
    },
  };
}
