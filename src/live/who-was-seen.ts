/** What was seen of calls beside the list, also of those that nobody looks at any more: the list may go on to lag for a while. */
import { LRUCache } from 'lru-cache';
import { upTo } from '../up-to.ts';
import type { Sighting, SightOf } from './call-list.ts';
import type { Kind, ListShape } from './shape.ts';

export interface WhoWasSeenParts<K extends Kind> {
  readonly shape: ListShape<K>;
  /** True while changes are told by themselves, so that what was seen is as true as if somebody watched. */
  readonly isTold: () => boolean;
  /** What is seen of a call by those who watch it, or have just looked. */
  readonly sightOf: SightOf<K>;
}

export interface WhoWasSeen<K extends Kind> {
  /** A call was seen so. */
  remember(callId: string, seen: K['Sight']): void;
  sightOf(callId: string): Sighting<K> | undefined;
}

/** Calls that are remembered. */
const MOST_REMEMBERED = 100;

/** Makes it; nothing was seen yet. */
export function createWhoWasSeen<K extends Kind>({
  shape,
  isTold,
  sightOf,
}: WhoWasSeenParts<K>): WhoWasSeen<K> {
  /** In a box each, because a cache holds objects only. */
  let before: LRUCache<string, { readonly sight: K['Sight'] }> | null = null;
  return {
    remember(callId, seen) {
      const sight = shape.remembered(before?.get(callId)?.sight, seen, isTold());
      if (sight === null) {
        before?.delete(callId);
        return;
      }
      before ??= new LRUCache(upTo(MOST_REMEMBERED));
      before.set(callId, { sight });
    },
    sightOf(callId) {
      const seen = sightOf(callId);
      const earlier = before?.get(callId);
      if (seen !== undefined || earlier === undefined) return seen;
      return { sight: earlier.sight, isCurrent: isTold() };
    },
  };
}
