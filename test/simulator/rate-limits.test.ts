import { describe, expect, test } from 'vitest';
import { createRateLimits, FULL_BUCKET, spend } from '../../src/simulator/rate-limits.ts';
import { clientOf, inbound, sessionPath, startQuiet } from './support.ts';

const MINUTE = 60_000; // 1 minute
const RULES = { limit: 2, window: MINUTE, penalty: MINUTE };

describe('a bucket', () => {
  test('forgets a request when it leaves the window', () => {
    const [one, first] = spend(FULL_BUCKET, RULES, 0);
    const [two, second] = spend(one, RULES, 30_000);
    expect([first, second]).toEqual([
      { allowed: true, remaining: 1, retryAfter: 0 },
      { allowed: true, remaining: 0, retryAfter: 0 },
    ]);
    const [, third] = spend(two, RULES, MINUTE);
    expect(third).toEqual({ allowed: true, remaining: 0, retryAfter: 0 });
  });

  test('is shut for the penalty after a request too many, and every knock starts it again', () => {
    let bucket = FULL_BUCKET;
    const knock = (at: number) => {
      const [next, verdict] = spend(bucket, RULES, at);
      bucket = next;
      return verdict.allowed;
    };
    expect([knock(0), knock(1), knock(2)]).toEqual([true, true, false]);
    expect(knock(59_999)).toBe(false);
    expect(knock(59_999 + MINUTE - 1)).toBe(false);
    expect(knock(59_999 + 2 * MINUTE - 1)).toBe(true);
  });
});

test('the headers count down, and a 429 names the seconds to wait', async () => {
  let clock = 1_790_000_000_000;
  await using simulator = await startQuiet({ now: () => clock, settings: { lightLimit: 50 } });
  const iris = clientOf(simulator);
  const path = sessionPath(inbound(simulator));

  for (let left = 49; left >= 0; left--) {
    const { status, headers } = await iris('GET', path);
    expect(status).toBe(200);
    expect(headers.get('x-rate-limit-remaining')).toBe(String(left));
  }
  const refused = await iris('GET', path);
  expect(refused).toMatchObject({
    status: 429,
    body: { errors: [{ errorCode: 'CMN-301', message: 'Request rate exceeded' }] },
  });
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '60',
    'x-rate-limit-group': 'light',
    'x-rate-limit-limit': '50',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-window': '60',
    date: new Date(clock).toUTCString(),
  });

  clock += 59_000;
  expect((await iris('GET', path)).status).toBe(429);
  clock += 59_000;
  expect((await iris('GET', path)).status, 'the knock has restarted the penalty').toBe(429);
  clock += 60_000;
  expect((await iris('GET', path)).status).toBe(200);
});

test('users and groups are counted apart, tokens of one user together', async () => {
  await using simulator = await startQuiet({ settings: { lightLimit: 1, heavyLimit: 1, authLimit: 5 } });
  const [iris, tomas] = [clientOf(simulator), clientOf(simulator, 'sim-102')];
  const signedIn = await fetch(`${simulator.url}/restapi/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('app:secret')}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'sim-jwt-101',
    }),
  });
  expect(signedIn.headers.get('x-rate-limit-group')).toBe('auth');
  const { access_token } = (await signedIn.json()) as { access_token: string };
  expect((await iris('GET', '/extension/~')).status).toBe(200);
  expect((await clientOf(simulator, access_token)('GET', '/extension/~')).status).toBe(429);
  expect((await tomas('GET', '/extension/~')).status).toBe(200);
  expect((await iris('GET', '/presence')).headers.get('x-rate-limit-group')).toBe('heavy');
});

test('ten thousand buckets are kept, and whoever has asked for nothing for longest is forgotten first', () => {
  const limits = createRateLimits();
  const take = (user: string, now: number) => limits.take(user, 'auth', RULES, now)?.remaining;
  expect([take('early', 0), take('busy', 1)]).toEqual([1, 1]);
  for (let client = 0; client < 9_998; client += 1) take(`client ${client}`, 2);
  expect(take('busy', 3)).toBe(0);
  take('client 9998', 4);
  expect([take('busy', 5), take('early', 6)]).toEqual([0, 1]);
});
