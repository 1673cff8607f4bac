/** What a recovery brings: RingCentral keeps what it had to tell a lost socket, but only the newest of it. Pure. */
import { asText } from '../../upstream/values.ts';
import type { WireConnectionDetails, WireNotification } from '../wire.ts';

/** Notifications that a recovery has brought so far. */
export interface Replay {
  readonly count: number;
  /** What happened from then on is news; epoch milliseconds. */
  readonly until: number;
  /** So many are kept. */
  readonly most: number;
  /** All that can be kept was brought: there may have been more. */
  readonly isFull: boolean;
}

/** Of a socket that brought nothing back. */
export const NO_REPLAY: Replay = { count: 0, until: -Infinity, most: Infinity, isFull: false };

const USUAL_BUFFER = 100; // notifications

/** Of a socket that was recovered, as it tells its details. */
export function replayOf({ creationTime, recoveryBufferSize }: WireConnectionDetails): Replay {
  const until = Date.parse((asText(creationTime) ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(until)) return NO_REPLAY;
  return { count: 0, until, most: recoveryBufferSize ?? USUAL_BUFFER, isFull: false };
}

/** With one more notification: the same object where it is news. */
export function withReplayed(replay: Replay, { body }: WireNotification): Replay {
  if (replay === NO_REPLAY) return replay;
  const { eventTime } = (typeof body === 'object' && body !== null ? body : {}) as { eventTime?: unknown };
  if (!(Date.parse(asText(eventTime) ?? '') < replay.until)) return replay;
  const count = replay.count + 1;
  return { ...replay, count, isFull: count >= replay.most };
}
