/** How what happens to a conversation of Genesys Cloud is worded. */
import { Forbidden } from '../../schema/failures.ts';
import type { CallWords } from '../live/shape.ts';
import type { GenesysKind } from './call-kind.ts';
import { noConversation } from './failures.ts';

/** The events of the schema. */
export const WORDS: CallWords<GenesysKind> = {
  fields: {
    events: 'conversationEvents',
    updates: 'callMediaParticipantUpdated',
    list: 'conversations',
    listEvents: 'conversationListEvents',
  },
  snapshot: (cursor, reason, conversation) => ({
    type: 'ConversationSnapshot',
    cursor,
    reason,
    conversation,
  }),
  change: (conversation, { party, previousStatus }, cursor) => ({
    type: 'CallMediaParticipantChange',
    cursor,
    participant: party,
    previousState: previousStatus?.state ?? null,
    previousActivity: previousStatus?.activity ?? null,
    skipped: 0,
    conversation,
  }),
  notice: (conversationId, cursor, kind, message, { at }) => ({
    type: 'ConversationStreamNotice',
    cursor,
    kind,
    message,
    conversationId,
    at: at ?? null,
  }),
  withCursor: (event, cursor) => ({ ...event, cursor }),
  newsOf(event) {
    switch (event.type) {
      case 'CallMediaParticipantChange':
        return `participant ${event.participant.id}`;
      case 'ConversationStreamNotice':
        return `notice ${event.kind}`;
      case 'ConversationSnapshot':
        return 'snapshot';
    }
  },
  merged(older, newer) {
    if (older.type !== 'CallMediaParticipantChange' || newer.type !== 'CallMediaParticipantChange') {
      return newer;
    }
    const { previousState, previousActivity } = older;
    return { ...newer, previousState, previousActivity, skipped: older.skipped + newer.skipped + 1 };
  },
  update: (participant, conversation) => ({ participant, conversation }),
  partyIdOf: ({ participant }) => participant.id,
  list: (conversations, observedAt) => ({ type: 'ConversationList', conversations, observedAt }),
  listNotice: (kind, message, at) => ({ type: 'ActiveCallNotice', kind, message, at }),
  listNewsOf: (event) => (event.type === 'ConversationList' ? 'list' : event.kind),
  notFound: noConversation,
  notListening: (reason) =>
    new Forbidden(
      `Conversations are told by notifications only (LIVE_SOURCE=push), and they are not to be had: ${reason}`,
      undefined,
      { system: 'genesys' },
    ),
};
