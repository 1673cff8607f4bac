/** The whole gateway when what Genesys Cloud tells by itself is lost: what is seen then, and by which channel it is heard again. */
import { describe, expect, test } from 'vitest';
import { gauge, until } from '../support/gateway.ts';
import {
  callUser,
  type GenesysHouse,
  openGenesysHouse,
  subscribed,
  USERS,
} from '../support/genesys-house.ts';

const OPEN = {
  environment: { LIVE_SOURCE: 'auto' },
  gateway: { genesys: { notifications: { random: () => 0 } } },
};

/** What was asked of channels, in order. */
function channelRequests({ simulator }: GenesysHouse): readonly string[] {
  return simulator
    .requests()
    .flatMap(({ operationId }) => (/channel/i.test(operationId ?? '') ? (operationId ?? '') : []));
}

function count(house: GenesysHouse, operationId: string): number {
  return channelRequests(house).filter((one) => one === operationId).length;
}

async function listening(house: GenesysHouse): Promise<boolean> {
  const { data } = await house.ask('{ viewer { genesysLiveSource } }');
  return data.viewer.genesysLiveSource === 'PUSH';
}

/** A call of Ada that somebody watches, and is told of. */
async function watched(house: GenesysHouse) {
  const call = callUser(house);
  const { heard, ended } = subscribed(
    house.socket(),
    `subscription { conversationEvents(conversationId: "${call.id}") { __typename
      ... on CallMediaParticipantChange { participant { id held muted } }
      ... on ConversationStreamNotice { kind } } }`,
  );
  await until(() => heard().length > 0);
  await until(() => listening(house));
  // Until it was read after that, a change may be found by the read.
  await until(() => readsOf(house, call.id) > 1);
  const events = () => heard().map(({ conversationEvents }) => conversationEvents);
  const own = () =>
    events().flatMap(({ participant }) => (participant?.id === call.participantId ? participant : []));
  return { ...call, events, own, ended };
}

function readsOf({ simulator }: GenesysHouse, id: string): number {
  return simulator
    .requests()
    .filter(
      (one) => one.operationId === 'getConversationsCall' && one.path.includes(id) && one.ended !== null,
    ).length;
}

