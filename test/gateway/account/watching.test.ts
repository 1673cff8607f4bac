/** The whole gateway before a RingCentral that tells of the whole account. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { until } from '../../support/gateway.ts';
import { watch } from '../../support/streams.ts';
import {
  type AccountHouse,
  type Event,
  IRIS,
  NADIA,
  openAccountHouse,
  readAccount,
  TOMAS,
  told,
} from './support.ts';

const filters = (house: AccountHouse) =>
  house.simulator.push().sockets.map(({ filters: granted }) => granted.length);

describe('Whoever looks at the account', () => {
  test('starts from a snapshot, and is told only what changes', async () => {
    await using house = await openAccountHouse();
    const before = house.call('102');
    const stream = house.account();
    const snapshot = await stream.next();
    expect(told(snapshot)).toBe('snapshot SUBSCRIBED');
    expect(snapshot.presences.length).toBeGreaterThan(10);
    // The call that went on before is found.
    await stream.until((event) => told(event) === `began ${before.id}`);
    const call = house.call('101');
    await stream.until((event) => told(event) === `began ${call.id}`);
    house.move(call, 2, 'Hold');
    await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
    house.move(call, 1, 'Disconnected');
    house.move(call, 2, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
    // Each thing once, and in order.
    const ofCall = stream.seen.map(told).filter((text) => text.includes(call.id));
    expect(ofCall.filter((text) => text.endsWith(' 2 HOLD'))).toHaveLength(1);
    expect(ofCall.indexOf(`${call.id} 1 DISCONNECTED`)).toBeGreaterThan(ofCall.indexOf(`${call.id} 2 HOLD`));
    expect(ofCall.at(-1)).toBe(`ended ${call.id}`);
  });

  test('asks nothing about a call that is heard of from its first news on', async () => {
    await using house = await openAccountHouse();
    const stream = house.account();
    await stream.next();
    const before = house.asked('readCallSessionStatus').length;
    for (const to of ['101', '102', '103']) {
      const call = house.call(to);
      house.move(call, 2, 'Hold');
      house.move(call, 2, 'Disconnected');
      house.move(call, 1, 'Disconnected');
      await stream.until((event) => told(event) === `ended ${call.id}`);
    }
    expect(house.asked('readCallSessionStatus')).toHaveLength(before);
  });

  test('costs one subscription and one survey however many look, and shrinks it again when the last has left', async () => {
    await using house = await openAccountHouse();
    const client = house.socket('sim-103');
    const streams = [readAccount(client), readAccount(client), readAccount(house.socket('sim-103'))];
    for (const stream of streams) expect(told(await stream.next())).toBe('snapshot SUBSCRIBED');
    expect(house.asked('createSubscription')).toHaveLength(1);
    expect(house.asked('updateSubscription')).toHaveLength(1);
    expect(house.asked('readAccountPresence')).toHaveLength(1);
    expect(filters(house)).toEqual([3]);
    // Somebody still looks at their own calls.
    const own = watch<Event>(client, 'activeCalls', 'subscription { activeCalls { sessionId } }', {});
    await own.next();
    for (const stream of streams) stream.leave();
    await eventually(() => filters(house)).toEqual([1]);
    own.leave();
  });

  test('shows nothing of others to whoever looks at their own calls beside', async () => {
    await using house = await openAccountHouse();
    const client = house.socket('sim-103');
    const stream = readAccount(client);
    await stream.next();
    const own = watch<Event[]>(
      client,
      'activeCalls',
      'subscription { activeCalls { sessionId partyId } }',
      {},
    );
    expect(await own.next()).toEqual([]);
    const others = house.call('101');
    await stream.until((event) => told(event) === `began ${others.id}`);
    const mine = house.call('103');
    expect((await own.next()).map(({ sessionId }) => sessionId)).toEqual([mine.id]);
  });
});

describe('An agent', () => {
  test('who looks only at their own calls never causes a filter of the account', async () => {
    await using house = await openAccountHouse();
    const call = house.call('101');
    const client = house.socket('sim-101');
    const list = watch<Event>(client, 'activeCalls', 'subscription { activeCalls { sessionId } }', {});
    await list.next();
    const events = watch<Event>(
      client,
      'callEvents',
      'subscription Events($id: ID!) { callEvents(sessionId: $id) { __typename } }',
      { id: call.id },
    );
    await events.next();
    await eventually(() => filters(house)).toEqual([1]);
    house.move(call, 2, 'Hold');
    await events.next();
    expect(house.asked('updateSubscription')).toEqual([]);
    expect(filters(house)).toEqual([1]);
  });
});

describe('A row of colleagues', () => {
  const ROW = /* GraphQL */ `
    subscription Row($ids: [ID!]!) {
      presenceUpdated(extensionIds: $ids) { extensionId telephonyStatus dndStatus }
    }
  `;
  const row = (house: AccountHouse, ids: readonly string[], token = 'sim-103') =>
    watch<Event>(house.socket(token), 'presenceUpdated', ROW, { ids });

  test('is told of by their filters, and asked for once', async () => {
    await using house = await openAccountHouse();
    const stream = row(house, [IRIS, TOMAS]);
    const first = [await stream.next(), await stream.next()].map(({ extensionId }) => extensionId);
    expect(first.sort()).toEqual([IRIS, TOMAS]);
    await eventually(() => filters(house)).toEqual([3]);
    const call = house.call('101');
    expect(await stream.next()).toMatchObject({ extensionId: IRIS, telephonyStatus: 'CALL_CONNECTED' });
    house.move(call, 2, 'Disconnected');
    expect(await stream.next()).toMatchObject({ extensionId: IRIS, telephonyStatus: 'NO_CALL' });
    expect(house.asked('readUserPresenceStatus')).toHaveLength(1);
    expect(house.asked('readAccountPresence')).toEqual([]);
  });

  test('is asked for again and again where nothing tells of them', async () => {
    await using house = await openAccountHouse({}, { environment: { LIVE_SOURCE: 'poll' } });
    const stream = row(house, [IRIS, NADIA, 'nobody', '999']);
    const first = [await stream.next(), await stream.next()].map(({ extensionId }) => extensionId);
    expect(first.sort()).toEqual([IRIS, NADIA]);
    house.call('101');
    expect(await stream.next()).toMatchObject({ extensionId: IRIS, telephonyStatus: 'CALL_CONNECTED' });
  });

  test('of nobody, or of too many, is refused in words', async () => {
    await using house = await openAccountHouse();
    const failure = async (ids: readonly string[]) => {
      const stream = row(house, ids);
      await stream.ended;
      return JSON.stringify(stream.error());
    };
    expect(await failure([])).toContain('read no ids');
    expect(await failure(Array.from({ length: 101 }, (_, place) => `${place}`))).toContain('read 101 ids');
  });
});

