/** A conversation: its participants, read by its id; and what its state allows. */
import { builder, keyedBy, paragraphs, READS } from '../builder.ts';
import { Call } from '../call.ts';
import { checkId, checkIds } from '../checks.ts';
import { PARTICIPANT_ACTIONS } from './actions.ts';
import { EntityReference } from './entity.ts';
import { maybe, raw } from './fields.ts';
import {
  type CallConversation as ConversationModel,
  type ConversationDivision as DivisionModel,
  findParticipant,
  type ConversationTransfer as TransferModel,
  type WrapupCode as WrapupCodeModel,
} from './model.ts';
import type { AvailableParticipantAction as ActionModel } from './provider.ts';
import { asks, CallConversation, CallMediaParticipant } from './refs.ts';
import { ParticipantAction, RecorderState, TransferState, TransferType } from './words.ts';

const ConversationTransfer = builder.objectRef<TransferModel>('ConversationTransfer').implement({
  description: paragraphs('A transfer that was commanded in a conversation.', keyedBy('id')),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the command.' }),
    state: maybe(t, 'state', TransferState, 'How far it has come.'),
    rawState: raw(t, 'rawState', 'state'),
    dateIssued: maybe(t, 'dateIssued', 'DateTime', 'When it was commanded.'),
    initiator: maybe(t, 'initiator', EntityReference, 'The user who commanded it, where it was one.'),
    modifiedById: maybe(t, 'modifiedById', 'ID', 'The later command that changed it.'),
    destinationUser: maybe(t, 'destinationUser', EntityReference, 'The user it goes to, where it is one.'),
    destinationAddress: maybe(
      t,
      'destinationAddress',
      'String',
      'The address it goes to, where it is no user.',
    ),
    transferType: maybe(t, 'transferType', TransferType, 'Whether whoever transfers waits for the target.'),
    rawTransferType: raw(t, 'rawTransferType', 'transferType'),
  }),
});

const ConversationDivision = builder.objectRef<DivisionModel>('ConversationDivision').implement({
  description: 'A division of the organisation that a conversation belongs to, and why.',
  fields: (t) => ({
    division: maybe(t, 'division', EntityReference, 'The division.'),
    entities: t.expose('entities', {
      type: [EntityReference],
      description: 'What of the conversation is in it: users, queues, flows.',
      extensions: { usualLength: 3 },
    }),
  }),
});

CallConversation.implement({
  description: paragraphs(
    'A conversation of Genesys Cloud, as far as it is a call: everybody who takes part in it, from the first ring to the ' +
      'last note of an agent. It has no state of its own: look at its participants.',
    keyedBy('id'),
  ),
  interfaces: [Call],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the conversation: what every operation on it wants.' }),
    name: maybe(t, 'name', 'String', 'Its name, where it has one.'),
    participants: t.expose('participants', {
      type: [CallMediaParticipant],
      description: 'Everybody who is or was part of it, in the order in which they joined.',
    }),
    participant: t.field({
      type: CallMediaParticipant,
      nullable: true,
      description: 'One of its participants; null when it has no such one. Costs nothing more.',
      args: { id: t.arg.id({ required: true, description: 'The id of the participant.' }) },
      resolve: (conversation, { id }) => findParticipant(conversation, checkId(id, 'id')) ?? null,
    }),
    recordingState: maybe(t, 'recordingState', RecorderState, 'Whether the call as a whole is recorded.'),
    rawRecordingState: raw(t, 'rawRecordingState', 'recordingState'),
    securePause: maybe(
      t,
      'securePause',
      'Boolean',
      'Whether its recording is paused while something secret is said.',
    ),
    maxParticipants: maybe(t, 'maxParticipants', 'Int', 'Of a conference: how many may take part.'),
    recentTransfers: t.expose('recentTransfers', {
      type: [ConversationTransfer],
      description: 'The transfers that were commanded in it, the last twenty at most.',
      extensions: { usualLength: 2 },
    }),
    divisions: t.expose('divisions', {
      type: [ConversationDivision],
      description: 'The divisions it belongs to.',
      extensions: { usualLength: 2 },
    }),
    otherMediaUris: t.exposeStringList('otherMediaUris', {
      description: "Addresses of the conversation's other media, like a chat beside the call.",
    }),
    utilizationLabelId: maybe(
      t,
      'utilizationLabelId',
      'ID',
      'The kind of work it counts as, where an agent may have several calls at once.',
    ),
    inactivityTimeout: maybe(
      t,
      'inactivityTimeout',
      'DateTime',
      'From when on it counts as inactive, unless something happens.',
    ),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this state was true: now, or the last look of a subscription that watches the conversation.',
    }),
  }),
});

const AvailableParticipantAction = builder.objectRef<ActionModel>('AvailableParticipantAction').implement({
  description:
    'Whether the state of a participant allows an action now. It is worked out from the state alone: ' +
    'permissions, licences and a change in the same instant may still refuse it.',
  fields: (t) => ({
    action: t.expose('action', { type: ParticipantAction, description: 'The action.' }),
    allowed: t.exposeBoolean('allowed', { description: 'Whether to offer it.' }),
    reason: maybe(t, 'reason', 'String', 'Why not, in words to show to a person; null when it is allowed.'),
  }),
});

