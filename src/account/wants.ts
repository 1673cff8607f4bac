/**
 * What somebody wants to know of an account: here, here until a moment ago, and at other gateways.
 *
 * ```text
 *   here:   nothing ──somebody reads everything──► everything ──the last of them left, and is not waited for any more──► nothing
 *   a row:  those whom somebody reads of, as long as they do
 * ```
 */
import type { AccountReaders } from './readers.ts';
import { type AccountWish, areSameWishes, readWishes, rowOf, writeWish } from './wishes.ts';

export interface WantsParts {
  readonly readers: Pick<AccountReaders, 'count' | 'extensionIds'>;
  /** What is wanted here, for whoever leads, in words that {@link Wants.elsewhere} reads there. */
  readonly tell: (wish: string | null) => void;
  /** Whoever left last is not waited for any more. */
  readonly onForgotten: () => void;
}

export interface Wants {
  /** Somebody looks at everything, or did a moment ago. */
  readonly all: boolean;
  /** Of whom somebody wants to know what they do. */
  readonly row: ReadonlySet<string>;
  /** Somebody wants anything at all. */
  readonly any: boolean;
  /** Somebody reads. */
  came(): void;
  /** A reader left, and is worth so many milliseconds. */
  left(patience: number): void;
  /** What other gateways wish; false where that is what they wished before. */
  elsewhere(whats: readonly string[]): boolean;
  /** Waits for nobody, and wants nothing here. */
  rest(): void;
}

/** Makes it; nobody wants anything. */
export function createWants({ readers, tell, onForgotten }: WantsParts): Wants {
  /** Somebody looked at everything a moment ago. */
  let isAllKept = false;
  let leaving: NodeJS.Timeout | undefined;
  /** When whoever left last is not waited for any more, by `performance.now()`. */
  let patientUntil = -Infinity;
  let wishes: readonly AccountWish[] = [];

  return {
    get all() {
      return isAllHere() || wishes.some(({ all }) => all);
    },
    get row() {
      return rowOf(readers.extensionIds(), wishes);
    },
    get any() {
      return isAllHere() || readers.extensionIds().size > 0 || wishes.length > 0;
    },
    came() {
      // Whoever comes for a row waits for nobody who looked at everything.
      if (readers.count() > 0) {
        clearTimeout(leaving);
        isAllKept = true;
      }
      tellHere();
    },
    left(patience) {
      patientUntil = Math.max(patientUntil, performance.now() + patience);
      tellHere();
      if (readers.count() > 0) return;
      clearTimeout(leaving);
      leaving = setTimeout(forget, Math.max(0, patientUntil - performance.now())).unref();
    },
    elsewhere(whats) {
      const before = wishes;
      wishes = readWishes(whats);
      return !areSameWishes(wishes, before);
    },
    rest() {
      clearTimeout(leaving);
      isAllKept = false;
      tell(null);
    },
  };

  function isAllHere(): boolean {
    return isAllKept || readers.count() > 0;
  }

  function tellHere(): void {
    tell(writeWish({ all: isAllHere(), row: [...readers.extensionIds()] }));
  }

  function forget(): void {
    if (readers.count() > 0) return;
    isAllKept = false;
    tellHere();
    onForgotten();
  }
}
