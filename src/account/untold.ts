/**
 * What was seen here of an account and is told to nobody yet, because the log has not taken it in.
 *
 * ```text
 *   seen ──► waiting ──handed over──► under way ──taken in──► told
 *             │  ▲ ▲                      │
 *             │  │ └── not, or nobody knows: put back
 *             │  └──── what of it is still news
 *             └─ others told something of the same call or extension: taken back, and decided again ─┘
 * ```
 */
import type { AccountMemory } from './account-memory.ts';
import type { Change } from './change.ts';
import { type Tiding, tidingOf } from './tidings.ts';

type Fact = Extract<Tiding, { kind: 'call' | 'presence' }>;

interface Seen {
  readonly tiding: Tiding;
  /** Puts back what was held before. */
  undo(): void;
}

/** Bounds what waits for the store. */
const MOST_WAITING = 10_000;

/** A class, because every account has one. */
export class Untold {
  readonly #memory: AccountMemory;
  #waiting: Seen[] = [];
  #underway: Seen[] = [];

  constructor(memory: AccountMemory) {
    this.#memory = memory;
  }

  /** Nothing waits; something may be under way. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(tiding: Tiding, change?: Change): void {
    // What is not taken in is in the next picture all the same.
    if (this.#waiting.length < MOST_WAITING)
      this.#waiting.push({ tiding, undo: () => undo(change, this.#memory) });
  }

  /** All that waits; from now on it is under way. */
  handOver(): readonly Tiding[] {
    this.#underway = this.#waiting;
    this.#waiting = [];
    return this.#underway.map(({ tiding }) => tiding);
  }

  /** What was under way is told. */
  arrived(): void {
    this.#underway = [];
  }

  /** What was under way waits again. */
  putBack(): void {
    this.#waiting = [...this.#underway, ...this.#waiting];
    this.#underway = [];
  }

  /** All that waits, for whoever tells it now. */
  takeAll(): readonly Tiding[] {
    const all = this.#waiting.map(({ tiding }) => tiding);
    this.#waiting = [];
    return all;
  }

  clear(): void {
    this.#waiting = [];
    this.#underway = [];
  }

  /** Of these calls and extensions, or of all, what waits does so no longer, and nothing of it is held: as it was told last. */
  takeBack(about?: ReadonlySet<string>): readonly Fact[] {
    const taken = this.forget(about);
    const lasts = new Map<string, Fact>();
    for (const { tiding } of taken) {
      const subject = subjectOf(tiding);
      if (subject !== null) lasts.set(subject, this.#asHeld(tiding as Fact));
    }
    for (const { undo } of taken.toReversed()) undo();
    return [...lasts.values()];
  }

  /** The same, for whoever holds nothing any more. */
  forget(about?: ReadonlySet<string>): readonly Seen[] {
    const isMeant = ({ tiding }: Seen) => {
      const subject = subjectOf(tiding);
      return subject !== null && (about?.has(subject) ?? true);
    };
    const taken = this.#waiting.filter(isMeant);
    if (taken.length > 0) this.#waiting = this.#waiting.filter((seen) => !isMeant(seen));
    return taken;
  }

  /** Decides again what was taken back: what is still news waits. Answers the calls of which a look tells. */
  takeAgain(facts: readonly Fact[]): readonly string[] {
    const inDoubt: string[] = [];
    for (const fact of facts) {
      for (const change of this.#changesBy(fact, inDoubt)) this.add(tidingOf(change, fact.at), change);
    }
    return inDoubt;
  }

  #changesBy(fact: Fact, inDoubt: string[]): readonly Change[] {
    const memory = this.#memory;
    if (fact.kind === 'presence') return memory.takePresenceAgain(fact.known);
    const { id } = fact.known.state.held.call;
    const { changes, isDoubtful } = memory.takeAgain(id, fact.known);
    const hasEnded = fact.change.kind === 'ended';
    if (isDoubtful || (hasEnded && !memory.isBuried(id))) inDoubt.push(id);
    return changes;
  }

  /** With all that is held of it, which may be more than was worth telling. */
  #asHeld(fact: Fact): Fact {
    if (fact.kind === 'presence') return fact;
    return { ...fact, known: this.#memory.known(fact.known.state.held.call.id) ?? fact.known };
  }
}

/** What a tiding is about; null: no call and no extension. Of two about the same one the later counts. */
export function subjectOf(tiding: Tiding): string | null {
  if (tiding.kind === 'call') return `call ${tiding.known.state.held.call.id}`;
  return tiding.kind === 'presence' ? `presence ${tiding.known.presence.extensionId}` : null;
}

function undo(change: Change | undefined, memory: AccountMemory): void {
  if (change === undefined) return;
  if (change.kind === 'presence') memory.undoPresence(change.presence.extensionId, change.before ?? null);
  else memory.undo(change.session.id, change.before ?? null);
}
