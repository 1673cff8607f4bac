/**
 * What is asked for about an account: everything once, what is not told by itself again and again, and what may be missing.
 *
 * ```text
 *   survey ──► presence of everybody, page by page ──► surveyed ──► the calls that it names and nobody told of, one by one
 *                 └─not allowed─► the list of extensions, and their presence in bulk ─┘
 *   told of nobody, or not of all ──► `rounds.ts`: the presence of those in bulk, round and round
 *                                        └──► `call-reads.ts`: each call that changed in it
 * ```
 *
 * All of it waits in one line of errands, inside a share of the rate budget: a larger one until what a survey led to is
 * done, a small one from then on. It goes behind what clients ask for, but for the first survey, which somebody waits for.
 */
import type { Presence } from '../../schema/account/model.ts';
import { type CallControlFailure, Forbidden, RateLimited } from '../../schema/failures.ts';
import type { Log } from '../telemetry/log.ts';
import type { AccountMemory, Result } from './account-memory.ts';
import { createAsking } from './asking.ts';
import { createCallReads } from './call-reads.ts';
import { createRounds, isToldOfCalls } from './rounds.ts';
import type { AccountSource, Reach } from './source.ts';
import type { Watching } from './tidings.ts';

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
  /** Everything was asked for; again, where those who were only listed then have been asked for, too. */
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
  /** It was, or is being asked for. */
  readonly hasBegun: boolean;
  /** The viewer was shown what everybody does, and not only what those do whom they asked for. */
  readonly seesEverybody: boolean;
  /** True while presence is asked for, round and round. */
  readonly isPolling: boolean;
  /** Asks for everything, where that is not done and not being done. */
  begin(): void;
  /** Asks for everything, also for what is known. */
  survey(): void;
  /** Something was missed: until everything that is known was asked for again, it may be old. */
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
  adopted(watching: Pick<Watching, 'isSurveyed' | 'seesEverybody'>): void;
  /** Another gateway asks from now on. */
  pause(): void;
  /** Nobody looks at everything any more: what is asked for is what a row of extensions does. */
  narrow(): void;
  rest(): void;
}

/** Of the requests that a minute allows: while it is all new, and later. */
const COLD_SHARE = 0.6;
const STEADY_SHARE = 0.2;
/** For all that, no more in a minute. */
const MOST_COLD = 200;
const MOST_STEADY = 12;
/** What a phone system allows where it has not said otherwise. */
const USUAL_READS = 50;
/** A page that is not the last one is followed by another. */
const MOST_PAGES = 20;
/** So many extensions are listened for one by one. */
const MOST_EXTENSIONS = 1_000;
/** A slow look finds what was lost although nobody noticed. */
const CHECK = 300_000; // 5 minutes
/** Where not everybody is told of, a call goes on although nobody is left in it who is. */
const LOOK = 60_000; // 1 minute
const SURVEY = 'everything';

