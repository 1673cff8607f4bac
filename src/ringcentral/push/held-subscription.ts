/**
 * The subscription of one listener: made over its socket, and counted by RingCentral for the rest of its day where nobody
 * gives it back.
 *
 * ```text
 *   none ──granted──► held ──its socket is gone for good──► left behind: the first to be deleted when there is no room
 *                      └── handed on, or given back ──► none
 * ```
 */
import type { Caller } from '../../upstream/caller.ts';
import { isSegment } from '../../upstream/checks.ts';
import type { Upstream } from '../../upstream/http.ts';
import { OPERATIONS } from '../operations.ts';
import type { WireSubscription } from '../wire.ts';
import { disabledIn, isSuccess } from './answers.ts';
import type { Asking } from './asking.ts';
import { addressOf, type Filter } from './filters.ts';
import { createOrphans } from './orphans.ts';
import type { SocketAnswer } from './socket.ts';

export interface HeldSubscriptionParts {
  readonly caller: Caller;
  readonly upstream: Upstream;
  readonly ask: Asking['ask'];
  /** What it always tells; full paths. */
  readonly filters: readonly string[];
  /** The subscriptions of this process whose sockets are open. */
  readonly living: Set<string>;
  /** What another gateway held, and may be brought back. */
  readonly inherited: string | null;
}

export interface HeldSubscription {
  /** Null: there is none. */
  readonly id: string | null;
  /** Makes another. `onGranted` is called as that is read: the first notification may stand right behind it. */
  make(onGranted: (id: string) => void): Promise<SocketAnswer | null>;
  /** Its socket tells by this one. */
  hold(id: string): void;
  /** Has it tell of these, too. The whole list is sent, because an update replaces what was asked for before. */
  change(more: readonly Filter[]): Promise<SocketAnswer | null>;
  /** Answers what was held: it is somebody else's from now on. */
  release(): string | null;
  /** It tells nothing any more. */
  leaveBehind(): void;
  /** Deletes what was left behind. */
  makeRoom(signal: AbortSignal): Promise<void>;
}

/** Makes it; nothing is asked for. */
export function createHeldSubscription(parts: HeldSubscriptionParts): HeldSubscription {
  const { ask, filters, living } = parts;
  const orphans = createOrphans(parts);
  let held = parts.inherited;

  return {
    get id() {
      return held;
    },
    make(onGranted) {
      return ask({
        operation: OPERATIONS.createSubscription,
        body: bodyOf([]),
        onAnswer(answer) {
          const { id } = (answer.body ?? {}) as WireSubscription;
          // By one that cannot stand in a path nothing could be changed or given back.
          const isOfUse = typeof id === 'string' && isSegment(id);
          if (isSuccess(answer) && isOfUse && disabledIn(answer) === null) onGranted(id);
        },
      });
    },
    hold(id) {
      held = id;
      living.add(id);
    },
    async change(more) {
      if (held === null) return null;
      return ask({
        operation: OPERATIONS.updateSubscription,
        ids: { subscriptionId: held },
        body: bodyOf(more),
      });
    },
    release() {
      const released = held;
      if (released !== null) living.delete(released);
      held = null;
      return released;
    },
    leaveBehind() {
      if (held === null) return;
      living.delete(held);
      orphans.bury(held);
      held = null;
    },
    makeRoom: orphans.makeRoom,
  };

  function bodyOf(more: readonly Filter[]): object {
    return {
      eventFilters: [...filters, ...more.map(addressOf)],
      deliveryMode: { transportType: 'WebSocket' },
    };
  }
}
