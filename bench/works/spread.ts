/** Two thousand subscribers of five hundred sessions and a hundred viewers, with three different screens. */
import { type Audience, createAudience } from '../audience.ts';
import type { Contestant } from '../contestants.ts';
import { atMost, type Rounds, ratio } from '../findings.ts';
import { SELECTIONS } from '../operations.ts';
import type { Stage } from '../stage.ts';
import { percentile, say, saySpread, spreadOf } from '../statistics.ts';
import { changeAsFastAsSeen, changeSteadily } from './changes.ts';
import { type Place, seatAt, seatAtUpstream } from './seats.ts';

const WORK = 'spread';
const SESSIONS = 500;
const VIEWERS = 100;
const SUBSCRIBERS_EACH = 4;
const PERIOD = 5_000; // milliseconds between two changes of a session
const IN_FLIGHT = 32; // sessions that change at once when it goes as fast as it can
const FIRST_SESSION = { ours: 6_000_000, stock: 6_100_000, upstream: 6_200_000 };

interface Crowd {
  readonly audience: Audience;
  readonly sessions: readonly number[];
  readonly p50: number[];
  readonly p99: number[];
  readonly perSecond: Rounds & { values: number[] };
}

/** Measures the delay at the pace of a busy office, then how much more would be possible. */
export async function spread(stage: Stage): Promise<void> {
  const gateway = await stage.shared('ours');
  const yoga = await stage.shared('stock Yoga');
  const ours = await seated(stage, FIRST_SESSION.ours, 'ours', (session) => screensOf(gateway, session));
  const stock = await seated(stage, FIRST_SESSION.stock, 'stock Yoga', (session) => screensOf(yoga, session));
  const bare = await seated(stage, FIRST_SESSION.upstream, 'bare upstream', (session) => [
    seatAtUpstream(stage.upstream, session % VIEWERS, session),
  ]);
  const crowds = [ours, stock, bare];
  for (const [contestant, { audience, sessions }] of [
    [gateway, ours],
    [yoga, stock],
  ] as const) {
    await stage.warm(contestant, 'push', (duration) =>
      changeAsFastAsSeen(audience, sessions, IN_FLIGHT, duration),
    );
    // A gateway that was hurried may ask RingCentral more slowly for a while: let each call change calmly once.
    await changeSteadily(audience, sessions, PERIOD, PERIOD);
  }

  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { audience, sessions, p50, p99, perSecond } of crowds) {
      audience.forget();
      await changeSteadily(audience, sessions, PERIOD, stage.pace.round);
      p50.push(percentile(audience.delays, 0.5));
      p99.push(percentile(audience.delays, 0.99));
      stage.say(`${perSecond.name}: p50 ${say(p50.at(-1) ?? 0)} ms, p99 ${say(p99.at(-1) ?? 0)} ms`);
    }
  }
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { audience, sessions, perSecond } of [ours, stock]) {
      const { changes, seconds } = await changeAsFastAsSeen(audience, sessions, IN_FLIGHT, stage.pace.round);
      perSecond.values.push(changes / seconds);
      stage.say(`${perSecond.name}: ${say(changes / seconds)} changes/s`);
    }
  }
  for (const { audience } of crowds) audience.stop();

  const over = (mine: readonly number[], others: readonly number[]): Rounds => ({
    name: 'ours',
    values: mine.map((value, round) => value - (others[round] ?? Number.NaN)),
  });
  const own = (values: readonly number[]) => `bare upstream: ${saySpread(spreadOf(values))} ms`;
  stage.report(
    atMost(
      { work: WORK, measure: 'p50 over the upstream, ms', ours: over(ours.p50, bare.p50) },
      3,
      own(bare.p50),
    ),
    atMost(
      { work: WORK, measure: 'p99 over the upstream, ms', ours: over(ours.p99, bare.p99) },
      25,
      own(bare.p99),
    ),
    ratio(
      { work: WORK, measure: 'changes a second', ours: ours.perSecond, theirs: stock.perSecond },
      { least: 3 },
    ),
  );
}

async function seated(
  stage: Stage,
  first: number,
  name: string,
  placesOf: (session: number) => readonly Place[],
): Promise<Crowd> {
  const audience = createAudience(stage.upstream);
  stage.leaves(audience);
  const sessions = Array.from({ length: SESSIONS }, (_, index) => first + index);
  await audience.admit(sessions.flatMap(placesOf));
  return { audience, sessions, p50: [], p99: [], perSecond: { name, values: [] } };
}

function screensOf(contestant: Contestant, session: number): Place[] {
  return Array.from({ length: SUBSCRIBERS_EACH }, (_, screen) =>
    seatAt(contestant, session % VIEWERS, [session], SELECTIONS[screen % SELECTIONS.length]),
  );
}
