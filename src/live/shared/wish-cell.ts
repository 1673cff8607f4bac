/** The wishes of all gateways for one viewer, where they share them: each writes its own, and whoever leads reads them. */
import { Apart, type Cell, type Commons, type Key, type Stop } from '../../commons/commons.ts';
import { type SealingKey, seal, unseal } from '../../commons/seal.ts';
import { othersOf, type Wish, type Wishes, withWish } from './wishes.ts';

/** Clocks that differ by less are taken to agree: so long an answer may be on its way. */
const CLOCKS_AGREE = 50; // milliseconds

/** Writes them, and reads them; what it asks for is answered with the time of the store, too. */
export class WishCell {
  readonly #commons: Commons;
  readonly #cell: Cell<Wishes>;
  readonly #key: () => Key;
  #ahead = 0;
  #isTelling = false;
  #mustTellAgain = false;

  constructor(commons: Commons, key: SealingKey, where: () => Key) {
    this.#commons = commons;
    this.#key = where;
    this.#cell = commons.cell<Wishes>({
      word: 'wishes',
      write: (wishes) => seal(JSON.stringify(wishes), key),
      // What cannot be read is as good as not there: it is written again.
      read: (text) => JSON.parse(unseal(text, key) ?? '{}'),
    });
  }

  /** By how many milliseconds the clock of the store is ahead of ours; 0 where they agree well enough. */
  get ahead(): number {
    return this.#ahead;
  }

  follow(hear: () => void): Stop {
    return this.#cell.follow(this.#key(), hear);
  }

  /** What the others wish; null where the store cannot be reached. */
  async others(): Promise<Wishes | null> {
    try {
      const askedAt = Date.now();
      const { others, at } = await this.#cell.update(this.#key(), (wishes, now) => ({
        result: { others: othersOf(wishes, this.#commons.self, now), at: now },
      }));
      this.#noteClock(at, askedAt);
      return others;
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      return null;
    }
  }

  /**
   * Writes what this gateway wishes, good for a term; `isNews`: the others are told. One after the other: of several that
   * wait only the newest.
   */
  async tell(wish: () => Wish, term: number, isNews: boolean): Promise<void> {
    if (this.#isTelling) {
      this.#mustTellAgain = true;
      return;
    }
    this.#isTelling = true;
    try {
      let isTold = isNews;
      do {
        this.#mustTellAgain = false;
        const askedAt = Date.now();
        const at = await this.#cell.update(this.#key(), (wishes, now) => {
          const value = withWish(wishes, this.#commons.self, wish(), now + term, now);
          return { value, lifetime: 2 * term, tell: isTold, result: now };
        });
        this.#noteClock(at, askedAt);
        isTold = true;
      } while (this.#mustTellAgain);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
    } finally {
      this.#isTelling = false;
    }
  }

  #noteClock(at: number, askedAt: number): void {
    const ahead = at - (askedAt + Date.now()) / 2;
    this.#ahead = Math.abs(ahead) < CLOCKS_AGREE ? 0 : ahead;
  }
}
