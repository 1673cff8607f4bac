/** Who gets no WebSocket is told what was read and what is expected, and clients know whether to try again. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Unauthenticated } from '../../schema/failures.ts';
import type { Gatekeeper } from '../../src/server/visitor.ts';
import { eventually, type House, openHouse } from './house.ts';

const EXPECTED = 'expected connectionParams: { authorization: "Bearer <token>" }';

/** Lets nobody in without a token, as a gateway in front of RingCentral does. */
const STRICT: Gatekeeper = {
  async admit() {
    throw new Unauthenticated('RingCentral does not take this token (any more); sign in again.');
  },
};

/** What a graphql-ws client makes of it that would try again three times, whatever happens. */
async function tryWith(house: House, options: Parameters<House['client']>[0]) {
  let tries = 0;
  const client = house.client({
    retryAttempts: 3,
    shouldRetry: () => true,
    retryWait: async () => {},
    on: {
      connecting() {
        tries += 1;
      },
    },
    ...options,
  });
  const end = await client
    .iterate({ query: '{ me }' })
    .next()
    .catch((error: unknown) => error);
  const { code, reason } = end as { code?: number; reason?: string };
  return { tries, code, reason };
}

/** What the log says of refused WebSockets. */
function noted(house: House): Record<string, unknown>[] {
  return house.lines
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'a WebSocket was refused')
    .map(({ time, msg, ...rest }) => rest);
}

describe('A WebSocket whose token cannot be read', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ authorization: 7 }, 'a number as authorization'],
    [{ authorization: ['Bearer ann'] }, 'a list as authorization'],
    [{ authorization: { token: 'ann' } }, 'an object as authorization'],
    [{ Authorization: true }, 'a boolean as authorization'],
    [{ authorization: 'secret-ann' }, 'an authorization without "Bearer"'],
    [{ authorization: 'Basic c2VjcmV0' }, 'an authorization without "Bearer"'],
    [{ authorization: '' }, 'an authorization without "Bearer"'],
    [{ authorization: 'Bearer ' }, 'no token behind "Bearer"'],
    [{ authorization: 'Bearer "secret"' }, 'no token behind "Bearer"'],
    [{ authorization: `Bearer ${'secret'.repeat(1_000)}` }, 'no token behind "Bearer"'],
    [{ authorization: 'Bearer undefined' }, 'the word undefined for a token'],
    [{ headers: { Authorization: 'secret' } }, 'an authorization without "Bearer"'],
    [{ auth: { authorization: 'Bearer secret' } }, 'connectionParams.auth'],
    [{ context: { Authorization: 'Bearer secret' } }, 'a nested authorization'],
    [{ accessToken: 'secret' }, 'connectionParams.accessToken'],
    [{ 'auth-token': 'secret' }, 'connectionParams.auth-token'],
    [{ token: 'secret' }, 'connectionParams.token'],
  ])('is closed with 4401 and told so, and its client gives up: %j', async (params, read) => {
    await using house = await openHouse();
    const end = await tryWith(house, { connectionParams: params });

    expect(end).toEqual({ tries: 1, code: 4401, reason: `Unauthorized: read ${read}, ${EXPECTED}` });
    expect(Buffer.byteLength(end.reason ?? '')).toBeLessThanOrEqual(123);
    expect(house.shown).toEqual([]);
    expect(noted(house)).toEqual([
      {
        level: 'warn',
        code: 4401,
        read,
        mend: 'The client is to send connectionParams.authorization: "Bearer", a space and its token.',
      },
    ]);
    expect(house.lines.join('\n')).not.toContain('secret');
  });

  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['null', { authorization: null }],
    ['something else', { language: 'de', headers: { accept: '*/*' } }],
  ])('because there is none is closed with 4401, where one is needed: %s', async (_what, params) => {
    await using house = await openHouse({ gatekeeper: STRICT });
    expect(await tryWith(house, { connectionParams: params })).toEqual({
      tries: 1,
      code: 4401,
      reason: `Unauthorized: read no token, ${EXPECTED}`,
    });
  });
});

