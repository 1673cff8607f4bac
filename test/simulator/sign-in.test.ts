/** Signing in with a browser: what the page asks, where it sends a browser back to, and what an app gets for the code. */
import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
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

const BACK = 'http://127.0.0.1:4000/auth/callback';
const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
const ASKED = { response_type: 'code', client_id: 'desk', redirect_uri: BACK, state: 'a-state', ...PKCE };

type Asked = Readonly<Record<string, string>>;

const addressOf = (asked: Asked) => `${simulator.url}/restapi/oauth/authorize?${new URLSearchParams(asked)}`;

/** What a browser is answered at the page: without an answer it looks at it, with one it posts the form. */
async function visit(asked: Asked = ASKED, answer?: Asked, cookie = '') {
  const response = await fetch(addressOf(asked), {
    redirect: 'manual',
    headers: { cookie },
    ...(answer === undefined ? {} : { method: 'POST', body: new URLSearchParams(answer) }),
  });
  const location = response.headers.get('location');
  return {
    status: response.status,
    page: await response.text(),
    headers: response.headers,
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
    back: location === null ? null : Object.fromEntries(new URL(location).searchParams),
    location,
  };
}

const codeFor = async (asked: Asked = ASKED, extension = '101') =>
  (await visit(asked, { extension })).back?.code ?? 'none';

async function token(form: Asked, { id = 'desk', secret = 'secret' as string | null } = {}) {
  const response = await fetch(`${simulator.url}/restapi/oauth/token`, {
    method: 'POST',
    headers: secret === null ? {} : { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ ...form, ...(secret === null && { client_id: id }) }),
  });
  return { status: response.status, body: (await response.json()) as WireToken & WireError };
}

const exchange = (code: string, more: Asked = {}, app = {}) =>
  token(
    { grant_type: 'authorization_code', code, redirect_uri: BACK, code_verifier: VERIFIER, ...more },
    app,
  );
const whoIs = async (accessToken = '') =>
  (await clientOf(simulator, accessToken)('GET', '/extension/~')).body;

describe('the page', () => {
  test('asks who somebody is, says who wants to know, and runs nothing', async () => {
    const { status, page, headers } = await visit();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('cache-control')).toBe('no-store');
    for (const words of ['Iris Vance', 'Tomas Reed', 'Nadia Holm', '<b>desk</b>', '<b>127.0.0.1:4000</b>']) {
      expect(page).toContain(words);
    }
    expect(page).not.toContain('<script');
  });

  test.each([
    ['101', '701001004'],
    ['103', '701003004'],
    ['10042', '701910042'],
  ])('sends %s back with a code, the state and how long it works', async (extension, id) => {
    const { status, location, back } = await visit(ASKED, { extension });
    expect(status).toBe(302);
    expect(location?.split('?')[0]).toBe(BACK);
    expect(back).toEqual({ code: expect.stringMatching(/^code-/), state: 'a-state', expires_in: '60' });
    expect((await exchange(back?.code ?? '')).body).toMatchObject({ owner_id: id });
  });

  test('takes everything in the form too, as its own form sends it', async () => {
    const response = await fetch(`${simulator.url}/restapi/oauth/authorize`, {
      method: 'POST',
      body: new URLSearchParams({ ...ASKED, extension: '102' }),
      redirect: 'manual',
    });
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect((await exchange(code)).body).toMatchObject({ owner_id: '701002004' });
  });

  test.each([{ extension: '101' }, { deny: 'yes' }])(
    'takes no answer from an address: %j',
    async (answer) => {
      const { status, page, back } = await visit({ ...ASKED, ...answer });
      expect([status, back]).toEqual([200, null]);
      expect(page).toContain('name="state" value="a-state"');
      expect(page).not.toMatch(/type="hidden" name="(extension|deny)"/);
    },
  );

  test('sends whoever refuses back with access_denied', async () => {
    const { status, back } = await visit(ASKED, { deny: 'yes' });
    expect(status).toBe(302);
    expect(back).toEqual({
      error: 'access_denied',
      error_description: 'User denied access',
      state: 'a-state',
    });
  });

  test.each(['200', '999', 'Iris', ''])('asks again when somebody says to be %j', async (extension) => {
    const { status, page, back } = await visit(ASKED, { extension });
    expect([status, back]).toEqual([400, null]);
    expect(page).toContain(`Nobody can sign in as extension ${extension}.`);
    expect(page).toContain('name="extension"');
  });

  test('keeps the query of the address that it sends back to', async () => {
    const redirect = `${BACK}?tab=1`;
    const { location } = await visit({ ...ASKED, redirect_uri: redirect }, { extension: '101' });
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:4000\/auth\/callback\?tab=1&code=code-/);
  });

  test('shows what an app sends as text, whatever it is', async () => {
    const { page } = await visit({ ...ASKED, client_id: '<img src=x onerror=alert(1)>"\'' });
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;');
  });

  test.each([
    ['102', 'Tomas Reed'],
    ['701003004', 'Nadia Holm'],
    ['+12025550110', 'Iris Vance'],
  ])('has whom the hint %s means under the finger', async (hint, name) => {
    const { page } = await visit({ ...ASKED, login_hint: hint });
    expect(page.match(/class="wanted" autofocus>[\s\S]*?<b>([^<]+)<\/b>/)?.[1]).toBe(name);
  });

  test.each(['page', 'popup', 'touch', 'mobile'])('fits the display %s', async (display) => {
    expect((await visit({ ...ASKED, display, ui_locales: 'de-DE en-US' })).page).toContain(
      `class="${display}"`,
    );
  });
});

