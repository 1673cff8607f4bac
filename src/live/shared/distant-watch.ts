/**
 * A watch that another gateway keeps: to the call here it looks like one of its own, but it asks nobody. What comes of it
 * is told by the ledger.
 */
import { createSettling, type Settling } from '../settling.ts';
import type { Kind } from '../shape.ts';
import type { Watch } from '../watch.ts';
import type { Ledger } from './ledger.ts';

export interface DistantWatchParts {
  readonly ledger: Pick<Ledger<Kind>, 'isFresh' | 'nextTry'>;
  /** Has the other gateway look. */
  readonly look: () => void;
}

export interface DistantWatch extends Watch {
  /** The other gateway told how it is, or that it cannot. */
  told(): void;
}

const PATIENCE = 1_000; // 1 second: how long a question waits for the other gateway

/** Makes it. */
export function createDistantWatch({ ledger, look }: DistantWatchParts): DistantWatch {
  let settling: Settling | null = null;
  const settle = () => settling?.settle();
  return {
    isHealthy: () => ledger.isFresh && ledger.nextTry === null,
    isHeld: () => false,
    isQueued: () => false,
    whenSettled() {
      if (ledger.isFresh || ledger.nextTry !== null) return Promise.resolve();
      settling ??= createSettling(PATIENCE);
      return settling.promise;
    },
    poke: look,
    told: settle,
    stop: settle,
  };
}
