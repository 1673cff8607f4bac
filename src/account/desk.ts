/**
 * The account of one viewer, as long as somebody looks at it: what is told of it and what has to be asked for become one
 * picture, and everybody who reads is told what changes in it.
 *
 * ```text
 *   resting ──somebody looks──► reaching ──it is known how far what is told reaches──► surveying ──read once──► watching
 *      ▲                           └── nothing tells by itself, or not soon ───────────►│  ▲                      │
 *      │                                                                                │  └── something may have been missed
 *      └── nobody looks any more, after the linger: from everywhere
 *
 *   watching, by what reaches      asked for                             liveSource
 *   everybody's calls, presence    what was seen midway, and gaps        ACCOUNT_PUSH
 *   those of extensions            the others of their calls             EXTENSIONS_PUSH
 *   nobody's                       presence round and round, new calls   PRESENCE_POLL
 * ```
 */
import type { AccountLiveSource } from '../../schema/account/model.ts';
import type { AccountCallEvent } from '../../schema/account/provider.ts';
import { Forbidden } from '../../schema/failures.ts';
import type { Beside, BesideDesk } from '../live/beside.ts';
import type { Turn } from '../live/newsroom.ts';
import { type CursorScope, createReplay, type ReplayLimits } from '../live/replay.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { AccountMemory, type Result } from './account-memory.ts';
import type { WatchedAccount } from './picture.ts';
import { type AccountReaderLimits, createAccountReaders } from './readers.ts';
import {
  type AccountEar,
  type AccountListener,
  hasAccount,
  type Interest,
  OUT_OF_REACH,
  type Reach,
} from './source.ts';
import { createSurveyor, type Surveyor } from './surveyor.ts';

/** The account of one viewer. */
export interface AccountDesk extends Beside, AccountListener, WatchedAccount {}

/** What all of them share; the numbers are for tests. */
export interface AccountDeskParts {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly limits: AccountReaderLimits & { readonly replay: ReplayLimits };
  /** Milliseconds between two reads of presence, where nothing tells of it. */
  readonly pace: number;
  /** Streams that cannot be told by news fail, instead of being polled. */
  readonly pushOnly: boolean;
  readonly cursors: (viewerId: string) => CursorScope;
}

