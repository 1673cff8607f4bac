/**
 * One call that several gateways watch as one: what is found out here goes through its ledger, and readers are told what
 * comes out of it.
 *
 * ```text
 *   a reading, news, a command's answer ──► decided here ──► ledger ──► told to the readers of every gateway
 *   another gateway's ─────────────────────────────────────► ledger ──► held here, and told
 * ```
 */
import { BadUserInput, type CallControlFailure, CallNotFound, Forbidden } from '../../../schema/failures.ts';
import { endEvent, moveEvent, recoveryEvent, troubleEvent } from '../events.ts';
import type { CursorScope, Place, ReplayLimits } from '../replay.ts';
import type { CallShape, Kind, Transition } from '../shape.ts';
import type { Telling, TellingCall } from '../telling.ts';
import type { Times } from '../told.ts';
import { type Outlook, partyIn } from '../transitions.ts';
import type { Watch } from '../watch.ts';
import { createDistantWatch, type DistantWatch } from './distant-watch.ts';
import type { Duty } from './duty.ts';
import type { Ledger, LedgerHost, PastTiding } from './ledger.ts';
import { SharedReplay } from './shared-replay.ts';
import type { CallState, Denial, Tiding } from './tidings.ts';

/** What the calls of one viewer share with other gateways. */
export interface DeskSharing<K extends Kind> {
  readonly duty: Duty<K>;
  /** True while this gateway asks the phone system, for itself or for all. */
  isAsking(): boolean;
  openLedger(callId: string, host: LedgerHost<K>): Ledger<K>;
  readonly replayLimits: ReplayLimits;
}

/** The call that is shared: what is asked of it, and told it. */
export interface SharedCall<K extends Kind> extends TellingCall<K> {
  readonly callId: string;
  readonly shape: CallShape<K>;
  readonly outlook: Outlook<K>;
  /** It is held as others do: what was found out here before is not true yet. */
  onAdopted(): void;
  /** Another gateway has seen a change. */
  onSeen(transition: Transition<K>): void;
  /** It came to its end: nobody watches it now. */
  onEnded(): void;
}

/** One call of one gateway, while it is watched. */
export class CallSharing<K extends Kind> implements Telling<K>, LedgerHost<K> {
  readonly replay: SharedReplay<K['Event']>;
  readonly ledger: Ledger<K>;
  readonly #sharing: DeskSharing<K>;
  readonly #call: SharedCall<K>;
  /** Tidings of one decision; null: nothing is being decided. */
  #together: Tiding<K>[] | null = null;
  #isInTrouble = false;
  /** Others are to be told how it is, even if that is nothing new; or whatever it was before. */
  #mustTell = false;
  #mustTellWhole = false;
  /** The answer of which the whole state was told that others asked for last. */
  #wholeOf: Times | null = null;
  #distant: DistantWatch | null = null;
  #isWished = false;

  constructor(sharing: DeskSharing<K>, call: SharedCall<K>, cursors: CursorScope) {
    this.#sharing = sharing;
    this.#call = call;
    this.replay = new SharedReplay(cursors, sharing.replayLimits);
    this.ledger = sharing.openLedger(call.callId, this);
  }

  /** True while this gateway asks the phone system, for itself or for all. */
  get isAsking(): boolean {
    return this.#sharing.isAsking();
  }

  /** True while somebody here wants it watched, and not only another gateway. */
  get isWished(): boolean {
    return this.#isWished;
  }

