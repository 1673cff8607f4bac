/**
 * The sockets: frames in and out, heartbeats, ends of time, and the troubles that a network has.
 *
 * ```text
 *   connecting ──token, wsc──► open ──cut, close, throw-off──► lost       its session waits (`subscriptions.ts`)
 *                               │  ▲
 *                        freeze │  │ thaw                                 half-open: nothing in, nothing out
 *                               ▼  │
 *                              frozen
 *
 *   open ──idle, too old──► Error frame, closed          open ──the OAuth session ends──► closed, session gone
 * ```
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { WireConnectionDetails, WireFrame, WireFrameMeta } from '../../ringcentral/wire.ts';
import type { Journal } from '../journal.ts';
import type { OAuth } from '../oauth/oauth.ts';
import type { SignedIn } from '../oauth/sessions.ts';
import type { Platform } from '../platform.ts';
import { splitUrl } from '../replies.ts';
import type { Switchboard } from '../switchboard.ts';
import { acceptIn, frameText, readFrame } from './frames.ts';
import type { SocketSession, Subscriptions } from './subscriptions.ts';
import { SOCKET_PATH, type SocketTokens } from './tokens.ts';

/** What can be done to the sockets of a user, or of everybody. */
export const SOCKET_TROUBLES = ['cut', 'freeze', 'thaw', 'idle', 'expire'] as const;
export type SocketTrouble = (typeof SOCKET_TROUBLES)[number];

export interface Sockets {
  /** Takes a request for a WebSocket; one for another address is refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Does something to the sockets of an extension number, or to all; answers how many it hit. */
  trouble(kind: SocketTrouble, viewer?: string): number;
  /** The open sockets. */
  list(): readonly SocketFacts[];
  /** Closes all of them. */
  stop(): void;
}

export interface SocketFacts {
  readonly viewer: string;
  readonly openedAt: number;
  readonly frozen: boolean;
  readonly filters: readonly string[];
  /** Frames to the client, and from it, also those that a half-open socket swallowed. */
  readonly sent: number;
  readonly received: number;
}

interface Parts {
  readonly board: Switchboard;
  readonly oauth: OAuth;
  readonly platform: Platform;
  readonly subscriptions: Subscriptions;
  readonly tokens: SocketTokens;
  readonly journal: Journal;
  /** Where this server is, like `http://127.0.0.1:4010`. */
  readonly origin: () => string;
}

interface Connection {
  readonly socket: WebSocket;
  readonly session: SocketSession;
  readonly token: string;
  readonly openedAt: number;
  frozen: boolean;
  sent: number;
  received: number;
  idle: NodeJS.Timeout | undefined;
  age: NodeJS.Timeout | undefined;
  life: NodeJS.Timeout | undefined;
}

const PING = 25_000; // 25 seconds
const MOMENT = 20; // milliseconds
/** A wsc that was replaced is good for as long as the frame that brought the newer one may be on its way. */
const WSC_EVERY = 20; // notifications
const MAX_FRAME = 1_048_576; // 1 MiB
const LONGEST_TIMER = 2 ** 31 - 1;

/** Closes with these, as far as anybody knows. */
const NO_TOKEN = 4400;
const NORMAL = 1000;

