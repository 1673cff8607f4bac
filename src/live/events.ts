/** The events of a call: how they are worded, and which of two a slow reader gets. */
import type { CallSession, PartyAddress } from '../../schema/model.ts';
import type {
  CallEvent,
  CallPartyChange,
  CallSnapshot,
  CallStreamNotice,
  SnapshotReason,
  StreamNoticeKind,
} from '../../schema/provider.ts';

/** What the notices of a watch say, in words for a person. */
export const MESSAGES = {
  UPSTREAM_DEGRADED: 'RingCentral does not answer, or limits us: what is shown may be old.',
  RECOVERED: 'RingCentral answers again; what follows is the true state.',
  MOVED: 'The party went to another call.',
  CALL_ENDED: 'The call is over.',
} as const;

/** Brings the last answer of RingCentral to whoever measures how long a change took to the client. */
const receivedAt = new WeakMap<object, number>();

/** When RingCentral's answer that showed this event arrived, epoch milliseconds; null for anything else. */
export function receivedAtOf(event: unknown): number | null {
  return typeof event === 'object' && event !== null ? (receivedAt.get(event) ?? null) : null;
}

/** Marks an event as the news of an answer that arrived at `at`. */
export function asNews<Event extends object>(event: Event, at: number): Event {
  receivedAt.set(event, at);
  return event;
}

/** The whole call, to start from. */
export function snapshot(cursor: string, reason: SnapshotReason, session: CallSession): CallSnapshot {
  return { type: 'CallSnapshot', cursor, reason, session };
}

/** What a notice is about, beside its kind. */
export interface NoticeFacts {
  readonly partyId?: string;
  readonly movedTo?: PartyAddress | null;
  readonly at?: number;
}

/** Something to show or do, beside the states of the parties. */
export function notice(
  sessionId: string,
  cursor: string,
  kind: StreamNoticeKind,
  message: string,
  { partyId, movedTo, at }: NoticeFacts = {},
): CallStreamNotice {
  return {
    type: 'CallStreamNotice',
    cursor,
    kind,
    message,
    sessionId,
    partyId: partyId ?? null,
    movedTo: movedTo ?? null,
    at: at ?? null,
  };
}

/** A change of one party. */
export function changeEvent(
  session: CallSession,
  { party, previousStatus }: Pick<CallPartyChange, 'party' | 'previousStatus'>,
  cursor: string,
): CallPartyChange {
  return { type: 'CallPartyChange', cursor, party, previousStatus, skipped: 0, session };
}

/** A party went to another call. */
export function moveEvent(
  sessionId: string,
  partyId: string,
  movedTo: PartyAddress,
  cursor: string,
): CallStreamNotice {
  return notice(sessionId, cursor, 'MOVED', MESSAGES.MOVED, { partyId, movedTo });
}

/** The call is over. */
export function endEvent(sessionId: string, cursor: string): CallStreamNotice {
  return notice(sessionId, cursor, 'CALL_ENDED', MESSAGES.CALL_ENDED);
}

/** What is shown may be old; the next try is at `at`. */
export function troubleEvent(sessionId: string, at: number, cursor: string): CallStreamNotice {
  return notice(sessionId, cursor, 'UPSTREAM_DEGRADED', MESSAGES.UPSTREAM_DEGRADED, { at });
}

/** What is shown is true again. */
export function recoveryEvent(sessionId: string, cursor: string): CallStreamNotice {
  return notice(sessionId, cursor, 'RECOVERED', MESSAGES.RECOVERED);
}

/** What an event is news about: of two with the same news the later one does for both. */
export function newsOf(event: CallEvent): string {
  switch (event.type) {
    case 'CallPartyChange':
      return `party ${event.party.id}`;
    case 'CallStreamNotice':
      return `notice ${event.kind} ${event.partyId ?? ''}`;
    case 'CallSnapshot':
      return 'snapshot';
  }
}

/** The newer change, as the difference to what the reader knows. */
export function mergeEvents(older: CallEvent, newer: CallEvent): CallEvent {
  if (older.type !== 'CallPartyChange' || newer.type !== 'CallPartyChange') return newer;
  const merged = {
    ...newer,
    previousStatus: older.previousStatus,
    skipped: older.skipped + newer.skipped + 1,
  };
  const at = receivedAtOf(newer);
  return at === null ? merged : asNews(merged, at);
}
