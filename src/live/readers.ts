/**
 * Who reads of one call, and what they are told.
 *
 * ```text
 *   newcomer ──the first fresh state──► reader ──left, or the call is over──► gone
 *      └── hears of trouble, so that it knows why it waits
 * ```
 *
 * Events are kept for those who come back with a cursor, from when the call is remembered until it is forgotten.
 */
import type { CallSession } from '../../schema/model.ts';
import type { CallEvent, CallPartyUpdate, StreamNoticeKind } from '../../schema/provider.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { asNews, MESSAGES, mergeEvents, newsOf, notice, snapshot } from './events.ts';
import { createLine, type Line, type QueueRules } from './exchange.ts';
import { type CursorScope, createReplay, type Replay } from './replay.ts';
import { hasMoved, type Transition } from './transitions.ts';

/** What readers cost at most, and how long they are waited for; times in milliseconds. */
export interface ReaderLimits {
  /** How long a watch outlives its last reader who said goodbye. */
  readonly linger: number;
  /** How long a watch and its events outlive a reader whose connection broke. */
  readonly retention: number;
  /** Events that a reader may be behind before older ones are replaced. */
  readonly queueLimit: number;
  /** Events kept for resuming, of one call. */
  readonly replayLimit: number;
}

/** What the readers of a call need. */
export interface ReaderParts {
  readonly sessionId: string;
  readonly limits: ReaderLimits;
  /** Asked for when there are events to mark. */
  readonly cursors: () => CursorScope;
  readonly metrics: Metrics;
  /** What a reader may start from; null while nothing fresh is known. */
  readonly state: () => { readonly session: CallSession; readonly isOver: boolean } | null;
  /** Somebody waits for news: a watch is wanted. */
  readonly onWanted: () => void;
  /** A reader left; the call is worth a watch for so many milliseconds still. */
  readonly onLeave: (patience: number) => void;
}

/** Everybody who reads of one call. */
export interface Readers {
  /** How many there are, newcomers included. */
  count(): number;
  /** True while events are kept for those who come back. */
  isRemembering(): boolean;
  events(after: string | null, dropped: (() => boolean) | undefined): Line<CallEvent>;
  parties(partyId: string | null): Line<CallPartyUpdate>;
  /** From now on events are kept. */
  remember(): void;
  /** Gives everybody who waits the state to start from. */
  start(session: CallSession): void;
  /** Tells what changed; `at` is when the answer that showed it arrived. */
  tell(session: CallSession, transitions: readonly Transition[], at: number): void;
  /** What is shown may be old; the next try is at `at`. Told once, until the recovery. */
  tellTrouble(at: number): void;
  /** What is shown is true again. Told only after trouble. */
  tellRecovery(): void;
  /** The call is over: the last event, and then silence. */
  tellEnd(at: number): void;
  /** Something that is no change of the call. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** Ends every line without a word, or with an error. */
  end(): void;
  fail(error: unknown): void;
  /** The events are kept no more: cursors from before are expired. */
  forget(): void;
}

/** A reader that waits for the first state. */
interface Newcomer {
  /** Gives it the state it starts from. */
  readonly start: (session: CallSession, isOver: boolean) => void;
  /** Tells a reader of the events why it still waits. */
  readonly tell?: (event: CallEvent) => void;
  readonly fail: (error: unknown) => void;
  readonly end: () => void;
}

