/** One viewer at two gateways, through their public doors: one socket, one poll for each call, and one truth. */
import type { Client } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/server.ts';
import { STILL } from '../support/command-cases.ts';
import { mutationOf, type Payload } from '../support/commands.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { type House, until } from '../support/gateway.ts';
import { isCertainToBeTold } from '../support/live-source.ts';
import { hasNoRedis } from '../support/redis.ts';
import { type Stream, watch } from '../support/streams.ts';
import { openTown } from '../support/town.ts';

const CALL_EVENTS = /* GraphQL */ `
  subscription Events($sessionId: ID!, $after: ID) {
    callEvents(sessionId: $sessionId, after: $after) {
      __typename
      ... on CallSnapshot { cursor reason session { parties { id muted status { code } } } }
      ... on CallPartyChange { cursor skipped party { id muted status { code } } }
      ... on CallStreamNotice { cursor kind }
    }
  }
`;
const READ = /* GraphQL */ `query ($id: ID!) { callSession(id: $id) { parties { id muted status { code } } } }`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

/** Enough for ten calls, and no more. */
const LIMITS = { lightLimit: 50, rateWindow: 5, penalty: 5, pushDelay: 5 } as const;

function startCall(simulator: Simulator) {
  const session = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const [caller, own] = session.parties;
  return {
    sessionId: session.id,
    own: own?.id ?? '',
    move: (code: string) => simulator.moveParty(session.id, own?.id ?? '', { code }),
    moveCaller: (code: string) => simulator.moveParty(session.id, caller?.id ?? '', { code }),
  };
}

function told({ __typename, kind, reason, party }: Event): string {
  if (__typename === 'CallPartyChange') return `${party.id.split('-').at(-1)} ${party.status.code}`;
  return kind ?? reason;
}

const eventsOf = (client: Client, sessionId: string, after: string | null = null) =>
  watch<Event>(client, 'callEvents', CALL_EVENTS, { sessionId, after });
const events = (house: House, sessionId: string, after: string | null = null) =>
  eventsOf(house.socket('sim-101', { retryAttempts: 0 }), sessionId, after);

const sockets = (simulator: Simulator) =>
  simulator
    .requests()
    .filter(({ operationId, ended }) => operationId === 'connectWebSocket' && ended === null).length;
const refusals = (simulator: Simulator) => simulator.requests().filter(({ status }) => status === 429).length;
const readsOf = (simulator: Simulator) =>
  simulator.requests().filter(({ operationId }) => operationId === 'readCallSessionStatus');

/** Reads events until this is told. */
async function readTo(stream: Stream<Event>, what: string): Promise<Event[]> {
  const seen: Event[] = [];
  for (;;) {
    const event = await stream.next();
    seen.push(event);
    if (told(event) === what) return seen;
  }
}

/** A call that is watched at one gateway, and then at the other too. */
async function watchedAtBoth({ houses: [one, other], simulator }: Fleet) {
  const call = startCall(simulator);
  const first = events(one, call.sessionId);
  await readTo(first, 'SUBSCRIBED');
  const second = events(other, call.sessionId);
  await readTo(second, 'SUBSCRIBED');
  return { call, first, second };
}

const open = (environment: Record<string, string> = {}, settings = {}) =>
  openFleet({
    environment,
    simulator: { settings: { ...STILL, pushDelay: 5, ...settings } },
    gateway: { push: { random: () => 0 } },
  });

