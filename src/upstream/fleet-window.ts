/**
 * The rate window of one user and group that several gateways spend together: pure decisions.
 *
 * Each gateway writes its own part, and nobody else's: what it sent, and how many tickets it holds. A ticket is the right
 * to send one request within a second; a gateway takes a few at once, so that it need not ask for each. Whether there is
 * room is decided as for one gateway, of all parts laid together.
 *
 * ```text
 *   one    ●●●●○○         ● sent   ○ ticket
 *   other  ●●○                                 together: ●●●●●●○○○ of 50
 * ```
 *
 * A ticket counts as if it had been used in its last moment, until its holder tells what became of it. Its second being
 * over is not enough: whoever was cut off right after it sent something can tell nobody.
 *
 * ```text
 *   takes a ticket   sends with it    cut off       the second is over                          a window later
 *   ──○────────────────●────────────────✗──────────────┼────────────────────────────────────────────┼──►
 *     └── the others count it ──────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * A part that is written twice is the same, so nothing is lost where nobody knows whether it was written; and whoever was
 * away writes the part of the time when it was.
 */
import type { Lane } from './caller.ts';
import { decide, penalise, type RateWindow, usedIn } from './rate-window.ts';

/** What one gateway says of itself. Times are by the clock of the store. */
export interface Part {
  readonly window: RateWindow;
  readonly tickets: Tickets;
  /** When it was written. */
  readonly at: number;
}

/** Requests that may be sent until then. */
export interface Tickets {
  readonly count: number;
  readonly until: number;
}

/** All parts, by gateway. */
export type FleetWindow = Readonly<Record<string, Part>>;

export const NO_TICKETS: Tickets = { count: 0, until: 0 };

/** How long a ticket is good. */
export const TICKET_LIFE = 1_000; // 1 second

/** Nobody takes more in advance, and no more than this share of what is free: it is for all. */
const MOST_SPARE = 64;
const SPARE_SHARE = 1 / 8;

/** What a gateway asks for. */
export interface Wish {
  readonly lane: Lane;
  /** Requests that wait. */
  readonly count: number;
}

/** Writes the part of a gateway, and gives it what tickets it wishes and may have. */
export function grant(
  fleet: FleetWindow,
  gateway: string,
  part: Part,
  wish: Wish | null,
  now: number,
): { readonly fleet: FleetWindow; readonly granted: number; readonly others: readonly Part[] } {
  const others = Object.fromEntries(
    Object.entries(fleet).filter(([name, one]) => name !== gateway && !isOver(one, now)),
  );
  const parts = Object.values(others);
  const granted = wish === null ? 0 : granting(together(part, parts), wish, now);
  const tickets = withMore(part.tickets, granted, now);
  return { fleet: { ...others, [gateway]: { ...part, tickets } }, granted, others: parts };
}

/** What is left of tickets, and so many more, which are good from now. */
export function withMore(tickets: Tickets, more: number, now: number): Tickets {
  if (more > 0) return { count: left(tickets, now) + more, until: now + TICKET_LIFE };
  return left(tickets, now) === 0 ? NO_TICKETS : tickets;
}

/** Tickets that are still good. */
export function left({ count, until }: Tickets, now: number): number {
  return now < until ? count : 0;
}

/** The window as several gateways have spent it. */
export function together(first: Part, more: readonly Part[]): RateWindow {
  return more.reduce((window, part) => laidOver(window, asSpent(part)), asSpent(first));
}

/** Two windows of one user, which different gateways have spent. What is said of the limit is believed at its lowest. */
export function laidOver(one: RateWindow, other: RateWindow): RateWindow {
  const said = one.learnt === other.learnt ? [one, other] : [one.learnt ? one : other];
  const limits = said.flatMap(({ limit }) => (limit === null ? [] : [limit]));
  const [early, late] =
    one.others.until > other.others.until ? [other.others, one.others] : [one.others, other.others];
  return {
    ...penalise(one, other.penaltyUntil),
    limit: limits.length === 0 ? null : Math.min(...limits),
    learnt: one.learnt || other.learnt,
    length: Math.max(...said.map(({ length }) => length)),
    underway: one.underway.concat(other.underway),
    spent: one.spent.concat(other.spent),
    // Both count those who are no gateway of ours.
    others: { count: Math.max(early.count, late.count), until: late.until },
  };
}

/** The same, by another clock, and told to others: whose request is which concerns nobody else. */
export function shifted(window: RateWindow, by: number): RateWindow {
  return {
    ...window,
    underway: window.underway.map(({ sentAt }) => ({ id: 0, sentAt: sentAt + by })),
    spent: window.spent.map((one) => ({ ...one, since: one.since + by, by: one.by + by })),
    others: { ...window.others, until: window.others.until + by },
    penaltyUntil: window.penaltyUntil + by,
  };
}

/**
 * What a gateway may spend that knows nothing of the others: its share of the limit, as if all of them were at it, and
 * with all that it knows they have spent.
 */
export function decideApart(
  own: RateWindow,
  others: RateWindow | null,
  gateways: number,
  { lane, count }: Wish,
  now: number,
) {
  const seen = decide(others === null ? own : laidOver(own, others), lane, count - 1, now);
  if (seen.kind !== 'go' || own.limit === null) return seen;
  const share = Math.max(1, Math.floor(own.limit / Math.max(FEWEST_GATEWAYS, gateways)));
  return decide({ ...own, limit: share }, lane, count - 1, now);
}

/** One that is apart takes others to be there, whether it has seen any or not. */
const FEWEST_GATEWAYS = 2;

function asSpent({ window, tickets: { count, until } }: Part): RateWindow {
  if (count === 0) return window;
  const tickets = Array.from({ length: count }, () => ({ id: 0, sentAt: until }));
  return { ...window, underway: window.underway.concat(tickets) };
}

function granting(window: RateWindow, { lane, count }: Wish, now: number): number {
  const asked = fitting(window, lane, count, now);
  if (asked < count) return asked;
  const free = fitting(window, 'poll', count + MOST_SPARE / SPARE_SHARE, now) - count;
  return count + Math.max(0, Math.min(MOST_SPARE, Math.floor(free * SPARE_SHARE)));
}

/** How many requests of a lane would fit one after the other, `most` at most. */
function fitting(window: RateWindow, lane: Lane, most: number, now: number): number {
  let [fits, tooMany] = [0, most + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (decide(window, lane, middle - 1, now).kind === 'go') fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/** Nothing of it counts any more. */
function isOver(part: Part, now: number): boolean {
  const { window, at } = part;
  const isUsed = usedIn(asSpent(part), now) > 0 || now < window.penaltyUntil;
  return !isUsed && now - at > window.length;
}
