/**
 * A watch: looks at one call until it is stopped, with one request in flight at any time.
 *
 * It only asks and reports. What an answer means is decided by `transitions.ts`, when to ask next by `polling.ts`.
 *
 * ```text
 *   starting ──first answer──► healthy ◄──────────┐
 *      │                          │ failure, 429   │ answer
 *      └────────failure──────► degraded ───────────┘
 *
 *   from everywhere:  stopped, denied (401, 403, 400 without parameters), or the call is over
 * ```
 */
import {
  BadUserInput,
  CallControlFailure,
  Forbidden,
  RateLimited,
  Unauthenticated,
} from '../../schema/failures.ts';
import type { CallSession } from '../../schema/model.ts';
import { setAlarm } from '../alarm.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ClockBounds } from './clock.ts';
import { type Cut, isAtItsEnd } from './hold-limit.ts';
import { afterPoll, asksToHold, hurried, type PollMode, type PollOutcome, startPolling } from './polling.ts';
import { type CallSource, HoldEnded, type Reading, type ReadingTimes } from './source.ts';

type WatchState = 'starting' | 'healthy' | 'degraded';

/** What all watches of one upstream find out together. */
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

/** What an answer was worth; of a call that is missing for the first time only that it must be looked for once more. */
export type Worth = 'confirmed' | 'changed' | 'doubtful' | 'missing' | 'over';

/** What a watch needs, and whom it tells. */
export interface WatchParts {
  readonly source: () => CallSource;
  readonly sessionId: string;
  readonly habits: UpstreamHabits;
  /** Milliseconds between two polls that the upstream does not hold. */
  readonly pacedGap: () => number;
  /** Milliseconds that the upstream may hold a poll. */
  readonly pollTimeout: () => number;
  /** Milliseconds until the next look where changes are told by themselves; null where they must be asked for. */
  readonly lookGap: () => number | null;
  readonly metrics: Metrics;
  readonly log: Log;
  /** When the state that is held already was asked for and answered; null: read it first. */
  readonly known: { readonly sentAt: number; readonly receivedAt: number } | null;
  /** When the call last changed, epoch milliseconds. */
  readonly changedAt: () => number;
  /** Takes an answer, and tells what it was worth. */
  readonly onReading: (reading: Reading<CallSession | null>) => Worth;
  /** A poll is held, the first one or one that had to wait for long: what was known is still true. */
  readonly onStillTrue: () => void;
  /** The upstream fails, or the rate budget is spent; the next try is at `nextAt`, epoch milliseconds. */
  readonly onTrouble: (nextAt: number) => void;
  /** The viewer may not look (any more), or not at this: the watch is over. */
  readonly onDenied: (error: CallControlFailure) => void;
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
  readonly settled: Promise<void>;
  /** The call may have changed: do not wait for the pace. */
  poke(): void;
  stop(): void;
}

const HELD_FOR_A_MOMENT = 200; // milliseconds: an upstream that had news would have told them
const HELD = 1_000; // 1 second: what ends sooner was not held
const PATIENCE = 1_000; // 1 second: how long a question waits for a watch that itself waits to begin
const BETWEEN_POLLS = 6_000; // 6 seconds: a poll may have to wait for the rate budget
const RATE_WINDOW = 60_000; // 60 seconds: by then there is room again
const LEAST_PENALTY = 1_000; // 1 second, whatever a 429 says
const MOST_PENALTY = 600_000; // 10 minutes, likewise
const LONG_PENALTY = 3_000; // 3 seconds: worth telling the watchers

