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
import type { AccountLiveSource, WaitingCall } from '../../schema/account/model.ts';
import type { AccountCallEvent } from '../../schema/account/provider.ts';
import { Forbidden, Unauthenticated } from '../../schema/failures.ts';
import type { Beside, BesideDesk, BesideTurn } from '../live/beside.ts';
import { type CursorScope, createReplay, type Place, type ReplayLimits } from '../live/replay.ts';
import type { CallShape } from '../live/shape.ts';
import { SharedReplay } from '../live/shared/shared-replay.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { AccountMemory, type Change, type Result } from './account-memory.ts';
import type { CompanyKind } from './kind.ts';
import { type AccountLedger, createAccountLedger } from './ledger.ts';
import type { WatchedAccount } from './picture.ts';
import { type AccountReaderLimits, createAccountReaders } from './readers.ts';
import {
  type AccountEar,
  type AccountListener,
  hasAccount,
  type Interest,
  OUT_OF_REACH,
  type Reach,
  sourceBy,
} from './source.ts';
import { createSurveyor, type Surveyor } from './surveyor.ts';
import { changeIn, type Watching } from './tidings.ts';
import { type AccountWish, areSameWishes, readWishes, rowOf, writeWish } from './wishes.ts';

/** The account of one viewer. */
export interface AccountDesk extends Beside, AccountListener, WatchedAccount {}

