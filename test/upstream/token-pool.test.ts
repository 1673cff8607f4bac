import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Forbidden, RateLimited, Unauthenticated, UpstreamUnavailable } from '../../schema/failures.ts';
import type { Caller } from '../../src/upstream/caller.ts';
import { createSteadyCaller, createTokenPool } from '../../src/upstream/token-pool.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

/** A pool before a RingCentral that refuses the dead, and now and then (`strays`) a living one. */
function house({ limit = 50 as number | null } = {}) {
  const dead = new Set<string>();
  /** Every question, as `seconds token`. */
  const asked: string[] = [];
  let strays = 0;
  let trouble: Error | null = null;
  let empties = 0;
  const start = performance.now();
  const pool = createTokenPool({
    system: 'RingCentral',
    bucket: '1/2',
    async ask(caller: Caller) {
      if (trouble !== null) throw trouble;
      for (let times = 1; ; times += 1) {
        const askedAt = performance.now();
        const token = await caller.accessToken();
        asked.push(`${Math.round((askedAt - start) / SECOND)} ${token}`);
        strays -= 1;
        if (!dead.has(token) && strays < 0) return;
        if (times > 1 || !(await caller.refused(token, 'OAU-128', askedAt))) throw new Unauthenticated('No.');
      }
    },
    allowed: () => ({ limit, length: MINUTE }),
    onEmpty: () => {
      empties += 1;
    },
  });
  onTestFinished(() => pool.stop());
  return {
    pool,
    dead,
    asked,
    refuse: (token: string, by: Caller = pool) => by.refused(token, 'OAU-128', performance.now()),
    stray: (count: number) => {
      strays = count;
    },
    fail: (error: Error | null) => {
      trouble = error;
    },
    empties: () => empties,
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('The tokens of a user', () => {
  test('take turns at what is read for all of them, those in use first.', async () => {
    const { pool } = house();
    pool.add('idle');
    for (const token of ['a', 'b', 'c']) {
      pool.add(token).used();
      await pass(1);
    }
    const shown: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      shown.push(await pool.accessToken());
      await pass(1);
    }
    expect(shown).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('are shown for somebody who has gone, the newest of them, as long as one is live.', async () => {
    const { pool, dead, refuse } = house();
    const [old, fresh] = [pool.add('old'), pool.add('new')];
    expect(await pool.accessToken()).toBe('new');
    dead.add('new');
    expect(await refuse('new')).toBe(true);
    expect([old.expired.aborted, fresh.expired.aborted]).toEqual([false, true]);
    expect(await pool.accessToken()).toBe('old');
    dead.add('old');
    expect(await refuse('old')).toBe(false);
    await expect(pool.accessToken()).rejects.toBeInstanceOf(Unauthenticated);
  });

  test('do not take turns at what belongs to one sign-in, which goes to another when that one ends.', async () => {
    const { pool, dead, refuse } = house();
    const steady = createSteadyCaller('1/2', () => pool, 'RingCentral');
    for (const token of ['a', 'b', 'c']) pool.add(token).used();
    const first = await steady.accessToken();
    for (let count = 0; count < 3; count += 1) {
      await pass(1);
      expect(await steady.accessToken()).toBe(first);
    }
    dead.add(first);
    expect(await refuse(first, steady)).toBe(true);
    const second = await steady.accessToken();
    expect(['a', 'b', 'c'].filter((token) => token !== first)).toContain(second);
    expect(await steady.accessToken()).toBe(second);
  });

  test('may all end and others come, for what belongs to one sign-in.', async () => {
    const [old, fresh] = [house(), house()];
    let pool: typeof old.pool | undefined = old.pool;
    const steady = createSteadyCaller('1/2', () => pool, 'RingCentral');
    old.pool.add('a').used();
    expect(await steady.accessToken()).toBe('a');
    pool = undefined;
    await expect(steady.accessToken()).rejects.toBeInstanceOf(Unauthenticated);
    expect(await steady.refused('a', 'OAU-128', performance.now())).toBe(false);
    pool = fresh.pool;
    fresh.pool.add('b').used();
    expect(await steady.accessToken()).toBe('b');
  });

  test('are used by each holder alone.', async () => {
    const { pool, dead, refuse } = house();
    const [old, fresh] = [pool.add('old'), pool.add('new')];
    expect([await old.accessToken(), await fresh.accessToken()]).toEqual(['old', 'new']);
    expect([old.bucket, fresh.bucket]).toEqual(['1/2', '1/2']);
    dead.add('new');
    expect(await refuse('new', fresh)).toBe(false);
    expect([old.expired.aborted, fresh.expired.aborted]).toEqual([false, true]);
    await expect(fresh.accessToken()).rejects.toBeInstanceOf(Unauthenticated);
    expect(await pool.accessToken()).toBe('old');
  });

  test('stay as long as one of those who brought them is there, or has a stream open.', async () => {
    const { pool, empties } = house();
    const [first, second] = [pool.add('a'), pool.add('a')];
    const close = second.open();
    for (const leave of [first.release, first.release, second.release]) leave();
    expect(await pool.accessToken()).toBe('a');
    expect([pool.size, empties()]).toEqual([1, 0]);
    close();
    close();
    await expect(pool.accessToken()).rejects.toBeInstanceOf(Unauthenticated);
    expect([pool.size, empties()]).toEqual([0, 1]);
  });

  test('that were refused are refused to whoever brings them again.', async () => {
    const { pool, dead, refuse } = house();
    pool.add('a');
    dead.add('a');
    await refuse('a');
    expect(pool.add('a').expired.aborted).toBe(true);
  });

  test('of an app without a permission are passed over for what needs it, and for nothing else.', async () => {
    const { pool } = house();
    for (const token of ['poor', 'rich']) pool.add(token).used();
    expect(pool.lacks?.('poor', 'ReadPresence')).toBe(true);
    for (let count = 0; count < 3; count += 1) {
      expect(await pool.accessToken(undefined, 'ReadPresence')).toBe('rich');
      await pass(1);
    }
    expect(await pool.accessToken(undefined, 'CallControl')).toBe('poor');
    // Where none may, RingCentral says so.
    expect(pool.lacks?.('rich', 'ReadPresence')).toBe(false);
    expect(['poor', 'rich']).toContain(await pool.accessToken(undefined, 'ReadPresence'));
  });
});

describe('A 401', () => {
  test('is doubted: a token that is taken after all stays, for its holder and for all.', async () => {
    const { pool, asked, refuse } = house();
    const holder = pool.add('a');
    expect(await refuse('a', holder)).toBe(true);
    await pass(1);
    expect(await refuse('a')).toBe(true);
    expect(asked).toEqual(['0 a', '0 a']);
    expect(holder.expired.aborted).toBe(false);
    expect(await holder.accessToken()).toBe('a');
  });

  test('and another one are believed.', async () => {
    const { pool, dead, asked, refuse } = house();
    const holder = pool.add('a');
    dead.add('a');
    expect(await refuse('a', holder)).toBe(false);
    expect(asked).toEqual(['0 a']);
    expect(holder.expired.aborted).toBe(true);
  });

  test('of many requests at once is doubted once for all of them.', async () => {
    const { pool, asked, refuse } = house();
    const holder = pool.add('a');
    const sent = performance.now();
    await pass(1);
    const verdicts = Array.from({ length: 100 }, () => holder.refused('a', undefined, sent));
    expect(new Set(await Promise.all(verdicts))).toEqual(new Set([true]));
    // One that comes in late was sent before it was asked.
    expect(await holder.refused('a', undefined, sent)).toBe(true);
    expect(asked).toHaveLength(1);
    await pass(1);
    await refuse('a');
    expect(asked).toHaveLength(2);
  });

  test('is doubted three times a minute; what contradicts itself more often is trouble of RingCentral’s.', async () => {
    const { pool, asked, refuse } = house();
    const holder = pool.add('a');
    for (let count = 0; count < 3; count += 1) {
      expect(await refuse('a')).toBe(true);
      await pass(SECOND);
    }
    for (const by of [pool, holder]) {
      await expect(refuse('a', by)).rejects.toMatchObject({ name: 'UpstreamUnavailable', sent: false });
    }
    expect(asked).toHaveLength(3);
    await pass(MINUTE);
    expect(await refuse('a')).toBe(true);
    expect(holder.expired.aborted).toBe(false);
  });

  const penalty = new RateLimited('Wait.', { retryAfter: 30, retryAt: 1, sent: false });
  test.each([
    ['a penalty', penalty, { name: 'RateLimited', retryAfter: 30 }],
    ['an outage', new UpstreamUnavailable('Gone.', true), { name: 'UpstreamUnavailable', sent: false }],
  ])('that cannot be asked about, for %s, is not believed, and did nothing.', async (_why, error, told) => {
    const { pool, refuse, fail } = house();
    const holder = pool.add('a');
    fail(error);
    await expect(refuse('a', holder)).rejects.toMatchObject(told);
    await expect(refuse('a')).rejects.toMatchObject(told);
    expect(holder.expired.aborted).toBe(false);
    fail(null);
    expect(await refuse('a', holder)).toBe(true);
  });

  test('is not believed where the token may not ask that: it is known then.', async () => {
    const { pool, refuse, fail } = house();
    const holder = pool.add('a');
    fail(new Forbidden('Not you.'));
    expect(await refuse('a', holder)).toBe(true);
    expect(holder.expired.aborted).toBe(false);
  });
});

describe('A revoked token', () => {
  test('is found out within a minute of its use, though another one reads.', async () => {
    const { pool, dead } = house();
    const [gone, lasting] = [pool.add('gone'), pool.add('lasting')];
    await pass(10 * MINUTE);
    dead.add('gone');
    gone.used();
    lasting.used();
    await pass(MINUTE);
    expect([gone.expired.aborted, lasting.expired.aborted]).toEqual([true, false]);
  });

  test('is found out with a stream that stays silent, as long as it is open.', async () => {
    const { pool, dead } = house();
    const [gone, lasting] = [pool.add('gone'), pool.add('lasting')];
    gone.open();
    lasting.open();
    await pass(10 * MINUTE);
    dead.add('gone');
    await pass(MINUTE);
    expect([gone.expired.aborted, lasting.expired.aborted]).toEqual([true, false]);
  });

  test('is doubted once in a check too.', async () => {
    const { pool, asked, stray } = house();
    const holder = pool.add('a');
    holder.open();
    stray(1);
    await pass(56 * SECOND);
    expect(asked).toEqual(['55 a', '55 a']);
    expect(holder.expired.aborted).toBe(false);
  });
});

describe('A check', () => {
  test('costs nothing where reads are made anyway, by turns.', async () => {
    const { pool, asked } = house();
    for (const token of ['a', 'b', 'c']) pool.add(token).open();
    for (let count = 0; count < 60; count += 1) {
      await pass(15 * SECOND);
      await pool.accessToken();
    }
    expect(asked).toEqual([]);
  });

  test('is one request a token and minute, where none are made.', async () => {
    const { pool, asked } = house();
    for (const token of ['a', 'b']) pool.add(token).open();
    await pass(10 * MINUTE);
    expect(asked.slice(0, 4)).toEqual(['55 a', '55 b', '110 a', '110 b']);
    expect(asked).toHaveLength(2 * 10);
  });

  test('follows a use of the token, once, and not the use that showed it by itself.', async () => {
    const { pool, asked } = house();
    const holder = pool.add('a');
    await pass(10 * SECOND);
    holder.used();
    await pass(10 * MINUTE);
    expect(asked).toEqual(['55 a']);
    // It was not shown for long: almost at once then.
    holder.used();
    await pass(10 * MINUTE);
    expect(asked).toEqual(['55 a', '611 a']);
    holder.used();
    await pass(1);
    await holder.accessToken();
    await pass(10 * MINUTE);
    expect(asked).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [50, 5],
    [20, 2],
    [99, 9],
  ])(
    'takes no more than a tenth of %i requests a minute for all tokens together: %i.',
    async (limit, most) => {
      const { pool, asked } = house({ limit });
      for (let count = 0; count < 30; count += 1) pool.add(`token-${count}`).open();
      await pass(20 * MINUTE);
      const times = asked.map((line) => Number(line.split(' ')[0]));
      const inWindow = times.map((from) => times.filter((at) => at >= from && at < from + 60).length);
      expect(Math.max(...inWindow)).toBe(most);
      // All of them have their turn.
      expect(new Set(asked.map((line) => line.split(' ')[1])).size).toBe(Math.min(30, asked.length));
    },
  );

  test('waits longer where a tenth of the budget is not one request.', async () => {
    const { pool, asked } = house({ limit: 5 });
    for (const token of ['a', 'b']) pool.add(token).open();
    await pass(10 * MINUTE);
    expect(asked).toEqual(['55 a', '175 b', '295 a', '415 b', '535 a']);
  });

  test('that has no place in the rate budget takes none, and comes again.', async () => {
    const { pool, asked, fail } = house({ limit: 10 });
    pool.add('a').open();
    fail(new RateLimited('Wait.', { retryAfter: 30, retryAt: 1, sent: false }));
    await pass(70 * SECOND);
    expect(asked).toEqual([]);
    fail(null);
    await pass(5 * SECOND);
    expect(asked).toHaveLength(1);
  });

  test('is not made any more after the end.', async () => {
    const { pool, asked } = house();
    pool.add('a').open();
    pool.stop();
    await pass(10 * MINUTE);
    expect(asked).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
