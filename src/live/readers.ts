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
import type { CallSession, PartyAddress } from '../../schema/model.ts';
import type { CallEvent, CallPartyUpdate, CallSnapshot, StreamNoticeKind } from '../../schema/provider.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  asNews,
  changeEvent,
  endEvent,
  mergeEvents,
  moveEvent,
  newsOf,
  notice,
  recoveryEvent,
  snapshot,
  troubleEvent,
} from './events.ts';
import { createLine, type Line, type QueueRules } from './exchange.ts';
import type { CursorScope, Place, Replay, ReplayLimits } from './replay.ts';
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

/** What the readers of every call need; one for all of them. */
export interface ReaderParts {
  readonly limits: ReaderLimits;
  readonly rules: ReaderRules;
  /** Asked for when there are events to mark. */
  readonly cursors: (sessionId: string) => CursorScope;
  readonly metrics: Metrics;
}

/** How readers queue what they have not read yet, and what is kept for those who come back. */
export interface ReaderRules {
  readonly events: QueueRules<CallEvent>;
  readonly parties: QueueRules<CallPartyUpdate>;
  readonly replay: ReplayLimits;
}

/** The call that is read of: what its readers ask of it, and tell it. */
export interface ReadCall {
  readonly sessionId: string;
  /** What a reader may start from; null while nothing fresh is known. */
  readerState(): { readonly session: CallSession; readonly isOver: boolean } | null;
  /** Somebody waits for news: a watch is wanted. */
  onWanted(): void;
  /** True once it is known what was told before; whoever comes back waits for that. */
  isOpen(): boolean;
  /** Makes what remembers its events. */
  createReplay(): Replay<CallEvent>;
  /** A reader left; the call is worth a watch for so many milliseconds still. */
  onLeave(patience: number): void;
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
  /** Tells one change that stands at a place, without the notice of a move: that has a place of its own. */
  tellChange(session: CallSession, transition: Transition, at: number, place: Place | null): void;
  tellMove(partyId: string, movedTo: PartyAddress, at: number, place: Place | null): void;
  /** Tells a change of which only what follows is a place to come back to. */
  tellBetween(session: CallSession, transition: Transition, at: number): void;
  /** What is shown may be old; the next try is at `at`. Told once, until the recovery. */
  tellTrouble(at: number, place?: Place | null): void;
  /** What is shown is true again. Told only after trouble. */
  tellRecovery(place?: Place | null): void;
  /** What was told of trouble before anybody read here; null: nothing. */
  noteTrouble(at: number | null): void;
  /** The call is over: the last event, and then silence. */
  tellEnd(at: number, place?: Place | null): void;
  /** It is known now what was told before. */
  admit(): void;
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

/** Makes the rules; they are the same for all readers. */
export function createReaderRules(limits: ReaderLimits, metrics: Metrics): ReaderRules {
  const shared = { limit: limits.queueLimit, onSkip: () => metrics.skippedEvents.inc() };
  return {
    replay: { lifetime: limits.retention, most: limits.replayLimit },
    events: { ...shared, key: newsOf, merge: mergeEvents },
    parties: { ...shared, key: ({ party }) => party.id, merge: (_, newer) => newer },
  };
}

/** Makes it; nobody reads yet, and nothing is remembered. */
export function createReaders(parts: ReaderParts, call: ReadCall): Readers {
  return new CallReaders(parts, call);
}

/** What nobody has joined yet; never written to. */
const NONE: never[] = [];

/** A class whose lists are made for those who are on them, because every watched call has one. */
class CallReaders implements Readers {
  readonly #parts: ReaderParts;
  readonly #call: ReadCall;
  #events: Set<Line<CallEvent>> | null = null;
  #parties: Map<Line<CallPartyUpdate>, string | null> | null = null;
  #newcomers: Map<object, Newcomer> | null = null;
  /** Who came back, before it is known what was told meanwhile. */
  #returning: Map<Line<CallEvent>, string> | null = null;
  /** When the upstream fails: the time of the next try. */
  #nextTry: number | null = null;
  /** The events that somebody may come back for; null while the call is only a memory. */
  #replay: Replay<CallEvent> | null = null;

