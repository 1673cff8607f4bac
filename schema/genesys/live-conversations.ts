/** Conversations as they happen: the participants of one, everything about one, and the list of them. */
import { builder, bullets, paragraphs } from '../builder.ts';
import { CallActivity } from '../call.ts';
import { checkId } from '../checks.ts';
import { ActiveCallNotice } from '../live-calls.ts';
import { cursorOf, SnapshotReason, StreamNoticeKind } from '../stream-words.ts';
import type {
  CallMediaParticipantChange as ChangeModel,
  ConversationList as ListModel,
  ConversationStreamNotice as NoticeModel,
  ConversationSnapshot as SnapshotModel,
} from './provider.ts';
import { CallConversation, CallMediaParticipant } from './refs.ts';
import { ParticipantState } from './words.ts';

const ConversationSnapshot = builder.objectRef<SnapshotModel>('ConversationSnapshot').implement({
  description: 'The whole conversation as it is now. Replace what you have: later events build on it.',
  fields: (t) => ({
    cursor: cursorOf(t, 'conversationEvents'),
    reason: t.expose('reason', { type: SnapshotReason, description: 'Why there is a snapshot.' }),
    conversation: t.expose('conversation', { type: CallConversation, description: 'The conversation.' }),
  }),
});

const CallMediaParticipantChange = builder.objectRef<ChangeModel>('CallMediaParticipantChange').implement({
  description:
    'One participant changed, or joined. It also comes for one of which nothing changed but its `availableActions`, ' +
    'because another participant or the conversation did.',
  fields: (t) => ({
    cursor: cursorOf(t, 'conversationEvents'),
    participant: t.expose('participant', {
      type: CallMediaParticipant,
      description: 'The participant as it is after the change.',
    }),
    previousState: t.expose('previousState', {
      type: ParticipantState,
      nullable: true,
      description: 'Its state before; null when it joined.',
    }),
    previousActivity: t.expose('previousActivity', {
      type: CallActivity,
      nullable: true,
      description:
        'Its activity before, which also tells of hold; null when it joined. Ring, hang up and the like by a ' +
        'difference to `participant.activity`, not by the event.',
    }),
    skipped: t.exposeInt('skipped', {
      description:
        'How many earlier changes of this participant were left out because the client read too slowly. The ' +
        'state is true all the same.',
    }),
  }),
});

const ConversationStreamNotice = builder.objectRef<NoticeModel>('ConversationStreamNotice').implement({
  description: 'Something to show or do, beside the states of the participants.',
  fields: (t) => ({
    cursor: cursorOf(t, 'conversationEvents'),
    kind: t.expose('kind', {
      type: StreamNoticeKind,
      description: 'What it is about: any but `MOVED`, because nobody moves to another conversation.',
    }),
    message: t.exposeString('message', { description: 'The same in words for a person.' }),
    conversationId: t.exposeID('conversationId', { description: 'The conversation of the stream.' }),
    at: t.expose('at', {
      type: 'DateTime',
      nullable: true,
      description:
        'Of `TOKEN_EXPIRING` and `DRAINING`: by when to act. Of `UPSTREAM_DEGRADED`: when Genesys Cloud is tried again.',
    }),
  }),
});

const ConversationEvent = builder.unionType('ConversationEvent', {
  description: 'An event of a conversation. Ask for `__typename` and handle each; every one has a `cursor`.',
  types: [ConversationSnapshot, CallMediaParticipantChange, ConversationStreamNotice],
  resolveType: ({ type }) => type,
});

const ConversationList = builder.objectRef<ListModel>('ConversationList').implement({
  description: 'The conversations of the user, all of them. Replace the list you have.',
  fields: (t) => ({
    conversations: t.expose('conversations', {
      type: [CallConversation],
      description: 'The conversations; none is an empty list.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this list was true, also an empty one. Later with each list that differs: of two keep the later. ' +
        'A list that stays as it is, is not sent again: it is true until `UPSTREAM_DEGRADED` says otherwise.',
    }),
  }),
});

