/** The mutations of Genesys Cloud: each becomes one command in the provider's words, or is refused. */
import { describe, expect, test } from 'vitest';
import type {
  ConversationCommand,
  ConversationCommandName,
  ConversationCommandOf,
} from '../../schema/genesys/provider.ts';
import { askBoth, bothSystems, createFakeConversations, dataOf } from './fake-conversations.ts';
import { mutation, START } from './fake-provider.ts';

const conversation = { conversationId: 'c-1' } as const;
const participant = { conversationId: 'c-1', participantId: 'agent' } as const;

/** An input of every mutation, and the command it becomes. */
const COMMANDS: {
  readonly [Name in ConversationCommandName]: readonly [
    input: object,
    command: Omit<ConversationCommandOf<Name>, 'name'>,
  ];
} = {
  placeCall: [
    {
      to: { phoneNumber: '+61370151234' },
      callerId: '+61370159999',
      callerIdName: 'Support',
      callFromQueueId: 'q-1',
      onBehalfOfUserId: 'u-bo',
      priority: 2,
      languageId: 'l-1',
      routingSkillIds: ['k-1', 'k-2'],
      attributes: [{ name: 'order', value: '' }],
      uuiData: '00c8',
      externalContactId: 'e-1',
      label: 'heavy',
    },
    {
      to: { phoneNumber: '+61370151234' },
      callerId: '+61370159999',
      callerIdName: 'Support',
      callFromQueueId: 'q-1',
      onBehalfOfUserId: 'u-bo',
      priority: 2,
      languageId: 'l-1',
      routingSkillIds: ['k-1', 'k-2'],
      attributes: [{ name: 'order', value: '' }],
      uuiData: '00c8',
      externalContactId: 'e-1',
      label: 'heavy',
    },
  ],
  startCallConference: [
    { participants: [{ userId: 'u-bo' }, { address: '+61370151234' }] },
    { participants: [{ userId: 'u-bo' }, { address: '+61370151234' }], conversationIds: [] },
  ],
  mergeCallConversations: [
    { ...conversation, conversationIds: ['c-2'] },
    { ...conversation, conversationIds: ['c-2'] },
  ],
  addCallMediaParticipants: [
    { ...conversation, participants: [{ queueId: 'q-1' }] },
    { ...conversation, participants: [{ queueId: 'q-1' }] },
  ],
  pauseCallConversationRecording: [conversation, conversation],
  resumeCallConversationRecording: [conversation, conversation],
  disconnectCallConversation: [conversation, { ...conversation, allMedia: false }],
  tearDownCallConversation: [conversation, conversation],
  answerCallMediaParticipant: [participant, participant],
  disconnectCallMediaParticipant: [
    { ...participant, communicationId: 'k-1' },
    { ...participant, communicationId: 'k-1' },
  ],
  holdCallMediaParticipant: [participant, participant],
  unholdCallMediaParticipant: [participant, participant],
  muteCallMediaParticipant: [participant, participant],
  unmuteCallMediaParticipant: [participant, participant],
  confineCallMediaParticipant: [participant, participant],
  unconfineCallMediaParticipant: [participant, participant],
  scheduleCallMediaParticipantResume: [
    { ...participant, resumeTime: '2026-03-04T16:20:01.417+01:00' },
    { ...participant, resumeTime: START },
  ],
  startRecordingCallMediaParticipant: [participant, { ...participant, type: 'AD_HOC' }],
  stopRecordingCallMediaParticipant: [
    { ...participant, type: 'SNIPPET' },
    { ...participant, type: 'SNIPPET' },
  ],
  sendDigitsToCallMediaParticipant: [
    { ...participant, digits: '12#*A' },
    { ...participant, digits: '12#*A' },
  ],
  transferCallMediaParticipant: [
    { ...participant, target: { queueId: 'q-1' }, transferType: 'ATTENDED' },
    { ...participant, target: { queueId: 'q-1' }, transferType: 'ATTENDED' },
  ],
  startConsultTransfer: [
    { ...participant, target: { userId: 'u-bo' }, speakTo: 'BOTH', consultingUserId: 'u-ada' },
    { ...participant, target: { userId: 'u-bo' }, speakTo: 'BOTH', consultingUserId: 'u-ada' },
  ],
  speakToInConsultTransfer: [
    { ...participant, speakTo: 'OBJECT' },
    { ...participant, speakTo: 'OBJECT' },
  ],
  completeConsultTransfer: [participant, participant],
  cancelConsultTransfer: [participant, participant],
  wrapUpCallMediaParticipant: [
    {
      ...participant,
      code: 'w-1',
      notes: 'Two boxes.\nBlue.',
      tags: ['box'],
      durationSeconds: 12,
      endTime: '2026-03-04T15:20:01.417Z',
      provisional: false,
      disableEndTimeUpdates: true,
      communicationId: 'k-1',
    },
    {
      ...participant,
      code: 'w-1',
      notes: 'Two boxes.\nBlue.',
      tags: ['box'],
      durationSeconds: 12,
      endTime: START,
      provisional: false,
      disableEndTimeUpdates: true,
      communicationId: 'k-1',
    },
  ],
  skipWrapUpCallMediaParticipant: [participant, participant],
  setCallMediaParticipantAfterCallWork: [
    { ...participant, required: true },
    { ...participant, required: true },
  ],
  flagCallMediaParticipant: [participant, participant],
  unflagCallMediaParticipant: [participant, participant],
  monitorCallMediaParticipant: [participant, participant],
  coachCallMediaParticipant: [participant, participant],
  bargeCallMediaParticipant: [participant, participant],
  setCallMediaParticipantAttributes: [
    { ...participant, attributes: [{ name: 'colour', value: 'blue' }] },
    { ...participant, attributes: [{ name: 'colour', value: 'blue' }] },
  ],
  setCallMediaParticipantUuiData: [
    { ...participant, uuiData: '' },
    { ...participant, uuiData: '' },
  ],
};