/** Makes it; nobody reads yet, and nothing is remembered. */
export function createReaders(parts: ReaderParts): Readers {
  const { sessionId, limits, metrics } = parts;
  const eventLines = new Set<Line<CallEvent>>();
  const partyLines = new Map<Line<CallPartyUpdate>, string | null>();
  const newcomers = new Map<object, Newcomer>();
  /** When the upstream fails: the time of the next try. */
  let nextTry: number | null = null;
  /** The events that somebody may come back for; null while the call is only a memory. */
  let replay: Replay<CallEvent> | null = null;

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
    count() {
      return eventLines.size + partyLines.size + newcomers.size;
    },
    isRemembering() {
      return replay !== null;
    },
    events,
    parties,
    remember() {
      memory();
    },
    start(session) {
      const waiting = [...newcomers.values()];
      newcomers.clear();
      for (const newcomer of waiting) newcomer.start(session, false);
    },
    tell(session, transitions, at) {
      if (replay === null) return;
      for (const transition of transitions) tellChange(session, transition, at);
    },
    tellTrouble(at) {
      const isNew = nextTry === null;
      nextTry = at;
      if (isNew) tellAll(memory().add(Date.now(), (cursor) => degraded(cursor, at)));
    },
    tellRecovery() {
      if (nextTry === null) return;
      nextTry = null;
      const recovered = (cursor: string) => notice(sessionId, cursor, 'RECOVERED', MESSAGES.RECOVERED);
      tellAll(memory().add(Date.now(), recovered));
    },
    tellEnd(at) {
      publish(at, ended);
      endLines((line) => line.end());
    },
    notify(kind, message, at) {
      if (replay !== null) tellAll(notice(sessionId, replay.cursor, kind, message, { at }));
    },
    end: () => endLines((line) => line.end()),
    fail: (error) => endLines((line) => line.fail(error)),
    forget() {
      replay = null;
    },
  };

  function events(after: string | null, dropped: (() => boolean) | undefined): Line<CallEvent> {
    const line = createLine(eventRules, (line) => {
      eventLines.delete(line);
      newcomers.delete(line);
      metrics.subscribers.dec({ field: 'callEvents' });
      parts.onLeave(dropped?.() === true ? limits.retention : limits.linger);
    });
    metrics.subscribers.inc({ field: 'callEvents' });
    const past = memory();
    const missed = after === null ? 'SUBSCRIBED' : past.after(after, Date.now());
    if (typeof missed === 'string') {
      letIn(line, {
        start(session, isOver) {
          const { cursor } = memory();
          line.push(snapshot(cursor, missed, session));
          if (isOver) line.push(ended(cursor));
          else if (nextTry !== null) line.push(degraded(cursor, nextTry));
          eventLines.add(line);
        },
        tell: (event) => line.push({ ...event, cursor: past.nowhere }),
        fail: (error) => line.fail(error),
        end: () => line.end(),
      });
    } else {
      // Copies: they are no news, so their way to the client tells nothing of how fast news travel.
      for (const event of missed) line.push({ ...event });
      eventLines.add(line);
      if (parts.state()?.isOver === true) line.end();
      else parts.onWanted();
    }
    return line;
  }

  function parties(partyId: string | null): Line<CallPartyUpdate> {
    const line = createLine(partyRules, (line) => {
      partyLines.delete(line);
      newcomers.delete(line);
      metrics.subscribers.dec({ field: 'callPartyUpdated' });
      parts.onLeave(limits.linger);
    });
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

  /** Lets a reader in: at once where the state is fresh, else with the first answer of the watch. */
  function letIn(line: object, newcomer: Newcomer): void {
    const state = parts.state();
    if (state !== null) {
      newcomer.start(state.session, state.isOver);
      if (state.isOver) newcomer.end();
      return;
    }
    newcomers.set(line, newcomer);
    if (nextTry !== null) newcomer.tell?.(degraded(memory().nowhere, nextTry));
    parts.onWanted();
  }

  function tellChange(session: CallSession, transition: Transition, at: number): void {
    const { party, previousStatus } = transition;
    publish(at, (cursor) => ({
      type: 'CallPartyChange',
      cursor,
      party,
      previousStatus,
      skipped: 0,
      session,
    }));
    const update = asNews({ party, session }, at);
    for (const [line, partyId] of partyLines) {
      if (partyId === null || partyId === party.id) line.push(update);
    }
    if (hasMoved(transition)) {
      const facts = { partyId: party.id, movedTo: party.status.peerId };
      publish(at, (cursor) => notice(sessionId, cursor, 'MOVED', MESSAGES.MOVED, facts));
    }
  }

  /** Keeps an event for those who come back, and gives it to those who are here. */
  function publish(at: number, make: (cursor: string) => CallEvent): void {
    const kept = memory().keep(Date.now(), make);
    if (eventLines.size === 0) return;
    const event = asNews(kept.event(), at);
    for (const line of eventLines) line.push(event);
  }

  /** Also to those who wait for the first state, so that they know why they wait. */
  function tellAll(event: CallEvent): void {
    for (const line of eventLines) line.push(event);
    for (const newcomer of newcomers.values()) newcomer.tell?.(event);
  }

  function ended(cursor: string): CallEvent {
    return notice(sessionId, cursor, 'CALL_ENDED', MESSAGES.CALL_ENDED);
  }

  function degraded(cursor: string, at: number): CallEvent {
    return notice(sessionId, cursor, 'UPSTREAM_DEGRADED', MESSAGES.UPSTREAM_DEGRADED, { at });
  }

  function endLines(finish: (line: { end(): void; fail(error: unknown): void }) => void): void {
    const readers = [...eventLines, ...partyLines.keys(), ...newcomers.values()];
    eventLines.clear();
    partyLines.clear();
    newcomers.clear();
    for (const reader of readers) finish(reader);
  }

  function memory(): Replay<CallEvent> {
    replay ??= createReplay(parts.cursors(), { lifetime: limits.retention, most: limits.replayLimit });
    return replay;
  }
}
