/**
 * Two thousand subscribers of five hundred sessions and a hundred viewers, with three different screens: once before an
 * upstream that tells of changes by itself, and once before one that must be polled. Stock Yoga polls in both.
 */
import { type Audience, createAudience } from '../audience.ts';
import type { Contestant, Upstream } from '../contestants.ts';
import { atMost, type Rounds, ratio } from '../findings.ts';
import { SELECTIONS } from '../operations.ts';
import type { Stage } from '../stage.ts';
import { percentile, say, saySpread, spreadOf } from '../statistics.ts';
import { changeAsFastAsSeen, changeSteadily } from './changes.ts';
import { introduce, type Place, seatAt, seatAtNotifications, seatAtUpstream } from './seats.ts';

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

/** Where the crowds of one source sit, and what is expected of ours. */
interface Theatre {
  readonly work: string;
  readonly upstream: Upstream;
  readonly gateway: Contestant;
  readonly yoga: Contestant;
  /** Places of all sessions right before the upstream. */
  readonly bareSeats: (sessions: readonly number[]) => readonly Place[];
  /** Null: it only informs. */
  readonly goals: { readonly p50: number; readonly p99: number; readonly changes: number } | null;
}

/** Measures the delay at the pace of a busy office, then how much more would be possible. */
export async function spread(stage: Stage): Promise<void> {
  const upstream = await stage.ownUpstream({ push: true });
  const told = {
    ...{ work: WORK, upstream, goals: { p50: 3, p99: 15, changes: 3 } },
    gateway: await stage.own('ours', { env: { LIVE_SOURCE: 'push' } }, upstream),
    yoga: await stage.own('stock Yoga', {}, upstream),
    bareSeats: (sessions: readonly number[]) =>
      Array.from({ length: VIEWERS }, (_, viewer) =>
        seatAtNotifications(
          upstream,
          viewer,
          sessions.filter((session) => session % VIEWERS === viewer),
        ),
      ),
  };
  await measure(stage, told);
  await Promise.all([told.gateway, told.yoga].map(({ server }) => server.stop()));
  await upstream.stop();
  if (!stage.pace.full) return;
  await measure(stage, {
    ...{ work: `${WORK}, with polls`, upstream: stage.upstream, goals: null },
    gateway: await stage.shared('ours'),
    yoga: await stage.shared('stock Yoga'),
    bareSeats: (sessions) =>
      sessions.map((session) => seatAtUpstream(stage.upstream, session % VIEWERS, session)),
  });
}

async function measure(
  stage: Stage,
  { work, upstream, gateway, yoga, bareSeats, goals }: Theatre,
): Promise<void> {
  const screens = (contestant: Contestant) => (sessions: readonly number[]) =>
    sessions.flatMap((session) => screensOf(contestant, session));
  await introduce(
    gateway,
    Array.from({ length: VIEWERS }, (_, viewer) => viewer),
  );
  const ours = await seated(stage, upstream, FIRST_SESSION.ours, 'ours', screens(gateway));
  const stock = await seated(stage, upstream, FIRST_SESSION.stock, 'stock Yoga', screens(yoga));
  const bare = await seated(stage, upstream, FIRST_SESSION.upstream, 'bare upstream', bareSeats);
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
    for (const { audience, sessions, perSecond } of crowds) {
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
  const changes = { work, measure: 'changes a second', ours: ours.perSecond };
  stage.report(
    atMost(
      { work, measure: 'p50 over the upstream, ms', ours: over(ours.p50, bare.p50) },
      goals?.p50 ?? null,
      own(bare.p50),
    ),
    atMost(
      { work, measure: 'p99 over the upstream, ms', ours: over(ours.p99, bare.p99) },
      goals?.p99 ?? null,
      own(bare.p99),
    ),
    ratio({ ...changes, theirs: stock.perSecond }, goals === null ? undefined : { least: goals.changes }),
    ratio({ ...changes, theirs: bare.perSecond }),
  );
}

async function seated(
  stage: Stage,
  upstream: Upstream,
  first: number,
  name: string,
  placesOf: (sessions: readonly number[]) => readonly Place[],
): Promise<Crowd> {
  const audience = createAudience(upstream);
  stage.leaves(audience);
  const sessions = Array.from({ length: SESSIONS }, (_, index) => first + index);
  await audience.admit(placesOf(sessions));
  return { audience, sessions, p50: [], p99: [], perSecond: { name, values: [] } };
}

function screensOf(contestant: Contestant, session: number): Place[] {
  return Array.from({ length: SUBSCRIBERS_EACH }, (_, screen) =>
    seatAt(contestant, session % VIEWERS, [session], SELECTIONS[screen % SELECTIONS.length]),
  );
}