/** Makes it; it asks for nothing. */
export function createSurveyor(parts: SurveyorParts): Surveyor {
  const { picture, source } = parts;
  let isSurveyed = false;
  let isSurveying = false;
  let seesEverybody = false;
  /** Everything that is known is asked for again, before it is said to be true. */
  let isDoubted = false;
  /** What a survey led to, and is not done yet. */
  const cold = new Set<string>();
  let checking: NodeJS.Timeout | null = null;

  const asking = createAsking({
    source,
    log: parts.log,
    perMinute() {
      const allowed = source()?.readsPerMinute?.() ?? USUAL_READS;
      if (allowed === Infinity) return Infinity;
      return cold.size > 0
        ? Math.min(MOST_COLD, allowed * COLD_SHARE)
        : Math.min(MOST_STEADY, allowed * STEADY_SHARE);
    },
    onDone: done,
    onTrouble: parts.onTrouble,
    onAnswer() {
      if (!isDoubted) parts.onRecovery();
    },
    onRefused: parts.onRefused,
  });
  const calls = createCallReads({
    ...{ picture, asking, reach: parts.reach, take: parts.take, onWanted: isPartOfSurvey },
    isSurveyed: () => isSurveyed,
  });
  const rounds = createRounds({
    ...{ asking, pace: parts.pace, reach: parts.reach, row: parts.row, see, onWanted: isPartOfSurvey },
    onNamedAsked() {
      level();
      parts.onSurveyed();
    },
    everybody: () => (parts.wantsAll() ? picture.presences().map(({ extensionId }) => extensionId) : []),
    mayAsk: () => parts.isAsking() && (parts.reach() !== null || parts.isDeaf()),
  });

  return {
    get isSurveyed() {
      return isSurveyed;
    },
    get hasBegun() {
      return isSurveyed || isSurveying;
    },
    get seesEverybody() {
      return seesEverybody;
    },
    get isPolling() {
      return rounds.isPolling;
    },
    begin() {
      if (!isSurveyed && !isSurveying) survey();
    },
    survey,
    resurvey() {
      isDoubted = true;
      parts.onTrouble(Date.now());
      survey();
    },
    recovered() {
      if (!isDoubted && !asking.isFailing) parts.onRecovery();
    },
    level,
    unreached() {
      rounds.doubt();
      level();
    },
    lacks(sessionId, when) {
      if (parts.isAsking()) calls.lacks(sessionId, when);
    },
    told(extensionId, before) {
      rounds.know(extensionId);
      lookAtCalls(before, picture.presence(extensionId));
    },
    isKnown: rounds.isKnown,
    extensionIds: () =>
      picture
        .presences()
        .slice(0, MOST_EXTENSIONS)
        .map(({ extensionId }) => extensionId),
    adopted(watching) {
      ({ isSurveyed, seesEverybody } = watching);
      for (const { extensionId } of picture.presences()) rounds.know(extensionId);
    },
    pause,
    narrow() {
      pause();
      isSurveyed = false;
    },
    rest() {
      pause();
      isSurveyed = false;
      seesEverybody = false;
      rounds.doubt();
    },
  };

  function pause(): void {
    if (checking !== null) clearTimeout(checking);
    checking = null;
    asking.clear();
    calls.clear();
    rounds.pause();
    cold.clear();
    isSurveying = false;
    isDoubted = false;
  }

  function survey(): void {
    if (!parts.isAsking()) return;
    if (!parts.wantsAll()) {
      rounds.doubt();
      level();
      return;
    }
    isSurveying = true;
    cold.add(SURVEY);
    // What is known may have changed by the time that it is told of.
    for (const id of picture.callIds()) calls.want(id, { force: true });
    asking.want(SURVEY, everything, { urgency: 'urgent' });
  }

  function isPartOfSurvey(name: string): void {
    if (isSurveying) cold.add(name);
  }

  function done(name: string): void {
    cold.delete(name);
    if (cold.size > 0 || !isDoubted || asking.isFailing) return;
    isDoubted = false;
    parts.onRecovery();
  }

  async function everything(from: AccountSource, signal: AbortSignal): Promise<void> {
    try {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const { value, sentAt, receivedAt } = await readPage(from, page, signal);
        if (signal.aborted) return;
        for (const presence of value.presences) see(presence, sentAt, receivedAt);
        if (!value.hasNext) break;
      }
      seesEverybody = true;
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      seesEverybody = false;
      const extensions = await listed(from, signal);
      if (signal.aborted) return;
      rounds.want(extensions);
    }
    surveyed();
  }

  /** For the first survey somebody waits, and it goes before polls while there is room for it; later ones stand behind all. */
  async function readPage(from: AccountSource, page: number, signal: AbortSignal) {
    try {
      // What was not answered in the time that whoever waits has, is given all the time that there is.
      const isAwaited = !isSurveyed && !asking.isFailing;
      if (isAwaited) return await from.readAccountPresence(page, { lane: 'query', signal });
    } catch (error) {
      if (!(error instanceof RateLimited) || error.sent) throw error;
    }
    return from.readAccountPresence(page, { lane: 'poll', signal });
  }

  /**
   * Whoever may not know who there is knows of those who were asked for.
   * @throws {Forbidden} where that leaves nothing to be known.
   */
  async function listed(from: AccountSource, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return (await from.listExtensions({ lane: 'poll', signal })).map(({ id }) => id);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      if (!isToldOfCalls(parts.reach()) && parts.row().size === 0) throw error;
      return [...parts.row()];
    }
  }

  function surveyed(): void {
    for (const presence of picture.presences()) lookAtCalls(undefined, presence);
    isSurveyed = true;
    isSurveying = false;
    checking ??= setTimeout(check, parts.reach()?.calls === 'everybody' ? CHECK : LOOK).unref();
    level();
    parts.onSurveyed();
  }

  /** What got lost although nobody noticed: calls that nobody is in, and such that nobody told of. */
  function check(): void {
    checking = null;
    if (!isSurveyed || !parts.isAsking()) return;
    const named = new Set(
      picture.presences().flatMap(({ activeCalls }) => activeCalls.map((one) => one.sessionId)),
    );
    const isTold = parts.reach()?.calls === 'everybody';
    for (const id of picture.callIds())
      if (!isTold || !named.has(id)) calls.want(id, { force: true, urgency: 'idle' });
    asking.want(SURVEY, everything, { urgency: 'idle' });
  }

  function level(): void {
    // Nobody is asked for one by one who is asked for with all others.
    if (isSurveying && parts.wantsAll()) return;
    rounds.level();
  }

  function see(presence: Presence, sentAt: number, receivedAt: number): void {
    const { extensionId } = presence;
    const before = picture.presence(extensionId);
    const result = picture.takePresence(presence, { sentAt });
    rounds.know(extensionId);
    parts.take(result, receivedAt);
    const seen = picture.presence(extensionId);
    if (seen !== undefined && result.changes.length === 0) parts.known(seen);
    if (isSurveyed) lookAtCalls(before, seen);
  }

  function lookAtCalls(before: Presence | undefined, after: Presence | undefined): void {
    if (parts.wantsAll() && parts.isAsking()) calls.presenceChanged(before, after);
  }
}
