/** What it costs to share with other gateways: the same gateway with and without Redis, in turns. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createAudience } from '../audience.ts';
import { notMeasured, ratio } from '../findings.ts';
import { freePort } from '../machine.ts';
import type { Stage } from '../stage.ts';
import { coldQuestion } from './cold-read.ts';
import { fannedOut } from './fan-out.ts';
import { type Question, takeRates } from './rates.ts';
import { WATCHED_QUESTION, watchedSeat } from './watched-read.ts';

const WORK = 'on Redis';
const REDIS_SERVER = process.env.REDIS_SERVER ?? '/usr/bin/redis-server';
const BOTH = ['ours on Redis', 'ours'] as const;
const SUBSCRIBERS = 1_000;

/** Reads what is cold and what is watched, and fans out. */
export async function redis(stage: Stage): Promise<void> {
  if (!existsSync(REDIS_SERVER)) {
    stage.report(notMeasured(WORK, 'against itself without', `needs ${REDIS_SERVER}`));
    return;
  }
  await startRedis(stage);
  for (const name of BOTH) {
    const audience = createAudience(stage.upstream);
    stage.leaves(audience);
    await audience.admit([watchedSeat(await stage.shared(name))]);
  }
  await compare(stage, coldQuestion(), 0.8);
  await compare(stage, WATCHED_QUESTION, 0.9);
  const [shared, alone] = await fannedOut(SUBSCRIBERS, stage, BOTH);
  if (shared === undefined || alone === undefined) return;
  const measure = `deliveries a second to ${SUBSCRIBERS.toLocaleString('en-US')} subscribers`;
  stage.report(
    ratio({ work: WORK, measure, ours: shared.perSecond, theirs: alone.perSecond }, { least: 0.9 }),
  );
}

async function compare(stage: Stage, question: Question, least: number): Promise<void> {
  const contestants = await Promise.all(BOTH.map((name) => stage.shared(name)));
  const [shared, alone] = await takeRates(stage, question, contestants);
  if (shared === undefined || alone === undefined) return;
  const measure = `${question.work}, answers a second`;
  stage.report(ratio({ work: WORK, measure, ours: shared.perSecond, theirs: alone.perSecond }, { least }));
}

/** It runs beside the load, not beside the gateway. */
async function startRedis(stage: Stage): Promise<void> {
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(REDIS_SERVER, settings, { stdio: 'ignore' });
  stage.leaves({ stop: () => child.kill('SIGKILL') });
  process.env.BENCH_REDIS = `redis://127.0.0.1:${port}`;
}
