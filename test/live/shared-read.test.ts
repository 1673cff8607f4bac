import { describe, expect, test, vi } from 'vitest';
import { createSharedRead } from '../../src/live/shared-read.ts';

/** Reads that are answered by hand. */
function openReads() {
  const reads: { resolve: (value: string) => void; reject: (error: unknown) => void; signal: AbortSignal }[] =
    [];
  const shared = createSharedRead(
    (signal) => new Promise<string>((resolve, reject) => reads.push({ resolve, reject, signal })),
  );
  return { reads, shared };
}

describe('A shared read', () => {
  test('is one for all who ask while it is on its way.', async () => {
    const { reads, shared } = openReads();
    const questions = [shared.join(), shared.join(), shared.join(new AbortController().signal)];
    reads[0]?.resolve('answer');
    expect(await Promise.all(questions)).toEqual(['answer', 'answer', 'answer']);
    expect(reads).toHaveLength(1);
  });

  test('is a new one once it was answered.', async () => {
    const { reads, shared } = openReads();
    for (const answer of ['first', 'second']) {
      const question = shared.join();
      reads.at(-1)?.resolve(answer);
      expect(await question).toBe(answer);
    }
    expect(reads).toHaveLength(2);
  });

  test('fails for all who wait for it, and the next one asks anew.', async () => {
    const { reads, shared } = openReads();
    const questions = [shared.join(), shared.join()];
    reads[0]?.reject(new Error('out of order'));
    for (const question of questions) await expect(question).rejects.toThrow('out of order');
    const again = shared.join();
    reads[1]?.resolve('answer');
    expect(await again).toBe('answer');
  });

  test('goes on when one of those who wait leaves.', async () => {
    const { reads, shared } = openReads();
    const leaving = new AbortController();
    const questions = [shared.join(leaving.signal), shared.join()];
    leaving.abort(new Error('gone'));
    await expect(questions[0]).rejects.toThrow('gone');
    expect(reads[0]?.signal.aborted).toBe(false);
    reads[0]?.resolve('answer');
    expect(await questions[1]).toBe('answer');
  });

  test('is called off when the last one leaves, and the next one starts anew.', async () => {
    const { reads, shared } = openReads();
    const leaving = new AbortController();
    const questions = [shared.join(leaving.signal), shared.join(leaving.signal)];
    leaving.abort(new Error('gone'));
    for (const question of questions) await expect(question).rejects.toThrow('gone');
    expect(reads[0]?.signal.aborted).toBe(true);
    reads[0]?.reject(new Error('called off'));
    const again = shared.join();
    reads[1]?.resolve('answer');
    expect(await again).toBe('answer');
  });

  test('is not begun for somebody who has left already.', async () => {
    const { reads, shared } = openReads();
    await expect(shared.join(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(reads).toHaveLength(0);
  });

  test('that may be old is not handed to whoever asks later.', async () => {
    const { reads, shared } = openReads();
    const before = shared.join();
    shared.renew();
    const after = shared.join();
    reads[1]?.resolve('new');
    reads[0]?.resolve('old');
    expect([await before, await after]).toEqual(['old', 'new']);
    expect(reads).toHaveLength(2);
  });

  test('leaves no listener on the signal of a connection that asks a thousand times.', async () => {
    const { reads, shared } = openReads();
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    for (let round = 0; round < 1_000; round += 1) {
      const question = shared.join(signal);
      reads.at(-1)?.resolve('answer');
      await question;
    }
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });
});
