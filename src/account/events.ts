/** The events of an account: how they are worded, and which of two a slow reader gets. */
import type {
  AccountCallEvent,
  AccountSnapshot,
  AccountStreamNotice,
} from '../../schema/account/provider.ts';
import type { SnapshotReason, StreamNoticeKind } from '../../schema/telling.ts';
import { asNews, receivedAtOf } from '../live/events.ts';
import type { AccountMemory } from './account-memory.ts';
import type { Change } from './change.ts';

/** What notices say, in words for a person. */
export const MESSAGES = {
  UPSTREAM_DEGRADED: 'RingCentral does not tell, or limits us: what is shown may be old.',
  RECOVERED: 'RingCentral tells again; what follows is the true state.',
} as const;

/** Everything, to start from. */
export function snapshotOf(picture: AccountMemory, cursor: string, reason: SnapshotReason): AccountSnapshot {
  const [calls, presences] = [picture.calls(), picture.presences()];
  return { type: 'AccountSnapshot', cursor, reason, calls, presences, observedAt: Date.now() };
}

/** What a change is to those who read. */
export function eventOf(change: Change, cursor: string): AccountCallEvent {
  switch (change.kind) {
    case 'began':
      return { type: 'AccountCallBegan', cursor, session: change.session };
    case 'party': {
      const { session, party, previousStatus } = change;
      const { id: sessionId } = session;
      return {
        type: 'AccountCallPartyChange',
        cursor,
        sessionId,
        party,
        previousStatus,
        skipped: 0,
        session,
      };
    }
    case 'ended':
      return { type: 'AccountCallEnded', cursor, sessionId: change.session.id, session: change.session };
    case 'presence':
      return { type: 'AccountPresenceChange', cursor, presence: change.presence };
  }
}

/** Something to show or do, beside what happens. */
export function notice(
  kind: StreamNoticeKind,
  message: string,
  at: number | null,
  cursor: string,
): AccountStreamNotice {
  return { type: 'AccountStreamNotice', cursor, kind, message, at };
}

/** What an event is news about: of two with the same news the later one does for both. */
export function newsOf(event: AccountCallEvent): string {
  switch (event.type) {
    case 'AccountSnapshot':
      return 'snapshot';
    case 'AccountCallBegan':
      return `began ${event.session.id}`;
    case 'AccountCallPartyChange':
      return `party ${event.sessionId} ${event.party.id}`;
    case 'AccountCallEnded':
      return `ended ${event.sessionId}`;
    case 'AccountPresenceChange':
      return `presence ${event.presence.extensionId}`;
    case 'AccountStreamNotice':
      return `notice ${event.kind}`;
  }
}

/** The newer one, as the difference to what the reader knows. */
export function mergeEvents(older: AccountCallEvent, newer: AccountCallEvent): AccountCallEvent {
  if (older.type !== 'AccountCallPartyChange' || newer.type !== 'AccountCallPartyChange') return newer;
  const skipped = older.skipped + newer.skipped + 1;
  const merged = { ...newer, previousStatus: older.previousStatus, skipped };
  const at = receivedAtOf(newer);
  return at === null ? merged : asNews(merged, at);
}
