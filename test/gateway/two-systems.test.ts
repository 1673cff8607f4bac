/** One session of a browser that is signed in to RingCentral and to Genesys Cloud. */
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import {
  closingOf,
  openSignInHouse,
  openTestBrowser,
  SIGN_IN,
  watching,
} from '../support/browser-sessions.ts';
import { until } from '../support/gateway.ts';
import {
  ADA,
  BEN,
  openTwoSystems,
  pickAtGenesys,
  signInToGenesys,
  toldOf,
} from '../support/genesys-sign-in.ts';

const NAME = '{ viewer { name } }';

describe('A browser that is signed in to RingCentral', () => {
  test('is sent to the login of Genesys Cloud, with code, state and PKCE', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    const authorize = await browser.begin('with=genesys&prompt=login&login_hint=ada');
    expect(authorize.origin + authorize.pathname).toBe(`${house.genesys.url}/oauth/authorize`);
    expect(Object.fromEntries(authorize.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'genesys-client_1',
      redirect_uri: `${browser.origin}/auth/callback`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      prompt: 'login',
      login_hint: 'ada',
    });
    expect(await (await fetch(authorize)).text()).toContain('Ada Lind');
  });

  test('adds Genesys Cloud to its session, which tells of both; its sockets stay open', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('102');
    const before = await toldOf(browser);
    const cookie = browser.cookie();
    const client = browser.socket();
    const { heard, ended } = await watching(client);

    const back = await signInToGenesys(browser, ADA, 'returnTo=/desk');
    expect([back.status, back.headers.get('location')]).toEqual([302, `${browser.origin}/desk`]);
    const told = await toldOf(browser);
    expect(told?.systems).toEqual({
      ringcentral: {
        user: expect.objectContaining({ name: 'Tomas Reed', extensionNumber: '102' }),
        expiresAt: expect.stringMatching(/Z$/),
        isRenewed: true,
      },
      genesys: {
        user: { userId: expect.stringMatching(/^[\w-]{36}$/), name: 'Ada Lind', email: ADA },
        expiresAt: expect.stringMatching(/Z$/),
        isRenewed: false,
      },
    });
    expect(told?.session.id).toBe(before?.session.id);
    expect((await browser.ask(NAME)).data.viewer.name).toBe('Tomas Reed');
    // There is one session of this user, not two.
    const { sessions } = (await browser.ask('{ viewer { sessions { id isCurrent } } }')).data.viewer;
    expect(sessions).toEqual([{ id: told?.session.id, isCurrent: true }]);

    // The cookie is a new one, and the one before opens nothing any more.
    expect(browser.cookie()).not.toBe(cookie);
    expect((await browser.ask(NAME, { cookie })).code).toBe('SIGN_IN_REQUIRED');
    expect((await browser.go('/auth/session', { cookie })).status).toBe(401);

    house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '102' });
    await until(() => heard.length > 1);
    expect(ended).toEqual([]);
    await client.dispose();
  });

  test('keeps Genesys Cloud when it signs in to RingCentral once more', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await signInToGenesys(browser);
    await browser.signIn('101');
    await browser.signIn('101');
    const told = await toldOf(browser);
    expect(Object.keys(told?.systems ?? {}).sort()).toEqual(['genesys', 'ringcentral']);
    expect((await browser.ask('{ viewer { sessions { id } } }')).data.viewer.sessions).toHaveLength(1);
  });

  test('adds it as often as it likes, and nothing of the sign-ins before is kept', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('102');
    const warnings: Error[] = [];
    const keep = (warning: Error) => void warnings.push(warning);
    process.on('warning', keep);
    try {
      // More than one signal likes listeners.
      for (let count = 0; count < 12; count += 1) {
        await signInToGenesys(browser);
        expect(Object.keys((await toldOf(browser))?.systems ?? {})).toEqual(['ringcentral', 'genesys']);
      }
      expect(warnings).toEqual([]);
    } finally {
      process.off('warning', keep);
    }
  });

  test.each([
    ['RingCentral', (browser: ReturnType<typeof openTestBrowser>) => browser.signIn('102'), 'ringcentral'],
    [
      'Genesys Cloud',
      (browser: ReturnType<typeof openTestBrowser>) => signInToGenesys(browser, BEN),
      'genesys',
    ],
  ])('loses both when somebody else signs in to %s', async (_name, signIn, system) => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('101');
    await signInToGenesys(browser, ADA);
    const client = browser.socket();
    const closed = closingOf(client);
    await watching(client);
    const { id } = (await toldOf(browser))?.session ?? {};
    await signIn(browser);
    const told = await toldOf(browser);
    expect(Object.keys(told?.systems ?? {})).toEqual([system]);
    expect(told?.session.id).not.toBe(id);
    expect((await closed).code).toBe(4403);
  });

  test('signs out of both, and both are given back', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    await signInToGenesys(browser);
    const cookie = browser.cookie();
    await browser.post('/auth/sign-out', {});
    expect((await browser.go('/auth/session', { cookie })).status).toBe(401);
    expect(
      house.simulator.requests().filter(({ operationId }) => operationId === 'revokeToken'),
    ).toHaveLength(1);
    const asked = house.genesys.requests();
    const [whose] = asked.filter(({ path }) => path === '/api/v2/users/me');
    const ended = asked.filter(({ method, path }) => method === 'DELETE' && path === '/api/v2/tokens/me');
    expect(ended).toEqual([expect.objectContaining({ authorization: whose?.authorization })]);
    const { status } = await fetch(`${house.genesys.url}/api/v2/users/me`, {
      headers: { authorization: whose?.authorization ?? '' },
    });
    expect(status).toBe(401);
  });

  test('loses both when its user ends the session from another device', async () => {
    await using house = await openTwoSystems();
    const [desk, phone] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await desk.signIn();
    await signInToGenesys(desk);
    const { id } = (await toldOf(desk))?.session ?? {};
    await phone.signIn();
    await phone.ask(`mutation { endSession(id: "${id}") { isEnded } }`);
    expect(await toldOf(desk)).toBe(null);
    expect(house.genesys.requests().some(({ method }) => method === 'DELETE')).toBe(true);
  });
});

