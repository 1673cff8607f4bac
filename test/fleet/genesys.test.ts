/** One user of Genesys Cloud at two gateways of one Redis: one channel, one truth, and whoever is left goes on. */
import { describe, expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/server.ts';
import { allOrNothing, ending } from '../support/all-or-nothing.ts';
import { until } from '../support/gateway.ts';
import {
  callUser,
  type GenesysHouse,
  houseOf,
  openGatewayAt,
  STILL,
  subscribed,
} from '../support/genesys-house.ts';
import { hasNoRedis, startRedis } from '../support/redis.ts';

type Door = Omit<GenesysHouse, typeof Symbol.asyncDispose>;

interface GenesysFleet extends AsyncDisposable {
  readonly simulator: GenesysHouse['simulator'];
  readonly one: Door;
  readonly other: Door;
}

function openFleet(): Promise<GenesysFleet> {
  return allOrNothing(async (keep) => {
    const redis = keep(await startRedis());
    const simulator = keep(await createSimulator({ settings: STILL }));
    const door = async () => {
      const gateway = keep(
        await openGatewayAt(simulator, {
          environment: { REDIS_URL: redis.urls.join(), LIVE_SOURCE: 'auto' },
          gateway: {
            commons: { times: { patience: 5_000 } },
            genesys: { notifications: { random: () => 0 } },
          },
        }),
      );
      return houseOf(gateway, simulator, (client) => keep(ending(() => client.dispose())));
    };
    return { simulator, one: await door(), other: await door() };
  });
}

function eventsAt(door: Door, id: string, after: string | null = null) {
  const { heard, ended } = subscribed(
    door.socket(),
    `subscription ($after: ID) { conversationEvents(conversationId: "${id}", after: $after) { __typename
      ... on ConversationSnapshot { cursor reason }
      ... on CallMediaParticipantChange { cursor participant { id held muted } }
      ... on ConversationStreamNotice { cursor kind } } }`,
    { after },
  );
  return { events: () => heard().map(({ conversationEvents }) => conversationEvents), ended };
}

function opened({ simulator }: Pick<GenesysFleet, 'simulator'>, operationId: string): number {
  return simulator.requests().filter((request) => request.operationId === operationId).length;
}

async function isLive(door: Door): Promise<boolean> {
  const { data } = await door.ask('{ viewer { genesysLiveSource } }');
  return data.viewer.genesysLiveSource === 'PUSH';
}

describe.skipIf(hasNoRedis)('A user of Genesys Cloud at two gateways', () => {
  test('has one channel, and is told the same at both.', async () => {
    await using fleet = await openFleet();
    const { id, participantId } = callUser(fleet);
    const streams = [eventsAt(fleet.one, id), eventsAt(fleet.other, id)];
    await until(() => streams.every(({ events }) => events().length > 0));
    await until(() => isLive(fleet.one));
    fleet.simulator.genesys.move(id, participantId, { muted: true });
    const isMuted = ({ events }: (typeof streams)[number]) =>
      events().some(({ participant }) => participant?.id === participantId && participant.muted === true);
    await until(() => streams.every(isMuted));
    expect(opened(fleet, 'postNotificationsChannels')).toBe(1);
    expect(fleet.simulator.genesys.channels().channels).toHaveLength(1);
  });

  test('gives a command at one with a key that was used at the other, and it is done once.', async () => {
    await using fleet = await openFleet();
    const { id, participantId } = callUser(fleet);
    const hold = `mutation { holdCallMediaParticipant(input: {
      conversationId: "${id}", participantId: "${participantId}", idempotencyKey: "k" }) { outcome replayed } }`;
    const first = await fleet.one.ask(hold);
    const second = await fleet.other.ask(hold);
    expect(first.data.holdCallMediaParticipant).toEqual({ outcome: 'APPLIED', replayed: false });
    expect(second.data.holdCallMediaParticipant).toEqual({ outcome: 'APPLIED', replayed: true });
    expect(opened(fleet, 'patchConversationsCallParticipant')).toBe(1);
  });

  test('resumes at one with a cursor of the other.', async () => {
    await using fleet = await openFleet();
    const { id, participantId } = callUser(fleet);
    const stays = eventsAt(fleet.other, id);
    const first = eventsAt(fleet.one, id);
    await until(() => first.events().length > 0 && stays.events().length > 0);
    await until(() => isLive(fleet.one));
    fleet.simulator.genesys.move(id, participantId, { muted: true });
    await until(() => first.events().some(({ participant }) => participant?.muted === true));
    await until(() => stays.events().some(({ participant }) => participant?.muted === true));
    const { cursor } = first.events().at(-1);
    fleet.simulator.genesys.move(id, participantId, { muted: false });
    await until(() => stays.events().at(-1).participant?.muted === false);
    const resumed = eventsAt(fleet.other, id, cursor);
    await until(() => resumed.events().length > 0);
    expect(resumed.events()[0]).toMatchObject({
      __typename: 'CallMediaParticipantChange',
      participant: { id: participantId, muted: false },
    });
  });

  test('is told on by the other gateway when one goes, by the same channel.', async () => {
    await using fleet = await openFleet();
    const { id, participantId } = callUser(fleet);
    const first = eventsAt(fleet.one, id);
    await until(() => first.events().length > 0);
    await until(() => isLive(fleet.one));
    const stays = eventsAt(fleet.other, id);
    await until(() => stays.events().length > 0);
    await fleet.one.gateway.stop();
    fleet.simulator.genesys.move(id, participantId, { held: true });
    await until(() => stays.events().some(({ participant }) => participant?.held === true));
    await until(() => isLive(fleet.other));
    fleet.simulator.genesys.move(id, participantId, { held: false });
    await until(() => stays.events().at(-1).participant?.held === false);
    expect(stays.ended()).toBe(null);
    expect(opened(fleet, 'postNotificationsChannels')).toBe(1);
    expect(opened(fleet, 'connectChannel')).toBe(2);
  });
});
