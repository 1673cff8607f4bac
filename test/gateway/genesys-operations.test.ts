/**
 * Every command to Genesys Cloud, and every read of it, as an app gives it: GraphQL over HTTP to a gateway, and HTTP from there
 * to a simulated Genesys Cloud. Each test holds what the gateway sent, and what it was answered, against what is published.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  AvailableParticipantAction,
  ConversationCommand,
  ConversationCommandName,
} from '../../schema/genesys/provider.ts';
import { OPERATIONS } from '../../src/genesys/operations.ts';
import {
  CONTACT_ORGANISATIONS,
  CONTACTS,
  GROUPS,
  LANGUAGES,
  ORGANISATION,
  QUEUES,
  SCRIPTS,
  SKILLS,
  TEAMS,
  WRAPUP_CODES,
} from '../../src/simulator/genesys/organisation.ts';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import { COMMAND_NAMES, scene } from '../genesys/stage.ts';
import { answerProblemsOf, publishedPermissions, requestProblemsOf } from '../simulator/genesys-published.ts';
import {
  ADA,
  type AnyBody,
  BEN,
  clientOf,
  type Staged,
  staged,
  talking,
} from '../simulator/genesys-support.ts';
import {
  CONVERSATION_CASES,
  CONVERSATION_MUTATIONS,
  conversationsOf,
  give,
  PARTICIPANT_MUTATIONS,
  seenOf,
  untruthsIn,
} from '../support/conversation-commands.ts';
import { type GenesysHouse, openGenesysHouse } from '../support/genesys-house.ts';

let house: GenesysHouse;
beforeAll(async () => {
  // More than a gateway takes for granted; and nobody's wrap-up runs out while another test looks.
  const settings = { genesysRateLimit: 100_000, genesysWrapupTimeout: 3_600_000 } as const;
  house = await openGenesysHouse({ settings: { ...settings, journalBodies: true, contentType: 'insist' } });
  // Whoever asks is looked up once.
  for (const genesys of ['gsim-ada', 'gsim-ben', 'gsim-cleo', 'gsim-dana', 'gsim-eli', 'gsim-fay']) {
    await house.ask('{ viewer { genesysUser { id } } }', { genesys });
  }
});
afterAll(() => house?.[Symbol.asyncDispose]());

/** The operations that were sent here, so that none is forgotten. */
const sent = new Set<string>(['getUsersMe']);

/** Bulk reads of names: the document has only those of one. */
const UNPUBLISHED = new Set([
  ...['getUsers', 'getRoutingQueues', 'getGroups', 'getRoutingSkills', 'getRoutingLanguages'],
  ...['getRoutingWrapupcodes', 'getAuthorizationDivisions'],
]);

/** The requests that something makes, each of which, and its answer, must be as published. */
async function requestsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = house.simulator.requests().length;
  await work();
  const entries = house.simulator.requests().slice(before);
  const isPublished = ({ operationId }: JournalEntry) => !UNPUBLISHED.has(operationId ?? '');
  expect(
    entries.filter(isPublished).flatMap((one) => [...requestProblemsOf(one), ...answerProblemsOf(one)]),
  ).toEqual([]);
  const ids = entries.map(({ operationId }) => operationId ?? 'none');
  for (const id of ids) sent.add(id);
  return ids;
}

/** The same of a command, of which only what acts is told. */
async function actsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  return (await requestsOf(work)).filter((id) => !id.startsWith('get'));
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const SALES = QUEUES[1]?.id ?? '';
const MARA = CONTACTS[0]?.id ?? '';
const CODE = WRAPUP_CODES[0]?.id ?? '';

