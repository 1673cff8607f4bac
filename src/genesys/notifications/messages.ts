/** What comes over the socket of a channel: read for what it is, and never an exception. */
import { withLongNumbersAsText } from '../../upstream/long-numbers.ts';
import { isObject } from '../../upstream/values.ts';

/** A message, by what it is about. */
export type Message =
  /** An event of a topic. */
  | { readonly type: 'event'; readonly topic: string; readonly body: unknown }
  /** A sign of life. */
  | { readonly type: 'life' }
  /** The socket will be closed within a minute. */
  | { readonly type: 'closing' }
  /** The channel is not ours, or no more; in words. */
  | { readonly type: 'gone'; readonly reason: string }
  /** Nothing that matters here, or nothing that is known. */
  | { readonly type: 'other' };

/** Reads one. Topics of the system come unasked. */
export function readMessage(text: string): Message {
  let message: unknown;
  try {
    message = JSON.parse(withLongNumbersAsText(text));
  } catch {
    return OTHER;
  }
  if (!isObject(message)) return OTHER;
  const { topicName, eventBody, result } = message;
  // To whoever comes to a channel that is no more.
  if (result === '404' || result === 404)
    return { type: 'gone', reason: 'The channel is not known any more.' };
  if (typeof topicName !== 'string') return OTHER;
  const topic = topicName.toLowerCase();
  if (topic === 'channel.metadata') return LIFE;
  if (!topic.startsWith(SYSTEM)) return { type: 'event', topic: topicName, body: eventBody };
  switch (topic.slice(SYSTEM.length)) {
    case 'socket_closing':
      return { type: 'closing' };
    case 'no_longer_subscribed':
      return { type: 'gone', reason: `The channel tells others now: ${reasonIn(eventBody)}.` };
    case 'token_revoked':
      return { type: 'gone', reason: `The token of the channel was revoked: ${reasonIn(eventBody)}.` };
    default:
      return OTHER;
  }
}

/** Asks for a sign of life. */
export const PING = JSON.stringify({ message: 'ping' });

const SYSTEM = 'v2.system.';
const OTHER: Message = { type: 'other' };
const LIFE: Message = { type: 'life' };

const LONGEST_REASON = 100; // characters

function reasonIn(body: unknown): string {
  const { reason } = isObject(body) ? body : {};
  return typeof reason === 'string' ? reason.slice(0, LONGEST_REASON) : 'nobody says why';
}