describe('A channel of notifications', () => {
  test('is one for a user, however many watch, and tells the calls of that user.', async () => {
    await using house = await openGenesysHouse(OPEN);
    await watched(house);
    const more = subscribed(house.socket({ genesys: 'gsim-ada' }), 'subscription { conversations { id } }');
    await until(() => more.heard().length > 0);
    expect(house.simulator.genesys.channels().channels).toEqual([
      expect.objectContaining({
        user: 'ada',
        topics: [`v2.users.${USERS.ada}.conversations.calls`],
        isConnected: true,
      }),
    ]);
    expect(await gauge(house, 'gateway_genesys_channels')).toBe(1);
  });

  test('is subscribed first, and read afterwards: what changes in between is not lost.', async () => {
    await using house = await openGenesysHouse(OPEN);
    const call = await watched(house);
    const requests = house.simulator.requests().map(({ operationId }) => operationId);
    expect(requests.lastIndexOf('getConversationsCall')).toBeGreaterThan(
      requests.indexOf('putNotificationsChannelSubscriptions'),
    );
    expect(call.ended()).toBe(null);
  });

  test('whose server says that it closes the socket soon is opened again at once, at the same address.', async () => {
    await using house = await openGenesysHouse(OPEN);
    const call = await watched(house);
    house.simulator.genesys.troubleChannels({ do: 'closing' });
    await until(() => count(house, 'connectChannel') === 2);
    await until(() => listening(house));
    house.simulator.genesys.move(call.id, call.participantId, { muted: true });
    await until(() => call.own().at(-1)?.muted === true);
    expect(count(house, 'postNotificationsChannels')).toBe(1);
    expect(house.simulator.genesys.channels().channels).toHaveLength(1);
  });

  test('whose socket breaks is opened again at the same address, and everything is read again.', async () => {
    await using house = await openGenesysHouse(OPEN);
    const call = await watched(house);
    const reads = readsOf(house, call.id);
    house.simulator.genesys.troubleChannels({ do: 'cut' });
    house.simulator.genesys.move(call.id, call.participantId, { muted: true });
    await until(() => call.own().at(-1)?.muted === true);
    await until(() => count(house, 'connectChannel') === 2);
    await until(() => readsOf(house, call.id) > reads);
    await until(() => listening(house));
    expect(count(house, 'postNotificationsChannels')).toBe(1);
    house.simulator.genesys.move(call.id, call.participantId, { muted: false });
    await until(() => call.own().at(-1)?.muted === false);
  });

  test('that was lost told nothing meanwhile: until that is read, a command is compared with how it is.', async () => {
    await using house = await openGenesysHouse(OPEN);
    const call = await watched(house);
    house.simulator.configure({ genesysCommandDelay: null });
    house.simulator.orderFaults([{ match: 'getConversationsCall', times: 1, do: 'hang' }]);
    house.simulator.genesys.troubleChannels({ do: 'cut' });
    house.simulator.genesys.move(call.id, call.participantId, { held: true });
    await until(() => count(house, 'connectChannel') === 2);
    await until(() => listening(house));
    // The watch waits for its answer, and shows what it knew.
    await until(() =>
      house.simulator
        .requests()
        .some(({ operationId, ended }) => operationId === 'getConversationsCall' && ended === null),
    );
    const { data } = await house.ask(
      `mutation ($input: HoldCallMediaParticipantInput!) { holdCallMediaParticipant(input: $input) {
        outcome error { message } participant { held } } }`,
      undefined,
      { input: { conversationId: call.id, participantId: call.participantId } },
    );
    expect(data.holdCallMediaParticipant).toMatchObject({
      ...{ outcome: 'UNKNOWN', participant: { held: true } },
      error: { message: expect.stringContaining('showed the same before') },
    });
  });

  test('that says nothing is asked for a sign of life, and given up without one.', async () => {
    const times = { silence: 80, pong: 80 };
    await using house = await openGenesysHouse({
      ...OPEN,
      settings: { genesysHeartbeat: 40 },
      gateway: { genesys: { notifications: { random: () => 0, times } } },
    });
    await watched(house);
    house.simulator.genesys.troubleChannels({ do: 'freeze' });
    await until(() => count(house, 'connectChannel') === 2);
    await until(() => listening(house));
    expect(count(house, 'postNotificationsChannels')).toBe(1);
  });

  test('that is asked for a sign of life, and gives it, stays.', async () => {
    const times = { silence: 30, pong: 10_000 };
    await using house = await openGenesysHouse({
      ...OPEN,
      gateway: { genesys: { notifications: { random: () => 0, times } } },
    });
    const call = await watched(house);
    // Long enough for many a ping: the calls go on to be told.
    for (const muted of [true, false, true]) {
      house.simulator.genesys.move(call.id, call.participantId, { muted });
      await until(() => call.own().at(-1)?.muted === muted);
    }
    expect(count(house, 'connectChannel')).toBe(1);
  });

  test('that was evicted is replaced by another with all topics, and everything is read again.', async () => {
    await using house = await openGenesysHouse(OPEN);
    const call = await watched(house);
    const reads = readsOf(house, call.id);
    house.simulator.genesys.troubleChannels({ do: 'evict' });
    house.simulator.genesys.move(call.id, call.participantId, { muted: true });
    await until(() => call.own().at(-1)?.muted === true);
    await until(() => count(house, 'putNotificationsChannelSubscriptions') === 2);
    await until(() => listening(house));
    await until(() => readsOf(house, call.id) > reads);
    expect(count(house, 'postNotificationsChannels')).toBe(2);
    expect(house.simulator.genesys.channels().channels).toEqual([
      expect.objectContaining({ topics: [`v2.users.${USERS.ada}.conversations.calls`], isConnected: true }),
    ]);
  });

  test('is let live on before its day is over.', async () => {
    await using house = await openGenesysHouse({
      ...OPEN,
      settings: { genesysChannelTtl: 2 },
      gateway: { genesys: { notifications: { random: () => 0, times: { renewal: 50 } } } },
    });
    await watched(house);
    await until(() => count(house, 'putNotificationsChannelSubscriptions') > 2);
    expect(count(house, 'postNotificationsChannels')).toBe(1);
  });

  test('that is not to be had leaves the calls to polls, and says so.', async () => {
    await using house = await openGenesysHouse({ ...OPEN, settings: { genesysNotifications: 'refused' } });
    const call = callUser(house);
    const { heard } = subscribed(
      house.socket(),
      `subscription { callMediaParticipantUpdated(conversationId: "${call.id}", participantId: "${call.participantId}") { id muted } }`,
    );
    await until(() => heard().length > 0);
    house.simulator.genesys.move(call.id, call.participantId, { muted: true });
    await until(() => heard().at(-1).callMediaParticipantUpdated.muted === true);
    const { data } = await house.ask('{ viewer { genesysLiveSource } }');
    expect(data.viewer.genesysLiveSource).toBe('PACED_POLL');
  });

  test('that is not to be had ends streams that are told by nothing else.', async () => {
    await using house = await openGenesysHouse({
      ...OPEN,
      environment: { LIVE_SOURCE: 'push' },
      settings: { genesysNotifications: 'refused' },
    });
    const { error } = subscribed(house.socket(), 'subscription { conversations { id } }');
    await until(() => error());
    expect(error()?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('tells nothing any more when nobody watches.', async () => {
    await using house = await openGenesysHouse({
      ...OPEN,
      gateway: { ...OPEN.gateway, live: { limits: { linger: 50 } } },
    });
    const stream = subscribed(house.socket(), 'subscription { conversations { id } }');
    await until(() => stream.heard().length > 0);
    await until(() => listening(house));
    stream.leave();
    await until(() => count(house, 'deleteNotificationsChannelSubscriptions') === 1);
    await until(() => house.simulator.genesys.channels().channels.every(({ isConnected }) => !isConnected));
    expect(await gauge(house, 'gateway_genesys_channels')).toBe(0);
  });
});

test('Events that come out of order, twice, late or not at all end in what is true.', async () => {
  await using house = await openGenesysHouse({
    ...OPEN,
    settings: {
      ...{ genesysEventDisorder: 0.4, genesysEventDoubles: 0.3, genesysEventLosses: 0.2 },
      ...{ genesysEventLateness: 60, genesysEventDelay: 5, pushSeed: 7 },
    },
  });
  const call = await watched(house);
  for (let turn = 0; turn < 12; turn += 1) {
    house.simulator.genesys.move(call.id, call.participantId, {
      held: turn % 2 === 0,
      muted: turn % 3 === 0,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  house.simulator.genesys.move(call.id, call.participantId, { held: true, muted: true });
  await until(() => {
    const last = call.own().at(-1);
    return last?.held === true && last.muted === true;
  });
  // And stays so: what is late changes nothing any more.
  await until(async () => {
    const { data } = await house.ask(
      `{ callConversation(id: "${call.id}") { participants { id held muted } } }`,
    );
    const own = data.callConversation.participants.find(
      ({ id }: { id: string }) => id === call.participantId,
    );
    return own.held === true && own.muted === true;
  });
});
