/** Idempotency keys of two gateways that share one commons, and what becomes of them when one is gone. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallNotFound, RateLimited, Unauthenticated, WrongCallState } from '../../schema/failures.ts';
import type { Command, CommandResult } from '../../schema/provider.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import { createIdempotencyKeys } from '../../src/upstream/idempotency.ts';
import { HOLD } from '../../src/upstream/key-record.ts';
import { readResult, storeResult } from '../../src/upstream/stored-result.ts';

const HOLD_IT: Command = { name: 'holdCallParty', sessionId: 's-1', partyId: 'p-1' };
const DONE: CommandResult = {
  ...{ outcome: 'APPLIED', replayed: false, error: null },
  ...{ session: null, party: null, recording: null },
};

function refusal(): CommandResult {
  const facts = { retryAfter: 1, retryAt: 1, sent: false };
  return { ...DONE, outcome: 'NOT_APPLIED', error: new RateLimited('full', facts) };
}

describe('Two gateways with one key', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function pair(patience?: number) {
    const commons = createInProcessCommons();
    const gateway = () => {
      const keys = createIdempotencyKeys({ commons, patience });
      return {
        once: (viewerId: string, key: string, command: Command, run: () => Promise<CommandResult>) =>
          keys.once(viewerId, key, command, run, { session: null, party: null, recording: null }),
      };
    };
    return { one: gateway(), other: gateway() };
  }

  test('run it once, and both have its result', async () => {
    const { one, other } = pair();
    const run = vi.fn(async () => DONE);
    const [first, second] = [one, other].map((keys) => keys.once('v', 'k', HOLD_IT, run));
    await vi.advanceTimersByTimeAsync(HOLD);
    expect([await first, await second]).toEqual([DONE, { ...DONE, replayed: true }]);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('say UNKNOWN where the one that ran it is gone, and send nothing', async () => {
    const { one, other } = pair();
    const never = new Promise<CommandResult>(() => {});
    void one.once('v', 'k', HOLD_IT, () => never);
    await vi.advanceTimersByTimeAsync(0);
    // It beats no more: it was killed.
    vi.clearAllTimers();
    const run = vi.fn(async () => DONE);
    const second = other.once('v', 'k', HOLD_IT, run);
    await vi.advanceTimersByTimeAsync(2 * HOLD);
    expect(await second).toMatchObject({ outcome: 'UNKNOWN', replayed: true, error: { sent: true } });
    expect(run).not.toHaveBeenCalled();
  });

  test('wait for one that takes long, as long as it beats and the other is patient', async () => {
    const { one, other } = pair(3 * HOLD);
    let end = (_: CommandResult) => {};
    void one.once('v', 'k', HOLD_IT, () => new Promise((resolve) => (end = resolve)));
    const run = vi.fn(async () => DONE);
    const second = other.once('v', 'k', HOLD_IT, run);
    await vi.advanceTimersByTimeAsync(2 * HOLD);
    end(DONE);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await second).toEqual({ ...DONE, replayed: true });

    const third = one.once('v', 'another', HOLD_IT, () => new Promise(() => {}));
    const fourth = other.once('v', 'another', HOLD_IT, run);
    await vi.advanceTimersByTimeAsync(3 * HOLD + 1_000);
    expect(await fourth).toMatchObject({ outcome: 'UNKNOWN', replayed: true });
    expect(run).not.toHaveBeenCalled();
    void third;
  });

  test('are free to try again where nothing was sent, and whoever has waited hears why', async () => {
    const { one, other } = pair();
    let end = (_: CommandResult) => {};
    const first = one.once('v', 'k', HOLD_IT, () => new Promise((resolve) => (end = resolve)));
    const run = vi.fn(async () => DONE);
    const second = other.once('v', 'k', HOLD_IT, run);
    await vi.advanceTimersByTimeAsync(0);
    end(refusal());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await first).toMatchObject({ outcome: 'NOT_APPLIED', replayed: false });
    expect(await second).toMatchObject({ outcome: 'NOT_APPLIED', replayed: true });
    expect(await other.once('v', 'k', HOLD_IT, run)).toEqual(DONE);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('try with the own token of the second where the first was not let in', async () => {
    const { one, other } = pair();
    let fail = (_: Error) => {};
    const first = one.once('v', 'k', HOLD_IT, () => new Promise((_, reject) => (fail = reject)));
    first.catch(() => {});
    const second = other.once('v', 'k', HOLD_IT, async () => DONE);
    await vi.advanceTimersByTimeAsync(0);
    fail(new Unauthenticated('expired'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await second).toEqual(DONE);
  });
});

describe('A stored outcome', () => {
  const key = sealingKey('secret', 'test');

  test('is read as it was written, whatever went wrong', () => {
    const trace = { errorCode: 'TAS-102', status: 404 };
    for (const error of [
      null,
      new CallNotFound('no such call', 'partyId', trace),
      new WrongCallState('not now', 'HOLD', ['UNHOLD'], trace),
      refusal().error,
    ]) {
      const result = { ...DONE, error };
      const read = readResult(storeResult(result, key), key);
      expect(read).toEqual(result);
      expect(read?.error?.constructor).toBe(error?.constructor);
    }
  });

  test('is read by nobody else, nor when it was changed', () => {
    const stored = storeResult(DONE, key);
    expect(readResult(stored, sealingKey('another', 'test'))).toBeNull();
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(stored, 'base64');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        expect(readResult(bytes.toString('base64'), key)).toBeNull();
      }),
    );
    expect(readResult('', key)).toBeNull();
  });
});
