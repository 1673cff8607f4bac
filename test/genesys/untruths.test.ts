/** What a command to Genesys Cloud must not say: each of these was said once. */
import { describe, expect, test } from 'vitest';
import type { CallConversation } from '../../schema/genesys/model.ts';
import type { ConversationCommand } from '../../schema/genesys/provider.ts';
import { BEN, CLEO, clientOf, DANA, staged, startStill, talking } from '../simulator/genesys-support.ts';
import { clientTo, commandsTo } from './client.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('A command that names somebody who is not there', () => {
  const to = (target: object) => ({ name: 'transferCallMediaParticipant', target }) as const;
  const ask = (target: object) => ({ name: 'startConsultTransfer', target }) as const;
  test.each([
    ['the target of a transfer', 'target', 'agent', to({ userId: NOBODY })],
    ['the contact of a transfer', 'target', 'agent', to({ externalContact: { contactId: NOBODY } })],
    ['whom a consultation asks', 'target', 'customer', ask({ userId: NOBODY })],
    [
      'a communication',
      'communicationId',
      'agent',
      { name: 'disconnectCallMediaParticipant', communicationId: NOBODY },
    ],
    [
      'who is called into it',
      'participants',
      null,
      { name: 'addCallMediaParticipants', participants: [{ userId: NOBODY }] },
    ],
    [
      'a conversation to merge',
      'conversationIds',
      null,
      { name: 'mergeCallConversations', conversationIds: [NOBODY] },
    ],
    [
      'who is called into a conference',
      'participants',
      undefined,
      { name: 'startCallConference', participants: [{ userId: NOBODY }], conversationIds: [] },
    ],
    [
      'conversations of a conference',
      'conversationIds',
      undefined,
      { name: 'startCallConference', participants: [], conversationIds: [NOBODY] },
    ],
  ] as const)(
    'is told that, and not that the call is no more: %s.',
    async (_, parameterName, who, command) => {
      await using simulator = await startStill();
      const call = talking(simulator);
      using client = clientTo(simulator.url);
      const asked = {
        ...command,
        ...(who !== undefined && { conversationId: call.id }),
        ...(typeof who === 'string' && { participantId: call.ids[who] }),
      } as unknown as ConversationCommand;
      const result = await client.provider.command(asked, null);
      expect(result).toMatchObject({
        outcome: 'NOT_APPLIED',
        error: {
          ...{ code: 'BAD_USER_INPUT', parameterName, trace: { system: 'genesys', status: 404 } },
          message: expect.stringContaining(parameterName),
        },
      });
      if (who === undefined) return;
      const { conversation } = result;
      expect(conversation?.participants.filter(({ state }) => state === 'CONNECTED')).toHaveLength(2);
    },
  );

  test('is told that its own participant is unknown where that is said.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const body = { code: 'conversation.error.not.conversation.participant', status: 404 };
    const operation = 'postConversationParticipantReplaceAgent';
    simulator.orderFaults([{ match: operation, times: 1, do: 'status', status: 404, body }]);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    expect(
      await client.provider.command({ ...to({ userId: BEN }), ...address } as never, null),
    ).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', error: { code: 'CALL_NOT_FOUND', parameterName: 'participantId' } },
    });
  });
});

