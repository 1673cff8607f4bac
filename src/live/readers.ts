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
import type { StreamNoticeKind } from '../../schema/provider.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { asNews, endEvent, mergedEvents, moveEvent, recoveryEvent, troubleEvent } from './events.ts';
import { createLine, type Line, type QueueRules } from './exchange.ts';
import type { CursorScope, Place, Replay, ReplayLimits } from './replay.ts';
import type { CallShape, Kind, Transition } from './shape.ts';

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
export interface ReaderParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly limits: ReaderLimits;
  readonly rules: ReaderRules<K>;
  /** Asked for when there are events to mark. */
  readonly cursors: (callId: string) => CursorScope;
  readonly metrics: Metrics;
}

/** How readers queue what they have not read yet, and what is kept for those who come back. */
export interface ReaderRules<K extends Kind> {
  readonly events: QueueRules<K['Event']>;
  readonly parties: QueueRules<K['Update']>;
  readonly replay: ReplayLimits;
}

/** The call that is read of: what its readers ask of it, and tell it. */
export interface ReadCall<K extends Kind> {
  readonly callId: string;
  /** What a reader may start from; null while nothing fresh is known. */
  readerState(): { readonly call: K['Call']; readonly isOver: boolean } | null;
  /** Somebody waits for news: a watch is wanted. */
  onWanted(): void;
  /** True once it is known what was told before; whoever comes back waits for that. */
  isOpen(): boolean;
  /** Makes what remembers its events. */
  createReplay(): Replay<K['Event']>;
  /** A reader left; the call is worth a watch for so many milliseconds still. */
  onLeave(patience: number): void;
}

/** Everybody who reads of one call. */
export interface Readers<K extends Kind> {
  /** How many there are, newcomers included. */
  count(): number;
  /** True while events are kept for those who come back. */
  isRemembering(): boolean;
  events(after: string | null, dropped: (() => boolean) | undefined): Line<K['Event']>;
  parties(partyId: string | null): Line<K['Update']>;
  /** From now on events are kept. */
  remember(): void;
  /** Gives everybody who waits the state to start from. */
  start(call: K['Call']): void;
  /** Tells what changed; `at` is when the answer that showed it arrived. */
  tell(call: K['Call'], transitions: readonly Transition<K>[], at: number): void;
  /** Tells one change that stands at a place, without the notice of a move: that has a place of its own. */
  tellChange(call: K['Call'], transition: Transition<K>, at: number, place: Place | null): void;
  tellMove(partyId: string, movedTo: K['Place'], at: number, place: Place | null): void;
  /** Tells a change of which only what follows is a place to come back to. */
  tellBetween(call: K['Call'], transition: Transition<K>, at: number): void;
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
interface Newcomer<K extends Kind> {
  /** Gives it the state it starts from. */
  readonly start: (call: K['Call'], isOver: boolean) => void;
  /** Tells a reader of the events why it still waits. */
  readonly tell?: (event: K['Event']) => void;
  readonly fail: (error: unknown) => void;
  readonly end: () => void;
}

/** Makes the rules; they are the same for all readers. */
export function createReaderRules<K extends Kind>(
  shape: CallShape<K>,
  limits: ReaderLimits,
  metrics: Metrics,
): ReaderRules<K> {
  const { words } = shape;
  const shared = { limit: limits.queueLimit, onSkip: () => metrics.skippedEvents.inc() };
  return {
    replay: { lifetime: limits.retention, most: limits.replayLimit },
    events: {
      ...shared,
      key: words.newsOf,
      merge: (older, newer) => mergedEvents(shape, older, newer),
    },
    parties: { ...shared, key: words.partyIdOf, merge: (_, newer) => newer },
  };
}

/** Makes it; nobody reads yet, and nothing is remembered. */
export function createReaders<K extends Kind>(parts: ReaderParts<K>, call: ReadCall<K>): Readers<K> {
  return new CallReaders(parts, call);
}

/** What nobody has joined yet; never written to. */
const NONE: never[] = [];

/** A class whose lists are made for those who are on them, because every watched call has one. */
class CallReaders<K extends Kind> implements Readers<K> {
  readonly #parts: ReaderParts<K>;
  readonly #call: ReadCall<K>;
  #events: Set<Line<K['Event']>> | null = null;
  #parties: Map<Line<K['Update']>, string | null> | null = null;
  #newcomers: Map<object, Newcomer<K>> | null = null;
  /** Who came back, before it is known what was told meanwhile. */
  #returning: Map<Line<K['Event']>, string> | null = null;
  /** When the upstream fails: the time of the next try. */
  #nextTry: number | null = null;
  /** The events that somebody may come back for; null while the call is only a memory. */
  #replay: Replay<K['Event']> | null = null;