const WHO = '{ viewer { name genesysUser { name } } }';

describe('What a browser asks by its cookie', () => {
  test('is asked as whoever it is signed in as at each phone system.', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('102');
    expect(await browser.ask(WHO)).toMatchObject({
      ...{ status: 200, code: 'UNAUTHENTICATED' },
      data: { viewer: { name: 'Tomas Reed', genesysUser: null } },
    });
    await signInToGenesys(browser, ADA);
    const both = { viewer: { name: 'Tomas Reed', genesysUser: { name: 'Ada Lind' } } };
    expect(await browser.ask(WHO)).toEqual({ status: 200, code: undefined, data: both });
  });

  test('lists and ends its sessions where Genesys Cloud is the only one.', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await signInToGenesys(browser, BEN);
    const { data } = await browser.ask('{ viewer { genesysUser { name } sessions { id isCurrent } } }');
    const { id } = (await toldOf(browser))?.session ?? {};
    expect(data.viewer).toEqual({ genesysUser: { name: 'Ben Okoro' }, sessions: [{ id, isCurrent: true }] });
    await browser.ask(`mutation { endSession(id: "${id}") { isEnded } }`);
    expect(await toldOf(browser)).toBe(null);
  });
});

describe('The sign-in to Genesys Cloud', () => {
  test('may be the only one: then nobody is signed in to RingCentral', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await signInToGenesys(browser, BEN);
    const told = await toldOf(browser);
    expect(told).toEqual({
      session: { id: expect.stringMatching(/^[\w-]{36}$/), expiresAt: told?.systems.genesys?.expiresAt },
      systems: {
        genesys: {
          user: { userId: expect.any(String), name: 'Ben Okoro', email: BEN },
          expiresAt: expect.stringMatching(/Z$/),
          isRenewed: false,
        },
      },
    });
    const asked = await browser.ask(NAME);
    expect([asked.status, asked.code, asked.data.viewer.name]).toEqual([200, 'UNAUTHENTICATED', null]);
    const id = told?.session.id;
    await browser.signIn('103');
    expect((await toldOf(browser))?.session.id).toBe(id);
    expect((await browser.ask(NAME)).data.viewer.name).toBe('Nadia Holm');
  });

  test('tells when it ends, and ends then by itself: the one to RingCentral goes on', async () => {
    await using house = await openTwoSystems({}, 2);
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const start = Date.now();
    await signInToGenesys(browser);
    const { genesys, ringcentral } = (await toldOf(browser))?.systems ?? {};
    const endsAt = Date.parse(genesys?.expiresAt ?? '');
    expect(endsAt).toBeGreaterThan(start);
    expect(endsAt).toBeLessThan(Date.now() + 2_001);
    expect(Date.parse(ringcentral?.expiresAt ?? '')).toBeGreaterThan(endsAt);
    const client = browser.socket();
    const { ended } = await watching(client);
    await until(async () => (await toldOf(browser))?.systems.genesys === undefined);
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt - 1);
    expect(Object.keys((await toldOf(browser))?.systems ?? {})).toEqual(['ringcentral']);
    expect((await browser.ask(NAME)).status).toBe(200);
    expect(ended).toEqual([]);

    // And it comes back by signing in again.
    await signInToGenesys(browser);
    expect((await toldOf(browser))?.systems.genesys?.user.name).toBe('Ada Lind');
    expect(ended).toEqual([]);
    await client.dispose();
  });

  test('lasts longer when its user signs in again ahead of its end', async () => {
    await using house = await openTwoSystems({}, 600);
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    await signInToGenesys(browser);
    const first = (await toldOf(browser))?.systems.genesys?.expiresAt ?? '';
    house.genesys.setTokenLife(1_200);
    await signInToGenesys(browser);
    const told = await toldOf(browser);
    expect(Date.parse(told?.systems.genesys?.expiresAt ?? '')).toBeGreaterThan(Date.parse(first));
    expect(told?.systems.ringcentral).toBeDefined();
  });

  test('is renewed where the client has a secret, which it shows by Basic authorization', async () => {
    await using house = await openTwoSystems(
      { environment: { GENESYS_CLIENT_SECRET: 'genesys_secret-1' } },
      2,
    );
    const browser = openTestBrowser(house.gateway);
    await signInToGenesys(browser);
    expect((await toldOf(browser))?.systems.genesys?.isRenewed).toBe(true);
    const forms = () => house.genesys.requests().filter(({ path }) => path === '/oauth/token');
    await until(() => forms().length > 1);
    const basic = `Basic ${Buffer.from('genesys-client_1:genesys_secret-1').toString('base64')}`;
    expect(forms().map(({ authorization }) => authorization)).toEqual(forms().map(() => basic));
    expect(forms()[1]?.body).toContain('grant_type=refresh_token');
    expect((await toldOf(browser))?.systems.genesys?.user.name).toBe('Ada Lind');
  });

  test('of a public client shows its proof, and no secret', async () => {
    await using house = await openTwoSystems();
    await signInToGenesys(openTestBrowser(house.gateway));
    const [asked] = house.genesys.requests().filter(({ path }) => path === '/oauth/token');
    expect(asked?.authorization).toBe(undefined);
    const form = new URLSearchParams(asked?.body);
    expect([...form.keys()].sort()).toEqual([
      'client_id',
      'code',
      'code_verifier',
      'grant_type',
      'redirect_uri',
    ]);
    expect(form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  test('is kept in use by whoever uses the one to RingCentral', async () => {
    await using house = await openTwoSystems({ gateway: { sessions: { idle: 1_000 } } });
    const [desk, phone] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await desk.signIn();
    await signInToGenesys(desk);
    await phone.signIn();
    // Long enough for whoever is not used to end: the phone, which came last.
    const sessions = async () => (await desk.ask('{ viewer { sessions { id } } }')).data.viewer.sessions;
    expect(await sessions()).toHaveLength(2);
    await until(async () => (await sessions()).length === 1);
    expect(Object.keys((await toldOf(desk))?.systems ?? {}).sort()).toEqual(['genesys', 'ringcentral']);
  });
});

describe('Signing in to Genesys Cloud changes nothing', () => {
  test('with a wrong state, one that was used, or none', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const cookie = browser.cookies.get('__Host-session');
    const callback = new URL(await pickAtGenesys(await browser.begin('with=genesys'), ADA));
    const wrong = new URL(callback);
    wrong.searchParams.set('state', 'x'.repeat(43));
    const none = new URL(callback);
    none.searchParams.delete('state');
    for (const address of [wrong, none]) {
      const response = await browser.go(address.href);
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'NOT_BEGUN' }),
      ]);
    }
    // Nor in the browser of somebody else.
    const victim = openTestBrowser(house.gateway);
    expect((await victim.go(callback.href)).status).toBe(400);
    expect(victim.cookies.size).toBe(0);
    expect(browser.cookies.get('__Host-session')).toBe(cookie);
    expect(house.genesys.requests().some(({ path }) => path === '/oauth/token')).toBe(false);
    expect((await browser.go(callback.href)).status).toBe(302);
    expect((await browser.go(callback.href)).status).toBe(400);
  });

  test('where it is refused: a page says so by the name of the system, and begins the same again', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const callback = await pickAtGenesys(await browser.begin('with=genesys&returnTo=/desk'), null);
    const response = await browser.go(callback, { accept: 'text/html' });
    expect(response.status).toBe(403);
    const text = await response.text();
    expect(text).toContain('Genesys Cloud');
    expect(text).toContain('access_denied');
    expect(text).not.toContain('RingCentral');
    expect(linksIn(text)).toEqual([
      [expect.stringMatching(/^\/auth\/sign-in\?with=genesys&amp;returnTo=/), 'Sign in to Genesys Cloud'],
    ]);
    expect(Object.keys((await toldOf(browser))?.systems ?? {})).toEqual(['ringcentral']);
  });

  test('with a code of the other system', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    const atGenesys = new URL(await pickAtGenesys(await browser.begin('with=genesys'), ADA));
    const atRingCentral = await browser.begin();
    atGenesys.searchParams.set('state', atRingCentral.searchParams.get('state') ?? '');
    const response = await browser.go(atGenesys.href);
    expect(await response.json()).toMatchObject({ code: 'CODE_REFUSED' });
    expect(await toldOf(browser)).toBe(null);
  });

  test('where Genesys Cloud does not know its client', async () => {
    await using house = await openTwoSystems({ environment: { GENESYS_CLIENT_SECRET: 'wrong' } });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const response = await signInToGenesys(browser);
    expect([response.status, await response.json()]).toEqual([
      502,
      expect.objectContaining({ code: 'MISCONFIGURED', message: expect.stringContaining('Genesys Cloud') }),
    ]);
    expect(Object.keys((await toldOf(browser))?.systems ?? {})).toEqual(['ringcentral']);
  });

  test('where Genesys Cloud is away', async () => {
    await using house = await openTwoSystems();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const callback = await pickAtGenesys(await browser.begin('with=genesys'), ADA);
    await house.genesys.stop();
    const response = await browser.go(callback);
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    ]);
    expect((await browser.ask(NAME)).status).toBe(200);
  });
});