describe('Coming back', () => {
  test('brings exactly what was missed, each thing once', async () => {
    await using house = await openAccountHouse();
    const stays = house.account();
    await stays.next();
    const left = house.account();
    const { cursor } = await left.next();
    left.leave();
    const call = house.call('101');
    house.move(call, 2, 'Hold');
    await stays.until((event) => told(event) === `${call.id} 2 HOLD`);
    const missed = stays.seen.slice(1).map(told);
    const back = house.account('sim-103', cursor);
    const again: string[] = [];
    while (again.length < missed.length) again.push(told(await back.next()));
    expect(again).toEqual(missed);
    house.move(call, 2, 'Disconnected');
    await back.until((event) => told(event) === `${call.id} 2 DISCONNECTED`);
    expect(back.seen.map(told).slice(0, missed.length)).toEqual(missed);
  });

  test('works while nobody else looks, for as long as it is promised after a broken connection', async () => {
    await using house = await openAccountHouse();
    const client = house.socket('sim-103', { retryAttempts: 0 });
    const left = readAccount(client);
    const { cursor } = await left.next();
    client.terminate();
    const call = house.call('101');
    await until(() => house.simulator.push().notifications.posted > 0);
    const back = house.account('sim-103', cursor);
    await back.until((event) => told(event) === `began ${call.id}`);
    expect(back.seen.map(told).some((text) => text.startsWith('snapshot'))).toBe(false);
  });

  test('too late, with a cursor of somebody else or with none, brings a snapshot and its reason', async () => {
    await using house = await openAccountHouse({}, { gateway: { live: { limits: { linger: 0 } } } });
    const first = house.account();
    const { cursor } = await first.next();
    first.leave();
    await eventually(() => filters(house)).toEqual([]);
    const late = house.account('sim-103', cursor);
    expect(told(await late.next())).toBe('snapshot CURSOR_EXPIRED');
    expect(told(await house.account('sim-103', 'nonsense').next())).toBe('snapshot CURSOR_UNKNOWN');
    const foreign = house.account('sim-102', cursor);
    expect(told(await foreign.next())).toBe('snapshot CURSOR_FOREIGN');
  });
});
