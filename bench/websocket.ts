/**
 * A lean WebSocket client that subscribes over `graphql-transport-ws`, or only listens: five thousand of them
 * share one core with the upstream, so a frame costs a few bytes looked at and one callback.
 */
import { connect } from 'node:net';
import { type Marker, readMarker, tokenOf } from './calls.ts';
import { opened } from './http-load.ts';

export interface SocketOptions {
  readonly port: number;
  readonly path: string;
  /** The viewer who subscribes. */
  readonly viewer: number;
  /** What to subscribe to, one operation each; empty: the server sends of its own accord. */
  readonly operations: readonly Operation[];
  /** A frame with a marker arrived. */
  readonly onMarker: (marker: Marker) => void;
  /** The server sent an error, or closed the socket while nobody asked it to. */
  readonly onFailure: (error: Error) => void;
}

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface Listener {
  close(): void;
}

const NOTHING = Buffer.alloc(0);
/** All sockets read into the same bytes, one after another: thousands of them cost no garbage. */
const RECEIVED = Buffer.alloc(65_536); // 64 KiB

/** The opcode of a message. */
export const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/** Connects and subscribes; what arrives before the first change is the state of the calls as they are. */
export async function openSocket(options: SocketOptions): Promise<Listener> {
  const { port, path, viewer, operations, onMarker, onFailure } = options;
  const onread = { buffer: RECEIVED, callback: (size: number) => take(RECEIVED.subarray(0, size)) };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
  let closing = false;
  let received: Buffer = NOTHING;
  let receive = shakeHands;

  const fail = (text: string) => {
    if (closing) return;
    closing = true;
    socket.destroy();
    onFailure(new Error(text));
  };
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('The server closed a socket'));
  await opened(socket);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
      `${operations.length > 0 ? 'Sec-WebSocket-Protocol: graphql-transport-ws\r\n' : ''}\r\n`,
  );

  return {
    close() {
      closing = true;
      socket.destroy();
    },
  };

  function take(bytes: Buffer): boolean {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    receive();
    // What is left is of a frame that goes on, and its place is needed for the next read.
    received = received.length === 0 ? NOTHING : Buffer.from(received);
    return true;
  }

  function shakeHands(): void {
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101')) {
      fail(`The upgrade was refused: ${head.split('\r\n')[0]}`);
      return;
    }
    received = received.subarray(end + 4);
    receive = readFrames;
    if (operations.length > 0) {
      const payload = { authorization: `Bearer ${tokenOf(viewer)}` };
      socket.write(frameOf(TEXT, JSON.stringify({ type: 'connection_init', payload })));
    }
    readFrames();
  }

  function readFrames(): void {
    while (received.length >= 2) {
      const short = (received[1] ?? 0) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (received.length < head) return;
      const length =
        short < 126 ? short : short === 126 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2));
      if (received.length < head + length) return;
      const opcode = (received[0] ?? 0) & 0x0f;
      const payload = received.subarray(head, head + length);
      received = received.subarray(head + length);
      answer(opcode, payload);
    }
  }

  function answer(opcode: number, payload: Buffer): void {
    if (opcode === PING) socket.write(frameOf(PONG, payload));
    if (opcode === CLOSE) fail(`Closed with ${payload.readUInt16BE(0)} ${payload.subarray(2).toString()}`);
    if (opcode !== TEXT) return;
    const marker = readMarker(payload);
    if (marker !== null) onMarker(marker);
    else if (payload.includes('"connection_ack"')) subscribe();
    else if (payload.includes('"type":"ping"')) socket.write(frameOf(TEXT, '{"type":"pong"}'));
    else if (payload.includes('"error')) fail(`The server sent ${payload.subarray(0, 400).toString()}`);
  }

  function subscribe(): void {
    for (const [id, payload] of operations.entries()) {
      socket.write(frameOf(TEXT, JSON.stringify({ id: String(id), type: 'subscribe', payload })));
    }
  }
}

/** A frame; clients must mask, and a mask of zeros leaves the bytes as they are. */
export function frameOf(opcode: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const long = body.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (long ? 126 : body.length);
  if (long) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}
