/** Signing in from browsers: a cookie instead of a token, from the first page to the last. */
import { createClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import {
  closingOf,
  openSignInHouse,
  openTestBrowser,
  SIGN_IN,
  socketWith,
  tokenRequests,
  watching,
} from '../support/browser-sessions.ts';
import { gauge, openHouse, signIn, until } from '../support/gateway.ts';

const NAME = '{ viewer { name extensionNumber } }';
const SESSIONS = '{ viewer { sessions { id isCurrent userAgent begunAt lastUsedAt expiresAt } } }';

describe('A browser', () => {
  test('signs in, asks by its cookie, is told who it is, and signs out', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    expect((await browser.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');

    const back = await browser.signIn('102', 'returnTo=/desk%3Ftab=2');
    expect([back.status, back.headers.get('location')]).toEqual([302, `${browser.origin}/desk?tab=2`]);
    expect(await browser.ask(NAME)).toMatchObject({
      status: 200,
      data: { viewer: { name: 'Tomas Reed', extensionNumber: '102' } },
    });
    const told = await browser.go('/auth/session');
    expect(told.status).toBe(200);
    expect(await told.json()).toEqual({
      session: { id: expect.stringMatching(/^[\w-]{36}$/), expiresAt: expect.stringMatching(/Z$/) },
      systems: {
        ringcentral: {
          user: {
            accountId: expect.any(String),
            extensionId: expect.any(String),
            extensionNumber: '102',
            name: 'Tomas Reed',
          },
          expiresAt: expect.stringMatching(/Z$/),
          isRenewed: true,
        },
      },
    });

    const left = await browser.post('/auth/sign-out', {});
    expect([left.status, await left.json()]).toEqual([200, { signedIn: false }]);
    expect(browser.cookies.has('__Host-session')).toBe(false);
    expect((await browser.go('/auth/session')).status).toBe(401);
  });

  test('is nobody’s where a program without a cookie asks, which is told so', async () => {
    await using house = await openSignInHouse();
    const answer = await fetch(new URL('/auth/session', house.gateway.url));
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'SIGN_IN_REQUIRED', signIn: '/auth/sign-in' });
    const shown = { cookie: '__Host-session=x' };
    expect((await fetch(new URL('/auth/session', house.gateway.url), { headers: shown })).status).toBe(403);
  });

  test('holds nothing but an opaque cookie that no script can read', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const session = browser.given.find((text) => text.startsWith('__Host-session='));
    expect(session).toMatch(
      /^__Host-session=[\w-]{43}\.[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    // What was begun is gone again.
    expect([...browser.cookies.keys()]).toEqual(['__Host-session']);
  });

  test('asks on the fast path and the plain way, by POST, GET, event stream and WebSocket', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('103');
    for (let times = 0; times < 3; times += 1) {
      expect((await browser.ask(NAME)).data.viewer.name).toBe('Nadia Holm');
    }
    const got = await browser.go(`/graphql?query=${encodeURIComponent(NAME)}`, {
      accept: 'application/json',
    });
    expect(await got.json()).toMatchObject({ data: { viewer: { name: 'Nadia Holm' } } });

    const query = encodeURIComponent('subscription { activeCalls { presenceId } }');
    const stream = await browser.go(`/graphql?query=${query}`, { accept: 'text/event-stream' });
    const reader = stream.body?.getReader();
    let heard = '';
    await until(async () => {
      heard += Buffer.from((await reader?.read())?.value ?? []).toString();
      return heard.includes('"activeCalls":[]');
    });
    await reader?.cancel();

    const client = browser.socket();
    expect((await watching(client)).heard).toEqual([{ data: { activeCalls: [] } }]);
    await client.dispose();
  });

  test('is the same viewer as by a token of theirs: one desk, one budget', async () => {
    await using house = await openSignInHouse();
    const { id } = house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('101');
    const watch = `subscription { callPartyUpdated(sessionId: "${id}") { id } }`;
    const byToken = house.socket(await signIn(house, '101'));
    const byCookie = browser.socket();
    await watching(byToken, watch);
    await watching(byCookie, watch);
    expect(await gauge(house, 'gateway_watches')).toBe(1);
    await byCookie.dispose();
  });

  test('may show a token beside its cookie: then the token is used', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('102');
    const { data } = await browser.ask(NAME, { authorization: 'Bearer sim-101' });
    expect(data.viewer.name).toBe('Iris Vance');
    const client = createClient({
      url: house.gateway.url.replace('http', 'ws'),
      webSocketImpl: socketWith({ cookie: browser.cookie(), origin: browser.origin }),
      connectionParams: { authorization: 'Bearer no-such-token' },
      retryAttempts: 0,
    });
    const closed = closingOf(client);
    await watching(client);
    expect((await closed).code).toBe(4403);
  });

  test('that has signed out has its sockets closed with 4403, and 401 for what it asks by the old cookie', async () => {
    await using house = await openSignInHouse();
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const client = browser.socket();
    const closed = closingOf(client);
    await watching(client);
    const cookie = browser.cookie();
    await browser.post('/auth/sign-out', {});
    expect((await closed).code).toBe(4403);
    const asked = await browser.ask(NAME, { cookie });
    expect([asked.status, asked.code]).toEqual([401, 'SIGN_IN_REQUIRED']);
    const again = openTestBrowser(house.gateway);
    again.cookies.set('__Host-session', cookie.split('=')[1] ?? '');
    const refused = again.socket();
    const refusal = closingOf(refused);
    await watching(refused);
    expect((await refusal).code).toBe(4403);
  });

  test('gives the sign-in back to RingCentral, after what it listened by', async () => {
    await using house = await openSignInHouse({ environment: { LIVE_SOURCE: 'push' } });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    await watching(browser.socket());
    await until(() => house.simulator.push().sockets[0]?.filters.length === 1);
    await browser.post('/auth/sign-out', {});
    const names = house.simulator.requests().map(({ operationId }) => operationId);
    expect(names.filter((name) => name === 'revokeToken')).toHaveLength(1);
    expect(names.indexOf('deleteSubscription')).toBeGreaterThan(-1);
    expect(names.indexOf('deleteSubscription')).toBeLessThan(names.indexOf('revokeToken'));
  });

  test('without a session is extension 101 with the simulator inside, where sign-in is on by itself', async () => {
    await using house = await openHouse({ environment: { RINGCENTRAL_SERVER_URL: '' } });
    const browser = openTestBrowser(house.gateway);
    expect((await browser.ask(NAME)).data.viewer.name).toBe('Iris Vance');
    // Its page is shown here: the port of the simulator may be out of reach for a browser.
    const authorize = await browser.begin();
    expect(authorize.origin).toBe(browser.origin);
    expect(await (await fetch(authorize)).text()).toContain('Sign in to the simulated RingCentral');
    await browser.signIn('103');
    expect((await browser.ask(NAME)).data.viewer.name).toBe('Nadia Holm');
    const cookie = browser.cookie();
    await browser.post('/auth/sign-out', {});
    expect((await browser.ask(NAME, { cookie })).code).toBe('SIGN_IN_REQUIRED');
    expect((await browser.ask(NAME)).data.viewer.name).toBe('Iris Vance');
  });

  test('finds no such door where sign-in is off, and its cookie is nothing', async () => {
    await using house = await openHouse();
    const browser = openTestBrowser(house.gateway);
    browser.cookies.set('__Host-session', 'anything');
    expect((await browser.go('/auth/sign-in')).status).toBe(404);
    expect((await browser.ask(NAME)).code).toBe('UNAUTHENTICATED');
  });

  test('of a public app sends no secret, and shows the proof of its own instead', async () => {
    await using house = await openSignInHouse({
      environment: { RINGCENTRAL_CLIENT_SECRET: '' },
      simulator: { settings: { journalBodies: true } },
    });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    expect((await browser.ask(NAME)).status).toBe(200);
    const [{ requestBody } = {}] = tokenRequests(house, 'authorization_code');
    expect(`${requestBody}`).toContain(`client_id=${SIGN_IN.RINGCENTRAL_CLIENT_ID}`);
    expect(`${requestBody}`).toMatch(/code_verifier=[\w-]{43}/);
  });
});