describe('What a browser can sign in to', () => {
  test('is RingCentral where it does not say, and stands by name on the page of a sign-in that nobody knows of', async () => {
    await using both = await openTwoSystems();
    await using one = await openSignInHouse();
    const begun = await openTestBrowser(both.gateway).begin();
    expect([begun.origin, begun.pathname]).toEqual([both.simulator.url, '/restapi/oauth/authorize']);
    const linksOf = async (house: typeof one) => {
      const page = await openTestBrowser(house.gateway).go('/auth/callback', { accept: 'text/html' });
      expect(page.status).toBe(400);
      return linksIn(await page.text());
    };
    expect(await linksOf(both)).toEqual([
      ['/auth/sign-in?with=ringcentral', 'Sign in to RingCentral'],
      ['/auth/sign-in?with=genesys', 'Sign in to Genesys Cloud'],
    ]);
    expect(await linksOf(one)).toEqual([['/auth/sign-in?with=ringcentral', 'Sign in']]);
  });

  test('is what is set: the answer names it', async () => {
    await using both = await openTwoSystems();
    await using one = await openSignInHouse();
    const messageOf = async (house: typeof one, system: string) => {
      const response = await openTestBrowser(house.gateway).go(`/auth/sign-in?with=${system}`);
      expect(response.status).toBe(400);
      return ((await response.json()) as { message: string }).message;
    };
    expect(await messageOf(both, 'other')).toMatch(/^with: allowed is ringcentral or genesys:/);
    expect(await messageOf(one, 'genesys')).toMatch(/^with: allowed is ringcentral:/);
    expect(await messageOf(both, 'constructor')).toMatch(/^with: allowed is/);
  });
});

