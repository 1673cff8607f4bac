/** What attackers try at a gateway that browsers sign in to, each over real HTTP. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import {
  closingOf,
  openSignInHouse,
  openTestBrowser,
  SIGN_IN,
  socketWith,
  type TestBrowser,
  tokenRequests,
  watching,
} from '../support/browser-sessions.ts';
import { gauge, type House } from '../support/gateway.ts';

const NAME = '{ viewer { name } }';
const CALL_OUT =
  'mutation { makeCallOut(input: { deviceId: "801100004", to: { extensionNumber: "102" } }) { outcome } }';
const EVIL = 'https://evil.example';

async function problemAt(browser: TestBrowser, address: string) {
  const response = await browser.go(address, { accept: 'application/json' });
  return { status: response.status, ...((await response.json()) as { code: string; error?: string }) };
}

function callsOut({ simulator }: House): number {
  return simulator.requests().filter(({ operationId }) => operationId === 'createCallOutCallSession').length;
}

describe('A sign-in of somebody else', () => {
  test('is not taken on: the callback of an attacker changes nothing in the browser of a victim (login CSRF)', async () => {
    await using house = await openSignInHouse();
    const [attacker, victim] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    const callback = await attacker.pick(await attacker.begin(), '103');
    expect(await problemAt(victim, callback)).toMatchObject({ status: 400, code: 'NOT_BEGUN' });
    expect(victim.given).toEqual([]);

    await victim.signIn('101');
    const before = victim.cookie();
    const { length } = victim.given;
    expect((await problemAt(victim, callback)).code).toBe('NOT_BEGUN');
    // Also while a sign-in of their own is under way.
    await victim.begin();
    expect((await problemAt(victim, callback)).code).toBe('NOT_BEGUN');
    expect(victim.given).toHaveLength(length + 1);
    expect(victim.cookies.get('__Host-session')).toBe(before.replace('__Host-session=', ''));
    expect((await victim.ask(NAME)).data.viewer.name).toBe('Iris Vance');
  });

  test('cannot be mixed with an own one: a code is worth nothing with another state, a state nothing with another code', async () => {
    await using house = await openSignInHouse({ simulator: { settings: { journalBodies: true } } });
    const [attacker, victim] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    const stolen = new URL(await victim.pick(await victim.begin(), '101'));
    const own = new URL(await attacker.pick(await attacker.begin(), '103'));
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    // The proof of another browser: RingCentral refuses the code, and it is worth nothing to anybody any more.
    expect((await problemAt(attacker, own.href)).code).toBe('CODE_REFUSED');
    expect(attacker.cookies.has('__Host-session')).toBe(false);
    stolen.searchParams.set('state', own.searchParams.get('state') ?? '');
    expect((await problemAt(victim, stolen.href)).code).toBe('NOT_BEGUN');
    expect(tokenRequests(house, 'authorization_code')).toHaveLength(1);
  });

  test('that was begun with a cookie of an attacker ends in no session of theirs', async () => {
    await using house = await openSignInHouse();
    const [attacker, victim] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await attacker.signIn('103');
    const planted = attacker.cookies.get('__Host-session') ?? '';
    victim.cookies.set('__Host-session', planted);
    await victim.signIn('101');
    // A new id, so that whoever knew the one before knows nothing (fixation).
    expect(victim.cookies.get('__Host-session')).not.toBe(planted);
    expect((await victim.ask(NAME)).data.viewer.name).toBe('Iris Vance');
    expect((await attacker.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
  });
});

describe('A callback', () => {
  test('works once, also for two at the same moment', async () => {
    await using house = await openSignInHouse({ simulator: { settings: { journalBodies: true } } });
    const browser = openTestBrowser(house.gateway);
    const callback = await browser.pick(await browser.begin(), '101');
    const cookie = browser.cookie();
    const answers = await Promise.all([1, 2, 3].map(() => browser.go(callback, { cookie })));
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 400, 400]);
    // Replayed with all that the browser had.
    expect((await browser.go(callback, { cookie })).status).toBe(400);
    expect(tokenRequests(house, 'authorization_code')).toHaveLength(1);
  });

  test.each([
    ['other', 'MIXED_UP'],
    ['own', null],
  ] as const)('that names the issuer "%s" is %s', async (issuer, code) => {
    await using house = await openSignInHouse({ simulator: { settings: { issuer, journalBodies: true } } });
    const browser = openTestBrowser(house.gateway);
    const callback = await browser.pick(await browser.begin(), '101');
    expect(new URL(callback).searchParams.has('iss')).toBe(true);
    if (code === null) {
      expect((await browser.go(callback)).status).toBe(302);
    } else {
      expect(await problemAt(browser, callback)).toMatchObject({ status: 400, code });
      expect(tokenRequests(house, 'authorization_code')).toEqual([]);
    }
  });

  test.each([
    ['code=a&code=b', 'MALFORMED'],
    ['', 'MALFORMED'],
    ['code=', 'MALFORMED'],
    ['error=made_up', 'MALFORMED'],
    ['code=no-such-code', 'CODE_REFUSED'],
    ['iss=a&iss=b&code=c', 'MIXED_UP'],
  ])('that brings %j is answered %s', async (brought, code) => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    const state = (await browser.begin()).searchParams.get('state');
    expect((await problemAt(browser, `/auth/callback?state=${state}&${brought}`)).code).toBe(code);
    expect(browser.cookies.size).toBe(0);
  });

  test.each([
    ['access_denied', 'ACCESS_DENIED', 403],
    ['login_required', 'LOGIN_REQUIRED', 401],
    ['interaction_required', 'LOGIN_REQUIRED', 401],
    ['invalid_request', 'MISCONFIGURED', 502],
    ['unauthorized_client', 'MISCONFIGURED', 502],
    ['unsupported_response_type', 'MISCONFIGURED', 502],
    ['invalid_scope', 'MISCONFIGURED', 502],
    ['server_error', 'UNAVAILABLE', 503],
    ['temporarily_unavailable', 'UNAVAILABLE', 503],
  ] as const)('with the error %s is explained, as JSON and as a page', async (error, code, status) => {
    await using house = await openSignInHouse({ simulator: { settings: { authorizeError: error } } });
    const browser = openTestBrowser(house.gateway);
    const callback = async () => {
      const { href } = await browser.begin();
      return (await fetch(href, { redirect: 'manual' })).headers.get('location') ?? '';
    };
    expect(await problemAt(browser, await callback())).toMatchObject({ status, code, error });
    const page = await browser.go(await callback(), { accept: 'text/html' });
    expect(page.status).toBe(status);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; .*frame-ancestors 'none'$/,
    );
    const html = await page.text();
    expect(html).toContain(`<p class="word">${error}</p>`);
    expect(html).toContain(`href="/auth/sign-in?returnTo=${encodeURIComponent(`${browser.origin}/`)}"`);
    expect(await gauge(house, 'gateway_sign_ins_total')).toBe(2);
  });

  test('repeats nothing that somebody else may have written', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    const state = (await browser.begin()).searchParams.get('state');
    const brought = 'error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=%3Cscript%3E';
    const page = await browser.go(`/auth/callback?state=${state}&${brought}`, { accept: 'text/html' });
    expect(await page.text()).not.toContain('<script');
  });

  test('tells a wrong secret to whoever runs the gateway, and a RingCentral that is down from a refusal', async () => {
    await using house = await openSignInHouse({ environment: { RINGCENTRAL_CLIENT_SECRET: 'wrong' } });
    const browser = openTestBrowser(house.gateway);
    const callback = await browser.pick(await browser.begin(), '101');
    expect((await problemAt(browser, callback)).code).toBe('MISCONFIGURED');
    await using other = await openSignInHouse();
    other.simulator.orderFaults([{ match: 'getToken', do: 'status', status: 503 }]);
    const next = openTestBrowser(other.gateway);
    const down = await problemAt(next, await next.pick(await next.begin(), '101'));
    expect(down).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  });
});

describe('Where a browser is sent', () => {
  test.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'https:evil.example',
    'https:/evil.example',
    'HTTPS://EVIL.EXAMPLE',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://127.0.0.1@evil.example',
    'http://127.0.0.1.evil.example',
    'evil.example',
    ' /',
    '\u200b//evil.example',
  ])('is never %j', async (returnTo) => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    const response = await browser.go(`/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBe(null);
    expect(await response.json()).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^returnTo: allowed is/),
    });
    expect(browser.given).toEqual([]);
  });

  test('cannot be changed in between: it stands in the sealed cookie, and not in the address', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    const authorize = await browser.begin('returnTo=/desk');
    expect(decodeURIComponent(authorize.href)).not.toContain('/desk');
    expect(authorize.searchParams.get('redirect_uri')).toBe(`${browser.origin}/auth/callback`);
    const callback = new URL(await browser.pick(authorize, '101'));
    callback.searchParams.set('returnTo', EVIL);
    const { headers } = await browser.go(callback.href);
    expect(headers.get('location')).toBe(`${browser.origin}/desk`);
  });

  test.each([
    ['prompt', 'none login'],
    ['prompt', 'anything'],
    ['display', 'wide'],
    ['login_hint', '<script>'],
    ['with', 'genesys'],
    ['with', 'other'],
  ])('is nowhere with %s=%j, and the answer names what is allowed', async (name, value) => {
    await using house = await openSignInHouse();
    const response = await openTestBrowser(house.gateway).go(
      `/auth/sign-in?${new URLSearchParams({ [name]: value })}`,
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message: expect.stringMatching(new RegExp(`^${name}: allowed is `)),
    });
  });

  test('takes along prompt and login_hint as they are', async () => {
    await using house = await openSignInHouse();
    const { searchParams } = await openTestBrowser(house.gateway).begin(
      'prompt=login+consent&login_hint=%2B12025550147',
    );
    expect(searchParams.get('prompt')).toBe('login consent');
    expect(searchParams.get('login_hint')).toBe('+12025550147');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
  });
});

describe('A cookie', () => {
  test('that was tampered with, swapped, doubled, or made up opens nothing', async () => {
    await using house = await openSignInHouse();
    const [one, other] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await one.signIn('101');
    await other.signIn('102');
    const [a = '', b = ''] = [one, other].map(({ cookies }) => cookies.get('__Host-session'));
    const tampered = a.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'));
    const swapped = `${a.split('.')[0]}.${b.split('.')[1]}`;
    const begun = openTestBrowser(house.gateway);
    await begun.begin();
    for (const cookie of [
      `__Host-session=${tampered}`,
      `__Host-session=${swapped}`,
      `__Host-session=${a}; __Host-session=${b}`,
      `__Host-session=${begun.cookies.get('__Host-sign-in')}`,
      '__Host-session=',
    ]) {
      expect((await one.ask(NAME, { cookie })).code).toBe('SIGN_IN_REQUIRED');
    }
    // A neighbour can set a cookie without the prefix, which is nothing here.
    expect((await one.ask(NAME, { cookie: `session=${b}; ${one.cookie()}` })).data.viewer.name).toBe(
      'Iris Vance',
    );
  });

  test('goes on with a secret that is still listed, and ends with one that is retired', async () => {
    const secrets = ['the-first-secret-of-thirty-two-characters', 'the-next-secret-of-thirty-two-characters'];
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.begin();
    const begun = browser.cookies.get('__Host-sign-in') ?? '';
    const state = async (environment: Record<string, string>) => {
      await using next = await openSignInHouse({ environment });
      const { code } = await problemAt(openTestBrowser(next.gateway), '/auth/callback?state=x');
      expect(code).toBe('NOT_BEGUN');
      const again = openTestBrowser(next.gateway);
      again.cookies.set('__Host-sign-in', begun);
      const authorize = await again.begin();
      return [authorize.searchParams.get('state'), again.cookies.get('__Host-sign-in')?.length ?? 0] as const;
    };
    const [, kept] = await state({ SESSION_SECRETS: `${secrets[1]},${secrets[0]}` });
    const [, retired] = await state({ SESSION_SECRETS: `${secrets[1]}` });
    // Two sign-ins under way, or only the one that was begun now.
    expect(kept).toBeGreaterThan(retired * 1.5);
  });

  test('is told to nobody: not the log at its loudest, not an answer, not a metric', async () => {
    const lines: string[] = [];
    await using house = await openSignInHouse({
      gateway: { log: createLog('trace', { write: (line: string) => void lines.push(line) }) },
      simulator: { settings: { journalBodies: true, tokenTtl: 2 } },
    });
    const browser = openTestBrowser(house.gateway);
    const callback = new URL(await browser.pick(await browser.begin(), '101'));
    const told = [await (await browser.go(callback.href)).text()];
    told.push(JSON.stringify(await browser.ask('{ viewer { name sessions { id userAgent } } }')));
    told.push(await (await browser.go('/auth/session')).text());
    await problemAt(browser, callback.href);
    await browser.post('/auth/sign-out', {});
    told.push(await (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text());
    const bodies = house.simulator.requests().flatMap(({ responseBody }) => (responseBody ?? []) as object);
    const tokens = bodies.flatMap((body) =>
      Object.entries(body).flatMap(([name, value]) =>
        /token$/.test(name) && typeof value === 'string' ? [value] : [],
      ),
    );
    const secrets = [
      ...tokens,
      callback.searchParams.get('code') ?? '',
      callback.searchParams.get('state') ?? '',
      ...browser.given.flatMap((text) => /=([^;]{20,})/.exec(text)?.[1] ?? []),
      SIGN_IN.RINGCENTRAL_CLIENT_SECRET,
      SIGN_IN.SESSION_SECRETS,
    ];
    expect(tokens.length).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeGreaterThan(2);
    const everything = [...lines, ...told].join('\n');
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
  });
});

describe('A page of somebody else, with the cookie of a victim', () => {
  test('can neither ask nor act, by any content type', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const intent = { 'x-requested-with': 'evil' };
    for (const [type, status] of [
      ['application/json', 403],
      ['text/plain', 415],
      ['application/x-www-form-urlencoded', 415],
      ['multipart/form-data', 415],
    ] as const) {
      for (const query of [NAME, CALL_OUT]) {
        for (const origin of [EVIL, 'null', browser.origin.replace('http', 'https')]) {
          const headers = { ...intent, origin, 'content-type': type };
          expect((await browser.post('/graphql', { query }, headers)).status).toBe(status);
        }
      }
    }
    // As JSON it is refused for what it is, and not taken for nobody.
    expect(await browser.ask(NAME, { origin: EVIL })).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    // A program of theirs has no cookie to show, and one that has it says where it comes from.
    const bare = { method: 'POST', body: JSON.stringify({ query: NAME }) };
    const headers = { cookie: browser.cookie(), 'content-type': 'application/json' };
    expect((await fetch(house.gateway.url, { ...bare, headers })).status).toBe(403);
    expect(callsOut(house)).toBe(0);
  });

  test('is refused with the simulator inside too, where nobody would be extension 101', async () => {
    await using house = await openSignInHouse({
      environment: { RINGCENTRAL_SERVER_URL: '', RINGCENTRAL_CLIENT_ID: '', RINGCENTRAL_CLIENT_SECRET: '' },
    });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('103');
    expect(await browser.ask(NAME, { origin: EVIL })).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const without = socketWith({ cookie: browser.cookie() });
    const client = browser.socket({ webSocketImpl: without });
    const closed = closingOf(client);
    expect((await watching(client)).heard).toEqual([]);
    expect((await closed).code).toBe(4403);
  });

  test('can do nothing by GET, and see nothing', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const query = `/graphql?query=${encodeURIComponent(NAME)}`;
    for (const site of ['cross-site', 'same-site', 'none']) {
      expect((await browser.go(query, { 'sec-fetch-site': site })).status).toBe(403);
      expect((await browser.go('/auth/session', { 'sec-fetch-site': site })).status).toBe(403);
    }
    const acting = `/graphql?query=${encodeURIComponent(CALL_OUT)}`;
    expect((await browser.go(acting, { 'x-requested-with': 'x' })).status).toBe(405);
  });

  test('gets no command without a header that no form can send, on either way', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    await browser.ask(NAME);
    for (let times = 0; times < 3; times += 1) {
      const answer = await browser.post('/graphql', { query: CALL_OUT });
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      // What only reads needs none.
      expect((await browser.post('/graphql', { query: NAME })).status).toBe(200);
    }
    expect(callsOut(house)).toBe(0);
    const meant = await browser.post('/graphql', { query: CALL_OUT }, { 'apollo-require-preflight': 'yes' });
    expect(await meant.json()).toMatchObject({ data: { makeCallOut: { outcome: 'APPLIED' } } });
    expect(callsOut(house)).toBe(1);
  });

  test('gets no WebSocket', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    for (const origin of [EVIL, 'null', browser.origin.replace('http', 'https')]) {
      const client = browser.socket({ webSocketImpl: socketWith({ cookie: browser.cookie(), origin }) });
      const { heard, ended } = await watching(client);
      expect(heard).toEqual([]);
      expect(ended).toHaveLength(1);
    }
    // A program that has the cookie, and no page.
    const client = browser.socket({ webSocketImpl: socketWith({ cookie: browser.cookie() }) });
    const closed = closingOf(client);
    await watching(client);
    expect((await closed).code).toBe(4403);
  });

  test('cannot sign anybody out, by GET or by a form', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    expect((await browser.go('/auth/sign-out')).status).toBe(405);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      expect((await browser.post('/auth/sign-out', {}, { 'content-type': type })).status).toBe(415);
    }
    expect((await browser.post('/auth/sign-out', {}, { origin: EVIL })).status).toBe(403);
    expect((await browser.ask(NAME)).status).toBe(200);
  });

  test('is allowed nothing more by CORS, whatever it shows', async () => {
    const desk = 'https://desk.example.com';
    await using house = await openSignInHouse({ environment: { CORS_ORIGINS: desk } });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    for (const path of ['/graphql', '/auth/session']) {
      const [of, ofEvil] = await Promise.all(
        [desk, EVIL].map((origin) =>
          fetch(new URL(path, browser.origin), { method: 'OPTIONS', headers: { origin } }),
        ),
      );
      expect(of?.headers.get('access-control-allow-origin')).toBe(desk);
      expect(of?.headers.get('access-control-allow-credentials')).toBe('true');
      expect(of?.headers.get('access-control-allow-headers')).toContain('x-requested-with');
      expect([...(ofEvil?.headers.keys() ?? [])].filter((name) => name.startsWith('access-control'))).toEqual(
        [],
      );
    }
    const asked = await browser.post('/graphql', { query: NAME }, { origin: desk });
    expect([asked.status, asked.headers.get('access-control-allow-credentials')]).toEqual([200, 'true']);
  });
});

describe('Ten thousand sign-ins that were begun and never ended', () => {
  test('are kept by nobody here', async () => {
    await using house = await openSignInHouse();
    const { port, host } = new URL(house.gateway.url);
    const ask = `GET /auth/sign-in HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const answers = await pipelined(Number(port), ask, 100, 100);
    expect(answers).toBe(10_000);
    expect(await gauge(house, 'gateway_sessions')).toBe(0);
    // No request left, and nothing was written down: whoever comes now is the first.
    expect(house.simulator.requests().filter(({ operationId }) => operationId !== null)).toEqual([]);
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    expect((await browser.ask(NAME)).status).toBe(200);
  });
});

/** So many requests over each of some connections, ten at a time; answers how many redirects came. */
async function pipelined(port: number, text: string, connections: number, each: number): Promise<number> {
  let answers = 0;
  for (let index = 0; index < connections; index += 1) {
    await new Promise<void>((resolve, reject) => {
      let left = each;
      let open = 0;
      const socket = connect(port, '127.0.0.1');
      const more = () => {
        const now = Math.min(10, left);
        open += now;
        left -= now;
        socket.write(text.repeat(now));
      };
      socket.once('error', reject).once('connect', more);
      socket.on('data', (chunk) => {
        const came = chunk.toString('latin1').split('HTTP/1.1 302').length - 1;
        answers += came;
        open -= came;
        if (open > 0) return;
        if (left > 0) more();
        else resolve(void socket.destroy());
      });
    });
  }
  return answers;
}
