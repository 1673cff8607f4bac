import { describe, expect, test } from 'vitest';
import { afterEnding, type Health, WELL } from '../../src/upstream/outage.ts';

const well = (failures: number, since = 0): Health => ({ name: 'well', failures, since });
const out = (failures: number, since = 0): Health => ({ name: 'out', failures, since });
const mending = (failures: number, since: number, until: number): Health => ({
  name: 'mending',
  failures,
  since,
  until,
});

describe('An outage', () => {
  test.each<[string, Health, boolean, Health]>([
    ['begins to be counted with a failure', WELL, true, well(1, 50)],
    ['is none after two', well(1, 10), true, well(2, 10)],
    ['is one after three', well(2, 10), true, out(3, 10)],
    ['is none where an answer comes in between', well(2, 10), false, WELL],
    ['goes on with each failure', out(3, 10), true, out(4, 10)],
    ['may be over with an answer', out(4, 10), false, mending(4, 10, 50)],
    ['was over with the first of several', mending(4, 10, 40), false, mending(4, 10, 40)],
    ['goes on when one fails again', mending(4, 10, 40), true, out(5, 10)],
  ])('%s', (_what, before, failed, after) => {
    expect(afterEnding(before, failed, 50)).toEqual(after);
  });

  test('leaves what is well as it is', () => {
    expect(afterEnding(WELL, false, 50)).toBe(WELL);
  });
});
