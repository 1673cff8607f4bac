/** Signing in as a person does: at the simulated page, then GraphiQL by cookie, and never a token in the browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createSimulator } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { cannotSee, launchBrowser } from '../support/browser.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { openDesk, until } from '../support/graphiql.ts';
import { LIVE_SOURCE } from '../support/live-source.ts';
import { openWitness } from '../support/witness.ts';

const VIEWER = { query: '{ viewer { name } }' };

/** A gateway whose log is kept. */
async function openGateway(settings: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line: string) => void lines.push(line) });
  const config = readConfig({ PORT: '0', DRAIN_SECONDS: '1', FAST_PATH, LIVE_SOURCE, ...settings });
  return { gateway: await createGateway(config, { log }), lines };
}

/** Asks as a program that shows these headers. */
async function ask({ url }: Gateway, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(VIEWER),
  });
  const { data, errors = [] } = (await response.json()) as {
    data?: { viewer: { name: string } };
    errors?: { extensions: { code: string } }[];
  };
  return { status: response.status, name: data?.viewer.name, code: errors[0]?.extensions.code };
}

/** Every secret of the sign-ins at this simulator: the journal has what was sent and answered. */
async function secretsAt(simulatorUrl: string): Promise<string[]> {
  const entries = (await (await fetch(`${simulatorUrl}/simulator/requests`)).json()) as {
    operationId: string;
    requestBody?: string;
    responseBody?: Record<string, string>;
  }[];
  return entries.flatMap(({ operationId, requestBody = '', responseBody = {} }) => {
    if (operationId === 'authWsToken') return [responseBody.ws_access_token ?? ''];
    if (operationId !== 'getToken') return [];
    const verifier = new URLSearchParams(requestBody).get('code_verifier') ?? '';
    return [responseBody.access_token ?? '', responseBody.refresh_token ?? '', verifier].filter(Boolean);
  });
}

const keepBodies = (simulatorUrl: string) =>
  fetch(`${simulatorUrl}/simulator/settings`, { method: 'PUT', body: '{"journalBodies":true}' });

