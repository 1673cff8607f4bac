/** Sessions at several gateways, of which one did not hear what the other told. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Commons } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { createSessions } from '../../src/sign-in/sessions.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

const IDLE = 8_000;
const HOUR = 3_600_000;

/** One of them, whose sessions end when they are not used for eight seconds. */
function openSessions(commons: Commons) {
  return createSessions({
    commons,
    secrets: ['a-secret-of-more-than-thirty-two-characters'],
    systems: {
      genesys: {
        scope: 'here',
        server: { refresh: async () => ({ kind: 'lost', retryAfter: 0 }), revoke: async () => {} },
      },
    },
    metrics: createMetrics(),
    log: createLog('silent'),
    times: { idle: IDLE },
  });
}

/** The same commons, of which nothing is told. */
function deaf(commons: Commons): Commons {
  return {
    ...commons,
    cell: (sort) => ({ ...commons.cell(sort), follow: () => () => {} }),
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('A session that is used at another gateway is not idle here, also where that was not heard.', async () => {
  const commons = createInProcessCommons({ clock: () => Date.now() });
  const one = openSessions(commons);
  const cookie = await one.begin({
    system: 'genesys',
    user: { viewerId: 'ada', userId: 'ada', name: 'Ada Lind', email: null },
    tokens: {
      ...{ accessToken: 'access', life: HOUR, refreshToken: null },
      ...{ refreshLife: null, sessionLife: null, ownerId: null },
    },
    userAgent: null,
    cookieBefore: null,
  });
  await vi.advanceTimersByTimeAsync(1_000);
  const other = openSessions(deaf(commons));
  const { publicId } = (await other.find(cookie, 'genesys')) ?? {};
  expect(publicId).toMatch(/^[\w-]{36}$/);

  await vi.advanceTimersByTimeAsync(4_000);
  (await one.find(cookie, 'genesys'))?.used();
  // Between two looks of the other at what has ended.
  await vi.advanceTimersByTimeAsync(3_500);
  expect((await other.find(cookie, 'genesys'))?.publicId).toBe(publicId);

  await vi.advanceTimersByTimeAsync(IDLE);
  expect(await other.find(cookie, 'genesys')).toBe(null);
  one.stop();
  other.stop();
});
