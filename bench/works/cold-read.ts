/** Distinct sessions, a hundred viewers, one upstream read for each: what the gateway adds to got. */
import { notMeasured, ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { type Question, ratesOf, takeRates } from './rates.ts';

const WORK = 'cold read';
const VIEWERS = 100;
const FIRST_SESSION = 1_000_000;

/** A session that nobody has read before, again and again. */
export function coldQuestion(): Question {
  let session = FIRST_SESSION;
  return {
    work: WORK,
    connections: 32,
    next: ({ dialect }) => {
      session += 1;
      return dialect.read(session % VIEWERS, session);
    },
  };
}

/** Reads them. */
export async function coldRead(stage: Stage): Promise<void> {
  const contestants = [await stage.shared('ours'), await stage.shared('bare got proxy')];
  if (stage.pace.full) contestants.push(await stage.shared('stock Yoga'));
  contestants.push(...(await stage.peers()));
  const rates = await takeRates(stage, coldQuestion(), contestants);
  const measure = 'answers a second';
  const [ours, proxy] = rates;
  if (ours === undefined || proxy === undefined) return;
  const compare = { work: WORK, measure, ours: ours.perSecond };
  stage.report(ratio({ ...compare, theirs: proxy.perSecond }, { least: 0.75 }));
  const hive = ratesOf(rates, 'Hive Gateway');
  if (hive === undefined) stage.report(notMeasured(WORK, 'against Hive Gateway', 'needs --full --openapi'));
  else stage.report(ratio({ ...compare, theirs: hive.perSecond }, { least: 2.5 }));
  for (const name of ['stock Yoga', 'mercurius'] as const) {
    const other = ratesOf(rates, name);
    if (other !== undefined) stage.report(ratio({ ...compare, theirs: other.perSecond }));
  }
}