/** Starts it; its first request leaves at once. */
export function createWatch(parts: WatchParts): Watch {
  const { sessionId, habits, metrics, known } = parts;
  const controller = new AbortController();
  const { signal } = controller;
  let polling = startPolling(habits.mode(), Date.now());
  let state: WatchState = 'starting';
  /** When the body that is held was asked for. */
  let basis = known?.sentAt ?? null;
  /** When the last good answer came, by a clock that nobody sets. */
  let lastGoodAt = -Infinity;
  /** Whether a poll is out at the upstream, held open. */
  let isOut = false;
  /** After how many milliseconds the last held read was cut, unless one was held for longer since. */
  let cutAfter: number | null = null;
  /** Since when a poll waits for the rate budget, by a clock that nobody sets; null when none does. */
  let queuedAt: number | null = null;
  /** Since when no poll was held, by the same clock. */
  let unwatchedSince = performance.now();
  /** The next answer must not be waited for: the last one was in doubt. */
  let inDoubt = false;
  /** The rate budget had no room: from now on the watch waits there, where it hears first when there is some. */
  let mustQueue = false;
  /** Somebody poked while a request was on its way. */
  let poked = false;
  let wake: (() => void) | null = null;
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, PATIENCE);
    settle = () => {
      clearTimeout(timer);
      resolve();
    };
  });

  metrics.watches.inc({ state });
  metrics.pollModes.inc({ mode: polling.mode });
  void run();

  return {
    isHealthy: () =>
      state === 'healthy' &&
      (isOut || parts.lookGap() !== null || performance.now() - lastGoodAt < shelfLife()),
    isHeld: () => state === 'healthy' && isOut,
    isQueued: () =>
      state !== 'degraded' &&
      basis !== null &&
      queuedAt !== null &&
      performance.now() - queuedAt < RATE_WINDOW,
    settled,
    poke() {
      poked = true;
      polling = hurried(polling, Date.now());
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
    for (;;) {
      await untilNext();
      if (signal.aborted) return;
      poked = false;
      const before = polling.mode;
      const outcome = await poll();
      if (outcome === null || signal.aborted) return;
      polling = afterPoll(polling, outcome, parts.pacedGap());
      const gap = parts.lookGap();
      if (gap !== null && outcome.kind === 'answered') {
        polling = { ...polling, burst: 0, nextAt: outcome.receivedAt + gap };
      }
      if (poked) polling = hurried(polling, Date.now());
      if (polling.mode !== before) {
        metrics.pollModes.dec({ mode: before });
        metrics.pollModes.inc({ mode: polling.mode });
        habits.noteMode(polling.mode);
      }
      if (state === 'degraded') parts.onTrouble(polling.nextAt);
    }
  }

  /** One request and what came of it; null when there is nothing left to watch. */
  async function poll(): Promise<PollOutcome | null> {
    // After trouble and doubt the true state is wanted now, not when it changes.
    const isCalm = !inDoubt && state !== 'degraded';
    const hold = basis !== null && isCalm && asksToHold(polling) && parts.lookGap() === null;
    const timestamp = timestampFor(basis ?? 0);
    const asked = Math.min(parts.pollTimeout(), habits.longestHold());
    const sent = { at: Date.now(), on: performance.now() };
    let isLate = false;
    let moment: ReturnType<typeof setTimeout> | undefined;
    const lateness = setTimeout(() => {
      isLate = state === 'healthy' && parts.lookGap() === null;
      if (isLate) parts.onTrouble(Date.now() + RATE_WINDOW - BETWEEN_POLLS);
    }, BETWEEN_POLLS);
    queuedAt = performance.now();
    try {
      const reading = await parts.source().readSession(sessionId, {
        lane: basis === null && !mustQueue ? 'query' : 'poll',
        signal,
        unwatchedSince,
        longPoll: hold ? { timestamp: new Date(timestamp).toISOString(), timeout: asked / 1_000 } : undefined,
        onSent() {
          sent.at = Date.now();
          sent.on = performance.now();
          clearTimeout(lateness);
          queuedAt = null;
          isOut = hold;
          if (hold && (state === 'starting' || isLate)) moment = setAlarm(nothingNew, aMoment());
        },
      });
      return signal.aborted ? null : taken(reading, hold, timestamp);
    } catch (error) {
      if (signal.aborted) return null;
      const after = performance.now() - sent.on;
      if (!(error instanceof HoldEnded)) return failed(error, hold);
      if (error.kind === 'nothingNew') return nothingSeen(sent.at);
      // What breaks at once was not held.
      return after < HELD ? failed(error.cause, hold) : cut({ asked, after, before: cutAfter }, sent.at);
    } finally {
      isOut = false;
      queuedAt = null;
      clearTimeout(lateness);
      clearTimeout(moment);
    }
  }

  function taken(reading: Reading<CallSession | null>, hold: boolean, timestamp: number): PollOutcome | null {
    habits.noteTimes(reading);
    // Recovered before the news: whoever watches hears first that it can be believed again.
    enter('healthy');
    const worth = parts.onReading(reading);
    settle();
    if (worth === 'over') {
      stop();
      return null;
    }
    inDoubt = worth === 'doubtful' || worth === 'missing';
    const { receivedAt } = reading;
    // The clock may have been set back between the two.
    const sentAt = Math.min(reading.sentAt, receivedAt);
    if (worth === 'missing') return { kind: 'missing', sentAt, receivedAt };
    lastGoodAt = performance.now();
    if (hold && receivedAt - sentAt > (cutAfter ?? Infinity)) cutAfter = null;
    // What at once confirms what a held poll has brought is half of the way: the next one need not queue again.
    const isHalfWay = hold && worth === 'confirmed' && receivedAt - sentAt < HELD_FOR_A_MOMENT;
    if (!isHalfWay) unwatchedSince = lastGoodAt;
    if (worth === 'doubtful') return { kind: 'doubtful', sentAt, receivedAt };
    basis = sentAt;
    const changedUntil = parts.changedAt() + habits.clock().most;
    return {
      kind: 'answered',
      changed: worth === 'changed',
      withParameters: hold,
      excused: changedUntil > timestamp,
      catchUp: changedUntil - timestampFor(sentAt),
      sentAt,
      receivedAt,
    };
  }

  /** A held read ended without a body, because there was nothing new to tell. */
  function nothingSeen(sentAt: number): PollOutcome {
    nothingNew();
    lastGoodAt = performance.now();
    unwatchedSince = lastGoodAt;
    const receivedAt = Math.max(sentAt, Date.now());
    const nothing = { kind: 'answered', changed: false, withParameters: true, bodiless: true } as const;
    return { ...nothing, excused: false, catchUp: 0, sentAt, receivedAt };
  }

  /** Somebody lost patience with a read that was held. Whether anything is wrong is told by the next, which is plain. */
  function cut(how: Cut, sentAt: number): PollOutcome {
    habits.noteCut(how);
    cutAfter = how.after;
    inDoubt = true;
    unwatchedSince = performance.now();
    return { kind: 'cut', isShort: !isAtItsEnd(how), sentAt, receivedAt: Math.max(sentAt, Date.now()) };
  }

  function failed(error: unknown, hold: boolean): PollOutcome | null {
    const now = Date.now();
    unwatchedSince = performance.now();
    if (error instanceof BadUserInput && hold) return { kind: 'parametersRefused', at: now };
    if (error instanceof Unauthenticated || error instanceof Forbidden || error instanceof BadUserInput) {
      stop();
      parts.onDenied(error);
      return null;
    }
    if (error instanceof RateLimited) {
      const penalty = Math.min(MOST_PENALTY, Math.max(LEAST_PENALTY, error.retryAt - now));
      if (penalty >= LONG_PENALTY) enter('degraded');
      if (error.sent || mustQueue) return { kind: 'rateLimited', retryAt: now + penalty };
      mustQueue = true;
      return { kind: 'rateLimited', retryAt: now };
    }
    if (!(error instanceof CallControlFailure)) parts.log.error({ err: error }, 'A watch met a defect');
    enter('degraded');
    return { kind: 'failed', at: now, random: Math.random() };
  }

  /**
   * The time that a poll names when everything up to an answer asked for at `sentAt` is known: the millisecond before,
   * because that one may hold a change that came after the answer.
   */
  function timestampFor(sentAt: number): number {
    return sentAt + habits.clock().least - 1;
  }

  /** How long an answer is good for while no poll is held. */
  function shelfLife(): number {
    return asksToHold(polling) ? BETWEEN_POLLS : 3 * parts.pacedGap();
  }

  function aMoment(): number {
    const roundTrip = known === null ? 0 : known.receivedAt - known.sentAt;
    return Math.max(HELD_FOR_A_MOMENT, 2 * roundTrip);
  }

  function nothingNew(): void {
    if (signal.aborted) return;
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
      const woken = await new Promise<boolean>((resolve) => {
        const timer = setAlarm(() => resolve(false), wait);
        wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
      wake = null;
      // The timer decides, not the clock: that may have been set back meanwhile.
      if (!woken) return;
    }
  }
}
