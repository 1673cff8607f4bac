/**
 * The listener of one viewer: does what `listening.ts` decides. One socket, one subscription.
 *
 * It begins when it is made and ends with `stop()`. What it hears goes to its ear; where it stands too.
 */
import {
  CallControlFailure,
  Forbidden,
  RateLimited,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../../schema/failures.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Budget, Permit } from '../budget.ts';
import type { Caller } from '../caller.ts';
import { checkBody, pathOf } from '../checks.ts';
import { noticeOf } from '../hearing.ts';
import type { Upstream } from '../http.ts';
import { OPERATIONS, type Operation } from '../operations.ts';
import type {
  WireConnectionDetails,
  WireNotification,
  WirePage,
  WireSocketToken,
  WireSubscription,
} from '../wire.ts';
import { asRaw, disabledIn, entriesOf, isSuccess, refusalIn } from './answers.ts';
import { FIRST, type Listening, type ListeningInput, next, type Recoverable } from './listening.ts';
import { type Loss, openSocket, type PushSocket, type SocketAnswer, type SocketTimes } from './socket.ts';

/** Where a listener stands, for whoever asks how live things are. */
export type ListenerState = 'connecting' | 'listening' | 'recovering' | 'denied';

/** Who is told, in order. */
export interface ListenerEar {
  /** Something came by itself. */
  heard(notification: WireNotification, receivedAt: number): void;
  /**
   * It stands elsewhere now. `mayHaveMissed`: what happened since it last listened may be lost, so that everything
   * known must be read again.
   */
  entered(
    state: ListenerState,
    facts: { readonly mayHaveMissed: boolean; readonly reason: string | null },
  ): void;
}

export interface ListenerParts {
  readonly caller: Caller;
  /** Full paths, `~` for the viewer's own. Those that are not granted deny the listening. */
  readonly filters: readonly string[];
  readonly upstream: Upstream;
  readonly budget: Budget;
  readonly ear: ListenerEar;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly times?: SocketTimes | undefined;
  readonly random?: (() => number) | undefined;
}

export interface Listener {
  readonly state: ListenerState;
  /** The viewer has shown another token: what was denied to the last one may be granted to it. */
  newToken(): void;
  /** Deletes the subscription where that is possible, and hangs up. */
  stop(): void;
}

/** RingCentral forgets a lost socket after so long; a little less, because the way there takes time. */
const RECOVERY_MARGIN = 5_000; // 5 seconds
const USUAL_RECOVERY = 180; // seconds
const USUAL_BUFFER = 100; // notifications
/** Where sockets are, when the answer with the token does not say. */
const USUAL_ADDRESS = 'wss://ws-api.ringcentral.com/ws';
const PATIENCE = 5_000; // 5 seconds, for the rate budget
const GOODBYE = 2_000; // 2 seconds
/** A token that nobody asks for is not renewed, and its socket ends with it. */
const TOKEN_CHECK = 60_000; // 1 minute
const MOST_CLEANED = 5;

/** Subscriptions whose sockets were lost, newest last: the first to go when there is no room. */
const MOST_ORPHANS = 50;