const NAMES = Object.keys(COMMANDS) as ConversationCommandName[];
const ANSWER = 'outcome replayed error { message }';

/** What a mutation is refused with before anything is sent. */
async function refusalOf(name: ConversationCommandName, input: object) {
  const genesys = createFakeConversations();
  const { errors = [] } = await askBoth(bothSystems(genesys), mutation(name, ANSWER), { input });
  expect(genesys.commands).toEqual([]);
  return errors[0]?.originalError;
}

describe('A command', () => {
  test.each(NAMES)('%s is handed to the provider once, with its key, as it was meant', async (name) => {
    const genesys = createFakeConversations();
    const [input, command] = COMMANDS[name];
    const variables = { input: { ...input, idempotencyKey: 'press-1' } };
    expect(await dataOf(genesys, mutation(name, ANSWER), variables)).toEqual({
      [name]: { outcome: 'APPLIED', replayed: false, error: null },
    });
    expect(genesys.commands).toEqual([{ command: { name, ...command }, key: 'press-1' }]);
  });

  test.each(NAMES)('%s needs no more than it cannot do without, and reads null as nothing', async (name) => {
    const [input] = COMMANDS[name];
    const optional = OPTIONAL[name] ?? [];
    const nothing = Object.fromEntries(optional.map((field) => [field, null]));
    const genesys = createFakeConversations();
    await dataOf(genesys, mutation(name, ANSWER), { input: { ...input, ...nothing } });
    const { command } = genesys.commands[0] ?? {};
    for (const field of optional) expect(command).not.toHaveProperty(field);
  });

  test('on a conversation and a participant takes no id that would leave its place in an address', async () => {
    const addressed = NAMES.filter((name) => 'conversationId' in COMMANDS[name][0]);
    expect(addressed.length).toBe(NAMES.length - 2);
    for (const name of addressed) {
      const [input] = COMMANDS[name];
      for (const field of ['conversationId', 'participantId'].filter((one) => one in input)) {
        expect(await refusalOf(name, { ...input, [field]: '..' })).toMatchObject({
          code: 'BAD_USER_INPUT',
          parameterName: field,
        });
      }
    }
  });

  test.each<[ConversationCommandName, object, string]>([
    ['placeCall', { to: { phoneNumber: ' ' } }, 'to.phoneNumber'],
    ['placeCall', { to: { userId: 'a b' } }, 'to.userId'],
    ['placeCall', { to: { queueId: 'q-1' }, callerId: '' }, 'callerId'],
    ['placeCall', { to: { queueId: 'q-1' }, languageId: '' }, 'languageId'],
    ['placeCall', { to: { queueId: 'q-1' }, routingSkillIds: ['..'] }, 'routingSkillIds'],
    ['placeCall', { to: { queueId: 'q-1' }, uuiData: 'x'.repeat(10_001) }, 'uuiData'],
    ['startCallConference', {}, 'participants'],
    ['startCallConference', { participants: [{ address: '' }] }, 'participants[0].address'],
    ['mergeCallConversations', { ...conversation, conversationIds: [] }, 'conversationIds'],
    ['mergeCallConversations', { ...conversation, conversationIds: ['c-2', '.'] }, 'conversationIds[1]'],
    ['addCallMediaParticipants', { ...conversation, participants: [] }, 'participants'],
    [
      'addCallMediaParticipants',
      { ...conversation, participants: Array(101).fill({ userId: 'u-1' }) },
      'participants',
    ],
    ['disconnectCallMediaParticipant', { ...participant, communicationId: '' }, 'communicationId'],
    ['sendDigitsToCallMediaParticipant', { ...participant, digits: '' }, 'digits'],
    ['sendDigitsToCallMediaParticipant', { ...participant, digits: '1e' }, 'digits'],
    ['sendDigitsToCallMediaParticipant', { ...participant, digits: '1'.repeat(101) }, 'digits'],
    ['transferCallMediaParticipant', { ...participant, target: { voicemail: false } }, 'target.voicemail'],
    ['transferCallMediaParticipant', { ...participant, target: { address: '\n' } }, 'target.address'],
    [
      'transferCallMediaParticipant',
      { ...participant, target: { externalContact: { contactId: '' } } },
      'target.externalContact.contactId',
    ],
    ['startConsultTransfer', { ...participant, target: { queueId: '' } }, 'target.queueId'],
    [
      'startConsultTransfer',
      { ...participant, target: { userId: 'u-1' }, consultingUserId: '' },
      'consultingUserId',
    ],
    ['wrapUpCallMediaParticipant', participant, 'code'],
    ['wrapUpCallMediaParticipant', { ...participant, code: 'w-1', tags: [''] }, 'tags[0]'],
    ['wrapUpCallMediaParticipant', { ...participant, code: 'w-1', tags: Array(51).fill('a') }, 'tags'],
    ['wrapUpCallMediaParticipant', { ...participant, code: 'w-1', durationSeconds: -1 }, 'durationSeconds'],
    ['wrapUpCallMediaParticipant', { ...participant, code: 'w-1', notes: 'x'.repeat(10_001) }, 'notes'],
    ['setCallMediaParticipantAttributes', { ...participant, attributes: [] }, 'attributes'],
    [
      'setCallMediaParticipantAttributes',
      { ...participant, attributes: [{ name: '', value: 'x' }] },
      'attributes[0].name',
    ],
    [
      'setCallMediaParticipantAttributes',
      {
        ...participant,
        attributes: [
          { name: 'a', value: 'x' },
          { name: 'a', value: 'y' },
        ],
      },
      'attributes[1].name',
    ],
  ])('%s of %j is refused for %s, and nothing is sent', async (name, input, parameterName) => {
    expect(await refusalOf(name, input)).toMatchObject({ code: 'BAD_USER_INPUT', parameterName });
  });

  test.each([
    [{ target: { userId: 'u-bo' } }, { userId: 'u-bo' }],
    [{ target: { address: 'sip:bo@example.com' } }, { address: 'sip:bo@example.com' }],
    [
      { target: { externalContact: { contactId: 'e-1', phone: 'CELL' } } },
      { externalContact: { contactId: 'e-1', phone: 'CELL' } },
    ],
    [{ target: { externalContact: { contactId: 'e-1' } } }, { externalContact: { contactId: 'e-1' } }],
    [{ target: { voicemail: true } }, { voicemail: true }],
  ])('transfers to %j', async (input, target) => {
    const genesys = createFakeConversations();
    await dataOf(genesys, mutation('transferCallMediaParticipant', ANSWER), {
      input: { ...participant, ...input },
    });
    expect(genesys.commands[0]?.command).toEqual({
      name: 'transferCallMediaParticipant',
      ...participant,
      target,
    });
  });

  test('takes a provisional wrap-up without a code', async () => {
    const genesys = createFakeConversations();
    const input = { ...participant, notes: '', provisional: true };
    await dataOf(genesys, mutation('wrapUpCallMediaParticipant', ANSWER), { input });
    expect(genesys.commands[0]?.command).toEqual({
      name: 'wrapUpCallMediaParticipant',
      ...participant,
      notes: '',
      provisional: true,
    });
  });

  test.each(['tomorrow', '2026-03-04', '2026-03-04T15:20:01', '2026-13-04T15:20:01Z', 5])(
    'takes %j for no moment',
    async (resumeTime) => {
      const genesys = createFakeConversations();
      const variables = { input: { ...participant, resumeTime } };
      const name = 'scheduleCallMediaParticipantResume';
      const { errors } = await askBoth(bothSystems(genesys), mutation(name, ANSWER), variables);
      expect(errors?.[0]?.message).toContain('DateTime: allowed is ISO 8601 text with a time zone');
      expect(genesys.commands).toEqual([]);
    },
  );
});

/** The fields of an input that may be null. */
const OPTIONAL: { readonly [Name in ConversationCommand['name']]?: readonly string[] } = {
  placeCall: [
    ...['callerId', 'callerIdName', 'callFromQueueId', 'onBehalfOfUserId', 'priority', 'languageId'],
    ...['routingSkillIds', 'attributes', 'uuiData', 'externalContactId', 'label'],
  ],
  disconnectCallMediaParticipant: ['communicationId'],
  transferCallMediaParticipant: ['transferType'],
  startConsultTransfer: ['speakTo', 'consultingUserId'],
  speakToInConsultTransfer: ['consultingUserId'],
  wrapUpCallMediaParticipant: [
    ...[
      'notes',
      'tags',
      'durationSeconds',
      'endTime',
      'provisional',
      'disableEndTimeUpdates',
      'communicationId',
    ],
  ],
  setCallMediaParticipantAfterCallWork: ['communicationId'],
  setCallMediaParticipantUuiData: ['communicationId'],
};
