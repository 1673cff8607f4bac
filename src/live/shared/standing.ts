/** What the tidings of a call say beside its state: whether it is looked at, and whether that works. */
import { createHash } from 'node:crypto';
import type { Reading } from '../../commons/commons.ts';
import type { Place } from '../replay.ts';
import type { Kind } from '../shape.ts';
import type { PastTiding } from './ledger.ts';
import type { CallState, Tiding, TidingsCodec } from './tidings.ts';

/** How a call stands; a class, because every call that is shared has one. */
export class Standing {
  /** Somebody looks at the call, and what was told is how it is. */
  isFresh = false;
  /** When the phone system is tried again, where it fails; null: it does not. */
  nextTry: number | null = null;

  note(tiding: Tiding<Kind>): void {
    switch (tiding.kind) {
      case 'state':
        this.isFresh = true;
        break;
      case 'rest':
      case 'denied':
        this.isFresh = false;
        this.nextTry = null;
        break;
      case 'trouble':
        this.nextTry = tiding.next;
        break;
      case 'recovery':
        this.nextTry = null;
        break;
    }
  }
}

/** What a log told before anybody here listened. */
export interface Past<K extends Kind> {
  /** Nothing before this can be had any more. */
  readonly from: Place;
  /** Oldest first. */
  readonly tidings: readonly PastTiding<K>[];
  /** What all gateways held after the last of them; null: nothing was told. */
  readonly state: CallState<K> | null;
}

/** Reads the past of a call, and notes in `standing` how it stands; `fence` is that of whoever leads now. */
export function pastOf<K extends Kind>(
  { position, entries }: Reading<string>,
  codec: TidingsCodec<K>,
  standing: Standing,
  fence: number | null,
): Past<K> {
  const tidings: PastTiding<K>[] = [];
  let from = placeOf(position.epoch, (entries[0]?.offset ?? position.offset + 1) - 1);
  let state: CallState<K> | null = null;
  let batch: { readonly tiding: Tiding<K>; readonly offset: number }[] = [];
  for (const { offset, event } of entries) {
    const entry = codec.read(event);
    if (entry === null) continue;
    batch.push({ tiding: entry.tiding, offset });
    if (entry.hasMore) continue;
    state = entry.state ?? state;
    for (const { tiding, offset: at } of batch) {
      standing.note(tiding);
      const place = placeOf(position.epoch, at);
      if (tiding.kind === 'state' && tiding.isWhole) {
        tidings.length = 0;
        from = place;
      } else if (state !== null) tidings.push({ tiding, state, place });
    }
    batch = [];
    // Whoever looked may be gone since.
    standing.isFresh &&= entry.fence === fence;
  }
  return { from, tidings, state };
}

/** Where an entry stands in the run of events that its log is. */
export function placeOf(epoch: string, sequence: number): Place {
  return { run: createHash('sha256').update(epoch).digest('base64url').slice(0, 12), sequence };
}