describe('a browser is kept, and sent nowhere', () => {
  test.each<[string, Asked, string]>([
    ['an app that is none', { client_id: 'unknown' }, 'OAU-146'],
    ['no app', { client_id: '' }, 'OAU-146'],
    ['an app with an id that is too long to be kept', { client_id: 'x'.repeat(256) }, 'OAU-146'],
    ['an address on another machine', { redirect_uri: 'https://evil.example/' }, 'OAU-109'],
    ['an address that only begins like ours', { redirect_uri: 'http://127.0.0.1.evil.example/' }, 'OAU-109'],
    ['an address with a user name', { redirect_uri: 'http://127.0.0.1@evil.example/' }, 'OAU-109'],
    ['an address with a fragment', { redirect_uri: `${BACK}#a` }, 'OAU-109'],
    ['an address that is none', { redirect_uri: 'javascript:alert(1)' }, 'OAU-109'],
    ['an address that is too long to be kept', { redirect_uri: BACK.padEnd(2_001, 'x') }, 'OAU-109'],
    ['no address', { redirect_uri: '' }, 'OAU-113'],
    ['a brand that is none', { brand_id: '1' }, 'OAU-101'],
  ])('by %s', async (_, changes, errorCode) => {
    for (const answer of [undefined, { extension: '101' }, { deny: 'yes' }]) {
      const { status, page, location } = await visit({ ...ASKED, ...changes }, answer);
      expect([status, location]).toEqual([400, null]);
      expect(page).toContain(errorCode);
      expect(page).not.toContain('<form');
    }
  });

  test('by a parameter that is given twice', async () => {
    const response = await fetch(`${addressOf(ASKED)}&redirect_uri=https://evil.example/`, {
      redirect: 'manual',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('OAU-111');
  });

  test('by an address that is not registered letter by letter', async () => {
    simulator.configure({ redirectUris: [BACK, 'https://desk.example/back'] });
    expect((await visit()).status).toBe(200);
    expect((await visit({ ...ASKED, redirect_uri: 'https://desk.example/back' })).status).toBe(200);
    for (const other of [
      `${BACK}/`,
      `${BACK}?a=1`,
      BACK.toUpperCase(),
      BACK.replace('127.0.0.1', 'localhost'),
    ]) {
      expect((await visit({ ...ASKED, redirect_uri: other })).page).toContain('OAU-109');
    }
  });

  test('but not for want of an address, where only one is registered', async () => {
    simulator.configure({ redirectUris: [BACK] });
    const { redirect_uri: _, ...rest } = ASKED;
    const { back, location } = await visit(rest, { extension: '101' });
    expect(location).toContain(`${BACK}?code=`);
    // What was not said before must not be said now.
    expect((await exchange(back?.code ?? '', { redirect_uri: '' })).status).toBe(200);
  });
});

describe('an app is told what is wrong', () => {
  test.each<[Asked, string]>([
    [{ response_type: '' }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'never' }, 'invalid_request'],
    [{ display: 'tv' }, 'invalid_request'],
    [{ code_challenge_method: 'S512' }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ prompt: 'none' }, 'login_required'],
  ])('by %j: %s', async (changes, error) => {
    const { status, back } = await visit({ ...ASKED, ...changes });
    expect(status).toBe(302);
    expect(back).toEqual({ error, error_description: expect.any(String), state: 'a-state' });
  });

  test.each([
    'invalid_request',
    'unauthorized_client',
    'access_denied',
    'unsupported_response_type',
    'invalid_scope',
    'login_required',
    'interaction_required',
    'server_error',
    'temporarily_unavailable',
  ] as const)('by order: %s', async (authorizeError) => {
    simulator.configure({ authorizeError });
    expect((await visit()).back).toMatchObject({ error: authorizeError, state: 'a-state' });
  });
});

