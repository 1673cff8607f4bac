/**
 * The listener of one viewer: does what `listening.ts` decides. One channel, one socket, one topic.
 *
 * It begins when it is made and ends with `stop()`. What it hears goes to its ear; where it stands too.
 */
import { CallControlFailure, UpstreamBadResponse } from '../../../schema/failures.ts';
import { LONGEST_ALARM, setAlarm } from '../../alarm.ts';
import { orNoted } from '../../or-noted.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Caller } from '../../upstream/caller.ts';
import type { Upstream } from '../../upstream/http.ts';
import { setbackOf } from '../../upstream/setbacks.ts';
import { channelIn, refusalIn } from './answers.ts';
import { type Channel, FIRST, type Listening, type ListeningInput, next, takenOver } from './listening.ts';
import { OPERATIONS } from './operations.ts';
import {
  CHANNEL_SOCKET_TIMES,
  type ChannelLoss,
  type ChannelSocket,
  type ChannelSocketTimes,
  openChannelSocket,
} from './socket.ts';

/** Where a listener stands, for whoever asks how live things are. */
export type ListenerState = 'connecting' | 'listening' | 'recovering' | 'denied';

/** Who is told, in order. */
export interface ListenerEar {
  /** Something came by itself. */
  heard(topic: string, body: unknown, receivedAt: number): void;
  /** It stands elsewhere now. Each time it listens, whatever happened before may be lost. */
  entered(
    state: ListenerState,
    facts: { readonly mayHaveMissed: boolean; readonly reason: string | null },
  ): void;
  /** The channel that it listens by, should it end without a word; null: there is none. */
  kept?(channel: Channel | null): void;
}

export interface ListenerParts {
  readonly caller: Caller;
  /** What it wants to hear of. */
  topics(): Promise<readonly string[]>;
  readonly upstream: Upstream;
  readonly ear: ListenerEar;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The channel by which another gateway listened until now. */
  readonly inherited?: Channel | null | undefined;
  /** Other numbers are for tests. */
  readonly times?: Partial<ListenerTimes> | undefined;
  readonly random?: (() => number) | undefined;
}

/** Times in milliseconds. */
export interface ListenerTimes extends ChannelSocketTimes {
  /** Between two looks whether the token must be renewed, or the channel let live longer. */
  readonly renewal: number;
}

export const LISTENER_TIMES: ListenerTimes = {
  ...CHANNEL_SOCKET_TIMES,
  renewal: 30_000, // 30 seconds
};

export interface Listener {
  /** The viewer has shown another token: what was denied to the last one may be granted to it. */
  newToken(): void;
  /** The sign-in that its channel belongs to is about to end: it takes another one, by another token where there is one. */
  move(): Promise<void>;
  /** Has the channel tell nothing more where that is possible, and hangs up. */
  stop(): void;
  /** Hangs up and leaves the channel to another; null: there is none that tells. */
  handOver(): Channel | null;
}

/** A channel lives a day from when its topics were set: they are set again after this share of it. */
const RENEWAL_SHARE = 0.75;
const USUAL_LIFE = 86_400_000; // 24 hours

