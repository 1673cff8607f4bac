/**
 * A watch that runs: it looks at one call until it is stopped, with one request in flight at any time.
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
import { setAlarm } from '../alarm.ts';
import { Errand } from './errand.ts';
import { type Cut, isAtItsEnd } from './hold-limit.ts';
import {
  afterPenalty,
  afterPoll,
  asksToHold,
  hurried,
  type Polling,
  type PollOutcome,
  startPolling,
} from './polling.ts';
import { createSettling, type Settling } from './settling.ts';
import type { Kind } from './shape.ts';
import { HoldEnded, type Reading, type ReadingTimes } from './source.ts';
import type { Watch, Watched, WatchParts } from './watch.ts';

type WatchState = 'starting' | 'healthy' | 'degraded';

const HELD_FOR_A_MOMENT = 200; // milliseconds: an upstream that had news would have told them
const HELD = 1_000; // 1 second: what ends sooner was not held
const CERTAIN = 2_000; // 2 seconds: by then a held read has told what happened before changes were told
const PATIENCE = 1_000; // 1 second: how long a question waits for a watch that itself waits to begin
const BETWEEN_POLLS = 6_000; // 6 seconds: a poll may have to wait for the rate budget
const RATE_WINDOW = 60_000; // 60 seconds: by then there is room again
const LONG_PENALTY = 3_000; // 3 seconds: worth telling the watchers

/**
 * Starts it; its first request leaves at once. `known`: when the state that is held already was asked for and answered;
 * null: it is read first.
 */
export function createWatch<K extends Kind>(
  parts: WatchParts<K>,
  call: Watched<K>,
  known: Span | null,
): Watch {
  return new RunningWatch(parts, call, known);
}

/** When something was asked for and answered, epoch milliseconds. */
type Span = Pick<ReadingTimes, 'sentAt' | 'receivedAt'>;

/** A class that waits by a timer and by nothing else, because there are thousands that do nothing but wait. */
class RunningWatch<K extends Kind> implements Watch {
  readonly #parts: WatchParts<K>;
  readonly #call: Watched<K>;
  /** How long the answer took that was known at the beginning. */
  readonly #roundTrip: number;
  readonly #begunAt = performance.now();
  #polling: Polling;
  #state: WatchState = 'starting';
  #isStopped = false;
  /** When the body that is held was asked for. */
  #basis: number | null;
  /** When the last good answer came, by a clock that nobody sets. */
  #lastGoodAt = -Infinity;
  /** The read that is on its way, or waits to be. */
  #errand: Errand | null = null;
  /** After how many milliseconds the last held read was cut, unless one was held for longer since. */
  #cutAfter: number | null = null;
  /** Since when no poll was held, by the same clock. */
  #unwatchedSince = this.#begunAt;
  /** The next answer must not be waited for: the last one was in doubt. */
  #inDoubt = false;
  /** The rate budget had no room: from now on the watch waits there, where it hears first when there is some. */
  #mustQueue = false;
  /** Somebody poked while a request was on its way; when, by a clock that nobody sets. */
  #poked = false;
  #pokedAt = -Infinity;
  /** Rings when the next request is due; null while one is on its way. */
  #alarm: NodeJS.Timeout | null = null;
  #settling: Settling | null = null;
  #isSettled = false;

