/**
 * Listening: where a viewer's socket to RingCentral stands, and what to do next. Pure: it knows no socket and no clock,
 * and a state that an input does not change is the same object.
 *
 * ```text
 *            ┌────────────────────────── lost, in time for its wsc ─────────────────────────┐
 *            ▼                                                                              │
 *   connecting ──details: recovered──────────────────────────────────► listening ──lost──► waiting
 *     │   ▲    └─details: new, or not recovered──► subscribing ──granted──►┘                │
 *     │   │                                          │    │ quota, once                     │
 *     │   └──────────── the wait is over ────────────┼────┼─► cleaning ──► subscribing      │
 *     │                                              │                                      │
 *     ├── its wsc is none any more ──► connecting without one
 *     ├── never opened, 403, 404 ──► denied ◄────────┴── SUB-528, filter off, quota again   │
 *     │   too many failures, or ──────►│                                                    │
 *     │   lost over and over within a minute                                                │
 *     └── 5xx, 429, network ───────────┼────────────────► waiting ──────────────────────────┘
 *                                      └── ten minutes, or another token ──► connecting
 * ```
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
  waitAfter,
} from '../../upstream/setbacks.ts';

/** What a socket was and may be again, while RingCentral remembers it. */
export interface Recoverable {
  readonly wsc: string;
  readonly subscriptionId: string;
  /** Until when it can be brought back, by the clock of the inputs. */
  readonly until: number;
}

export type Listening =
  | {
      readonly phase: 'connecting';
      /** How often in a row it failed, or did not last. */
      readonly failures: number;
      readonly recoverable: Recoverable | null;
      /** It has listened before: what fails now is a loss and no "not to be had". */
      readonly hasListened: boolean;
    }
  | {
      readonly phase: 'subscribing';
      readonly failures: number;
      readonly hasListened: boolean;
      /** Subscriptions of sockets that are gone were deleted already to make room. */
      readonly cleaned: boolean;
    }
  | { readonly phase: 'cleaning'; readonly failures: number; readonly hasListened: boolean }
  | (Hearing & { readonly phase: 'listening'; readonly subscriptionId: string })
  | {
      readonly phase: 'waiting';
      readonly failures: number;
      readonly recoverable: Recoverable | null;
      readonly hasListened: boolean;
      /** When it is tried again. */
      readonly until: number;
    }
  | Denied;

/** What happened. */
export type ListeningInput =
  /** The socket told its details; `recovered`: what it was before lives on. */
  | { readonly kind: 'opened'; readonly recovered: boolean }
  | { readonly kind: 'granted'; readonly subscriptionId: string }
  /** RingCentral has no room for another subscription. */
  | { readonly kind: 'full' }
  | { readonly kind: 'cleaned' }
  /** It will not work, however often it is tried. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** It did not work this time. `notBefore`: when RingCentral lets it be tried again. */
  | { readonly kind: 'failed'; readonly notBefore?: number | undefined; readonly reason: string }
  /** The socket is gone. `wsc` with its time: what may be brought back. */
  | { readonly kind: 'lost'; readonly recoverable: Recoverable | null }
  /** The sign-in that the socket belongs to is about to end, and it was hung up: that is no setback. */
  | { readonly kind: 'moved' }
  /** What was to be brought back is not known to RingCentral (any more). */
  | { readonly kind: 'forgotten' }
  /** A wait is over. */
  | { readonly kind: 'due' }
  /** The viewer has shown another token. */
  | { readonly kind: 'newToken' };

/** The beginning: connect at once. */
export const FIRST: Extract<Listening, { phase: 'connecting' }> = {
  phase: 'connecting',
  failures: 0,
  recoverable: null,
  hasListened: false,
};

/** The beginning where another gateway has listened until now: what it heard by is brought back. */
export function takenOver(recoverable: Recoverable): Listening {
  return { ...FIRST, phase: 'connecting', recoverable, hasListened: true };
}

