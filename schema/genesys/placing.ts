/** Beginning calls and conferences in Genesys Cloud, and ending conversations for everybody. */
import { builder } from '../builder.ts';
import { checkId, checkIds, checkTarget, checkText } from '../checks.ts';
import { BadUserInput } from '../failures.ts';
import { checkAttributes, checkList, checkLongText, given, optional } from './checks.ts';
import {
  addConversationCommand,
  CallConversationPayload,
  conversationOf,
  onConversation,
} from './command.ts';

const PlacedCallTargetInput = builder.inputType('PlacedCallTargetInput', {
  isOneOf: true,
  description: 'Whom to call: exactly one of these.',
  fields: (t) => ({
    phoneNumber: t.string({ description: 'A phone number, like `+61370151234`.' }),
    userId: t.id({ description: 'A user of the organisation.' }),
    queueId: t.id({ description: 'A queue: its next free agent answers.' }),
  }),
});

const ConferenceTargetInput = builder.inputType('ConferenceTargetInput', {
  isOneOf: true,
  description: 'Whom to call into a conference: exactly one of these.',
  fields: (t) => ({
    address: t.string({ description: 'A phone number or another address.' }),
    userId: t.id({ description: 'A user of the organisation.' }),
    queueId: t.id({ description: 'A queue.' }),
  }),
});

/** A value to attach to a participant. */
export const CallAttributeInput = builder.inputType('CallAttributeInput', {
  description: 'A value to attach to a participant.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name, 1 to 256 characters.' }),
    value: t.string({ required: true, description: 'Its text, at most 10000 characters.' }),
  }),
});

addConversationCommand('placeCall', {
  description: [
    "Calls somebody by Genesys Cloud. The user's own phone (their station) rings first; once they answer, the other side " +
      'is called. The answer has the new conversation; watch it to see the rest.',
    'Known limits: the user needs a phone, else `InvalidCommand`. When the outcome is `UNKNOWN` a phone may ring: look at ' +
      'the conversation that `conversationId` names, or, where that is null, at `viewer.conversations` before calling again.',
  ],
  upstream: ['POST /conversations/calls', '`conversation:conference:add`'],
  payload: CallConversationPayload,
  fields: (t) => ({
    to: t.field({ type: PlacedCallTargetInput, required: true, description: 'Whom to call.' }),
    callerId: t.string({ description: 'The number that the other side sees.' }),
    callerIdName: t.string({ description: 'The name that the other side sees.' }),
    callFromQueueId: t.id({ description: 'The queue on whose behalf the call is made.' }),
    onBehalfOfUserId: t.id({
      description:
        'The user who is to call, where it is another than the one who asks: ' +
        '`POST /api/v2/conversations/calls/user/{userId}`, which needs `conversation:call:add` or ' +
        '`conversation:agentlessCall:add` instead.',
    }),
    priority: t.int({ description: 'How urgent it is, of a call to a queue: higher comes first.' }),
    languageId: t.id({ description: 'The language that the agent must speak, of a call to a queue.' }),
    routingSkillIds: t.idList({ description: 'What the agent must be able to do, of a call to a queue.' }),
    attributes: t.field({ type: [CallAttributeInput], description: 'Values to attach to the customer.' }),
    uuiData: t.string({ description: 'Data for the other side, through the telephone network.' }),
    externalContactId: t.id({ description: 'The contact that is called, so that it is noted there.' }),
    label: t.string({ description: 'The kind of work the call counts as.' }),
  }),
  command: ({ to, ...input }) => ({
    to: checkTarget(to, 'to'),
    ...given({
      callerId: optional(input.callerId, 'callerId', checkText),
      callerIdName: optional(input.callerIdName, 'callerIdName', checkText),
      callFromQueueId: optional(input.callFromQueueId, 'callFromQueueId', checkId),
      onBehalfOfUserId: optional(input.onBehalfOfUserId, 'onBehalfOfUserId', checkId),
      priority: input.priority,
      languageId: optional(input.languageId, 'languageId', checkId),
      routingSkillIds: optional(input.routingSkillIds, 'routingSkillIds', checkIds),
      attributes: optional(input.attributes, 'attributes', checkAttributes),
      uuiData: optional(input.uuiData, 'uuiData', checkLongText),
      externalContactId: optional(input.externalContactId, 'externalContactId', checkId),
      label: optional(input.label, 'label', checkText),
    }),
  }),
});

