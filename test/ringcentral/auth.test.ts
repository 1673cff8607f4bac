import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RateLimited, Unauthenticated, UpstreamUnavailable } from '../../schema/failures.ts';
import { createServiceSignIn, type SendForm, type ServiceSignIn } from '../../src/ringcentral/auth.ts';
import { OPERATIONS } from '../../src/ringcentral/operations.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { digest } from '../../src/tokens.ts';
import { readBearer } from '../../src/upstream/bearer.ts';
import { json, scriptedServer, upstreamTo } from './support.ts';

const CREDENTIALS = { clientId: 'app', clientSecret: 'top-secret', jwt: 'head.body.sign' };
const read = { operation: OPERATIONS.readExtension, lane: 'query' } as const;

/** An OAuth server and API with tokens that can be ended, and no limits. */
async function platform(options: { expiresIn?: number } = {}) {
  const grants: string[] = [];
  let live = { access: '', refresh: '' };
  let refuseGrants = false;
  const server = await scriptedServer((response, { url, headers, body }) => {
    const free = { 'X-Rate-Limit-Limit': '0' };
    if (url === '/restapi/oauth/revoke') {
      live = { access: '', refresh: '' };
      grants.push('revoke');
      return json(response, 200, {});
    }
    if (url !== '/restapi/oauth/token') {
      return headers.authorization === `Bearer ${live.access}`
        ? json(response, 200, { id: 1, account: { id: '2' } }, free)
        : json(response, 401, { errors: [{ errorCode: 'OAU-128', message: 'Access token expired.' }] }, free);
    }
    const form = new URLSearchParams(body);
    const grant = form.get('refresh_token') === null ? 'jwt' : 'refresh';
    grants.push(grant);
    expect(headers.authorization).toBe(`Basic ${Buffer.from('app:top-secret').toString('base64')}`);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const isGood =
      grant === 'jwt'
        ? form.get('assertion') === CREDENTIALS.jwt &&
          form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
        : form.get('refresh_token') === live.refresh && form.get('grant_type') === 'refresh_token';
    if (refuseGrants || !isGood) {
      return json(response, 400, { error: 'invalid_grant', error_description: 'Token not found' });
    }
    live = { access: `access-${grants.length}`, refresh: `refresh-${grants.length}` };
    json(response, 200, {
      access_token: live.access,
      token_type: 'bearer',
      expires_in: options.expiresIn ?? 3_600,
      refresh_token: live.refresh,
    });
  });
  return {
    server,
    grants,
    endAccess: () => {
      live = { ...live, access: '' };
    },
    endSession: () => {
      live = { access: '', refresh: '' };
      refuseGrants = true;
    },
  };
}

