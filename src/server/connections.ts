/** The TCP connections of the front door: who reads from each, and how each of them ends. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Patience } from './patience.ts';
import type { Reader, Unread } from './unread.ts';

/** Requests of one connection that are answered at the same time. Clients ask the next one when they have their answer. */
const MOST_IN_TURN = 16;

export interface ConnectionParts {
  readonly unread: Unread;
  readonly patience: Patience;
  readonly metrics: Pick<Metrics, 'connections'>;
}

export interface Connections {
  opened(socket: Socket): void;
  /** It became a WebSocket, which has a reader of its own. */
  handOver(socket: Duplex, reader: Reader): void;
  /** A request came in, to be answered by `response`; false: not any more, because too many wait before it unread. */
  begin(response: ServerResponse): boolean;
  /** Tells whose request it is, once that is known. */
  claim(response: ServerResponse, viewerId: string): void;
  /** To be called after something was written. */
  wrote(response: ServerResponse): void;
  /** Writes a last `answer`, if any, and destroys the connection after a moment, whatever its other side does. */
  letGo(socket: Duplex, answer?: string): void;
  /** Cuts those that never carried a request: Node takes none of them for idle, and browsers open some. */
  cutUnused(): void;
  /** Cuts all of them, also those that became WebSockets or were to. */
  cutAll(): void;
  stop(): void;
}

const NOBODY: { readonly turns: readonly ServerResponse[] } = { turns: [] };

/** Between two looks at all of them, for what was written without a word: by Node, by ws, or bit by bit. */
const PACE = 1_000; // 1 second

/** Keeps them; one for all of a server. */
export function createConnections({ unread, patience, metrics }: ConnectionParts): Connections {
  const open = new Set<Socket>();
  const readers = new WeakMap<Duplex, HttpReader>();
  const handedOver = new WeakMap<Duplex, Reader>();
  const looking = setInterval(lookAround, Math.min(PACE, patience.reading / 2)).unref();

  return {
    // The same functions for all of them, because thousands stay open.
    opened(socket) {
      open.add(socket.on('close', disconnected));
      metrics.connections.set(open.size);
    },

    handOver: (socket, reader) => void handedOver.set(socket, reader),

    begin(response) {
      const reader = readerOf(response.req.socket);
      if (reader.turns.size >= MOST_IN_TURN || unread.isFull(reader)) {
        reader.cut();
        return false;
      }
      // A proxy brings requests of many over one connection.
      if (reader.turns.size === 0) reader.owner = null;
      reader.turns.add(response);
      response.on('close', answered);
      return true;
    },

    claim({ req: { socket } }, viewerId) {
      readerOf(socket).owner = viewerId;
    },

    wrote: ({ req: { socket } }) => unread.wrote(readerOf(socket)),

    letGo(socket, answer) {
      if (answer !== undefined) socket.end(answer);
      const cutting = setTimeout(() => socket.destroy(), patience.close);
      socket.once('close', () => clearTimeout(cutting));
    },

    cutUnused() {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    },

    cutAll() {
      for (const socket of open) socket.destroy();
    },

    stop: () => clearInterval(looking),
  };

  function readerOf(socket: Socket): HttpReader {
    let reader = readers.get(socket);
    if (reader === undefined) {
      reader = new HttpReader(socket);
      readers.set(socket, reader);
    }
    return reader;
  }

  function lookAround(): void {
    for (const socket of open) {
      if (socket.writableLength > 0) unread.wrote(handedOver.get(socket) ?? readerOf(socket));
    }
  }

  function disconnected(this: Socket): void {
    open.delete(this);
    metrics.connections.set(open.size);
    const { turns } = readers.get(this) ?? NOBODY;
    for (const response of turns) {
      // Node tells only the one whose turn it is that nobody is there any more.
      if (response.socket === null) response.destroy().emit('close');
    }
  }

  function answered(this: ServerResponse): void {
    readers.get(this.req.socket)?.turns.delete(this);
  }
}

/** Whoever reads the answers of one connection, each in its turn. A class, because there are thousands of them. */
class HttpReader implements Reader {
  readonly connection: Socket;
  owner: string | null = null;
  /** Those that are not out yet. */
  readonly turns = new Set<ServerResponse>();
  readonly passed = 0;

  constructor(connection: Socket) {
    this.connection = connection;
  }

  /** Answers that are ready before it is their turn: the connection does not know of them. */
  get beside(): number {
    let bytes = 0;
    if (this.turns.size > 1) {
      for (const { socket, writableLength } of this.turns) if (socket === null) bytes += writableLength;
    }
    return bytes;
  }

  cut(): void {
    this.connection.destroy();
  }
}