describe('The sessions of a user', () => {
  test('are listed, and ended one by one by an id that opens nothing', async () => {
    await using house = await openSignInHouse();
    const [desk, phone] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await desk.signIn();
    await phone.signIn();
    const { sessions } = (await desk.ask(SESSIONS)).data.viewer;
    expect(sessions).toEqual([
      expect.objectContaining({ isCurrent: false, userAgent: 'node' }),
      expect.objectContaining({ isCurrent: true, userAgent: 'node' }),
    ]);
    const [{ id }] = sessions;
    expect(phone.cookie()).not.toContain(id);
    expect(
      (await openTestBrowser(house.gateway).go('/auth/session', { cookie: `__Host-session=${id}` })).status,
    ).toBe(401);

    const client = phone.socket();
    const closed = closingOf(client);
    await watching(client);
    const end = `mutation { endSession(id: "${id}") { isEnded sessions { isCurrent } } }`;
    expect((await desk.ask(end)).data.endSession).toEqual({ isEnded: true, sessions: [{ isCurrent: true }] });
    expect((await closed).code).toBe(4403);
    expect((await phone.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
    expect((await desk.ask(end)).data.endSession.isEnded).toBe(false);
    // The other one lives on the same sign-in.
    expect((await desk.ask(NAME)).status).toBe(200);
  });

  test('of somebody else are not to be seen, nor to be ended', async () => {
    await using house = await openSignInHouse();
    const [iris, tomas] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await iris.signIn('101');
    await tomas.signIn('102');
    const [{ id }] = (await iris.ask(SESSIONS)).data.viewer.sessions;
    expect((await tomas.ask(SESSIONS)).data.viewer.sessions).toHaveLength(1);
    expect(
      (await tomas.ask(`mutation { endSession(id: "${id}") { isEnded } }`)).data.endSession.isEnded,
    ).toBe(false);
    expect((await iris.ask(NAME)).status).toBe(200);
  });

  test('share one sign-in at RingCentral, so that more devices than it allows end nobody', async () => {
    await using house = await openSignInHouse({
      simulator: { settings: { sessionLimit: 2 } },
      gateway: { sessions: { takingOver: 20 } },
    });
    const browsers = [1, 2, 3, 4].map(() => openTestBrowser(house.gateway));
    for (const [index, browser] of browsers.entries()) {
      await browser.signIn();
      const revoked = () =>
        house.simulator.requests().filter(({ operationId }) => operationId === 'revokeToken');
      await until(() => revoked().length === index);
    }
    for (const browser of browsers) expect((await browser.ask(NAME)).status).toBe(200);
  });

  test('go on, sockets and all, when their user signs in once more', async () => {
    await using house = await openSignInHouse({ gateway: { sessions: { takingOver: 20 } } });
    const [desk, phone] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await desk.signIn();
    const client = desk.socket();
    const { heard, ended } = await watching(client);
    await phone.signIn();
    await until(() => house.simulator.requests().some(({ operationId }) => operationId === 'revokeToken'));
    house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    await until(() => heard.length > 1);
    expect(ended).toEqual([]);
    await client.dispose();
  });

  test('are ten at most: the eldest ends', async () => {
    await using house = await openSignInHouse({ gateway: { sessions: { takingOver: 1 } } });
    const browsers = Array.from({ length: 11 }, () => openTestBrowser(house.gateway));
    for (const browser of browsers) await browser.signIn();
    expect((await browsers[0]?.ask(NAME))?.code).toBe('SIGN_IN_REQUIRED');
    expect((await browsers[1]?.ask(NAME))?.status).toBe(200);
  });

  test('end when nobody uses them, and not while somebody watches by them', async () => {
    await using house = await openSignInHouse({ gateway: { sessions: { idle: 500 } } });
    const [desk, phone] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await desk.signIn();
    await phone.signIn();
    const client = desk.socket();
    await watching(client);
    const living = async () => (await house.ask(SESSIONS)).data.viewer.sessions.length;
    expect(await living()).toBe(2);
    await until(async () => (await living()) === 1);
    expect((await phone.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
    expect((await desk.ask(NAME)).status).toBe(200);
    await client.dispose();
    await until(async () => (await living()) === 0);
    expect((await desk.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
  });

  test('end by their time, sockets and all', async () => {
    await using house = await openSignInHouse({ gateway: { sessions: { idle: 400, absolute: 1_000 } } });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const client = browser.socket();
    const closed = closingOf(client);
    await watching(client);
    expect((await closed).code).toBe(4403);
    expect((await browser.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
  });
});
