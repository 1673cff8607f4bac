/** The desk of one viewer: all their calls, watched or just looked at, and the list of them. */
import { LRUCache } from 'lru-cache';
import {
  type ActiveCall,
  type CallParty,
  type CallSession,
  findParty,
  type PartyAddress,
} from '../../schema/model.ts';
import type { CallEvent, CallPartyUpdate, StreamNoticeKind } from '../../schema/provider.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createActiveCalls } from './active-calls.ts';
import type { PollPace } from './polling.ts';
import type { CursorSigner } from './replay.ts';
import type { CallSource } from './source.ts';
import type { UpstreamHabits } from './watch.ts';
import { createWatchedCall, type LiveLimits, type WatchedCall } from './watched-call.ts';

/** When something was asked and answered, epoch milliseconds. */
export interface Times {
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface Desk {
  /** A call; null when RingCentral knows no such call (any more). Free while the call is watched. */
  readSession(sessionId: string, signal?: AbortSignal): Promise<CallSession | null>;
  readParty(address: PartyAddress, signal?: AbortSignal): Promise<CallParty | null>;
  readActiveCalls(signal?: AbortSignal): Promise<readonly ActiveCall[]>;
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
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  stop(): void;
}

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
  readonly limits: LiveLimits;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The desk begins, or ends, to hold something that must not be forgotten. */
  readonly onActive: (active: boolean) => void;
}

/** How often a call may be asked for before it is worth a watch. */
const QUERIES_TO_WATCH = 2;
const QUERY_WINDOW = 10_000; // milliseconds
const MOST_QUERY_WATCHES = 20;
/** Calls that were only looked at: so many are remembered, for so long. */
const MOST_GLIMPSES = 500;
/** Polls of one viewer may spend so many of the minute's requests, so that held calls leave room for commands. */
const POLLS_PER_MINUTE = 20;
const LONGEST_POLL = 120_000; // 2 minutes

interface Glimpse {
  readonly call: WatchedCall;
  /** How often queries have asked for it. */
  questions: number;
}

export function createDesk(parts: DeskParts): Desk {
  const { viewerId, source, metrics } = parts;
  /** Calls with a watch, or with events that somebody may come back for. */
  const watched = new Map<string, WatchedCall>();
  const glimpses = new LRUCache<string, Glimpse>({ max: MOST_GLIMPSES, ttl: QUERY_WINDOW });
  let listIsRead = false;

  const activeCalls = createActiveCalls({
    source,
    pace: parts.activeCallsPace,
    metrics,
    log: parts.log,
    onActive(active) {
      listIsRead = active;
      tellActivity();
    },
  });

  return {
    async readSession(sessionId, signal) {
      const call = callOf(sessionId);
      const current = call.current();
      if (current !== null) {
        // Whoever goes on asking keeps the watch that their questions made.
        void call.watchForQueries();
        return current;
      }
      if (isAskedOften(sessionId)) {
        await call.watchForQueries();
        const settled = call.current();
        if (settled !== null) return settled;
      }
      return call.read(signal);
    },
    async readParty({ sessionId, partyId }, signal) {
      const call = callOf(sessionId);
      const current = call.current();
      if (current !== null) return findParty(current, partyId) ?? null;
      const reading = await source().readParty({ sessionId, partyId }, { lane: 'query', signal });
      return reading.value === null ? null : call.takeParty(reading.value, reading);
    },
    readActiveCalls: (signal) => activeCalls.read(signal),
    peek: (sessionId) => (watched.get(sessionId) ?? glimpses.peek(sessionId)?.call)?.held ?? undefined,
    async observeSession(session, times) {
      const known = this.peek(session.id) !== undefined;
      const state = await callOf(session.id).take({ session, ...times });
      if (!known) activeCalls.poke();
      return state ?? session;
    },
    observeParty: (party, times) => callOf(party.sessionId).takeParty(party, times),
    stateChanged(sessionId) {
      (watched.get(sessionId) ?? glimpses.peek(sessionId)?.call)?.invalidate();
      activeCalls.poke();
    },
    callEvents: (sessionId, after, dropped) => callOf(sessionId).events(after, dropped),
    callPartyUpdates: (sessionId, partyId) => callOf(sessionId).parties(partyId),
    activeCallUpdates: () => activeCalls.updates(),
    notify(kind, message, at) {
      for (const call of watched.values()) call.notify(kind, message, at);
    },
    stop() {
      for (const call of [...watched.values()]) call.stop();
      activeCalls.stop();
    },
  };

  function callOf(sessionId: string): WatchedCall {
    const known = watched.get(sessionId) ?? glimpses.get(sessionId)?.call;
    if (known !== undefined) return known;
    const call = createWatchedCall({
      sessionId,
      source,
      habits: parts.habits,
      pace: parts.pace,
      pollTimeout,
      limits: parts.limits,
      cursors: parts.cursors.scope(viewerId, sessionId),
      metrics,
      log: parts.log,
      onActive(active) {
        if (active) {
          glimpses.delete(sessionId);
          watched.set(sessionId, call);
        } else if (watched.get(sessionId) === call) {
          watched.delete(sessionId);
        }
        tellActivity();
      },
      onTransition: (transition) => activeCalls.feed(transition),
    });
    glimpses.set(sessionId, { call, questions: 0 });
    return call;
  }

  function isAskedOften(sessionId: string): boolean {
    const glimpse = glimpses.peek(sessionId);
    if (glimpse === undefined) return false;
    glimpse.questions += 1;
    return (
      glimpse.questions >= QUERIES_TO_WATCH && glimpse.call.held !== null && watched.size < MOST_QUERY_WATCHES
    );
  }

  /** The more calls are held, the longer each poll may last, so that together they stay inside their share. */
  function pollTimeout(): number {
    const share = (watched.size / POLLS_PER_MINUTE) * 60_000;
    return Math.min(LONGEST_POLL, Math.max(parts.longPollTimeout, share));
  }

  function tellActivity(): void {
    parts.onActive(watched.size > 0 || listIsRead);
  }
}
