/** What the tests of the commons share. */
import type { Commons } from '../../src/commons/commons.ts';
import type { ConnectionTimes } from '../../src/commons/connection.ts';
import { createRedisCommons } from '../../src/commons/redis.ts';
import { createLog, type Log } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import type { TestRedis } from '../support/redis.ts';

export interface JoinOptions {
  readonly times?: Partial<ConnectionTimes>;
  readonly log?: Log;
  readonly metrics?: Metrics;
  readonly prefix?: string;
}

/** One more gateway of this Redis. */
export function joinRedis(
  { urls, sentinel = null }: Pick<TestRedis, 'urls'> & { readonly sentinel?: string | null },
  options: JoinOptions = {},
): Promise<Commons> {
  const { log = createLog('silent'), metrics = createMetrics(), prefix = 'test', times } = options;
  return createRedisCommons({
    address: { urls, sentinel },
    prefix,
    log,
    metrics,
    // A machine of CI may be busy for long.
    times: { patience: 5_000, ...times },
  });
}
