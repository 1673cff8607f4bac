import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { spread } from '../../src/server/drain.ts';
import type { SignInRoom } from '../../src/server/sign-in-door.ts';
import type { SessionGatekeeper } from '../../src/server/visitor.ts';
import { createGate, eventually, openHouse } from './house.ts';

const subscribe = (id: string, query: string) => ({ type: 'subscribe', id, payload: { query } });

describe('Draining', () => {
  test('answers what runs, sends every socket away with a retriable code, and closes', async () => {
    const announced: number[] = [];
    await using house = await openHouse({ announceDrain: (by) => void announced.push(by) });
    const peers = await Promise.all(Array.from({ length: 100 }, () => house.connect()));
    for (const peer of peers) peer.send(subscribe('s', 'subscription { events }'));
    await Promise.all(peers.map((peer) => peer.until(({ type }) => type === 'next')));
    for (const peer of peers.slice(0, 5)) peer.send(subscribe('m', 'mutation { slowly }'));
    const queries = Array.from({ length: 5 }, () => house.answer('{ slow }'));
    await eventually(() => house.ran.fields).toBe(110);

    const drained = house.server.drain();
    expect(announced).toHaveLength(1);
    const ready = await fetch(`${house.origin}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { ok: false, reason: 'The gateway is draining.' },
    ]);
    expect((await fetch(`${house.origin}/healthz`)).status).toBe(200);
    await expect(house.connect()).rejects.toThrow('Unexpected server response: 503');

    // The idle ones go; the five with a running command stay until it is answered.
    const codes = await Promise.all(peers.slice(5).map((peer) => peer.closed));
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set([1012]));
    expect(peers.slice(0, 5).map(({ socket }) => socket.readyState)).toEqual([1, 1, 1, 1, 1]);
    house.gate.open();
    for (const peer of peers.slice(0, 5)) {
      expect((await peer.closed).code).toBe(1012);
      expect(peer.messages).toContainEqual({
        id: 'm',
        type: 'next',
        payload: { data: { slowly: 'slowly' } },
      });
    }
    expect(await Promise.all(queries)).toEqual(Array.from({ length: 5 }, () => ({ data: { slow: 'slow' } })));
    await drained;
    expect(house.ran.commands).toBe(5);
    expect(house.streams.open).toBe(0);
    await expect(fetch(`${house.origin}/healthz`)).rejects.toThrow();
  });

  test('is over in time also when something never ends', async () => {
    await using house = await openHouse({ settings: { DRAIN_SECONDS: '0.3' } });
    const peer = await house.connect();
    peer.send(subscribe('m', 'mutation { slowly }'));
    const query = house.answer('{ slow }').catch((error: unknown) => error);
    await eventually(() => house.ran.fields).toBe(2);

    await house.server.drain();

    expect((await peer.closed).code).toBe(1012);
    expect(await query).toBeInstanceOf(Error);
  });

  test('cuts event streams without completing them, so that their clients come back', async () => {
    await using house = await openHouse();
    const response = await house.ask('subscription { events }', { headers: { accept: 'text/event-stream' } });
    const text = response.text();
    text.catch(() => {});
    await eventually(() => house.streams.open).toBe(1);

    await house.server.drain();

    await expect(text).rejects.toThrow();
    expect(house.streams).toMatchObject({ open: 0, droppedAtEnd: [true] });
  });

  test('lets a graphql-ws client go on at the next gateway on the same port', async () => {
    await using first = await openHouse();
    const client = first.client({ retryAttempts: 1_000, retryWait: () => new Promise(setImmediate) });
    const stream = client.iterate({ query: 'subscription { events }' });
    expect((await stream.next()).value).toEqual({ data: { events: 'first' } });

    await first.server.drain();
    await using second = await openHouse({ settings: { PORT: new URL(first.url).port } });

    expect((await stream.next()).value).toEqual({ data: { events: 'first' } });
    expect(second.streams.open).toBe(1);
  });

  test('waits neither for a connection that never carried a request nor for a client that has left', async () => {
    // A wait for the end of this time would be a test that never ends.
    await using house = await openHouse({ settings: { DRAIN_SECONDS: '600' } });
    const { hostname, port } = new URL(house.url);
    const unused = connect(Number(port), hostname);
    await once(unused, 'connect');
    const left = new AbortController();
    const aborted = house.ask('{ slow }', { signal: left.signal }).catch((error: unknown) => error);
    await eventually(() => house.ran.fields).toBe(1);
    left.abort();
    expect(await aborted).toBeInstanceOf(Error);

    const closed = once(unused.resume(), 'close');
    await house.server.drain();
    await closed;
  });

  test('sends more sockets away than one signal likes listeners, without a warning', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => void warnings.push(warning);
    process.on('warning', keep);
    try {
      await using house = await openHouse();
      const peers = await Promise.all(Array.from({ length: 20 }, () => house.connect()));
      await house.server.drain();
      await Promise.all(peers.map(({ closed }) => closed));
      // Warnings are told in the next turn.
      await new Promise(setImmediate);
      expect(warnings).toEqual([]);
    } finally {
      process.off('warning', keep);
    }
  });

  test('goes on where a client answers the goodbye with what is no frame', async () => {
    // A wait for the end of this time would be a test that never ends.
    await using house = await openHouse({ settings: { DRAIN_SECONDS: '600' } });
    const { hostname, port, host } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    const [opened] = await once(socket, 'data');
    expect(String(opened)).toMatch(/^HTTP\/1\.1 101 /);
    const goodbye = once(socket, 'data');
    const drained = house.server.drain();
    const [frame] = await goodbye;
    expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 1012]);
    const closed = once(socket.resume(), 'close');
    socket.write(Buffer.from([0xff, 0xff]));
    await drained;
    await closed;
  });

  test('answers whoever signs in over a connection that is still open, although no new ones are taken', async () => {
    const asked = createGate();
    const room: SignInRoom = {
      async answer({ listening }) {
        asked.open();
        return { status: 200, headers: {}, body: `found at ${listening}` };
      },
    };
    const sessions: SessionGatekeeper = {
      read: () => null,
      recognise: () => null,
      admit: async () => expect.unreachable('Nobody shows a cookie.'),
    };
    await using house = await openHouse({
      settings: { DRAIN_SECONDS: '600' },
      signIn: () => ({ room, sessions, signInTo: [], simulatorUrl: null }),
    });
    const { hostname, port, host } = new URL(house.url);
    const client = connect(Number(port), hostname);
    const answers = text(client);
    const query = JSON.stringify({ query: '{ slow }' });
    client.write(
      `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${query.length}\r\n\r\n${query}`,
    );
    await eventually(() => house.ran.fields).toBe(1);
    const drained = house.server.drain();
    await expect(fetch(`${house.origin}/healthz`)).rejects.toThrow();
    client.write(`GET /auth/session HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await asked.opened;
    house.gate.open();
    expect(await answers).toMatch(/{"data":{"slow":"slow"}}[\s\S]+found at http:\/\/127\.0\.0\.1:\d+$/);
    await drained;
  });

  test('of an empty house is over at once, and twice is as once', async () => {
    await using house = await openHouse();
    await Promise.all([house.server.drain(), house.server.drain()]);
    await house.server.stop();
  });
});

test('Guests are sent away one after another, the first after the last notice, the last in time', () => {
  expect(spread(0, 10_000)).toEqual([]);
  expect(spread(3, 10_000)).toEqual([250, 260, 270]);
  const many = spread(5_000, 10_000);
  expect([many[0], many.at(-1)]).toEqual([250, 3_000]);
  expect(spread(100, 300).at(-1)).toBe(100);
  expect(spread(2, 0)).toEqual([0, 0]);
});