describe.skipIf(cannotSee)('Signing in from GraphiQL', { timeout: 240_000 /* 4 minutes */ }, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  const there = () => {
    if (browser === undefined) throw new Error('There is no browser to open.');
    return browser;
  };

  test('with the simulator inside it takes two clicks, and what was open ends with the sign-out', async () => {
    const { gateway, lines } = await openGateway();
    await using _gateway = gateway;
    const simulatorUrl = gateway.simulatorUrl ?? '';
    await keepBodies(simulatorUrl);
    await using witness = await openWitness(there());
    const { context } = witness;
    await using desk = await openDesk(there(), { url: gateway.url, context });
    const { page } = desk;
    const person = page.locator('.gateway-person');

    // Nobody is signed in: whoever comes is extension 101, as in the list.
    expect(await page.getByLabel('You are').inputValue()).toBe('sim-101');
    expect(await ask(gateway)).toEqual({ status: 200, name: 'Iris Vance', code: undefined });

    await page.getByRole('link', { name: 'Sign in to RingCentral' }).click();
    await page.getByRole('button', { name: /Tomas Reed/ }).click();
    await person.waitFor();
    expect(new URL(page.url()).href.split('?')[0]).toBe(gateway.url);
    expect(await person.innerText()).toMatch(/^Tomas Reed\s+RingCentral, extension 102, until\s.*\d\d:\d\d/);
    expect(await page.getByLabel('You are').isVisible()).toBe(false);

    const { length: askedBefore } = witness.requests('/graphql');
    await desk.openTab('MyCalls');
    expect(await desk.answerOf('MyCalls')).toMatchObject({ data: { viewer: { name: 'Tomas Reed' } } });
    await until(() => witness.requests('/graphql').length > askedBefore);
    const byCookie = witness.requests('/graphql').slice(askedBefore);
    expect(byCookie.length).toBeGreaterThan(0);
    for (const headers of byCookie) {
      expect(headers).toMatchObject({ cookie: expect.stringContaining('__Host-session=') });
      expect(headers).toHaveProperty('x-requested-with');
      expect(headers).not.toHaveProperty('authorization');
    }

    await desk.openTab('WatchMyCalls');
    expect(await desk.answerOf('WatchMyCalls')).not.toHaveProperty('errors');
    const [greeting = ''] = witness
      .sent()
      .filter((frame) => frame.includes('connection_init'))
      .slice(-1);
    expect(greeting).not.toContain('authorization');

    await page.reload();
    await person.waitFor();
    expect(await person.innerText()).toContain('Tomas Reed');
    await desk.openTab('WatchMyCalls');
    expect(await desk.answerOf('WatchMyCalls')).not.toHaveProperty('errors');

    const cookie = `__Host-session=${await witness.cookie('__Host-session')}`;
    const { origin } = new URL(gateway.url);
    expect(await ask(gateway, { cookie, origin })).toMatchObject({ status: 200, name: 'Tomas Reed' });
    const { length: closedBefore } = witness.closings;
    // The page begins anew with the answer, so that is held until the end of its socket was seen.
    await page.route('**/auth/sign-out', async (route) => {
      const response = await route.fetch();
      await until(() => witness.closings.length > closedBefore);
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in to RingCentral' }).waitFor();
    expect(witness.closings[closedBefore]?.code).toBe(4403);
    expect(await witness.cookie('__Host-session')).toBe(undefined);
    expect(await ask(gateway, { cookie, origin })).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED' });
    expect(await ask(gateway)).toMatchObject({ status: 200, name: 'Iris Vance' });

    const secrets = await secretsAt(simulatorUrl);
    expect(secrets.length).toBeGreaterThanOrEqual(3);
    const everything = `${await witness.everything()}\n${lines.join('')}`;
    expect(everything).toContain('WatchMyCalls');
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    expect(everything).not.toMatch(/\b(access|refresh)-[0-9a-f]{8}-/);
    expect(lines.join('')).not.toContain(cookie.split('=')[1]);
  });

  test('before a simulator of its own nobody is anybody without a cookie, and a token still counts more', async () => {
    await using simulator = await createSimulator();
    const { gateway } = await openGateway({
      RINGCENTRAL_SERVER_URL: simulator.url,
      SIGN_IN: 'on',
      GRAPHIQL: 'on',
      RINGCENTRAL_CLIENT_ID: 'desk',
      RINGCENTRAL_CLIENT_SECRET: 'a-secret',
      SESSION_SECRETS: 'a-secret-that-is-long-enough-to-be-one',
    });
    await using _gateway = gateway;
    expect(await ask(gateway)).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED' });

    await using witness = await openWitness(there());
    const { context } = witness;
    await using desk = await openDesk(there(), { url: gateway.url, context });
    // There is one phone system, so that nothing has to say which.
    await desk.page.getByRole('link', { name: 'Sign in', exact: true }).click();
    await desk.page.getByRole('button', { name: /Nadia Holm/ }).click();
    const person = desk.page.locator('.gateway-person');
    await person.waitFor();
    expect(await person.innerText()).toMatch(/^Nadia Holm\s+extension 103, until\s.*\d\d:\d\d/);
    expect(await desk.page.getByRole('link', { name: /Sign in/ }).count()).toBe(0);
    const { origin } = new URL(gateway.url);
    const cookie = `__Host-session=${await witness.cookie('__Host-session')}`;
    expect(await ask(gateway, { cookie, origin })).toMatchObject({ status: 200, name: 'Nadia Holm' });
    expect(await ask(gateway, { cookie, origin, authorization: 'Bearer sim-101' })).toMatchObject({
      name: 'Iris Vance',
    });
  });

  test('whoever signed in to Genesys Cloud alone is named, asks by cookie, and can sign out', async () => {
    const { gateway } = await openGateway();
    await using _gateway = gateway;
    await using desk = await openDesk(there(), { url: gateway.url });
    const { page } = desk;
    await page.getByRole('link', { name: 'Sign in to Genesys Cloud' }).click();
    await page.getByRole('button', { name: /Ben Okoro/ }).click();
    const person = page.locator('.gateway-person');
    await person.waitFor();
    expect(await person.innerText()).toMatch(/^Ben Okoro\s+Genesys Cloud, until\s.*\d\d:\d\d/);
    expect(await page.getByLabel('You are').isVisible()).toBe(false);

    const asked = `fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { name genesysUser { name } } }' }),
    }).then((response) => response.json())`;
    // At RingCentral, which is played, they are whoever comes.
    expect(await page.evaluate(asked)).toEqual({
      data: { viewer: { name: 'Iris Vance', genesysUser: { name: 'Ben Okoro' } } },
    });

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('You are').waitFor();
    expect(await person.isVisible()).toBe(false);
  });

  test('whoever refuses is told so, and is not signed in', async () => {
    const { gateway } = await openGateway();
    await using _gateway = gateway;
    await using witness = await openWitness(there());
    await using desk = await openDesk(there(), { url: gateway.url, context: witness.context });
    await desk.page.getByRole('link', { name: 'Sign in to RingCentral' }).click();
    await desk.page.getByRole('button', { name: 'Refuse, and go back' }).click();
    await desk.page.getByRole('heading', { name: 'You were not signed in' }).waitFor();
    expect(await witness.cookie('__Host-session')).toBe(undefined);
  });

  test('all of it can be done with a keyboard', async () => {
    const { gateway } = await openGateway();
    await using _gateway = gateway;
    await using desk = await openDesk(there(), { url: gateway.url });
    const { page } = desk;
    await page.getByRole('link', { name: 'Sign in to RingCentral' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Iris Vance/ }).waitFor();
    // The first of the page is the first person.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.gateway-person').waitFor();
    expect(await page.locator('.gateway-person').innerText()).toContain('Tomas Reed');
    await page.getByRole('button', { name: 'Sign out' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('link', { name: 'Sign in to RingCentral' }).waitFor();
  });

  test('a session that ends elsewhere is seen to have ended', async () => {
    const { gateway } = await openGateway();
    await using _gateway = gateway;
    await using witness = await openWitness(there());
    await using desk = await openDesk(there(), { url: gateway.url, context: witness.context });
    const { page } = desk;
    await page.getByRole('link', { name: 'Sign in to RingCentral' }).click();
    await page.getByRole('button', { name: /Tomas Reed/ }).click();
    await page.locator('.gateway-person').waitFor();
    const { origin } = new URL(gateway.url);
    const cookie = `__Host-session=${await witness.cookie('__Host-session')}`;
    const left = await fetch(`${origin}/auth/sign-out`, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(left.status).toBe(200);
    await desk.openTab('MyCalls');
    expect(await desk.answerOf('MyCalls')).toMatchObject({
      errors: [{ extensions: { code: 'SIGN_IN_REQUIRED' } }],
    });
    await page.getByRole('link', { name: 'Sign in to RingCentral' }).waitFor();
  });
});
