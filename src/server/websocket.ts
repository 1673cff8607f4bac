/**
 * GraphQL over WebSocket: the `graphql-transport-ws` protocol of graphql-ws on sockets of ws.
 *
 *   upgrade ── 400 other subprotocol, 403 foreign origin, 503 draining
 *      │
 *   opened ── no connection_init in time ──────────────────────────── 4408
 *      │   └─ anything else first ─────────────────────────────────── 4401
 *   admitting ── unknown, refused ───────────────────────────── 4403 ┐
 *      │      └─ RingCentral cannot tell ────────────────────── 1013 │ clients try
 *   admitted ── its token expired ──────────────────────────── 4403 │ these again
 *      │     ├─ too slow a reader ──────────────────────────── 1013 │
 *      │     ├─ the gateway drains ─────────────────────────── 1012 ┘
 *      │     ├─ malformed or binary message ─────────────────── 4400
 *      │     ├─ same id twice 4409, second init or a flood ──── 4429
 *      │     ├─ frame too large ─────────────────────────────── 1009
 *      │     └─ no pong ──────────────────────────────────────── terminated
 *   closed: every subscription ends
 */
import { randomUUID } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type ExecutionArgs, OperationTypeNode } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { CallControlFailure, Forbidden, Overloaded, Unauthenticated } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceHeaders } from '../telemetry/tracing.ts';
import { type Crowd, createAllowance, type Leave } from './crowd.ts';
import type { Guest } from './drain.ts';
import { headOf, nextFrame } from './fan-out.ts';
import type { Arrival, Pipeline, PreparedOperation } from './graphql.ts';
import type { Observer, Operation } from './observe.ts';
import type { Patience } from './patience.ts';
import type { Gatekeeper, Visitor } from './visitor.ts';

/** More than this unsent, and a socket's subscriptions are not pulled until the network took their last frame. */
const SLOW_READER = 1_048_576; // 1 MiB

/** More than this unsent, and the socket is closed: the client does not read at all. */
const STUCK_READER = 16 * 1_048_576; // 16 MiB

/** Messages of one socket: this many at once (a client that comes back with all its subscriptions), */
const MESSAGES_AT_ONCE = 1_000;
/** and this many a second for long. */
const MESSAGES_PER_SECOND = 100;

const PROTOCOL_ERROR = 1002;
const ABNORMAL_CLOSURE = 1006;
const MESSAGE_TOO_BIG = 1009;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

export interface WebSocketParts {
  readonly config: Config;
  readonly pipeline: Pipeline;
  readonly gatekeeper: Gatekeeper;
  readonly observer: Observer;
  readonly crowd: Crowd;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly patience: Patience;
}

export interface WebSockets {
  /** Makes a WebSocket of a request that may have one. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The open sockets. */
  guests(): readonly Guest[];
  /** Cuts all sockets. */
  stop(): void;
  /** Resolves when no socket is left. */
  closed(): Promise<void>;
}

/** What seats share. */
interface Door {
  send(seat: Seat, text: string): Promise<void> | void;
  close(seat: Seat, code: number, reason: string): void;
}

/**
 * One socket and what it carries, as graphql-ws sees it and hands it to every hook. A class, and lazy, because there are
 * thousands of them of which each has one subscription: what only an answer needs is made for the first answer.
 */
class Seat {
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
  readonly #door: Door;
  #running: Set<Promise<unknown>> | null = null;
  #leaving: AbortController | null = null;
  #isLeft = false;

