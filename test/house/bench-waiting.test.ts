/** What the benchmark waits for: a fault of a gateway ends it with words, and does not hang it. */
import { expect, test } from 'vitest';
import { waitUntil } from '../../bench/waiting.ts';
import { untilQuiet } from '../../bench/works/seats.ts';

/** Counts as an upstream does that is asked once more before each look, so many times. */
function askedFor(times: number) {
  let looks = 0;
  return {
    counts: async () => {
      looks += 1;
      return { reads: Math.min(looks, times), polls: 7, commands: 0, other: 0, rejected: 0, again: 0 };
    },
    looks: () => looks,
  };
}

test('What comes is waited for', async () => {
  let looks = 0;
  const isSo = () => {
    looks += 1;
    return looks === 3;
  };
  await waitUntil(isSo, { within: 60_000, every: 1, missing: () => 'it is not so' });
  expect(looks).toBe(3);
});

test('What never comes ends the wait, and what is missing is said', async () => {
  const missing = () => 'nobody has come';
  await expect(waitUntil(async () => false, { within: 10, every: 1, missing })).rejects.toThrow(
    'After 10 ms nobody has come',
  );
});

test('An upstream is quiet when nobody has asked it anything since the last look', async () => {
  const upstream = askedFor(3);
  await untilQuiet(upstream, { every: 1 });
  expect(upstream.looks()).toBe(4);
  // One look tells nothing.
  const silent = askedFor(0);
  await untilQuiet(silent, { every: 1 });
  expect(silent.looks()).toBe(2);
});

test('An upstream that is never quiet ends the wait for it', async () => {
  await expect(untilQuiet(askedFor(Infinity), { every: 1, within: 10 })).rejects.toThrow(
    /^After 10 ms the upstream is still asked: \d requests more since the last look$/,
  );
});
