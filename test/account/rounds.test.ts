/** Whose presence is asked for, and what is remembered of that. */
import { expect, test } from 'vitest';
import { createRounds } from '../../src/account/rounds.ts';

test('Of so many extensions it is remembered that they are known, and the latest of them are', () => {
  const rounds = createRounds({
    asking: { want: () => true, isFailing: false, clear() {} },
    pace: 1_000,
    reach: () => ({ calls: 'everybody', presence: 'everybody' }),
    row: () => new Set(),
    everybody: () => [],
    mayAsk: () => true,
    see() {},
    onWanted() {},
    onNamedAsked() {},
  });
  const ids = Array.from({ length: 50_000 }, (_, number) => String(number));
  for (const id of ids) rounds.know(id);
  const known = ids.filter(rounds.isKnown);
  expect(known).toHaveLength(40_000);
  expect(known.at(-1)).toBe('49999');
});
