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
import type { CallParty } from '../../schema/model.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { hasLeft } from './call-list.ts';
import type { CallNews, CallSource, Listening, ListeningState } from './source.ts';

/** What has changed about listening. */
export type Turn =
  /** Its loss has lasted for a moment: from now on calls are asked for. */
  | { readonly kind: 'lost'; readonly listening: Listening }
  /** It listens. `mayHaveMissed`: read everything again; `afterLoss`: it had listened before, and was lost. */
  | { readonly kind: 'listening'; readonly mayHaveMissed: boolean; readonly afterLoss: boolean }
  | { readonly kind: 'denied' };

/** Whom the newsroom tells. */
export interface NewsroomParts {
  readonly source: () => CallSource;
  /** Milliseconds that it goes on listening after the last watcher. */
  readonly linger: number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Hands news to a call that is known; false: it is not. */
  readonly toCall: (news: CallNews) => boolean;
  /** Hands the news of a party to the list of calls. */
  readonly toList: (news: CallNews, party: CallParty) => void;
  readonly onTurn: (turn: Turn) => void;
  /** It listens no more. */
  readonly onEnd: () => void;
  /** What another gateway left that has listened until now; asked for as listening begins. */
  readonly inherited?: () => string | null;
  /** What another gateway would need to go on. */
  readonly onKept?: (inheritance: string | null) => void;
}

export interface Newsroom {
  /** Where it stands; null: nobody listens. */
  readonly state: ListeningState | null;
  /** What tells of changes by itself at this moment; null: nothing does. */
  readonly listening: Listening | null;
  /** Milliseconds that are left to wait for the first word, before anything is polled meanwhile; null: nobody waits. */
  readonly beginning: number | null;
  /** Why it is denied, for a developer. */
  readonly reason: string | null;
  /** Somebody watches, or nobody does any more. */
  wanted(isWanted: boolean): void;
  /** Listens no more, because another gateway will; answers what that one needs, null where nothing would do. */
  handOver(): string | null;
  /** A call is over and forgotten: late news of it are no news. */
  bury(sessionId: string): void;
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
type Told = ReadonlyMap<string, { readonly sequence: number; readonly party: CallParty }>;

/** Makes it; it does not listen yet. */
export function createNewsroom(parts: NewsroomParts): Newsroom {
  const { source, metrics, log } = parts;
  let listening: Listening | null = null;
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
  const graves = new LRUCache<string, true>({ max: MOST_TOMBSTONES, ttl: TOMBSTONE });
  const unknown = new LRUCache<string, Told>({ max: MOST_UNKNOWN, ttl: TOMBSTONE });

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
    bury: (sessionId) => void graves.set(sessionId, true),
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
          try {
            hear(news);
          } catch (error) {
            log.error({ err: error }, 'A piece of news met a defect');
          }
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
    parts.onEnd();
  }

  function hear(news: CallNews): void {
    const { sessionId } = news;
    // Of calls that nobody knows only the list wants to hear, and it has own parties alone.
    if (parts.toCall(news) || news.isOfOthers === true) return;
    if (graves.has(sessionId)) {
      metrics.pushEvents.inc({ result: 'ghost' });
      return;
    }
    const told = unknown.get(sessionId);
    const before = told?.get(news.partyId);
    if (before !== undefined && news.sequence <= before.sequence) {
      metrics.pushEvents.inc({ result: 'old' });
      return;
    }
    const party = news.party(before?.party ?? null);
    // Whoever has left does not come back.
    if (before !== undefined && hasLeft(before.party) && !hasLeft(party)) return;
    metrics.pushEvents.inc({ result: 'applied' });
    unknown.set(sessionId, new Map(told).set(news.partyId, { sequence: news.sequence, party }));
    parts.toList(news, party);
  }
}
