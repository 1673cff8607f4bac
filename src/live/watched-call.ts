/**
 * One call as one viewer sees it: what is held of it, who watches it, and what they are told.
 *
 * Everything that is learnt of the call comes through here, whether a poll, a query or a command brought it, so that
 * its states have one order. A call that nobody watches is only a memory of the last read.
 */
import { CallControlFailure, CallNotFound, RateLimited } from '../../schema/failures.ts';
import { type CallParty, type CallSession, findParty } from '../../schema/model.ts';
import type { CallEvent, CallPartyUpdate, StreamNoticeKind } from '../../schema/provider.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Belief, createBelief } from './belief.ts';
import type { Line } from './exchange.ts';
import type { Turn } from './newsroom.ts';
import { createReaders, type ReaderLimits, type Readers } from './readers.ts';
import type { CursorScope } from './replay.ts';
import { lookedTwice } from './second-look.ts';
import { createSharedRead } from './shared-read.ts';
import type { CallNews, CallSource, Listening, Reading } from './source.ts';
import { createTold, datedBy, type Times, type Told } from './told.ts';
import {
  ended,
  type Held,
  isCallOver,
  isLive,
  newestChange,
  type Observation,
  observe,
  revived,
  type Transition,
  type Verdict,
  withParty,
} from './transitions.ts';
import { createWatch, type UpstreamHabits, type Watch, type Worth } from './watch.ts';

/** Times and bounds of watching; times in milliseconds. */
export interface LiveLimits extends ReaderLimits {
  /** How long a watch that queries made outlives the last of them. */
  readonly queryLinger: number;
}

/** What a call needs, and whom it tells. */
export interface WatchedCallParts {
  readonly sessionId: string;
  readonly source: () => CallSource;
  readonly habits: UpstreamHabits;
  /** Milliseconds between two polls that the upstream does not hold. */
  readonly pacedGap: () => number;
  /** Milliseconds that the upstream may hold a poll. */
  readonly pollTimeout: () => number;
  readonly limits: LiveLimits;
  /** Asked for when there are events to mark. */
  readonly cursors: () => CursorScope;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What tells of changes by itself at this moment; null: nothing does. */
  readonly listening: () => Listening | null;
  /** Milliseconds until it shows whether changes are told; null: nobody waits for that. */
  readonly beginning: () => number | null;
  /** Milliseconds between two looks at a call of which changes are told. */
  readonly lookGap: () => number;
  /** The call begins, or ends, to need more than a memory. */
  readonly onActive: (active: boolean) => void;
  /** A watch of the call begins, or ends. */
  readonly onWatch: (watching: boolean) => void;
  readonly onTransition: (transition: Transition) => void;
}

/** One call of one viewer. */
export interface WatchedCall {
  /** What is held, however old. */
  readonly held: CallSession | null;
  /**
   * The answer that costs nothing: what a healthy watch holds, and how a call ended for as long as it is remembered; null
   * when RingCentral knows it no more. Undefined when RingCentral must be asked.
   */
  current(): CallSession | null | undefined;
  /** True when somebody was part of the call when it was seen last, or everybody may still join. */
  isAlive(partyId?: string): boolean;
  /** Reads the call; questions at the same time share one request. */
  read(signal?: AbortSignal, requestId?: string): Promise<CallSession | null>;
  /** Takes in what a command brought; answers the state to show, null when the call is no more. */
  take(session: CallSession, times: Times): Promise<CallSession | null>;
  takeParty(party: CallParty, times: Times): Promise<CallParty>;
  /** Something about a party of the call came by itself. */
  hear(news: CallNews): void;
  /** Changes are told by themselves from now on, or no longer. */
  listeningChanged(turn: Turn): void;
  /** Ends every line with this error, and the watch. */
  deny(error: CallControlFailure): void;
  /** A command went out whose effect is not in its answer: what is held, and what is on its way, may be old. */
  invalidate(): void;
  /** Watches for queries that keep asking. Settles once the watch can answer, or cannot soon. */
  watchForQueries(): Promise<void>;
  /** A query asks: the watch, if there is one, stays for the next one. */
  keep(): void;
  events(after: string | null, dropped: (() => boolean) | undefined): Line<CallEvent>;
  parties(partyId: string | null): Line<CallPartyUpdate>;
  /** Tells every reader of the events something that is no change of the call. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** Ends every line and the watch. */
  stop(): void;
}

