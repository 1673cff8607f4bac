/** What the tests of live watching share: a phone system in memory, scripted and under fake timers. */
import { onTestFinished, vi } from 'vitest';
import { BadUserInput, UpstreamUnavailable } from '../../schema/failures.ts';
import type { ActiveCall, CallParty, CallSession, PartyStatus, PartyStatusCode } from '../../schema/model.ts';
import { createHub, type Hub, type HubOptions } from '../../src/live/hub.ts';
import {
  type CallSource,
  HoldEnded,
  type LongPoll,
  type Reading,
  type ReadOptions,
} from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';

/** The call that most tests are about. */
export const SESSION = 's-1';

/** Fakes the timers and the clocks, until the test ends. */
export function fakeTime(): void {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 9) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** Lets time pass, and everything happen that happens in it. */
export const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** A status with nothing in it but its code. */
export function status(code: PartyStatusCode, more: Partial<PartyStatus> = {}): PartyStatus {
  return {
    code,
    rawCode: code,
    reason: null,
    rawReason: null,
    description: null,
    parkData: null,
    peerId: null,
    mobilePickupData: null,
    rcc: null,
    ...more,
  };
}

/** A party of {@link SESSION}. */
export function party(id: string, code: PartyStatusCode, more: Partial<CallParty> = {}): CallParty {
  return {
    id,
    sessionId: SESSION,
    accountId: null,
    extensionId: null,
    attributes: null,
    status: status(code),
    muted: false,
    standAlone: null,
    park: null,
    from: null,
    to: null,
    owner: null,
    direction: null,
    conferenceRole: null,
    ringOutRole: null,
    ringMeRole: null,
    recordings: [],
    metadata: [],
    observedAt: 0,
    ...more,
  };
}

/** A call with these parties. */
export function session(parties: readonly CallParty[], more: Partial<CallSession> = {}): CallSession {
  return {
    id: SESSION,
    originType: 'CALL',
    rawOriginType: 'Call',
    voiceCallToken: null,
    creationTime: 0,
    parties,
    observedAt: 0,
    ...more,
  };
}

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

/** A viewer's view of RingCentral, of which every part is there. */
export type RingCentralSource = CallSource<RingCentralKind> &
  Pick<Required<CallSource<RingCentralKind>>, 'readParty'>;

/** A phone system of which everything can be ordered. */
export interface Phone {
  readonly source: RingCentralSource & { listen?: RingCentralSource['listen'] };
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
  activeCalls: readonly ActiveCall[];
  /** What it shows of a party beside its own facts; nothing, unless a test says so. */
  outlook: RingCentralSource['outlook'];
  /** Asked before each answer: what goes wrong; `hang` never answers, `missing` finds nothing. */
  trouble: (request: Request) => Error | 'hang' | 'missing' | null;
  /** Sets the parties of a call; it may be a new one. */
  set(parties: readonly CallParty[], more?: Partial<CallSession>): void;
  /** Changes one party. */
  move(partyId: string, code: PartyStatusCode, more?: Partial<CallParty>): void;
  /** Forgets a call: 404 from now on. */
  forget(sessionId?: string): void;
  /** The call as it is now. */
  now(sessionId?: string): CallSession | null;
  /** How many requests are on their way now. */
  inFlight(): number;
}

const DEADLINE = 10_000; // milliseconds that a hanging request takes to fail, beyond what it may be held

/** Makes it; it knows no call yet, and holds polls. */
export function createPhone(): Phone {
  const calls = new Map<string, { session: CallSession; changedAt: number }>();
  const listeners = new Set<() => void>();
  const requests: Request[] = [];

  const phone: Phone = {
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
      const id = more.id ?? SESSION;
      const own = parties.map((one) => ({ ...one, sessionId: id }));
      calls.set(id, { session: session(own, { ...more, parties: own }), changedAt: phoneTime() });
      for (const listener of [...listeners]) listener();
    },
    move(partyId, code, more = {}) {
      for (const { session: known } of calls.values()) {
        if (!known.parties.some(({ id }) => id === partyId)) continue;
        const moved = (one: CallParty) =>
          one.id === partyId ? { ...one, status: status(code), ...more } : one;
        phone.set(known.parties.map(moved), known);
        return;
      }
    },
    forget(sessionId = SESSION) {
      calls.delete(sessionId);
      for (const listener of [...listeners]) listener();
    },
    now: (sessionId = SESSION) => calls.get(sessionId)?.session ?? null,
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
      readParty(sessionId, partyId, options) {
        const answer = async () => phone.now(sessionId)?.parties.find(({ id }) => id === partyId) ?? null;
        return ask({ kind: 'party', sessionId, longPoll: undefined }, options, answer, null);
      },
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
export interface Office {
  readonly hub: Hub<RingCentralKind>;
  readonly metrics: Metrics;
  readonly phone: Phone;
}

/** A hub before a phone system; both are stopped when the test ends. */
export function openOffice(options: Partial<HubOptions> = {}): Office {
  fakeTime();
  const metrics = createMetrics();
  const phone = createPhone();
  const hub = createHub(RINGCENTRAL_CALLS, {
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
