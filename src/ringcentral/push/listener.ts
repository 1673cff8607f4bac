/**
 * The listener of one viewer: does what `listening.ts` decides. One socket, one subscription.
 *
 * It begins when it is made and ends with `stop()`. What it hears goes to its ear; where it stands too.
 */

import { orNoted } from '../../or-noted.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Budget } from '../../upstream/budget.ts';
import type { Caller } from '../../upstream/caller.ts';
import type { Upstream } from '../../upstream/http.ts';
import { setbackOf } from '../../upstream/setbacks.ts';
import { asText } from '../../upstream/values.ts';
import { OPERATIONS } from '../operations.ts';
import type { WireConnectionDetails, WireNotification } from '../wire.ts';
import { addressIn, refusalIn } from './answers.ts';
import { createAsking } from './asking.ts';
import {
  type Inheritance,
  LISTENER_TIMES,
  type Listener,
  type ListenerEar,
  type ListenerState,
  type ListenerTimes,
} from './ear.ts';
import type { Filter } from './filters.ts';
import { createHeldSubscription } from './held-subscription.ts';
import {
  FIRST,
  type Listening,
  type ListeningInput,
  next,
  type Recoverable,
  takenOver,
} from './listening.ts';
import { NO_REPLAY, type Replay, replayOf, withReplayed } from './replay.ts';
import { type Loss, openSocket, type PushSocket } from './socket.ts';
import { createWidening } from './widening.ts';

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

/** RingCentral forgets a lost socket after so long; a little less, because the way there takes time. */
const RECOVERY_MARGIN = 5_000; // 5 seconds
const USUAL_RECOVERY = 180; // seconds
/** What was inherited is tried for so long: RingCentral says whether it was in time. */
const INHERITED_FOR = 60_000; // 1 minute
/** The code for a wsc that is none (any more). */
const MALFORMED = 'WSG-400';

