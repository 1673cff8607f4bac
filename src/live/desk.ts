/** The desk of one viewer: all their calls, watched or just looked at, and the list of them. */

import { Forbidden } from '../../schema/failures.ts';
import {
  type ActiveCall,
  type CallParty,
  type CallSession,
  findParty,
  type PartyAddress,
} from '../../schema/model.ts';
import type {
  ActiveCallEvent,
  CallEvent,
  CallPartyUpdate,
  LiveSource,
  StreamNoticeKind,
} from '../../schema/provider.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createActiveCalls } from './active-calls.ts';
import type { Beside, PutBeside } from './beside.ts';
import type { Sight } from './call-list.ts';
import { createNewsroom, type Turn } from './newsroom.ts';
import type { PollPace } from './polling.ts';
import type { ReaderRules } from './readers.ts';
import type { CursorSigner } from './replay.ts';
import { lookedTwice } from './second-look.ts';
import type { ShareDesk, SharedWork } from './shared/desk-sharing.ts';
import type { CallNews, CallSource } from './source.ts';
import type { Times } from './told.ts';
import type { UpstreamHabits } from './upstream-habits.ts';
import {
  createWatchedCall,
  type LiveLimits,
  type WatchedCall,
  type WatchedCallParts,
} from './watched-call.ts';

/** What one viewer asks, commands and watches. */
export interface Desk {
  /** A call; null when RingCentral knows no such call (any more). Free while the call is watched. */
  readSession(sessionId: string, signal?: AbortSignal, requestId?: string): Promise<CallSession | null>;
  readParty(address: PartyAddress, signal?: AbortSignal, requestId?: string): Promise<CallParty | null>;
  readActiveCalls(signal?: AbortSignal, requestId?: string): Promise<readonly ActiveCall[]>;
  /** A call as `readSession` would answer it without asking anybody; undefined where it would ask. */
  current(sessionId: string): CallSession | undefined;
  /** True when the call was alive when it was seen last. */
  isAlive(sessionId: string): boolean;
  /** Holds what another gateway watches of a call; undefined where there is nothing to wait for. */
  meet(sessionId: string): Promise<void> | undefined;
  /** What is known of a call, asking nobody; `observedAt` tells how old it is. */
  peek(sessionId: string): CallSession | undefined;
  /**
   * Takes in what a command answered, and answers the state to show: when something newer was seen since the command
   * was sent, the call is read again.
   */
  observeSession(session: CallSession, times: Times): Promise<CallSession>;
  observeParty(party: CallParty, times: Times): Promise<CallParty>;
  /** A command changed the call in a way its answer does not tell. */
  stateChanged(sessionId: string): void;
  /** Everything that happens to a call; `dropped` is asked when the reader leaves. */
  callEvents(
    sessionId: string,
    after: string | null,
    dropped?: (() => boolean) | undefined,
  ): AsyncIterableIterator<CallEvent>;
  callPartyUpdates(sessionId: string, partyId: string | null): AsyncIterableIterator<CallPartyUpdate>;
  activeCallUpdates(): AsyncIterableIterator<readonly ActiveCall[]>;
  activeCallEvents(): AsyncIterableIterator<ActiveCallEvent>;
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** What stands beside the calls; null: nothing does. */
  readonly beside: Beside | null;
  /** How changes of this viewer's calls come to be known; null while nobody watches. */
  liveSource(): LiveSource | null;
  /** A token of the viewer was shown. */
  newToken(): void;
  /** This gateway is going: others shall watch, as soon as any wants to. */
  drain(): void;
  /** Ends every stream and every watch; resolves when other gateways can go on. */
  stop(): Promise<void> | undefined;
}

/** What a desk needs; most of it is the same for all. */
export interface DeskParts {
  readonly viewerId: string;
  readonly source: () => CallSource;
  readonly habits: UpstreamHabits;
  readonly cursors: CursorSigner;
  readonly pace: PollPace;
  /** Milliseconds: how long a poll may be held, where the budget allows it. */
  readonly longPollTimeout: number;
  /** Milliseconds between two reads of the list of calls. */
  readonly activeCallsPace: number;
  /** Streams that cannot be told by news fail, instead of being polled. */
  readonly pushOnly: boolean;
  readonly limits: LiveLimits;
  readonly readerRules: ReaderRules;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How it is one of several; missing: this is the only gateway. */
  readonly share?: ShareDesk | undefined;
  /** Puts something beside the calls; missing: there is nothing. */
  readonly put?: PutBeside | undefined;
  /** The desk begins, or ends, to hold something that must not be forgotten. */
  readonly onActive: (active: boolean) => void;
}