/** What all of them share; the numbers are for tests. */
export interface AccountDeskParts {
  readonly shape: CallShape<CompanyKind>;
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
export function createAccountDesk(parts: AccountDeskParts, desk: BesideDesk<CompanyKind>): AccountDesk {
  const { metrics, log, limits } = parts;
  const picture = new AccountMemory(parts.shape, (session, party) => desk.source().outlook(session, party));
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
  /** What other gateways wish. */
  let elsewhere: readonly AccountWish[] = [];
  /** What was told before it was known what others hold. */
  let early: (() => void)[] = [];
  let isTroubled = false;
  /** Another gateway asked until a moment ago: what was told between the two of them nobody has heard. */
  let mayHaveMissed = false;
  /** Nobody looked at everything any more, which is not told to all yet. */
  let isNarrowing = false;
  let waits: ReadonlyMap<string, WaitingCall> = new Map();

  const readers = createAccountReaders(limits, metrics, {
    picture,
    isFresh: () => surveyor.isSurveyed && isOpen() && !isNarrowing,
    isKnown: (id) => (isAsking() ? surveyor.isKnown(id) : isOpen() && picture.presence(id) !== undefined),
    isOpen,
    createReplay() {
      const scope = parts.cursors(desk.viewerId);
      return desk.sharing === undefined
        ? createReplay<AccountCallEvent>(scope, limits.replay)
        : new SharedReplay<AccountCallEvent>(scope, limits.replay);
    },
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
    isAsking: () => isAsking() && isOpen(),
    wantsAll,
    row,
    take,
    known: (presence) => readers.known(presence),
    onSurveyed() {
      levelReach();
      // Whoever starts from it is not told again what led to it.
      if (ledger === null) readers.start();
      else void ledger.settled().then(surveyTold);
    },
    onTrouble: tellTrouble,
    onRecovery: tellRecovery,
    onRefused(error) {
      if (error instanceof Unauthenticated) desk.sharing?.onUnauthenticated();
      else ledger?.publishRefusal(error);
      fail(error);
    },
  });
  const ledger: AccountLedger | null =
    desk.sharing === undefined
      ? null
      : createAccountLedger(desk.sharing, limits.replay.most, {
          memory: picture,
          facts: () => {
            const { isSurveyed, seesEverybody } = surveyor;
            return { source: liveSource(), isSurveyed, seesEverybody };
          },
          tell: (change, at, place) => readers.tell(change, at, place),
          tellTrouble: (next, place) => readers.tellTrouble(next, place),
          tellRecovery: (place) => readers.tellRecovery(place),
          narrowed,
          refused: (message, permissionName) =>
            readers.fail(new Forbidden(message, permissionName ?? undefined)),
          begin(place) {
            const replay = readers.replay();
            if (replay instanceof SharedReplay) replay.begin(place);
          },
          remember: (tiding, place) => readers.remember(tiding.at, changeIn(tiding), place),
          opened,
          doubt: (sessionId) => surveyor.lacks(sessionId, 'now'),
          onDefect: (error) => log.error({ err: error }, 'The ledger of an account met a defect'),
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
    look: () => readers.look(),
    presenceUpdates: (ids) => readers.presences(ids),
    liveSource,
    current() {
      if (!isActive || !wantsAll() || !surveyor.isSurveyed || isNarrowing || readers.isTroubled) return null;
      // Whoever is shown hardly anybody must not take it for an answer that nobody calls.
      if (!surveyor.seesEverybody && liveSource() !== 'ACCOUNT_PUSH') return null;
      return { ...picture.current(), waits };
    },
    noteWaits(now) {
      waits = new Map(now.map((wait) => [wait.sessionId, wait]));
    },
    notify: (kind, message, at) => readers.notify(kind, message, at),
    roleChanged() {
      if (!isActive) return;
      ledger?.roleChanged();
      if (!isAsking()) {
        mayHaveMissed = true;
        surveyor.pause();
      } else if (isOpen()) resume();
    },
    wishedElsewhere(whats, isAsked) {
      const wished = readWishes(whats);
      const isSame = areSameWishes(wished, elsewhere);
      elsewhere = wished;
      if (!isSame) looksChanged();
      if (isActive && (isAsked || !isSame)) ledger?.share();
    },
    settled: () => ledger?.settled() ?? Promise.resolve(),
    beat: () => ledger?.keep(),
    stop() {
      readers.end();
      rest();
    },
  };

  function isAsking(): boolean {
    return desk.sharing?.isAsking() ?? true;
  }

  /** True once it is known what others hold. */
  function isOpen(): boolean {
    return ledger?.isOpen ?? true;
  }

  /** Somebody looks at everything, or did a moment ago. */
  function wantsAll(): boolean {
    return readers.count() > 0 || (isActive && isAllKept) || elsewhere.some(({ all }) => all);
  }

  /** Of whom somebody wants to know what they do. */
  function row(): ReadonlySet<string> {
    return rowOf(readers.extensionIds(), elsewhere);
  }

  /** What is looked at here, for whoever leads. */
  function tellWish(): void {
    if (desk.sharing === undefined) return;
    const wish = { all: readers.count() > 0 || isAllKept, row: [...readers.extensionIds()] };
    desk.sharing.wish(isActive ? writeWish(wish) : null);
  }

  /** Others look at something else now. */
  function looksChanged(): void {
    if (isLooked() && !isActive) activate();
    else if (!isLooked() && isActive) rest();
    else if (isActive) {
      narrow();
      resume();
    }
  }

  /** Where only a row is looked at by now, nothing tells of calls any more: what is known of them is let go of. */
  function narrow(): void {
    if (wantsAll() || isNarrowing || !surveyor.hasBegun || !isAsking() || !isOpen()) return;
    isNarrowing = true;
    isTroubled = false;
    if (ledger === null) narrowed(null);
    else ledger.publishNarrowing();
  }

  function narrowed(place: Place | null): void {
    isNarrowing = false;
    surveyor.narrow();
    picture.clearCalls();
    waits = new Map();
    readers.narrow(place);
    ledger?.share();
    if (isActive) resume();
  }

  function isLooked(): boolean {
    return isAllKept || readers.count() > 0 || readers.extensionIds().size > 0 || elsewhere.length > 0;
  }

  function activate(): void {
    isActive = true;
    tellWish();
    ledger?.open();
    desk.tellActivity();
    resume();
  }

  /** Goes on with what there is to do. */
  function resume(): void {
    levelReach();
    if (isAsking() && isOpen() && reach !== null) askForAll(false);
    surveyor.level();
  }

  /** Once, unless something may have been missed. */
  function askForAll(isInDoubt: boolean): void {
    if (isInDoubt || mayHaveMissed) surveyor.survey();
    else surveyor.begin();
    mayHaveMissed = false;
  }

  function surveyTold(): void {
    if (surveyor.isSurveyed) readers.start();
    ledger?.share();
  }

  function opened(watching: Watching): void {
    const { isSurveyed } = watching;
    surveyor.adopted(watching);
    readers.admit();
    for (const catchUp of early.splice(0)) catchUp();
    if (isSurveyed) readers.start();
    for (const presence of picture.presences()) readers.known(presence);
    if (isActive) resume();
  }

  function interest(): Interest | null {
    if (!isActive) return null;
    const ids = [...row()];
    if (!wantsAll()) return ids.length === 0 ? null : { account: false, calls: [], presence: ids };
    const all = surveyor.extensionIds();
    return { account: true, calls: all, presence: [...new Set([...ids, ...all])] };
  }

  function wanted(): void {
    if (leaving !== null) clearTimeout(leaving);
    leaving = null;
    if (readers.count() > 0) isAllKept = true;
    if (!isActive) {
      activate();
      return;
    }
    tellWish();
    resume();
  }

  function left(patience: number): void {
    patientUntil = Math.max(patientUntil, performance.now() + patience);
    tellWish();
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
    tellWish();
    if (!isLooked()) {
      rest();
      return;
    }
    narrow();
    resume();
  }

  function rest(): void {
    if (leaving !== null) clearTimeout(leaving);
    leaving = null;
    if (beginning !== null) clearTimeout(beginning);
    beginning = null;
    isActive = false;
    isAllKept = false;
    isTroubled = false;
    mayHaveMissed = false;
    isNarrowing = false;
    early = [];
    tellWish();
    ledger?.close();
    isLost = false;
    isLate = false;
    widen?.(null);
    reach = null;
    surveyor.rest();
    picture.clear();
    waits = new Map();
    readers.forget();
    noteSource();
    desk.tellActivity();
  }

  /** Says what is to be told; while nothing answers, it is asked for. */
  function levelReach(): void {
    if (!isAsking() || !isOpen()) return;
    widen?.(interest());
    noteSource();
    if (reach !== null || !isActive) return;
    if (desk.isDeaf()) {
      if (parts.pushOnly) fail(notTold());
      else surveyor.begin();
      return;
    }
    beginning ??= setTimeout(() => {
      beginning = null;
      if (!isActive || reach !== null) return;
      isLate = true;
      surveyor.begin();
    }, desk.beginning() ?? FIRST_WORD).unref();
  }

  function reached(now: Reach | null, wasInterrupted: boolean): void {
    reach = now;
    noteSource();
    if (!isActive || !isAsking() || !isOpen()) return;
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
    askForAll(wasInterrupted);
    levelReach();
    surveyor.level();
  }

  /** True where single extensions were tried, too. */
  function isWithoutHope({ presence }: Reach): boolean {
    const isNobody = presence !== 'everybody' && presence.size === 0;
    return isNobody && (!wantsAll() || surveyor.extensionIds().length > 0);
  }

  function turned(turn: BesideTurn): void {
    if (!isActive || !isAsking()) return;
    switch (turn.kind) {
      case 'lost':
        if (reach === null && !surveyor.isSurveyed) return;
        isLost = true;
        tellTrouble(null);
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
    if (!isOpen()) {
      keepEarly(() => heard(news));
      return;
    }
    const isAll = reach?.calls === 'everybody';
    const result = picture.hear(news, isAll);
    metrics.accountEvents.inc({ result: result.worth });
    take(result, news.receivedAt);
    if (result.missing !== 'nothing') surveyor.lacks(news.callId, result.missing);
  }

  function heardPresence(news: Parameters<AccountEar['heardPresence']>[0]): void {
    if (!isActive) return;
    if (!isOpen()) {
      keepEarly(() => heardPresence(news));
      return;
    }
    const before = picture.presence(news.extensionId);
    const result = picture.hearPresence(news);
    metrics.accountEvents.inc({ result: result.worth });
    take(result, news.receivedAt);
    surveyor.told(news.extensionId, before);
  }

  function keepEarly(hearAgain: () => void): void {
    if (early.length < MOST_EARLY) early.push(hearAgain);
  }

  function take({ changes }: Pick<Result, 'changes'>, at: number): void {
    if (changes.length > 0) publish(changes, at);
  }

  function publish(changes: readonly Change[], at: number): void {
    if (ledger !== null) ledger.publish(changes, at);
    else for (const change of changes) readers.tell(change, at, null);
  }

  function tellTrouble(next: number | null): void {
    if (isTroubled) return;
    isTroubled = true;
    if (ledger === null) readers.tellTrouble(next, null);
    else ledger.publishTrouble(next);
  }

  function tellRecovery(): void {
    if (!isTroubled) return;
    isTroubled = false;
    if (ledger === null) readers.tellRecovery(null);
    else ledger.publishRecovery();
  }

  function fail(error: unknown): void {
    readers.fail(error);
    rest();
  }

  function liveSource(): AccountLiveSource | null {
    if (!isActive) return null;
    const told = ledger?.source;
    if (told !== undefined) return told;
    if (reach === null) return surveyor.isPolling ? 'PRESENCE_POLL' : null;
    return sourceBy(reach);
  }

  function noteSource(): void {
    const source = liveSource();
    if (source === counted) return;
    if (counted !== null) metrics.accountDesks.dec({ source: counted });
    if (source !== null) metrics.accountDesks.inc({ source });
    counted = source;
  }
}

/** What comes before it is known what others hold, which takes a moment. */
const MOST_EARLY = 1_000;
/** A socket is open sooner. */
const FIRST_WORD = 5_000; // 5 seconds

function notTold(): Forbidden {
  return new Forbidden(
    'The account is told by notifications only (LIVE_SOURCE=push), and RingCentral does not let it be heard.',
    'WebSocketsSubscription',
  );
}
