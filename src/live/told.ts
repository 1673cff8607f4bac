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
import type { Metrics } from '../telemetry/metrics.ts';
import type { ClockBounds } from './clock.ts';
import type { CallShape, Kind, Transition } from './shape.ts';
import type { CallNews, Listening, ReadingTimes } from './source.ts';
import {
  DISORDER,
  differing,
  type Held,
  isCloseTo,
  type Observation,
  partyIn,
  type Span,
  type Verdict,
  withParty,
} from './transitions.ts';

/** What is the same for all calls of a viewer. */
export interface ToldParts<K extends Kind> {
  readonly shape: CallShape<K>;
  /** What tells of changes by itself at this moment; null: nothing does. */
  readonly listening: () => Listening<K> | null;
  readonly metrics: Metrics;
}

/** The call that is told of: what is asked of it, and what it does. */
export interface ToldCall<K extends Kind> {
  /** What is held of it; null when nothing is, and once it is over. */
  heldAlive(): Held<K> | null;
  /** Takes an observation in; answers what it was worth. */
  merge(observation: Observation<K>): Verdict<K>['kind'];
  /** Has the call looked at. */
  look(): void;
}

/** When something was asked for and answered, epoch milliseconds. */
export type Times = Pick<ReadingTimes, 'sentAt' | 'receivedAt'> & Partial<Pick<ReadingTimes, 'upstreamDate'>>;

/** With when it was true by the phone system's clock, where that is known. */
export interface Dated {
  readonly trueAt?: Span;
}

export interface Told<K extends Kind> {
  /** Something came by itself; answers what it was worth. `isAwaited`: before the first body it is kept, and null answered. */
  hear(news: CallNews<K>, isAwaited: boolean): Verdict<K>['kind'] | null;
  /** The first body is here: what came before it is laid over it. */
  catchUp(): void;
  /** Something about one party changed the call: news, or the answer of a command, whose news then say nothing new. */
  moved(transitions: readonly Transition<K>[]): void;
  /** True while each change of somebody in the call is told: by this listening, or by what listens at this moment. */
  isCovered(by?: Listening<K> | null): boolean;
  /** True for a body that is better left alone for a moment. */
  isSurprising(call: K['Call']): boolean;
  /** Something may not have been told: the next look may find it, and it is no surprise. */
  mayLack(): void;
  /** A look was taken in: from now on nothing is lacking. */
  isWhole(): void;
  /** True from when something may not have been told until that look. */
  readonly isLacking: boolean;
  /** Forgets what it kept, and looks no more. */
  rest(): void;
}

/** News that came before the first body. */
const MOST_PENDING = 100;
/** After an own party moved, the others may have moved too; a moment later they certainly have. */
const OTHERS_SOON = 300; // milliseconds

/** How the metrics call what news came to. */
export const RESULTS: Readonly<Record<Verdict<Kind>['kind'], string>> = {
  changed: 'applied',
  confirmed: 'known',
  doubtful: 'doubtful',
  old: 'old',
};

/** Makes it. */
export function createTold<K extends Kind>(parts: ToldParts<K>, call: ToldCall<K>): Told<K> {
  return new News(parts, call);
}

/** What nobody waits for; never written to. */
const NOTHING: readonly never[] = [];

/** A class, because every watched call has one. */
class News<K extends Kind> implements Told<K> {
  readonly #parts: ToldParts<K>;
  readonly #call: ToldCall<K>;
  #pending: readonly CallNews<K>[] = NOTHING;
  #isLacking = true;
  #isSurprised = false;
  #soon: NodeJS.Timeout | null = null;
  /** When whole news came last, and when the call is, or was, looked at for news; epoch milliseconds. */
  #heardAt = 0;
  #lookAt = 0;

  constructor(parts: ToldParts<K>, call: ToldCall<K>) {
    this.#parts = parts;
    this.#call = call;
  }

  hear(news: CallNews<K>, isAwaited: boolean): Verdict<K>['kind'] | null {
    const call = this.#call.heldAlive()?.call;
    if (call !== undefined) return this.#apply(news, call);
    if (isAwaited) this.#pending = [...this.#pending, news].slice(-MOST_PENDING);
    return null;
  }