/** Begins to listen. */
export function createListener(parts: ListenerParts): Listener {
  const { caller, filters, upstream, budget, ear, metrics, log, living, random = Math.random } = parts;
  const times = { ...LISTENER_TIMES, ...parts.times };
  const { inherited = null } = parts;
  let state: Listening =
    inherited === null ? FIRST : takenOver({ ...inherited, until: Date.now() + INHERITED_FOR });
  let told: ListenerState = 'connecting';
  let socket: PushSocket | null = null;
  let kept: Inheritance | null = inherited;
  let timer: NodeJS.Timeout | undefined;
  let replay: Replay = NO_REPLAY;
  let isStopped = false;
  let moving: Promise<void> | null = null;
  /** What is granted beside the own calls. */
  let beyond: readonly Filter[] = inherited?.beyond ?? [];
  const leaving = new AbortController();
  const { ask, sayGoodbye } = createAsking({
    ...{ caller, budget, metrics, signal: leaving.signal },
    socket: () => socket,
  });
  const subscription = createHeldSubscription({
    ...{ caller, upstream, ask, filters, living },
    inherited: inherited?.subscriptionId ?? null,
  });
  const widening = createWidening({
    gap: times.widening,
    ask: subscription.change,
    onReach: (reach, mayHaveMissed) => tellEar(() => ear.reached?.(reach, mayHaveMissed)),
    onGranted(granted) {
      beyond = granted;
      keep();
    },
    onLost: resubscribe,
    onRefused: (keys) => log.info({ filters: keys.slice(0, 10) }, 'RingCentral does not tell of these.'),
  });

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
    widen: (interest) => widening.want(interest),
    newToken() {
      feed({ kind: 'newToken' });
      widening.newToken();
    },
    move() {
      moving ??= move().finally(() => {
        moving = null;
      });
      return moving;
    },
    stop() {
      const open = socket;
      const id = end();
      if (open !== null) void sayGoodbye(open, id);
    },
    handOver() {
      const open = socket;
      const inheritance = isStopped ? null : recoverableNow();
      const id = end();
      if (inheritance !== null) open?.close();
      else if (open !== null) void sayGoodbye(open, id);
      return inheritance;
    },
  };

  /** Ends everything but the socket; answers the subscription that it had. */
  function end(): string | null {
    if (isStopped) return null;
    isStopped = true;
    leaving.abort();
    widening.stop();
    clearTimeout(timer);
    clearInterval(renewal);
    metrics.pushListeners.dec({ state: told });
    socket = null;
    return subscription.release();
  }

  function recoverableNow(): Inheritance | null {
    if (state.phase === 'connecting' || state.phase === 'waiting') {
      const { recoverable } = state;
      return recoverable && { wsc: recoverable.wsc, subscriptionId: recoverable.subscriptionId, beyond };
    }
    const wsc = socket?.wsc ?? null;
    if (state.phase !== 'listening' || wsc === null) return null;
    return { wsc, subscriptionId: state.subscriptionId, beyond };
  }

  /** Says what to bring back, where that is something else by now. */
  function keep(): void {
    const now = recoverableNow();
    const isSame = now?.wsc === kept?.wsc && now?.subscriptionId === kept?.subscriptionId;
    if (isSame && now?.beyond === kept?.beyond) return;
    kept = now;
    tellEar(() => ear.kept?.(now));
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
        if (entered.recoverable === null) leaveBehind();
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
        const recovered = entered.subscriptionId === subscription.id;
        if (!recovered) beyond = [];
        subscription.hold(entered.subscriptionId);
        metrics.pushRecoveries.inc({ result: recovered ? 'recovered' : 'subscribed' });
        tell('listening', { mayHaveMissed: !recovered });
        widening.open(beyond);
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
        leaveBehind();
        log.warn({ reason: entered.reason }, 'Notifications are not to be had; calls are polled.');
        tell('denied', { reason: entered.reason });
        widening.deny();
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
    tellEar(() => ear.entered(entered, { mayHaveMissed, reason }));
  }

  /** No socket is lost over a defect of whoever is told. */
  function tellEar(tell: () => void): void {
    orNoted(tell, noteDefect);
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
    const recovered = asText(details.recoveryState)?.toLowerCase() === 'successful' && recoverable !== null;
    replay = recovered ? replayOf(details) : NO_REPLAY;
    if (recoverable !== null && !recovered) {
      metrics.pushRecoveries.inc({ result: 'failed' });
      leaveBehind();
    }
    feed({ kind: 'opened', recovered });
  }

  function heard(notification: WireNotification, receivedAt: number): void {
    // A second subscription of a socket that is gone tells the same things again.
    if (notification.subscriptionId !== subscription.id) {
      metrics.pushEvents.inc({ system: 'ringcentral', result: 'foreign' });
      return;
    }
    tellEar(() => ear.heard(notification, receivedAt));
    keep();
    const { isFull } = replay;
    replay = withReplayed(replay, notification);
    if (isFull || !replay.isFull) return;
    // RingCentral keeps the newest hundred for a lost socket: when it brings them all, there were more.
    metrics.pushRecoveries.inc({ result: 'overflowed' });
    tell('listening', { mayHaveMissed: true });
  }

  async function subscribe(): Promise<void> {
    const answer = await subscription.make((id) => feed({ kind: 'granted', subscriptionId: id }));
    if (state.phase !== 'subscribing') return;
    feed(answer === null ? { kind: 'failed', reason: 'RingCentral did not answer.' } : refusalIn(answer));
  }

  async function clean(): Promise<void> {
    await subscription.makeRoom(leaving.signal).catch(noteDefect);
    feed({ kind: 'cleaned' });
  }

  /** The subscription is no more, or of no use: another is made. */
  function resubscribe(reason: string | null): void {
    log.info({ reason }, 'The subscription is gone.');
    if (state.phase !== 'listening') return;
    widening.close();
    feed({ kind: 'lost', recoverable: null });
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
      wsc !== null && state.phase === 'listening'
        ? { wsc, subscriptionId: state.subscriptionId, until }
        : null;
    if (recoverable === null) leaveBehind();
    feed({ kind: 'lost', recoverable });
  }

  async function move(): Promise<void> {
    const open = socket;
    if (isStopped || open === null || state.phase !== 'listening') return;
    socket = null;
    const id = subscription.release();
    widening.close();
    feed({ kind: 'moved' });
    await sayGoodbye(open, id);
  }

  function hangUp(): void {
    socket?.close();
    socket = null;
  }

  function leaveBehind(): void {
    widening.close();
    subscription.leaveBehind();
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
