import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually, FLOOD, type House, openHouse, type Peer } from './house.ts';

const subscribe = (id: string, query: string) => ({ type: 'subscribe', id, payload: { query } });

describe('The protocol', () => {
  test('serves queries, mutations and subscriptions to a graphql-ws client', async () => {
    await using house = await openHouse();
    const client = house.client({ connectionParams: { authorization: 'Bearer ann' } });
    const results = async (query: string) => {
      const all: unknown[] = [];
      for await (const result of client.iterate({ query })) all.push(result);
      return all;
    };

    expect(await results('{ me }')).toEqual([{ data: { me: 'ann' } }]);
    expect(await results('mutation { hang }')).toEqual([{ data: { hang: 'hung up' } }]);
    expect(await results('subscription { count(to: 3) }')).toEqual([
      { data: { count: 1 } },
      { data: { count: 2 } },
      { data: { count: 3 } },
    ]);
    await expect(results('{ mee }')).rejects.toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test.each<[number, string, (peer: Peer) => void]>([
    [4401, 'a subscribe before the ack', (peer) => peer.send(subscribe('1', '{ me }'))],
    [4400, 'what is no JSON', (peer) => peer.send('hello')],
    [4400, 'a message without a type', (peer) => peer.send({})],
    [4400, 'a message of an unknown type', (peer) => peer.send({ type: 'start', id: '1' })],
    [4400, 'a message that only servers send', (peer) => peer.send({ type: 'complete' })],
    [4400, 'a message of a server', (peer) => peer.send({ type: 'connection_ack' })],
    [4400, 'an operation without a query', (peer) => peer.send({ type: 'subscribe', id: '1', payload: {} })],
    [4400, 'a binary message', (peer) => peer.socket.send(Buffer.from('{"type":"ping"}'))],
    [1009, 'a frame larger than the limit', (peer) => peer.send(JSON.stringify('x'.repeat(1_048_576)))],
  ])('closes with %i over %s', async (code, _what, act) => {
    await using house = await openHouse();
    const peer = await house.connect({ params: null });
    act(peer);

    expect((await peer.closed).code).toBe(code);
    expect(house.ran).toEqual({ fields: 0, commands: 0 });
    await eventually(() => closes(house)).toEqual({ [code]: 1 });
  });

  test.each<[number, string, (peer: Peer) => void]>([
    [4429, 'a second connection_init', (peer) => peer.send({ type: 'connection_init' })],
    [
      4409,
      'an id that is in use',
      (peer) => {
        peer.send(subscribe('1', 'subscription { events }'));
        peer.send(subscribe('1', '{ me }'));
      },
    ],
  ])('closes an admitted socket with %i over %s', async (code, _what, act) => {
    await using house = await openHouse();
    const peer = await house.connect();
    act(peer);

    expect((await peer.closed).code).toBe(code);
    await eventually(() => house.streams.open).toBe(0);
  });

  test('closes with 4408 when no connection_init comes', async () => {
    await using house = await openHouse({ patience: { connectionInit: 20 } });
    const peer = await house.connect({ params: null });
    expect((await peer.closed).code).toBe(4408);
  });

  test('does not compress, whatever the client offers', async () => {
    await using house = await openHouse();
    expect((await house.connect()).socket.extensions).toBe('');
  });

  test('answers a ping of the protocol, and one of WebSocket', async () => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.send({ type: 'ping', payload: { a: 1 } });
    expect(await peer.until(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { a: 1 } });
    peer.socket.ping('x');
    expect(String((await once(peer.socket, 'pong'))[0])).toBe('x');
  });

  test('counts the open sockets, also those that vanish', async () => {
    await using house = await openHouse();
    const peers = await Promise.all(Array.from({ length: 5 }, () => house.connect()));
    expect(await sockets(house)).toBe(5);
    for (const { socket } of peers) socket.terminate();
    await eventually(() => sockets(house)).toBe(0);
  });
});

describe('A subscription', () => {
  test('ends when the client completes it, and was not dropped then', async () => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.send(subscribe('1', 'subscription { events }'));
    await peer.until(({ type }) => type === 'next');
    peer.send({ type: 'complete', id: '1' });

    await eventually(() => house.streams).toMatchObject({ open: 0, droppedAtEnd: [false] });
    expect(peer.socket.readyState).toBe(peer.socket.OPEN);
  });

  test.each<[string, (peer: Peer) => void]>([
    ['cut', (peer) => peer.socket.terminate()],
    ['closed', (peer) => peer.socket.close()],
  ])('was dropped when its socket was %s under it', async (_how, leave) => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.send(subscribe('1', 'subscription { events }'));
    await peer.until(({ type }) => type === 'next');
    leave(peer);

    await eventually(() => house.streams).toMatchObject({ open: 0, droppedAtEnd: [true] });
    expect(house.visits[0]?.signal?.aborted).toBe(true);
  });

  test('over HTTP was dropped when the client hung up, and not when it ended by itself', async () => {
    await using house = await openHouse();
    const sse = { headers: { accept: 'text/event-stream' } };
    const text = await (await house.ask('subscription { count(to: 2) }', sse)).text();
    expect(text.match(/^(event|data): .*$/gm)).toEqual([
      'event: next',
      'data: {"data":{"count":1}}',
      'event: next',
      'data: {"data":{"count":2}}',
      'event: complete',
    ]);
    expect(house.streams).toMatchObject({ open: 0, droppedAtEnd: [false] });

    const response = await house.ask('subscription { events }', sse);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await eventually(() => house.streams).toMatchObject({ open: 0, droppedAtEnd: [false, true] });
  });

  test('over HTTP is refused with 406 to a client that takes no event stream, and left at once', async () => {
    await using house = await openHouse();
    const response = await house.ask('subscription { events }', { headers: { accept: 'application/json' } });
    expect(response.status).toBe(406);
    await eventually(() => house.streams.open).toBe(0);
  });

  test('finds no place beyond the limit of its viewer, on whatever socket, until one is left', async () => {
    await using house = await openHouse({ settings: { MAX_SUBSCRIPTIONS_PER_VIEWER: '2' } });
    const ann = await house.connect({ params: { authorization: 'Bearer ann' } });
    const alsoAnn = await house.connect({ params: { authorization: 'Bearer ann' } });
    const bob = await house.connect({ params: { authorization: 'Bearer bob' } });
    const open = async (peer: Peer, id: string) => {
      peer.send(subscribe(id, 'subscription { events }'));
      return (await peer.until((message) => message.id === id)).type;
    };

    expect([await open(ann, '1'), await open(alsoAnn, '2'), await open(bob, '3')]).toEqual([
      'next',
      'next',
      'next',
    ]);
    await open(ann, '4');
    expect(ann.messages.find(({ id }) => id === '4')?.payload).toMatchObject({
      errors: [{ extensions: { code: 'OVERLOADED' } }],
    });
    const sse = await house.ask('subscription { events }', {
      headers: { authorization: 'Bearer ann', accept: 'text/event-stream' },
    });
    expect(await sse.text()).toContain('OVERLOADED');
    expect(house.streams.open).toBe(3);

    alsoAnn.socket.terminate();
    await eventually(() => house.streams.open).toBe(2);
    expect(await open(ann, '5')).toBe('next');
  });

  test('that comes and goes a thousand times leaves nothing behind', async () => {
    await using house = await openHouse({ settings: { MAX_SUBSCRIPTIONS_PER_VIEWER: '1' } });
    const client = house.client();
    for (let turn = 0; turn < 900; turn += 1) {
      for await (const result of client.iterate({ query: 'subscription { count(to: 1) }' })) {
        expect(result).toEqual({ data: { count: 1 } });
      }
    }
    expect(house.streams.open).toBe(0);
  });
});

