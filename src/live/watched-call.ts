/**
 * One call as one viewer sees it: what is held of it, who watches it, and what they are told.
 *
 * Everything that is learnt of the call comes through here, whether a poll, a query or a command brought it, so that
 * its states have one order. A call that nobody watches is only a memory of the last read.
 */
import { type CallControlFailure, CallNotFound, Unauthenticated } from '../../schema/failures.ts';
import type { StreamNoticeKind } from '../../schema/provider.ts';
import { type Belief, type BeliefParts, createBelief } from './belief.ts';
import { CallMemory, type Taken } from './call-memory.ts';
import { type AskedCall, CallReads, dated } from './call-reads.ts';
import type { Line } from './exchange.ts';
import { Goodbye, type Host } from './goodbye.ts';
import type { Turn } from './newsroom.ts';
import {
  createReaders,
  type ReadCall,
  type ReaderLimits,
  type ReaderParts,
  type Readers,
} from './readers.ts';
import { createReplay, type Replay } from './replay.ts';
import type { CallShape, Kind, Transition } from './shape.ts';
import { CallSharing, type DeskSharing, type SharedCall } from './shared/call-sharing.ts';
import type { CallNews, Reading } from './source.ts';
import { PlainTelling, type Telling } from './telling.ts';
import { createTold, type Times, type Told, type ToldCall, type ToldParts } from './told.ts';
import { type Held, isCallOver, type Observation, type Outlook, type Verdict } from './transitions.ts';
import { createWatch, type Watch, type Watched, type WatchParts, type Worth } from './watch.ts';

/** Times and bounds of watching; times in milliseconds. */
export interface LiveLimits extends ReaderLimits {
  /** How long a watch that queries made outlives the last of them. */
  readonly queryLinger: number;
}

/** What every call of a viewer needs, and whom it tells; one for all of them. */
export interface WatchedCallParts<K extends Kind> extends WatchParts<K>, ReaderParts<K>, ToldParts<K> {
  readonly shape: CallShape<K>;
  readonly limits: LiveLimits;
  /** Milliseconds until it shows whether changes are told; null: nobody waits for that. */
  readonly beginning: () => number | null;
  /** Milliseconds between two looks at a call of which changes are told. */
  readonly lookGap: () => number;
  /** The call begins, or ends, to need more than a memory. */
  readonly onActive: (call: WatchedCall<K>, active: boolean) => void;
  /** A watch of a call begins, or ends. */
  readonly onWatch: (watching: boolean) => void;
  readonly onTransition: (call: WatchedCall<K>, transition: Transition<K>) => void;
  /** What is shared with other gateways; missing: nothing is. */
  readonly sharing?: DeskSharing<K> | undefined;
}

/** One call of one viewer. */
export interface WatchedCall<K extends Kind> {
  readonly callId: string;
  /** What is held, however old. */
  readonly held: K['Call'] | null;
  /**
   * The answer that costs nothing: what a healthy watch holds, and how a call ended for as long as it is remembered; null
   * when the phone system knows it no more. Undefined when the phone system must be asked.
   */
  current(): K['Call'] | null | undefined;
  /** True when somebody was part of the call when it was seen last, or everybody may still join. */
  isAlive(partyId?: string): boolean;
  /** Reads the call; questions at the same time share one request. */
  read(signal?: AbortSignal, requestId?: string): Promise<K['Call'] | null>;
  /** Takes in what a command brought; answers the state to show, null when the call is no more. */
  take(call: K['Call'], times: Times): Promise<K['Call'] | null>;
  takeParty(party: K['Party'], times: Times): Promise<K['Party']>;
  /** Something about the call came by itself; answers what it was worth, null where nothing is held yet, or any more. */
  hear(news: CallNews<K>): Verdict<K>['kind'] | null;
  /** Changes are told by themselves from now on, or no longer. */
  listeningChanged(turn: Turn<K>): void;
  /** Ends every line with this error, and the watch. */
  deny(error: CallControlFailure): void;
  /** A command went out whose effect is not in its answer: what is held, and what is on its way, may be old. */
  invalidate(): void;
  /** Watches for queries that keep asking. Settles once the watch can answer, or cannot soon. */
  watchForQueries(): Promise<void>;
  /** A query asks: the watch, if there is one, stays for the next one. */
  keep(): void;
  events(after: string | null, dropped: (() => boolean) | undefined): Line<K['Event']>;
  parties(partyId: string | null): Line<K['Update']>;
  /** Tells every reader of the events something that is no change of the call. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** Another gateway, or this one, has the desk now. */
  roleChanged(): void;
  /** Other gateways want it to be watched, or none does any more. */
  wishedElsewhere(isWished: boolean): void;
  /** Another gateway asks about it. */
  askedElsewhere(what: 'tells' | 'looks' | 'wholes'): void;
  /** Resolves when everything is told that was seen of it. */
  settled(): Promise<void>;
  /** Tells whoever follows that it is still looked at. */
  keepAlive(): void;
  /** Ends every line and the watch. */
  stop(): void;
}

