/** One socket and what it carries. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { traceHeaders } from '../telemetry/tracing.ts';
import { MESSAGE_TOO_BIG, TRY_AGAIN_LATER } from './closing.ts';
import { shownIn } from './credentials.ts';
import { createAllowance } from './crowd.ts';
import { frameOf } from './fan-out.ts';
import type { Arrival } from './graphql.ts';
import { Leaving } from './leaving.ts';
import type { Operation } from './observe.ts';
import type { Reader, Unread } from './unread.ts';
import type { Shown, ShownSession, Visitor } from './visitor.ts';

/** Messages of one socket: this many at once (a client that comes back with all its subscriptions), */
const MESSAGES_AT_ONCE = 1_000;
/** and this many a second for long. */
const MESSAGES_PER_SECOND = 100;

/** Of whoever has not said who they are: `connection_init`, and a few pings. */
const MESSAGES_OF_STRANGERS = 10;

/** All that is read of a stranger: as much as of the headers of a request. */
const BYTES_OF_STRANGERS = 16_384; // 16 KiB

/** As much as Node reads at once. A message of more is waited for, and counted. */
const ONE_READ = 65_536; // 64 KiB

/** Of a ping or pong of a client, before its payload. */
const CONTROL_HEAD = 6; // bytes

/** What seats share: the way out, and the account of what is not read. */
export interface SeatDoor {
  readonly unread: Unread;
  close(seat: Seat, code: number, reason: string): void;
  /** Ends it at once. */
  cut(seat: Seat): void;
}

/**
 * One use of an id. A client may use an id anew as soon as it has said `complete`, while its last use is still being begun
 * or wound up here. So each use has a name of its own, by which graphql-ws keeps it apart, and once it is over nothing of
 * it is sent any more.
 *
 * ```text
 *   subscribe x ──▶ x is n1 ── complete x ──▶ x is nobody ── subscribe x ──▶ x is n2
 *                   n1 is begun ............. n1 is over, wherever it is       n2 is begun
 * ```
 */
export class Ticket {
  readonly name: string;
  isOver = false;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * One socket and what it carries, as graphql-ws sees it and hands it to every hook. A class, and lazy, because there are
 * thousands of them of which each has one subscription: what only an answer needs is made for the first answer.
 */
export class Seat implements Reader {
  readonly socket: WebSocket;
  /** What the socket is made of. */
  readonly connection: Duplex;
  /** Those that its operations continue a trace by. */
  readonly headers: IncomingHttpHeaders;
  /** Of messages. */
  allowance = createAllowance(MESSAGES_OF_STRANGERS, 0, Date.now());
  /** Bytes that came of a message that is not whole, */
  beside = 0;
  /** and of those that were. */
  passed = 0;
  /** What the upgrade request showed; nothing once it was looked at. */
  shown: Shown;
  /** The cookie that the upgrade request showed; null once it was looked at. */
  cookie: ShownSession = null;
  visitor: Visitor | null = null;
  /** It was closed here, with a code. */
  isToldOff = false;
  /** For `connection_init`. */
  waiting: NodeJS.Timeout | null = null;
  receive: (text: string) => Promise<void> = ignore;
  closed: (code?: number, reason?: string) => Promise<void> = ignore;
  readonly #door: SeatDoor;
  /** By the ids that its client uses now. */
  readonly #tickets = new Map<string, Ticket>();
  #ticketCount = 0;
  #running: Set<Promise<unknown>> | null = null;
  readonly #leaving = new Leaving();

