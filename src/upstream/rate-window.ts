/**
 * What is known of a user's rate limit, and whether one more request fits: pure decisions, which are told
 * the time.
 *
 * A phone system counts the requests of a user in a window, taken for a sliding one because that is the strictest, per
 * app and rate group. One too many is answered 429. We do not see its count, only when our own requests left and were
 * answered, and what the headers of the answers say.
 *
 * ```text
 *   spend()                          settle()                        one window after settle()
 *   ──●───────────────────────────────●───────────────────────────────●────────►
 *     └─ it is counted here       ──┘   it may still be counted     └─ it counts no more
 *        somewhere
 * ```
 */
import type { Lane } from './caller.ts';

/** What a phone system documents of its rate limits. */
export interface RateRule {
  /** Its name, for those who are refused. */
  readonly system: string;
  /** The rate groups, and how many requests of each a user may send in a minute until an answer teaches better. */
  readonly limits: Readonly<Record<string, number>>;
  /**
   * Milliseconds of a penalty that a request may wait for, as long as its patience lasts; a longer penalty refuses polls
   * too. Null: in a penalty only polls wait, however long it takes.
   */
  readonly longestWait: number | null;
}

const DOCUMENTED_WINDOW = 60_000; // 60 seconds

/** A longer window is a mistake or an attack, and not believed: it would keep everybody out. */
const LONGEST_WINDOW = 3_600_000; // 1 hour

/** A higher limit is counted as this one, which is none in practice. */
const MOST_LIMIT = 1_000_000; // requests in a window

/**
 * The longest that a request is thought to travel before it is counted. An answer that took
 * longer was held, as long polls are.
 */
const LONGEST_TRAVEL = 10_000; // 10 seconds

/** A window is kept closed this much longer, for clocks that tick and round differently. */
const WINDOW_MARGIN = 250; // milliseconds

/** The same for penalties; longer, because `Retry-After` may have been rounded down to a second. */
const PENALTY_MARGIN = 1_000; // 1 second

/**
 * Share of the limit, and least number of requests, that a lane leaves to the lanes before it. A screen of twenty calls
 * must fit into the first minute: who asks, and a read and a poll for each.
 */
const RESERVES: Readonly<Record<Lane, { share: number; least: number }>> = {
  command: { share: 0, least: 0 },
  query: { share: 0.1, least: 2 },
  poll: { share: 0.15, least: 5 },
};

/** Answers are counted in steps of time, longer ones where many are allowed: a high limit costs no more than a low one. */
const STEPS = { few: 100, many: 1_000 }; // milliseconds
const FEW = 100; // requests in a window

/** A request on its way. Times are milliseconds of a clock that never jumps. */
interface Underway {
  readonly id: number;
  readonly sentAt: number;
}

/** Requests that were over within the same step. */
interface Spent {
  readonly count: number;
  /** None of them was sent before this. */
  readonly since: number;
  /** All of them had been counted by then. */
  readonly by: number;
}

/** What is known of the window of one user and group; an immutable value. */
export interface RateWindow {
  /** Requests allowed in a window; null where nothing is limited. */
  readonly limit: number | null;
  /** True once an answer has said so. */
  readonly learnt: boolean;
  readonly length: number;
  readonly underway: readonly Underway[];
  readonly spent: readonly Spent[];
  /** Requests of others (a desk phone app, another gateway) that `Remaining` gave away. */
  readonly others: { readonly count: number; readonly until: number };
  readonly penaltyUntil: number;
}

/** What an answer says about the budget. */
export interface RateNotice {
  /** What is allowed in a window; 0 means that nothing is limited. */
  readonly limit?: number | undefined;
  /** What is left of it. */
  readonly remaining?: number | undefined;
  /** Its length in milliseconds. */
  readonly window?: number | undefined;
  /** Only of a 429: milliseconds of silence that it asks for. */
  readonly penalty?: number | undefined;
  /** True when the answer is a success, of a system that says so where it limits: what it does not mention has no limit. */
  readonly ok: boolean;
}

/** May a request go? */
export type Verdict = { readonly kind: 'go' } | Closed;

/** Not now: it may go at `until`, if nobody comes in between. */
export interface Closed {
  readonly kind: 'full' | 'penalty';
  readonly until: number;
}

const GO: Verdict = { kind: 'go' };

/** A window that nothing is known of yet but the documented limit. */
export function newWindow(limit: number): RateWindow {
  return {
    limit,
    learnt: false,
    length: DOCUMENTED_WINDOW,
    underway: [],
    spent: [],
    others: { count: 0, until: 0 },
    penaltyUntil: 0,
  };
}

/** Whether a request of this lane may go now, when `ahead` others go before it. */
export function decide(window: RateWindow, lane: Lane, ahead: number, now: number): Verdict {
  if (now < window.penaltyUntil) return { kind: 'penalty', until: window.penaltyUntil };
  if (window.limit === null) return GO;
  const room = window.limit - reserve(lane, window.limit) - ahead;
  let used = usedIn(window, now);
  if (used < room) return GO;
  for (const { count, at } of leavingsOf(window, now)) {
    used -= count;
    if (used < room) return { kind: 'full', until: at };
  }
  return { kind: 'full', until: now + window.length }; // more are ahead than a window holds
}

/** Requests that may still be sent in this window, whatever their lane; null where nothing limits them. */
export function remaining(window: RateWindow, now: number): number | null {
  if (window.limit === null) return null;
  return now < window.penaltyUntil ? 0 : Math.max(0, window.limit - usedIn(window, now));
}

