/**
 * Listening: where a viewer's notification channel of Genesys Cloud stands, and what to do next. Pure: it knows no socket and
 * no clock, and a state that an input does not change is the same object.
 *
 * ```text
 *             ┌──────────────────── the wait is over, the channel lives ────────────────────┐
 *             ▼                                                                             │
 *   opening ──a channel──► connecting ──open, with topics──► listening ──lost, silent──► waiting
 *     ▲  ▲                  ▲   │ └─open, without──► subscribing ──granted──►┘ │             │
 *     │  │                  │   │                        │                     │             │
 *     │  │                  └───┼──── socket_closing ────┼─────────────────────┤             │
 *     │  └── 401, 404: evicted, its time over; another socket has it; its token revoked ─────┤
 *     │                                                                                      │
 *     ├── 403, topics refused, too many failures, ──► denied ─ ten minutes, or another token ┤
 *     │   lost over and over within a minute                                                 │
 *     └── 5xx, 429, network ──► waiting ─────────────────────────────────────────────────────┘
 * ```
 *
 * There is no cursor and no replay: whatever happened while nobody listened is lost, so that everything is read again. What
 * is opened at once after `listening` is so once: where it did not last a minute, the next is waited for (`setbacks.ts`);
 * only what the server asks for, `socket_closing`, never waits.
 */
import {
  afterFailure,
  afterLoss,
  type Denied,
  deniedFor,
  type Hearing,
  hearingAfter,
  MOST_FAILURES,
  MOST_FIRST_FAILURES,
} from '../../upstream/setbacks.ts';

/** A channel, as Genesys Cloud gave it out; its address opens it for whoever knows it. */
export interface Channel {
  readonly id: string;
  readonly connectUri: string;
}

export type Listening =
  | {
      readonly phase: 'opening';
      /** How often in a row it failed, or did not last. */
      readonly failures: number;
      /** It has listened before: what fails now is a loss and no "not to be had". */
      readonly hasListened: boolean;
    }
  | {
      readonly phase: 'connecting';
      readonly channel: Channel;
      /** It was told what to tell. */
      readonly hasTopics: boolean;
      readonly failures: number;
      readonly hasListened: boolean;
    }
  | {
      readonly phase: 'subscribing';
      readonly channel: Channel;
      readonly failures: number;
      readonly hasListened: boolean;
    }
  | (Hearing & { readonly phase: 'listening'; readonly channel: Channel })
  | {
      readonly phase: 'waiting';
      /** Null: a new one is needed. */
      readonly channel: Channel | null;
      readonly hasTopics: boolean;
      readonly failures: number;
      readonly hasListened: boolean;
      /** When it is tried again. */
      readonly until: number;
    }
  | Denied;

/** What happened. */
export type ListeningInput =
  /** There is a channel. */
  | { readonly kind: 'created'; readonly channel: Channel }
  /** Its socket is open. */
  | { readonly kind: 'opened' }
  /** It was told what to tell, and will. */
  | { readonly kind: 'granted' }
  /** The channel is no more, or not ours any more. */
  | { readonly kind: 'gone' }
  /** The server will close the socket soon, and takes another one at the same address. */
  | { readonly kind: 'closing' }
  /** The socket is gone. */
  | { readonly kind: 'lost' }
  /** It did not work this time. `notBefore`: when Genesys Cloud lets it be tried again. */
  | { readonly kind: 'failed'; readonly notBefore?: number | undefined; readonly reason: string }
  /** It will not work, however often it is tried. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** The sign-in that the channel belongs to is about to end. */
  | { readonly kind: 'moved' }
  /** A wait is over. */
  | { readonly kind: 'due' }
  /** The viewer has shown another token. */
  | { readonly kind: 'newToken' };

/** The beginning: a channel at once. */
export const FIRST: Extract<Listening, { phase: 'opening' }> = {
  phase: 'opening',
  failures: 0,
  hasListened: false,
};

/** The beginning where another gateway has listened until now: by the same channel, which tells one socket at a time. */
export function takenOver(channel: Channel): Listening {
  return { phase: 'connecting', channel, hasTopics: true, failures: 0, hasListened: true };
}