  constructor(parts: ReaderParts<K>, call: ReadCall<K>) {
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

  start(call: K['Call']): void {
    const waiting = [...(this.#newcomers?.values() ?? NONE)];
    this.#newcomers = null;
    for (const newcomer of waiting) newcomer.start(call, false);
  }

  tell(call: K['Call'], transitions: readonly Transition<K>[], at: number): void {
    if (this.#replay === null) return;
    for (const transition of transitions) {
      this.tellChange(call, transition, at, null);
      const movedTo = this.#parts.shape.movedTo(transition);
      if (movedTo !== null) this.tellMove(transition.party.id, movedTo, at, null);
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
    const recovered = (cursor: string) => recoveryEvent(this.#parts.shape, this.#call.callId, cursor);
    this.#tellAll(this.#memory().add(Date.now(), recovered, place));
  }

  tellEnd(at: number, place?: Place | null): void {
    this.#publish(at, (cursor) => this.#ended(cursor), place);
    this.end();
  }

  notify(kind: StreamNoticeKind, message: string, at: number): void {
    if (this.#replay === null) return;
    const { words } = this.#parts.shape;
    this.#tellAll(words.notice(this.#call.callId, this.#replay.cursor, kind, message, { at }));
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

  events(after: string | null, dropped: (() => boolean) | undefined): Line<K['Event']> {
    const { limits, rules, metrics, shape } = this.#parts;
    const { fields } = shape.words;
    const line = createLine(rules.events, (line) => {
      this.#events?.delete(line);
      this.#newcomers?.delete(line);
      this.#returning?.delete(line);
      metrics.subscribers.dec({ field: fields.events });
      this.#call.onLeave(dropped?.() === true ? limits.retention : limits.linger);
    });
    metrics.subscribers.inc({ field: fields.events });
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

  #open(line: Line<K['Event']>, after: string | null): void {
    const past = this.#memory();
    const { words } = this.#parts.shape;
    const missed = after === null ? 'SUBSCRIBED' : past.after(after, Date.now());
    if (typeof missed === 'string') {
      this.#letIn(line, {
        start: (call, isOver) =>
          this.#startEvents(line, words.snapshot(this.#memory().cursor, missed, call), isOver),
        tell: (event) => line.push(words.withCursor(event, past.nowhere)),
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

  parties(partyId: string | null): Line<K['Update']> {
    const { limits, rules, metrics, shape } = this.#parts;
    const { fields } = shape.words;
    const line = createLine(rules.parties, (line) => {
      this.#parties?.delete(line);
      this.#newcomers?.delete(line);
      metrics.subscribers.dec({ field: fields.updates });
      this.#call.onLeave(limits.linger);
    });
    metrics.subscribers.inc({ field: fields.updates });
    this.#letIn(line, {
      start: (call) => {
        for (const party of shape.partiesOf(call)) {
          if (partyId === null || partyId === party.id) line.push(shape.words.update(party, call));
        }
        this.#parties ??= new Map();
        this.#parties.set(line, partyId);
      },
      fail: (error) => line.fail(error),
      end: () => line.end(),
    });
    return line;
  }

  #startEvents(line: Line<K['Event']>, first: K['Event'], isOver: boolean): void {
    line.push(first);
    if (isOver) line.push(this.#ended(first.cursor));
    else if (this.#nextTry !== null) line.push(this.#degraded(first.cursor, this.#nextTry));
    this.#join(line);
  }

  #join(line: Line<K['Event']>): void {
    this.#events ??= new Set();
    this.#events.add(line);
  }

  /** Lets a reader in: at once where the state is fresh, else with the first answer of the watch. */
  #letIn(line: object, newcomer: Newcomer<K>): void {
    const state = this.#call.readerState();
    if (state !== null) {
      newcomer.start(state.call, state.isOver);
      if (state.isOver) newcomer.end();
      return;
    }
    this.#newcomers ??= new Map();
    this.#newcomers.set(line, newcomer);
    if (this.#nextTry !== null) newcomer.tell?.(this.#degraded(this.#memory().nowhere, this.#nextTry));
    this.#call.onWanted();
  }

  tellChange(call: K['Call'], transition: Transition<K>, at: number, place: Place | null): void {
    const { words } = this.#parts.shape;
    this.#publish(at, (cursor) => words.change(call, transition, cursor), place);
    this.#tellParty(call, transition, at);
  }

  tellMove(partyId: string, movedTo: K['Place'], at: number, place: Place | null): void {
    const { shape } = this.#parts;
    this.#publish(at, (cursor) => moveEvent(shape, this.#call.callId, partyId, movedTo, cursor), place);
  }

  tellBetween(call: K['Call'], transition: Transition<K>, at: number): void {
    const { words } = this.#parts.shape;
    const event = asNews(words.change(call, transition, this.#memory().nowhere), at);
    for (const line of this.#events ?? NONE) line.push(event);
    this.#tellParty(call, transition, at);
  }

  #tellParty(call: K['Call'], { party }: Transition<K>, at: number): void {
    if (this.#parties === null) return;
    const update = asNews(this.#parts.shape.words.update(party, call), at);
    for (const [line, partyId] of this.#parties) {
      if (partyId === null || partyId === party.id) line.push(update);
    }
  }

  /** Keeps an event for those who come back, and gives it to those who are here. */
  #publish(at: number, make: (cursor: string) => K['Event'], place?: Place | null): void {
    const kept = this.#memory().keep(Date.now(), make, place);
    if (this.#events === null || this.#events.size === 0) return;
    const event = asNews(kept.event(), at);
    for (const line of this.#events) line.push(event);
  }

  /** Also to those who wait for the first state, so that they know why they wait. */
  #tellAll(event: K['Event']): void {
    for (const line of this.#events ?? NONE) line.push(event);
    for (const newcomer of this.#newcomers?.values() ?? NONE) newcomer.tell?.(event);
  }

  #ended(cursor: string): K['Event'] {
    return endEvent(this.#parts.shape, this.#call.callId, cursor);
  }

  #degraded(cursor: string, at: number): K['Event'] {
    return troubleEvent(this.#parts.shape, this.#call.callId, at, cursor);
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

  #memory(): Replay<K['Event']> {
    this.#replay ??= this.#call.createReplay();
    return this.#replay;
  }
}

/** Whoever reads no more, and is told so. */
type Dismissed = Pick<Newcomer<Kind>, 'end' | 'fail'>;

function sizeOf(list: { readonly size: number } | null): number {
  return list?.size ?? 0;
}
