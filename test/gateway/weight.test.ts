/** Operations that are small to write and huge to answer, against a gateway of its own process with a small heap. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { circles, crowdedCall } from '../support/crowded-call.ts';
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

const TOO_HEAVY = {
  message: expect.stringMatching(/^This operation weighs \d+, allowed are 500000/),
  extensions: { code: 'BAD_USER_INPUT', maxWeight: 500_000 },
};

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
    for (const token of ['sim-101', 'sim-102'])
      await ask(gateway.url, { query: '{ viewer { name } }' }, token);
    simulator.clearRequests();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await simulator.stop();
  });

  /** The messages of one operation over a WebSocket, until it ends or `count` have come. */
  async function overSocket(asked: Asked, count = Number.POSITIVE_INFINITY): Promise<unknown[]> {
    const client = createClient({
      url: gateway.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer sim-101' },
      retryAttempts: 0,
    });
    const heard: unknown[] = [];
    await new Promise<void>((resolve) => {
      client.subscribe(asked, {
        next(message) {
          heard.push(message);
          if (heard.length >= count) resolve();
        },
        error(errors) {
          heard.push({ errors });
          resolve();
        },
        complete: resolve,
      });
    });
    await client.dispose();
    return heard;
  }

  test('is refused with its weight and the bound, and nothing is asked of RingCentral.', async () => {
    const party = 1 + 1; // itself and its id
    const circle = (inside: number) => 1 + 10 * (1 + 10 + inside); // the list, ten parties, and the session of each
    const weight = 30 * (1 + 100 * (200 + 1 + circle(circle(circle(1 + 10 * party)))));
    // Twice: the second time its document is known.
    for (let times = 0; times < 2; times += 1) {
      const { data, errors } = await ask(gateway.url, killer(ten));
      expect(data).toBe(undefined);
      expect(errors).toEqual([
        {
          message: `This operation weighs ${weight}, allowed are 500000: ask for fewer calls, or less of each. Lists inside lists multiply.`,
          extensions: { code: 'BAD_USER_INPUT', weight, maxWeight: 500_000, requestId: expect.any(String) },
        },
      ]);
    }
    expect(callsIn(simulator)).toBe(0);
  });

  test('is refused by GET, as an event stream and over WebSocket, with literal ids and behind directives.', async () => {
    const { query, variables } = killer(ten);
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    const headers = { authorization: 'Bearer sim-101' };
    const got = await fetch(`${gateway.url}?${search}`, { headers });
    expect(await got.json()).toMatchObject({ errors: [TOO_HEAVY] });
    const streamed = await fetch(`${gateway.url}?${search}`, {
      headers: { ...headers, accept: 'text/event-stream' },
    });
    expect(await streamed.text()).toContain('This operation weighs');
    expect(await overSocket({ query, ...(variables && { variables }) })).toMatchObject([
      { errors: [TOO_HEAVY] },
    ]);

    const literal = `{ callSessions(ids: [${Array(100).fill(JSON.stringify(ten))}]) { ${circles(3, 'parties { id }')} } }`;
    expect(await ask(gateway.url, { query: literal })).toMatchObject({ errors: [TOO_HEAVY] });
    const behind = query
      .replace('$ids: [ID!]!', '$ids: [ID!]!, $yes: Boolean!')
      .replace('{ ...C }', '@include(if: $yes) { ...C @skip(if: false) }');
    expect(await ask(gateway.url, { query: behind, variables: { ...variables, yes: true } })).toMatchObject({
      errors: [TOO_HEAVY],
    });
    expect(callsIn(simulator)).toBe(0);
  });

  test('is refused also where it is registered.', async () => {
    const manifest = join(mkdtempSync(join(tmpdir(), 'gateway-')), 'operations.json');
    const { query, variables } = killer(ten);
    writeFileSync(manifest, JSON.stringify({ abc: query }));
    await using strict = await startGateway({
      RINGCENTRAL_SERVER_URL: simulator.url,
      PERSISTED_OPERATIONS: manifest,
      ...SMALL_HEAP,
    });
    const response = await fetch(strict.url, {
      method: 'POST',
      headers: { authorization: 'Bearer sim-101', 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: 'abc', variables }),
    });
    expect(await response.json()).toMatchObject({ errors: [TOO_HEAVY] });
  });

  test('is stopped while it grows, where calls turn out larger than they usually are.', async () => {
    for (let times = 0; times < 4; times += 1) {
      const { data, errors } = await ask(gateway.url, underestimated(sixty));
      expect(data).toBe(undefined);
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining('more than 100000 values'),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
  });

  test('is stopped as an event of a subscription, which goes on.', async () => {
    const query = `subscription ($id: ID!) { callPartyUpdated(sessionId: $id) { id session { ${circles(2, 'parties { session { parties { id } } }')} } } }`;
    const variables = { id: sixty };
    const events = await overSocket({ query, variables }, 2);
    expect(events).toHaveLength(2);
    for (const event of events) {
      expect(event).toMatchObject({
        errors: [{ message: expect.stringContaining('more than 100000 values') }],
      });
    }
    const twice = query.replace(/(session \{.*\}) \} \}$/, '$1 again: $1 } }');
    const heavier = twice.replaceAll(
      '{ id }',
      `{ ${Array.from({ length: 14 }, (_, index) => `a${index}: id`).join(' ')} sessionId direction muted standAlone extensionId accountId conferenceRole ringOutRole ringMeRole observedAt } `,
    );
    expect(await overSocket({ query: heavier, variables }, 1)).toMatchObject([{ errors: [TOO_HEAVY] }]);
  });

  test('leaves the outcome of a command standing.', async () => {
    const query = `mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome session { ${circles(3, 'parties { id sessionId }')} } } }`;
    const input = { sessionId: sixty, partyId: `${sixty.replace('s-', 'p-')}-2` };
    const { data, errors } = await ask(gateway.url, { query, variables: { input } });
    expect(data).toEqual({ holdCallParty: { outcome: 'APPLIED', session: null } });
    expect(errors).toMatchObject([{ message: expect.stringContaining('more than 100000 values') }]);
  });

  test('asked for thirty-two times at once lets a good user be answered in between.', async () => {
    let answered = 0;
    const attack = Array.from({ length: 32 }, async () => {
      const { errors } = await ask(gateway.url, underestimated(sixty), 'sim-102');
      expect(errors).toHaveLength(1);
      answered += 1;
    });
    // By then all of them are there; one after the other they would be worked out before anybody else is heard.
    await Promise.race(attack);
    for (let times = 0; times < 5; times += 1) {
      expect(await ask(gateway.url, { query: '{ viewer { name } }' })).toHaveProperty('data');
    }
    expect(answered).toBeLessThan(attack.length / 2);
    await Promise.all(attack);
  });
});

