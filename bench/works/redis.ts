/** What it costs to share with other gateways: the same gateway with and without Redis, in turns. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Audience, createAudience } from '../audience.ts';
import { atMost, notMeasured, ratio } from '../findings.ts';
import { endingWithUs, freePort } from '../machine.ts';
import type { Stage } from '../stage.ts';
import { percentile } from '../statistics.ts';
import { waitUntil } from '../waiting.ts';
import { coldQuestion } from './cold-read.ts';
import { fannedOut } from './fan-out.ts';
import { type Question, takeRates } from './rates.ts';
import { introduce, seatAt, untilQuiet } from './seats.ts';
import { WATCHED_QUESTION, watchedSeat } from './watched-read.ts';

const WORK = 'on Redis';
const REDIS_SERVER = process.env.REDIS_SERVER ?? '/usr/bin/redis-server';
const BOTH = ['ours on Redis', 'ours'] as const;
const SUBSCRIBERS = 1_000;
const VIEWER = 1;
const SESSIONS = Array.from({ length: 10 }, (_, index) => 30_000_000 + index);
const CHANGES = 400;
const FOLLOWED_WITHIN = 20_000; // 20 seconds, then a change was lost between the gateways

/** Reads what is cold and what is watched, and fans out. */
export async function redis(stage: Stage): Promise<void> {
  if (!existsSync(REDIS_SERVER)) {
    stage.report(notMeasured(WORK, 'against itself without', `needs ${REDIS_SERVER}`));
    return;
  }
  await startRedis();
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
  await elsewhere(stage);
}

/** How much later a change is seen at a gateway that follows than at the one that RingCentral tells. */
async function elsewhere(stage: Stage): Promise<void> {
  const upstream = await stage.ownUpstream({ push: true });
  const audiences: Audience[] = [];
  for (const _ of ['leads', 'follows']) {
    const contestant = await stage.own('ours on Redis', { env: { LIVE_SOURCE: 'push' } }, upstream);
    const audience = createAudience(upstream);
    stage.leaves(audience);
    await introduce(contestant, [VIEWER]);
    // Whoever has the first reader leads.
    await audience.admit([seatAt(contestant, VIEWER, SESSIONS)]);
    await untilQuiet(upstream);
    audiences.push(audience);
  }
  const [leading, following] = audiences;
  if (leading === undefined || following === undefined) return;
  const change = async (changes: number) => {
    for (let turn = 0; turn < changes; turn += 1) {
      await leading.change(SESSIONS[turn % SESSIONS.length] ?? 0);
      // One after the other, so that each is compared with itself.
      await waitUntil(() => following.delays.length >= leading.delays.length, {
        ...{ within: FOLLOWED_WITHIN, every: 1 },
        missing: () =>
          `the gateway that follows has shown ${following.delays.length} of ${leading.delays.length} changes`,
      });
    }
  };
  await change(CHANGES / 4);
  for (const audience of audiences) audience.forget();
  await change(CHANGES);
  const later = following.delays.map((delay, index) => delay - (leading.delays[index] ?? 0));
  stage.report(
    atMost(
      {
        work: WORK,
        measure: 'p99 of how much later a change is seen at another gateway, ms',
        ours: { name: 'ours', values: [percentile(later, 0.99)] },
      },
      20,
    ),
  );
}

async function compare(stage: Stage, question: Question, least: number): Promise<void> {
  const contestants = await Promise.all(BOTH.map((name) => stage.shared(name)));
  const [shared, alone] = await takeRates(stage, question, contestants);
  if (shared === undefined || alone === undefined) return;
  const measure = `${question.work}, answers a second`;
  stage.report(ratio({ work: WORK, measure, ours: shared.perSecond, theirs: alone.perSecond }, { least }));
}

/** It runs beside the load, not beside the gateway; and as long as that, which other works could share. */
async function startRedis(): Promise<void> {
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  endingWithUs(spawn(REDIS_SERVER, settings, { stdio: 'ignore' }));
  process.env.BENCH_REDIS = `redis://127.0.0.1:${port}`;
}