describe.skipIf(hasNoRedis)('A viewer at two gateways', () => {
  test('with ten calls on each has one push socket, and whatever is asked, RingCentral refuses nothing', async () => {
    await using fleet = await open({ LIVE_SOURCE: 'auto' }, LIMITS);
    const { houses, simulator } = fleet;
    const calls = Array.from({ length: 10 }, () => startCall(simulator));
    const streams = houses.map((house) => calls.map(({ sessionId }) => events(house, sessionId)));
    for (const stream of streams.flat()) expect(told(await stream.next())).toBe('SUBSCRIBED');
    await until(() => sockets(simulator) === 1);
    for (const code of ['Hold', 'Answered', 'Hold']) {
      for (const call of calls) call.move(code);
      for (const house of houses) await house.ask(READ, { id: calls[0]?.sessionId });
      for (const stream of streams.flat()) await readTo(stream, `2 ${code.toUpperCase()}`);
    }
    expect(sockets(simulator)).toBe(1);
    expect(refusals(simulator)).toBe(0);
  });

  test('by polls has one for each call', async () => {
    await using fleet = await open({ LIVE_SOURCE: 'poll' });
    const { houses, simulator } = fleet;
    const calls = Array.from({ length: 5 }, () => startCall(simulator));
    const streams = houses.map((house) => calls.map(({ sessionId }) => events(house, sessionId)));
    for (const stream of streams.flat()) expect(told(await stream.next())).toBe('SUBSCRIBED');
    for (const code of ['Hold', 'Answered', 'Hold']) {
      for (const call of calls) call.move(code);
      for (const stream of streams.flat()) await readTo(stream, `2 ${code.toUpperCase()}`);
    }
    for (const { sessionId } of calls) {
      const held = readsOf(simulator).filter(
        ({ path, held, ended }) => path.includes(sessionId) && held && ended === null,
      );
      expect(held.length).toBeLessThanOrEqual(1);
    }
  });

  test('reads, commands and comes back at either, and both tell the same', async () => {
    await using fleet = await open();
    const { houses, simulator } = fleet;
    const [one, other] = houses;
    const { call, first, second } = await watchedAtBoth(fleet);
    // A command at the one that follows.
    const { data } = await other.ask<{ payload: Payload }>(mutationOf('holdCallParty'), {
      input: { sessionId: call.sessionId, partyId: call.own },
    });
    expect(data.payload.outcome).toBe('APPLIED');
    const [atFirst, atSecond] = [await readTo(first, '2 HOLD'), await readTo(second, '2 HOLD')];
    const cursor = atFirst.at(-1).cursor;
    expect(atSecond.at(-1).cursor).toBe(cursor);
    // A query there costs nothing.
    await until(() => isCertainToBeTold(simulator, call.sessionId));
    const before = readsOf(simulator).length;
    const { data: seen } = await other.ask(READ, { id: call.sessionId });
    expect(seen.callSession.parties[1].status.code).toBe('HOLD');
    expect(readsOf(simulator).length).toBe(before);
    // What was missed meanwhile, at the other gateway.
    first.leave();
    call.move('Answered');
    await readTo(second, '2 ANSWERED');
    const back = events(other, call.sessionId, cursor);
    expect(told(await back.next())).toBe('2 ANSWERED');
    const elsewhere = events(one, call.sessionId, cursor);
    expect(told(await elsewhere.next())).toBe('2 ANSWERED');
  });

  test('leaves nothing of the calls to be read in Redis, and nothing for ever', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    const call = startCall(fleet.simulator);
    for (const house of [one, other]) await readTo(events(house, call.sessionId), 'SUBSCRIBED');
    await until(() => sockets(fleet.simulator) === 1);
    const contents = await until(async () => {
      const all = await fleet.redis.contents();
      return all.some(({ name }) => name.includes(':calls')) &&
        all.some(({ name }) => name.includes(':wishes'))
        ? all
        : null;
    });
    const text = JSON.stringify(contents);
    for (const secret of [call.sessionId, call.own, 'sim-101', '701001004', 'wsc', '+1202', 'phoneNumber']) {
      expect(text).not.toContain(secret);
    }
    expect(contents.filter(({ lifetime }) => lifetime <= 0)).toEqual([]);
  });

  test('that drains is sent to the other within a second, and nobody hears of trouble', async () => {
    await using fleet = await open({ LIVE_SOURCE: 'auto', DRAIN_SECONDS: '2' });
    const { houses, simulator } = fleet;
    const [one] = houses;
    const { call, second } = await watchedAtBoth(fleet);
    await until(() => sockets(simulator) === 1);
    const opened = () => simulator.requests().filter(({ operationId }) => operationId === 'connectWebSocket');
    const before = opened().length;
    const stopping = one.gateway.stop();
    await until(() => opened().length === before + 1 && sockets(simulator) === 1);
    call.move('Hold');
    const seen = await readTo(second, '2 HOLD');
    expect(seen.map(told)).toEqual(['DRAINING', '2 HOLD'].slice(seen.length === 2 ? 0 : 1));
    await stopping;
    call.move('Answered');
    expect((await readTo(second, '2 ANSWERED')).map(told)).toEqual(['2 ANSWERED']);
    // What it listened with was brought back, not begun anew.
    const subscribed = simulator.requests().filter(({ operationId }) => operationId === 'createSubscription');
    expect(subscribed.length).toBe(1);
  });
});