/** What stands between the state and its next one. `random` is from 0 to 1. */
export function next(state: Listening, input: ListeningInput, now: number, random: number): Listening {
  switch (input.kind) {
    case 'opened':
      if (state.phase !== 'connecting') return state;
      if (input.recovered && state.recoverable !== null) {
        return listening(state, state.recoverable.subscriptionId, now);
      }
      return {
        phase: 'subscribing',
        failures: state.failures,
        hasListened: state.hasListened,
        cleaned: false,
      };
    case 'granted':
      return state.phase === 'subscribing' ? listening(state, input.subscriptionId, now) : state;
    case 'full':
      if (state.phase !== 'subscribing') return state;
      return state.cleaned
        ? deniedFor(NO_ROOM, state.failures, now)
        : { phase: 'cleaning', failures: state.failures, hasListened: state.hasListened };
    case 'cleaned':
      return state.phase === 'cleaning' ? { ...state, phase: 'subscribing', cleaned: true } : state;
    case 'denied':
      return state.phase === 'denied' ? state : deniedFor(input.reason, state.failures, now);
    case 'failed':
      return failed(state, input, now, random);
    case 'lost':
      return lost(state, input.recoverable, now, random);
    case 'moved':
      return state.phase === 'listening' ? { ...NEW, failures: 0, until: now + waitAfter(0, random) } : state;
    case 'forgotten':
      return state.phase === 'connecting' && state.recoverable !== null
        ? { ...state, recoverable: null }
        : state;
    case 'due':
      return due(state, now);
    case 'newToken':
      return state.phase === 'denied' ? FIRST : state;
  }
}

const NO_ROOM = 'RingCentral allows no more subscriptions of this user with this app.';
/** Waiting for a socket that brings nothing back. */
const NEW = { phase: 'waiting', recoverable: null, hasListened: true } as const;

function failed(
  state: Listening,
  failure: Extract<ListeningInput, { kind: 'failed' }>,
  now: number,
  random: number,
): Listening {
  if (state.phase === 'denied' || state.phase === 'waiting' || state.phase === 'listening') return state;
  const { failures, hasListened } = state;
  const sequel = afterFailure({ failures, patience: patienceWith(state) }, failure, now, random);
  if (sequel.phase === 'denied') return sequel;
  const recoverable = state.phase === 'connecting' ? state.recoverable : null;
  return { ...sequel, recoverable, hasListened };
}

/**
 * What has never opened a socket is more likely a proxy that lets none through than bad luck; what has worked may by now
 * have such a proxy before it.
 */
function patienceWith({
  phase,
  hasListened,
}: {
  readonly phase: string;
  readonly hasListened: boolean;
}): number {
  if (hasListened) return MOST_FAILURES;
  return phase === 'connecting' ? 1 : MOST_FIRST_FAILURES;
}

function lost(state: Listening, recoverable: Recoverable | null, now: number, random: number): Listening {
  switch (state.phase) {
    case 'listening': {
      const sequel = afterLoss(state, now, random);
      return sequel.phase === 'denied' ? sequel : { ...sequel, recoverable, hasListened: true };
    }
    case 'subscribing':
    case 'cleaning':
      return failed(state, { kind: 'failed', reason: 'The socket was closed.' }, now, random);
    default:
      return state;
  }
}

function due(state: Listening, now: number): Listening {
  if (state.phase === 'denied') return now < state.until ? state : { ...FIRST, failures: state.failures };
  if (state.phase !== 'waiting' || now < state.until) return state;
  const { failures, hasListened } = state;
  const recoverable = state.recoverable !== null && now < state.recoverable.until ? state.recoverable : null;
  return { phase: 'connecting', failures, recoverable, hasListened };
}

function listening(
  state: Extract<Listening, { phase: 'connecting' | 'subscribing' }>,
  subscriptionId: string,
  now: number,
): Listening {
  return { phase: 'listening', subscriptionId, ...hearingAfter(state, now) };
}
