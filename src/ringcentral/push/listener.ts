/**
 * The listener of one viewer: does what `listening.ts` decides. One socket, one subscription.
 *
 * It begins when it is made and ends with `stop()`. What it hears goes to its ear; where it stands too.
 */
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Budget } from '../../upstream/budget.ts';
import type { Caller } from '../../upstream/caller.ts';
import { checkBody, pathOf } from '../../upstream/checks.ts';
import type { Permit } from '../../upstream/gate.ts';
import type { Upstream } from '../../upstream/http.ts';
import { setbackOf } from '../../upstream/setbacks.ts';
import { OPERATIONS, type Operation } from '../operations.ts';
import { noticeOf } from '../system.ts';
import type { WireConnectionDetails, WireNotification, WireSubscription } from '../wire.ts';
import { addressIn, asRaw, disabledIn, isSuccess, refusalIn } from './answers.ts';
import {
  FIRST,
  type Listening,
  type ListeningInput,
  next,
  type Recoverable,
  takenOver,
} from './listening.ts';
import { createOrphans } from './orphans.ts';
import { NO_REPLAY, type Replay, replayOf, withReplayed } from './replay.ts';
import {
  type Loss,
  openSocket,
  type PushSocket,
  SOCKET_TIMES,
  type SocketAnswer,
  type SocketTimes,
} from './socket.ts';

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
  /** What brings back what it hears by, should it end without a word; null: nothing does. */
  kept?(inheritance: Inheritance | null): void;
}

/** What whoever listens next needs, to hear what was told meanwhile. */
export type Inheritance = Pick<Recoverable, 'wsc' | 'subscriptionId'>;

export interface ListenerParts {
  readonly caller: Caller;
  /** Full paths, `~` for the viewer's own. Those that are not granted deny the listening. */
  readonly filters: readonly string[];
  readonly upstream: Upstream;
  readonly budget: Budget;
  readonly ear: ListenerEar;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What another gateway heard by, until now. */
  readonly inherited?: Inheritance | null | undefined;
  /** The subscriptions of this process whose sockets are open, which nobody may take for left over. */
  readonly living: Set<string>;
  /** Other numbers are for tests. */
  readonly times?: Partial<ListenerTimes> | undefined;
  readonly random?: (() => number) | undefined;
}

/** Times in milliseconds. */
export interface ListenerTimes extends SocketTimes {
  /** Between two looks whether the token of the socket must be renewed: its socket ends with it. */
  readonly renewal: number;
}

export const LISTENER_TIMES: ListenerTimes = {
  ...SOCKET_TIMES,
  renewal: 30_000, // 30 seconds: RingCentral's shortest-lived tokens are due two minutes before their end
};

export interface Listener {
  readonly state: ListenerState;
  /** The viewer has shown another token: what was denied to the last one may be granted to it. */
  newToken(): void;
  /**
   * The sign-in that its socket belongs to is about to end: gives the subscription back, hangs up, and listens again by
   * another token, where there is one. Resolves when the old socket is done with.
   */
  move(): Promise<void>;
  /** Deletes the subscription where that is possible, and hangs up. */
  stop(): void;
  /** Hangs up and leaves the subscription to another; null: there is nothing to be brought back. */
  handOver(): Inheritance | null;
}

/** RingCentral forgets a lost socket after so long; a little less, because the way there takes time. */
const RECOVERY_MARGIN = 5_000; // 5 seconds
const USUAL_RECOVERY = 180; // seconds
const PATIENCE = 5_000; // 5 seconds, for the rate budget
const GOODBYE = 2_000; // 2 seconds
/** What was inherited is tried for so long: RingCentral says whether it was in time. */
const INHERITED_FOR = 60_000; // 1 minute
/** The code for a wsc that is none (any more). */
const MALFORMED = 'WSG-400';

