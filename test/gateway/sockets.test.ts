/** What a socket leaves behind in the whole gateway, before a simulator that plays RingCentral. */
import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { gauge, openHouse, until } from '../support/gateway.ts';

test.each(['on', 'off'])(
  'A socket on which ids were used again and again leaves no watch, with FAST_PATH=%s.',
  async (way) => {
    await using house = await openHouse({
      environment: { FAST_PATH: way, MAX_SUBSCRIPTIONS_PER_VIEWER: '150' },
      gateway: { live: { limits: { linger: 50, retention: 50 } } },
    });
    const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    const query = `subscription { callEvents(sessionId: "${session.id}") { __typename } }`;
    const subscribe = (id: string) => ({ type: 'subscribe', id, payload: { query } });
    // Twice, because what was left behind by one socket is missing for the next.
    for (let turn = 0; turn < 2; turn += 1) {
      const socket = new WebSocket(house.gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
      const heard: { id?: string; type: string; payload?: unknown }[] = [];
      socket.on('message', (data) => heard.push(JSON.parse(String(data))));
      await once(socket, 'open');
      const send = (message: object) => socket.send(JSON.stringify(message));
      send({ type: 'connection_init', payload: { authorization: 'Bearer sim-101' } });
      await until(() => heard.some(({ type }) => type === 'connection_ack'));
      for (let id = 0; id < 100; id += 1) {
        send(subscribe(`x${id}`));
        send({ type: 'complete', id: `x${id}` });
        send(subscribe(`x${id}`));
      }
      const snapshot = { data: { callEvents: { __typename: 'CallSnapshot' } } };
      await until(() => heard.filter(({ type }) => type === 'next').length === 100);
      expect(heard.slice(1).map(({ type, payload }) => ({ type, payload }))).toEqual(
        Array.from({ length: 100 }, () => ({ type: 'next', payload: snapshot })),
      );
      expect(await gauge(house, 'gateway_subscribers')).toBe(100);

      socket.terminate();
      await until(async () => (await gauge(house, 'gateway_subscribers')) === 0);
      await until(async () => (await gauge(house, 'gateway_watches')) === 0);
    }
  },
);

describe('What a graphql-ws client is, or how its socket is closed,', () => {
  /** The extension that it is, or the close and how often it connected, though it would always try twice more. */
  async function becomes(url: string, connectionParams: Record<string, unknown>) {
    let tries = 0;
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 2,
      retryWait: async () => {},
      on: {
        connecting() {
          tries += 1;
        },
      },
    });
    try {
      const { value } = await client.iterate({ query: '{ viewer { extensionNumber } }' }).next();
      return (value as { data: { viewer: { extensionNumber: string } } }).data.viewer.extensionNumber;
    } catch (error) {
      const { code, reason } = error as { code: number; reason: string };
      return { code, reason, tries };
    } finally {
      await client.dispose();
    }
  }

  const UNREAD =
    'Unauthorized: read connectionParams.token, expected connectionParams: { authorization: "Bearer <token>" }';
  const NO_TOKEN =
    'Unauthorized: read no token, expected connectionParams: { authorization: "Bearer <token>" }';

  test('with the embedded simulator: 101 without a token, nobody with one that cannot be read.', async () => {
    await using gateway = await createGateway(readConfig({ PORT: '0', FAST_PATH }), {
      log: createLog('silent'),
    });
    expect(await becomes(gateway.url, {})).toBe('101');
    expect(await becomes(gateway.url, { headers: { Authorization: 'Bearer sim-103' } })).toBe('103');
    expect(await becomes(gateway.url, { token: 'sim-103' })).toEqual({
      code: 4401,
      reason: UNREAD,
      tries: 1,
    });
    expect(await becomes(gateway.url, { authorization: 'Bearer wrong' })).toMatchObject({
      code: 4403,
      tries: 3,
    });
  });

  test('in front of RingCentral: nobody without a token.', async () => {
    await using house = await openHouse();
    const { url } = house.gateway;
    expect(await becomes(url, {})).toEqual({ code: 4401, reason: NO_TOKEN, tries: 1 });
    expect(await becomes(url, { authorization: 'Bearer sim-101' })).toBe('101');
    expect(await becomes(url, { authorization: 'Bearer wrong' })).toEqual({
      code: 4403,
      reason: 'Forbidden: Access token corrupted',
      tries: 3,
    });
  });

  test('with a service identity: nobody without a key.', async () => {
    const key = 'a-long-key-for-desk';
    await using house = await openHouse({
      environment: {
        RINGCENTRAL_CLIENT_ID: 'sim-app',
        RINGCENTRAL_CLIENT_SECRET: 'sim-secret',
        RINGCENTRAL_JWT: 'sim-jwt-101',
        GATEWAY_KEYS: key,
      },
    });
    const { url } = house.gateway;
    expect(await becomes(url, {})).toEqual({ code: 4401, reason: NO_TOKEN, tries: 1 });
    expect(await becomes(url, { authorization: `Bearer ${key}` })).toBe('101');
    expect(await becomes(url, { authorization: 'Bearer another-long-key' })).toEqual({
      code: 4403,
      reason: 'Forbidden: This gateway key is not known; allowed is a key of the list in GATEWAY_KEYS.',
      tries: 3,
    });
  });
});

test('Each key of a service identity has subscriptions of its own: one that took all of its own takes none of another.', async () => {
  const keys = ['a-long-key-for-desk', 'a-long-key-for-wall'];
  await using house = await openHouse({
    environment: {
      RINGCENTRAL_CLIENT_ID: 'sim-app',
      RINGCENTRAL_CLIENT_SECRET: 'sim-secret',
      RINGCENTRAL_JWT: 'sim-jwt-101',
      GATEWAY_KEYS: keys.join(),
      MAX_SUBSCRIPTIONS_PER_VIEWER: '2',
    },
  });
  const watchAll = async (key: string) => {
    const client = house.socket(key);
    const streams = [1, 2, 3].map(() =>
      client.iterate({ query: 'subscription { activeCalls { sessionId } }' }),
    );
    const firsts = await Promise.all(streams.map((stream) => stream.next()));
    return firsts.map(({ value }) => value?.errors?.[0]?.extensions?.code ?? 'open').sort();
  };
  expect(await watchAll(keys[0] ?? '')).toEqual(['OVERLOADED', 'open', 'open']);
  expect(await watchAll(keys[1] ?? '')).toEqual(['OVERLOADED', 'open', 'open']);
});
