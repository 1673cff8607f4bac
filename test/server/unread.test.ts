/** Clients that do not read what they asked for: what waits for them is bounded, and so is how long it waits. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, type House, openHouse, type Peer } from './house.ts';

const MIB = 1_048_576;

/** Much, and less than one answer may have. The kernels take one or two of them on loopback, whatever is read. */
const ANSWER = 4_000_000; // bytes

const subscribe = (id: string, query: string) => ({ type: 'subscribe', id, payload: { query } });

/** A client that writes and, unless it is told to, never reads. */
async function visit(house: House, text = ''): Promise<Socket> {
  const { hostname, port } = new URL(house.url);
  const socket = connect({ host: hostname, port: Number(port) }).on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

function post(query: string, { viewer = 'ann', accept = 'application/json' } = {}): string {
  const body = JSON.stringify({ query });
  return (
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${viewer}\r\naccept: ${accept}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  );
}

const big = (viewer?: string) => post(`{ big(bytes: ${ANSWER}) }`, viewer === undefined ? {} : { viewer });

async function readings(house: House, name: string): Promise<Record<string, number>> {
  const metric = house.metrics.registry.getSingleMetric(name);
  const { values } = (await metric?.get()) ?? { values: [] };
  return Object.fromEntries(values.map(({ labels, value }) => [String(Object.values(labels)[0]), value]));
}

const unread = (house: House) => readings(house, 'gateway_unread_bytes');
const cut = (house: House) => readings(house, 'gateway_readers_cut_total');
const closes = (house: House) => readings(house, 'gateway_sockets_closed_total');

async function connections(house: House): Promise<number> {
  return Object.values(await readings(house, 'gateway_connections'))[0] ?? 0;
}

describe('An answer that nobody reads', () => {
  test('is let go when its reader took next to nothing for a while, and its connection with it.', async () => {
    const settings = { MAX_UNREAD_BYTES: String(1_024 * MIB) };
    await using house = await openHouse({ settings, patience: { reading: 300 } });
    await Promise.all(Array.from({ length: 8 }, () => visit(house, big().repeat(5))));
    await eventually(() => cut(house)).toEqual({ stopped: 8 });
    expect(await unread(house)).toEqual({ viewers: 0, strangers: 0 });
    await eventually(() => connections(house)).toBe(0);
    expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
  });

  test('is let go on a WebSocket too, also when the client says that it lives.', async () => {
    await using house = await openHouse({ patience: { reading: 600, ping: 100 } });
    const peer = await house.connect();
    peer.socket.pause();
    for (let id = 0; id < 4; id += 1) peer.send(subscribe(String(id), `{ big(bytes: ${ANSWER}) }`));
    const living = setInterval(() => peer.socket.pong(), 20);
    onTestFinished(() => clearInterval(living));
    await eventually(() => cut(house)).toEqual({ stopped: 1 });
    expect(await closes(house)).toEqual({ 1006: 1 });
    await eventually(() => readings(house, 'gateway_sockets')).toEqual({ undefined: 0 });
  });

  test('is let go when its client said goodbye and stays.', async () => {
    await using house = await openHouse({ patience: { reading: 300 } });
    const leaver = await visit(house, big().repeat(4));
    await eventually(async () => (await unread(house)).viewers).toBeGreaterThan(0);
    leaver.end();
    await eventually(() => connections(house)).toBe(0);
  });

  test('is read to its end by whoever reads slowly.', async () => {
    await using house = await openHouse({ patience: { reading: 1_500 } });
    const reader = await visit(house, big().repeat(6));
    let bytes = 0;
    reader.on('data', ({ length }) => {
      bytes += length;
      reader.pause();
      setTimeout(() => reader.resume(), 5);
    });
    await eventually(() => bytes).toBeGreaterThan(6 * ANSWER);
    expect(await cut(house)).toEqual({});
  });
});

describe('What waits for one viewer', () => {
  test('is half the room at most, however many connections do not read.', async () => {
    await using house = await openHouse({ settings: { MAX_UNREAD_BYTES: String(64 * MIB) } });
    let most = 0;
    for (let client = 0; client < 12; client += 1) {
      const before = house.ran.fields;
      await visit(house, big().repeat(5));
      await eventually(() => house.ran.fields - before).toBe(5);
      await eventually(async () => (await inFlight(house)) === 0).toBe(true);
      const { viewers = 0 } = await unread(house);
      most = Math.max(most, viewers);
    }
    // Sixty answers of 4 MB would be 229 MiB.
    expect(most).toBeGreaterThan(16 * MIB);
    expect(most).toBeLessThanOrEqual(32 * MIB);
    expect((await cut(house)).share).toBeGreaterThan(5);
    expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
  });

  test('is half the room on event streams too, each of which has no more than one event that waits.', async () => {
    await using house = await openHouse({ settings: { MAX_UNREAD_BYTES: String(16 * MIB) } });
    const flood = post('subscription { flood(bytes: 4000000) }', { accept: 'text/event-stream' });
    await Promise.all(Array.from({ length: 12 }, () => visit(house, flood)));
    await eventually(async () => (await cut(house)).share).toBeGreaterThan(5);
    await eventually(async () => (await unread(house)).viewers).toBeLessThanOrEqual(8 * MIB);
    await eventually(() => house.streams.open).toBeLessThan(4);
  });

  test('goes by the worst of its readers: one that reads has its answers.', async () => {
    await using house = await openHouse({ settings: { MAX_UNREAD_BYTES: String(40 * MIB) } });
    for (let client = 0; client < 6; client += 1) await visit(house, big('ann').repeat(4));
    await eventually(async () => (await cut(house)).share).toBeGreaterThan(0);
    for (let turn = 0; turn < 5; turn += 1) {
      const { data } = await house.answer(`{ big(bytes: ${ANSWER}) }`, {
        headers: { authorization: 'Bearer ann' },
      });
      expect(String(data?.big)).toHaveLength(ANSWER);
    }
  });
});

test('When all the room is taken the worst readers go, not whoever comes next.', async () => {
  await using house = await openHouse({ settings: { MAX_UNREAD_BYTES: String(64 * MIB) } });
  // None of them has more than a share.
  const hoarders = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus'];
  for (const viewer of hoarders) await visit(house, big(viewer).repeat(5));
  await eventually(async () => (await cut(house)).room).toBeGreaterThan(0);
  expect(Object.keys(await cut(house))).toEqual(['room']);

  const late = await visit(house, `${big('zoe')}${big('zoe')}`);
  let bytes = 0;
  late.on('data', ({ length }) => {
    bytes += length;
  });
  await eventually(() => bytes).toBeGreaterThan(2 * ANSWER);
  const { viewers = 0 } = await unread(house);
  expect(viewers).toBeLessThanOrEqual(64 * MIB);
});

describe('Whoever has not said who they are', () => {
  const pings = (peer: Peer, count: number, bytes: number) => {
    const ping = { type: 'ping', payload: { a: 'x'.repeat(bytes) } };
    for (let turn = 0; turn < count; turn += 1) peer.send(ping);
  };

  test('is not listened to beyond some bytes, so that no pong waits for them.', async () => {
    await using house = await openHouse({ patience: { connectionInit: 60_000, close: 60_000 } });
    const peers = await Promise.all(Array.from({ length: 10 }, () => house.connect({ params: null })));
    for (const peer of peers) {
      peer.socket.pause();
      pings(peer, 20, 500_000);
    }
    await eventually(() => closes(house)).toEqual({ 1009: 10 });
    expect(await unread(house)).toEqual({ viewers: 0, strangers: 0 });
    for (const peer of peers) peer.socket.resume();
    const [first] = await Promise.all(peers.map(({ closed }) => closed));
    expect(first).toEqual({ code: 1009, reason: 'More than 16384 bytes before connection_ack' });
  });

  test('is not listened to beyond some messages.', async () => {
    await using house = await openHouse();
    const peer = await house.connect({ params: null });
    pings(peer, 10, 0);
    await eventually(() => peer.messages).toHaveLength(10);
    expect(new Set(peer.messages.map(({ type }) => type))).toEqual(new Set(['pong']));
    pings(peer, 1, 0);
    expect((await peer.closed).code).toBe(4429);
  });

  test('is sent no parts of a message without an end.', async () => {
    await using house = await openHouse({ patience: { connectionInit: 60_000, close: 60_000 } });
    const peer = await house.connect({ params: null });
    for (let part = 0; part < 50; part += 1) {
      peer.socket.send('x'.repeat(1_000), { fin: false });
      peer.socket.ping();
    }
    expect((await peer.closed).code).toBe(1009);
  });

  test('gets no answers beyond a few in a row, so that none wait for them.', async () => {
    await using house = await openHouse();
    const ask = 'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const strangers = await Promise.all(Array.from({ length: 10 }, () => visit(house, ask.repeat(1_500))));
    for (const stranger of strangers) {
      let bytes = 0;
      stranger.on('data', ({ length }) => {
        bytes += length;
      });
      await once(stranger, 'close');
      expect(bytes).toBeLessThan(MIB);
    }
    expect(await unread(house)).toEqual({ viewers: 0, strangers: 0 });
  });

  test('has answers to a few requests in a row.', async () => {
    await using house = await openHouse();
    const client = await visit(house, 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(16));
    let text = '';
    client.on('data', (data) => {
      text += data;
    });
    await eventually(() => text.split('HTTP/1.1 200').length - 1).toBe(16);
  });
});

test('A message that a viewer never ends is counted, and let go after a while, also between pings.', async () => {
  await using house = await openHouse({ patience: { reading: 300 } });
  const peer = await house.connect();
  const sending = setInterval(() => peer.socket.ping(), 10);
  onTestFinished(() => clearInterval(sending));
  peer.socket.send('x'.repeat(900_000), { fin: false });
  await eventually(async () => (await unread(house)).viewers).toBeGreaterThan(800_000);
  expect((await peer.closed).code).toBe(1006);
  expect(await cut(house)).toEqual({ stopped: 1 });
});

test('A page that is loaded slowly is no burden.', async () => {
  await using house = await openHouse({ settings: { GRAPHIQL: 'on' }, patience: { reading: 1_000 } });
  const ask = 'GET /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n';
  await Promise.all(Array.from({ length: 20 }, () => visit(house, ask)));
  await eventually(async () => (await cut(house)).stopped ?? 0).toBe(20);
  await eventually(() => connections(house)).toBe(0);
});

async function inFlight(house: House): Promise<number | undefined> {
  return (await house.metrics.inFlight.get()).values[0]?.value;
}
