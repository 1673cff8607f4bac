/** Browsers that come to any of several gateways. */
import { describe, expect, test } from 'vitest';
import {
  closingOf,
  openSignInHouse,
  openTestBrowser,
  SIGN_IN,
  tokenRequests,
  watching,
} from '../support/browser-sessions.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { until } from '../support/gateway.ts';
import { openTwoSystemsFleet, signInToGenesys, toldOf } from '../support/genesys-sign-in.ts';
import { hasNoRedis } from '../support/redis.ts';

const NAME = '{ viewer { name } }';

/** The same browser before another gateway of the fleet. */
function at(other: Parameters<typeof openTestBrowser>[0], browser: ReturnType<typeof openTestBrowser>) {
  const there = openTestBrowser(other);
  for (const [name, value] of browser.cookies) there.cookies.set(name, value);
  return there;
}

/** One browser at both gateways, with a socket at each by which it watches. */
async function watchingAtBoth({ houses: [one, other] }: Fleet) {
  const here = openTestBrowser(one.gateway);
  await here.signIn('101');
  const browsers = [here, at(other.gateway, here)];
  const clients = browsers.map((browser) => browser.socket());
  const watches = await Promise.all(clients.map((client) => watching(client)));
  return { browsers, clients, watches };
}

describe.skipIf(hasNoRedis)('Several gateways', () => {
  test('share their sessions: signed in at one, at work at the other, and signed out of both', async () => {
    await using fleet = await openFleet({ environment: SIGN_IN });
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('102');
    const there = at(other.gateway, here);
    expect((await there.ask(NAME)).data.viewer.name).toBe('Tomas Reed');
    expect((await there.ask('{ viewer { sessions { isCurrent } } }')).data.viewer.sessions).toEqual([
      { isCurrent: true },
    ]);
    const client = there.socket();
    const closed = closingOf(client);
    await watching(client);
    await here.post('/auth/sign-out', {});
    expect((await closed).code).toBe(4403);
    expect((await there.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
    expect((await here.ask(NAME, { cookie: there.cookie() })).code).toBe('SIGN_IN_REQUIRED');
  });

  test('share what a session holds of a second system, and no cookie before it opens anything at any of them', async () => {
    await using fleet = await openTwoSystemsFleet();
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('102');
    const before = here.cookie();
    const client = here.socket();
    const { ended } = await watching(client);

    // The second is added at the other gateway, which knows nothing of the first but what is shared.
    const there = at(other.gateway, here);
    await signInToGenesys(there);
    const back = at(one.gateway, there);
    for (const browser of [there, back]) {
      expect(Object.keys((await toldOf(browser))?.systems ?? {}).sort()).toEqual(['genesys', 'ringcentral']);
      expect((await browser.ask(NAME)).data.viewer.name).toBe('Tomas Reed');
      await until(async () => (await browser.ask(NAME, { cookie: before })).code === 'SIGN_IN_REQUIRED');
    }
    expect(ended).toEqual([]);
    const [{ authorization = '' } = {}] = fleet.genesys
      .requests()
      .filter(({ path }) => path === '/api/v2/users/me');
    const text = (await fleet.redis.contents()).map(({ name, value }) => `${name} ${value}`).join('\n');
    for (const secret of [authorization.replace('Bearer ', ''), 'Ada Lind'])
      expect(text).not.toContain(secret);

    const closed = closingOf(client);
    await back.post('/auth/sign-out', {});
    expect((await closed).code).toBe(4403);
    // The other gateway hears of it a moment later.
    await until(async () => (await toldOf(there)) === null);
  });

  test('keep nothing in the store that could be read there', async () => {
    await using fleet = await openFleet({
      environment: SIGN_IN,
      simulator: { settings: { journalBodies: true } },
    });
    const [one] = fleet.houses;
    const browser = openTestBrowser(one.gateway);
    await browser.signIn('102');
    await browser.ask(NAME);
    const [{ responseBody } = {}] = tokenRequests({ simulator: fleet.simulator }, 'authorization_code');
    const { access_token, refresh_token } = responseBody as Record<string, string>;
    const contents = await fleet.redis.contents();
    const text = contents.map(({ name, value }) => `${name} ${value}`).join('\n');
    expect(contents.filter(({ name }) => /:(account|session)/.test(name))).toHaveLength(2);
    for (const secret of [
      access_token,
      refresh_token,
      browser.cookies.get('__Host-session')?.split('.')[0],
      'Tomas',
    ]) {
      expect(secret).toBeTruthy();
      expect(text).not.toContain(secret);
    }
    // And nothing of it is kept for ever.
    for (const { name, lifetime } of contents)
      if (/:(account|session|signed)/.test(name)) expect(lifetime).toBeGreaterThan(0);
  });

  test('renew tokens once for all of them, and no socket at either is closed', async () => {
    await using fleet = await openFleet({
      environment: SIGN_IN,
      simulator: { settings: { tokenTtl: 3, journalBodies: true } },
    });
    const { browsers, clients, watches } = await watchingAtBoth(fleet);
    const shown = () =>
      tokenRequests({ simulator: fleet.simulator }, 'refresh_token').map(
        ({ requestBody }) => `${requestBody}`,
      );
    await until(() => shown().length >= 3);
    expect(new Set(shown()).size).toBe(shown().length);
    for (const browser of browsers)
      expect((await browser.ask('{ viewer { devices { id } } }')).status).toBe(200);
    expect(watches.flatMap(({ ended }) => ended)).toEqual([]);
    for (const client of clients) await client.dispose();
  });

  test('end a session together when RingCentral refuses to renew it', async () => {
    await using fleet = await openFleet({ environment: SIGN_IN, simulator: { settings: { tokenTtl: 2 } } });
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('101');
    const clients = [here.socket(), at(other.gateway, here).socket()];
    const closings = clients.map(closingOf);
    for (const client of clients) await watching(client);
    fleet.simulator.orderFaults([
      { match: 'refresh_token', do: 'status', status: 400, body: { error: 'invalid_grant' } },
    ]);
    for (const closed of closings) expect((await closed).code).toBe(4403);
  });

  test('take a secret over from each other: sealed with the one before, opened and sealed anew with the next', async () => {
    await using fleet = await openFleet({ environment: SIGN_IN });
    const browser = openTestBrowser(fleet.houses[0].gateway);
    await browser.signIn('103');
    const environment = { REDIS_URL: fleet.redis.urls.join(), RINGCENTRAL_SERVER_URL: fleet.simulator.url };
    const next = 'the-next-secret-of-thirty-two-characters';
    await using both = await openSignInHouse({
      environment: { ...environment, SESSION_SECRETS: `${next},${SIGN_IN.SESSION_SECRETS}` },
    });
    expect((await at(both.gateway, browser).ask(NAME)).data.viewer.name).toBe('Nadia Holm');
    await using retired = await openSignInHouse({ environment: { ...environment, SESSION_SECRETS: next } });
    expect((await at(retired.gateway, browser).ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
  });

  test('go on while the store is away: who is here stays, who comes is asked to wait', async () => {
    await using fleet = await openFleet({
      environment: SIGN_IN,
      gateway: { commons: { times: { patience: 300 } } },
    });
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('101');
    const client = here.socket();
    const { heard, ended } = await watching(client);
    await fleet.redis.stop();
    expect((await here.ask(NAME)).data.viewer.name).toBe('Iris Vance');
    expect((await at(other.gateway, here).ask(NAME)).status).toBe(503);
    fleet.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    await until(() => heard.length > 1);
    expect(ended).toEqual([]);
    await client.dispose();
  });

  test('renew tokens while the store is away, each for itself, and go on together with the newest', async () => {
    await using fleet = await openFleet({
      environment: SIGN_IN,
      simulator: { settings: { tokenTtl: 3, journalBodies: true } },
      gateway: { commons: { times: { patience: 300 } } },
    });
    const { browsers, clients, watches } = await watchingAtBoth(fleet);
    await fleet.redis.stop();
    const renewals = () => tokenRequests({ simulator: fleet.simulator }, 'refresh_token').length;
    const before = renewals();
    await until(() => renewals() >= before + 2);
    const devices = '{ viewer { devices { id } } }';
    for (const browser of browsers) expect((await browser.ask(devices)).status).toBe(200);
    await fleet.redis.start();
    await until(async () => (await fleet.redis.contents()).some(({ name }) => name.includes(':account')));
    const after = renewals();
    await until(() => renewals() > after);
    for (const browser of browsers) expect((await browser.ask(devices)).status).toBe(200);
    expect(watches.flatMap(({ ended }) => ended)).toEqual([]);
    for (const client of clients) await client.dispose();
  });

  test('write down again what the store has lost, and nobody is signed out', async () => {
    await using fleet = await openFleet({ environment: SIGN_IN });
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('101');
    const client = here.socket();
    const { ended } = await watching(client);
    await fleet.redis.empty();
    await until(async () => (await at(other.gateway, here).ask(NAME)).status === 200);
    expect(ended).toEqual([]);
    // Who has signed out stays so.
    await here.post('/auth/sign-out', {});
    await until(() => ended.length > 0);
    expect((await at(other.gateway, here).ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
    await client.dispose();
  });

  test('write down again both systems of a session that the store has lost', async () => {
    await using fleet = await openTwoSystemsFleet();
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('101');
    await signInToGenesys(here);
    expect(Object.keys((await toldOf(here))?.systems ?? {})).toHaveLength(2);
    await fleet.redis.empty();
    await until(async () => {
      const told = await toldOf(at(other.gateway, here));
      return Object.keys(told?.systems ?? {}).length === 2;
    });
  });

  test('tell a browser what is known of it while the store is away, where a second system is set', async () => {
    await using fleet = await openTwoSystemsFleet({ gateway: { commons: { times: { patience: 300 } } } });
    const [one, other] = fleet.houses;
    const here = openTestBrowser(one.gateway);
    await here.signIn('101');
    expect((await here.ask(NAME)).status).toBe(200);
    await fleet.redis.stop();
    expect(Object.keys((await toldOf(here))?.systems ?? {})).toEqual(['ringcentral']);
    expect((await at(other.gateway, here).go('/auth/session')).status).toBe(503);
  });
});
