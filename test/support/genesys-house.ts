/** A whole gateway before a simulator that plays RingCentral and Genesys Cloud, for tests that come through the public door. */
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts';
import { PEOPLE } from '../../src/simulator/genesys/people.ts';
import { createSimulator, type SettingChanges, type Simulator } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { allOrNothing, ending } from './all-or-nothing.ts';
import { FAST_PATH } from './fast-path.ts';
import { LIVE_SOURCE } from './live-source.ts';

/** Ids of users, by their handles: the token of Ada is `gsim-ada`. */
export const USERS: Readonly<Record<string, string>> = Object.fromEntries(
  PEOPLE.map(({ handle, id }) => [handle, id]),
);

/** What a caller shows; undefined: nothing. */
export interface Tokens {
  readonly ringCentral?: string;
  readonly genesys?: string;
}

export interface Answered {
  // biome-ignore lint/suspicious/noExplicitAny: an operation that is only text has data of any shape.
  readonly data: any;
  readonly errors:
    | readonly {
        readonly message: string;
        readonly path?: readonly unknown[];
        readonly extensions: Record<string, unknown>;
      }[]
    | undefined;
  readonly status: number;
}

export interface GenesysHouse extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly simulator: Simulator;
  ask(query: string, tokens?: Tokens, variables?: object): Promise<Answered>;
  socket(tokens?: Tokens, options?: Partial<Parameters<typeof createClient>[0]>): Client;
}

export interface GenesysHouseOptions {
  /** Which of them the gateway is told of; both unless told otherwise. */
  readonly on?: 'both' | 'genesys' | 'ringcentral' | 'none';
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: SettingChanges;
  readonly gateway?: GatewayOptions;
}

/** Nothing happens by itself, and nothing is limited, unless a test is about it. */
export const STILL: SettingChanges = {
  ...{ story: false, lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0, genesysRateLimit: 0 },
  ...{
    genesysCommandDelay: 0,
    genesysStationAnswers: null,
    genesysCalleeAnswers: null,
    genesysEventDelay: 0,
  },
  ...{ genesysIvrLength: null, genesysQueueWait: null, genesysAlertingTimeout: null },
};

/** Both, by the tokens of Iris and Ada. */
export const BOTH: Tokens = { ringCentral: 'sim-101', genesys: 'gsim-ada' };

/** Starts them; `await using` stops them, also when the test fails. */
export function openGenesysHouse(options: GenesysHouseOptions = {}): Promise<GenesysHouse> {
  return allOrNothing(async (keep) => {
    const simulator = keep(await createSimulator({ settings: { ...STILL, ...options.settings } }));
    const gateway = keep(await openGatewayAt(simulator, options));
    return houseOf(gateway, simulator, (client) => keep(ending(() => client.dispose())));
  });
}

/** A gateway before a simulator that is there already. */
export function openGatewayAt(
  { url }: Simulator,
  { on = 'both', environment, gateway }: GenesysHouseOptions,
): Promise<Gateway> {
  const config = readConfig({
    ...{ PORT: '0', INTROSPECTION: 'on', DRAIN_SECONDS: '1', LIVE_SOURCE, FAST_PATH },
    ...((on === 'both' || on === 'ringcentral') && { RINGCENTRAL_SERVER_URL: url }),
    ...((on === 'both' || on === 'genesys') && { GENESYS_API_URL: url }),
    ...environment,
  });
  return createGateway(config, { log: createLog('silent'), ...gateway });
}

/** How a gateway is asked. */
export function houseOf(
  gateway: Gateway,
  simulator: Simulator,
  keepClient: (client: Client) => void,
): Omit<GenesysHouse, typeof Symbol.asyncDispose> {
  return {
    gateway,
    simulator,
    async ask(query, tokens = BOTH, variables = {}) {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(tokens) },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as Answered;
      return { data, errors, status: response.status };
    },
    socket(tokens = BOTH, more = {}) {
      const client = createClient({
        url: gateway.url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: {
          ...(tokens.ringCentral !== undefined && { authorization: `Bearer ${tokens.ringCentral}` }),
          ...(tokens.genesys !== undefined && { genesysAuthorization: `Bearer ${tokens.genesys}` }),
        },
        retryAttempts: 0,
        ...more,
      });
      keepClient(client);
      return client;
    },
  };
}

function headersOf({ ringCentral, genesys }: Tokens): Record<string, string> {
  return {
    ...(ringCentral !== undefined && { authorization: `Bearer ${ringCentral}` }),
    ...(genesys !== undefined && { 'x-genesys-authorization': `Bearer ${genesys}` }),
  };
}

/** A conversation that Genesys Cloud plays, as a read shows it. */
export interface Played {
  readonly id: string;
  readonly participants: readonly {
    readonly id: string;
    readonly purpose: string;
    readonly state: string;
    readonly user?: { readonly id: string };
  }[];
}

/** Somebody calls a user, who answers unless told otherwise; answers the conversation and the user's participant. */
export function callUser(
  { simulator }: Pick<GenesysHouse, 'simulator'>,
  handle = 'ada',
  state: 'alerting' | 'connected' = 'connected',
): { readonly id: string; readonly participantId: string } {
  const started = simulator.genesys.start({ kind: 'inbound', from: '+12025550147', to: handle, state });
  const { id, participants } = started as unknown as Played;
  const own = participants.find(({ user }) => user?.id === USERS[handle]);
  if (own === undefined) throw new Error(`Nobody alerts ${handle}.`);
  return { id, participantId: own.id };
}

export interface Subscribed {
  /** The data of each event that came. */
  // biome-ignore lint/suspicious/noExplicitAny: any subscription has any data.
  heard(): readonly any[];
  /** How it ended; null while it goes on. */
  ended(): 'complete' | 'error' | null;
  /** The first error that it ended with, or that an event had. */
  error(): { readonly message: string; readonly extensions: Record<string, unknown> } | null;
  leave(): void;
}

/** Subscribes, and keeps what comes. */
export function subscribed(
  client: Client,
  query: string,
  variables: Record<string, unknown> = {},
): Subscribed {
  const heard: unknown[] = [];
  let ended: 'complete' | 'error' | null = null;
  let failure: ReturnType<Subscribed['error']> = null;
  const leave = client.subscribe(
    { query, variables },
    {
      next({ data, errors }) {
        if (errors !== undefined) failure ??= errors[0] as unknown as typeof failure;
        heard.push(data);
      },
      error(reason) {
        ended = 'error';
        failure ??= (Array.isArray(reason) ? reason[0] : reason) as typeof failure;
      },
      complete: () => {
        ended ??= 'complete';
      },
    },
  );
  return { heard: () => heard, ended: () => ended, error: () => failure, leave };
}
