/** The events of a call that are the same for all phone systems, and when the news came that an event tells. */
import type { CallShape, Kind } from './shape.ts';

/** Brings the last answer of the phone system to whoever measures how long a change took to the client. */
const receivedAt = new WeakMap<object, number>();

/** When the phone system's answer that showed this event arrived, epoch milliseconds; null for anything else. */
export function receivedAtOf(event: unknown): number | null {
  return typeof event === 'object' && event !== null ? (receivedAt.get(event) ?? null) : null;
}

/** Marks an event as the news of an answer that arrived at `at`. */
export function asNews<Event extends object>(event: Event, at: number): Event {
  receivedAt.set(event, at);
  return event;
}

/** A party went to another call. */
export function moveEvent<K extends Kind>(
  { words }: CallShape<K>,
  callId: string,
  partyId: string,
  movedTo: K['Place'],
  cursor: string,
): K['Event'] {
  return words.notice(callId, cursor, 'MOVED', 'The party went to another call.', { partyId, movedTo });
}

/** The call is over. */
export function endEvent<K extends Kind>(
  { words }: CallShape<K>,
  callId: string,
  cursor: string,
): K['Event'] {
  return words.notice(callId, cursor, 'CALL_ENDED', 'The call is over.', {});
}

/** What is shown may be old; the next try is at `at`. */
export function troubleEvent<K extends Kind>(
  { name, words }: CallShape<K>,
  callId: string,
  at: number,
  cursor: string,
): K['Event'] {
  const message = `${name} does not answer, or limits us: what is shown may be old.`;
  return words.notice(callId, cursor, 'UPSTREAM_DEGRADED', message, { at });
}

/** What is shown is true again. */
export function recoveryEvent<K extends Kind>(
  { name, words }: CallShape<K>,
  callId: string,
  cursor: string,
): K['Event'] {
  const message = `${name} answers again; what follows is the true state.`;
  return words.notice(callId, cursor, 'RECOVERED', message, {});
}

/** The newer of two events with the same news, as the difference to what the reader knows. */
export function mergedEvents<K extends Kind>(
  { words }: CallShape<K>,
  older: K['Event'],
  newer: K['Event'],
): K['Event'] {
  const merged = words.merged(older, newer);
  const at = receivedAtOf(newer);
  return at === null ? merged : asNews(merged, at);
}