describe('A command for which a communication must be looked up', () => {
  const about = (call: ReturnType<typeof talking>) => ({
    conversationId: call.id,
    participantId: call.ids.agent ?? '',
  });

  test.each([
    ['that is out of order', { do: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    ['that answers a web page', { do: 'html', status: 200 }, 'UPSTREAM_UNAVAILABLE'],
    ['that had too many requests', { do: 'status', status: 429, retryAfter: '600' }, 'RATE_LIMITED'],
  ] as const)('in a Genesys Cloud %s was certainly not sent: its key is free.', async (_, fault, code) => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    simulator.orderFaults([{ match: 'getConversation', times: 9, ...fault } as never]);
    const command = { name: 'setCallMediaParticipantUuiData', ...about(call), uuiData: 'aabb' } as const;
    const result = await client.provider.command(command, 'key');
    expect(result).toMatchObject({ outcome: 'NOT_APPLIED', error: { code, sent: false } });
    expect(commandsTo(simulator)).toEqual([]);
    simulator.orderFaults([]);
    if (code === 'RATE_LIMITED') return;
    expect(await client.provider.command(command, 'key')).toMatchObject({
      ...{ outcome: 'APPLIED', replayed: false, error: null },
    });
  });
});

describe('A call that was placed', () => {
  test('is placed where the answer says so, also when nobody here may look at it.', async () => {
    await using simulator = await startStill();
    using client = clientTo(simulator.url, { patience: 300 });
    const body = { code: 'missing.permissions', status: 403 };
    simulator.orderFaults([{ match: 'getConversationsCall', times: 9, do: 'status', status: 403, body }]);
    const placed = await client.provider.command(
      { name: 'placeCall', to: { phoneNumber: '+12025550188' } },
      null,
    );
    expect(placed).toMatchObject({ outcome: 'APPLIED', error: null, conversation: null });
    const [real] = simulator.genesys.conversations();
    expect(placed.conversationId).toBe(real?.id);
  });

  test('is told by its id also where it was only accepted, and by none where the answer was lost.', async () => {
    await using simulator = await startStill();
    using client = clientTo(simulator.url, { patience: 300 });
    const place = { name: 'placeCall', to: { phoneNumber: '+12025550188' } } as const;
    simulator.orderFaults([
      { match: 'getConversationsCall', times: 9, do: 'status', status: 403 },
      { match: 'postConversationsCalls', times: 1, do: 'status', status: 202, body: { id: 'c-new' } },
      { match: 'postConversationsCalls', times: 1, do: 'resetAfterApply' },
    ]);
    expect(await client.provider.command(place, null)).toMatchObject({
      ...{ outcome: 'UNKNOWN', conversation: null, conversationId: 'c-new' },
      error: { message: expect.stringMatching(/accepted the command.*could not be read again/) },
    });
    expect(await client.provider.command(place, null)).toMatchObject({
      ...{ outcome: 'UNKNOWN', conversation: null, conversationId: null },
      error: { message: expect.stringContaining('only the lost answer held') },
    });
  });
});

describe('A transfer', () => {
  test('is not done by the call going on because nobody answered it.', async () => {
    await using simulator = await startStill({ genesysCommandDelay: null, genesysAlertingTimeout: 50 });
    using client = clientTo(simulator.url, { token: 'gsim-ada', patience: 1_000 });
    const call = staged(simulator.genesys.start({ kind: 'direct', to: 'ada' }));
    const at = { conversationId: call.id, participantId: call.ids.user ?? '' };
    const command = { name: 'transferCallMediaParticipant', ...at, target: { voicemail: true } } as const;
    expect(await client.provider.command(command, null)).toMatchObject({
      ...{ outcome: 'UNKNOWN', participant: { disconnectType: 'TRANSFER_NO_ANSWER' } },
      error: { message: expect.stringContaining('does not show it') },
    });
  });
});

describe('What a watch shows', () => {
  test.each(['PACED_POLL', 'LONG_POLL'] as const)(
    'is read anew before a command where it is only asked for now and then (%s).',
    async (source) => {
      await using simulator = await startStill({ genesysCommandDelay: null });
      const call = talking(simulator);
      using client = clientTo(simulator.url, { patience: 300 });
      const known = (await client.provider.conversation(call.id)) as CallConversation;
      client.person.watched.set(call.id, known);
      client.person.source = source;
      const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
      // On their desk phone, a moment before: this command does nothing.
      simulator.genesys.move(call.id, address.participantId, { held: true });
      expect(
        await client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null),
      ).toMatchObject({
        ...{ outcome: 'UNKNOWN', participant: { held: true } },
        error: { message: expect.stringContaining('showed the same before') },
      });
    },
  );

  test('is read anew of a conversation in which the viewer takes no part, of which nobody tells them.', async () => {
    await using simulator = await startStill({ genesysCommandDelay: null });
    const call = talking(simulator);
    using client = clientTo(simulator.url, { token: 'gsim-dana', userId: DANA, patience: 300 });
    const known = (await clientTo(simulator.url).provider.conversation(call.id)) as CallConversation;
    client.person.watched.set(call.id, known);
    const reads = () =>
      simulator.requests().filter(({ operationId }) => operationId === 'getConversationsCall');
    const before = reads().length;
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    await client.provider.command({ name: 'flagCallMediaParticipant', ...address }, null);
    // Before it, and after it was refused.
    expect(reads().length).toBe(before + 2);
  });

  test('as a command leaves is what it is compared with, and not what was shown before it waited.', async () => {
    await using simulator = await startStill({ genesysCommandDelay: null });
    const call = talking(simulator);
    using client = clientTo(simulator.url, { patience: 300 });
    const known = (await client.provider.conversation(call.id)) as CallConversation;
    client.person.watched.set(call.id, known);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    const held = known.participants.map((one) =>
      one.id === address.participantId ? { ...one, held: true } : one,
    );
    const { accessToken } = client.person.caller;
    // While it waits to leave, it is told that somebody else has put the call on hold.
    client.person.caller.accessToken = async (...args) => {
      simulator.genesys.move(call.id, address.participantId, { held: true });
      client.person.watched.set(call.id, { ...known, participants: held, observedAt: Date.now() });
      return accessToken(...args);
    };
    expect(
      await client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null),
    ).toMatchObject({ outcome: 'UNKNOWN', error: { message: expect.stringContaining('the same before') } });
  });

  test('does not do before a command of whose effect only a read tells.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url, { patience: 300 });
    const known = (await client.provider.conversation(call.id)) as CallConversation;
    client.person.watched.set(call.id, known);
    const to = { userId: BEN, transferType: 'Attended' };
    // From another app of hers, a moment before; no event tells of transfers.
    await clientOf(simulator)('POST', `${call.at('agent')}/replace`, to);
    simulator.configure({ genesysCommandDelay: null });
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    const target = { userId: CLEO };
    expect(
      await client.provider.command(
        { name: 'transferCallMediaParticipant', ...address, target, transferType: 'ATTENDED' },
        null,
      ),
    ).toMatchObject({ outcome: 'UNKNOWN', error: { message: expect.stringContaining('does not show') } });
  });

  test('does not do before a consultation is completed: who was asked may have hung up.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    await clientOf(simulator)('POST', `${call.at('customer')}/consult/agent`, { userId: BEN });
    const known = (await client.provider.conversation(call.id)) as CallConversation;
    client.person.watched.set(call.id, known);
    const asked = known.participants.at(-1)?.id ?? '';
    simulator.genesys.move(call.id, asked, { leave: 'endpoint' });
    simulator.clearRequests();
    const about = { conversationId: call.id, participantId: call.ids.customer ?? '' };
    expect(await client.provider.command({ name: 'completeConsultTransfer', ...about }, null)).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', participant: { state: 'CONNECTED' } },
      error: { code: 'WRONG_CALL_STATE', message: expect.stringContaining('Nobody is being consulted') },
    });
    expect(commandsTo(simulator)).toEqual([]);
  });
});

describe('A wrap-up', () => {
  test('that is finished with the code with which it was saved before is seen to be finished.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    const [code] = await client.provider.wrapupCodes(address);
    const wrapUp = { name: 'wrapUpCallMediaParticipant', ...address, code: code?.id ?? '' } as const;
    expect(await client.provider.command({ ...wrapUp, provisional: true }, null)).toMatchObject({
      ...{ outcome: 'APPLIED', participant: { wrapup: { code: code?.id, provisional: true } } },
    });
    expect(await client.provider.command(wrapUp, null)).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      participant: { wrapup: { code: code?.id, provisional: false } },
    });
  });
});
