/** What a subscriber and a watch cost while nothing happens: resident memory, at rest, before and after. */
import { createAudience } from '../audience.ts';
import type { ContestantName } from '../contestants.ts';
import { atMost, type Rounds } from '../findings.ts';
import { collectGarbage } from '../machine.ts';
import type { Stage } from '../stage.ts';
import { changeAsFastAsSeen } from './changes.ts';
import { introduce, type Place, seatAt, untilQuiet } from './seats.ts';

const WORK = 'memory';
const SUBSCRIBERS = 5_000;
const WATCHES = 2_000;
const SUBSCRIPTIONS_PER_SOCKET = 100;
const WARM = 500; // of each before the first look, so that code and pools are not counted
const FIRST_SESSION = 7_000_000;

/** Counts idle subscribers of one watch, then idle watches with one subscription each: told by news, and polled. */
export async function memory(stage: Stage): Promise<void> {
  const subscribers = await kilobytesOfSubscriber(stage, 'ours');
  const told = await kilobytesEach(stage, { ...WATCHING, name: 'ours', source: 'push' });
  const polled = await kilobytesOfWatch(stage, 'ours');
  stage.report(
    atMost(
      { work: WORK, measure: `KB for each of ${SUBSCRIBERS} idle subscribers`, ours: once(subscribers) },
      12,
    ),
    atMost(
      { work: WORK, measure: `KB for each of ${WATCHES} idle watches, told by news`, ours: once(told) },
      20,
    ),
    atMost({ work: WORK, measure: `KB for each of ${WATCHES} idle watches, polled`, ours: once(polled) }, 40),
  );
}

/** What an idle subscriber costs this contestant. */
export function kilobytesOfSubscriber(stage: Stage, name: ContestantName): Promise<number> {
  return kilobytesEach(stage, {
    ...{ name, source: 'poll', count: SUBSCRIBERS, perSocket: 1, sessionOf: () => FIRST_SESSION },
  });
}

/** What an idle watch that is polled costs it. */
export function kilobytesOfWatch(stage: Stage, name: ContestantName): Promise<number> {
  return kilobytesEach(stage, { ...WATCHING, name, source: 'poll' });
}

const WATCHING = {
  count: WATCHES,
  perSocket: SUBSCRIPTIONS_PER_SOCKET,
  sessionOf: (index: number) => FIRST_SESSION + index,
};

interface Crowd {
  readonly name: ContestantName;
  readonly count: number;
  readonly perSocket: number;
  readonly sessionOf: (index: number) => number;
  readonly source: 'push' | 'poll';
}

async function kilobytesEach(
  stage: Stage,
  { name, count, perSocket, sessionOf, source }: Crowd,
): Promise<number> {
  const upstream = source === 'push' ? await stage.ownUpstream({ push: true }) : stage.upstream;
  const contestant = await stage.own(name, { args: collectGarbage, env: { LIVE_SOURCE: source } }, upstream);
  const audience = createAudience(upstream);
  stage.leaves(audience);
  const viewerOf = (index: number) => (perSocket === 1 ? 1 : Math.floor(index / perSocket));
  const placesFor = (first: number, last: number): Place[] => {
    const places: Place[] = [];
    for (let index = first; index < last; index += perSocket) {
      const sessions = Array.from({ length: perSocket }, (_, nth) => sessionOf(index + nth));
      places.push(seatAt(contestant, viewerOf(index), sessions));
    }
    return places;
  };
  await introduce(contestant, [
    ...new Set(Array.from({ length: WARM + count }, (_, index) => viewerOf(index))),
  ]);
  await audience.admit(placesFor(0, WARM));
  await changeAsFastAsSeen(audience, [sessionOf(0)], 1, 1_000);
  await untilQuiet(upstream);
  const before = await contestant.server.residentAtRest();
  await audience.admit(placesFor(WARM, WARM + count));
  await untilQuiet(upstream);
  const after = await contestant.server.residentAtRest();
  audience.stop();
  await contestant.server.stop();
  stage.say(`resident ${Math.round(before / 2 ** 20)} MiB, then ${Math.round(after / 2 ** 20)} MiB`);
  return (after - before) / count / 1_000;
}

function once(kilobytes: number): Rounds {
  return { name: 'ours', values: [kilobytes] };
}
