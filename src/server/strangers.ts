/**
 * Strangers: callers whose token was not seen before, so that the phone system has to be asked whose it is. Anybody can make
 * up tokens, so strangers wait apart: they take nothing that known callers need.
 *
 * ```text
 *   meet ── marked ──────────────────────────────────────► refused again, and nobody is asked
 *     │  ── the same token is being asked about ─────────► shares the answer
 *     ▼
 *   line ── it is full, or half of what is left is of this address, or out of patience ──► OVERLOADED
 *     │  ── everybody who showed this token has left ────► forgotten
 *     ▼
 *   asking ── known ──────► costs nothing here: it is counted as that user's
 *          ├─ 401 ────────► marked for five minutes  ┐
 *          ├─ 429 ────────► marked until then        ├ spends one of the tries that all strangers share
 *          └─ else, left ─► not marked               ┘ (none left: whoever is next waits for one to grow back)
 * ```
 *
 * A mark is the digest of a token and a short reason or a moment: however long the token, a few hundred bytes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { Overloaded, RateLimited, Unauthenticated } from '../../schema/failures.ts';
import { createSharedRead, type SharedRead } from '../live/shared-read.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createTurnstile } from '../turnstile.ts';
import { upTo } from '../up-to.ts';
import { createAllowance, createShares } from './crowd.ts';
import type { Knock } from './visitor.ts';

/** So many introductions at once, */
const MOST_ASKING = 20;
/** so many strangers in all, and nobody waits longer than this. */
const MOST_STRANGERS = 1_000;
const LINE_PATIENCE = 10_000; // 10 seconds

/** Introductions that bring nobody in: so many at once, */
const TRIES_AT_ONCE = 50;
/** and this many a second for long, whoever and however many the strangers are. */
const TRIES_PER_SECOND = 5;

/** Tokens that are marked; the least recently shown goes first. About 5 MB with the longest reasons. */
const MOST_MARKS = 10_000;
const LONGEST_REASON = 200; // characters

/** A token that was refused is refused here for this long without asking again. */
const REFUSAL_LIFETIME = 300_000; // 5 minutes

/** No mark for silence lasts longer. */
const LONGEST_SILENCE = 3_600_000; // 1 hour

/** Why a token is refused again: what was said, or when it makes sense to ask again (epoch milliseconds). */
type Mark = string | number;

export interface Strangers<Known> {
  /** @throws {Unauthenticated} or {RateLimited} when the token of this digest is marked. */
  check(key: string): void;
  /** Refuses the token of this digest from now on. */
  mark(key: string, because: string): void;
  /**
   * Asks about the token of this digest when it is its turn; whoever shows it meanwhile shares the answer.
   * @throws what `ask` throws; {Overloaded} when too many wait.
   */
  meet(key: string, knock: Knock, ask: (signal: AbortSignal) => Promise<Known>): Promise<Known>;
}

/** Makes the place where strangers wait. */
export function createStrangers<Known>(metrics: Metrics, system: string): Strangers<Known> {
  const marks = new LRUCache<string, Mark>(upTo(MOST_MARKS));
  const met = new Map<string, SharedRead<Known>>();
  const line = createShares(MOST_STRANGERS);
  const turns = createTurnstile(
    {
      most: MOST_ASKING,
      mostCalm: MOST_ASKING,
      mostOfKey: MOST_ASKING,
      mostCalmOfKey: MOST_ASKING,
      mostWaiting: MOST_STRANGERS,
    },
    tooMany,
  );
  const tries = createAllowance(TRIES_AT_ONCE, TRIES_PER_SECOND, performance.now());
  let asking = 0;

  metrics.countIntroductions(() => ({ asking, waiting: line.taken - asking }));

  return {
    check,
    mark: (key, because) => void marks.set(key, because, { ttl: REFUSAL_LIFETIME }),
    async meet(key, knock, ask) {
      check(key);
      let introduction = met.get(key);
      if (introduction === undefined) {
        const begun = createSharedRead((signal) =>
          introduce(key, knock.address, signal, ask).finally(() => {
            if (met.get(key) === begun) met.delete(key);
          }),
        );
        introduction = begun;
        met.set(key, begun);
      }
      return introduction.join(knock.signal);
    },
  };

  function check(key: string): void {
    const mark = marks.get(key);
    if (mark === undefined) return;
    if (typeof mark === 'string') throw new Unauthenticated(mark);
    const retryAfter = Math.max(1, Math.ceil((mark - Date.now()) / 1_000));
    throw new RateLimited(`${system} asked for silence; try again in ${retryAfter} seconds.`, {
      ...{ retryAfter, retryAt: mark, sent: false },
    });
  }

  async function introduce(
    key: string,
    address: string,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Known>,
  ): Promise<Known> {
    const leaveLine = line.take(address);
    if (leaveLine === null) throw tooMany();
    try {
      const leave = await turns.enter({ key: address, patience: LINE_PATIENCE, signal });
      asking += 1;
      try {
        await risk(signal);
        const known = await ask(signal);
        tries.giveBack();
        return known;
      } catch (error) {
        remember(key, error);
        throw error;
      } finally {
        asking -= 1;
        leave();
      }
    } finally {
      leaveLine();
    }
  }

  /** Takes one of the tries; it is given back when it brought somebody in. */
  async function risk(signal: AbortSignal): Promise<void> {
    while (!tries.take(performance.now())) {
      await pause(1_000 / TRIES_PER_SECOND, undefined, { signal });
    }
  }

  function remember(key: string, error: unknown): void {
    if (error instanceof Unauthenticated) {
      marks.set(key, short(error.message), { ttl: REFUSAL_LIFETIME });
    } else if (error instanceof RateLimited) {
      const ttl = Math.min(error.retryAfter * 1_000, LONGEST_SILENCE);
      if (ttl >= 1) marks.set(key, error.retryAt, { ttl });
    }
  }
}

/** In one short piece: a slice would keep all of the text it was cut from. */
function short(text: string): string {
  return Buffer.from(text.slice(0, LONGEST_REASON)).toString();
}

function tooMany(): Overloaded {
  return new Overloaded('Too many callers with new tokens are waiting; try again in a moment.');
}
