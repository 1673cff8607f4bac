/** Two gateways of one Redis as processes of their own, before one simulator: they can be killed. */
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { STILL } from './commands.ts';
import { type GatewayProcess, startGateway } from './process.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface Town extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly simulator: Simulator;
  /** Those that stand where others were killed come into their places. */
  readonly gateways: GatewayProcess[];
  /** One more. */
  start(): Promise<GatewayProcess>;
  /** As extension 101. */
  client(gateway: GatewayProcess): Client;
}

/** Starts all; `await using` ends them, also when the test fails. */
export async function openTown(environment: Readonly<Record<string, string>> = {}): Promise<Town> {
  const redis = await startRedis();
  const simulator = await createSimulator({
    story: false,
    settings: { ...STILL, pushDelay: 5, lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 },
  });
  const started: GatewayProcess[] = [];
  const clients: Client[] = [];
  const start = async () => {
    const gateway = await startGateway({
      ...{ REDIS_URL: redis.url, RINGCENTRAL_SERVER_URL: simulator.url, LIVE_SOURCE: 'auto' },
      ...{ DRAIN_SECONDS: '1', ...environment },
    });
    started.push(gateway);
    return gateway;
  };
  const gateways = [await start(), await start()];
  return {
    redis,
    simulator,
    gateways,
    start,
    client({ url }) {
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: { authorization: 'Bearer sim-101' },
        retryAttempts: 0,
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
      for (const gateway of started) await gateway[Symbol.asyncDispose]();
      await simulator.stop();
      await redis[Symbol.asyncDispose]();
    },
  };
}
