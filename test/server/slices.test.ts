import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSlices } from '../../src/server/slices.ts';

/** Heavy work by a clock of its own: each piece takes so many milliseconds. */
function workshop(pieceTakes: number, turns = 1) {
  let now = 0;
  const slices = createSlices(() => now, turns);
  const done: string[] = [];
  return {
    done,
    async work(name: string, pieces: number) {
      for (let piece = 1; piece <= pieces; piece += 1) {
        const turn = slices.turn();
        if (turn !== null) await turn;
        now += pieceTakes;
        done.push(`${name}${piece}`);
      }
    },
  };
}

/** How much was done at once, and after each turn of the loop, until it is this much. */
async function countTurns(done: readonly string[], all: number): Promise<readonly number[]> {
  const counts = [done.length];
  while (done.length < all) {
    await turnOfTheLoop();
    counts.push(done.length);
  }
  return counts;
}

test('Heavy work goes on for five milliseconds, and then others have a turn of the loop.', async () => {
  const { done, work } = workshop(2);
  void work('a', 9);
  expect(await countTurns(done, 9)).toEqual([3, 6, 9]);
});

test('Pieces that are longer than a slice are done one in each turn of the loop.', async () => {
  const { done, work } = workshop(7);
  void work('a', 3);
  expect(await countTurns(done, 3)).toEqual([1, 2, 3]);
});

test('Others have as many turns of the loop as are theirs.', async () => {
  const { done, work } = workshop(7, 3);
  void work('a', 2);
  expect(await countTurns(done, 2)).toEqual([1, 1, 1, 2]);
});

test('However many work, all share one slice, and each comes to it in turn.', async () => {
  const { done, work } = workshop(5);
  const all = Promise.all(['a', 'b', 'c'].map((name) => work(name, 3)));
  const counts = await countTurns(done, 9);
  await all;
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(done).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'c2', 'b3', 'c3']);
});

test('Whoever comes in a later turn of the loop begins at once.', async () => {
  const { done, work } = workshop(7);
  await work('a', 1);
  await turnOfTheLoop();
  await turnOfTheLoop();
  void work('b', 1);
  await Promise.resolve();
  expect(done).toEqual(['a1', 'b1']);
});
