/** The ways that a command to Genesys Cloud has by what it is given: each is a request of its own. */
import type { ConversationCommandName } from '../../schema/genesys/provider.ts';
import {
  CONTACTS,
  LANGUAGES,
  QUEUES,
  SKILLS,
  WRAPUP_CODES,
} from '../../src/simulator/genesys/organisation.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { ADA, BEN, clientOf, type Staged, staged, talking } from '../simulator/genesys-support.ts';

/** Of nothing that there is. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';
export const SALES = QUEUES[1]?.id ?? '';
export const MARA = CONTACTS[0]?.id ?? '';
export const CODE = WRAPUP_CODES[0]?.id ?? '';

/** A command without what says where. */
export type Given = { readonly name: ConversationCommandName } & Readonly<Record<string, unknown>>;

/** A way of a command: the request that it must be. */
export interface Way {
  readonly what: string;
  readonly operation: string;
  readonly body?: unknown;
  readonly token?: string;
  /** The call; Ada talks to a customer unless told otherwise. */
  readonly begin?: (simulator: Simulator) => Staged | Promise<Staged>;
  readonly command: (call: Staged, communicationId: string, simulator: Simulator) => Given;
}

const rings = (simulator: Simulator) => staged(simulator.genesys.start({ kind: 'direct', to: 'ada' }));
const on = (purpose: string, more: Given) => (call: Staged) => ({
  ...{ conversationId: call.id, participantId: call.ids[purpose] },
  ...more,
});
const transfers = (
  what: string,
  operation: string,
  target: object,
  body: object,
  begin?: (simulator: Simulator) => Staged,
): Way => ({
  ...{ what: `transferCallMediaParticipant to ${what}`, operation, body },
  command: on(begin === undefined ? 'agent' : 'user', {
    name: 'transferCallMediaParticipant',
    ...{ target },
  }),
  ...(begin && { begin }),
});
const consults = (what: string, operation: string, target: object, body: object): Way => ({
  ...{ what: `startConsultTransfer with ${what}`, operation, body },
  command: on('customer', { name: 'startConsultTransfer', target }),
});
const places = (what: string, more: object, body: object): Way => ({
  ...{ what: `placeCall ${what}`, operation: 'postConversationsCalls', body },
  command: () => ({ name: 'placeCall', ...more }),
});
const contact = { externalContact: { contactId: MARA, phone: 'CELL' } };
const CONTACT = { contactId: MARA, phoneType: 'CellPhone' };
const OUTSIDE = '+12025550190';

