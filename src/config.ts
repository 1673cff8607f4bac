/** Settings: read from environment variables, checked at the start, and nowhere else. */
import { crossChecks, isGenesysPlayed, isRingCentralPlayed, signsIn } from './cross-checks.ts';
import { type LogLevel, Settings } from './settings.ts';
import { findMisspelt, type Misspelt } from './spelling.ts';

export { type LogLevel, Settings };

/** A setting that stops the start. The message names it, what was read and what is allowed. */
export class InvalidSettings extends Error {
  override name = 'InvalidSettings';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Who talks to RingCentral: the callers with their own tokens, or the gateway for all of them. */
export type IdentityMode =
  | { readonly kind: 'pass-through' }
  | {
      readonly kind: 'service';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly jwt: string;
      readonly gatewayKeys: readonly string[];
    };

/** What gateways share is on this Redis. */
export interface RedisSettings {
  /** Several: a cluster, of which these are some servers; with a sentinel, the sentinels. */
  readonly urls: readonly string[];
  /** The name by which sentinels know the server; null: there are none. */
  readonly sentinel: string | null;
  /** Stands before every key. */
  readonly prefix: string;
}

/** Browsers sign in here, and hold a cookie instead of a token. */
export interface SignInSettings {
  /** The app at RingCentral; null: the one of the embedded simulator. */
  readonly clientId: string | null;
  /** Null: a public app, which has none. */
  readonly clientSecret: string | null;
  /** The origin at which browsers find the gateway; null: the address where it listens. */
  readonly publicUrl: string | null;
  /** The first seals, all open. None with the embedded simulator: then one is made at the start. */
  readonly secrets: readonly string[];
  /** Null: nobody signs in to Genesys Cloud here, unless it is played. */
  readonly genesys: GenesysSettings | null;
}

/** Genesys Cloud, and the app there that users sign in to. */
export interface GenesysSettings {
  /** Like `https://api.mypurecloud.com`. */
  readonly apiUrl: string;
  /** Like `https://login.mypurecloud.com`. */
  readonly loginUrl: string;
  readonly clientId: string;
  /** Null: a public app, which has none. */
  readonly clientSecret: string | null;
}

/** Where a phone system is: at an address, played by the simulator inside, or nowhere, which is to say off. */
export type SystemPlace =
  | { readonly kind: 'real'; readonly url: string }
  | { readonly kind: 'played' }
  | { readonly kind: 'off' };

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly production: boolean;
  /** Null: the metrics have no port of their own. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  readonly ringCentral: SystemPlace;
  /** By the address of its API. One of the two systems is on at least. */
  readonly genesys: SystemPlace;
  readonly simulatorPort: number;
  readonly identity: IdentityMode;
  /** Null: nobody signs in here. */
  readonly signIn: SignInSettings | null;
  /** Milliseconds. */
  readonly longPollTimeout: number;
  /** How changes of calls come to be known: by notifications where they are to be had, by them alone, or by polls. */
  readonly liveSource: 'auto' | 'push' | 'poll';
  /** Milliseconds. */
  readonly upstreamTimeout: number;
  readonly corsOrigins: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxTokens: number;
  readonly maxCommands: number;
  /** Of one operation: the values of its answer, every list at its usual length. */
  readonly maxWeight: number;
  /** Of one answer, or one event of a subscription, as text. */
  readonly maxAnswerBytes: number;
  readonly maxBodyBytes: number;
  /** Operations in flight over the whole gateway before it answers `OVERLOADED`. */
  readonly maxInFlight: number;
  /** Bytes that were written and that nobody has read yet, over the whole gateway. */
  readonly maxUnreadBytes: number;
  readonly maxSubscriptionsPerSocket: number;
  readonly maxSubscriptionsPerViewer: number;
  /** Null: any operation may be asked. */
  readonly persistedOperations: string | null;
  /** Milliseconds. */
  readonly drainTime: number;
  /** Null: the gateway shares with no other. */
  readonly redis: RedisSettings | null;
  readonly fastPath: boolean;
  readonly logLevel: LogLevel;
}

