/** The desk of one viewer: all their calls, watched or just looked at, and the list of them. */

import type { CallControlFailure } from '../../schema/failures.ts';
import type { LiveSource, StreamNoticeKind } from '../../schema/provider.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type ActiveCalls, createActiveCalls } from './active-calls.ts';
import type { Beside, PutBeside } from './beside.ts';
import { createWatchedCall } from './call.ts';
import type { Sighting } from './call-list.ts';
import { lookGap, pacedGap, pollTimeout } from './desk-pace.ts';
import { createGlimpses } from './glimpses.ts';
import type { ListRules } from './list-events.ts';
import { createNewsroom, type Turn } from './newsroom.ts';
import type { PollPace } from './polling.ts';
import type { ReaderRules } from './readers.ts';
import type { CursorSigner } from './replay.ts';
import { lookedTwice } from './second-look.ts';
import type { CallShape, Kind } from './shape.ts';
import type { ShareDesk, SharedWork } from './shared/desk-sharing.ts';
import type { CallNews, CallSource, PartyNews } from './source.ts';
import type { Times } from './told.ts';
import { partyIn } from './transitions.ts';
import type { UpstreamHabits } from './upstream-habits.ts';
import type { LiveLimits, WatchedCall, WatchedCallParts } from './watched-call.ts';

