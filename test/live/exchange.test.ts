import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createLine, type Line, type QueueRules } from '../../src/live/exchange.ts';

interface News {
  readonly about: string;
  readonly number: number;
  readonly skipped: number;
}

const news = (about: string, number: number): News => ({ about, number, skipped: 0 });

function openLine(limit = 4) {
  const counts = { left: 0, skipped: 0 };
  const rules: QueueRules<News> = {
    limit,
    key: ({ about }) => about,
    merge: (older, newer) => ({ ...newer, skipped: older.skipped + newer.skipped + 1 }),
    onSkip: () => {
      counts.skipped += 1;
    },
  };
  const line = createLine(rules, () => {
    counts.left += 1;
  });
  return { line, counts };
}

async function take(line: AsyncIterator<News>, count: number): Promise<News[]> {
  const taken: News[] = [];
  while (taken.length < count) {
    const { value, done } = await line.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const DONE = { value: undefined, done: true };

describe('A line', () => {
  test('gives every event in order to a reader who keeps up.', async () => {
    const { line } = openLine();
    const sent = [1, 2, 3].map((number) => news('a', number));
    const reading = take(line, 3);
    for (const event of sent) {
      line.push(event);
      await Promise.resolve();
    }
    expect(await reading).toEqual(sent);
  });

  test('gives events that came before the reader asked.', async () => {
    const { line } = openLine();
    line.push(news('a', 1));
    line.push(news('b', 2));
    expect(await take(line, 2)).toEqual([news('a', 1), news('b', 2)]);
  });

  test('answers questions that are asked at the same time with one event each.', async () => {
    const { line } = openLine();
    const asked = [line.next(), line.next()];
    line.push(news('a', 1));
    line.push(news('a', 2));
    expect(await Promise.all(asked)).toEqual([
      { value: news('a', 1), done: false },
      { value: news('a', 2), done: false },
    ]);
  });

  test('of a reader who stops keeps the first events, and then the latest of each kind with what was skipped.', async () => {
    const { line, counts } = openLine(3);
    line.push(news('a', 1));
    line.push(news('a', 2));
    line.push(news('b', 3));
    for (let number = 4; number <= 1_003; number += 1) line.push(news(number % 2 === 0 ? 'a' : 'b', number));
    expect(counts.skipped).toBe(1_000);
    line.end();
    expect(await take(line, 10)).toEqual([
      news('a', 1),
      { about: 'a', number: 1_002, skipped: 500 },
      { about: 'b', number: 1_003, skipped: 500 },
    ]);
  });

  test('holds no more than its limit and one event of each kind beyond.', async () => {
    const { line } = openLine(2);
    for (let number = 0; number < 1_000; number += 1) line.push(news(`kind ${number % 5}`, number));
    line.end();
    expect((await take(line, 1_000)).length).toBeLessThanOrEqual(2 + 5);
  });

  test('looks once at what each event is about when it comes, and once when it is read, however many are unread.', async () => {
    let looks = 0;
    const line = createLine<News>(
      {
        limit: 4,
        key: ({ about }) => {
          looks += 1;
          return about;
        },
        merge: (_, newer) => newer,
      },
      () => {},
    );
    for (let number = 0; number < 1_000; number += 1) line.push(news(`kind ${number}`, number));
    expect(looks).toBeLessThanOrEqual(1_000);
    expect(await take(line, 900)).toHaveLength(900);
    expect(looks).toBeLessThanOrEqual(1_900);
  });

  test('keeps and merges as one would who looks through all that is unread, whatever comes and is read.', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ push: fc.constantFrom('a', 'b', 'c', 'd') }) },
      { weight: 1, arbitrary: fc.constant('read' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.array(step, { maxLength: 60 }), async (limit, steps) => {
        const { line, counts } = openLine(limit);
        const unread: News[] = [];
        let skipped = 0;
        for (const [number, one] of steps.entries()) {
          if (one === 'read') {
            const expected = unread.shift();
            if (expected !== undefined) expect(await take(line, 1)).toEqual([expected]);
            continue;
          }
          const event = news(one.push, number);
          line.push(event);
          const place =
            unread.length < limit ? -1 : unread.findLastIndex(({ about }) => about === event.about);
          const [older] = place === -1 ? [] : unread.splice(place, 1);
          if (older !== undefined) skipped += 1;
          unread.push(older === undefined ? event : { ...event, skipped: older.skipped + 1 });
        }
        line.end();
        expect(await take(line, unread.length + 1)).toEqual(unread);
        expect(counts.skipped).toBe(skipped);
      }),
    );
  });

  test('keeps an event that nothing newer replaces, however far behind the reader is.', async () => {
    const { line } = openLine(1);
    line.push(news('a', 1));
    line.push(news('notice', 2));
    for (let number = 3; number < 100; number += 1) line.push(news('a', number));
    line.end();
    expect((await take(line, 10)).map(({ about }) => about)).toEqual(['notice', 'a']);
  });

  test('ends after what is queued, and stays at its end.', async () => {
    const { line, counts } = openLine();
    line.push(news('a', 1));
    line.end();
    line.push(news('a', 2));
    expect(await take(line, 5)).toEqual([news('a', 1)]);
    expect(await line.next()).toEqual(DONE);
    expect(counts.left).toBe(1);
  });

  test('fails after what is queued, once.', async () => {
    const { line, counts } = openLine();
    line.push(news('a', 1));
    line.fail(new Error('refused'));
    line.end();
    expect((await line.next()).value).toEqual(news('a', 1));
    await expect(line.next()).rejects.toThrow('refused');
    expect(await line.next()).toEqual(DONE);
    expect(counts.left).toBe(1);
  });

  test('ends, or fails, under a reader who waits.', async () => {
    const first = openLine();
    const ended = first.line.next();
    first.line.end();
    expect(await ended).toEqual(DONE);
    const second = openLine();
    const failed = second.line.next();
    second.line.fail(new Error('refused'));
    await expect(failed).rejects.toThrow('refused');
    expect([first.counts.left, second.counts.left]).toEqual([1, 1]);
  });

  test('lets a reader go who leaves while waiting, and takes nothing in any more.', async () => {
    const { line, counts } = openLine();
    const waiting = [line.next(), line.next()];
    expect(await line.return?.()).toEqual(DONE);
    expect(await Promise.all(waiting)).toEqual([DONE, DONE]);
    line.push(news('a', 1));
    line.fail(new Error('too late'));
    expect(await line.next()).toEqual(DONE);
    await line.return?.();
    expect(counts.left).toBe(1);
  });

  test('rejects with what the reader throws into it.', async () => {
    const { line, counts } = openLine();
    await expect(line.throw?.(new Error('mine'))).rejects.toThrow('mine');
    expect(counts.left).toBe(1);
  });

  test('is left by a loop that breaks.', async () => {
    const { line, counts } = openLine();
    line.push(news('a', 1));
    for await (const _ of line) break;
    expect(counts.left).toBe(1);
  });
});

