/** The whole gateway when what RingCentral tells by itself is lost: what is seen then, and what is said about it. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { SOCKET_TIMES } from '../../src/ringcentral/push/socket.ts';
import { WAITS } from '../../src/upstream/setbacks.ts';
import { type House, type HouseOptions, openHouse, signIn, until } from '../support/gateway.ts';
import { openSocketRoad, type SocketRoad } from '../support/socket-road.ts';
import { type Stream, watch } from '../support/streams.ts';

const CALL_EVENTS = /* GraphQL */ `
  subscription Events($sessionId: ID!) {
    callEvents(sessionId: $sessionId) {
      __typename
      ... on CallSnapshot { session { parties { id status { code } } } }
      ... on CallPartyChange { party { id status { code } } }
      ... on CallStreamNotice { kind }
    }
  }
`;
const LIST_EVENTS = /* GraphQL */ `
  subscription {
    activeCallEvents {
      __typename
      ... on ActiveCallList { calls { sessionId telephonyStatus } }
      ... on ActiveCallNotice { kind }
    }
  }
`;
const SOURCE = /* GraphQL */ `{ viewer { liveSource } }`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

/**
 * RingCentral as most find it, but for fifty requests a minute more than it allows: they stand for those that a gateway
 * spends on what it reads in its first minute, and has again by the time of a loss.
 */
const REAL = { longPoll: 'ignore', lightLimit: 100, mediumLimit: 40, heavyLimit: 10, authLimit: 5 } as const;

interface Lossy extends House {
  readonly road: SocketRoad;
}

/** A house on a road on which sockets can be lost. `random: 0` makes a listener come back after a tenth of a second. */
async function openLossyHouse(settings = {}, more: HouseOptions = {}): Promise<Lossy> {
  const road = await openSocketRoad();
  onTestFinished(() => road[Symbol.asyncDispose]());
  const opening = openHouse({
    environment: { LIVE_SOURCE: 'auto', RINGCENTRAL_SERVER_URL: road.url, ...more.environment },
    simulator: { story: false, settings: { ...REAL, pushDelay: 5, ...settings } },
    gateway: { ...more.gateway, push: { random: () => 0, ...more.gateway?.push } },
    onSimulator: ({ url }) => road.leadTo(url),
  });
  return Object.assign(await opening, { road });
}

function callOf101(house: House) {
  const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const own = session.parties[1]?.id ?? '';
  return {
    sessionId: session.id,
    move: (code: string) => house.simulator.moveParty(session.id, own, { code }),
  };
}

const events = (house: House, sessionId: string, token = 'sim-101') =>
  watch<Event>(house.socket(token, { retryAttempts: 0 }), 'callEvents', CALL_EVENTS, { sessionId });

const told = ({ __typename, kind, party, calls }: Event): string => {
  if (__typename === 'CallPartyChange') return `${party.id.split('-').at(-1)} ${party.status.code}`;
  return kind ?? (calls === undefined ? __typename : `list of ${calls.length}`);
};

/** What comes until this does. */
async function toldUntil(stream: Stream<Event>, last: string): Promise<string[]> {
  const seen = [told(await stream.next())];
  while (seen.at(-1) !== last) seen.push(told(await stream.next()));
  return seen;
}

const isListening = (house: House, token?: string) =>
  until(async () => (await house.ask(SOURCE, {}, token)).data?.viewer.liveSource === 'PUSH');
const asked = (house: House, operation: string) =>
  house.simulator.requests().filter(({ operationId }) => operationId === operation);
const reads = (house: House) => asked(house, 'readCallSessionStatus');

/** Everything that is read as the listening begins was read. */
async function isQuiet(house: House, calls: number): Promise<void> {
  await isListening(house);
  const [granted] = asked(house, 'createSubscription');
  await until(
    () => reads(house).filter(({ started }) => started >= (granted?.ended ?? Infinity)).length >= calls,
  );
  await isSettled(house);
}

/** RingCentral's clock tells whole seconds: of news within the second of a read nobody knows which was first. */
const isSettled = (house: House) =>
  until(() => Date.now() - (reads(house).at(-1)?.ended ?? Infinity) > 1_000);

test('A socket that is cut for a moment costs no read, misses nothing and is told to nobody', async () => {
  await using house = await openLossyHouse();
  const call = callOf101(house);
  const stream = events(house, call.sessionId);
  await stream.next();
  await isQuiet(house, 1);
  const before = reads(house).length;
  house.simulator.troublePush({ do: 'cut' });
  call.move('Hold');
  call.move('Answered');
  expect([told(await stream.next()), told(await stream.next())]).toEqual(['2 HOLD', '2 ANSWERED']);
  await isListening(house);
  call.move('Hold');
  expect(told(await stream.next())).toBe('2 HOLD');
  expect(reads(house)).toHaveLength(before);
});

