/**
 * The lists of an account, which hardly change: asked for once by everybody of a viewer who asks at the same time, and
 * remembered for a short while. Each viewer has their own: what their token does not show is in none of them.
 */
import { LRUCache } from 'lru-cache';
import { createSharedRead, type SharedRead } from '../../live/shared-read.ts';

/** How long a list is remembered. */
export const LIST_LIFETIME = 300_000; // 5 minutes

/** Entries of all lists of all viewers together; the list that was used longest ago goes first. */
const MOST_ENTRIES = 500_000;

/** Who asks. */
export interface Asking {
  readonly viewerId: string;
  readonly signal?: AbortSignal | undefined;
  readonly requestId: string;
}

/** Reads a list; the request is called off through the signal. */
export type ReadList<Entry> = (
  signal: AbortSignal,
  requestId: string | undefined,
) => Promise<readonly Entry[]>;

export interface AccountLists {
  /** The list of this name, as the viewer may see it. A read that fails is not remembered. */
  of<Entry>(name: string, asking: Asking, read: ReadList<Entry>): Promise<readonly Entry[]>;
  /** Everything is to be asked for anew. */
  forget(): void;
}

/** Makes them; one for all viewers. */
export function createAccountLists(lifetime = LIST_LIFETIME): AccountLists {
  const known = new LRUCache<string, readonly unknown[]>({
    maxSize: MOST_ENTRIES,
    sizeCalculation: (list) => list.length + 1,
    ttl: lifetime,
    // That of now: tests have their own.
    perf: { now: () => performance.now() },
  });
  const underway = new Map<string, SharedRead<readonly unknown[]>>();

  return {
    async of<Entry>(name: string, { viewerId, signal, requestId }: Asking, read: ReadList<Entry>) {
      const key = JSON.stringify([viewerId, name]);
      const remembered = known.get(key);
      // Whoever names a list names what is in it.
      if (remembered !== undefined) return remembered as readonly Entry[];
      let reading = underway.get(key);
      if (reading === undefined) {
        reading = createSharedRead(async (ended, firstId) => {
          const mine = reading;
          const isOurs = () => underway.get(key) === mine;
          const over = () => {
            if (isOurs()) underway.delete(key);
          };
          // Whoever asks when it was called off asks anew, and not by those who have left.
          ended.addEventListener('abort', over, { once: true });
          try {
            const list = await read(ended, firstId);
            if (isOurs()) known.set(key, list);
            return list;
          } finally {
            over();
          }
        });
        underway.set(key, reading);
      }
      return (await reading.join(signal, requestId)) as readonly Entry[];
    },
    forget() {
      known.clear();
      underway.clear();
    },
  };
}
