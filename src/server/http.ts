/**
 * The front door: one HTTP server for GraphQL in all its ways, GraphiQL, health and metrics.
 *
 *   open ── drain() ──▶ draining ── everybody answered, or time is up ──▶ closed
 *    │                   /readyz says 503, new WebSockets are refused,       ▲
 *    │                   open ones and event streams are sent away           │
 *    └────────────────────────────── stop() ─────────────────────────────────┘
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer as createNodeServer,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import { CallControlFailure } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import { isMeant } from '../hosts.ts';
import { whyNotListening } from '../listening.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createBodyRooms } from './bodies.ts';
import { createConnections } from './connections.ts';
import { shownIn, showsNothing } from './credentials.ts';
import { createCrowd } from './crowd.ts';
import { sendAwayAll } from './drain.ts';
import { createGraphiQLPage, type DemoUsers, type Example } from './graphiql.ts';
import type { SignInChoice } from './graphiql-session.ts';
import { type CreateContext, createPipeline } from './graphql.ts';
import { tellMetrics } from './metrics-door.ts';
import { createObserver, type ReceivedAtOf } from './observe.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { findSentDocument, readManifest } from './persisted.ts';
import { createRefusalLog, refuseUpgrade, type UpgradeRefusal } from './refusals.ts';
import { createRequestDoor } from './requests.ts';
import { createSignInDoor, type SignInRoom } from './sign-in-door.ts';
import { SIMULATED_PAGES, serveSimulatedPage } from './simulated-page.ts';
import { createUnread } from './unread.ts';
import type { Gatekeeper, SessionGatekeeper, ShownSession } from './visitor.ts';
import { createWebSockets } from './websocket.ts';

/** Whether the gateway can do its work now, and why not. */
export interface Readiness {
  readonly ok: boolean;
  readonly reason?: string | undefined;
  /** Whether this gateway is together with the others, where there are any. */
  readonly commons?: string | undefined;
  /** Where several phone systems are on: what is to be said of each. It is ready while one of them can be reached. */
  readonly systems?: Readonly<Record<string, string>> | undefined;
}

export interface ServerParts {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly gatekeeper: Gatekeeper;
  /** Where browsers sign in; missing where nobody can. `listening` answers where the server does. */
  readonly signIn?: ((listening: () => string) => SignInParts) | undefined;
  readonly createContext: CreateContext;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly isReady: () => Promise<Readiness> | Readiness;
  /** The tabs of GraphiQL. */
  readonly examples: readonly Example[];
  /** Whom a visitor of GraphiQL may be without signing in, now. */
  readonly demoUsers?: (() => DemoUsers) | undefined;
  /** Called when draining begins, with the time by which every client has been sent away (epoch milliseconds). */
  readonly announceDrain?: ((by: number) => void) | undefined;
  readonly receivedAtOf?: ReceivedAtOf | undefined;
  readonly patience?: Partial<Patience> | undefined;
}

/** Where browsers sign in, and whom it lets in. */
export interface SignInParts {
  /** The phone systems that somebody can sign in to, for whoever chooses one. */
  readonly signInTo: readonly SignInChoice[];
  /** Of the simulator inside, whose page is shown here. */
  readonly simulatorUrl: string | null;
  readonly room: SignInRoom;
  readonly sessions: SessionGatekeeper;
}

