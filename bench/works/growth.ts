/** What one event costs when 100, 1,000 and (in a full run) 5,000 sessions are watched: it must not depend on the others. */
import { createAudience } from '../audience.ts';
import type { Contestant } from '../contestants.ts';
import type { Finding } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { saySpread, spreadOf } from '../statistics.ts';
import { changeAsFastAsSeen } from './changes.ts';
import { introduce, seatAt } from './seats.ts';

const WORK = 'growth';
const SIZES = { short: [100, 1_000], full: [100, 1_000, 5_000] };
const SESSIONS_PER_VIEWER = 100;
const IN_FLIGHT = 16;
const FIRST_SESSION = 8_000_000;
const FLAT = 1.25;

/** Gateways that watch so many sessions each take turns. */
export async function growth(stage: Stage): Promise<void> {
  const gateways = [];
  for (const size of stage.pace.full ? SIZES.full : SIZES.short) {
    const contestant = await stage.own('ours');
    const sessions = Array.from({ length: size }, (_, index) => FIRST_SESSION + size * 10 + index);
    const audience = createAudience(stage.upstream);
    stage.leaves(audience);
    const viewers = Array.from({ length: size / SESSIONS_PER_VIEWER }, (_, index) => 1_000 + index);
    await introduce(contestant, viewers);
    await audience.admit(placesOf(contestant, viewers, sessions));
    await stage.warm(contestant, 'push', (duration) =>
      changeAsFastAsSeen(audience, sessions, IN_FLIGHT, duration),
    );
    gateways.push({ size, contestant, audience, sessions, cost: [] as number[] });
  }
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { contestant, audience, sessions, cost } of gateways) {
      audience.forget();
      const before = contestant.server.processorTime();
      const { changes } = await changeAsFastAsSeen(audience, sessions, IN_FLIGHT, stage.pace.round);
      cost.push((contestant.server.processorTime() - before) / changes);
    }
  }
  for (const { audience, contestant } of gateways) {
    audience.stop();
    await contestant.server.stop();
  }
  stage.report(verdict(gateways));
}

/** Each viewer watches a hundred calls over one socket. */
function placesOf(contestant: Contestant, viewers: readonly number[], sessions: readonly number[]) {
  return viewers.map((viewer, index) => {
    const first = index * SESSIONS_PER_VIEWER;
    return seatAt(contestant, viewer, sessions.slice(first, first + SESSIONS_PER_VIEWER));
  });
}

function verdict(gateways: readonly { size: number; cost: readonly number[] }[]): Finding {
  const spreads = gateways.map(({ size, cost }) => ({ size, ...spreadOf(cost) }));
  const medians = spreads.map(({ median }) => median);
  const steepness = Math.max(...medians) / Math.min(...medians);
  return {
    work: WORK,
    measure: 'processor time for an event, ms',
    ours: spreads.map((cost) => `${cost.size}: ${saySpread(cost)}`).join('; '),
    against: '',
    result: `${steepness.toFixed(2)} × from the cheapest to the dearest`,
    goal: `≤ ${FLAT} ×`,
    met: steepness <= FLAT,
  };
}
