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
import type { Listening, ReadingTimes } from './source.ts';

export interface BeliefParts {
  /** True where this listening, or that of this moment, tells of every change. */
  readonly isCovered: (by?: Listening) => boolean;
  /** Nothing else is wrong. */
  readonly isHealthy: () => boolean;
  /** A read is held at the upstream, which ends with the first change that is not known here. */
  readonly isHeld: () => boolean;
  /** What is shown may be old. */
  readonly onDoubt: () => void;
  /** It is true again; also called when there was no doubt. */
  readonly onBelief: () => void;
}

export interface Belief {
  turned(turn: Turn): void;
  /** An answer came. */
  read(reading: Pick<ReadingTimes, 'sentAt' | 'receivedAt'>): void;
  /** What was known was found to be still true. */
  confirmed(): void;
  /** Nothing can change any more. */
  settled(): void;
}

/** Makes it; what is shown is believed. */
export function createBelief(parts: BeliefParts): Belief {
  /** Only what is asked for from then on is believed, epoch milliseconds; null: everything is. `lost`: nothing, until it is back. */
  let since: number | 'lost' | null = null;

  return {
    turned(turn) {
      switch (turn.kind) {
        case 'lost':
          if (!parts.isCovered(turn.listening)) return;
          since = 'lost';
          parts.onDoubt();
          break;
        case 'denied':
          since = null;
          break;
        case 'listening':
          if (turn.afterLoss) back(turn.mayHaveMissed);
          break;
      }
    },
    read({ sentAt, receivedAt }) {
      if (since === 'lost') return;
      // What was answered before it was doubted was answered by a clock that has been set back since.
      if (since === null || sentAt >= since || receivedAt < since) believe();
    },
    confirmed() {
      if (since !== 'lost') believe();
    },
    settled() {
      if (since !== null) believe();
    },
  };

  function back(mayHaveMissed: boolean): void {
    if (!mayHaveMissed) {
      if (since === null) return;
      since = null;
      // Else the next answer says so.
      if (parts.isHealthy()) parts.onBelief();
      return;
    }
    if (since === null && !parts.isCovered()) return;
    since = Date.now();
    parts.onDoubt();
    if (parts.isHeld()) believe();
  }

  function believe(): void {
    since = null;
    parts.onBelief();
  }
}
