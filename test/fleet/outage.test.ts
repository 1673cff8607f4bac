/** What two gateways do while their Redis is away: calls come first. */
import { describe, expect, test } from 'vitest';
import { COMMANDS, STILL } from '../support/command-cases.ts';
import { mutationOf, type Payload } from '../support/commands.ts';
import { type Fleet, openFleet, readiness } from '../support/fleet.ts';
import { gauge, type House, openHouse, until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';

/** Shorter than an operator would have them, so that the test need not wait. */
const TIMES = { patience: 300, heartbeat: 100, firstPause: 20, longestPause: 100 };

const open = (settings: Partial<typeof STILL> & Record<string, unknown> = {}) =>
  openFleet({ simulator: { settings: { ...STILL, ...settings } }, gateway: { commons: { times: TIMES } } });

const isApart = async (house: House) => (await readiness(house)).commons?.startsWith('Apart') === true;
const isTogether = async (house: House) => (await readiness(house)).commons?.startsWith('Together') === true;

async function all(houses: readonly House[], look: (house: House) => Promise<boolean>): Promise<void> {
  for (const house of houses) await until(() => look(house));
}

/** With a key of its own: whoever is together with the other again must not take it for the other's command. */
async function hold({ simulator }: Fleet, house: House, when: string): Promise<Payload> {
  const { input } = COMMANDS.holdCallParty.ready(simulator);
  const idempotencyKey = `${when}, at ${house.gateway.url}`;
  const answer = await house.ask<{ payload: Payload }>(mutationOf('holdCallParty'), {
    input: { ...input, idempotencyKey },
  });
  expect(answer.errors).toBeUndefined();
  return answer.data.payload;
}

const WAYS: readonly [
  name: string,
  away: (fleet: Fleet) => Promise<void>,
  back: (fleet: Fleet) => Promise<void>,
][] = [
  ['stopped, and started again empty', ({ redis }) => redis.stop(), ({ redis }) => redis.start()],
  ['paused', async ({ redis }) => redis.pause(), async ({ redis }) => redis.resume()],
];

describe.skipIf(hasNoRedis)('While Redis is away', () => {
  test.each(WAYS)('%s, commands go on, and the gateways join again by themselves', async (_, away, back) => {
    await using fleet = await open();
    const { houses } = fleet;
    await all(houses, isTogether);
    await away(fleet);
    // Also the first, which finds out that nobody answers.
    for (const house of houses) expect((await hold(fleet, house, 'first')).outcome).toBe('APPLIED');
    await all(houses, isApart);
    for (const house of houses) {
      expect((await readiness(house)).ok).toBe(true);
      expect((await hold(fleet, house, 'second')).outcome).toBe('APPLIED');
    }
    await back(fleet);
    await all(houses, isTogether);
    for (const house of houses) expect(await gauge(house, 'gateway_commons_state')).toBe(1);
  });

  test('cut off from one of them alone, it keeps the other, and both go on', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    await all(fleet.houses, isTogether);
    for (const how of ['refusing', 'hanging', 'asleep'] as const) {
      await fleet.road.goAway(how);
      for (const house of fleet.houses)
        expect((await hold(fleet, house, `${how} first`)).outcome).toBe('APPLIED');
      // Whoever comes anew is let through where those before are only asleep.
      if (how !== 'asleep') await until(() => isApart(other));
      expect(await isTogether(one)).toBe(true);
      for (const house of fleet.houses)
        expect((await hold(fleet, house, `${how} then`)).outcome).toBe('APPLIED');
      await fleet.road.comeBack();
      await all(fleet.houses, isTogether);
    }
  });

  test('a penalty that one met meanwhile is kept by it, and by the other as soon as they are together', async () => {
    await using fleet = await open({ lightLimit: 50, penalty: 600 });
    const [one, other] = fleet.houses;
    const { simulator } = fleet;
    await all(fleet.houses, isTogether);
    for (const house of fleet.houses) expect(await read(house)).toBe('read');
    await fleet.road.goAway('refusing');
    await until(() => isApart(other));
    simulator.orderFaults([{ match: 'readCallSessionStatus', times: 1, do: 'status', status: 429 }]);
    expect(await read(other)).toBe('RATE_LIMITED');
    const asked = simulator.requests().length;
    expect(await read(other)).toBe('RATE_LIMITED');
    expect(simulator.requests()).toHaveLength(asked);
    // Nobody could tell this one.
    expect(await read(one)).toBe('read');
    await fleet.road.comeBack();
    await until(async () => (await read(one)) === 'RATE_LIMITED');
    const before = simulator.requests().length;
    for (const house of fleet.houses) expect(await read(house)).toBe('RATE_LIMITED');
    expect(simulator.requests()).toHaveLength(before);
  });

  test('a user who asks hard meets no penalty, through all of it', async () => {
    await using fleet = await open({ lightLimit: 40, rateWindow: 4, penalty: 4 });
    const { houses, redis, road, simulator } = fleet;
    await all(houses, isTogether);
    for (const house of houses) await read(house);
    let isOver = false;
    const asking = Promise.all(
      houses.map(async (house) => {
        while (!isOver) if ((await read(house)) !== 'read') await until(() => isOver || pause(50));
      }),
    );
    redis.pause();
    await all(houses, isApart);
    redis.resume();
    await all(houses, isTogether);
    await redis.stop();
    await all(houses, isApart);
    await redis.start();
    await all(houses, isTogether);
    await road.goAway('hanging');
    await until(() => isApart(houses[1]));
    await road.comeBack();
    await all(houses, isTogether);
    isOver = true;
    await asking;
    const started = penaltiesOf(simulator);
    expect(insideOf(simulator, started, 4_000)).toEqual([]);
  });

  test('a key is held by the gateway that ran it, and by both when they are together again', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    await fleet.redis.stop();
    const { input } = COMMANDS.holdCallParty.ready(fleet.simulator);
    const give = async (house: House) => {
      const variables = { input: { ...input, idempotencyKey: 'k' } };
      const answer = await house.ask<{ payload: Payload }>(mutationOf('holdCallParty'), variables);
      return answer.data.payload;
    };
    expect(await give(one)).toMatchObject({ outcome: 'APPLIED', replayed: false });
    expect(await give(one)).toMatchObject({ outcome: 'APPLIED', replayed: true });
    await fleet.redis.start();
    await all(fleet.houses, isTogether);
    await until(async () =>
      (await fleet.redis.contents()).some(
        ({ name, value }) => name.includes(':key') && value.includes('ended'),
      ),
    );
    expect(await give(other)).toMatchObject({ outcome: 'APPLIED', replayed: true });
  });

  test('a gateway starts by itself, and joins when it can', async () => {
    await using fleet = await open();
    await fleet.redis.stop();
    await using late = await openHouse({
      environment: { REDIS_URL: fleet.redis.url, RINGCENTRAL_SERVER_URL: fleet.simulator.url },
      gateway: { commons: { times: TIMES } },
    });
    expect(await isApart(late)).toBe(true);
    expect((await late.ask('{ viewer { name } }')).errors).toBeUndefined();
    await fleet.redis.start();
    await until(() => isTogether(late));
  });

  test('that it was emptied while it went on is noticed', async () => {
    await using fleet = await open();
    await all(fleet.houses, isTogether);
    await fleet.redis.empty();
    for (const house of fleet.houses) {
      await until(async () => {
        const text = await (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text();
        return /gateway_commons_changes_total\{to="emptied"\} 1/.test(text);
      });
    }
  });
});

/** A call that nobody has read before: it costs a request. */
async function read(house: House): Promise<string> {
  unknown += 1;
  const { errors } = await house.ask('query ($id: ID!) { callSession(id: $id) { id } }', {
    id: `s-${unknown}`,
  });
  return errors === undefined ? 'read' : String(errors[0]?.extensions.code);
}

let unknown = 0;

const pause = (ms: number) => new Promise<true>((resolve) => setTimeout(() => resolve(true), ms));

type Simulator = Fleet['simulator'];

/** When RingCentral refused, as the gateway that was refused learnt of it. */
function penaltiesOf(simulator: Simulator): number[] {
  return simulator
    .requests()
    .flatMap(({ status, ended }) => (status === 429 && ended !== null ? [ended] : []));
}

/** Requests that were begun in the silence that RingCentral asked for. */
function insideOf(simulator: Simulator, penalties: readonly number[], length: number) {
  return simulator
    .requests()
    .filter(({ started }) => penalties.some((at) => started > at + 100 && started < at + length));
}
