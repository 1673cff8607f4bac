/** Operations that are small to write and huge to answer, against a gateway of its own process with a small heap. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  type GraphQLNamedType,
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { circles, crowdedCall } from '../support/crowded-call.ts';
import { openHouse } from '../support/gateway.ts';
import { type GatewayProcess, startGateway } from '../support/process.ts';

const NO_LIMITS = { lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 };
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=256' }; // MiB

interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[];
  readonly extensions?: Record<string, unknown>;
}

async function ask(url: string, asked: Asked, token = 'sim-101'): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  });
  return (await response.json()) as Answer;
}

const callsIn = (simulator: Simulator) =>
  simulator.requests().filter(({ path }) => path.includes('/telephony/sessions/')).length;

/** One id a hundred times under thirty aliases, and the circle down to depth nine. */
const killer = (id: string): Asked => ({
  query: `query ($ids: [ID!]!) { ${Array.from({ length: 30 }, (_, index) => `a${index}: callSessions(ids: $ids) { ...C }`).join(' ')} }
    fragment C on CallSession { ${circles(3, 'parties { id }')} }`,
  variables: { ids: Array(100).fill(id) },
});

/** Light on the scales, where calls have the usual number of parties; this one has sixty. */
const underestimated = (id: string): Asked => ({
  query: `query ($id: ID!) { callSession(id: $id) { ${circles(3, 'parties { id sessionId }')} } }`,
  variables: { id },
});

describe('An operation that is small to write and huge to answer', () => {
  let simulator: Simulator;
  let gateway: GatewayProcess;
  let ten: string;
  let sixty: string;

  beforeAll(async () => {
    simulator = await createSimulator({ story: false, settings: NO_LIMITS });
    gateway = await startGateway({ RINGCENTRAL_SERVER_URL: simulator.url, ...SMALL_HEAP });
    ten = crowdedCall(simulator, 10);
    sixty = crowdedCall(simulator, 60);
    await ask(gateway.url, { query: '{ viewer { name } }' });
    simulator.clearRequests();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await simulator.stop();
  });

  test('is refused with its weight and the bound, and nothing is asked of RingCentral.', async () => {
    const { data, errors } = await ask(gateway.url, killer(ten));
    expect(data).toBe(undefined);
    const weight = 30 * (1 + 100 * (200 + 1 + 1 + 10 * (2 + 1 + 10 * (2 + 1 + 10 * (2 + 1 + 10 * 2)))));
    expect(errors).toEqual([
      {
        message: `This operation weighs ${weight}, allowed are 500000: ask for fewer calls, or less of each. Lists inside lists multiply.`,
        extensions: {
          code: 'BAD_USER_INPUT',
          weight,
          maxWeight: 500_000,
          requestId: expect.any(String),
        },
      },
    ]);
    expect(callsIn(simulator)).toBe(0);
  });

  test('is stopped while it grows, where calls turn out larger than they usually are.', async () => {
    const { data, errors } = await ask(gateway.url, underestimated(sixty));
    expect(data).toBe(undefined);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('more than 100000 values'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('asked for sixteen times at once lets a good user be answered before.', async () => {
    const order: string[] = [];
    const attack = Array.from({ length: 16 }, async () => {
      await ask(gateway.url, underestimated(sixty), 'sim-102');
      order.push('attack');
    });
    const good = Array.from({ length: 5 }, async () => {
      await ask(gateway.url, { query: '{ __typename }' });
      order.push('good');
    });
    await Promise.all([...attack, ...good]);
    expect(order.slice(0, 12).filter((who) => who === 'good')).toHaveLength(5);
  });
});
