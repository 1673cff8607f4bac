/**
 * One call as one viewer sees it: what is held of it, who watches it, and what they are told.
 *
 * Everything that is learnt of the call comes through here, whether a poll, a query or a command brought it, so that
 * its states have one order. A call that nobody watches is only a memory of the last read.
 */
import { CallNotFound, type Forbidden, type Unauthenticated } from '../../schema/failures.ts';
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
import type { PollPace } from './polling.ts';
import { type CursorScope, createReplay, type Replay } from './replay.ts';
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

export interface WatchedCallParts {
  readonly sessionId: string;
  readonly source: () => CallSource;
  readonly habits: UpstreamHabits;
  readonly pace: PollPace;
  readonly pollTimeout: () => number;
  readonly limits: LiveLimits;
  readonly cursors: CursorScope;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The call begins, or ends, to need more than a memory. */
  readonly onActive: (active: boolean) => void;
  readonly onTransition: (transition: Transition) => void;
}

export interface WatchedCall {
  /** What is held, however old. */
  readonly held: CallSession | null;
  /** The state that costs nothing to answer: a healthy watch holds it. */
  current(): CallSession | null;
  /** Reads the call; questions at the same time share one request. */
  read(signal?: AbortSignal): Promise<CallSession | null>;
  /** Takes in what a read or a command brought; answers the state to show. */
  take(observation: Observation): Promise<CallSession | null>;
  takeParty(party: CallParty, times: Pick<Observation, 'sentAt' | 'receivedAt'>): Promise<CallParty>;
  /** A command went out whose effect is not in its answer: what is held, and what is on its way, may be old. */
  invalidate(): void;
  /** Watches for queries that keep asking. Settles once the watch can answer, or cannot soon. */
  watchForQueries(): Promise<void>;
  events(after: string | null, dropped: (() => boolean) | undefined): Line<CallEvent>;
  parties(partyId: string | null): Line<CallPartyUpdate>;
  /** Tells every reader of the events something that is no change of the call. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** Ends every line and the watch. */
  stop(): void;
}

const DEGRADED = 'RingCentral does not answer, or limits us: what is shown may be old.';

/** Brings the last answer of RingCentral to whoever measures how long a change took to the client. */
const receivedAt = new WeakMap<object, number>();

/** When RingCentral's answer that showed this event arrived, epoch milliseconds; null for anything else. */
export function receivedAtOf(event: unknown): number | null {
  return receivedAt.get(event as object) ?? null;
}

interface Reader {
  /** Gives the reader the state it starts from. */
  readonly start: (session: CallSession) => void;
  /** Tells a reader of the events why it still waits. */
  readonly tell?: (event: CallEvent) => void;
  readonly fail: (error: unknown) => void;
  readonly end: () => void;
}

