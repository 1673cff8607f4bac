/**
 * One call as one viewer sees it: what is held of it, who watches it, and what they are told.
 *
 * Everything that is learnt of the call comes through here, whether a poll, a query or a command brought it, so that
 * its states have one order. A call that nobody watches is only a memory of the last read.
 */
import { CallControlFailure, CallNotFound, RateLimited } from '../../schema/failures.ts';
import { type CallParty, type CallSession, findParty, type PartyAddress } from '../../schema/model.ts';
import type {
  CallEvent,
  CallPartyUpdate,
  CallStreamNotice,
  SnapshotReason,
  StreamNoticeKind,
} from '../../schema/provider.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createLine, type Line, type QueueRules } from './exchange.ts';
import { type CursorScope, createReplay, type Replay } from './replay.ts';
import { createSharedRead } from './shared-read.ts';
import type { CallSource, Reading } from './source.ts';
import {
  ended,
  type Held,
  hasMoved,
  isCallOver,
  type Observation,
  observe,
  type Transition,
  withParty,
} from './transitions.ts';
import { createWatch, type UpstreamHabits, type Watch } from './watch.ts';

/** Times and bounds of watching; times in milliseconds. */
export interface LiveLimits {
  /** How long a watch outlives its last reader who said goodbye. */
  readonly linger: number;
  /** How long a watch and its events outlive a reader whose connection broke. */
  readonly retention: number;
  /** How long a watch that queries made outlives the last of them. */
  readonly queryLinger: number;
  /** Events that a reader may be behind before older ones are replaced. */
  readonly queueLimit: number;
  /** Events kept for resuming, of one call. */
  readonly replayLimit: number;
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
  /** The call begins, or ends, to need more than a memory. */
  readonly onActive: (active: boolean) => void;
  /** A watch of the call begins, or ends. */
  readonly onWatch: (watching: boolean) => void;
  readonly onTransition: (transition: Transition) => void;
}

/** When something was asked for and answered, epoch milliseconds. */
export type Times = Pick<Observation, 'sentAt' | 'receivedAt'>;

