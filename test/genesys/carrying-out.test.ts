/**
 * What the gateway says of a command to Genesys Cloud, and what really happened: every command × every way in which it can
 * turn out, over HTTP to the simulator.
 *
 * Then these must hold: the outcome of the table; one request for it and no second; `APPLIED` only where the simulator's
 * conversations have changed; and a result that shows the conversation as it is.
 */
import { describe, expect, test } from 'vitest';
import type { CallConversation } from '../../schema/genesys/model.ts';
import type {
  ConversationCommand,
  ConversationCommandName,
  ConversationCommandResult,
} from '../../schema/genesys/provider.ts';
import type { CommandOutcome } from '../../schema/provider.ts';
import { EFFECT_TIMES } from '../../src/genesys/carrying-out.ts';
import { OPERATIONS } from '../../src/genesys/operations.ts';
import { QUEUES } from '../../src/simulator/genesys/organisation.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { ADA, clientOf, FAY, staged, startStill, talking } from '../simulator/genesys-support.ts';
import { clientTo, commandsTo } from './client.ts';
import { COMMAND_NAMES, scene } from './stage.ts';

/** All that can be seen of the conversations; what time alone changes is not in it. */
const picture = (simulator: Simulator) => JSON.stringify(simulator.genesys.conversations());

interface Told {
  readonly outcome: CommandOutcome;
  readonly commands: readonly string[];
  readonly isApplied: boolean;
}

/** Ways in which it turns out; each begins with a stage that is set. */
const WAYS: Readonly<
  Record<
    string,
    { readonly prepare?: (simulator: Simulator, operation: string) => void; readonly patience?: number }
  >
> = {
  'at once': {},
  'a little later': { prepare: (simulator) => simulator.configure({ genesysCommandDelay: 300 }) },
  never: { prepare: (simulator) => simulator.configure({ genesysCommandDelay: null }), patience: 300 },
  'refused (409)': { prepare: faulty({ do: 'status', status: 409 }) },
  'refused (403)': { prepare: faulty({ do: 'status', status: 403 }) },
  'refused (404)': {
    prepare: faulty({ do: 'status', status: 404, body: { code: 'not.found', status: 404 } }),
  },
  'refused (429)': { prepare: faulty({ do: 'status', status: 429, retryAfter: '30' }) },
  'reset before': { prepare: faulty({ do: 'reset' }), patience: 300 },
  '503 before': { prepare: faulty({ do: 'status', status: 503 }), patience: 300 },
  'reset after': { prepare: faulty({ do: 'resetAfterApply' }), patience: 1_000 },
  '500 after': { prepare: faulty({ do: 'applyThenStatus', status: 500 }), patience: 1_000 },
};

function faulty(fault: object) {
  return (simulator: Simulator, operation: string) =>
    simulator.orderFaults([{ match: operation, times: 1, ...fault } as never]);
}

const PLACED: Readonly<Record<string, CommandOutcome>> = {
  'reset after': 'UNKNOWN',
  '500 after': 'UNKNOWN',
  never: 'APPLIED',
};
/** They leave no trace, so that their being accepted is all that can be told. */
const DIGITS: Readonly<Record<string, CommandOutcome>> = {
  ...{ never: 'APPLIED', 'reset after': 'UNKNOWN', '500 after': 'UNKNOWN' },
};

/** What is otherwise than in {@link USUAL}. */
const OTHERWISE: { readonly [Name in ConversationCommandName]?: Readonly<Record<string, CommandOutcome>> } = {
  // Placed at once, and known by the id of its answer alone.
  placeCall: PLACED,
  startCallConference: PLACED,
  sendDigitsToCallMediaParticipant: DIGITS,
};

const USUAL: Readonly<Record<string, CommandOutcome>> = {
  ...{ 'at once': 'APPLIED', 'a little later': 'APPLIED', never: 'UNKNOWN' },
  ...{ 'refused (409)': 'NOT_APPLIED', 'refused (403)': 'NOT_APPLIED', 'refused (404)': 'NOT_APPLIED' },
  ...{ 'refused (429)': 'NOT_APPLIED', 'reset before': 'UNKNOWN', '503 before': 'UNKNOWN' },
  ...{ 'reset after': 'APPLIED', '500 after': 'APPLIED' },
};

