/**
 * The connection to Redis, by node-redis: loaded only where there is a `REDIS_URL`.
 *
 * It never connects again by itself: when, and how often, is decided in `connection.ts`, and one that was lost is made
 * anew, so that nothing of it is left over.
 */
import type { Script } from './scripts.ts';

/** Where Redis is. */
export interface RedisAddress {
  /** One for a server; several for a cluster, of which these are some; with a sentinel, the sentinels. */
  readonly urls: readonly string[];
  /** The name by which sentinels know the server; null: there are none. */
  readonly sentinel: string | null;
}

/** What is asked of a connection. */
export interface RedisClient {
  run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  subscribe(channel: string, hear: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  close(): void;
}

export interface ClientTimes {
  /** Milliseconds for a connection. */
  readonly connect: number;
}

/** Opens one; `lose` is called when it is lost, which may be before it was opened. */
export async function openClient(
  address: RedisAddress,
  times: ClientTimes,
  lose: (error: Error) => void,
): Promise<RedisClient> {
  const redis = await load();
  const client = makeClient(redis, address, times);
  client.on('error', lose);
  const close = () => {
    try {
      client.destroy();
    } catch {
      // It has closed itself.
    }
  };
  try {
    await inTime(client.connect(), times.connect);
  } catch (error) {
    close();
    throw error;
  }
  return {
    async run({ text, sha }, keys, values) {
      const options = { keys: [...keys], arguments: [...values] };
      try {
        return await client.evalSha(sha, options);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, options);
      }
    },
    subscribe: (channel, hear) => client.subscribe(channel, hear),
    unsubscribe: (channel) => client.unsubscribe(channel),
    close,
  };
}

/** A server that hangs takes a connection, and says nothing. */
function inTime<Value>(opening: Promise<Value>, wait: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const alarm = setTimeout(
      () => reject(new Error(`Redis did not answer within ${wait} milliseconds.`)),
      wait,
    );
    opening.then(resolve, reject).finally(() => clearTimeout(alarm));
  });
}

type Library = Awaited<ReturnType<typeof load>>;

/** Most processes never get here, and spare its 18 MB. */
async function load() {
  // All of a CommonJS package is its default, bundled or not.
  const { default: redis } = await import('@redis/client');
  return redis;
}

/** What its three kinds of client have in common. */
interface AnyClient {
  on(name: 'error', hear: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(text: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  subscribe(channel: string, hear: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): unknown;
}

function makeClient(redis: Library, { urls, sentinel }: RedisAddress, times: ClientTimes): AnyClient {
  const [url = ''] = urls;
  const socket = { connectTimeout: times.connect, reconnectStrategy: false as const, ...tlsOf(url) };
  const common = { disableOfflineQueue: true, socket };
  if (sentinel !== null) {
    const servers = urls.map((one) => new URL(one));
    return redis.createSentinel({
      name: sentinel,
      sentinelRootNodes: servers.map(({ hostname, port }) => ({
        host: hostname,
        port: Number(port) || 26_379,
      })),
      nodeClientOptions: {
        ...common,
        ...credentialsOf(url),
        database: Number(new URL(url).pathname.slice(1)),
      },
      sentinelClientOptions: common,
    }) as unknown as AnyClient;
  }
  if (urls.length > 1) {
    return redis.createCluster({
      rootNodes: urls.map((one) => ({ url: one, socket: { ...socket } })),
      defaults: { ...common, ...credentialsOf(url) },
    }) as unknown as AnyClient;
  }
  return redis.createClient({ ...common, url }) as unknown as AnyClient;
}

function tlsOf(url: string) {
  return url.startsWith('rediss:') ? { tls: true as const } : {};
}

/** Of the first address: all servers have the same. */
function credentialsOf(url: string) {
  const { username, password } = new URL(url);
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}