describe('A command', () => {
  test('stands in the tables of this test, whichever the schema has', () => {
    expect(COMMAND_NAMES.toSorted()).toEqual(CONVERSATION_MUTATIONS.toSorted());
    expect(Object.keys(CONVERSATION_CASES).sort()).toEqual(CONVERSATION_MUTATIONS.toSorted());
  });

  test.each(COMMAND_NAMES)(
    '%s is carried out once, and its payload shows the conversation as it is then',
    async (name) => {
      const { command, operation, token } = await scene(house.simulator, name);
      const { isApplied } = CONVERSATION_CASES[name];
      const before = seenOf(house.simulator, command);
      expect(isApplied(before, before)).toBe(false);
      const acts = await actsOf(async () => {
        const payload = await give(house, command, token);
        expect(payload).toMatchObject({ outcome: 'APPLIED', replayed: false, error: null });
        expect(untruthsIn(house.simulator, payload)).toEqual([]);
        // Nothing is left out: a conversation, and a participant where one is acted on.
        expect(
          Object.entries(payload).filter(([field, value]) => value === null && field !== 'error'),
        ).toEqual([]);
        if ('conversationId' in command) expect(payload.conversation?.id).toBe(command.conversationId);
        if ('participantId' in command) expect(payload.participant?.id).toBe(command.participantId);
      });
      expect(isApplied(seenOf(house.simulator, command), before)).toBe(true);
      expect(acts).toEqual([operation]);
    },
  );

  const stateless = COMMAND_NAMES.filter((name) => typeof CONVERSATION_CASES[name].wrongState === 'string');
  const stateful = COMMAND_NAMES.filter((name) => !stateless.includes(name));

  test('has no wrong state only where it begins a call, or notes something of one', () => {
    expect(stateless).toEqual([
      ...['placeCall', 'flagCallMediaParticipant', 'unflagCallMediaParticipant'],
      ...['setCallMediaParticipantAttributes', 'setCallMediaParticipantUuiData'],
    ]);
  });

  test.each(stateful)('%s is refused in a wrong state, with that state and what it allows', async (name) => {
    const { wrongState, refusal, action } = CONVERSATION_CASES[name];
    if (typeof wrongState === 'string') throw new Error(wrongState);
    const set = await scene(house.simulator, name);
    const command = wrongState(house.simulator, set.command);
    const before = conversationsOf(house.simulator);
    const acts = await actsOf(async () => {
      const payload = await give(house, command, set.token);
      const { outcome, error, participant } = payload;
      const [__typename, errorCode] = refusal ?? ['WrongCallState', null];
      expect({ outcome, error }).toMatchObject({ outcome: 'NOT_APPLIED', error: { __typename, errorCode } });
      expect(untruthsIn(house.simulator, payload)).toEqual([]);
      if (participant == null || __typename !== 'WrongCallState') return;

      const actions = await actionsOf(command, set.token);
      const allowed = actions.filter((one) => one.allowed).map((one) => one.action);
      expect(error?.message).toBe(actions.find((one) => one.action === action)?.reason);
      expect(error?.actualState).toBe(String(participant.rawState).toUpperCase());
      expect(error?.allowedParticipantActions).toEqual(allowed);
      expect(allowed).not.toContain(action);
    });
    expect(conversationsOf(house.simulator)).toEqual(before);
    // What no refusal of Genesys Cloud would keep from being done is not even sent.
    expect(acts).toEqual(refusal === undefined ? [] : [set.operation]);
  });

  async function actionsOf(
    command: ConversationCommand,
    genesys: string,
  ): Promise<readonly AvailableParticipantAction[]> {
    const { data } = await house.ask(
      `query ($conversationId: ID!, $participantId: ID!) {
        callMediaParticipant(conversationId: $conversationId, id: $participantId) {
          availableActions { action allowed reason }
        }
      }`,
      { genesys },
      command,
    );
    return data.callMediaParticipant.availableActions;
  }

  const addressed = COMMAND_NAMES.filter((name) => !['placeCall', 'startCallConference'].includes(name));

  test.each(addressed)('%s is refused for a conversation that Genesys Cloud does not know', async (name) => {
    const { command, token } = await scene(house.simulator, name);
    const before = conversationsOf(house.simulator);
    await requestsOf(async () => {
      const payload = await give(house, { ...command, conversationId: NOBODY } as ConversationCommand, token);
      const { conversation, outcome, error } = payload;
      expect({ conversation, outcome, error }).toMatchObject({
        ...{ conversation: null, outcome: 'NOT_APPLIED' },
        error: { __typename: 'CallNotFound', parameterName: 'conversationId' },
      });
    });
    expect(conversationsOf(house.simulator)).toEqual(before);
  });

  test.each(PARTICIPANT_MUTATIONS)(
    '%s is refused for a participant whom the conversation does not have',
    async (name) => {
      const { command, token } = await scene(house.simulator, name);
      const before = conversationsOf(house.simulator);
      await requestsOf(async () => {
        const payload = await give(
          house,
          { ...command, participantId: NOBODY } as ConversationCommand,
          token,
        );
        const { conversation, participant, outcome, error } = payload;
        expect({ participant, outcome, error }).toMatchObject({
          ...{ participant: null, outcome: 'NOT_APPLIED' },
          error: { __typename: 'CallNotFound', parameterName: 'participantId' },
        });
        expect(conversation?.id).toBe('conversationId' in command && command.conversationId);
      });
      expect(conversationsOf(house.simulator)).toEqual(before);
    },
  );

  test.each(COMMAND_NAMES)('%s is refused without the permission, which is named', async (name) => {
    const { command, operation } = await scene(house.simulator, name);
    const { method, path } = OPERATIONS[operation as keyof typeof OPERATIONS];
    // To complete a consultation nothing is sent, where one sees none.
    const needed =
      name === 'completeConsultTransfer' ? undefined : publishedPermissions(method, path)?.join(', ');
    // Which of several is meant could not be found without another permission.
    const communication =
      name.endsWith('AfterCallWork') || name.endsWith('UuiData') ? { communicationId: 'k-1' } : {};
    const before = conversationsOf(house.simulator);
    await requestsOf(async () => {
      // She has no permission, and no part in any conversation.
      const { outcome, error } = await give(
        house,
        { ...command, ...communication } as ConversationCommand,
        'gsim-fay',
      );
      expect({ outcome, error }).toMatchObject({
        outcome: 'NOT_APPLIED',
        error:
          needed === undefined
            ? { __typename: 'CallNotFound', parameterName: 'conversationId' }
            : {
                __typename: 'CommandForbidden',
                permissionName: needed,
                errorCode: expect.stringMatching(/^missing\./),
              },
      });
    });
    expect(conversationsOf(house.simulator)).toEqual(before);
  });
});