describe.each(Object.keys(WAYS))('A command that is done: %s', (way) => {
  test.concurrent.each(COMMAND_NAMES)('%s', async (name) => {
    const { prepare, patience = EFFECT_TIMES.patience } = WAYS[way] ?? {};
    await using simulator = await startStill({ journalBodies: true });
    const { command, operation, token, userId } = await scene(simulator, name);
    using client = clientTo(simulator.url, { token, userId, patience });
    prepare?.(simulator, operation);
    simulator.clearRequests();
    const before = picture(simulator);
    const result = await client.provider.command(command, null);
    const isDigits = name === 'sendDigitsToCallMediaParticipant';
    const told: Told = {
      outcome: result.outcome,
      commands: commandsTo(simulator),
      isApplied: !isDigits && picture(simulator) !== before,
    };
    const outcome = OTHERWISE[name]?.[way] ?? USUAL[way];
    const isDone = ['at once', 'a little later', 'reset after', '500 after'].includes(way);
    const isPlaced = OTHERWISE[name] === PLACED && way === 'never';
    expect({ ...told, error: result.error?.message }).toEqual({
      ...{ outcome, commands: [operation], isApplied: !isDigits && (isDone || isPlaced) },
      error: outcome === 'APPLIED' ? undefined : expect.any(String),
    });
    expectTrue(result, simulator, 'conversationId' in command ? command.conversationId : null);
  });
});

/** What is told of the conversation is as the simulator has it. */
function expectTrue(
  { conversation, participant }: ConversationCommandResult,
  simulator: Simulator,
  conversationId: string | null,
): void {
  if (conversation === null) {
    expect(conversationId === null || participant === null).toBe(true);
    return;
  }
  const real = simulator.genesys.conversations().find(({ id }) => id === conversation.id);
  const statesOf = (participants: readonly { id: string; held?: unknown; muted?: unknown }[]) =>
    participants.map(({ id, held, muted }) => ({ id, held, muted }));
  expect(statesOf(conversation.participants)).toEqual(statesOf(real?.participants as never));
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const conversationOf = (command: ConversationCommand) =>
  'conversationId' in command ? command.conversationId : null;

describe('On a conversation that Genesys does not know', () => {
  test.concurrent.each(COMMAND_NAMES)('%s is refused as that.', async (name) => {
    await using simulator = await startStill();
    const { command, token, userId } = await scene(simulator, name);
    if (conversationOf(command) === null) return;
    using client = clientTo(simulator.url, { token, userId });
    const lost = { ...command, conversationId: NOBODY } as ConversationCommand;
    const result = await client.provider.command(lost, null);
    expect(result).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', conversation: null, participant: null },
      error: { code: 'CALL_NOT_FOUND', parameterName: 'conversationId' },
    });
  });
});

describe('On a participant whom the conversation does not have', () => {
  test.concurrent.each(COMMAND_NAMES)('%s is refused, and nothing is done.', async (name) => {
    await using simulator = await startStill();
    const { command, token, userId } = await scene(simulator, name);
    if (!('participantId' in command)) return;
    using client = clientTo(simulator.url, { token, userId });
    const before = picture(simulator);
    const lost = { ...command, participantId: NOBODY } as ConversationCommand;
    const result = await client.provider.command(lost, null);
    expect(result).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', conversation: { id: conversationOf(command) }, participant: null },
      // Also where Genesys finds something else missing first.
      error: { code: 'CALL_NOT_FOUND', parameterName: 'participantId' },
    });
    expect(picture(simulator)).toBe(before);
  });
});

describe('To complete a consultation', () => {
  test('that there is not would be to hang up on the customer: it is not sent, also where a watch knew of none.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const known = (await client.provider.conversation(call.id)) as CallConversation;
    const complete = {
      ...({ name: 'completeConsultTransfer', conversationId: call.id } as const),
      participantId: call.ids.customer ?? '',
    };
    for (const watched of [false, true]) {
      if (watched) client.person.watched.set(call.id, known);
      expect(await client.provider.command(complete, null)).toMatchObject({
        ...{ outcome: 'NOT_APPLIED', conversation: { id: call.id }, participant: { state: 'CONNECTED' } },
        error: { code: 'WRONG_CALL_STATE', message: expect.stringContaining('Nobody is being consulted') },
      });
    }
    expect(commandsTo(simulator)).toEqual([]);
  });

  test('which a watch has not seen yet is done all the same.', async () => {
    await using simulator = await startStill();
    const { command } = await scene(simulator, 'completeConsultTransfer');
    using client = clientTo(simulator.url);
    const conversationId = conversationOf(command) ?? '';
    const now = (await client.provider.conversation(conversationId)) as CallConversation;
    const participants = now.participants.filter(({ consultParticipantId }) => consultParticipantId === null);
    client.person.watched.set(conversationId, { ...now, participants });
    expect(await client.provider.command(command, null)).toMatchObject({ outcome: 'APPLIED', error: null });
  });
});