const UNKNOWN = 'RingCentral knows no such call (any more).';

/** How often a body in doubt is read again before the held state is left as it is. */
const MOST_REREADS = 2;

/** Makes it; nothing is asked before somebody wants to know. */
export function createWatchedCall(parts: WatchedCallParts): WatchedCall {
  const { sessionId, source, limits, metrics } = parts;
  let held: Held | null = null;
  /** When the newest whole body was asked for and answered. */
  let asked: Times | null = null;
  let invalidatedAt = -Infinity;
  let watch: Watch | null = null;
  /** The watch has answered since it began, so that readers may start from what is held. */
  let fresh = false;
  let over = false;
  /** Over because RingCentral knows it no more: what it was like when it was seen last. */
  let gone: CallSession | null = null;
  /** RingCentral did not know it when it was asked last. */
  let isMissing = false;
  /** By the clock that nobody sets, `performance.now()`. */
  let keepUntil = -Infinity;
  let goodbye: ReturnType<typeof setTimeout> | null = null;

  const sharedRead = createSharedRead(async (signal, requestId) => {
    const reading = await readNow(signal, requestId);
    parts.habits.noteTimes(reading);
    return reading.value === null ? lost() : take({ ...dated(reading), session: reading.value });
  });
  // Made when they are of use: most calls are looked at once.
  let told: Told | null = null;
  let belief: Belief | null = null;
  let readers: Readers | null = null;

  return {
    get held() {
      return held?.session ?? null;
    },
    current() {
      if (gone !== null) return null;
      // What a question would spend is what a watch in the queue waits for: `observedAt` tells how old the answer is.
      return over || watch?.isHealthy() === true || (fresh && isQueued()) ? lastSeen() : undefined;
    },
    async read(signal, requestId) {
      try {
        return await sharedRead.join(signal, requestId);
      } catch (error) {
        const isRefused = error instanceof RateLimited && !error.sent;
        const best = isRefused && isQueued() ? lastSeen() : undefined;
        if (best === undefined) throw error;
        return best;
      }
    },
    isAlive,
    take: (session, times) => take({ ...dated(times), session }),
    async takeParty(party, times) {
      if (held === null) return { ...party, observedAt: times.receivedAt };
      const session = await take({
        ...{ ...dated(times), session: withParty(held.session, party), only: party.id },
      });
      // Of a call that was asked for since, and is not there, its end is the truth.
      const shown = session ?? (over ? held.session : null);
      return (shown === null ? undefined : findParty(shown, party.id)) ?? party;
    },
    hear(news) {
      toldOf().hear(news, watch !== null);
    },
    listeningChanged(turn) {
      beliefOf().turned(turn);
      if (turn.kind === 'listening') {
        if (!turn.mayHaveMissed) return;
        toldOf().mayLack();
      }
      watch?.poke();
    },
    deny: onDenied,
    invalidate() {
      invalidatedAt = Date.now();
      if (held !== null) held = { ...held, changedAt: invalidatedAt };
      sharedRead.renew();
      watch?.poke();
    },
    async watchForQueries() {
      if (over) return;
      beginWatch(asked);
      letGo(limits.queryLinger);
      await watch?.settled;
    },
    keep() {
      if (!over) letGo(limits.queryLinger);
    },
    events: (after, dropped) => readersOf().events(after, dropped),
    parties: (partyId) => readersOf().parties(partyId),
    notify: (kind, message, at) => readers?.notify(kind, message, at),
    stop() {
      readers?.end();
      forget();
    },
  };

  function toldOf(): Told {
    told ??= createTold({
      held: () => (over ? null : held),
      listening: parts.listening,
      metrics,
      merge,
      look: () => watch?.poke(),
    });
    return told;
  }

  function beliefOf(): Belief {
    belief ??= createBelief({
      isCovered,
      isHealthy: () => watch?.isHealthy() === true,
      isHeld: () => watch?.isHeld() === true,
      onDoubt: () => readers?.tellTrouble(Date.now()),
      onBelief: () => readers?.tellRecovery(),
    });
    return belief;
  }

  function readersOf(): Readers {
    readers ??= createReaders({
      sessionId,
      limits,
      cursors: parts.cursors,
      metrics,
      state: () => (held !== null && (over || fresh) ? { session: held.session, isOver: over } : null),
      onWanted: () => beginWatch(null),
      onLeave: letGo,
    });
    return readers;
  }

  function tellOfMove(transitions: readonly Transition[]): void {
    // Where nothing is told, the others are asked for anyway.
    if (parts.listening() !== null) toldOf().moved(transitions);
  }

  function isCovered(by = parts.listening()): boolean {
    return by !== null && toldOf().isCovered(by);
  }

  function dated<Read extends Times>(reading: Read): Read & Pick<Observation, 'trueAt'> {
    // Where nothing will ever be told, there is nothing to compare with.
    return source().listen === undefined ? reading : datedBy(parts.habits.clock(), reading);
  }

  function beginWatch(known: Times | null): void {
    if (watch !== null) return;
    readersOf().remember();
    isMissing = false;
    parts.onActive(true);
    parts.onWatch(true);
    watch = createWatch({
      source,
      sessionId,
      habits: parts.habits,
      pacedGap: parts.pacedGap,
      pollTimeout: parts.pollTimeout,
      lookGap: () => (isCovered() ? parts.lookGap() : parts.beginning()),
      metrics,
      log: parts.log,
      known,
      changedAt: () => newestChange(held),
      onReading,
      onStillTrue() {
        if (belief === null) readers?.tellRecovery();
        else belief.confirmed();
        start();
      },
      onTrouble: (at) => readers?.tellTrouble(at),
      onDenied,
    });
  }

  function endWatch(): void {
    if (watch === null) return;
    watch.stop();
    watch = null;
    fresh = false;
    parts.onWatch(false);
  }

  function onReading(reading: Reading<CallSession | null>): Worth {
    if (belief === null) readers?.tellRecovery();
    else belief.read(reading);
    if (reading.value === null) {
      if (isAlive() && !isMissing) {
        isMissing = true;
        return 'missing';
      }
      vanished(reading.receivedAt);
      return 'over';
    }
    // It is there, whatever else is to be thought of it.
    isMissing = false;
    if (parts.listening() !== null && toldOf().isSurprising(reading.value)) return 'missing';
    const kind = merge({ ...dated(reading), session: reading.value });
    if (over) return 'over';
    // A body is never old: that is a word for news.
    if (kind === 'doubtful' || kind === 'old') return 'doubtful';
    if (parts.listening() !== null) toldOf().isWhole();
    start();
    return kind;
  }

  /** What is held, unless a command has made it old. */
  function lastSeen(): CallSession | undefined {
    return asked === null || asked.sentAt < invalidatedAt ? undefined : held?.session;
  }

  function isQueued(): boolean {
    return watch?.isQueued() === true;
  }

  function onDenied(error: CallControlFailure): void {
    endWatch();
    readers?.fail(error);
    // Whoever comes back with a fresh token and a cursor goes on where they were.
    letGo(limits.retention);
  }

  function isAlive(partyId?: string): boolean {
    if (held === null) return false;
    const { session } = held;
    if (partyId === undefined) return !isCallOver(session);
    const party = findParty(session, partyId);
    return party !== undefined && isLive(session, party);
  }

  /** Reads the call for somebody who waits. */
  function readNow(signal?: AbortSignal, requestId?: string): Promise<Reading<CallSession | null>> {
    const read = () => source().readSession(sessionId, { lane: 'query', signal, requestId });
    return lookedTwice(read, isAlive, signal);
  }

  /** RingCentral knows the call no more. */
  function vanished(at: number): void {
    if (held === null) {
      endWatch();
      readers?.fail(new CallNotFound(UNKNOWN, 'telephonySessionId'));
      letGo(0);
      return;
    }
    const seenLast = held.session;
    // Nothing can be newer than that.
    merge({ session: ended(held.session), sentAt: Math.max(at, held.changedAt), receivedAt: at });
    // An empty conference has no party that could tell its end.
    if (!over) finish(at);
    gone = seenLast;
  }

  /** Takes a body in; where it is in doubt, what is read next decides. What it changed is told to everybody. */
  async function take(observation: Observation): Promise<CallSession | null> {
    let newest = observation;
    for (let rereads = 0; merge(newest) === 'doubtful' && rereads < MOST_REREADS; rereads += 1) {
      try {
        const reading = await readNow();
        if (reading.value === null) return lost();
        newest = { ...dated(reading), session: reading.value };
      } catch (error) {
        // What was to be taken in did happen; what is held must do.
        if (error instanceof CallControlFailure) break;
        throw error;
      }
    }
    return held?.session ?? newest.session;
  }

  function merge(observation: Observation): Verdict['kind'] {
    const { sentAt, receivedAt } = observation;
    if (held === null && sentAt < invalidatedAt) return 'doubtful';
    const isFirst = held === null;
    const wasGone = held !== null && gone !== null;
    // What was asked for before the call was missed tells nothing of whether it is there.
    if (wasGone && sentAt < (held?.changedAt ?? 0)) return 'doubtful';
    const before = held !== null && gone !== null ? revived(gone, held) : held;
    const verdict = observe(before, observation, source().outlook);
    if (verdict.kind === 'doubtful') return 'doubtful';
    if (verdict.kind === 'old') {
      if (gone === null) held = verdict.held;
      return 'old';
    }
    held = verdict.held;
    gone = null;
    isMissing = false;
    if (observation.only === undefined && sentAt >= (asked?.sentAt ?? -Infinity)) {
      asked = { sentAt, receivedAt };
    }
    if (verdict.kind === 'changed' && !isFirst && !over)
      announce(held.session, verdict.transitions, receivedAt);
    // News of an end may come before lost ones of the others: the look that follows says whether it is one.
    const isTold = observation.news !== undefined;
    if (watch !== null && !over && !isTold && isCallOver(held.session)) finish(receivedAt);
    if (over && !isCallOver(held.session)) revive(held.session);
    // News, and the answer of a command, tell of one party.
    if (observation.only !== undefined && verdict.kind === 'changed') tellOfMove(verdict.transitions);
    if (isFirst) told?.catchUp();
    return verdict.kind;
  }

  /** The call is there after all. Whoever was told of its end starts anew, with a snapshot. */
  function revive(session: CallSession): void {
    over = false;
    readers?.forget();
    readersOf().remember();
    for (const party of session.parties) {
      if (isLive(session, party)) parts.onTransition({ party, previousStatus: null });
    }
  }

  function announce(session: CallSession, transitions: readonly Transition[], at: number): void {
    for (const transition of transitions) parts.onTransition(transition);
    readers?.tell(session, transitions, at);
  }

  /** The call is over: the last event, and then silence. */
  function finish(at: number): void {
    belief?.settled();
    start();
    over = true;
    readers?.tellEnd(at);
    endWatch();
    letGo(limits.retention);
  }

  /** Gives everybody who waits the state to start from. */
  function start(): void {
    fresh = true;
    if (held !== null) readers?.start(held.session);
  }

  /** Somebody left: the call stays watched for `patience` milliseconds, and as long as anybody is there. */
  function letGo(patience: number): void {
    if (readers?.isRemembering() !== true) return;
    const now = performance.now();
    keepUntil = Math.max(keepUntil, now + patience);
    goodbye ??= setTimeout(considerGoodbye, keepUntil - now).unref();
  }

  function considerGoodbye(): void {
    goodbye = null;
    // Whoever is still here comes by again when they leave.
    if (readers !== null && readers.count() > 0) return;
    if (keepUntil > performance.now()) letGo(0);
    else forget();
  }

  function forget(): void {
    if (goodbye !== null) clearTimeout(goodbye);
    goodbye = null;
    told?.rest();
    endWatch();
    readers?.forget();
    parts.onActive(false);
  }

  function lost(): null {
    if (readers?.isRemembering() !== true) held = null;
    else watch?.poke();
    return null;
  }
}
