/** A place in the pool whose token changes while its holder stays. */
import { describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../schema/failures.ts';
import type { Caller } from '../../src/upstream/caller.ts';
import { createRenewedHolder, type TokenSource } from '../../src/upstream/renewed-token.ts';
import { createTokenPool } from '../../src/upstream/token-pool.ts';

/** A source of tokens that a test turns, before a RingCentral that takes those which are not dead. */
function house() {
  const dead = new Set<string>();
  const shown: string[] = [];
  const refusals: string[] = [];
  const ending = new AbortController();
  let token = 'first';
  let coming: Promise<unknown> | null = null;
  let settle = () => {};
  let hear = () => {};
  const source: TokenSource = {
    token: () => token,
    coming: () => coming,
    onChange(listener) {
      hear = listener;
    },
    async refused(refused) {
      refusals.push(refused);
      await coming;
      return token !== refused;
    },
    ended: ending.signal,
  };
  const pool = createTokenPool({
    system: 'RingCentral',
    bucket: '1/101',
    async ask(caller: Caller) {
      const asked = await caller.accessToken();
      shown.push(asked);
      if (dead.has(asked)) throw new Unauthenticated('Access token expired.');
    },
    allowed: () => ({ limit: null, length: 60_000 }),
  });
  return {
    ...{ dead, shown, refusals, pool, source },
    holder: () => createRenewedHolder(() => pool, source),
    end: () => ending.abort(),
    /** Newer tokens are on their way. */
    begin() {
      coming = new Promise<void>((resolve) => {
        settle = resolve;
      });
      hear();
    },
    /** They are there: another one, or none. */
    finish(next = token) {
      token = next;
      coming = null;
      hear();
      settle();
    },
  };
}

describe('A token that is renewed', () => {
  test('is kept back while the next one is on its way, and whoever needs one gets that', async () => {
    const { holder, pool, begin, finish } = house();
    const own = holder();
    expect([await own.accessToken(), await pool.accessToken()]).toEqual(['first', 'first']);
    begin();
    const waiting = [own.accessToken(), pool.accessToken()];
    finish('second');
    expect(await Promise.all(waiting)).toEqual(['second', 'second']);
    expect(pool.size).toBe(1);
  });

  test('is shown again where the next one could not be had', async () => {
    const { holder, pool, begin, finish } = house();
    const own = holder();
    begin();
    const waiting = pool.accessToken();
    finish();
    expect([await waiting, await own.accessToken()]).toEqual(['first', 'first']);
  });

  test('is not waited for where the user has another token that is good', async () => {
    const { holder, pool, begin } = house();
    holder();
    pool.add('own');
    begin();
    expect(await pool.accessToken()).toBe('own');
  });

  test('is not believed to be revoked when it was refused while the next one was on its way', async () => {
    const { holder, pool, dead, shown, begin, finish } = house();
    const own = holder();
    begin();
    dead.add('first');
    const told = [own.refused('first', 'OAU-128', 0), pool.refused('first', 'OAU-128', 0)];
    finish('second');
    expect(await Promise.all(told)).toEqual([true, true]);
    // Nobody was asked about it.
    expect(shown).toEqual([]);
    expect(own.expired.aborted).toBe(false);
  });

  test('is asked for when RingCentral takes the one before no more', async () => {
    const { holder, pool, dead, refusals, begin, finish } = house();
    const own = holder();
    dead.add('first');
    begin();
    finish();
    const told = own.refused('first', 'OAU-128', performance.now());
    expect(await told).toBe(false);
    expect(refusals).toContain('first');
    finish('second');
    expect([await own.accessToken(), await pool.accessToken()]).toEqual(['second', 'second']);
  });

  test('keeps the streams that were opened by the one before', async () => {
    const { holder, pool, begin, finish } = house();
    const own = holder();
    const close = own.open();
    begin();
    finish('second');
    close();
    close();
    expect(pool.size).toBe(1);
  });

  test('gives its place back when its sign-in ends, and not before', async () => {
    const { holder, pool, end } = house();
    const own = holder();
    own.open();
    expect(pool.size).toBe(1);
    end();
    expect(pool.size).toBe(0);
    expect(own.expired.aborted).toBe(true);
    await expect(pool.accessToken()).rejects.toBeInstanceOf(Unauthenticated);
  });
});
