/** Thirty-two connections of one viewer ask for one session that nobody watches: they share its reads. */
import { atMost, ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { type Question, takeRates } from './rates.ts';

const WORK = 'shared read';
const VIEWER = 1;
const SESSION = 2_000_000;

/** One session, over and over. */
export const SHARED_QUESTION: Question = {
  work: WORK,
  connections: 32,
  next: ({ dialect }) => dialect.read(VIEWER, SESSION),
};

/** Reads it. */
export async function sharedRead(stage: Stage): Promise<void> {
  const contestants = [await stage.shared('ours'), await stage.shared('bare got proxy')];
  const [ours, proxy] = await takeRates(stage, SHARED_QUESTION, contestants);
  if (ours === undefined || proxy === undefined) return;
  stage.report(
    atMost({ work: WORK, measure: 'upstream requests a query', ours: ours.requests }, 0.05),
    ratio(
      { work: WORK, measure: 'answers a second', ours: ours.perSecond, theirs: proxy.perSecond },
      { least: 4 },
    ),
  );
}
