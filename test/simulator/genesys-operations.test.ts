/** Each operation of the simulated Genesys Cloud: what it does, who may not, and when not; all of it as it is published. */
import { describe, expect, test } from 'vitest';
import { GENESYS_OPERATIONS } from '../../src/simulator/genesys/routes.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { answerProblemsOf, publishedPermissions, requestProblemsOf } from './genesys-published.ts';
import {
  ADA,
  type AnyBody,
  BEN,
  CLEO,
  clientOf,
  ELI,
  type Staged,
  staged,
  startStill,
  statesOf,
  talking,
} from './genesys-support.ts';

const SOLVED = 'c0de0000-0000-4000-8000-000000000301';
const SALES = '7b1f0c52-6d3a-4e98-8a41-c0de00000202';
const MARA = 'c047ac70-0000-4000-8000-000000000401';

type Request = readonly [method: string, path: string, body?: unknown];

interface Refused {
  readonly what: string;
  readonly begin?: (simulator: Simulator) => Staged;
  readonly request: Row['request'];
  readonly token?: string;
  readonly answers: readonly [status: number, code: string];
}

interface Row {
  readonly operationId: string;
  readonly begin?: (simulator: Simulator) => Staged;
  /** What is done before. */
  readonly prepare?: (simulator: Simulator, call: Staged) => Promise<void>;
  /** Who asks; Ada where nobody else is named. */
  readonly token?: string;
  readonly request: (call: Staged, communication: (purpose: string) => string) => Request;
  readonly status: number;
  /** What the conversation is afterwards, or the one that the answer names. */
  readonly shows: (conversation: AnyBody, answer: AnyBody) => unknown;
  readonly expected: unknown;
  readonly refused?: readonly Refused[];
}

const requireWork: Row['request'] = (call, communication) => [
  'PATCH',
  communication('agent').replace(`calls/${call.id}`, `aftercallwork/${call.id}`),
  { afterCallWorkRequired: false },
];
const any = (call: Staged, purpose: string) => `/conversations/${call.id}/participants/${call.ids[purpose]}`;
const agentOf = (conversation: AnyBody, user = ADA) =>
  conversation.participants.filter(({ user: own }) => own?.id === user).at(-1);
const fields =
  (...names: string[]) =>
  (conversation: AnyBody) =>
    names.map((name) => agentOf(conversation)?.[name]);
const last = (conversation: AnyBody) => statesOf(conversation).at(-1);
const personal = (simulator: Simulator) => staged(simulator.genesys.start({ kind: 'direct', to: 'ada' }));
const ringing = (simulator: Simulator) => talking(simulator, 'alerting');
const mandatory = (simulator: Simulator) =>
  staged(simulator.genesys.start({ kind: 'inbound', to: 'ada', queue: 'Sales', state: 'connected' }));
const meeting = (simulator: Simulator) =>
  staged(simulator.genesys.start({ kind: 'conference', from: 'ada', to: '+12025550181,+12025550182' }));
function over(simulator: Simulator): Staged {
  const call = mandatory(simulator);
  simulator.genesys.move(call.id, call.ids.customer ?? '', { leave: 'endpoint' });
  return call;
}
const patch =
  (body: object, purpose = 'agent') =>
  (call: Staged): Request => ['PATCH', call.at(purpose), body];
const gone: Pick<Refused, 'what' | 'begin'> = { what: 'a call that is over', begin: over };
const disconnected = [400, 'conversation.error.call.disconnected'] as const;