/** Begins to listen. */
export function createListener(parts: ListenerParts): Listener {
  const { caller, upstream, ear, metrics, log, inherited = null, random = Math.random } = parts;
  const times = { ...LISTENER_TIMES, ...parts.times };
  let state: Listening = inherited === null ? FIRST : takenOver(inherited);
  let told: ListenerState = 'connecting';
  let socket: ChannelSocket | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let kept: Channel | null = inherited;
  /** By the clock that nobody sets. Of an inherited one nobody knows: soon. */
  let renewAt = inherited === null ? Number.POSITIVE_INFINITY : performance.now();
  let life = USUAL_LIFE;
  const leaving = new AbortController();

  metrics.genesysChannels.inc({ state: told });
  const renewal = setInterval(() => {
    if (state.phase !== 'listening') return;
    caller.renew?.(leaving.signal).catch(ignore);
    if (performance.now() >= renewAt) void lengthen(state.channel);
  }, times.renewal).unref();
  if (inherited !== null) tell('recovering');
  act(state);

  return {
    newToken: () => feed({ kind: 'newToken' }),
    async move() {
      const { channel } = { channel: null, ...state };
      feed({ kind: 'moved' });
      if (channel !== null) await silence(channel);
    },
    stop() {
      // What was handed over is another's.
      const channel = isStopped ? null : channelNow();
      end();
      if (channel !== null) void silence(channel);
    },
    handOver() {
      const channel = isStopped ? null : channelNow();
      end();
      return channel;
    },
  };

  function end(): void {
    if (isStopped) return;
    isStopped = true;
    leaving.abort();
    clearTimeout(timer);
    clearInterval(renewal);
    hangUp();
    metrics.genesysChannels.dec({ state: told });
  }

  /** The one that tells, or will when it is connected to. */
  function channelNow(): Channel | null {
    if (state.phase === 'listening') return state.channel;
    return (state.phase === 'waiting' || state.phase === 'connecting') && state.hasTopics
      ? state.channel
      : null;
  }

  function keep(): void {
    const now = channelNow();
    if (now?.id === kept?.id) return;
    kept = now;
    tellEar(() => ear.kept?.(now));
  }

  function feed(input: ListeningInput, now = Date.now()): void {
    if (isStopped) return;
    const before = state;
    state = next(state, input, now, random());
    if (state === before) return;
    clearTimeout(timer);
    act(state);
    keep();
  }

  /** Does what a state asks for, as it is entered. */
  function act(entered: Listening): void {
    switch (entered.phase) {
      case 'opening':
        hangUp();
        tell(entered.hasListened ? 'recovering' : 'connecting');
        void open();
        break;
      case 'connecting':
        hangUp();
        tell(entered.hasListened ? 'recovering' : 'connecting');
        connect(entered.channel);
        break;
      case 'subscribing':
        void subscribe(entered.channel);
        break;
      case 'listening':
        tell('listening', { mayHaveMissed: true });
        break;
      case 'waiting':
        hangUp();
        tell(entered.hasListened ? 'recovering' : 'connecting');
        timer = wakeAt(entered.until);
        break;
      case 'denied':
        hangUp();
        log.warn(
          { reason: entered.reason },
          'Notifications of Genesys Cloud are not to be had; calls are polled.',
        );
        tell('denied', { reason: entered.reason });
        timer = wakeAt(entered.until).unref();
        break;
    }
  }

  /** The timer decides, not the clock: it may end a moment early, and the clock may be set back meanwhile. */
  function wakeAt(until: number): NodeJS.Timeout {
    const left = until - Date.now();
    const wake = () => {
      // Genesys Cloud may ask for silence until midnight: longer than one timer waits.
      if (left > LONGEST_ALARM) timer = wakeAt(until);
      else feed({ kind: 'due' }, Math.max(Date.now(), until));
    };
    return setAlarm(wake, left);
  }

  function tell(
    entered: ListenerState,
    { mayHaveMissed = false, reason = null }: { mayHaveMissed?: boolean; reason?: string | null } = {},
  ): void {
    if (entered === told && !mayHaveMissed) return;
    metrics.genesysChannels.dec({ state: told });
    metrics.genesysChannels.inc({ state: entered });
    told = entered;
    tellEar(() => ear.entered(entered, { mayHaveMissed, reason }));
  }

  /** No socket is lost over a defect of whoever is told. */
  function tellEar(tell: () => void): void {
    orNoted(tell, noteDefect);
  }

  async function open(): Promise<void> {
    try {
      const { body } = await upstream.send(caller, {
        operation: OPERATIONS.postNotificationsChannels,
        lane: 'query',
        signal: leaving.signal,
      });
      const { expires, ...channel } = channelIn(body, upstream.serverUrl);
      life = expires === null ? USUAL_LIFE : Math.max(0, expires - Date.now());
      metrics.genesysChannelChanges.inc({ to: 'opened' });
      feed({ kind: 'created', channel });
    } catch (error) {
      feed(setbackOf(error) ?? afterDefect(error));
    }
  }

  function connect(channel: Channel): void {
    const opening = openChannelSocket(
      channel.connectUri,
      {
        onOpen: () => ofSocket(opening, () => feed({ kind: 'opened' })),
        onEvent(topic, body, receivedAt) {
          ofSocket(opening, () => tellEar(() => ear.heard(topic, body, receivedAt)));
        },
        // The next one is opened at once; the server ends this one as soon as it has.
        onClosing: () => ofSocket(opening, () => feed({ kind: 'closing' })),
        onLost: (loss) => ofSocket(opening, () => lost(loss)),
      },
      times,
    );
    socket = opening;
  }

  function ofSocket(opening: ChannelSocket, work: () => void): void {
    if (opening === socket && !isStopped) work();
  }

  function lost({ isGone, reason }: ChannelLoss): void {
    socket = null;
    metrics.genesysChannelChanges.inc({ to: isGone ? 'gone' : 'lost' });
    log.info({ reason }, 'The socket of a notification channel is gone.');
    feed({ kind: isGone ? 'gone' : 'lost' });
  }

  async function subscribe(channel: Channel): Promise<void> {
    const outcome = await setTopics(channel).then(
      (refusal): ListeningInput => refusal ?? { kind: 'granted' },
      (error: unknown): ListeningInput =>
        isUnknown(error) ? { kind: 'gone' } : (setbackOf(error) ?? afterDefect(error)),
    );
    // Another channel may have taken its place meanwhile.
    if (isAt('subscribing', channel)) feed(outcome);
  }

  /** Sets all that the channel tells, and with that lets it live on; null: all of it is granted. */
  async function setTopics(channel: Channel) {
    const topics = await parts.topics();
    const { body } = await upstream.send(caller, {
      operation: OPERATIONS.putNotificationsChannelSubscriptions,
      ids: { channelId: channel.id },
      body: topics.map((id) => ({ id })),
      lane: 'query',
      signal: leaving.signal,
    });
    renewAt = performance.now() + life * RENEWAL_SHARE;
    return refusalIn(body);
  }

  async function lengthen(channel: Channel): Promise<void> {
    renewAt = Number.POSITIVE_INFINITY;
    try {
      const refusal = await setTopics(channel);
      if (refusal !== null && isAt('listening', channel)) feed(refusal);
    } catch (error) {
      // Tried again soon: there is a quarter of its life left.
      renewAt = performance.now() + times.renewal;
      if (isUnknown(error) && isAt('listening', channel)) feed({ kind: 'gone' });
    }
  }

  function isAt(phase: 'subscribing' | 'listening', channel: Channel): boolean {
    return state.phase === phase && state.channel === channel;
  }

  /** Channels cannot be given back: this one tells nothing any more, and is the first that makes room for others. */
  async function silence(channel: Channel): Promise<void> {
    await upstream
      .send(caller, {
        operation: OPERATIONS.deleteNotificationsChannelSubscriptions,
        ids: { channelId: channel.id },
        lane: 'poll',
        timeout: GOODBYE,
      })
      .catch(ignore);
  }

  function hangUp(): void {
    socket?.close();
    socket = null;
  }

  function noteDefect(error: unknown): void {
    if (!leaving.signal.aborted) log.error({ err: error }, 'A listener met a defect');
  }

  function afterDefect(error: unknown): ListeningInput {
    noteDefect(error);
    return { kind: 'denied', reason: 'Genesys Cloud answered something that cannot be understood.' };
  }
}

const GOODBYE = 2_000; // 2 seconds

/** The channel is no more. An answer without a code is not Genesys Cloud's own. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof CallControlFailure) || error instanceof UpstreamBadResponse) return false;
  return error.trace.status === 404 || error.trace.status === 410;
}

function ignore(): void {}
