/** The mutations of Genesys Cloud: each becomes one command in the provider's words, and its result one honest payload. */
import { describe, expect, test } from 'vitest';
import { Forbidden, NotConfigured, WrongParticipantState } from '../../schema/failures.ts';
import type {
  ConversationCommand,
  ConversationCommandName,
  ConversationCommandOf,
} from '../../schema/genesys/provider.ts';
import {
  aConversation,
  aParticipant,
  askBoth,
  bothSystems,
  createFakeConversations,
  DONE,
  dataOf,
} from './fake-conversations.ts';
import { START } from './fake-provider.ts';

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

function mutation(name: string): string {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${name}(input: $input) { outcome replayed error { message } } }`;
}

/** What a mutation is refused with before anything is sent. */
async function refusalOf(name: ConversationCommandName, input: object) {
  const genesys = createFakeConversations();
  const { errors = [] } = await askBoth(bothSystems(genesys), mutation(name), { input });
  expect(genesys.commands).toEqual([]);
  return errors[0]?.originalError;
}

describe('A command', () => {
  test.each(NAMES)('%s is handed to the provider once, with its key, as it was meant', async (name) => {
    const genesys = createFakeConversations();
    const [input, command] = COMMANDS[name];
    const variables = { input: { ...input, idempotencyKey: 'press-1' } };
    expect(await dataOf(genesys, mutation(name), variables)).toEqual({
      [name]: { outcome: 'APPLIED', replayed: false, error: null },
    });
    expect(genesys.commands).toEqual([{ command: { name, ...command }, key: 'press-1' }]);
  });

  test.each(NAMES)('%s needs no more than it cannot do without, and reads null as nothing', async (name) => {
    const [input] = COMMANDS[name];
    const optional = OPTIONAL[name] ?? [];
    const nothing = Object.fromEntries(optional.map((field) => [field, null]));
    const genesys = createFakeConversations();
    await dataOf(genesys, mutation(name), { input: { ...input, ...nothing } });
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
    await dataOf(genesys, mutation('transferCallMediaParticipant'), { input: { ...participant, ...input } });
    expect(genesys.commands[0]?.command).toEqual({
      name: 'transferCallMediaParticipant',
      ...participant,
      target,
    });
  });

  test('takes a provisional wrap-up without a code', async () => {
    const genesys = createFakeConversations();
    const input = { ...participant, notes: '', provisional: true };
    await dataOf(genesys, mutation('wrapUpCallMediaParticipant'), { input });
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
      const { errors } = await askBoth(bothSystems(genesys), mutation(name), variables);
      expect(errors?.[0]?.message).toContain('DateTime: allowed is ISO 8601 text with a time zone');
      expect(genesys.commands).toEqual([]);
    },
  );
});

describe('The answer to a command', () => {
  const held = aParticipant('c-1', 'agent', { held: true });
  const afterHold = aConversation('c-1', { participants: [held] });

  test('shows the state as now known, and reads nothing for it', async () => {
    const genesys = createFakeConversations({
      command: async () => ({ ...DONE, conversation: afterHold, participant: held }),
    });
    expect(
      await dataOf(
        genesys,
        `mutation { holdCallMediaParticipant(input: { conversationId: "c-1", participantId: "agent" }) {
          __typename outcome
          participant { held activity conversation { participants { held } } availableActions { action allowed } }
          conversation { id participants { id } }
        } }`,
      ),
    ).toEqual({
      holdCallMediaParticipant: {
        __typename: 'CallMediaParticipantPayload',
        outcome: 'APPLIED',
        participant: {
          held: true,
          activity: 'ON_HOLD',
          conversation: { participants: [{ held: true }] },
          availableActions: [
            { action: 'HOLD', allowed: true },
            { action: 'UNHOLD', allowed: false },
          ],
        },
        conversation: { id: 'c-1', participants: [{ id: 'agent' }] },
      },
    });
    expect(genesys.asked).toEqual(['holdCallMediaParticipant']);
  });

  test('forgets what was read before it: the next mutation of the operation reads anew', async () => {
    const genesys = createFakeConversations({
      command: async ({ name }) => ({ ...DONE, participant: name.startsWith('hold') ? held : null }),
    });
    const input = '(input: { conversationId: "c-1", participantId: "agent" })';
    await dataOf(
      genesys,
      `mutation {
        first: holdCallMediaParticipant${input} { conversation { id } participant { conversation { id } } }
        second: holdCallMediaParticipant${input} { conversation { id } }
      }`,
    );
    expect(genesys.asked).toEqual([
      'holdCallMediaParticipant',
      'conversation c-1',
      'holdCallMediaParticipant',
      'conversation c-1',
    ]);
  });

  test('names whom a consult transfer asks, also before they show in the conversation', async () => {
    const consulted = aParticipant('c-1', 'asked', { state: 'ALERTING' });
    const start = (participants: readonly (typeof consulted)[]) =>
      dataOf(
        createFakeConversations({
          command: async () => ({
            ...DONE,
            conversation: aConversation('c-1', { participants }),
            destinationParticipantId: 'asked',
          }),
        }),
        `mutation { startConsultTransfer(input: {
          conversationId: "c-1", participantId: "customer", target: { userId: "u-bo" }
        }) { destinationParticipantId destinationParticipant { activity } } }`,
      );
    expect(await start([consulted])).toEqual({
      startConsultTransfer: {
        destinationParticipantId: 'asked',
        destinationParticipant: { activity: 'RINGING' },
      },
    });
    expect(await start([])).toEqual({
      startConsultTransfer: { destinationParticipantId: 'asked', destinationParticipant: null },
    });
  });

  test('tells what the participant is doing instead, and what it may do', async () => {
    const error = new WrongParticipantState('A call that rings cannot be held.', 'ALERTING', ['ANSWER'], {
      system: 'genesys',
      errorCode: 'conversation.error.hold.alerting',
      upstreamRequestId: 'correlation-1',
    });
    const genesys = createFakeConversations({
      command: async () => ({ ...DONE, outcome: 'NOT_APPLIED', error }),
    });
    expect(
      await dataOf(
        genesys,
        `mutation { holdCallMediaParticipant(input: { conversationId: "c-1", participantId: "agent" }) {
          outcome participant { id } conversation { id }
          error {
            __typename message errorCode upstreamRequestId
            ... on WrongCallState { actualCode allowedActions actualState allowedParticipantActions }
          }
        } }`,
      ),
    ).toEqual({
      holdCallMediaParticipant: {
        outcome: 'NOT_APPLIED',
        participant: null,
        conversation: null,
        error: {
          __typename: 'WrongCallState',
          message: 'A call that rings cannot be held.',
          errorCode: 'conversation.error.hold.alerting',
          upstreamRequestId: 'correlation-1',
          actualCode: null,
          allowedActions: [],
          actualState: 'ALERTING',
          allowedParticipantActions: ['ANSWER'],
        },
      },
    });
  });

  test('is the same when the conversation cannot be read after it', async () => {
    const genesys = createFakeConversations({
      command: async () => ({ ...DONE, participant: held }),
      conversation: async () => {
        throw new Forbidden('You may not look at this conversation.');
      },
    });
    expect(
      await dataOf(
        genesys,
        `mutation { holdCallMediaParticipant(input: { conversationId: "c-1", participantId: "agent" }) {
          outcome conversation { id }
        } }`,
      ),
    ).toEqual({ holdCallMediaParticipant: { outcome: 'APPLIED', conversation: null } });
  });

  test('says so where Genesys Cloud is off', async () => {
    const result = await askBoth(bothSystems(undefined), mutation('holdCallMediaParticipant'), {
      input: participant,
    });
    expect(result.errors?.[0]?.originalError).toEqual(new NotConfigured('genesys'));
  });
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
