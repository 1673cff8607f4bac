/**
 * What was written and is not read yet. Some always waits, because no network takes everything at once; but it is memory,
 * and how much and how long is decided by clients. So it is counted in bytes, of everybody together and of each viewer.
 *
 * ```text
 *   read ── more is written than the network takes ──▶ waiting ── the network took all of it ──▶ read
 *                                                        │
 *         takes next to nothing for a while (stopped) ───┤
 *         its owner has more than a share (share) ───────┼──▶ cut
 *         all have more than there is room for (room) ───┘
 * ```
 *
 * Where something has to go it is the worst reader's: of the owner with the heaviest burden the heaviest, where a burden is
 * bytes by the time since its reader took any. What was written a moment ago is no burden yet, however large it is.
 */
import type { Duplex } from 'node:stream';
import type { Metrics } from '../telemetry/metrics.ts';

/** One connection and whoever reads from it. */
export interface Reader {
  readonly connection: Duplex;
  /** The viewer; null for whoever has not said who they are. */
  readonly owner: string | null;
  /** Bytes that are held for it beside those that the connection holds. */
  readonly beside: number;
  /** Bytes of those that were taken off so far; with what the network takes this is how it gets on. */
  readonly passed: number;
  /** Ends it at once, with all that waits. */
  cut(): void;
}

export interface UnreadParts {
  /** Bytes for everybody together. */
  readonly room: number;
  /** For a reader that takes next to nothing, in milliseconds. */
  readonly patience: number;
  readonly metrics: Pick<Metrics, 'unreadBytes' | 'readersCut'>;
}

export interface Unread {
  /** To be called after something was written. Whatever is too much is cut. */
  wrote(reader: Reader): void;
  /** Whether so much waits that what can wait elsewhere should. */
  isSlow(reader: Reader): boolean;
  /** Whether so much waits that nothing more is to be written. */
  isFull(reader: Reader): boolean;
  stop(): void;
}

/** Why a reader was cut. */
type Reason = 'stopped' | 'share' | 'room';

/** What a reader has to take within the time of our patience, or all there is: a bad telephone line does in three seconds. */
const NEXT_TO_NOTHING = 65_536; // 64 KiB

/** As much as one connection of a stranger may leave unread: more than any answer to them. */
const STRANGERS_OWN = 65_536; // 64 KiB

/** More than this, and a reader is slow; less where there is little room. */
const SLOW = 1_048_576; // 1 MiB

/** Between two looks at those that wait. */
const PACE = 1_000; // 1 second

