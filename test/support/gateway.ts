/** A whole gateway before a simulator, for tests that come through the public door. */
import { type ClientError, GraphQLClient } from 'graphql-request';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { allOrNothing, ending } from './all-or-nothing.ts';
import { FAST_PATH } from './fast-path.ts';
import { LIVE_SOURCE } from './live-source.ts';

/** What GraphQL answered, whole. */
export interface Answer<Data> {
  readonly data: Data;
  readonly errors:
    | readonly {
        readonly message: string;
        readonly extensions: Record<string, unknown>;
        readonly path?: unknown;
      }[]
    | undefined;
  readonly status: number;
}

// biome-ignore lint/suspicious/noExplicitAny: an operation that is only text has data of any shape.
type AnyData = any;

export interface House extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly simulator: Simulator;
  /** Asks as this token (`sim-101` unless told otherwise); never throws for what GraphQL answers. */
  ask<Data = AnyData, Variables = Record<string, unknown>>(
    document: TypedDocumentString<Data, Variables> | string,
    variables?: Variables,
    token?: string,
  ): Promise<Answer<Data>>;
  /** A graphql-ws client as this token. */
  socket(token?: string, options?: Partial<Parameters<typeof createClient>[0]>): Client;
}

export interface HouseOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly simulator?: SimulatorOptions;
  readonly gateway?: GatewayOptions;
  /** Hears of the simulator before the gateway speaks to it. */
  readonly onSimulator?: (simulator: Simulator) => void;
}

/** No story, no limits and no waiting, unless a test is about them. */
const QUIET: SimulatorOptions = {
  story: false,
  settings: { lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 },
};

/** Starts both; `await using` stops them, also when the test fails. */
export function openHouse(options: HouseOptions = {}): Promise<House> {
  return allOrNothing(async (keep) => {
    const simulator = keep(
      await createSimulator({
        ...QUIET,
        ...options.simulator,
        settings: { ...QUIET.settings, ...options.simulator?.settings },
      }),
    );
    options.onSimulator?.(simulator);
    const config = readConfig({
      PORT: '0',
      RINGCENTRAL_SERVER_URL: simulator.url,
      INTROSPECTION: 'on',
      DRAIN_SECONDS: '1',
      LIVE_SOURCE,
      FAST_PATH,
      ...options.environment,
    });
    const gateway = keep(await createGateway(config, { log: createLog('silent'), ...options.gateway }));
    return {
      gateway,
      simulator,
      ask: askAt(gateway),
      socket(token = 'sim-101', more = {}) {
        const client = createClient({
          url: gateway.url.replace('http', 'ws'),
          webSocketImpl: WebSocket,
          connectionParams: { authorization: `Bearer ${token}` },
          ...more,
        });
        keep(ending(() => client.dispose()));
        return client;
      },
    };
  });
}

function askAt({ url }: Gateway): House['ask'] {
  return async (document, variables, token = 'sim-101') => {
    const client = new GraphQLClient(url, {
      headers: { authorization: `Bearer ${token}` },
      errorPolicy: 'all',
    });
    try {
      const { data, errors, status } = await client.rawRequest(
        document.toString(),
        variables as Record<string, unknown>,
      );
      return { data: data as never, errors: errors as never, status };
    } catch (error) {
      const { response } = error as ClientError;
      if (response === undefined) throw error;
      return { data: response.data as never, errors: response.errors as never, status: response.status };
    }
  };
}

/** The sum of a metric over its labels, read as an operator would. */
export async function gauge(
  { gateway }: { readonly gateway: Pick<Gateway, 'url'> },
  name: string,
): Promise<number> {
  const text = await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
  const values = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Signs in at the simulator, as an app would: a token of this extension that can be ended. */
export async function signIn({ simulator }: Pick<House, 'simulator'>, extension = '101'): Promise<string> {
  const response = await fetch(`${simulator.url}/restapi/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('desk:secret')}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `sim-jwt-${extension}`,
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

/** Looks until the fact is there; a test that never sees it fails by its own time limit. */
export async function until<Fact>(look: () => Fact | Promise<Fact>): Promise<NonNullable<Fact>> {
  for (;;) {
    const fact = await look();
    if (fact) return fact as NonNullable<Fact>;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
