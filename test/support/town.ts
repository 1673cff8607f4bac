/** Two gateways of one Redis as processes of their own, before one simulator: they can be killed. */
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createSimulator, type SettingChanges, type Simulator } from '../../src/simulator/server.ts';
import { allOrNothing, ending } from './all-or-nothing.ts';
import { STILL } from './command-cases.ts';
import { STILL as STILL_GENESYS } from './genesys-house.ts';
import { type GatewayProcess, startGateway } from './process.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface Town extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly simulator: Simulator;
  /** Those that stand where others were killed come into their places. */
  readonly gateways: GatewayProcess[];
  /** One more. */
  start(): Promise<GatewayProcess>;
  /** As extension 101, unless a token says otherwise. */
  client(gateway: GatewayProcess, token?: string): Client;
}

export interface TownOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The setting that names the address of the phone system. */
  readonly address?: 'RINGCENTRAL_SERVER_URL' | 'GENESYS_API_URL';
  readonly settings?: SettingChanges;
}

/** Starts all; `await using` ends them, also when the test fails. */
export function openTown({
  environment = {},
  address = 'RINGCENTRAL_SERVER_URL',
  settings = {},
}: TownOptions = {}): Promise<Town> {
  return allOrNothing(async (keep) => {
    const redis = keep(await startRedis());
    const simulator = keep(
      await createSimulator({
        story: false,
        settings: { ...STILL_GENESYS, ...STILL, pushDelay: 5, genesysEventDelay: 5, ...settings },
      }),
    );
    const start = async () =>
      keep(
        await startGateway({
          ...{ REDIS_URL: redis.url, [address]: simulator.url, LIVE_SOURCE: 'auto' },
          ...{ DRAIN_SECONDS: '1', ...environment },
        }),
      );
    const gateways = [await start(), await start()];
    return {
      ...{ redis, simulator, gateways, start },
      client({ url }: GatewayProcess, token = 'sim-101') {
        const client = createClient({
          url: url.replace('http', 'ws'),
          webSocketImpl: WebSocket,
          connectionParams: { authorization: `Bearer ${token}` },
          retryAttempts: 0,
        });
        keep(ending(() => client.dispose()));
        return client;
      },
    };
  });
}
