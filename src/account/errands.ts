/**
 * What has to be asked for about an account, one after the other and inside a share of the rate budget: each errand once,
 * however often it is wanted, so that commands and queries keep theirs.
 *
 * ```text
 *   want ──► waiting ──a place, and its turn in the minute──► running ──► done
 *               └── wanted again: as urgent as the more urgent of both   └── wanted again meanwhile: once more
 *
 *   whose turn it is: an urgent one ──► one that is not, where one waits ──► an urgent one … ; idle ones when none of them is due
 * ```
 */

/** One thing to be done. It must not throw. */
export type Errand = (signal: AbortSignal) => Promise<void>;

/** `idle`: only what nobody waits for. */
export type Urgency = 'urgent' | 'usual' | 'idle';

export interface ErrandsParts {
  /** How many may begin in a minute; Infinity: as many as there are places. */
  readonly perMinute: () => number;
}

export interface ErrandOptions {
  readonly urgency?: Urgency | undefined;
  /** Not before so many milliseconds from now. */
  readonly after?: number | undefined;
}

export interface Errands {
  /** Has it done; false where too many wait already. */
  want(name: string, errand: Errand, options?: ErrandOptions): boolean;
  /** It waits for its turn. */
  isWaiting(name: string): boolean;
  /** Forgets all, and calls off what runs. */
  clear(): void;
}

/** At once; RingCentral's answers take a moment each. */
const PLACES = 4;
/** More than these are not remembered: whoever comes first is done first. */
const MOST_WAITING = 5_000;

interface Waiting {
  readonly errand: Errand;
  readonly urgency: Urgency;
  /** By `performance.now()`. */
  readonly notBefore: number;
}

/** Makes it; nothing is wanted. */
export function createErrands({ perMinute }: ErrandsParts): Errands {
  const waiting = new Map<string, Waiting>();
  const running = new Set<string>();
  let leaving = new AbortController();
  let startedAt = -Infinity;
  /** The last one that began was an urgent one. */
  let wasUrgent = false;
  let timer: NodeJS.Timeout | undefined;

  return {
    want(name, errand, { urgency = 'usual', after = 0 } = {}) {
      const known = waiting.get(name);
      if (known === undefined && waiting.size >= MOST_WAITING) return false;
      const notBefore = Math.min(known?.notBefore ?? Infinity, performance.now() + after);
      waiting.set(name, { errand, urgency: moreUrgent(urgency, known?.urgency), notBefore });
      pump();
      return true;
    },
    isWaiting: (name) => waiting.has(name),
    clear() {
      clearTimeout(timer);
      timer = undefined;
      waiting.clear();
      running.clear();
      leaving.abort();
      leaving = new AbortController();
    },
  };

  function pump(): void {
    clearTimeout(timer);
    timer = undefined;
    while (running.size < PLACES && waiting.size > 0) {
      const now = performance.now();
      // Whose turn it is, is looked for when there is a turn: among thousands that takes its time.
      const turn = startedAt + 60_000 / perMinute();
      if (turn > now) {
        wakeAt(turn);
        return;
      }
      const next = first(now);
      if (next === undefined) return;
      const [name, { errand, urgency, notBefore }] = next;
      if (notBefore > now) {
        wakeAt(notBefore);
        return;
      }
      waiting.delete(name);
      startedAt = now;
      wasUrgent = urgency === 'urgent';
      void run(name, errand);
    }
  }

  function wakeAt(time: number): void {
    timer = setTimeout(pump, time - performance.now()).unref();
  }

  /** Of those that are due the one whose turn it is, else the one that is due soonest. */
  function first(now: number): readonly [string, Waiting] | undefined {
    let best: readonly [string, Waiting] | undefined;
    let bestRank = Infinity;
    const ranks = wasUrgent ? AFTER_URGENT : AFTER_OTHERS;
    for (const entry of waiting) {
      const [name, { urgency, notBefore }] = entry;
      if (running.has(name)) continue;
      const rank = notBefore > now ? notBefore : ranks[urgency];
      if (rank < bestRank) [best, bestRank] = [entry, rank];
      if (rank === FIRST_RANK) break;
    }
    return best;
  }

  async function run(name: string, errand: Errand): Promise<void> {
    running.add(name);
    const { signal } = leaving;
    await errand(signal);
    if (signal.aborted) return;
    running.delete(name);
    pump();
  }
}

/** Below every time. */
const FIRST_RANK = -3;
const AFTER_OTHERS = { urgent: FIRST_RANK, usual: -2, idle: -1 } as const;
const AFTER_URGENT = { usual: FIRST_RANK, urgent: -2, idle: -1 } as const;

function moreUrgent(one: Urgency, other: Urgency = 'idle'): Urgency {
  return AFTER_OTHERS[one] <= AFTER_OTHERS[other] ? one : other;
}