  constructor(socket: WebSocket, connection: Duplex, { headers }: IncomingMessage, door: Door) {
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
class SocketArrival implements Arrival {
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

/** What `onSubscribe` hands to `execute` and `subscribe`, which graphql-ws keeps apart. */
interface RunnableArgs extends ExecutionArgs {
  /** Null once it runs: graphql-ws keeps these as long as the operation. */
  run: (() => ReturnType<PreparedOperation['run']>) | null;
}

function runPrepared(args: ExecutionArgs) {
  const runnable = args as RunnableArgs;
  const { run } = runnable;
  runnable.run = null;
  if (run === null) throw new Error('An operation runs once.');
  return run();
}

/** Makes the WebSocket door. */
export function createWebSockets(parts: WebSocketParts): WebSockets {
  const { config, pipeline, gatekeeper, observer, crowd, metrics, log, patience } = parts;
  const open = new Map<WebSocket, Seat>();
  const unanswered = new Set<WebSocket>();
  /** The seats of whoever showed the same token, to be closed together when it expires. */
  const holders = new WeakMap<AbortSignal, Set<Seat>>();
  const door: Door = { send, close };
  /** The message that graphql-ws is about to read; null: let it read the text. */
  let incoming: object | null = null;

  const acceptor = new WebSocketServer(acceptorOptions(config.maxBodyBytes, patience.close));
  const pinging = setInterval(pingAll, patience.ping);
  pinging.unref();

  const protocol = makeServer<Record<string, unknown>, Seat>({
    // The seat waits instead: graphql-ws would keep the timer as long as the socket.
    connectionInitWaitTimeout: 0,
    jsonMessageReviver: (_key, value) => incoming ?? value,
    async onConnect(context) {
      const { extra: seat, connectionParams } = context;
      seat.stopWaiting();
      const visitor = await admit(authorizationOf(connectionParams) ?? seat.authorization);
      // Nobody looks at the token again, here or in graphql-ws.
      seat.authorization = null;
      Object.assign(context, { connectionParams: undefined });
      if (visitor === null) return false;
      seat.visitor = visitor;
      watchExpiry(visitor, seat);
      return true;
    },
    async onSubscribe({ extra: seat, subscriptions }, id, params) {
      const { visitor } = seat;
      const operation = observer.begin(newRequestId(), seat.headers);
      try {
        if (visitor === null) throw new Unauthenticated('Say who you are first.');
        operation.admitted(visitor.viewerId);
        if (Object.keys(subscriptions).length > config.maxSubscriptionsPerSocket) {
          throw new Overloaded(
            `This socket has ${config.maxSubscriptionsPerSocket} operations open, which is as many as are allowed.`,
          );
        }
        const leave = crowd.enter();
        const prepared = await pipeline.prepare(params, new SocketArrival(seat, visitor, operation));
        if (!('run' in prepared)) {
          leave();
          return prepared;
        }
        // graphql-ws keeps the message as long as the operation: a thousand of them share one text.
        const { document, variableValues: variables } = prepared.args;
        Object.assign(params, { query: document.loc?.source.body, variables });
        return { ...prepared.args, run: () => carry(seat, id, prepared, leave) };
      } catch (error) {
        return [pipeline.refuse(error, operation)];
      }
    },
    execute: runPrepared,
    subscribe: runPrepared,
  });

  return {
    accept(request, socket, head) {
      acceptor.handleUpgrade(request, socket, head, (opened) => welcome(opened, socket, request));
    },
    guests: () => [...open.values()].map(asGuest),
    stop() {
      for (const socket of open.keys()) socket.terminate();
    },
    async closed() {
      await Promise.all([...open.keys()].map((socket) => once(socket, 'close')));
      clearInterval(pinging);
    },
  };

  function welcome(socket: WebSocket, connection: Duplex, request: IncomingMessage): void {
    const seat = new Seat(socket, connection, request, door);
    open.set(socket, seat);
    metrics.sockets.set(open.size);
    seat.waiting = setTimeout(closeLate, patience.connectionInit, seat);
    seat.closed = protocol.opened(seat, seat);
    // The same functions for every socket: they know it by `this`.
    socket.on('message', onMessage).on('ping', onPing).on('pong', onPong);
    socket.on('error', onError).on('close', onClose);
  }

  function closeLate(seat: Seat): void {
    close(seat, CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const seat = open.get(this);
    if (seat === undefined || !seat.isOpen || !isWithin(seat)) return;
    if (isBinary) close(seat, CloseCode.BadRequest, 'Binary messages are not spoken here');
    else receive(seat, String(data)).catch((error: unknown) => closeOver(seat, error));
  }

  /** graphql-ws would keep the text of a `subscribe` as long as the subscription: it is shown the message itself. */
  function receive(seat: Seat, text: string): Promise<void> {
    incoming = readMessage(text);
    const received = seat.receive(incoming === null ? text : '0');
    incoming = null;
    return received;
  }

  function onPing(this: WebSocket): void {
    const seat = open.get(this);
    if (seat !== undefined) isWithin(seat);
  }

  function onPong(this: WebSocket): void {
    unanswered.delete(this);
  }

  /** ws itself closes a socket over what it cannot read: a frame too large, or not one of the protocol. */
  function onError(error: Error): void {
    const tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    metrics.socketsClosed.inc({ code: tooLarge ? MESSAGE_TOO_BIG : PROTOCOL_ERROR });
    log.debug({ err: error }, 'a socket sent what cannot be read');
  }

  function onClose(this: WebSocket, code: number, reason: Buffer): void {
    const seat = open.get(this);
    open.delete(this);
    unanswered.delete(this);
    metrics.sockets.set(open.size);
    if (seat === undefined) return;
    if (seat.visitor !== null) holders.get(seat.visitor.expired)?.delete(seat);
    seat.stopWaiting();
    seat.leave();
    seat
      .closed(code, String(reason))
      .catch((error: unknown) => log.error({ err: error }, 'a stream did not end well'));
  }

  /** Null: the caller is refused. */
  async function admit(authorization: string | null): Promise<Visitor | null> {
    const leave = crowd.enter();
    try {
      const visitor = await gatekeeper.admit(authorization);
      return visitor.expired.aborted ? null : visitor;
    } catch (error) {
      if (error instanceof Unauthenticated || error instanceof Forbidden) return null;
      throw error;
    } finally {
      leave();
    }
  }

  function watchExpiry({ expired }: Visitor, seat: Seat): void {
    if (!seat.isOpen) return;
    const seats = holders.get(expired) ?? new Set();
    seats.add(seat);
    if (holders.has(expired)) return;
    holders.set(expired, seats);
    const expire = () => {
      for (const holder of seats) close(holder, CloseCode.Forbidden, 'Forbidden');
    };
    expired.addEventListener('abort', expire, { once: true });
  }

  /** Starts an operation; `leave` gives its place among those in flight back when it is answered, or streams. */
  async function carry(seat: Seat, id: string, { type, run }: PreparedOperation, leave: Leave) {
    const head = headOf(id);
    const answer = run((result) => sendFrame(seat, nextFrame(head, result))).finally(leave);
    if (type !== OperationTypeNode.SUBSCRIPTION) {
      const { running } = seat;
      running.add(answer);
      void answer.finally(() => running.delete(answer));
    }
    return answer;
  }

  function isWithin(seat: Seat): boolean {
    if (seat.allowance.take(Date.now())) return true;
    close(seat, CloseCode.TooManyInitialisationRequests, 'Too many messages');
    return false;
  }

  function send(seat: Seat, text: string): Promise<void> | void {
    return pass(seat, (done) => seat.socket.send(text, done));
  }

  /**
   * Goes past ws, which has nothing to add to a frame that is ready: it compresses nothing here, and what it sends
   * itself is always a whole frame.
   */
  function sendFrame(seat: Seat, frame: Buffer): Promise<void> | void {
    return pass(seat, (done) => seat.connection.write(frame, done));
  }

  /** Has `write` write while the socket is open; answers a promise where its client is slow. */
  function pass(seat: Seat, write: (done?: () => void) => unknown): Promise<void> | void {
    if (!seat.isOpen) return;
    const unsent = seat.socket.bufferedAmount;
    if (unsent > STUCK_READER) return close(seat, TRY_AGAIN_LATER, 'Too slow a reader');
    if (unsent < SLOW_READER) {
      write();
      return;
    }
    // A subscription brings its next event when this resolves.
    return new Promise((resolve) => write(() => resolve()));
  }

  function close({ socket, isOpen }: Seat, code: number, reason: string): void {
    if (!isOpen) return;
    metrics.socketsClosed.inc({ code });
    socket.close(code, reason);
  }

  /** An error on the way of a message: the client's, of a protocol we do not speak, or ours for now. */
  function closeOver(seat: Seat, error: unknown): void {
    if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
      close(seat, CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    if (!(error instanceof CallControlFailure)) log.error({ err: error }, 'unexpected error on a socket');
    close(seat, TRY_AGAIN_LATER, 'Try again later');
  }

  function pingAll(): void {
    for (const socket of open.keys()) {
      if (unanswered.has(socket)) {
        metrics.socketsClosed.inc({ code: ABNORMAL_CLOSURE });
        socket.terminate();
      } else if (socket.readyState === socket.OPEN) {
        unanswered.add(socket);
        socket.ping();
      }
    }
  }

  function asGuest(seat: Seat): Guest {
    return {
      async idle() {
        while (seat.running.size > 0 && seat.isOpen) await Promise.allSettled(seat.running);
        // Lets graphql-ws send the last answer.
        await setImmediate();
      },
      sendAway: () => close(seat, SERVICE_RESTART, 'Service Restart'),
    };
  }
}

/** Made apart, because the types of ws do not know `closeTimeout` yet. */
function acceptorOptions(maxPayload: number, closeTimeout: number) {
  return {
    noServer: true,
    clientTracking: false,
    maxPayload,
    closeTimeout,
    // Frames here are small: compressing them costs eight times what it saves.
    perMessageDeflate: false,
    handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL,
  };
}

/** The token of `connectionParams`, in either spelling. */
function authorizationOf(params: Record<string, unknown> | undefined): string | null {
  for (const [name, value] of Object.entries(params ?? {})) {
    if (name.toLowerCase() === 'authorization' && typeof value === 'string') return value;
  }
  return null;
}

/** Null: it is no message, and graphql-ws says so. */
function readMessage(text: string): object | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' ? message : null;
  } catch {
    return null;
  }
}

/** A new id in one piece: Node hands out a rope of fifteen, which costs seven times as much to keep. */
function newRequestId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}

async function ignore(): Promise<void> {}
