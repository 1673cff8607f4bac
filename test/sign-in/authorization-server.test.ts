/** What RingCentral's answers mean, as they are published: the checks of oauth4webapi, and what stands before them. */
import { describe, expect, test } from 'vitest';
import {
  createAuthorizationServer,
  type FormAnswer,
  type PostForm,
  RINGCENTRAL_PATHS,
} from '../../src/sign-in/authorization-server.ts';
import { SignInProblem } from '../../src/sign-in/problems.ts';

const SERVER = 'https://platform.ringcentral.com';
const BEGUN = {
  state: 'the-state',
  verifier: 'v'.repeat(43),
  redirectUri: 'https://calls.example.com/auth/callback',
};
const TOKENS = {
  access_token: 'access',
  token_type: 'bearer',
  expires_in: 3_600,
  refresh_token: 'refresh',
  refresh_token_expires_in: 604_800,
  owner_id: '101',
  session_id: 's',
};

function json(status: number, body: unknown, headers: FormAnswer['headers'] = {}): FormAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
    text: JSON.stringify(body),
  };
}

/** A RingCentral that answers this; an error: it does not answer. */
function serverThat(answer: FormAnswer | Error, clientSecret: string | null = 'a_secret-of.it') {
  const asked: Parameters<PostForm>[0][] = [];
  const server = createAuthorizationServer({
    serverUrl: SERVER,
    paths: RINGCENTRAL_PATHS,
    clientId: 'app_Id-1.x',
    clientSecret,
    async postForm(request) {
      asked.push(request);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { server, asked };
}

const brought = (more = '') => new URLSearchParams(`code=the-code&state=the-state${more}`);

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((thrown: unknown) => thrown);
  return error instanceof SignInProblem ? error.code : String(error);
}

describe('A browser is sent', () => {
  const authorizing = { redirectUri: BEGUN.redirectUri, state: 's', challenge: 'c', at: null };

  test('with all that RingCentral must bring back, and S256 by name, because plain is its default', () => {
    const url = new URL(
      serverThat(json(200, TOKENS)).server.authorizeUrl({
        ...authorizing,
        prompt: null,
        loginHint: null,
        display: null,
      }),
    );
    expect(url.origin + url.pathname).toBe(`${SERVER}/restapi/oauth/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'app_Id-1.x',
      redirect_uri: BEGUN.redirectUri,
      state: 's',
      code_challenge: 'c',
      code_challenge_method: 'S256',
    });
  });
});

describe('A code', () => {
  test('becomes tokens: proved by the verifier, and by id and secret as they are', async () => {
    const { server, asked } = serverThat(json(200, TOKENS));
    expect(await server.exchange(brought(), BEGUN)).toEqual({
      accessToken: 'access',
      life: 3_600_000,
      refreshToken: 'refresh',
      refreshLife: 604_800_000,
      sessionLife: null,
      ownerId: '101',
    });
    expect(asked).toEqual([
      {
        endpoint: 'token',
        bucket: 'sign-in:the-state',
        // Not `app%5FId%2D1%2Ex`, which RingCentral does not know.
        authorization: `Basic ${btoa('app_Id-1.x:a_secret-of.it')}`,
        form: {
          grant_type: 'authorization_code',
          code: 'the-code',
          redirect_uri: BEGUN.redirectUri,
          code_verifier: BEGUN.verifier,
        },
      },
    ]);
  });

  test('of a public app is proved by the verifier alone', async () => {
    const { server, asked } = serverThat(json(200, TOKENS), null);
    await server.exchange(brought(), BEGUN);
    expect(asked[0]).toMatchObject({
      authorization: null,
      form: { client_id: 'app_Id-1.x', code_verifier: BEGUN.verifier },
    });
  });

  test('is taken whatever an id token beside it says, which was not asked for', async () => {
    const { server } = serverThat(
      json(200, { ...TOKENS, id_token: 'of.somebody.else', scope: 'ReadAccounts' }),
    );
    expect((await server.exchange(brought(), BEGUN)).accessToken).toBe('access');
  });

  test.each([
    ['of another issuer', '&iss=https%3A%2F%2Fevil.example', 'MIXED_UP'],
    ['of two issuers', `&iss=${encodeURIComponent(SERVER)}&iss=x`, 'MIXED_UP'],
    ['with a token beside it', '&token=x', 'MALFORMED'],
    ['with an answer in one piece', '&response=x', 'MALFORMED'],
    ['with another state too', '&state=other', 'MALFORMED'],
    ['with an error', '&error=access_denied', 'ACCESS_DENIED'],
    ['with a word that every object has for an error', '&error=constructor', 'MALFORMED'],
  ])('%s is never sent', async (_what, more, code) => {
    const { server, asked } = serverThat(json(200, TOKENS));
    expect(await problemOf(server.exchange(brought(more), BEGUN))).toBe(code);
    expect(asked).toEqual([]);
  });

  test('of this very issuer is', async () => {
    const { server } = serverThat(json(200, TOKENS));
    expect((await server.exchange(brought(`&iss=${encodeURIComponent(SERVER)}`), BEGUN)).accessToken).toBe(
      'access',
    );
  });

  test.each<[string, FormAnswer | Error, string]>([
    ['too old', json(400, { error: 'invalid_grant', errors: [{ errorCode: 'OAU-108' }] }), 'CODE_REFUSED'],
    ['used, told as 403', json(403, { errorCode: 'OAU-106' }), 'CODE_REFUSED'],
    [
      'for another redirect address',
      json(403, { error: 'invalid_grant', errors: [{ errorCode: 'OAU-109' }] }),
      'MISCONFIGURED',
    ],
    ['without the grant', json(403, { errors: [{ errorCode: 'OAU-112' }] }), 'MISCONFIGURED'],
    ['of a wrong client', json(401, { error: 'invalid_client' }), 'MISCONFIGURED'],
    ['too many', json(429, {}, { 'retry-after': '30' }), 'UNAVAILABLE'],
    ['down', json(503, {}), 'UNAVAILABLE'],
    [
      'a page of a proxy',
      { status: 502, headers: { 'content-type': 'text/html' }, text: '<html>' },
      'UNAVAILABLE',
    ],
    ['not reached', new Error('no way'), 'UNAVAILABLE'],
    ['a token longer than any', json(200, { ...TOKENS, access_token: 'x'.repeat(4_097) }), 'MALFORMED'],
    [
      'a refresh token longer than any',
      json(200, { ...TOKENS, refresh_token: 'x'.repeat(4_097) }),
      'MALFORMED',
    ],
    [
      'a page that says yes',
      { status: 200, headers: { 'content-type': 'text/html' }, text: '<html>' },
      'MALFORMED',
    ],
    ['a yes without a token', json(200, { token_type: 'bearer' }), 'MALFORMED'],
    ['a yes with half a token', { ...json(200, TOKENS), text: '{"access_token":"a' }, 'MALFORMED'],
    ['a token of another kind', json(200, { ...TOKENS, token_type: 'mac' }), 'MALFORMED'],
  ])('that is answered: %s, is explained', async (_what, answer, code) => {
    expect(await problemOf(serverThat(answer).server.exchange(brought(), BEGUN))).toBe(code);
  });
});

describe('A renewal', () => {
  test('shows the refresh token, and may bring another', async () => {
    const { server, asked } = serverThat(json(200, { ...TOKENS, session_expires_in: 600 }));
    expect(await server.refresh('old', '1/101')).toMatchObject({
      refreshToken: 'refresh',
      sessionLife: 600_000,
    });
    expect(asked[0]).toMatchObject({
      bucket: '1/101',
      form: { grant_type: 'refresh_token', refresh_token: 'old' },
    });
  });

  test.each<[string, FormAnswer | Error, object]>([
    ['refused', json(400, { error: 'invalid_grant' }), { kind: 'refused', error: 'invalid_grant' }],
    ['refused, without a word', json(403, 'no'), { kind: 'refused', error: null }],
    ['a moment too early', json(429, {}, { 'retry-after': '30' }), { kind: 'lost', retryAfter: 30_000 }],
    [
      'to be asked again at a time',
      json(
        503,
        {},
        { date: 'Wed, 04 Mar 2026 15:20:30 GMT', 'retry-after': 'Wed, 04 Mar 2026 15:21:00 GMT' },
      ),
      { kind: 'lost', retryAfter: 30_000 },
    ],
    [
      'to be asked next year',
      json(503, {}, { 'retry-after': '31536000' }),
      { kind: 'lost', retryAfter: 600_000 },
    ],
    ['too long', json(200, { ...TOKENS, refresh_token: 'x'.repeat(4_097) }), { kind: 'lost', retryAfter: 0 }],
    ['timed out there', json(408, {}), { kind: 'lost', retryAfter: 0 }],
    ['lost', new Error('reset'), { kind: 'lost', retryAfter: 0 }],
    ['broken off', { ...json(200, TOKENS), text: '{"access' }, { kind: 'lost', retryAfter: 0 }],
    ['down', json(500, {}), { kind: 'lost', retryAfter: 0 }],
  ])('that is %s is told so', async (_what, answer, told) => {
    expect(await serverThat(answer).server.refresh('old', '1/101')).toEqual(told);
  });
});

test('A sign-in is given back by any of its tokens, and that it is not heard does not matter.', async () => {
  const { server, asked } = serverThat(new Error('no way'));
  await server.revoke('access', '1/101');
  expect(asked[0]).toMatchObject({ endpoint: 'revoke', form: { token: 'access' } });
});
