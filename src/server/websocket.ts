/**
 * GraphQL over WebSocket: the `graphql-transport-ws` protocol of graphql-ws on sockets of ws.
 *
 *   upgrade ── 403 foreign origin, 503 draining
 *      │
 *   opened ── another subprotocol ───────────────────────────────── 4406
 *      │   ├─ no connection_init in time ────────────────────────── 4408
 *      │   ├─ anything else first ───────────────────────────────── 4401
 *      │   └─ many messages 4429, or bytes ───────────────────────── 1009
 *   admitting ── no token, or none that can be read ─────────────── 4401
 *      │      ├─ unknown, refused ──────────────────────────── 4403 ┐
 *      │      └─ RingCentral cannot tell ───────────────────── 1013 │ clients try
 *   admitted ── its token expired ─────────────────────────── 4403 │ these again
 *      │     ├─ too slow a reader ─────────────────────────── 1013 │ (cut, where it does not read at all)
 *      │     ├─ the gateway drains ────────────────────────── 1012 ┘
 *      │     ├─ malformed or binary message, too long an id ── 4400
 *      │     ├─ same id twice 4409, second init or a flood ─── 4429
 *      │     ├─ frame too large ────────────────────────────── 1009
 *      │     └─ no pong ─────────────────────────────────────── terminated
 *   closed: every subscription ends
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type ExecutionArgs, type ExecutionResult, OperationTypeNode } from 'graphql';
import { CloseCode, makeServer } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { CallControlFailure, Overloaded, Unauthenticated } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAdmission } from './admission.ts';
import {
  ABNORMAL_CLOSURE,
  closeReason,
  MESSAGE_TOO_BIG,
  PROTOCOL_ERROR,
  SERVICE_RESTART,
  TRY_AGAIN_LATER,
} from './closing.ts';
import type { Connections } from './connections.ts';
import type { Crowd, Leave } from './crowd.ts';
import type { Guest } from './drain.ts';
import { headOf, nextFrame } from './fan-out.ts';
import type { Pipeline, PreparedOperation } from './graphql.ts';
import { createHeartbeat } from './heartbeat.ts';
import { isAboutOperation, type OperationMessage, problemOf, readMessage, withText } from './messages.ts';
import type { Observer } from './observe.ts';
import type { Patience } from './patience.ts';
import { chooseProtocol, type NoteRefusal, refuseProtocol } from './refusals.ts';
import { Seat, type SeatDoor, SocketArrival, type Ticket } from './seat.ts';
import type { Unread } from './unread.ts';
import type { Gatekeeper, SessionGatekeeper, ShownSession } from './visitor.ts';

export interface WebSocketParts {
  readonly config: Config;
  readonly pipeline: Pipeline;
  readonly gatekeeper: Gatekeeper;
  /** Null: nobody signs in here. */
  readonly sessions: SessionGatekeeper | null;
  readonly observer: Observer;
  readonly crowd: Crowd;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly patience: Patience;
  readonly noteRefusal: NoteRefusal;
  readonly unread: Unread;
  readonly handOver: Connections['handOver'];
}

export interface WebSockets {
  /** Makes a WebSocket of a request that may have one; false: it was no request for one, and has been told so. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, cookie: ShownSession): boolean;
  /** The open sockets. */
  guests(): readonly Guest[];
  /** Cuts all sockets. */
  stop(): void;
  /** Resolves when no socket is left. */
  closed(): Promise<void>;
}

/** What `onSubscribe` hands to `execute` and `subscribe`, which graphql-ws keeps apart. */
interface RunnableArgs extends ExecutionArgs {
  /** Null once it runs: graphql-ws keeps these as long as the operation. */
  run: (() => ReturnType<PreparedOperation['run']> | ExecutionResult) | null;
}

/** The answer to whoever is not there any more; never sent. */
const NOTHING: ExecutionResult = {};

function runPrepared(args: ExecutionArgs) {
  const runnable = args as RunnableArgs;
  const { run } = runnable;
  runnable.run = null;
  if (run === null) throw new Error('An operation runs once.');
  return run();
}

