/** Who takes part: ours, the baselines, the peers, and the upstream behind them all. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Connection, getRequest, openConnection } from './http-load.ts';
import { file, type Server, type ServerOptions, startServer, typescript } from './machine.ts';
import { conversations, type Dialect, graphql, hive, rest } from './operations.ts';
import type { Change, UpstreamCounts } from './upstream.ts';

/** The server behind the servers, and its own door. */
export interface Upstream {
  readonly port: number;
  /** Changes calls; answers the moment of each change, in microseconds of the machine's clock. */
  change(sessions: readonly number[], what?: Change): Promise<readonly number[]>;
  /** Sets how many requests a minute one viewer may make, and forgets those that were made. */
  limit(viewer: number, requests: number): Promise<void>;
  /** What one viewer has asked for; without a viewer, what all have. */
  counts(viewer?: number): Promise<UpstreamCounts>;
  stop(): Promise<void>;
}

/** How an upstream differs from one that never runs out of requests, and answers at once. */
export interface UpstreamManner {
  /** RingCentral's number of requests a minute. */
  readonly limit?: number;
  /** Milliseconds until it says whose a token is. */
  readonly introduction?: number;
  /** Tells of changes by itself, as RingCentral does. */
  readonly push?: boolean;
}

/** Starts the upstream. */
export async function startUpstream({
  limit,
  introduction,
  push = false,
}: UpstreamManner = {}): Promise<Upstream> {
  const server = await startServer({
    name: 'upstream',
    core: 'load',
    args: [...typescript, file('upstream.ts')],
    env: {
      ...(limit !== undefined && { LIMIT: String(limit) }),
      ...(introduction !== undefined && { INTRODUCTION: String(introduction) }),
      ...(push && { PUSH: 'on' }),
    },
  });
  const idle: Connection[] = [];
  const ask = async (path: string): Promise<unknown> => {
    const connection = idle.pop() ?? (await openConnection(server.port));
    const { body } = await connection.send(getRequest(path, 'nobody'));
    idle.push(connection);
    return JSON.parse(body.toString());
  };
  return {
    port: server.port,
    change: async (sessions, what = 'hold') =>
      (await ask(`/bench/change?sessions=${sessions.join(',')}&what=${what}`)) as number[],
    limit: async (viewer, requests) => {
      await ask(`/bench/limit?viewer=${viewer}&limit=${requests}`);
    },
    counts: async (viewer) =>
      (await ask(`/bench/counts${viewer === undefined ? '' : `?viewer=${viewer}`}`)) as UpstreamCounts,
    stop: async () => {
      for (const connection of idle) connection.close();
      await server.stop();
    },
  };
}

/** A server under test. */
export interface Contestant {
  readonly name: string;
  readonly server: Server;
  readonly dialect: Dialect;
}

export const CONTESTANTS = [
  'ours',
  'ours on Redis',
  'ours of Genesys Cloud',
  'before',
  'bare got proxy',
  'stock Yoga',
  'raw ws',
  'mercurius',
  'mercurius from memory',
  'Hive Gateway',
] as const;
export type ContestantName = (typeof CONTESTANTS)[number];

/** Those that `npm install` in `bench/peers` brings. */
export const PEERS: readonly ContestantName[] = ['mercurius', 'Hive Gateway'];

/** Starts a contestant before `upstream`. */
export async function startContestant(
  name: ContestantName,
  upstream: Pick<Upstream, 'port'>,
  more: Partial<ServerOptions> = {},
): Promise<Contestant> {
  const { options, dialect } = CAST[name];
  const { args, env, directory } = options(`http://127.0.0.1:${upstream.port}`);
  const server = await startServer({
    name,
    ...(directory === undefined ? {} : { directory }),
    ...more,
    args: [...(more.args ?? []), ...args],
    env: { ...env, ...more.env },
  });
  return { name, server, dialect };
}

interface Role {
  readonly dialect: Dialect;
  readonly options: (upstreamUrl: string) => Omit<ServerOptions, 'name'>;
}

const baseline =
  (path: string) =>
  (upstreamUrl: string): Omit<ServerOptions, 'name'> => ({
    args: [...typescript, file(path)],
    env: { UPSTREAM: upstreamUrl },
  });