export function createSockets(parts: Parts): Sockets {
  const { board, oauth, platform, subscriptions, tokens, journal, origin } = parts;
  const server = new WebSocketServer({
    noServer: true,
    autoPong: false,
    maxPayload: MAX_FRAME,
    perMessageDeflate: false,
  });
  const connections = new Set<Connection>();
  /** Which session a wsc stands for; the last two of each are good. */
  const wscs = new Map<string, string>();

  oauth.onEnd((signInId) => {
    for (const one of connections) if (one.session.owner.id === signInId) lose(one);
    subscriptions.end(signInId);
  });

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      if (splitUrl(request.url ?? '/').path !== SOCKET_PATH || board.settings.push === 'missing') {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => connect(opened, request));
    },
    trouble(kind, viewer) {
      const hit = [...connections].filter(
        ({ session }) => viewer === undefined || session.owner.extension.number === viewer,
      );
      for (const connection of hit) befall(connection, kind);
      return hit.length;
    },
    list: () =>
      [...connections].map(({ session, openedAt, frozen, sent, received }) => ({
        viewer: session.owner.extension.number,
        openedAt,
        frozen,
        filters: session.subscription?.filters.map(({ text }) => text) ?? [],
        sent,
        received,
      })),
    stop() {
      for (const { socket } of connections) socket.terminate();
    },
  };

  function connect(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => socket.terminate());
    const { path, query } = splitUrl(request.url ?? '/');
    const params = new URLSearchParams(query);
    const token = params.get('access_token') ?? bearerOf(request);
    const owner = token === null ? undefined : tokens.ownerOf(token);
    const entry = journal.add({
      ...{ method: 'GET', path, query: params.has('wsc') ? 'wsc' : '', operationId: 'connectWebSocket' },
      ...{
        viewer: owner?.extension.number ?? null,
        started: board.now(),
        ended: null,
        status: 101,
        held: true,
      },
    });
    socket.once('close', () => {
      entry.ended = board.now();
    });
    if (token === null || owner === undefined || oauth.endsAt(owner.id) === null) {
      socket.close(NO_TOKEN, token === null ? 'Authorization is missing' : 'Access token is invalid');
      return;
    }
    const twins = [...connections].filter((one) => one.token === token);
    if (twins.length > 0 && board.settings.secondConnect === 'refused') {
      socket.close(NO_TOKEN, 'Access token was used');
      return;
    }
    for (const twin of twins) twin.socket.close(NORMAL);
    const recovery = recover(params.get('wsc'), owner);
    if (recovery === 'malformed') {
      sendError(socket, 400, 'WSG-400', 'Malformed WebSocket session context token');
      socket.close(NORMAL);
      return;
    }
    open(socket, token, owner, recovery);
  }

  /** What a wsc brings back: the session, or the code that tells why it does not. */
  function recover(wsc: string | null, owner: SignedIn): SocketSession | string | null {
    if (wsc === null) return null;
    const sessionId = wscs.get(wsc);
    if (sessionId === undefined) return 'malformed';
    const session = subscriptions.find(sessionId);
    if (session !== undefined && session.owner.id !== owner.id) return 'WSG-1003';
    const { pushRecovery, recoveryTimeout } = board.settings;
    const isLate = session?.lostAt != null && board.now() - session.lostAt > recoveryTimeout * 1_000;
    if (session?.subscription == null || isLate || pushRecovery === 'refuse') return 'WSG-1005';
    return session;
  }

  function open(
    socket: WebSocket,
    token: string,
    owner: SignedIn,
    recovery: SocketSession | string | null,
  ): void {
    const recovered = typeof recovery === 'object' ? recovery : null;
    const session = recovered ?? subscriptions.open(owner);
    for (const one of connections) if (one.session === session) lose(one);
    const connection: Connection = {
      ...{ socket, session, token, openedAt: board.now(), frozen: false, sent: 0, received: 0 },
      ...{ idle: undefined, age: undefined, life: undefined },
    };
    connections.add(connection);
    socket.on('message', (data) => void hear(connection, data));
    socket.on('ping', (data) => {
      if (!connection.frozen) socket.pong(data);
    });
    socket.on('close', () => lose(connection));
    const pings = setInterval(() => {
      if (!connection.frozen) socket.ping();
    }, PING).unref();
    socket.once('close', () => clearInterval(pings));
    const { socketAbsoluteTimeout } = board.settings;
    connection.age = timer(socketAbsoluteTimeout * 1_000, () => befall(connection, 'expire'));
    watchLife(connection);
    stayAwake(connection);

    const details: WireConnectionDetails = {
      creationTime: new Date(board.now()).toISOString().replace('Z', '+0000'),
      ...(typeof recovery === 'string' && { recoveryState: 'Failed', recoveryErrorCode: recovery }),
      ...(recovered !== null && { recoveryState: 'Successful' }),
      maxConnectionsPerSession: 50,
      recoveryBufferSize: board.settings.recoveryBuffer,
      recoveryTimeout: board.settings.recoveryTimeout,
      idleTimeout: board.settings.socketIdleTimeout,
      absoluteTimeout: socketAbsoluteTimeout,
      maxActiveRequests: 10,
    };
    const messageId = randomUUID();
    send(connection, [
      {
        type: 'ConnectionDetails',
        messageId,
        status: 200,
        wsc: wscFor(connection, 1),
        headers: { RCRequestId: messageId },
      },
      details,
    ]);
    session.lostAt = null;
    const begin = () => {
      if (!connections.has(connection)) return;
      session.send = (frame) => notify(connection, frame);
      for (const frame of session.waiting.splice(0)) session.send(frame);
    };
    // What waited comes a moment after the details, as it does over a real network; where nothing did, nothing waits.
    if (recovered === null) begin();
    else timer(MOMENT, begin);
  }

  /** Sends a notification; now and then one brings a newer wsc. */
  function notify(connection: Connection, [meta, body]: WireFrame): void {
    if (connection.frozen) {
      // Sent into the void: the other side has it only once it has recovered.
      connection.session.waiting.push([meta, body]);
      if (connection.session.waiting.length > board.settings.recoveryBuffer)
        connection.session.waiting.shift();
      return;
    }
    const renews = connection.sent % WSC_EVERY === WSC_EVERY - 1;
    send(connection, [renews ? { ...meta, wsc: wscFor(connection, connection.sent) } : meta, body]);
  }

  function wscFor({ session }: Connection, sequence: number): NonNullable<WireFrameMeta['wsc']> {
    const token = Buffer.from(randomUUID()).toString('base64url');
    const older = [...wscs].filter(([, sessionId]) => sessionId === session.id).slice(0, -1);
    for (const [old] of older) wscs.delete(old);
    wscs.set(token, session.id);
    return { token, sequence };
  }

  async function hear(connection: Connection, data: RawData): Promise<void> {
    connection.received += 1;
    if (connection.frozen) return;
    stayAwake(connection);
    const [meta, body] = readFrame(String(data)) ?? [];
    if (meta?.type === 'Heartbeat') {
      send(connection, [{ type: 'Heartbeat', messageId: String(meta.messageId ?? '') }]);
    } else if (meta?.type === 'ClientRequest') {
      await answer(connection, meta, body);
    }
  }

  /** A request over the socket is a request like any other, of the user whose socket it is. */
  async function answer(connection: Connection, meta: WireFrameMeta, body: unknown): Promise<void> {
    const { method = 'GET', path = '/', query, messageId = '' } = meta;
    const accept = acceptIn(meta);
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const left = new AbortController();
    const leave = () => left.abort();
    // Of a few requests at a time, for the time that each takes.
    setMaxListeners(0, connection.socket);
    connection.socket.once('close', leave);
    const answering = platform.answer({
      method,
      url: `${path.replace(/(.)\/$/, '$1')}${search}`,
      headers: { ...(accept === undefined ? {} : { accept }), 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
      origin: origin(),
      signal: left.signal,
      socket: connection.session,
    });
    const reply = await answering.finally(() => connection.socket.off('close', leave));
    reply.entry.status = reply.status;
    reply.entry.ended = board.now();
    if (reply.trouble?.do === 'hang') return;
    if (reply.trouble?.do === 'reset' || reply.trouble?.do === 'resetAfterApply') {
      befall(connection, 'cut');
      return;
    }
    const answered: WireFrameMeta = {
      ...{ type: 'ClientRequest', messageId, status: reply.status },
      headers: { ...reply.headers, Date: new Date(board.now()).toUTCString() },
    };
    send(connection, reply.body === undefined ? [answered] : [answered, reply.body]);
  }

  function send(connection: Connection, frame: WireFrame): void {
    if (connection.frozen) return;
    connection.sent += 1;
    connection.socket.send(frameText(frame));
  }

  function befall(connection: Connection, kind: SocketTrouble): void {
    const { socket } = connection;
    switch (kind) {
      case 'cut':
        lose(connection);
        socket.terminate();
        break;
      case 'freeze':
        connection.frozen = true;
        break;
      case 'thaw':
        connection.frozen = false;
        break;
      case 'idle':
        sendError(socket, 408, 'WSG-902', 'Idle timeout expired');
        socket.close(NORMAL);
        break;
      case 'expire':
        sendError(socket, 408, 'WSG-903', 'Absolute timeout expired');
        socket.close(NORMAL);
        break;
    }
  }

  function lose(connection: Connection): void {
    if (!connections.delete(connection)) return;
    const { socket, session, idle, age, life } = connection;
    for (const one of [idle, age, life]) clearTimeout(one);
    // From this moment on, also while its closing is on the way.
    subscriptions.lose(session);
    socket.close(NORMAL);
  }

  function stayAwake(connection: Connection): void {
    clearTimeout(connection.idle);
    connection.idle = timer(board.settings.socketIdleTimeout * 1_000, () => befall(connection, 'idle'));
  }

  /** A socket ends with the access token of its sign-in, unless that was refreshed in time. */
  function watchLife(connection: Connection): void {
    const { id } = connection.session.owner;
    const endsAt = oauth.endsAt(id);
    if (endsAt === Number.POSITIVE_INFINITY) return;
    const left = (endsAt ?? 0) - board.now();
    if (left > 0) {
      connection.life = timer(left, () => watchLife(connection));
      return;
    }
    connection.socket.close(NORMAL);
    subscriptions.end(id);
  }
}

function sendError(socket: WebSocket, status: number, errorCode: string, message: string): void {
  const messageId = randomUUID();
  socket.send(
    JSON.stringify([
      { type: 'Error', messageId, status, headers: { RCRequestId: messageId } },
      { errorCode, message },
    ]),
  );
}

function bearerOf({ headers }: IncomingMessage): string | null {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? null;
}

function timer(delay: number, work: () => void): NodeJS.Timeout {
  return setTimeout(work, Math.min(delay, LONGEST_TIMER)).unref();
}