describe('A consultation with a queue', () => {
  test('is about whoever of it has answered, and complete when the viewer has left them.', async () => {
    await using simulator = await startStill({ genesysQueueWait: 1 });
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const about = { conversationId: call.id, participantId: call.ids.customer ?? '' };
    const target = { queueId: QUEUES[1]?.id ?? '' };
    expect(
      await client.provider.command({ name: 'startConsultTransfer', ...about, target }, null),
    ).toMatchObject({ outcome: 'APPLIED' });
    const rung = () => staged(simulator.genesys.conversations()[0]);
    await expect.poll(() => rung().ids.agent).not.toBe(call.ids.agent);
    await clientOf(simulator, 'gsim-ben')('PATCH', rung().at('agent'), { state: 'connected' });
    expect(await client.provider.command({ name: 'completeConsultTransfer', ...about }, null)).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      conversation: {
        participants: expect.arrayContaining([
          expect.objectContaining({ id: about.participantId, state: 'CONNECTED' }),
          expect.objectContaining({ id: rung().ids.agent, state: 'CONNECTED' }),
        ]),
      },
    });
  });
});

describe('Without a permission', () => {
  test.concurrent.each(COMMAND_NAMES)(
    '%s is refused with the names of those that would do.',
    async (name) => {
      await using simulator = await startStill();
      const { command, operation } = await scene(simulator, name);
      const { permissions } = OPERATIONS[operation as keyof typeof OPERATIONS];
      // Of a conversation of others, and without one permission: so is everybody else refused.
      using client = clientTo(simulator.url, { token: 'gsim-fay', userId: FAY });
      const named = {
        ...command,
        ...(NAMES_COMMUNICATION.has(name) && { communicationId: 'k-1' }),
      } as ConversationCommand;
      const before = picture(simulator);
      const result = await client.provider.command(named, null);
      expect(picture(simulator)).toBe(before);
      if (name === 'completeConsultTransfer') return;
      if (permissions.length > 0) {
        expect(result).toMatchObject({
          outcome: 'NOT_APPLIED',
          error: { code: 'FORBIDDEN', permissionName: permissions.join(', ') },
        });
      } else {
        expect(result).toMatchObject({
          outcome: 'NOT_APPLIED',
          error: { code: expect.stringMatching(/^(FORBIDDEN|CALL_NOT_FOUND)$/) },
        });
      }
    },
  );
});

/** Of which nobody without the right to read all media could find the communication. */
const NAMES_COMMUNICATION: ReadonlySet<ConversationCommandName> = new Set([
  'setCallMediaParticipantAfterCallWork',
  'setCallMediaParticipantUuiData',
]);

describe('After the call', () => {
  const LATER: ReadonlySet<ConversationCommandName> = new Set([
    ...(['placeCall', 'startCallConference', 'setCallMediaParticipantAttributes'] as const),
    ...(['flagCallMediaParticipant', 'unflagCallMediaParticipant', 'wrapUpCallMediaParticipant'] as const),
    'skipWrapUpCallMediaParticipant',
    'setCallMediaParticipantUuiData',
    // The after-call work is torn down with it.
    'tearDownCallConversation',
  ]);
  test.concurrent.each(COMMAND_NAMES.filter((name) => !LATER.has(name)))(
    '%s is refused, and told why in words for a person.',
    async (name) => {
      await using simulator = await startStill();
      const { command, token, userId } = await scene(simulator, name);
      const conversationId = conversationOf(command) ?? '';
      const real = simulator.genesys.conversations().find(({ id }) => id === conversationId);
      for (const { id } of (real?.participants ?? []) as { id: string }[]) {
        simulator.genesys.move(conversationId, id, { leave: 'endpoint' });
      }
      using client = clientTo(simulator.url, { token, userId });
      const before = picture(simulator);
      const result = await client.provider.command(command, null);
      expect(picture(simulator)).toBe(before);
      expect(result).toMatchObject({ outcome: 'NOT_APPLIED', conversation: { id: conversationId } });
      expect(['WRONG_CALL_STATE', 'FORBIDDEN', 'BAD_USER_INPUT']).toContain(result.error?.code);
      if (result.error?.code !== 'WRONG_CALL_STATE' || result.participant === null) return;
      expect(result.error).toMatchObject({
        actualState: expect.stringMatching(/^(DISCONNECTED|TERMINATED)$/),
        message: expect.stringMatching(/\.$/),
      });
    },
  );
});

