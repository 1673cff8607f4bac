/** The settings: what the environment becomes, and what it may not say. */
import { describe, expect, test } from 'vitest';
import { InvalidSettings, readConfig } from '../src/config.ts';
import { whyNotListening } from '../src/listening.ts';

type Environment = Readonly<Record<string, string>>;

const REAL = 'https://platform.ringcentral.com';
const SERVICE = {
  RINGCENTRAL_SERVER_URL: REAL,
  RINGCENTRAL_CLIENT_ID: 'app',
  RINGCENTRAL_CLIENT_SECRET: 'a-secret',
  RINGCENTRAL_JWT: 'a-jwt',
  GATEWAY_KEYS: 'a-long-key-for-desk, a-long-key-for-wall',
};

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    return error.problems;
  }
}

describe('The settings', () => {
  test('have a default each', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      production: false,
      metricsPort: null,
      metricsHost: '127.0.0.1',
      redis: null,
      ringCentral: { kind: 'played' },
      genesys: { kind: 'played' },
      simulatorPort: 4010,
      identity: { kind: 'pass-through' },
      signIn: { genesys: null, clientId: null, clientSecret: null, publicUrl: null, secrets: [] },
      longPollTimeout: 30_000,
      liveSource: 'auto',
      upstreamTimeout: 10_000,
      corsOrigins: [],
      graphiql: true,
      introspection: true,
      maxDepth: 10,
      maxAliases: 30,
      maxTokens: 2_000,
      maxCommands: 5,
      maxWeight: 500_000,
      maxAnswerBytes: 4_194_304,
      maxBodyBytes: 1_048_576,
      maxInFlight: 1_000,
      maxUnreadBytes: 67_108_864,
      maxSubscriptionsPerSocket: 100,
      maxSubscriptionsPerViewer: 500,
      persistedOperations: null,
      drainTime: 10_000,
      fastPath: true,
      logLevel: 'info',
    });
  });

  test.each<[string, Environment, object]>([
    [
      'in front of RingCentral, GraphiQL and introspection are off',
      { RINGCENTRAL_SERVER_URL: REAL },
      { ringCentral: { kind: 'real', url: REAL }, graphiql: false, introspection: false },
    ],
    [
      'in front of RingCentral, GraphiQL and introspection can be switched on',
      { RINGCENTRAL_SERVER_URL: REAL, GRAPHIQL: 'on', INTROSPECTION: 'ON' },
      { graphiql: true, introspection: true },
    ],
    [
      'GraphiQL brings its schema along, unless that is switched off',
      { RINGCENTRAL_SERVER_URL: REAL, GRAPHIQL: 'on' },
      { graphiql: true, introspection: true },
    ],
    [
      'introspection can stay off beside GraphiQL',
      { RINGCENTRAL_SERVER_URL: REAL, GRAPHIQL: 'on', INTROSPECTION: 'off' },
      { graphiql: true, introspection: false },
    ],
    [
      'simulated calls may be introspected without GraphiQL',
      { GRAPHIQL: 'off' },
      { graphiql: false, introspection: true },
    ],
    [
      'an address loses its trailing slash',
      { RINGCENTRAL_SERVER_URL: `${REAL}/` },
      { ringCentral: { kind: 'real', url: REAL } },
    ],
    [
      'this machine may be spoken to without TLS',
      { RINGCENTRAL_SERVER_URL: 'http://127.0.0.1:4010' },
      { ringCentral: { kind: 'real', url: 'http://127.0.0.1:4010' } },
    ],
    [
      'an id, a secret and a JWT make a service identity',
      SERVICE,
      {
        identity: {
          kind: 'service',
          clientId: 'app',
          clientSecret: 'a-secret',
          jwt: 'a-jwt',
          gatewayKeys: ['a-long-key-for-desk', 'a-long-key-for-wall'],
        },
      },
    ],
    ['an empty one is its default', { PORT: '', RINGCENTRAL_SERVER_URL: '' }, { port: 4000 }],
    [
      'times are in seconds and may have a fraction',
      { LONG_POLL_TIMEOUT: '45', UPSTREAM_TIMEOUT: '0.5', DRAIN_SECONDS: '0' },
      { longPollTimeout: 45_000, upstreamTimeout: 500, drainTime: 0 },
    ],
    [
      'a list may have spaces',
      { CORS_ORIGINS: 'https://desk.example.com, http://localhost:5173' },
      { corsOrigins: ['https://desk.example.com', 'http://localhost:5173'] },
    ],
    [
      'several gateways share a Redis',
      { REDIS_URL: 'redis://user:word@127.0.0.1:6379/2' },
      { redis: { urls: ['redis://user:word@127.0.0.1:6379/2'], sentinel: null, prefix: 'gateway' } },
    ],
    [
      'servers of a cluster, or sentinels, are a list',
      { REDIS_URL: 'rediss://a:7000, rediss://b:7000', REDIS_SENTINEL: 'main', REDIS_KEY_PREFIX: 'blue' },
      { redis: { urls: ['rediss://a:7000', 'rediss://b:7000'], sentinel: 'main', prefix: 'blue' } },
    ],
    [
      'production may be told to play',
      { NODE_ENV: 'production', SIMULATOR: 'on' },
      { production: true, ringCentral: { kind: 'played' }, genesys: { kind: 'played' } },
    ],
  ])('%s', (_sentence, environment, expected) => {
    expect(readConfig(environment)).toMatchObject(expected);
  });
});

