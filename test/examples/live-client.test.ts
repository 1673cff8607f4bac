/** The client that README gives to frontend teams: when it comes back, with what, and when it does not. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageType } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createLiveClient, type LiveClientOptions } from '../../examples/live-client.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { ResumeWatchingSubscription } from '../generated/graphql.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { openHouse, until } from '../support/gateway.ts';
import { LIVE_SOURCE } from '../support/live-source.ts';
import { type CallEvent, type Desk, nameOf, openCall, openProgram, WATCH } from '../support/outage.ts';
import { openRoad } from '../support/road.ts';
import { watch } from '../support/streams.ts';

const PATIENCE: LiveClientOptions = { webSocketImpl: WebSocket, keepAlive: 1_000 }; // 1 second

const socketUrl = (origin: string) => `${origin.replace('http', 'ws')}/graphql`;

function openDesk(origin: string, sessionId: string): Desk {
  return openProgram(sessionId, (tried) =>
    createLiveClient(socketUrl(origin), () => 'sim-101', { ...PATIENCE, on: { connecting: tried } }),
  );
}

describe('A live client', () => {
  test('goes on with a fresh snapshot when another gateway takes the place of the one it knew', async () => {
    await using house = await openHouse();
    await using road = await openRoad(house.gateway.url);
    const call = await openCall(house);
    await using desk = openDesk(road.origin, call.id);
    await until(async () => (await desk.events()).length === 1);

    await road.goAway('refusing');
    const other = await createGateway(
      readConfig({
        PORT: '0',
        RINGCENTRAL_SERVER_URL: house.simulator.url,
        DRAIN_SECONDS: '1',
        FAST_PATH,
        LIVE_SOURCE,
      }),
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
    const stream = watch<CallEvent>(client, 'callEvents', WATCH, { sessionId: id });
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
    const leave = client.subscribe({ query: WATCH, variables: { sessionId: 's-1' } }, ignore);
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
    const leave = client.subscribe({ query: WATCH, variables: { sessionId: 's-1' } }, ignore);
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
      client.subscribe({ query: WATCH, variables: { sessionId: 's-1' } }, { next() {}, error, complete }),
    );
    expect(failure).toMatchObject({ code, reason: 'No' });
    expect(gateway.tries).toHaveLength(1);
  });

  test.each([1001, 1012, 1013, 4403, 4408])('comes back when it is told %d', async (code) => {
    await using gateway = await openSender((socket) => socket.close(code, 'Later'));
    const client = createLiveClient(gateway.url, () => 'sim-101', PATIENCE);
    const leave = client.subscribe({ query: WATCH, variables: { sessionId: 's-1' } }, ignore);
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
      query: WATCH,
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
    const first = watch<CallEvent>(client, 'callEvents', WATCH, variables);
    expect(await first.next()).toMatchObject({ reason: 'SUBSCRIBED' });
    const second = watch<CallEvent>(client, 'callEvents', WATCH, variables);
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
