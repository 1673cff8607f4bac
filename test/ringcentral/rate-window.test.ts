import { describe, expect, test } from 'vitest';
import { LANES, type Lane } from '../../src/upstream/caller.ts';
import {
  decide,
  newWindow,
  type RateWindow,
  refund,
  remaining,
  settle,
  spend,
} from '../../src/upstream/rate-window.ts';

const LIMITED = { ok: true, limit: 50, window: 60_000 };

/** A window in which `count` requests were sent at 0 and answered at 100. */
function spentWindow(count: number, limit = 50): RateWindow {
  let window = newWindow(50);
  for (let id = 1; id <= count; id += 1) window = spend(window, id, 0);
  for (let id = 1; id <= count; id += 1) {
    window = settle(window, id, { ok: true, limit, window: 60_000, remaining: limit - count }, 100);
  }
  return window;
}

describe('the decision', () => {
  const open: readonly [limit: number, Record<Lane, number>][] = [
    [50, { command: 50, query: 45, poll: 42 }],
    [100, { command: 100, query: 90, poll: 85 }],
    [10, { command: 10, query: 8, poll: 5 }],
    [5, { command: 5, query: 3, poll: 3 }],
    [2, { command: 2, query: 1, poll: 1 }],
    [1, { command: 1, query: 1, poll: 1 }],
  ];
  for (const [limit, shares] of open) {
    for (const lane of LANES) {
      test(`of a limit of ${limit} gives the ${lane} lane ${shares[lane]}.`, () => {
        expect(decide(spentWindow(shares[lane] - 1, limit), lane, 0, 200)).toEqual({ kind: 'go' });
        expect(decide(spentWindow(shares[lane], limit), lane, 0, 200)).toMatchObject({ kind: 'full' });
      });
    }
  }

  test('says when there is room again: when the oldest have left, with a little margin.', () => {
    let window = spend(newWindow(10), 1, 0);
    for (let id = 2; id <= 10; id += 1) window = spend(window, id, 1_000 * id);
    for (let id = 1; id <= 10; id += 1) window = settle(window, id, null, 1_000 * id + 100);
    expect(decide(window, 'command', 0, 11_000)).toEqual({ kind: 'full', until: 61_350 });
    expect(decide(window, 'command', 2, 11_000)).toEqual({ kind: 'full', until: 63_350 });
    expect(decide(window, 'command', 0, 61_350)).toEqual({ kind: 'go' });
  });

  test('counts requests that are still under way.', () => {
    let window = newWindow(10);
    for (let id = 1; id <= 10; id += 1) window = spend(window, id, 0);
    expect(decide(window, 'command', 0, 5_000)).toMatchObject({ kind: 'full' });
    expect(decide(refund(window, 7), 'command', 0, 5_000)).toEqual({ kind: 'go' });
  });

  test('learns limit and window from the answers, also upwards, and none at all from 0.', () => {
    const answered = (limit: number) => settle(spend(newWindow(50), 1, 0), 1, { ...LIMITED, limit }, 100);
    expect(remaining(answered(50), 200)).toBe(49);
    expect(remaining(answered(1_000), 200)).toBe(999);
    expect(remaining(answered(0), 200)).toBeNull();
  });

  test('does not believe a window of weeks, nor that a limit of more than can be counted is full.', () => {
    const answered = (limit: number, window: number) =>
      settle(spend(newWindow(50), 1, 0), 1, { ok: true, limit, window, remaining: limit }, 100);
    expect(answered(50, 2_200_000_000).length).toBe(60_000);
    expect(answered(50, 3_600_000).length).toBe(3_600_000);
    expect(decide(answered(Number.POSITIVE_INFINITY, 60_000), 'poll', 0, 200)).toEqual({ kind: 'go' });
  });

  test('takes a success without any limit in its headers for unlimited, until one is named.', () => {
    const silent = settle(spend(newWindow(50), 1, 0), 1, { ok: true }, 100);
    expect(remaining(silent, 200)).toBeNull();
    expect(remaining(settle(spend(silent, 2, 250), 2, LIMITED, 300), 400)).toBe(48);
    const failed = settle(spend(newWindow(50), 1, 0), 1, { ok: false }, 100);
    expect(remaining(failed, 200)).toBe(49);
    const learnt = settle(spend(spentWindow(1), 2, 150), 2, { ok: true }, 200);
    expect(remaining(learnt, 300)).toBe(48);
  });

  test('finds out from Remaining what others spent.', () => {
    const window = settle(spend(spentWindow(3), 4, 1_000), 4, { ...LIMITED, remaining: 26 }, 1_100);
    expect(window.others.count).toBe(20);
    expect(remaining(window, 1_200)).toBe(26);
    expect(remaining(window, 1_100 + 60_000 + 250)).toBe(50);
  });

  test('does not take its own requests under way for those of others.', () => {
    let window = newWindow(50);
    for (let id = 1; id <= 10; id += 1) window = spend(window, id, 0);
    window = settle(window, 3, { ...LIMITED, remaining: 49 }, 100); // RingCentral saw it first
    expect(window.others.count).toBe(0);
    window = settle(window, 9, { ...LIMITED, remaining: 40 }, 110); // and this one last
    expect(window.others.count).toBe(0);
    expect(remaining(window, 200)).toBe(40);
  });

  test('keeps what it knew of others while its own requests blur the count, and drops it when they do not.', () => {
    let window = settle(spend(newWindow(50), 1, 0), 1, { ...LIMITED, remaining: 44 }, 100);
    expect(window.others.count).toBe(5);
    window = spend(spend(window, 2, 200), 3, 200);
    window = settle(window, 2, { ...LIMITED, remaining: 43 }, 300);
    expect(window.others.count).toBe(5);
    window = settle(window, 3, { ...LIMITED, remaining: 42 }, 300);
    window = settle(spend(window, 4, 400), 4, { ...LIMITED, remaining: 46 }, 500);
    expect(window.others.count).toBe(0);
  });

  test('believes no Remaining of an answer that was held.', () => {
    const window = settle(spend(newWindow(50), 1, 0), 1, { ...LIMITED, remaining: 3 }, 30_000);
    expect(window.others.count).toBe(0);
  });

  test('lets nothing go in a penalty, and keeps the longer of two.', () => {
    const penalty = { ...LIMITED, ok: false, remaining: 0 };
    let window = spend(spend(newWindow(50), 1, 0), 2, 0);
    window = settle(window, 1, { ...penalty, penalty: 60_000 }, 100);
    window = settle(window, 2, { ...penalty, penalty: 5_000 }, 200);
    for (const lane of LANES) {
      expect(decide(window, lane, 0, 61_099)).toEqual({ kind: 'penalty', until: 61_100 });
    }
    expect(remaining(window, 61_099)).toBe(0);
    expect(decide(window, 'command', 0, 61_100)).toEqual({ kind: 'go' });
  });

  test('changes nothing in the window it was given.', () => {
    const window = spend(spentWindow(2), 3, 200);
    const before = structuredClone(window);
    spend(window, 9, 300);
    refund(window, 3);
    settle(window, 3, { ...LIMITED, remaining: 10 }, 300);
    expect(window).toEqual(before);
    expect(settle(window, 99, LIMITED, 300)).toBe(window);
  });

  test('keeps a window of any size in a bounded space.', () => {
    let window = newWindow(50);
    for (let id = 1; id <= 20_000; id += 1) {
      const now = id * 10; // 100 a second
      window = settle(spend(window, id, now), id, { ok: true, limit: 1_000_000, window: 60_000 }, now + 5);
    }
    expect(remaining(window, 200_005)).toBeLessThan(1_000_000 - 6_000);
    expect(window.spent.length).toBeLessThanOrEqual(72);
  });
});
