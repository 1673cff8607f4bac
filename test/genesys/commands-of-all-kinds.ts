/** One command of each name, with a conversation before it, and one that shows that it was done. */
import type { ConversationCommandName, ConversationCommandOf } from '../../schema/genesys/provider.ts';

export const ME = 'u-me';
export const at = { conversationId: 'c-1', participantId: 'p-me' };
const onCustomer = { conversationId: 'c-1', participantId: 'p-customer' };

/** The JSON of a conversation: a customer and an agent, who is the viewer, and talks. */
export interface WireConversation {
  readonly id: string;
  readonly participants: readonly object[];
  readonly [field: string]: unknown;
}

export function conversation(
  agent: object = {},
  more: object = {},
  others: readonly object[] = [],
): WireConversation {
  return {
    id: 'c-1',
    participants: [
      { id: 'p-customer', purpose: 'customer', state: 'connected', held: false, muted: false },
      {
        ...{ id: 'p-me', purpose: 'agent', state: 'connected', user: { id: ME }, held: false, muted: false },
        ...{ confined: false, recording: false, connectedTime: '2026-03-04T15:20:00Z' },
        ...agent,
      },
      ...others,
    ],
    ...more,
  };
}

const colleague = { id: 'p-colleague', purpose: 'agent', state: 'alerting', user: { id: 'u-2' } };
const left = { state: 'disconnected', endTime: '2026-03-04T15:30:00Z' };
const transferred = { state: 'terminated', disconnectType: 'transfer' };
const consulted = { ...colleague, consultParticipantId: 'p-customer' };

/** The conversation of another agent, whom the viewer supervises. */
const theirs = (others: readonly object[] = []) => conversation({ user: { id: 'u-2' } }, {}, others);
const supervisor = { id: 'p-sup', purpose: 'agent', state: 'connected', user: { id: ME } };

export interface Example<Name extends ConversationCommandName> {
  readonly command: ConversationCommandOf<Name>;
  readonly before: WireConversation;
  /** Shows the effect; null: no conversation can. */
  readonly after: WireConversation | null;
  /** The id of what the answer says that it made. */
  readonly madeId?: string;
  /** What a read of all media says of after-call work afterwards. */
  readonly work?: boolean;
  /** `METHOD path`, and the body; what Genesys documents for it. */
  readonly line: string;
  readonly body?: object;
}

const CALLS = '/api/v2/conversations/calls';
const ME_LINE = `${CALLS}/c-1/participants/p-me`;
const ANY_LINE = '/api/v2/conversations/c-1/participants/p-me';
const CUSTOMER_LINE = `${CALLS}/c-1/participants/p-customer`;

const changed = <Name extends ConversationCommandName>(
  command: ConversationCommandOf<Name>,
  body: object,
  before: object,
  after: object,
): Example<Name> => ({
  ...{ command, before: conversation(before), after: conversation(after) },
  ...{ line: `PATCH ${ME_LINE}`, body },
});

