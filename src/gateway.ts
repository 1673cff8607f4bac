/** The whole gateway: the only file that knows everyone. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createContext } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { Commons } from './commons/commons.ts';
import { createInProcessCommons } from './commons/in-process.ts';
import type { RedisCommonsParts } from './commons/redis.ts';
import type { Config, RedisSettings } from './config.ts';
import { receivedAtOf } from './live/events.ts';
import { createHub, type HubOptions } from './live/hub.ts';
import { createAccountClient } from './ringcentral/account/client.ts';
import { createAccountLists } from './ringcentral/account/lists.ts';
import {
  createServiceSignIn,
  type ServiceSignIn,
  type ServiceSignInParts,
  type SignInState,
} from './ringcentral/auth.ts';
import { createBudget } from './ringcentral/budget.ts';
import { createCallControl } from './ringcentral/call-control.ts';
import { createUpstream, type UpstreamParts } from './ringcentral/http.ts';
import { createIdempotencyKeys } from './ringcentral/idempotency.ts';
import { createLeftOut } from './ringcentral/left-out.ts';
import { createPush, type PushParts } from './ringcentral/push/push.ts';
import { createSharedWindows } from './ringcentral/shared-window.ts';
import {
  createPassThroughGatekeeper,
  createServiceGatekeeper,
  TOKEN_TIMES,
  type TokenTimes,
} from './server/gatekeeper.ts';
import type { Example } from './server/graphiql.ts';
import { createServer, type Readiness } from './server/http.ts';
import { createMetricsDoor, type MetricsDoor } from './server/metrics-door.ts';
import { createPools } from './server/people.ts';
import { createReach, type Reach } from './server/reach.ts';
import type { BrowserSignInParts } from './signing-in.ts';
import { followSimulator } from './simulator/front.ts';
import { createSimulator } from './simulator/server.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';

export { type Config, InvalidSettings, readConfig } from './config.ts';

export interface Gateway {
  /** Where GraphQL is served, like `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** The embedded simulator, when there is one. */
  readonly simulatorUrl: string | null;
  /** Where the metrics are read, when they have a port of their own. */
  readonly metricsUrl: string | null;
  /** Finishes what runs, sends the clients elsewhere, and lets go of everything, within `config.drainTime`. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What tests turn, beside the settings. */
export interface GatewayOptions {
  readonly log?: Log;
  readonly live?: Pick<HubOptions, 'pace' | 'activeCallsPace' | 'limits' | 'duty'>;
  readonly tokens?: Partial<TokenTimes>;
  readonly outages?: UpstreamParts['outages'];
  readonly signIn?: Pick<ServiceSignInParts, 'clock'>;
  readonly push?: Pick<PushParts, 'times' | 'random'>;
  readonly commons?: Pick<RedisCommonsParts, 'times' | 'random'>;
  readonly sessions?: BrowserSignInParts['times'];
}

const USER_AGENT = 'ringcentral-graphql-gateway/0.1.0';

/** The extension that a caller without a token is, with the embedded simulator. */
const SIMULATED_CALLER = 'sim-101';

/** All visitors of the embedded simulator share one extension, so they share ten times what a single user has. */
const SHOW = { story: true, lightLimit: 500, mediumLimit: 400, heavyLimit: 100, authLimit: 50 };