describe('Variables', () => {
  test('that fit no input, fifty thousand fields of them, are refused in a sentence.', async () => {
    await using simulator = await createSimulator({ story: false, settings: NO_LIMITS });
    await using gateway = await startGateway({ RINGCENTRAL_SERVER_URL: simulator.url, ...SMALL_HEAP });
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`v${index}`, 1]));
    const query = 'mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome } }';
    for (let times = 0; times < 5; times += 1) {
      const { errors } = await ask(gateway.url, { query, variables: { input: many } });
      expect(errors).toMatchObject([
        {
          message: '$input has an object of 50000 fields, allowed are 100.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
  });

  test('that nobody declared are no part of what is remembered: four hundred queries of 889 KB fit into a small heap.', async () => {
    await using simulator = await createSimulator({ story: false, settings: NO_LIMITS });
    await using gateway = await startGateway({ RINGCENTRAL_SERVER_URL: simulator.url, ...SMALL_HEAP });
    const calls = Array.from({ length: 20 }, () => crowdedCall(simulator, 2));
    const query = 'query ($id: ID!) { callSession(id: $id) { id } }';
    const socket = createClient({
      url: gateway.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer sim-101' },
    });
    await Promise.all(
      calls.map(
        (id) =>
          new Promise<void>((resolve, reject) => {
            const watch = {
              query: 'subscription ($id: ID!) { callEvents(sessionId: $id) { __typename } }',
              variables: { id },
            };
            socket.subscribe(watch, { next: () => resolve(), error: reject, complete: () => {} });
          }),
      ),
    );
    for (let times = 0; times < 400; times += 1) {
      const id = calls[times % calls.length];
      const { data } = await ask(gateway.url, {
        query,
        variables: { id, [`more${times}`]: 'x'.repeat(889_000) },
      });
      expect(data).toEqual({ callSession: { id } });
    }
    await socket.dispose();
  });

  test('of any depth are answered alike on both ways, with a sentence and no alarm.', async () => {
    await using simulator = await createSimulator({ story: false, settings: NO_LIMITS });
    const id = crowdedCall(simulator, 2);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const FAST_PATH of ['on', 'off']) {
      await using gateway = await startGateway({ RINGCENTRAL_SERVER_URL: simulator.url, FAST_PATH });
      const post = async (variables: string) => {
        const body = `{"query":"query ($id: ID!) { callSession(id: $id) { id } }","variables":${variables}}`;
        const headers = { authorization: 'Bearer sim-101', 'content-type': 'application/json' };
        return (await fetch(gateway.url, { method: 'POST', headers, body })).json();
      };
      for (let times = 0; times < 3; times += 1) {
        expect(await post(`{"id":"${id}","more":${deep}}`)).toEqual({ data: { callSession: { id } } });
        expect(await post(`{"id":${deep}}`)).toMatchObject({
          errors: [
            { message: '$id is nested deeper than 10 levels.', extensions: { code: 'BAD_USER_INPUT' } },
          ],
        });
      }
    }
  });
});

