import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type House, openHouse } from './house.ts';

const DESK = 'https://desk.example.com';

/** The status of an upgrade: 101 when it becomes a WebSocket. */
async function knock(
  house: House,
  headers: Record<string, string>,
  path = '/graphql',
  protocols = ['graphql-transport-ws'],
) {
  const socket = new WebSocket(house.wsUrl.replace('/graphql', path), protocols, { headers });
  socket.on('error', () => {});
  const opened = once(socket, 'open').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(
    ([, response]: IncomingMessage[]) => response?.statusCode,
  );
  const status = await Promise.race([opened, refused]);
  socket.terminate();
  return status;
}

/** A GET with headers that fetch does not let one set. */
async function fetchRaw(url: string, headers: Record<string, string>) {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text, headers: response.headers };
}

describe('A WebSocket may be opened', () => {
  test('by a program, by a page of this host and by a page of a configured origin', async () => {
    await using house = await openHouse({ settings: { CORS_ORIGINS: DESK } });
    expect(await knock(house, {})).toBe(101);
    expect(await knock(house, { origin: house.origin })).toBe(101);
    expect(await knock(house, { origin: DESK })).toBe(101);
  });

  test.each([
    'https://evil.example',
    'https://desk.example.com.evil.example',
    'https://desk.example.co',
    'https://desk.example.com:444',
    'http://desk.example.com',
    'https://DESK.example.com.',
    'https://desk.example.com@evil.example',
    'https://evil.example#https://desk.example.com',
    'http://127.0.0.1',
    'http://localhost:1',
    'null',
    'file://',
    '',
  ])('but not from %j', async (origin) => {
    await using house = await openHouse({ settings: { CORS_ORIGINS: DESK } });
    expect(await knock(house, { origin })).toBe(403);
    expect(house.shown).toEqual([]);
  });

  test('only at /graphql', async () => {
    await using house = await openHouse();
    expect(await knock(house, {}, '/healthz')).toBe(404);
    expect(await knock(house, {}, '/graphql', ['graphql-ws', 'graphql-transport-ws'])).toBe(101);
  });
});

describe('CORS', () => {
  test('is answered to configured origins, and to no other', async () => {
    await using house = await openHouse({ settings: { CORS_ORIGINS: `https://other.example,${DESK}` } });
    const preflight = (origin: string) =>
      fetch(house.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

    const allowed = await preflight(DESK);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(DESK);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBe(null);
    expect(allowed.headers.get('vary')).toContain('origin');

    const refused = await preflight('https://desk.example.com.evil.example');
    expect(refused.headers.get('access-control-allow-origin')).toBe(null);
    expect(refused.headers.get('access-control-allow-headers')).toBe(null);

    const answer = await house.ask('{ me }', { headers: { origin: DESK } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(DESK);
    const refusal = await house.ask('{ me }', { headers: { origin: DESK, authorization: 'Bearer nobody' } });
    expect(refusal.status).toBe(401);
    expect(refusal.headers.get('access-control-allow-origin')).toBe(DESK);
  });
});

describe('A request that a browser sends for a foreign page without asking first', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'is refused: POST as %j',
    async (type) => {
      await using house = await openHouse();
      const response = await house.ask('mutation { hang }', { headers: { 'content-type': type } });

      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      expect(house.shown).toEqual([]);
      expect(house.ran.commands).toBe(0);
    },
  );

  test.each<Record<string, string>>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])('is refused: GET with %j', async (headers) => {
    await using house = await openHouse({ settings: { CORS_ORIGINS: DESK } });
    const { status } = await fetchRaw(`${house.url}?query={me}`, headers);

    expect(status).toBe(403);
    expect(house.shown).toEqual([]);
  });

  test('is answered where it comes from this host, a configured origin, or no browser at all', async () => {
    await using house = await openHouse({ settings: { CORS_ORIGINS: DESK } });
    for (const headers of [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { origin: DESK, 'sec-fetch-site': 'cross-site' },
    ]) {
      const { status, text } = await fetchRaw(`${house.url}?query={me}`, headers as Record<string, string>);
      expect([status, JSON.parse(text)]).toEqual([200, { data: { me: 'anybody' } }]);
    }
  });
});