addConversationCommand('startCallConference', {
  description: [
    'Begins a conference of the user in Genesys Cloud: calls those who are named, merges the conversations that are named, ' +
      'or both.',
    'Known limits: no conversation that still rings can be merged. `CallConversation.maxParticipants` says how many may ' +
      'take part.',
  ],
  upstream: ['POST /conversations/calls', '`conversation:conference:add`'],
  payload: CallConversationPayload,
  fields: (t) => ({
    participants: t.field({ type: [ConferenceTargetInput], description: 'Whom to call.' }),
    conversationIds: t.idList({ description: "The user's conversations to merge." }),
  }),
  command: (input) => {
    const participants = input.participants ?? [];
    const conversationIds = input.conversationIds ?? [];
    if (participants.length + conversationIds.length === 0) {
      throw new BadUserInput(
        'startCallConference: read nobody to call, allowed is at least one of participants and conversationIds.',
        'participants',
      );
    }
    return {
      participants: checkList(participants, 'participants', { least: 0 }, checkTarget),
      conversationIds: checkIds(conversationIds, 'conversationIds'),
    };
  },
});

addConversationCommand('mergeCallConversations', {
  description: [
    'Merges other conversations of the user into this one: it becomes a conference, or grows. Known limits: the user must ' +
      'be in all of them, and none may still ring.',
  ],
  upstream: ['PATCH /conversations/calls/{conversationId}/conference', '`conversation:conference:add`'],
  payload: CallConversationPayload,
  fields: (t) => ({
    ...onConversation(t),
    conversationIds: t.idList({ required: true, description: 'The conversations that come in, one to 100.' }),
  }),
  command: ({ conversationIds, ...conversation }) => ({
    ...conversationOf(conversation),
    conversationIds: checkList(conversationIds, 'conversationIds', { least: 1 }, checkId),
  }),
});

addConversationCommand('addCallMediaParticipants', {
  description: [
    'Calls somebody into a conversation. They are new participants of it, `DIALING` or `ALERTING` first.',
  ],
  upstream: ['POST /conversations/calls/{conversationId}/participants'],
  payload: CallConversationPayload,
  fields: (t) => ({
    ...onConversation(t),
    participants: t.field({
      type: [ConferenceTargetInput],
      required: true,
      description: 'Whom to call, one to 100.',
    }),
  }),
  command: ({ participants, ...conversation }) => ({
    ...conversationOf(conversation),
    participants: checkList(participants, 'participants', { least: 1 }, checkTarget),
  }),
});

addConversationCommand('disconnectCallConversation', {
  description: [
    'Ends the call for everybody who is in it. Where the others are to talk on use `disconnectCallMediaParticipant` with ' +
      "the user's own participant. Agents may owe their wrap-up after it.",
    'With `allMedia` its chats and whatever else it has are ended, too: that is ' +
      '`DELETE /api/v2/conversations/{conversationId}`.',
  ],
  upstream: ['PATCH /conversations/calls/{conversationId}', '`conversation:communication:disconnect`'],
  payload: CallConversationPayload,
  fields: (t) => ({
    ...onConversation(t),
    allMedia: t.boolean({ defaultValue: false, description: 'Whether to end all media, not only the call.' }),
  }),
  command: ({ allMedia, ...conversation }) => ({
    ...conversationOf(conversation),
    allMedia: allMedia === true,
  }),
});

addConversationCommand('tearDownCallConversation', {
  description: [
    'Ends a conversation that is stuck, so that nothing else ends it any more. Genesys Cloud wraps it up by itself, with a code of the ' +
      'system. Not for hanging up: use `disconnectCallConversation`.',
  ],
  upstream: ['POST /conversations/{conversationId}/disconnect', '`conversation:communication:disconnect`'],
  payload: CallConversationPayload,
  fields: onConversation,
  command: conversationOf,
});
