/**
 * A watch: looks at one call until it is stopped, with one request in flight at any time.
 *
 * It only asks and reports. What an answer means is decided by `transitions.ts`, when to ask next by `polling.ts`.
 *
 * ```text
 *   starting ──first answer──► healthy ◄──────────┐
 *      │                          │ failure, 429   │ answer
 *      └────────failure──────► degraded ───────────┘
 * ```
 */
import {
  BadUserInput,
  CallControlFailure,
  CallNotFound,
  Forbidden,
  RateLimited,
  Unauthenticated,
} from '../../schema/failures.ts';
import type { CallSession } from '../../schema/model.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ClockBounds } from './clock.ts';
import {
  afterPoll,
  asksToHold,
  type PollMode,
  type PollOutcome,
  type PollPace,
  startPolling,
} from './polling.ts';
import type { CallSource, Reading, ReadingTimes } from './source.ts';

export const WATCH_STATES = ['starting', 'healthy', 'degraded'] as const;
export type WatchState = (typeof WATCH_STATES)[number];

/** What all watches of one upstream find out together. */
export interface UpstreamHabits {
  clock(): ClockBounds;
  /** Learns the offset of the clocks from one answer. */
  noteTimes(times: ReadingTimes): void;
  mode(): PollMode;
  noteMode(mode: PollMode): void;
}

export interface WatchParts {
  readonly source: () => CallSource;
  readonly sessionId: string;
  readonly habits: UpstreamHabits;
  readonly pace: PollPace;
  /** Milliseconds that the upstream may hold a poll. */
  readonly pollTimeout: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** When the state that is held already was asked for; null: read it first. */
  readonly knownSince: number | null;
  /** When the call last changed, epoch milliseconds. */
  readonly changedAt: () => number;
  /** Takes an answer, and tells what it was worth. */
  readonly onReading: (reading: Reading<CallSession | null>) => 'confirmed' | 'changed' | 'doubtful' | 'over';
  /** A poll is held: what is known is still true. */
  readonly onStillTrue: () => void;
  /** The upstream fails; the next try is at `nextAt`, epoch milliseconds. */
  readonly onTrouble: (nextAt: number) => void;
  /** The viewer may not look (any more): the watch is over. */
  readonly onDenied: (error: Unauthenticated | Forbidden) => void;
}

export interface Watch {
  /** True when what is held is what the upstream would answer now, as far as anybody can tell. */
  isHealthy(): boolean;
  /** Settles once the first poll was answered, or has been held for a moment. */
  readonly settled: Promise<void>;
  /** The call may have changed: do not wait for the pace. */
  poke(): void;
  stop(): void;
}

const HELD_FOR_A_MOMENT = 200; // milliseconds: an upstream that had news would have told them
const LEAST_PENALTY = 1_000; // milliseconds, whatever a 429 says
const LONG_PENALTY = 3_000; // milliseconds: worth telling the watchers