/** How often a call is asked for before it is worth a watch. */
const QUERIES_TO_WATCH = 2;
const QUERY_WINDOW = 10_000; // 10 seconds
const MOST_QUERY_WATCHES = 20;
/** Calls that were only looked at: so many are remembered, for as long as the window. */
const MOST_GLIMPSES = 500;
/** Polls that end by themselves may spend so many of the minute's requests: the rest is for changes and commands. */
const POLLS_PER_MINUTE = 10;
const LONGEST_POLL = 120_000; // 2 minutes
/** Between two looks at a call of which changes are told by themselves. */
const LOOK_GAP = 30_000; // 30 seconds
/** What a phone system allows where it has not said otherwise. */
const USUAL_READS = 50;

/** A call that nobody watches. */
interface Glimpse {
  readonly call: WatchedCall;
  /** How often queries have asked for it. */
  questions: number;
  /** When it is forgotten, epoch milliseconds. */
  readonly until: number;
}

/** Makes it; it holds nothing yet. */
export function createDesk(parts: DeskParts): Desk {
  const { viewerId, source, metrics } = parts;
  /** Calls with a watch, or with events that somebody may come back for. */
  const watched = new Map<string, WatchedCall>();
  /** Oldest first. */
  const glimpses = new Map<string, Glimpse>();
  let forgetting: NodeJS.Timeout | null = null;
  let watches = 0;
  let listIsRead = false;

  const newsroom = createNewsroom({
    source,
    linger: parts.limits.linger,
    metrics,
    log: parts.log,
    toCall(news) {
      const call = knownCall(news.sessionId);
      call?.hear(news);
      if (call?.held != null) tellList(news, findParty(call.held, news.partyId) ?? null);
      return call !== undefined;
    },
    toList: tellList,
    onTurn: listeningChanged,
    onEnd: tellActivity,
    inherited: () => sharing?.inherited() ?? null,
    onKept: (inheritance) => sharing?.kept(inheritance),
  });
  const sharing: SharedWork | undefined = parts.share?.({
    viewerId,
    watched: () => [...watched.values()],
    call: callOf,
    list: () => activeCalls,
    newsroom: () => newsroom,
    source: ownSource,
    denied: () => (parts.pushOnly && newsroom.state === 'denied' ? reasonAgainst() : null),
    onDenied: denyAll,
    tellActivity,
    beside: () => beside,
  });
  const activeCalls = createActiveCalls({
    source,
    isListening: () => newsroom.listening !== null,
    pace: parts.activeCallsPace,
    metrics,
    log: parts.log,
    sightOf,
    onActive(active) {
      listIsRead = active;
      sharing?.wishList(active);
      tellActivity();
    },
    sharing: sharing?.list,
  });

  const beside: Beside | null =
    parts.put?.({
      ...{ viewerId, source, tellActivity },
      sharing: sharing?.beside,
      beginning: () => newsroom.beginning,
      isDeaf: () => source().listen === undefined || newsroom.state === 'denied' || newsroom.state === null,
    }) ?? null;

  /** The same for all calls. */
  const callParts: WatchedCallParts = {
    source,
    habits: parts.habits,
    pacedGap,
    pollTimeout,
    listening: () => newsroom.listening,
    beginning: () => newsroom.beginning,
    lookGap,
    limits: parts.limits,
    rules: parts.readerRules,
    cursors: (sessionId) => parts.cursors.scope(viewerId, sessionId),
    metrics,
    log: parts.log,
    onActive(call, active) {
      const { sessionId } = call;
      if (active) {
        glimpses.delete(sessionId);
        watched.set(sessionId, call);
      } else if (watched.get(sessionId) === call) {
        watched.delete(sessionId);
        if (call.held !== null && !call.isAlive()) newsroom.bury(sessionId);
      }
      sharing?.watchedChanged();
      tellActivity();
    },
    onWatch(watching) {
      watches += watching ? 1 : -1;
    },
    onTransition: (call, transition) => activeCalls.feed(transition, call.held?.parties ?? []),
    sharing: sharing?.calls,
  };

  return {
    async readSession(sessionId, signal, requestId) {
      const call = callOf(sessionId);
      // Whoever goes on asking keeps the watch that their questions made.
      call.keep();
      const current = call.current();
      if (current !== undefined) return current;
      const meeting = meet(sessionId);
      if (meeting !== undefined) await meeting;
      const met = meeting && call.current();
      if (met !== undefined) return met;
      if (isAskedOften(sessionId)) {
        await call.watchForQueries();
        const settled = call.current();
        if (settled !== undefined) return settled;
      }
      return call.read(signal, requestId);
    },
    async readParty({ sessionId, partyId }, signal, requestId) {
      const call = callOf(sessionId);
      call.keep();
      const meeting = call.current() === undefined ? meet(sessionId) : undefined;
      if (meeting !== undefined) await meeting;
      const current = call.current();
      if (current !== undefined) return current === null ? null : (findParty(current, partyId) ?? null);
      const read = () => source().readParty({ sessionId, partyId }, { lane: 'query', signal, requestId });
      const reading = await lookedTwice(read, () => call.isAlive(partyId), signal);
      return reading.value === null ? null : call.takeParty(reading.value, reading);
    },
    readActiveCalls: (signal, requestId) => activeCalls.read(signal, requestId),
    current(sessionId) {
      const call = watched.get(sessionId);
      const current = call?.current() ?? undefined;
      if (current !== undefined) call?.keep();
      return current;
    },
    isAlive: (sessionId) => knownCall(sessionId)?.isAlive() ?? false,
    peek: (sessionId) => knownCall(sessionId)?.held ?? undefined,
    meet,
    async observeSession(session, times) {
      const meeting = meet(session.id);
      if (meeting !== undefined) await meeting;
      if ((knownCall(session.id)?.held ?? null) === null) activeCalls.poke();
      const seen = (await callOf(session.id).take(session, times)) ?? session;
      activeCalls.show(seen.id, seen.parties);
      return seen;
    },
    async observeParty(party, times) {
      const meeting = meet(party.sessionId);
      if (meeting !== undefined) await meeting;
      const seen = await callOf(party.sessionId).takeParty(party, times);
      activeCalls.show(seen.sessionId, [seen]);
      return seen;
    },
    stateChanged(sessionId) {
      knownCall(sessionId)?.invalidate();
      void meet(sessionId)?.then(() => watched.get(sessionId)?.invalidate());
      activeCalls.poke();
    },
    callEvents: (sessionId, after, dropped) => allowed(() => callOf(sessionId).events(after, dropped)),
    callPartyUpdates: (sessionId, partyId) => allowed(() => callOf(sessionId).parties(partyId)),
    activeCallUpdates: () => allowed(() => activeCalls.updates()),
    activeCallEvents: () => allowed(() => activeCalls.events()),
    liveSource() {
      const told = sharing?.source();
      return told === undefined ? ownSource() : told;
    },
    beside,
    newToken: () => sharing?.newToken(),
    drain: () => sharing?.drain(),
    notify(kind, message, at) {
      for (const call of watched.values()) call.notify(kind, message, at);
      activeCalls.notify(kind, message, at);
      beside?.notify(kind, message, at);
    },
    stop() {
      const stopping = sharing?.stop();
      for (const call of [...watched.values()]) call.stop();
      if (forgetting !== null) clearTimeout(forgetting);
      forgetting = null;
      activeCalls.stop();
      beside?.stop();
      newsroom.stop();
      return stopping;
    },
  };

  function ownSource(): LiveSource | null {
    if (watched.size === 0 && !listIsRead) return null;
    if (newsroom.listening !== null) return 'PUSH';
    const mode = parts.habits.mode();
    return mode === 'ignored' || mode === 'refused' ? 'PACED_POLL' : 'LONG_POLL';
  }

  /** Calls that nobody watches here, another gateway may. */
  function meet(sessionId: string): Promise<void> | undefined {
    if (sharing === undefined || watched.has(sessionId)) return undefined;
    return sharing.isWatchedElsewhere(sessionId).then(async (isWatched) => {
      if (isWatched) await callOf(sessionId).watchForQueries();
    });
  }

  /** The list knows own parties only, and presence has no word for some of their states. */
  function tellList(news: CallNews, party: CallParty | null): void {
    const isRead = listIsRead || sharing?.isListWishedElsewhere() === true;
    if (isRead && party !== null && news.isOfOthers !== true) activeCalls.hear(party, news.entry(party));
  }

  function denyAll(): void {
    const error = notListening();
    for (const call of [...watched.values()]) call.deny(error);
    activeCalls.deny(error);
  }

  function listeningChanged(turn: Turn): void {
    sharing?.sourceChanged();
    if (turn.kind === 'denied' && parts.pushOnly) {
      denyAll();
      beside?.turned(turn);
      return;
    }
    for (const call of watched.values()) call.listeningChanged(turn);
    activeCalls.listeningChanged(turn);
    beside?.turned(turn);
  }

  /** Opens a stream, unless it could only be polled and must not. */
  function allowed<Stream>(open: () => Stream): Stream {
    if (parts.pushOnly && (newsroom.state === 'denied' || sharing?.denied() != null)) throw notListening();
    return open();
  }

  function reasonAgainst(): string {
    return sharing?.denied() ?? newsroom.reason ?? 'it refuses.';
  }

  function notListening(): Forbidden {
    return new Forbidden(
      `Calls are told by notifications only (LIVE_SOURCE=push), and RingCentral does not let them be heard: ${reasonAgainst()}`,
      'WebSocketsSubscription',
    );
  }

  function callOf(sessionId: string): WatchedCall {
    const known = knownCall(sessionId);
    if (known !== undefined) return known;
    const call = createWatchedCall(sessionId, callParts);
    remember(sessionId, call);
    return call;
  }

  function knownCall(sessionId: string): WatchedCall | undefined {
    return watched.get(sessionId) ?? glimpseOf(sessionId)?.call;
  }

  /** What is seen of a call beside presence. */
  function sightOf(sessionId: string): Sight | undefined {
    const call = knownCall(sessionId);
    if (call === undefined || call.held === null) return undefined;
    return { parties: call.held.parties, isCurrent: call.current() !== undefined };
  }

  function glimpseOf(sessionId: string): Glimpse | undefined {
    const glimpse = glimpses.get(sessionId);
    return glimpse !== undefined && glimpse.until > Date.now() ? glimpse : undefined;
  }

  function remember(sessionId: string, call: WatchedCall): void {
    glimpses.delete(sessionId);
    forgetGlimpses();
    glimpses.set(sessionId, { call, questions: 0, until: Date.now() + QUERY_WINDOW });
    forgetting ??= setTimeout(forgetLater, QUERY_WINDOW).unref();
  }

  function forgetGlimpses(): void {
    const now = Date.now();
    for (const [id, { until }] of glimpses) {
      if (until > now && glimpses.size < MOST_GLIMPSES) break;
      glimpses.delete(id);
    }
  }

  /** Also when nobody asks any more: a viewer who has gone must not leave calls behind. */
  function forgetLater(): void {
    forgetGlimpses();
    forgetting = glimpses.size === 0 ? null : setTimeout(forgetLater, QUERY_WINDOW).unref();
  }

  function isAskedOften(sessionId: string): boolean {
    const glimpse = glimpseOf(sessionId);
    if (glimpse === undefined) return false;
    glimpse.questions += 1;
    const { questions, call } = glimpse;
    return questions >= QUERIES_TO_WATCH && call.held !== null && watches < MOST_QUERY_WATCHES;
  }

  /** The more calls are held, the longer each poll may last, so that together they stay inside their share. */
  function pollTimeout(): number {
    const share = (watches / POLLS_PER_MINUTE) * 60_000;
    return Math.min(LONGEST_POLL, Math.max(parts.longPollTimeout, share));
  }

  /** Looks at calls of which changes are told share a third of the budget, and are no more than two a minute. */
  function lookGap(): number {
    const perMinute = (source().readsPerMinute?.() ?? USUAL_READS) / 3;
    return Math.max(LOOK_GAP, (Math.max(1, watches) / perMinute) * 60_000);
  }

  /** Polls that are not held share one pace, however many calls they are for. */
  function pacedGap(): number {
    return parts.pace.pacedGap * Math.max(1, watches);
  }

  function tellActivity(): void {
    const isBesideWanted = beside?.isWanted() === true;
    const isActive =
      watched.size > 0 || listIsRead || isBesideWanted || sharing?.isListWishedElsewhere() === true;
    newsroom.wanted(isActive && sharing?.isAsking() !== false);
    // Whoever still listens must not be forgotten.
    parts.onActive(isActive || newsroom.state !== null);
  }
}