describe('A command', () => {
  test('is refused for the state in words for a person, with that state and what it allows.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator, 'alerting');
    using client = clientTo(simulator.url);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    const result = await client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null);
    expect(result).toMatchObject({
      outcome: 'NOT_APPLIED',
      error: {
        ...{ code: 'WRONG_CALL_STATE', actualState: 'ALERTING' },
        message: 'Only possible once the call has been answered, and before it ends.',
        allowedParticipantActions: expect.arrayContaining(['ANSWER', 'TRANSFER', 'DISCONNECT']),
        trace: { system: 'genesys', errorCode: 'conversation.error.hold.alerting' },
      },
      participant: { id: address.participantId, state: 'ALERTING' },
    });
  });

  test('on an unknown conversation, or participant, is told so.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const nobody = '00000000-0000-4000-8000-000000000000';
    const hold = (conversationId: string, participantId: string) =>
      client.provider.command({ name: 'holdCallMediaParticipant', conversationId, participantId }, null);
    expect(await hold(nobody, nobody)).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', conversation: null },
      error: { code: 'CALL_NOT_FOUND', parameterName: 'conversationId' },
    });
    expect(await hold(call.id, nobody)).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', conversation: { id: call.id }, participant: null },
      error: { code: 'CALL_NOT_FOUND', parameterName: 'participantId' },
    });
  });

  test('of what is so already is accepted, and claims nothing: nobody waits for a change that cannot be seen.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    simulator.genesys.move(call.id, call.ids.agent ?? '', { held: true });
    using client = clientTo(simulator.url);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    expect(
      await client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null),
    ).toMatchObject({
      ...{ outcome: 'UNKNOWN', participant: { held: true } },
      error: { message: expect.stringMatching(/accepted the command.*showed the same before/) },
    });
    const reads = simulator.requests().filter(({ method }) => method === 'GET');
    expect(reads).toHaveLength(2);
  });

  test('is done when an event shows it, although reads do not yet.', async () => {
    await using simulator = await startStill({ genesysCommandDelay: null });
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    const known = (await client.provider.conversation(call.id)) as CallConversation;
    client.person.watched.set(call.id, known);
    const done = client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null);
    await expect.poll(() => commandsTo(simulator)).toHaveLength(1);
    client.person.hear({
      ...{ ...known, observedAt: Date.now() },
      participants: known.participants.map((one) =>
        one.id === address.participantId ? { ...one, held: true } : one,
      ),
    });
    // Whatever a read of the old state comes in between.
    client.person.desk.observeCall = async (conversation) => conversation;
    expect(await done).toMatchObject({ outcome: 'APPLIED', participant: { held: true } });
  });

  test('on what is only remembered as over is compared with how it is, which nobody watches any more.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const known = (await client.provider.conversation(call.id)) as CallConversation;
    const participants = known.participants.map((one) => ({ ...one, state: 'DISCONNECTED' as const }));
    client.person.watched.set(call.id, { ...known, participants });
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    expect(
      await client.provider.command({ name: 'disconnectCallMediaParticipant', ...address }, null),
    ).toMatchObject({ outcome: 'APPLIED', error: null });
  });

  test('never leaves where nobody listens, and is not applied.', async () => {
    using client = clientTo('http://127.0.0.1:1');
    const address = { conversationId: 'c-1', participantId: 'p-1' };
    expect(
      await client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null),
    ).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', conversation: null, participant: null },
      error: { code: 'UPSTREAM_UNAVAILABLE', sent: false },
    });
  });

  test('of somebody signed out is no outcome.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url, { token: 'gsim-nobody' });
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    await expect(
      client.provider.command({ name: 'holdCallMediaParticipant', ...address }, null),
    ).rejects.toMatchObject({ code: 'UNAUTHENTICATED', trace: { system: 'genesys' } });
    expect(commandsTo(simulator)).toEqual([]);
  });

  test('with the same key is carried out once, and answered again as it was.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    const hold = () => client.provider.command({ name: 'holdCallMediaParticipant', ...address }, 'key');
    const [first, second] = await Promise.all([hold(), hold()]);
    expect(first).toMatchObject({ outcome: 'APPLIED', replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
    expect(commandsTo(simulator)).toHaveLength(1);
    expect(
      await client.provider.command({ name: 'muteCallMediaParticipant', ...address }, 'key'),
    ).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', conversation: null, destinationParticipantId: null },
      error: { parameterName: 'idempotencyKey' },
    });
  });

  test('that completes a consultation in which the viewer is not, is not sent.', async () => {
    await using simulator = await startStill();
    const { command } = await scene(simulator, 'completeConsultTransfer');
    using client = clientTo(simulator.url, { userId: 'u-nobody' });
    simulator.clearRequests();
    expect(await client.provider.command(command, null)).toMatchObject({
      outcome: 'NOT_APPLIED',
      error: { code: 'WRONG_CALL_STATE', message: expect.stringContaining('You take no part') },
    });
    expect(commandsTo(simulator)).toEqual([]);
  });

  test('that completes a consultation is not sent while it cannot be found out who the viewer is.', async () => {
    await using simulator = await startStill();
    const { command, operation } = await scene(simulator, 'completeConsultTransfer');
    using client = clientTo(simulator.url, { userId: null });
    simulator.orderFaults([{ match: 'getUsersMe', times: 9, do: 'status', status: 500 }]);
    const before = picture(simulator);
    simulator.clearRequests();
    expect(await client.provider.command(command, null)).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', error: { code: 'UPSTREAM_UNAVAILABLE' } },
      conversation: { id: conversationOf(command) },
    });
    expect(commandsTo(simulator)).toEqual([]);
    expect(picture(simulator)).toBe(before);
    // As soon as it can, it is the viewer who is hung up, and nobody else.
    simulator.orderFaults([]);
    expect(await client.provider.command(command, null)).toMatchObject({ outcome: 'APPLIED', error: null });
    expect(commandsTo(simulator)).toEqual([operation]);
    const states = (participants: readonly { readonly id: string; readonly state: string | null }[]) =>
      participants.filter(({ state }) => state === 'CONNECTED').map(({ id }) => id);
    const after = await client.provider.conversation(conversationOf(command) ?? '');
    expect(states(after?.participants ?? [])).toContain('participantId' in command && command.participantId);
  });

  test('that begins a consultation tells who is asked.', async () => {
    await using simulator = await startStill();
    const { command, operation } = await scene(simulator, 'startConsultTransfer');
    using client = clientTo(simulator.url);
    const result = await client.provider.command(command, null);
    const joined = result.conversation?.participants.at(-1);
    expect(result.destinationParticipantId).toBe(joined?.id);
    expect(commandsTo(simulator)).toEqual([operation]);
  });
});

