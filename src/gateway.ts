/** The whole gateway: the only file that knows everyone. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createContext } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { Commons } from './commons/commons.ts';
import { createInProcessCommons } from './commons/in-process.ts';
import type { RedisCommonsParts } from './commons/redis.ts';
import type { Config, RedisSettings, SystemPlace } from './config.ts';
import { receivedAtOf } from './live/events.ts';
import type { Example } from './server/graphiql.ts';
import { createServer, type Readiness } from './server/http.ts';
import { createMetricsDoor, type MetricsDoor } from './server/metrics-door.ts';
import { createReception } from './server/reception.ts';
import type { BrowserSignInParts } from './signing-in.ts';
import type { GenesysOptions } from './systems/genesys.ts';
import type { RingCentralOptions } from './systems/ringcentral.ts';
import { demoUsersOf, eachOf, entrancesOf, type RunningSystems, readinessOf } from './systems/running.ts';
import type { SystemOptions } from './systems/system.ts';
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
  readonly live?: SystemOptions['live'];
  readonly account?: RingCentralOptions['account'];
  readonly tokens?: RingCentralOptions['tokens'];
  readonly outages?: RingCentralOptions['outages'];
  readonly signIn?: RingCentralOptions['signIn'];
  readonly push?: RingCentralOptions['push'];
  readonly genesys?: Pick<GenesysOptions, 'notifications' | 'tokens' | 'effects'>;
  readonly commons?: Pick<RedisCommonsParts, 'times' | 'random'>;
  readonly sessions?: BrowserSignInParts['times'];
}

const USER_AGENT = 'ringcentral-graphql-gateway/0.1.0';

/** All visitors of the embedded simulator share one extension, so they share ten times what a single user has. */
const SHOW = { story: true, lightLimit: 500, mediumLimit: 400, heavyLimit: 100, authLimit: 50 };

/** Starts the gateway; it listens when the promise resolves. */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const { log = createLog(config.logLevel) } = options;
  const isPlayed = [config.ringCentral, config.genesys].some(({ kind }) => kind === 'played');
  const simulator = isPlayed ? await startSimulator() : null;
  const metrics = createMetrics();
  metrics.collectProcess();
  const { redis } = config;
  // What has one process only shares with nobody, and has to write nothing down.
  const commons = redis === null ? null : await joinCommons(redis, { metrics, log, ...options.commons });
  if (commons === null) metrics.commonsState.set({ state: 'in-process' }, 1);
  const systemAt = (place: SystemPlace): SystemOptions | null => {
    if (place.kind === 'off') return null;
    const url = place.kind === 'real' ? place.url : (simulator?.url ?? '');
    const known = { config, url, isPlayed: place.kind === 'played', userAgent: USER_AGENT };
    return { ...known, commons, metrics, log, live: options.live };
  };
  const ringCentral = await startRingCentral(systemAt(config.ringCentral), options);
  const genesys = await startGenesys(systemAt(config.genesys), options);
  const systems: RunningSystems = { ringCentral, genesys };
  const browsers =
    config.signIn === null
      ? null
      : await openToBrowsers({
          ...{ settings: config.signIn, corsOrigins: config.corsOrigins, metrics, log },
          ringCentral: (await ringCentral?.signIn()) ?? null,
          genesys: (await genesys?.signIn()) ?? null,
          ...{ commons: commons ?? createInProcessCommons(), times: options.sessions },
          simulatorUrl: simulator?.url ?? null,
          home: config.graphiql ? '/graphql' : '/',
        });
  const entrances = entrancesOf(systems, browsers?.sessions);
  const gatekeeper = createReception(entrances);

  const { metricsHost: host, metricsPort: port } = config;
  let metricsDoor: MetricsDoor | null = null;
  if (port !== null) metricsDoor = await createMetricsDoor({ metrics, host, port }).catch(failedToStart);
  else if (config.production) log.warn('Nobody can read the metrics: in production they need a METRICS_PORT');
  const server = await createServer({
    config,
    schema,
    gatekeeper,
    signIn: browsers?.parts(entrances),
    createContext,
    metrics,
    log,
    isReady: async () => withCommons(await readinessOf(systems), commons),
    examples: config.graphiql ? await readExamples(systems) : [],
    demoUsers: () => demoUsersOf(systems),
    announceDrain(by) {
      for (const system of eachOf(systems)) system.drain(by);
    },
    receivedAtOf,
  }).catch(failedToStart);

  // Its first visitor shall find the page complete.
  if (config.graphiql) await Promise.all(eachOf(systems).map(({ answered }) => answered));
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
    await Promise.all(eachOf(systems).map((system) => system.stop(timeIsUp)));
    await commons?.stop();
    await simulator?.stop();
  }
}

/** Only where something is played: what that needs is loaded then, and not before. */
async function startSimulator() {
  const { createSimulator } = await import('./simulator/server.ts');
  return createSimulator({ settings: SHOW });
}

/** Each phone system is loaded only where it is on. */
async function startRingCentral(system: SystemOptions | null, options: GatewayOptions) {
  if (system === null) return null;
  const { createRingCentral } = await import('./systems/ringcentral.ts');
  const { tokens, outages, signIn, push, account } = options;
  return createRingCentral({ ...system, tokens, outages, signIn, push, account });
}

async function startGenesys(system: SystemOptions | null, { genesys, outages }: GatewayOptions) {
  if (system === null) return null;
  const { createGenesysSystem } = await import('./systems/genesys.ts');
  return createGenesysSystem({ ...system, outages, ...genesys });
}

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

/** The examples of Genesys Cloud are numbered from here. The first of them shows whatever there is. */
const FIRST_OF_GENESYS = '30';

/**
 * The operations of `examples/`, which stand beside the sources and beside `dist/` alike: those that the phone systems of this
 * gateway can answer.
 */
async function readExamples({ ringCentral, genesys }: RunningSystems): Promise<Example[]> {
  // Built, this is in `dist/src/parts/`.
  const folder = new URL(import.meta.url.replace(/(\/dist)?\/src(\/parts)?\/[^/]+$/, '/examples/'));
  const names = await readdir(folder);
  return Promise.all(
    names
      .filter((name) => name.endsWith('.graphql'))
      .filter((name) => {
        const number = name.slice(0, FIRST_OF_GENESYS.length);
        return number === FIRST_OF_GENESYS || (number < FIRST_OF_GENESYS ? ringCentral : genesys) !== null;
      })
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