/** What one viewer asks, commands and watches. */
export interface Desk<K extends Kind> {
  /** A call; null when the phone system knows no such call (any more). Free while the call is watched. */
  readCall(callId: string, signal?: AbortSignal, requestId?: string): Promise<K['Call'] | null>;
  readParty(
    callId: string,
    partyId: string,
    signal?: AbortSignal,
    requestId?: string,
  ): Promise<K['Party'] | null>;
  readList(signal?: AbortSignal, requestId?: string): Promise<readonly K['Entry'][]>;
  /** A call as `readCall` would answer it without asking anybody; undefined where it would ask. */
  current(callId: string): K['Call'] | undefined;
  /** True where `current` may lack something that happened and was not told, as after a loss until it is read again. */
  mayLack(callId: string): boolean;
  /** True when the call was alive when it was seen last. */
  isAlive(callId: string): boolean;
  /** Holds what another gateway watches of a call; undefined where there is nothing to wait for. */
  meet(callId: string): Promise<void> | undefined;
  /** What is known of a call, asking nobody; `observedAt` tells how old it is. */
  peek(callId: string): K['Call'] | undefined;
  /**
   * Takes in what a command answered, and answers the state to show: when something newer was seen since the command
   * was sent, the call is read again.
   */
  observeCall(call: K['Call'], times: Times): Promise<K['Call']>;
  observeParty(party: K['Party'], times: Times): Promise<K['Party']>;
  /** A command changed the call in a way its answer does not tell. */
  stateChanged(callId: string): void;
  /** Everything that happens to a call; `dropped` is asked when the reader leaves. */
  events(
    callId: string,
    after: string | null,
    dropped?: (() => boolean) | undefined,
  ): AsyncIterableIterator<K['Event']>;
  partyUpdates(callId: string, partyId: string | null): AsyncIterableIterator<K['Update']>;
  listUpdates(): AsyncIterableIterator<readonly K['Entry'][]>;
  listEvents(): AsyncIterableIterator<K['ListEvent']>;
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
export interface DeskParts<K extends Kind> {
  readonly viewerId: string;
  readonly shape: CallShape<K>;
  readonly source: () => CallSource<K>;
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
  readonly readerRules: ReaderRules<K>;
  readonly listRules: ListRules<K>;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How it is one of several; missing: this is the only gateway. */
  readonly share?: ShareDesk<K> | undefined;
  /** Puts something beside the calls; missing: there is nothing. */
  readonly put?: PutBeside<K> | undefined;
  /** The desk begins, or ends, to hold something that must not be forgotten. */
  readonly onActive: (active: boolean) => void;
}

/** How often a call is asked for before it is worth a watch. */
const QUERIES_TO_WATCH = 2;
const MOST_QUERY_WATCHES = 20;

/** Makes it; it holds nothing yet. */
export function createDesk<K extends Kind>(parts: DeskParts<K>): Desk<K> {
  const { viewerId, shape, source, metrics } = parts;
  /** Calls with a watch, or with events that somebody may come back for. */
  const watched = new Map<string, WatchedCall<K>>();
  const glimpses = createGlimpses<WatchedCall<K>>();
  let watches = 0;
  let listIsRead = false;

  const newsroom = createNewsroom<K>({
    shape,
    source,
    linger: parts.limits.linger,
    metrics,
    log: parts.log,
    toCall(news) {
      const call = knownCall(news.callId);
      const worth = call?.hear(news);
      // Nobody looks at it, so that only the list can be asked.
      if (worth === 'doubtful' && !watched.has(news.callId)) activeCalls.doubt();
      if (call?.held != null) tellList(news, call.held);
      return call !== undefined;
    },
    toList: tellListOfParty,
    wholeToList: tellList,
    onDoubt: () => activeCalls.doubt(),
    onTurn: listeningChanged,
    onEnd: tellActivity,
    inherited: () => sharing?.inherited() ?? null,
    onKept: (inheritance) => sharing?.kept(inheritance),
  });
  const sharing: SharedWork<K> | undefined = parts.share?.({
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
  const activeCalls: ActiveCalls<K> = createActiveCalls({
    shape,
    rules: parts.listRules,
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
  const callParts: WatchedCallParts<K> = {
    shape,
    source,
    habits: parts.habits,
    pacedGap: () => pacedGap(parts.pace, watches),
    pollTimeout: () => pollTimeout(parts.longPollTimeout, watches),
    listening: () => newsroom.listening,
    beginning: () => newsroom.beginning,
    lookGap: () => lookGap(source().readsPerMinute?.(), watches),
    limits: parts.limits,
    rules: parts.readerRules,
    cursors: (callId) => parts.cursors.scope(viewerId, callId),
    metrics,
    log: parts.log,
    onActive(call, active) {
      const { callId } = call;
      if (active) {
        glimpses.delete(callId);
        watched.set(callId, call);
      } else if (watched.get(callId) === call) {
        watched.delete(callId);
        if (call.held !== null && !call.memory.isAlive()) newsroom.bury(callId);
      }
      sharing?.watchedChanged();
      tellActivity();
    },
    onWatch(watching) {
      watches += watching ? 1 : -1;
    },
    onTransition(call, transition) {
      if (call.held !== null) activeCalls.feed(transition, call.held);
    },
    sharing: sharing?.calls,
  };

  return {
    async readCall(callId, signal, requestId) {
      const call = callOf(callId);
      // Whoever goes on asking keeps the watch that their questions made.
      call.keep();
      const current = call.current();
      if (current !== undefined) return current;
      const meeting = meet(callId);
      if (meeting !== undefined) await meeting;
      const met = meeting && call.current();
      if (met !== undefined) return met;
      if (isWorthAWatch(call)) {
        await call.watchForQueries();
        const settled = call.current();
        if (settled !== undefined) return settled;
      }
      return call.reads().read(signal, requestId);
    },
    async readParty(callId, partyId, signal, requestId) {
      const call = callOf(callId);
      call.keep();
      const meeting = call.current() === undefined ? meet(callId) : undefined;
      if (meeting !== undefined) await meeting;
      const current = call.current();
      if (current !== undefined) return partyOf(current, partyId);
      const { readParty } = source();
      if (readParty === undefined) return partyOf(await call.reads().read(signal, requestId), partyId);
      const read = () => readParty(callId, partyId, { lane: 'query', signal, requestId });
      const reading = await lookedTwice(read, () => call.memory.isAlive(partyId), signal);
      return reading.value === null ? null : call.reads().takeParty(reading.value, reading);
    },
    readList: (signal, requestId) => activeCalls.read(signal, requestId),
    current(callId) {
      const call = watched.get(callId);
      const current = call?.current() ?? undefined;
      if (current !== undefined) call?.keep();
      return current;
    },
    mayLack: (callId) => watched.get(callId)?.mayLack() ?? true,
    isAlive: (callId) => knownCall(callId)?.memory.isAlive() ?? false,
    peek: (callId) => knownCall(callId)?.held ?? undefined,
    meet,
    async observeCall(call, times) {
      const { id } = call;
      const meeting = meet(id);
      if (meeting !== undefined) await meeting;
      if ((knownCall(id)?.held ?? null) === null) activeCalls.poke();
      const seen = (await callOf(id).reads().take(call, times)) ?? call;
      activeCalls.show(id, shape.list.sightOf(seen));
      return seen;
    },
    async observeParty(party, times) {
      const callId = shape.callIdOf(party);
      const meeting = meet(callId);
      if (meeting !== undefined) await meeting;
      const seen = await callOf(callId).reads().takeParty(party, times);
      activeCalls.show(callId, shape.list.sightOfParty(seen));
      return seen;
    },
    stateChanged(callId) {
      knownCall(callId)?.invalidate();
      void meet(callId)?.then(() => watched.get(callId)?.invalidate());
      activeCalls.poke();
    },
    events: (callId, after, dropped) => allowed(() => callOf(callId).events(after, dropped)),
    partyUpdates: (callId, partyId) => allowed(() => callOf(callId).parties(partyId)),
    listUpdates: () => allowed(() => activeCalls.updates()),
    listEvents: () => allowed(() => activeCalls.events()),
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
      glimpses.stop();
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
  function meet(callId: string): Promise<void> | undefined {
    if (sharing === undefined || watched.has(callId)) return undefined;
    return sharing.isWatchedElsewhere(callId).then(async (isWatched) => {
      if (isWatched) await callOf(callId).watchForQueries();
    });
  }

  /** What news came to, once the call was held against them. */
  function tellList(news: CallNews<K>, call: K['Call']): void {
    if (news.about === 'party') {
      const party = partyIn(shape, call, news.partyId);
      if (party !== undefined) tellListOfParty(news, party);
    } else if (isListRead()) {
      const { callId } = news;
      const entry = news.entry(call);
      activeCalls.hear({
        callId,
        partyId: null,
        sight: shape.list.sightOf(call),
        at: call.observedAt,
        entry,
      });
    }
  }

  /** The list knows own parties only. */
  function tellListOfParty(news: PartyNews<K>, party: K['Party']): void {
    if (!isListRead() || news.isOfOthers === true) return;
    const { callId, partyId } = news;
    const [sight, entry] = [shape.list.sightOfParty(party), news.entry(party)];
    activeCalls.hear({ callId, partyId, sight, at: party.observedAt, entry });
  }

  function isListRead(): boolean {
    return listIsRead || sharing?.isListWishedElsewhere() === true;
  }

  function partyOf(call: K['Call'] | null, partyId: string): K['Party'] | null {
    return call === null ? null : (partyIn(shape, call, partyId) ?? null);
  }

  function denyAll(): void {
    const error = notListening();
    for (const call of [...watched.values()]) call.deny(error);
    activeCalls.deny(error);
  }

  function listeningChanged(turn: Turn<K>): void {
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

  function notListening(): CallControlFailure {
    return shape.words.notListening(reasonAgainst());
  }

  function callOf(callId: string): WatchedCall<K> {
    const known = knownCall(callId);
    if (known !== undefined) return known;
    const call = createWatchedCall(callId, callParts);
    glimpses.add(callId, call);
    return call;
  }

  function knownCall(callId: string): WatchedCall<K> | undefined {
    return watched.get(callId) ?? glimpses.get(callId);
  }

  /** What is seen of a call beside the list. */
  function sightOf(callId: string): Sighting<K> | undefined {
    const call = knownCall(callId);
    if (call === undefined || call.held === null) return undefined;
    return { sight: shape.list.sightOf(call.held), isCurrent: call.current() !== undefined };
  }

  function isWorthAWatch(call: WatchedCall<K>): boolean {
    return (
      glimpses.asked(call.callId) >= QUERIES_TO_WATCH && call.held !== null && watches < MOST_QUERY_WATCHES
    );
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