const ConversationListEvent = builder.unionType('ConversationListEvent', {
  description: 'An event of the list of conversations. Ask for `__typename` and handle each.',
  types: [ConversationList, ActiveCallNotice],
  resolveType: ({ type }) => type,
});

builder.subscriptionFields((t) => ({
  callMediaParticipantUpdated: t.field({
    type: CallMediaParticipant,
    description: paragraphs(
      'The participants of a Genesys Cloud conversation as they are now, one by one, and then each that changes: for a ' +
        'screen that shows states. It does not resume; a new subscription starts with the current states again, so ' +
        'nothing is missed but what was in between.',
      'A participant also comes again when only its `availableActions` changed, because another one did.',
      'Keep the state with the later `observedAt`. The stream completes when everybody has left and no agent owes a ' +
        'wrap-up any more.',
    ),
    args: {
      conversationId: t.arg.id({ required: true, description: 'The conversation.' }),
      participantId: t.arg.id({ description: 'Only this participant of it.' }),
    },
    subscribe: (_, { conversationId, participantId }, { genesys }) =>
      genesys.participantUpdates(
        checkId(conversationId, 'conversationId'),
        participantId == null ? null : checkId(participantId, 'participantId'),
      ),
    resolve: ({ participant, conversation }, _, { conversations }) => {
      conversations.startAnew(conversation);
      return participant;
    },
  }),
  conversationEvents: t.field({
    type: ConversationEvent,
    description: paragraphs(
      'What happens to a Genesys Cloud conversation, in order, each thing once: a `ConversationSnapshot` first, then ' +
        '`CallMediaParticipantChange` and `ConversationStreamNotice`. The stream completes when everybody has left and no ' +
        'agent owes a wrap-up any more.',
      bullets(
        'To resume after a broken connection, subscribe again with `after: <the last cursor>` within 60 ' +
          'seconds: what was missed follows, exactly once.',
        'A cursor that cannot be resumed from is answered with a fresh snapshot and its reason.',
        'A state that lasted too short for Genesys Cloud to tell of it, or for the client to read it, may be ' +
          'left out. What comes is always a part of what happened, and it ends in what is true.',
      ),
    ),
    args: {
      conversationId: t.arg.id({ required: true, description: 'The conversation.' }),
      after: t.arg.id({
        description: 'The cursor of the last event that was handled; leave it out to start.',
      }),
    },
    // Any cursor goes: the provider answers one that it does not know with a snapshot.
    subscribe: (_, { conversationId, after }, { genesys }) =>
      genesys.conversationEvents(checkId(conversationId, 'conversationId'), after ?? null),
    resolve: (event, _, { conversations }) => {
      conversations.startAnew(...('conversation' in event ? [event.conversation] : []));
      return event;
    },
  }),
  conversations: t.field({
    type: [CallConversation],
    description:
      'The conversations of the user in Genesys Cloud: now, and again whenever the list or anything in it changes. One ' +
      'that begins appears by itself. `conversationListEvents` also tells when the list may be old.',
    subscribe: (_, __, { genesys }) => genesys.conversationUpdates(),
    resolve: (list, _, { conversations }) => {
      conversations.startAnew(...list);
      return list;
    },
  }),
  conversationListEvents: t.field({
    type: ConversationListEvent,
    description: paragraphs(
      'The conversations of the user as `conversations` gives them, each list with the time when it was true; and ' +
        'between the lists an `ActiveCallNotice` that tells when the list may be old.',
      'The stream starts with the list, or, while Genesys Cloud cannot be read, with the notice that says so.',
    ),
    subscribe: (_, __, { genesys }) => genesys.conversationListEvents(),
    resolve: (event, _, { conversations }) => {
      conversations.startAnew(...('conversations' in event ? event.conversations : []));
      return event;
    },
  }),
}));
