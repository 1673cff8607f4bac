/** A real Redis of its own for a test: it can hang, and start again with nothing in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { allOrNothing, ending } from './all-or-nothing.ts';
import { freePort } from './ports.ts';

/** The program. */
export const REDIS_SERVER = process.env.REDIS_SERVER ?? '/usr/bin/redis-server';

/** CI installs it: where it is missing there, tests fail; elsewhere what needs it is skipped. */
export const hasNoRedis = !existsSync(REDIS_SERVER) && process.env.CI === undefined;

if (hasNoRedis) console.warn(`Tests of several gateways are skipped: there is no ${REDIS_SERVER}.`);

/** A key, what it holds as text, the milliseconds that it has left, and the bytes that it needs. */
export interface Kept {
  readonly name: string;
  readonly value: string;
  readonly lifetime: number;
  readonly bytes: number;
}

export interface TestRedis extends AsyncDisposable {
  /** Like `redis://127.0.0.1:6379`. */
  readonly url: string;
  /** The same, as a gateway is told of it; of a cluster two, so that it is taken for one. */
  readonly urls: readonly string[];
  /** It hangs: takes connections, and answers nothing. */
  pause(): void;
  resume(): void;
  /** It ends, and nothing listens at its port. */
  stop(): Promise<void>;
  /** It is there again, empty. */
  start(): Promise<void>;
  /** Everything in it: names and values, as text. */
  contents(): Promise<Kept[]>;
  /** Loses what it holds, and goes on. */
  empty(): Promise<void>;
}

export interface TestRedisOptions {
  /** More of its settings, like `--requirepass secret`; its port is handed in. */
  readonly settings?: readonly string[] | ((port: number) => readonly string[]);
  /** A cluster of one. */
  readonly cluster?: boolean;
}

/** Starts one; `await using` ends it, also when the test fails. */
export function startRedis({ settings = [], cluster = false }: TestRedisOptions = {}): Promise<TestRedis> {
  return allOrNothing(async (keep) => {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    keep(ending(() => rm(folder, { recursive: true, force: true })));
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    let child: ChildProcess | undefined;
    const stop = async () => {
      if (child !== undefined) await killed(child);
    };
    keep(ending(stop));
    await start();

    return {
      url,
      urls: cluster ? [url, url] : [url],
      pause: () => void child?.kill('SIGSTOP'),
      resume: () => void child?.kill('SIGCONT'),
      stop,
      start,
      contents: () => asked(contentsOf),
      empty: () => asked(async (client) => void (await client.flushAll())),
    };

    async function start(): Promise<void> {
      const started = spawn(
        REDIS_SERVER,
        [
          '--port',
          `${port}`,
          '--bind',
          '127.0.0.1',
          '--save',
          '',
          '--dir',
          folder,
          ...(cluster ? ['--cluster-enabled', 'yes'] : []),
          ...(typeof settings === 'function' ? settings(port) : settings),
        ],
        { stdio: 'ignore' },
      );
      child = started;
      while (!(await isListening(port))) {
        if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}.`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (cluster) await asked(beCluster);
    }

    async function asked<Answer>(ask: (client: Client) => Promise<Answer>): Promise<Answer> {
      const client = createClient({ url });
      await client.connect();
      try {
        return await ask(client as Client);
      } finally {
        client.destroy();
      }
    }
  });
}

/** Kills a process, and waits for its end. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

type Client = ReturnType<typeof createClient>;

/** All slots are its own; it says so a moment later. */
async function beCluster(client: Client): Promise<void> {
  await client.clusterAddSlotsRange({ start: 0, end: 16_383 });
  while (!`${await client.clusterInfo()}`.includes('cluster_state:ok')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function contentsOf(client: Client) {
  const found: Kept[] = [];
  for await (const names of client.scanIterator()) {
    for (const name of names) {
      const value = await readers[await client.type(name)]?.(client, name);
      const [lifetime, bytes] = [await client.pTTL(name), await client.memoryUsage(name)];
      found.push({ name, value: JSON.stringify(value ?? null), lifetime, bytes: Number(bytes) });
    }
  }
  return found;
}

const readers: Readonly<Record<string, (client: Client, name: string) => Promise<unknown>>> = {
  string: (client, name) => client.get(name),
  hash: (client, name) => client.hGetAll(name),
  stream: (client, name) => client.xRange(name, '-', '+'),
};

/** Whether somebody takes connections there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}