describe('A flood', () => {
  test('of ten thousand subscribes opens no more than a socket may have, and ends it', async () => {
    await using house = await openHouse();
    const peer = await house.connect();
    for (let id = 0; id < 10_000; id += 1) peer.send(subscribe(String(id), 'subscription { events }'));

    expect((await peer.closed).code).toBe(4429);
    expect(house.ran.fields).toBeLessThanOrEqual(100);
    const refused = peer.messages.filter(({ type }) => type === 'error');
    expect(refused.length).toBeGreaterThan(500);
    expect(refused[0]?.payload).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
    await eventually(() => house.streams.open).toBe(0);
    expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
  });

  test.each<[string, number, (peer: Peer) => void]>([
    ['pings of the protocol', 4429, (peer) => peer.send({ type: 'ping' })],
    ['completes', 4429, (peer) => peer.send({ type: 'complete', id: 'x' })],
    // Where more come at once than can be answered, ws cuts the socket before we count them.
    ['pings of WebSocket', 1006, (peer) => peer.socket.ping()],
  ])('of %s ends the socket with %i', async (_what, code, act) => {
    await using house = await openHouse();
    const peer = await house.connect();
    for (let count = 0; count < 5_000; count += 1) act(peer);
    expect((await peer.closed).code).toBe(code);
  });
});