const SECRET = 'a-secret-of-at-least-thirty-two-letters';
const APP = {
  RINGCENTRAL_SERVER_URL: REAL,
  SIGN_IN: 'on',
  RINGCENTRAL_CLIENT_ID: 'app',
  SESSION_SECRETS: SECRET,
};

describe('Signing in from browsers', () => {
  test('takes an app with a secret or without, and several secrets of its own', () => {
    expect(
      readConfig({ ...APP, RINGCENTRAL_CLIENT_SECRET: 'x', PUBLIC_URL: 'https://calls.example.com/' }).signIn,
    ).toEqual({
      ...{ clientId: 'app', clientSecret: 'x', publicUrl: 'https://calls.example.com', secrets: [SECRET] },
      genesys: null,
    });
    const secrets = [SECRET, `${SECRET}-before`];
    expect(readConfig({ ...APP, SESSION_SECRETS: secrets.join(', ') }).signIn).toEqual({
      ...{ clientId: 'app', clientSecret: null, publicUrl: null, secrets, genesys: null },
    });
  });

  test.each([
    [
      'without an app',
      { RINGCENTRAL_CLIENT_ID: '' },
      /^RINGCENTRAL_CLIENT_ID: read nothing, required with SIGN_IN=on/,
    ],
    [
      'with half an app',
      { RINGCENTRAL_CLIENT_ID: '', RINGCENTRAL_CLIENT_SECRET: 'x' },
      /^RINGCENTRAL_CLIENT_ID: read nothing, while/,
    ],
    ['without a secret', { SESSION_SECRETS: '' }, /^SESSION_SECRETS: read nothing, required with SIGN_IN=on/],
    ['in production without an address', { NODE_ENV: 'production' }, /^PUBLIC_URL: read nothing, required/],
    [
      'with a service identity',
      { RINGCENTRAL_CLIENT_SECRET: 'x', RINGCENTRAL_JWT: 'y', GATEWAY_KEYS: 'a-long-key-for-desk' },
      /^SIGN_IN: read "on" while RINGCENTRAL_JWT is set/,
    ],
    ['with keys', { GATEWAY_KEYS: 'a-long-key-for-desk' }, /^GATEWAY_KEYS: read 1 key/],
  ])('does not start %s', (_how, changes, problem) => {
    expect(problemsOf({ ...APP, ...changes })).toEqual([expect.stringMatching(problem)]);
  });

  test('is on by itself with the simulator inside, but not beside a service identity', () => {
    expect(readConfig({}).signIn).not.toBe(null);
    expect(readConfig({ ...SERVICE, RINGCENTRAL_SERVER_URL: '' }).signIn).toBe(null);
    expect(readConfig({ RINGCENTRAL_SERVER_URL: REAL }).signIn).toBe(null);
  });
});

