/** One socket and what it carries. */
import { setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { traceHeaders } from '../telemetry/tracing.ts';
import { createAllowance } from './crowd.ts';
import type { Arrival } from './graphql.ts';
import type { Operation } from './observe.ts';
import type { Visitor } from './visitor.ts';

/** Messages of one socket: this many at once (a client that comes back with all its subscriptions), */
const MESSAGES_AT_ONCE = 1_000;
/** and this many a second for long. */
const MESSAGES_PER_SECOND = 100;

/** What seats share: the ways out. */
export interface SeatDoor {
  send(seat: Seat, text: string): Promise<void> | void;
  close(seat: Seat, code: number, reason: string): void;
}

/**
 * One socket and what it carries, as graphql-ws sees it and hands it to every hook. A class, and lazy, because there are
 * thousands of them of which each has one subscription: what only an answer needs is made for the first answer.
 */
export class Seat {
  readonly socket: WebSocket;
  /** What the socket is made of. */
  readonly connection: Duplex;
  /** Those that its operations continue a trace by. */
  readonly headers: IncomingHttpHeaders;
  readonly allowance = createAllowance(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, Date.now());
  /** What the upgrade request showed; null once it was looked at. */
  authorization: string | null;
  visitor: Visitor | null = null;
  /** For `connection_init`. */
  waiting: NodeJS.Timeout | null = null;
  receive: (text: string) => Promise<void> = ignore;
  closed: (code?: number, reason?: string) => Promise<void> = ignore;
  readonly #door: SeatDoor;
  #running: Set<Promise<unknown>> | null = null;
  #leaving: AbortController | null = null;
  #isLeft = false;

  constructor(socket: WebSocket, connection: Duplex, { headers }: IncomingMessage, door: SeatDoor) {
    this.socket = socket;
    this.connection = connection;
    this.headers = traceHeaders(headers);
    this.authorization = headers.authorization ?? null;
    this.#door = door;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Queries and mutations that are being answered. */
  get running(): Set<Promise<unknown>> {
    this.#running ??= new Set();
    return this.#running;
  }

  /** Aborts when the socket is closed. */
  get left(): AbortSignal {
    if (this.#leaving === null) {
      this.#leaving = new AbortController();
      // One listener for each operation that runs on the socket.
      setMaxListeners(0, this.#leaving.signal);
      if (this.#isLeft) this.#leaving.abort();
    }
    return this.#leaving.signal;
  }

  stopWaiting(): void {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = null;
  }

  leave(): void {
    this.#isLeft = true;
    this.#leaving?.abort();
  }

  send(text: string): Promise<void> | void {
    return this.#door.send(this, text);
  }

  close(code: number = CloseCode.BadRequest, reason = ''): void {
    this.#door.close(this, code, reason);
  }

  onMessage(receive: (text: string) => Promise<void>): void {
    this.receive = receive;
  }
}

/** An operation that came over a socket. */
export class SocketArrival implements Arrival {
  readonly visitor: Visitor;
  readonly operation: Operation;
  readonly #seat: Seat;

  constructor(seat: Seat, visitor: Visitor, operation: Operation) {
    this.visitor = visitor;
    this.operation = operation;
    this.#seat = seat;
  }

  get signal(): AbortSignal {
    return this.#seat.left;
  }

  dropped(): boolean {
    return !this.#seat.isOpen;
  }
}

async function ignore(): Promise<void> {}
