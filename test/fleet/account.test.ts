/** One account at several gateways, through their public doors: one socket, one survey, and one truth. */
import { describe, expect, test } from 'vitest';
import { readAccount, told, truthOf } from '../gateway/account/support.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { gauge, type House, until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';
import { watch } from '../support/streams.ts';
import { openTown } from '../support/town.ts';

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

/** Shorter than an operator would have them, so that the test need not wait. */
const TIMES = { patience: 300, heartbeat: 100, firstPause: 20, longestPause: 100 };

const open = (settings = {}, environment: Record<string, string> = {}, commons = {}) =>
  openFleet({
    environment: { LIVE_SOURCE: 'auto', ...environment },
    simulator: { settings: { longPoll: 'ignore', pushDelay: 5, ...settings } },
    gateway: { push: { random: () => 0, times: { widening: 20 } }, account: { pace: 50 }, ...commons },
  });

const account = (house: House, after: string | null = null) =>
  readAccount(house.socket('sim-103', { retryAttempts: 0 }), after);

const count = ({ simulator }: Fleet, operationId: string) =>
  simulator.requests().filter((request) => request.operationId === operationId).length;

const sockets = ({ simulator }: Fleet) => simulator.push().sockets.length;

function callOf(fleet: Fleet, to = '101') {
  const session = fleet.simulator.startCall({ kind: 'inbound', from: '+12025550147', to, state: 'Answered' });
  return {
    ...session,
    move: (party: number, code: string) =>
      fleet.simulator.moveParty(session.id, session.parties[party - 1]?.id ?? '', { code }),
  };
}