const REGION = { GENESYS_REGION: 'usw2.pure.cloud' };

describe('Which phone systems are on', () => {
  const at = (url: string) => ({ kind: 'real', url });
  const played = { kind: 'played' };
  const off = { kind: 'off' };
  const ofRegion = at('https://api.usw2.pure.cloud');
  const address = { GENESYS_API_URL: 'http://127.0.0.1:4020/' };

  test.each<[string, Environment, object, object]>([
    ['nothing is set: both are played', {}, played, played],
    ['RingCentral alone', { RINGCENTRAL_SERVER_URL: REAL }, at(REAL), off],
    ['Genesys Cloud alone, in a region', REGION, off, ofRegion],
    ['Genesys Cloud alone, at an address', address, off, at('http://127.0.0.1:4020')],
    ['Genesys Cloud alone in production', { ...REGION, NODE_ENV: 'production' }, off, ofRegion],
    ['both', { ...REGION, RINGCENTRAL_SERVER_URL: REAL }, at(REAL), ofRegion],
    ['RingCentral is played beside Genesys Cloud', { ...REGION, SIMULATOR: 'on' }, played, ofRegion],
    [
      'Genesys Cloud is played beside RingCentral',
      { RINGCENTRAL_SERVER_URL: REAL, SIMULATOR: 'on' },
      at(REAL),
      played,
    ],
    [
      'both are played in production, where that is wanted',
      { NODE_ENV: 'production', SIMULATOR: 'on' },
      played,
      played,
    ],
  ])('%s', (_which, environment, ringCentral, genesys) => {
    expect(readConfig(environment)).toMatchObject({ ringCentral, genesys });
  });

  test('is not said by a client or a login of Genesys Cloud alone', () => {
    expect(readConfig({}).genesys).toEqual(played);
    expect(problemsOf({ GENESYS_CLIENT_ID: 'client' })).toEqual([
      expect.stringMatching(/^GENESYS_REGION: read nothing, required with GENESYS_CLIENT_ID/),
    ]);
  });

  test('GraphiQL is off by itself where one of them is real', () => {
    for (const environment of [REGION, { ...REGION, SIMULATOR: 'on' }]) {
      expect(readConfig(environment)).toMatchObject({ graphiql: false, introspection: false });
    }
    const { graphiql } = readConfig({ RINGCENTRAL_SERVER_URL: REAL, SIMULATOR: 'on' });
    expect(graphiql).toBe(false);
  });

  test('nothing can be played where both have an address', () => {
    expect(problemsOf({ ...REGION, RINGCENTRAL_SERVER_URL: REAL, SIMULATOR: 'on' })).toEqual([
      expect.stringMatching(/^SIMULATOR: read "on" while .*; allowed is off\.$/),
    ]);
  });

  test('RingCentral being off takes no app, no key and no JWT', () => {
    const { RINGCENTRAL_SERVER_URL: _url, ...service } = SERVICE;
    const problems = problemsOf({ ...REGION, ...service });
    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'RINGCENTRAL_CLIENT_ID',
      'RINGCENTRAL_CLIENT_SECRET',
      'RINGCENTRAL_JWT',
      'GATEWAY_KEYS',
    ]);
    for (const problem of problems) {
      expect(problem).toMatch(
        /read a value, allowed only together with RINGCENTRAL_SERVER_URL or SIMULATOR=on/,
      );
    }
  });

  test.each<[string, Environment, RegExp]>([
    [
      'in a region that is none',
      { GENESYS_REGION: 'mypurecloud.example' },
      /^GENESYS_REGION: read "mypurecloud.example", allowed is .* mypurecloud.com, .* usw2.pure.cloud,/,
    ],
    [
      'at two places',
      { ...REGION, GENESYS_API_URL: REAL },
      /^GENESYS_API_URL: read a value while GENESYS_REGION is set/,
    ],
    [
      'in production without any address',
      { NODE_ENV: 'production' },
      /^RINGCENTRAL_SERVER_URL: read nothing, required with NODE_ENV=production/,
    ],
  ])('does not start %s', (_how, environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
  });
});

