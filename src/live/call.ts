/**
 * One call as one viewer sees it: what is held of it, who watches it, and what they are told.
 *
 * Everything that is learnt of the call comes through here, whether a poll, a query or a command brought it, so that
 * its states have one order. A call that nobody watches is only a memory of the last read.
 */
import { type CallControlFailure, CallNotFound, Unauthenticated } from '../../schema/failures.ts';
import type { StreamNoticeKind } from '../../schema/provider.ts';
import { type Belief, type BeliefParts, createBelief } from './belief.ts';
import { answered, type CourseCall, merged } from './call-course.ts';
import { CallMemory } from './call-memory.ts';
import { type AskedCall, CallReads, dated } from './call-reads.ts';
import type { Line } from './exchange.ts';
import { Goodbye, type Host } from './goodbye.ts';
import type { Turn } from './newsroom.ts';
import { createReaders, type ReadCall, type Readers } from './readers.ts';
import { createReplay, type Replay } from './replay.ts';
import { createWatch } from './running-watch.ts';
import type { CallShape, Kind, Transition } from './shape.ts';
import { CallSharing, type SharedCall } from './shared/call-sharing.ts';
import type { CallNews, Reading } from './source.ts';
import { PlainTelling, type Telling } from './telling.ts';
import { createTold, type Dated, type Times, type Told, type ToldCall } from './told.ts';
import type { Held, Observation, Outlook, Verdict } from './transitions.ts';
import type { Watch, Watched, Worth } from './watch.ts';
import type { WatchedCall, WatchedCallParts } from './watched-call.ts';

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
    CourseCall<K>,
    SharedCall<K>,
    Host
{
  readonly callId: string;
  readonly #parts: WatchedCallParts<K>;
  readonly memory: CallMemory<K>;
  readonly told: Told<K>;
  readonly #readers: Readers<K>;
  readonly belief: Belief<K>;
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
    this.belief = createBelief<K>(this);
    this.told = createTold(parts, this);
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

  mayLack(): boolean {
    // What another gateway watches that one vouches for.
    return this.#sharing?.isDistant !== true && this.told.isLacking;
  }

  reads(): CallReads<K> {
    this.#reads ??= new CallReads(this.#parts, this, this.memory);
    return this.#reads;
  }

  hear(news: CallNews<K>): Verdict<K>['kind'] | null {
    return this.told.hear(news, this.#watch !== null);
  }

  listeningChanged(turn: Turn<K>): void {
    this.belief.turned(turn);
    if (turn.kind !== 'listening') {
      this.look();
      return;
    }
    if (turn.mayHaveMissed) this.told.mayLack();
    this.#watch?.told(turn.mayHaveMissed);
  }

  deny(error: CallControlFailure): void {
    this.endWatch();
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
    this.endWatch();
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
    return answered(this, reading);
  }

  onStillTrue(): void {
    this.belief.confirmed();
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
    this.told.rest();
    this.endWatch();
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
    return by !== null && this.told.isCovered(by);
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
    return merged(this, observation);
  }

  // What its course asks and tells.

  dated<Read extends Times>(reading: Read): Read & Dated {
    return dated(this.#parts, reading);
  }

  isTold(): boolean {
    return this.#parts.listening() !== null;
  }

  isWatched(): boolean {
    return this.#watch !== null;
  }

  telling(): Telling<K> | null {
    return this.#telling;
  }

  sharing(): CallSharing<K> | null {
    return this.#sharing;
  }

  onEnded(): void {
    this.belief.settled();
    this.endWatch();
    this.onLeave(this.#parts.limits.retention);
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

  onLost(): void {
    if (!this.#readers.isRemembering()) this.memory.forget();
    else this.look();
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

  endWatch(): void {
    if (this.#watch === null) return;
    this.#watch.stop();
    this.#watch = null;
    this.#telling?.rest();
    this.#parts.onWatch(false);
  }
}
