/** What has to be asked for waits in one line, and nothing waits for ever. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createErrands, type ErrandOptions } from '../../src/account/errands.ts';

describe('An errand', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A line in which one begins each second; `done` are those that have begun. */
  function aLine(perMinute = 60) {
    const done: string[] = [];
    const errands = createErrands({ perMinute: () => perMinute });
    const want = (name: string, options?: ErrandOptions) =>
      errands.want(
        name,
        async () => {
          done.push(name);
        },
        options,
      );
    return { done, errands, want };
  }

  test('that is urgent goes before others, which have every other turn all the same', async () => {
    const { done, want } = aLine();
    want('first');
    for (const name of ['call 1', 'call 2', 'call 3']) want(name);
    for (const name of ['presence 1', 'presence 2']) want(name, { urgency: 'urgent' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['first', 'presence 1', 'call 1', 'presence 2', 'call 2', 'call 3']);
  });

  test('that nobody waits for has its turn when no other is due', async () => {
    const { done, want } = aLine();
    want('first');
    for (const name of ['check 1', 'check 2']) want(name, { urgency: 'idle' });
    want('presence', { urgency: 'urgent' });
    want('call');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(done).toEqual(['first', 'presence', 'call', 'check 1', 'check 2']);
  });

  test('that is wanted again is as urgent as the more urgent of both, and done once', async () => {
    const { done, want } = aLine();
    want('first');
    want('call');
    want('check', { urgency: 'idle' });
    want('check', { urgency: 'urgent' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['first', 'check', 'call']);
  });

  test('is refused where too many wait, and said to be', () => {
    const { want } = aLine();
    const taken = Array.from({ length: 5_002 }, (_, place) => want(`call ${place}`));
    // One has begun, and five thousand wait.
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(5_001);
  });

  test('is not looked for among thousands before somebody has a turn', () => {
    const { errands, want } = aLine(1);
    want('first');
    const names = vi.spyOn(Map.prototype, Symbol.iterator);
    for (let place = 0; place < 1_000; place += 1) want(`call ${place}`);
    expect(names).not.toHaveBeenCalled();
    names.mockRestore();
    errands.clear();
    expect(vi.getTimerCount()).toBe(0);
  });
});
