/** Two gateways of one Redis before one simulator. */
import { allOrNothing } from './all-or-nothing.ts';
import { type House, type HouseOptions, openHouse } from './gateway.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { openRoad, type Road } from './road.ts';

export interface Fleet extends AsyncDisposable {
  readonly redis: TestRedis;
  /** The way of the other gateway to Redis, on which it can be cut off alone. */
  readonly road: Road;
  readonly simulator: House['simulator'];
  /** Each as a client reaches it; the simulator of both is the first's. */
  readonly houses: readonly [one: House, other: House];
}

/** Starts all; `await using` stops them, also when the test fails. */
export function openFleet(options: HouseOptions = {}): Promise<Fleet> {
  return allOrNothing(async (keep) => {
    const redis = keep(await startRedis());
    const gateway = {
      ...options.gateway,
      // A machine of CI may be busy for long.
      commons: {
        ...options.gateway?.commons,
        times: { patience: 5_000, ...options.gateway?.commons?.times },
      },
    };
    const environment = { REDIS_URL: redis.urls.join(), ...options.environment };
    const road = keep(await openRoad(redis.url));
    const one = keep(await openHouse({ ...options, gateway, environment }));
    const { simulator } = one;
    const other = keep(
      await openHouse({
        ...options,
        gateway,
        environment: {
          ...environment,
          REDIS_URL: road.origin.replace('http:', 'redis:'),
          RINGCENTRAL_SERVER_URL: simulator.url,
        },
      }),
    );
    return { redis, road, simulator, houses: [one, { ...other, simulator }] as const };
  });
}

/** What `/readyz` says. */
export async function readiness({ gateway }: { readonly gateway: Pick<House['gateway'], 'url'> }) {
  const response = await fetch(gateway.url.replace('/graphql', '/readyz'));
  return (await response.json()) as { ok: boolean; reason?: string; commons?: string };
}
