/** Conversations of Genesys Cloud through the public door: read, watched by notifications and by polls, and acted on. */
import { describe, expect, test } from 'vitest';
import { until } from '../support/gateway.ts';
import { BOTH, callUser, openGenesysHouse, subscribed, USERS } from '../support/genesys-house.ts';
import { LIVE_SOURCE } from '../support/live-source.ts';

const CONVERSATION = `query ($id: ID!) { callConversation(id: $id) { id participants { id state held user { id name } } } }`;

test('The conversations of a user are read, with the names of whom they point to.', async () => {
  await using house = await openGenesysHouse();
  const { id, participantId } = callUser(house);
  const { data, errors } = await house.ask(
    '{ viewer { name genesysUser { id name } conversations { id participants { id purpose state user { id name } } } } }',
  );
  expect(errors).toBe(undefined);
  expect(data.viewer).toMatchObject({
    name: expect.any(String),
    genesysUser: { id: USERS.ada, name: 'Ada Lind' },
    conversations: [{ id }],
  });
  const [conversation] = data.viewer.conversations;
  expect(conversation.participants.find((one: { id: string }) => one.id === participantId)).toEqual({
    ...{ id: participantId, purpose: 'AGENT', state: 'CONNECTED' },
    user: { id: USERS.ada, name: 'Ada Lind' },
  });
  const one = await house.ask(CONVERSATION, BOTH, { id });
  expect(one.data.callConversation.id).toBe(id);
});

describe('A subscription', () => {
  test('is told of a conversation as it happens, and ends with it.', async () => {
    await using house = await openGenesysHouse();
    const { id, participantId } = callUser(house, 'ada', 'alerting');
    const { heard, ended } = subscribed(
      house.socket(),
      `subscription { conversationEvents(conversationId: "${id}") { __typename
        ... on ConversationSnapshot { conversation { id } }
        ... on CallMediaParticipantChange { participant { id state held } previousState } 
        ... on ConversationStreamNotice { kind } } }`,
    );
    const events = () => heard().map(({ conversationEvents }) => conversationEvents);
    await until(() => events().length > 0);
    expect(events()[0]).toEqual({ __typename: 'ConversationSnapshot', conversation: { id } });
    await isLive(house);
    house.simulator.genesys.move(id, participantId, { state: 'connected' });
    const changes = () => events().filter(({ participant }) => participant?.id === participantId);
    await until(() => changes().some(({ participant }) => participant.state === 'CONNECTED'));
    expect(changes()[0]).toMatchObject({ previousState: 'ALERTING' });
    house.simulator.genesys.move(id, participantId, { held: true });
    await until(() => changes().some(({ participant }) => participant.held === true));
    house.simulator.genesys.move(id, participantId, { held: false });
    await until(() => changes().at(-1)?.participant.held === false);
    expect(ended()).toBe(null);
  });

  test('to the list shows a conversation that begins by itself, and loses it when it is over.', async () => {
    await using house = await openGenesysHouse();
    const { heard } = subscribed(house.socket(), 'subscription { conversations { id } }');
    const lists = () => heard().map(({ conversations }) => conversations.map(({ id }: { id: string }) => id));
    await until(() => lists().length > 0);
    expect(lists()).toEqual([[]]);
    await isLive(house);
    const { id } = callUser(house, 'ada', 'alerting');
    await until(() => lists().at(-1)?.includes(id));
  });
});

test('A command is told as applied when it is seen, and its subscribers see it too.', async () => {
  await using house = await openGenesysHouse();
  const { id, participantId } = callUser(house);
  const { heard } = subscribed(
    house.socket(),
    `subscription { callMediaParticipantUpdated(conversationId: "${id}", participantId: "${participantId}") { id held } }`,
  );
  await until(() => heard().length > 0);
  const { data, errors } = await house.ask(
    `mutation ($input: HoldCallMediaParticipantInput!) { holdCallMediaParticipant(input: $input) {
      outcome replayed error { __typename } participant { id held } conversation { id } } }`,
    BOTH,
    { input: { conversationId: id, participantId, idempotencyKey: 'once' } },
  );
  expect(errors).toBe(undefined);
  expect(data.holdCallMediaParticipant).toEqual({
    ...{ outcome: 'APPLIED', replayed: false, error: null },
    ...{ participant: { id: participantId, held: true }, conversation: { id } },
  });
  await until(() => heard().some(({ callMediaParticipantUpdated: one }) => one.held === true));
});

const HOLD = `mutation ($input: HoldCallMediaParticipantInput!) { holdCallMediaParticipant(input: $input) {
  outcome error { message } participant { held } } }`;

