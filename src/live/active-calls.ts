/**
 * The viewer's list of calls, from presence: one poller however many readers, none when nobody reads.
 *
 * RingCentral does not push it and does not hold the request, so it is paced. What a watched call shows goes into the
 * list at once, without waiting for the pace.
 */
import { isDeepStrictEqual } from 'node:util';
import { CallControlFailure, Forbidden, RateLimited, Unauthenticated } from '../../schema/failures.ts';
import { type ActiveCall, isOver, type PartyStatusCode, type TelephonyStatus } from '../../schema/model.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createLine, type Line, type QueueRules } from './exchange.ts';
import type { CallSource } from './source.ts';
import type { Transition } from './transitions.ts';

export interface ActiveCallsParts {
  readonly source: () => CallSource;
  /** Milliseconds between two reads of the list. */
  readonly pace: number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Somebody begins, or nobody goes on, to read the list. */
  readonly onActive: (active: boolean) => void;
}

export interface ActiveCalls {
  read(signal?: AbortSignal): Promise<readonly ActiveCall[]>;
  updates(): Line<readonly ActiveCall[]>;
  /** A call of the viewer changed. */
  feed(transition: Transition): void;
  /** The list may have changed: do not wait for the pace. */
  poke(): void;
  stop(): void;
}

const PROMPT = 500; // milliseconds: presence lags a little behind the call
const MOST_BACKOFF = 30_000; // milliseconds

export function createActiveCalls(parts: ActiveCallsParts): ActiveCalls {
  const { source, pace, metrics, log } = parts;
  const lines = new Set<Line<readonly ActiveCall[]>>();
  let held: readonly ActiveCall[] | null = null;
  let readAt = -Infinity;
  /** When a watched call changed the list: an answer asked for earlier may not know it yet. */
  let fedAt = -Infinity;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let flight: Promise<readonly ActiveCall[]> | null = null;

  return {
    read(signal) {
      signal?.throwIfAborted();
      if (held !== null && lines.size > 0 && Date.now() - readAt < pace) return Promise.resolve(held);
      return ask('query');
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
        parts.onActive(true);
        held = null;
        void look('query');
      } else if (held !== null) {
        line.push(held);
      }
      return line;
    },
    feed({ party }) {
      if (held === null || lines.size === 0) return;
      const isThis = (call: ActiveCall) => call.sessionId === party.sessionId && call.partyId === party.id;
      if (!held.some(isThis)) return poke();
      fedAt = Date.now();
      const telephonyStatus = telephonyStatusOf(party.status.code);
      hold(
        isOver(party.status)
          ? held.filter((call) => !isThis(call))
          : held.map((call) => (isThis(call) && telephonyStatus ? { ...call, ...telephonyStatus } : call)),
      );
      poke();
    },
    poke,
    stop() {
      for (const line of [...lines]) line.end();
      lines.clear();
      rest();
    },
  };

  function poke(): void {
    if (lines.size > 0 && failures === 0) schedule(PROMPT);
  }

  function rest(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    parts.onActive(false);
  }

  function schedule(wait: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void look('poll'), wait);
  }

  async function look(lane: 'query' | 'poll'): Promise<void> {
    try {
      await ask(lane);
      failures = 0;
      if (lines.size > 0) schedule(pace);
    } catch (error) {
      if (error instanceof Unauthenticated || error instanceof Forbidden) {
        for (const line of [...lines]) line.fail(error);
        lines.clear();
        rest();
        return;
      }
      if (!(error instanceof CallControlFailure)) log.error({ err: error }, 'Active calls met a defect');
      failures += 1;
      const backoff = Math.min(MOST_BACKOFF, pace * 2 ** failures) * (0.5 + Math.random() / 2);
      const penalty = error instanceof RateLimited ? error.retryAt - Date.now() : 0;
      if (lines.size > 0) schedule(Math.max(backoff, penalty));
    }
  }

  /** Questions at the same time share one request. */
  function ask(lane: 'query' | 'poll'): Promise<readonly ActiveCall[]> {
    flight ??= source()
      .readActiveCalls({ lane })
      .then((reading) => {
        if (reading.sentAt >= fedAt || held === null) {
          readAt = reading.receivedAt;
          hold(reading.value);
        }
        return held ?? reading.value;
      })
      .finally(() => {
        flight = null;
      });
    return flight;
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
