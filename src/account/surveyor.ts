/**
 * What is asked for about an account: everything once, what is not told by itself again and again, and what may be missing.
 *
 * ```text
 *   survey ──► presence of everybody, page by page ──► surveyed ──► the calls that it names and nobody told of, one by one
 *                 └─not allowed─► the list of extensions, and their presence in bulk ─┘
 *   told of nobody, or not of all ──► the presence of those in bulk, round and round ──► each call that changed in it
 * ```
 *
 * All of it waits in one line of errands, inside a share of the rate budget.
 */
import { LRUCache } from 'lru-cache';
import type { Presence } from '../../schema/account/model.ts';
import {
  CallControlFailure,
  Forbidden,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import { narrow, UNKNOWN_CLOCK } from '../live/clock.ts';
import { datedBy } from '../live/told.ts';
import type { Log } from '../telemetry/log.ts';
import type { AccountMemory, Result } from './account-memory.ts';
import { createErrands } from './errands.ts';
import { type AccountSource, MOST_AT_ONCE, type Reach } from './source.ts';

export interface SurveyorParts {
  readonly picture: AccountMemory;
  readonly log: Log;
  /** Milliseconds between two reads of presence. */
  readonly pace: number;
  /** Null: the phone system has no accounts. */
  readonly source: () => AccountSource | null;
  readonly reach: () => Reach | null;
  /** True while nothing tells by itself, and nothing will soon. */
  readonly isDeaf: () => boolean;
  /** True while this gateway asks, for all of them. */
  readonly isAsking: () => boolean;
  readonly wantsAll: () => boolean;
  /** Of whom somebody wants to know what they do. */
  readonly row: () => ReadonlySet<string>;
  readonly take: (result: Pick<Result, 'changes'>, at: number) => void;
  /** What an extension does was asked for, and is known. */
  readonly known: (presence: Presence) => void;
  readonly onSurveyed: () => void;
  /** It may be old; when it is tried again, if that is known. */
  readonly onTrouble: (at: number | null) => void;
  readonly onRecovery: () => void;
  /** Nothing can be had at all. */
  readonly onRefused: (error: CallControlFailure) => void;
}

export interface Surveyor {
  /** Everything was asked for once, since somebody looks. */
  readonly isSurveyed: boolean;
  /** True while presence is asked for, round and round. */
  readonly isPolling: boolean;
  /** Asks for everything, once. */
  survey(): void;
  /** Something may have been missed: everything that is known is asked for again. */
  resurvey(): void;
  /** Nothing was missed after all. */
  recovered(): void;
  /** Others are looked at now, or told of: asks for what is not told. */
  level(): void;
  /** What was told is told no longer. */
  unreached(): void;
  /** Something about a call may be missing. */
  lacks(sessionId: string, when: 'soon' | 'now'): void;
  /** What an extension does was told; `before`: what it did. */
  told(extensionId: string, before: Presence | undefined): void;
  /** True where what an extension does is known without asking. */
  isKnown(extensionId: string): boolean;
  /** Those that are known of, as many as can be listened for. */
  extensionIds(): readonly string[];
  /** Another gateway asked for everything, or has not yet: what is known here is from there. */
  adopted(isWhole: boolean): void;
  /** Another gateway asks from now on. */
  pause(): void;
  rest(): void;
}

/** Of the requests that a minute allows: while it is all new, and later. */
const COLD_SHARE = 0.6;
const STEADY_SHARE = 0.2;
/** For all that, no more in a minute. */
const MOST_COLD = 200;
const MOST_STEADY = 12;
/** A page that is not the last one is followed by another. */
const MOST_PAGES = 20;
/** So many extensions are listened for one by one. */
const MOST_EXTENSIONS = 1_000;
/** What is overtaken on its way comes within that time; and the other parties of a call have moved by then. */
const GAP_SETTLES = 2_000; // 2 seconds
const OTHERS_SOON = 300; // milliseconds
/** What presence tells of a call, its own news tell sooner. */
const NEWS_SETTLE = 2_000; // 2 seconds
/** A slow look finds what was lost although nobody noticed. */
const CHECK = 300_000; // 5 minutes
/** Where not everybody is told of, a call goes on although nobody is left in it who is. */
const LOOK = 60_000; // 1 minute
/** Between two tries. */
const RETRY = [1_000, 5_000, 15_000, 60_000] as const; // milliseconds
/** Calls that the viewer may not read. */
const MOST_UNREADABLE = 5_000;
const UNREADABLE_FOR = 600_000; // 10 minutes
/** A presence that was asked for is known for so many paces. */
const ROUNDS_KNOWN = 3;

/** Makes it; it asks for nothing. */
export function createSurveyor(parts: SurveyorParts): Surveyor {
  const { picture, source } = parts;
  let isSurveyed = false;
  let isCold = false;
  let isSurveying = false;
  /** Everything that is known is asked for again, before it is said to be true. */
  let isDoubted = false;
  let failures = 0;
  /** When what an extension does was told or read last, by `performance.now()`. */
  const knownAt = new Map<string, number>();
  /** Those who are being asked for. */
  const underway = new Set<string>();
  const unreadable = new LRUCache<string, true>({ max: MOST_UNREADABLE, ttl: UNREADABLE_FOR });
  /** Calls that are read although nothing seems to be missing. */
  const forced = new Set<string>();
  let clock = UNKNOWN_CLOCK;
  let polling: NodeJS.Timeout | null = null;
  let checking: NodeJS.Timeout | null = null;
  /** Where the round is. */
  let turn = 0;

  const errands = createErrands({
    perMinute() {
      const allowed = source()?.readsPerMinute?.() ?? USUAL_READS;
      if (allowed === Infinity) return Infinity;
      return isCold
        ? Math.min(MOST_COLD, allowed * COLD_SHARE)
        : Math.min(MOST_STEADY, allowed * STEADY_SHARE);
    },
    onIdle: idle,
  });

  return {
    get isSurveyed() {
      return isSurveyed;
    },
    get isPolling() {
      return polling !== null;
    },
    survey,
    resurvey() {
      isDoubted = true;
      parts.onTrouble(Date.now());
      survey();
    },
    recovered() {
      if (!isDoubted && failures === 0) parts.onRecovery();
    },
    level,
    unreached() {
      knownAt.clear();
      level();
    },
    lacks(sessionId, when) {
      if (parts.reach()?.calls !== 'everybody') wantCall(sessionId, { after: OTHERS_SOON, force: true });
      else if (when === 'now') wantCall(sessionId, { urgent: true, force: true });
      else wantCall(sessionId, { after: GAP_SETTLES });
    },
    told(extensionId, before) {
      knownAt.set(extensionId, performance.now());
      lookAtCalls(before, picture.presence(extensionId));
    },
    isKnown,
    extensionIds: () =>
      picture
        .presences()
        .slice(0, MOST_EXTENSIONS)
        .map(({ extensionId }) => extensionId),
    adopted(isWhole) {
      isSurveyed = isWhole;
      for (const { extensionId } of picture.presences()) knownAt.set(extensionId, performance.now());
    },
    pause,
    rest() {
      pause();
      isSurveyed = false;
      knownAt.clear();
    },
  };

  function pause(): void {
    if (polling !== null) clearTimeout(polling);
    if (checking !== null) clearTimeout(checking);
    polling = null;
    checking = null;
    errands.clear();
    isSurveying = false;
    isDoubted = false;
    isCold = false;
    failures = 0;
    underway.clear();
    forced.clear();
  }

  function survey(): void {
    if (!parts.isAsking()) return;
    if (!parts.wantsAll()) {
      knownAt.clear();
      level();
      return;
    }
    isCold = true;
    isSurveying = true;
    for (const id of isDoubted ? picture.callIds() : []) wantCall(id, { force: true });
    errands.want('survey', everything, { urgent: true });
  }

  async function everything(signal: AbortSignal): Promise<void> {
    await asking(
      async (from) => {
        try {
          for (let page = 1; page <= MOST_PAGES; page += 1) {
            const { value, sentAt, receivedAt } = await from.readAccountPresence(page, {
              lane: 'poll',
              signal,
            });
            for (const presence of value.presences) see(presence, sentAt, receivedAt);
            if (!value.hasNext) break;
          }
        } catch (error) {
          if (!(error instanceof Forbidden)) throw error;
          const extensions = await listed(from, signal);
          for (const ids of inPieces(extensions)) wantPresences(ids);
        }
        surveyed();
      },
      'survey',
      everything,
      signal,
    );
  }

  /** Whoever may not know who there is knows of those who were asked for. */
  async function listed(from: AccountSource, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return (await from.listExtensions({ lane: 'poll', signal })).map(({ id }) => id);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      const calls = parts.reach()?.calls;
      const isTold = calls === 'everybody' || (calls?.size ?? 0) > 0;
      if (!isTold && parts.row().size === 0) parts.onRefused(error);
      return [...parts.row()];
    }
  }

  function surveyed(): void {
    isSurveyed = true;
    isSurveying = false;
    for (const presence of picture.presences()) lookAtCalls(undefined, presence);
    parts.onSurveyed();
    checking ??= setTimeout(check, parts.reach()?.calls === 'everybody' ? CHECK : LOOK).unref();
    level();
  }

  /** What got lost although nobody noticed: calls that nobody is in, and such that nobody told of. */
  function check(): void {
    checking = null;
    if (!isSurveyed) return;
    const named = new Set(
      picture.presences().flatMap(({ activeCalls }) => activeCalls.map((one) => one.sessionId)),
    );
    const isTold = parts.reach()?.calls === 'everybody';
    for (const id of picture.callIds()) if (!isTold || !named.has(id)) wantCall(id, { force: true });
    errands.want('survey', everything);
  }

  function level(): void {
    // What is listened for first is asked for after that.
    if (!parts.isAsking() || (parts.reach() === null && !parts.isDeaf())) {
      stopPolling();
      return;
    }
    const ids = untold();
    const unknown = ids.filter((id) => !knownAt.has(id) && !underway.has(id));
    // Nobody is asked for twice because they are looked at twice.
    if (!isSurveying || !parts.wantsAll()) for (const few of inPieces(unknown)) wantPresences(few, true);
    if (ids.length > 0) polling ??= setTimeout(poll, parts.pace).unref();
    else stopPolling();
  }

  function stopPolling(): void {
    if (polling !== null) clearTimeout(polling);
    polling = null;
  }

  function poll(): void {
    polling = null;
    const ids = untold();
    if (ids.length === 0 || (parts.reach() === null && !parts.isDeaf())) return;
    const from = turn < ids.length ? turn : 0;
    const few = ids.slice(from, from + MOST_AT_ONCE);
    turn = from + few.length;
    wantPresences(few);
    polling = setTimeout(poll, parts.pace).unref();
  }

  /** Of whom somebody wants to know what they do, and nothing tells. */
  function untold(): readonly string[] {
    const presence = parts.reach()?.presence;
    if (presence === 'everybody') return [...parts.row()].filter((id) => !knownAt.has(id));
    const all = parts.wantsAll() ? picture.presences().map(({ extensionId }) => extensionId) : [];
    const wanted = new Set([...parts.row(), ...all]);
    return [...wanted].filter((id) => presence?.has(id) !== true || !knownAt.has(id));
  }

  function isKnown(extensionId: string): boolean {
    const at = knownAt.get(extensionId);
    if (at === undefined) return false;
    const presence = parts.reach()?.presence;
    if (presence === 'everybody' || presence?.has(extensionId) === true) return true;
    const round = Math.max(1, Math.ceil(untold().length / MOST_AT_ONCE));
    return performance.now() - at < parts.pace * round * ROUNDS_KNOWN;
  }

  function wantPresences(ids: readonly string[], urgent = false): void {
    if (ids.length === 0) return;
    for (const id of ids) underway.add(id);
    const errand = (signal: AbortSignal): Promise<void> =>
      asking(
        async (from) => {
          const { value, sentAt, receivedAt } = await from.readPresences(ids, { lane: 'poll', signal });
          for (const presence of value) {
            if (presence === null || presence instanceof CallControlFailure) continue;
            see(presence, sentAt, receivedAt);
          }
          // Whoever is not shown is not asked for at once again.
          for (const id of ids) {
            knownAt.set(id, performance.now());
            underway.delete(id);
          }
        },
        `presence ${ids[0]}`,
        errand,
        signal,
      );
    errands.want(`presence ${ids[0]}`, errand, { urgent });
  }

  function see(presence: Presence, sentAt: number, receivedAt: number): void {
    const { extensionId } = presence;
    const before = picture.presence(extensionId);
    const result = picture.takePresence(presence, { sentAt });
    knownAt.set(extensionId, performance.now());
    parts.take(result, receivedAt);
    const seen = picture.presence(extensionId);
    if (seen !== undefined && result.changes.length === 0) parts.known(seen);
    if (isSurveyed) lookAtCalls(before, seen);
  }

  /** The calls of an extension that are others now, where their own news do not tell. */
  function lookAtCalls(before: Presence | undefined, after: Presence | undefined): void {
    if (!parts.wantsAll() || after === undefined || before === after) return;
    const calls = parts.reach()?.calls;
    const isTold = calls === 'everybody' || calls?.has(after.extensionId) === true;
    const was = new Map(before?.activeCalls.map((one) => [one.partyId, one.rawTelephonyStatus]));
    for (const { sessionId, partyId, rawTelephonyStatus } of after.activeCalls) {
      const isNew = was.get(partyId) !== rawTelephonyStatus;
      was.delete(partyId);
      if (isTold && picture.call(sessionId) === undefined)
        wantCall(sessionId, { after: isSurveyed ? NEWS_SETTLE : 0 });
      else if (!isTold && isNew) wantCall(sessionId, { force: true });
    }
    if (isTold) return;
    for (const { sessionId, partyId } of before?.activeCalls ?? []) {
      if (was.has(partyId)) wantCall(sessionId, { force: true });
    }
  }

  function wantCall(
    sessionId: string,
    { urgent = false, after = 0, force = false }: { urgent?: boolean; after?: number; force?: boolean } = {},
  ): void {
    if (unreadable.has(sessionId) || picture.isBuried(sessionId) || !parts.isAsking()) return;
    if (force) forced.add(sessionId);
    errands.want(`call ${sessionId}`, (signal) => readCall(sessionId, signal), { urgent, after });
  }

  async function readCall(sessionId: string, signal: AbortSignal): Promise<void> {
    const isForced = forced.delete(sessionId);
    if (!isForced && parts.reach()?.calls === 'everybody' && picture.isWhole(sessionId)) return;
    const again = () => wantCall(sessionId, { after: RETRY[0], force: true });
    await asking(
      async (from) => {
        try {
          const reading = await from.readCall(sessionId, { lane: 'poll', signal });
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
          if (error instanceof Unauthenticated || error instanceof RateLimited) throw error;
          if (!(error instanceof CallControlFailure) || error instanceof UpstreamUnavailable) throw error;
          // They said no: it is shown as far as it is told.
          unreadable.set(sessionId, true);
        }
      },
      `call ${sessionId}`,
      (next) => {
        forced.add(sessionId);
        return readCall(sessionId, next);
      },
      signal,
    );
  }

  /** Does something by the source there is; where that fails it is tried again, later. */
  async function asking(
    ask: (from: AccountSource) => Promise<void>,
    name: string,
    errand: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const from = source();
    if (from === null) return;
    try {
      await ask(from);
      if (signal.aborted) return;
      if (failures > 0) {
        failures = 0;
        if (!isDoubted) parts.onRecovery();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Unauthenticated || error instanceof Forbidden) {
        parts.onRefused(error);
        return;
      }
      if (!(error instanceof CallControlFailure)) parts.log.error({ err: error }, 'The account met a defect');
      const pause = RETRY[Math.min(failures, RETRY.length - 1)] ?? 0;
      const penalty = error instanceof RateLimited ? error.retryAt - Date.now() : 0;
      const wait = Math.max(penalty, pause * (0.5 + Math.random() / 2));
      failures += 1;
      errands.want(name, errand, { after: wait });
      parts.onTrouble(Date.now() + wait);
    }
  }

  function idle(): void {
    if (isSurveying) return;
    isCold = false;
    if (!isDoubted) return;
    isDoubted = false;
    parts.onRecovery();
  }
}

/** What a phone system allows where it has not said otherwise. */
const USUAL_READS = 50;

function inPieces(ids: readonly string[]): string[][] {
  const pieces: string[][] = [];
  for (let at = 0; at < ids.length; at += MOST_AT_ONCE) pieces.push(ids.slice(at, at + MOST_AT_ONCE));
  return pieces;
}
