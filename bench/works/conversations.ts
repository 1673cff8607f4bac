/**
 * Conversations of Genesys Cloud beside RingCentral's calls: told of changes to a thousand subscribers, and read while they
 * are watched. Both gateways are told of changes by themselves, because Genesys Cloud holds no poll.
 */
import { createAudience } from '../audience.ts';
import { ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { fannedOutIn } from './fan-out.ts';
import { takeRates } from './rates.ts';
import { introduce, seatAt, seatAtConversation } from './seats.ts';

const WORK = 'conversations';
const SUBSCRIBERS = 1_000;
const VIEWER = 3;
const FIRST_SESSION = 30_000_000;
/** What a second system may be slower than the first. */
const GOAL = { least: 0.9 };

/** Performs both. */
export async function conversations(stage: Stage): Promise<void> {
  const upstream = await stage.ownUpstream({ push: true });
  const calls = await stage.own('ours', { env: { LIVE_SOURCE: 'push' } }, upstream);
  const ours = await stage.own('ours of Genesys Cloud', {}, upstream);
  for (const contestant of [ours, calls]) await introduce(contestant, [VIEWER]);

  const seats = [
    {
      contestant: ours,
      session: FIRST_SESSION,
      place: seatAtConversation(ours, VIEWER, FIRST_SESSION),
      upstream,
    },
    {
      ...{ contestant: calls, session: FIRST_SESSION + 1, upstream },
      place: seatAt(calls, VIEWER, [FIRST_SESSION + 1]),
    },
  ];
  const [conversation, call] = await fannedOutIn(seats, SUBSCRIBERS, stage);
  if (conversation === undefined || call === undefined) return;
  stage.report(
    ratio(
      {
        ...{ work: WORK, measure: 'deliveries a second to 1,000 subscribers' },
        ...{ ours: conversation.perSecond, theirs: { ...call.perSecond, name: 'calls' } },
      },
      GOAL,
    ),
  );

  const audience = createAudience(upstream);
  stage.leaves(audience);
  await audience.admit(seats.map(({ place }) => place));
  const session = (contestant: typeof ours) => (contestant === ours ? FIRST_SESSION : FIRST_SESSION + 1);
  const question = {
    ...{ work: WORK, connections: 32 },
    next: (contestant: typeof ours) => contestant.dialect.read(VIEWER, session(contestant)),
  };
  const [read, readOfCall] = await takeRates(stage, question, [ours, calls]);
  audience.stop();
  if (read === undefined || readOfCall === undefined) return;
  stage.report(
    ratio(
      {
        ...{ work: WORK, measure: 'watched reads a second' },
        ...{ ours: read.perSecond, theirs: { ...readOfCall.perSecond, name: 'calls' } },
      },
      GOAL,
    ),
  );
}
