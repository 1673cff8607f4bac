/** The events of the list of calls: how they are worded, and which of them a slow reader gets. */
import type { CallList } from './call-list.ts';
import type { QueueRules } from './exchange.ts';
import type { CallShape, Kind } from './shape.ts';

/** The list as an event. */
export function listEvent<K extends Kind>(
  { words }: CallShape<K>,
  { calls, observedAt }: CallList<K>,
): K['ListEvent'] {
  return words.list(calls, observedAt);
}

/** The list may be old; the next try is at `at`, if that is known. */
export function listTrouble<K extends Kind>(
  { name, words }: CallShape<K>,
  at: number | null,
): K['ListEvent'] {
  const message = `${name} does not answer, or limits us: the list of calls may be old.`;
  return words.listNotice('UPSTREAM_DEGRADED', message, at);
}

/** The list is true again. */
export function listRecovery<K extends Kind>({ name, words }: CallShape<K>): K['ListEvent'] {
  return words.listNotice('RECOVERED', `${name} answers again; the list of calls is true.`, null);
}

/** How readers of the list queue what they have not read yet. */
export interface ListRules<K extends Kind> {
  /** A reader wants the list as it is, not as it was. */
  readonly lists: QueueRules<readonly K['Entry'][]>;
  /** The same with the latest notice of each kind. */
  readonly events: QueueRules<K['ListEvent']>;
}

/** Makes the rules; they are the same for all readers. */
export function createListRules<K extends Kind>({ words }: CallShape<K>): ListRules<K> {
  return {
    lists: { limit: 1, key: () => 'list', merge: (_, newer) => newer },
    events: { limit: 1, key: words.listNewsOf, merge: (_, newer) => newer },
  };
}
