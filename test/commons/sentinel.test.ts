/** A server behind sentinels that is lost: another takes its place. */
import { expect, test } from 'vitest';
import { until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';
import { startSentinels } from '../support/sentinel.ts';
import { joinRedis } from './support.ts';

const TIMES = { patience: 2_000, connect: 2_000, heartbeat: 50, firstPause: 20, longestPause: 200 };

test.skipIf(hasNoRedis)(
  'Gateways follow their sentinels to the next server, and find there what they had',
  async () => {
    await using sentinels = await startSentinels();
    await using one = await joinRedis(sentinels, { times: TIMES });
    await using other = await joinRedis(sentinels, { times: TIMES });
    expect([one.state().name, other.state().name]).toEqual(['together', 'together']);
    const id = one.fleet()?.id;
    const changes: string[] = [];
    one.onChange(() => changes.push(one.state().name));
    await sentinels.lose();
    await until(() => changes.includes('apart') && one.state().name === 'together');
    await until(() => other.state().name === 'together');
    expect([one.fleet()?.id, other.fleet()?.id]).toEqual([id, id]);
    const cell = one.cell<number>({ word: 'count' });
    await cell.update({ owner: 'a' }, () => ({ value: 7, lifetime: 60_000, result: null }));
    const seen = await other
      .cell<number>({ word: 'count' })
      .update({ owner: 'a' }, (value) => ({ result: value }));
    expect(seen).toBe(7);
  },
  60_000,
);
