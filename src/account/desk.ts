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
import type { Beside, BesideDesk } from '../live/beside.ts';
import { type CursorScope, createReplay, type Place, type ReplayLimits } from '../live/replay.ts';
import type { CallShape } from '../live/shape.ts';
import { SharedReplay } from '../live/shared/shared-replay.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { AccountMemory, type Result } from './account-memory.ts';
import { createHearing, type Hearing } from './hearing.ts';
import type { CompanyKind } from './kind.ts';
import { type AccountLedger, createAccountLedger } from './ledger.ts';
import type { LedgerHost } from './ledger-host.ts';
import type { WatchedAccount } from './picture.ts';
import { type AccountReaderLimits, createAccountReaders } from './readers.ts';
import { createSoleLedger } from './sole-ledger.ts';
import { type AccountEar, type AccountListener, hasAccount, sourceBy } from './source.ts';
import { createSurveyor, type Surveyor } from './surveyor.ts';
import { changeIn, type Watching } from './tidings.ts';
import { createWants } from './wants.ts';

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
  let counted: AccountLiveSource | null = null;
  /** What was told before it was known what others hold. */
  let early: (() => void)[] = [];
  let isTroubled = false;
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
    onLeave(patience) {
      wants.left(patience);
      if (readers.count() > 0) hearing.level();
    },
  });
  const wants = createWants({
    readers,
    tell: (wish) => desk.sharing?.wish(wish),
    onForgotten() {
      if (isActive) looksChanged();
    },
  });
  const surveyor: Surveyor = createSurveyor({
    picture,
    log,
    pace: parts.pace,
    source: () => {
      const source = desk.source();
      return hasAccount(source) ? source : null;
    },
    reach: () => hearing.reach,
    isDeaf: () => hearing.isDeaf,
    isAsking: () => isAsking() && isOpen(),
    wantsAll: () => wants.all,
    row: () => wants.row,
    take,
    known: (presence) => readers.known(presence),
    onSurveyed() {
      hearing.level();
      // Whoever starts from it is not told again what led to it.
      void ledger.settled().then(surveyTold);
    },
    onTrouble: tellTrouble,
    onRecovery: tellRecovery,
    onRefused(error) {
      if (error instanceof Unauthenticated) desk.sharing?.onUnauthenticated();
      else ledger.publishRefusal(error);
      fail(error);
    },
  });
  const hearing: Hearing = createHearing({
    ...{ desk, wants, surveyor, isOpen, pushOnly: parts.pushOnly },
    isAsking: () => isActive && isAsking(),
    onReach: noteSource,
    onLost: () => tellTrouble(null),
    onUntold: fail,
  });
  const host: LedgerHost = {
    memory: picture,
    facts() {
      const { isSurveyed, seesEverybody } = surveyor;
      return { source: liveSource(), isSurveyed, seesEverybody };
    },
    tell: (change, at, place) => readers.tell(change, at, place),
    tellTrouble: (next, place) => readers.tellTrouble(next, place),
    tellRecovery: (place) => readers.tellRecovery(place),
    narrowed,
    refused: (message, permissionName) => readers.fail(new Forbidden(message, permissionName ?? undefined)),
    begin(place) {
      const replay = readers.replay();
      if (replay instanceof SharedReplay) replay.begin(place);
    },
    remember: (tiding, place) => readers.remember(tiding.at, changeIn(tiding), place),
    opened,
    doubt: (sessionId) => surveyor.lacks(sessionId, 'now'),
    onDefect: (error) => log.error({ err: error }, 'The ledger of an account met a defect'),
  };
  const ledger: AccountLedger =
    desk.sharing === undefined
      ? createSoleLedger(host)
      : createAccountLedger(desk.sharing, limits.replay.most, host);

  return {
    isWanted: () => isActive,
    turned: hearing.turned,
    begin: (widen): AccountEar => ({ heard, heardPresence, ...hearing.begin(widen) }),
    callEvents: (after, dropped) => readers.events(after, dropped),
    look: () => readers.look(),
    presenceUpdates: (ids) => readers.presences(ids),
    liveSource,
    current() {
      if (!isActive || !wants.all || !surveyor.isSurveyed || isNarrowing || readers.isTroubled) return null;
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
      ledger.roleChanged();
      if (!isAsking()) hearing.pause();
      else if (isOpen()) hearing.resume();
      noteSource();
    },
    wishedElsewhere(whats, isAsked) {
      const isNew = wants.elsewhere(whats);
      if (isNew) looksChanged();
      if (isActive && (isAsked || isNew)) ledger.share();
    },
    settled: () => ledger.settled(),
    beat: () => ledger.keep(),
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
    return ledger.isOpen;
  }

  /** Somebody looks at something else now. */
  function looksChanged(): void {
    if (wants.any && !isActive) wanted();
    else if (!wants.any && isActive) rest();
    else if (isActive) {
      narrow();
      hearing.resume();
    }
  }

  /** Where only a row is looked at by now, nothing tells of calls any more: what is known of them is let go of. */
  function narrow(): void {
    if (wants.all || isNarrowing || !surveyor.hasBegun || !isAsking() || !isOpen()) return;
    isNarrowing = true;
    isTroubled = false;
    ledger.publishNarrowing();
  }

  function narrowed(place: Place | null): void {
    isNarrowing = false;
    surveyor.narrow();
    picture.clearCalls();
    waits = new Map();
    readers.narrow(place);
    ledger.share();
    if (isActive) hearing.resume();
  }

  function wanted(): void {
    const wasActive = isActive;
    isActive = true;
    wants.came();
    if (!wasActive) {
      ledger.open();
      desk.tellActivity();
    }
    hearing.resume();
  }

  function surveyTold(): void {
    if (surveyor.isSurveyed) readers.start();
    ledger.share();
  }

  function opened(watching: Watching): void {
    const { isSurveyed } = watching;
    surveyor.adopted(watching);
    readers.admit();
    for (const catchUp of early.splice(0)) catchUp();
    if (isSurveyed) readers.start();
    for (const presence of picture.presences()) readers.known(presence);
    if (isActive) hearing.resume();
  }

  function rest(): void {
    isActive = false;
    isTroubled = false;
    isNarrowing = false;
    early = [];
    wants.rest();
    ledger.close();
    hearing.rest();
    picture.clear();
    waits = new Map();
    readers.forget();
    noteSource();
    desk.tellActivity();
  }

  function heard(news: Parameters<AccountEar['heard']>[0]): void {
    if (!isActive || !wants.all) return;
    if (!isOpen()) {
      keepEarly(() => heard(news));
      return;
    }
    const isAll = hearing.reach?.calls === 'everybody';
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
    if (changes.length > 0) ledger.publish(changes, at);
  }

  function tellTrouble(next: number | null): void {
    if (isTroubled) return;
    isTroubled = true;
    ledger.publishTrouble(next);
  }

  function tellRecovery(): void {
    if (!isTroubled) return;
    isTroubled = false;
    ledger.publishRecovery();
  }

  function fail(error: unknown): void {
    readers.fail(error);
    rest();
  }

  function liveSource(): AccountLiveSource | null {
    if (!isActive) return null;
    const told = ledger.source;
    if (told !== undefined) return told;
    if (hearing.reach !== null) return sourceBy(hearing.reach);
    return surveyor.isPolling ? 'PRESENCE_POLL' : null;
  }

  /** Of several gateways one counts it: the one that asks. */
  function noteSource(): void {
    const source = isAsking() ? liveSource() : null;
    if (source === counted) return;
    if (counted !== null) metrics.accountDesks.dec({ source: counted });
    if (source !== null) metrics.accountDesks.inc({ source });
    counted = source;
  }
}

/** What comes before it is known what others hold, which takes a moment. */
const MOST_EARLY = 1_000;