/** Listens to a line; takes nothing while it is told to hold. */
function listenTo(line: Line<News>) {
  const heard: (News | string)[] = [];
  let release = () => {};
  const state = { isHolding: false };
  line.listen({
    take(event) {
      heard.push(event);
      if (!state.isHolding) return;
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
    end: () => void heard.push('ended'),
    fail: (error) => void heard.push(String(error)),
  });
  return { heard, state, release: () => release() };
}

describe('A listener', () => {
  test('has what was queued, and then each event before its push is over.', () => {
    const { line } = openLine();
    line.push(news('a', 1));
    const { heard } = listenTo(line);
    expect(heard).toEqual([news('a', 1)]);
    line.push(news('a', 2));
    expect(heard).toEqual([news('a', 1), news('a', 2)]);
  });

  test('that takes nothing for now is told the rest later, by the rules of the queue.', async () => {
    const { line, counts } = openLine(2);
    const { heard, state, release } = listenTo(line);
    state.isHolding = true;
    for (let number = 1; number <= 10; number += 1) line.push(news('a', number));
    line.end();
    expect(heard).toEqual([news('a', 1)]);
    state.isHolding = false;
    release();
    await vi.waitFor(() => expect(heard).toContain('ended'));
    expect(heard).toEqual([news('a', 1), news('a', 2), { about: 'a', number: 10, skipped: 7 }, 'ended']);
    expect(counts).toEqual({ left: 1, skipped: 7 });
  });

  test('is told the end, or the failure, once and at once.', () => {
    const first = openLine();
    const ended = listenTo(first.line);
    first.line.end();
    first.line.fail(new Error('too late'));
    const second = openLine();
    second.line.fail(new Error('refused'));
    const failed = listenTo(second.line);
    expect([ended.heard, failed.heard]).toEqual([['ended'], ['Error: refused']]);
    expect([first.counts.left, second.counts.left]).toEqual([1, 1]);
  });

  test('that left is told nothing more.', async () => {
    const { line, counts } = openLine();
    const { heard } = listenTo(line);
    await line.return?.();
    line.push(news('a', 1));
    line.end();
    expect(heard).toEqual([]);
    expect(counts.left).toBe(1);
  });
});