/** Begins to listen. */
export function createListener(parts: ListenerParts): Listener {
  const { caller, filters, upstream, budget, ear, metrics, log, random = Math.random } = parts;
  let state: Listening = FIRST;
  let told: ListenerState = 'connecting';
  let socket: PushSocket | null = null;
  let subscriptionId: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let orphans: string[] = [];
  /** Notifications that a recovery has brought, and from when on they are news. */
  let replayed: { count: number; readonly until: number } | null = null;
  let isStopped = false;
  const leaving = new AbortController();

  metrics.pushListeners.inc({ state: told });
  const tokenCheck = setInterval(() => {
    if (state.phase === 'listening') caller.accessToken(leaving.signal).catch(ignore);
  }, TOKEN_CHECK).unref();
  void connect();

  return {
    get state() {
      return told;
    },
    newToken: () => feed({ kind: 'newToken' }),
    stop() {
      if (isStopped) return;
      isStopped = true;
      leaving.abort();
      clearTimeout(timer);
      clearInterval(tokenCheck);
      metrics.pushListeners.dec({ state: told });
      const open = socket;
      socket = null;
      if (open !== null) void sayGoodbye(open, subscriptionId);
    },
  };

  function feed(input: ListeningInput): void {
    if (isStopped) return;
    const before = state;
    state = next(state, input, Date.now(), random());
    if (state !== before) enter(state);
  }

  /** Does what the new state asks for. */
  function enter(entered: Listening): void {
    clearTimeout(timer);
    switch (entered.phase) {
      case 'connecting':
        tell(entered.hasListened ? 'recovering' : 'connecting');
        void connect();
        break;
      case 'subscribing':
        void subscribe();
        break;
      case 'cleaning':
        void clean();
        break;
      case 'listening': {
        const recovered = entered.subscriptionId === subscriptionId;
        subscriptionId = entered.subscriptionId;
        metrics.pushRecoveries.inc({ result: recovered ? 'recovered' : 'subscribed' });
        tell('listening', { mayHaveMissed: !recovered });
        break;
      }
      case 'waiting':
        hangUp();
        tell(entered.hasListened ? 'recovering' : 'connecting');
        timer = setTimeout(() => feed({ kind: 'due' }), Math.max(0, entered.until - Date.now()));
        break;
      case 'denied':
        hangUp();
        log.warn({ reason: entered.reason }, 'Notifications are not to be had; calls are polled.');
        tell('denied', { reason: entered.reason });
        timer = setTimeout(() => feed({ kind: 'due' }), Math.max(0, entered.until - Date.now())).unref();
        break;
    }
  }

  function tell(
    entered: ListenerState,
    { mayHaveMissed = false, reason = null }: { mayHaveMissed?: boolean; reason?: string | null } = {},
  ): void {
    if (entered === told && !mayHaveMissed) return;
    metrics.pushListeners.dec({ state: told });
    metrics.pushListeners.inc({ state: entered });
    told = entered;
    ear.entered(entered, { mayHaveMissed, reason });
  }

  async function connect(): Promise<void> {
    const recoverable = state.phase === 'connecting' ? state.recoverable : null;
    let url: string;
    try {
      url = await askForAddress(recoverable);
    } catch (error) {
      feed(inputOf(error));
      return;
    }
    if (isStopped || state.phase !== 'connecting') return;
    const opening = openSocket(
      url,
      {
        onOpen: (details) => opened(details, recoverable),
        onNotification: heard,
        onLost: (loss) => lost(opening, loss),
      },
      parts.times,
    );
    socket = opening;
  }

  async function askForAddress(recoverable: Recoverable | null): Promise<string> {
    const { body } = await upstream.send(caller, {
      operation: OPERATIONS.authWsToken,
      // Behind the renewal of tokens, which the same few requests pay for.
      lane: 'query',
      signal: leaving.signal,
    });
    const { uri = USUAL_ADDRESS, ws_access_token: token } = (body ?? {}) as WireSocketToken;
    if (!URL.canParse(String(uri)) || typeof token !== 'string') {
      throw new Forbidden('RingCentral answered no address for notifications.', undefined);
    }
    const url = new URL(String(uri));
    const isPlain = url.protocol === 'ws:' && upstream.serverUrl.startsWith('http:');
    if (!(isPlain || url.protocol === 'wss:')) {
      throw new Forbidden('RingCentral answered no address for notifications.', undefined);
    }
    url.searchParams.set('access_token', token);
    if (recoverable !== null) url.searchParams.set('wsc', recoverable.wsc);
    return url.href;
  }

  function opened(details: WireConnectionDetails, recoverable: Recoverable | null): void {
    const recovered = String(details.recoveryState).toLowerCase() === 'successful' && recoverable !== null;
    const connectedAt = Date.parse(String(details.creationTime).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    replayed = recovered && !Number.isNaN(connectedAt) ? { count: 0, until: connectedAt } : null;
    if (recoverable !== null && !recovered) {
      metrics.pushRecoveries.inc({ result: 'failed' });
      bury(recoverable.subscriptionId);
    }
    feed({ kind: 'opened', recovered });
  }

  function heard(notification: WireNotification, receivedAt: number): void {
    // A second subscription of a socket that is gone tells the same things again.
    if (notification.subscriptionId !== subscriptionId) {
      metrics.pushEvents.inc({ result: 'foreign' });
      return;
    }
    ear.heard(notification, receivedAt);
    countReplayed(notification);
  }

  /** RingCentral keeps the newest hundred for a lost socket: when it brings them all, there were more. */
  function countReplayed({ body }: WireNotification): void {
    if (replayed === null) return;
    const { eventTime = '' } = (typeof body === 'object' && body !== null ? body : {}) as {
      eventTime?: string;
    };
    if (!(Date.parse(eventTime) < replayed.until)) return;
    replayed.count += 1;
    if (replayed.count < (socket?.details?.recoveryBufferSize ?? USUAL_BUFFER)) return;
    replayed = null;
    metrics.pushRecoveries.inc({ result: 'overflowed' });
    tell('listening', { mayHaveMissed: true });
  }

  async function subscribe(): Promise<void> {
    const answer = await ask(
      OPERATIONS.createSubscription,
      {},
      {
        eventFilters: [...filters],
        deliveryMode: { transportType: 'WebSocket' },
      },
      (answered) => {
        // As it is read: the first notification may stand right behind it.
        const { id } = (answered.body ?? {}) as WireSubscription;
        if (isSuccess(answered) && typeof id === 'string' && disabledIn(answered) === null) {
          subscriptionId = null;
          feed({ kind: 'granted', subscriptionId: id });
        }
      },
    );
    if (state.phase !== 'subscribing') return;
    feed(answer === null ? { kind: 'failed', reason: 'RingCentral did not answer.' } : refusalIn(answer));
  }

  /** Makes room: what belonged to sockets of ours that are gone; where none is known, the oldest that is like ours. */
  async function clean(): Promise<void> {
    try {
      const { body } = await upstream.send(caller, {
        operation: OPERATIONS.listSubscriptions,
        lane: 'query',
        signal: leaving.signal,
      });
      const records = entriesOf((body as WirePage<WireSubscription> | null)?.records);
      const known = new Set(records.map(({ id }) => id));
      const lost = orphans.filter((id) => known.has(id)).slice(0, MOST_CLEANED);
      const [oldest] = records
        .filter(({ deliveryMode }) => deliveryMode?.transportType === 'WebSocket')
        .sort((one, other) => String(one.creationTime).localeCompare(String(other.creationTime)));
      for (const id of lost.length > 0 ? lost : oldest?.id === undefined ? [] : [oldest.id]) {
        await upstream.send(caller, {
          operation: OPERATIONS.deleteSubscription,
          ids: { subscriptionId: id },
          lane: 'query',
          signal: leaving.signal,
          orNull: true,
        });
        orphans = orphans.filter((orphan) => orphan !== id);
      }
    } catch (error) {
      if (!(error instanceof CallControlFailure)) ignoreUnlessLeaving(error);
    }
    feed({ kind: 'cleaned' });
  }

  /** Asks over the socket, inside the rate budget; null when there is no answer. */
  async function ask(
    operation: Operation,
    ids: Readonly<Record<string, string>>,
    body: object | undefined,
    onAnswer: (answer: SocketAnswer) => void = ignore,
  ): Promise<SocketAnswer | null> {
    const open = socket;
    if (body !== undefined) checkBody(operation, body);
    let permit: Permit;
    try {
      const entry = {
        bucket: caller.bucket,
        group: operation.group,
        lane: 'query',
        patience: PATIENCE,
      } as const;
      permit = await budget.enter({ ...entry, signal: leaving.signal });
    } catch {
      return null;
    }
    if (open === null || open !== socket || !permit.depart()) {
      permit.cancel();
      return null;
    }
    return new Promise((resolve) => {
      open.request(
        { method: operation.method, path: pathOf(operation, ids), ...(body !== undefined && { body }) },
        (answer) => {
          permit.settle(answer === null ? null : noticeOf(operation, asRaw(answer)));
          metrics.upstreamRequests.inc({
            operation: operation.id,
            status: answer === null ? 'network' : String(answer.status),
            lane: 'query',
          });
          if (answer !== null) onAnswer(answer);
          resolve(answer);
        },
      );
    });
  }

  function lost(gone: PushSocket, loss: Loss): void {
    if (gone !== socket) return;
    log.info({ reason: loss.reason }, 'The socket of notifications is gone.');
    if (state.phase === 'connecting') {
      socket = null;
      feed(
        loss.opened || state.hasListened
          ? { kind: 'failed', reason: loss.reason }
          : { kind: 'denied', reason: `No socket to RingCentral can be opened. ${loss.reason}` },
      );
      return;
    }
    const { wsc, details } = gone;
    const seconds = details?.recoveryTimeout ?? USUAL_RECOVERY;
    const until = Date.now() + seconds * 1_000 - RECOVERY_MARGIN;
    const recoverable =
      wsc !== null && subscriptionId !== null && state.phase === 'listening'
        ? { wsc, subscriptionId, until }
        : null;
    if (recoverable === null && subscriptionId !== null) bury(subscriptionId);
    feed({ kind: 'lost', recoverable });
  }

  function hangUp(): void {
    socket?.close();
    socket = null;
  }

  function bury(id: string): void {
    orphans = [...orphans.filter((orphan) => orphan !== id), id].slice(-MOST_ORPHANS);
  }

  /** Gives the subscription back, so that it is not counted for the rest of its day. */
  async function sayGoodbye(open: PushSocket, id: string | null): Promise<void> {
    const permit = id === null ? null : await roomForGoodbye();
    if (id === null || permit === null) {
      open.close();
      return;
    }
    const { method } = OPERATIONS.deleteSubscription;
    const giveUp = setTimeout(() => open.close(), GOODBYE).unref();
    open.request(
      { method, path: pathOf(OPERATIONS.deleteSubscription, { subscriptionId: id }) },
      (answer) => {
        clearTimeout(giveUp);
        permit.settle(answer && noticeOf(OPERATIONS.deleteSubscription, asRaw(answer)));
        open.close();
      },
    );
  }

  async function roomForGoodbye(): Promise<Permit | null> {
    const { group } = OPERATIONS.deleteSubscription;
    const entry = { bucket: caller.bucket, group, lane: 'query', patience: 0 } as const;
    const permit = await budget.enter(entry).catch(() => null);
    return permit?.depart() === true ? permit : null;
  }

  function ignoreUnlessLeaving(error: unknown): void {
    if (!leaving.signal.aborted) log.error({ err: error }, 'A listener met a defect');
  }

  function inputOf(error: unknown): ListeningInput {
    if (error instanceof RateLimited) {
      return { kind: 'failed', notBefore: error.retryAt, reason: 'The rate budget is spent.' };
    }
    if (error instanceof UpstreamUnavailable) {
      // RingCentral is out of order, which passes: not the same as a socket that nobody lets through.
      return { kind: 'failed', notBefore: Date.now() + 1, reason: error.message };
    }
    // A connection that broke off within an answer, or the page of a proxy: one of them says nothing for ten minutes.
    if (error instanceof UpstreamBadResponse) return { kind: 'failed', reason: error.message };
    // They said no: asking again at once would not change it.
    if (error instanceof CallControlFailure) return { kind: 'denied', reason: error.message };
    ignoreUnlessLeaving(error);
    return { kind: 'denied', reason: 'RingCentral answered something that cannot be understood.' };
  }
}

function ignore(): void {}