/** A command without what says where. */
type Given = { readonly name: ConversationCommandName } & Readonly<Record<string, unknown>>;

describe('Each way of a command', () => {
  interface Way {
    readonly what: string;
    readonly operation: string;
    readonly body?: unknown;
    readonly token?: string;
    readonly begin?: () => Staged | Promise<Staged>;
    readonly command: (call: Staged, communicationId: string) => Given;
  }
  const rings = () => staged(house.simulator.genesys.start({ kind: 'direct', to: 'ada' }));
  const on = (purpose: string, more: Given) => (call: Staged) => ({
    ...{ conversationId: call.id, participantId: call.ids[purpose] },
    ...more,
  });
  const transfers = (
    what: string,
    operation: string,
    target: object,
    body: object,
    begin?: () => Staged,
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

  const WAYS: readonly Way[] = [
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
      command(call) {
        const other = house.simulator.genesys.start({ kind: 'outbound', from: 'ada', state: 'connected' });
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
        async begin() {
          const call = talking(house.simulator);
          const ask = clientOf(house.simulator);
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
    transfers(
      'an address',
      'postConversationParticipantTransfer',
      { address: OUTSIDE },
      { address: OUTSIDE },
    ),
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
    consults(
      'a queue',
      'postConversationsCallParticipantConsultQueue',
      { queueId: SALES },
      { queueId: SALES },
    ),
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

  test.each(WAYS)('$what is its own request, and is done', async (way) => {
    const call = await (way.begin ?? (() => talking(house.simulator)))();
    const communicationId =
      (await communicationIdsOf(call.id, call.ids.agent ?? call.ids.user ?? '')).at(-1) ?? '';
    const from = house.simulator.requests().length;
    const acts = await actsOf(async () => {
      const command = way.command(call, communicationId) as unknown as ConversationCommand;
      const payload = await give(house, command, way.token);
      expect(payload).toMatchObject({ outcome: 'APPLIED', error: null });
      expect(untruthsIn(house.simulator, payload)).toEqual([]);
    });
    expect(acts).toEqual([way.operation]);
    if (way.body === undefined) return;
    const entry = house.simulator
      .requests()
      .slice(from)
      .find(({ operationId }) => operationId === way.operation);
    expect(entry?.requestBody).toEqual(way.body);
  });

  async function communicationIdsOf(conversationId: string, id: string): Promise<readonly string[]> {
    const { data } = await house.ask(
      `query ($conversationId: ID!, $id: ID!) {
        callMediaParticipant(conversationId: $conversationId, id: $id) { communicationIds }
      }`,
      { genesys: 'gsim-ada' },
      { conversationId, id },
    );
    return data.callMediaParticipant.communicationIds;
  }

  test.each<readonly [what: string, command: Given, parameterName: string | null]>([
    [
      'a queue that is none',
      { name: 'transferCallMediaParticipant', target: { queueId: NOBODY } },
      'queueId',
    ],
    ['oneself', { name: 'transferCallMediaParticipant', target: { userId: ADA } }, 'target'],
    ['a code that is none', { name: 'wrapUpCallMediaParticipant', code: NOBODY }, null],
  ])('%s is input to be mended', async (_what, command, parameterName) => {
    const call = talking(house.simulator);
    await requestsOf(async () => {
      const { error, outcome } = await give(house, {
        ...{ conversationId: call.id, participantId: call.ids.agent },
        ...command,
      } as unknown as ConversationCommand);
      expect({ outcome, error }).toMatchObject({
        outcome: 'NOT_APPLIED',
        error: { __typename: 'InvalidCommand', parameterName },
      });
    });
  });

  test('placeCall needs a phone, and somebody who is there', async () => {
    const refused = async (to: object, token?: string) => {
      const { outcome, error } = await give(house, { name: 'placeCall', to } as ConversationCommand, token);
      return [outcome, error?.__typename, error?.parameterName, error?.errorCode];
    };
    await requestsOf(async () => {
      expect(await refused({ userId: NOBODY })).toEqual([
        ...['NOT_APPLIED', 'InvalidCommand', 'to', 'resource.not.found'],
      ]);
      expect(await refused({ userId: BEN }, 'gsim-eli')).toEqual([
        ...['NOT_APPLIED', 'InvalidCommand', null, 'conversation.error.no.user.station'],
      ]);
    });
  });
});

describe('A query', () => {
  const genesys = { genesys: 'gsim-ada' };
  const WHOLE = '{ id participants { id conversationId rawPurpose rawState held user { id } } }';
  const wholeOf = (id: string) => {
    const real = conversationsOf(house.simulator).find((one) => one.id === id);
    return {
      id,
      participants: real?.participants.map((one) => ({
        ...{ id: one.id, conversationId: id, rawPurpose: one.purpose, rawState: one.state, held: one.held },
        user: one.user === undefined ? null : { id: one.user.id },
      })),
    };
  };

  test('reads who the user is, and their conversations, with one request', async () => {
    const call = talking(house.simulator, 'alerting');
    const requests = await requestsOf(async () => {
      const { data, errors } = await house.ask(
        `{ viewer { genesysUser { id name email organizationId } conversations ${WHOLE} genesysLiveSource } }`,
        genesys,
      );
      expect(errors).toBeUndefined();
      expect(data.viewer.genesysUser).toEqual({
        ...{ id: ADA, name: 'Ada Lind', email: 'ada.lind@example.com' },
        organizationId: ORGANISATION.id,
      });
      expect(data.viewer.genesysLiveSource).toBeNull();
      expect(data.viewer.conversations).toContainEqual(wholeOf(call.id));
      const mine = conversationsOf(house.simulator).filter(({ participants }) =>
        participants.some((one) => one.user?.id === ADA && ['alerting', 'connected'].includes(one.state)),
      );
      const ids = data.viewer.conversations.map(({ id }: AnyBody) => id);
      expect(ids).toEqual(expect.arrayContaining(mine.map(({ id }) => id)));
    });
    expect(requests).toEqual(['getConversationsCalls']);
  });

  test('reads a conversation with everybody in it, their back-references and what they allow, with one request', async () => {
    const call = talking(house.simulator);
    const requests = await requestsOf(async () => {
      const { data } = await house.ask(
        `query ($id: ID!, $participantId: ID!) {
          callConversation(id: $id) {
            ...Whole
            participant(id: $participantId) { id conversation { id participants { availableActions { action } } } }
          }
        }
        fragment Whole on CallConversation ${WHOLE}`,
        genesys,
        { id: call.id, participantId: call.ids.agent },
      );
      const { participant, ...whole } = data.callConversation;
      expect(whole).toEqual(wholeOf(call.id));
      expect([participant.id, participant.conversation.id]).toEqual([call.ids.agent, call.id]);
      expect(participant.conversation.participants[0].availableActions.length).toBeGreaterThan(30);
    });
    expect(requests).toEqual(['getConversationsCall']);
  });

  test('reads several conversations, each once and in the order asked', async () => {
    const [a, b] = [talking(house.simulator).id, talking(house.simulator).id];
    const requests = await requestsOf(async () => {
      const { data, errors } = await house.ask(
        'query ($ids: [ID!]!) { callConversations(ids: $ids) { id } }',
        genesys,
        { ids: [b, a, NOBODY, b] },
      );
      expect([data.callConversations, errors]).toEqual([[{ id: b }, { id: a }, null, { id: b }], undefined]);
    });
    expect(requests).toEqual(Array(3).fill('getConversationsCall'));
  });

  test('reads a participant, what it can be wrapped up with, and its communications', async () => {
    const call = talking(house.simulator);
    const requests = await requestsOf(async () => {
      const { data, errors } = await house.ask(
        `query ($conversationId: ID!, $id: ID!) {
          callMediaParticipant(conversationId: $conversationId, id: $id) {
            id rawState wrapupCodes { id name } communicationIds
          }
        }`,
        genesys,
        { conversationId: call.id, id: call.ids.agent },
      );
      expect(errors).toBeUndefined();
      expect(data.callMediaParticipant).toEqual({
        ...{ id: call.ids.agent, rawState: 'connected', communicationIds: [expect.any(String)] },
        wrapupCodes: WRAPUP_CODES.map(({ id, name }) => ({ id, name })),
      });
    });
    expect(requests.toSorted()).toEqual([
      ...['getConversation', 'getConversationsCall', 'getConversationsCallParticipantWrapupcodes'],
    ]);
  });

  test('reads the communications of all who take part in a conversation at once', async () => {
    const call = talking(house.simulator);
    const requests = await requestsOf(async () => {
      const { data, errors } = await house.ask(
        'query ($id: ID!) { callConversation(id: $id) { participants { id communicationIds } } }',
        genesys,
        { id: call.id },
      );
      expect(errors).toBeUndefined();
      for (const id of [call.ids.customer, call.ids.agent]) {
        expect(data.callConversation.participants).toContainEqual({
          ...{ id, communicationIds: [expect.any(String)] },
        });
      }
    });
    expect(requests.toSorted()).toEqual(['getConversation', 'getConversationsCall']);
  });

  test('answers null for a conversation and a participant that Genesys Cloud does not know', async () => {
    const call = talking(house.simulator);
    await requestsOf(async () => {
      const { data, errors } = await house.ask(
        `query ($conversationId: ID!, $nobody: ID!) {
          callConversation(id: $nobody) { id }
          nobody: callMediaParticipant(conversationId: $conversationId, id: $nobody) { id }
          nowhere: callMediaParticipant(conversationId: $nobody, id: $nobody) { id }
          here: callConversation(id: $conversationId) { participant(id: $nobody) { id } }
        }`,
        genesys,
        { conversationId: call.id, nobody: NOBODY },
      );
      expect([data, errors]).toEqual([
        { callConversation: null, nobody: null, nowhere: null, here: { participant: null } },
        undefined,
      ]);
    });
  });

  test('without the permission for a part of it answers the rest, and names the permission', async () => {
    const call = staged(house.simulator.genesys.start({ kind: 'direct', to: 'fay', state: 'connected' }));
    await requestsOf(async () => {
      const { data, errors } = await house.ask(
        `query ($conversationId: ID!, $id: ID!) {
          callMediaParticipant(conversationId: $conversationId, id: $id) { id communicationIds }
        }`,
        { genesys: 'gsim-fay' },
        { conversationId: call.id, id: call.ids.user },
      );
      expect(data.callMediaParticipant).toEqual({ id: call.ids.user, communicationIds: null });
      expect(errors).toMatchObject([
        {
          path: ['callMediaParticipant', 'communicationIds'],
          extensions: { code: 'FORBIDDEN', permissionName: 'conversation:communication:view' },
        },
      ]);
    });
  });

  test('reads the names of all that a conversation points to, those of a kind together', async () => {
    const call = talking(house.simulator);
    const named = {
      externalContact: { id: MARA },
      wrapup: { code: CODE },
      externalOrganization: { id: CONTACT_ORGANISATIONS[0]?.id },
      ...{ team: { id: TEAMS[0]?.id }, group: { id: GROUPS[0]?.id }, script: { id: SCRIPTS[0]?.id } },
      conversationRoutingData: {
        ...{ queue: { id: SALES }, language: { id: LANGUAGES[0]?.id }, priority: 1 },
        skills: [{ id: SKILLS[0]?.id }],
      },
    };
    house.simulator.genesys.move(call.id, call.ids.agent ?? '', named);
    const requests = await requestsOf(async () => {
      const { data, errors } = await house.ask(
        `query ($id: ID!, $participantId: ID!) {
          callConversation(id: $id) {
            divisions { division { name } }
            participant(id: $participantId) {
              user { name } queue { name } team { name } group { name } script { name }
              externalContact { name } externalOrganization { name } wrapup { name }
              conversationRoutingData { queue { name } language { name } skills { name } }
            }
          }
        }`,
        genesys,
        { id: call.id, participantId: call.ids.agent },
      );
      expect(errors).toBeUndefined();
      expect(data.callConversation).toEqual({
        divisions: [{ division: { name: 'Home' } }],
        participant: {
          ...{ user: { name: 'Ada Lind' }, queue: { name: 'Support' }, team: { name: 'Day shift' } },
          ...{ group: { name: 'Front office' }, script: { name: 'Greeting' } },
          ...{ externalContact: { name: 'Mara Holt' }, externalOrganization: { name: 'Holt & Wren' } },
          wrapup: { name: 'Solved' },
          conversationRoutingData: {
            ...{ queue: { name: 'Sales' }, language: { name: 'English' }, skills: [{ name: 'Billing' }] },
          },
        },
      });
    });
    expect(requests.toSorted()).toEqual([
      ...['getConversationsCall', 'getExternalcontactsContact', 'getExternalcontactsOrganization'],
      ...[
        'getGroups',
        'getRoutingLanguages',
        'getRoutingQueues',
        'getRoutingSkills',
        'getRoutingWrapupcodes',
      ],
      ...['getScript', 'getTeam', 'getUsers'],
    ]);
  });
});

test('Every operation of Genesys Cloud that the gateway knows has been sent here', () => {
  // The name of a division is told with its id.
  const forgotten = Object.keys(OPERATIONS).filter((id) => !sent.has(id));
  expect(forgotten).toEqual(['getAuthorizationDivisions']);
});
