/**
 * A long mixed load at a pace that a busy office would not reach: a hundred queries and ten commands a second,
 * five hundred subscribers, fifty changes a second. Does memory grow, does the event loop stall?
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audience, createAudience } from '../audience.ts';
import { microseconds } from '../clock.ts';
import type { Contestant } from '../contestants.ts';
import { atMost, type Finding, failed } from '../findings.ts';
import { type Asked, isTrue, openConnection } from '../http-load.ts';
import { collectGarbage, freePort } from '../machine.ts';
import { metric } from '../metrics.ts';
import type { Stage } from '../stage.ts';
import { say, slope } from '../statistics.ts';
import { changeSteadily } from './changes.ts';
import { seatAt } from './seats.ts';

const WORK = 'soak';
const VIEWERS = 100;
const SESSIONS = Array.from({ length: 250 }, (_, index) => 10_000_000 + index);
const WATCHED = 10_000_000; // one of them
const UNWATCHED = 13_000_000;
const SUBSCRIBERS_EACH = 2;
const PERIOD = 5_000; // milliseconds between two changes of a session
const LOOK_EVERY = 15_000; // milliseconds
const MOST_LAG = 50; // milliseconds
const FILLING = 3; // minutes
const FLAT = 100; // KB a minute: what the noise of forty looks in ten minutes cannot hide

interface Look {
  /** Minutes. */
  readonly at: number;
  /** Kilobytes that are needed: garbage is collected first. */
  readonly heap: number;
  /** Milliseconds. */
  readonly lag: number;
}

/** Loads a gateway for `duration` milliseconds and reads its own `/metrics` meanwhile. */
export async function soak(stage: Stage, duration: number): Promise<void> {
  const metricsPort = await freePort();
  const env = { METRICS_PORT: String(metricsPort) };
  const gateway = await stage.own('ours', { args: collectGarbage, env });
  const audience = createAudience(stage.upstream);
  stage.leaves(audience);
  await audience.admit(
    SESSIONS.flatMap((session) =>
      Array.from({ length: SUBSCRIBERS_EACH }, () => seatAt(gateway, session % VIEWERS, [session])),
    ),
  );
  await mixedLoad(stage, gateway, audience, stage.pace.warmUp);
  const over = new AbortController();
  const looking = look(stage, gateway, metricsPort, over.signal);
  await mixedLoad(stage, gateway, audience, duration);
  over.abort();
  const looks = await looking;
  audience.stop();
  await gateway.server.stop();

  // Events are remembered for two minutes, so for two minutes memory fills; what it does after that is growth.
  const filled = looks.filter(({ at }) => at >= FILLING || looks.length < 20);
  const growth = slope(filled.map(({ at, heap }) => ({ x: at, y: heap })));
  const heaps = looks.map(({ heap }) => heap);
  stage.report(
    {
      ...atMost(
        { work: WORK, measure: 'heap slope, KB a minute', ours: { name: 'ours', values: [growth] } },
        FLAT,
      ),
      against: `heap ${say(Math.min(...heaps))}–${say(Math.max(...heaps))} KB in ${looks.length} looks`,
    } satisfies Finding,
    atMost(
      {
        work: WORK,
        measure: 'event-loop lag p99, ms',
        ours: { name: 'ours', values: looks.map(({ lag }) => lag) },
      },
      MOST_LAG,
    ),
  );
}

async function mixedLoad(stage: Stage, gateway: Contestant, audience: Audience, duration: number) {
  let session = 11_000_000;
  let held = 12_000_000;
  let turn = 0;
  const { dialect } = gateway;
  await Promise.all([
    changeSteadily(audience, SESSIONS, PERIOD, duration),
    askSteadily(stage, gateway, 40, duration, () => {
      session += 1;
      return dialect.read(session % VIEWERS, session);
    }),
    askSteadily(stage, gateway, 30, duration, () => dialect.read(1, UNWATCHED)),
    askSteadily(stage, gateway, 30, duration, () => dialect.read(WATCHED % VIEWERS, WATCHED)),
    askSteadily(stage, gateway, 10, duration, () => {
      turn += 1;
      if (turn % 2 === 1) held += 1;
      return dialect.command(held % VIEWERS, held, 3, turn % 2 === 1 ? 'Hold' : 'Answered');
    }),
  ]);
  audience.forget();
}

/** So many a second on one connection, one after another. */
async function askSteadily(
  stage: Stage,
  { server }: Contestant,
  perSecond: number,
  duration: number,
  next: () => Asked,
): Promise<void> {
  const connection = await openConnection(server.port);
  const started = microseconds();
  let untrue = 0;
  for (let turn = 0; (turn * 1_000) / perSecond < duration; turn += 1) {
    const early = (started - microseconds()) / 1_000 + (turn * 1_000) / perSecond;
    if (early > 0) await sleep(early);
    const { request, expects } = next();
    if (!isTrue(await connection.send(request), expects)) untrue += 1;
  }
  connection.close();
  if (untrue > 0) stage.report(failed(WORK, 'untrue answers', String(untrue)));
}

/** The lag is that since the last look: reading it starts it anew, so the collection here is not counted. */
async function look(
  stage: Stage,
  { server }: Contestant,
  metricsPort: number,
  signal: AbortSignal,
): Promise<Look[]> {
  const looks: Look[] = [];
  const started = microseconds();
  while (true) {
    await sleep(LOOK_EVERY, undefined, { signal }).catch(() => {});
    if (signal.aborted) return looks;
    const lag = (await metric(metricsPort, 'nodejs_eventloop_lag_p99_seconds')) * 1_000;
    await server.residentAtRest();
    const heap = (await metric(metricsPort, 'nodejs_heap_size_used_bytes')) / 1_000;
    const at = (microseconds() - started) / 60_000_000;
    looks.push({ at, heap, lag });
    stage.say(`${at.toFixed(1)} min: heap ${say(heap)} KB, lag p99 ${say(lag)} ms`);
  }
}