test('Of two thousand reads that are refused, an answer tells a hundred and counts the others.', async () => {
  await using simulator = await createSimulator({ story: false, settings: { ...NO_LIMITS, lightLimit: 10 } });
  await using gateway = await startGateway({ RINGCENTRAL_SERVER_URL: simulator.url, ...SMALL_HEAP });
  const names = Array.from({ length: 20 }, (_, index) => `v${index}`);
  const query = `query (${names.map((name) => `$${name}: [ID!]!`).join(' ')}) { ${names.map((name) => `${name}: callSessions(ids: $${name}) { id }`).join(' ')} }`;
  const variables = Object.fromEntries(
    names.map((name) => [name, Array.from({ length: 100 }, (_, index) => `s-${name}-${index}`)]),
  );
  for (let times = 0; times < 3; times += 1) {
    const { errors, extensions } = await ask(gateway.url, { query, variables });
    expect(errors).toHaveLength(100);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'RATE_LIMITED' } });
    expect(Number(extensions?.errorsLeftOut)).toBeGreaterThanOrEqual(1_880);
  }
});

test('Results of events are let go when they are written: what can be replayed does not add up.', async () => {
  await using simulator = await createSimulator({ story: false, settings: NO_LIMITS });
  await using gateway = await startGateway({
    RINGCENTRAL_SERVER_URL: simulator.url,
    NODE_OPTIONS: '--max-old-space-size=100', // MiB
  });
  const id = crowdedCall(simulator, 60);
  const partyId = `${id.replace('s-', 'p-')}-2`;
  const client = createClient({
    url: gateway.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: 'Bearer sim-101' },
  });
  const heard = Array.from({ length: 60 }, () => 0);
  let progress = () => {};
  for (const index of heard.keys()) {
    const session = `session { parties { a${index}: id sessionId direction extensionId from { name phoneNumber } status { code rawCode } availableActions { action allowed reason } } }`;
    const query = `subscription S${index} ($id: ID!) { callEvents(sessionId: $id) { ... on CallSnapshot { cursor } ... on CallPartyChange { party { ${session} } } } }`;
    client.subscribe(
      { query, variables: { id } },
      {
        next({ data }) {
          expect(data).toBeTruthy();
          heard[index] = (heard[index] ?? 0) + 1;
          progress();
        },
        error: (error) => expect.unreachable(JSON.stringify(error)),
        complete: () => {},
      },
    );
  }
  const everybodyHeard = (count: number) =>
    new Promise<void>((resolve) => {
      progress = () => {
        if (heard.every((one) => one >= count)) resolve();
      };
      progress();
    });
  await everybodyHeard(1);
  for (let change = 1; change <= 14; change += 1) {
    simulator.moveParty(id, partyId, { code: change % 2 === 0 ? 'Answered' : 'Hold' });
    await everybodyHeard(change + 1);
  }
  await client.dispose();
});
