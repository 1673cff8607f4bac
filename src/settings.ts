/** What may be set, and how it is spelt: every setting of the environment for itself. */
import * as z from 'zod';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

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
  GENESYS_REGION: genesysRegion.optional(),
  GENESYS_API_URL: httpUrl.optional(),
  GENESYS_LOGIN_URL: httpUrl.optional(),
  GENESYS_CLIENT_ID: z.string().optional(),
  GENESYS_CLIENT_SECRET: z.string().optional(),
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
export type Settings = z.output<typeof Settings>;
