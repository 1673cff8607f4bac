/** When tokens are asked for anew, with the clock in the hand of the test. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Account, SESSION_TIMES, signIn } from '../../src/sign-in/account.ts';
import type { Setback, Tokens } from '../../src/sign-in/authorization-server.ts';
import { createRenewal } from '../../src/sign-in/renewal.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

const USER = { viewerId: 'ada', userId: 'ada', name: 'Ada Lind', email: null };
const SESSION = { publicId: 'desk', key: 'key', begunAt: 0, seenAt: 0, userAgent: null };

function tokensOf(number: number, life: number): Tokens {
  return {
    ...{ accessToken: `access-${number}`, refreshToken: `refresh-${number}`, life },
    ...{ refreshLife: null, sessionLife: null, ownerId: null },
  };
}

/** An account of one gateway, whose system answers this; notes the seconds at which it was asked. */
function openAccount(life: number, answer: (number: number) => Tokens | Setback) {
  const start = Date.now();
  const askedAt: number[] = [];
  const entry = { user: USER, tokens: tokensOf(0, life), session: SESSION, instead: null };
  let account: Account | null = signIn(null, entry, start).account;
  let token = account.grant.accessToken;
  const ending = new AbortController();
  const renewal = createRenewal(
    {
      account: () => account as Account,
      now: () => Date.now(),
      async change(step) {
        const { account: next = account, result } = step(account, Date.now());
        account = next;
        return result;
      },
      take(next) {
        if (next === null) return ending.abort();
        const isNew = next.grant.accessToken !== token;
        token = next.grant.accessToken;
        renewal.set(isNew);
      },
      look: async () => {},
      follow: () => () => {},
      begun: () => {},
      expiring: () => {},
      ended: ending.signal,
    },
    {
      server: {
        async refresh() {
          askedAt.push((Date.now() - start) / 1_000);
          return answer(askedAt.length);
        },
      },
      times: SESSION_TIMES,
      self: 'gateway',
      metrics: createMetrics(),
      log: createLog('silent'),
    },
  );
  return { renewal, askedAt };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Tokens are asked for anew', () => {
  test('a minute before their end, each time', async () => {
    const { renewal, askedAt } = openAccount(3_600_000, (number) => tokensOf(number, 3_600_000));
    renewal.set(true);
    await vi.advanceTimersByTimeAsync(3 * 3_600_000);
    renewal.stop();
    expect(askedAt).toEqual([3_540, 7_080, 10_620]);
  });

  test('ever more seldom where they are due when they come', async () => {
    const { renewal, askedAt } = openAccount(0, (number) => tokensOf(number, 0));
    renewal.set(true);
    await vi.advanceTimersByTimeAsync(40_000);
    renewal.stop();
    expect(askedAt.map((at) => Math.round(at * 2) / 2)).toEqual([0, 0.5, 1.5, 3.5, 8.5, 18.5, 28.5, 38.5]);
  });

  test('ever more seldom where a defect keeps them from being asked for, and then as before', async () => {
    const { renewal, askedAt } = openAccount(3_600_000, (number) => {
      if (number <= 3) throw new TypeError('a defect');
      return tokensOf(number, 3_600_000);
    });
    renewal.set(true);
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    renewal.stop();
    expect(askedAt.map((at) => Math.round(at * 2) / 2)).toEqual([3_540, 3_540.5, 3_541.5, 3_543.5, 7_083.5]);
  });

  test('when the system said that they may be, however often somebody looks at the account before', async () => {
    const { renewal, askedAt } = openAccount(100_000, (number) =>
      number === 1 ? { kind: 'lost', retryAfter: 60_000 } : tokensOf(number, 3_600_000),
    );
    renewal.set(true);
    for (let second = 0; second < 150; second += 30) {
      await vi.advanceTimersByTimeAsync(30_000);
      renewal.set(false);
    }
    renewal.stop();
    expect(askedAt).toEqual([80, 140]);
  });
});