  constructor(parts: ReaderParts, call: ReadCall) {
    this.#parts = parts;
    this.#call = call;
  }

  count(): number {
    return sizeOf(this.#events) + sizeOf(this.#parties) + sizeOf(this.#newcomers) + sizeOf(this.#returning);
  }

  isRemembering(): boolean {
    return this.#replay !== null;
  }

  remember(): void {
    this.#memory();
  }

  start(session: CallSession): void {
    const waiting = [...(this.#newcomers?.values() ?? NONE)];
    this.#newcomers = null;
    for (const newcomer of waiting) newcomer.start(session, false);
  }

  tell(session: CallSession, transitions: readonly Transition[], at: number): void {
    if (this.#replay === null) return;
    for (const transition of transitions) {
      this.tellChange(session, transition, at, null);
      const { party } = transition;
      if (hasMoved(transition) && party.status.peerId !== null) {
        this.tellMove(party.id, party.status.peerId, at, null);
      }
    }
  }

  tellTrouble(at: number, place?: Place | null): void {
    const isNew = this.#nextTry === null;
    this.#nextTry = at;
    if (isNew) this.#tellAll(this.#memory().add(Date.now(), (cursor) => this.#degraded(cursor, at), place));
  }

  noteTrouble(at: number | null): void {
    this.#nextTry = at;
  }

  tellRecovery(place?: Place | null): void {
    if (this.#nextTry === null) return;
    this.#nextTry = null;
    const recovered = (cursor: string) => recoveryEvent(this.#call.sessionId, cursor);
    this.#tellAll(this.#memory().add(Date.now(), recovered, place));
  }

  tellEnd(at: number, place?: Place | null): void {
    this.#publish(at, (cursor) => this.#ended(cursor), place);
    this.end();
  }

  notify(kind: StreamNoticeKind, message: string, at: number): void {
    if (this.#replay === null) return;
    this.#tellAll(notice(this.#call.sessionId, this.#replay.cursor, kind, message, { at }));
  }

  end(): void {
    for (const reader of this.#dismissed()) reader.end();
  }

  fail(error: unknown): void {
    for (const reader of this.#dismissed()) reader.fail(error);
  }

  forget(): void {
    this.#replay = null;
  }

  events(after: string | null, dropped: (() => boolean) | undefined): Line<CallEvent> {
    const { limits, rules, metrics } = this.#parts;
    const line = createLine(rules.events, (line) => {
      this.#events?.delete(line);
      this.#newcomers?.delete(line);
      this.#returning?.delete(line);
      metrics.subscribers.dec({ field: 'callEvents' });
      this.#call.onLeave(dropped?.() === true ? limits.retention : limits.linger);
    });
    metrics.subscribers.inc({ field: 'callEvents' });
    if (after === null || this.#call.isOpen()) {
      this.#open(line, after);
    } else {
      this.#returning ??= new Map();
      this.#returning.set(line, after);
      this.#memory();
      this.#call.onWanted();
    }
    return line;
  }

  admit(): void {
    const returning = [...(this.#returning ?? NONE)];
    this.#returning = null;
    for (const [line, after] of returning) this.#open(line, after);
  }

  #open(line: Line<CallEvent>, after: string | null): void {
    const past = this.#memory();
    const missed = after === null ? 'SUBSCRIBED' : past.after(after, Date.now());
    if (typeof missed === 'string') {
      this.#letIn(line, {
        start: (session, isOver) =>
          this.#startEvents(line, snapshot(this.#memory().cursor, missed, session), isOver),
        tell: (event) => line.push({ ...event, cursor: past.nowhere }),
        fail: (error) => line.fail(error),
        end: () => line.end(),
      });
    } else {
      // Copies: they are no news, so their way to the client tells nothing of how fast news travel.
      for (const event of missed) line.push({ ...event });
      this.#join(line);
      if (this.#call.readerState()?.isOver === true) line.end();
      else this.#call.onWanted();
    }
  }

  parties(partyId: string | null): Line<CallPartyUpdate> {
    const { limits, rules, metrics } = this.#parts;
    const line = createLine(rules.parties, (line) => {
      this.#parties?.delete(line);
      this.#newcomers?.delete(line);
      metrics.subscribers.dec({ field: 'callPartyUpdated' });
      this.#call.onLeave(limits.linger);
    });
    metrics.subscribers.inc({ field: 'callPartyUpdated' });
    this.#letIn(line, {
      start: (session) => {
        for (const party of session.parties) {
          if (partyId === null || partyId === party.id) line.push({ party, session });
        }
        this.#parties ??= new Map();
        this.#parties.set(line, partyId);
      },
      fail: (error) => line.fail(error),
      end: () => line.end(),
    });
    return line;
  }

  #startEvents(line: Line<CallEvent>, first: CallSnapshot, isOver: boolean): void {
    line.push(first);
    if (isOver) line.push(this.#ended(first.cursor));
    else if (this.#nextTry !== null) line.push(this.#degraded(first.cursor, this.#nextTry));
    this.#join(line);
  }

  #join(line: Line<CallEvent>): void {
    this.#events ??= new Set();
    this.#events.add(line);
  }

  /** Lets a reader in: at once where the state is fresh, else with the first answer of the watch. */
  #letIn(line: object, newcomer: Newcomer): void {
    const state = this.#call.readerState();
    if (state !== null) {
      newcomer.start(state.session, state.isOver);
      if (state.isOver) newcomer.end();
      return;
    }
    this.#newcomers ??= new Map();
    this.#newcomers.set(line, newcomer);
    if (this.#nextTry !== null) newcomer.tell?.(this.#degraded(this.#memory().nowhere, this.#nextTry));
    this.#call.onWanted();
  }

  tellChange(session: CallSession, transition: Transition, at: number, place: Place | null): void {
    this.#publish(at, (cursor) => changeEvent(session, transition, cursor), place);
    this.#tellParty(session, transition, at);
  }

  tellMove(partyId: string, movedTo: PartyAddress, at: number, place: Place | null): void {
    this.#publish(at, (cursor) => moveEvent(this.#call.sessionId, partyId, movedTo, cursor), place);
  }

  tellBetween(session: CallSession, transition: Transition, at: number): void {
    const event = asNews(changeEvent(session, transition, this.#memory().nowhere), at);
    for (const line of this.#events ?? NONE) line.push(event);
    this.#tellParty(session, transition, at);
  }

  #tellParty(session: CallSession, { party }: Transition, at: number): void {
    if (this.#parties === null) return;
    const update = asNews({ party, session }, at);
    for (const [line, partyId] of this.#parties) {
      if (partyId === null || partyId === party.id) line.push(update);
    }
  }

  /** Keeps an event for those who come back, and gives it to those who are here. */
  #publish(at: number, make: (cursor: string) => CallEvent, place?: Place | null): void {
    const kept = this.#memory().keep(Date.now(), make, place);
    if (this.#events === null || this.#events.size === 0) return;
    const event = asNews(kept.event(), at);
    for (const line of this.#events) line.push(event);
  }

  /** Also to those who wait for the first state, so that they know why they wait. */
  #tellAll(event: CallEvent): void {
    for (const line of this.#events ?? NONE) line.push(event);
    for (const newcomer of this.#newcomers?.values() ?? NONE) newcomer.tell?.(event);
  }

  #ended(cursor: string): CallEvent {
    return endEvent(this.#call.sessionId, cursor);
  }

  #degraded(cursor: string, at: number): CallEvent {
    return troubleEvent(this.#call.sessionId, at, cursor);
  }

  /** Everybody, who are readers no more. */
  #dismissed(): readonly Dismissed[] {
    const readers = [
      ...(this.#events ?? NONE),
      ...(this.#parties?.keys() ?? NONE),
      ...(this.#newcomers?.values() ?? NONE),
      ...(this.#returning?.keys() ?? NONE),
    ];
    this.#returning = null;
    this.#events = null;
    this.#parties = null;
    this.#newcomers = null;
    return readers;
  }

  #memory(): Replay<CallEvent> {
    this.#replay ??= this.#call.createReplay();
    return this.#replay;
  }
}

/** Whoever reads no more, and is told so. */
type Dismissed = Pick<Newcomer, 'end' | 'fail'>;

function sizeOf(list: { readonly size: number } | null): number {
  return list?.size ?? 0;
}
