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

export interface ToldParts {
  readonly held: () => Held | null;
  /** What tells of changes by itself at this moment; null: nothing does. */
  readonly listening: () => Listening | null;
  readonly metrics: Metrics;
  /** Takes an observation in; answers what it was worth. */
  readonly merge: (observation: Observation) => Verdict['kind'];
  /** Has the call looked at. */
  readonly look: () => void;
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
export function createTold(parts: ToldParts): Told {
  const { metrics } = parts;
  let pending: CallNews[] = [];
  let isLacking = true;
  let isSurprised = false;
  let soon: ReturnType<typeof setTimeout> | null = null;

  return {
    hear(news, isAwaited) {
      if (parts.held() !== null) apply(news);
      else if (isAwaited) pending = [...pending, news].slice(-MOST_PENDING);
    },
    catchUp() {
      const waiting = pending.sort((one, other) => one.sequence - other.sequence);
      pending = [];
      for (const news of waiting) apply(news);
    },
    moved(transitions) {
      if (!movesOthers(transitions)) return;
      soon ??= setTimeout(() => {
        soon = null;
        parts.look();
      }, OTHERS_SOON).unref();
    },
    isCovered,
    isSurprising(session) {
      const held = parts.held();
      const listening = parts.listening();
      if (held === null || isLacking || listening === null || !isCovered()) return false;
      const untold = differing(held, session).filter((party) => listening.tellsOf(party));
      if (untold.length === 0) return false;
      if (isSurprised) metrics.untoldChanges.inc(untold.length);
      isSurprised = !isSurprised;
      return isSurprised;
    },
    mayLack() {
      isLacking = true;
    },
    isWhole() {
      isLacking = false;
      isSurprised = false;
    },
    rest() {
      if (soon !== null) clearTimeout(soon);
      soon = null;
      pending = [];
    },
  };

  function isCovered(listening = parts.listening()): boolean {
    const session = parts.held()?.session;
    if (listening === null || session === undefined) return false;
    return session.parties.some((party) => isLive(session, party) && listening.tellsOf(party));
  }

  function apply(news: CallNews): void {
    const session = parts.held()?.session;
    if (session === undefined) return;
    const { partyId, sequence, eventTime, receivedAt } = news;
    const party = news.party(findParty(session, partyId) ?? null);
    const kind = parts.merge({
      session: { ...withParty(session, party), ...news.session },
      ...{ sentAt: receivedAt, receivedAt, only: partyId, news: { sequence, eventTime } },
    });
    metrics.pushEvents.inc({ result: RESULTS[kind] });
    if (kind !== 'doubtful') return;
    // What is read now is newer than these news.
    isLacking = true;
    parts.look();
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
