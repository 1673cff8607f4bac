import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WireError, WireToken } from '../../src/ringcentral/wire.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { clientOf, startQuiet } from './support.ts';

let clock = 1_790_000_000_000;
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startQuiet({ now: () => clock });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

async function token(form: Record<string, string>, authorization = `Basic ${btoa('app:secret')}`) {
  const response = await fetch(`${simulator.url}/restapi/oauth/token`, {
    method: 'POST',
    ...(authorization === '' ? {} : { headers: { authorization } }),
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as WireToken & WireError };
}
const signIn = (user = '101') => token({ grant_type: JWT, assertion: `sim-jwt-${user}` });
const refresh = (refreshToken = '') => token({ grant_type: 'refresh_token', refresh_token: refreshToken });
const whoIs = async (accessToken = '') =>
  (await clientOf(simulator, accessToken)('GET', '/extension/~')).body;
const codeOf = async (headers: Record<string, string>) => {
  const response = await fetch(`${simulator.url}/restapi/v1.0/account/~/extension/~`, { headers });
  expect(response.status).toBe(401);
  return ((await response.json()) as WireError).errors?.[0]?.errorCode;
};

describe('signing in', () => {
  test('a JWT names its user, and the token works', async () => {
    const { status, body } = await signIn('103');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      token_type: 'bearer',
      expires_in: 3_600,
      refresh_token_expires_in: 604_800,
      owner_id: '701003004',
    });
    expect(await whoIs(body.access_token)).toMatchObject({
      id: 701003004,
      extensionNumber: '103',
      name: 'Nadia Holm',
    });
  });

  test('an app without a secret names itself in the form', async () => {
    expect((await token({ grant_type: JWT, assertion: 'sim-jwt-101', client_id: 'app' }, '')).status).toBe(
      200,
    );
  });

  test.each([
    [{ grant_type: JWT, assertion: 'stranger' }, 400, 'invalid_grant'],
    [{ grant_type: JWT, assertion: 'sim-jwt-200' }, 400, 'invalid_grant'],
    [{ grant_type: 'refresh_token', refresh_token: 'stranger' }, 400, 'invalid_grant'],
    [{ grant_type: 'authorization_code', code: 'any' }, 400, 'invalid_grant'],
    [{ grant_type: JWT, assertion: 'sim-jwt-101', access_token_ttl: '599' }, 400, 'invalid_request'],
    [{ grant_type: JWT, assertion: 'sim-jwt-101', refresh_token_ttl: '2592001' }, 400, 'invalid_request'],
    [{ grant_type: 'password', username: 'a', password: 'b' }, 400, 'unsupported_grant_type'],
  ])('refuses %j in the shape of OAuth', async (form, expected, error) => {
    const { status, body } = await token(form);
    expect(status).toBe(expected);
    expect(body).toMatchObject({
      error,
      error_description: expect.any(String),
      errors: [{ errorCode: expect.stringMatching(/^OAU-/) }],
    });
  });

  test.each([`Basic ${btoa('app:wrong')}`, ''])(
    'refuses a client that identifies itself as %j',
    async (authorization) => {
      const { status, body } = await token({ grant_type: JWT, assertion: 'sim-jwt-101' }, authorization);
      expect(status).toBe(401);
      expect(body).toMatchObject({ error: 'invalid_client', errors: [{ errorCode: 'OAU-146' }] });
    },
  );

  test('takes a form and nothing else', async () => {
    const json = await clientOf(simulator)('POST', '/restapi/oauth/token', { grant_type: JWT });
    expect(json.status).toBe(415);
  });

  test('the sixth session of one user and app ends the first', async () => {
    const first = await signIn();
    for (let more = 0; more < 4; more++) await signIn();
    expect(await whoIs(first.body.access_token)).toMatchObject({ extensionNumber: '101' });
    await signIn();
    expect(await whoIs(first.body.access_token)).toMatchObject({ errors: [{ errorCode: 'OAU-129' }] });
  });
});

describe('refreshing', () => {
  test('gives new tokens, and the old access token is useless at once', async () => {
    const { body: old } = await signIn();
    const { body: renewed } = await refresh(old.refresh_token);
    expect(renewed.access_token).not.toBe(old.access_token);
    expect(renewed.session_id).toBe(old.session_id);
    expect(await whoIs(old.access_token)).toMatchObject({ errors: [{ errorCode: 'OAU-129' }] });
    expect(await whoIs(renewed.access_token)).toMatchObject({ extensionNumber: '101' });
  });

  test('asked again with the old refresh token, it answers the same until ten seconds after the first use', async () => {
    const { body: old } = await signIn();
    const { body: renewed } = await refresh(old.refresh_token);
    clock += 30_000;
    expect((await refresh(old.refresh_token)).body.access_token).toBe(renewed.access_token);
    await whoIs(renewed.access_token);
    clock += 9_999;
    expect((await refresh(old.refresh_token)).body.access_token).toBe(renewed.access_token);
    clock += 1;
    expect((await refresh(old.refresh_token)).body).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-213' }],
    });
  });

  test('while nobody uses the new token, the old refresh token answers for an hour', async () => {
    const { body: old } = await signIn();
    await refresh(old.refresh_token);
    clock += 3_600_000;
    expect((await refresh(old.refresh_token)).status).toBe(400);
  });
});

describe('a token that is not good', () => {
  test('is expired after its time', async () => {
    simulator.configure({ tokenTtl: 2 });
    const { body } = await signIn();
    expect(body.expires_in).toBe(2);
    clock += 1_999;
    expect(await whoIs(body.access_token)).toMatchObject({ extensionNumber: '101' });
    clock += 1;
    expect(await codeOf({ authorization: `Bearer ${body.access_token}` })).toBe('OAU-128');
  });

  test.each([
    [{}, 'OAU-123'],
    [{ authorization: 'Basic abc' }, 'OAU-134'],
    [{ authorization: 'Bearer {}' }, 'OAU-149'],
    [{ authorization: 'Bearer stranger' }, 'OAU-129'],
  ])('%j is %s', async (headers, errorCode) => {
    expect(await codeOf(headers as Record<string, string>)).toBe(errorCode);
  });

  test('is one whose session was revoked, by either token', async () => {
    for (const which of ['access_token', 'refresh_token'] as const) {
      const { body } = await signIn();
      const revoked = await fetch(`${simulator.url}/restapi/oauth/revoke`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('app:secret')}` },
        body: new URLSearchParams({ token: body[which] ?? '' }),
      });
      expect(revoked.status).toBe(200);
      expect(await codeOf({ authorization: `Bearer ${body.access_token}` })).toBe('OAU-129');
      expect((await refresh(body.refresh_token)).status).toBe(400);
    }
  });

  test('is a fixed one that was revoked, until the reset', async () => {
    simulator.revoke('sim-101');
    expect(await codeOf({ authorization: 'Bearer sim-101' })).toBe('OAU-128');
    expect(await whoIs('sim-102')).toMatchObject({ extensionNumber: '102' });
    simulator.reset();
    expect(await whoIs('sim-101')).toMatchObject({ extensionNumber: '101' });
  });
});
