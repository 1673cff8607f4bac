/** A watch: looks at one call until it is stopped. Here is what it needs, and what may be asked of it. */
import type { CallControlFailure } from '../../schema/failures.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { CallShape, Kind } from './shape.ts';
import type { CallSource, Reading } from './source.ts';
import type { UpstreamHabits } from './upstream-habits.ts';

/** What an answer was worth; of a call that is missing for the first time only that it must be looked for once more. */
export type Worth = 'confirmed' | 'changed' | 'doubtful' | 'missing' | 'over';

/** What every watch of one viewer needs; one for all of them. */
export interface WatchParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly source: () => CallSource<K>;
  readonly habits: UpstreamHabits;
  /** Milliseconds between two polls that the upstream does not hold. */
  readonly pacedGap: () => number;
  /** Milliseconds that the upstream may hold a poll. */
  readonly pollTimeout: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The call that a watch looks at: what it asks of it, and tells it. */
export interface Watched<K extends Kind> {
  readonly callId: string;
  /** Milliseconds until the next look where changes are told by themselves; null where they must be asked for. */
  lookGap(): number | null;
  /** When the call last changed, epoch milliseconds. */
  changedAt(): number;
  /** Takes an answer, and tells what it was worth. */
  onReading(reading: Reading<K['Call'] | null>): Worth;
  /** A poll is held, the first one or one that had to wait for long: what was known is still true. */
  onStillTrue(): void;
  /** The upstream fails, or the rate budget is spent; the next try is at `nextAt`, epoch milliseconds. */
  onTrouble(nextAt: number): void;
  /** The viewer may not look (any more), or not at this: the watch is over. */
  onDenied(error: CallControlFailure): void;
}

/** A watch that runs. */
export interface Watch {
  /** True when what is held is what the upstream would answer now, as far as anybody can tell. */
  isHealthy(): boolean;
  /** True while a read is held at the upstream, which ends with the first change that is not known here. */
  isHeld(): boolean;
  /** True when nothing is wrong but that the rate budget has no room yet: what is held is the best that can be had. */
  isQueued(): boolean;
  /** Settles once it is healthy, degraded or stopped, and soon in any case. */
  whenSettled(): Promise<void>;
  /** The call may have changed: do not wait for the pace. */
  poke(): void;
  /**
   * Changes are told by themselves from now on, so that no read need be held. One that is goes on for a moment, and so
   * shows that nothing was missed before; without one, what may have been missed is looked for.
   */
  told(mayHaveMissed: boolean): void;
  stop(): void;
}