  catchUp(): void {
    const waiting = this.#pending.toSorted(inOrder);
    this.#pending = NOTHING;
    for (const news of waiting) this.hear(news, false);
  }

  moved(transitions: readonly Transition<K>[]): void {
    const { movesOthers } = this.#parts.shape;
    if (transitions.some((transition) => movesOthers(transition))) this.#lookIn(OTHERS_SOON);
  }

  isCovered(listening: Listening<K> | null = this.#parts.listening()): boolean {
    const { shape } = this.#parts;
    const call = this.#call.heldAlive()?.call;
    if (listening === null || call === undefined) return false;
    return shape.partiesOf(call).some((party) => shape.isLive(call, party) && listening.tellsOf(party));
  }

  isSurprising(call: K['Call']): boolean {
    const { shape, listening, metrics } = this.#parts;
    const [held, teller] = [this.#call.heldAlive(), listening()];
    if (held === null || this.#isLacking || teller === null || !this.isCovered()) return false;
    const untold = differing(shape, held, call).filter((party) => teller.tellsOf(party));
    if (untold.length === 0) return false;
    if (this.#isSurprised) metrics.untoldChanges.inc({ system: shape.system }, untold.length);
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

  get isLacking(): boolean {
    return this.#isLacking;
  }

  rest(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    this.#pending = NOTHING;
  }

  #apply(news: CallNews<K>, call: K['Call']): Verdict<K>['kind'] {
    const { shape } = this.#parts;
    const { receivedAt } = news;
    if (news.about === 'call') {
      return this.#applyWhole(
        { call: news.call(call), sentAt: receivedAt, receivedAt, isWholeNews: true },
        call,
      );
    }
    const { partyId, sequence, eventTime } = news;
    const party = news.party(partyIn(shape, call, partyId) ?? null);
    const kind = this.#call.merge({
      call: { ...withParty(shape, call, party), ...news.facts },
      ...{ sentAt: receivedAt, receivedAt, only: partyId, news: { sequence, eventTime } },
    });
    this.#count(kind);
    if (kind === 'doubtful') {
      // What is read now is newer than these news.
      this.#isLacking = true;
      this.#call.look();
    }
    return kind;
  }

  /**
   * News of the whole call have no place among each other, and some of what they tell has no time. Where they came close
   * to something else, or are in doubt, one look once they have all come shows what is true.
   */
  #applyWhole(observation: Observation<K>, held: K['Call']): Verdict<K>['kind'] {
    const { receivedAt } = observation;
    const isClose = isCloseTo(held, receivedAt) || receivedAt < this.#heardAt + DISORDER;
    this.#heardAt = receivedAt;
    const kind = this.#call.merge(observation);
    this.#count(kind);
    if (kind === 'doubtful' || (isClose && kind !== 'confirmed')) {
      this.#isLacking = true;
      // A doubt keeps something from the readers; but there is one look in a second at most.
      const wait = kind === 'doubtful' ? OTHERS_SOON : DISORDER;
      this.#lookIn(Math.max(wait, this.#lookAt + DISORDER - receivedAt));
    }
    return kind;
  }

  #count(kind: Verdict<K>['kind']): void {
    const { metrics, shape } = this.#parts;
    metrics.pushEvents.inc({ system: shape.system, result: RESULTS[kind] });
  }

  #lookIn(wait: number): void {
    if (this.#soon !== null) return;
    this.#lookAt = Date.now() + wait;
    this.#soon = setTimeout(() => {
      this.#soon = null;
      this.#call.look();
    }, wait).unref();
  }
}

/** Whole news have no order but that in which they came. */
function inOrder<K extends Kind>(one: CallNews<K>, other: CallNews<K>): number {
  return one.about === 'party' && other.about === 'party' ? one.sequence - other.sequence : 0;
}

/** With when a body was true by the upstream's clock, which alone can be compared with news. */
export function datedBy<Read extends Times>({ least, most }: ClockBounds, reading: Read): Read & Dated {
  const { sentAt, receivedAt, upstreamDate } = reading;
  // The header has whole seconds.
  const byDate = upstreamDate == null ? Infinity : upstreamDate + 999;
  return { ...reading, trueAt: { least: sentAt + least, most: Math.min(receivedAt + most, byDate) } };
}
