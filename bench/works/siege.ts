/**
 * Who holds out: six attacks, one after another, each on a gateway of its own with a heap of 512 MB and the settings it comes
 * with. All the while somebody works, and is to notice nothing.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upstream } from '../contestants.ts';
import { type Finding, failed } from '../findings.ts';
import { collectGarbage, endingWithUs, file, freePort, type Server, typescript } from '../machine.ts';
import { metric, readMetrics } from '../metrics.ts';
import { ATTACKS } from '../siege/attacks.ts';
import { type Service, seatGoodUser } from '../siege/good-user.ts';
import type { Stage } from '../stage.ts';
import { percentile, say } from '../statistics.ts';

const WARM_UP = 5_000; // milliseconds
const LOOK_EVERY = 200; // milliseconds
const INTRODUCTION = 400; // milliseconds: what RingCentral takes to say whose a token is
const GIVEN_BACK_WITHIN = 10_000; // 10 seconds
const LATER = 25_000; // 25 seconds: calls that were only looked at are remembered for up to twenty
const ATTACKER_PATIENCE = 90_000; // 90 seconds beside the attack: to look around, and to say what happened
const FIRST_SESSION = 50_000_000;

/** The goals. */
const SLOWEST = 250; // milliseconds, 99 of 100
const HEAP = 512; // MB
const MOST_RESIDENT = 768; // MiB: the heap, and half of it for what is not in it
const MORE_NEEDED = 48; // MiB: events are kept for a minute or two, answers and users for longer
const ENDS_WITHIN = 5; // seconds

/** The settings that a gateway comes with, where the other works need others. */
const DEFAULTS = {
  LIVE_SOURCE: 'auto',
  LONG_POLL_TIMEOUT: '30',
  MAX_SUBSCRIPTIONS_PER_SOCKET: '100',
  MAX_SUBSCRIPTIONS_PER_VIEWER: '500',
  DRAIN_SECONDS: '2',
};

/** What must be zero when everybody has left: places, places to wait at, and what is held of bodies. */
const PLACES =
  /^(gateway_graphql_in_flight|gateway_introductions|gateway_request_body_bytes|gateway_sockets|gateway_subscribers)(\{.*\})? (?!0$)\S+$/gm;

/** Lays siege for `duration` milliseconds with each attack in turn, or with only these. */
export async function siege(stage: Stage, duration: number, only: readonly string[] | null): Promise<void> {
  for (const name of only ?? Object.keys(ATTACKS)) {
    const title = ATTACKS[name]?.title ?? name;
    stage.say(`${title}, for ${duration / 1_000} s`);
    const upstream = await stage.ownUpstream({ introduction: INTRODUCTION, push: true });
    try {
      stage.report(...(await withstand({ stage, upstream, name, title, duration })));
    } catch (error) {
      stage.report(
        failed(title, 'the gateway is lost', error instanceof Error ? error.message : String(error)),
      );
      process.exitCode = 1;
    }
    await upstream.stop();
  }
}

interface Siege {
  readonly stage: Stage;
  readonly upstream: Upstream;
  readonly name: string;
  readonly title: string;
  readonly duration: number;
}

async function withstand({ stage, upstream, name, title, duration }: Siege): Promise<readonly Finding[]> {
  const metricsPort = await freePort();
  const stalledLog = name === 'stalled-log';
  const gateway = await stage.own(
    'ours',
    {
      args: [`--max-old-space-size=${HEAP}`, ...collectGarbage],
      env: { ...DEFAULTS, METRICS_PORT: String(metricsPort), ...(stalledLog && { LOG_LEVEL: 'info' }) },
      stalledLog,
    },
    upstream,
  );
  const { server } = gateway;
  const user = await seatGoodUser(gateway, upstream, FIRST_SESSION);
  try {
    await user.serve(WARM_UP);
    const before = await memoryOf(server, metricsPort);
    const attack = await prepareAttack(stage, name, server.port, duration);
    const looking = lookAtMemory(server);
    const [service, happened] = await Promise.all([user.serve(duration), attack.over]);
    const most = looking.end();
    user.leave();
    const taken = await placesTaken(metricsPort);
    const after = await memoryOf(server, metricsPort);
    await sleep(LATER);
    const later = await memoryOf(server, metricsPort);
    const ended = await server.stop();
    return [
      ...served(title, service, happened),
      memory(title, { before, most, after, later }),
      {
        work: title,
        measure: 'places taken afterwards',
        ours: '',
        against: '',
        result: taken.length === 0 ? '0' : taken.join(', '),
        goal: '0',
        met: taken.length === 0,
      },
      {
        work: title,
        measure: 'seconds from SIGTERM to the end',
        ours: '',
        against: '',
        result: ended === null ? 'had to be killed' : say(ended / 1_000),
        goal: `≤ ${ENDS_WITHIN}`,
        met: ended !== null && ended <= ENDS_WITHIN * 1_000,
      },
    ];
  } finally {
    user.leave();
    await server.stop();
  }
}

