/** An account that somebody asks about is watched for a while, once, however often they ask. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccountCallEvent } from '../../schema/account/provider.ts';
import { createLooks } from '../../src/account/looks.ts';

/** An account whose streams say that they were opened and left. */
function anAccount() {
  const told: string[] = [];
  let fail: (error: Error) => void = () => {};
  return {
    told,
    fail: (error: Error) => fail(error),
    look(): AsyncIterableIterator<AccountCallEvent> {
      told.push('opened');
      let leave: (step: IteratorResult<AccountCallEvent>) => void = () => {};
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        next: () =>
          new Promise((resolve, reject) => {
            leave = resolve;
            fail = reject;
          }),
        async return() {
          told.push('left');
          leave({ done: true, value: undefined });
          return { done: true, value: undefined };
        },
      };
    },
  };
}

describe('A question about an account', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('has it watched until nobody has asked for a minute', async () => {
    const looks = createLooks();
    const account = anAccount();
    looks.look('1', account);
    await vi.advanceTimersByTimeAsync(50_000);
    looks.look('1', account);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(account.told).toEqual(['opened']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(account.told).toEqual(['opened', 'left']);
    looks.look('1', account);
    expect(account.told).toEqual(['opened', 'left', 'opened']);
    looks.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('has the account of each viewer watched for themselves', () => {
    const looks = createLooks();
    const [one, other] = [anAccount(), anAccount()];
    looks.look('1', one);
    looks.look('2', other);
    expect([one.told, other.told]).toEqual([['opened'], ['opened']]);
    looks.stop();
    expect([one.told, other.told]).toEqual([
      ['opened', 'left'],
      ['opened', 'left'],
    ]);
  });

  test('is not troubled by what goes wrong with watching, and leaves it alone until the minute is over', async () => {
    const looks = createLooks();
    const account = anAccount();
    looks.look('1', account);
    account.fail(new Error('refused'));
    await vi.advanceTimersByTimeAsync(59_000);
    looks.look('1', account);
    expect(account.told).toEqual(['opened']);
    await vi.advanceTimersByTimeAsync(1_000);
    looks.look('1', account);
    expect(account.told).toEqual(['opened', 'left', 'opened']);
    looks.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
