/** Lists that are remembered: asked for once by all of a viewer who ask at a time, and never shown to another viewer. */
import { describe, expect, test, vi } from 'vitest';
import { createAccountLists } from '../../src/ringcentral/account/lists.ts';

const asking = (viewerId: string, signal?: AbortSignal) => ({ viewerId, requestId: 'r', signal });

describe('A list', () => {
  test('is read once for a viewer, and for each viewer by themselves', async () => {
    const lists = createAccountLists();
    const read = vi.fn(async () => ['a']);
    const both = await Promise.all([1, 2].map(() => lists.of('names', asking('1'), read)));
    expect(both).toEqual([['a'], ['a']]);
    expect(await lists.of('names', asking('1'), read)).toEqual(['a']);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await lists.of('names', asking('2'), async () => ['b'])).toEqual(['b']);
    expect(await lists.of('others', asking('1'), async () => ['c'])).toEqual(['c']);
  });

  test('that could not be read is asked for again', async () => {
    const lists = createAccountLists();
    await expect(lists.of('names', asking('1'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lists.of('names', asking('1'), async () => ['a'])).toEqual(['a']);
  });

  test('is called off when nobody waits for it any more, and not before', async () => {
    const lists = createAccountLists();
    const [one, other] = [new AbortController(), new AbortController()];
    let ended: AbortSignal | undefined;
    const read = (signal: AbortSignal) => {
      ended = signal;
      return new Promise<string[]>(() => {});
    };
    const first = lists.of('names', asking('1', one.signal), read).catch(() => 'left');
    const second = lists.of('names', asking('1', other.signal), read).catch(() => 'left');
    one.abort();
    expect(await first).toBe('left');
    expect(ended?.aborted).toBe(false);
    other.abort();
    expect(await second).toBe('left');
    expect(ended?.aborted).toBe(true);
    expect(await lists.of('names', asking('1'), async () => ['a'])).toEqual(['a']);
  });

  test('that was on its way when all was forgotten is not remembered', async () => {
    const lists = createAccountLists();
    let answer: (list: string[]) => void = () => {};
    const old = lists.of('names', asking('1'), () => new Promise<string[]>((resolve) => (answer = resolve)));
    lists.forget();
    answer(['old']);
    expect(await old).toEqual(['old']);
    expect(await lists.of('names', asking('1'), async () => ['new'])).toEqual(['new']);
  });

  test('is forgotten after its time', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    try {
      const lists = createAccountLists(1_000);
      // A clock that stands at nothing is none to the cache.
      await vi.advanceTimersByTimeAsync(1);
      await lists.of('names', asking('1'), async () => ['old']);
      await vi.advanceTimersByTimeAsync(1_001);
      expect(await lists.of('names', asking('1'), async () => ['new'])).toEqual(['new']);
    } finally {
      vi.useRealTimers();
    }
  });
});
