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
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type ExecutionArgs, OperationTypeNode } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { CallControlFailure, Forbidden, Overloaded, Unauthenticated } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Crowd, createAllowance, type Leave } from './crowd.ts';
import type { Guest } from './drain.ts';
import { headOf, nextFrame } from './fan-out.ts';
import type { Pipeline, PreparedOperation } from './graphql.ts';
import type { Observer } from './observe.ts';
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

/** What one socket carries; graphql-ws hands it to every hook. */
interface Extra {
  readonly socket: WebSocket;
  /** What the socket is made of. */
  readonly connection: Duplex;
  readonly request: IncomingMessage;
  /** Aborts when the socket is closed. */
  readonly left: AbortSignal;
  visitor: Visitor | null;
  /** Queries and mutations that are being answered. */
  readonly running: Set<Promise<unknown>>;
}

/** What `onSubscribe` hands to `execute` and `subscribe`, which graphql-ws keeps apart. */
interface RunnableArgs extends ExecutionArgs {
  readonly run: () => ReturnType<PreparedOperation['run']>;
}

const runPrepared = (args: ExecutionArgs) => (args as RunnableArgs).run();

/** Makes the WebSocket door. */
export function createWebSockets(parts: WebSocketParts): WebSockets {
  const { config, pipeline, gatekeeper, observer, crowd, metrics, log, patience } = parts;
  const open = new Map<WebSocket, Extra>();
  const unanswered = new Set<WebSocket>();

  const acceptor = new WebSocketServer(acceptorOptions(config.maxBodyBytes, patience.close));
  const pinging = setInterval(pingAll, patience.ping);
  pinging.unref();

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: patience.connectionInit,
    async onConnect({ extra, connectionParams }) {
      const visitor = await admit(authorizationOf(connectionParams, extra.request));
      if (visitor === null) return false;
      extra.visitor = visitor;
      watchExpiry(visitor, extra);
      return true;
    },
    async onSubscribe({ extra, subscriptions }, id, params) {
      const { visitor, socket, request, left } = extra;
      const operation = observer.begin(randomUUID(), request.headers);
      try {
        if (visitor === null) throw new Unauthenticated('Say who you are first.');
        operation.admitted(visitor.viewerId);
        if (Object.keys(subscriptions).length > config.maxSubscriptionsPerSocket) {
          throw new Overloaded(
            `This socket has ${config.maxSubscriptionsPerSocket} operations open, which is as many as are allowed.`,
          );
        }
        const leave = crowd.enter();
        const dropped = () => socket.readyState !== socket.OPEN;
        const prepared = await pipeline.prepare(params, { visitor, operation, signal: left, dropped });
        if ('run' in prepared) return { ...prepared.args, run: () => carry(extra, id, prepared, leave) };
        leave();
        return prepared;
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
    const leaving = new AbortController();
    // One listener for each operation that runs on the socket.
    setMaxListeners(0, leaving.signal);
    const extra: Extra = {
      ...{ socket, connection, request, left: leaving.signal },
      ...{ visitor: null, running: new Set() },
    };
    const allowance = createAllowance(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, Date.now());
    let receive: (text: string) => Promise<void> = async () => {};

    open.set(socket, extra);
    metrics.sockets.set(open.size);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code = CloseCode.BadRequest, reason = '') => close(socket, code, reason),
        onMessage: (listener) => {
          receive = listener;
        },
      },
      extra,
    );

    socket.on('message', (data, isBinary) => {
      if (socket.readyState !== socket.OPEN || !isWithin(allowance, socket)) return;
      if (isBinary) return close(socket, CloseCode.BadRequest, 'Binary messages are not spoken here');
      receive(String(data)).catch((error: unknown) => closeOver(socket, error));
    });
    socket.on('ping', () => void isWithin(allowance, socket));
    socket.on('pong', () => unanswered.delete(socket));
    // ws itself closes a socket over what it cannot read: a frame too large, or not one of the protocol.
    socket.on('error', (error) => {
      const tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      metrics.socketsClosed.inc({ code: tooLarge ? MESSAGE_TOO_BIG : PROTOCOL_ERROR });
      log.debug({ err: error }, 'a socket sent what cannot be read');
    });
    socket.once('close', (code, reason) => {
      open.delete(socket);
      unanswered.delete(socket);
      metrics.sockets.set(open.size);
      leaving.abort();
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'a stream did not end well'),
      );
    });
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

  function watchExpiry({ expired }: Visitor, { socket, left }: Extra): void {
    const expire = () => close(socket, CloseCode.Forbidden, 'Forbidden');
    // One listener for each socket of the visitor.
    setMaxListeners(0, expired);
    expired.addEventListener('abort', expire, { once: true, signal: left });
  }

  /** Starts an operation; `leave` gives its place among those in flight back when it is answered, or streams. */
  async function carry(extra: Extra, id: string, { type, run }: PreparedOperation, leave: Leave) {
    const { running } = extra;
    const head = headOf(id);
    const answer = run((result) => sendFrame(extra, nextFrame(head, result))).finally(leave);
    if (type !== OperationTypeNode.SUBSCRIPTION) {
      running.add(answer);
      void answer.finally(() => running.delete(answer));
    }
    return answer;
  }

  function isWithin(allowance: ReturnType<typeof createAllowance>, socket: WebSocket): boolean {
    if (allowance.take(Date.now())) return true;
    close(socket, CloseCode.TooManyInitialisationRequests, 'Too many messages');
    return false;
  }

  function send(socket: WebSocket, text: string): Promise<void> | void {
    return pass(socket, (done) => socket.send(text, done));
  }

  /**
   * Goes past ws, which has nothing to add to a frame that is ready: it compresses nothing here, and what it sends
   * itself is always a whole frame.
   */
  function sendFrame({ socket, connection }: Extra, frame: Buffer): Promise<void> | void {
    return pass(socket, (done) => connection.write(frame, done));
  }

  /** Has `write` write while the socket is open; answers a promise where its client is slow. */
  function pass(socket: WebSocket, write: (done?: () => void) => unknown): Promise<void> | void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > STUCK_READER) return close(socket, TRY_AGAIN_LATER, 'Too slow a reader');
    if (socket.bufferedAmount < SLOW_READER) {
      write();
      return;
    }
    // A subscription brings its next event when this resolves.
    return new Promise((resolve) => write(() => resolve()));
  }

  function close(socket: WebSocket, code: number, reason: string): void {
    if (socket.readyState !== socket.OPEN) return;
    metrics.socketsClosed.inc({ code });
    socket.close(code, reason);
  }

  /** An error on the way of a message: the client's, of a protocol we do not speak, or ours for now. */
  function closeOver(socket: WebSocket, error: unknown): void {
    if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
      close(socket, CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    if (!(error instanceof CallControlFailure)) log.error({ err: error }, 'unexpected error on a socket');
    close(socket, TRY_AGAIN_LATER, 'Try again later');
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

  function asGuest({ socket, running }: Extra): Guest {
    return {
      async idle() {
        while (running.size > 0 && socket.readyState === socket.OPEN) await Promise.allSettled(running);
        // Lets graphql-ws send the last answer.
        await setImmediate();
      },
      sendAway: () => close(socket, SERVICE_RESTART, 'Service Restart'),
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

/** The token of `connectionParams`, in either spelling; else the one of the upgrade request. */
function authorizationOf(
  params: Record<string, unknown> | undefined,
  request: IncomingMessage,
): string | null {
  for (const [name, value] of Object.entries(params ?? {})) {
    if (name.toLowerCase() === 'authorization' && typeof value === 'string') return value;
  }
  return request.headers.authorization ?? null;
}
