/** A server, its replica and a sentinel that watches them: when the server goes, the replica takes its place. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { allOrNothing, ending } from './all-or-nothing.ts';
import { freePort } from './ports.ts';
import { isListening, killed, REDIS_SERVER, startRedis } from './redis.ts';

export interface TestSentinels extends AsyncDisposable {
  /** Of the sentinel, as a gateway is told of it. */
  readonly urls: readonly string[];
  readonly sentinel: string;
  /** The server goes, and does not come back. */
  lose(): Promise<void>;
}

const NAME = 'mymaster';

/** Starts all; `await using` ends them. */
export function startSentinels(): Promise<TestSentinels> {
  return allOrNothing(async (keep) => {
    const server = keep(await startRedis());
    const { port: serverPort } = new URL(server.url);
    keep(
      await startRedis({
        settings: ['--replicaof', `127.0.0.1 ${serverPort}`, '--repl-diskless-sync-delay', '0'],
      }),
    );
    await isComplete(server.url);
    const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
    keep(ending(() => rm(folder, { recursive: true, force: true })));
    const port = await freePort();
    const file = join(folder, 'sentinel.conf');
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${serverPort} 1`,
      `sentinel down-after-milliseconds ${NAME} 300`,
      `sentinel failover-timeout ${NAME} 2000`,
    ];
    await writeFile(file, `${settings.join('\n')}\n`);
    const child = spawn(REDIS_SERVER, [file, '--sentinel'], { stdio: 'ignore' });
    keep(ending(() => killed(child)));
    const url = `redis://127.0.0.1:${port}`;
    await knowsReplica(url);
    return {
      urls: [url],
      sentinel: NAME,
      async lose() {
        await isAtReplica(server.url);
        await server.stop();
      },
    };
  });
}

/** Waits until the replica has all, so that the sentinel finds it at its first look; the next is ten seconds later. */
async function isComplete(url: string): Promise<void> {
  await using client = await opened(url);
  while (!`${await client.sendCommand(['INFO', 'replication'])}`.includes('state=online')) await aMoment();
}

/** Waits until the replica has what was written until now: what it lacks when the server goes is lost. */
async function isAtReplica(url: string): Promise<void> {
  await using client = await opened(url);
  await client.sendCommand(['SET', 'the last', 'word']);
  await client.sendCommand(['WAIT', '1', '20000']);
}

/** Waits until the sentinel takes the replica for one that may take the server's place. */
async function knowsReplica(url: string): Promise<void> {
  while (!(await isListening(Number(new URL(url).port)))) await aMoment();
  await using client = await opened(url);
  for (;;) {
    const answer = await client.sendCommand(['SENTINEL', 'REPLICAS', NAME]);
    const replicas = answer as unknown as readonly Record<string, string>[];
    if (replicas.some((replica) => replica['master-link-status'] === 'ok')) return;
    await aMoment();
  }
}

async function opened(url: string) {
  const client = createClient({ url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.destroy() });
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));