export interface Server {
  /** Where GraphQL is served, like `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** Answers what runs, sends the clients elsewhere and closes; done within `config.drainTime`. */
  drain(): Promise<void>;
  /** Cuts every connection and closes. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the server; it listens when the promise resolves. */
export async function createServer(parts: ServerParts): Promise<Server> {
  const { config, schema, gatekeeper, createContext, metrics, log, isReady, examples } = parts;
  const patience = { ...PATIENCE, ...parts.patience };
  const findDocument =
    config.persistedOperations === null ? findSentDocument : await readManifest(config.persistedOperations);
  const crowd = createCrowd(config, (count) => metrics.inFlight.set(count));
  const bodies = createBodyRooms(config.maxBodyBytes);
  Object.assign(metrics.bodyBytes, {
    collect() {
      metrics.bodyBytes.set({ of: 'viewers' }, bodies.viewers.held);
      metrics.bodyBytes.set({ of: 'strangers' }, bodies.strangers.held);
    },
  });
  const observer = createObserver(metrics, log);
  const pipeline = createPipeline({
    ...{ config, schema, createContext, findDocument, crowd, metrics, log },
    receivedAtOf: parts.receivedAtOf,
  });
  const unread = createUnread({ room: config.maxUnreadBytes, patience: patience.reading, metrics });
  const connections = createConnections({ unread, patience, metrics });
  let address: string | undefined;
  // Remembered: one that takes no new connections any more has none, and still answers those that it has.
  const listening = () => {
    address ??= addressOf(server.address(), config.host);
    return address;
  };
  const signIn = parts.signIn?.(listening);
  const sessions = signIn?.sessions ?? null;
  const signInDoor = signIn && createSignInDoor(signIn.room, config.corsOrigins, listening);
  const requests = createRequestDoor({
    ...{ config, pipeline, gatekeeper, sessions, observer, crowd, bodies, patience, connections },
  });
  const noteRefusal = createRefusalLog(log);
  const sockets = createWebSockets({
    ...{
      config,
      pipeline,
      gatekeeper,
      sessions,
      observer,
      crowd,
      metrics,
      log,
      patience,
      noteRefusal,
      unread,
    },
    handOver: connections.handOver,
  });
  const page = config.graphiql
    ? createGraphiQLPage({ examples, users: parts.demoUsers, signInTo: signIn?.signInTo })
    : null;
  const isPlayed = [config.ringCentral, config.genesys].some(({ kind }) => kind === 'played');
  const trusted = config.corsOrigins.map((origin) => new URL(origin).hostname);
  let draining = false;
  let drained: Promise<void> | undefined;

  const readings = new Map<string, (response: ServerResponse) => Promise<void> | void>([
    ['/healthz', (response) => sendJson(response, 200, { status: 'ok' })],
    ['/readyz', tellReadiness],
  ]);
  // Whoever comes to a public port may not read what goes on; METRICS_PORT is for those who may.
  if (!config.production) readings.set('/metrics', (response) => tellMetrics(metrics, response));
  if (page !== null) {
    readings.set('/', (response) => void response.writeHead(302, { location: '/graphql' }).end());
  }

  const server = createNodeServer(
    {
      headersTimeout: patience.headers,
      requestTimeout: patience.request,
      keepAliveTimeout: patience.keepAlive,
      connectionsCheckingInterval: Math.min(patience.headers, 1_000), // at most 1 second late
    },
    (request, response) => void serve(request, response),
  );
  server.on('connection', connections.opened);
  server.on('upgrade', upgrade);
  server.listen(config.port, config.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    letGo();
    await sockets.closed();
    throw whyNotListening(error, config) ?? error;
  }

  return {
    url: `${listening()}/graphql`,
    drain() {
      drained ??= drain();
      return drained;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!connections.begin(response)) return;
    try {
      await route(request, response);
    } catch (error) {
      log.error({ err: error }, 'unexpected error');
      response.destroy();
    }
    connections.wrote(response);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    if (draining) response.setHeader('connection', 'close');
    if (isMisdirected(request)) return sendJson(response, MISDIRECTED, { error: NOT_MEANT });
    const path = pathOf(request);
    if (path === '/graphql') {
      if (page !== null && wantsPage(request)) return page.serve(request, response);
      return requests.answer(request, response, requestId);
    }
    const read = readings.get(path);
    if (await signInDoor?.serve(request, response, path)) return;
    if (SIMULATED_PAGES.has(path) && signIn?.simulatorUrl) {
      return serveSimulatedPage(signIn.simulatorUrl, request, response);
    }
    if (read === undefined) return sendJson(response, 404, { error: 'There is nothing at this address.' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return sendJson(response, 405, { error: 'This address can only be read.' });
    }
    return read(response);
  }

  async function tellReadiness(response: ServerResponse): Promise<void> {
    const readiness = draining ? { ok: false, reason: 'The gateway is draining.' } : await isReady();
    sendJson(response, readiness.ok ? 200 : 503, readiness);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Before ws listens, a client that hangs up must not end the process.
    socket.on('error', hangUp);
    const { headers } = request;
    const refusal = isMisdirected(request)
      ? MISDIRECTION
      : refuseUpgrade({ path: pathOf(request), headers }, config.corsOrigins, draining);
    const cookie = refusal === null ? cookieOf(headers) : null;
    const isForeign = cookie instanceof Error && headers.origin !== undefined;
    if (refusal === null && !isForeign) {
      if (!sockets.accept(request, socket, head, cookie)) connections.letGo(socket);
      return;
    }
    const { status, mend, noted } = refusal ?? { ...FOREIGN, mend: String(cookie) };
    if (noted) noteRefusal({ status }, mend);
    connections.letGo(
      socket,
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
        `X-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(mend)}\r\n\r\n${mend}`,
    );
  }

  /** What an upgrade request shows of a session. Programs send no `Origin`: they may say later who they are. */
  function cookieOf(headers: IncomingMessage['headers']): ShownSession {
    try {
      return showsNothing(shownIn(headers)) ? (sessions?.read(headers) ?? null) : null;
    } catch (error) {
      if (!(error instanceof CallControlFailure)) throw error;
      return error;
    }
  }

  /** Simulated calls have no token to keep a page out that had its own name resolve to this machine. */
  function isMisdirected({ headers }: IncomingMessage): boolean {
    return isPlayed && !isMeant(headers.host, { host: config.host, trusted });
  }

  async function drain(): Promise<void> {
    draining = true;
    const deadline = AbortSignal.timeout(config.drainTime);
    parts.announceDrain?.(Date.now() + config.drainTime);
    await sendAwayAll([...sockets.guests(), ...requests.guests()], config.drainTime, deadline);
    const closed = close();
    if (deadline.aborted) cutAll();
    else deadline.addEventListener('abort', cutAll, { once: true });
    await closed;
    deadline.removeEventListener('abort', cutAll);
  }

  async function stop(): Promise<void> {
    draining = true;
    const closed = close();
    cutAll();
    await closed;
  }

  /** No new connections; resolves when the last one is gone. */
  async function close(): Promise<void> {
    const closed = server.listening ? new Promise((gone) => server.once('close', gone)) : null;
    server.close();
    // Connections that wait for a next request do so from when their answer is out.
    const sweeping = setInterval(cutIdle, 50); // 50 milliseconds
    await Promise.all([closed, sockets.closed()]);
    clearInterval(sweeping);
    letGo();
  }

  function letGo(): void {
    connections.stop();
    unread.stop();
  }

  function cutIdle(): void {
    server.closeIdleConnections();
    connections.cutUnused();
  }

  function cutAll(): void {
    sockets.stop();
    connections.cutAll();
  }
}

const MISDIRECTED = 421;
const NOT_MEANT =
  'With the simulator this gateway answers only to localhost, to its HOST and to the hosts of CORS_ORIGINS: ' +
  'a page of another name has no business here.';
const MISDIRECTION: UpgradeRefusal = { status: MISDIRECTED, mend: NOT_MEANT, noted: true };

const FOREIGN = { status: 403, noted: true } as const;

function hangUp(this: Duplex): void {
  this.destroy();
}

/** The client's own id where it can stand in a header and a log line as it is; else a new one. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:=+/-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Without a slash at its end: `/graphql/` is `/graphql`. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = '/'] = url.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function wantsPage({ method, headers: { accept } }: IncomingMessage): boolean {
  return method === 'GET' && accept?.includes('text/html') === true;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

function addressOf(address: string | AddressInfo | null, host: string): string {
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  // Where it listens on every address, this machine is one of them.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}
