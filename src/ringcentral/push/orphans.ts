/**
 * Subscriptions whose sockets are gone. RingCentral counts each for the rest of its day, and allows a user about thirty:
 * they are the first to go when there is no room for another.
 */
import { CallControlFailure } from '../../../schema/failures.ts';
import type { Caller } from '../../upstream/caller.ts';
import { isSegment } from '../../upstream/checks.ts';
import type { Upstream } from '../../upstream/http.ts';
import { asText } from '../../upstream/values.ts';
import { OPERATIONS } from '../operations.ts';
import type { WirePage, WireSubscription } from '../wire.ts';
import { entriesOf } from './answers.ts';

export interface OrphansParts {
  readonly caller: Caller;
  readonly upstream: Upstream;
  /** Subscriptions of this process whose sockets are open. */
  readonly living: ReadonlySet<string>;
}

export interface Orphans {
  /** The socket of this subscription is gone. */
  bury(subscriptionId: string): void;
  /**
   * Deletes what belonged to sockets that are gone; where none is known, the oldest that is like ours, which some earlier
   * process left behind. What fails in RingCentral leaves the others where they are.
   */
  makeRoom(signal: AbortSignal): Promise<void>;
}

const MOST_CLEANED = 5;
const MOST_REMEMBERED = 50;

/** Makes it; nothing is left behind yet. */
export function createOrphans({ caller, upstream, living }: OrphansParts): Orphans {
  /** Newest last. */
  let buried: readonly string[] = [];

  return {
    bury(subscriptionId) {
      buried = [...buried.filter((id) => id !== subscriptionId), subscriptionId].slice(-MOST_REMEMBERED);
    },
    async makeRoom(signal) {
      try {
        for (const subscriptionId of await inTheWay(signal)) {
          await upstream.send(caller, {
            operation: OPERATIONS.deleteSubscription,
            ids: { subscriptionId },
            lane: 'query',
            signal,
            orNull: true,
          });
          buried = buried.filter((id) => id !== subscriptionId);
        }
      } catch (error) {
        if (!(error instanceof CallControlFailure)) throw error;
      }
    },
  };

  async function inTheWay(signal: AbortSignal): Promise<readonly string[]> {
    const { body } = await upstream.send(caller, {
      operation: OPERATIONS.listSubscriptions,
      lane: 'query',
      signal,
    });
    const counted = entriesOf((body as WirePage<WireSubscription> | null)?.records)
      .filter(({ deliveryMode }) => deliveryMode?.transportType === 'WebSocket')
      .sort((one, other) => (asText(one.creationTime) ?? '').localeCompare(asText(other.creationTime) ?? ''))
      .flatMap(({ id }) => (typeof id !== 'string' || !isSegment(id) || living.has(id) ? [] : [id]));
    const known = counted.filter((id) => buried.includes(id));
    return known.length > 0 ? known.slice(0, MOST_CLEANED) : counted.slice(0, 1);
  }
}
