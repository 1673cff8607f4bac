/**
 * Every command to Genesys Cloud as an app gives it: GraphQL over HTTP to a gateway, and HTTP from there to a simulated Genesys
 * Cloud. Each test holds what the gateway sent, and what it was answered, against what is published.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AvailableParticipantAction, ConversationCommand } from '../../schema/genesys/provider.ts';
import { OPERATIONS } from '../../src/genesys/operations.ts';
import { COMMAND_NAMES, scene } from '../genesys/stage.ts';
import { publishedPermissions } from '../simulator/genesys-published.ts';
import { ADA, BEN, talking } from '../simulator/genesys-support.ts';
import { CONVERSATION_CASES, conversationsOf, seenOf } from '../support/conversation-cases.ts';
import {
  CONVERSATION_MUTATIONS,
  give,
  PARTICIPANT_MUTATIONS,
  untruthsIn,
} from '../support/conversation-commands.ts';
import { type Given, NOBODY, WAYS } from '../support/conversation-ways.ts';
import { openPublishedHouse, type PublishedHouse } from '../support/published-house.ts';

let house: PublishedHouse;
beforeAll(async () => {
  house = await openPublishedHouse();
});
afterAll(() => house?.[Symbol.asyncDispose]());

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
      const acts = await house.actsOf(async () => {
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
    const acts = await house.actsOf(async () => {
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
    await house.requestsOf(async () => {
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
      await house.requestsOf(async () => {
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
    await house.requestsOf(async () => {
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

describe('Each way of a command', () => {
  test.each(WAYS)('$what is its own request, and is done', async (way) => {
    const call = await (way.begin ?? talking)(house.simulator);
    const communicationId =
      (await communicationIdsOf(call.id, call.ids.agent ?? call.ids.user ?? '')).at(-1) ?? '';
    const from = house.simulator.requests().length;
    const acts = await house.actsOf(async () => {
      const command = way.command(call, communicationId, house.simulator) as unknown as ConversationCommand;
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
    await house.requestsOf(async () => {
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
    await house.requestsOf(async () => {
      expect(await refused({ userId: NOBODY })).toEqual([
        ...['NOT_APPLIED', 'InvalidCommand', 'to', 'resource.not.found'],
      ]);
      expect(await refused({ userId: BEN }, 'gsim-eli')).toEqual([
        ...['NOT_APPLIED', 'InvalidCommand', null, 'conversation.error.no.user.station'],
      ]);
    });
  });
});

test('Every operation of Genesys Cloud that acts has been sent here', () => {
  const acting = Object.values(OPERATIONS).filter(({ method }) => method !== 'GET');
  expect(acting.map(({ id }) => id).filter((id) => !house.sent.has(id))).toEqual([]);
});
