/** What the tests of live watching share: a phone system in memory, scripted and under fake timers. */
import { onTestFinished, vi } from 'vitest';
import { BadUserInput, UpstreamUnavailable } from '../../schema/failures.ts';
import type { ActiveCall, PartyStatusCode } from '../../schema/model.ts';
import { createHub, type Hub, type HubOptions } from '../../src/live/hub.ts';
import type { Kind } from '../../src/live/shape.ts';
import {
  type CallSource,
  HoldEnded,
  type LongPoll,
  type Reading,
  type ReadOptions,
} from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import {
  type Changes,
  type InMemory,
  RINGCENTRAL_IN_MEMORY,
  type RingCentralChanges,
  SESSION,
} from './systems.ts';

export { party, SESSION, session, status } from './systems.ts';

/** Fakes the timers and the clocks, until the test ends. */
export function fakeTime(): void {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 9) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** Lets time pass, and everything happen that happens in it. */
export const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** A ringing call in the list. */
export function activeCall(partyId: string, more: Partial<ActiveCall> = {}): ActiveCall {
  return {
    presenceId: null,
    sessionId: SESSION,
    partyId,
    legacySessionId: null,
    direction: null,
    from: null,
    fromName: null,
    to: null,
    toName: null,
    telephonyStatus: 'RINGING',
    rawTelephonyStatus: 'Ringing',
    startTime: null,
    queueCall: null,
    onBehalfOf: null,
    terminationType: null,
    observedAt: 0,
    ...more,
  };
}

/** One request as it left. */
export interface Request {
  readonly sessionId: string;
  readonly kind: 'session' | 'party' | 'activeCalls';
  readonly lane: ReadOptions['lane'];
  readonly longPoll: LongPoll | undefined;
  readonly sentAt: number;
  endedAt: number | null;
}

/** A viewer's view of RingCentral. */
export type RingCentralSource = CallSource<RingCentralKind>;

/** A phone system of which everything can be ordered. */
export interface Phone<K extends Kind = RingCentralKind, More extends Changes = RingCentralChanges> {
  readonly source: CallSource<K> & { listen?: CallSource<K>['listen'] };
  readonly requests: readonly Request[];
  longPoll: 'honour' | 'ignore' | 'refuse';
  /** Milliseconds after which somebody on the way cuts a held read. */
  patience: number;
  /** How a held read ends when its time is over. */
  expiry: 'body' | 'nothingNew' | 'cut';
  /** Milliseconds there, and the same back. */
  latency: () => number;
  /** Its clock is ahead of ours by so many milliseconds. */
  clockOffset: number;
  /** By how many milliseconds the date of an answer is older than the answer. */
  dateLag: () => number;
  /** Its list of calls. */
  activeCalls: readonly K['Entry'][];
  /** What it shows of a party beside its own facts; nothing, unless a test says so. */
  outlook: CallSource<K>['outlook'];
  /** Asked before each answer: what goes wrong; `hang` never answers, `missing` finds nothing. */
  trouble: (request: Request) => Error | 'hang' | 'missing' | null;
  /** Sets the parties of a call; it may be a new one. */
  set(parties: readonly K['Party'][], more?: Partial<K['Call']>): void;
  /** Changes one party. */
  move(partyId: string, code: PartyStatusCode, more?: More): void;
  /** Forgets a call: 404 from now on. */
  forget(sessionId?: string): void;
  /** The call as it is now. */
  now(sessionId?: string): K['Call'] | null;
  /** How many requests are on their way now. */
  inFlight(): number;
}

const DEADLINE = 10_000; // milliseconds that a hanging request takes to fail, beyond what it may be held

/** Makes RingCentral; it knows no call yet, and holds polls. */
export function createPhone(): Phone {
  return createPhoneOf(RINGCENTRAL_IN_MEMORY);
}

