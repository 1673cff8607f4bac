/**
 * The newsroom of one viewer: begins and ends to listen, and hands each piece of news to whom it concerns. It is called so
 * because news come in here, are held against what is known, and go out once.
 *
 * ```text
 *   off ──somebody watches──► connecting ──► listening ◄──► recovering
 *    ▲                            └───────────► denied ──► connecting          (the listener's own states, `source.ts`)
 *    └── nobody watches, after the linger: from everywhere
 *
 *   listening ──lost──► quiet loss ──three seconds──► told loss ──back──► half a second, for what is replayed ──► over
 *       ▲                   └── back, and nothing missed: nobody is told, and nothing is read
 *       └── back, and something may be missed: everything is read again, from either
 * ```
 */
import { LRUCache } from 'lru-cache';
import { orNoted } from '../or-noted.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { upTo } from '../up-to.ts';
import type { CallShape, Kind } from './shape.ts';
import type { CallNews, CallSource, Listening, ListeningState, PartyNews, WholeNews } from './source.ts';
import { RESULTS } from './told.ts';
import { type Held, isCloseTo, observe } from './transitions.ts';

/** What has changed about listening. */
export type Turn<K extends Kind> =
  /** Its loss has lasted for a moment: from now on calls are asked for. */
  | { readonly kind: 'lost'; readonly listening: Listening<K> }
  /** It listens. `mayHaveMissed`: read everything again; `afterLoss`: it had listened before, and was lost. */
  | { readonly kind: 'listening'; readonly mayHaveMissed: boolean; readonly afterLoss: boolean }
  | { readonly kind: 'denied' };

/** Whom the newsroom tells. */
export interface NewsroomParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly source: () => CallSource<K>;
  /** Milliseconds that it goes on listening after the last watcher. */
  readonly linger: number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Hands news to a call that is known; false: it is not. */
  readonly toCall: (news: CallNews<K>) => boolean;
  /** Hands the news of a party of a call that is not known to the list of calls. */
  readonly toList: (news: PartyNews<K>, party: K['Party']) => void;
  /** The same for news of the whole call, as it is held after them. */
  readonly wholeToList: (news: WholeNews<K>, call: K['Call']) => void;
  /** News of a call that is not known may be older than others: only the phone system knows how the list is. */
  readonly onDoubt: () => void;
  readonly onTurn: (turn: Turn<K>) => void;
  /** It listens no more. */
  readonly onEnd: () => void;
  /** What another gateway left that has listened until now; asked for as listening begins. */
  readonly inherited?: () => string | null;
  /** What another gateway would need to go on. */
  readonly onKept?: (inheritance: string | null) => void;
}

export interface Newsroom<K extends Kind> {
  /** Where it stands; null: nobody listens. */
  readonly state: ListeningState | null;
  /** What tells of changes by itself at this moment; null: nothing does. */
  readonly listening: Listening<K> | null;
  /** Milliseconds that are left to wait for the first word, before anything is polled meanwhile; null: nobody waits. */
  readonly beginning: number | null;
  /** Why it is denied, for a developer. */
  readonly reason: string | null;
  /** Somebody watches, or nobody does any more. */
  wanted(isWanted: boolean): void;
  /** Listens no more, because another gateway will; answers what that one needs, null where nothing would do. */
  handOver(): string | null;
  /** A call is over and forgotten: late news of it are no news. */
  bury(callId: string): void;
  stop(): void;
}

/** A loss that is over by then is none for those who watch: the first try to come back is made within two seconds. */
const GRACE = 3_000; // 3 seconds
/** What is replayed after a recovery may be so much that there was more. */
const SETTLE = 500; // milliseconds

/** A socket is open sooner than a held poll would be worth its request. */
const BEGINNING = 5_000; // 5 seconds
/** Late news come minutes late at most. */
const TOMBSTONE = 600_000; // 10 minutes
const MOST_TOMBSTONES = 1_000;
/** Calls of which nobody knows but the list. */
const MOST_UNKNOWN = 500;

/** What the news told of a call that nobody watches. */
type Told<K extends Kind> = ReadonlyMap<string, { readonly sequence: number; readonly party: K['Party'] }>;