/** One call of one viewer. */
export interface WatchedCall {
  /** What is held, however old. */
  readonly held: CallSession | null;
  /**
   * The answer that costs nothing: what a healthy watch holds, and how a call ended for as long as it is remembered; null
   * when RingCentral knows it no more. Undefined when RingCentral must be asked.
   */
  current(): CallSession | null | undefined;
  /** Reads the call; questions at the same time share one request. */
  read(signal?: AbortSignal, requestId?: string): Promise<CallSession | null>;
  /** Takes in what a command brought; answers the state to show, null when the call is no more. */
  take(session: CallSession, times: Times): Promise<CallSession | null>;
  takeParty(party: CallParty, times: Times): Promise<CallParty>;
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

const DEGRADED = 'RingCentral does not answer, or limits us: what is shown may be old.';
const RECOVERED = 'RingCentral answers again; what follows is the true state.';
const MOVED = 'The party went to another call.';
const ENDED = 'The call is over.';
const UNKNOWN = 'RingCentral knows no such call (any more).';

/** How often a body in doubt is read again before the held state is left as it is. */
const MOST_REREADS = 2;

/** Brings the last answer of RingCentral to whoever measures how long a change took to the client. */
const receivedAt = new WeakMap<object, number>();

/** When RingCentral's answer that showed this event arrived, epoch milliseconds; null for anything else. */
export function receivedAtOf(event: unknown): number | null {
  return typeof event === 'object' && event !== null ? (receivedAt.get(event) ?? null) : null;
}

/** A reader that waits for the first state. */
interface Newcomer {
  /** Gives it the state it starts from. */
  readonly start: (session: CallSession) => void;
  /** Tells a reader of the events why it still waits. */
  readonly tell?: (event: CallEvent) => void;
  readonly fail: (error: unknown) => void;
  readonly end: () => void;
}

/** Makes it; nothing is asked before somebody wants to know. */
export function createWatchedCall(parts: WatchedCallParts): WatchedCall {
  const { sessionId, source, limits, metrics, cursors } = parts;
  const eventLines = new Set<Line<CallEvent>>();
  const partyLines = new Map<Line<CallPartyUpdate>, string | null>();
  const newcomers = new Map<object, Newcomer>();
  let held: Held | null = null;
  /** When the newest whole body was asked for and answered. */
  let asked: Times | null = null;
  let invalidatedAt = -Infinity;
  let watch: Watch | null = null;
  /** The watch has answered since it began, so that readers may start from what is held. */
  let fresh = false;
  let over = false;
  /** Over, and RingCentral has forgotten it. */
  let gone = false;
  /** When the upstream fails: the time of the next try. */
  let nextTry: number | null = null;
  /** The events that somebody may come back for; null while the call is only a memory. */
  let replay: Replay<CallEvent> | null = null;
  /** By the clock that nobody sets, `performance.now()`. */
  let keepUntil = -Infinity;
  let goodbye: ReturnType<typeof setTimeout> | null = null;

  const sharedRead = createSharedRead(async (signal, requestId) => {
    const reading = await source().readSession(sessionId, { lane: 'query', signal, requestId });
    parts.habits.noteTimes(reading);
    return reading.value === null ? lost() : take({ ...reading, session: reading.value });
  });
  const onSkip = () => metrics.skippedEvents.inc();
  const eventRules: QueueRules<CallEvent> = {
    limit: limits.queueLimit,
    key: newsOf,
    merge: mergeEvents,
    onSkip,
  };
  const partyRules: QueueRules<CallPartyUpdate> = {
    limit: limits.queueLimit,
    key: ({ party }) => party.id,
    merge: (_, newer) => newer,
    onSkip,
  };

  return {
    get held() {
      return held?.session ?? null;
    },
    current() {
      if (gone) return null;
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
    take: (session, times) => take({ ...times, session }),
    async takeParty(party, times) {
      if (held === null) return { ...party, observedAt: times.receivedAt };
      const session = await take({ ...times, session: withParty(held.session, party), only: party.id });
      return (session === null ? undefined : findParty(session, party.id)) ?? party;
    },
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
    events,
    parties,
    notify(kind, message, at) {
      if (replay !== null) tell(notice(replay.cursor, kind, message, { at }));
    },
    stop() {
      endLines((line) => line.end());
      forget();
    },
  };

  function events(after: string | null, dropped: (() => boolean) | undefined): Line<CallEvent> {
    const line = createLine(eventRules, (line) => {
      eventLines.delete(line);
      newcomers.delete(line);
      metrics.subscribers.dec({ field: 'callEvents' });
      letGo(dropped?.() === true ? limits.retention : limits.linger);
    });
    metrics.subscribers.inc({ field: 'callEvents' });
    const memory = memoryOfEvents();
    const missed = after === null ? 'SUBSCRIBED' : memory.after(after, Date.now());
    if (typeof missed === 'string') {
      letIn(line, {
        start(session) {
          line.push(snapshot(memory.cursor, missed, session));
          if (over) line.push(notice(memory.cursor, 'CALL_ENDED', ENDED, {}));
          else if (nextTry !== null)
            line.push(notice(memory.cursor, 'UPSTREAM_DEGRADED', DEGRADED, { at: nextTry }));
          eventLines.add(line);
        },
        tell: (event) => line.push({ ...event, cursor: memory.nowhere }),
        fail: (error) => line.fail(error),
        end: () => line.end(),
      });
    } else {
      // Copies: they are no news, so their way to the client tells nothing of how fast news travel.
      for (const event of missed) line.push({ ...event });
      eventLines.add(line);
      if (over) line.end();
      else beginWatch(null);
    }
    return line;
  }

  function parties(partyId: string | null): Line<CallPartyUpdate> {
    const line = createLine(partyRules, leaveParties);
    metrics.subscribers.inc({ field: 'callPartyUpdated' });
    letIn(line, {
      start(session) {
        for (const party of session.parties) {
          if (partyId === null || partyId === party.id) line.push({ party, session });
        }
        partyLines.set(line, partyId);
      },
      fail: (error) => line.fail(error),
      end: () => line.end(),
    });
    return line;
  }

  function leaveParties(line: Line<CallPartyUpdate>): void {
    partyLines.delete(line);
    newcomers.delete(line);
    metrics.subscribers.dec({ field: 'callPartyUpdated' });
    letGo(limits.linger);
  }

  /** Lets a reader in: at once where the state is fresh, else with the first answer of the watch. */
  function letIn(line: object, newcomer: Newcomer): void {
    if (held !== null && (over || fresh)) {
      newcomer.start(held.session);
      if (over) newcomer.end();
      return;
    }
    newcomers.set(line, newcomer);
    if (nextTry !== null)
      newcomer.tell?.(notice(memoryOfEvents().nowhere, 'UPSTREAM_DEGRADED', DEGRADED, { at: nextTry }));
    beginWatch(null);
  }

  function beginWatch(known: Times | null): void {
    if (watch !== null) return;
    memoryOfEvents();
    parts.onActive(true);
    parts.onWatch(true);
    watch = createWatch({
      source,
      sessionId,
      habits: parts.habits,
      pacedGap: parts.pacedGap,
      pollTimeout: parts.pollTimeout,
      metrics,
      log: parts.log,
      known,
      changedAt: () => held?.changedAt ?? -Infinity,
      onReading,
      onStillTrue() {
        recovered();
        start();
      },
      onTrouble,
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

  function onReading(reading: Reading<CallSession | null>): 'confirmed' | 'changed' | 'doubtful' | 'over' {
    recovered();
    if (reading.value === null) {
      vanished(reading.receivedAt);
      return 'over';
    }
    const kind = merge({ ...reading, session: reading.value });
    if (over) return 'over';
    if (kind !== 'doubtful') start();
    return kind;
  }

  /** What is held, unless a command has made it old. */
  function lastSeen(): CallSession | undefined {
    return asked === null || asked.sentAt < invalidatedAt ? undefined : held?.session;
  }

  function isQueued(): boolean {
    return watch?.isQueued() === true;
  }

  function recovered(): void {
    if (nextTry === null) return;
    nextTry = null;
    tellTrouble((cursor) => notice(cursor, 'RECOVERED', RECOVERED, {}));
  }

  function onTrouble(at: number): void {
    const isNew = nextTry === null;
    nextTry = at;
    if (isNew) tellTrouble((cursor) => notice(cursor, 'UPSTREAM_DEGRADED', DEGRADED, { at }));
  }

  function onDenied(error: CallControlFailure): void {
    endWatch();
    endLines((line) => line.fail(error));
    // Whoever comes back with a fresh token and a cursor goes on where they were.
    letGo(limits.retention);
  }

  /** RingCentral knows the call no more. */
  function vanished(at: number): void {
    if (held === null) {
      endWatch();
      endLines((line) => line.fail(new CallNotFound(UNKNOWN, 'telephonySessionId')));
      letGo(0);
      return;
    }
    // Nothing can be newer than that.
    merge({ session: ended(held.session), sentAt: Math.max(at, held.changedAt), receivedAt: at });
    // An empty conference has no party that could tell its end.
    if (!over) finish(at);
    gone = true;
  }

  /** Takes a body in; where it is in doubt, what is read next decides. What it changed is told to everybody. */
  async function take(observation: Observation): Promise<CallSession | null> {
    let newest = observation;
    for (let rereads = 0; merge(newest) === 'doubtful' && rereads < MOST_REREADS; rereads += 1) {
      try {
        const { value, sentAt, receivedAt } = await source().readSession(sessionId, { lane: 'query' });
        if (value === null) return lost();
        newest = { session: value, sentAt, receivedAt };
      } catch (error) {
        // What was to be taken in did happen; what is held must do.
        if (error instanceof CallControlFailure) break;
        throw error;
      }
    }
    return held?.session ?? newest.session;
  }

  function merge(observation: Observation): 'confirmed' | 'changed' | 'doubtful' {
    const { sentAt, receivedAt } = observation;
    if (held === null && sentAt < invalidatedAt) return 'doubtful';
    const isFirst = held === null;
    const verdict = observe(held, observation);
    if (verdict.kind === 'doubtful') return 'doubtful';
    held = verdict.held;
    if (observation.only === undefined && sentAt >= (asked?.sentAt ?? -Infinity)) {
      asked = { sentAt, receivedAt };
    }
    if (verdict.kind === 'changed' && !isFirst && !over)
      announce(held.session, verdict.transitions, receivedAt);
    if (watch !== null && !over && isCallOver(held.session)) finish(receivedAt);
    return verdict.kind;
  }

  function announce(session: CallSession, transitions: readonly Transition[], at: number): void {
    for (const transition of transitions) {
      const { party, previousStatus } = transition;
      parts.onTransition(transition);
      if (replay === null) continue;
      publish(at, (cursor) => ({
        type: 'CallPartyChange',
        cursor,
        party,
        previousStatus,
        skipped: 0,
        session,
      }));
      const update = { party, session };
      receivedAt.set(update, at);
      for (const [line, partyId] of partyLines) {
        if (partyId === null || partyId === party.id) line.push(update);
      }
      if (hasMoved(transition)) {
        publish(at, (cursor) =>
          notice(cursor, 'MOVED', MOVED, { partyId: party.id, movedTo: party.status.peerId }),
        );
      }
    }
  }

  /** The call is over: the last event, and then silence. */
  function finish(at: number): void {
    start();
    over = true;
    publish(at, (cursor) => notice(cursor, 'CALL_ENDED', ENDED, {}));
    endLines((line) => line.end());
    endWatch();
    letGo(limits.retention);
  }

  /** Gives everybody who waits the state to start from. */
  function start(): void {
    fresh = true;
    if (held === null) return;
    const waiting = [...newcomers.values()];
    newcomers.clear();
    for (const newcomer of waiting) newcomer.start(held.session);
  }

  /** Keeps an event for those who come back, and gives it to those who are here. */
  function publish(at: number, make: (cursor: string) => CallEvent): void {
    const event = memoryOfEvents().add(Date.now(), make);
    receivedAt.set(event, at);
    for (const line of eventLines) line.push(event);
  }

  /** Also to those who wait for the first state, so that they know why they wait. */
  function tellTrouble(make: (cursor: string) => CallEvent): void {
    tell(memoryOfEvents().add(Date.now(), make));
  }

  function tell(event: CallEvent): void {
    for (const line of eventLines) line.push(event);
    for (const newcomer of newcomers.values()) newcomer.tell?.(event);
  }

  function endLines(finish: (line: { end(): void; fail(error: unknown): void }) => void): void {
    const readers = [...eventLines, ...partyLines.keys(), ...newcomers.values()];
    eventLines.clear();
    partyLines.clear();
    newcomers.clear();
    for (const reader of readers) finish(reader);
  }

  function memoryOfEvents(): Replay<CallEvent> {
    replay ??= createReplay(cursors(), { lifetime: limits.retention, most: limits.replayLimit });
    return replay;
  }

  function snapshot(cursor: string, reason: SnapshotReason, session: CallSession): CallEvent {
    return { type: 'CallSnapshot', cursor, reason, session };
  }

  function notice(
    cursor: string,
    kind: StreamNoticeKind,
    message: string,
    more: { partyId?: string; movedTo?: PartyAddress | null; at?: number },
  ): CallStreamNotice {
    const { partyId = null, movedTo = null, at = null } = more;
    return { type: 'CallStreamNotice', cursor, kind, message, sessionId, partyId, movedTo, at };
  }

  /** Somebody left: the call stays watched for `patience` milliseconds, and as long as anybody is there. */
  function letGo(patience: number): void {
    if (replay === null) return;
    const now = performance.now();
    keepUntil = Math.max(keepUntil, now + patience);
    goodbye ??= setTimeout(considerGoodbye, keepUntil - now).unref();
  }

  function considerGoodbye(): void {
    goodbye = null;
    // Whoever is still here comes by again when they leave.
    if (eventLines.size + partyLines.size + newcomers.size > 0) return;
    if (keepUntil > performance.now()) letGo(0);
    else forget();
  }

  function forget(): void {
    if (goodbye !== null) clearTimeout(goodbye);
    goodbye = null;
    endWatch();
    replay = null;
    parts.onActive(false);
  }

  function lost(): null {
    if (replay === null) held = null;
    else watch?.poke();
    return null;
  }
}

function newsOf(event: CallEvent): string {
  switch (event.type) {
    case 'CallPartyChange':
      return `party ${event.party.id}`;
    case 'CallStreamNotice':
      return `notice ${event.kind} ${event.partyId ?? ''}`;
    case 'CallSnapshot':
      return 'snapshot';
  }
}

/** The newer change, as the difference to what the reader knows. */
function mergeEvents(older: CallEvent, newer: CallEvent): CallEvent {
  if (older.type !== 'CallPartyChange' || newer.type !== 'CallPartyChange') return newer;
  const merged = {
    ...newer,
    previousStatus: older.previousStatus,
    skipped: older.skipped + newer.skipped + 1,
  };
  const at = receivedAt.get(newer);
  if (at !== undefined) receivedAt.set(merged, at);
  return merged;
}
