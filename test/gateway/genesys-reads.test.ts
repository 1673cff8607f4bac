/**
 * Every read of Genesys Cloud as an app asks for it: GraphQL over HTTP to a gateway, and HTTP from there to a simulated Genesys
 * Cloud. Each test holds what the gateway sent, and what it was answered, against what is published.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/genesys/operations.ts';
import {
  CONTACT_ORGANISATIONS,
  GROUPS,
  LANGUAGES,
  ORGANISATION,
  SCRIPTS,
  SKILLS,
  TEAMS,
  WRAPUP_CODES,
} from '../../src/simulator/genesys/organisation.ts';
import { ADA, type AnyBody, staged, talking } from '../simulator/genesys-support.ts';
import { conversationsOf } from '../support/conversation-cases.ts';
import { CODE, MARA, NOBODY, SALES } from '../support/conversation-ways.ts';
import { openPublishedHouse, type PublishedHouse } from '../support/published-house.ts';

let house: PublishedHouse;
beforeAll(async () => {
  house = await openPublishedHouse();
});
afterAll(() => house?.[Symbol.asyncDispose]());

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
    const requests = await house.requestsOf(async () => {
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
    const requests = await house.requestsOf(async () => {
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
    const requests = await house.requestsOf(async () => {
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
    const requests = await house.requestsOf(async () => {
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
    const requests = await house.requestsOf(async () => {
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
    await house.requestsOf(async () => {
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
    await house.requestsOf(async () => {
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
    const requests = await house.requestsOf(async () => {
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

test('Every operation of Genesys Cloud that reads has been sent here', () => {
  const reading = Object.values(OPERATIONS).filter(({ method }) => method === 'GET');
  // The name of a division is told with its id.
  expect(reading.map(({ id }) => id).filter((id) => !house.sent.has(id))).toEqual([
    'getAuthorizationDivisions',
  ]);
});
