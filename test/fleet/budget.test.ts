/** One user's rate budget on two gateways, through their public doors. */
import { describe, expect, test } from 'vitest';
import { STILL } from '../support/command-cases.ts';
import { openFleet } from '../support/fleet.ts';
import { type House, until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';

const READ = 'query ($id: ID!) { callSession(id: $id) { id } }';

/** A call that nobody has read before: it costs a request. */
async function read(house: House): Promise<string> {
  unknown += 1;
  const { errors } = await house.ask(READ, { id: `s-unknown-${unknown}` });
  return errors === undefined ? 'read' : String(errors[0]?.extensions.code);
}

let unknown = 0;

describe.skipIf(hasNoRedis)('The rate budget of a user who asks two gateways', () => {
  test('is theirs together: both asked hard, RingCentral never refuses, and all of it is used', async () => {
    await using fleet = await openFleet({
      environment: { UPSTREAM_TIMEOUT: '1' },
      simulator: { settings: { ...STILL, lightLimit: 30, rateWindow: 2, penalty: 2 } },
    });
    const { houses, simulator } = fleet;
    for (const house of houses) await house.ask('{ viewer { name } }');
    const answers: string[] = [];
    const end = performance.now() + 6_000;
    await Promise.all(
      houses.flatMap((house) =>
        Array.from({ length: 4 }, async () => {
          while (performance.now() < end) answers.push(await read(house));
        }),
      ),
    );
    const statuses = simulator.requests().map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toEqual([]);
    expect(answers).toContain('read');
    expect(answers).toContain('RATE_LIMITED');
    // More than one window's worth has gone: nobody was kept out.
    expect(statuses.length).toBeGreaterThan(30);
  });

  test('is shut on both where one met a penalty', async () => {
    await using fleet = await openFleet({
      environment: { UPSTREAM_TIMEOUT: '2' },
      simulator: { settings: { ...STILL, lightLimit: 50, penalty: 60 } },
    });
    const [one, other] = fleet.houses;
    const { simulator } = fleet;
    for (const house of fleet.houses) await house.ask('{ viewer { name } }');
    simulator.orderFaults([{ match: 'readCallSessionStatus', times: 1, do: 'status', status: 429 }]);
    expect(await read(one)).toBe('RATE_LIMITED');
    await until(async () => (await read(other)) === 'RATE_LIMITED');
    const before = simulator.requests().length;
    expect([await read(other), await read(one)]).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    expect(simulator.requests().length).toBe(before);
  });
});