describe('Reads', () => {
  test('tell who the viewer is, their conversations, communications and wrap-up codes.', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    using client = clientTo(simulator.url);
    const address = { conversationId: call.id, participantId: call.ids.agent ?? '' };
    expect(await client.provider.viewer()).toMatchObject({ id: ADA, name: 'Ada Lind' });
    expect((await client.provider.conversations()).map(({ id }) => id)).toEqual([call.id]);
    expect(await client.provider.conversation('00000000-0000-4000-8000-000000000000')).toBeNull();
    expect(await client.provider.communicationIds(address)).toHaveLength(1);
    expect((await client.provider.wrapupCodes(address)).map(({ name }) => name)).toContain('Solved');
  });

  test('tell names in bulk, in order, once for all who ask, and keep them.', async () => {
    await using simulator = await startStill();
    using client = clientTo(simulator.url);
    const unknown = '00000000-0000-4000-8000-000000000000';
    const [one, other] = await Promise.all([
      client.provider.entityNames('USER', [ADA, unknown, ADA]),
      client.provider.entityNames('USER', [ADA]),
    ]);
    expect([one, other]).toEqual([['Ada Lind', null, 'Ada Lind'], ['Ada Lind']]);
    expect(await client.provider.entityNames('USER', [ADA, unknown])).toEqual(['Ada Lind', null]);
    const reads = simulator.requests().filter(({ operationId }) => operationId === 'getUsers');
    expect(reads).toHaveLength(1);
    expect(await client.provider.entityNames('UNKNOWN', ['x'])).toEqual([null]);
  });

  test('of names that are refused leave them out, and are asked for again where nothing was answered.', async () => {
    await using simulator = await startStill();
    using client = clientTo(simulator.url);
    simulator.orderFaults([{ match: 'getUsers', times: 1, do: 'status', status: 500 } as never]);
    await expect(client.provider.entityNames('USER', [ADA])).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(await client.provider.entityNames('USER', [ADA])).toEqual(['Ada Lind']);
    simulator.orderFaults([{ match: 'getRoutingQueues', times: 1, do: 'status', status: 403 } as never]);
    expect(await client.provider.entityNames('QUEUE', ['q-1'])).toEqual([null]);
  });
});
