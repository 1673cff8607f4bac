/**
 * The right to do something alone, for a time: a machine of pure functions, kept in a cell.
 *
 * ```text
 *   free ──take──► held ──renew──► held
 *    ▲              │
 *    └──handed over,┘ or its time is over: what it leaves is for the next holder
 * ```
 *
 * Each holder has a higher fence than all before it, also when the store has lost everything: it is never below the
 * clock of the store. Whoever acts for a lease shows its fence, and whoever was late is known by a lower one.
 */
import { setAlarm } from '../alarm.ts';
import type { Cell, Commons, Key, Soon, Stop } from './commons.ts';

/** A lease as it is kept; an immutable value. */
export interface LeaseState<Legacy> {
  /** Null: nobody holds it. */
  readonly holder: string | null;
  readonly fence: number;
  /** By the clock of the store. */
  readonly until: number;
  /** What the last holder left for the next one, kept up to date while it holds. */
  readonly legacy: Legacy | null;
}

/** What came of trying to take a lease. */
export type Taking<Legacy> =
  | { readonly kind: 'taken'; readonly state: LeaseState<Legacy> }
  /** Another holds it, for so many milliseconds unless it renews. */
  | { readonly kind: 'held'; readonly left: number };

/** Takes a lease that nobody holds (any more). */
export function take<Legacy>(
  state: LeaseState<Legacy> | null,
  holder: string,
  term: number,
  now: number,
): Taking<Legacy> {
  if (state !== null && state.holder !== null && state.until > now) {
    return { kind: 'held', left: state.until - now };
  }
  const fence = Math.max((state?.fence ?? 0) + 1, Math.floor(now));
  return { kind: 'taken', state: { holder, fence, until: now + term, legacy: state?.legacy ?? null } };
}

/** Holds it for another term; null: it is no longer the holder's. */
export function renew<Legacy>(
  state: LeaseState<Legacy> | null,
  fence: number,
  term: number,
  legacy: Legacy | null,
  now: number,
): LeaseState<Legacy> | null {
  if (state === null || state.holder === null || state.fence !== fence) return null;
  return { ...state, until: now + term, legacy };
}

/** Gives it back, with what the next holder must know; null: it was no longer the holder's. */
export function handOver<Legacy>(
  state: LeaseState<Legacy> | null,
  fence: number,
  legacy: Legacy | null,
): LeaseState<Legacy> | null {
  if (state === null || state.holder === null || state.fence !== fence) return null;
  return { ...state, holder: null, until: 0, legacy };
}

/** A lease that this gateway holds. */
export interface Held<Legacy> {
  /** Higher than that of every holder before. */
  readonly fence: number;
  /** What the holder before has left. */
  readonly inherited: Legacy | null;
  /** Aborts when it is held no more: handed over, lost, or not renewed in time. */
  readonly lost: AbortSignal;
  /**
   * What the next holder shall know, if this one should end without a word; kept from the next renewal on, which is at
   * once where it `isUrgent`.
   */
  leave(legacy: Legacy, isUrgent?: boolean): void;
  /** Gives it back; whoever waits for it hears of it at once. */
  handOver(legacy?: Legacy): Promise<void>;
}

export interface Leases<Legacy> {
  /**
   * Takes a lease, which then renews itself; null: another holds it.
   * @throws {Apart} where the store cannot be reached.
   */
  take(key: Key): Promise<Held<Legacy> | null>;
  /**
   * Whoever holds it, and what they have left so far; null: nobody does.
   * @throws {Apart} where the store cannot be reached.
   */
  look(key: Key): Promise<Pick<LeaseState<Legacy>, 'fence' | 'legacy'> | null>;
  /** Calls `hear` when it may be worth trying (again): it was handed over, or its time may be over. */
  follow(key: Key, hear: () => void): Stop;
}

export interface LeaseTimes {
  /** Milliseconds that a lease lives without being renewed. */
  readonly term: number;
  /** Milliseconds that what a holder has left is kept for the next one. */
  readonly memory: number;
}

const LEASE_TIMES: LeaseTimes = {
  term: 10_000, // 10 seconds
  memory: 600_000, // 10 minutes
};

/** It is renewed this often in a term, so that one failed try is no loss. */
const RENEWALS = 3;

