/** The command with a log that nobody reads, or that has no room: `npm test` has built it before. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { FAST_PATH } from '../support/fast-path.ts';
import { until } from '../support/gateway.ts';
import { freePort } from '../support/ports.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

const QUERY = 'query WhateverTheDeskCallsIt { __typename }';

/** Starts the command on a free port, with `stdout` as it is told. */
async function start(stdout: 'pipe' | number) {
  const port = await freePort();
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, FAST_PATH, PORT: String(port), MAX_IN_FLIGHT: '20', DRAIN_SECONDS: '2' },
    stdio: ['ignore', stdout, 'inherit'],
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const origin = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  onTestFinished(() => agent.destroy());
  const isUp = () =>
    fetch(`${origin}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await until(async () => (await isUp()) || child.exitCode !== null))) throw new Error('It is down.');
  if (child.exitCode !== null) throw new Error('The command ended. Is dist/ built?');

  return {
    child,
    exit,
    /** Asks so many times, ten at once; answers the statuses that came. */
    async flood(times: number): Promise<ReadonlySet<number | undefined>> {
      const statuses = new Set<number | undefined>();
      let left = times;
      const asker = async () => {
        while (left-- > 0) statuses.add(await ask(port, agent));
      };
      await Promise.all(Array.from({ length: 10 }, asker));
      return statuses;
    },
    async metric(name: string): Promise<number> {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    },
  };
}

async function ask(port: number, agent: Agent): Promise<number | undefined> {
  const asking = request({
    agent,
    port,
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', 'x-request-id': 'x'.repeat(128) },
  });
  asking.end(JSON.stringify({ query: QUERY }));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

/** Far more lines than a pipe and the gateway keep together. */
const FLOOD = 4_000;

interface Line {
  readonly msg: string;
  readonly level: string;
  readonly lines?: number;
}

/** Begins to read the log. */
function read({ stdout }: ChildProcess): readonly Line[] {
  const lines: Line[] = [];
  if (stdout === null) throw new Error('The command has no output.');
  createInterface(stdout).on('line', (line) => lines.push(JSON.parse(line)));
  return lines;
}

test('A log that nobody reads costs its lines and no answer, and a signal ends the gateway all the same', async () => {
  const gateway = await start('pipe');
  expect(await gateway.flood(FLOOD)).toEqual(new Set([200]));
  expect(await gateway.metric('gateway_log_lines_lost_total')).toBeGreaterThan(0);
  expect(await gateway.metric('gateway_graphql_in_flight')).toBe(0);

  gateway.child.kill('SIGTERM');
  expect(await gateway.exit).toBe(0);
});

test('Whoever reads the log again reads whole lines, and how many are missing', async () => {
  const gateway = await start('pipe');
  await gateway.flood(FLOOD);
  const lines = read(gateway.child);
  const told = await until(() => lines.find(({ msg }) => msg.startsWith('The log could not be written')));
  const lost = await gateway.metric('gateway_log_lines_lost_total');
  expect(told).toMatchObject({ level: 'warn', lines: lost });
  expect(lost).toBeGreaterThan(0);
  expect(lines.filter(({ msg }) => msg === 'operation')).toHaveLength(FLOOD - lost);

  gateway.child.kill('SIGTERM');
  expect(await gateway.exit).toBe(0);
  expect(lines.at(-1)?.msg).toBe('Draining');
});

test('A full disk for the log costs its lines and no answer', async () => {
  const full = openSync('/dev/full', 'w');
  const gateway = await start(full);
  closeSync(full);
  expect(await gateway.flood(FLOOD)).toEqual(new Set([200]));
  expect(await gateway.metric('gateway_log_lines_lost_total')).toBeGreaterThan(0);
  expect(await gateway.metric('gateway_graphql_in_flight')).toBe(0);

  gateway.child.kill('SIGTERM');
  expect(await gateway.exit).toBe(0);
});
