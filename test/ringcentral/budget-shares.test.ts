import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RateLimited } from '../../schema/failures.ts';
import { RATE_RULE } from '../../src/ringcentral/rate-groups.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { type Budget, createBudget } from '../../src/upstream/budget.ts';
import { createBudgetShares } from '../../src/upstream/budget-shares.ts';
import type { Lane } from '../../src/upstream/caller.ts';
import type { Permit } from '../../src/upstream/gate.ts';

const LIMIT = 50;
const WINDOW = 60_000;
const LIMITED = { ok: true, limit: LIMIT, window: WINDOW };

describe('Keys that act as one user', () => {
  let budget: Budget;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    budget = createBudget({ rule: RATE_RULE, metrics: createMetrics() });
  });
  afterEach(() => {
    budget.stop();
    vi.useRealTimers();
  });

  const enter = (share: string, lane: Lane = 'query', patience = 5_000): Promise<Permit> =>
    budget.enter({ bucket: 'service', group: 'Light', lane, patience, share });

  /** Asks so often at once; answers how many went. */
  async function ask(share: string, times: number, lane: Lane = 'query'): Promise<number> {
    const asked = Array.from({ length: times }, async () => (await enter(share, lane)).settle(LIMITED));
    const settled = await Promise.allSettled(asked);
    return settled.filter(({ status }) => status === 'fulfilled').length;
  }

  test('have all of its budget where one asks alone.', async () => {
    expect(await ask('a', 100)).toBe(45);
    expect(await ask('a', 100, 'command')).toBe(5);
  });

  test('are each sure of a share, however much another asks for.', async () => {
    expect(await ask('b', 1)).toBe(1);
    // A half is 21; of what is left then, 20 are for b.
    expect(await ask('a', 100)).toBe(29);
    expect(await ask('a', 10, 'command')).toBe(0);
    expect(await ask('b', 100)).toBe(15);
    expect(await ask('b', 100, 'command')).toBe(5);
  });

  test('tell who had their share so, and when it may go on.', async () => {
    await ask('b', 1);
    await ask('a', 100);
    const refusal = await enter('a').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RateLimited);
    expect(refusal).toMatchObject({
      message:
        'RingCentral allows 50 requests in 60 seconds, and your key has had its share of them; try again in 60 seconds.',
      sent: false,
    });
  });

  test('hold up nobody while they wait for their share, and have it in the next window.', async () => {
    await ask('b', 1);
    await ask('a', 100);
    let isIn = false;
    const patient = enter('a', 'query', 2 * WINDOW).then((permit) => {
      isIn = true;
      permit.settle(LIMITED);
    });
    expect(await ask('b', 3)).toBe(3);
    expect(isIn).toBe(false);
    await vi.advanceTimersByTimeAsync(WINDOW + 1_000);
    await patient;
  });

  test('hold up no poll of another key with polls that wait for their share.', async () => {
    await ask('b', 1);
    await ask('a', 100);
    const waiting = enter('a', 'poll').catch(() => null);
    let isIn = false;
    void enter('b', 'poll').then((permit) => {
      isIn = true;
      permit.settle(LIMITED);
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isIn).toBe(true);
    budget.stop();
    await waiting;
  });

  test('keep nothing for one that was not heard of for five windows.', async () => {
    await ask('b', 1);
    await vi.advanceTimersByTimeAsync(5 * WINDOW + 1_000);
    expect(await ask('a', 100)).toBe(45);
  });

  test('get back what they did not spend.', async () => {
    await ask('b', 1);
    const permits = await Promise.all(Array.from({ length: 29 }, () => enter('a')));
    for (const permit of permits.slice(0, 10)) permit.cancel();
    expect(await ask('a', 20)).toBe(10);
  });
});

test('Where nothing is limited, nothing is kept of what was spent.', () => {
  const shares = createBudgetShares();
  const unlimited = { limit: null, length: WINDOW, left: null };
  for (let now = 0; now < 1_000; now += 1) {
    expect(shares.mayAt('a', unlimited, now)).toBe(now);
    shares.spent('a', now);
  }
  shares.mayAt('b', unlimited, 1_000);
  expect(shares.mayAt('a', { limit: LIMIT, length: WINDOW, left: 20 }, 1_001)).toBe(1_001);
});
