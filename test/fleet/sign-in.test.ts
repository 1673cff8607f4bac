/** The gateways' own session with RingCentral: one for all of them, through their public doors. */
import { describe, expect, test } from 'vitest';
import { STILL } from '../support/command-cases.ts';
import { type Fleet, openFleet, readiness } from '../support/fleet.ts';
import { type House, type HouseOptions, openHouse, until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';

const KEY = 'a-key-of-a-service';
const SECRET = 'a-secret-of-the-app';
const SERVICE = {
  RINGCENTRAL_CLIENT_ID: 'app',
  RINGCENTRAL_CLIENT_SECRET: SECRET,
  RINGCENTRAL_JWT: 'sim-jwt-101',
  GATEWAY_KEYS: KEY,
};
const TIMES = { heartbeat: 100, firstPause: 20, longestPause: 100 };

/** Lets the clocks of the sign-ins run ahead, so that no token is too young. */
let ahead = 0;
const options = (environment: Record<string, string> = {}): HouseOptions => ({
  environment: { ...SERVICE, ...environment },
  simulator: { settings: STILL },
  gateway: { commons: { times: TIMES }, signIn: { clock: () => performance.now() + ahead } },
});

async function open(environment: Record<string, string> = {}): Promise<Fleet> {
  ahead = 0;
  return openFleet(options(environment));
}

/** One more gateway of the same Redis and RingCentral. */
const another = (fleet: Fleet, environment: Record<string, string> = {}) => {
  const { gateway, environment: own } = options(environment);
  const shared = { REDIS_URL: fleet.redis.url, RINGCENTRAL_SERVER_URL: fleet.simulator.url };
  return openHouse({ ...(gateway && { gateway }), environment: { ...own, ...shared } });
};

const works = async (house: House) =>
  (await house.ask('{ viewer { name } callSession(id: "s-nowhere") { id } }', {}, KEY)).errors === undefined;

const askedFor = (fleet: Fleet, operation: string) =>
  fleet.simulator.requests().filter((request) => request.operationId === operation).length;
const signIns = (fleet: Fleet) => askedFor(fleet, 'getToken');

const isApart = async (house: House) => (await readiness(house)).commons?.startsWith('Apart') === true;
const isTogether = async (house: House) => (await readiness(house)).commons?.startsWith('Together') === true;

/** What the gateways have together, as Redis has it. */
async function session({ redis }: Fleet): Promise<{ token: { id: string } | null; renewal: unknown } | null> {
  const found = (await redis.contents()).find(({ name }) => name.endsWith(':session'));
  return found === undefined ? null : JSON.parse(JSON.parse(found.value).slice(12));
}

const renewed = (fleet: Fleet, before: string | undefined) =>
  until(async () => {
    const now = await session(fleet);
    return now?.token && now.token.id !== before && now.renewal === null ? now.token.id : null;
  });

describe.skipIf(hasNoRedis)('Two gateways of one service identity', () => {
  test('sign in once, however many ask at once', async () => {
    await using fleet = await open();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => works(fleet.houses[index % 2 ? 1 : 0])),
    );
    expect(answers).not.toContain(false);
    expect(signIns(fleet)).toBe(1);
  });

  test('refresh once; the old token is dead, and no request of the other fails', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    for (const house of fleet.houses) expect(await works(house)).toBe(true);
    ahead = 3_545_000;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => works(index % 2 ? one : other)),
    );
    expect(answers).not.toContain(false);
    expect(signIns(fleet)).toBe(2);
  });

  test('find out from each other that the session was ended elsewhere', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    for (const house of fleet.houses) expect(await works(house)).toBe(true);
    const before = (await session(fleet))?.token?.id;
    ahead = 60_000;
    fleet.simulator.orderFaults([{ match: 'readCallSessionStatus', times: 1, do: 'status', status: 401 }]);
    expect(await works(one)).toBe(true);
    await renewed(fleet, before);
    expect(await works(other)).toBe(true);
    expect(signIns(fleet)).toBe(2);
    // The other had it told: it never showed the old one.
    expect(fleet.simulator.requests().filter(({ status }) => status === 401)).toHaveLength(1);
  });

  test('are refused once for both, and say so both', async () => {
    await using fleet = await open({ RINGCENTRAL_CLIENT_SECRET: 'wrong' });
    for (const house of fleet.houses) {
      await until(async () => (await readiness(house)).ok === false);
      await until(async () => (await readiness(house)).reason?.includes('refused') === true);
      expect(await works(house)).toBe(false);
    }
    expect(signIns(fleet)).toBe(1);
  });

  test('go on without Redis, each by itself, and have one session again afterwards', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    for (const house of fleet.houses) expect(await works(house)).toBe(true);
    await fleet.redis.stop();
    for (const house of fleet.houses) await until(() => isApart(house));
    ahead = 3_545_000;
    for (const house of [one, other, one, other]) expect(await works(house)).toBe(true);
    // A refresh, and by the other at most a refresh that is refused and a sign-in.
    expect(signIns(fleet)).toBeLessThanOrEqual(4);
    await fleet.redis.start();
    for (const house of fleet.houses) await until(() => isTogether(house));
    await until(async () => (await session(fleet))?.token);
    const asked = signIns(fleet);
    ahead = 2 * 3_545_000;
    for (const house of [one, other, one, other]) expect(await works(house)).toBe(true);
    expect(signIns(fleet)).toBe(asked + 1);
  });

  test('leave the session to those that stay; the last one gives it back', async () => {
    await using fleet = await open();
    const [one, other] = fleet.houses;
    for (const house of fleet.houses) expect(await works(house)).toBe(true);
    await other.gateway.stop();
    expect(askedFor(fleet, 'revokeToken')).toBe(0);
    expect(await works(one)).toBe(true);
    // A new one has it at once.
    const next = await another(fleet);
    expect(await works(next)).toBe(true);
    await next[Symbol.asyncDispose]();
    expect(signIns(fleet)).toBe(1);
  });

  test('leave nothing to be read in Redis, and have another session with another secret', async () => {
    await using fleet = await open();
    for (const house of fleet.houses) expect(await works(house)).toBe(true);
    const text = JSON.stringify(await fleet.redis.contents());
    expect(text).toContain(':session');
    for (const secret of ['access-', 'refresh-', 'sim-jwt-101', SECRET, KEY])
      expect(text).not.toContain(secret);
    await using stranger = await another(fleet, { RINGCENTRAL_CLIENT_SECRET: 'another-secret' });
    expect(await works(stranger)).toBe(true);
    expect(signIns(fleet)).toBe(2);
  });
});
