/** The simulated login of Genesys Cloud, as an app and a browser meet it. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';

const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const REDIRECT = 'http://127.0.0.1:4000/auth/callback';
const ASKED = {
  response_type: 'code',
  client_id: 'any',
  redirect_uri: REDIRECT,
  state: 's',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

function authorize({ url }: Simulator, form: Record<string, string>, changes: Record<string, string> = {}) {
  const query = new URLSearchParams({ ...ASKED, ...changes });
  return fetch(`${url}/oauth/authorize?${query}`, {
    ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
  });
}

async function codeFrom(simulator: Simulator): Promise<string> {
  const response = await authorize(simulator, { user: 'ada.lind@example.com' });
  return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

function redeem(simulator: Simulator, code: string, changes: Record<string, string> = {}) {
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, client_id: 'any' };
  return tokenFor(simulator, { ...form, code_verifier: VERIFIER, ...changes });
}

/** `client`: with a secret; else the form names it. */
async function tokenFor({ url }: Simulator, form: Record<string, string>, client: string | null = null) {
  const headers = client === null ? {} : { authorization: `Basic ${btoa(`${client}:secret`)}` };
  const body = new URLSearchParams(form);
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function me({ url }: Simulator, token: unknown) {
  return fetch(`${url}/api/v2/users/me`, { headers: { authorization: `Bearer ${token}` } });
}

describe('The login of Genesys Cloud', () => {
  test('asks by a plain form, and sends back a code or a refusal, with the state', async () => {
    await using simulator = await createSimulator({ story: false });
    const page = await authorize(simulator, {});
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Ada Lind')]);
    const code = await authorize(simulator, { user: 'ada.lind@example.com' });
    expect(code.headers.get('location')).toMatch(/callback\?code=[\w-]+&state=s$/);
    const denied = await authorize(simulator, { deny: 'yes' });
    expect(denied.headers.get('location')).toMatch(/callback\?error=access_denied&state=s$/);
  });

  test('takes an answer from its form only, and asks again where it is nobody’s', async () => {
    await using simulator = await createSimulator({ story: false });
    const looks = [
      await authorize(simulator, {}, { user: 'ada.lind@example.com' }),
      await authorize(simulator, {}, { deny: 'yes' }),
      await authorize(simulator, { user: 'nobody@example.com' }),
    ];
    for (const page of looks) {
      expect([page.status, page.headers.get('location')]).toEqual([200, null]);
      // What stood in it twice would be the answer for ever.
      expect(await page.text()).not.toMatch(/type="hidden" name="(user|deny)"/);
    }
  });

  test('says where one is, for which app, and who each person is; whom the app expects is the first choice', async () => {
    await using simulator = await createSimulator({ story: false });
    const response = await authorize(simulator, {}, { client_id: 'desk <1>', login_hint: 'ben' });
    const page = await response.text();
    expect(page).toContain('<title>Sign in to the simulated Genesys Cloud</title>');
    expect(page).toContain('Simulated Genesys Cloud</p>');
    expect(page).toContain('desk &#60;1&#62;</b> at <b>127.0.0.1:4000</b>');
    const people = [
      ...page.matchAll(/value="([^"@]+)@example.com"( class="wanted" autofocus)?>[\s\S]*?<small>(.*?)</g),
    ];
    expect(people.map(([, name, wanted, role]) => [name, wanted !== undefined, role])).toEqual([
      ['ada.lind', false, 'Team lead'],
      ['ben.okoro', true, 'Agent'],
      ['cleo.marsh', false, 'Supervisor'],
      ['dana.ruiz', false, 'Admin'],
      ['eli.novak', false, 'Agent without a station'],
      ['fay.quist', false, 'Without any permission'],
    ]);
    // It is styled, and its policy allows just that.
    const [, style = ''] = /<style>([^<]+)</.exec(page) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${digest}'`);
    expect(page).not.toContain('role="alert"');
    const nobody = await (await authorize(simulator, { user: '<nobody>' })).text();
    expect(nobody).toContain('role="alert">Nobody can sign in as &#60;nobody&#62;.<');
  });

  test.each([
    ['an unknown client', { client_id: 'unknown' }, 'There is no client with the client_id [unknown].'],
    [
      'an address elsewhere',
      { redirect_uri: 'https://evil.example/' },
      'The redirect_uri [https://evil.example/] is not registered for this client.',
    ],
  ])('leads nowhere for %s, and says so', async (_what, changes, words) => {
    await using simulator = await createSimulator({ story: false });
    const response = await authorize(simulator, { user: 'ada.lind@example.com' }, changes);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(await response.text()).toContain(words);
  });

  test('sends back an error where the challenge is none of S256', async () => {
    await using simulator = await createSimulator({ story: false });
    const response = await authorize(
      simulator,
      { user: 'ada.lind@example.com' },
      { code_challenge_method: 'plain' },
    );
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  test('gives tokens for a code once, to whoever has the verifier, and says whose they are', async () => {
    await using simulator = await createSimulator({ settings: { story: false, genesysTokenTtl: 300 } });
    const code = await codeFrom(simulator);
    const { status, body } = await redeem(simulator, code);
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'bearer', expires_in: 300 },
    ]);
    expect(await redeem(simulator, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const wrong = await redeem(simulator, await codeFrom(simulator), { code_verifier: 'w'.repeat(43) });
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const stranger = await redeem(simulator, await codeFrom(simulator), { client_id: 'unknown' });
    expect(stranger).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await (await me(simulator, body.access_token)).json()).toMatchObject({ name: 'Ada Lind' });
  });

  test('gives a client with a secret a refresh token, which works once and for nobody else', async () => {
    await using simulator = await createSimulator({ story: false });
    const code = {
      grant_type: 'authorization_code',
      code: await codeFrom(simulator),
      redirect_uri: REDIRECT,
    };
    const { body } = await tokenFor(simulator, { ...code, code_verifier: VERIFIER }, 'any');
    const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    expect(await tokenFor(simulator, form, 'another')).toEqual(refused);
    expect(await tokenFor(simulator, { ...form, client_id: 'any' })).toEqual(refused);
    expect(await tokenFor(simulator, { ...form, grant_type: 'password' }, 'any')).toEqual(refused);
    const renewed = await tokenFor(simulator, form, 'any');
    expect(renewed).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
    expect(await (await me(simulator, renewed.body.access_token)).json()).toMatchObject({ name: 'Ada Lind' });
    expect(await tokenFor(simulator, form, 'any')).toEqual(refused);
  });

  test('takes no token that has been deleted, or was never given', async () => {
    await using simulator = await createSimulator({ story: false });
    const { body } = await redeem(simulator, await codeFrom(simulator));
    const headers = { authorization: `Bearer ${body.access_token}` };
    await fetch(`${simulator.url}/api/v2/tokens/me`, { method: 'DELETE', headers });
    for (const token of [body.access_token, 'made up']) {
      const response = await me(simulator, token);
      expect([response.status, await response.json()]).toEqual([
        401,
        expect.objectContaining({ code: 'bad.credentials' }),
      ]);
    }
  });
});
