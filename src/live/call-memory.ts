/**
 * What is held of one call, whoever brought it, and whether the call is there at all.
 *
 * ```text
 *   nothing held ──a body──► held ──nobody is left in it───────────► over
 *                             ├────not known any more, twice───────► gone: over, and remembered as it was seen last
 *                             └◄── a body that shows somebody in it ──┘
 * ```
 *
 * It only decides; who is told of it is not its matter. A class, because every call has one.
 */
import type { CallShape, Kind, Transition } from './shape.ts';
import type { CallState } from './shared/tidings.ts';
import type { Times } from './told.ts';
import {
  ended,
  type Held,
  isCallOver,
  newestChange,
  type Observation,
  type Outlook,
  observe,
  partyIn,
  revived,
  type Verdict,
} from './transitions.ts';

/** What came of an observation. */
export interface Taken<K extends Kind> {
  readonly kind: Verdict<K>['kind'];
  /** Nothing was held before. */
  readonly isFirst: boolean;
  readonly transitions: readonly Transition<K>[];
}

const NO_TRANSITIONS: readonly never[] = [];
const DOUBTFUL: Taken<never> = { kind: 'doubtful', isFirst: false, transitions: NO_TRANSITIONS };
const OLD: Taken<never> = { kind: 'old', isFirst: false, transitions: NO_TRANSITIONS };

/** What is held of one call; nothing at first. */
export class CallMemory<K extends Kind> {
  readonly #shape: CallShape<K>;
  #held: Held<K> | null = null;
  /** When the newest whole body was asked for and answered. */
  #asked: Times | null = null;
  /** When a command went out whose effect is not known, epoch milliseconds. */
  #invalidatedAt = -Infinity;
  #isOver = false;
  /** Over because the phone system knows it no more: what it was like when it was seen last. */
  #gone: K['Call'] | null = null;
  /** The phone system did not know it when it was asked last. */
  #isMissing = false;

  constructor(shape: CallShape<K>) {
    this.#shape = shape;
  }

  /** What is held, however old. */
  get held(): Held<K> | null {
    return this.#held;
  }

  get call(): K['Call'] | null {
    return this.#held?.call ?? null;
  }

  /** When the newest whole body was asked for and answered; null before the first one. */
  get asked(): Times | null {
    return this.#asked;
  }

  /** When what is held last changed, epoch milliseconds. */
  get changedAt(): number {
    return newestChange(this.#held);
  }

  /** The call has come to its end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The phone system knows the call no more. */
  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** True when somebody, or this party, was part of the call when it was seen last, or everybody may still join. */
  isAlive(partyId?: string): boolean {
    const { call } = this;
    if (call === null) return false;
    if (partyId === undefined) return !isCallOver(this.#shape, call);
    const party = partyIn(this.#shape, call, partyId);
    return party !== undefined && this.#shape.isLive(call, party);
  }

  /** What is held, unless a command has made it old. */
  lastSeen(): K['Call'] | undefined {
    if (this.#asked === null || this.#asked.sentAt < this.#invalidatedAt) return undefined;
    return this.#held?.call;
  }

  /** A command went out at `now` whose effect is not in its answer: what is held may be old. */
  invalidate(now: number): void {
    this.#invalidatedAt = now;
    if (this.#held !== null) this.#held = { ...this.#held, changedAt: now };
  }

  /** Takes an observation in. */
  take(observation: Observation<K>, outlook: Outlook<K>): Taken<K> {
    const { sentAt, receivedAt } = observation;
    const held = this.#held;
    if (held === null && sentAt < this.#invalidatedAt) return DOUBTFUL;
    // What was asked for before the call was missed tells nothing of whether it is there.
    if (held !== null && this.#gone !== null && sentAt < held.changedAt) return DOUBTFUL;
    const before = held !== null && this.#gone !== null ? revived(this.#shape, this.#gone, held) : held;
    const verdict = observe(this.#shape, before, observation, outlook);
    if (verdict.kind === 'doubtful') return DOUBTFUL;
    if (verdict.kind === 'old') {
      if (this.#gone === null) this.#held = verdict.held;
      return OLD;
    }
    this.#held = verdict.held;
    this.#gone = null;
    this.#isMissing = false;
    const isBody = observation.only === undefined && observation.isWholeNews !== true;
    if (isBody && sentAt >= (this.#asked?.sentAt ?? -Infinity)) {
      this.#asked = { sentAt, receivedAt };
    }
    const transitions = verdict.kind === 'changed' ? verdict.transitions : NO_TRANSITIONS;
    return { kind: verdict.kind, isFirst: held === null, transitions };
  }

  /** The phone system does not know it. True for the first time, of a call that was alive: it is looked for once more. */
  misses(): boolean {
    if (!this.isAlive() || this.#isMissing) return false;
    this.#isMissing = true;
    return true;
  }

  /** It is there, whatever else is to be thought of it; or nobody has looked yet. */
  isFound(): void {
    this.#isMissing = false;
  }

  /** The end of a call that the phone system knew no more at `at`, as an observation; nothing can be newer than that. */
  endAt(held: Held<K>, at: number): Observation<K> {
    return { call: ended(this.#shape, held.call), sentAt: Math.max(at, held.changedAt), receivedAt: at };
  }

  /** It is over. */
  end(): void {
    this.#isOver = true;
  }

  /** It is gone, and was like `seenLast` before. */
  bury(seenLast: K['Call']): void {
    this.#gone = seenLast;
  }

  /** It is there after all. */
  revive(): void {
    this.#isOver = false;
  }

  /** All that is held, for others; null: nothing. */
  state(): CallState<K> | null {
    if (this.#held === null) return null;
    return { held: this.#held, gone: this.#gone, isOver: this.#isOver, asked: this.#asked };
  }

  /** Holds what others do; null: nothing. */
  restore(state: CallState<K> | null): void {
    const held = state?.held ?? null;
    // A command of ours is not forgotten.
    this.#held = held && { ...held, changedAt: Math.max(held.changedAt, this.#invalidatedAt) };
    this.#gone = state?.gone ?? null;
    this.#isOver = state?.isOver ?? false;
    this.#asked = state?.asked ?? null;
    this.#isMissing = false;
  }

  /** Holds nothing, as of a call that was never seen. */
  forget(): void {
    this.#held = null;
  }
}