/** Makes it; nothing is asked before somebody wants to know. */
export function createWatchedCall<K extends Kind>(
  callId: string,
  parts: WatchedCallParts<K>,
): WatchedCall<K> {
  return new Call(callId, parts);
}

/**
 * What is held is in its memory; here is decided who is told, and whether it is watched. A class, because thousands of
 * calls are watched that are idle.
 */
class Call<K extends Kind>
  implements
    WatchedCall<K>,
    Watched<K>,
    AskedCall<K>,
    ReadCall<K>,
    ToldCall<K>,
    BeliefParts<K>,
    SharedCall<K>,
    Host
{
  readonly callId: string;
  readonly #parts: WatchedCallParts<K>;
  readonly memory: CallMemory<K>;
  readonly #told: Told<K>;
  readonly #readers: Readers<K>;
  readonly #belief: Belief<K>;
  #watch: Watch | null = null;
  #reads: CallReads<K> | null = null;
  #goodbye: Goodbye | null = null;
  /** Null: nobody watches it here. */
  #telling: Telling<K> | null = null;
  /** The same, where several gateways watch it as one. */
  #sharing: CallSharing<K> | null = null;
  #isWishedElsewhere = false;

  constructor(callId: string, parts: WatchedCallParts<K>) {
    this.callId = callId;
    this.#parts = parts;
    this.memory = new CallMemory(parts.shape);
    this.#belief = createBelief<K>(this);
    this.#told = createTold(parts, this);
    this.#readers = createReaders(parts, this);
  }

  get held(): K['Call'] | null {
    return this.memory.call;
  }

  current(): K['Call'] | null | undefined {
    const memory = this.memory;
    if (memory.isGone) return null;
    // What a question would spend is what a watch in the queue waits for: `observedAt` tells how old the answer is.
    const isKnown = memory.isOver || this.isHealthy() || (this.#telling?.isFresh === true && this.isQueued());
    return isKnown ? memory.lastSeen() : undefined;
  }

  isAlive(partyId?: string): boolean {
    return this.memory.isAlive(partyId);
  }

  read(signal?: AbortSignal, requestId?: string): Promise<K['Call'] | null> {
    return this.#asked().read(signal, requestId);
  }

  take(call: K['Call'], times: Times): Promise<K['Call'] | null> {
    return this.#asked().take(call, times);
  }

  takeParty(party: K['Party'], times: Times): Promise<K['Party']> {
    return this.#asked().takeParty(party, times);
  }

  hear(news: CallNews<K>): Verdict<K>['kind'] | null {
    return this.#told.hear(news, this.#watch !== null);
  }

  listeningChanged(turn: Turn<K>): void {
    this.#belief.turned(turn);
    if (turn.kind !== 'listening') {
      this.look();
      return;
    }
    if (turn.mayHaveMissed) this.#told.mayLack();
    this.#watch?.told(turn.mayHaveMissed);
  }

  deny(error: CallControlFailure): void {
    this.#endWatch();
    this.#readers.fail(error);
    // Whoever comes back with a fresh token and a cursor goes on where they were.
    this.onLeave(error instanceof CallNotFound ? 0 : this.#parts.limits.retention);
  }

  onDenied(error: CallControlFailure): void {
    if (error instanceof Unauthenticated) {
      // Another gateway may have a token that is taken.
      this.#parts.sharing?.duty.allow(false);
      this.deny(error);
      return;
    }
    this.#endWatch();
    this.#telling?.refused(error);
  }

  invalidate(): void {
    this.memory.invalidate(Date.now());
    this.#reads?.renew();
    this.look();
  }

  roleChanged(): void {
    const sharing = this.#sharing;
    if (sharing === null) return;
    sharing.roleChanged();
    if (!sharing.isAsking && !sharing.isWished) {
      this.onGoodbye();
    } else if (this.#watch !== null && sharing.isAsking === sharing.isDistant) {
      this.#watchAnew(sharing.isFresh ? this.memory.asked : null);
    }
  }

  wishedElsewhere(isWished: boolean): void {
    if (this.#isWishedElsewhere === isWished) return;
    this.#isWishedElsewhere = isWished;
    if (!isWished) this.onLeave(0);
    else if (!this.memory.isOver) this.#beginWatch(this.memory.asked);
  }

  askedElsewhere(what: 'tells' | 'looks' | 'wholes'): void {
    // It may have been refused, or be over.
    if (!this.memory.isOver) this.#beginWatch(this.memory.asked);
    const isHealthy = this.isHealthy();
    const mustRead = this.#sharing?.asked(what, isHealthy) === true;
    // A watch that has just begun looks anyway, and so does one that is in trouble.
    if (mustRead && isHealthy) this.#watchAnew(null);
    if (what === 'looks' && this.#telling?.isFresh === true) this.invalidate();
  }

  settled(): Promise<void> {
    return this.#sharing?.ledger.settled() ?? Promise.resolve();
  }

  keepAlive(): void {
    this.#sharing?.ledger.keep();
  }

  async watchForQueries(): Promise<void> {
    if (this.memory.isOver) return;
    this.#beginWatch(this.memory.asked);
    this.#sharing?.wish(true);
    this.onLeave(this.#parts.limits.queryLinger);
    await this.#watch?.whenSettled();
  }

  keep(): void {
    if (!this.memory.isOver) this.onLeave(this.#parts.limits.queryLinger);
  }

  events(after: string | null, dropped: (() => boolean) | undefined): Line<K['Event']> {
    const line = this.#readers.events(after, dropped);
    this.#sharing?.wish(true);
    return line;
  }

  parties(partyId: string | null): Line<K['Update']> {
    const line = this.#readers.parties(partyId);
    this.#sharing?.wish(true);
    return line;
  }

  notify(kind: StreamNoticeKind, message: string, at: number): void {
    this.#readers.notify(kind, message, at);
  }

  stop(): void {
    this.#readers.end();
    this.onGoodbye();
  }

  // What its watch asks and tells.

  lookGap(): number | null {
    return this.isCovered() ? this.#parts.lookGap() : this.#parts.beginning();
  }

  changedAt(): number {
    return this.memory.changedAt;
  }

  onReading(reading: Reading<K['Call'] | null>): Worth {
    const { value, receivedAt } = reading;
    this.#belief.read(reading);
    if (value === null) {
      if (this.memory.misses()) return 'missing';
      this.#vanishes(receivedAt);
      return 'over';
    }
    // It is there, whatever else is to be thought of it.
    this.memory.isFound();
    if (this.#isTold() && this.#told.isSurprising(value)) return 'missing';
    const kind = this.merge({ ...dated(this.#parts, reading), call: value });
    if (this.memory.isOver) return 'over';
    // A body is never old: that is a word for news.
    if (kind === 'doubtful' || kind === 'old') return 'doubtful';
    if (this.#isTold()) this.#told.isWhole();
    this.#telling?.looked();
    return kind;
  }

  onStillTrue(): void {
    this.#belief.confirmed();
    this.#telling?.looked();
  }

  onTrouble(nextAt: number): void {
    this.#telling?.trouble(nextAt);
  }

  // What its readers ask and tell.

  readerState(): { readonly call: K['Call']; readonly isOver: boolean } | null {
    return this.#telling?.readerState() ?? null;
  }

  isOpen(): boolean {
    return this.#parts.sharing === undefined || this.#telling?.isOpen === true;
  }

  createReplay(): Replay<K['Event']> {
    const { cursors, rules } = this.#parts;
    this.#tell();
    return this.#sharing?.replay ?? createReplay(cursors(this.callId), rules.replay);
  }

  onWanted(): void {
    this.#beginWatch(null);
  }

  onLeave(patience: number): void {
    if (!this.#readers.isRemembering()) return;
    this.#goodbye ??= new Goodbye(this);
    this.#goodbye.in(patience);
  }

  hasGuests(): boolean {
    return this.#readers.count() > 0;
  }

  onGoodbye(): void {
    this.#goodbye?.cancel();
    const sharing = this.#sharing;
    if (sharing?.isAsking === true && this.#isWishedElsewhere) {
      sharing.wish(false);
      return;
    }
    this.#told.rest();
    this.#endWatch();
    this.#telling = null;
    this.#sharing = null;
    sharing?.leave();
    this.#readers.forget();
    this.#parts.onActive(this, false);
  }

  // What is asked and told where changes come by themselves.

  heldAlive(): Held<K> | null {
    return this.memory.isOver ? null : this.memory.held;
  }

  isCovered(by = this.#parts.listening()): boolean {
    return by !== null && this.#told.isCovered(by);
  }

  isHealthy(): boolean {
    return this.#watch?.isHealthy() === true;
  }

  isQueued(): boolean {
    return this.#watch?.isQueued() === true;
  }

  isHeld(): boolean {
    return this.#watch?.isHeld() === true;
  }

  onDoubt(): void {
    this.onTrouble(Date.now());
  }

  onBelief(): void {
    this.#telling?.recovery();
  }

  look(): void {
    this.#watch?.poke();
  }

  merge(observation: Observation<K>): Verdict<K>['kind'] {
    const { kind, isFirst } =
      this.#sharing === null
        ? this.#decide(observation)
        : this.#sharing.together(
            () => this.#decide(observation),
            () => this.#mergeAgain(observation),
          );
    if (isFirst) this.#told.catchUp();
    return kind;
  }

  /** Somebody else was faster, and what is held is another by now. */
  #mergeAgain(observation: Observation<K>): void {
    const { asked } = this.memory;
    // What others have asked for since shows what became of it, also where it differs from nothing that they knew.
    const isAnswer = observation.news === undefined && observation.isWholeNews !== true;
    const isOlder = isAnswer && observation.sentAt < (asked?.sentAt ?? -Infinity);
    if (isOlder || this.merge(observation) === 'doubtful') this.look();
  }

  #decide(observation: Observation<K>): Taken<K> {
    const { memory } = this;
    const taken = memory.take(observation, this.#parts.source().outlook);
    const { kind, isFirst, transitions } = taken;
    const { held: call } = this;
    if (call === null || kind === 'doubtful' || kind === 'old') return taken;
    const isChanged = kind === 'changed';
    if (isChanged && !isFirst && !memory.isOver) this.#announce(transitions, observation.receivedAt);
    // News of an end may come before lost ones of the others: the look that follows says whether it is one.
    const isEnd = observation.news === undefined && isCallOver(this.#parts.shape, call);
    if (this.#watch !== null && !memory.isOver && isEnd) this.#finish(observation.receivedAt);
    if (memory.isOver && !isCallOver(this.#parts.shape, call)) this.#revive(call);
    // News, and the answer of a command, tell of one party. Where nothing is told, the others are asked for anyway.
    if (observation.only !== undefined && isChanged && this.#isTold()) this.#told.moved(transitions);
    return taken;
  }

  // What is shared with other gateways.

  get shape(): CallShape<K> {
    return this.#parts.shape;
  }

  get outlook(): Outlook<K> {
    return this.#parts.source().outlook;
  }

  readers(): Readers<K> {
    return this.#readers;
  }

  onSeen(transition: Transition<K>): void {
    this.#parts.onTransition(this, transition);
  }

  onAdopted(): void {
    const isWanted = this.hasGuests() || this.#isWishedElsewhere;
    if (isWanted && !this.memory.isOver) this.#beginWatch(this.memory.asked);
  }

  onEnded(): void {
    this.#belief.settled();
    this.#endWatch();
    this.onLeave(this.#parts.limits.retention);
  }

  onRefused(error: CallControlFailure): void {
    this.deny(error);
  }

  onLost(): void {
    if (!this.#readers.isRemembering()) this.memory.forget();
    else this.look();
  }

  /** Changes come by themselves at this moment, at least of some calls. */
  #isTold(): boolean {
    return this.#parts.listening() !== null;
  }

  #asked(): CallReads<K> {
    this.#reads ??= new CallReads(this.#parts, this, this.memory);
    return this.#reads;
  }

  #beginWatch(known: Times | null): void {
    if (this.#watch !== null) return;
    this.#tell();
    this.#readers.remember();
    this.memory.isFound();
    this.#parts.onActive(this, true);
    // With the first wish it shows who asks, maybe at once, and whoever waited for that may have begun already.
    if (this.#sharing?.isAsking === false) this.#sharing.wish(true);
    if (this.#watch !== null) return;
    this.#parts.onWatch(true);
    this.#watch = this.#createWatch(known);
  }

  #watchAnew(known: Times | null): void {
    this.#watch?.stop();
    this.#watch = this.#createWatch(known);
  }

  #createWatch(known: Times | null): Watch {
    if (this.#sharing?.isAsking === false) return this.#sharing.distantWatch();
    this.#sharing?.ownWatch();
    return createWatch(this.#parts, this, known);
  }

  #tell(): void {
    if (this.#telling !== null) return;
    const { sharing, cursors } = this.#parts;
    if (sharing === undefined) {
      this.#telling = new PlainTelling<K>(this);
      return;
    }
    this.#sharing = new CallSharing<K>(sharing, this, cursors(this.callId));
    this.#telling = this.#sharing;
    this.#sharing.roleChanged();
  }

  #endWatch(): void {
    if (this.#watch === null) return;
    this.#watch.stop();
    this.#watch = null;
    this.#telling?.rest();
    this.#parts.onWatch(false);
  }

  /** The phone system knows the call no more. */
  #vanishes(at: number): void {
    const vanish = () => this.#vanished(at);
    if (this.#sharing === null) vanish();
    else this.#sharing.together(vanish, () => this.look());
  }

  #vanished(at: number): void {
    const { held } = this.memory;
    if (held === null) {
      this.#endWatch();
      this.#telling?.refused(this.#parts.shape.words.notFound());
      return;
    }
    this.merge(this.memory.endAt(held, at));
    // An empty conference has no party that could tell its end.
    if (!this.memory.isOver) this.#finish(at);
    this.memory.bury(held.call);
  }

  /** The call is there after all. Whoever was told of its end starts anew, with a snapshot. */
  #revive(call: K['Call']): void {
    const { shape } = this.#parts;
    this.memory.revive();
    this.#telling?.revived();
    for (const party of shape.partiesOf(call)) {
      if (shape.isLive(call, party)) this.#parts.onTransition(this, { party, previousStatus: null });
    }
  }

  #announce(transitions: readonly Transition<K>[], at: number): void {
    for (const transition of transitions) this.#parts.onTransition(this, transition);
    this.#telling?.changed(transitions, at);
  }

  /** The call is over: the last event, and then silence. */
  #finish(at: number): void {
    this.#belief.settled();
    this.#telling?.looked();
    this.memory.end();
    this.#telling?.ended(at);
    this.#endWatch();
    this.onLeave(this.#parts.limits.retention);
  }
}
