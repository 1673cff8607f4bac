import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursorSigner, createReplay, type Replay } from '../../src/live/replay.ts';

const signer = createCursorSigner();
const LIMITS = { lifetime: 60_000, most: 100 };

interface Event {
  readonly cursor: string;
  readonly number: number;
}

/** Adds events numbered from `first`, one each millisecond, and answers them. */
function add(replay: Replay<Event>, first: number, count: number, now = 0): Event[] {
  return Array.from({ length: count }, (_, index) =>
    replay.add(now + index, (cursor) => ({ cursor, number: first + index })),
  );
}

const openReplay = (viewerId = 'viewer', sessionId = 's-1', limits = LIMITS) =>
  createReplay<Event>(signer.scope(viewerId, sessionId), limits);

describe('A replay', () => {
  test('gives exactly the events after any cursor of its own.', () => {
    const replay = openReplay();
    const beginning = replay.cursor;
    const events = add(replay, 1, 5);
    expect(replay.after(beginning, 10)).toEqual(events);
    for (const [index, { cursor }] of events.entries()) {
      expect(replay.after(cursor, 10)).toEqual(events.slice(index + 1));
    }
    expect(replay.cursor).toBe(events.at(-1)?.cursor);
  });

  test('has a cursor of its own for every event.', () => {
    const cursors = add(openReplay(), 1, 500).map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(500);
  });

  test('builds an event when somebody reads it, and gives it to those who come back all the same.', () => {
    const scope = signer.scope('viewer', 's-1');
    let written = 0;
    const write = (run: string, sequence: number) => {
      written += 1;
      return scope.write(run, sequence);
    };
    const replay = createReplay<Event>({ write, read: (cursor) => scope.read(cursor) }, LIMITS);
    const beginning = replay.cursor;
    const kept = [1, 2, 3].map((number) => replay.keep(number, (cursor) => ({ cursor, number })));
    expect(written).toBe(1);
    const read = kept[1]?.event();
    expect(read?.number).toBe(2);
    expect(written).toBe(2);
    const missed = replay.after(beginning, 10);
    expect(missed).toEqual(kept.map((one) => one.event()));
    expect(missed[1]).toBe(read);
    expect(written).toBe(4);
    expect(replay.after(read?.cursor ?? '', 10)).toEqual([{ cursor: replay.cursor, number: 3 }]);
  });

  test('does not resume from where no state is known.', () => {
    const replay = openReplay();
    add(replay, 1, 3);
    expect(replay.after(replay.nowhere, 10)).toBe('CURSOR_EXPIRED');
  });

  test('forgets what is too old, and says so only to those who would miss something.', () => {
    const replay = openReplay();
    const [old] = add(replay, 1, 1, 0);
    const [young] = add(replay, 2, 1, 50_000);
    expect(replay.after(old?.cursor ?? '', 60_001)).toEqual([young]);
    expect(replay.after(old?.cursor ?? '', 120_000)).toBe('CURSOR_EXPIRED');
    expect(replay.after(young?.cursor ?? '', 120_000)).toEqual([]);
  });

  test('keeps no more events than it may, also when nobody ever asks.', () => {
    const replay = openReplay('viewer', 's-1', { lifetime: 60_000, most: 10 });
    const events = add(replay, 1, 1_000);
    expect(replay.after(events[989]?.cursor ?? '', 1_000)).toEqual(events.slice(990));
    expect(replay.after(events[988]?.cursor ?? '', 1_000)).toBe('CURSOR_EXPIRED');
  });

  test('does not know the cursors of an earlier run of the same call.', () => {
    const [event] = add(openReplay(), 1, 1);
    expect(openReplay().after(event?.cursor ?? '', 0)).toBe('CURSOR_EXPIRED');
  });
});

describe('A cursor', () => {
  test('of another viewer, another call or another process is foreign.', () => {
    const replay = openReplay('viewer', 's-1');
    const elsewhere = createReplay<Event>(createCursorSigner().scope('viewer', 's-1'), LIMITS);
    for (const other of [openReplay('somebody else', 's-1'), openReplay('viewer', 's-2'), elsewhere]) {
      add(other, 1, 3);
      expect(replay.after(other.cursor, 0)).toBe('CURSOR_FOREIGN');
    }
  });

  test('of a viewer and call whose names run together differently is foreign too.', () => {
    const [one, other] = [openReplay('a"', 's'), openReplay('a', '"s')];
    expect(one.after(other.cursor, 0)).toBe('CURSOR_FOREIGN');
  });

  test('that was changed at any place is unknown, whoever made it.', () => {
    const replay = openReplay();
    add(replay, 1, 40);
    const elsewhere = createReplay<Event>(createCursorSigner().scope('viewer', 's-1'), LIMITS);
    add(elsewhere, 1, 40);
    expect(replay.after(elsewhere.cursor, 50)).toBe('CURSOR_FOREIGN');
    for (const cursor of [replay.cursor, elsewhere.cursor]) {
      for (let place = 0; place < cursor.length; place += 1) {
        const letter = cursor[place] === 'A' ? 'B' : 'A';
        const changed = `${cursor.slice(0, place)}${letter}${cursor.slice(place + 1)}`;
        expect([place, replay.after(changed, 50)]).toEqual([place, 'CURSOR_UNKNOWN']);
      }
      expect(replay.after(cursor.slice(0, -1), 50)).toBe('CURSOR_UNKNOWN');
    }
  });

  test('that somebody else signed, right sum and all, is not taken for ours.', () => {
    const replay = openReplay();
    add(replay, 1, 40);
    const parts = replay.cursor.split('.');
    const forged = [...parts.slice(0, 3), '1', parts[4]].join('.');
    const sum = createHash('sha256').update(forged).digest('base64url').slice(0, 6);
    expect(replay.after(`${forged}.${sum}`, 50)).toBe('CURSOR_UNKNOWN');
  });

  test('that nobody ever made is unknown, whatever is in it.', () => {
    const replay = openReplay();
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        expect(replay.after(text, 0)).toBe('CURSOR_UNKNOWN');
      }),
      { numRuns: 300 },
    );
    expect(replay.after(`${replay.cursor}\n`, 0)).toBe('CURSOR_UNKNOWN');
    expect(replay.after('x'.repeat(1_000_000), 0)).toBe('CURSOR_UNKNOWN');
  });

  test('says nothing of the viewer or the call to whoever reads it.', () => {
    expect(openReplay('account/extension', 's-secret').cursor).not.toMatch(/account|extension|secret/);
  });
});
