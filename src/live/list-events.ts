/** The events of the list of calls: how they are worded, and which of them a slow reader gets. */
import type { ActiveCall } from '../../schema/model.ts';
import type { ActiveCallEvent, StreamNoticeKind } from '../../schema/provider.ts';
import type { CallList } from './call-list.ts';
import type { QueueRules } from './exchange.ts';

/** What the notices say, in words for a person. */
export const LIST_MESSAGES = {
  UPSTREAM_DEGRADED: 'RingCentral does not answer, or limits us: the list of calls may be old.',
  RECOVERED: 'RingCentral answers again; the list of calls is true.',
} as const;

/** The list as an event. */
export function listEvent({ calls, observedAt }: CallList): ActiveCallEvent {
  return { type: 'ActiveCallList', calls, observedAt };
}

/** What tells how far to believe the list. */
export function notice(kind: StreamNoticeKind, message: string, at: number | null): ActiveCallEvent {
  return { type: 'ActiveCallNotice', kind, message, at };
}

/** A reader wants the list as it is, not as it was. */
export const LATEST_LIST: QueueRules<readonly ActiveCall[]> = {
  limit: 1,
  key: () => 'list',
  merge: (_, newer) => newer,
};

/** The same with the latest notice of each kind. */
export const LATEST_OF_EACH: QueueRules<ActiveCallEvent> = {
  limit: 1,
  key: (event) => (event.type === 'ActiveCallList' ? 'list' : event.kind),
  merge: (_, newer) => newer,
};