/** Starts the gateway; it listens when the promise resolves. */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const { log = createLog(config.logLevel) } = options;
  const simulator = config.ringCentralServerUrl === null ? await createSimulator({ settings: SHOW }) : null;
  const serverUrl = config.ringCentralServerUrl ?? simulator?.url ?? '';
  const metrics = createMetrics();
  metrics.collectProcess();
  const { redis } = config;
  // What has one process only shares with nobody, and has to write nothing down.
  const commons = redis === null ? null : await joinCommons(redis, { metrics, log, ...options.commons });
  if (commons === null) metrics.commonsState.set({ state: 'in-process' }, 1);
  // Another RingCentral, or one that was reset, knows nothing of what was done before.
  const scope = () => JSON.stringify([serverUrl, front.era()]);
  const shared = commons === null ? undefined : { commons, scope };
  const budget = createBudget({ metrics, share: shared && createSharedWindows(shared) });
  const keys = createIdempotencyKeys(
    shared && { ...shared, patience: config.upstreamTimeout * COMMAND_PATIENCE },
  );
  const accountLists = createAccountLists();
  const front = followSimulator(serverUrl, () => {
    budget.forget();
    keys.forget();
    accountLists.forget();
  });
  const upstream = createUpstream({
    serverUrl,
    budget,
    metrics,
    log,
    upstreamTimeout: config.upstreamTimeout,
    userAgent: USER_AGENT,
    outages: options.outages,
  });
  const leftOut = createLeftOut({ metrics, log });
  const callControl = createCallControl(upstream, leftOut);
  const accountClient = createAccountClient(upstream, leftOut);
  const hub = createHub({
    ...{ metrics, log, longPollTimeout: config.longPollTimeout, pushOnly: config.liveSource === 'push' },
    ...{ shared, ...options.live },
  });
  const push =
    config.liveSource === 'poll'
      ? null
      : createPush({ upstream, budget, metrics, log, leftOut, ...options.push });
  const people = { callControl, accountClient, accountLists, hub, budget, push, keys, metrics };
  const pools = createPools(people, { ...TOKEN_TIMES, ...options.tokens });
  const browsers =
    config.signIn === null
      ? null
      : await openToBrowsers({
          ...{ settings: config.signIn, corsOrigins: config.corsOrigins, serverUrl, upstream, people, pools },
          ...{ commons: commons ?? createInProcessCommons(), metrics, log, times: options.sessions },
          isSimulated: simulator !== null,
          userAgent: USER_AGENT,
          home: config.graphiql ? '/graphql' : '/',
        });
  const parts = { ...people, sessions: browsers?.sessions };
  const { identity } = config;
  const signIn =
    identity.kind === 'service'
      ? createServiceSignIn({
          ...{ ...identity, sendForm: upstream.sendForm, log, scope: serverUrl },
          ...(commons !== null && { commons }),
          ...options.signIn,
        })
      : null;
  // Asked for already now, so that wrong credentials are known before the first caller comes.
  signIn?.accessToken().catch(ignore);
  const gatekeeper =
    identity.kind === 'service' && signIn !== null
      ? createServiceGatekeeper(parts, signIn, identity.gatewayKeys)
      : createPassThroughGatekeeper(
          parts,
          simulator === null ? null : SIMULATED_CALLER,
          options.tokens,
          pools,
        );

  const reach = createReach(serverUrl);
  const { metricsHost: host, metricsPort: port } = config;
  let metricsDoor: MetricsDoor | null = null;
  if (port !== null) metricsDoor = await createMetricsDoor({ metrics, host, port }).catch(failedToStart);
  else if (config.production) log.warn('Nobody can read the metrics: in production they need a METRICS_PORT');
  const server = await createServer({
    config,
    schema,
    gatekeeper,
    signIn: browsers?.parts,
    createContext,
    metrics,
    log,
    isReady: async () => withCommons(await readiness(reach, signIn), commons),
    examples: config.graphiql ? await readExamples() : [],
    // Callers of a service identity show a key instead, which nobody else knows.
    demoUsers: identity.kind === 'service' ? () => [] : front.users,
    announceDrain(by) {
      hub.notify('DRAINING', 'This gateway is going away: reconnect with your cursor.', by);
      hub.drain();
    },
    receivedAtOf,
  }).catch(failedToStart);

  // Its first visitor shall find the page complete.
  if (simulator !== null && config.graphiql) await front.answered;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    // A drain ends in its time, whoever holds on to what.
    stopped ??= Promise.race([letGo(), delay(config.drainTime + LAST_MOMENT, undefined, { ref: false })]);
    return stopped;
  };
  return {
    url: server.url,
    simulatorUrl: simulator?.url ?? null,
    metricsUrl: metricsDoor?.url ?? null,
    stop,
    [Symbol.asyncDispose]: stop,
  };

  async function failedToStart(error: unknown): Promise<never> {
    await metricsDoor?.stop();
    await letGoBehind();
    throw error;
  }

  async function letGo(): Promise<void> {
    const timeIsUp = delay(config.drainTime, undefined, { ref: false });
    await server.drain();
    // Last of the doors, so that what the drain did can still be read.
    await metricsDoor?.stop();
    await letGoBehind(timeIsUp);
  }

  /** Lets go of everything behind the door. */
  async function letGoBehind(timeIsUp = delay(config.drainTime, undefined, { ref: false })): Promise<void> {
    gatekeeper.stop?.();
    browsers?.stop();
    front.stop();
    await Promise.race([hub.stop(), timeIsUp]);
    budget.stop();
    // A session that is not given back in time ends by itself.
    await Promise.race([signIn?.stop(), timeIsUp]);
    upstream.stop();
    await commons?.stop();
    await simulator?.stop();
  }
}

