import { describe, expect, test } from 'vitest';
import { FULL_PURSE, pay, retryDelay, type Trouble, take } from '../../src/upstream/retry.ts';

const status = (code: number, retryAfter: number | null = null): Trouble => ({
  kind: 'status',
  status: code,
  retryAfter,
});

const busy = (retryAfter: number): Trouble => ({ kind: 'busy', retryAfter });

describe('a failed read', () => {
  const cells: readonly [
    name: string,
    trouble: Trouble,
    attempt: number,
    timeLeft: number,
    delay: number | null,
  ][] = [
    ['a reset, first time', { kind: 'network' }, 1, 10_000, 200],
    ['a reset, second time', { kind: 'network' }, 2, 10_000, 400],
    ['a reset, third time', { kind: 'network' }, 3, 10_000, null],
    ['a timeout', { kind: 'timeout' }, 1, 5_000, 200],
    ['a timeout that took all the time', { kind: 'timeout' }, 1, 0, null],
    ['hardly any time left', { kind: 'network' }, 1, 249, null],
    ['just enough time left', { kind: 'network' }, 1, 250, 200],
    ['500', status(500), 1, 10_000, 200],
    ['501, which stays so', status(501), 1, 10_000, null],
    ['502', status(502), 1, 10_000, 200],
    ['503', status(503), 1, 10_000, 200],
    ['503 that asks for 2 seconds', status(503, 2_000), 1, 10_000, 2_000],
    ['503 that asks for nothing', status(503, 0), 1, 10_000, 200],
    ['503 that asks for more than there is', status(503, 60_000), 1, 10_000, null],
    ['429, which is for the budget', status(429, 1_000), 1, 10_000, null],
    ['too many requests, where penalties may be waited for', busy(2_000), 1, 10_000, 2_000],
    ['a penalty that is longer than there is time', busy(14_400_000), 1, 10_000, null],
    ['404', status(404), 1, 10_000, null],
    ['401', status(401), 1, 10_000, null],
    ['400', status(400), 1, 10_000, null],
  ];
  for (const [name, trouble, attempt, timeLeft, delay] of cells) {
    test(`by ${name}: ${delay === null ? 'is not made again' : `is made again after ${delay} ms`}.`, () => {
      expect(retryDelay(trouble, attempt, timeLeft, 1)).toBe(delay);
    });
  }

  test('is made again at a moment of its own, not with all the others.', () => {
    const delays = [0, 0.25, 0.5, 1].map((random) => retryDelay({ kind: 'network' }, 1, 10_000, random));
    expect(delays).toEqual([100, 125, 150, 200]);
  });
});

test('The purse pays one retry per five reads, and saves up ten.', () => {
  let purse = FULL_PURSE;
  let retries = 0;
  for (let next = take(purse); next !== null; next = take(purse)) {
    purse = next;
    retries += 1;
  }
  expect(retries).toBe(10);
  for (let read = 1; read <= 4; read += 1) purse = pay(purse);
  expect(take(purse)).toBeNull();
  expect(take(pay(purse))).not.toBeNull();
  for (let read = 1; read <= 1_000; read += 1) purse = pay(purse);
  expect(purse).toEqual(FULL_PURSE);
});
