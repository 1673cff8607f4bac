/** The client that README gives to frontend teams: what it promises about a gateway that is away. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageType } from 'graphql-ws';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createLiveClient, type LiveClientOptions } from '../../examples/live-client.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ResumeWatchingDocument, type ResumeWatchingSubscription } from '../generated/graphql.ts';
import { cannotSee, launchBrowser, type Site, serveSite } from '../support/browser.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { type House, openHouse, until } from '../support/gateway.ts';
import { type Away, openRoad } from '../support/road.ts';
import { watch } from '../support/streams.ts';

type CallEvent = ResumeWatchingSubscription['callEvents'];

const QUERY = ResumeWatchingDocument.toString();
const PATIENCE: LiveClientOptions = { webSocketImpl: WebSocket, keepAlive: 1_000 }; // 1 second
const AWAY: Away[] = ['refusing', 'hanging', 'unavailable', 'asleep'];

/** Whoever shows the call: a program on Node, or a page in a browser. */
interface Desk extends AsyncDisposable {
  events(): Promise<CallEvent[]>;
  failures(): Promise<unknown[]>;
  /** How many connections it has begun. */
  tries(): Promise<number>;
  /** The lid is closed: it does nothing more, until it is opened. */
  sleep(): Promise<void>;
  wake(): Promise<void>;
}

