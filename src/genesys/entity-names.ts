/**
 * The names of what conversations point to, for one viewer: read in bulk, kept for a while, and asked for once by all who
 * ask at the same time. They are the viewer's own, because not everybody may see every name.
 */
import { LRUCache } from 'lru-cache';
import type { EntityKind } from '../../schema/genesys/model.ts';
import { upTo } from '../up-to.ts';

/** Names hardly change. */
const NAME_LIFETIME = 600_000; // 10 minutes
/** Something that has no name for the viewer is asked for again sooner: it may be new, or a right may be. */
const NO_NAME_LIFETIME = 60_000; // 1 minute
/** The least recently used goes first. */
const MOST_NAMES = 5_000;

export interface EntityNames {
  /** Names in the order of the ids; null where there is none. */
  of(kind: EntityKind, ids: readonly string[], read: ReadNames): Promise<readonly (string | null)[]>;
}

/** Reads the names of those ids that have one. */
export type ReadNames = (kind: EntityKind, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Makes them; nothing is known yet. */
export function createEntityNames(): EntityNames {
  const names = new LRUCache<string, { readonly name: string | null }>({
    ...upTo(MOST_NAMES),
    ttl: NAME_LIFETIME,
  });
  const asked = new Map<string, Promise<ReadonlyMap<string, string>>>();

  return {
    async of(kind, ids, read) {
      const wanted = [...new Set(ids)];
      const isUnknown = (id: string) => !names.has(keyOf(kind, id)) && !asked.has(keyOf(kind, id));
      const missing = wanted.filter(isUnknown);
      if (missing.length > 0) ask(kind, missing, read);
      const found = new Map<string, string | null>();
      await Promise.all(
        wanted.map(async (id) => {
          const known = names.get(keyOf(kind, id));
          if (known !== undefined) found.set(id, known.name);
          else found.set(id, (await asked.get(keyOf(kind, id)))?.get(id) ?? null);
        }),
      );
      return ids.map((id) => found.get(id) ?? null);
    },
  };

  function ask(kind: EntityKind, ids: readonly string[], read: ReadNames): void {
    const reading = read(kind, ids);
    for (const id of ids) asked.set(keyOf(kind, id), reading);
    const forget = () => {
      for (const id of ids) asked.delete(keyOf(kind, id));
    };
    reading.then((answer) => {
      for (const id of ids) {
        const name = answer.get(id) ?? null;
        names.set(keyOf(kind, id), { name }, name === null ? { ttl: NO_NAME_LIFETIME } : {});
      }
      forget();
    }, forget);
  }
}

function keyOf(kind: EntityKind, id: string): string {
  return `${kind} ${id}`;
}
