/** Tokens that end while their users stay: renewed ahead, once, and unseen by whoever watches. */
import { describe, expect, test } from 'vitest';
import {
  closingOf,
  openSignInHouse,
  openTestBrowser,
  tokenRequests,
  watching,
} from '../support/browser-sessions.ts';
import { gauge, type HouseOptions, signIn, until } from '../support/gateway.ts';

const NAME = '{ viewer { name } }';
const DEVICES = '{ viewer { devices { id } } }';
const CALLS = 'subscription { activeCalls { presenceId } }';

/** Tokens that live so many seconds. */
function living(seconds: number): HouseOptions {
  return { simulator: { settings: { tokenTtl: seconds, journalBodies: true } } };
}

function refusedRequests(house: { simulator: { requests(): readonly { status: number | null }[] } }): number {
  return house.simulator.requests().filter(({ status }) => status === 401).length;
}

describe('Tokens', () => {
  test('are renewed once for all sockets of a user, none of which is closed, and no event is lost', async () => {
    await using house = await openSignInHouse(living(3));
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const { id } = house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    const [{ id: partyId = '' } = {}] =
      house.simulator.calls()[0]?.parties.filter(({ direction }) => direction === 'Inbound') ?? [];
    const query = `subscription { callEvents(sessionId: "${id}") { ... on CallPartyChange { party { id status { code } } } } }`;
    const clients = Array.from({ length: 200 }, () => browser.socket());
    const watches = await Promise.all(clients.map((client) => watching(client, query)));
    const renewals = () => tokenRequests(house, 'refresh_token').length;
    const before = watches.map(({ heard }) => heard.length);
    for (const [index, code] of ['Answered', 'Hold', 'Answered', 'Hold'].entries()) {
      house.simulator.moveParty(id, partyId, { code } as never);
      await until(() => watches.every(({ heard }, at) => heard.length === (before[at] ?? 0) + index + 1));
      const seen = renewals();
      await until(() => renewals() > seen);
    }
    const codes = watches.map(({ heard }, at) =>
      heard
        .slice(before[at])
        .map(
          (event) =>
            (event as { data: { callEvents: { party: { status: { code: string } } } } }).data.callEvents.party
              .status.code,
        ),
    );
    expect(new Set(codes.map(String))).toEqual(new Set(['ANSWERED,HOLD,ANSWERED,HOLD']));
    expect(watches.flatMap(({ ended }) => ended)).toEqual([]);
    const entries = tokenRequests(house, 'refresh_token').map(({ requestBody }) => `${requestBody}`);
    // Each refresh token was shown once.
    expect(new Set(entries).size).toBe(entries.length);
    for (const client of clients) await client.dispose();
  });

  test('are renewed ahead of their end, so that RingCentral never sees one that has ended', async () => {
    await using house = await openSignInHouse(living(2));
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const client = browser.socket();
    const { ended } = await watching(client);
    while (tokenRequests(house, 'refresh_token').length < 2) {
      expect((await browser.ask(DEVICES)).status).toBe(200);
    }
    expect(refusedRequests(house)).toBe(0);
    expect(ended).toEqual([]);
    expect(await gauge(house, 'gateway_session_renewals_total')).toBeGreaterThanOrEqual(2);
    await client.dispose();
  });

  test('are renewed when they are needed again, where nobody came for longer than they live', async () => {
    let now = Date.now();
    await using house = await openSignInHouse({
      simulator: { now: () => now, settings: { journalBodies: true } },
    });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    now += 2 * 3_600_000; // 2 hours
    expect((await browser.ask(DEVICES)).status).toBe(200);
    expect(tokenRequests(house, 'refresh_token')).toHaveLength(1);
  });

  test('whose renewal got no answer are asked for again, and given within the grace', async () => {
    await using house = await openSignInHouse(living(3));
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const client = browser.socket();
    const { heard, ended } = await watching(client);
    // It is done, and nobody hears of it: the old token is dead.
    house.simulator.orderFaults([{ match: 'refresh_token', do: 'resetAfterApply', times: 2 }]);
    await until(() => tokenRequests(house, 'refresh_token').length === 3);
    const shown = tokenRequests(house, 'refresh_token').map(({ requestBody }) => `${requestBody}`);
    expect(new Set(shown).size).toBe(1);
    house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    await until(() => heard.length > 1);
    expect(ended).toEqual([]);
    expect((await browser.ask(DEVICES)).status).toBe(200);
    await client.dispose();
  });

  test('whose renewal is refused end all sessions, sockets with 4403 and requests with 401', async () => {
    await using house = await openSignInHouse(living(2));
    const [desk, phone] = [openTestBrowser(house.gateway), openTestBrowser(house.gateway)];
    await desk.signIn();
    await phone.signIn();
    const byToken = house.socket('sim-101');
    const bearer = await watching(byToken);
    const clients = [desk.socket(), phone.socket(), desk.socket()];
    const closings = clients.map(closingOf);
    for (const client of clients) await watching(client);
    house.simulator.orderFaults([
      { match: 'refresh_token', do: 'status', status: 400, body: { error: 'invalid_grant', errors: [] } },
    ]);
    for (const closed of closings) expect((await closed).code).toBe(4403);
    for (const browser of [desk, phone]) {
      expect(await browser.ask(NAME)).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED' });
    }
    // Whoever showed a token of their own stays.
    expect(bearer.ended).toEqual([]);
    expect(await gauge(house, 'gateway_sessions')).toBe(0);
  });

  test('that RingCentral ends before their time end their sessions too', async () => {
    await using house = await openSignInHouse({
      simulator: { settings: { journalBodies: true } },
      gateway: { tokens: { check: 50 } },
    });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const client = browser.socket();
    const closed = closingOf(client);
    await watching(client);
    const [{ responseBody } = {}] = tokenRequests(house, 'authorization_code');
    house.simulator.revoke((responseBody as { access_token: string }).access_token);
    expect((await closed).code).toBe(4403);
    expect((await browser.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
  });

  test('that an app cannot renew end with their session, and whoever watches is told before', async () => {
    await using house = await openSignInHouse({
      simulator: { settings: { tokenTtl: 6, refreshTokens: false } },
      gateway: { sessions: { notice: 2_000 } },
    });
    const { id } = house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    const browser = openTestBrowser(house.gateway);
    await browser.signIn();
    const client = browser.socket();
    const closed = closingOf(client);
    const { heard } = await watching(
      client,
      `subscription { callEvents(sessionId: "${id}") { __typename ... on CallStreamNotice { kind } } }`,
    );
    expect((await closed).code).toBe(4403);
    expect(JSON.stringify(heard)).toContain('TOKEN_EXPIRING');
    expect((await browser.ask(NAME)).code).toBe('SIGN_IN_REQUIRED');
  });

  test('are one pool with those that the same user shows', async () => {
    await using house = await openSignInHouse(living(2));
    const browser = openTestBrowser(house.gateway);
    await browser.signIn('101');
    const client = house.socket(await signIn(house, '101'), { retryAttempts: 0 });
    const { ended } = await watching(client, CALLS);
    const own = browser.socket();
    const watch = await watching(own, CALLS);
    await until(() => tokenRequests(house, 'refresh_token').length >= 2);
    expect(watch.ended).toEqual([]);
    expect(ended.length).toBeLessThanOrEqual(1);
    await own.dispose();
  });
});
