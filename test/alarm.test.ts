import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LONGEST_ALARM, setAlarm } from '../src/alarm.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  [90_000, 90_000],
  [0.2, 1],
  [0, 1],
  [-5, 1],
  [-Infinity, 1],
  // What setTimeout would take for one millisecond.
  [2_147_483_648, LONGEST_ALARM],
  [2_200_000_000, LONGEST_ALARM],
  [8.64e15, LONGEST_ALARM],
  [Infinity, LONGEST_ALARM],
  [Number.NaN, LONGEST_ALARM],
])('An alarm in %d milliseconds rings once, after %d', (wait, rung) => {
  const ring = vi.fn();
  setAlarm(ring, wait);
  vi.advanceTimersByTime(rung - 1);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ring).toHaveBeenCalledOnce();
});