describe('What a page of another site signs in to by its window', () => {
  test('is added to what it is signed in to already', async () => {
    const CORS_ORIGINS = 'https://desk.example.org';
    await using house = await openTwoSystems({ environment: { CORS_ORIGINS } });
    const page = openTestBrowser(house.gateway);
    const headers = { origin: CORS_ORIGINS, 'sec-fetch-site': 'cross-site' };
    const query = `display=popup&returnTo=${encodeURIComponent(`${CORS_ORIGINS}/`)}`;
    /** Signs in in a window, which has cookies of its own, and hands the ticket to the page. */
    const takeOver = async (signIn: (window: ReturnType<typeof openTestBrowser>) => Promise<Response>) => {
      const text = await (await signIn(openTestBrowser(house.gateway))).text();
      const [, ticket] = /&quot;ticket&quot;:&quot;([^&]+)&quot;/.exec(text) ?? [];
      return page.post('/auth/session', { ticket }, headers);
    };
    expect((await takeOver((window) => window.signIn('102', query))).status).toBe(200);
    const cookie = page.cookie();
    const client = page.socket();
    const { ended } = await watching(client);
    expect((await takeOver((window) => signInToGenesys(window, ADA, query))).status).toBe(200);
    const told = await toldOf(page);
    expect(Object.keys(told?.systems ?? {}).sort()).toEqual(['genesys', 'ringcentral']);
    expect((await page.go('/auth/session', { cookie })).status).toBe(401);
    expect(ended).toEqual([]);
    // Once more: what was there is replaced, and nothing is there twice.
    await takeOver((window) => signInToGenesys(window, ADA, query));
    expect((await toldOf(page))?.session.id).toBe(told?.session.id);
    // Somebody else takes nothing over.
    await takeOver((window) => signInToGenesys(window, BEN, query));
    expect(Object.keys((await toldOf(page))?.systems ?? {})).toEqual(['genesys']);
    await client.dispose();
  });
});

