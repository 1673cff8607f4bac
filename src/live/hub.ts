/** The hub: the desks of all viewers, and what their watches learn of the upstream together. */
import type { StreamNoticeKind } from '../../schema/provider.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type ClockBounds, narrow, UNKNOWN_CLOCK } from './clock.ts';
import { createDesk, type Desk } from './desk.ts';
import { DEFAULT_PACE, type PollMode, type PollPace } from './polling.ts';
import { createCursorSigner } from './replay.ts';
import type { CallSource } from './source.ts';
import type { UpstreamHabits } from './watch.ts';
import type { LiveLimits } from './watched-call.ts';

export interface HubOptions {
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds that RingCentral may hold a poll. */
  readonly longPollTimeout: number;
  readonly pace?: PollPace;
  /** Milliseconds between two reads of a viewer's list of calls. */
  readonly activeCallsPace?: number;
  readonly limits?: Partial<LiveLimits>;
}

export interface Hub {
  /** The desk of a viewer; while it holds anything, everybody with the same id gets the same one. */
  desk(viewerId: string, source: CallSource): Desk;
  /** Tells every reader of the events of one viewer, or of all. */
  notify(kind: StreamNoticeKind, message: string, at: number, viewerId?: string): void;
  counts(): { readonly desks: number };
  /** Ends every stream and every watch. */
  stop(): void;
}

export const DEFAULT_LIMITS: LiveLimits = {
  linger: 5_000, // 5 seconds
  retention: 65_000, // the promised minute, and a reconnect
  queryLinger: 12_000, // 12 seconds
  queueLimit: 64,
  replayLimit: 1_000,
};

const ACTIVE_CALLS_PACE = 6_000; // 6 seconds: 10 of the minute's 50 requests

export function createHub(options: HubOptions): Hub {
  const { metrics, log, longPollTimeout, pace = DEFAULT_PACE, activeCallsPace = ACTIVE_CALLS_PACE } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const cursors = createCursorSigner();
  const habits = createHabits();
  const desks = new Map<string, { readonly desk: Desk; source: CallSource }>();

  return {
    desk(viewerId, source) {
      const active = desks.get(viewerId);
      if (active !== undefined) {
        // The newest source has the newest tokens.
        active.source = source;
        return active.desk;
      }
      const desk = createDesk({
        viewerId,
        source: () => entry.source,
        habits,
        cursors,
        pace,
        longPollTimeout,
        activeCallsPace,
        limits,
        metrics,
        log,
        onActive(isActive) {
          if (isActive) desks.set(viewerId, entry);
          else if (desks.get(viewerId) === entry) desks.delete(viewerId);
        },
      });
      const entry = { desk, source };
      return desk;
    },
    notify(kind, message, at, viewerId) {
      for (const [id, { desk }] of desks) {
        if (viewerId === undefined || viewerId === id) desk.notify(kind, message, at);
      }
    },
    counts: () => ({ desks: desks.size }),
    stop() {
      for (const { desk } of [...desks.values()]) desk.stop();
    },
  };
}

function createHabits(): UpstreamHabits {
  let clock: ClockBounds = UNKNOWN_CLOCK;
  let mode: PollMode = 'unknown';
  return {
    clock: () => clock,
    noteTimes(times) {
      clock = narrow(clock, times);
    },
    mode: () => mode,
    noteMode(found) {
      mode = found;
    },
  };
}