const ROWS: readonly Row[] = [
  {
    operationId: 'patchConversationsCallParticipant',
    begin: ringing,
    request: patch({ state: 'connected' }),
    status: 202,
    shows: last,
    expected: 'agent connected',
    refused: [
      { ...gone, request: patch({ state: 'connected' }), answers: disconnected },
      { what: 'a state that is none', request: patch({ state: 'flying' }), answers: [400, 'invalid.value'] },
      { what: 'nothing to change', request: patch({}), answers: [400, 'bad.request'] },
      {
        what: 'somebody who is not there',
        request: patch({ held: true }),
        token: 'gsim-dana',
        answers: [403, 'conversation.error.forbidden.not.active.participant'],
      },
      {
        what: 'a stranger',
        request: patch({ held: true }),
        token: 'gsim-ben',
        answers: [404, 'conversation.error.conversation.not.found'],
      },
      {
        what: 'a participant that is none',
        request: (call) => ['PATCH', `${call.path}/participants/nobody`, { held: true }],
        answers: [404, 'conversation.error.not.conversation.participant'],
      },
    ],
  },
  {
    operationId: 'patchConversationsCallParticipant',
    request: patch({ held: true, muted: true }),
    status: 202,
    shows: (conversation) => [last(conversation), typeof agentOf(conversation)?.startHoldTime],
    expected: ['agent connected held muted', 'string'],
    refused: [
      {
        what: 'a hold while it rings',
        begin: ringing,
        request: patch({ held: true }),
        answers: [400, 'conversation.error.hold.alerting'],
      },
      { ...gone, request: patch({ muted: true }), answers: disconnected },
    ],
  },
  {
    operationId: 'patchConversationsCallParticipant',
    request: patch({ recording: true }),
    status: 202,
    shows: (conversation) => [
      conversation.recordingState,
      ...fields('recording', 'recordingState')(conversation),
    ],
    expected: ['active', true, 'active'],
    refused: [{ ...gone, request: patch({ recording: true }), answers: disconnected }],
  },
  {
    operationId: 'patchConversationsCallParticipant',
    begin: meeting,
    request: patch({ confined: true }, 'external'),
    status: 202,
    shows: (conversation) => conversation.participants.at(-1)?.confined,
    expected: true,
    refused: [
      {
        what: 'to confine one of two',
        request: patch({ confined: true }),
        answers: [400, 'conversation.error.cannot.confine.party'],
      },
    ],
  },
  {
    operationId: 'patchConversationsCallParticipant',
    request: patch({ state: 'disconnected' }),
    status: 202,
    shows: (conversation) => [
      statesOf(conversation),
      ...fields('disconnectType', 'wrapupRequired')(conversation),
    ],
    expected: [
      ['customer terminated', 'ivr terminated', 'acd terminated', 'agent disconnected'],
      'client',
      true,
    ],
  },
  {
    operationId: 'patchConversationsCallParticipant',
    begin: over,
    request: patch({ wrapup: { code: SOLVED, notes: 'fine', tags: ['vip'], durationSeconds: 9 } }),
    status: 202,
    shows: (conversation) => [last(conversation), agentOf(conversation)?.wrapup],
    expected: [
      'agent terminated',
      expect.objectContaining({
        code: SOLVED,
        name: 'Solved',
        notes: 'fine',
        tags: ['vip'],
        provisional: false,
      }),
    ],
    refused: [
      {
        what: 'a wrap-up without a code',
        begin: over,
        request: patch({ wrapup: { notes: 'fine' } }),
        answers: [400, 'conversation.error.wrapup.code.required'],
      },
      {
        what: 'a code that is none',
        begin: over,
        request: patch({ wrapup: { code: 'none' } }),
        answers: [400, 'invalid.value'],
      },
      {
        what: 'to skip what is mandatory',
        begin: over,
        request: patch({ wrapupSkipped: true }),
        answers: [400, 'conversation.error.wrapup.cannot.skip'],
      },
    ],
  },
  {
    operationId: 'patchConversationParticipant',
    request: (call) => ['PATCH', any(call, 'agent'), { muted: true }],
    status: 202,
    shows: last,
    expected: 'agent connected muted',
  },
  {
    operationId: 'patchConversationsCallParticipantUserUserId',
    token: 'gsim-app',
    request: (call) => ['PATCH', `${call.at('agent')}/user/${ADA}`, { held: true }],
    status: 202,
    shows: last,
    expected: 'agent connected held',
  },
  {
    operationId: 'patchConversationsCallParticipantAttributes',
    request: (call) => ['PATCH', `${call.at('customer')}/attributes`, { attributes: { a: '1' } }],
    status: 202,
    shows: ({ participants }, answer) => [participants[0]?.attributes, answer],
    expected: [{ a: '1' }, { attributes: { a: '1' } }],
    refused: [
      {
        what: 'what is no text',
        request: (call) => ['PATCH', `${call.at('customer')}/attributes`, { attributes: { a: 1 } }],
        answers: [400, 'invalid.value'],
      },
    ],
  },
  {
    operationId: 'patchConversationParticipantAttributes',
    request: (call) => ['PATCH', `${any(call, 'customer')}/attributes`, { attributes: { b: '2' } }],
    status: 202,
    shows: ({ participants }) => participants[0]?.attributes,
    expected: { b: '2' },
  },
  {
    operationId: 'patchConversationsCallParticipantCommunication',
    request: (_call, communication) => ['PATCH', communication('agent'), { state: 'disconnected' }],
    status: 200,
    shows: last,
    expected: 'agent disconnected',
    refused: [
      {
        what: 'a communication that is none',
        request: (call) => ['PATCH', `${call.at('agent')}/communications/none`, { state: 'disconnected' }],
        answers: [404, 'resource.not.found'],
      },
    ],
  },
  {
    operationId: 'putConversationsCallParticipantCommunicationUuidata',
    request: (_call, communication) => ['PUT', `${communication('agent')}/uuidata`, { uuiData: 'abc' }],
    status: 204,
    shows: fields('uuiData'),
    expected: ['abc'],
  },
  {
    operationId: 'postConversationsCallParticipantCommunicationWrapup',
    begin: over,
    request: (_call, communication) => ['POST', `${communication('agent')}/wrapup`, { code: SOLVED }],
    status: 202,
    shows: last,
    expected: 'agent terminated',
  },
  {
    operationId: 'patchConversationsAftercallworkConversationIdParticipantCommunication',
    request: requireWork,
    status: 200,
    shows: (conversation, answer) => [agentOf(conversation)?.wrapupRequired, answer],
    expected: [false, { afterCallWorkRequired: false }],
    refused: [
      {
        what: 'of a call that is over',
        begin: over,
        request: requireWork,
        answers: [400, 'bad.request'],
      },
    ],
  },
  {
    operationId: 'postConversationsCallParticipantSnippetRecord',
    request: (call) => ['POST', `${call.at('agent')}/snippet/record`, { type: 'snippet', record: true }],
    status: 200,
    shows: (conversation) => (agentOf(conversation)?.recordersState as AnyBody | undefined)?.snippetState,
    expected: 'ACTIVE',
    refused: [
      {
        ...gone,
        request: (call) => ['POST', `${call.at('agent')}/snippet/record`, { record: true }],
        answers: disconnected,
      },
    ],
  },
  {
    operationId: 'postConversationParticipantDigits',
    request: (call) => ['POST', `${any(call, 'agent')}/digits`, { digits: '12#' }],
    status: 202,
    shows: last,
    expected: 'agent connected',
    refused: [
      {
        what: 'what no phone can dial',
        request: (call) => ['POST', `${any(call, 'agent')}/digits`, { digits: 'x' }],
        answers: [400, 'invalid.value'],
      },
      {
        ...gone,
        request: (call) => ['POST', `${any(call, 'agent')}/digits`, { digits: '1' }],
        answers: disconnected,
      },
    ],
  },
  {
    operationId: 'putConversationParticipantFlaggedreason',
    request: (call) => ['PUT', `${any(call, 'agent')}/flaggedreason`],
    status: 202,
    shows: fields('flaggedReason'),
    expected: ['general'],
  },
  {
    operationId: 'deleteConversationParticipantFlaggedreason',
    begin(simulator) {
      const call = talking(simulator);
      simulator.genesys.move(call.id, call.ids.agent ?? '', { flaggedReason: 'general' });
      return call;
    },
    request: (call) => ['DELETE', `${any(call, 'agent')}/flaggedreason`],
    status: 202,
    shows: fields('flaggedReason'),
    expected: [undefined],
  },
  {
    operationId: 'postConversationsCalls',
    request: () => [
      'POST',
      '/conversations/calls',
      { phoneNumber: '+12025550188', attributes: { why: 'back' } },
    ],
    status: 200,
    shows: (conversation) => [statesOf(conversation), conversation.participants[1]?.attributes],
    expected: [['user contacting', 'external contacting'], { why: 'back' }],
    refused: [
      {
        what: 'whoever has no station',
        token: 'gsim-eli',
        request: () => ['POST', '/conversations/calls', { phoneNumber: '+12025550188' }],
        answers: [400, 'conversation.error.no.user.station'],
      },
      {
        what: 'two destinations',
        request: () => ['POST', '/conversations/calls', { phoneNumber: '+12025550188', callUserId: BEN }],
        answers: [400, 'too.many.create.conversation.parameters'],
      },
      {
        what: 'a user who is none',
        request: () => ['POST', '/conversations/calls', { callUserId: 'nobody' }],
        answers: [404, 'resource.not.found'],
      },
      {
        what: 'no destination',
        request: () => ['POST', '/conversations/calls', {}],
        answers: [400, 'bad.request'],
      },
    ],
  },
  {
    operationId: 'postConversationsCalls',
    request: () => [
      'POST',
      '/conversations/calls',
      { participants: [{ userId: BEN }, { address: '+12025550188' }] },
    ],
    status: 200,
    shows: (conversation) => [statesOf(conversation), conversation.maxParticipants],
    expected: [['user contacting', 'user contacting', 'external contacting'], 50],
  },
  {
    operationId: 'postConversationsCallsUserUserId',
    token: 'gsim-app',
    request: () => ['POST', `/conversations/calls/user/${BEN}`, { phoneNumber: '+12025550188' }],
    status: 200,
    shows: ({ participants }) => participants[0]?.user?.id,
    expected: BEN,
  },
  {
    operationId: 'patchConversationsCall',
    request: (call) => ['PATCH', call.path, { state: 'disconnected' }],
    status: 202,
    shows: statesOf,
    expected: ['customer terminated', 'ivr terminated', 'acd terminated', 'agent disconnected'],
    refused: [
      { ...gone, request: (call) => ['PATCH', call.path, { state: 'disconnected' }], answers: disconnected },
    ],
  },
  {
    operationId: 'putConversationsCallRecordingstate',
    begin(simulator) {
      const call = talking(simulator);
      simulator.genesys.move(call.id, call.ids.agent ?? '', { recording: true });
      return call;
    },
    request: (call) => ['PUT', `${call.path}/recordingstate`, { recordingState: 'PAUSED' }],
    status: 200,
    shows: (conversation) => [
      conversation.recordingState,
      conversation.securePause,
      ...fields('securePause')(conversation),
    ],
    expected: ['paused', true, true],
    refused: [
      {
        ...gone,
        request: (call) => ['PUT', `${call.path}/recordingstate`, { recordingState: 'PAUSED' }],
        answers: disconnected,
      },
    ],
  },
  {
    operationId: 'patchConversationsCallConference',
    begin(simulator) {
      const other = simulator.genesys.start({ kind: 'outbound', from: 'ada', state: 'connected' });
      return { ...talking(simulator), ids: { other: (other as AnyBody).id } };
    },
    request: (call) => ['PATCH', `${call.path}/conference`, { conversationIds: [call.ids.other] }],
    status: 202,
    shows: (conversation) => statesOf(conversation).filter((state) => state.endsWith('connected')),
    expected: ['customer connected', 'agent connected', 'external connected'],
    refused: [
      {
        what: 'nothing to merge',
        request: (call) => ['PATCH', `${call.path}/conference`, { conversationIds: [] }],
        answers: [400, 'conversation.error.empty.conversation.list'],
      },
      {
        what: 'one that is not there',
        request: (call) => ['PATCH', `${call.path}/conference`, { conversationIds: ['none'] }],
        answers: [404, 'conversation.error.conversation.not.found'],
      },
      {
        what: 'one that rings',
        begin(simulator) {
          const other = simulator.genesys.start({ kind: 'direct', to: 'ada' });
          return { ...talking(simulator), ids: { other: (other as AnyBody).id } };
        },
        request: (call) => ['PATCH', `${call.path}/conference`, { conversationIds: [call.ids.other] }],
        answers: [400, 'conversation.error.cannot.merge.alerting.conference'],
      },
    ],
  },
  {
    operationId: 'postConversationsCallParticipants',
    request: (call) => ['POST', `${call.path}/participants`, { participants: [{ address: '+12025550189' }] }],
    status: 200,
    shows: (conversation) => [last(conversation), conversation.maxParticipants],
    expected: ['external dialing', 50],
    refused: [
      {
        what: 'whoever owes a wrap-up only',
        begin: over,
        request: (call) => [
          'POST',
          `${call.path}/participants`,
          { participants: [{ address: '+12025550189' }] },
        ],
        answers: [403, 'conversation.error.forbidden.not.active.participant'],
      },
    ],
  },
  {
    operationId: 'postConversationsCallParticipantsUserUserId',
    token: 'gsim-app',
    request: (call) => ['POST', `${call.path}/participants/user/${ADA}`, { participants: [{ userId: BEN }] }],
    status: 200,
    shows: last,
    expected: 'user alerting',
  },
  {
    operationId: 'postConversationDisconnect',
    request: (call) => ['POST', `/conversations/${call.id}/disconnect`],
    status: 202,
    shows: (conversation) => [statesOf(conversation).at(-1), agentOf(conversation)?.wrapup],
    expected: ['agent terminated', expect.objectContaining({ name: 'ININ-WRAP-UP-TIMEOUT' })],
  },
  {
    operationId: 'deleteConversation',
    request: (call) => ['DELETE', `/conversations/${call.id}`],
    status: 202,
    shows: last,
    expected: 'agent disconnected',
    refused: [{ ...gone, request: (call) => ['DELETE', `/conversations/${call.id}`], answers: disconnected }],
  },
  ...(
    [
      [
        'postConversationsCallParticipantReplace',
        (call: Staged) => `${call.at('agent')}/replace`,
        { userId: BEN },
        'user alerting',
      ],
      [
        'postConversationParticipantReplace',
        (call: Staged) => `${any(call, 'agent')}/replace`,
        { queueId: SALES },
        'acd connected',
      ],
      [
        'postConversationParticipantReplaceAgent',
        (call: Staged) => `${any(call, 'agent')}/replace/agent`,
        { userId: CLEO },
        'user alerting',
      ],
      [
        'postConversationParticipantReplaceQueue',
        (call: Staged) => `${any(call, 'agent')}/replace/queue`,
        { queueName: 'Sales' },
        'acd connected',
      ],
      [
        'postConversationParticipantReplaceContactExternal',
        (call: Staged) => `${any(call, 'agent')}/replace/contact/external`,
        { contactId: MARA, phoneType: 'CellPhone' },
        'external dialing',
      ],
      [
        'postConversationParticipantTransfer',
        (call: Staged) => `${any(call, 'agent')}/transfer`,
        { address: '+12025550190' },
        'external dialing',
      ],
    ] as const
  ).map(
    ([operationId, path, body, next]): Row => ({
      operationId,
      request: (call) => ['POST', path(call), body],
      status: 202,
      shows: (conversation) => [
        last(conversation),
        ...fields('state', 'disconnectType')(conversation),
        conversation.recentTransfers[0].state,
      ],
      expected: [next, 'disconnected', 'transfer', 'Complete'],
      refused: [
        {
          what: 'a call that rings',
          begin: ringing,
          request: (call) => ['POST', path(call), body],
          answers: [400, 'conversations.error.transfer.not.connected'],
        },
        {
          what: 'a transfer to nobody',
          request: (call) => ['POST', path(call), {}],
          answers: [400, 'conversations.error.transfer.destination.required'],
        },
      ],
    }),
  ),
  {
    operationId: 'postConversationsCallParticipantReplace',
    begin: personal,
    request: (call) => ['POST', `${call.at('user')}/replace`, { voicemail: true }],
    status: 202,
    shows: (conversation) => [last(conversation), ...fields('state')(conversation)],
    expected: ['voicemail connected', 'terminated'],
    refused: [
      {
        what: 'a call of a queue for the voicemail',
        request: (call) => ['POST', `${call.at('agent')}/replace`, { voicemail: true }],
        answers: [400, 'conversations.error.transfer.userCall.voicemail'],
      },
      {
        what: 'a transfer to oneself',
        request: (call) => ['POST', `${call.at('agent')}/replace`, { userId: ADA }],
        answers: [400, 'conversations.error.transfer.same.party'],
      },
      {
        what: 'a queue that is none',
        request: (call) => ['POST', `${call.at('agent')}/replace`, { queueId: 'none' }],
        answers: [400, 'conversations.error.queue.not.found'],
      },
      {
        what: 'an unattended transfer of a call of a queue',
        request: (call) => [
          'POST',
          `${call.at('agent')}/replace`,
          { userId: BEN, transferType: 'Unattended' },
        ],
        answers: [400, 'conversations.error.transfer.acd.call.unattended'],
      },
    ],
  },
  ...(
    [
      [
        'postConversationsCallParticipantConsult',
        'consult',
        { destination: { userId: BEN } },
        'user alerting',
      ],
      ['postConversationsCallParticipantConsultAgent', 'consult/agent', { userId: CLEO }, 'user alerting'],
      ['postConversationsCallParticipantConsultQueue', 'consult/queue', { queueId: SALES }, 'acd connected'],
      [
        'postConversationsCallParticipantConsultContactExternal',
        'consult/contact/external',
        { contactId: MARA },
        'external dialing',
      ],
      [
        'postConversationsCallParticipantVoiceConsult',
        'voice/consult',
        { address: '+12025550190' },
        'external dialing',
      ],
    ] as const
  ).map(
    ([operationId, path, body, next]): Row => ({
      operationId,
      request: (call) => ['POST', `${call.at('customer')}/${path}`, body],
      status: 200,
      shows: (conversation, { destinationParticipantId }) => [
        statesOf(conversation)[0],
        last(conversation),
        conversation.participants.at(-1)?.id === destinationParticipantId,
        conversation.participants.every((one) =>
          [undefined, destinationParticipantId].includes(one.consultParticipantId as never),
        ) && conversation.participants.at(-1)?.consultParticipantId !== undefined,
        conversation.recentTransfers[0].state,
      ],
      expected: ['customer connected held', next, true, true, 'Active'],
      refused: [
        {
          what: 'a consultation about oneself',
          request: (call) => ['POST', `${call.at('agent')}/${path}`, body],
          answers: [400, 'object.participant.id.required'],
        },
        {
          what: 'a consultation with nobody',
          request: (call) => ['POST', `${call.at('customer')}/${path}`, {}],
          answers: [400, 'conversation.error.consult.transfer.no.destination'],
        },
        {
          what: 'a consultation while it rings',
          begin: ringing,
          request: (call) => ['POST', `${call.at('customer')}/${path}`, body],
          answers: [400, 'conversation.error.consult.transfer.no.initiator'],
        },
      ],
    }),
  ),
  {
    operationId: 'patchConversationsCallParticipantConsult',
    prepare: consulting,
    request: (call) => ['PATCH', `${call.at('customer')}/consult`, { speakTo: 'OBJECT' }],
    status: 200,
    shows: (conversation) => [statesOf(conversation)[0], last(conversation)],
    expected: ['customer connected', 'user connected held'],
    refused: [
      {
        what: 'whom nobody is asked about',
        request: (call) => ['PATCH', `${call.at('customer')}/consult`, { speakTo: 'BOTH' }],
        answers: [404, 'conversation.error.consult.transfer.pending.not.found'],
      },
    ],
  },
  {
    operationId: 'deleteConversationsCallParticipantConsult',
    prepare: consulting,
    request: (call) => ['DELETE', `${call.at('customer')}/consult`],
    status: 200,
    shows: (conversation) => [
      statesOf(conversation)[0],
      last(conversation),
      conversation.recentTransfers[0].state,
    ],
    expected: ['customer connected', 'user terminated', 'Canceled'],
    refused: [
      {
        what: 'whom nobody is asked about',
        request: (call) => ['DELETE', `${call.at('customer')}/consult`],
        answers: [400, 'conversation.error.consult.transfer.not.started'],
      },
    ],
  },
  ...(
    [
      ['Monitor', 'monitoredParticipantId', ['monitor']],
      ['Coach', 'coachedParticipantId', ['coach']],
      ['Barge', 'bargedParticipantId', ['full']],
    ] as const
  ).map(
    ([name, field, roles]): Row => ({
      operationId: `postConversationsCallParticipant${name}`,
      token: 'gsim-cleo',
      request: (call) => ['POST', `${call.at('agent')}/${name.toLowerCase()}`],
      status: 201,
      shows: (conversation) => {
        const supervisor = agentOf(conversation, CLEO);
        return [supervisor?.state, supervisor?.[field] === agentOf(conversation)?.id, supervisor?.mediaRoles];
      },
      expected: ['contacting', true, roles],
      refused: [
        {
          what: 'to supervise oneself',
          request: (call) => ['POST', `${call.at('agent')}/${name.toLowerCase()}`],
          answers: [400, 'conversation.error.monitor.own.conversation'],
        },
        {
          what: 'a call that rings',
          begin: ringing,
          token: 'gsim-cleo',
          request: (call) => ['POST', `${call.at('agent')}/${name.toLowerCase()}`],
          answers: [400, 'conversation.error.call.disconnected'],
        },
      ],
    }),
  ),
];

