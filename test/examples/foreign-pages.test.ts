/**
 * Pages of somebody else, in the browser of whoever is signed in. The worst of them stands on another port of the same
 * machine: to cookies that is the same site, so the browser sends the victim's cookie along, and only `Origin` tells.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { cannotSee, launchBrowser, serveSite } from '../support/browser.ts';
import { openGateway, until } from '../support/graphiql.ts';
import { openWitness, type Witness } from '../support/witness.ts';

/** An empty page at its own origin; `name` is how this machine is called there. */
async function openForeignSite(name: '127.0.0.1' | 'localhost') {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Somebody else</title><body></body>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://${name}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Signs in as 101, as a person does. */
async function signIn({ context }: Witness, gateway: Gateway): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${new URL(gateway.url).origin}/auth/sign-in?returnTo=/healthz`);
  await page.getByRole('button', { name: /Iris Vance/ }).click();
  await page.waitForURL('**/healthz');
  return page;
}

/** Whether this browser is signed in, as the gateway's own page finds it. */
const isSignedIn = (home: Page) =>
  home.evaluate("fetch('/auth/session').then(({ status }) => status === 200)");

/** How many calls were begun from outside: what a forged command would do. */
async function callsOut(gateway: Gateway): Promise<number> {
  const entries = (await (await fetch(`${gateway.simulatorUrl}/simulator/requests`)).json()) as {
    operationId: string;
  }[];
  return entries.filter(({ operationId }) => operationId === 'createCallOutCallSession').length;
}

const CALL_OUT = JSON.stringify({
  query:
    'mutation { makeCallOut(input: { deviceId: "801100004", to: { extensionNumber: "102" } }) { outcome } }',
});

describe.skipIf(cannotSee)('A page of somebody else', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  const open = () => {
    if (browser === undefined) throw new Error('There is no browser to open.');
    return openWitness(browser);
  };

  describe.each(['127.0.0.1', 'localhost'] as const)('at %s', (name) => {
    test('can neither ask nor act nor sign out with the cookie of whoever visits it', async () => {
      await using gateway = await openGateway({});
      await using foreign = await openForeignSite(name);
      await using witness = await open();
      const home = await signIn(witness, gateway);
      const { origin } = new URL(gateway.url);
      const page = await witness.context.newPage();
      await page.goto(foreign.origin);

      const tries = (await page.evaluate(`(async () => {
        const body = ${JSON.stringify(CALL_OUT)};
        const told = [];
        const attempt = (path, init) =>
          fetch(${JSON.stringify(origin)} + path, { credentials: 'include', ...init }).then(
            async (answer) => told.push([answer.type, answer.status, (await answer.text()).slice(0, 200)]),
            () => told.push('refused by the browser'),
          );
        for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
          await attempt('/graphql', { method: 'POST', headers: { 'content-type': type }, body });
          await attempt('/auth/sign-out', { method: 'POST', headers: { 'content-type': type }, body: '{}' });
          await attempt('/graphql', { method: 'POST', mode: 'no-cors', headers: { 'content-type': type }, body });
          await attempt('/auth/sign-out', { method: 'POST', mode: 'no-cors', headers: { 'content-type': type }, body: '{}' });
        }
        await attempt('/graphql?query={viewer{name}}', {});
        await attempt('/auth/session', {});
        await attempt('/auth/sign-out', { mode: 'no-cors' });
        return told;
      })()`)) as unknown[];
      // Either the browser keeps the answer from the page, or there is nothing in it.
      for (const told of tries) expect(told).toSatisfy(isNothing);

      // What a form sends is a navigation, which no browser asks about first.
      for (const [path, type] of [
        ['/graphql', 'text/plain'],
        ['/auth/sign-out', 'text/plain'],
        ['/auth/sign-out', 'application/x-www-form-urlencoded'],
      ]) {
        const forger = await witness.context.newPage();
        await forger.goto(foreign.origin);
        const answered = forger.waitForResponse(`${origin}${path}`);
        await forger.evaluate(`{
          const form = Object.assign(document.createElement('form'), {
            method: 'post', action: ${JSON.stringify(origin + path)}, enctype: ${JSON.stringify(type)},
          });
          const input = form.appendChild(document.createElement('input'));
          input.name = ${JSON.stringify(CALL_OUT.slice(0, -1))} + ',"a":"';
          input.value = '"}';
          document.body.append(form);
          form.submit();
        }`);
        expect((await answered).status()).toBeGreaterThanOrEqual(400);
        await forger.close();
      }
      expect(await callsOut(gateway)).toBe(0);
      expect(await isSignedIn(home)).toBe(true);
    });

    test('gets no WebSocket and no event stream', async () => {
      await using gateway = await openGateway({});
      await using foreign = await openForeignSite(name);
      await using witness = await open();
      await signIn(witness, gateway);
      const page = await witness.context.newPage();
      await page.goto(foreign.origin);
      const { host, origin } = new URL(gateway.url);
      const heard = await page.evaluate(`new Promise((resolve) => {
        const socket = new WebSocket('ws://${host}/graphql', 'graphql-transport-ws');
        socket.onopen = () => resolve('opened');
        socket.onclose = ({ code }) => resolve(code);
      })`);
      expect(heard).toBe(1006);
      const streamed = await page.evaluate(`new Promise((resolve) => {
        const query = encodeURIComponent('subscription { activeCalls { presenceId } }');
        const stream = new EventSource('${origin}/graphql?query=' + query, { withCredentials: true });
        stream.onopen = () => resolve('opened');
        stream.addEventListener('next', () => resolve('heard'));
        stream.onerror = () => { stream.close(); resolve('refused'); };
      })`);
      expect(streamed).toBe('refused');
    });

    test('cannot frame any of our pages', async () => {
      await using gateway = await openGateway({});
      await using foreign = await openForeignSite(name);
      await using witness = await open();
      await signIn(witness, gateway);
      const { origin } = new URL(gateway.url);
      const page = await witness.context.newPage();
      await page.goto(foreign.origin);
      const authorize =
        `${gateway.simulatorUrl}/restapi/oauth/authorize?response_type=code&client_id=any&redirect_uri=` +
        encodeURIComponent(`${origin}/auth/callback`);
      for (const address of [gateway.url, authorize, `${origin}/auth/callback?state=none`]) {
        const complaint = page.waitForEvent('console', (message) =>
          message.text().includes('frame-ancestors'),
        );
        await page.evaluate(`{
          const frame = document.createElement('iframe');
          frame.src = ${JSON.stringify(address)};
          document.body.append(frame);
        }`);
        await complaint;
      }
      for (const frame of page.frames().slice(1)) expect(await frame.content()).not.toContain('gateway');
    });

    test('hears nothing of a sign-in in a window that it has opened', async () => {
      await using gateway = await openGateway({});
      await using foreign = await openForeignSite(name);
      await using witness = await open();
      const { origin } = new URL(gateway.url);
      const page = await witness.context.newPage();
      await page.goto(foreign.origin);
      await page.evaluate('globalThis.heard = []; onmessage = ({ data }) => heard.push(data)');

      // Its own address is not one to come back to.
      const refused = witness.context.waitForEvent('page');
      await page.evaluate(
        `void open('${origin}/auth/sign-in?display=popup&returnTo=' + encodeURIComponent(location.href))`,
      );
      const shut = await refused;
      await shut.waitForLoadState();
      expect(await shut.content()).toContain('returnTo');
      await shut.close();

      // With an address of ours what is said is said to our pages only.
      const opening = witness.context.waitForEvent('page');
      await page.evaluate(`void open('${origin}/auth/sign-in?display=popup&returnTo=/healthz')`);
      const popup = await opening;
      await popup.getByRole('button', { name: /Iris Vance/ }).click();
      await until(() => popup.isClosed());
      expect(await page.evaluate('heard')).toEqual([]);
    });
  });

  test('cannot sign anybody in as somebody else (login CSRF)', async () => {
    await using gateway = await openGateway({});
    const { origin } = new URL(gateway.url);
    // The attacker signs in as somebody, stops before the end, and keeps the address with the code.
    const begun = await fetch(`${origin}/auth/sign-in?returnTo=/healthz`, { redirect: 'manual' });
    const answer = {
      method: 'POST',
      body: new URLSearchParams({ extension: '103' }),
      redirect: 'manual',
    } as const;
    const picked = await fetch(begun.headers.get('location') ?? '', answer);
    const callback = picked.headers.get('location') ?? '';
    expect(callback).toMatch(/\/auth\/callback\?code=/);

    await using stranger = await open();
    const empty = await stranger.context.newPage();
    await empty.goto(callback);
    await empty.getByRole('heading', { name: 'This sign-in was not begun here' }).waitFor();
    expect(await stranger.cookie('__Host-session')).toBe(undefined);

    await using victim = await open();
    const home = await signIn(victim, gateway);
    const before = await victim.cookie('__Host-session');
    const lured = await victim.context.newPage();
    await lured.goto(callback);
    await lured.getByRole('heading', { name: 'This sign-in was not begun here' }).waitFor();
    expect(await victim.cookie('__Host-session')).toBe(before);
    expect(await isSignedIn(home)).toBe(true);
  });
});

describe.skipIf(cannotSee)('A frontend of CORS_ORIGINS', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  const APP = `
    import { createSession } from './session.ts';
    import { createLiveClient } from './live-client.ts';
    import { createUrqlClient } from './urql.ts';
    const gateway = new URL(location.href).searchParams.get('gateway');
    const session = createSession(gateway);
    const live = createLiveClient(gateway.replace('http', 'ws') + '/graphql', () => null);
    const client = createUrqlClient(gateway + '/graphql', () => null, live);
    const button = document.body.appendChild(document.createElement('button'));
    const show = () => {
      const who = session.current();
      button.textContent = who === undefined ? '…' : who === null ? 'Sign in' : 'Sign out ' + who.name;
      button.onclick = who === null ? session.signIn : session.signOut;
    };
    session.subscribe(show);
    show();
    globalThis.ask = async () => (await client.query('{ viewer { name } }', {})).data?.viewer.name ?? null;
    globalThis.heard = [];
    globalThis.watch = () => live.subscribe(
      { query: 'subscription { activeCalls { presenceId } }' },
      { next: ({ data }) => heard.push(data), error: (error) => heard.push(error.code), complete() {} },
    );
  `;

  test.each(['127.0.0.1', 'localhost'] as const)(
    'on another port of %s signs in by a window, asks and watches by cookie, and signs out',
    async (name) => {
      if (browser === undefined) throw new Error('There is no browser to open.');
      await using site = await serveSite({ contents: APP });
      const origin = site.origin.replace('127.0.0.1', name);
      await using gateway = await openGateway({ CORS_ORIGINS: origin });
      await using witness = await openWitness(browser);
      const page = await witness.context.newPage();
      await page.goto(`${origin}/?gateway=${new URL(gateway.url).origin}`);

      const opening = witness.context.waitForEvent('page');
      await page.getByRole('button', { name: 'Sign in' }).click();
      const popup = await opening;
      await popup.getByRole('button', { name: /Tomas Reed/ }).click();
      await page.getByRole('button', { name: 'Sign out Tomas Reed' }).waitFor();
      await until(() => popup.isClosed());

      expect(await page.evaluate('ask()')).toBe('Tomas Reed');
      await page.evaluate('void watch()');
      await until(() => page.evaluate('heard.length > 0'));
      expect(await page.evaluate('heard')).toEqual([
        expect.objectContaining({ activeCalls: expect.anything() }),
      ]);
      const session = (await witness.context.cookies()).find((one) => one.name === '__Host-session');
      expect(session).toMatchObject(
        name === 'localhost'
          ? { sameSite: 'None', secure: true, httpOnly: true, partitionKey: expect.stringContaining(name) }
          : { sameSite: 'Lax', secure: true, httpOnly: true },
      );

      await page.reload();
      await page.getByRole('button', { name: 'Sign out Tomas Reed' }).click();
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      expect(await page.evaluate('ask()')).toBe('Iris Vance');
    },
  );
});

/** Kept from the page by the browser, not readable, or a refusal. */
function isNothing(told: unknown): boolean {
  if (told === 'refused by the browser') return true;
  const [type, status] = told as [string, number];
  return type === 'opaque' || status >= 400;
}
