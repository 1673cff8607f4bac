/**
 * What a subscriber and a watch cost while nothing happens: resident memory, at rest, before and after, and how much of it
 * is used heap. What is resident beside it is what V8 keeps for itself, so much or little of it as it happens: up to 8 KB
 * for each of two thousand.
 */
import { createAudience } from '../audience.ts';
import type { ContestantName } from '../contestants.ts';
import { atMost, type Rounds } from '../findings.ts';
import { collectGarbage, freePort } from '../machine.ts';
import { metric } from '../metrics.ts';
import type { Stage } from '../stage.ts';
import { waitUntil } from '../waiting.ts';
import { changeAsFastAsSeen } from './changes.ts';
import { introduce, type Place, seatAt, untilQuiet } from './seats.ts';

const WORK = 'memory';
const SUBSCRIBERS = 5_000;
const WATCHES = 2_000;
const LOOKED_AT_WITHIN = 300_000; // 5 minutes, then the news of some did not begin
const SUBSCRIPTIONS_PER_SOCKET = 100;
const WARM = 2_000; // of each before the first look, so that code, pools and the grown young generation are not counted
const FIRST_SESSION = 7_000_000;

/** Counts idle subscribers of one watch, then idle watches with one subscription each: told by news, and polled. */
export async function memory(stage: Stage): Promise<void> {
  const { resident: subscribers } = await weightOfSubscriber(stage, 'ours');
  const told = await weigh(stage, { ...WATCHING, name: 'ours', source: 'push' });
  const { resident: polled } = await weightOfWatch(stage, 'ours');
  stage.report(
    atMost(
      { work: WORK, measure: `KB for each of ${SUBSCRIBERS} idle subscribers`, ours: once(subscribers) },
      12,
    ),
    atMost(
      {
        work: WORK,
        measure: `KB for each of ${WATCHES} idle watches, told by news`,
        ours: once(told.resident),
      },
      20,
    ),
    atMost(
      { work: WORK, measure: 'KB of it that are heap in use, told by news', ours: once(told.heap) },
      null,
    ),
    atMost({ work: WORK, measure: `KB for each of ${WATCHES} idle watches, polled`, ours: once(polled) }, 40),
  );
}

/** What an idle subscriber costs this contestant. */
export function weightOfSubscriber(stage: Stage, name: ContestantName): Promise<Weight> {
  return weigh(stage, {
    ...{ name, source: 'poll', count: SUBSCRIBERS, perSocket: 1, sessionOf: () => FIRST_SESSION },
  });
}

/** What an idle watch that is polled costs it. */
export function weightOfWatch(stage: Stage, name: ContestantName): Promise<Weight> {
  return weigh(stage, { ...WATCHING, name, source: 'poll' });
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

/** Of each, in KB. */
export interface Weight {
  readonly resident: number;
  /** Not a number where the contestant does not tell. */
  readonly heap: number;
  /** Resident MB of the process with all of them. */
  readonly whole: number;
}

async function weigh(stage: Stage, { name, count, perSocket, sessionOf, source }: Crowd): Promise<Weight> {
  const upstream = source === 'push' ? await stage.ownUpstream({ push: true }) : stage.upstream;
  const metricsPort = await freePort();
  const env = { LIVE_SOURCE: source, METRICS_PORT: String(metricsPort) };
  const contestant = await stage.own(name, { args: collectGarbage, env }, upstream);
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
  /** Each call is looked at once more when its news begin; on a busy machine that is a while after it is quiet. */
  const settled = async (calls: number) => {
    let again = 0;
    const isLookedAt = async () => {
      again = (await upstream.counts()).again;
      return again >= calls;
    };
    const missing = () => `${again} of ${calls} calls were looked at once more`;
    if (source === 'push') await waitUntil(isLookedAt, { within: LOOKED_AT_WITHIN, every: 100, missing });
    await untilQuiet(upstream);
  };
  await introduce(contestant, [
    ...new Set(Array.from({ length: WARM + count }, (_, index) => viewerOf(index))),
  ]);
  await audience.admit(placesFor(0, WARM));
  await changeAsFastAsSeen(audience, [sessionOf(0)], 1, 1_000);
  await settled(WARM);
  const look = async () => ({
    resident: await contestant.server.residentAtRest(),
    // An earlier one may have no such port.
    heap: await metric(metricsPort, 'nodejs_heap_size_used_bytes').catch(() => Number.NaN),
  });
  const before = await look();
  await audience.admit(placesFor(WARM, WARM + count));
  await settled(WARM + count);
  const after = await look();
  audience.stop();
  await contestant.server.stop();
  const [first, then] = [before, after].map(({ resident }) => Math.round(resident / 2 ** 20));
  stage.say(`resident ${first} MiB, then ${then} MiB`);
  const each = (what: keyof typeof after) => (after[what] - before[what]) / count / 1_000;
  return { resident: each('resident'), heap: each('heap'), whole: after.resident / 1_000_000 };
}

function once(kilobytes: number): Rounds {
  return { name: 'ours', values: [kilobytes] };
}
