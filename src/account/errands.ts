/**
 * What has to be asked for about an account, one after the other and inside a share of the rate budget: each errand once,
 * however often it is wanted, so that commands and queries keep theirs.
 *
 * ```text
 *   want ──► waiting (the urgent before the others) ──a place, and its turn in the minute──► running ──► done
 *               └── wanted again: as urgent as the more urgent of both            └── wanted again meanwhile: once more
 * ```
 */

/** One thing to be done. It must not throw. */
export type Errand = (signal: AbortSignal) => Promise<void>;

export interface ErrandsParts {
  /** How many may begin in a minute; Infinity: as many as there are places. */
  readonly perMinute: () => number;
  /** Nothing waits and nothing runs any more. */
  readonly onIdle: () => void;
}

export interface Errands {
  /** Has it done; `after`: not before so many milliseconds from now. */
  want(name: string, errand: Errand, options?: { readonly urgent?: boolean; readonly after?: number }): void;
  /** True while it waits or runs. */
  isWanted(name: string): boolean;
  /** How many wait or run. */
  count(): number;
  /** Forgets all, and calls off what runs. */
  clear(): void;
}

/** At once; RingCentral's answers take a moment each. */
const PLACES = 4;
/** More than these are not remembered: whoever comes first is done first. */
const MOST_WAITING = 5_000;

interface Waiting {
  readonly errand: Errand;
  readonly urgent: boolean;
  /** By `performance.now()`. */
  readonly notBefore: number;
}

/** Makes it; nothing is wanted. */
export function createErrands({ perMinute, onIdle }: ErrandsParts): Errands {
  const waiting = new Map<string, Waiting>();
  const running = new Set<string>();
  let leaving = new AbortController();
  let startedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  return {
    want(name, errand, { urgent = false, after = 0 } = {}) {
      const known = waiting.get(name);
      if (known === undefined && waiting.size >= MOST_WAITING) return;
      const notBefore = Math.min(known?.notBefore ?? Infinity, performance.now() + after);
      waiting.set(name, { errand, urgent: urgent || known?.urgent === true, notBefore });
      pump();
    },
    isWanted: (name) => waiting.has(name) || running.has(name),
    count: () => waiting.size + running.size,
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
    for (;;) {
      if (running.size >= PLACES || waiting.size === 0) return;
      const now = performance.now();
      const turn = startedAt + 60_000 / perMinute();
      const [name, next] = first();
      if (name === undefined || next === undefined) return;
      const wait = Math.max(next.notBefore, turn) - now;
      if (wait > 0) {
        timer = setTimeout(pump, wait).unref();
        return;
      }
      waiting.delete(name);
      startedAt = now;
      void run(name, next.errand);
    }
  }

  /** The urgent first, then those that are due, then the one that is due soonest. */
  function first(): readonly [string, Waiting] | readonly [] {
    const now = performance.now();
    let best: readonly [string, Waiting] | readonly [] = [];
    let bestRank = Infinity;
    for (const entry of waiting) {
      const [, { urgent, notBefore }] = entry;
      if (running.has(entry[0])) continue;
      const rank = notBefore > now ? notBefore : urgent ? -2 : -1;
      if (rank < bestRank) [best, bestRank] = [entry, rank];
      if (rank === -2) break;
    }
    return best;
  }

  async function run(name: string, errand: Errand): Promise<void> {
    running.add(name);
    const { signal } = leaving;
    await errand(signal);
    if (signal.aborted) return;
    running.delete(name);
    if (waiting.size === 0 && running.size === 0) onIdle();
    else pump();
  }
}