test('A WebSocket whose token is refused is closed with 4403, which clients try again.', async () => {
  await using house = await openHouse({ gatekeeper: STRICT });
  expect(await tryWith(house, { connectionParams: { authorization: 'Bearer secret-ann' } })).toEqual({
    tries: 4,
    code: 4403,
    reason: 'Forbidden: RingCentral does not take this token (any more); sign in again.',
  });
  expect(noted(house)).toEqual([]);
});

describe('A WebSocket of another subprotocol', () => {
  /** A client that offers these instead of its own. */
  const offering = (protocols: string[]) =>
    class extends WebSocket {
      constructor(url: string) {
        super(url, protocols);
      }
    };

  test.each<[string[], string]>([
    [[], 'Read no subprotocol, expected "graphql-transport-ws": use graphql-ws'],
    [
      ['graphql-ws'],
      'Read the subprotocol "graphql-ws", expected "graphql-transport-ws": replace subscriptions-transport-ws by graphql-ws',
    ],
    [['mqtt', 'x'], 'Read the subprotocol "mqtt", expected "graphql-transport-ws": use graphql-ws'],
    [
      ['x'.repeat(1_000)],
      'Read the subprotocol "xxxxxxxxxxxxxxxxxxxx", expected "graphql-transport-ws": use graphql-ws',
    ],
  ])(
    'is closed with 4406 and told which one is spoken, and its client gives up: %j',
    async (protocols, reason) => {
      await using house = await openHouse();
      const end = await tryWith(house, { webSocketImpl: offering(protocols) });

      expect(end).toEqual({ tries: 1, code: 4406, reason });
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(house.shown).toEqual([]);
      expect(noted(house)).toEqual([{ level: 'warn', code: 4406, mend: reason }]);
      await eventually(async () => (await house.metrics.sockets.get()).values[0]?.value).toBe(0);
    },
  );

  test('is not listened to, and does not outlive the house.', async () => {
    const house = await openHouse({ patience: { close: 50 } });
    const peer = await house.connect({ protocols: ['graphql-ws'], params: null });
    peer.socket.pause();
    peer.send({ type: 'connection_init', payload: { authorization: 'Bearer ann' } });
    await eventually(async () => (await house.metrics.sockets.get()).values[0]?.value).toBe(0);
    expect(house.shown).toEqual([]);
    await house[Symbol.asyncDispose]();
  });
});

describe('A WebSocket from a foreign origin', () => {
  test('gets 403, and the answer and the log name the mend.', async () => {
    await using house = await openHouse();
    const socket = new WebSocket(house.wsUrl, 'graphql-transport-ws', {
      headers: { origin: 'https://desk.example.com' },
    });
    socket.on('error', () => {});
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    const mend =
      `Pages of the origin "https://desk.example.com" may not connect to the host "${new URL(house.url).host}". ` +
      'Allowed are pages of this host (a proxy must pass Host on unchanged) and of the origins in CORS_ORIGINS.';

    expect(response.statusCode).toBe(403);
    expect(response.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(await text(response)).toBe(mend);
    expect(noted(house)).toEqual([{ level: 'warn', status: 403, mend }]);
    socket.terminate();
  });

  test('that does not hang up is cut off.', async () => {
    await using house = await openHouse({ patience: { close: 50 } });
    const { port } = new URL(house.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write(
      'GET /graphql HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    // It ends its own side only when it is told to write to nobody.
    await eventually(() => {
      socket.write('x');
      return socket.destroyed;
    }).toBe(true);
  });

  test('keeps nobody from stopping, however long it hangs on.', async () => {
    const house = await openHouse({ settings: { DRAIN_SECONDS: '0.05' } });
    const socket = connect({ port: Number(new URL(house.url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'data');
    await house.server.drain();
    await house[Symbol.asyncDispose]();
    socket.destroy();
  });
});

test('Refusals without end are logged ten at once, and those left out are counted.', async () => {
  await using house = await openHouse();
  for (let count = 0; count < 25; count += 1) {
    const peer = await house.connect({ protocols: [], params: null });
    await peer.closed;
  }
  expect(noted(house)).toHaveLength(10);
});