test('A command on a conversation of which notifications tell is sent at once.', async () => {
  await using house = await openGenesysHouse({ environment: { LIVE_SOURCE: 'auto' } });
  const { id, participantId } = callUser(house);
  const { heard } = subscribed(
    house.socket(),
    `subscription { callMediaParticipantUpdated(conversationId: "${id}") { id } }`,
  );
  await until(() => heard().length > 0);
  const source = async () => (await house.ask('{ viewer { genesysLiveSource } }')).data.viewer;
  await until(async () => (await source()).genesysLiveSource === 'PUSH');
  // What may have happened before it was told is read once more.
  const of = (name: string) => house.simulator.requests().filter(({ operationId }) => operationId === name);
  const told = () => of('putNotificationsChannelSubscriptions').at(-1)?.ended ?? Infinity;
  await until(() =>
    of('getConversationsCall').some(({ started, ended }) => started >= told() && ended !== null),
  );
  house.simulator.clearRequests();
  const { data } = await house.ask(HOLD, BOTH, { input: { conversationId: id, participantId } });
  expect(data.holdCallMediaParticipant).toMatchObject({ outcome: 'APPLIED', participant: { held: true } });
  expect(house.simulator.requests()[0]?.operationId).toBe('patchConversationsCallParticipant');
});

test('A command on a conversation that is polled is compared with how it is, and not with the last poll.', async () => {
  await using house = await openGenesysHouse({
    environment: { LIVE_SOURCE: 'poll' },
    settings: { genesysCommandDelay: null },
    gateway: { live: { pace: { pacedGap: 600_000 } } },
  });
  const { id, participantId } = callUser(house);
  const { heard } = subscribed(
    house.socket(),
    `subscription { callMediaParticipantUpdated(conversationId: "${id}") { id } }`,
  );
  await until(() => heard().length > 0);
  // On the desk phone, between two polls: the command itself is accepted, and never done.
  house.simulator.genesys.move(id, participantId, { held: true });
  const { data } = await house.ask(HOLD, BOTH, { input: { conversationId: id, participantId } });
  expect(data.holdCallMediaParticipant).toMatchObject({
    ...{ outcome: 'UNKNOWN', participant: { held: true } },
    error: { message: expect.stringContaining('showed the same before') },
  });
});

test('One operation asks both systems, and the failure of one leaves the other alone.', async () => {
  await using house = await openGenesysHouse();
  house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
  const { id } = callUser(house);
  const query = '{ viewer { name activeCalls { sessionId } conversations { id } } }';
  const whole = await house.ask(query);
  expect(whole.errors).toBe(undefined);
  expect(whole.data.viewer.activeCalls).toHaveLength(1);
  expect(whole.data.viewer.conversations).toEqual([{ id }]);
  house.simulator.orderFaults([{ match: 'getConversationsCalls', times: 9, do: 'status', status: 500 }]);
  const half = await house.ask(query, { ringCentral: 'sim-101', genesys: 'gsim-ben' });
  expect(half.data.viewer).toMatchObject({ name: expect.any(String), conversations: null });
  expect(half.data.viewer.activeCalls).toHaveLength(1);
  expect(half.errors).toEqual([
    expect.objectContaining({
      path: ['viewer', 'conversations'],
      extensions: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
    }),
  ]);
});

/** Waits until changes are told by themselves, where they are at all. */
async function isLive(house: Awaited<ReturnType<typeof openGenesysHouse>>): Promise<void> {
  if (LIVE_SOURCE === 'poll') return;
  await until(
    async () =>
      (await house.ask('{ viewer { genesysLiveSource } }')).data.viewer.genesysLiveSource === 'PUSH',
  );
}

test('Notifications are counted by the phone system that told.', async () => {
  await using house = await openGenesysHouse({ environment: { LIVE_SOURCE: 'push' } });
  const client = house.socket();
  const calls = subscribed(client, 'subscription { activeCalls { sessionId } }');
  const conversations = subscribed(client, 'subscription { conversations { id } }');
  await until(() => calls.heard().length > 0 && conversations.heard().length > 0);
  const metrics = async () => (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text();
  const told = async () => {
    const lines = [
      ...(await metrics()).matchAll(/^gateway_push_events_total\{system="(\w+)",result="\w+"\} [1-9]/gm),
    ];
    return new Set(lines.map(([, system]) => system));
  };
  for (const listeners of ['push_listeners', 'genesys_channels']) {
    await until(async () => (await metrics()).includes(`gateway_${listeners}{state="listening"} 1`));
  }
  expect(await told()).toEqual(new Set());
  callUser(house);
  await until(async () => (await told()).has('genesys'));
  expect(await told()).toEqual(new Set(['genesys']));
  house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
  await until(async () => (await told()).has('ringcentral'));
});