const WrapupCode = builder.objectRef<WrapupCodeModel>('WrapupCode').implement({
  description: paragraphs('A code that a call can be wrapped up with.', keyedBy('id')),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What `wrapUpCallMediaParticipant` takes as `code`.' }),
    name: maybe(t, 'name', 'String', 'Its name.'),
    description: maybe(t, 'description', 'String', 'What it is for.'),
  }),
});

builder.objectFields(CallMediaParticipant, (t) => ({
  conversation: t.field({
    type: CallConversation,
    nullable: true,
    description:
      'The conversation it is part of; null when Genesys Cloud knows it no more. Costs nothing where the participant was ' +
      'read with its conversation, else one request.',
    resolve: ({ conversationId }, _, { conversations }) => conversations.conversation.load(conversationId),
  }),
  availableActions: t.field({
    type: [AvailableParticipantAction],
    description:
      'Every action, and whether the state of the conversation allows it on this participant now: enough to draw the ' +
      'buttons. Costs what `conversation` costs.',
    extensions: { usualLength: PARTICIPANT_ACTIONS.length },
    resolve: async (participant, _, { conversations, genesys }) => {
      const conversation = await conversations.conversation.load(participant.conversationId);
      return conversation === null ? NOTHING_ALLOWED : genesys.availableActions(conversation, participant);
    },
  }),
  wrapupCodes: t.field({
    type: [WrapupCode],
    nullable: true,
    description: paragraphs(
      'The codes that it can be wrapped up with: those of its queue.',
      asks('GET /api/v2/conversations/calls/{conversationId}/participants/{participantId}/wrapupcodes'),
    ),
    extensions: { ...READS, readsElsewhere: true },
    resolve: ({ conversationId, id }, _, { conversations }) =>
      conversations.wrapupCodes({ conversationId, participantId: id }),
  }),
  communicationIds: t.idList({
    nullable: true,
    description: paragraphs(
      'The ids of its communications, the latest last: some commands take one as `communicationId`, and find it by ' +
        'themselves where it is left out.',
      asks('GET /api/v2/conversations/{conversationId}', '`conversation:communication:view`'),
    ),
    extensions: { ...READS, readsElsewhere: true },
    resolve: ({ conversationId, id }, _, { genesys }) =>
      genesys.communicationIds({ conversationId, participantId: id }),
  }),
}));

const NOTHING_ALLOWED: readonly ActionModel[] = PARTICIPANT_ACTIONS.map((action) => ({
  action,
  allowed: false,
  reason: 'The conversation is over.',
}));

const READ = asks('GET /api/v2/conversations/calls/{conversationId}');

builder.queryFields((t) => ({
  callConversation: t.field({
    type: CallConversation,
    nullable: true,
    description: paragraphs(
      'A Genesys Cloud conversation by its id; null when Genesys Cloud knows no such one, or no more. Only those in which ' +
        'the user takes part, or has a right to look at, are shown.',
      'While a subscription of the same user watches the conversation, the answer comes from there and costs nothing.',
      READ,
    ),
    args: { id: t.arg.id({ required: true, description: 'The id of the conversation.' }) },
    extensions: READS,
    resolve: (_, { id }, { conversations }) => conversations.conversation.load(checkId(id, 'id')),
  }),
  callConversations: t.field({
    type: [CallConversation],
    nullable: { list: false, items: true },
    description: paragraphs(
      'Several conversations, in the order asked, with null where Genesys Cloud knows no such one. An id that is ' +
        'asked twice is read once. A conversation that cannot be read is null too, with an error of its own.',
      'Costs what `callConversation` costs, for each different one.',
    ),
    args: { ids: t.arg.idList({ required: true, description: 'At most 100 ids.' }) },
    extensions: { ...READS, countedBy: 'ids' },
    // Not a promise for each, as of `callSessions`.
    resolve: async (_, { ids }, { conversations }) =>
      (await conversations.conversation.loadMany(checkIds(ids, 'ids'))) as (ConversationModel | null)[],
  }),
  callMediaParticipant: t.field({
    type: CallMediaParticipant,
    nullable: true,
    description: paragraphs(
      'One participant of a conversation; null when there is no such conversation or participant. It is read with its ' +
        'conversation, once for all participants that an operation asks for.',
      READ,
    ),
    args: {
      conversationId: t.arg.id({ required: true, description: 'The conversation it is in.' }),
      id: t.arg.id({ required: true, description: 'The id of the participant.' }),
    },
    extensions: READS,
    resolve: (_, { conversationId, id }, { conversations }) =>
      conversations.participant({
        conversationId: checkId(conversationId, 'conversationId'),
        participantId: checkId(id, 'id'),
      }),
  }),
}));
