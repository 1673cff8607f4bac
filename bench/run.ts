/**
 * The benchmark: `npm run bench`, see `options.ts` for the rest of the command line.
 *
 * ```text
 *   core 0   the server under test, one at a time has work
 *   core 1   the load and the audience (this process), the upstream (upstream.ts)
 * ```
 *
 * Everything is a ratio taken in one run on one machine; `findings.ts` says how, `works/` what.
 */
import { resolve } from 'node:path';
import { installPeers } from './contestants.ts';
import { type Finding, failed, notMeasured } from './findings.ts';
import { canPin, pinLoad } from './machine.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { table, writeReport } from './report.ts';
import { ATTACKS } from './siege/attacks.ts';
import { createStage, type Pace, type Stage } from './stage.ts';
import { account } from './works/account.ts';
import { AGAINST, against } from './works/against.ts';
import { coldRead } from './works/cold-read.ts';
import { command } from './works/command.ts';
import { conversations } from './works/conversations.ts';
import { fanOut } from './works/fan-out.ts';
import { growth } from './works/growth.ts';
import { memory } from './works/memory.ts';
import { push } from './works/push.ts';
import { realLimit } from './works/real-limit.ts';
import { redis } from './works/redis.ts';
import { sharedRead } from './works/shared-read.ts';
import { siege } from './works/siege.ts';
import { soak } from './works/soak.ts';
import { spread } from './works/spread.ts';
import { start } from './works/start.ts';
import { watchedRead } from './works/watched-read.ts';

const WORKS: ReadonlyMap<string, (stage: Stage) => Promise<void>> = new Map([
  ['cold-read', coldRead],
  ['shared-read', sharedRead],
  ['watched-read', watchedRead],
  ['command', command],
  ['fan-out', fanOut],
  ['spread', spread],
  ['push', push],
  ['conversations', conversations],
  ['account', account],
  ['growth', growth],
  ['start', start],
  ['real-limit', realLimit],
  // Those that nobody can hurry come last: they take what is left.
  ['memory', memory],
  ['redis', redis],
]);

const SHORT: Pace = {
  ...{ full: false, warmUp: 10_000, warmUpAgain: 3_000, round: 2_000, rounds: 3, look: 20_000 },
};
const FULL: Pace = {
  ...{ full: true, warmUp: 10_000, warmUpAgain: 10_000, round: 5_000, rounds: 5, look: 60_000 },
};
const COMPARING: Pace = { ...SHORT, warmUpAgain: 5_000, round: 2_500, rounds: 7 };
/** What a work takes at the pace of a short run, about, and the least part of it that says anything. */
const WORK_TIME = 70_000; // 70 seconds
const LEAST_PART = 0.25;
const SHORT_TIME = 295_000; // just under five minutes
const FULL_TIME = 2_390_000; // just under forty

const options = optionsOrExit();
const started = Date.now();
const findings: Finding[] = [];
if (canPin) pinLoad();
else process.stdout.write('Not pinned: one core only, or no taskset. The ratios say less.\n');
if (options.full) installPeers();

if (options.against !== null) process.env.BEFORE = resolve(options.against);
const pace = options.against !== null ? COMPARING : options.full ? FULL : SHORT;
const stage = await createStage(pace, options.openapi, findings);
// With it end the servers; nobody else ends them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
try {
  if (options.soak !== null) await perform('soak', (on) => soak(on, options.soak ?? 0), null);
  else if (options.against !== null) await perform('against', (on) => against(on, options.only), null);
  else if (options.siege !== null)
    await perform('siege', (on) => siege(on, options.siege ?? 0, options.only), null);
  else await performAll(started + (options.full ? FULL_TIME : SHORT_TIME));
} finally {
  await stage.stop();
}

process.stdout.write(`\n${table(findings)}\n`);
const isWhole = options.soak === null && options.siege === null && options.against === null;
if (isWhole && options.only === null) {
  writeReport({ findings, pace, took: Date.now() - started });
  process.stdout.write('\nWritten to bench/RESULTS.md\n');
}
process.exit();

/** In a short run all works have equal shares of the time; what one does not use is the next ones'. */
async function performAll(deadline: number): Promise<void> {
  const wanted = [...WORKS].filter(([name]) => options.only === null || options.only.includes(name));
  for (const [index, [name, work]] of wanted.entries()) {
    const share = (deadline - Date.now()) / (wanted.length - index);
    if (!pace.full) stage.keepPace(hurried(pace, share));
    await perform(name, work, deadline);
  }
}

/** The pace at which a work ends within about this time. */
function hurried(usual: Pace, share: number): Pace {
  const part = Math.min(1, Math.max(LEAST_PART, share / WORK_TIME));
  return {
    ...usual,
    warmUp: usual.warmUp * part,
    warmUpAgain: usual.warmUpAgain * part,
    round: usual.round * part,
    look: Math.ceil((usual.look * part) / 10_000) * 10_000,
  };
}

/** A work that fails is a line in the table, one that takes too long is another, and the others go on. */
async function perform(
  name: string,
  work: (stage: Stage) => Promise<void>,
  deadline: number | null,
): Promise<void> {
  const left = deadline === null ? Number.POSITIVE_INFINITY : deadline - Date.now();
  const tooLate = (measure: string) =>
    stage.report(notMeasured(name, measure, `no time was left, \`--only ${name}\` gives it all`));
  if (left <= 0) return tooLate('all of it');
  process.stdout.write(`\n${name} (at ${Math.round((Date.now() - started) / 1_000)} s)\n`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    if (Number.isFinite(left)) timer = setTimeout(resolve, left);
  });
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  try {
    await Promise.race([work(stage).then(over), late]);
  } catch (error) {
    stage.report(failed(name, 'this work', error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
    over();
  }
  clearTimeout(timer);
  await stage.clear();
  // Asked last: it may have ended while its servers were stopping.
  if (!isOver) tooLate('the rest of it');
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2), [...WORKS.keys()], Object.keys(ATTACKS), AGAINST);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
    process.exit(1);
  }
}
