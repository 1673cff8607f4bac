/**
 * A lean HTTP client in a closed loop: each connection asks again as soon as it is answered. On raw sockets,
 * so that the load costs little beside what it measures; every answer is checked for truth.
 */
import { connect, type Socket } from 'node:net';
import { microseconds } from './clock.ts';

export interface Answer {
  readonly status: number;
  /** The head of the answer, as it came. */
  readonly head: string;
  readonly body: Buffer;
}

/** One keep-alive connection; it has one request in flight at a time. */
export interface Connection {
  /** Sends the bytes of a whole request. */
  send(request: string): Promise<Answer>;
  close(): void;
}

const ANSWER_TIME = 30_000; // 30 seconds of silence, then the connection is given up

/** Opens a connection; `patience` (milliseconds) is longer where an answer is held back on purpose. */
export async function openConnection(port: number, patience = ANSWER_TIME): Promise<Connection> {
  const socket = await opened(connect({ port, host: '127.0.0.1', noDelay: true }));
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = null;
    socket.destroy();
  };
  socket.setTimeout(patience, () => {
    if (waiting !== null) fail(new Error(`No answer within ${patience} ms`));
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed the connection')));
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = parseAnswer(received);
    if (answer === null) return;
    received = Buffer.alloc(0);
    const asked = waiting;
    waiting = null;
    asked?.resolve(answer);
  });

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (socket.destroyed) fail(new Error('The connection is closed'));
        else socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** A request, and what a true answer to it contains. */
export interface Asked {
  readonly request: string;
  readonly expects: readonly string[];
}

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The next request of a connection. */
  readonly next: (connection: number) => Asked;
}

export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  /** Milliseconds each. */
  readonly delays: readonly number[];
  readonly untrue: number;
  /** The first answer that was not true, for the reader to see. */
  readonly example: string | null;
}

/** Asks for `duration` on all connections at once, and waits for the last answers. */
export async function closedLoop({ port, connections, duration, next }: Load): Promise<LoadResult> {
  const delays: number[] = [];
  let untrue = 0;
  let example: string | null = null;
  const sockets = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const started = microseconds();
  const ends = started + duration * 1_000;

  await Promise.all(
    sockets.map(async (socket, connection) => {
      for (let asked = started; asked < ends; ) {
        const { request, expects } = next(connection);
        const answer = await socket.send(request);
        const answered = microseconds();
        delays.push((answered - asked) / 1_000);
        asked = answered;
        if (!isTrue(answer, expects)) {
          untrue += 1;
          example ??= `${answer.status} ${answer.body.subarray(0, 400).toString()}`;
        }
      }
    }),
  ).finally(() => {
    for (const socket of sockets) socket.close();
  });
  const seconds = (microseconds() - started) / 1_000_000;
  return { answers: delays.length, perSecond: delays.length / seconds, delays, untrue, example };
}

/** True for a success without errors that contains everything expected. */
export function isTrue({ status, body }: Answer, expects: readonly string[]): boolean {
  return status === 200 && !body.includes('"errors":') && expects.every((text) => body.includes(text));
}

/** A GET, in bytes to send. */
export function getRequest(path: string, token: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
}

/** A POST of JSON, or of nothing, in bytes to send. */
export function postRequest(path: string, token: string, body = ''): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nAccept: application/json\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Waits for a socket to be connected. */
export async function opened(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

const END_OF_HEAD = '\r\n\r\n';

/** Null while the answer is not complete. */
function parseAnswer(bytes: Buffer): Answer | null {
  const headLength = bytes.indexOf(END_OF_HEAD);
  if (headLength < 0) return null;
  const head = bytes.toString('latin1', 0, headLength);
  const rest = bytes.subarray(headLength + END_OF_HEAD.length);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return rest.length < Number(length) ? null : { status, head, body: rest };
  const body = /\r\ntransfer-encoding: *chunked/i.test(head) ? joinChunks(rest) : rest;
  return body === null ? null : { status, head, body };
}

/** Null while the last chunk is missing. */
function joinChunks(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (true) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