function served(
  attack: string,
  { queries, commands, events, asked, refused, example, polls }: Service,
  happened: string,
): readonly Finding[] {
  const slowest = [queries, commands, events].map((delays) => percentile(delays, 0.99));
  return [
    {
      work: attack,
      measure: 'p99 of a good user’s queries; commands; events, ms',
      ours: slowest.map(say).join('; '),
      against: happened,
      result: say(Math.max(...slowest)),
      goal: `≤ ${SLOWEST}`,
      met: slowest.every((delay) => delay <= SLOWEST),
    },
    {
      work: attack,
      measure: 'refused to a good user',
      ours: `${refused} of ${asked}`,
      against: '',
      result: refused === 0 ? '0' : `${refused}, the first: ${example}`,
      goal: '0',
      met: refused === 0,
    },
    {
      work: attack,
      measure: 'polls for a good user, whose events are pushed',
      ours: String(polls),
      against: '',
      result: String(polls),
      goal: '0',
      met: polls === 0,
    },
  ];
}

interface Memory {
  /** MiB of the process, once its garbage is collected. */
  readonly resident: number;
  /** MiB that are needed: the heap, and what JavaScript holds outside of it. */
  readonly needed: number;
}

function memory(
  attack: string,
  { before, most, after, later }: { before: Memory; most: number; after: Memory; later: Memory },
): Finding {
  const kept = later.needed - before.needed;
  const resident = [before.resident, most, after.resident, later.resident].map(say);
  return {
    work: attack,
    measure: 'MiB resident: before; most; after; later',
    ours: resident.join('; '),
    against: `needed: ${[before, after, later].map(({ needed }) => say(needed)).join('; ')}`,
    result: `${say(most)} at most, ${say(kept)} more needed later`,
    goal: `≤ ${MOST_RESIDENT}; ≤ ${MORE_NEEDED} more`,
    met: most <= MOST_RESIDENT && kept <= MORE_NEEDED,
  };
}

async function memoryOf(server: Server, metricsPort: number): Promise<Memory> {
  const resident = (await server.residentAtRest()) / MEBIBYTE;
  const heap = await metric(metricsPort, 'nodejs_heap_size_used_bytes');
  const outside = await metric(metricsPort, 'nodejs_external_memory_bytes');
  return { resident, needed: (heap + outside) / MEBIBYTE };
}

const MEBIBYTE = 2 ** 20; // bytes

function lookAtMemory(server: Server): { end(): number } {
  let most = server.resident();
  const timer = setInterval(() => {
    try {
      most = Math.max(most, server.resident());
    } catch {
      // It has ended, which others will notice.
    }
  }, LOOK_EVERY);
  return {
    end() {
      clearInterval(timer);
      return most / MEBIBYTE;
    },
  };
}

async function placesTaken(metricsPort: number): Promise<readonly string[]> {
  for (const ends = Date.now() + GIVEN_BACK_WITHIN; ; ) {
    const taken = (await readMetrics(metricsPort)).match(PLACES) ?? [];
    if (taken.length === 0 || Date.now() > ends) return taken;
    await sleep(LOOK_EVERY);
  }
}

/** Starts the process of an attack; it begins when the promise resolves, and tells what happened, most often first. */
async function prepareAttack(
  stage: Stage,
  name: string,
  port: number,
  duration: number,
): Promise<{ readonly over: Promise<string> }> {
  const args = [...typescript, file('siege/attacker.ts'), name, String(port), String(duration)];
  const child = endingWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  stage.leaves({ stop: () => child.kill('SIGKILL') });
  const timer = setTimeout(() => child.kill('SIGKILL'), duration + ATTACKER_PATIENCE);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.done) throw new Error('The attacker lost the gateway before it began');
  const last = async () => {
    const line = await lines.next();
    clearTimeout(timer);
    if (line.done) return 'the attacker broke off';
    return Object.entries(JSON.parse(line.value) as Record<string, number>)
      .sort(([, a], [, b]) => b - a)
      .map(([what, times]) => (times === 1 ? what : `${what} × ${times.toLocaleString('en-US')}`))
      .join(', ');
  };
  return { over: last() };
}
