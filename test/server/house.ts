/** A door with a small house behind it: a schema, a provider and a gatekeeper of the tests' own. */
import { once } from 'node:events';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { Unauthenticated } from '../../schema/failures.ts';
import type { CallProvider, Visit } from '../../schema/provider.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { createServer, type Server, type ServerParts } from '../../src/server/http.ts';
import type { Gatekeeper } from '../../src/server/visitor.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { FAST_PATH } from '../support/fast-path.ts';

const SDL = /* GraphQL */ `
  type Query {
    me: String!
    number: Int
    node(id: ID): Node
    color(is: Color): String
    "Answers with the failure or defect of this name."
    fail(with: String!): String
    "Answers when the test says so."
    slow: String
    big(bytes: Int!): String
    filled(by: Filter!): String
  }
  input Filter { word: String!, color: Color }
  enum Color { GREEN RED }
  type Node { id: ID node: Node nodes: [Node!] }
  type Mutation { hang(id: ID): String slowly: String }
  type Subscription {
    "Counts up to here."
    count(to: Int!): Int!
    "One event for each the test sends."
    events: String!
    "Endless, each event of so many bytes."
    flood(bytes: Int!): String!
    failing(with: String!): Int
    "One event, which is answered when the test says so."
    late: String
  }
`;

/** A promise to be settled from outside. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** What the tests see and steer inside the house. */
export interface House {
  readonly server: Server;
  readonly url: string;
  readonly wsUrl: string;
  readonly origin: string;
  readonly metrics: Metrics;
  /** Everything logged, a line each. */
  readonly lines: string[];
  /** Authorizations shown to the gatekeeper. */
  readonly shown: (string | null)[];
  /** How often a resolver ran. */
  readonly ran: { fields: number; commands: number };
  /** What each operation brought. */
  readonly visits: Visit[];
  /** Open streams, and how many events were pulled from `flood`. */
  readonly streams: { open: number; pulled: number; droppedAtEnd: (boolean | undefined)[] };
  /** Opens `slow` and `slowly`. */
  readonly gate: Gate;
  /** Refuses a viewer's token from now on. */
  expire(viewer: string): void;
  /** Posts a query as JSON. */
  ask(query: string, options?: AskOptions): Promise<Response>;
  /** The same, answered as parsed JSON. */
  answer(query: string, options?: AskOptions): Promise<Answer>;
  /** A raw WebSocket that speaks the protocol. */
  connect(options?: ConnectOptions): Promise<Peer>;
  /** A graphql-ws client. */
  client(options?: Partial<ClientOptions>): Client;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
}

export interface AskOptions {
  readonly headers?: Record<string, string>;
  readonly variables?: Record<string, unknown>;
  readonly extra?: Record<string, unknown>;
  readonly signal?: AbortSignal;
}

export interface ConnectOptions {
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
  /** Null: no connection_init is sent. */
  readonly params?: Record<string, unknown> | null;
  readonly autoPong?: boolean;
}

/** Waits for a fact, as long as it takes on a busy machine. */
export function eventually<Fact>(read: () => Fact | Promise<Fact>) {
  return expect.poll(read, { timeout: 50_000, interval: 10 }); // 50 seconds, 10 milliseconds
}

/** One end of a WebSocket in a test. */
export interface Peer {
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[];
  send(message: unknown): void;
  /** The first message, old or new, that fits. */
  until(fits: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** How the socket was closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface HouseOptions extends Partial<Omit<ServerParts, 'config'>> {
  /** Settings as environment variables. */
  readonly settings?: Record<string, string>;
  readonly failures?: Record<string, () => unknown>;
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { settings, failures = {}, ...parts } = options;
  const config: Config = readConfig({ PORT: '0', GRAPHIQL: 'off', FAST_PATH, ...settings });
  const metrics = createMetrics();
  const lines: string[] = [];
  const shown: (string | null)[] = [];
  const visits: Visit[] = [];
  const ran = { fields: 0, commands: 0 };
  const streams: House['streams'] = { open: 0, pulled: 0, droppedAtEnd: [] };
  const gate = createGate();
  const viewers = new Map<string, AbortController>();

  const gatekeeper: Gatekeeper = {
    async admit({ authorization }) {
      shown.push(authorization);
      const viewerId = /^Bearer (\w+)$/.exec(authorization ?? 'Bearer anybody')?.[1];
      if (viewerId === undefined || viewerId === 'nobody') throw new Unauthenticated('Show a token.');
      const failure = failures[viewerId];
      if (failure !== undefined) throw failure();
      const expiry = viewers.get(viewerId) ?? new AbortController();
      viewers.set(viewerId, expiry);
      return {
        viewerId,
        expired: expiry.signal,
        provider(visit) {
          visits.push(visit);
          return { viewerId, visit } as unknown as CallProvider;
        },
      };
    },
  };

  const server = await createServer({
    config,
    schema: withResolvers({ ran, streams, gate, failures }),
    gatekeeper,
    createContext: ({ provider, requestId }) => ({ provider, requestId }),
    metrics,
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    isReady: () => ({ ok: true }),
    examples: [],
    ...parts,
  });
  const url = server.url;
  const wsUrl = url.replace('http', 'ws');
  const origin = new URL(url).origin;
  const peers = new Set<WebSocket>();
  const clients = new Set<Client>();

  const ask: House['ask'] = (query, { headers, variables, extra, signal } = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, ...(variables && { variables }), ...extra }),
      ...(signal && { signal }),
    });

  return {
    server,
    url,
    wsUrl,
    origin,
    metrics,
    lines,
    shown,
    ran,
    visits,
    streams,
    gate,
    expire: (viewer) => viewers.get(viewer)?.abort(),
    ask,
    answer: async (query, asked) => (await (await ask(query, asked)).json()) as Answer,
    async connect({ protocols = ['graphql-transport-ws'], headers = {}, params = {}, autoPong = true } = {}) {
      const socket = new WebSocket(wsUrl, protocols, { headers, autoPong, perMessageDeflate: true });
      peers.add(socket);
      const peer = createPeer(socket);
      await once(socket, 'open');
      if (params !== null) {
        peer.send({ type: 'connection_init', payload: params });
        await peer.until((message) => message.type === 'connection_ack').catch(() => peer.closed);
      }
      return peer;
    },
    client(more = {}) {
      const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...more });
      clients.add(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      gate.open();
      for (const client of clients) void client.dispose();
      for (const socket of peers) socket.terminate();
      await server.stop();
    },
  };
}

