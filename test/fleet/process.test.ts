/** As operators run it: the bundle, which loads the client of Redis only where there is one. */
import { expect, test } from 'vitest';
import { readiness } from '../support/fleet.ts';
import { startGateway } from '../support/process.ts';
import { hasNoRedis, startRedis } from '../support/redis.ts';

test.skipIf(hasNoRedis)('Two processes of one Redis are together', async () => {
  await using redis = await startRedis();
  await using one = await startGateway({ REDIS_URL: redis.url });
  await using other = await startGateway({ REDIS_URL: redis.url });
  for (const { url } of [one, other]) {
    expect(await readiness({ gateway: { url } })).toEqual({
      ok: true,
      commons: 'Together with the other gateways.',
    });
  }
});