describe('A peer', () => {
  test('that answers no ping is taken for dead', async () => {
    await using house = await openHouse({ patience: { ping: 30 } });
    const deaf = await house.connect({ autoPong: false });
    deaf.send(subscribe('1', 'subscription { events }'));

    expect((await deaf.closed).code).toBe(1006);
    await eventually(() => house.streams.open).toBe(0);
  });

  test('that answers lives on', async () => {
    // Long enough for a busy machine to answer in.
    await using house = await openHouse({ patience: { ping: 1_000 } });
    const alive = await house.connect();
    for (let pings = 0; pings < 3; pings += 1) await once(alive.socket, 'ping');
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });

  test('that does not read is not sent more than a bounded amount, and gets the rest when it reads', async () => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.socket.pause();
    // 2,000 events of 64 KiB would be 125 MiB.
    peer.send(subscribe('1', 'subscription { flood(bytes: 65536) }'));
    const other = await house.connect();
    await eventually(() => house.streams.pulled).toBeGreaterThan(10);
    for (let turn = 0; turn < 500; turn += 1) {
      other.send(subscribe(`q${turn}`, '{ me }'));
      await other.until((message) => message.id === `q${turn}` && message.type === 'complete');
    }
    // What the two kernels buffer on loopback is theirs; ours is 1 MiB.
    expect(house.streams.pulled).toBeLessThan(FLOOD / 4);

    peer.socket.resume();
    await peer.until(({ type }) => type === 'complete');
    expect(peer.messages.filter(({ type }) => type === 'next')).toHaveLength(FLOOD);
  });

  test('that asks for more and more without reading is closed', async () => {
    await using house = await openHouse({ patience: { close: 50 } });
    const peer = await house.connect();
    peer.socket.pause();
    for (let id = 0; id < 60; id += 1) peer.send(subscribe(String(id), '{ big(bytes: 1000000) }'));

    await eventually(() => closes(house)).toEqual({ 1013: 1 });
    await eventually(() => sockets(house)).toBe(0);
  });

  test('over HTTP that reads no event stream is not sent more than a bounded amount, and is cut in the end', async () => {
    await using house = await openHouse({ patience: { ping: 100 } });
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
    socket.on('error', () => {});
    const body = JSON.stringify({ query: 'subscription { flood(bytes: 65536) }' });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );

    await eventually(() => house.streams.pulled).toBeGreaterThan(10);
    await eventually(() => house.streams.open).toBe(0);
    expect(house.streams.pulled).toBeLessThan(FLOOD / 4);
    socket.destroy();
  });
});

async function sockets(house: House): Promise<number | undefined> {
  return (await house.metrics.sockets.get()).values[0]?.value;
}

async function closes(house: House): Promise<Record<string, number>> {
  const { values } = await house.metrics.socketsClosed.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.code, value]));
}