/** Makes the WebSocket door. */
export function createWebSockets(parts: WebSocketParts): WebSockets {
  const { config, pipeline, gatekeeper, observer, crowd, metrics, log, patience, noteRefusal, unread } =
    parts;
  const open = new Map<WebSocket, Seat>();
  const { sessions } = parts;
  const admission = createAdmission({ gatekeeper, sessions, noteRefusal });
  const door: SeatDoor = { unread, close, cut };
  /** The message that graphql-ws is about to read; null: let it read the text. */
  let incoming: object | null = null;
  /** Of the `subscribe` that it is about to read, with the id that its client gave it. */
  let begun: { readonly id: string; readonly ticket: Ticket } | null = null;

  const acceptor = new WebSocketServer(acceptorOptions(config.maxBodyBytes, patience.close));
  const heartbeat = createHeartbeat(() => open.values(), patience.ping);

  const protocol = makeServer<Record<string, unknown>, Seat>({
    // The seat waits instead: graphql-ws would keep the timer as long as the socket.
    connectionInitWaitTimeout: 0,
    jsonMessageReviver: (_key, value) => incoming ?? value,
    async onConnect(context) {
      const { extra: seat, connectionParams } = context;
      seat.stopWaiting();
      // Nobody looks at the token again.
      Object.assign(context, { connectionParams: undefined });
      const isAdmitted = await admission.admit(seat, connectionParams);
      if (isAdmitted) seat.admitted();
      return isAdmitted;
    },
    async onSubscribe({ extra: seat }, _name, params) {
      const { visitor } = seat;
      const operation = observer.begin(newRequestId(), seat.headers);
      let leave: Leave = () => {};
      try {
        if (visitor === null || begun === null) throw new Unauthenticated('Say who you are first.');
        const { id, ticket } = begun;
        operation.admitted(visitor.viewerId);
        if (seat.openCount > config.maxSubscriptionsPerSocket) {
          throw new Overloaded(
            `This socket has ${config.maxSubscriptionsPerSocket} operations open, which is as many as are allowed.`,
          );
        }
        leave = crowd.enter(visitor.viewerId);
        const prepared = await pipeline.prepare(params, new SocketArrival(seat, visitor, operation));
        if (!('run' in prepared)) {
          leave();
          return prepared;
        }
        // graphql-ws keeps the message as long as the operation: a thousand of them share one text.
        const { document, variableValues: variables } = prepared.args;
        Object.assign(params, { query: document.loc?.source.body, variables });
        return {
          ...prepared.args,
          run: () => {
            if (!ticket.isOver || prepared.type !== OperationTypeNode.SUBSCRIPTION) {
              return carry(seat, id, ticket, prepared, leave);
            }
            // Nobody is there to be told anything. A command is given all the same: its client may have left on purpose.
            leave();
            operation.ended(seat.isOpen ? 'ok' : 'aborted');
            return NOTHING;
          },
        };
      } catch (error) {
        leave();
        return [pipeline.refuse(error, operation)];
      }
    },
    execute: runPrepared,
    subscribe: runPrepared,
  });

  return {
    accept(request, socket, head, cookie) {
      let isOpened = false;
      acceptor.handleUpgrade(request, socket, head, (opened) => {
        isOpened = true;
        welcome(opened, socket, request, cookie);
      });
      return isOpened;
    },
    guests: () => [...open.values()].map(asGuest),
    stop() {
      for (const socket of open.keys()) socket.terminate();
    },
    async closed() {
      // Not `once()`, which rejects where a socket says goodbye with an error.
      await Promise.all([...open.keys()].map((socket) => new Promise((gone) => socket.once('close', gone))));
      heartbeat.stop();
    },
  };

  function welcome(
    socket: WebSocket,
    connection: Duplex,
    request: IncomingMessage,
    cookie: ShownSession,
  ): void {
    const seat = new Seat(socket, connection, request, door);
    seat.cookie = cookie;
    open.set(socket, seat);
    metrics.sockets.set(open.size);
    parts.handOver(connection, seat);
    // Before ws reads it.
    connection.prependListener('data', ({ length }: Buffer) => seat.hear(length));
    const reason = refuseProtocol(socket.protocol);
    if (reason !== null) {
      noteRefusal({ code: CloseCode.SubprotocolNotAcceptable }, reason);
      close(seat, CloseCode.SubprotocolNotAcceptable, reason);
      socket.on('error', onError).on('close', onClose);
      return;
    }
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
    seat?.heard();
    if (seat === undefined || !seat.isOpen || !isWithin(seat)) return;
    if (isBinary) close(seat, CloseCode.BadRequest, 'Binary messages are not spoken here');
    else receive(seat, String(data));
  }

  /** Keeps the uses of one id apart, and hands the message on. */
  function receive(seat: Seat, text: string): void {
    const message = readMessage(text);
    if (!isAboutOperation(message)) {
      hand(seat, message, text).catch((error: unknown) => closeOver(seat, error));
    } else if (message.type === 'subscribe') {
      receiveSubscribe(seat, message, text);
    } else {
      const ticket = seat.end(message.id);
      if (ticket === undefined) return;
      message.id = ticket.name;
      hand(seat, message, text).catch((error: unknown) => closeOver(seat, error));
    }
  }

  function receiveSubscribe(seat: Seat, message: OperationMessage, text: string): void {
    const { id } = message;
    const problem = problemOf(id);
    if (problem !== null) {
      close(seat, CloseCode.BadRequest, problem);
      return;
    }
    const ticket = seat.begin(id);
    if (ticket === null) {
      close(seat, CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
      return;
    }
    withText(message);
    begun = { id, ticket };
    // graphql-ws files the operation under the id that it sees first, and tells the client the one that it sees later.
    message.id = ticket.name;
    const received = hand(seat, message, text);
    message.id = id;
    begun = null;
    received.then(
      () => seat.end(id, ticket),
      (error: unknown) => {
        seat.end(id, ticket);
        closeOver(seat, error);
      },
    );
  }

  /** graphql-ws would keep the text of a `subscribe` as long as the subscription: it is shown the message itself. */
  function hand(seat: Seat, message: object | null, text: string): Promise<void> {
    incoming = message;
    const received = seat.receive(message === null ? text : '0');
    incoming = null;
    return received;
  }

  function onPing(this: WebSocket, { length }: Buffer): void {
    const seat = open.get(this);
    seat?.heardControl(length);
    if (seat !== undefined) isWithin(seat);
  }

  function onPong(this: WebSocket, { length }: Buffer): void {
    open.get(this)?.heardControl(length);
    heartbeat.settle(this);
  }

  /** ws itself closes a socket over what it cannot read: a frame too large, or not one of the protocol. */
  function onError(this: WebSocket, error: Error): void {
    if (open.get(this)?.isToldOff === true) return;
    const tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    metrics.socketsClosed.inc({ code: tooLarge ? MESSAGE_TOO_BIG : PROTOCOL_ERROR });
    log.debug({ err: error }, 'a socket sent what cannot be read');
  }

  function onClose(this: WebSocket, code: number, reason: Buffer): void {
    const seat = open.get(this);
    open.delete(this);
    heartbeat.settle(this);
    metrics.sockets.set(open.size);
    if (seat === undefined) return;
    admission.left(seat);
    seat.stopWaiting();
    seat.leave();
    seat
      .closed(code, String(reason))
      .catch((error: unknown) => log.error({ err: error }, 'a stream did not end well'));
  }

  /** Starts an operation; `leave` gives its place among those in flight back when it is answered, or streams. */
  async function carry(
    seat: Seat,
    id: string,
    ticket: Ticket,
    { type, run }: PreparedOperation,
    leave: Leave,
  ): ReturnType<PreparedOperation['run']> {
    const head = headOf(id);
    const send = (result: ExecutionResult) =>
      ticket.isOver ? undefined : seat.sendFrame(nextFrame(head, result));
    const answer = run(send).finally(leave);
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

  function close(seat: Seat, code: number, reason: string): void {
    const { socket, isOpen } = seat;
    if (!isOpen) return;
    seat.isToldOff = true;
    metrics.socketsClosed.inc({ code });
    socket.close(code, closeReason(reason));
  }

  /** Nobody reads there, so nobody would read why. */
  function cut({ socket }: Seat): void {
    metrics.socketsClosed.inc({ code: ABNORMAL_CLOSURE });
    socket.terminate();
  }

  /** An error on the way of a message: the client's, of a protocol we do not speak, or ours for now. */
  function closeOver(seat: Seat, error: unknown): void {
    const isUnspeakable = error instanceof Error && error.message.startsWith('Unexpected message of type');
    // What is nested deeper than the stack can be read, but not be said again: a ping's payload in its pong.
    if (isUnspeakable || error instanceof RangeError) {
      close(seat, CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    if (!(error instanceof CallControlFailure)) log.error({ err: error }, 'unexpected error on a socket');
    close(seat, TRY_AGAIN_LATER, 'Try again later');
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
    handleProtocols: chooseProtocol,
  };
}

/** A new id in one piece: Node hands out a rope of fifteen, which costs seven times as much to keep. */
function newRequestId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