/** Makes it; it does not listen yet. */
export function createNewsroom<K extends Kind>(parts: NewsroomParts<K>): Newsroom<K> {
  const { shape, source, metrics, log } = parts;
  let listening: Listening<K> | null = null;
  let state: ListeningState | null = null;
  let reason: string | null = null;
  let leaving: NodeJS.Timeout | null = null;
  /** That it was lost, and whether somebody was told; null once that is over. */
  let loss: 'quiet' | 'told' | null = null;
  let patience: NodeJS.Timeout | undefined;
  /** By the clock that nobody sets, `performance.now()`. */
  let begunAt = -Infinity;
  /** What another gateway has listened with is being brought back. */
  let isTakingOver = false;
  const graves = new LRUCache<string, true>({ ...upTo(MOST_TOMBSTONES), ttl: TOMBSTONE });
  const unknown = new LRUCache<string, Told<K>>({ ...upTo(MOST_UNKNOWN), ttl: TOMBSTONE });
  /** The same, where news tell of whole calls. */
  let unknownCalls: LRUCache<string, Held<K>> | null = null;

  return {
    get state() {
      return state;
    },
    get listening() {
      return state === 'listening' ? listening : null;
    },
    get beginning() {
      const left = begunAt + BEGINNING - performance.now();
      return (state === 'connecting' || isTakingOver) && left > 0 ? left : null;
    },
    get reason() {
      return reason;
    },
    wanted(isWanted) {
      if (isWanted) {
        if (leaving !== null) clearTimeout(leaving);
        leaving = null;
        begin();
      } else if (listening !== null) {
        leaving ??= setTimeout(end, parts.linger).unref();
      }
    },
    handOver() {
      const inheritance = listening?.handOver?.() ?? null;
      end();
      return inheritance;
    },
    bury: (callId) => void graves.set(callId, true),
    stop: end,
  };

  function begin(): void {
    const { listen } = source();
    if (listening !== null || listen === undefined) return;
    state = 'connecting';
    begunAt = performance.now();
    const inherited = parts.inherited?.() ?? null;
    isTakingOver = inherited !== null;
    listening = listen(
      {
        heard(news) {
          orNoted(
            () => hear(news),
            (error) => log.error({ err: error }, 'A piece of news met a defect'),
          );
        },
        entered(entered, facts) {
          state = entered;
          reason = facts.reason;
          turn(entered, facts.mayHaveMissed);
        },
        kept: (inheritance) => parts.onKept?.(inheritance),
      },
      inherited,
    );
  }

  function turn(entered: ListeningState, mayHaveMissed: boolean): void {
    clearTimeout(patience);
    const was = isTakingOver && loss === 'quiet' ? null : loss;
    // Whoever has just taken over reads everything anyway, and nobody was told of a loss.
    if (entered !== 'recovering') isTakingOver = false;
    switch (entered) {
      case 'recovering':
        loss ??= 'quiet';
        if (loss === 'quiet') patience = setTimeout(tellLoss, GRACE).unref();
        break;
      case 'listening':
        if (mayHaveMissed) {
          loss = null;
          parts.onTurn({ kind: 'listening', mayHaveMissed, afterLoss: was !== null });
        } else {
          patience = setTimeout(tellReturn, SETTLE).unref();
        }
        break;
      case 'denied':
        loss = null;
        parts.onTurn({ kind: 'denied' });
        break;
    }
  }

  function tellLoss(): void {
    loss = 'told';
    isTakingOver = false;
    if (listening !== null) parts.onTurn({ kind: 'lost', listening });
  }

  /** Everything that was missed has been replayed. */
  function tellReturn(): void {
    const wasTold = loss === 'told';
    loss = null;
    if (wasTold) parts.onTurn({ kind: 'listening', mayHaveMissed: false, afterLoss: true });
  }

  function end(): void {
    if (leaving !== null) clearTimeout(leaving);
    leaving = null;
    if (listening === null) return;
    clearTimeout(patience);
    loss = null;
    isTakingOver = false;
    listening.stop();
    listening = null;
    state = null;
    reason = null;
    unknown.clear();
    unknownCalls?.clear();
    parts.onEnd();
  }

  function hear(news: CallNews<K>): void {
    // Of calls that nobody knows only the list wants to hear, and it has own parties alone.
    if (parts.toCall(news) || (news.about === 'party' && news.isOfOthers === true)) return;
    if (graves.has(news.callId)) count('ghost');
    else if (news.about === 'party') hearParty(news);
    else hearWhole(news);
  }

  function count(result: string): void {
    metrics.pushEvents.inc({ system: shape.system, result });
  }

  function hearWhole(news: WholeNews<K>): void {
    const { callId, receivedAt } = news;
    unknownCalls ??= new LRUCache({ ...upTo(MOST_UNKNOWN), ttl: TOMBSTONE });
    const held = unknownCalls.get(callId) ?? null;
    const call = news.call(held?.call ?? null);
    const observation = { call, sentAt: receivedAt, receivedAt, isWholeNews: true };
    const verdict = observe(shape, held, observation, source().outlook);
    count(RESULTS[verdict.kind]);
    if (verdict.kind === 'doubtful') {
      parts.onDoubt();
      return;
    }
    unknownCalls.set(callId, verdict.held);
    if (verdict.kind !== 'changed') return;
    parts.wholeToList(news, verdict.held.call);
    if (held !== null && isCloseTo(held.call, receivedAt)) parts.onDoubt();
  }

  function hearParty(news: PartyNews<K>): void {
    const { callId } = news;
    const told = unknown.get(callId);
    const before = told?.get(news.partyId);
    if (before !== undefined && news.sequence <= before.sequence) {
      count('old');
      return;
    }
    const party = news.party(before?.party ?? null);
    // Whoever has left does not come back.
    if (before !== undefined && shape.hasLeft(before.party) && !shape.hasLeft(party)) return;
    count('applied');
    unknown.set(callId, new Map(told).set(news.partyId, { sequence: news.sequence, party }));
    parts.toList(news, party);
  }
}