test('Nothing of a token of Genesys Cloud is in a log, an answer or a metric', async () => {
  const lines: string[] = [];
  const secret = 'genesys_secret-that-nobody-sees';
  await using house = await openTwoSystems({
    environment: { GENESYS_CLIENT_SECRET: secret },
    gateway: { log: createLog('trace', { write: (line: string) => void lines.push(line) }) },
  });
  const browser = openTestBrowser(house.gateway);
  await browser.signIn();
  const callback = new URL(await pickAtGenesys(await browser.begin('with=genesys'), ADA));
  const told = [await (await browser.go(callback.href)).text()];
  told.push(await (await browser.go('/auth/session')).text());
  told.push(await (await browser.go(callback.href, { accept: 'text/html' })).text());
  await browser.post('/auth/sign-out', {});
  told.push(await (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text());
  const tokens = house.genesys
    .requests()
    .flatMap(({ authorization }) => /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? []);
  const secrets = [
    ...tokens,
    ...[secret, SIGN_IN.SESSION_SECRETS, callback.searchParams.get('code') ?? '?'],
    ...browser.given.flatMap((text) => /=([^;]{20,})/.exec(text)?.[1] ?? []),
  ];
  expect(tokens).toHaveLength(2);
  expect(lines.length).toBeGreaterThan(1);
  const everything = [...lines, ...told, ...browser.given.filter((text) => /Max-Age=0/.test(text))].join(
    '\n',
  );
  expect(secrets.filter((one) => everything.includes(one))).toEqual([]);
});

/** Where the links of a page lead, and what they say. */
function linksIn(page: string): (readonly [address: string | undefined, words: string | undefined])[] {
  return [...page.matchAll(/<a href="([^"]+)">([^<]+)</g)].map(([, address, words]) => [address, words]);
}
