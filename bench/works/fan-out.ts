/**
 * One session changes, and every subscriber of one viewer and one operation is told. Deliveries a second are
 * those while a change goes out: between two changes of one call a gateway lets some time pass before it asks
 * RingCentral again (a second, when a call changes faster than people do), and that pause says nothing about how fast it
 * tells its subscribers.
 */
import { type Audience, createAudience } from '../audience.ts';
import type { Contestant, ContestantName, Upstream } from '../contestants.ts';
import { notMeasured, type Rounds, ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { percentile, say } from '../statistics.ts';
import { changeAsFastAsSeen, changeWithPauses } from './changes.ts';
import { inTurn } from './rates.ts';
import { type Place, seatAt, seatAtBroadcast } from './seats.ts';

const WORK = 'fan-out';
const VIEWER = 2;
const PAUSE = 1_200; // milliseconds
const FIRST_SESSION = 5_000_000;
const NAMES = ['ours', 'raw ws', 'stock Yoga'] as const satisfies readonly ContestantName[];

/** Fans out to a thousand, and in a full run to five thousand. */
export async function fanOut(stage: Stage): Promise<void> {
  await fanOutTo(1_000, stage);
  if (stage.pace.full) await fanOutTo(5_000, stage);
  else stage.report(notMeasured(WORK, 'to 5,000 subscribers', 'needs --full'));
}

/** Who is told, and how fast it went. */
export interface Crowd {
  readonly audience: Audience;
  readonly session: number;
  readonly perSecond: Rounds & { values: number[] };
  readonly p99: Rounds & { values: number[] };
}

async function fanOutTo(subscribers: number, stage: Stage): Promise<void> {
  const crowds = await fannedOut(subscribers, stage, NAMES);
  const [ours, raw, stock] = crowds;
  if (ours === undefined || raw === undefined || stock === undefined) return;
  const to = `to ${subscribers.toLocaleString('en-US')} subscribers`;
  const deliveries = { work: WORK, measure: `deliveries a second ${to}`, ours: ours.perSecond };
  stage.report(
    ratio({ ...deliveries, theirs: raw.perSecond }, { least: 0.6 }),
    ratio({ ...deliveries, theirs: stock.perSecond }, { least: 6 }),
    ratio(
      { work: WORK, measure: `p99 from change to frame ${to}, ms`, ours: ours.p99, theirs: raw.p99 },
      { most: 2 },
    ),
  );
}

/** Each of these tells so many subscribers in turns. */
export async function fannedOut(
  subscribers: number,
  stage: Stage,
  names: readonly ContestantName[],
): Promise<readonly Crowd[]> {
  const halls: Hall[] = [];
  for (const [index, name] of names.entries()) {
    const contestant = await stage.shared(name);
    const session = FIRST_SESSION + subscribers + index;
    const place =
      name === 'raw ws'
        ? seatAtBroadcast(contestant, VIEWER, session)
        : seatAt(contestant, VIEWER, [session]);
    halls.push({ contestant, session, place });
  }
  return fannedOutIn(halls, subscribers, stage);
}

/** Where a crowd gathers. */
export interface Hall {
  readonly contestant: Contestant;
  readonly session: number;
  readonly place: Place;
  /** Behind the contestant; that of the stage unless told otherwise. */
  readonly upstream?: Upstream;
}

/** The same in any halls. */
export async function fannedOutIn(
  halls: readonly Hall[],
  subscribers: number,
  stage: Stage,
): Promise<readonly Crowd[]> {
  const crowds: Crowd[] = [];
  try {
    for (const { contestant, session, place, upstream = stage.upstream } of halls) {
      const { name } = contestant;
      const audience = createAudience(upstream);
      stage.leaves(audience);
      await audience.admit(Array.from({ length: subscribers }, () => place));
      crowds.push({ audience, session, perSecond: { name, values: [] }, p99: { name, values: [] } });
      await stage.warm(contestant, 'push', (duration) =>
        changeAsFastAsSeen(audience, [session], 1, duration),
      );
    }
    for (let round = 0; round < stage.pace.rounds; round += 1) {
      for (const { audience, session, perSecond, p99 } of inTurn(crowds, round)) {
        audience.forget();
        const took = await changeWithPauses(audience, session, PAUSE, stage.pace.round);
        const total = took.reduce((sum, milliseconds) => sum + milliseconds, 0);
        perSecond.values.push((took.length * subscribers * 1_000) / total);
        p99.values.push(percentile(audience.delays, 0.99));
        stage.say(
          `${perSecond.name}: ${took.length} changes, ${say(perSecond.values.at(-1) ?? 0)} deliveries/s, p99 ${say(p99.values.at(-1) ?? 0)} ms`,
        );
      }
    }
  } finally {
    for (const { audience } of crowds) audience.stop();
  }
  return crowds;
}
