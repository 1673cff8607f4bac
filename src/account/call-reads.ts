/**
 * Which calls of an account are read, and what comes of it.
 *
 * ```text
 *   told of everybody's calls:  seen midway, or with a gap ──► read once
 *   not of all:                 named by a presence that changed, or moved by somebody who is told of ──► read
 *   read ──► whole │ not known any more ──► once more, then ended │ not for this user ──► shown as far as it is told
 * ```
 */
import { LRUCache } from 'lru-cache';
import type { Presence } from '../../schema/account/model.ts';
import {
  CallControlFailure,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import { narrow, UNKNOWN_CLOCK } from '../live/clock.ts';
import { datedBy } from '../live/told.ts';
import { upTo } from '../up-to.ts';
import type { AccountMemory, Result } from './account-memory.ts';
import type { Asking } from './asking.ts';
import type { Urgency } from './errands.ts';
import type { AccountSource, Reach } from './source.ts';

export interface CallReadsParts {
  readonly picture: AccountMemory;
  readonly asking: Asking;
  readonly reach: () => Reach | null;
  readonly isSurveyed: () => boolean;
  readonly take: (result: Pick<Result, 'changes'>, at: number) => void;
  /** It is wanted, by this name. */
  readonly onWanted: (name: string) => void;
}

/** How a call is read. */
export interface Wanted {
  readonly urgency?: Urgency | undefined;
  readonly after?: number | undefined;
  /** Also where nothing seems to be missing. */
  readonly force?: boolean | undefined;
}

export interface CallReads {
  want(sessionId: string, wanted?: Wanted): void;
  /** Something about it may be missing. */
  lacks(sessionId: string, when: 'soon' | 'now'): void;
  /** An extension does something else now: its calls are others, where their own news do not tell. */
  presenceChanged(before: Presence | undefined, after: Presence | undefined): void;
  clear(): void;
}

/** What is overtaken on its way comes within that time; and the other parties of a call have moved by then. */
const GAP_SETTLES = 2_000; // 2 seconds
const OTHERS_SOON = 300; // milliseconds
/** What presence tells of a call, its own news tell sooner. */
const NEWS_SETTLE = 2_000; // 2 seconds
const AGAIN = 1_000; // 1 second
/** Calls that the viewer may not read. */
const MOST_UNREADABLE = 5_000;
const UNREADABLE_FOR = 600_000; // 10 minutes

/** Makes it; it wants none. */
export function createCallReads(parts: CallReadsParts): CallReads {
  const { picture, asking } = parts;
  const unreadable = new LRUCache<string, true>({ ...upTo(MOST_UNREADABLE), ttl: UNREADABLE_FOR });
  const forced = new Set<string>();
  let clock = UNKNOWN_CLOCK;

  return {
    want,
    lacks(sessionId, when) {
      if (unreadable.has(sessionId)) giveUp(sessionId);
      else if (parts.reach()?.calls !== 'everybody') want(sessionId, { after: OTHERS_SOON, force: true });
      else if (when === 'now') want(sessionId, { urgency: 'urgent', force: true });
      else want(sessionId, { after: GAP_SETTLES });
    },
    presenceChanged,
    clear: () => forced.clear(),
  };

  function want(sessionId: string, { force = false, ...options }: Wanted = {}): void {
    if (unreadable.has(sessionId) || picture.isBuried(sessionId)) return;
    const name = `call ${sessionId}`;
    // First: where there is a place and a turn, it is read at once.
    if (force) forced.add(sessionId);
    if (asking.want(name, (from, signal) => read(from, sessionId, signal), options)) parts.onWanted(name);
    else forced.delete(sessionId);
  }

  function presenceChanged(before: Presence | undefined, after: Presence | undefined): void {
    if (after === undefined || before === after) return;
    const calls = parts.reach()?.calls;
    const isTold = calls === 'everybody' || calls?.has(after.extensionId) === true;
    const was = new Map(before?.activeCalls.map((one) => [one.partyId, one.rawTelephonyStatus]));
    for (const { sessionId, partyId, rawTelephonyStatus } of after.activeCalls) {
      const isNew = was.get(partyId) !== rawTelephonyStatus;
      was.delete(partyId);
      if (isTold && picture.call(sessionId) === undefined)
        want(sessionId, { after: parts.isSurveyed() ? NEWS_SETTLE : 0 });
      else if (!isTold && isNew) want(sessionId, { force: true });
    }
    if (isTold) return;
    for (const { sessionId, partyId } of before?.activeCalls ?? []) {
      if (was.has(partyId)) want(sessionId, { force: true });
    }
  }

  async function read(from: AccountSource, sessionId: string, signal: AbortSignal): Promise<void> {
    const isForced = forced.delete(sessionId);
    if (!isForced && parts.reach()?.calls === 'everybody' && picture.isWhole(sessionId)) return;
    const again = () => want(sessionId, { after: AGAIN, force: true });
    try {
      const reading = await from.readCall(sessionId, { lane: 'poll', signal });
      if (signal.aborted) return;
      clock = narrow(clock, reading);
      if (reading.value === null) {
        const missed = picture.miss(sessionId, reading);
        parts.take(missed, reading.receivedAt);
        if (missed.again) again();
      } else {
        const { sentAt, receivedAt, trueAt } = datedBy(clock, reading);
        const result = picture.take(reading.value, { sentAt, receivedAt, trueAt });
        parts.take(result, receivedAt);
        if (result.missing !== 'nothing') again();
      }
    } catch (error) {
      if (!(error instanceof CallControlFailure) || error instanceof Unauthenticated) throw error;
      if (error instanceof RateLimited || error instanceof UpstreamUnavailable) {
        forced.add(sessionId);
        throw error;
      }
      // They said no.
      unreadable.set(sessionId, true);
      giveUp(sessionId);
    }
  }

  /** It is shown as far as it is told: nobody waits for more of it. */
  function giveUp(sessionId: string): void {
    parts.take({ changes: picture.giveUp(sessionId) }, Date.now());
  }
}
