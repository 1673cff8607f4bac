/** Events of every subscription, for tests of how they are answered. */
import type { Presence } from '../../schema/account/model.ts';
import type { CallSession } from '../../schema/model.ts';
import type { StreamNoticeKind } from '../../schema/telling.ts';
import { aConversation, aParticipant } from '../schema/fake-conversations.ts';
import { anActiveCall, aParty, aSession, aStatus, START } from '../schema/fake-provider.ts';

/** A call of parties of all sorts. */
export function aFullSession(): CallSession {
  const peer = { sessionId: 's-2', partyId: 'p-1' };
  return aSession('s-full', {
    parties: [
      aParty('s-full', 'p-1', { status: aStatus({ peerId: peer }), muted: null, from: null }),
      aParty('s-full', 'p-2', {
        status: aStatus({ peerId: { sessionId: 's-broken', partyId: 'p-1' } }),
        recordings: [{ id: 'r-1', active: true, mode: 'ON_DEMAND', view: null }],
        metadata: [{ values: [{ name: 'a', value: 'b' }] }],
        owner: { accountId: '1', extensionId: null, brandId: null },
        park: { id: '7' },
      }),
      aParty('s-full', 'p-3', { status: aStatus({ code: 'UNKNOWN', rawCode: 'Levitating' }) }),
    ],
  });
}

/** What each subscription brings, and what it never should. */
export function eventsOf(field: string): readonly unknown[] {
  const session = aFullSession();
  const [party, second, third] = session.parties;
  const start = { cursor: 'c', session };
  const participant = aParticipant('c-1', 'm-1');
  const conversation = aConversation('c-1', { participants: [participant] });
  const told = { cursor: 'c', conversation };
  switch (field) {
    case 'callPartyUpdated':
      return [party, second, third, { ...second, direction: 'UPWARDS', status: null }].map((one) => ({
        party: one,
        session,
      }));
    case 'callEvents':
      return [
        { type: 'CallSnapshot', reason: 'SUBSCRIBED', ...start },
        { type: 'CallPartyChange', party, previousStatus: aStatus(), skipped: 2, ...start },
        { type: 'CallPartyChange', party: second, previousStatus: null, skipped: 0, ...start },
        { type: 'CallPartyChange', party: { id: null }, previousStatus: {}, skipped: 'many', ...start },
        notice('MOVED', { cursor: 'c', sessionId: 's-full', movedTo: { sessionId: 's-2', partyId: 'p-1' } }),
        notice('UPSTREAM_DEGRADED', { cursor: 'c', sessionId: 's-full', at: START }),
      ];
    case 'activeCalls':
      // Each alone: of a list where one item fails at once and another later, graphql-js leaves the later failure to nobody.
      return [[], [anActiveCall('s-1'), anActiveCall('s-full')], [{}], [null]];
    case 'activeCallEvents':
      return [
        { type: 'ActiveCallList', calls: [anActiveCall('s-full')], observedAt: START },
        { type: 'ActiveCallList', calls: [{}], observedAt: START },
        notice('RECOVERED', {}),
      ];
    case 'accountCallEvents':
      return [
        {
          ...{ type: 'AccountSnapshot', cursor: 'c', reason: 'CURSOR_EXPIRED', observedAt: START },
          ...{ calls: [session], presences: [aPresence('1')] },
        },
        { type: 'AccountCallBegan', ...start },
        {
          type: 'AccountCallPartyChange',
          sessionId: 's-full',
          party,
          previousStatus: null,
          skipped: 1,
          ...start,
        },
        {
          type: 'AccountCallPartyChange',
          sessionId: null,
          party: {},
          previousStatus: {},
          skipped: 'many',
          ...start,
        },
        { type: 'AccountCallEnded', sessionId: 's-full', ...start },
        { type: 'AccountPresenceChange', cursor: 'c', presence: aPresence('1') },
        { type: 'AccountPresenceChange', cursor: 'c', presence: {} },
        { type: 'AccountStreamNotice', cursor: 'c', kind: 'DRAINING', message: 'Look.', at: START },
      ];
    case 'presenceUpdated':
      return [aPresence('1'), aPresence('2', { activeCalls: [] }), { extensionId: null }];
    case 'callMediaParticipantUpdated':
      return [participant, { id: null }].map((one) => ({ participant: one, conversation }));
    case 'conversationEvents':
      return [
        { type: 'ConversationSnapshot', reason: 'SUBSCRIBED', ...told },
        {
          ...{ type: 'CallMediaParticipantChange', participant, skipped: 0, ...told },
          ...{ previousState: 'ALERTING', previousActivity: null },
        },
        {
          ...{ type: 'CallMediaParticipantChange', participant: {}, skipped: 'many', ...told },
          ...{ previousState: 'FLOATING', previousActivity: null },
        },
        {
          ...{ type: 'ConversationStreamNotice', cursor: 'c', kind: 'RECOVERED', message: 'Look.', at: null },
          conversationId: 'c-1',
        },
      ];
    case 'conversations':
      return [[], [conversation], [{}], [null]];
    case 'conversationListEvents':
      return [
        { type: 'ConversationList', conversations: [conversation], observedAt: START },
        { type: 'ConversationList', conversations: [{}], observedAt: START },
        notice('RECOVERED', {}),
      ];
    default:
      throw new TypeError(`No event of ${field} is known.`);
  }
}

function notice(kind: StreamNoticeKind, facts: object): object {
  const type = 'cursor' in facts ? 'CallStreamNotice' : 'ActiveCallNotice';
  return { type, kind, message: 'Look.', partyId: null, movedTo: null, at: null, ...facts };
}

function aPresence(extensionId: string, presence: Partial<Presence> = {}): Presence {
  return {
    extensionId,
    presenceStatus: 'BUSY',
    rawPresenceStatus: 'Busy',
    telephonyStatus: 'CALL_CONNECTED',
    rawTelephonyStatus: 'CallConnected',
    userStatus: null,
    rawUserStatus: null,
    dndStatus: 'UNKNOWN',
    rawDndStatus: 'TakeSomeCalls',
    message: 'Back soon',
    activeCalls: [anActiveCall('s-full')],
    totalActiveCalls: 1,
    observedAt: START,
    ...presence,
  };
}