describe.skipIf(hasNoRedis)('An account at two gateways', () => {
  test('is watched once, and both tell the same at the same places', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    const first = account(one);
    await first.next();
    const second = account(other);
    expect(told(await second.next())).toBe('snapshot SUBSCRIBED');
    const call = callOf(fleet);
    call.move(2, 'Hold');
    call.move(2, 'Disconnected');
    call.move(1, 'Disconnected');
    for (const stream of [first, second]) await stream.until((event) => told(event) === `ended ${call.id}`);
    const ofCall = (stream: typeof first) =>
      stream.seen
        .filter((event) => told(event).includes(call.id))
        .map((event) => [told(event), event.cursor]);
    expect(ofCall(second)).toEqual(ofCall(first));
    expect(sockets(fleet)).toBe(1);
    expect(count(fleet, 'readAccountPresence')).toBe(1);
    expect(count(fleet, 'updateSubscription')).toBe(1);
    expect(first.screen.picture()).toEqual(second.screen.picture());
  });

  test('is resumed at the other one by the cursor of the first', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    const stays = account(one);
    await stays.next();
    const left = account(one);
    const { cursor } = await left.next();
    left.leave();
    const call = callOf(fleet);
    call.move(2, 'Hold');
    await stays.until((event) => told(event) === `${call.id} 2 HOLD`);
    const missed = stays.seen.slice(1).map(told);
    const back = account(other, cursor);
    const again: string[] = [];
    while (again.length < missed.length) again.push(told(await back.next()));
    expect(again).toEqual(missed);
    call.move(2, 'Disconnected');
    await back.until((event) => told(event) === `${call.id} 2 DISCONNECTED`);
  });

  test('is taken over where its gateway stops, and nothing is lost or told twice', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    const first = account(one);
    await first.next();
    const second = account(other);
    const { cursor } = await second.next();
    const call = callOf(fleet);
    await second.until((event) => told(event) === `began ${call.id}`);
    const stopping = one.gateway.stop();
    call.move(2, 'Hold');
    await second.until((event) => told(event) === `${call.id} 2 HOLD`);
    await stopping;
    call.move(2, 'Answered');
    await second.until((event) => told(event) === `${call.id} 2 ANSWERED`);
    call.move(2, 'Disconnected');
    call.move(1, 'Disconnected');
    await second.until((event) => told(event) === `ended ${call.id}`);
    const states = second.seen.map(told).filter((text) => text.startsWith(`${call.id} 2`));
    // A party also comes again for what may be done with it.
    const each = states.map((text) => text.split(' ').at(-1)).filter((code, at, all) => code !== all[at - 1]);
    expect(each.slice(-3)).toEqual(['HOLD', 'ANSWERED', 'DISCONNECTED']);
    expect(second.seen.map(told)).not.toContain('UPSTREAM_DEGRADED');
    const back = account(other, cursor);
    await back.until((event) => told(event) === `ended ${call.id}`);
    expect(back.seen.map(told)).toEqual(second.seen.slice(1).map(told));
    expect(sockets(fleet)).toBe(1);
  });

  test('goes on at both when they are apart, and is one again after', async () => {
    await using fleet = await open({}, {}, { commons: { times: TIMES } });
    const [one, other] = fleet.houses;
    const streams = [account(one), account(other)] as const;
    for (const stream of streams) await stream.next();
    await fleet.road.goAway('refusing');
    const call = callOf(fleet);
    for (const stream of streams) await stream.until((event) => told(event) === `began ${call.id}`);
    await until(() => sockets(fleet) === 2);
    await fleet.road.comeBack();
    await until(() => sockets(fleet) === 1);
    call.move(2, 'Hold');
    for (const stream of streams) await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
  });

  test('is counted once, also where another asked until they came together', async () => {
    await using fleet = await open({}, { LIVE_SOURCE: 'poll' }, { commons: { times: TIMES } });
    const streams = fleet.houses.map((house) => account(house));
    for (const stream of streams) await stream.next();
    const counted = async () => {
      const counts = await Promise.all(fleet.houses.map((house) => gauge(house, 'gateway_account_watches')));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await until(async () => (await counted()) === 1);
    await fleet.road.goAway('refusing');
    await until(async () => (await counted()) === 2);
    await fleet.road.comeBack();
    await until(async () => (await counted()) === 1);
    const call = callOf(fleet);
    for (const stream of streams) await stream.until((event) => told(event) === `began ${call.id}`);
    await until(async () => (await counted()) === 1);
  });

  test('is told of a row of colleagues whom only the other gateway asks for', async () => {
    await using fleet = await open({}, { LIVE_SOURCE: 'poll' });
    const [one, other] = fleet.houses;
    const ROW =
      'subscription ($ids: [ID!]!) { presenceUpdated(extensionIds: $ids) { extensionId telephonyStatus } }';
    const row = (house: House, id: string) =>
      watch<Event>(house.socket('sim-103'), 'presenceUpdated', ROW, { ids: [id] });
    const first = row(one, '701001004');
    expect((await first.next()).telephonyStatus).toBe('NO_CALL');
    const second = row(other, '701002004');
    expect((await second.next()).telephonyStatus).toBe('NO_CALL');
    callOf(fleet, '102');
    expect((await second.next()).telephonyStatus).toBe('CALL_CONNECTED');
  });

  test('of which only rows are looked at any more lets go of its calls at both, and starts anew for whoever comes back', async () => {
    await using fleet = await open({}, {}, { live: { limits: { linger: 0 } } });
    const [one, other] = fleet.houses;
    const ROW = 'subscription ($ids: [ID!]!) { presenceUpdated(extensionIds: $ids) { extensionId } }';
    for (const house of fleet.houses)
      await watch<Event>(house.socket('sim-103'), 'presenceUpdated', ROW, { ids: ['701001004'] }).next();
    const first = account(other);
    const { cursor } = await first.next();
    const over = callOf(fleet, '102');
    await first.until((event) => told(event) === `began ${over.id}`);
    const filters = () => fleet.simulator.push().sockets.map((socket) => socket.filters.length);
    await until(() => filters().join() === '3');
    first.leave();
    await until(() => filters().join() === '2');
    for (const party of [2, 1]) over.move(party, 'Disconnected');
    const goesOn = callOf(fleet);
    for (const house of [other, one]) {
      const back = account(house, cursor);
      // Whoever comes before that gateway was told so, resumes first.
      const snapshot = await back.until((event) => told(event) === 'snapshot CURSOR_EXPIRED');
      expect(snapshot.calls.map(({ id }: Event) => id)).not.toContain(over.id);
      if (!back.screen.calls.has(goesOn.id))
        await back.until((event) => told(event) === `began ${goesOn.id}`);
      expect([...back.screen.calls.keys()]).toEqual([goesOn.id]);
    }
    expect(sockets(fleet)).toBe(1);
  });

  test('that shows hardly anybody is refused to whoever asks at either of them', async () => {
    await using fleet = await open({}, { LIVE_SOURCE: 'poll' });
    fleet.simulator.startCall({ kind: 'queue', from: '+12025550147', to: '201', state: 'Proceeding' });
    const WAITS =
      '{ viewer { account { liveSource callQueue(id: "701051004") { waitingCalls { sessionId } } } } }';
    const ask = async (house: House) => {
      const { data, errors } = await house.ask(WAITS, {}, 'sim-112');
      const { liveSource, callQueue } = data.viewer.account;
      expect(callQueue).toEqual({ waitingCalls: null });
      expect(errors?.map(({ extensions: { code } }) => code)).toEqual(['FORBIDDEN']);
      return liveSource;
    };
    const source = async (house: House) =>
      (await house.ask('{ viewer { account { liveSource } } }', {}, 'sim-112')).data.viewer.account
        .liveSource;
    for (const house of fleet.houses) {
      await ask(house);
      await until(async () => (await source(house)) === 'PRESENCE_POLL');
    }
    for (const house of fleet.houses) expect(await ask(house)).toBe('PRESENCE_POLL');
  });

  test('starts anew for whoever comes back where Redis has lost what it held, and goes on for whoever reads', async () => {
    await using fleet = await open({}, {}, { commons: { times: TIMES } });
    const [one, other] = fleet.houses;
    const streams = [account(one), account(other)] as const;
    for (const stream of streams) await stream.next();
    const before = callOf(fleet);
    for (const stream of streams) await stream.until((event) => told(event) === `began ${before.id}`);
    const { cursor } = streams[1].seen.at(-1);
    await fleet.redis.empty();
    before.move(2, 'Hold');
    for (const stream of streams) await stream.until((event) => told(event) === `${before.id} 2 HOLD`);
    const after = callOf(fleet, '102');
    for (const stream of streams) await stream.until((event) => told(event) === `began ${after.id}`);
    await until(() => sockets(fleet) === 1);
    const back = account(other, cursor);
    const start = await back.next();
    expect(told(start)).toMatch(/^snapshot CURSOR_(FOREIGN|EXPIRED)$/);
    expect(start.calls.map(({ id }: Event) => id).sort()).toEqual([before.id, after.id].sort());
    after.move(2, 'Hold');
    for (const stream of [...streams, back])
      await stream.until((event) => told(event) === `${after.id} 2 HOLD`);
    // Whoever leads anew reads the call, and what only a body tells of a party comes with the status that it has already.
    const isHeld = (event: Event) =>
      told(event) === `${before.id} 2 HOLD` && event.previousStatus?.code !== 'HOLD';
    for (const { seen } of streams) expect(seen.filter(isHeld)).toHaveLength(1);
  });
});

