/** What a socket leaves behind in the whole gateway, before a simulator that plays RingCentral. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type House, openHouse, until } from '../support/gateway.ts';

async function gauge(house: House, name: string): Promise<number> {
  const text = await (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text();
  const values = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

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