  constructor(socket: WebSocket, connection: Duplex, { headers }: IncomingMessage, door: SeatDoor) {
    this.socket = socket;
    this.connection = connection;
    this.headers = traceHeaders(headers);
    this.shown = shownIn(headers);
    this.#door = door;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  /** Where it comes from; empty once that is not known any more. */
  get address(): string {
    const { connection } = this;
    return ('remoteAddress' in connection && (connection as Socket).remoteAddress) || '';
  }

  get owner(): string | null {
    return this.visitor?.viewerId ?? null;
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
    return this.#leaving.signal;
  }

  get hasLeft(): boolean {
    return this.#leaving.hasLeft;
  }

  /** Its client has said who they are. */
  admitted(): void {
    this.allowance = createAllowance(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, Date.now());
  }

  /** So many bytes came; to be called before they are read. */
  hear(bytes: number): void {
    this.beside += bytes;
    if (this.visitor !== null) {
      if (this.beside > ONE_READ) this.#door.unread.wrote(this);
    } else if (this.passed + this.beside > BYTES_OF_STRANGERS) {
      this.close(MESSAGE_TOO_BIG, `More than ${BYTES_OF_STRANGERS} bytes before connection_ack`);
      // Nothing more is taken in.
      this.connection.removeAllListeners('data').resume().end();
    }
  }

  /** A message is whole. */
  heard(): void {
    this.#pass(this.beside);
  }

  /** A ping or pong came, maybe between the parts of a message. */
  heardControl(payload: number): void {
    this.#pass(Math.min(this.beside, CONTROL_HEAD + payload));
  }

  stopWaiting(): void {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = null;
  }

  /** How many operations its client has open. */
  get openCount(): number {
    return this.#tickets.size;
  }

  /** Begins a use of an id; null when the client uses it already. */
  begin(id: string): Ticket | null {
    if (this.#tickets.has(id)) return null;
    this.#ticketCount += 1;
    const ticket = new Ticket(`n${this.#ticketCount}`);
    this.#tickets.set(id, ticket);
    return ticket;
  }

  /** Ends a use of an id, where it is (still) that `ticket`; answers the one that is over, if any. */
  end(id: string, ticket = this.#tickets.get(id)): Ticket | undefined {
    if (ticket === undefined) return undefined;
    ticket.isOver = true;
    if (this.#tickets.get(id) === ticket) this.#tickets.delete(id);
    return ticket;
  }

  leave(): void {
    for (const ticket of this.#tickets.values()) ticket.isOver = true;
    this.#tickets.clear();
    this.#leaving.leave();
  }

  send(text: string): Promise<void> | void {
    return this.sendFrame(frameOf(text));
  }

  /**
   * Goes past ws, which has nothing to add to a frame that is ready: it compresses nothing here, and what it sends
   * itself is always a whole frame. Answers a promise where its client is slow.
   */
  sendFrame(frame: Buffer): Promise<void> | void {
    if (!this.isOpen) return;
    const { unread } = this.#door;
    if (unread.isFull(this)) return this.close(TRY_AGAIN_LATER, 'Too slow a reader');
    // A subscription brings its next event when this resolves.
    const sent = unread.isSlow(this)
      ? new Promise<void>((resolve) => this.connection.write(frame, () => resolve()))
      : void this.connection.write(frame);
    unread.wrote(this);
    return sent;
  }

  close(code: number = CloseCode.BadRequest, reason = ''): void {
    this.#door.close(this, code, reason);
  }

  cut(): void {
    this.#door.cut(this);
  }

  #pass(bytes: number): void {
    this.beside -= bytes;
    this.passed += bytes;
  }

  onMessage(receive: (text: string) => Promise<void>): void {
    this.receive = receive;
  }
}

/** An operation that came over a socket. */
export class SocketArrival implements Arrival {
  readonly visitor: Visitor;
  readonly operation: Operation;
  /** Where its page comes from was looked at when it was opened. */
  readonly mayCommand = true;
  readonly #seat: Seat;

  constructor(seat: Seat, visitor: Visitor, operation: Operation) {
    this.visitor = visitor;
    this.operation = operation;
    this.#seat = seat;
  }

  get signal(): AbortSignal {
    return this.#seat.left;
  }

  hasLeft(): boolean {
    return this.#seat.hasLeft;
  }

  dropped(): boolean {
    return !this.#seat.isOpen;
  }
}

async function ignore(): Promise<void> {}