const GENESYS = { ...APP, ...REGION, GENESYS_CLIENT_ID: 'client' };

describe('Signing in to Genesys Cloud too', () => {
  test('is at the login host of its region', () => {
    expect(readConfig(GENESYS).signIn?.genesys).toEqual({
      ...{ apiUrl: 'https://api.usw2.pure.cloud', loginUrl: 'https://login.usw2.pure.cloud' },
      ...{ clientId: 'client', clientSecret: null },
    });
  });

  test('is at one address where one is named, or at two', () => {
    const here = { ...GENESYS, GENESYS_REGION: '', GENESYS_API_URL: 'http://127.0.0.1:4020/' };
    const [apiUrl, loginUrl] = ['http://127.0.0.1:4020', 'http://127.0.0.1:4021'];
    expect(readConfig({ ...here, GENESYS_CLIENT_SECRET: 'x' }).signIn?.genesys).toEqual({
      ...{ apiUrl, loginUrl: apiUrl, clientId: 'client', clientSecret: 'x' },
    });
    expect(readConfig({ ...here, GENESYS_LOGIN_URL: loginUrl }).signIn?.genesys).toMatchObject({
      ...{ apiUrl, loginUrl },
    });
  });

  test('is possible beside a simulated RingCentral', () => {
    const { GENESYS_CLIENT_ID } = GENESYS;
    const { signIn } = readConfig({ ...REGION, GENESYS_CLIENT_ID, SIMULATOR: 'on' });
    expect(signIn?.genesys).not.toBe(null);
  });

  test('is all there is where RingCentral is off', () => {
    const { GENESYS_CLIENT_ID, SIGN_IN, SESSION_SECRETS } = GENESYS;
    const alone = { ...REGION, GENESYS_CLIENT_ID, SIGN_IN, SESSION_SECRETS };
    expect(readConfig(alone).signIn?.genesys).toMatchObject({ clientId: 'client' });
    expect(problemsOf({ ...alone, GENESYS_CLIENT_ID: '' })).toEqual([
      expect.stringMatching(
        /^GENESYS_CLIENT_ID: read nothing, required with SIGN_IN=on where RingCentral is off/,
      ),
    ]);
    expect(problemsOf({ ...alone, SESSION_SECRETS: '' })).toEqual([
      expect.stringMatching(/^SESSION_SECRETS: read nothing/),
    ]);
    expect(problemsOf({ ...alone, NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^PUBLIC_URL: read nothing/),
    ]);
  });

  test('is not needed: callers bring their tokens', () => {
    expect(readConfig({ ...GENESYS, GENESYS_CLIENT_ID: '' }).signIn?.genesys).toBe(null);
    const { genesys, signIn } = readConfig({ ...REGION, RINGCENTRAL_SERVER_URL: REAL });
    expect([genesys.kind, signIn]).toEqual(['real', null]);
  });

  test.each([
    [
      'without a place',
      { GENESYS_REGION: '' },
      /^GENESYS_REGION: read nothing, required with GENESYS_CLIENT_ID/,
    ],
    [
      'with a login of its own in a region',
      { GENESYS_LOGIN_URL: REAL },
      /^GENESYS_LOGIN_URL: read a value, allowed only together with GENESYS_API_URL/,
    ],
    [
      'without a client',
      { GENESYS_CLIENT_ID: '', GENESYS_CLIENT_SECRET: 'hidden' },
      /^GENESYS_CLIENT_ID: read nothing, required with GENESYS_CLIENT_SECRET/,
    ],
  ])('does not start %s', (_how, changes, problem) => {
    const problems = problemsOf({ ...GENESYS, ...changes });
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain('hidden');
  });

  test('does not start where nobody signs in', () => {
    expect(
      problemsOf({ ...GENESYS, ...{ SIGN_IN: 'off', SESSION_SECRETS: '', RINGCENTRAL_CLIENT_ID: '' } }),
    ).toEqual([
      expect.stringMatching(/^GENESYS_CLIENT_ID: read a value, allowed only together with SIGN_IN=on/),
    ]);
  });
});

