/**
 * What is told of one call by itself, held against what is read of it.
 *
 * ```text
 *   news ──► before the first body ──► kept, and laid over it
 *        └─► after it ───────────────► observe ──► an own party moved ──► look at the others, a moment later
 *
 *   a look ──► shows what should have been told ──► left for a moment: its news may be on their way
 *                                            └────► still there: taken in, and counted
 * ```
 */
import { type CallSession, findParty } from '../../schema/model.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ClockBounds } from './clock.ts';
import type { CallNews, Listening, ReadingTimes } from './source.ts';
import {
  differing,
  type Held,
  isLive,
  movesOthers,
  type Observation,
  type Transition,
  type Verdict,
  withParty,
} from './transitions.ts';

/** What is the same for all calls of a viewer. */
export interface ToldParts {
  /** What tells of changes by itself at this moment; null: nothing does. */
  readonly listening: () => Listening | null;
  readonly metrics: Metrics;
}

/** The call that is told of: what is asked of it, and what it does. */
export interface ToldCall {
  /** What is held of it; null when nothing is, and once it is over. */
  heldAlive(): Held | null;
  /** Takes an observation in; answers what it was worth. */
  merge(observation: Observation): Verdict['kind'];
  /** Has the call looked at. */
  look(): void;
}

/** When something was asked for and answered, epoch milliseconds. */
export type Times = Pick<Observation, 'sentAt' | 'receivedAt'> & Partial<Pick<ReadingTimes, 'upstreamDate'>>;

export interface Told {
  /** Something came by itself. `isAwaited`: before the first body it is kept. */
  hear(news: CallNews, isAwaited: boolean): void;
  /** The first body is here: what came before it is laid over it. */
  catchUp(): void;
  /** Something about one party changed the call: news, or the answer of a command, whose news then say nothing new. */
  moved(transitions: readonly Transition[]): void;
  /** True while each change of somebody in the call is told: by this listening, or by what listens at this moment. */
  isCovered(by?: Listening | null): boolean;
  /** True for a body that is better left alone for a moment. */
  isSurprising(session: CallSession): boolean;
  /** Something may not have been told: the next look may find it, and it is no surprise. */
  mayLack(): void;
  /** A look was taken in: from now on nothing is lacking. */
  isWhole(): void;
  /** Forgets what it kept, and looks no more. */
  rest(): void;
}

/** News that came before the first body. */
const MOST_PENDING = 100;
/** After an own party moved, the others may have moved too; a moment later they certainly have. */
const OTHERS_SOON = 300; // milliseconds

/** How the metrics call what news came to. */
const RESULTS: Readonly<Record<Verdict['kind'], string>> = {
  changed: 'applied',
  confirmed: 'known',
  doubtful: 'doubtful',
  old: 'old',
};

/** Makes it. */
export function createTold(parts: ToldParts, call: ToldCall): Told {
  return new News(parts, call);
}

/** What nobody waits for; never written to. */
const NOTHING: readonly CallNews[] = [];

/** A class, because every watched call has one. */
class News implements Told {
  readonly #parts: ToldParts;
  readonly #call: ToldCall;
  #pending = NOTHING;
  #isLacking = true;
  #isSurprised = false;
  #soon: NodeJS.Timeout | null = null;

  constructor(parts: ToldParts, call: ToldCall) {
    this.#parts = parts;
    this.#call = call;
  }

  hear(news: CallNews, isAwaited: boolean): void {
    if (this.#call.heldAlive() !== null) this.#apply(news);
    else if (isAwaited) this.#pending = [...this.#pending, news].slice(-MOST_PENDING);
  }

  catchUp(): void {
    const waiting = this.#pending.toSorted((one, other) => one.sequence - other.sequence);
    this.#pending = NOTHING;
    for (const news of waiting) this.#apply(news);
  }

  moved(transitions: readonly Transition[]): void {
    if (!movesOthers(transitions)) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#call.look();
    }, OTHERS_SOON).unref();
  }

  isCovered(listening = this.#parts.listening()): boolean {
    const session = this.#call.heldAlive()?.session;
    if (listening === null || session === undefined) return false;
    return session.parties.some((party) => isLive(session, party) && listening.tellsOf(party));
  }

  isSurprising(session: CallSession): boolean {
    const { listening, metrics } = this.#parts;
    const [held, teller] = [this.#call.heldAlive(), listening()];
    if (held === null || this.#isLacking || teller === null || !this.isCovered()) return false;
    const untold = differing(held, session).filter((party) => teller.tellsOf(party));
    if (untold.length === 0) return false;
    if (this.#isSurprised) metrics.untoldChanges.inc(untold.length);
    this.#isSurprised = !this.#isSurprised;
    return this.#isSurprised;
  }

  mayLack(): void {
    this.#isLacking = true;
  }

  isWhole(): void {
    this.#isLacking = false;
    this.#isSurprised = false;
  }

  rest(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    this.#pending = NOTHING;
  }

  #apply(news: CallNews): void {
    const session = this.#call.heldAlive()?.session;
    if (session === undefined) return;
    const { partyId, sequence, eventTime, receivedAt } = news;
    const party = news.party(findParty(session, partyId) ?? null);
    const kind = this.#call.merge({
      session: { ...withParty(session, party), ...news.session },
      ...{ sentAt: receivedAt, receivedAt, only: partyId, news: { sequence, eventTime } },
    });
    this.#parts.metrics.pushEvents.inc({ result: RESULTS[kind] });
    if (kind !== 'doubtful') return;
    // What is read now is newer than these news.
    this.#isLacking = true;
    this.#call.look();
  }
}

/** With when a body was true by the upstream's clock, which alone can be compared with news. */
export function datedBy<Read extends Times>(
  { least, most }: ClockBounds,
  reading: Read,
): Read & Pick<Observation, 'trueAt'> {
  const { sentAt, receivedAt, upstreamDate } = reading;
  // The header has whole seconds.
  const byDate = upstreamDate == null ? Infinity : upstreamDate + 999;
  return { ...reading, trueAt: { least: sentAt + least, most: Math.min(receivedAt + most, byDate) } };
}
