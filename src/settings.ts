/** What may be set, and how it is spelt: every setting of the environment for itself. */
import * as z from 'zod/mini';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const wholeNumber = (least: number, most: number) =>
  numberBetween(least, most, /^\d+$/, `a whole number from ${least} to ${most}`);

const seconds = (least: number, most: number) =>
  numberBetween(least, most, /^\d+(\.\d+)?$/, `seconds, from ${least} to ${most}`);

function numberBetween(least: number, most: number, spelling: RegExp, allowed: string) {
  return z.pipe(
    z.string().check(z.regex(spelling, allowed)),
    z.pipe(z.transform(Number), z.number().check(z.gte(least, allowed), z.lte(most, allowed))),
  );
}

const onOff = z.pipe(
  z.string().check(
    z.toLowerCase(),
    z.refine((value) => value === 'on' || value === 'off', 'on or off'),
  ),
  z.transform((value) => value === 'on'),
);

/** Texts between commas, each as it is checked. */
function listOf(item: z.ZodMiniType<string, string>, ...checks: z.core.CheckFn<string[]>[]) {
  const parts = z.transform((value: string) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  return z.prefault(z.pipe(z.pipe(z.string(), parts), z.array(item).check(...checks)), '');
}

const httpUrl = z.pipe(
  z.string().check(
    z.refine(isSafe, {
      error: 'an https:// address, like https://platform.ringcentral.com (http:// only on this machine)',
      abort: true,
    }),
    z.refine(isPlain, 'an address without user, password, query or fragment'),
  ),
  z.transform((text) => withoutSlashes(new URL(text).href)),
);

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

function isPlain(text: string): boolean {
  const { username, password, search, hash } = new URL(text);
  return username === '' && password === '' && search === '' && hash === '';
}

/** An address of which the rest is said elsewhere. */
const publicUrl = httpUrl.check(
  z.refine(
    (text) => new URL(text).origin === text,
    'an address without a path, like https://calls.example.com (http:// only on this machine)',
  ),
);

const REDIS_URLS =
  'redis:// or rediss:// addresses, like rediss://user:password@redis.example.com:6379/0: one, or a comma list of servers ' +
  'of a cluster, or of sentinels together with REDIS_SENTINEL';

const redisUrl = z.string().check(
  z.refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, pathname, search, hash } = new URL(text);
    const isRedis = protocol === 'redis:' || protocol === 'rediss:';
    return isRedis && hostname !== '' && /^\/?\d{0,5}$/.test(pathname) && search === '' && hash === '';
  }, REDIS_URLS),
);

function withoutSlashes(href: string): string {
  let end = href.length;
  while (href[end - 1] === '/') end -= 1;
  return href.slice(0, end);
}

/** Keys are shown as bearer tokens, so they are spelt like them (RFC 6750, 2.1). */
const gatewayKey = z
  .string()
  .check(
    z.refine(
      (key) => key.length >= 16 && key.length <= 4_096 && /^[\w.~+/-]+=*$/.test(key),
      'a comma list of keys, each at least 16 characters long, ' +
        'of letters, digits and - . _ ~ + / (and = at the end), as in a bearer token',
    ),
  );

const sessionSecret = z
  .string()
  .check(
    z.refine(
      (secret) => secret.length >= 32 && secret.length <= 4_096,
      'a comma list of secrets, each at least 32 characters long; the first seals, all open',
    ),
  );

function allDifferent(message: string): z.core.CheckFn<string[]> {
  return ({ value: items, issues }) => {
    for (const [index, input] of items.entries()) {
      if (items.indexOf(input) < index) issues.push({ code: 'custom', path: [index], message, input });
    }
  };
}

const origin = z
  .string()
  .check(
    z.refine(
      (text) => URL.canParse(text) && new URL(text).origin === text,
      'a comma list of origins, like https://desk.example.com (no path, no trailing slash)',
    ),
  );

const host = z
  .string()
  .check(z.regex(/^[\w.:-]+$/, 'a host name or an IP address, like 127.0.0.1 or 0.0.0.0'));

/** The domains of Genesys Cloud, one for each of its regions. */
const GENESYS_REGIONS = [
  'mypurecloud.com',
  'mypurecloud.ie',
  'mypurecloud.de',
  'mypurecloud.com.au',
  'mypurecloud.jp',
  'usw2.pure.cloud',
  'cac1.pure.cloud',
  'apne2.pure.cloud',
  'euw2.pure.cloud',
  'aps1.pure.cloud',
  'sae1.pure.cloud',
  'mec1.pure.cloud',
  'apne3.pure.cloud',
  'euc2.pure.cloud',
  'mxc1.pure.cloud',
  'apse1.pure.cloud',
  'use2.us-gov-pure.cloud',
  'edee1.eusc-pure.cloud',
] as const;