/** The table. */
export const WAYS: readonly Way[] = [
  places('to a user', { to: { userId: BEN } }, { callUserId: BEN }),
  places('to a queue', { to: { queueId: SALES } }, { callQueueId: SALES }),
  places(
    'with all that can be said of it',
    {
      ...{ to: { phoneNumber: OUTSIDE }, callerId: '+12025550100', callerIdName: 'Support' },
      ...{ callFromQueueId: SALES, priority: 3, languageId: LANGUAGES[0]?.id, label: 'billing' },
      ...{ routingSkillIds: [SKILLS[0]?.id], attributes: [{ name: 'ticket', value: '7' }], uuiData: 'aa' },
      externalContactId: MARA,
    },
    {
      ...{ phoneNumber: OUTSIDE, callerId: '+12025550100', callerIdName: 'Support' },
      ...{ callFromQueueId: SALES, priority: 3, languageId: LANGUAGES[0]?.id, label: 'billing' },
      ...{ routingSkillsIds: [SKILLS[0]?.id], attributes: { ticket: '7' }, uuiData: 'aa' },
      externalContactId: MARA,
    },
  ),
  {
    ...places(
      'for somebody else',
      { to: { phoneNumber: OUTSIDE }, onBehalfOfUserId: BEN },
      { phoneNumber: OUTSIDE },
    ),
    ...{ operation: 'postConversationsCallsUserUserId', token: 'gsim-dana' },
  },
  {
    what: 'startCallConference of conversations that there are',
    operation: 'postConversationsCalls',
    command(call, _, simulator) {
      const other = simulator.genesys.start({ kind: 'outbound', from: 'ada', state: 'connected' });
      return { name: 'startCallConference', conversationIds: [call.id, other.id] };
    },
  },
  {
    what: 'addCallMediaParticipants of users and queues',
    operation: 'postConversationsCallParticipants',
    body: { participants: [{ userId: BEN }, { queueId: SALES }] },
    command: ({ id: conversationId }) => ({
      ...{ name: 'addCallMediaParticipants', conversationId },
      participants: [{ userId: BEN }, { queueId: SALES }],
    }),
  },
  {
    what: 'disconnectCallConversation of all media',
    operation: 'deleteConversation',
    command: ({ id: conversationId }) => ({
      name: 'disconnectCallConversation',
      conversationId,
      allMedia: true,
    }),
  },
  {
    what: 'disconnectCallMediaParticipant of one communication',
    operation: 'patchConversationsCallParticipantCommunication',
    body: { state: 'disconnected' },
    command: (call, communicationId) =>
      on('agent', { name: 'disconnectCallMediaParticipant', ...{ communicationId } })(call),
  },
  ...[true, false].map(
    (record): Way => ({
      what: `${record ? 'start' : 'stop'}RecordingCallMediaParticipant of a piece`,
      operation: 'postConversationsCallParticipantSnippetRecord',
      body: { type: 'snippet', record },
      async begin(simulator) {
        const call = talking(simulator);
        const ask = clientOf(simulator);
        if (!record)
          await ask('POST', `${call.at('agent')}/snippet/record`, { type: 'snippet', record: true });
        return call;
      },
      command: on('agent', {
        name: `${record ? 'start' : 'stop'}RecordingCallMediaParticipant`,
        ...{ type: 'SNIPPET' },
      }),
    }),
  ),
  transfers('a user', 'postConversationParticipantReplaceAgent', { userId: BEN }, { userId: BEN }),
  transfers('a queue', 'postConversationParticipantReplaceQueue', { queueId: SALES }, { queueId: SALES }),
  transfers('an address', 'postConversationParticipantTransfer', { address: OUTSIDE }, { address: OUTSIDE }),
  transfers('a contact', 'postConversationParticipantReplaceContactExternal', contact, CONTACT),
  transfers(
    'voicemail',
    'postConversationsCallParticipantReplace',
    { voicemail: true },
    { voicemail: true },
    rings,
  ),
  {
    ...transfers('a user who is waited for', 'postConversationParticipantReplaceAgent', {}, {}),
    body: { userId: BEN, transferType: 'Attended' },
    command: on('agent', {
      name: 'transferCallMediaParticipant',
      ...{ target: { userId: BEN }, transferType: 'ATTENDED' },
    }),
  },
  consults('a user', 'postConversationsCallParticipantConsultAgent', { userId: BEN }, { userId: BEN }),
  consults('a queue', 'postConversationsCallParticipantConsultQueue', { queueId: SALES }, { queueId: SALES }),
  consults(
    'an address',
    'postConversationsCallParticipantVoiceConsult',
    { address: OUTSIDE },
    { address: OUTSIDE },
  ),
  consults('a contact', 'postConversationsCallParticipantConsultContactExternal', contact, CONTACT),
  {
    ...consults('a user, and all three at once', 'postConversationsCallParticipantConsultAgent', {}, {}),
    body: { userId: BEN, speakTo: 'BOTH', consultingUserId: ADA },
    command: on('customer', {
      name: 'startConsultTransfer',
      ...{ target: { userId: BEN }, speakTo: 'BOTH', consultingUserId: ADA },
    }),
  },
  {
    what: 'wrapUpCallMediaParticipant with all that can be said',
    operation: 'patchConversationsCallParticipant',
    body: {
      wrapup: {
        ...{ code: CODE, notes: 'Sold.', tags: ['vip'], durationSeconds: 9, provisional: false },
        ...{ endTime: '2026-03-04T16:00:00.000Z', disableEndTimeUpdates: true },
      },
    },
    command: on('agent', {
      name: 'wrapUpCallMediaParticipant',
      ...{ code: CODE, notes: 'Sold.', tags: ['vip'], durationSeconds: 9, provisional: false },
      ...{ endTime: Date.parse('2026-03-04T16:00:00Z'), disableEndTimeUpdates: true },
    }),
  },
  {
    what: 'wrapUpCallMediaParticipant of one communication',
    operation: 'postConversationsCallParticipantCommunicationWrapup',
    body: { code: CODE },
    command: (call, communicationId) =>
      on('agent', { name: 'wrapUpCallMediaParticipant', ...{ code: CODE, communicationId } })(call),
  },
];