function createPeer(socket: WebSocket): Peer {
  const messages: Record<string, unknown>[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  socket.on('error', () => {});
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    socket.emit('heard');
  });
  return {
    socket,
    messages,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async until(fits) {
      for (;;) {
        const found = messages.find(fits);
        if (found !== undefined) return found;
        const more = await Promise.race([
          once(socket, 'heard').then(() => null),
          closed.then((how) => (messages.some(fits) ? null : how)),
        ]);
        if (more !== null) throw new Error(`The socket was closed before: ${more.code} ${more.reason}`);
      }
    },
  };
}

interface Insides extends Pick<House, 'ran' | 'streams' | 'gate'> {
  readonly failures: Record<string, () => unknown>;
}

type Arguments = Record<string, unknown>;
interface Context {
  provider: { viewerId: string; visit: Visit };
}

function withResolvers({ ran, streams, gate, failures }: Insides): GraphQLSchema {
  const made = buildSchema(SDL);
  const node = () => ({ id: '1', node, nodes: () => [node(), node()] });
  const resolvers: Record<string, Record<string, (args: Arguments, context: Context) => unknown>> = {
    Query: {
      me: (_args, { provider }) => provider.viewerId,
      number: () => 'seven',
      node,
      color: ({ is }) => is ?? 'BLUE',
      fail: ({ with: name }) => {
        throw failures[String(name)]?.();
      },
      slow: async () => {
        await gate.opened;
        return 'slow';
      },
      big: ({ bytes }) => 'x'.repeat(Number(bytes)),
      filled: () => 'filled',
    },
    Mutation: {
      hang: () => {
        ran.commands += 1;
        return 'hung up';
      },
      slowly: async () => {
        await gate.opened;
        ran.commands += 1;
        return 'slowly';
      },
    },
  };
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [field, resolve] of Object.entries(fields)) {
      fieldOf(made, type, field).resolve = (_source, args, context) => {
        ran.fields += 1;
        return resolve(args, context);
      };
    }
  }
  const subscriptions: Record<string, (args: Arguments, context: Context) => AsyncGenerator<unknown>> = {
    async *count({ to }) {
      for (let number = 1; number <= Number(to); number += 1) yield number;
    },
    async *events() {
      yield 'first';
      await gate.opened;
      yield 'last';
    },
    async *late() {
      yield 'late';
      await new Promise(() => {});
    },
    async *flood({ bytes }) {
      const event = 'x'.repeat(Number(bytes));
      for (let count = 0; count < FLOOD; count += 1) {
        streams.pulled += 1;
        yield event;
      }
    },
    // biome-ignore lint/correctness/useYield: it fails before its first event.
    async *failing({ with: name }) {
      throw failures[String(name)]?.();
    },
  };
  for (const [field, subscribe] of Object.entries(subscriptions)) {
    const subscription = fieldOf(made, 'Subscription', field);
    subscription.resolve =
      field === 'late'
        ? async (event) => {
            await gate.opened;
            return event;
          }
        : (event) => event;
    subscription.subscribe = (_source, args, context: Context) => {
      ran.fields += 1;
      return opened(subscribe(args, context), streams, context.provider.visit);
    };
  }
  return made;
}

/** As many events as a flood has. */
export const FLOOD = 2_000;

/** Counts a stream while it is open; ends it at once when it is left, as a provider does. */
function opened(
  source: AsyncGenerator<unknown>,
  streams: House['streams'],
  visit: Visit,
): AsyncIterableIterator<unknown> {
  let isOpen = true;
  streams.open += 1;
  const left = createGate();
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    streams.open -= 1;
    streams.droppedAtEnd.push(visit.dropped?.());
    left.open();
  };
  const over: IteratorResult<unknown> = { done: true, value: undefined };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const step = await Promise.race([source.next(), left.opened.then(() => over)]);
        if (step.done) close();
        return step;
      } catch (error) {
        close();
        throw error;
      }
    },
    async return() {
      close();
      return over;
    },
  };
}

function fieldOf(made: GraphQLSchema, type: string, field: string) {
  const found = made.getType(type);
  if (found === undefined || !('getFields' in found)) throw new Error(`No type ${type}.`);
  const definition = found.getFields()[field];
  if (definition === undefined || !('args' in definition)) throw new Error(`No field ${type}.${field}.`);
  return definition;
}