export function createWatch(parts: WatchParts): Watch {
  const { sessionId, habits, metrics, pace } = parts;
  const controller = new AbortController();
  const { signal } = controller;
  let polling = startPolling(habits.mode(), Date.now());
  let state: WatchState = 'starting';
  let basis = parts.knownSince;
  let lastGoodAt = -Infinity;
  /** Whether a poll is out at the upstream, held open. */
  let held = false;
  /** The next answer must not be waited for: the last one was in doubt. */
  let inDoubt = false;
  let wake: (() => void) | null = null;
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  metrics.watches.inc({ state });
  metrics.pollModes.inc({ mode: polling.mode });
  void run();

  return {
    isHealthy: () => state === 'healthy' && (held || Date.now() - lastGoodAt < 3 * pace.pacedGap),
    settled,
    poke() {
      if (state === 'degraded') return;
      polling = { ...polling, nextAt: Math.min(polling.nextAt, Date.now()) };
      wake?.();
    },
    stop,
  };

  function stop(): void {
    if (signal.aborted) return;
    controller.abort();
    metrics.watches.dec({ state });
    metrics.pollModes.dec({ mode: polling.mode });
    wake?.();
    settle();
  }

  async function run(): Promise<void> {
    // Watches that begin together see each other before the first of them says how long it may be held.
    await new Promise((resolve) => setImmediate(resolve));
    while (!signal.aborted) {
      await untilNext();
      if (signal.aborted) return;
      const before = polling.mode;
      const outcome = await poll();
      if (outcome === null || signal.aborted) return;
      polling = afterPoll(polling, outcome, pace);
      if (polling.mode !== before) {
        metrics.pollModes.dec({ mode: before });
        metrics.pollModes.inc({ mode: polling.mode });
        habits.noteMode(polling.mode);
      }
      if (state === 'degraded' && outcome.kind !== 'doubtful') parts.onTrouble(polling.nextAt);
    }
  }

  /** One request and what came of it; null when there is nothing left to watch. */
  async function poll(): Promise<PollOutcome | null> {
    const hold = basis !== null && !inDoubt && asksToHold(polling);
    const timestamp = (basis ?? 0) + habits.clock().least;
    const timeout = parts.pollTimeout();
    let moment: ReturnType<typeof setTimeout> | undefined;
    try {
      const reading = await parts.source().readSession(sessionId, {
        lane: basis === null ? 'query' : 'poll',
        signal,
        longPoll: hold
          ? { timestamp: new Date(timestamp).toISOString(), timeout: timeout / 1_000 }
          : undefined,
        onSent() {
          held = hold;
          if (hold && state === 'starting') moment = setTimeout(nothingNew, HELD_FOR_A_MOMENT);
        },
      });
      held = false;
      if (signal.aborted) return null;
      habits.noteTimes(reading);
      // Recovered before the news: whoever watches hears first that it can be believed again.
      enter('healthy');
      const worth = parts.onReading(reading);
      settle();
      if (worth === 'over') {
        stop();
        return null;
      }
      lastGoodAt = reading.receivedAt;
      inDoubt = worth === 'doubtful';
      const { sentAt, receivedAt } = reading;
      if (worth === 'doubtful') return { kind: 'doubtful', sentAt, receivedAt };
      basis = sentAt;
      const excuse = parts.changedAt() + habits.clock().most - timestamp;
      return {
        kind: 'answered',
        changed: worth === 'changed',
        withParameters: hold,
        excuse,
        sentAt,
        receivedAt,
      };
    } catch (error) {
      held = false;
      if (signal.aborted) return null;
      return failed(error, hold);
    } finally {
      clearTimeout(moment);
    }
  }

  function failed(error: unknown, hold: boolean): PollOutcome | null {
    const now = Date.now();
    if (error instanceof Unauthenticated || error instanceof Forbidden) {
      stop();
      parts.onDenied(error);
      return null;
    }
    if (error instanceof CallNotFound) {
      parts.onReading({ value: null, sentAt: now, receivedAt: now, upstreamDate: null });
      stop();
      return null;
    }
    if (error instanceof BadUserInput && hold) {
      return { kind: 'parametersRefused', sentAt: now, receivedAt: now };
    }
    if (error instanceof RateLimited) {
      const retryAt = Math.max(error.retryAt, now + LEAST_PENALTY);
      if (retryAt - now >= LONG_PENALTY) enter('degraded');
      return { kind: 'rateLimited', retryAt };
    }
    if (!(error instanceof CallControlFailure)) parts.log.error({ err: error }, 'A watch met a defect');
    enter('degraded');
    return { kind: 'failed', at: now, random: Math.random() };
  }

  function nothingNew(): void {
    enter('healthy');
    parts.onStillTrue();
    settle();
  }

  function enter(next: WatchState): void {
    if (next === state) return;
    metrics.watches.dec({ state });
    metrics.watches.inc({ state: next });
    state = next;
    if (next === 'degraded') settle();
  }

  async function untilNext(): Promise<void> {
    while (!signal.aborted) {
      const wait = polling.nextAt - Date.now();
      if (wait <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
    }
  }
}