/** Counts a request that is about to leave. */
export function spend(window: RateWindow, id: number, now: number): RateWindow {
  return { ...window, underway: [...window.underway, { id, sentAt: now }] };
}

/** Counts it from when it leaves. */
export function depart(window: RateWindow, id: number, now: number): RateWindow {
  return spend(refund(window, id), id, now);
}

/** Takes back a request that certainly never reached the phone system. */
export function refund(window: RateWindow, id: number): RateWindow {
  return { ...window, underway: window.underway.filter((one) => one.id !== id) };
}

/** Notes that a request is over, and what its answer (null: none came) says about the budget. */
export function settle(window: RateWindow, id: number, notice: RateNotice | null, now: number): RateWindow {
  const own = window.underway.find((one) => one.id === id);
  if (own === undefined) return window;
  const settled = { ...refund(window, id), spent: withSpent(window, own, now) };
  if (notice === null) return settled;
  const informed = learn(settled, notice);
  if (notice.penalty !== undefined) {
    return penalise(informed, now + notice.penalty + PENALTY_MARGIN);
  }
  return notice.remaining === undefined ? informed : countOthers(informed, own, notice.remaining, now);
}

/** Keeps the window shut until then, or for longer if it already is. */
export function penalise(window: RateWindow, until: number): RateWindow {
  return { ...window, penaltyUntil: Math.max(window.penaltyUntil, until) };
}

function reserve(lane: Lane, limit: number): number {
  const { share, least } = RESERVES[lane];
  // A tiny limit is shared by halves, or else its polls would never go.
  return Math.min(Math.max(Math.ceil(limit * share), least), Math.floor(limit / 2));
}

/** Requests that are over and still count, those on their way, and those of others. */
export function usedIn({ length, underway, spent, others }: RateWindow, now: number): number {
  const start = now - length - WINDOW_MARGIN;
  const over = countOf(spent, ({ by }) => by > start);
  // A long poll may be on its way for longer than a window.
  let open = 0;
  for (const { sentAt } of underway) if (countedBy(sentAt, now) > start) open += 1;
  return over + open + (others.until > now ? others.count : 0);
}

/** The same requests, in the order in which they leave the window. */
function leavingsOf(
  { length, underway, spent, others }: RateWindow,
  now: number,
): { count: number; at: number }[] {
  const own = [...spent, ...underway.map(({ sentAt }) => ({ count: 1, by: countedBy(sentAt, now) }))];
  return own
    .map(({ count, by }) => ({ count, at: by + length + WINDOW_MARGIN }))
    .concat({ count: others.count, at: others.until })
    .filter(({ at }) => at > now)
    .sort((one, other) => one.at - other.at);
}

/**
 * A request is counted somewhere between sending and answering. The later moment is the safe one,
 * which for a request under way is not before now.
 */
function countedBy(sentAt: number, now: number): number {
  return Math.min(now, sentAt + LONGEST_TRAVEL);
}

function withSpent(
  { spent, length, limit }: RateWindow,
  { sentAt }: Underway,
  now: number,
): readonly Spent[] {
  const step = limit !== null && limit <= FEW ? STEPS.few : STEPS.many;
  const by = Math.ceil(countedBy(sentAt, now) / step) * step;
  // Those that left long ago are kept until no late answer can speak of them any more.
  const isKept = (one: Spent) => one.by + length + LONGEST_TRAVEL > now;
  const kept = spent.every(isKept) ? spent : spent.filter(isKept);
  const last = kept.at(-1);
  if (last?.by !== by) return [...kept, { count: 1, since: sentAt, by }];
  return kept.with(-1, { count: last.count + 1, since: Math.min(last.since, sentAt), by });
}

/** How many requests the groups that are meant have; of a busy window there are many, and it is asked for each request. */
function countOf(groups: readonly Spent[], isMeant: (group: Spent) => boolean): number {
  let count = 0;
  for (const group of groups) if (isMeant(group)) count += group.count;
  return count;
}

function learn(window: RateWindow, { limit, window: length, ok }: RateNotice): RateWindow {
  if (limit !== undefined) {
    const isBelievable = length !== undefined && length <= LONGEST_WINDOW;
    return {
      ...window,
      learnt: true,
      limit: limit === 0 ? null : Math.min(limit, MOST_LIMIT),
      length: isBelievable ? length : window.length,
    };
  }
  // A success that does not mention a limit has none; but one that was named before is kept.
  return ok && !window.learnt ? { ...window, limit: null } : window;
}

/**
 * Works out what others spent. Which of our own requests had been counted when `Remaining` was written
 * is not known exactly while several are under way, so their number has a lower and an upper bound; the
 * last estimate is moved no further than these demand.
 */
function countOthers(window: RateWindow, own: Underway, left: number, now: number): RateWindow {
  const { limit, length, spent, underway, others } = window;
  if (limit === null || now - own.sentAt > LONGEST_TRAVEL) return window; // held: when was it written?

  const used = limit - left;
  const perhaps = underway.length + countOf(spent, ({ by }) => by + length > own.sentAt);
  const surely = 1 + countOf(spent, ({ by, since }) => by < own.sentAt && since > now - length);
  const least = Math.max(0, used - perhaps);
  const most = Math.max(0, used - surely);

  const before = others.until > now ? others.count : 0;
  const count = Math.min(Math.max(before, least), most);
  const isFresh = least > 0 && least >= before;
  return { ...window, others: { count, until: isFresh ? now + length + WINDOW_MARGIN : others.until } };
}
