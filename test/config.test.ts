/** The settings: what the environment becomes, and what it may not say. */
import { describe, expect, test } from 'vitest';
import { InvalidSettings, readConfig } from '../src/config.ts';

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
      ringCentralServerUrl: null,
      simulatorPort: 4010,
      identity: { kind: 'pass-through' },
      longPollTimeout: 30_000,
      upstreamTimeout: 10_000,
      corsOrigins: [],
      graphiql: true,
      introspection: true,
      maxDepth: 10,
      maxAliases: 30,
      maxTokens: 2_000,
      maxCommands: 5,
      maxBodyBytes: 1_048_576,
      maxInFlight: 1_000,
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
      { ringCentralServerUrl: REAL, graphiql: false, introspection: false },
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
      { ringCentralServerUrl: REAL },
    ],
    [
      'this machine may be spoken to without TLS',
      { RINGCENTRAL_SERVER_URL: 'http://127.0.0.1:4010' },
      { ringCentralServerUrl: 'http://127.0.0.1:4010' },
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
      'production may be told to play',
      { NODE_ENV: 'production', SIMULATOR: 'on' },
      { production: true, ringCentralServerUrl: null },
    ],
  ])('%s', (_sentence, environment, expected) => {
    expect(readConfig(environment)).toMatchObject(expected);
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
    ['SIMULATOR', { RINGCENTRAL_SERVER_URL: REAL, SIMULATOR: 'on' }],
    ['GATEWAY_KEYS', { GATEWAY_KEYS: 'a-key-without-a-service' }],
    ['LONG_POLL_TIMEOUT', { LONG_POLL_TIMEOUT: '0' }],
    ['LONG_POLL_TIMEOUT', { LONG_POLL_TIMEOUT: '30s' }],
    ['UPSTREAM_TIMEOUT', { UPSTREAM_TIMEOUT: '121' }],
    ['DRAIN_SECONDS', { DRAIN_SECONDS: '601' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://desk.example.com/' }],
    ['GRAPHIQL', { GRAPHIQL: 'true' }],
    ['INTROSPECTION', { INTROSPECTION: '1' }],
    ['MAX_DEPTH', { MAX_DEPTH: '0' }],
    ['MAX_ALIASES', { MAX_ALIASES: '1.5' }],
    ['MAX_TOKENS', { MAX_TOKENS: '9' }],
    ['MAX_COMMANDS', { MAX_COMMANDS: '0' }],
    ['MAX_BODY_BYTES', { MAX_BODY_BYTES: '1MiB' }],
    ['MAX_IN_FLIGHT', { MAX_IN_FLIGHT: '0' }],
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

  test('each wrong setting is named, not only the first', () => {
    expect(
      problemsOf({ PORT: 'a', LOG_LEVEL: 'b', MAX_DEPTH: 'c' }).map((line) => line.split(':')[0]),
    ).toEqual(['PORT', 'MAX_DEPTH', 'LOG_LEVEL']);
  });

  test('no secret is repeated', () => {
    const problems = problemsOf({ ...SERVICE, GATEWAY_KEYS: 'short-secret', PORT: 'abc' }).join('\n');
    expect(problems).toContain('GATEWAY_KEYS: read a value that is not shown');
    for (const secret of ['short-secret', 'a-secret', 'a-jwt']) expect(problems).not.toContain(secret);
  });
});
