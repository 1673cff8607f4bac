/**
 * Questions that an account which nobody watches cannot answer well: who waits in a queue is told by RingCentral only
 * when something happens to them. Whoever asks has the account watched for a while, so that the next question is answered
 * from there, and costs nothing.
 *
 * ```text
 *   nobody asks ──asks──► watched ──nobody has asked for a minute──► nobody asks
 *                            └──not to be watched──► left alone ──the minute is over──►┘
 * ```
 */
import type { WatchedAccount } from './picture.ts';

export interface Looks {
  /** Somebody asks: from now on, or for longer, the account of this viewer is watched. */
  look(viewerId: string, account: Pick<WatchedAccount, 'look'>): void;
  /** Looks no more, at any. */
  stop(): void;
}

/** How long an account is watched for a question. */
const LOOK = 60_000; // 1 minute

/** Accounts that are watched for questions at a time; whoever asks beyond that is answered as it is. */
const MOST_LOOKS = 1_000;

interface Look {
  readonly timer: NodeJS.Timeout;
  /** Was refused: trying with each question would cost as much as each question. */
  isRefused: boolean;
}

/** Makes them; one for all viewers. */
export function createLooks(time = LOOK): Looks {
  const looks = new Map<string, Look>();
  const ends = new Set<() => void>();

  return {
    look(viewerId, account) {
      const known = looks.get(viewerId);
      if (known === undefined && looks.size < MOST_LOOKS) begin(viewerId, account);
      else if (known?.isRefused === false) known.timer.refresh();
    },
    stop() {
      for (const end of [...ends]) end();
    },
  };

  function begin(viewerId: string, account: Pick<WatchedAccount, 'look'>): void {
    const events = account.look();
    const end = () => {
      if (!ends.delete(end)) return;
      clearTimeout(look.timer);
      looks.delete(viewerId);
      void events.return?.()?.catch(ignore);
    };
    const look: Look = { timer: setTimeout(end, time).unref(), isRefused: false };
    looks.set(viewerId, look);
    ends.add(end);
    // What is told is in the picture: here it is only let go by.
    void letBy(events).then(end, () => {
      look.isRefused = true;
    });
  }
}

async function letBy(events: AsyncIterableIterator<unknown>): Promise<void> {
  for (;;) if ((await events.next()).done) return;
}

/** Whoever asked is told what goes wrong by what they asked for. */
function ignore(): void {}