/**
 * Checks the environment.
 * @throws {InvalidSettings} naming every wrong setting at once.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = withoutEmpty(environment);
  const misspelt = findMisspelt(given, Object.keys(Settings.shape)).map(describeMisspelt);
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    throw new InvalidSettings([
      ...parsed.error.issues.map(({ path, message }) => describe(path, message, environment)),
      ...misspelt,
    ]);
  }
  const settings = parsed.data;
  const production = settings.NODE_ENV === 'production';
  const problems = [...crossChecks(settings, production), ...misspelt];
  if (problems.length > 0) throw new InvalidSettings(problems);
  const places = placesOf(settings);
  const simulated = Object.values(places).every(({ kind }) => kind !== 'real');

  return {
    host: settings.HOST,
    port: settings.PORT,
    production,
    metricsPort: settings.METRICS_PORT ?? null,
    metricsHost: settings.METRICS_HOST,
    ...places,
    simulatorPort: settings.SIMULATOR_PORT,
    identity: identityOf(settings),
    signIn: signInOf(settings),
    longPollTimeout: settings.LONG_POLL_TIMEOUT * 1_000,
    liveSource: settings.LIVE_SOURCE,
    upstreamTimeout: settings.UPSTREAM_TIMEOUT * 1_000,
    corsOrigins: settings.CORS_ORIGINS,
    graphiql: settings.GRAPHIQL ?? simulated,
    // GraphiQL without a schema helps nobody.
    introspection: settings.INTROSPECTION ?? (settings.GRAPHIQL === true || simulated),
    maxDepth: settings.MAX_DEPTH,
    maxAliases: settings.MAX_ALIASES,
    maxTokens: settings.MAX_TOKENS,
    maxCommands: settings.MAX_COMMANDS,
    maxWeight: settings.MAX_WEIGHT,
    maxAnswerBytes: settings.MAX_ANSWER_BYTES,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    maxInFlight: settings.MAX_IN_FLIGHT,
    maxUnreadBytes: settings.MAX_UNREAD_BYTES,
    maxSubscriptionsPerSocket: settings.MAX_SUBSCRIPTIONS_PER_SOCKET,
    maxSubscriptionsPerViewer: settings.MAX_SUBSCRIPTIONS_PER_VIEWER,
    persistedOperations: settings.PERSISTED_OPERATIONS ?? null,
    drainTime: settings.DRAIN_SECONDS * 1_000,
    redis:
      settings.REDIS_URL.length === 0
        ? null
        : {
            urls: settings.REDIS_URL,
            sentinel: settings.REDIS_SENTINEL ?? null,
            prefix: settings.REDIS_KEY_PREFIX,
          },
    fastPath: settings.FAST_PATH,
    logLevel: settings.LOG_LEVEL,
  };
}

/** Names whose value must not be repeated on a screen. */
const SECRET = /SECRET|JWT|KEYS|REDIS_URL/;

function describe(
  [setting, index]: readonly PropertyKey[],
  allowed: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const name = String(setting);
  const place = typeof index === 'number' ? ` as number ${index + 1}` : '';
  const read = SECRET.test(name) ? `a value that is not shown${place}` : JSON.stringify(environment[name]);
  return `${name}: read ${read}, allowed is ${allowed}.`;
}

function describeMisspelt({ name, meant }: Misspelt): string {
  return `${name}: read a setting that is not known, allowed is ${meant}, which it resembles.`;
}

/** `PORT= npm start` means the default, as in a shell. */
function withoutEmpty(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  );
}

function signInOf(settings: Settings): SignInSettings | null {
  if (!signsIn(settings)) return null;
  return {
    clientId: settings.RINGCENTRAL_CLIENT_ID ?? null,
    clientSecret: settings.RINGCENTRAL_CLIENT_SECRET ?? null,
    publicUrl: settings.PUBLIC_URL ?? null,
    secrets: settings.SESSION_SECRETS,
    genesys: genesysOf(settings),
  };
}

function genesysOf(settings: Settings): GenesysSettings | null {
  const { GENESYS_CLIENT_ID: clientId, GENESYS_CLIENT_SECRET: clientSecret = null } = settings;
  const urls = genesysUrls(settings);
  return clientId === undefined || urls === null ? null : { ...urls, clientId, clientSecret };
}

/** Null: it has no address. */
function genesysUrls(settings: Settings): Pick<GenesysSettings, 'apiUrl' | 'loginUrl'> | null {
  const { GENESYS_REGION: region, GENESYS_API_URL: apiUrl, GENESYS_LOGIN_URL: loginUrl } = settings;
  if (apiUrl !== undefined) return { apiUrl, loginUrl: loginUrl ?? apiUrl };
  return region === undefined
    ? null
    : { apiUrl: `https://api.${region}`, loginUrl: `https://login.${region}` };
}

function placesOf(settings: Settings): Pick<Config, 'ringCentral' | 'genesys'> {
  const { RINGCENTRAL_SERVER_URL: url } = settings;
  const apiUrl = genesysUrls(settings)?.apiUrl;
  const place = (address: string | undefined, isPlayed: boolean): SystemPlace =>
    address === undefined ? { kind: isPlayed ? 'played' : 'off' } : { kind: 'real', url: address };
  return {
    ringCentral: place(url, isRingCentralPlayed(settings)),
    genesys: place(apiUrl, isGenesysPlayed(settings)),
  };
}

function identityOf(settings: Settings): IdentityMode {
  const { RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET, RINGCENTRAL_JWT } = settings;
  if (!RINGCENTRAL_CLIENT_ID || !RINGCENTRAL_CLIENT_SECRET || !RINGCENTRAL_JWT)
    return { kind: 'pass-through' };
  return {
    kind: 'service',
    clientId: RINGCENTRAL_CLIENT_ID,
    clientSecret: RINGCENTRAL_CLIENT_SECRET,
    jwt: RINGCENTRAL_JWT,
    gatewayKeys: settings.GATEWAY_KEYS,
  };
}
