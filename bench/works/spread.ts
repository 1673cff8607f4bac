/**
 * Two thousand subscribers of five hundred sessions and a hundred viewers, with three different screens: once before an
 * upstream that tells of changes by itself, and once before one that must be polled. Stock Yoga polls in both.
 */
import { type Audience, createAudience } from '../audience.ts';
import type { Contestant, ContestantName, Upstream } from '../contestants.ts';
import { atMost, type Rounds, ratio } from '../findings.ts';
import { SELECTIONS } from '../operations.ts';
import type { Stage } from '../stage.ts';
import { percentile, say, saySpread, spreadOf } from '../statistics.ts';
import { changeAsFastAsSeen, changeSteadily } from './changes.ts';
import { inTurn } from './rates.ts';
import { introduce, type Place, seatAt, seatAtNotifications, seatAtUpstream } from './seats.ts';

const WORK = 'spread';
const SESSIONS = 500;
const VIEWERS = 100;
const SUBSCRIBERS_EACH = 4;
const PERIOD = 5_000; // milliseconds between two changes of a session
const IN_FLIGHT = 32; // sessions that change at once when it goes as fast as it can
const FIRST_SESSION = 6_000_000;
const SESSIONS_APART = 100_000;
/** Settings of a gateway that is told. */
const TOLD = { env: { LIVE_SOURCE: 'push' } };

/**
 * Everybody who watches at one contestant, or right before the upstream. No two crowds have a viewer in common: what
 * one of them sees change, the upstream would tell the others too.
 */
export interface Crowd {
  /** Null: nobody stands between the upstream and the crowd. */
  readonly contestant: Contestant | null;
  readonly audience: Audience;
  readonly sessions: readonly number[];
  readonly p50: Rounds & { values: number[] };
  readonly p99: Rounds & { values: number[] };
  readonly perSecond: Rounds & { values: number[] };
  /** Microseconds of processor time for each change: what other work on the machine changes least. */
  readonly processor: Rounds & { values: number[] };
}

/** Who owns a session, and what is watched of the sessions of a crowd. */
type Viewers = (session: number) => number;
type PlacesOf = (sessions: readonly number[], viewerOf: Viewers) => readonly Place[];

/** Measures the delay at the pace of a busy office, then how much more would be possible. */
export async function spread(stage: Stage): Promise<void> {
  const upstream = await stage.ownUpstream({ push: true });
  const gateway = await stage.own('ours', TOLD, upstream);
  const yoga = await stage.own('stock Yoga', {}, upstream);
  const goals = { p50: 3, p99: 15, changes: 3 };
  await measure(stage, WORK, [gateway, yoga], upstream, notified(upstream), goals);
  await Promise.all([gateway, yoga].map(({ server }) => server.stop()));
  await upstream.stop();
  if (!stage.pace.full) return;
  const both = [await stage.shared('ours'), await stage.shared('stock Yoga')] as const;
  await measure(stage, `${WORK}, with polls`, both, stage.upstream, polling(stage.upstream), null);
}

/** The same crowd at each of these, told by news, in turns. */
export async function spreadAt(stage: Stage, names: readonly ContestantName[]): Promise<readonly Crowd[]> {
  const upstream = await stage.ownUpstream({ push: true });
  const crowds: Crowd[] = [];
  for (const [index, name] of names.entries()) {
    crowds.push(await seatedAt(stage, upstream, index, await stage.own(name, TOLD, upstream)));
  }
  await perform(stage, crowds);
  await Promise.all(crowds.map(({ contestant }) => contestant?.server.stop()));
  await upstream.stop();
  return crowds;
}

/** `goals`: null where it only informs. */
async function measure(
  stage: Stage,
  work: string,
  [gateway, yoga]: readonly [Contestant, Contestant],
  upstream: Upstream,
  bareSeats: PlacesOf,
  goals: { readonly p50: number; readonly p99: number; readonly changes: number } | null,
): Promise<void> {
  const ours = await seatedAt(stage, upstream, 0, gateway);
  const stock = await seatedAt(stage, upstream, 1, yoga);
  const bare = await seated(stage, upstream, 2, null, bareSeats);
  await perform(stage, [ours, stock, bare]);

  const over = (mine: Rounds, others: Rounds): Rounds => ({
    name: 'ours',
    values: mine.values.map((value, round) => value - (others.values[round] ?? Number.NaN)),
  });
  const own = ({ values }: Rounds) => `bare upstream: ${saySpread(spreadOf(values))} ms`;
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
    ratio({
      ...{ work, measure: 'processor time of a change, µs' },
      ...{ ours: ours.processor, theirs: stock.processor },
    }),
  );
}