describe('the service sign-in', () => {
  /** Lets the clock of the sign-in run ahead, so that no token is too young. */
  let ahead = 0;
  beforeEach(() => {
    ahead = 0;
  });
  const clock = () => performance.now() + ahead;

  async function signedIn(options: { expiresIn?: number } = {}) {
    const world = await platform(options);
    const { upstream } = upstreamTo(world.server.url);
    const lines: string[] = [];
    const log = createLog('debug', { write: (line: string) => void lines.push(line) });
    const signIn = createServiceSignIn({ ...CREDENTIALS, sendForm: upstream.sendForm, log, clock });
    onTestFinished(() => signIn.stop());
    return { ...world, upstream, signIn, lines };
  }

  test('asks for one token, however many want one, and keeps it.', async () => {
    const { signIn, grants } = await signedIn();
    expect(signIn.state()).toEqual({ status: 'signed-out', problem: null, retryAt: null });
    const tokens = await Promise.all(Array.from({ length: 100 }, () => signIn.accessToken()));
    expect(new Set(tokens)).toEqual(new Set(['access-1']));
    expect(await signIn.accessToken()).toBe('access-1');
    expect(grants).toEqual(['jwt']);
    expect(signIn.state()).toEqual({ status: 'signed-in', problem: null, retryAt: null });
  });

  test('refreshes ahead of the expiry, once for everybody.', async () => {
    const { signIn, grants } = await signedIn();
    await signIn.accessToken();
    ahead = 3_530_000;
    expect(await signIn.accessToken()).toBe('access-1');
    ahead = 3_545_000;
    const tokens = await Promise.all(Array.from({ length: 100 }, () => signIn.accessToken()));
    expect(new Set(tokens)).toEqual(new Set(['access-2']));
    expect(grants).toEqual(['jwt', 'refresh']);
  });

  test('refreshes after a day at the latest, however long the token is said to live.', async () => {
    const { signIn, grants } = await signedIn({ expiresIn: 1e300 });
    await signIn.accessToken();
    ahead = 86_400_000;
    expect(await signIn.accessToken()).toBe('access-2');
    expect(grants).toEqual(['jwt', 'refresh']);
  });

  test('serves 100 requests whose token has ended with one refresh, and none of them fails.', async () => {
    const { signIn, upstream, grants, endAccess } = await signedIn();
    await upstream.send(signIn, read);
    ahead = 60_000;
    endAccess();
    const answers = await Promise.all(Array.from({ length: 100 }, () => upstream.send(signIn, read)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(grants).toEqual(['jwt', 'refresh']);
  });

  test('signs in anew when the session has ended, too.', async () => {
    const world = await signedIn();
    await world.upstream.send(world.signIn, read);
    ahead = 60_000;
    await world.upstream.sendForm({
      bucket: 'elsewhere',
      operation: OPERATIONS.revokeToken,
      authorization: 'Basic x',
      form: { token: 'access-1' },
    });
    expect((await world.upstream.send(world.signIn, read)).status).toBe(200);
    expect(world.grants).toEqual(['jwt', 'revoke', 'refresh', 'jwt']);
  });

  test('is quiet after a refusal, however many ask, and names the problem.', async () => {
    const { signIn, upstream, grants, lines, endSession } = await signedIn();
    await upstream.send(signIn, read);
    ahead = 60_000;
    endSession();
    const failed = await Promise.allSettled(Array.from({ length: 50 }, () => upstream.send(signIn, read)));
    for (const result of failed) {
      if (result.status === 'fulfilled') expect.fail('it was answered');
      expect(result.reason).toMatchObject({ name: 'UpstreamUnavailable', sent: false });
    }
    expect(grants).toEqual(['jwt', 'refresh', 'jwt']);
    await expect(signIn.accessToken()).rejects.toMatchObject({ name: 'UpstreamUnavailable', sent: false });
    expect(grants).toHaveLength(3);
    const { status, problem, retryAt } = signIn.state();
    expect([status, problem]).toEqual(['refused', 'Token not found']);
    expect(retryAt).toBeGreaterThan(Date.now());
    const errors = lines.filter((line) => line.includes('"level":"error"'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('RINGCENTRAL_CLIENT_SECRET');
    expect(lines.join()).not.toMatch(/top-secret|head\.body\.sign|access-|refresh-\d/);
    ahead = 121_000;
    await expect(signIn.accessToken()).rejects.toThrow('refuses its credentials');
    expect(grants).toHaveLength(4);
    expect(signIn.state().retryAt).toBeGreaterThan(Date.now() + 100_000);
  });

  test('does not run in circles with a token that RingCentral gives and then refuses.', async () => {
    const { signIn, upstream, grants, endAccess } = await signedIn();
    await signIn.accessToken();
    endAccess();
    // Not Unauthenticated: whoever asks can do nothing about it.
    await expect(upstream.send(signIn, read)).rejects.toMatchObject({
      name: 'UpstreamUnavailable',
      sent: false,
    });
    expect(grants).toEqual(['jwt']);
  });

  test('refreshes a token that is refused early, where its short life is about to end.', async () => {
    const { signIn, upstream, grants, endAccess } = await signedIn({ expiresIn: 5 });
    await upstream.send(signIn, read);
    ahead = 4_001;
    endAccess();
    expect((await upstream.send(signIn, read)).status).toBe(200);
    expect(grants).toEqual(['jwt', 'refresh']);
  });

  test('gives its session back when it stops, and is no caller any more.', async () => {
    const { signIn, grants } = await signedIn();
    await signIn.accessToken();
    await signIn.stop();
    await signIn.stop();
    expect(grants).toEqual(['jwt', 'revoke']);
    expect(signIn.state().status).toBe('signed-out');
    await expect(signIn.accessToken()).rejects.toBeInstanceOf(UpstreamUnavailable);
  });

  test('lets go of whoever stops waiting.', async () => {
    const hanging = await scriptedServer(() => {});
    const { upstream } = upstreamTo(hanging.url);
    const signIn = createServiceSignIn({
      ...CREDENTIALS,
      sendForm: upstream.sendForm,
      log: createLog('silent'),
    });
    const leaving = new AbortController();
    const waiting = signIn.accessToken(leaving.signal).catch((error: unknown) => error);
    await hanging.arrived(1);
    expect(signIn.state().status).toBe('signing-in');
    leaving.abort(new Error('left'));
    expect(await waiting).toEqual(new Error('left'));
    await expect(signIn.accessToken(leaving.signal)).rejects.toEqual(new Error('left'));
    expect(hanging.arrivals).toHaveLength(1);
  });
});

describe('a sign-in that cannot reach RingCentral', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const token = (name: string) => ({ access_token: name, expires_in: 100, refresh_token: `${name}-r` });
  const down = () => Promise.reject(new UpstreamUnavailable('RingCentral could not be reached.', false));

  function scripted(...steps: readonly (() => Promise<unknown>)[]): {
    signIn: ServiceSignIn;
    asked: () => number;
  } {
    let asked = 0;
    const sendForm: SendForm = () => {
      asked += 1;
      return (steps[asked - 1] ?? down)();
    };
    const signIn = createServiceSignIn({ ...CREDENTIALS, sendForm, log: createLog('silent') });
    onTestFinished(() => signIn.stop());
    return { signIn, asked: () => asked };
  }

  test('tries again by itself, after pauses that grow.', async () => {
    const { signIn, asked } = scripted(down, down, down, async () => token('a'));
    await expect(signIn.accessToken()).rejects.toThrow('RingCentral cannot be reached');
    const at = async (time: number) => {
      await vi.advanceTimersByTimeAsync(time - performance.now() + start);
      return asked();
    };
    const start = performance.now();
    expect(await at(1_999)).toBe(1);
    expect(await at(2_000)).toBe(2);
    expect(signIn.state().status).toBe('unreachable');
    expect(await at(5_999)).toBe(2);
    expect(await at(6_000)).toBe(3);
    expect(await at(14_000)).toBe(4);
    expect(signIn.state()).toEqual({ status: 'signed-in', problem: null, retryAt: null });
    expect(await signIn.accessToken()).toBe('a');
  });

  test('goes on with the old token while it lives.', async () => {
    const { signIn, asked } = scripted(
      async () => token('a'),
      down,
      async () => token('b'),
    );
    await signIn.accessToken();
    await vi.advanceTimersByTimeAsync(85_000);
    expect(await signIn.accessToken()).toBe('a');
    expect(await signIn.accessToken()).toBe('a');
    expect(asked()).toBe(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await signIn.accessToken()).toBe('b');
    expect(asked()).toBe(3);
  });

  test('waits as long as a 429 says.', async () => {
    const limited = () =>
      Promise.reject(
        new RateLimited('Too many.', { retryAfter: 45, retryAt: Date.now() + 45_000, sent: true }),
      );
    const { signIn, asked } = scripted(limited, async () => token('a'));
    await expect(signIn.accessToken()).rejects.toThrow(UpstreamUnavailable);
    await vi.advanceTimersByTimeAsync(44_999);
    await expect(signIn.accessToken()).rejects.toThrow(UpstreamUnavailable);
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await signIn.accessToken()).toBe('a');
  });

  test('takes no answer that is not a token.', async () => {
    const { signIn } = scripted(async () => ({ hello: 'world' }));
    await expect(signIn.accessToken()).rejects.toThrow(UpstreamUnavailable);
    expect(signIn.state().status).toBe('unreachable');
  });

  const codes: readonly [code: string | undefined, refreshes: boolean][] = [
    ['OAU-128', true],
    ['OAU-129', true],
    ['OAU-149', true],
    ['OAU-213', true],
    [undefined, true],
    ['OAU-123', false],
    ['OAU-136', false],
    ['OAU-141', false],
    ['CMN-405', false],
  ];
  for (const [code, refreshes] of codes) {
    test(`${refreshes ? 'refreshes' : 'does not refresh'} on a 401 with the code ${code}.`, async () => {
      const { signIn, asked } = scripted(
        async () => token('a'),
        async () => token('b'),
      );
      await signIn.accessToken();
      await vi.advanceTimersByTimeAsync(20_000);
      if (refreshes) {
        expect(await signIn.refused('a', code, 0)).toBe(true);
        expect(await signIn.refused('a', code, 0)).toBe(true); // the one that came later
        expect(asked()).toBe(2);
      } else {
        await expect(signIn.refused('a', code, 0)).rejects.toMatchObject({
          name: 'UpstreamUnavailable',
          sent: false,
          trace: { errorCode: code },
        });
        expect(asked()).toBe(1);
      }
    });
  }
});

describe('an Authorization header', () => {
  for (const [header, token] of [
    ['Bearer abc', 'abc'],
    ['bearer  abc.DEF-1_2~+/==', 'abc.DEF-1_2~+/=='],
    [' Bearer abc ', 'abc'],
    [`Bearer ${'x'.repeat(4_096)}`, 'x'.repeat(4_096)],
  ] as const) {
    test(`of ${header.slice(0, 30)} has a token.`, () => {
      expect(readBearer(header)).toBe(token);
    });
  }

  for (const header of [
    null,
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic abc',
    'abc',
    'Bearer a b',
    'Bearer a\nb',
    'Bearer a,b',
    'Bearer =',
    'Bearer é',
    `Bearer ${'x'.repeat(4_097)}`,
  ]) {
    test(`of ${JSON.stringify(header)?.slice(0, 30)} has none, and is not repeated.`, () => {
      expect(() => readBearer(header)).toThrow(Unauthenticated);
      expect(() => readBearer(header)).toThrow(
        /^Authorization: read (nothing|something else), allowed is "Bearer <token>"\.$/,
      );
    });
  }
});

test('A digest is the same for the same token, and shows nothing of it.', () => {
  expect(digest('secret')).toBe(digest('secret'));
  expect(digest('secret')).not.toBe(digest('Secret'));
  expect(digest('secret')).toMatch(/^[\w-]{43}$/);
});