export function createWatchedCall(parts: WatchedCallParts): WatchedCall {
  const { sessionId, source, limits, metrics, cursors } = parts;
  const eventLines = new Set<Line<CallEvent>>();
  const partyLines = new Map<Line<CallPartyUpdate>, string | null>();
  /** Readers that wait for the first state. */
  const waiting = new Map<object, Reader>();
  let held: Held | null = null;
  /** When the body that is held was asked for. */
  let heldSince = -Infinity;
  let invalidatedAt = -Infinity;
  let watch: Watch | null = null;
  /** The watch has answered since it began, so that its readers may start from what is held. */
  let fresh = false;
  let over = false;
  let troubled = false;
  let replay: Replay<CallEvent> | null = null;
  let flight: Flight | null = null;
  let keepUntil = -Infinity;
  let goodbye: ReturnType<typeof setTimeout> | null = null;

  const eventRules: QueueRules<CallEvent> = {
    limit: limits.queueLimit,
    key: newsOf,
    merge: mergeEvents,
    onSkip: () => metrics.skippedEvents.inc(),
  };
  const partyRules: QueueRules<CallPartyUpdate> = {
    limit: limits.queueLimit,
    key: ({ party }) => party.id,
    merge: (_, newer) => newer,
    onSkip: () => metrics.skippedEvents.inc(),
  };

  return {
    get held() {
      return held?.session ?? null;
    },
    current() {
      return held !== null && watch?.isHealthy() === true ? held.session : null;
    },
    read,
    take: (observation) => take(observation, 0),
    async takeParty(party, times) {
      if (held === null) return { ...party, observedAt: times.receivedAt };
      const session = await take({ ...times, session: withParty(held.session, party), only: party.id }, 0);
      return (session === null ? undefined : findParty(session, party.id)) ?? party;
    },
    invalidate() {
      invalidatedAt = Date.now();
      if (held !== null) held = { ...held, changedAt: invalidatedAt };
      // Whoever asks from now on must not be handed what was asked for before.
      flight = null;
      watch?.poke();
    },
    async watchForQueries() {
      keepUntil = Math.max(keepUntil, Date.now() + limits.queryLinger);
      if (watch === null && !over) beginWatch(heldSince);
      await watch?.settled;
    },
    events(after, dropped) {
      const line: Line<CallEvent> = createLine(eventRules, () => {
        eventLines.delete(line);
        waiting.delete(line);
        metrics.subscribers.dec({ field: 'callEvents' });
        letGo(dropped?.() === true ? limits.retention : limits.linger);
      });
      const memory = memoryOfEvents();
      const missed = after === null ? 'SUBSCRIBED' : memory.after(after, Date.now());
      metrics.subscribers.inc({ field: 'callEvents' });
      if (typeof missed === 'string') {
        enter(line, {
          start: (session) => {
            line.push(snapshot(session, missed));
            if (troubled) line.push(trouble(Date.now()));
            eventLines.add(line);
          },
          tell: (event) => line.push(event),
          fail: (error) => line.fail(error),
          end: () => line.end(),
        });
        if (waiting.has(line) && troubled) line.push(trouble(Date.now()));
      } else {
        for (const event of missed) line.push(event);
        eventLines.add(line);
        if (over) line.end();
        else beginWatch(null);
      }
      return line;
    },
    parties(partyId) {
      const line: Line<CallPartyUpdate> = createLine(partyRules, () => {
        partyLines.delete(line);
        waiting.delete(line);
        metrics.subscribers.dec({ field: 'callPartyUpdated' });
        letGo(limits.linger);
      });
      metrics.subscribers.inc({ field: 'callPartyUpdated' });
      enter(line, {
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
    },
    notify(kind, message, at) {
      const { cursor } = memoryOfEvents();
      const event = notice(cursor, kind, message, { at });
      for (const line of eventLines) line.push(event);
    },
    stop() {
      endLines((line) => line.end());
      endWatch();
    },
  };

  /** Lets a reader in: at once where the state is fresh, else with the first answer of the watch. */
  function enter(line: object, reader: Reader): void {
    if (held !== null && (over || (watch !== null && (fresh || watch.isHealthy())))) {
      reader.start(held.session);
      if (over) reader.end();
      return;
    }
    waiting.set(line, reader);
    beginWatch(null);
  }

  function beginWatch(knownSince: number | null): void {
    if (watch !== null) return;
    cancelGoodbye();
    parts.onActive(true);
    memoryOfEvents();
    const known = knownSince !== null && Number.isFinite(knownSince) ? knownSince : null;
    fresh = false;
    watch = createWatch({
      source,
      sessionId,
      habits: parts.habits,
      pace: parts.pace,
      pollTimeout: parts.pollTimeout,
      metrics,
      log: parts.log,
      knownSince: known,
      changedAt: () => held?.changedAt ?? -Infinity,
      onReading,
      onStillTrue: start,
      onTrouble,
      onDenied,
    });
    letGo(0);
  }

  function endWatch(): void {
    watch?.stop();
    watch = null;
    fresh = false;
    troubled = false;
  }

  function onReading(reading: Reading<CallSession | null>): 'confirmed' | 'changed' | 'doubtful' | 'over' {
    if (troubled) {
      troubled = false;
      tellEverybody(
        publish(reading.receivedAt, (cursor) =>
          notice(cursor, 'RECOVERED', 'RingCentral answers again; what follows is the true state.', {}),
        ),
      );
    }
    const body = reading.value ?? (held === null ? null : ended(held.session));
    if (body === null) {
      vanished(new CallNotFound('RingCentral knows no such call (any more).', 'telephonySessionId'));
      return 'over';
    }
    const sentAt = reading.value === null ? reading.receivedAt : reading.sentAt;
    const kind = merge({ session: body, sentAt, receivedAt: reading.receivedAt });
    if (kind === 'doubtful') return kind;
    start();
    return over ? 'over' : kind;
  }

  function onTrouble(nextAt: number): void {
    if (troubled) return;
    troubled = true;
    tellEverybody(
      publish(Date.now(), (cursor) => notice(cursor, 'UPSTREAM_DEGRADED', DEGRADED, { at: nextAt })),
    );
  }

  /** Also those who wait for the first state, so that they know why they wait. */
  function tellEverybody(event: CallEvent): void {
    for (const reader of waiting.values()) reader.tell?.(event);
  }

  function onDenied(error: Unauthenticated | Forbidden): void {
    endWatch();
    endLines((line) => line.fail(error));
    // Whoever comes back with a fresh token and a cursor goes on where they were.
    letGo(limits.retention);
  }

  function vanished(error: unknown): void {
    endWatch();
    endLines((line) => line.fail(error));
    letGo(0);
  }

  /** Takes a body in, and tells everybody what it changed. */
  function merge(observation: Observation): 'confirmed' | 'changed' | 'doubtful' {
    if (observation.sentAt < invalidatedAt && held === null) return 'doubtful';
    const verdict = observe(held, observation);
    if (verdict.kind === 'doubtful') return 'doubtful';
    const first = held === null;
    held = verdict.held;
    if (observation.only === undefined) heldSince = Math.max(heldSince, observation.sentAt);
    if (verdict.kind === 'changed' && !first) announce(verdict.transitions, observation.receivedAt);
    if (watch !== null && !over && isCallOver(held.session)) finish(observation.receivedAt);
    return verdict.kind;
  }

  function announce(transitions: readonly Transition[], at: number): void {
    const session = held?.session;
    if (session === undefined) return;
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
          notice(cursor, 'MOVED', 'The party went to another call.', {
            partyId: party.id,
            movedTo: party.status.peerId,
          }),
        );
      }
    }
  }

  /** The call is over: the last event, and then silence. */
  function finish(at: number): void {
    over = true;
    start();
    publish(at, (cursor) => notice(cursor, 'CALL_ENDED', 'The call is over.', { at }));
    endLines((line) => line.end());
    endWatch();
    letGo(limits.retention);
  }

  /** Gives everybody who waits the state to start from. */
  function start(): void {
    fresh = true;
    if (held === null) return;
    const readers = [...waiting.values()];
    waiting.clear();
    for (const reader of readers) reader.start(held.session);
  }

  function publish(at: number, make: (cursor: string) => CallEvent): CallEvent {
    const event = memoryOfEvents().add(at, make);
    receivedAt.set(event, at);
    for (const line of eventLines) line.push(event);
    return event;
  }

  function endLines(finish: (line: { end(): void; fail(error: unknown): void }) => void): void {
    const readers = [...eventLines, ...partyLines.keys(), ...waiting.values()];
    eventLines.clear();
    partyLines.clear();
    waiting.clear();
    for (const reader of readers) finish(reader);
  }

  function memoryOfEvents(): Replay<CallEvent> {
    replay ??= createReplay(cursors, { lifetime: limits.retention, most: limits.replayLimit });
    return replay;
  }

  function trouble(nextAt: number): CallStreamNotice {
    return notice(memoryOfEvents().cursor, 'UPSTREAM_DEGRADED', DEGRADED, { at: nextAt });
  }

  function snapshot(session: CallSession, reason: SnapshotReason): CallEvent {
    return { type: 'CallSnapshot', cursor: memoryOfEvents().cursor, reason, session };
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

  /** Somebody left: the watch stays `patience` milliseconds, and as long as anybody is there. */
  function letGo(patience: number): void {
    keepUntil = Math.max(keepUntil, Date.now() + patience);
    if (goodbye !== null) return;
    goodbye = setTimeout(considerGoodbye, Math.max(patience, keepUntil - Date.now()));
    goodbye.unref();
  }

  function considerGoodbye(): void {
    goodbye = null;
    const readers = eventLines.size + partyLines.size + waiting.size;
    if (readers > 0) return;
    if (keepUntil > Date.now()) {
      letGo(0);
      return;
    }
    endWatch();
    replay = null;
    parts.onActive(false);
  }

  function cancelGoodbye(): void {
    if (goodbye !== null) clearTimeout(goodbye);
    goodbye = null;
  }

  function read(signal?: AbortSignal): Promise<CallSession | null> {
    flight ??= takeOff();
    return join(flight, signal);
  }

  function takeOff(): Flight {
    const controller = new AbortController();
    const forget = () => {
      if (flight === started) flight = null;
    };
    const started: Flight = {
      passengers: 0,
      landing: land(),
      callOff() {
        forget();
        controller.abort();
      },
    };
    return started;

    async function land(): Promise<CallSession | null> {
      // The flight is known to everybody before its request leaves.
      await null;
      try {
        const reading = await source().readSession(sessionId, {
          lane: 'query',
          signal: controller.signal,
        });
        parts.habits.noteTimes(reading);
        forget();
        if (reading.value === null) return lost();
        return await take({ ...reading, session: reading.value }, 1);
      } finally {
        forget();
      }
    }
  }

  function lost(): null {
    if (watch === null) held = null;
    else watch.poke();
    return null;
  }

  /** Takes a body in; where it is in doubt, what is read next decides. `attempt` keeps it from reading forever. */
  async function take(observation: Observation, attempt: number): Promise<CallSession | null> {
    const kind = merge(observation);
    if (kind === 'doubtful' && attempt < 2) {
      watch?.poke();
      const reading = await source().readSession(sessionId, { lane: 'query' });
      if (reading.value === null) return lost();
      return take({ ...reading, session: reading.value }, attempt + 1);
    }
    return held?.session ?? observation.session;
  }
}

/** A read that several questions share. */
interface Flight {
  readonly landing: Promise<CallSession | null>;
  /** How many questions wait for it. */
  passengers: number;
  readonly callOff: () => void;
}

/** Waits for a shared read; it is only called off when nobody waits for it any more. */
async function join(flight: Flight, signal: AbortSignal | undefined): Promise<CallSession | null> {
  flight.passengers += 1;
  try {
    if (signal === undefined) return await flight.landing;
    signal.throwIfAborted();
    return await Promise.race([flight.landing, aborted(signal)]);
  } finally {
    flight.passengers -= 1;
    if (flight.passengers === 0) flight.callOff();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
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
