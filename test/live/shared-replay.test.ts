/** Events that several gateways tell, remembered by their places. */
import { describe, expect, test } from 'vitest';
import { createCursorSigner } from '../../src/live/replay.ts';
import { SharedReplay } from '../../src/live/shared/shared-replay.ts';

const LIMITS = { lifetime: 1_000, most: 5 };
const secret = { key: Buffer.alloc(32, 7) };

/** One gateway's memory of one call of one viewer; all have one secret. */
function remember(viewerId = 'viewer') {
  const replay = new SharedReplay<string>(createCursorSigner(() => secret).scope(viewerId, 's-1'), LIMITS);
  const cursors: string[] = [];
  const tell = (text: string, sequence: number | null, { run = 'log', at = 0 } = {}) => {
    const place = sequence === null ? null : { run, sequence };
    replay.add(
      at,
      (cursor) => {
        cursors.push(cursor);
        return text;
      },
      place,
    );
    return cursors.at(-1) ?? '';
  };
  return { replay, tell };
}

describe('Events of a log', () => {
  test('have the same cursors at every gateway, and are resumed from at any.', () => {
    const [one, other] = [remember(), remember()];
    for (const { replay } of [one, other]) replay.begin({ run: 'log', sequence: 4 });
    const cursors = [one.tell('a', 5), one.tell('b', 6), one.tell('c', 9)];
    expect([other.tell('a', 5), other.tell('b', 6), other.tell('c', 9)]).toEqual(cursors);
    expect(cursors.map((cursor) => other.replay.after(cursor, 0))).toEqual([['b', 'c'], ['c'], []]);
    other.replay.stand({ run: 'log', sequence: 12 });
    expect(one.replay.after(other.replay.cursor, 0)).toBe('CURSOR_EXPIRED');
    expect(other.replay.after(other.replay.cursor, 0)).toEqual([]);
    expect(other.replay.after(cursors[1] ?? '', 0)).toEqual(['c']);
  });

  test('are of one viewer: the cursor of another is foreign.', () => {
    const cursor = remember('another viewer').tell('a', 1);
    const { replay, tell } = remember();
    tell('a', 1);
    expect(replay.after(cursor, 0)).toBe('CURSOR_FOREIGN');
  });

  test('that are too old or too many are expired, and so is what was before the beginning.', () => {
    const { replay, tell } = remember();
    replay.begin({ run: 'log', sequence: 1 });
    const early = remember().tell('before', 1);
    expect(replay.after(early, 0)).toEqual([]);
    const first = tell('a', 2);
    const second = tell('b', 3, { at: 600 });
    expect(replay.after(early, 500)).toEqual(['a', 'b']);
    expect(replay.after(early, 1_100)).toBe('CURSOR_EXPIRED');
    expect(replay.after(first, 1_100)).toEqual(['b']);
    for (let sequence = 4; sequence < 10; sequence += 1) tell(`${sequence}`, sequence, { at: 600 });
    expect(replay.after(second, 700)).toBe('CURSOR_EXPIRED');
    expect(replay.after(remember().tell('5', 5), 700)).toEqual(['6', '7', '8', '9']);
  });

  test('that a gateway told alone are in the order of the telling, and known to it only.', () => {
    const { replay, tell } = remember();
    replay.begin({ run: 'log', sequence: 0 });
    const together = tell('a', 1);
    const alone = tell('b', null);
    tell('c', null);
    expect(replay.after(together, 0)).toEqual(['b', 'c']);
    expect(replay.after(alone, 0)).toEqual(['c']);
    const other = remember();
    other.replay.begin({ run: 'log', sequence: 0 });
    other.tell('a', 1);
    expect(other.replay.after(alone, 0)).toBe('CURSOR_EXPIRED');
    // Together again, what the others told meanwhile is not known here.
    tell('d', 31);
    expect(replay.after(together, 0)).toBe('CURSOR_EXPIRED');
  });

  test('that end a difference which is told where gateways meet are gone on from at each, and from nothing before them.', () => {
    const [one, other] = [remember(), remember()];
    const early = other.tell('somebody else was told this', 30);
    other.tell('and this', 31);
    one.replay.begin({ run: 'log', sequence: 31 });
    const first = one.tell('a difference', null);
    const last = one.tell('the last difference', 31);
    for (const { tell } of [one, other]) tell('news', 32);
    for (const { replay } of [one, other]) expect(replay.after(last, 0)).toEqual(['news']);
    expect(one.replay.after(first, 0)).toEqual(['the last difference', 'news']);
    expect(one.replay.after(early, 0)).toBe('CURSOR_EXPIRED');
  });

  test('of another epoch are another run.', () => {
    const { replay, tell } = remember();
    const cursor = tell('a', 7, { run: 'lost' });
    replay.begin({ run: 'log', sequence: 1 });
    tell('b', 2);
    expect(replay.after(cursor, 0)).toBe('CURSOR_EXPIRED');
  });
});
