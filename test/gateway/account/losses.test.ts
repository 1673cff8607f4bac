/** The whole gateway when what tells of the account is lost for a while: what is said about it, and what is true then. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { until } from '../../support/gateway.ts';
import { openSocketRoad } from '../../support/socket-road.ts';
import { type AccountHouse, type AccountStream, openAccountHouse, told, truthOf } from './support.ts';

/** A house on a road on which sockets can be lost. */
async function openLossyHouse(settings = {}) {
  const road = await openSocketRoad();
  onTestFinished(() => road[Symbol.asyncDispose]());
  const house = await openAccountHouse(settings, {
    environment: { RINGCENTRAL_SERVER_URL: road.url },
    onSimulator: ({ url }) => road.leadTo(url),
  });
  return Object.assign(house, { road });
}

const notices = (stream: AccountStream) => stream.seen.map(told).filter((text) => /^[A-Z_]+$/.test(text));
const reads = (house: AccountHouse, since: number) =>
  house.simulator
    .requests()
    .filter(({ operationId, started }) => operationId === 'readCallSessionStatus' && started >= since);

/** The account, with a call that is known. */
async function watched(house: AccountHouse) {
  const stream = house.account();
  await stream.next();
  const call = house.call('101');
  await stream.until((event) => told(event) === `began ${call.id}`);
  await eventually(() => house.liveSource()).toBe('ACCOUNT_PUSH');
  return { call, stream };
}

describe('A socket that is lost', () => {
  test('for a moment, and brought back with all that was missed, is told to nobody and costs no second survey', async () => {
    await using house = await openLossyHouse();
    const { call, stream } = await watched(house);
    const since = Date.now();
    house.simulator.troublePush({ do: 'cut' });
    house.move(call, 2, 'Hold');
    await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
    const next = house.call('102');
    await stream.until((event) => told(event) === `began ${next.id}`);
    expect(notices(stream)).toEqual([]);
    expect(house.asked('readAccountPresence')).toHaveLength(1);
    expect(reads(house, since)).toEqual([]);
  });

  for (const [how, settings] of [
    ['and cannot be brought back', { pushRecovery: 'refuse' }],
    ['for longer than RingCentral remembers it', { recoveryTimeout: 1 }],
  ] as const) {
    test(`${how}, is told once, and its end when everything that is known was read again`, async () => {
      await using house = await openLossyHouse(settings);
      const { call: goesOn, stream } = await watched(house);
      const ends = house.call('102');
      await stream.until((event) => told(event) === `began ${ends.id}`);
      house.road.sockets('waiting');
      house.simulator.troublePush({ do: 'cut' });
      await stream.until((event) => told(event) === 'UPSTREAM_DEGRADED');
      house.move(goesOn, 2, 'Hold');
      house.move(ends, 2, 'Disconnected');
      house.move(ends, 1, 'Disconnected');
      const begins = house.call('103', 'Proceeding');
      await until(() => house.simulator.push().sockets.length === 0);
      if ('recoveryTimeout' in settings) await until(isOver(Date.now() + 1_000));
      const since = Date.now();
      house.road.sockets('through');
      await stream.until((event) => told(event) === 'RECOVERED');
      // Not a moment before it is true.
      expect(stream.screen.picture()).toEqual(await truthOf(house));
      expect(stream.screen.picture().calls.map(([id]) => id)).toEqual([goesOn.id, begins.id].sort());
      expect(notices(stream)).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED']);
      expect(reads(house, since).some(({ path }) => path.endsWith(goesOn.id))).toBe(true);
      house.move(goesOn, 2, 'Answered');
      await stream.until((event) => told(event) === `${goesOn.id} 2 ANSWERED`);
      expect(notices(stream)).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED']);
      expect(await house.liveSource()).toBe('ACCOUNT_PUSH');
    });
  }

  test('is known to whoever comes meanwhile, and they start from the picture once it is true again', async () => {
    await using house = await openLossyHouse({ pushRecovery: 'refuse' });
    const { call, stream } = await watched(house);
    const before = stream.seen.at(-1).cursor;
    house.road.sockets('waiting');
    house.simulator.troublePush({ do: 'cut' });
    await stream.until((event) => told(event) === 'UPSTREAM_DEGRADED');
    house.move(call, 2, 'Hold');
    const late = house.account();
    const back = house.account('sim-103', before);
    await late.until((event) => told(event) === 'UPSTREAM_DEGRADED');
    house.road.sockets('through');
    await stream.until((event) => told(event) === 'RECOVERED');
    await Promise.all([late, back].map((one) => one.until((event) => told(event) === 'RECOVERED')));
    expect(late.screen.picture()).toEqual(stream.screen.picture());
    // Nothing is told twice, and nothing is left out, for whoever comes back.
    const first = stream.seen.findIndex(({ cursor }) => cursor === before) + 1;
    expect(back.seen.map(told)).toEqual(stream.seen.slice(first).map(told));
  });
});

const isOver = (time: number) => () => Date.now() > time;