  constructor(parts: WatchParts<K>, call: Watched<K>, known: Span | null) {
    this.#parts = parts;
    this.#call = call;
    this.#roundTrip = known === null ? 0 : known.receivedAt - known.sentAt;
    this.#basis = known?.sentAt ?? null;
    this.#polling = startPolling(parts.habits.mode(), Date.now(), parts.shape.holdsReads);
    parts.metrics.watches.inc({ state: this.#state });
    parts.metrics.pollModes.inc({ mode: this.#polling.mode });
    this.#askSoon();
  }

  isHealthy(): boolean {
    if (this.#state !== 'healthy') return false;
    const isLookedAfter = this.#isOut() || this.#call.lookGap() !== null;
    return isLookedAfter || performance.now() - this.#lastGoodAt < this.#shelfLife();
  }

  isHeld(): boolean {
    return this.#state === 'healthy' && this.#isOut();
  }

  isQueued(): boolean {
    if (this.#state === 'degraded' || this.#basis === null) return false;
    return (this.#errand?.queuedFor() ?? Infinity) < RATE_WINDOW;
  }

  whenSettled(): Promise<void> {
    const patience = this.#begunAt + PATIENCE - performance.now();
    if (this.#isSettled || patience <= 0) return Promise.resolve();
    this.#settling ??= createSettling(patience);
    return this.#settling.promise;
  }

  poke(): void {
    this.#poked = true;
    this.#pokedAt = performance.now();
    this.#polling = hurried(this.#polling, Date.now());
    if (this.#alarm !== null) this.#askSoon();
  }

  told(mayHaveMissed: boolean): void {
    if (mayHaveMissed) this.poke();
    if (this.#errand?.isHeld === true) this.#letGoSoon(this.#errand);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#errand?.letGo();
    this.#silence();
    const { watches, pollModes } = this.#parts.metrics;
    watches.dec({ state: this.#state });
    pollModes.dec({ mode: this.#polling.mode });
    this.#settle();
  }

  /** Once whoever starts it, or pokes, is done with what they do. */
  #askSoon(): void {
    this.#silence();
    queueMicrotask(() => this.#askInTime());
  }

  #askInTime(): void {
    if (this.#isStopped) return;
    const wait = this.#polling.nextAt - Date.now();
    if (wait <= 0) void this.#ask();
    // The alarm decides, not the clock: that may have been set back meanwhile.
    else this.#alarm = setAlarm(() => void this.#ask(), wait);
  }

  #silence(): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarm = null;
  }

  #isOut(): boolean {
    return this.#errand?.isHeld === true;
  }

  /** Ends a read that is held and need not be. By then whoever poked until now has had their answer. */
  #letGoSoon(errand: Errand): void {
    const since = performance.now();
    errand.whenCertain(CERTAIN, () => {
      if (this.#call.lookGap() === null) return;
      if (this.#pokedAt <= since) this.#poked = false;
      errand.letGo();
    });
  }

  async #ask(): Promise<void> {
    this.#silence();
    const { habits, metrics, pacedGap } = this.#parts;
    this.#poked = false;
    const before = this.#polling.mode;
    const outcome = await this.#poll();
    if (outcome === null || this.#isStopped) return;
    let polling = afterPoll(this.#polling, outcome, pacedGap());
    const gap = this.#call.lookGap();
    if (gap !== null && outcome.kind === 'answered') {
      polling = { ...polling, burst: 0, nextAt: outcome.receivedAt + gap };
    }
    this.#polling = this.#poked ? hurried(polling, Date.now()) : polling;
    const { mode } = polling;
    if (mode !== before) {
      metrics.pollModes.dec({ mode: before });
      metrics.pollModes.inc({ mode });
      habits.noteMode(mode);
    }
    if (this.#state === 'degraded') this.#call.onTrouble(this.#polling.nextAt);
    this.#askInTime();
  }

  /** One request and what came of it; null when there is nothing left to watch. */
  async #poll(): Promise<PollOutcome | null> {
    const { source, habits, pollTimeout } = this.#parts;
    // After trouble and doubt the true state is wanted now, not when it changes.
    const isCalm = !this.#inDoubt && this.#state !== 'degraded';
    const mayHold = this.#basis !== null && isCalm && asksToHold(this.#polling);
    const hold = mayHold && this.#call.lookGap() === null;
    const timestamp = this.#timestampFor(this.#basis ?? 0);
    const asked = Math.min(pollTimeout(), habits.longestHold());
    let isLate = false;
    const errand = new Errand(hold);
    this.#errand = errand;
    errand.ifLate(BETWEEN_POLLS, () => {
      isLate = this.#state === 'healthy' && this.#call.lookGap() === null;
      if (isLate) this.#call.onTrouble(Date.now() + RATE_WINDOW - BETWEEN_POLLS);
    });
    try {
      const reading = await source().readCall(this.#call.callId, {
        lane: this.#basis === null && !this.#mustQueue ? 'query' : 'poll',
        signal: errand.signal,
        unwatchedSince: this.#unwatchedSince,
        longPoll: hold ? { timestamp: new Date(timestamp).toISOString(), timeout: asked / 1_000 } : undefined,
        onSent: () => {
          errand.sent();
          if (!hold) return;
          // It was queued before changes were told.
          if (this.#call.lookGap() !== null) this.#letGoSoon(errand);
          if (this.#state === 'starting' || isLate) {
            errand.ifHeldFor(this.#aMoment(), () => this.#nothingNew());
          }
        },
      });
      return this.#isStopped ? null : this.#taken(reading, hold, timestamp);
    } catch (error) {
      if (this.#isStopped) return null;
      if (errand.isLetGo) return this.#letGo(errand.sentAt);
      const after = errand.outFor();
      if (!(error instanceof HoldEnded)) return this.#failed(error, hold);
      if (error.kind === 'nothingNew') return this.#nothingSeen(errand.sentAt);
      // What breaks at once was not held.
      if (after < HELD) return this.#failed(error.cause, hold);
      return this.#cut({ asked, after, before: this.#cutAfter }, errand.sentAt);
    } finally {
      this.#errand = null;
      errand.end();
    }
  }

  #taken(reading: Reading<K['Call'] | null>, hold: boolean, timestamp: number): PollOutcome | null {
    this.#parts.habits.noteTimes(reading);
    // Recovered before the news: whoever watches hears first that it can be believed again.
    this.#enter('healthy');
    const worth = this.#call.onReading(reading);
    this.#settle();
    if (worth === 'over') {
      this.stop();
      return null;
    }
    this.#inDoubt = worth === 'doubtful' || worth === 'missing';
    const { receivedAt } = reading;
    // The clock may have been set back between the two.
    const sentAt = Math.min(reading.sentAt, receivedAt);
    if (worth === 'missing') return { kind: 'missing', sentAt, receivedAt };
    this.#lastGoodAt = performance.now();
    if (hold && receivedAt - sentAt > (this.#cutAfter ?? Infinity)) this.#cutAfter = null;
    // What at once confirms what a held poll has brought is half of the way: the next one need not queue again.
    const isHalfWay = hold && worth === 'confirmed' && receivedAt - sentAt < HELD_FOR_A_MOMENT;
    if (!isHalfWay) this.#unwatchedSince = this.#lastGoodAt;
    if (worth === 'doubtful') return { kind: 'doubtful', sentAt, receivedAt };
    this.#basis = sentAt;
    const changedUntil = this.#call.changedAt() + this.#parts.habits.clock().most;
    return {
      kind: 'answered',
      changed: worth === 'changed',
      withParameters: hold,
      excused: changedUntil > timestamp,
      catchUp: changedUntil - this.#timestampFor(sentAt),
      sentAt,
      receivedAt,
    };
  }

  /** A held read ended without a body, because there was nothing new to tell. */
  #nothingSeen(sentAt: number): PollOutcome {
    return { ...this.#stillTrue(sentAt), withParameters: true, bodiless: true };
  }

  /** A read was let go: until then it was held, so that nothing is new. */
  #letGo(sentAt: number): PollOutcome {
    return { ...this.#stillTrue(sentAt), withParameters: false };
  }

  #stillTrue(sentAt: number) {
    this.#nothingNew();
    this.#lastGoodAt = performance.now();
    this.#unwatchedSince = this.#lastGoodAt;
    const receivedAt = Math.max(sentAt, Date.now());
    return { kind: 'answered', changed: false, excused: false, catchUp: 0, sentAt, receivedAt } as const;
  }

  /** Somebody lost patience with a read that was held. Whether anything is wrong is told by the next, which is plain. */
  #cut(how: Cut, sentAt: number): PollOutcome {
    this.#parts.habits.noteCut(how);
    this.#cutAfter = how.after;
    this.#inDoubt = true;
    this.#unwatchedSince = performance.now();
    return { kind: 'cut', isShort: !isAtItsEnd(how), sentAt, receivedAt: Math.max(sentAt, Date.now()) };
  }

  #failed(error: unknown, hold: boolean): PollOutcome | null {
    const now = Date.now();
    this.#unwatchedSince = performance.now();
    if (error instanceof BadUserInput && hold) return { kind: 'parametersRefused', at: now };
    if (error instanceof Unauthenticated || error instanceof Forbidden || error instanceof BadUserInput) {
      this.stop();
      this.#call.onDenied(error);
      return null;
    }
    if (error instanceof RateLimited) {
      const retryAt = afterPenalty(error.retryAt, now);
      if (retryAt - now >= LONG_PENALTY) this.#enter('degraded');
      const mustWait = error.sent || this.#mustQueue;
      this.#mustQueue ||= !error.sent;
      return { kind: 'rateLimited', retryAt: mustWait ? retryAt : now };
    }
    if (!(error instanceof CallControlFailure)) this.#parts.log.error({ err: error }, 'A watch met a defect');
    this.#enter('degraded');
    return { kind: 'failed', at: now, random: Math.random() };
  }

  /**
   * The time that a poll names when everything up to an answer asked for at `sentAt` is known: the millisecond before,
   * because that one may hold a change that came after the answer.
   */
  #timestampFor(sentAt: number): number {
    return sentAt + this.#parts.habits.clock().least - 1;
  }

  /** How long an answer is good for while no poll is held. */
  #shelfLife(): number {
    return asksToHold(this.#polling) ? BETWEEN_POLLS : 3 * this.#parts.pacedGap();
  }

  #aMoment(): number {
    return Math.max(HELD_FOR_A_MOMENT, 2 * this.#roundTrip);
  }

  #nothingNew(): void {
    if (this.#isStopped) return;
    this.#enter('healthy');
    this.#call.onStillTrue();
    this.#settle();
  }

  #enter(next: WatchState): void {
    if (next === this.#state) return;
    const { watches } = this.#parts.metrics;
    watches.dec({ state: this.#state });
    watches.inc({ state: next });
    this.#state = next;
    if (next === 'degraded') this.#settle();
  }

  #settle(): void {
    this.#isSettled = true;
    this.#settling?.settle();
    this.#settling = null;
  }
}