function openProgram(origin: string, sessionId: string): Desk {
  const events: CallEvent[] = [];
  const failures: unknown[] = [];
  let tries = 0;
  const client = createLiveClient(socketUrl(origin), () => 'sim-101', {
    ...PATIENCE,
    on: { connecting: () => void tries++ },
  });
  client.subscribe<ResumeWatchingSubscription>(
    { query: QUERY, variables: { sessionId } },
    {
      next: ({ data }) => void (data && events.push(data.callEvents)),
      error: (reason) => void failures.push(reason),
      complete: () => void failures.push('complete'),
    },
  );
  return {
    events: async () => events,
    failures: async () => failures,
    tries: async () => tries,
    sleep: async () => {},
    wake: async () => {},
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}

async function openTab(browser: Browser, site: Site, origin: string, sessionId: string): Promise<Desk> {
  const { page, context } = await site.open(browser);
  const devtools = await context.newCDPSession(page);
  await page.evaluate(`start(${JSON.stringify([socketUrl(origin), QUERY, sessionId]).slice(1, -1)})`);
  return {
    events: () => page.evaluate('heard.events'),
    failures: () => page.evaluate('heard.failures'),
    tries: () => page.evaluate('heard.tries'),
    sleep: async () => void (await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })),
    wake: async () => void (await devtools.send('Page.setWebLifecycleState', { state: 'active' })),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

const socketUrl = (origin: string) => `${origin.replace('http', 'ws')}/graphql`;

async function openCall(house: House) {
  const { id, parties } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const partyId = parties?.[1]?.id ?? '';
  const witness = watch<CallEvent>(house.socket(), 'callEvents', QUERY, { sessionId: id });
  await witness.next();
  return {
    id,
    /** Resolves when the gateway has seen it. */
    async move(code: string): Promise<void> {
      house.simulator.moveParty(id, partyId, { code });
      await witness.next();
    },
  };
}

/** The story that each desk must tell, whatever happens on the road. */
async function liveThrough(
  away: Away,
  openDesk: (origin: string, sessionId: string) => Desk | Promise<Desk>,
  origins = 'http://desk.example',
) {
  await using house = await openHouse({ environment: { CORS_ORIGINS: origins } });
  await using road = await openRoad(house.gateway.url);
  const call = await openCall(house);
  await using desk = await openDesk(road.origin, call.id);
  await until(async () => (await desk.events()).length === 1);
  await call.move('Hold');
  await until(async () => (await desk.events()).length === 2);

  const before = await desk.tries();
  if (away === 'asleep') await desk.sleep();
  await road.goAway(away);
  await call.move('Answered');
  await call.move('Hold');
  if (away === 'asleep') await desk.wake();
  else await until(async () => (await desk.tries()) >= before + 2);
  await call.move('Answered');
  await road.comeBack();
  await until(async () => (await desk.events()).length === 5);
  await call.move('Disconnected');
  await until(async () => (await desk.events()).length === 6);

  expect(await desk.failures()).toEqual([]);
  expect((await desk.events()).map(nameOf)).toEqual([
    'CallSnapshot',
    'HOLD',
    'ANSWERED',
    'HOLD',
    'ANSWERED',
    'DISCONNECTED',
  ]);
}

function nameOf(event: CallEvent): string {
  return event.__typename === 'CallPartyChange' ? event.party.status.code : (event.__typename ?? '');
}

describe('A gateway that is away for a while loses no event and repeats none', () => {
  test.each(AWAY)('on Node: %s', (away) => liveThrough(away, openProgram));

  describe.skipIf(cannotSee)('and', () => {
    let browser: Browser | undefined;
    let site: Site | undefined;
    beforeAll(async () => {
      site = await serveSite('live-client.ts');
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await site?.[Symbol.asyncDispose]();
    });

    test.each(AWAY)('in a browser: %s', (away) => {
      if (browser === undefined || site === undefined) throw new Error('There is no browser to open.');
      const [tabs, page] = [browser, site];
      return liveThrough(away, (origin, sessionId) => openTab(tabs, page, origin, sessionId), page.origin);
    });
  });
});

describe('A live client', () => {
  test('goes on with a fresh snapshot when another gateway takes the place of the one it knew', async () => {
    await using house = await openHouse();
    await using road = await openRoad(house.gateway.url);
    const call = await openCall(house);
    await using desk = openProgram(road.origin, call.id);
    await until(async () => (await desk.events()).length === 1);

    await road.goAway('refusing');
    const other = await createGateway(
      readConfig({ PORT: '0', RINGCENTRAL_SERVER_URL: house.simulator.url, DRAIN_SECONDS: '1', FAST_PATH }),
      { log: createLog('silent') },
    );
    await road.comeBack(other.url);
    await until(async () => (await desk.events()).length === 2);
    expect(await desk.failures()).toEqual([]);
    expect(await desk.events()).toMatchObject([
      { __typename: 'CallSnapshot', reason: 'SUBSCRIBED' },
      { __typename: 'CallSnapshot', reason: 'CURSOR_FOREIGN' },
    ]);
    await other.stop();
  });

  test('brings a fresh token at each connection, and waits where there is none to be had', async () => {
    await using house = await openHouse();
    const { id } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    let asked = 0;
    const client = createLiveClient(
      house.gateway.url.replace('http', 'ws'),
      async () => {
        asked += 1;
        if (asked === 1) throw new Error('The network is away.');
        return asked === 2 ? 'nobody' : 'sim-101';
      },
      PATIENCE,
    );
    const stream = watch<CallEvent>(client, 'callEvents', QUERY, { sessionId: id });
    expect(await stream.next()).toMatchObject({ __typename: 'CallSnapshot' });
    expect(asked).toBe(3);
    await client.dispose();
  });

  test('waits longer each time when its token is refused again and again', async () => {
    await using house = await openHouse();
    const tries: number[] = [];
    const client = createLiveClient(
      house.gateway.url.replace('http', 'ws'),
      () => {
        tries.push(performance.now());
        return 'nobody';
      },
      PATIENCE,
    );
    const leave = client.subscribe({ query: QUERY, variables: { sessionId: 's-1' } }, ignore);
    await until(() => tries.length === 4);
    leave();
    const waits = tries.slice(1).map((time, index) => time - (tries[index] ?? 0));
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index - 1);
  });

  test('waits longer each time when it is let in and sent away at once', async () => {
    await using gateway = await openSender((socket) => {
      socket.send(JSON.stringify({ type: MessageType.ConnectionAck }));
      socket.close(4403, 'Forbidden');
    });
    const client = createLiveClient(gateway.url, () => 'sim-101', PATIENCE);
    const leave = client.subscribe({ query: QUERY, variables: { sessionId: 's-1' } }, ignore);
    await until(() => gateway.tries.length === 4);
    leave();
    const waits = gateway.tries.slice(1).map((time, index) => time - (gateway.tries[index] ?? 0));
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index - 1);
  });

  test.each([
    [4400, 'its messages cannot be read'],
    [4401, 'there is no token, or none that can be read'],
    [4406, 'the subprotocol is not spoken'],
    [4409, 'it uses an id twice'],
    [4429, 'it sends too much'],
  ])('gives up when it is told %d: %s', async (code) => {
    await using gateway = await openSender((socket) => socket.close(code, 'No'));
    const client = createLiveClient(gateway.url, () => 'sim-101', PATIENCE);
    const failure = await new Promise((error, complete) =>
      client.subscribe({ query: QUERY, variables: { sessionId: 's-1' } }, { next() {}, error, complete }),
    );
    expect(failure).toMatchObject({ code, reason: 'No' });
    expect(gateway.tries).toHaveLength(1);
  });

  test.each([1001, 1012, 1013, 4403, 4408])('comes back when it is told %d', async (code) => {
    await using gateway = await openSender((socket) => socket.close(code, 'Later'));
    const client = createLiveClient(gateway.url, () => 'sim-101', PATIENCE);
    const leave = client.subscribe({ query: QUERY, variables: { sessionId: 's-1' } }, ignore);
    await until(() => gateway.tries.length === 2);
    leave();
  });

  test('goes on where it left off when it is iterated as well, however slowly', async () => {
    await using house = await openHouse();
    await using road = await openRoad(house.gateway.url);
    const call = await openCall(house);
    const client = createLiveClient(socketUrl(road.origin), () => 'sim-101', PATIENCE);
    let received = 0;
    client.on('message', ({ type }) => void (type === MessageType.Next && received++));
    const names: string[] = [];
    for await (const { data } of client.iterate<ResumeWatchingSubscription>({
      query: QUERY,
      variables: { sessionId: call.id },
    })) {
      if (data) names.push(nameOf(data.callEvents));
      if (names.length === 1) {
        await call.move('Hold');
        await until(() => received === 2);
        await road.goAway('refusing');
        await call.move('Answered');
        await road.comeBack();
        await until(() => received === 3);
      }
      if (names.length === 3) break;
    }
    expect(names).toEqual(['CallSnapshot', 'HOLD', 'ANSWERED']);
    await client.dispose();
  });

  test('keeps the cursors of two subscriptions apart, also when they share their variables', async () => {
    await using house = await openHouse();
    const call = await openCall(house);
    const variables = { sessionId: call.id };
    const client = createLiveClient(house.gateway.url.replace('http', 'ws'), () => 'sim-101', PATIENCE);
    const first = watch<CallEvent>(client, 'callEvents', QUERY, variables);
    expect(await first.next()).toMatchObject({ reason: 'SUBSCRIBED' });
    const second = watch<CallEvent>(client, 'callEvents', QUERY, variables);
    expect(await second.next()).toMatchObject({ reason: 'SUBSCRIBED' });
    expect(variables).toEqual({ sessionId: call.id });
    await client.dispose();
  });
});

const ignore = { next() {}, error() {}, complete() {} };

/** A gateway that answers each `connection_init` in this way. */
async function openSender(answer: (socket: WebSocket) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const tries: number[] = [];
  server.on('connection', (socket) => {
    tries.push(performance.now());
    socket.once('message', () => answer(socket));
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tries,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
