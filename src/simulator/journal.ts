/** Every request that came, for tests that ask what a client really sent. */

export interface JournalEntry {
  readonly method: string;
  /** As it was sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** Null for a path that is none. */
  operationId: string | null;
  /** The extension number of whoever asked; null when nobody is known. */
  viewer: string | null;
  /** Epoch milliseconds. */
  readonly started: number;
  /** Epoch milliseconds; null while it runs. */
  ended: number | null;
  /** Null while it runs, and when it never got an answer. */
  status: number | null;
  /** True for a long poll that had to wait. */
  held: boolean;
  /** The trouble it was given, where one was ordered. */
  fault?: string;
  /** These three only with the setting `journalBodies`. */
  authorization?: string;
  requestBody?: unknown;
  responseBody?: unknown;
}

export interface Journal {
  /** Notes a request; the entry is completed while the request runs. */
  add(entry: JournalEntry): JournalEntry;
  /** Newest last. */
  entries(): readonly JournalEntry[];
  clear(): void;
}

const LIMIT = 20_000;

/** Keeps the newest 20,000 requests. */
export function createJournal(): Journal {
  let entries: JournalEntry[] = [];
  return {
    add(entry) {
      entries.push(entry);
      // Cut in big pieces, because every cut moves all that stays.
      if (entries.length > LIMIT * 1.1) entries = entries.slice(-LIMIT);
      return entry;
    },
    entries: () => entries.slice(-LIMIT),
    clear: () => {
      entries = [];
    },
  };
}