/** A command may wait for the rate budget, for its answer, and for a look at what it did: in times of one request. */
const COMMAND_PATIENCE = 2.5;

/** Only where browsers sign in: what that needs is loaded then, and not before. */
async function openToBrowsers(parts: BrowserSignInParts) {
  const { createBrowserSignIn } = await import('./signing-in.ts');
  return createBrowserSignIn(parts);
}

/** Only with an address of Redis: its client is loaded then, and not before. */
async function joinCommons(
  { prefix, ...address }: RedisSettings,
  parts: Omit<RedisCommonsParts, 'address' | 'prefix'>,
): Promise<Commons> {
  const { createRedisCommons } = await import('./commons/redis.ts');
  return createRedisCommons({ ...parts, address, prefix });
}

/** Apart from the others it goes on: that is told, and is no reason to send nobody here. */
function withCommons(readiness: Readiness, commons: Commons | null): Readiness {
  const state = commons?.state();
  if (state === undefined || state.name === 'in-process') return readiness;
  if (state.name === 'together') return { ...readiness, commons: 'Together with the other gateways.' };
  return {
    ...readiness,
    commons: `Apart from the other gateways, so this one goes on by itself: ${state.problem}`,
  };
}

/** After the time of a drain, for what is let go of then. */
const LAST_MOMENT = 1_000; // 1 second

/** What keeps the gateway from its work. Signed out it is not: the next request signs it in. */
const OBSTACLES: { readonly [Status in SignInState['status']]?: string } = {
  'signing-in': 'The gateway is signing in to RingCentral.',
  refused: 'RingCentral refused to sign the gateway in.',
  unreachable: 'The gateway cannot sign in to RingCentral now.',
};

/** Whether RingCentral can be reached and, where the gateway signs in itself, lets it in. Costs no request. */
async function readiness(reach: Reach, signIn: ServiceSignIn | null): Promise<Readiness> {
  const { status = 'signed-in', problem = null } = signIn?.state() ?? {};
  const obstacle = OBSTACLES[status];
  if (obstacle !== undefined) {
    return { ok: false, reason: problem === null ? obstacle : `${obstacle} ${problem}` };
  }
  const reached = await reach();
  return reached ? { ok: true } : { ok: false, reason: 'RingCentral cannot be reached.' };
}

function ignore(): void {}

/** The operations of `examples/`, which stand beside the sources and beside `dist/` alike. */
async function readExamples(): Promise<Example[]> {
  const folder = new URL(
    import.meta.url.includes('/dist/') ? '../../examples/' : '../examples/',
    import.meta.url,
  );
  const names = await readdir(folder);
  return Promise.all(
    names
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map(async (name) => {
        const read = async (part: string) =>
          names.includes(part) ? await readFile(new URL(part, folder), 'utf8') : undefined;
        const variables = await read(name.replace('.graphql', '.json'));
        const headers = await read(name.replace('.graphql', '.headers.json'));
        return {
          query: await readFile(new URL(name, folder), 'utf8'),
          ...(variables === undefined ? {} : { variables }),
          ...(headers === undefined ? {} : { headers }),
        };
      }),
  );
}