/** What stands between the state and its next one. `random` is from 0 to 1. */
export function next(state: Listening, input: ListeningInput, now: number, random: number): Listening {
  switch (input.kind) {
    case 'created':
      if (state.phase !== 'opening') return state;
      return { ...state, phase: 'connecting', channel: input.channel, hasTopics: false };
    case 'opened':
      if (state.phase !== 'connecting') return state;
      return state.hasTopics ? listening(state, now) : subscribing(state);
    case 'granted':
      return state.phase === 'subscribing' ? listening(state, now) : state;
    case 'gone':
      return gone(state, now, random);
    case 'closing':
      return closing(state, now, random);
    case 'lost':
      return lost(state, now, random);
    case 'failed':
      return failed(state, input, now, random);
    case 'denied':
      return state.phase === 'denied' ? state : deniedFor(input.reason, state.failures, now);
    case 'moved':
      return 'channel' in state && state.channel !== null
        ? { ...FIRST, hasListened: state.phase === 'listening' || state.hasListened }
        : state;
    case 'due':
      return due(state, now);
    case 'newToken':
      return state.phase === 'denied' ? FIRST : state;
  }
}

/**
 * The first new channel is had at once; where that one is lost too before it told anything, or before it lasted, the next
 * is waited for.
 */
function gone(state: Listening, now: number, random: number): Listening {
  switch (state.phase) {
    case 'listening': {
      const sequel = afterLoss(state, now, random);
      if (sequel.phase === 'denied') return sequel;
      return sequel.failures === 0
        ? { ...FIRST, hasListened: true }
        : { ...sequel, channel: null, hasTopics: false, hasListened: true };
    }
    case 'connecting':
      if (state.hasTopics)
        return { phase: 'opening', failures: state.failures, hasListened: state.hasListened };
      return failed(state, { kind: 'failed', reason: CHANNEL_LOST }, now, random);
    case 'subscribing':
      return failed(state, { kind: 'failed', reason: CHANNEL_LOST }, now, random);
    case 'waiting':
      return state.channel === null ? state : { ...state, channel: null, hasTopics: false };
    default:
      return state;
  }
}

const CHANNEL_LOST = 'Genesys Cloud does not know the channel that it has just given out.';

function failed(
  state: Listening,
  failure: Extract<ListeningInput, { kind: 'failed' }>,
  now: number,
  random: number,
): Listening {
  if (state.phase === 'denied' || state.phase === 'waiting' || state.phase === 'listening') return state;
  const { failures, hasListened } = state;
  const patience = hasListened ? MOST_FAILURES : MOST_FIRST_FAILURES;
  const sequel = afterFailure({ failures, patience }, failure, now, random);
  if (sequel.phase === 'denied') return sequel;
  // A channel that was never told what to tell is given up with the try.
  const hasTopics = state.phase === 'connecting' && state.hasTopics;
  return { ...sequel, channel: hasTopics ? state.channel : null, hasTopics, hasListened };
}

/** It is opened again at once; but where that comes again and again, it is no better than one that is lost. */
function closing(state: Listening, now: number, random: number): Listening {
  if (state.phase !== 'listening') return state;
  const sequel = afterLoss(state, now, random);
  if (sequel.phase === 'denied') return sequel;
  const { failures } = sequel;
  return { phase: 'connecting', channel: state.channel, hasTopics: true, failures, hasListened: true };
}

function lost(state: Listening, now: number, random: number): Listening {
  switch (state.phase) {
    case 'listening': {
      const sequel = afterLoss(state, now, random);
      return sequel.phase === 'denied'
        ? sequel
        : { ...sequel, channel: state.channel, hasTopics: true, hasListened: true };
    }
    case 'connecting':
    case 'subscribing':
      return failed(state, { kind: 'failed', reason: 'The socket was closed.' }, now, random);
    default:
      return state;
  }
}

function due(state: Listening, now: number): Listening {
  if (state.phase === 'denied') return now < state.until ? state : { ...FIRST, failures: state.failures };
  if (state.phase !== 'waiting' || now < state.until) return state;
  const { channel, hasTopics, failures, hasListened } = state;
  return channel === null
    ? { phase: 'opening', failures, hasListened }
    : { phase: 'connecting', channel, hasTopics, failures, hasListened };
}

function listening(
  state: Extract<Listening, { phase: 'connecting' | 'subscribing' }>,
  now: number,
): Listening {
  return { phase: 'listening', channel: state.channel, ...hearingAfter(state, now) };
}

function subscribing({
  channel,
  failures,
  hasListened,
}: Extract<Listening, { phase: 'connecting' }>): Listening {
  return { phase: 'subscribing', channel, failures, hasListened };
}
