/** A slash at the end of an address is none of its letters: people and proxies add and remove it. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openHouse } from './house.ts';

test('GraphQL answers at /graphql/ as at /graphql: POST, GET, event streams and preflights.', async () => {
  await using house = await openHouse({ settings: { CORS_ORIGINS: 'https://desk.example.com' } });
  const url = `${house.url}/`;
  const post = (query: string, headers = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  // Twice, because the second one may take the fast path.
  for (let turn = 0; turn < 2; turn += 1) {
    const posted = await post('{ me }');
    expect([posted.status, await posted.json()]).toEqual([200, { data: { me: 'anybody' } }]);
  }
  const got = await fetch(`${url}?query={me}`);
  expect([got.status, await got.json()]).toEqual([200, { data: { me: 'anybody' } }]);
  const streamed = await post('subscription { count(to: 1) }', { accept: 'text/event-stream' });
  expect(await streamed.text()).toContain('data: {"data":{"count":1}}');
  const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'https://desk.example.com' } });
  expect(preflight.status).toBe(204);
});

test('A WebSocket opens at /graphql/ too.', async () => {
  await using house = await openHouse();
  const socket = new WebSocket(`${house.wsUrl}/`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  expect(JSON.parse(String((await once(socket, 'message'))[0]))).toEqual({ type: 'connection_ack' });
  socket.terminate();
});

test('GraphiQL, health and metrics are where they are without it.', async () => {
  await using house = await openHouse({ settings: { GRAPHIQL: 'on' } });
  const page = await fetch(`${house.url}/`, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  for (const path of ['/healthz/', '/readyz/', '/metrics/']) {
    expect([path, (await fetch(`${house.origin}${path}`)).status]).toEqual([path, 200]);
  }
  for (const path of ['/graphql//', '/graphqlx/', '/graphql/x']) {
    expect([path, (await fetch(`${house.origin}${path}`)).status]).toEqual([path, 404]);
  }
});
