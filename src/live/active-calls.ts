/**
 * The viewer's list of calls, from presence: one poller however many readers, none when nobody reads.
 *
 * RingCentral does not push it and does not hold the request, so it is paced. What a watched call shows goes into the
 * list at once, without waiting for the pace.
 *
 * ```text
 *   resting ──first reader──► looking ──answer──► waiting ──pace, or sooner: a call joined──► looking
 *      ▲                         └──failure, 429──► backing off ──────────────────────────────►┘
 *      └── the last reader leaves, or the viewer may not look (any more): from everywhere
 * ```
 */
import { isDeepStrictEqual } from 'node:util';
import { CallControlFailure, Forbidden, RateLimited, Unauthenticated } from '../../schema/failures.ts';
import { type ActiveCall, isOver, type PartyStatusCode, type TelephonyStatus } from '../../schema/model.ts';
import { setAlarm } from '../alarm.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createLine, type Line, type QueueRules } from './exchange.ts';
import { createSharedRead } from './shared-read.ts';
import type { CallSource } from './source.ts';
import type { Transition } from './transitions.ts';

/** What the list needs. */
export interface ActiveCallsParts {
  readonly source: () => CallSource;
  /** Milliseconds between two reads of the list. */
  readonly pace: number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Somebody begins, or nobody goes on, to read the list. */
  readonly onActive: (active: boolean) => void;
}

/** The list of one viewer. */
export interface ActiveCalls {
  /** The list; free while somebody subscribes to it. */
  read(signal?: AbortSignal, requestId?: string): Promise<readonly ActiveCall[]>;
  updates(): Line<readonly ActiveCall[]>;
  /** A party of a watched call changed, or joined. */
  feed(transition: Transition): void;
  /** The list may have changed: do not wait for the pace. */
  poke(): void;
  stop(): void;
}

const PROMPT = 500; // milliseconds: presence lags a little behind the call
const HASTE = 3; // times the pace: however often the list may have changed, no more reads than that
const MOST_BACKOFF = 30_000; // 30 seconds
const MOST_PENALTY = 600_000; // 10 minutes, whatever a 429 says

/** Makes it; nothing is read before somebody asks. */
export function createActiveCalls(parts: ActiveCallsParts): ActiveCalls {
  const { source, pace, metrics, log } = parts;
  const lines = new Set<Line<readonly ActiveCall[]>>();
  let held: readonly ActiveCall[] | null = null;
  let readAt = -Infinity;
  /** When a watched call changed the list: an answer asked for earlier may not know it yet. */
  let fedAt = -Infinity;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** When the timer ends, epoch milliseconds. */
  let dueAt = Infinity;

  const sharedRead = createSharedRead((signal, requestId) => ask('query', signal, requestId));

  return {
    async read(signal, requestId) {
      const isFresh = lines.size > 0 && Date.now() - readAt < pace;
      return isFresh && held !== null ? held : sharedRead.join(signal, requestId);
    },
    updates() {
      const line: Line<readonly ActiveCall[]> = createLine(LATEST_ONLY, () => {
        lines.delete(line);
        metrics.subscribers.dec({ field: 'activeCalls' });
        if (lines.size === 0) rest();
      });
      lines.add(line);
      metrics.subscribers.inc({ field: 'activeCalls' });
      if (lines.size === 1) {
        held = null;
        parts.onActive(true);
        void look('query');
      } else if (held !== null) {
        line.push(held);
      }
      return line;
    },
    feed({ party, previousStatus }) {
      if (held === null || lines.size === 0) return;
      const isThis = (call: ActiveCall) => call.sessionId === party.sessionId && call.partyId === party.id;
      if (!held.some(isThis)) {
        // Somebody else's party, or an own one that is new here.
        if (previousStatus === null) poke();
        return;
      }
      fedAt = Date.now();
      const telephonyStatus = telephonyStatusOf(party.status.code);
      hold(
        isOver(party.status)
          ? held.filter((call) => !isThis(call))
          : held.map((call) => (isThis(call) && telephonyStatus ? { ...call, ...telephonyStatus } : call)),
      );
    },
    poke,
    stop() {
      for (const line of lines) line.end();
      lines.clear();
      rest();
    },
  };

  function poke(): void {
    if (lines.size === 0 || failures > 0) return;
    const now = Date.now();
    const soon = Math.max(now + PROMPT, readAt + pace / HASTE);
    if (soon < dueAt) schedule(soon - now);
  }

  function rest(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    dueAt = Infinity;
    failures = 0;
    parts.onActive(false);
  }

  function schedule(wait: number): void {
    if (timer !== null) clearTimeout(timer);
    dueAt = Date.now() + wait;
    timer = setAlarm(() => void look('poll'), wait);
  }

  async function look(lane: 'query' | 'poll'): Promise<void> {
    try {
      await (lane === 'query' ? sharedRead.join() : ask('poll'));
      failures = 0;
      if (lines.size > 0) schedule(pace);
    } catch (error) {
      if (lines.size > 0) failed(error);
    }
  }

  function failed(error: unknown): void {
    if (error instanceof Unauthenticated || error instanceof Forbidden) {
      for (const line of lines) line.fail(error);
      lines.clear();
      rest();
      return;
    }
    if (!(error instanceof CallControlFailure)) log.error({ err: error }, 'The list of calls met a defect');
    failures += 1;
    const backoff = Math.min(MOST_BACKOFF, pace * 2 ** failures) * (0.5 + Math.random() / 2);
    const penalty = error instanceof RateLimited ? Math.min(MOST_PENALTY, error.retryAt - Date.now()) : 0;
    schedule(Math.max(backoff, penalty));
  }

  async function ask(
    lane: 'query' | 'poll',
    signal?: AbortSignal,
    requestId?: string,
  ): Promise<readonly ActiveCall[]> {
    const { value, sentAt, receivedAt } = await source().readActiveCalls({ lane, signal, requestId });
    if (held !== null && sentAt < fedAt + PROMPT) return held;
    readAt = receivedAt;
    hold(value);
    return value;
  }

  function hold(calls: readonly ActiveCall[]): void {
    const changed = held === null || !isDeepStrictEqual(held, calls);
    held = calls;
    if (changed) for (const line of lines) line.push(calls);
  }
}

/** A reader wants the list as it is, not as it was. */
const LATEST_ONLY: QueueRules<readonly ActiveCall[]> = {
  limit: 1,
  key: () => 'list',
  merge: (_, newer) => newer,
};

/** How presence calls the status of a party. */
function telephonyStatusOf(
  code: PartyStatusCode,
): { telephonyStatus: TelephonyStatus; rawTelephonyStatus: string } | null {
  switch (code) {
    case 'SETUP':
    case 'PROCEEDING':
      return { telephonyStatus: 'RINGING', rawTelephonyStatus: 'Ringing' };
    case 'ANSWERED':
      return { telephonyStatus: 'CALL_CONNECTED', rawTelephonyStatus: 'CallConnected' };
    case 'HOLD':
      return { telephonyStatus: 'ON_HOLD', rawTelephonyStatus: 'OnHold' };
    case 'PARKED':
      return { telephonyStatus: 'PARKED_CALL', rawTelephonyStatus: 'ParkedCall' };
    default:
      return null;
  }
}
