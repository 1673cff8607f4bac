import { describe, expect, test } from 'vitest';
import { afterCut, type Cut, type HoldLimit, longestHold, UNLIMITED } from '../../src/live/hold-limit.ts';

const NOW = 1_000_000;
const FIVE_MINUTES = 300_000;

/** What is known after these cuts, a second apart. */
function known(...cuts: readonly Cut[]): HoldLimit {
  return cuts.reduce<HoldLimit>((limit, cut) => afterCut(limit, cut, NOW), UNLIMITED);
}
const cut = (asked: number, age: number, before: number | null = null): Cut => ({
  asked,
  after: age,
  before,
});
const most = (limit: HoldLimit, now = NOW) => longestHold(limit, now);

describe('A held read that is cut', () => {
  const CASES: Record<string, [readonly Cut[], HoldLimit['kind'], number]> = {
    'once, long before its end, teaches nothing: a machine may have been restarted.': [
      [cut(120_000, 60_000)],
      'unlimited',
      Infinity,
    ],
    'twice at the same age shows the patience of a proxy: holds stay below it.': [
      [cut(120_000, 60_000), cut(120_000, 60_300, 60_000)],
      'limited',
      48_000,
    ],
    'twice at different ages is two mishaps.': [
      [cut(120_000, 60_000), cut(120_000, 20_000, 60_000)],
      'unlimited',
      Infinity,
    ],
    'at its end shows it at once.': [[cut(30_000, 30_001)], 'limited', 24_000],
    'shortly before its end too.': [[cut(60_000, 55_000)], 'limited', 44_000],
    'at its end although it was shortened is in vain: no hold is limited any more.': [
      [cut(30_000, 30_000), cut(24_000, 24_000)],
      'vain',
      Infinity,
    ],
    'ever so often after that teaches nothing new.': [
      [cut(30_000, 30_000), cut(24_000, 24_000), cut(30_000, 30_000, 24_000), cut(30_000, 30_000, 30_000)],
      'vain',
      Infinity,
    ],
    'long before the end of a shortened hold shortens it more.': [
      [cut(120_000, 60_000), cut(120_000, 60_000, 60_000), cut(48_000, 20_000), cut(48_000, 20_000, 20_000)],
      'limited',
      16_000,
    ],
    'at once leaves a second.': [[cut(1_100, 1_050)], 'limited', 1_000],
  };
  for (const [name, [cuts, kind, longest]] of Object.entries(CASES)) {
    test(name, () => {
      const limit = known(...cuts);
      expect([limit.kind, most(limit)]).toEqual([kind, longest]);
    });
  }

  test('is remembered for five minutes, and then doubted.', () => {
    const limited = known(cut(30_000, 30_000));
    expect(most(limited, NOW + FIVE_MINUTES - 1)).toBe(24_000);
    expect(most(limited, NOW + FIVE_MINUTES)).toBe(Infinity);
    const vain = known(cut(30_000, 30_000), cut(24_000, 24_000));
    expect(afterCut(vain, cut(30_000, 30_000), NOW + FIVE_MINUTES)).toMatchObject({
      kind: 'limited',
      most: 24_000,
    });
  });
});
