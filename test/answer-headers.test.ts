/** What the headers of an answer say. */
import { describe, expect, test } from 'vitest';
import { headerOf, readRetryAfter } from '../src/answer-headers.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-03-04T15:20:30Z');
  const cells: readonly [header: string | undefined, milliseconds: number | null][] = [
    ['60', 60_000],
    [' 5 ', 5_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Wed, 04 Mar 2026 15:21:00 GMT', 30_000],
    ['Wednesday, 04-Mar-26 15:21:00 GMT', 30_000],
    ['Wed, 04 Mar 2026 15:20:00 GMT', 0],
    ['Thu, 04 Mar 2027 15:20:30 GMT', 600_000],
    ['31536000', 600_000],
    ['9'.repeat(400), 600_000],
    [undefined, null],
    ['', null],
    ['soon', null],
    ['-5', null],
    ['1e3', null],
    ['NaN', null],
    ['60, 60', null],
    ['Wed, 99 Foo 2026', null],
  ];
  for (const [header, milliseconds] of cells) {
    const name = String(header).slice(0, 40);
    test(`of ${name} is ${milliseconds === null ? 'nothing' : `${milliseconds} ms`}.`, () => {
      expect(readRetryAfter(header, now)).toBe(milliseconds);
    });
  }
});

test('A header that came twice is read once.', () => {
  expect(headerOf({ headers: { 'retry-after': ['5', '6'] } }, 'retry-after')).toBe('5');
});