/** Shorter than an operator would have them, so that the test need not wait. */
const TIMES = { patience: 300, heartbeat: 100, firstPause: 20, longestPause: 100 };

describe.skipIf(hasNoRedis)('While Redis is away', () => {
  test('each gateway tells its readers on; started empty it joins them again, and knows no cursor of before', async () => {
    await using fleet = await openFleet({
      environment: { LIVE_SOURCE: 'auto' },
      simulator: { settings: { ...STILL, pushDelay: 5 } },
      gateway: { push: { random: () => 0 }, commons: { times: TIMES } },
    });
    const { houses, simulator, redis } = fleet;
    const call = startCall(simulator);
    const streams = houses.map((house) => events(house, call.sessionId));
    for (const stream of streams) await readTo(stream, 'SUBSCRIBED');
    await until(() => sockets(simulator) === 1);
    call.move('Hold');
    const [first] = await Promise.all(streams.map((stream) => readTo(stream, '2 HOLD')));
    const cursor = first?.at(-1).cursor;
    await redis.stop();
    await until(() => sockets(simulator) === 2);
    call.move('Answered');
    for (const stream of streams) {
      expect((await readTo(stream, '2 ANSWERED')).map(told)).toEqual(['2 ANSWERED']);
    }
    await redis.start();
    await until(() => sockets(simulator) === 1);
    call.move('Hold');
    for (const stream of streams) expect((await readTo(stream, '2 HOLD')).map(told)).toEqual(['2 HOLD']);
    const back = events(houses[1], call.sessionId, cursor);
    expect(told(await back.next())).toBe('CURSOR_FOREIGN');
  });
});

describe.skipIf(hasNoRedis)('When the gateway that has the desk is killed', () => {
  test('the other goes on within ten seconds, and what was told meanwhile is told once', async () => {
    await using town = await openTown();
    const { simulator, gateways } = town;
    const [one, other] = gateways;
    if (one === undefined || other === undefined) throw new Error('There are two.');
    const call = startCall(simulator);
    const first = eventsOf(town.client(one), call.sessionId);
    await readTo(first, 'SUBSCRIBED');
    const second = eventsOf(town.client(other), call.sessionId);
    await readTo(second, 'SUBSCRIBED');
    await until(() => sockets(simulator) === 1);
    call.move('Hold');
    const cursor = (await readTo(first, '2 HOLD')).at(-1).cursor;
    await readTo(second, '2 HOLD');
    one.kill('SIGKILL');
    await one.exit;
    const killedAt = performance.now();
    call.move('Answered');
    call.move('Hold');
    call.moveCaller('Disconnected');
    const seen = (await readTo(second, '1 DISCONNECTED')).map(told);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    // States may be left out, and none is told twice in a row.
    expect(seen.filter((what, index) => what === seen[index - 1])).toEqual([]);
    expect(seen).not.toContain('UPSTREAM_DEGRADED');
    const back = eventsOf(town.client(other), call.sessionId, cursor);
    expect((await readTo(back, '1 DISCONNECTED')).map(told)).toEqual(seen);
  });
});