/** Makes any of the systems. */
export function createPhoneOf<K extends Kind, More extends Changes>(
  system: InMemory<K, More>,
): Phone<K, More> {
  const { partiesOf } = system.shape;
  const calls = new Map<string, { call: K['Call']; changedAt: number }>();
  const listeners = new Set<() => void>();
  const requests: Request[] = [];

  const phone: Phone<K, More> = {
    requests,
    longPoll: 'honour',
    patience: Infinity,
    expiry: 'body',
    latency: () => 5,
    clockOffset: 0,
    dateLag: () => 0,
    activeCalls: [],
    outlook: () => '',
    trouble: () => null,
    set(parties, more = {}) {
      const call = system.call(parties, more);
      calls.set(call.id, { call, changedAt: phoneTime() });
      for (const listener of [...listeners]) listener();
    },
    move(partyId, code, more = {} as More) {
      for (const { call: known } of calls.values()) {
        const parties = partiesOf(known);
        if (!parties.some(({ id }) => id === partyId)) continue;
        const moved = (one: K['Party']) => (one.id === partyId ? system.changed(one, code, more) : one);
        phone.set(parties.map(moved), known);
        return;
      }
    },
    forget(sessionId = SESSION) {
      calls.delete(sessionId);
      for (const listener of [...listeners]) listener();
    },
    now: (sessionId = SESSION) => calls.get(sessionId)?.call ?? null,
    inFlight: () => requests.filter(({ endedAt }) => endedAt === null).length,
    source: {
      outlook: (call, party) => phone.outlook(call, party),
      readCall(sessionId, { longPoll, ...options }) {
        const answer = async (signal: AbortSignal | undefined) => {
          if (longPoll !== undefined && phone.longPoll === 'refuse') {
            throw new BadUserInput('timestamp', 'timestamp');
          }
          if (longPoll !== undefined && phone.longPoll === 'honour') await held(sessionId, longPoll, signal);
          return phone.now(sessionId);
        };
        return ask({ kind: 'session', sessionId, longPoll }, options, answer, null);
      },
      ...(system.hasParties && {
        readParty(sessionId: string, partyId: string, options: ReadOptions) {
          const answer = async () => {
            const call = phone.now(sessionId);
            return call === null ? null : (partiesOf(call).find(({ id }) => id === partyId) ?? null);
          };
          return ask<K['Party'] | null>(
            { kind: 'party', sessionId, longPoll: undefined },
            options,
            answer,
            null,
          );
        },
      }),
      readList(options) {
        return ask(
          { kind: 'activeCalls', sessionId: '', longPoll: undefined },
          options,
          async () => phone.activeCalls,
          [],
        );
      },
    },
  };
  return phone;

  function phoneTime(): number {
    return Date.now() + phone.clockOffset;
  }

  async function ask<Value>(
    what: Pick<Request, 'kind' | 'sessionId' | 'longPoll'>,
    { lane, signal, onSent }: ReadOptions,
    answer: (signal: AbortSignal | undefined) => Promise<Value>,
    nothing: Value,
  ): Promise<Reading<Value>> {
    signal?.throwIfAborted();
    const sentAt = Date.now();
    const request: Request = { ...what, lane, sentAt, endedAt: null };
    requests.push(request);
    onSent?.();
    try {
      await sleep(phone.latency(), signal);
      const trouble = phone.trouble(request);
      if (trouble === 'hang') {
        await sleep(DEADLINE + (what.longPoll?.timeout ?? 0) * 1_000, signal);
        throw new UpstreamUnavailable('RingCentral did not answer in time.', true);
      }
      if (trouble instanceof Error) throw trouble;
      const value = trouble === 'missing' ? nothing : await answer(signal);
      const upstreamDate = Math.floor((phoneTime() - phone.dateLag()) / 1_000) * 1_000;
      await sleep(phone.latency(), signal);
      return { value, sentAt, receivedAt: Date.now(), upstreamDate };
    } finally {
      request.endedAt = Date.now();
    }
  }

  /** Resolves when there is an answer to a held read; one that brings nothing new may end otherwise. */
  async function held(sessionId: string, longPoll: LongPoll, signal?: AbortSignal): Promise<void> {
    const timeout = longPoll.timeout * 1_000;
    if (await changed(sessionId, longPoll.timestamp, Math.min(timeout, phone.patience), signal)) return;
    const end = phone.patience < timeout ? 'cut' : phone.expiry;
    if (end !== 'body') throw new HoldEnded(end, new UpstreamUnavailable('It broke.', true));
  }

  /** True when the call changed after the timestamp, false when that took too long. */
  function changed(
    sessionId: string,
    timestamp: string,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const isNews = () => (calls.get(sessionId)?.changedAt ?? Infinity) >= Date.parse(timestamp);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const look = () => isNews() && end(() => resolve(true));
      const abort = () => end(() => reject(signal?.reason));
      const timer = setTimeout(() => end(() => resolve(false)), timeout);
      listeners.add(look);
      signal?.addEventListener('abort', abort);
      look();
    });
  }
}

/** Waits; rejects with the signal's reason when that aborts. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** A hub and what it stands before. */
export interface Office<K extends Kind = RingCentralKind, More extends Changes = RingCentralChanges> {
  readonly hub: Hub<K>;
  readonly metrics: Metrics;
  readonly phone: Phone<K, More>;
}

/** A hub before RingCentral; both are stopped when the test ends. */
export function openOffice(options: Partial<HubOptions> = {}): Office {
  return openOfficeOf(RINGCENTRAL_IN_MEMORY, options);
}

/** A hub before any of the systems. */
export function openOfficeOf<K extends Kind, More extends Changes>(
  system: InMemory<K, More>,
  options: Partial<HubOptions> = {},
): Office<K, More> {
  fakeTime();
  const metrics = createMetrics();
  const phone = createPhoneOf(system);
  const hub = createHub(system.shape, {
    metrics,
    log: createLog('silent'),
    longPollTimeout: 30_000,
    ...options,
  });
  onTestFinished(() => hub.stop());
  return { hub, metrics, phone };
}

/** The sum of a gauge or counter over its labels. */
export async function total(metric: { get(): Promise<{ values: { value: number }[] }> }): Promise<number> {
  const { values } = await metric.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** A reader that takes every event as it comes. */
export interface Tap<Event> {
  readonly events: readonly Event[];
  /** Undefined while the stream is open. */
  readonly ending: { readonly error?: unknown } | undefined;
  /** The events that came since the last time. */
  news(): readonly Event[];
  leave(): void;
}

/** Starts to read a stream. */
export function tap<Event>(stream: AsyncIterableIterator<Event>): Tap<Event> {
  const events: Event[] = [];
  let read = 0;
  let ending: { readonly error?: unknown } | undefined;
  void (async () => {
    try {
      for await (const event of stream) events.push(event);
      ending = {};
    } catch (error) {
      ending = { error };
    }
  })();
  return {
    events,
    get ending() {
      return ending;
    },
    news() {
      const news = events.slice(read);
      read = events.length;
      return news;
    },
    leave: () => void stream.return?.(),
  };
}
