/** Ours against the gateway of another checkout: the same works in turns, in one run. */
import { createAudience } from '../audience.ts';
import { tokenOf } from '../calls.ts';
import type { ContestantName } from '../contestants.ts';
import { type Finding, type Rounds, ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { spreadOf } from '../statistics.ts';
import { coldQuestion } from './cold-read.ts';
import { commandQuestion } from './command.ts';
import { fannedOut } from './fan-out.ts';
import { weightOfSubscriber, weightOfWatch } from './memory.ts';
import { inTurn, type Question, takeRates } from './rates.ts';
import { SHARED_QUESTION } from './shared-read.ts';
import { spreadAt } from './spread.ts';
import { startOnce } from './start.ts';
import { WATCHED_QUESTION, watchedSeat } from './watched-read.ts';

const BOTH = ['ours', 'before'] as const satisfies readonly ContestantName[];
const SUBSCRIBERS = 1_000;

/** Each takes half a minute. */
const LOOKS_AT_MEMORY = 3;

/** Nothing may be worse by more than this, or than what a row varies by itself. */
const NOTICEABLE = 0.03;

/** What is asked over HTTP. */
const RATES = ['cold-read', 'shared-read', 'watched-read', 'command'] as const;

/** Those that `--only` names, or all. */
export const AGAINST = [...RATES, 'fan-out', 'spread', 'start', 'memory'] as const;

/** Performs them; “before” is whom `--against` names. */
export async function against(stage: Stage, only: readonly string[] | null): Promise<void> {
  const wanted = (work: (typeof AGAINST)[number]) => only === null || only.includes(work);
  const rates = RATES.filter(wanted);
  if (rates.length > 0) await compareAllRates(stage, rates);
  if (wanted('fan-out')) await compareFanOut(stage);
  if (wanted('spread')) await compareSpread(stage);
  if (wanted('start')) await compareStarts(stage);
  if (wanted('memory')) await compareMemory(stage);
}

async function compareAllRates(stage: Stage, rates: readonly (typeof RATES)[number][]): Promise<void> {
  for (const name of BOTH) {
    const audience = createAudience(stage.upstream);
    stage.leaves(audience);
    await audience.admit([watchedSeat(await stage.shared(name))]);
  }
  const questions = {
    'cold-read': coldQuestion,
    'shared-read': () => SHARED_QUESTION,
    'watched-read': () => WATCHED_QUESTION,
    command: commandQuestion,
  };
  for (const rate of rates) stage.report(...(await compareRates(stage, questions[rate]())));
}

async function compareFanOut(stage: Stage): Promise<void> {
  const [ours, before] = await fannedOut(SUBSCRIBERS, stage, BOTH);
  if (ours !== undefined && before !== undefined) {
    stage.report(
      judged('fan-out', 'deliveries a second', ours.perSecond, before.perSecond, 'more'),
      judged('fan-out', 'p99 from change to frame, ms', ours.p99, before.p99, 'less'),
    );
  }
}

async function compareSpread(stage: Stage): Promise<void> {
  const [ours, before] = await spreadAt(stage, BOTH);
  if (ours === undefined || before === undefined) throw new Error('Both take part');
  stage.report(
    judged('spread', 'p50 from change to frame, ms', ours.p50, before.p50, 'less'),
    judged('spread', 'p99 from change to frame, ms', ours.p99, before.p99, 'less'),
    judged('spread', 'changes a second', ours.perSecond, before.perSecond, 'more'),
    judged('spread', 'processor time of a change, µs', ours.processor, before.processor, 'less'),
  );
}

async function compareRates(stage: Stage, question: Question): Promise<readonly Finding[]> {
  stage.say(question.work);
  const contestants = await Promise.all(BOTH.map((name) => stage.shared(name)));
  const [ours, before] = await takeRates(stage, question, contestants);
  if (ours === undefined || before === undefined) throw new Error('Both take part');
  return [
    judged(question.work, 'answers a second', ours.perSecond, before.perSecond, 'more'),
    judged(question.work, 'processor time of an answer, µs', ours.processor, before.processor, 'less'),
  ];
}

async function compareStarts(stage: Stage): Promise<void> {
  const seconds = bothNamed();
  const megabytes = bothNamed();
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const [index, name] of inTurn([...BOTH.entries()], round)) {
      const started = await startOnce(name, tokenOf(1), stage);
      seconds[index]?.values.push(started.seconds);
      megabytes[index]?.values.push(started.megabytes);
    }
  }
  stage.report(
    judged('start', 'seconds to the first answer', seconds[0], seconds[1], 'less'),
    judged('start', 'MB resident then', megabytes[0], megabytes[1], 'less'),
  );
}

async function compareMemory(stage: Stage): Promise<void> {
  for (const [what, many, weightOf] of [
    ['subscriber', 'subscribers', weightOfSubscriber],
    ['watch', 'watches', weightOfWatch],
  ] as const) {
    const heap = bothNamed();
    const whole = bothNamed();
    for (let round = 0; round < LOOKS_AT_MEMORY; round += 1) {
      for (const [index, name] of inTurn([...BOTH.entries()], round)) {
        const weight = await weightOf(stage, name);
        heap[index]?.values.push(weight.heap);
        whole[index]?.values.push(weight.whole);
      }
    }
    stage.report(
      judged('memory', `KB of heap for each idle ${what}`, heap[0], heap[1], 'less'),
      // Not for each: that is the difference of two numbers of which V8 makes either as large as it likes.
      judged('memory', `MB resident with thousands of idle ${many}`, whole[0], whole[1], 'less'),
    );
  }
}

type Named = Rounds & { readonly values: number[] };

function bothNamed(): [Named, Named] {
  return [
    { name: 'ours', values: [] },
    { name: 'before', values: [] },
  ];
}

/** The ratio, judged by 3 %, or by how far the rounds of the one before lie apart where that is more. */
function judged(
  work: string,
  measure: string,
  ours: Rounds,
  before: Rounds,
  better: 'more' | 'less',
): Finding {
  const { min, max, median } = spreadOf(before.values);
  const tolerance = Math.max(NOTICEABLE, (max - min) / median / 2);
  const goal =
    better === 'more'
      ? { least: Number((1 - tolerance).toFixed(2)) }
      : { most: Number((1 + tolerance).toFixed(2)) };
  return ratio({ work, measure, ours, theirs: before }, goal);
}