const genesysRegion = z.enum(GENESYS_REGIONS, {
  error: `the domain of a region of Genesys Cloud: one of ${GENESYS_REGIONS.join(', ')}`,
});

/** What may be set, what is allowed, and what is so when it is not set. */
export const Settings = z.object({
  NODE_ENV: z.optional(
    z.enum(['production', 'development', 'test'], { error: 'production, development or test' }),
  ),
  HOST: z._default(host, '127.0.0.1'),
  PORT: z.prefault(wholeNumber(0, 65_535), '4000'),
  METRICS_PORT: z.optional(wholeNumber(0, 65_535)),
  METRICS_HOST: z._default(host, '127.0.0.1'),
  SIMULATOR_PORT: z.prefault(wholeNumber(0, 65_535), '4010'),
  SIMULATOR: z.prefault(onOff, 'off'),
  RINGCENTRAL_SERVER_URL: z.optional(httpUrl),
  RINGCENTRAL_CLIENT_ID: z.optional(z.string()),
  RINGCENTRAL_CLIENT_SECRET: z.optional(z.string()),
  RINGCENTRAL_JWT: z.optional(z.string()),
  GATEWAY_KEYS: listOf(gatewayKey, allDifferent('a comma list in which no key stands twice')),
  GENESYS_REGION: z.optional(genesysRegion),
  GENESYS_API_URL: z.optional(httpUrl),
  GENESYS_LOGIN_URL: z.optional(httpUrl),
  GENESYS_CLIENT_ID: z.optional(z.string()),
  GENESYS_CLIENT_SECRET: z.optional(z.string()),
  SIGN_IN: z.optional(onOff),
  PUBLIC_URL: z.optional(publicUrl),
  SESSION_SECRETS: listOf(sessionSecret, allDifferent('a comma list in which no secret stands twice')),
  LONG_POLL_TIMEOUT: z.prefault(seconds(1, 300), '30'),
  LIVE_SOURCE: z._default(z.enum(['auto', 'push', 'poll'], { error: 'auto, push or poll' }), 'auto'),
  UPSTREAM_TIMEOUT: z.prefault(seconds(0.1, 120), '10'),
  CORS_ORIGINS: listOf(origin),
  GRAPHIQL: z.optional(onOff),
  INTROSPECTION: z.optional(onOff),
  MAX_DEPTH: z.prefault(wholeNumber(1, 100), '10'),
  MAX_ALIASES: z.prefault(wholeNumber(0, 1_000), '30'),
  MAX_TOKENS: z.prefault(wholeNumber(10, 100_000), '2000'),
  MAX_COMMANDS: z.prefault(wholeNumber(1, 100), '5'),
  MAX_WEIGHT: z.prefault(wholeNumber(100, 100_000_000), '500000'),
  MAX_ANSWER_BYTES: z.prefault(wholeNumber(1_024, 100 * 1_048_576), String(4 * 1_048_576)), // 4 MiB
  MAX_BODY_BYTES: z.prefault(wholeNumber(1_024, 100 * 1_048_576), String(1_048_576)), // 1 MiB
  MAX_IN_FLIGHT: z.prefault(wholeNumber(1, 1_000_000), '1000'),
  MAX_UNREAD_BYTES: z.prefault(wholeNumber(1_048_576, 16_384 * 1_048_576), String(64 * 1_048_576)), // 64 MiB
  MAX_SUBSCRIPTIONS_PER_SOCKET: z.prefault(wholeNumber(1, 100_000), '100'),
  MAX_SUBSCRIPTIONS_PER_VIEWER: z.prefault(wholeNumber(1, 1_000_000), '500'),
  PERSISTED_OPERATIONS: z.optional(z.string()),
  DRAIN_SECONDS: z.prefault(seconds(0, 600), '10'),
  REDIS_URL: listOf(redisUrl),
  REDIS_SENTINEL: z.optional(
    z
      .string()
      .check(z.regex(/^[\w.-]{1,100}$/, 'the name by which the sentinels know the server, like mymaster')),
  ),
  REDIS_KEY_PREFIX: z.prefault(
    z.string().check(z.regex(/^[\w.:-]{1,100}$/, 'up to 100 letters, digits and _ . : -')),
    'gateway',
  ),
  FAST_PATH: z.prefault(onOff, 'on'),
  LOG_LEVEL: z._default(z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }), 'info'),
});
export type Settings = z.output<typeof Settings>;
