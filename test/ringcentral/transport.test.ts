/** What comes back instead of an answer, from a server that keeps to no protocol: nothing of it waits without an end. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CallControlFailure, UpstreamBadResponse, UpstreamUnavailable } from '../../schema/failures.ts';
import type { Command } from '../../schema/provider.ts';
import { createCallControl } from '../../src/ringcentral/call-control.ts';
import { OPERATIONS } from '../../src/ringcentral/operations.ts';
import type { UpstreamRequest } from '../../src/upstream/http.ts';
import { callerWith, countOf, upstreamTo } from './support.ts';

const ids = { telephonySessionId: 's-1', partyId: 'p-1-2' };
const read: UpstreamRequest = { operation: OPERATIONS.readCallSessionStatus, ids, lane: 'query' };
const poll: UpstreamRequest = { ...read, lane: 'poll' };
const hold: UpstreamRequest = { operation: OPERATIONS.holdCallParty, ids, lane: 'command' };

/** Says whatever it is told to say as soon as a request's head is there. */
async function rawServer(say: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (!data.includes('\r\n\r\n')) return;
      requests += 1;
      say(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    connections: () => sockets.size,
  };
}

/** Says a piece again and again until the other side has gone. */
function drip(socket: Socket, piece: string, pause = 20): void {
  const timer = setInterval(() => socket.write(piece), pause);
  socket.on('close', () => clearInterval(timer));
}

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

interface Trouble {
  readonly say: (socket: Socket) => void;
  readonly failure: new (...args: never[]) => CallControlFailure;
  readonly message: string;
  /** As the metrics call it. */
  readonly status: string;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'a change of the protocol (101)': {
    say: (socket) => socket.write(SWITCHED),
    failure: UpstreamBadResponse,
    message: 'RingCentral answered with another protocol (101).',
    status: 'bad-response',
  },
  'a 101 that names no protocol': {
    say: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    failure: UpstreamBadResponse,
    message: 'RingCentral answered with another protocol (101).',
    status: 'bad-response',
  },
  'a 101 with more behind it': {
    say: (socket) => socket.write(`${SWITCHED}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`),
    failure: UpstreamBadResponse,
    message: 'RingCentral answered with another protocol (101).',
    status: 'bad-response',
  },
  'announcements without end (1xx)': {
    say: (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', 1),
    failure: UpstreamBadResponse,
    message: 'RingCentral answered with announcements, and no answer.',
    status: 'bad-response',
  },
  'a patience without end (100)': {
    say: (socket) => drip(socket, 'HTTP/1.1 100 Continue\r\n\r\n', 1),
    failure: UpstreamBadResponse,
    message: 'RingCentral answered with announcements, and no answer.',
    status: 'bad-response',
  },
  'headers that never end': {
    say(socket) {
      socket.write('HTTP/1.1 200 OK\r\n');
      drip(socket, 'X-More: and more\r\n');
    },
    failure: UpstreamUnavailable,
    message: 'RingCentral did not answer in time.',
    status: 'timeout',
  },
  'a status line that never ends': {
    say: (socket) => drip(socket, 'H'),
    failure: UpstreamUnavailable,
    message: 'The connection to RingCentral broke.',
    status: 'network',
  },
  'a body that drips for ever': {
    say(socket) {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{');
      drip(socket, ' ');
    },
    failure: UpstreamUnavailable,
    message: 'RingCentral did not answer in time.',
    status: 'timeout',
  },
  'chunks that drip for ever': {
    say(socket) {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      drip(socket, '1\r\n \r\n');
    },
    failure: UpstreamUnavailable,
    message: 'RingCentral did not answer in time.',
    status: 'timeout',
  },
  nothing: {
    say: () => {},
    failure: UpstreamUnavailable,
    message: 'RingCentral did not answer in time.',
    status: 'timeout',
  },
};

describe.each(Object.entries(TROUBLES))('After %s', (_name, { say, failure, message, status }) => {
  test.each([
    ['a command', hold, 'command'],
    ['a poll', poll, 'poll'],
  ] as const)('%s ends, once, and gives its connection back.', async (_kind, request, lane) => {
    const server = await rawServer(say);
    const { upstream, metrics } = upstreamTo(server.url, { timeout: 1_000 });
    const error = await upstream.send(callerWith('t'), request).then(
      () => expect.fail('it was answered'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(failure);
    expect(error).toMatchObject({ message });
    // It may have been applied: the call has to be looked at.
    if (error instanceof UpstreamUnavailable) expect(error.sent).toBe(true);
    expect(server.requests()).toBe(1);
    const { id: operation } = request.operation;
    expect(await countOf(metrics, 'upstreamRequests', { operation, status, lane })).toBe(1);
    await expect.poll(server.connections).toBe(0);
  });
});

test('A read after a 101 is not made again, and leaves when whoever asked leaves.', async () => {
  const server = await rawServer((socket) => socket.write(SWITCHED));
  const { upstream } = upstreamTo(server.url);
  await expect(upstream.send(callerWith('t'), read)).rejects.toBeInstanceOf(UpstreamBadResponse);
  expect(server.requests()).toBe(1);
});

test('One announcement before the answer is as good as none.', async () => {
  const server = await rawServer((socket) =>
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"id":"s-1"}'),
  );
  const { upstream } = upstreamTo(server.url);
  expect((await upstream.send(callerWith('t'), read)).body).toEqual({ id: 's-1' });
});

test('The rate budget has its place back after a 101.', async () => {
  const server = await rawServer((socket) => socket.write(SWITCHED));
  const { upstream } = upstreamTo(server.url);
  const callControl = createCallControl(upstream);
  const command: Command = { name: 'holdCallParty', sessionId: 's-1', partyId: 'p-1-2' };
  // Fifty a minute are allowed: so many come back with what happened, and none of them hangs.
  for (let count = 0; count < 50; count += 1) {
    await expect(callControl.command(callerWith('t'), command, {})).rejects.toBeInstanceOf(
      UpstreamBadResponse,
    );
  }
  await expect(callControl.command(callerWith('t'), command, {})).rejects.toMatchObject({
    name: 'RateLimited',
  });
  expect(server.requests()).toBe(50);
});