/** Makes the leases of one word. */
export function createLeases<Legacy>(
  commons: Commons,
  word: string,
  times: Partial<LeaseTimes> = {},
): Leases<Legacy> {
  const { term, memory } = { ...LEASE_TIMES, ...times };
  const cell = commons.cell<LeaseState<Legacy>>({ word });
  const lifetime = term + memory;

  return {
    async take(key) {
      const askedAt = performance.now();
      const taking = await cell.update<Taking<Legacy>>(key, (state, now) => {
        const taken = take(state, commons.self, term, now);
        return taken.kind === 'taken' ? { value: taken.state, lifetime, result: taken } : { result: taken };
      });
      return taking.kind === 'taken' ? hold(key, taking.state, askedAt) : null;
    },
    look: async (key) =>
      cell.update(key, (state, now) => {
        const isHeld = state !== null && state.holder !== null && state.until > now;
        return { result: isHeld ? { fence: state.fence, legacy: state.legacy } : null };
      }),
    follow(key, hear) {
      let stopped = false;
      let alarm: NodeJS.Timeout | undefined;
      const look = async () => {
        clearTimeout(alarm);
        const left = await leftOf(key);
        if (stopped) return;
        clearTimeout(alarm);
        if (left === 0) hear();
        alarm = setAlarm(() => void look(), left === 0 ? term : left + 1).unref();
      };
      const stop = cell.follow(key, () => void look());
      void look();
      return () => {
        stopped = true;
        clearTimeout(alarm);
        stop();
      };
    },
  };

  /** How long another still holds it, in milliseconds; where nobody can say, it is looked at again after a term. */
  async function leftOf(key: Key): Promise<number> {
    try {
      return await cell.update(key, (state, now) => ({
        result: state === null || state.holder === null ? 0 : Math.max(0, state.until - now),
      }));
    } catch {
      return term;
    }
  }

  function hold(key: Key, { fence, legacy }: LeaseState<Legacy>, takenAt: number): Held<Legacy> {
    const ending = new AbortController();
    let left = legacy;
    let end: NodeJS.Timeout;
    let alarm: NodeJS.Timeout;
    /** Something was left while a renewal was on its way. */
    let isUrgentAgain = false;
    let isRenewing = false;
    const lose = () => {
      clearTimeout(end);
      clearTimeout(alarm);
      ending.abort();
    };
    // Counted from before the question, so that nobody else can have it while this gateway still believes to.
    const heldSince = (askedAt: number) => {
      clearTimeout(end);
      end = setTimeout(lose, Math.max(0, askedAt + term - performance.now())).unref();
    };
    const renewAgain = () => {
      alarm = setTimeout(() => void tryToRenew(), term / RENEWALS).unref();
    };
    const tryToRenew = async () => {
      clearTimeout(alarm);
      isRenewing = true;
      isUrgentAgain = false;
      const askedAt = performance.now();
      const isHeld = await changed(cell, key, (state, now) => renew(state, fence, term, left, now), lifetime);
      isRenewing = false;
      // It came too late to be believed here: nobody shall wait for its end.
      if (ending.signal.aborted && isHeld) await giveBack();
      if (ending.signal.aborted) return;
      if (isHeld === false) return lose();
      if (isHeld) heldSince(askedAt);
      if (isHeld && isUrgentAgain) void tryToRenew();
      else renewAgain();
    };
    const giveBack = () => changed(cell, key, (state) => handOver(state, fence, left), memory, true);
    heldSince(takenAt);
    renewAgain();
    return {
      fence,
      inherited: legacy,
      lost: ending.signal,
      leave(next, isUrgent = false) {
        left = next;
        if (!isUrgent || ending.signal.aborted) return;
        if (isRenewing) isUrgentAgain = true;
        else void tryToRenew();
      },
      async handOver(next) {
        if (ending.signal.aborted) return;
        lose();
        if (next !== undefined) left = next;
        await giveBack();
      },
    };
  }
}

/** Whether the lease was still the holder's; null: nobody knows, because the store cannot be reached. */
async function changed<Legacy>(
  cell: Cell<LeaseState<Legacy>>,
  key: Key,
  step: (state: LeaseState<Legacy> | null, now: number) => LeaseState<Legacy> | null,
  lifetime: number,
  tell = false,
): Promise<boolean | null> {
  try {
    const asked: Soon<boolean> = cell.update(key, (state, now) => {
      const next = step(state, now);
      return next === null ? { result: false } : { value: next, lifetime, tell, result: true };
    });
    return await asked;
  } catch {
    return null;
  }
}