  wish(isWished: boolean): void {
    if (this.#isWished === isWished) return;
    this.#isWished = isWished;
    this.#sharing.duty.wish(this.#call.callId, isWished);
  }

  /** To be called when it is known (anew) who leads. */
  roleChanged(): void {
    const { role } = this.#sharing.duty;
    if (role === 'alone') {
      this.ledger.part();
    } else if (role === 'leading' || role === 'following') {
      this.ledger.meet();
      this.ledger.ledBy();
      this.#isInTrouble = this.ledger.nextTry !== null;
      // New followers know nobody's word but the leader's.
      if (role === 'leading') this.#mustTell = true;
    }
  }

  /** True while the watch of the call is one of another gateway. */
  get isDistant(): boolean {
    return this.#distant !== null;
  }

  /** From now on the call is watched here. */
  ownWatch(): void {
    this.#distant = null;
  }

  distantWatch(): Watch {
    if (this.ledger.isOpen && !this.ledger.isFresh) this.#sharing.duty.ask(this.#call.callId, 'tells');
    this.#distant = createDistantWatch({
      ledger: this.ledger,
      look: () => this.#sharing.duty.ask(this.#call.callId, 'looks'),
    });
    return this.#distant;
  }

  get isFresh(): boolean {
    return this.ledger.isFresh;
  }

  get isOpen(): boolean {
    return this.ledger.isOpen;
  }

  readerState(): { readonly call: K['Call']; readonly isOver: boolean } | null {
    const { told, isFresh, isOpen } = this.ledger;
    if (!isOpen || told === null || !(told.isOver || isFresh)) return null;
    return { call: told.held.call, isOver: told.isOver };
  }

  /** Makes one decision, whose tidings become true at once; `again` makes it anew. */
  together<Result>(decide: () => Result, again: () => void): Result {
    if (this.#together !== null) return decide();
    const tidings: Tiding<K>[] = [];
    this.#together = tidings;
    let result: Result;
    try {
      result = decide();
    } finally {
      this.#together = null;
    }
    if (tidings.length > 0) this.ledger.write(tidings, again);
    return result;
  }

  changed(transitions: readonly Transition<K>[], at: number): void {
    for (const transition of transitions) {
      const { party, previousStatus } = transition;
      this.#write({ kind: 'change', at, partyId: party.id, previousStatus });
      const movedTo = this.#call.shape.movedTo(transition);
      if (movedTo !== null) this.#write({ kind: 'moved', at, partyId: party.id, movedTo });
    }
  }

  ended(at: number): void {
    this.#write({ kind: 'ended', at });
  }

  revived(): void {
    this.#write({ kind: 'state', at: Date.now(), isWhole: true });
  }

  trouble(next: number): void {
    if (this.#isInTrouble) return;
    this.#isInTrouble = true;
    this.#write({ kind: 'trouble', at: Date.now(), next });
  }

  recovery(): void {
    if (!this.#isInTrouble) return;
    this.#isInTrouble = false;
    this.#write({ kind: 'recovery', at: Date.now() });
  }

  refused(error: CallControlFailure): void {
    this.#write({ kind: 'denied', at: Date.now(), denial: denialOf(error) });
  }

  /** Others may go on looking: it is told by `leave` that nobody does. */
  rest(): void {}

  looked(): void {
    if (!this.isAsking) return;
    const isKnown = this.#call.memory.lastSeen() !== undefined;
    const isAwaited = isKnown && (this.#mustTell || this.#mustTellWhole);
    if (this.ledger.isFresh && !isAwaited) return;
    const isWhole = this.#mustTellWhole && isKnown;
    if (isKnown) {
      this.#mustTell = false;
      this.#mustTellWhole = false;
    }
    if (isWhole) this.#wholeOf = this.#call.memory.asked;
    this.#write({ kind: 'state', at: Date.now(), isWhole });
  }

  /**
   * Another gateway asks how it is, and is told at once where that is known: a read that is held may be so for long. True
   * where only a new one can tell.
   */
  asked(what: 'tells' | 'looks' | 'wholes', isHealthy: boolean): boolean {
    const { memory } = this.#call;
    const isWhole = what === 'wholes';
    this.#mustTell = true;
    if (isWhole) this.#mustTellWhole = true;
    // Whoever was told that, and asks again, knows of something newer.
    const isInDoubt = isWhole && memory.asked === this.#wholeOf;
    const isKnown = (isHealthy || memory.isOver) && this.ledger.isFresh;
    if (what !== 'looks' && isKnown && !isInDoubt) this.looked();
    return isWhole && this.#mustTellWhole;
  }

  /** Nobody here has anything to do with it any more. */
  leave(): void {
    this.wish(false);
    const { told, isFresh, isOpen } = this.ledger;
    if (this.isAsking && isOpen && isFresh && told?.isOver !== true) {
      this.#write({ kind: 'rest', at: Date.now() });
    }
    this.ledger.close();
  }

  // What its ledger asks and tells.

  state(): CallState<K> | null {
    return this.#call.memory.state();
  }

  adopt(state: CallState<K> | null): void {
    this.#call.memory.restore(state);
    this.#call.onAdopted();
  }

  tell(tiding: Tiding<K>, state: CallState<K> | null, place: Place | null, isOwn: boolean): void {
    const readers = this.#call.readers();
    const call = state?.held.call ?? null;
    const { shape } = this.#call;
    switch (tiding.kind) {
      case 'change': {
        const party = call === null ? undefined : partyIn(shape, call, tiding.partyId);
        if (call === null || party === undefined) break;
        const transition = { party, previousStatus: tiding.previousStatus };
        readers.tellChange(call, transition, tiding.at, place);
        if (!isOwn) this.#call.onSeen(transition);
        return;
      }
      case 'moved':
        readers.tellMove(tiding.partyId, tiding.movedTo, tiding.at, place);
        return;
      case 'ended':
        if (call !== null) readers.start(call);
        readers.tellEnd(tiding.at, place);
        this.#distant?.told();
        if (!isOwn) this.#call.onEnded();
        return;
      case 'trouble':
        this.#isInTrouble = true;
        readers.tellTrouble(tiding.next, place);
        this.#distant?.told();
        return;
      case 'recovery':
        this.#isInTrouble = false;
        readers.tellRecovery(place);
        return;
      case 'state':
        this.#stand(place, tiding.isWhole);
        if (call !== null && state?.isOver !== true) readers.start(call);
        this.#distant?.told();
        return;
      case 'denied':
        this.#stand(place, false);
        this.#distant?.told();
        this.#call.deny(failureOf(tiding.denial));
        return;
      case 'rest':
        this.#stand(place, false);
        // It was for nobody, but somebody here wants it.
        if (!isOwn && this.#isWished) this.#sharing.duty.ask(this.#call.callId, 'tells');
        return;
      case 'alive':
        this.#stand(place, false);
    }
  }

  meet(state: CallState<K>, place: Place): boolean {
    const { memory, outlook } = this.#call;
    const readers = this.#call.readers();
    const held = memory.call;
    if (held === null || (memory.isOver && !state.isOver)) {
      memory.restore(state);
      this.replay.begin(place);
      if (!state.isOver) readers.start(state.held.call);
      this.#distant?.told();
      return true;
    }
    const { sentAt: askedAt, receivedAt } = state.asked ?? { sentAt: 0, receivedAt: Date.now() };
    // Nothing is newer than the end of a call, whenever it was asked for.
    const sentAt = state.isOver ? Math.max(askedAt, memory.changedAt) : askedAt;
    const wasOver = memory.isOver;
    const cameBy = { ...state.held, heardAt: Date.now() };
    const theirs = { call: state.held.call, sentAt, receivedAt, cameBy };
    const { kind, transitions } = memory.take(theirs, outlook);
    if (kind === 'doubtful') return false;
    this.replay.begin(place);
    const call = memory.call ?? state.held.call;
    for (const [index, transition] of transitions.entries()) {
      const isLast = index === transitions.length - 1;
      if (isLast) readers.tellChange(call, transition, receivedAt, place);
      else readers.tellBetween(call, transition, receivedAt);
      this.#call.onSeen(transition);
    }
    if (state.isOver && !wasOver) {
      memory.restore({ ...state, held: memory.held ?? state.held });
      readers.tellEnd(receivedAt, place);
      this.#call.onEnded();
    } else if (!state.isOver) readers.start(call);
    this.#distant?.told();
    return true;
  }

  remember(from: Place, past: readonly PastTiding<K>[]): void {
    this.replay.begin(from);
    for (const { tiding, state, place } of past) {
      const make = eventOf(this.#call, tiding, state);
      if (make === null) this.replay.stand(place);
      else this.replay.add(tiding.at, make, place);
    }
    this.#isInTrouble = this.ledger.nextTry !== null;
    this.#call.readers().noteTrouble(this.ledger.nextTry);
  }

  opened(): void {
    const { told, isFresh } = this.ledger;
    this.#call.readers().admit();
    if (told?.isOver === true) this.#call.onEnded();
    else if (isFresh && told !== null) this.#call.readers().start(told.held.call);
    else if (!this.isAsking && this.#isWished) this.#sharing.duty.ask(this.#call.callId, 'tells');
    if (isFresh || told?.isOver === true) this.#distant?.told();
  }

  #write(tiding: Tiding<K>): void {
    if (this.#together !== null) this.#together.push(tiding);
    else this.ledger.write([tiding], () => this.#write(tiding));
  }

  #stand(place: Place | null, isBreak: boolean): void {
    if (place === null) return;
    if (isBreak) this.replay.begin(place);
    else this.replay.stand(place);
  }
}

/** How a tiding of before is told; null: not at all. */
function eventOf<K extends Kind>(
  { shape, callId }: Pick<SharedCall<K>, 'shape' | 'callId'>,
  tiding: Tiding<K>,
  { held: { call } }: CallState<K>,
): ((cursor: string) => K['Event']) | null {
  switch (tiding.kind) {
    case 'change': {
      const party = partyIn(shape, call, tiding.partyId);
      if (party === undefined) return null;
      return (cursor) => shape.words.change(call, { party, previousStatus: tiding.previousStatus }, cursor);
    }
    case 'moved':
      return (cursor) => moveEvent(shape, callId, tiding.partyId, tiding.movedTo, cursor);
    case 'ended':
      return (cursor) => endEvent(shape, callId, cursor);
    case 'trouble':
      return (cursor) => troubleEvent(shape, callId, tiding.next, cursor);
    case 'recovery':
      return (cursor) => recoveryEvent(shape, callId, cursor);
    default:
      return null;
  }
}

function denialOf(error: CallControlFailure): Denial {
  const { message } = error;
  if (error instanceof Forbidden) return { code: 'FORBIDDEN', message, about: error.permissionName ?? null };
  if (error instanceof CallNotFound) {
    return { code: 'CALL_NOT_FOUND', message, about: error.parameterName ?? null };
  }
  const about = error instanceof BadUserInput ? (error.parameterName ?? null) : null;
  return { code: 'BAD_USER_INPUT', message, about };
}

function failureOf({ code, message, about }: Denial): CallControlFailure {
  switch (code) {
    case 'FORBIDDEN':
      return new Forbidden(message, about ?? undefined);
    case 'CALL_NOT_FOUND':
      return new CallNotFound(message, about ?? undefined);
    case 'BAD_USER_INPUT':
      return new BadUserInput(message, about ?? undefined);
  }
}