describe('What stops the start', () => {
  test.each<[string, Environment]>([
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '4e3' }],
    ['SIMULATOR_PORT', { SIMULATOR_PORT: 'x' }],
    ['SIMULATOR', { SIMULATOR: 'yes' }],
    ['HOST', { HOST: 'a b' }],
    ['RINGCENTRAL_SERVER_URL', { RINGCENTRAL_SERVER_URL: 'platform.ringcentral.com' }],
    ['RINGCENTRAL_SERVER_URL', { RINGCENTRAL_SERVER_URL: 'http://platform.ringcentral.com' }],
    ['RINGCENTRAL_SERVER_URL', { RINGCENTRAL_SERVER_URL: 'https://me:secret@platform.ringcentral.com' }],
    ['RINGCENTRAL_SERVER_URL', { RINGCENTRAL_SERVER_URL: `${REAL}/?a=b` }],
    ['SIMULATOR', { RINGCENTRAL_SERVER_URL: REAL, GENESYS_REGION: 'mypurecloud.de', SIMULATOR: 'on' }],
    ['GATEWAY_KEYS', { GATEWAY_KEYS: 'a-key-without-a-service' }],
    ['SIGN_IN', { SIGN_IN: 'yes' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://calls.example.com' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://calls.example.com/gateway' }],
    ['SESSION_SECRETS', { SESSION_SECRETS: 'too-short' }],
    ['SESSION_SECRETS', { SESSION_SECRETS: `${SECRET},${SECRET}` }],
    ['SESSION_SECRETS', { RINGCENTRAL_SERVER_URL: REAL, SESSION_SECRETS: SECRET }],
    ['PUBLIC_URL', { SIGN_IN: 'off', PUBLIC_URL: 'https://calls.example.com' }],
    ['LONG_POLL_TIMEOUT', { LONG_POLL_TIMEOUT: '0' }],
    ['LONG_POLL_TIMEOUT', { LONG_POLL_TIMEOUT: '30s' }],
    ['UPSTREAM_TIMEOUT', { UPSTREAM_TIMEOUT: '121' }],
    ['DRAIN_SECONDS', { DRAIN_SECONDS: '601' }],
    ['REDIS_URL', { REDIS_URL: 'http://127.0.0.1:6379' }],
    ['REDIS_URL', { REDIS_URL: 'redis://127.0.0.1:6379, localhost' }],
    ['REDIS_URL', { REDIS_URL: 'redis://127.0.0.1:6379/one' }],
    ['REDIS_SENTINEL', { REDIS_SENTINEL: 'main' }],
    ['REDIS_KEY_PREFIX', { REDIS_URL: 'redis://127.0.0.1', REDIS_KEY_PREFIX: 'a b' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://desk.example.com/' }],
    ['GRAPHIQL', { GRAPHIQL: 'true' }],
    ['INTROSPECTION', { INTROSPECTION: '1' }],
    ['MAX_DEPTH', { MAX_DEPTH: '0' }],
    ['MAX_ALIASES', { MAX_ALIASES: '1.5' }],
    ['MAX_TOKENS', { MAX_TOKENS: '9' }],
    ['MAX_COMMANDS', { MAX_COMMANDS: '0' }],
    ['MAX_WEIGHT', { MAX_WEIGHT: '99' }],
    ['MAX_ANSWER_BYTES', { MAX_ANSWER_BYTES: '4MiB' }],
    ['MAX_BODY_BYTES', { MAX_BODY_BYTES: '1MiB' }],
    ['MAX_IN_FLIGHT', { MAX_IN_FLIGHT: '0' }],
    ['MAX_UNREAD_BYTES', { MAX_UNREAD_BYTES: '1048575' }],
    ['MAX_SUBSCRIPTIONS_PER_SOCKET', { MAX_SUBSCRIPTIONS_PER_SOCKET: 'many' }],
    ['MAX_SUBSCRIPTIONS_PER_VIEWER', { MAX_SUBSCRIPTIONS_PER_VIEWER: '10000000' }],
    ['FAST_PATH', { FAST_PATH: 'slow' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'verbose' }],
  ])('%s is named, with what was read and what is allowed: %j', (name, environment) => {
    expect(problemsOf(environment)).toEqual([
      expect.stringMatching(
        new RegExp(`^${name}: read .+, (allowed is|allowed only) .+\\.$|^${name}: .+; allowed is .+\\.$`),
      ),
    ]);
  });

  test.each(['Production', 'PRODUCTION', 'prod', 'production ', 'staging', 'dev'])(
    'NODE_ENV=%s, so that nobody deploys pretend calls by a slip',
    (word) => {
      expect(problemsOf({ NODE_ENV: word })).toEqual([
        `NODE_ENV: read "${word}", allowed is production, development or test.`,
      ]);
    },
  );

  test.each(['production', 'development', 'test'])('but not NODE_ENV=%s', (word) => {
    expect(problemsOf({ NODE_ENV: word, RINGCENTRAL_SERVER_URL: REAL })).toEqual([]);
  });

  test.each([
    ['a space', 'a long key for a desk'],
    ['a dollar', 'a-long-key-$-for-desk'],
    ['quotes', '"a-long-key-for-desk"'],
    ['a control character', 'a-long-key\u0007-for-desk'],
    ['a line in it', 'a-long-key\nfor-a-desk'],
    ['letters that no header may have', 'a-long-key-für-desk'],
    ['an equals sign inside', 'a-long=key-for-desk'],
    ['too many letters', 'x'.repeat(4_097)],
    ['too few', 'x'.repeat(15)],
  ])('a gateway key that can never be shown as a bearer token: one with %s', (_what, key) => {
    const problems = problemsOf({ ...SERVICE, GATEWAY_KEYS: `a-long-key-for-wall,${key}` });
    expect(problems).toEqual([
      'GATEWAY_KEYS: read a value that is not shown as number 2, allowed is a comma list of keys, each at least 16 ' +
        'characters long, of letters, digits and - . _ ~ + / (and = at the end), as in a bearer token.',
    ]);
  });

  test('but not one that can, like base64', () => {
    const keys = ['+/Zm9vYmFyYmF6cXV4==', 'a-long_key.for~desk', 'x'.repeat(16)];
    expect(readConfig({ ...SERVICE, GATEWAY_KEYS: keys.join(' , ') }).identity).toMatchObject({
      gatewayKeys: keys,
    });
  });

  test('the same gateway key twice', () => {
    const keys = 'a-long-key-for-desk, a-long-key-for-wall, a-long-key-for-desk';
    expect(problemsOf({ ...SERVICE, GATEWAY_KEYS: keys })).toEqual([
      'GATEWAY_KEYS: read a value that is not shown as number 3, allowed is a comma list in which no key stands twice.',
    ]);
  });

  test.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['CORS_ORIGNIS', 'CORS_ORIGINS'],
    ['cors_origins', 'CORS_ORIGINS'],
    ['GATEWAY_KEY', 'GATEWAY_KEYS'],
    ['MAX_DEPT', 'MAX_DEPTH'],
    ['MAX_ALIAS', 'MAX_ALIASES'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['GRAPHQL', 'GRAPHIQL'],
    ['RINGCENTRAL_URL', 'RINGCENTRAL_SERVER_URL'],
    ['RINGCENTRAL_SECRET', 'RINGCENTRAL_CLIENT_SECRET'],
    ['RINGCENTRAL_SEVER_URL', 'RINGCENTRAL_SERVER_URL'],
    ['MAX_SUBSCRIPTIONS', 'MAX_SUBSCRIPTIONS_PER_SOCKET'],
    ['PERSISTED_OPERATION', 'PERSISTED_OPERATIONS'],
    ['DRAIN_SECOND', 'DRAIN_SECONDS'],
  ])('a setting that is not known but resembles one: %s', (name, meant) => {
    expect(problemsOf({ [name]: 'secret' })).toEqual([
      `${name}: read a setting that is not known, allowed is ${meant}, which it resembles.`,
    ]);
    expect(problemsOf({ [name]: 'secret', PORT: 'abc' })).toHaveLength(2);
  });

  test('but not other people’s variables, nor one beside the setting that it resembles', () => {
    const others =
      'PATH HOME HOSTNAME HOSTTYPE PWD OLDPWD SHELL SHLVL TERM USER LOGNAME LANG LC_ALL TZ CI HOSTS PORTS POST host port ' +
      'NODE_OPTIONS NODE_PATH NODE_VERSION NODE_EXTRA_CA_CERTS YARN_VERSION npm_config_loglevel npm_package_name ' +
      'KUBERNETES_SERVICE_HOST KUBERNETES_PORT GATEWAY_PORT GATEWAY_SERVICE_PORT SIMULATOR_PORT_80_TCP ' +
      'RINGCENTRAL_TOKEN RINGCENTRAL_USERNAME RINGCENTRAL_EXTENSION OTEL_LOG_LEVEL LOG_LEVEL_ROOT LOG_FILE LOG_FORMAT ' +
      'EMULATOR_PORT CLIENT_ID SERVER_URL MAX_OLD_SPACE_SIZE UV_THREADPOOL_SIZE HTTP_PROXY REDIS_HOST SENTRY_DSN MODE PROD';
    expect(problemsOf(Object.fromEntries(others.split(' ').map((name) => [name, 'x'])))).toEqual([]);
    expect(
      problemsOf({ CORS_ORIGINS: 'https://desk.example.com', CORS_ORIGIN: 'https://desk.example.com' }),
    ).toEqual([]);
  });

  test('each wrong setting is named, not only the first', () => {
    expect(
      problemsOf({ PORT: 'a', LOG_LEVEL: 'b', MAX_DEPTH: 'c' }).map((line) => line.split(':')[0]),
    ).toEqual(['PORT', 'MAX_DEPTH', 'LOG_LEVEL']);
  });

  test('no secret is repeated', () => {
    const problems = problemsOf({ ...SERVICE, GATEWAY_KEYS: 'short-secret', PORT: 'abc' })
      .concat(problemsOf({ REDIS_URL: 'redis://user:a-word@' }))
      .join('\n');
    expect(problems).toContain('GATEWAY_KEYS: read a value that is not shown');
    for (const secret of ['a-word', 'short-secret', 'a-secret', 'a-jwt'])
      expect(problems).not.toContain(secret);
  });
});

test.each([
  [
    'EACCES',
    'PORT: read "80", at which this user may not listen (EACCES on 0.0.0.0); allowed is a free port, or 0 for any.',
  ],
  [
    'EAI_AGAIN',
    'HOST: read "0.0.0.0", which is no address of this machine (EAI_AGAIN); ' +
      'allowed is one that is, like 127.0.0.1, or 0.0.0.0 for all of them.',
  ],
])('A server that cannot listen for %s names the setting to mend.', (code, problem) => {
  const error = Object.assign(new Error('listen'), { code });
  expect(whyNotListening(error, { host: '0.0.0.0', port: 80 })?.problems).toEqual([problem]);
  expect(whyNotListening(new Error('another'), { host: '0.0.0.0', port: 80 })).toBe(null);
});