/** Warms everybody up, then takes the rounds in turns; the audiences leave. */
async function perform(stage: Stage, crowds: readonly Crowd[]): Promise<void> {
  for (const { contestant, audience, sessions } of crowds) {
    if (contestant === null) continue;
    await stage.warm(contestant, 'push', (duration) =>
      changeAsFastAsSeen(audience, sessions, IN_FLIGHT, duration),
    );
    // A gateway that was hurried may ask RingCentral more slowly for a while: let each call change calmly once.
    await changeSteadily(audience, sessions, PERIOD, PERIOD);
  }
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { audience, sessions, p50, p99 } of inTurn(crowds, round)) {
      audience.forget();
      await changeSteadily(audience, sessions, PERIOD, stage.pace.round);
      p50.values.push(percentile(audience.delays, 0.5));
      p99.values.push(percentile(audience.delays, 0.99));
      stage.say(`${p50.name}: p50 ${say(p50.values.at(-1) ?? 0)} ms, p99 ${say(p99.values.at(-1) ?? 0)} ms`);
    }
  }
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { contestant, audience, sessions, perSecond, processor } of inTurn(crowds, round)) {
      const worked = () => contestant?.server.processorTime() ?? 0;
      const before = worked();
      const { changes, seconds } = await changeAsFastAsSeen(audience, sessions, IN_FLIGHT, stage.pace.round);
      processor.values.push(((worked() - before) * 1_000) / changes);
      perSecond.values.push(changes / seconds);
      stage.say(
        `${perSecond.name}: ${say(changes / seconds)} changes/s, ${say(processor.values.at(-1) ?? 0)} µs of the processor each`,
      );
    }
  }
  for (const { audience } of crowds) audience.stop();
}

/** Four screens for each session. */
async function seatedAt(
  stage: Stage,
  upstream: Upstream,
  index: number,
  contestant: Contestant,
): Promise<Crowd> {
  const viewers = Array.from({ length: VIEWERS }, (_, viewer) => index * VIEWERS + viewer);
  if (contestant.name !== 'stock Yoga') await introduce(contestant, viewers);
  return seated(stage, upstream, index, contestant, (sessions, viewerOf) =>
    sessions.flatMap((session) =>
      Array.from({ length: SUBSCRIBERS_EACH }, (_, screen) =>
        seatAt(contestant, viewerOf(session), [session], SELECTIONS[screen % SELECTIONS.length]),
      ),
    ),
  );
}

async function seated(
  stage: Stage,
  upstream: Upstream,
  index: number,
  contestant: Contestant | null,
  placesOf: PlacesOf,
): Promise<Crowd> {
  const audience = createAudience(upstream);
  stage.leaves(audience);
  const first = FIRST_SESSION + index * SESSIONS_APART;
  const sessions = Array.from({ length: SESSIONS }, (_, session) => first + session);
  await audience.admit(placesOf(sessions, (session) => index * VIEWERS + (session % VIEWERS)));
  const rounds = () => ({ name: contestant?.name ?? 'bare upstream', values: [] as number[] });
  return {
    ...{ contestant, audience, sessions },
    ...{ p50: rounds(), p99: rounds(), perSecond: rounds(), processor: rounds() },
  };
}

/** Places of all sessions right before an upstream that tells. */
function notified(upstream: Upstream): PlacesOf {
  return (sessions, viewerOf) =>
    [...new Set(sessions.map(viewerOf))].map((viewer) =>
      seatAtNotifications(
        upstream,
        viewer,
        sessions.filter((session) => viewerOf(session) === viewer),
      ),
    );
}

/** And of one that is asked. */
function polling(upstream: Upstream): PlacesOf {
  return (sessions, viewerOf) =>
    sessions.map((session) => seatAtUpstream(upstream, viewerOf(session), session));
}