/** A gateway that was built in the directory `checkout`. */
const gatewayIn =
  (checkout: () => string) =>
  (upstreamUrl: string): Omit<ServerOptions, 'name'> => ({
    args: [join(checkout(), 'dist/src/main.js')],
    env: {
      RINGCENTRAL_SERVER_URL: upstreamUrl,
      LOG_LEVEL: 'warn',
      // Long enough that no poll ends by itself while something else is measured.
      LONG_POLL_TIMEOUT: '300',
      // Works whose upstream tells of changes by itself say otherwise.
      LIVE_SOURCE: 'poll',
      MAX_SUBSCRIPTIONS_PER_SOCKET: '100000',
      MAX_SUBSCRIPTIONS_PER_VIEWER: '1000000',
      DRAIN_SECONDS: '0',
    },
  });

/** Where `before` was built: what `--against` says. */
function directoryBefore(): string {
  const { BEFORE } = process.env;
  if (BEFORE === undefined) throw new Error('Nobody said where the gateway is that ours is compared with');
  return BEFORE;
}

/** The Redis that a work has started. */
function redisUrl(): string {
  const { BENCH_REDIS } = process.env;
  if (BENCH_REDIS === undefined) throw new Error('Nobody has started a Redis');
  return BENCH_REDIS;
}

const oursIn = gatewayIn(() => file('..'));

const CAST: Readonly<Record<ContestantName, Role>> = {
  ours: { dialect: graphql, options: oursIn },
  'ours on Redis': {
    dialect: graphql,
    options: (upstreamUrl) => {
      const { env, ...more } = oursIn(upstreamUrl);
      return { ...more, env: { ...env, REDIS_URL: redisUrl() } };
    },
  },
  'ours of Genesys Cloud': {
    dialect: conversations,
    options: (upstreamUrl) => {
      const { env: { RINGCENTRAL_SERVER_URL: _, ...env } = {}, ...more } = oursIn(upstreamUrl);
      return { ...more, env: { ...env, GENESYS_API_URL: upstreamUrl, LIVE_SOURCE: 'push' } };
    },
  },
  before: { dialect: graphql, options: gatewayIn(directoryBefore) },
  'bare got proxy': { dialect: rest, options: baseline('baselines/got-proxy.ts') },
  'stock Yoga': { dialect: graphql, options: baseline('baselines/stock-yoga.ts') },
  'raw ws': { dialect: rest, options: baseline('baselines/raw-broadcast.ts') },
  mercurius: {
    dialect: graphql,
    options: (upstreamUrl) => ({ args: [file('peers/mercurius.js')], env: { UPSTREAM: upstreamUrl } }),
  },
  'mercurius from memory': {
    dialect: graphql,
    options: (upstreamUrl) => ({
      args: [file('peers/mercurius.js')],
      env: { UPSTREAM: upstreamUrl, FROM_MEMORY: 'on' },
    }),
  },
  'Hive Gateway': {
    dialect: hive,
    options: (upstreamUrl) => ({
      args: [
        file('peers/node_modules/@graphql-hive/gateway/dist/bin.js'),
        'supergraph',
        '--config-path',
        'hive.config.js',
      ],
      env: { SUPERGRAPH: supergraphOf(upstreamUrl) },
      directory: file('peers'),
    }),
  },
};

/** Installs the peers where they are missing. */
export function installPeers(): void {
  if (existsSync(file('peers/node_modules/mercurius'))) return;
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: file('peers'),
    stdio: 'inherit',
    timeout: 600_000, // 10 minutes
  });
  if (npm.status !== 0) throw new Error('The peers could not be installed: npm ci in bench/peers failed');
}

/** Makes Hive Gateway's supergraph of RingCentral's published document at the path `openapi`, until `stop()`. */
export function composeHive(openapi: string, upstream: Pick<Upstream, 'port'>): { stop(): void } {
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const compose = spawnSync(
    process.execPath,
    [
      file('peers/node_modules/@graphql-mesh/compose-cli/esm/bin.js'),
      ...['--config-path', 'mesh.config.js', '--output', supergraphOf(upstreamUrl)],
    ],
    {
      cwd: file('peers'),
      env: { ...process.env, OPENAPI: resolve(openapi), UPSTREAM: upstreamUrl },
      timeout: 120_000, // 2 minutes
    },
  );
  if (compose.status !== 0) {
    throw new Error(`${openapi} could not be composed:\n${compose.stderr}${compose.stdout}`);
  }
  return { stop: () => rmSync(supergraphOf(upstreamUrl), { force: true }) };
}

/** The address of the upstream is written into a supergraph, so each upstream has one of its own. */
function supergraphOf(upstreamUrl: string): string {
  return file(`peers/supergraph-${new URL(upstreamUrl).port}.graphql`);
}
