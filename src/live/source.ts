/** What watching needs of a phone system: reads for one viewer, some of which may be held open. */
import type { CallControlFailure } from '../../schema/failures.ts';
import type { Kind } from './shape.ts';

/** The parameters of a long poll. Nobody documents their units, so only bodies are believed. */
export interface LongPoll {
  /** The upstream's time up to which changes are known, ISO 8601 with milliseconds. */
  readonly timestamp: string;
  /** Seconds that the upstream may hold the request. */
  readonly timeout: number;
}

/** How a read is made. */
export interface ReadOptions {
  /** Queries answer a person who waits; polls keep a watch fresh and may wait themselves. */
  readonly lane: 'query' | 'poll';
  readonly signal?: AbortSignal | undefined;
  /** The id of the operation it is for, for the log; of the first, where several share a read. */
  readonly requestId?: string | undefined;
  /** Of a poll: since when its call goes unwatched, by `performance.now()`. The longest goes first. */
  readonly unwatchedSince?: number | undefined;
  /** Called as the request leaves: before that it may have waited for the rate budget. */
  readonly onSent?: (() => void) | undefined;
}

/** When something was asked and answered, by this machine's clock, in epoch milliseconds. */
export interface ReadingTimes {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The upstream's own clock as it answered (its `Date` header, whole seconds), or null. */
  readonly upstreamDate: number | null;
}

/** What was read, and when. */
export interface Reading<Value> extends ReadingTimes {
  readonly value: Value;
}

/**
 * Thrown by a read that was held, and ended without a call: because there is `nothingNew`, or because somebody on the way
 * `cut` it. The cause is what it means where it cannot be that.
 */
export class HoldEnded extends Error {
  override name = 'HoldEnded';

  constructor(
    readonly kind: 'nothingNew' | 'cut',
    override readonly cause: CallControlFailure,
  ) {
    super(`A held read ended without a call: ${kind}.`);
  }
}

/**
 * One viewer's view of a phone system. Every method throws the failures of `schema/failures.ts`;
 * `observedAt` in an answer is its `receivedAt`.
 */
export interface CallSource<K extends Kind> {
  /**
   * A call, held open when `longPoll` is given; null when there is no such call (any more).
   * @throws {HoldEnded} also, when it was held.
   */
  readCall(
    callId: string,
    options: ReadOptions & { readonly longPoll?: LongPoll | undefined },
  ): Promise<Reading<K['Call'] | null>>;
  /** One party of a call; missing where only whole calls can be read. */
  readParty?(callId: string, partyId: string, options: ReadOptions): Promise<Reading<K['Party'] | null>>;
  /** The viewer's calls. */
  readList(options: ReadOptions): Promise<Reading<readonly K['Entry'][]>>;
  /**
   * Begins to listen; missing where calls are only asked for. `inherited`: what another gateway left that has listened
   * until now, so that what was told meanwhile is told again.
   */
  listen?(ear: Ear<K>, inherited?: string | null): Listening<K>;
  /** How many reads a minute the phone system allows this viewer; missing: the usual number. */
  readsPerMinute?(): number;
  /**
   * What the viewer is shown of a party beside its own facts, because it depends on the rest of the call, or on the call
   * itself; asks nobody. A party for which this text differs has changed, although nothing of its own did.
   */
  outlook(call: K['Call'], party: K['Party']): string;
}

/** What came by itself. */
export type CallNews<K extends Kind> = PartyNews<K> | WholeNews<K>;

/** One party's news, with its place among all. */
export interface PartyNews<K extends Kind> {
  readonly about: 'party';
  readonly callId: string;
  readonly partyId: string;
  /** Counts the changes of one call over all its parties. A gap says something only where all parties are told of. */
  readonly sequence: number;
  /** The phone system's time of the change, epoch milliseconds; null where it told none. */
  readonly eventTime: number | null;
  /** When it arrived, by this machine's clock. */
  readonly receivedAt: number;
  /** The party after the news, laid over what is known of it; null: nothing is. */
  party(known: K['Party'] | null): K['Party'];
  /** What it tells of the call itself; null where it does not. */
  readonly facts: Partial<K['Call']> | null;
  /** How the list of calls shows that party; null where it does not. */
  entry(party: K['Party']): K['Entry'] | null;
  /** It is of somebody else's party, as whoever looks at more than their own calls is told: the list of calls is not meant. */
  readonly isOfOthers?: boolean;
}

/** The whole call as it was when something changed. It has no place: it may come late, and twice. */
export interface WholeNews<K extends Kind> {
  readonly about: 'call';
  readonly callId: string;
  /** When it arrived, by this machine's clock. */
  readonly receivedAt: number;
  /** The call, with what news leave out as it is known; null: nothing is. */
  call(known: K['Call'] | null): K['Call'];
  /** How the list of calls shows the call, as it is held after the news; null where it is none of the viewer's any more. */
  entry(call: K['Call']): K['Entry'] | null;
}

/**
 * Where listening stands. Only while it is `listening` news come by themselves; in all others calls are asked for.
 *
 * - `connecting`: not yet; `recovering`: it was, and will be soon; `denied`: the phone system does not let it.
 */
export type ListeningState = 'connecting' | 'listening' | 'recovering' | 'denied';

/** Who is told, in order. */
export interface Ear<K extends Kind> {
  heard(news: CallNews<K>): void;
  /**
   * It stands elsewhere now. `mayHaveMissed`: news since it last listened may be lost, so that everything that is known
   * must be read again. `reason`: why it is denied, for a developer.
   */
  entered(
    state: ListeningState,
    facts: { readonly mayHaveMissed: boolean; readonly reason: string | null },
  ): void;
  /** What another gateway would need to go on listening, should this one end without a word; null: nothing would do. */
  kept?(inheritance: string | null): void;
}

/** What tells of a viewer's calls by itself. */
export interface Listening<K extends Kind> {
  /** True for a party whose every change is told. */
  tellsOf(party: K['Party']): boolean;
  stop(): void;
  /** Stops, and answers what another gateway needs to go on; null: nothing would do. */
  handOver?(): string | null;
}