describe('A socket that is away until the subscribers are told', () => {
  test.for([
    ['and comes back with all that was missed', {}],
    ['and is not recovered', { pushRecovery: 'refuse' }],
    ['for longer than RingCentral remembers it', { recoveryTimeout: 1 }],
  ] as const)(
    '%s: one notice of it and one of its end, and the truth of ten calls within five seconds',
    async ([, settings]) => {
      await using house = await openLossyHouse(settings);
      const calls = Array.from({ length: 10 }, () => callOf101(house));
      const streams = calls.map(({ sessionId }) => events(house, sessionId));
      const list = watch<Event>(house.socket(), 'activeCallEvents', LIST_EVENTS, {});
      for (const stream of streams) expect(told(await stream.next())).toBe('CallSnapshot');
      await isQuiet(house, calls.length);
      house.road.sockets('waiting');
      house.simulator.troublePush({ do: 'cut' });
      for (const stream of streams) expect(told(await stream.next())).toBe('UPSTREAM_DEGRADED');
      // Looked at once: from then on the polls of ten calls have twenty seconds for each.
      const lostAt = Date.now();
      await until(
        () => reads(house).filter(({ started }) => started > lostAt - 1_000).length >= calls.length,
      );
      for (const { move } of calls) move('Hold');
      const connects = asked(house, 'connectWebSocket').length;
      house.road.sockets('through');
      const seen = await Promise.all(
        streams.map(async (stream) => {
          const first = [told(await stream.next()), told(await stream.next())];
          return { first, at: Date.now() };
        }),
      );
      const back = asked(house, 'connectWebSocket')[connects]?.started ?? Infinity;
      for (const { first, at } of seen) {
        expect(first.sort()).toEqual(['2 HOLD', 'RECOVERED']);
        expect(at - back).toBeLessThanOrEqual(5_000);
      }
      await isListening(house);
      await isSettled(house);
      const spent = reads(house).filter(({ started }) => started >= back).length;
      expect(spent).toBeLessThanOrEqual(2 * calls.length);
      for (const { move } of calls) move('Answered');
      // No other notice in between.
      for (const stream of streams) expect(told(await stream.next())).toBe('2 ANSWERED');
      const notices = (await toldUntil(list, 'RECOVERED')).filter((event) => /^[A-Z]/.test(event));
      expect(notices).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED']);
      expect(house.simulator.requests().some(({ status }) => status === 429)).toBe(false);
    },
  );
});

test('With more calls than the budget has room for they are read as it allows, the calls before the list, and each is told its own end of the loss', async () => {
  // Fifty in ten seconds: the same as fifty in a minute, six times as fast.
  await using house = await openLossyHouse({
    pushRecovery: 'refuse',
    lightLimit: 50,
    rateWindow: 10,
    penalty: 10,
  });
  const calls = Array.from({ length: 25 }, () => callOf101(house));
  const streams = calls.map(({ sessionId }) => events(house, sessionId));
  const list = watch<Event>(house.socket(), 'activeCallEvents', LIST_EVENTS, {});
  for (const stream of streams) await toldUntil(stream, 'CallSnapshot');
  await toldUntil(list, `list of ${calls.length}`);
  await isQuiet(house, calls.length);
  // Most of what is allowed is spent already.
  house.simulator.troublePush({ do: 'cut' });
  for (const { move } of calls) move('Hold');
  const seen = await Promise.all(streams.map((stream) => toldUntil(stream, '2 HOLD')));
  const all = await Promise.all(
    seen.map(async (before, index) =>
      before.includes('RECOVERED')
        ? before
        : [...before, ...(await toldUntil(streams[index] as Stream<Event>, 'RECOVERED'))],
    ),
  );
  for (const one of all) {
    expect(one.filter((event) => event === 'UPSTREAM_DEGRADED')).toHaveLength(1);
    expect(one.filter((event) => event === 'RECOVERED')).toHaveLength(1);
  }
  expect((await toldUntil(list, 'RECOVERED')).filter((event) => event === 'UPSTREAM_DEGRADED')).toHaveLength(
    1,
  );
  const again = asked(house, 'createSubscription').at(-1)?.ended ?? Infinity;
  const after = house.simulator.requests().filter(({ started }) => started >= again);
  const order = after.map(({ operationId }) => operationId).filter((name) => name?.startsWith('read'));
  expect(order.indexOf('readUserPresenceStatus')).toBeGreaterThanOrEqual(calls.length);
  expect(house.simulator.requests().some(({ status }) => status === 429)).toBe(false);
});

