/**
 * The board of one viewer's desk: what whoever leads tells the others beside the calls. Nobody comes back to it with a
 * cursor, so only the newest counts.
 */
import type { LiveSource } from '../../../schema/provider.ts';
import { Apart, type Cell, type Commons, type Key, type Stop } from '../../commons/commons.ts';
import { type SealingKey, seal, unseal } from '../../commons/seal.ts';
import type { CallList, SharedList } from '../call-list.ts';
import type { Kind } from '../shape.ts';

/** What whoever leads tells beside the calls. */
export interface Board<K extends Kind> {
  readonly list: SharedList<K>;
  /** How changes come to be known; null: nobody watches. */
  readonly source: LiveSource | null;
  /** Why calls must not be watched at all; null: they may be. */
  readonly denied: string | null;
}

/** A board as it stands, with the fence of whoever wrote it. */
type Posted<K extends Kind> = Board<K> & { readonly fence: number };

const BOARD_LIFETIME = 180_000; // 3 minutes

/** Puts it up, and reads it. */
export class BoardCell<K extends Kind> {
  readonly #cell: Cell<Posted<K>>;
  readonly #key: () => Key;
  /** What waits to be put up. */
  #next: Posted<K> | null = null;
  #isPosting = false;

  constructor(commons: Commons, key: SealingKey, where: () => Key) {
    this.#key = where;
    this.#cell = commons.cell<Posted<K>>({
      word: 'board',
      write: (board) => seal(JSON.stringify(writtenBoard(board)), key),
      read: (text) => readBoard(unseal(text, key)),
    });
  }

  /** Puts it up, with the fence of whoever leads; of several that wait only the newest. */
  post(board: Board<K>, fence: number): void {
    this.#next = { ...board, fence };
    if (!this.#isPosting) void this.#post();
  }

  /** Puts nothing up any more. */
  rest(): void {
    this.#next = null;
  }

  /** What is put up, unless that is of one who leads no more. */
  async read(fence: number): Promise<Board<K> | null> {
    try {
      const board = await this.#cell.update(this.#key(), (value) => ({ result: value }));
      return board !== null && board.fence >= fence ? board : null;
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      return null;
    }
  }

  follow(hear: () => void): Stop {
    return this.#cell.follow(this.#key(), hear);
  }

  async #post(): Promise<void> {
    this.#isPosting = true;
    try {
      while (this.#next !== null) {
        const value = this.#next;
        this.#next = null;
        await this.#cell.update(this.#key(), () => {
          return { value, lifetime: BOARD_LIFETIME, tell: true, result: null };
        });
      }
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
    } finally {
      this.#isPosting = false;
    }
  }
}

type WrittenList<K extends Kind> = Omit<CallList<K>, 'awaited'> & {
  readonly awaited: readonly (readonly [string, number])[];
};
type WrittenBoard<K extends Kind> = Omit<Posted<K>, 'list'> & {
  readonly list: Omit<SharedList<K>, 'list'> & { readonly list: WrittenList<K> | null };
};

function writtenBoard<K extends Kind>({ list, ...rest }: Posted<K>): WrittenBoard<K> {
  const { list: calls } = list;
  return { ...rest, list: { ...list, list: calls && { ...calls, awaited: [...calls.awaited] } } };
}

function readBoard<K extends Kind>(text: string | null): Posted<K> {
  if (text === null) return NOTHING_POSTED;
  const { list, ...rest } = JSON.parse(text) as WrittenBoard<K>;
  const { list: calls } = list;
  return { ...rest, list: { ...list, list: calls && { ...calls, awaited: new Map(calls.awaited) } } };
}

const NOTHING_POSTED: Posted<never> = {
  list: { list: null, trouble: null },
  source: null,
  denied: null,
  fence: 0,
};
