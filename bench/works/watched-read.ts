/** The shared read while a watch holds the session: answered without asking RingCentral at all. */
import { createAudience } from '../audience.ts';
import type { Contestant } from '../contestants.ts';
import { atMost, notMeasured, ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { type Question, ratesOf, takeRates } from './rates.ts';
import { type Place, seatAt } from './seats.ts';

const WORK = 'watched read';
const VIEWER = 1;
const SESSION = 3_000_000;

/** One session, over and over. */
export const WATCHED_QUESTION: Question = {
  work: WORK,
  connections: 32,
  next: ({ dialect }) => dialect.read(VIEWER, SESSION),
};

/** Where it is watched from. */
export function watchedSeat(gateway: Contestant): Place {
  return seatAt(gateway, VIEWER, [SESSION]);
}

/** Reads it while it is watched. */
export async function watchedRead(stage: Stage): Promise<void> {
  const gateway = await stage.shared('ours');
  const peers = await stage.peers();
  const hasMercurius = peers.some(({ name }) => name === 'mercurius');
  if (hasMercurius) peers.push(await stage.shared('mercurius from memory'));
  const audience = createAudience(stage.upstream);
  stage.leaves(audience);
  await audience.admit([watchedSeat(gateway)]);

  const rates = await takeRates(stage, WATCHED_QUESTION, [gateway, ...peers]);
  audience.stop();
  const [ours] = rates;
  if (ours === undefined) return;
  stage.report(atMost({ work: WORK, measure: 'upstream requests a query', ours: ours.requests }, 0));
  const compare = { work: WORK, measure: 'answers a second', ours: ours.perSecond };
  for (const [name, least] of [
    ['mercurius', 1.2],
    ['Hive Gateway', 7],
    ['mercurius from memory', undefined],
  ] as const) {
    const other = ratesOf(rates, name);
    if (other === undefined) stage.report(notMeasured(WORK, `against ${name}`, 'needs --full --openapi'));
    else stage.report(ratio({ ...compare, theirs: other.perSecond }, least && { least }));
  }
}