describe('Of several sign-ins of one viewer', () => {
  const openCrowded = () => openLossyHouse({ authLimit: 0 });

  test('the one that opened the socket brings it back, whoever else is there', async () => {
    await using house = await openCrowded();
    const call = callOf101(house);
    const tokens = [await signIn(house), await signIn(house), await signIn(house)];
    const [first] = [events(house, call.sessionId, tokens[0])];
    await first?.next();
    await isListening(house, tokens[0]);
    for (const token of tokens.slice(1))
      expect(told(await events(house, call.sessionId, token).next())).toBe('CallSnapshot');
    for (const times of [1, 2]) {
      house.simulator.troublePush({ do: 'cut' });
      await until(
        () => asked(house, 'connectWebSocket').filter(({ query }) => query === 'wsc').length === times,
      );
      await isListening(house, tokens[0]);
    }
    expect(asked(house, 'createSubscription')).toHaveLength(1);
  });

  test('another goes on when that one ends, after everything was read again', async () => {
    await using house = await openCrowded();
    const call = callOf101(house);
    const [ending = '', staying = ''] = [await signIn(house), await signIn(house)];
    const first = events(house, call.sessionId, ending);
    await first.next();
    await isListening(house, ending);
    const other = events(house, call.sessionId, staying);
    await other.next();
    await isQuiet(house, 1);
    house.simulator.revoke(ending);
    call.move('Hold');
    expect(await toldUntil(other, '2 HOLD')).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED', '2 HOLD']);
    await isListening(house, staying);
    call.move('Answered');
    expect(told(await other.next())).toBe('2 ANSWERED');
    expect(await first.ended).toBe('error');
  });

  test('the next is listened to when the only one has ended', async () => {
    await using house = await openCrowded();
    const call = callOf101(house);
    const [ending = '', next = ''] = [await signIn(house), await signIn(house)];
    const first = events(house, call.sessionId, ending);
    await first.next();
    await isListening(house, ending);
    house.simulator.revoke(ending);
    expect(await first.ended).toBe('error');
    const stream = events(house, call.sessionId, next);
    expect(told(await stream.next())).toBe('CallSnapshot');
    await isListening(house, next);
    call.move('Hold');
    expect((await toldUntil(stream, '2 HOLD')).at(-1)).toBe('2 HOLD');
  });
});

test('The token of the gateway is renewed ahead of its end, and nothing is lost by it', async () => {
  const key = 'the-key-of-the-desk';
  await using house = await openLossyHouse(
    { tokenTtl: 6, authLimit: 0 },
    {
      environment: {
        RINGCENTRAL_CLIENT_ID: 'app',
        RINGCENTRAL_CLIENT_SECRET: 'secret',
        RINGCENTRAL_JWT: 'sim-jwt-101',
        GATEWAY_KEYS: key,
      },
      gateway: { push: { times: { renewal: 100 } } },
    },
  );
  const call = callOf101(house);
  const stream = events(house, call.sessionId, key);
  await stream.next();
  await isListening(house, key);
  const [signedIn] = asked(house, 'getToken');
  await until(() => asked(house, 'getToken').length > 1);
  // The first token is of no use by then.
  await until(() => Date.now() - (signedIn?.ended ?? Infinity) > 6_500);
  call.move('Hold');
  expect(told(await stream.next())).toBe('2 HOLD');
  expect(asked(house, 'connectWebSocket')).toHaveLength(1);
  // It is the same sign-in, which may bring its socket back.
  house.simulator.troublePush({ do: 'cut' });
  call.move('Answered');
  expect(told(await stream.next())).toBe('2 ANSWERED');
  expect(asked(house, 'createSubscription')).toHaveLength(1);
});

describe('A half-open socket', () => {
  test('is found, and then the truth is shown', async () => {
    await using house = await openLossyHouse(
      {},
      { gateway: { push: { times: { silence: 200, echo: 1_000 } } } },
    );
    const call = callOf101(house);
    const stream = events(house, call.sessionId);
    await stream.next();
    await isQuiet(house, 1);
    house.simulator.troublePush({ do: 'freeze' });
    call.move('Hold');
    expect(told(await stream.next())).toBe('2 HOLD');
    await isListening(house);
    expect(house.simulator.push().sockets).toMatchObject([{ frozen: false }]);
  });

  test('is found within 45 seconds, with the first try to come back', () => {
    const [[, firstTry] = [0, Infinity]] = WAITS;
    expect(SOCKET_TIMES.silence + SOCKET_TIMES.echo + firstTry).toBeLessThanOrEqual(45_000);
  });
});