/** Makes it; nobody looks at it. */
export function createAccountDesk(parts: AccountDeskParts, desk: BesideDesk): AccountDesk {
  const { metrics, log, limits } = parts;
  const picture = new AccountMemory((session, party) => desk.source().outlook(session, party));
  let isActive = false;
  let leaving: NodeJS.Timeout | null = null;
  /** When whoever left last is not waited for any more, by `performance.now()`. */
  let patientUntil = -Infinity;
  let widen: ((interest: Interest | null) => void) | null = null;
  let reach: Reach | null = null;
  let beginning: NodeJS.Timeout | null = null;
  /** What told of everything was lost: it is asked for meanwhile. */
  let isLost = false;
  /** Nothing has told anything for so long that it is asked for. */
  let isLate = false;
  /** Somebody looked at everything a moment ago. */
  let isAllKept = false;
  let counted: AccountLiveSource | null = null;

  const readers = createAccountReaders(limits, metrics, {
    picture,
    isFresh: () => surveyor.isSurveyed,
    isKnown: (id) => surveyor.isKnown(id),
    isOpen: () => true,
    createReplay: () => createReplay<AccountCallEvent>(parts.cursors(desk.viewerId), limits.replay),
    onWanted: wanted,
    onLeave: left,
  });
  const surveyor: Surveyor = createSurveyor({
    picture,
    log,
    pace: parts.pace,
    source: () => {
      const source = desk.source();
      return hasAccount(source) ? source : null;
    },
    reach: () => reach,
    isDeaf: () => desk.isDeaf() || isLost || isLate,
    isAsking: () => true,
    wantsAll,
    row: () => readers.extensionIds(),
    take,
    known: (presence) => readers.known(presence),
    onSurveyed: () => {
      readers.start();
      levelReach();
    },
    onTrouble: (at) => readers.tellTrouble(at, null),
    onRecovery: () => readers.tellRecovery(null),
    onRefused: fail,
  });

  return {
    isWanted: () => isActive,
    turned,
    begin(widening) {
      widen = widening;
      const ear: AccountEar = { heard, heardPresence, reached, ended };
      if (isActive) levelReach();
      return ear;

      function ended(): void {
        if (widen !== widening) return;
        widen = null;
        reach = null;
        noteSource();
      }
    },
    callEvents: (after, dropped) => readers.events(after, dropped),
    presenceUpdates: (ids) => readers.presences(ids),
    liveSource,
    current() {
      if (!isActive || !wantsAll() || !surveyor.isSurveyed || readers.isTroubled) return null;
      return {
        calls: new Map(picture.calls().map((session) => [session.id, session])),
        presences: new Map(picture.presences().map((presence) => [presence.extensionId, presence])),
      };
    },
    notify: (kind, message, at) => readers.notify(kind, message, at),
    stop() {
      readers.end();
      rest();
    },
  };

  /** Somebody looks at everything, or did a moment ago. */
  function wantsAll(): boolean {
    return readers.count() > 0 || (isActive && isAllKept);
  }

  function interest(): Interest | null {
    if (!isActive) return null;
    const row = [...readers.extensionIds()];
    if (!wantsAll()) return row.length === 0 ? null : { account: false, calls: [], presence: row };
    const all = surveyor.extensionIds();
    return { account: true, calls: all, presence: [...new Set([...row, ...all])] };
  }

  function wanted(): void {
    if (leaving !== null) clearTimeout(leaving);
    leaving = null;
    if (readers.count() > 0) isAllKept = true;
    if (!isActive) {
      isActive = true;
      desk.tellActivity();
    }
    levelReach();
    surveyor.level();
  }

  function left(patience: number): void {
    patientUntil = Math.max(patientUntil, performance.now() + patience);
    if (readers.count() > 0) {
      levelReach();
      return;
    }
    if (leaving !== null) clearTimeout(leaving);
    leaving = setTimeout(leave, Math.max(0, patientUntil - performance.now())).unref();
  }

  /** Nobody looks at everything any more; somebody may still look at a row. */
  function leave(): void {
    leaving = null;
    if (readers.count() > 0) return;
    isAllKept = false;
    readers.forget();
    if (readers.extensionIds().size === 0) rest();
    else levelReach();
  }

  function rest(): void {
    if (leaving !== null) clearTimeout(leaving);
    leaving = null;
    if (beginning !== null) clearTimeout(beginning);
    beginning = null;
    isActive = false;
    isAllKept = false;
    isLost = false;
    isLate = false;
    widen?.(null);
    reach = null;
    surveyor.rest();
    picture.clear();
    readers.forget();
    noteSource();
    desk.tellActivity();
  }

  /** Says what is to be told; while nothing answers, it is asked for. */
  function levelReach(): void {
    widen?.(interest());
    noteSource();
    if (reach !== null || !isActive) return;
    if (desk.isDeaf()) {
      if (parts.pushOnly) fail(notTold());
      else if (!surveyor.isSurveyed) surveyor.survey();
      return;
    }
    beginning ??= setTimeout(() => {
      beginning = null;
      if (!isActive || reach !== null) return;
      isLate = true;
      surveyor.survey();
    }, desk.beginning() ?? FIRST_WORD).unref();
  }

  function reached(now: Reach | null, mayHaveMissed: boolean): void {
    reach = now;
    noteSource();
    if (!isActive) return;
    if (now === null) {
      surveyor.unreached();
      return;
    }
    if (parts.pushOnly && now.calls !== 'everybody' && now.calls.size === 0 && isWithoutHope(now)) {
      fail(notTold());
      return;
    }
    isLost = false;
    isLate = false;
    if (mayHaveMissed || !surveyor.isSurveyed) surveyor.survey();
    levelReach();
    surveyor.level();
  }

  /** True where single extensions were tried, too. */
  function isWithoutHope({ presence }: Reach): boolean {
    const isNobody = presence !== 'everybody' && presence.size === 0;
    return isNobody && (!wantsAll() || surveyor.extensionIds().length > 0);
  }

  function turned(turn: Turn): void {
    if (!isActive) return;
    switch (turn.kind) {
      case 'lost':
        if (reach === null && !surveyor.isSurveyed) return;
        isLost = true;
        readers.tellTrouble(null, null);
        surveyor.level();
        break;
      case 'listening':
        // What is told again is known by `reached`, where it was not told for a while.
        if (turn.mayHaveMissed && turn.afterLoss) surveyor.resurvey();
        else if (turn.afterLoss) surveyor.recovered();
        isLost = false;
        break;
      case 'denied':
        isLost = false;
        if (parts.pushOnly) fail(notTold());
        else reached(OUT_OF_REACH, false);
        break;
    }
  }

  function heard(news: Parameters<AccountEar['heard']>[0]): void {
    if (!isActive || !wantsAll()) return;
    const isAll = reach?.calls === 'everybody';
    const result = picture.hear(news, isAll);
    metrics.accountEvents.inc({ result: result.worth });
    take(result, news.receivedAt);
    if (result.missing !== 'nothing') surveyor.lacks(news.sessionId, result.missing);
  }

  function heardPresence(news: Parameters<AccountEar['heardPresence']>[0]): void {
    if (!isActive) return;
    const before = picture.presence(news.extensionId);
    const result = picture.hearPresence(news);
    metrics.accountEvents.inc({ result: result.worth });
    take(result, news.receivedAt);
    surveyor.told(news.extensionId, before);
  }

  function take(result: Pick<Result, 'changes'>, at: number): void {
    for (const change of result.changes) readers.tell(change, at, null);
  }

  function fail(error: unknown): void {
    readers.fail(error);
    rest();
  }

  function liveSource(): AccountLiveSource | null {
    if (!isActive) return null;
    if (reach === null) return surveyor.isPolling ? 'PRESENCE_POLL' : null;
    if (reach.calls === 'everybody') return 'ACCOUNT_PUSH';
    const isSome = reach.calls.size > 0 || reach.presence === 'everybody' || reach.presence.size > 0;
    return isSome ? 'EXTENSIONS_PUSH' : 'PRESENCE_POLL';
  }

  function noteSource(): void {
    const source = liveSource();
    if (source === counted) return;
    if (counted !== null) metrics.accountDesks.dec({ source: counted });
    if (source !== null) metrics.accountDesks.inc({ source });
    counted = source;
  }
}

/** A socket is open sooner. */
const FIRST_WORD = 5_000; // 5 seconds

function notTold(): Forbidden {
  return new Forbidden(
    'The account is told by notifications only (LIVE_SOURCE=push), and RingCentral does not let it be heard.',
    'WebSocketsSubscription',
  );
}
