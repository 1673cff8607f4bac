/** The end of the process while every kind of connection there is holds on to it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { DEMO_SESSION_ID } from '../../src/simulator/story.ts';
import { until } from '../support/gateway.ts';
import { type GatewayProcess, startGateway } from '../support/process.ts';

const DRAIN_SECONDS = 2;

/** For a busy machine to end a process. */
const MARGIN = 3_000; // 3 seconds

interface Line {
  readonly socket: Socket;
  /** What was heard so far. */
  readonly heard: () => string;
}

/** A client that never hangs up by itself: it keeps its end open also when the other one is closed. */
async function hold(origin: string, text = '', { reads = true } = {}): Promise<Line> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).on('error', () => {});
  onTestFinished(() => void socket.destroy());
  let heard = '';
  if (reads) {
    socket.on('data', (data) => {
      heard += data;
    });
  }
  await once(socket, 'connect');
  socket.write(text);
  return { socket, heard: () => heard };
}

const get = (path: string, ...headers: readonly string[]) =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;

function post(query: string, ...headers: readonly string[]): string {
  const body = JSON.stringify({ query });
  const all = [
    'host: localhost',
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...headers,
  ];
  return `POST /graphql HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}`;
}

const UPGRADE = [
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
];

const EVENTS = `subscription { callEvents(sessionId: "${DEMO_SESSION_ID}") { __typename } }`;
const HANGING = '{ viewer { devices { id } } }';

/** A WebSocket that never answers a goodbye. */
async function holdSocket({ url }: GatewayProcess, ...messages: readonly object[]) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { autoPong: false });
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  const heard: { type: string }[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  await once(socket, 'open');
  for (const message of messages) {
    socket.send(JSON.stringify(message));
    if ('type' in message && message.type === 'connection_init') await until(() => heard.length > 0);
  }
  return { socket, heard };
}

const INIT = { type: 'connection_init' };
const subscribe = (query: string) => ({ type: 'subscribe', id: '1', payload: { query } });

async function reading({ url }: GatewayProcess, series: string): Promise<number> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  const value = text.split('\n').find((line) => line.startsWith(`${series} `));
  return Number(value?.split(' ')[1]);
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'On %s the process ends in its time, whoever holds on to it.',
  async (signal) => {
    await using gateway = await startGateway({ DRAIN_SECONDS: String(DRAIN_SECONDS) });
    const { origin } = new URL(gateway.url);
    const simulator = gateway.lines[0]?.simulator ?? '';
    const order = (what: string, body: unknown) =>
      fetch(`${simulator}/simulator/${what}`, { method: 'PUT', body: JSON.stringify(body) });

    // A RingCentral that hangs, on the way of a query and of a command.
    await order('faults', [
      { match: 'listExtensionDevices', times: null, do: 'hang' },
      { match: 'holdCallParty', times: null, do: 'hang' },
    ]);
    const hold1 = `mutation { holdCallParty(input: { sessionId: "${DEMO_SESSION_ID}", partyId: "p-1" }) { outcome } }`;

    const halves = [
      await hold(origin),
      await hold(origin, 'GET /healthz HTTP/1.1\r\nhost: loc'),
      await hold(origin, post(HANGING).slice(0, -5)),
      await hold(origin, post(HANGING, 'expect: 100-continue').slice(0, -5)),
    ];
    const kept = await hold(origin, get('/healthz'));
    const readers = [await hold(origin, get('/readyz')), await hold(origin, get('/metrics'))];
    const unread = [
      await hold(origin, get('/metrics').repeat(15), { reads: false }),
      await hold(origin, get('/graphql', 'accept: text/html'), { reads: false }),
    ];
    // Half-closed: it said its last word, and stays.
    const halfClosed = [
      await hold(origin, get('/graphql', 'accept: text/html'), { reads: false }),
      await hold(origin, post(HANGING)),
    ];
    for (const { socket } of halfClosed) socket.end();
    const waiting = [await hold(origin, post(HANGING)), await hold(origin, post(hold1))];
    const streams = [
      await hold(origin, post(EVENTS, 'accept: text/event-stream')),
      await hold(origin, post(EVENTS, 'accept: text/event-stream'), { reads: false }),
    ];
    const refused = [
      await hold(origin, get('/nowhere', ...UPGRADE)),
      await hold(origin, get('/graphql', ...UPGRADE, 'origin: http://foreign.example')),
      await hold(origin, get('/graphql', 'connection: Upgrade', 'upgrade: h2c')),
      await hold(origin, `${get('/nowhere', ...UPGRADE, 'content-length: 1000000')}half a body`),
      await hold(origin, get('/nowhere', ...UPGRADE), { reads: false }),
    ];
    const simulated = [
      await hold(simulator),
      await hold(simulator, 'GET /simulator/calls HTTP/1.1\r\nhost: loc'),
      await hold(simulator, get('/simulator/calls')),
      await hold(simulator, get('/simulator/calls'), { reads: false }),
    ];
    const strangers = [await holdSocket(gateway)];
    const { socket: unheard } = await holdSocket(gateway, INIT);
    unheard.pause();
    const ping = { type: 'ping', payload: { text: 'x'.repeat(100_000) } };
    for (let turn = 0; turn < 120; turn += 1) unheard.send(JSON.stringify(ping));
    const watching = await holdSocket(gateway, INIT, subscribe(EVENTS));
    const { socket: blind } = await holdSocket(gateway, INIT, subscribe(EVENTS));
    blind.pause();
    const asking = await holdSocket(gateway, INIT, subscribe(HANGING));
    const commanding = await holdSocket(gateway, INIT, subscribe(hold1));
    const acknowledged = await holdSocket(gateway, INIT);

    // What is no request at all is cut at once, and holds nothing.
    for (const nonsense of [
      '\x16\x03\x01\x02\x00\x01\x00',
      'CONNECT example.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n',
    ]) {
      const { socket } = await hold(origin, nonsense);
      await once(socket, 'end');
    }
    await until(() =>
      [kept, ...readers, ...streams.slice(0, 1)].every(({ heard }) => heard().includes(' 200 OK')),
    );
    await until(() => refused.slice(0, 4).every(({ heard }) => /^HTTP\/1.1 4/.test(heard())));
    await until(() => watching.heard.some(({ type }) => type === 'next'));
    await until(async () => (await reading(gateway, 'gateway_unread_bytes{of="viewers"}')) > 0);
    await until(async () => (await reading(gateway, 'gateway_graphql_in_flight')) >= 4);
    const sockets = [...strangers, watching, asking, commanding, acknowledged].map(({ socket }) => socket);
    expect(sockets.map(({ readyState }) => readyState)).toEqual(sockets.map(() => WebSocket.OPEN));
    expect([unheard.readyState, blind.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    expect([...halves, ...unread, ...waiting, ...simulated].filter(({ socket }) => socket.closed)).toEqual(
      [],
    );

    const toldAt = performance.now();
    gateway.kill(signal);
    expect(await gateway.exit).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(DRAIN_SECONDS * 1_000 + MARGIN);
  },
);
