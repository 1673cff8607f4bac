/** Settings: read from environment variables, checked at the start, and nowhere else. */
import * as z from 'zod';
import { findMisspelt, type Misspelt } from './spelling.ts';

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
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly production: boolean;
  /** Null: the metrics have no port of their own. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  /** Null: the embedded simulator. */
  readonly ringCentralServerUrl: string | null;
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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

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
  const simulated = settings.RINGCENTRAL_SERVER_URL === undefined;
  const problems = [...crossChecks(settings, production), ...misspelt];
  if (problems.length > 0) throw new InvalidSettings(problems);

  return {
    host: settings.HOST,
    port: settings.PORT,
    production,
    metricsPort: settings.METRICS_PORT ?? null,
    metricsHost: settings.METRICS_HOST,
    ringCentralServerUrl: settings.RINGCENTRAL_SERVER_URL ?? null,
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

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `a whole number from ${least} to ${most}`);

const seconds = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, `seconds, from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `seconds, from ${least} to ${most}`);

const onOff = z
  .string()
  .toLowerCase()
  .refine((value) => value === 'on' || value === 'off', 'on or off')
  .transform((value) => value === 'on');

const list = z
  .string()
  .transform((value) => value.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

const httpUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    context.addIssue(
      'an https:// address, like https://platform.ringcentral.com (http:// only on this machine)',
    );
    return z.NEVER;
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    context.addIssue('an address without user, password, query or fragment');
    return z.NEVER;
  }
  return withoutSlashes(url.href);
});

/** An address of which the rest is said elsewhere. */
const publicUrl = httpUrl.refine((text) => new URL(text).origin === text, {
  error: 'an address without a path, like https://calls.example.com (http:// only on this machine)',
});

const REDIS_URLS =
  'redis:// or rediss:// addresses, like rediss://user:password@redis.example.com:6379/0: one, or a comma list of servers ' +
  'of a cluster, or of sentinels together with REDIS_SENTINEL';

const redisUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  const isRedis = protocol === 'redis:' || protocol === 'rediss:';
  return isRedis && hostname !== '' && /^\/?\d{0,5}$/.test(pathname) && search === '' && hash === '';
}, REDIS_URLS);

function withoutSlashes(href: string): string {
  let end = href.length;
  while (href[end - 1] === '/') end -= 1;
  return href.slice(0, end);
}

/** Keys are shown as bearer tokens, so they are spelt like them (RFC 6750, 2.1). */
const gatewayKey = z
  .string()
  .refine(
    (key) => key.length >= 16 && key.length <= 4_096 && /^[\w.~+/-]+=*$/.test(key),
    'a comma list of keys, each at least 16 characters long, ' +
      'of letters, digits and - . _ ~ + / (and = at the end), as in a bearer token',
  );

const gatewayKeys = listOfDifferent(gatewayKey, 'a comma list in which no key stands twice');

const sessionSecrets = listOfDifferent(
  z
    .string()
    .refine(
      (secret) => secret.length >= 32 && secret.length <= 4_096,
      'a comma list of secrets, each at least 32 characters long; the first seals, all open',
    ),
  'a comma list in which no secret stands twice',
);

function listOfDifferent(item: z.ZodType<string, string>, message: string) {
  return list.pipe(
    z.array(item).superRefine((items, context) => {
      for (const [index, one] of items.entries()) {
        if (items.indexOf(one) < index) context.addIssue({ code: 'custom', path: [index], message });
      }
    }),
  );
}

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'a comma list of origins, like https://desk.example.com (no path, no trailing slash)',
  );

const host = z.string().regex(/^[\w.:-]+$/, 'a host name or an IP address, like 127.0.0.1 or 0.0.0.0');

/** What may be set, what is allowed, and what is so when it is not set. */
export const Settings = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'production, development or test' })
    .optional(),
  HOST: host.default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).prefault('4000'),
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  METRICS_HOST: host.default('127.0.0.1'),
  SIMULATOR_PORT: wholeNumber(0, 65_535).prefault('4010'),
  SIMULATOR: onOff.prefault('off'),
  RINGCENTRAL_SERVER_URL: httpUrl.optional(),
  RINGCENTRAL_CLIENT_ID: z.string().optional(),
  RINGCENTRAL_CLIENT_SECRET: z.string().optional(),
  RINGCENTRAL_JWT: z.string().optional(),
  GATEWAY_KEYS: gatewayKeys.prefault(''),
  SIGN_IN: onOff.optional(),
  PUBLIC_URL: publicUrl.optional(),
  SESSION_SECRETS: sessionSecrets.prefault(''),
  LONG_POLL_TIMEOUT: seconds(1, 300).prefault('30'),
  LIVE_SOURCE: z.enum(['auto', 'push', 'poll'], { error: 'auto, push or poll' }).default('auto'),
  UPSTREAM_TIMEOUT: seconds(0.1, 120).prefault('10'),
  CORS_ORIGINS: list.pipe(z.array(origin)).prefault(''),
  GRAPHIQL: onOff.optional(),
  INTROSPECTION: onOff.optional(),
  MAX_DEPTH: wholeNumber(1, 100).prefault('10'),
  MAX_ALIASES: wholeNumber(0, 1_000).prefault('30'),
  MAX_TOKENS: wholeNumber(10, 100_000).prefault('2000'),
  MAX_COMMANDS: wholeNumber(1, 100).prefault('5'),
  MAX_WEIGHT: wholeNumber(100, 100_000_000).prefault('500000'),
  MAX_ANSWER_BYTES: wholeNumber(1_024, 100 * 1_048_576).prefault(String(4 * 1_048_576)), // 4 MiB
  MAX_BODY_BYTES: wholeNumber(1_024, 100 * 1_048_576).prefault(String(1_048_576)), // 1 MiB
  MAX_IN_FLIGHT: wholeNumber(1, 1_000_000).prefault('1000'),
  MAX_UNREAD_BYTES: wholeNumber(1_048_576, 16_384 * 1_048_576).prefault(String(64 * 1_048_576)), // 64 MiB
  MAX_SUBSCRIPTIONS_PER_SOCKET: wholeNumber(1, 100_000).prefault('100'),
  MAX_SUBSCRIPTIONS_PER_VIEWER: wholeNumber(1, 1_000_000).prefault('500'),
  PERSISTED_OPERATIONS: z.string().optional(),
  DRAIN_SECONDS: seconds(0, 600).prefault('10'),
  REDIS_URL: list.pipe(z.array(redisUrl)).prefault(''),
  REDIS_SENTINEL: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'the name by which the sentinels know the server, like mymaster')
    .optional(),
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[\w.:-]{1,100}$/, 'up to 100 letters, digits and _ . : -')
    .prefault('gateway'),
  FAST_PATH: onOff.prefault('on'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});
type Settings = z.output<typeof Settings>;

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

const SERVICE_NAMES = ['RINGCENTRAL_CLIENT_ID', 'RINGCENTRAL_CLIENT_SECRET', 'RINGCENTRAL_JWT'] as const;

function crossChecks(settings: Settings, production: boolean): string[] {
  const problems: string[] = [];
  const given = SERVICE_NAMES.filter((name) => settings[name] !== undefined);
  const missing = SERVICE_NAMES.filter((name) => settings[name] === undefined);
  const isApp = settings.SIGN_IN === true && settings.RINGCENTRAL_JWT === undefined;
  if (given.length > 0 && missing.length > 0 && !isApp) {
    problems.push(
      `${missing.join(', ')}: read nothing, while ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set. ` +
        'Allowed is all three (the gateway signs in itself), none (callers bring their own RingCentral token), ' +
        'or the first two with SIGN_IN=on (browsers sign in here).',
    );
  }
  if (missing.length === 0 && settings.GATEWAY_KEYS.length === 0) {
    problems.push(
      'GATEWAY_KEYS: read nothing, required when the gateway signs in to RingCentral itself: ' +
        'a comma list of keys, each at least 16 characters long, that callers show as their bearer token.',
    );
  }
  if (missing.includes('RINGCENTRAL_JWT') && settings.GATEWAY_KEYS.length > 0 && (given.length === 0 || isApp)) {
    problems.push(
      `GATEWAY_KEYS: read ${settings.GATEWAY_KEYS.length} key(s), allowed only together with ` +
        `${SERVICE_NAMES.join(', ')}: without them callers bring their own RingCentral token.`,
    );
  }
  problems.push(...signInChecks(settings, production));
  if (production && settings.RINGCENTRAL_SERVER_URL === undefined && !settings.SIMULATOR) {
    problems.push(
      'RINGCENTRAL_SERVER_URL: read nothing, required with NODE_ENV=production, ' +
        'like https://platform.ringcentral.com. SIMULATOR=on starts the simulator instead.',
    );
  }
  if (settings.METRICS_PORT !== undefined && settings.METRICS_PORT === settings.PORT && settings.PORT !== 0) {
    problems.push(`METRICS_PORT: read "${settings.METRICS_PORT}", which is PORT; allowed is another one.`);
  }
  if (settings.REDIS_SENTINEL !== undefined && settings.REDIS_URL.length === 0) {
    problems.push(
      `REDIS_SENTINEL: read ${JSON.stringify(settings.REDIS_SENTINEL)} while REDIS_URL is not set; ` +
        'allowed is a name together with the addresses of the sentinels in REDIS_URL.',
    );
  }
  if (settings.SIMULATOR && settings.RINGCENTRAL_SERVER_URL !== undefined) {
    problems.push(
      'SIMULATOR: read "on" while RINGCENTRAL_SERVER_URL is set; allowed is one of the two, or neither.',
    );
  }
  return problems;
}

function signInChecks(settings: Settings, production: boolean): string[] {
  const simulated = settings.RINGCENTRAL_SERVER_URL === undefined;
  const { RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET, RINGCENTRAL_JWT, SESSION_SECRETS, PUBLIC_URL } =
    settings;
  const problems: string[] = [];
  if (!signsIn(settings)) {
    const names = [
      ...(SESSION_SECRETS.length > 0 ? ['SESSION_SECRETS'] : []),
      ...(PUBLIC_URL === undefined ? [] : ['PUBLIC_URL']),
    ];
    for (const name of names) problems.push(`${name}: read a value, allowed only together with SIGN_IN=on.`);
    return problems;
  }
  if (RINGCENTRAL_JWT !== undefined) {
    problems.push(
      'SIGN_IN: read "on" while RINGCENTRAL_JWT is set; allowed is one of the two: browsers sign in as their users, ' +
        'or the gateway signs in as itself.',
    );
  }
  if (RINGCENTRAL_CLIENT_SECRET !== undefined && RINGCENTRAL_CLIENT_ID === undefined) {
    problems.push('RINGCENTRAL_CLIENT_ID: read nothing, while RINGCENTRAL_CLIENT_SECRET is set.');
  }
  if (simulated) return problems;
  if (RINGCENTRAL_CLIENT_ID === undefined && RINGCENTRAL_CLIENT_SECRET === undefined) {
    problems.push('RINGCENTRAL_CLIENT_ID: read nothing, required with SIGN_IN=on: the id of your app at RingCentral.');
  }
  if (SESSION_SECRETS.length === 0) {
    problems.push(
      'SESSION_SECRETS: read nothing, required with SIGN_IN=on: a comma list of secrets, each at least 32 characters ' +
        'long, like the output of: openssl rand -base64 32',
    );
  }
  if (production && PUBLIC_URL === undefined) {
    problems.push(
      'PUBLIC_URL: read nothing, required with SIGN_IN=on and NODE_ENV=production: ' +
        'the address at which browsers find the gateway, like https://calls.example.com',
    );
  }
  return problems;
}

/** Without a setting only with the simulator, where nothing has to be registered first. */
function signsIn({ SIGN_IN, RINGCENTRAL_SERVER_URL, RINGCENTRAL_JWT }: Settings): boolean {
  return SIGN_IN ?? (RINGCENTRAL_SERVER_URL === undefined && RINGCENTRAL_JWT === undefined);
}

function signInOf(settings: Settings): SignInSettings | null {
  if (!signsIn(settings)) return null;
  return {
    clientId: settings.RINGCENTRAL_CLIENT_ID ?? null,
    clientSecret: settings.RINGCENTRAL_CLIENT_SECRET ?? null,
    publicUrl: settings.PUBLIC_URL ?? null,
    secrets: settings.SESSION_SECRETS,
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
