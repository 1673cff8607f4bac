/** What mutations of Genesys Cloud answer: the result of a command as one honest payload. */
import { describe, expect, test } from 'vitest';
import { Forbidden, NotConfigured, WrongParticipantState } from '../../schema/failures.ts';
import {
  aConversation,
  aParticipant,
  askBoth,
  bothSystems,
  createFakeConversations,
  DONE,
  dataOf,
} from './fake-conversations.ts';
import { mutation } from './fake-provider.ts';

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

  test('names the call that was placed, also where nobody here may look at it', async () => {
    const genesys = createFakeConversations({ command: async () => ({ ...DONE, conversationId: 'c-new' }) });
    expect(
      await dataOf(
        genesys,
        `mutation { placeCall(input: { to: { userId: "u-bo" }, onBehalfOfUserId: "u-ann" }) {
          outcome conversationId conversation { id }
        } }`,
      ),
    ).toEqual({ placeCall: { outcome: 'APPLIED', conversationId: 'c-new', conversation: null } });
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
      input: { conversationId: 'c-1', participantId: 'agent' },
    });
    expect(result.errors?.[0]?.originalError).toEqual(new NotConfigured('genesys'));
  });
});
