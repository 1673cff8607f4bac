import { describe, expect, test } from 'vitest';
import { type ClockBounds, narrow, UNKNOWN_CLOCK } from '../../src/live/clock.ts';

/** An answer of an upstream whose clock is ahead by `offset`, made half way between `sentAt` and `receivedAt`. */
function answer(offset: number, sentAt: number, roundTrip: number) {
  const made = sentAt + roundTrip / 2 + offset;
  return { sentAt, receivedAt: sentAt + roundTrip, upstreamDate: Math.floor(made / 1_000) * 1_000 };
}

function afterAnswers(offset: number, count: number, from: ClockBounds = UNKNOWN_CLOCK, start = 1_000_000) {
  let bounds = from;
  for (let index = 0; index < count; index += 1) {
    bounds = narrow(bounds, answer(offset, start + index * 1_370, 40));
    expect(bounds.least).toBeLessThanOrEqual(offset);
    expect(bounds.most).toBeGreaterThan(offset);
  }
  return bounds;
}

describe("The upstream's clock", () => {
  test('is taken to agree within two seconds before any answer.', () => {
    expect(UNKNOWN_CLOCK).toEqual({ least: -2_000, most: 2_000 });
  });

  test('is bound by one answer to a second and the time the answer took, however far it is off.', () => {
    for (const offset of [0, -400, 45_000, -3_600_000]) {
      const { least, most } = afterAnswers(offset, 1);
      expect(most - least).toBe(1_040);
    }
  });

  test('is bound to little more than that time by many answers, and never beyond the truth.', () => {
    for (const offset of [0, 123, -4_567]) {
      const { least, most } = afterAnswers(offset, 200);
      expect(most - least).toBeLessThan(80);
    }
  });

  test('is learnt anew when it is set, or ours is.', () => {
    const before = afterAnswers(0, 50);
    const after = afterAnswers(-3_600_000, 1, narrow(before, answer(-3_600_000, 2_000_000, 40)), 2_001_370);
    expect(after.most - after.least).toBeLessThanOrEqual(1_040);
  });

  test('is not confused by an answer that was under way when our clock was set back.', () => {
    const bounds = afterAnswers(0, 50);
    const torn = { sentAt: 9_000_000, receivedAt: 5_400_000, upstreamDate: 9_000_000 };
    expect(narrow(bounds, torn)).toBe(bounds);
  });

  test('is not believed where it cannot be: no time of the year 275760 is ever asked for.', () => {
    const sentAt = Date.UTC(2026, 0, 5, 9);
    const times = { sentAt, receivedAt: sentAt + 40 };
    for (const upstreamDate of [8.64e15, -8.64e15, 0]) {
      expect(narrow(UNKNOWN_CLOCK, { ...times, upstreamDate })).toBe(UNKNOWN_CLOCK);
    }
    const yesterday = sentAt - 86_400_000;
    expect(narrow(UNKNOWN_CLOCK, { ...times, upstreamDate: yesterday }).most).toBe(-86_399_000);
  });

  test('is left as it is by an answer without a date, or one that tells nothing new.', () => {
    const bounds = afterAnswers(0, 50);
    expect(narrow(bounds, { sentAt: 0, receivedAt: 10, upstreamDate: null })).toBe(bounds);
    expect(narrow(bounds, { sentAt: 5_000_000, receivedAt: 5_030_000, upstreamDate: 5_015_000 })).toBe(
      bounds,
    );
  });
});
