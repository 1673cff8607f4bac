/**
 * Whether what is shown can be believed, after what told of changes by itself was lost.
 *
 * ```text
 *   believed ──lost──► doubted ──back, and something may be missed──► to be read ──an answer from after that──► believed
 *       ▲                 ├── back, and nothing missed ────────────────────────────────────────────────────────────►│
 *       │                 └── not to be had any more: it is asked for like any other                                 │
 *       └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 * ```
 */
import type { Turn } from './newsroom.ts';
import type { Kind } from './shape.ts';
import type { Listening, ReadingTimes } from './source.ts';

export interface BeliefParts<K extends Kind> {
  /** True where this listening, or that of this moment, tells of every change. */
  readonly isCovered: (by?: Listening<K>) => boolean;
  /** Nothing else is wrong. */
  readonly isHealthy: () => boolean;
  /** A read is held at the upstream, which ends with the first change that is not known here. */
  readonly isHeld: () => boolean;
  /** What is shown may be old. */
  readonly onDoubt: () => void;
  /** It is true again; also called when there was no doubt. */
  readonly onBelief: () => void;
}

export interface Belief<K extends Kind> {
  turned(turn: Turn<K>): void;
  /** An answer came. */
  read(reading: Pick<ReadingTimes, 'sentAt' | 'receivedAt'>): void;
  /** What was known was found to be still true. */
  confirmed(): void;
  /** Nothing can change any more. */
  settled(): void;
}

/** Makes it; what is shown is believed. */
export function createBelief<K extends Kind>(parts: BeliefParts<K>): Belief<K> {
  return new Doubting(parts);
}

/** A class, because every watched call has one. */
class Doubting<K extends Kind> implements Belief<K> {
  readonly #parts: BeliefParts<K>;
  /** Only what is asked for from then on is believed, epoch milliseconds; null: everything is. `lost`: nothing, until it is back. */
  #since: number | 'lost' | null = null;

  constructor(parts: BeliefParts<K>) {
    this.#parts = parts;
  }

  turned(turn: Turn<K>): void {
    switch (turn.kind) {
      case 'lost':
        if (!this.#parts.isCovered(turn.listening)) return;
        this.#since = 'lost';
        this.#parts.onDoubt();
        break;
      case 'denied':
        this.#since = null;
        break;
      case 'listening':
        if (turn.afterLoss) this.#back(turn.mayHaveMissed);
        break;
    }
  }

  read({ sentAt, receivedAt }: Pick<ReadingTimes, 'sentAt' | 'receivedAt'>): void {
    if (this.#since === 'lost') return;
    // What was answered before it was doubted was answered by a clock that has been set back since.
    if (this.#since === null || sentAt >= this.#since || receivedAt < this.#since) this.#believe();
  }

  confirmed(): void {
    if (this.#since !== 'lost') this.#believe();
  }

  settled(): void {
    if (this.#since !== null) this.#believe();
  }

  #back(mayHaveMissed: boolean): void {
    if (!mayHaveMissed) {
      if (this.#since === null) return;
      this.#since = null;
      // Else the next answer says so.
      if (this.#parts.isHealthy()) this.#parts.onBelief();
      return;
    }
    if (this.#since === null && !this.#parts.isCovered()) return;
    this.#since = Date.now();
    this.#parts.onDoubt();
    if (this.#parts.isHeld()) this.#believe();
  }

  #believe(): void {
    this.#since = null;
    this.#parts.onBelief();
  }
}