describe('without being asked', () => {
  test('a browser that has signed in to the app is let in again, and only to this one', async () => {
    const first = await visit(ASKED, { extension: '102' });
    expect(first.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/);
    const silent = { ...ASKED, prompt: 'none' };
    const again = await visit(silent, undefined, first.cookie);
    expect((await exchange(again.back?.code ?? '')).body).toMatchObject({ owner_id: '701002004' });
    const other = await visit({ ...silent, client_id: 'other' }, undefined, again.cookie);
    expect(other.back).toMatchObject({ error: 'interaction_required' });
    // The page still asks, and has the one it knows under the finger.
    const { page } = await visit(ASKED, undefined, again.cookie);
    expect(page).toMatch(/value="102" class="wanted" autofocus/);
  });

  test('nobody is let in with a cookie of before', async () => {
    const first = await visit(ASKED, { extension: '102' });
    await visit(ASKED, { extension: '101' }, first.cookie);
    const { back } = await visit({ ...ASKED, prompt: 'none' }, undefined, first.cookie);
    expect(back).toMatchObject({ error: 'login_required' });
  });
});

describe('a code', () => {
  test('works once', async () => {
    const code = await codeFor();
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).body).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-106' }],
    });
  });

  test('works for sixty seconds', async () => {
    const [early, late] = [await codeFor(), await codeFor()];
    clock += 59_999;
    expect((await exchange(early)).status).toBe(200);
    clock += 1;
    expect((await exchange(late)).body).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-108' }],
    });
  });

  test.each<[string, Asked, object, string]>([
    ['another app', {}, { id: 'other' }, 'OAU-110'],
    ['another address', { redirect_uri: `${BACK}/` }, {}, 'OAU-109'],
    ['another verifier', { code_verifier: VERIFIER.toUpperCase() }, {}, 'OAU-106'],
    ['no verifier', { code_verifier: '' }, {}, 'OAU-106'],
    ['the challenge for a verifier', { code_verifier: CHALLENGE }, {}, 'OAU-106'],
    ['a wrong secret', {}, { secret: 'wrong' }, 'OAU-146'],
  ])('is worth nothing to %s', async (_, changes, app, errorCode) => {
    const { status, body } = await exchange(await codeFor(), changes, app);
    expect([status >= 400, body.errors?.[0]?.errorCode]).toEqual([true, errorCode]);
    expect(body).not.toHaveProperty('access_token');
  });

  test('is used up by a wrong proof, but not by a stranger', async () => {
    const code = await codeFor();
    await exchange(code, {}, { id: 'other' });
    await exchange(code, { code_verifier: VERIFIER.toUpperCase() });
    expect((await exchange(code)).status).toBe(400);
    const another = await codeFor();
    await exchange(another, {}, { id: 'other' });
    expect((await exchange(another)).status).toBe(200);
  });

  test('of an app without a secret needs a proof', async () => {
    expect((await exchange(await codeFor(), {}, { secret: null })).status).toBe(200);
    const { code_challenge: _, code_challenge_method: __, ...bare } = ASKED;
    const refused = await exchange(await codeFor(bare), { code_verifier: '' }, { secret: null });
    expect(refused.body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(await codeFor(bare), { code_verifier: '' })).status).toBe(200);
  });

  test('with a plain challenge, which RingCentral takes where no method is named, is proved by the same text', async () => {
    const { code_challenge_method: _, ...rest } = ASKED;
    const plain = { ...rest, code_challenge: VERIFIER };
    expect((await exchange(await codeFor(plain))).status).toBe(200);
    expect((await exchange(await codeFor({ ...rest, code_challenge: CHALLENGE }))).status).toBe(400);
  });

  test('is asked for with each parameter once', async () => {
    const form = new URLSearchParams({ grant_type: 'authorization_code', code: await codeFor() });
    form.append('code', 'another');
    const response = await fetch(`${simulator.url}/restapi/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('desk:secret')}` },
      body: form,
    });
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      errors: [{ errorCode: 'OAU-111' }],
    });
  });

  test('is not to be had by a form of many thousands of fields, and nobody else waits for it', async () => {
    const many = Object.fromEntries(Array.from({ length: 140_000 }, (_, index) => [index.toString(36), '']));
    expect((await token(many)).body).toMatchObject({
      error: 'unsupported_grant_type',
      errors: [{ errorCode: 'OAU-250' }],
    });
  });
});