/** Makes the account of one gateway. */
export function createUnread({ room, patience, metrics }: UnreadParts): Unread {
  const waiting = new Map<Reader, Entry>();
  const accounts = new Map<string | null, Account>();
  const slow = Math.min(SLOW, room / 16);
  let total = 0;
  const looking = setInterval(lookAround, Math.min(PACE, patience / 2)).unref();
  Object.assign(metrics.unreadBytes, { collect: tell });

  return {
    wrote(reader) {
      // The usual case: the network took it.
      if (reader.connection.writableLength === 0 && reader.beside === 0) return;
      const now = performance.now();
      const entry = waiting.get(reader) ?? begin(reader, now);
      look(entry, now);
      makeRoom(entry.account, now);
    },
    isSlow: ({ connection }) => connection.writableLength > slow,
    isFull({ connection, owner, beside }) {
      return connection.writableLength + beside > (owner === null ? STRANGERS_OWN : room / 4);
    },
    stop: () => clearInterval(looking),
  };

  function begin(reader: Reader, now: number): Entry {
    const entry = new Entry(reader, accountOf(reader.owner), now);
    waiting.set(reader, entry);
    return entry;
  }

  function accountOf(owner: string | null): Account {
    const account = accounts.get(owner) ?? { owner, bytes: 0, entries: new Set() };
    accounts.set(owner, account);
    return account;
  }

  /** Brings an entry up to date; one that has nothing to wait for goes. */
  function look(entry: Entry, now: number): void {
    const { reader } = entry;
    const { connection, owner } = reader;
    if (entry.account.owner !== owner) move(entry, accountOf(owner));
    count(entry, connection.destroyed ? 0 : connection.writableLength + reader.beside);
    if (entry.bytes === 0) {
      waiting.delete(reader);
      close(entry.account, entry);
      return;
    }
    const taken = takenOf(connection) + reader.passed;
    if (taken - entry.taken < NEXT_TO_NOTHING) return;
    entry.taken = taken;
    entry.since = now;
  }

  function count(entry: Entry, bytes: number): void {
    const more = bytes - entry.bytes;
    entry.bytes = bytes;
    entry.account.bytes += more;
    entry.account.entries.add(entry);
    total += more;
  }

  function move(entry: Entry, account: Account): void {
    const { bytes } = entry;
    count(entry, 0);
    close(entry.account, entry);
    entry.account = account;
    count(entry, bytes);
  }

  function close(account: Account, entry: Entry): void {
    account.entries.delete(entry);
    if (account.entries.size === 0) accounts.delete(account.owner);
  }

  /** Strangers have one share for all of them. */
  function shareOf({ owner }: Account): number {
    return owner === null ? room / 8 : room / 2;
  }

  /** Cuts whoever is too much; down to three quarters, so that the search is not begun anew with each write. */
  function makeRoom(account: Account, now: number): void {
    const share = shareOf(account);
    if (account.bytes > share) {
      for (const entry of account.entries) look(entry, now);
      if (account.bytes > share) cutWorst('share', account.entries, account.bytes - share * 0.75, now);
    }
    if (total <= room) return;
    for (const entry of waiting.values()) look(entry, now);
    while (total > room) {
      const worst = mostOf(accounts.values(), ({ entries }) => sum(entries, (entry) => entry.burden(now)));
      if (worst === undefined) return;
      cutWorst('room', worst.entries, total - room * 0.75, now);
    }
  }

  /** Cuts those with the heaviest burden until so many bytes are free, or nobody is left. */
  function cutWorst(reason: Reason, entries: Iterable<Entry>, bytes: number, now: number): void {
    let left = bytes;
    for (const entry of [...entries].sort((one, other) => other.burden(now) - one.burden(now))) {
      if (left <= 0) return;
      left -= entry.bytes;
      cut(entry, reason);
    }
  }

  function cut(entry: Entry, reason: Reason): void {
    metrics.readersCut.inc({ reason });
    count(entry, 0);
    waiting.delete(entry.reader);
    close(entry.account, entry);
    entry.reader.cut();
  }

  function lookAround(): void {
    const now = performance.now();
    for (const entry of waiting.values()) {
      look(entry, now);
      if (entry.bytes > 0 && now - entry.since > patience) cut(entry, 'stopped');
    }
  }

  function tell(): void {
    const now = performance.now();
    for (const entry of waiting.values()) look(entry, now);
    const strangers = accounts.get(null)?.bytes ?? 0;
    metrics.unreadBytes.set({ of: 'viewers' }, total - strangers);
    metrics.unreadBytes.set({ of: 'strangers' }, strangers);
  }
}

/** What one viewer, or all strangers, leave unread. */
interface Account {
  readonly owner: string | null;
  bytes: number;
  readonly entries: Set<Entry>;
}

/** What one reader leaves unread. */
class Entry {
  readonly reader: Reader;
  account: Account;
  bytes = 0;
  taken: number;
  /** When it last took more than next to nothing. */
  since: number;

  constructor(reader: Reader, account: Account, now: number) {
    this.reader = reader;
    this.account = account;
    this.taken = takenOf(reader.connection) + reader.passed;
    this.since = now;
  }

  /** Those that came in one breath are told apart by their bytes. */
  burden(now: number): number {
    return this.bytes * (now - this.since + 1);
  }
}

/** What Node knows of a connection and tells nobody: of a large write how much is out already. */
interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/** Bytes that the network took of all that was ever written; without its handle a write counts when it is out as a whole. */
function takenOf(connection: Duplex & { readonly _handle?: Handle | null }): number {
  const { bytesWritten, writeQueueSize } = connection._handle ?? {};
  if (bytesWritten !== undefined && writeQueueSize !== undefined) return bytesWritten - writeQueueSize;
  return 'bytesWritten' in connection ? Number(connection.bytesWritten) - connection.writableLength : 0;
}

function mostOf<Value>(values: Iterable<Value>, weigh: (value: Value) => number): Value | undefined {
  let most: { readonly value: Value; readonly weight: number } | undefined;
  for (const value of values) {
    const weight = weigh(value);
    if (most === undefined || weight > most.weight) most = { value, weight };
  }
  return most?.value;
}

function sum<Value>(values: Iterable<Value>, weigh: (value: Value) => number): number {
  let all = 0;
  for (const value of values) all += weigh(value);
  return all;
}
