import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTurnstile, type Leave } from '../src/turnstile.ts';

const BOUNDS = { most: 4, mostCalm: 3, mostOfKey: 3, mostCalmOfKey: 2, mostWaiting: 3 };
const FULL = new Error('full');

describe('A turnstile', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Enters under a key, and notes who came in. */
  function doorOf(bounds = BOUNDS) {
    const turnstile = createTurnstile(bounds, () => FULL);
    const inside: string[] = [];
    const enter = async (
      key: string,
      more: { isUrgent?: boolean; patience?: number; signal?: AbortSignal } = {},
    ) => {
      const leave = await turnstile.enter({ key, patience: 1_000, ...more });
      inside.push(key);
      return leave;
    };
    return { turnstile, inside, enter };
  }

  test('has room at once for as many as may be inside, of one key and together, and more for the urgent.', async () => {
    const { turnstile, inside, enter } = doorOf();
    for (const key of ['a', 'a', 'b']) expect(turnstile.enter({ key, patience: 0 })).toBeTypeOf('function');
    void enter('b');
    await enter('c', { isUrgent: true });
    void enter('d', { isUrgent: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(inside).toEqual(['c']);
  });

  test('lets the key with fewest inside go first, however long the line of another is.', async () => {
    const { inside, enter } = doorOf();
    const leaves: Leave[] = [];
    for (const key of ['a', 'a', 'b']) leaves.push(await enter(key));
    void enter('a');
    void enter('a');
    void enter('c');
    leaves[2]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(inside).toEqual(['a', 'a', 'b', 'c']);
    leaves[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(inside).toEqual(['a', 'a', 'b', 'c', 'a']);
  });

  test('lets the urgent go before all others, and everybody of one kind in the order of their coming.', async () => {
    const { inside, enter } = doorOf({ ...BOUNDS, most: 1, mostCalm: 1 });
    const leave = await enter('first');
    const calm = enter('calm');
    void enter('urgent', { isUrgent: true }).then((done) => done());
    void enter('urgent too', { isUrgent: true }).then((done) => done());
    leave();
    (await calm)();
    expect(inside).toEqual(['first', 'urgent', 'urgent too', 'calm']);
  });

  test('refuses whoever is out of patience, finds the line full, or is told to go; and forgets whoever leaves.', async () => {
    const { turnstile, enter } = doorOf({ ...BOUNDS, most: 1, mostCalm: 1 });
    const leave = await enter('a');
    const leaving = new AbortController();
    const impatient = expect(enter('b', { patience: 10 })).rejects.toBe(FULL);
    const gone = expect(enter('c', { signal: leaving.signal })).rejects.toThrow('left');
    const stopped = expect(enter('d')).rejects.toThrow('stop');
    await expect(enter('e')).rejects.toBe(FULL);
    leaving.abort(new Error('left'));
    await gone;
    await vi.advanceTimersByTimeAsync(10);
    await impatient;
    turnstile.stop(new Error('stop'));
    await stopped;
    expect(turnstile.isDeserted).toBe(false);
    leave();
    leave();
    expect(turnstile.isDeserted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
