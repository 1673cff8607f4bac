/** Whoever is refused, or has said goodbye, and does not hang up. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, type House, openHouse } from './house.ts';

const WEBSOCKET = [
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
];

const get = (path: string, ...headers: readonly string[]) =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;

/** A client that keeps its own end open, also when ours is closed. */
async function hold(house: House, text: string): Promise<Socket> {
  const { hostname, port } = new URL(house.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Connections are accepted in their order: behind this one every earlier one is known. */
async function comeAndGo(house: House): Promise<void> {
  const socket = await hold(house, get('/healthz', 'connection: close'));
  await once(socket.resume(), 'end');
  socket.destroy();
}

async function connections(house: House): Promise<number | undefined> {
  const metric = await house.metrics.registry.getSingleMetric('gateway_connections')?.get();
  return metric?.values[0]?.value;
}

const PAGE = get('/graphql', 'accept: text/html');

test.each<[string, string]>([
  ['an upgrade at another address', get('/nowhere', ...WEBSOCKET)],
  ['an upgrade of a foreign page', get('/graphql', ...WEBSOCKET, 'origin: http://foreign.example')],
  ['an upgrade to something else', get('/graphql', 'connection: Upgrade', 'upgrade: h2c')],
  ['an upgrade with a body', `${get('/nowhere', ...WEBSOCKET, 'content-length: 1000000')}half of it`],
  ['an upgrade behind an answer that nobody reads', `${PAGE}${get('/nowhere', ...WEBSOCKET)}`],
  [
    'an upgrade to something else behind an answer that nobody reads',
    `${PAGE}${get('/graphql', 'connection: Upgrade', 'upgrade: h2c')}`,
  ],
  ['another subprotocol', get('/graphql', ...WEBSOCKET, 'sec-websocket-protocol: soap')],
  [
    'a WebSocket of a stranger',
    get('/graphql', ...WEBSOCKET, 'sec-websocket-protocol: graphql-transport-ws'),
  ],
  ['what is no HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['an expectation that nobody meets', get('/healthz', 'expect: payment', 'connection: close')],
])('A connection over %s is destroyed after a moment, whatever its client does.', async (_what, text) => {
  await using house = await openHouse({
    settings: { GRAPHIQL: 'on' },
    patience: { close: 100, connectionInit: 50, reading: 60_000 },
  });
  await hold(house, text);
  await comeAndGo(house);
  await eventually(() => connections(house)).toBe(0);
});

test('A WebSocket whose client ended its side without a goodbye, and reads nothing, is ended by the next pings.', async () => {
  await using house = await openHouse({ patience: { ping: 1_000, reading: 60_000 } });
  const peer = await house.connect();
  peer.socket.pause();
  for (let id = 0; id < 3; id += 1) {
    peer.send({ type: 'subscribe', id: String(id), payload: { query: '{ big(bytes: 4000000) }' } });
  }
  await eventually(() => house.ran.fields).toBe(3);
  (peer.socket as unknown as { _socket: Socket })._socket.end();
  await eventually(() => connections(house)).toBe(0);
  expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
});

test('Requests that wait for their turn end with their connection, as the one whose turn it is does.', async () => {
  await using house = await openHouse();
  const post = (query: string, accept: string) => {
    const body = JSON.stringify({ query });
    return (
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: ${accept}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`
    );
  };
  const slow = post('{ slow }', 'application/json');
  const events = post('subscription { events }', 'text/event-stream');
  const socket = await hold(house, `${slow}${events.repeat(3)}${slow}`);
  await eventually(() => house.ran.fields).toBe(5);
  expect(house.streams.open).toBe(3);
  socket.destroy();
  await eventually(() => house.streams.open).toBe(0);
  expect(house.streams.droppedAtEnd).toEqual([true, true, true]);
  house.gate.open();
  await eventually(() => inFlight(house)).toBe(0);
  expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
});

test('Of an event stream that is over nothing is kept, however long the token of its client goes on.', async () => {
  await using house = await openHouse();
  const signals: WeakRef<AbortSignal>[] = [];
  const stream = async (token: string, query: string) => {
    const leaving = new AbortController();
    const response = await house.ask(query, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      signal: leaving.signal,
    });
    const [visit] = house.visits.splice(0);
    if (visit?.signal === undefined) throw new Error('Nobody has seen the client.');
    signals.push(new WeakRef(visit.signal));
    return { response, leave: () => leaving.abort() };
  };
  // One whose client leaves, and one that ends, of each token.
  for (const token of ['amy', 'bob', 'cleo']) {
    const { response, leave } = await stream(`${token}1`, 'subscription { events }');
    await response.body?.getReader().read();
    leave();
    await (await stream(`${token}2`, 'subscription { count(to: 2) }')).response.text();
  }
  await eventually(() => house.streams.open).toBe(0);
  await eventually(() => {
    collectGarbage();
    return signals.filter((signal) => signal.deref() !== undefined).length;
  }).toBe(0);
  expect(signals).toHaveLength(6);
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

async function inFlight(house: House): Promise<number | undefined> {
  return (await house.metrics.inFlight.get()).values[0]?.value;
}
