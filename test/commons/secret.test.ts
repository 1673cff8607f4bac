/** Secrets of the fleet through what may happen to their store. */
import { describe, expect, test } from 'vitest';
import { createSecrets } from '../../src/commons/secret.ts';
import { until } from '../support/gateway.ts';
import { hasNoRedis, startRedis } from '../support/redis.ts';
import { joinRedis } from './support.ts';

const TIMES = { patience: 1_000, heartbeat: 50, firstPause: 5, longestPause: 20 };

describe.skipIf(hasNoRedis)('A secret of the fleet', () => {
  test('outlives the gateway that made it, and every time without Redis', async () => {
    await using redis = await startRedis();
    const first = await joinRedis(redis, { times: TIMES });
    const made = createSecrets(first, 'cursors').current();
    await first.stop();
    await using next = await joinRedis(redis, { times: TIMES });
    const secrets = createSecrets(next, 'cursors');
    expect(secrets.current()).toEqual(made);
    await redis.stop();
    await until(() => next.state().name === 'apart');
    expect(secrets.current()).toEqual(made);
  });

  test('is another where Redis has lost its data, with another epoch; the one before is still known', async () => {
    await using redis = await startRedis();
    await using one = await joinRedis(redis, { times: TIMES });
    await using other = await joinRedis(redis, { times: TIMES });
    const [ones, others] = [one, other].map((commons) => createSecrets(commons, 'cursors'));
    const before = ones?.current();
    await redis.empty();
    await until(() => ones?.current().epoch !== before?.epoch);
    const after = ones?.current();
    expect(after?.key).not.toEqual(before?.key);
    await until(() => others?.current().epoch === after?.epoch);
    expect(others?.current()).toEqual(after);
    expect(ones?.of(before?.epoch ?? '')).toEqual(before);
  });

  test('is its own of a gateway that has never met the others, until it does', async () => {
    await using redis = await startRedis();
    await redis.stop();
    await using late = await joinRedis(redis, { times: TIMES });
    const secrets = createSecrets(late, 'cursors');
    const own = secrets.current();
    expect(secrets.current()).toBe(own);
    await redis.start();
    await until(() => secrets.current() !== own);
    expect(secrets.current().epoch).toBe(late.fleet()?.id);
    expect(secrets.of(own.epoch)).toBe(own);
  });

  test('keeps only so many epochs that are over', async () => {
    await using redis = await startRedis();
    await using one = await joinRedis(redis, { times: TIMES });
    const secrets = createSecrets(one, 'cursors');
    const epochs = [secrets.current().epoch];
    while (epochs.length < 7) {
      await redis.empty();
      await until(() => secrets.current().epoch !== epochs.at(-1));
      epochs.push(secrets.current().epoch);
    }
    expect(epochs.map((epoch) => secrets.of(epoch) !== null)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });
});