describe('a session', () => {
  const signIn = async (more: Asked = {}, app = {}) =>
    (
      await exchange(
        await codeFor({ ...ASKED, ...('id' in app && { client_id: String(app.id) }) }),
        more,
        app,
      )
    ).body;
  const refresh = (body: WireToken, app = {}) =>
    token({ grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }, app);

  test('lives as long as the app wishes, within what is set', async () => {
    expect(await signIn({ access_token_ttl: '600', refresh_token_ttl: '1000' })).toMatchObject({
      expires_in: 600,
      refresh_token_expires_in: 1_000,
      session_idle_timeout: 1_000,
    });
    simulator.configure({ tokenTtl: 30, refreshTokenTtl: 90, sessionTtl: 40 });
    const body = await signIn({ access_token_ttl: '3600' });
    expect(body).toMatchObject({ expires_in: 30, refresh_token_expires_in: 40, session_expires_in: 40 });
    clock += 25_000;
    const renewed = await refresh(body);
    expect(renewed.body).toMatchObject({ expires_in: 15, refresh_token_expires_in: 15 });
    clock += 15_000;
    expect((await refresh(renewed.body)).status).toBe(400);
  });

  test('has the name that the app gives its instance', async () => {
    expect(await signIn({ endpoint_id: 'desk-7' })).toMatchObject({ endpoint_id: 'desk-7' });
  });

  test.each<[string, Asked, object, string]>([
    ['an instance', { endpoint_id: 'x'.repeat(256) }, {}, 'OAU-101'],
    ['an app', {}, { id: 'x'.repeat(256) }, 'OAU-146'],
    ['an app without a secret', {}, { id: 'x'.repeat(256), secret: null }, 'OAU-146'],
  ])('does not begin with a name of %s that is too long to be kept', async (_, more, app, errorCode) => {
    const { body } = await exchange(await codeFor(), more, app);
    expect(body.errors?.[0]?.errorCode).toBe(errorCode);
    expect(body).not.toHaveProperty('access_token');
  });

  test('without refresh tokens ends with its access token', async () => {
    simulator.configure({ refreshTokens: false });
    const body = await signIn();
    expect(body).not.toHaveProperty('refresh_token');
    expect(body).not.toHaveProperty('refresh_token_expires_in');
    expect(await whoIs(body.access_token)).toMatchObject({ extensionNumber: '101' });
  });

  test('is refreshed by nobody but its app', async () => {
    const body = await signIn();
    expect((await refresh(body, { id: 'other' })).body).toMatchObject({ errors: [{ errorCode: 'OAU-213' }] });
    expect((await refresh(body)).status).toBe(200);
  });

  test('is one of at most five; the sixth ends the oldest that is alive', async () => {
    simulator.configure({ tokenTtl: 10, refreshTokenTtl: 20 });
    await signIn();
    clock += 20_000;
    const bodies = [];
    for (let count = 0; count < 5; count++) bodies.push(await signIn());
    expect(await whoIs(bodies[0]?.access_token)).toMatchObject({ extensionNumber: '101' });
    await signIn({}, { id: 'other' });
    expect(await whoIs(bodies[0]?.access_token)).toMatchObject({ extensionNumber: '101' });
    await signIn();
    expect(await whoIs(bodies[0]?.access_token)).toMatchObject({ errors: [{ errorCode: 'OAU-129' }] });
    expect(await whoIs(bodies[1]?.access_token)).toMatchObject({ extensionNumber: '101' });
  });

  test('can lose the answer of a refresh, and gets the same one again', async () => {
    const body = await signIn();
    simulator.orderFaults([{ match: 'refresh_token', do: 'resetAfterApply', viewer: '101' }]);
    await expect(refresh(body)).rejects.toThrow();
    const [first, second] = [await refresh(body), await refresh(body)];
    expect(first.status).toBe(200);
    expect(second.body.access_token).toBe(first.body.access_token);
    expect(await whoIs(body.access_token)).toMatchObject({ errors: [{ errorCode: 'OAU-129' }] });
  });

  test('can be refused a refresh by order, of one user and not of a sign-in', async () => {
    const body = await signIn();
    simulator.orderFaults([{ match: 'refresh_token', do: 'status', status: 400, viewer: '102' }]);
    expect((await refresh(body)).status).toBe(200);
    simulator.orderFaults([{ match: 'refresh_token', do: 'status', status: 400 }]);
    const other = await signIn();
    expect((await refresh(other)).body).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-213' }],
    });
    expect(simulator.faults()).toEqual([]);
  });
});

