/** One gate of the rate budget: a user, a rate group, who waits there, and who may go. */

import type { Leave } from '../turnstile.ts';
import { type BudgetShares, createBudgetShares } from './budget-shares.ts';
import { LANES, type Lane } from './caller.ts';
import {
  type Closed,
  decide,
  newWindow,
  type RateNotice,
  type RateRule,
  type RateWindow,
  remaining,
  settle,
} from './rate-window.ts';
import type { SharedVerdict, SharedWindow } from './shared-window.ts';

/** The right to send one request; exactly one of its ways must be taken. */
export interface Permit {
  /**
   * Call it right before sending. False when a penalty has begun since: nothing may be sent then, and the
   * permit is used up.
   */
  depart(): boolean;
  /** The request is over. Null: without an answer. */
  settle(notice: RateNotice | null): void;
  /** The request certainly never reached the phone system. */
  cancel(): void;
}

/** A permit that ends the stay in its places as well. */
export class PlacedPermit implements Permit {
  readonly #permit: Permit;
  readonly #leaveUser: Leave;
  readonly #leaveAll: Leave;

  constructor(permit: Permit, leaveUser: Leave, leaveAll: Leave) {
    this.#permit = permit;
    this.#leaveUser = leaveUser;
    this.#leaveAll = leaveAll;
  }

  depart(): boolean {
    const may = this.#permit.depart();
    if (!may) this.#leave();
    return may;
  }

  settle(notice: RateNotice | null): void {
    this.#leave();
    this.#permit.settle(notice);
  }

  cancel(): void {
    this.#leave();
    this.#permit.cancel();
  }

  #leave(): void {
    this.#leaveUser();
    this.#leaveAll();
  }
}

/** Who wants to send. */
export interface Entry {
  /** Whose budget: `Caller.bucket`. */
  readonly bucket: string;
  readonly group: string;
  readonly lane: Lane;
  /** The longest wait in milliseconds; polls wait as long as it takes. */
  readonly patience: number;
  /** Of a poll: whoever names an earlier moment goes first, by the clock of the budget. */
  readonly unwatchedSince?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Who of those that act as this user: each has a share of the budget. Undefined: nobody else does. */
  readonly share?: string | undefined;
  /** What a read is for: those of one operation share the places of their user. */
  readonly operation?: string | undefined;
}

/** Whoever stands in the line. */
export interface Waiter {
  readonly entry: Entry;
  readonly since: number;
  admit(permit: Permit): void;
  refuse(error: unknown): void;
}

/** One gate: a user, a rate group, and who waits there. */
export interface Gate {
  readonly group: string;
  /** Requests in a window that the system documents. */
  readonly documented: number;
  /** As far as this gateway has spent it. */
  window: RateWindow;
  shared: SharedWindow | undefined;
  /** What each key of GATEWAY_KEYS spent of it; null: nobody shares this user's budget. */
  byKey: BudgetShares | null;
  readonly waiting: Readonly<Record<Lane, Waiter[]>>;
  timer: NodeJS.Timeout | undefined;
}

/** Shut for whoever has had their share. */
export type Shut = Closed | { readonly kind: 'shared'; readonly until: number };
/** What is said to whoever wants to go. */
export type GateVerdict = SharedVerdict | Shut;

/** Why it is shut, in words for whoever is refused. */
export function causeOf({ kind }: Shut, { limit, length }: RateWindow, { system }: RateRule): string {
  if (kind === 'penalty') return `${system} asked for silence after too many requests`;
  const allowed = `${system} allows ${limit} requests in ${length / 1_000} seconds`;
  return kind === 'full' ? allowed : `${allowed}, and your key has had its share of them`;
}

/** A gate that nobody has gone through. */
export function newGate(group: string, documented: number): Gate {
  const waiting = { command: [], query: [], poll: [] };
  return {
    group,
    documented,
    window: newWindow(documented),
    shared: undefined,
    byKey: null,
    waiting,
    timer: undefined,
  };
}

/** Whether one may go: as all gateways together allow it, where there are several. */
function asAllAllow({ window, shared }: Gate, lane: Lane, ahead: number, now: number): SharedVerdict {
  return shared === undefined ? decide(window, lane, ahead, now) : shared.decide(window, lane, ahead, now);
}

/** The window after a request is over. */
export function settledAt(
  { window, shared }: Gate,
  id: number,
  notice: RateNotice | null,
  now: number,
): RateWindow {
  return shared === undefined ? settle(window, id, notice, now) : shared.settle(window, id, notice, now);
}

/** Whoever has the lower rank goes first. */
export function rankOf({ entry, since }: Waiter): number {
  return entry.unwatchedSince ?? since;
}

/** Nobody waits. */
export function isDeserted({ waiting }: Gate): boolean {
  return LANES.every((lane) => waiting[lane].length === 0);
}

/** Whether one may go: as the window allows it, and the share of whoever has one. */
export function verdictOn(gate: Gate, { lane, share }: Entry, ahead: number, now: number): GateVerdict {
  const verdict = asAllAllow(gate, lane, ahead, now);
  if (share === undefined || verdict.kind !== 'go') return verdict;
  const { limit, length } = gate.window;
  gate.byKey ??= createBudgetShares();
  const until = gate.byKey.mayAt(share, { limit, length, left: remaining(gate.window, now) }, now);
  return until <= now ? verdict : { kind: 'shared', until };
}

/** True when it is better to say so now than to let somebody wait in vain. */
export function isHopeless(
  { entry, since }: Waiter,
  verdict: Shut,
  { longestWait }: RateRule,
  now: number,
): boolean {
  const isPenalty = verdict.kind === 'penalty';
  if (entry.lane === 'poll') return isPenalty && longestWait !== null && verdict.until - now > longestWait;
  return (isPenalty && longestWait === null) || verdict.until - since > entry.patience;
}
