/** Hold and unhold in turn, each connection on parties of its own: what the gateway adds to a command. */
import { ratio } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { type Question, takeRates } from './rates.ts';

const WORK = 'command';
const CONNECTIONS = 32;
const VIEWERS = 100;
const PARTY = 3;
const FIRST_SESSION = 4_000_000;

/** A session is put on hold, and taken back. */
export function commandQuestion(): Question {
  let session = FIRST_SESSION;
  /** The session that each connection of each contestant has put on hold. */
  const held = new Map<number, number>();
  return {
    work: WORK,
    connections: CONNECTIONS,
    next: ({ dialect, server }, connection) => {
      const hand = server.port * CONNECTIONS + connection;
      const inHold = held.get(hand);
      if (inHold !== undefined) {
        held.delete(hand);
        return dialect.command(inHold % VIEWERS, inHold, PARTY, 'Answered');
      }
      session += 1;
      held.set(hand, session);
      return dialect.command(session % VIEWERS, session, PARTY, 'Hold');
    },
  };
}

/** Sends commands one after another. */
export async function command(stage: Stage): Promise<void> {
  const contestants = [await stage.shared('ours'), await stage.shared('bare got proxy')];
  const [ours, proxy] = await takeRates(stage, commandQuestion(), contestants);
  if (ours === undefined || proxy === undefined) return;
  stage.report(
    ratio(
      { work: WORK, measure: 'commands a second', ours: ours.perSecond, theirs: proxy.perSecond },
      { least: 0.75 },
    ),
  );
}