describe.skipIf(hasNoRedis)('When the gateway that watches the account is killed', () => {
  test('the other goes on, and what happened meanwhile is told once', async () => {
    await using town = await openTown();
    const { simulator, gateways } = town;
    const [one, other] = gateways;
    if (one === undefined || other === undefined) throw new Error('There are two.');
    const read = (gateway: typeof one, after: string | null = null) =>
      readAccount(town.client(gateway, 'sim-103'), after);
    const first = read(one);
    await first.next();
    const second = read(other);
    const { cursor } = await second.next();
    const start = (to: string) =>
      simulator.startCall({ kind: 'inbound', from: '+12025550147', to, state: 'Answered' });
    const move = ({ id, parties }: ReturnType<typeof start>, party: number, code: string) =>
      simulator.moveParty(id, parties[party - 1]?.id ?? '', { code });
    const [goesOn, ends] = [start('101'), start('102')];
    for (const stream of [first, second])
      for (const { id } of [goesOn, ends])
        if (!stream.screen.calls.has(id)) await stream.until((event) => told(event) === `began ${id}`);
    one.kill('SIGKILL');
    await one.exit;
    move(goesOn, 2, 'Hold');
    move(ends, 2, 'Disconnected');
    move(ends, 1, 'Disconnected');
    const begins = start('105');
    const isLevel = async () =>
      JSON.stringify(second.screen.picture()) === JSON.stringify(await truthOf(town));
    while (!(await isLevel())) await second.next();
    expect([...second.screen.calls.keys()].sort()).toEqual([goesOn.id, begins.id].sort());
    expect(second.seen.map(told).filter((text) => text.startsWith('snapshot'))).toHaveLength(1);
    expect(second.seen.map(told)).not.toContain('UPSTREAM_DEGRADED');
    for (const what of [`${goesOn.id} 2 HOLD`, `ended ${ends.id}`, `began ${begins.id}`])
      expect(second.seen.map(told).filter((text) => text === what)).toHaveLength(1);
    const back = read(other, cursor);
    while (back.seen.length < second.seen.length - 1) await back.next();
    expect(back.seen.map(told)).toEqual(second.seen.slice(1).map(told));
    move(goesOn, 2, 'Answered');
    for (const stream of [second, back])
      await stream.until((event) => told(event) === `${goesOn.id} 2 ANSWERED`);
  });
});