export const EXAMPLES: { readonly [Name in ConversationCommandName]: Example<Name> } = {
  placeCall: {
    command: {
      ...{ name: 'placeCall', to: { phoneNumber: '+12025550147' }, callerId: '+12025550100', priority: 3 },
      ...{ attributes: [{ name: 'a', value: '1' }], routingSkillIds: ['s-1'] },
    },
    ...{ before: conversation(), after: conversation({ state: 'contacting' }), madeId: 'c-1' },
    line: `POST ${CALLS}`,
    body: {
      ...{ phoneNumber: '+12025550147', callerId: '+12025550100', priority: 3 },
      ...{ attributes: { a: '1' }, routingSkillsIds: ['s-1'] },
    },
  },
  startCallConference: {
    command: {
      name: 'startCallConference',
      ...{ participants: [{ address: '+12025550147' }], conversationIds: ['c-2'] },
    },
    ...{ before: conversation(), after: conversation(), madeId: 'c-1' },
    ...{
      line: `POST ${CALLS}`,
      body: { participants: [{ address: '+12025550147' }], conversationIds: ['c-2'] },
    },
  },
  mergeCallConversations: {
    command: { name: 'mergeCallConversations', conversationId: 'c-1', conversationIds: ['c-2'] },
    before: conversation(),
    after: conversation({}, { maxParticipants: 10 }, [
      { id: 'p-new', purpose: 'customer', state: 'connected' },
    ]),
    ...{ line: `PATCH ${CALLS}/c-1/conference`, body: { conversationIds: ['c-2'] } },
  },
  addCallMediaParticipants: {
    command: {
      ...{ name: 'addCallMediaParticipants', conversationId: 'c-1' },
      participants: [{ userId: 'u-2' }, { address: '+1 (202) 555-0147' }],
    },
    before: conversation(),
    after: conversation({}, {}, [
      colleague,
      { id: 'p-new', purpose: 'external', state: 'dialing', address: 'tel:+12025550147' },
    ]),
    line: `POST ${CALLS}/c-1/participants`,
    body: { participants: [{ userId: 'u-2' }, { address: '+1 (202) 555-0147' }] },
  },
  pauseCallConversationRecording: {
    command: { name: 'pauseCallConversationRecording', conversationId: 'c-1' },
    before: conversation({}, { recordingState: 'active', securePause: false }),
    after: conversation({}, { recordingState: 'paused', securePause: true }),
    ...{ line: `PUT ${CALLS}/c-1/recordingstate`, body: { recordingState: 'PAUSED' } },
  },
  resumeCallConversationRecording: {
    command: { name: 'resumeCallConversationRecording', conversationId: 'c-1' },
    before: conversation({}, { recordingState: 'paused', securePause: true }),
    after: conversation({}, { recordingState: 'active', securePause: false }),
    ...{ line: `PUT ${CALLS}/c-1/recordingstate`, body: { recordingState: 'ACTIVE' } },
  },
  disconnectCallConversation: {
    command: { name: 'disconnectCallConversation', conversationId: 'c-1', allMedia: false },
    before: conversation(),
    after: { id: 'c-1', participants: [{ id: 'p-me', ...left }] },
    ...{ line: `PATCH ${CALLS}/c-1`, body: { state: 'disconnected' } },
  },
  tearDownCallConversation: {
    command: { name: 'tearDownCallConversation', conversationId: 'c-1' },
    before: conversation(),
    after: { id: 'c-1', participants: [{ id: 'p-me', ...left }] },
    line: 'POST /api/v2/conversations/c-1/disconnect',
  },
  answerCallMediaParticipant: changed(
    { name: 'answerCallMediaParticipant', ...at },
    { state: 'connected' },
    { state: 'alerting', connectedTime: null },
    {},
  ),
  disconnectCallMediaParticipant: changed(
    { name: 'disconnectCallMediaParticipant', ...at },
    { state: 'disconnected' },
    {},
    left,
  ),
  holdCallMediaParticipant: changed(
    { name: 'holdCallMediaParticipant', ...at },
    { held: true },
    {},
    { held: true },
  ),
  unholdCallMediaParticipant: changed(
    { name: 'unholdCallMediaParticipant', ...at },
    { held: false },
    { held: true },
    {},
  ),
  muteCallMediaParticipant: changed(
    { name: 'muteCallMediaParticipant', ...at },
    { muted: true },
    {},
    { muted: true },
  ),
  unmuteCallMediaParticipant: changed(
    { name: 'unmuteCallMediaParticipant', ...at },
    { muted: false },
    { muted: true },
    {},
  ),
  confineCallMediaParticipant: changed(
    { name: 'confineCallMediaParticipant', ...at },
    { confined: true },
    {},
    { confined: true },
  ),
  unconfineCallMediaParticipant: changed(
    { name: 'unconfineCallMediaParticipant', ...at },
    { confined: false },
    { confined: true },
    {},
  ),
  scheduleCallMediaParticipantResume: changed(
    {
      ...{ name: 'scheduleCallMediaParticipantResume', ...at },
      resumeTime: Date.parse('2026-03-04T16:00:00.500Z'),
    },
    { resumeTime: '2026-03-04T16:00:00.500Z' },
    { state: 'parked' },
    { state: 'parked', resumeTime: '2026-03-04T16:00:00Z' },
  ),
  startRecordingCallMediaParticipant: changed(
    { name: 'startRecordingCallMediaParticipant', ...at, type: 'AD_HOC' },
    { recording: true },
    {},
    { recording: true },
  ),
  stopRecordingCallMediaParticipant: {
    command: { name: 'stopRecordingCallMediaParticipant', ...at, type: 'SNIPPET' },
    before: conversation({ recordersState: { snippetState: 'ACTIVE' } }),
    after: conversation({ recordersState: { snippetState: 'NONE' } }),
    ...{ line: `POST ${ME_LINE}/snippet/record`, body: { type: 'snippet', record: false } },
  },
  sendDigitsToCallMediaParticipant: {
    command: { name: 'sendDigitsToCallMediaParticipant', ...at, digits: '12#' },
    ...{ before: conversation(), after: null },
    ...{ line: `POST ${ANY_LINE}/digits`, body: { digits: '12#' } },
  },
  transferCallMediaParticipant: {
    command: {
      name: 'transferCallMediaParticipant',
      ...at,
      target: { userId: 'u-2' },
      transferType: 'UNATTENDED',
    },
    ...{ before: conversation(), after: conversation(transferred, {}, [colleague]) },
    ...{ line: `POST ${ANY_LINE}/replace/agent`, body: { userId: 'u-2', transferType: 'Unattended' } },
  },
  startConsultTransfer: {
    command: {
      name: 'startConsultTransfer',
      ...onCustomer,
      target: { queueId: 'q-1' },
      speakTo: 'DESTINATION',
    },
    ...{ before: conversation(), after: conversation({}, {}, [consulted]) },
    line: `POST ${CUSTOMER_LINE}/consult/queue`,
    body: { queueId: 'q-1', speakTo: 'DESTINATION' },
  },
  speakToInConsultTransfer: {
    command: { name: 'speakToInConsultTransfer', ...onCustomer, speakTo: 'BOTH' },
    before: conversation({}, {}, [{ ...consulted, held: true }]),
    after: conversation({}, {}, [{ ...consulted, held: false }]),
    ...{ line: `PATCH ${CUSTOMER_LINE}/consult`, body: { speakTo: 'BOTH' } },
  },
  completeConsultTransfer: {
    command: { name: 'completeConsultTransfer', ...onCustomer },
    before: conversation({}, {}, [consulted]),
    after: conversation({ ...left, disconnectType: 'transfer.consult' }, {}, [consulted]),
    ...{ line: `PATCH ${ME_LINE}`, body: { state: 'disconnected' } },
  },
  cancelConsultTransfer: {
    command: { name: 'cancelConsultTransfer', ...onCustomer },
    before: conversation({}, {}, [consulted]),
    after: conversation({}, {}, [{ ...consulted, ...left }]),
    line: `DELETE ${CUSTOMER_LINE}/consult`,
  },
  wrapUpCallMediaParticipant: {
    command: {
      name: 'wrapUpCallMediaParticipant',
      ...at,
      code: 'w-1',
      notes: 'Sold.',
      endTime: 1_772_637_630_000,
    },
    before: conversation(left),
    after: conversation({ ...left, wrapup: { code: 'w-1', notes: 'Sold.' } }),
    line: `PATCH ${ME_LINE}`,
    body: { wrapup: { code: 'w-1', notes: 'Sold.', endTime: '2026-03-04T15:20:30.000Z' } },
  },
  skipWrapUpCallMediaParticipant: changed(
    { name: 'skipWrapUpCallMediaParticipant', ...at },
    { wrapupSkipped: true },
    left,
    { ...left, wrapupSkipped: true },
  ),
  setCallMediaParticipantAfterCallWork: {
    command: { name: 'setCallMediaParticipantAfterCallWork', ...at, communicationId: 'k-1', required: true },
    ...{ before: conversation(), after: conversation(), work: true },
    line: 'PATCH /api/v2/conversations/aftercallwork/c-1/participants/p-me/communications/k-1',
    body: { afterCallWorkRequired: true },
  },
  flagCallMediaParticipant: {
    command: { name: 'flagCallMediaParticipant', ...at },
    ...{ before: conversation(), after: conversation({ flaggedReason: 'general' }) },
    line: `PUT ${ANY_LINE}/flaggedreason`,
  },
  unflagCallMediaParticipant: {
    command: { name: 'unflagCallMediaParticipant', ...at },
    ...{ before: conversation({ flaggedReason: 'general' }), after: conversation() },
    line: `DELETE ${ANY_LINE}/flaggedreason`,
  },
  monitorCallMediaParticipant: {
    command: { name: 'monitorCallMediaParticipant', ...at },
    ...{ before: theirs(), after: theirs([{ ...supervisor, monitoredParticipantId: 'p-me' }]) },
    line: `POST ${ME_LINE}/monitor`,
  },
  coachCallMediaParticipant: {
    command: { name: 'coachCallMediaParticipant', ...at },
    ...{ before: theirs(), after: theirs([{ ...supervisor, coachedParticipantId: 'p-me' }]) },
    line: `POST ${ME_LINE}/coach`,
  },
  bargeCallMediaParticipant: {
    command: { name: 'bargeCallMediaParticipant', ...at },
    ...{ before: theirs(), after: theirs([{ ...supervisor, bargedParticipantId: 'p-me' }]) },
    line: `POST ${ME_LINE}/barge`,
  },
  setCallMediaParticipantAttributes: {
    command: { name: 'setCallMediaParticipantAttributes', ...at, attributes: [{ name: 'a', value: '2' }] },
    before: conversation({ attributes: { a: '1', b: '9' } }),
    after: conversation({ attributes: { a: '2', b: '9' } }),
    ...{ line: `PATCH ${ME_LINE}/attributes`, body: { attributes: { a: '2' } } },
  },
  setCallMediaParticipantUuiData: {
    command: { name: 'setCallMediaParticipantUuiData', ...at, communicationId: 'k-1', uuiData: 'aa' },
    ...{ before: conversation(), after: conversation({ uuiData: 'aa' }) },
    ...{ line: `PUT ${ME_LINE}/communications/k-1/uuidata`, body: { uuiData: 'aa' } },
  },
};
