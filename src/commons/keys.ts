/**
 * What things are called in the store.
 *
 * ```text
 *   gateway:{5Jz0…}:window:Zx81…     a cell       prefix:{owner}:word:name, owner and name as digests
 *   gateway:{5Jz0…}:calls:Zx81…:s    a stream, and beside it :m, where it ends
 *   gateway:{fleet}                  what all gateways have in common
 * ```
 *
 * The braces make a cluster keep all keys of one owner in one place, and the digests tell nobody who that is.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Key } from './commons.ts';

export interface Naming {
  /** Of a cell or a log. */
  nameOf(word: string, key: Key): string;
  /** Of what all gateways have in common. */
  readonly fleet: readonly string[];
}

/** Hashing costs more than looking up. */
const MOST_DIGESTS = 20_000;

/** Makes the names below one prefix. */
export function createNaming(prefix: string): Naming {
  const digests = new LRUCache<string, string>({
    maxSize: MOST_DIGESTS,
    sizeCalculation: () => 1,
    memoMethod: digest,
  });
  return {
    nameOf(word, { owner, name = '' }) {
      const end = name === '' ? '' : `:${digests.memo(name)}`;
      return `${prefix}:{${digests.memo(owner)}}:${word}${end}`;
    },
    fleet: [`${prefix}:{fleet}`, `${prefix}:{fleet}:gateways`],
  };
}

/** 128 bits: enough that no two are ever the same. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