/** Begins to listen. */
export function createListener(parts: ListenerParts): Listener {
  const { caller, filters, upstream, budget, ear, metrics, log, living, random = Math.random } = parts;
  const times = { ...LISTENER_TIMES, ...parts.times };
  const orphans = createOrphans({ caller, upstream, living });
  const { inherited = null } = parts;
  let state: Listening =
    inherited === null ? FIRST : takenOver({ ...inherited, until: Date.now() + INHERITED_FOR });
  let told: ListenerState = 'connecting';
  let socket: PushSocket | null = null;
  let subscriptionId: string | null = inherited?.subscriptionId ?? null;
  let kept: Inheritance | null = inherited;
  let timer: NodeJS.Timeout | undefined;
  let replay: Replay = NO_REPLAY;
  let isStopped = false;
  let moving: Promise<void> | null = null;
  const leaving = new AbortController();

  metrics.pushListeners.inc({ state: told });
  const renewal = setInterval(() => {
    if (state.phase === 'listening') caller.renew?.(leaving.signal).catch(ignore);
    keep();
  }, times.renewal).unref();
  if (inherited !== null) tell('recovering');
  void connect();

  return {
    get state() {
      return told;
    },
    newToken: () => feed({ kind: 'newToken' }),
    move() {
      moving ??= move().finally(() => {
        moving = null;
      });
      return moving;
    },
    stop() {
      const open = end();
      if (open !== null) void sayGoodbye(open, subscriptionId);
    },
    handOver() {
      const inheritance = isStopped ? null : recoverableNow();
      const open = end();
      if (inheritance === null && open !== null) void sayGoodbye(open, subscriptionId);
      else open?.close();
      return inheritance;
    },
  };

  /** Ends everything but the socket. */
  function end(): PushSocket | null {
    if (isStopped) return null;
    isStopped = true;
    leaving.abort();
    clearTimeout(timer);
    clearInterval(renewal);
    metrics.pushListeners.dec({ state: told });
    const open = socket;
    socket = null;
    if (subscriptionId !== null) living.delete(subscriptionId);
    return open;
  }

  function recoverableNow(): Inheritance | null {
    if (state.phase === 'connecting' || state.phase === 'waiting') {
      const { recoverable } = state;
      return recoverable && { wsc: recoverable.wsc, subscriptionId: recoverable.subscriptionId };
    }
    const wsc = socket?.wsc ?? null;
    if (state.phase !== 'listening' || wsc === null || subscriptionId === null) return null;
    return { wsc, subscriptionId };
  }

  /** Says what to bring back, where that is something else by now. */
  function keep(): void {
    const now = recoverableNow();
    if (now?.wsc === kept?.wsc && now?.subscriptionId === kept?.subscriptionId) return;
    kept = now;
    ear.kept?.(now);
  }

  function feed(input: ListeningInput, now = Date.now()): void {
    if (isStopped) return;
    const before = state;
    state = next(state, input, now, random());
    if (state !== before) enter(state);
  }

  /** Does what the new state asks for. */
  function enter(entered: Listening): void {
    clearTimeout(timer);
    switch (entered.phase) {
      case 'connecting':
        // Too late to bring it back.
        if (entered.recoverable === null) letGoOfSubscription();
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
        living.add(subscriptionId);
        metrics.pushRecoveries.inc({ result: recovered ? 'recovered' : 'subscribed' });
        tell('listening', { mayHaveMissed: !recovered });
        keep();
        break;
      }
      case 'waiting':
        hangUp();
        tell(entered.hasListened ? 'recovering' : 'connecting');
        timer = wakeAt(entered.until);
        break;
      case 'denied':
        hangUp();
        letGoOfSubscription();
        log.warn({ reason: entered.reason }, 'Notifications are not to be had; calls are polled.');
        tell('denied', { reason: entered.reason });
        timer = wakeAt(entered.until).unref();
        break;
    }
  }

  /** The timer decides, not the clock: it may end a moment early, and the clock may be set back meanwhile. */
  function wakeAt(until: number): NodeJS.Timeout {
    const wake = () => feed({ kind: 'due' }, Math.max(Date.now(), until));
    return setTimeout(wake, Math.max(0, until - Date.now()));
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
      feed(setbackOf(error) ?? afterDefect(error));
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
      times,
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
    return addressIn(body, upstream.serverUrl, recoverable?.wsc ?? null);
  }

  function opened(details: WireConnectionDetails, recoverable: Recoverable | null): void {
    const recovered = String(details.recoveryState).toLowerCase() === 'successful' && recoverable !== null;
    replay = recovered ? replayOf(details) : NO_REPLAY;
    if (recoverable !== null && !recovered) {
      metrics.pushRecoveries.inc({ result: 'failed' });
      letGoOfSubscription();
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
    keep();
    const { isFull } = replay;
    replay = withReplayed(replay, notification);
    if (isFull || !replay.isFull) return;
    // RingCentral keeps the newest hundred for a lost socket: when it brings them all, there were more.
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

  async function clean(): Promise<void> {
    await orphans.makeRoom(leaving.signal).catch(noteDefect);
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
        share: caller.share,
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
      if (loss.error?.errorCode === MALFORMED && state.recoverable !== null) {
        metrics.pushRecoveries.inc({ result: 'failed' });
        feed({ kind: 'forgotten' });
        return;
      }
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
    if (recoverable === null) letGoOfSubscription();
    feed({ kind: 'lost', recoverable });
  }

  async function move(): Promise<void> {
    const open = socket;
    const id = subscriptionId;
    if (isStopped || open === null || state.phase !== 'listening') return;
    socket = null;
    subscriptionId = null;
    if (id !== null) living.delete(id);
    feed({ kind: 'lost', recoverable: null });
    await sayGoodbye(open, id);
  }

  function hangUp(): void {
    socket?.close();
    socket = null;
  }

  /** It is counted by RingCentral for the rest of its day, and tells nothing any more. */
  function letGoOfSubscription(): void {
    if (subscriptionId === null) return;
    living.delete(subscriptionId);
    orphans.bury(subscriptionId);
    subscriptionId = null;
  }

  /** Gives the subscription back, so that it is not counted for the rest of its day. */
  async function sayGoodbye(open: PushSocket, id: string | null): Promise<void> {
    const permit = id === null ? null : await roomForGoodbye();
    if (id === null || permit === null) {
      open.close();
      return;
    }
    const { method } = OPERATIONS.deleteSubscription;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(giveUp);
        open.close();
        resolve();
      };
      const giveUp = setTimeout(done, GOODBYE).unref();
      open.request(
        { method, path: pathOf(OPERATIONS.deleteSubscription, { subscriptionId: id }) },
        (answer) => {
          permit.settle(answer && noticeOf(OPERATIONS.deleteSubscription, asRaw(answer)));
          done();
        },
      );
    });
  }

  async function roomForGoodbye(): Promise<Permit | null> {
    const { group } = OPERATIONS.deleteSubscription;
    const entry = { bucket: caller.bucket, share: caller.share, group, lane: 'query', patience: 0 } as const;
    const permit = await budget.enter(entry).catch(() => null);
    return permit?.depart() === true ? permit : null;
  }

  function noteDefect(error: unknown): void {
    if (!leaving.signal.aborted) log.error({ err: error }, 'A listener met a defect');
  }

  function afterDefect(error: unknown): ListeningInput {
    noteDefect(error);
    return { kind: 'denied', reason: 'RingCentral answered something that cannot be understood.' };
  }
}

function ignore(): void {}