describe('oauth4webapi', () => {
  const client: oauth.Client = { client_id: 'a-desk_1' };
  const insecure = { [oauth.allowInsecureRequests]: true };
  const serverOf = (): oauth.AuthorizationServer => ({
    issuer: simulator.url,
    authorization_endpoint: `${simulator.url}/restapi/oauth/authorize`,
    token_endpoint: `${simulator.url}/restapi/oauth/token`,
    revocation_endpoint: `${simulator.url}/restapi/oauth/revoke`,
  });

  async function comeBack(state: string, verifier: string): Promise<URL> {
    const asked = {
      ...{ response_type: 'code', client_id: client.client_id, redirect_uri: BACK, state },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    };
    return new URL((await visit(asked, { extension: '103' })).location ?? '');
  }

  test.each([
    ['with a secret', () => oauth.ClientSecretBasic('a secret+%:')],
    ['without one', () => oauth.None()],
  ])('accepts a whole sign-in, a refresh and a revocation %s', async (_, authentication) => {
    const server = serverOf();
    const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()];
    const params = oauth.validateAuthResponse(server, client, await comeBack(state, verifier), state);
    const granted = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        ...([server, client, authentication(), params, BACK, verifier, insecure] as const),
      ),
    );
    expect(await whoIs(granted.access_token)).toMatchObject({ extensionNumber: '103' });
    expect(granted.refresh_token).toEqual(expect.any(String));

    const renewed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(
        ...([server, client, authentication(), granted.refresh_token ?? '', insecure] as const),
      ),
    );
    expect(renewed.access_token).not.toBe(granted.access_token);

    const revoked = await oauth.revocationRequest(
      ...([server, client, authentication(), renewed.access_token, insecure] as const),
    );
    expect(await oauth.processRevocationResponse(revoked)).toBe(undefined);
    expect(await whoIs(renewed.access_token)).toMatchObject({ errors: [{ errorCode: 'OAU-129' }] });
  });

  test('understands a refusal', async () => {
    const server = serverOf();
    const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()];
    const params = oauth.validateAuthResponse(server, client, await comeBack(state, verifier), state);
    const response = await oauth.authorizationCodeGrantRequest(
      ...([server, client, oauth.ClientSecretBasic('s'), params, BACK, 'x'.repeat(43), insecure] as const),
    );
    await expect(oauth.processAuthorizationCodeResponse(server, client, response)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });

  test('rejects the way back from another issuer, and takes the own one', async () => {
    const server = serverOf();
    const verifier = oauth.generateRandomCodeVerifier();
    const validated = async () =>
      oauth.validateAuthResponse(server, client, await comeBack('a-state', verifier), 'a-state');
    simulator.configure({ issuer: 'own' });
    expect((await validated()).get('iss')).toBe(simulator.url);
    simulator.configure({ issuer: 'other' });
    await expect(validated()).rejects.toThrow('unexpected "iss"');
  });
});