/** Ben is asked about the customer, and answers. */
async function consulting(simulator: Simulator, call: Staged): Promise<void> {
  const path = `${call.at('customer')}/consult/agent`;
  const { body } = await clientOf(simulator)('POST', path, { userId: BEN });
  simulator.genesys.move(call.id, body.destinationParticipantId, { state: 'connected' });
}

const notPublished = (simulator: Simulator) =>
  simulator.requests().flatMap((entry) => [...requestProblemsOf(entry), ...answerProblemsOf(entry)]);

async function run(simulator: Simulator, row: Pick<Row, 'begin' | 'prepare' | 'request' | 'token'>) {
  const call = (row.begin ?? talking)(simulator);
  const ada = clientOf(simulator);
  await row.prepare?.(simulator, call);
  const whole = (await ada('GET', `/conversations/${call.id}`)).body;
  const communication = (purpose: string) => {
    const found = whole.participants.find(({ id }) => id === call.ids[purpose]);
    return `${call.at(purpose)}/communications/${found?.calls?.[0]?.id}`;
  };
  const answer = await clientOf(simulator, row.token)(...row.request(call, communication));
  return { call, answer, ada };
}

describe('An operation of Genesys Cloud', () => {
  test.each(ROWS)('$operationId does what it says', async (row) => {
    await using simulator = await startStill({ journalBodies: true });
    const { call, answer, ada } = await run(simulator, row);
    expect([answer.status, answer.body.code]).toEqual([row.status, undefined]);
    const named = row.operationId.startsWith('postConversationsCalls') ? answer.body.id : call.id;
    const token = row.token === 'gsim-app' ? 'gsim-ada' : row.token;
    const asked = named === call.id ? ada : clientOf(simulator, token === 'gsim-ada' ? 'gsim-dana' : token);
    const { body } = await asked('GET', `/conversations/calls/${named}`);
    expect(row.shows(body, answer.body)).toEqual(row.expected);
    const played = simulator.requests().map(({ operationId }) => operationId);
    expect(played).toContain(row.operationId);
    expect(notPublished(simulator)).toEqual([]);
  });

  const refused = ROWS.flatMap(({ operationId, refused = [] }) =>
    refused.map((one) => ({ operationId, ...one })),
  );
  test.each(refused)('$operationId refuses $what', async (row) => {
    await using simulator = await startStill({ journalBodies: true });
    const { call, answer, ada } = await run(simulator, row);
    expect([answer.status, answer.body.code]).toEqual(row.answers);
    expect(answer.headers.get('inin-correlation-id')).toBe(answer.body.contextId);
    const { body } = await ada('GET', call.path);
    expect(body.participants.some(({ held, recording }) => held === true || recording === true)).toBe(false);
    expect(simulator.requests().flatMap(answerProblemsOf)).toEqual([]);
  });

  test('stands in the table of this test, unless it only reads', () => {
    const tested = new Set(ROWS.map(({ operationId }) => operationId));
    const missing = GENESYS_OPERATIONS.filter(({ method, operationId, path }) => {
      return (
        !['GET', 'HEAD'].includes(method) && !path.includes('/notifications/') && !tested.has(operationId)
      );
    });
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
  });

  test.each(GENESYS_OPERATIONS.filter(({ permissions }) => permissions !== undefined))(
    '$operationId needs one of the permissions that are published, and names them',
    async ({ method, path, permissions, forApps }) => {
      expect(permissions).toEqual(publishedPermissions(method, path));
      await using simulator = await startStill({ genesysRateLimit: 0 });
      const filled = path
        .replace('/api/v2', '')
        .replace('{userId}', ELI)
        .replace(/\{\w+\}/g, 'x');
      const { status, body } = await clientOf(simulator, 'gsim-fay')(
        method,
        filled,
        method === 'GET' ? undefined : {},
      );
      expect(status).toBe(403);
      expect(body.code).toBe(permissions?.length === 1 ? 'missing.permissions' : 'missing.any.permissions');
      for (const name of permissions ?? []) expect(body.message).toContain(name);
      const app = await clientOf(simulator, 'gsim-app')(method, filled, method === 'GET' ? undefined : {});
      expect(app.body.code === 'not.a.user').toBe(forApps !== true);
    },
  );
});
