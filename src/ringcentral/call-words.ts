/** How what happens to a call of RingCentral is worded. */
import { CallNotFound, Forbidden } from '../../schema/failures.ts';
import type { CallWords } from '../live/shape.ts';
import type { RingCentralKind } from './call-kind.ts';

/** The events of the schema. */
export const WORDS: CallWords<RingCentralKind> = {
  fields: {
    events: 'callEvents',
    updates: 'callPartyUpdated',
    list: 'activeCalls',
    listEvents: 'activeCallEvents',
  },
  snapshot: (cursor, reason, session) => ({ type: 'CallSnapshot', cursor, reason, session }),
  change: (session, { party, previousStatus }, cursor) => ({
    type: 'CallPartyChange',
    cursor,
    party,
    previousStatus,
    skipped: 0,
    session,
  }),
  notice: (sessionId, cursor, kind, message, { partyId, movedTo, at }) => ({
    type: 'CallStreamNotice',
    cursor,
    kind,
    message,
    sessionId,
    partyId: partyId ?? null,
    movedTo: movedTo ?? null,
    at: at ?? null,
  }),
  withCursor: (event, cursor) => ({ ...event, cursor }),
  newsOf(event) {
    switch (event.type) {
      case 'CallPartyChange':
        return `party ${event.party.id}`;
      case 'CallStreamNotice':
        return `notice ${event.kind} ${event.partyId ?? ''}`;
      case 'CallSnapshot':
        return 'snapshot';
    }
  },
  merged(older, newer) {
    if (older.type !== 'CallPartyChange' || newer.type !== 'CallPartyChange') return newer;
    return {
      ...newer,
      previousStatus: older.previousStatus,
      skipped: older.skipped + newer.skipped + 1,
    };
  },
  update: (party, session) => ({ party, session }),
  partyIdOf: ({ party }) => party.id,
  list: (calls, observedAt) => ({ type: 'ActiveCallList', calls, observedAt }),
  listNotice: (kind, message, at) => ({ type: 'ActiveCallNotice', kind, message, at }),
  listNewsOf: (event) => (event.type === 'ActiveCallList' ? 'list' : event.kind),
  notFound: () => new CallNotFound('RingCentral knows no such call (any more).', 'telephonySessionId'),
  notListening: (reason) =>
    new Forbidden(
      `Calls are told by notifications only (LIVE_SOURCE=push), and RingCentral does not let them be heard: ${reason}`,
      'WebSocketsSubscription',
    ),
};
