/**
 * What a client can do wrong on every way in: the answer names it with a code of the client's, and the operator's alarm
 * stays silent.
 */
import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { type House, openHouse, type Peer } from './house.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { ...JSON_TYPE, accept: 'text/event-stream' };
const GRAPHQL = { ...JSON_TYPE, accept: 'application/graphql-response+json' };

interface Answered {
  readonly status: number | undefined;
  readonly body: string;
}

async function send(
  house: House,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body: string | Buffer = '',
): Promise<Answered> {
  const sending = request(`${house.origin}${path}`, { method, headers });
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

/** That nothing was taken for a defect. */
function expectSilence({ lines }: House): void {
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
}

const REFUSED = expect.stringContaining('"code":"BAD_USER_INPUT"');

const asked = (query: string, variables?: unknown) => JSON.stringify({ query, variables });
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const DEEP = nested(100_000);
const BY_ID = 'query ($id: ID) { node(id: $id) { id } }';

/** Whole requests, as they stand in a POST. */
const REFUSALS: Record<string, string | Buffer> = {
  'no JSON': '{"query":',
  'JSON that is no object': '"{ me }"',
  'a list': `[${asked('{ me }')}]`,
  'JSON nested deep': DEEP,
  'no query': '{}',
  'a query that is no text': '{"query":{"toString":1}}',
  'an empty query': asked(''),
  'a query of fragments': asked('fragment F on Query { me }'),
  'variables that are text': asked('{ me }', '{}'),
  'variables that are a list': asked('{ me }', []),
  'extensions that are a list': JSON.stringify({ query: '{ me }', extensions: [1] }),
  'an unknown operation': JSON.stringify({ query: 'query A { me }', operationName: 'B' }),
  'an operation name of every object': JSON.stringify({
    query: 'query A { me }',
    operationName: '__proto__',
  }),
  'an operation name that is no text': JSON.stringify({ query: '{ me }', operationName: { a: 1 } }),
  'half a character in the query': '{"query":"{ me \\ud800 }"}',
  'a number larger than all': '{"query":"query ($n: Int!) { big(bytes: $n) }","variables":{"n":1e999}}',
  'a deep variable': `{"query":${JSON.stringify(BY_ID)},"variables":{"id":${DEEP}}}`,
  'a missing variable': asked('query ($toString: ID!) { node(id: $toString) { id } }'),
  'a field of an input that every object has':
    '{"query":"query ($f: Filter!) { filled(by: $f) }","variables":{"f":{"word":"x","__proto__":{"a":1}}}}',
  'a subscription that is skipped': asked('subscription { count(to: 1) @skip(if: true) }'),
  'a subscription that is not included': asked('subscription { count(to: 1) @include(if: false) }'),
  'a subscription that is skipped by a variable': asked(
    'subscription ($s: Boolean!) { count(to: 1) @skip(if: $s) }',
    { s: true },
  ),
  'a fragment of a subscription that is skipped': asked(
    'subscription { ...F @skip(if: true) } fragment F on Subscription { count(to: 1) }',
  ),
  'a subscription that is skipped inside a fragment': asked(
    'subscription { ...F } fragment F on Subscription { ... { count(to: 1) @skip(if: true) } }',
  ),
};

describe('A mistake is answered as one', () => {
  test.each(Object.keys(REFUSALS))('in a POST: %s', async (name) => {
    await using house = await openHouse();
    for (const headers of [GRAPHQL, EVENTS]) {
      // What is well formed may be wrong in an event stream too.
      const expected = headers === GRAPHQL ? 400 : expect.toBeOneOf([200, 400]);
      // The fast path comes into question once it has learnt from an answer, and compiles what comes often.
      await send(house, 'POST', '/graphql', headers, asked('{ me }'));
      for (let times = 0; times < 5; times += 1) {
        const { status, body } = await send(house, 'POST', '/graphql', headers, REFUSALS[name]);
        expect({ status, body }).toEqual({ status: expected, body: REFUSED });
      }
    }
    expectSilence(house);
  });

  test.each([
    ['broken variables', 'query={me}&variables={'],
    ['broken extensions', 'query={me}&extensions=nothing'],
    ['variables of zeros', 'query={me}&variables=%00'],
    ['variables that are a number', 'query={me}&variables=1'],
    ['no query', ''],
    ['the first of two variables broken', 'query={me}&variables=[&variables={}'],
    ['an unknown operation', 'query={me}&operationName=B'],
    ['half an escape', 'query=%E0%A4%A'],
    ['a subscription that is skipped', 'query=subscription{count(to:1)@skip(if:true)}'],
  ])('in a GET: %s', async (_name, parameters) => {
    await using house = await openHouse();
    for (const { 'content-type': _, ...headers } of [GRAPHQL, EVENTS]) {
      const status = headers.accept === GRAPHQL.accept ? 400 : expect.toBeOneOf([200, 400]);
      const path = `/graphql?${parameters.replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
      expect(await send(house, 'GET', path, headers)).toEqual({ status, body: REFUSED });
    }
    expectSilence(house);
  });

  test.each(Object.keys(REFUSALS))('on a WebSocket: %s', async (name) => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.send(`{"id":"1","type":"subscribe","payload":${REFUSALS[name]}}`);
    expect(await outcomeOf(peer)).toMatch(/"code":"BAD_USER_INPUT"|^4400 /);
    expectSilence(house);
  });

  test('on a WebSocket: a ping with more than can be written', async () => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.send(`{"type":"ping","payload":{"a":${DEEP}}}`);
    peer.send(`{"id":"1","type":"subscribe","payload":${asked('{ me }')}}`);
    expect(await outcomeOf(peer)).toMatch(/"me":"anybody"|^4400 /);
    expectSilence(house);
  });

  test('where an operation is nested deeper than the stack, on every way', async () => {
    await using house = await openHouse({ settings: { MAX_TOKENS: '100000', MAX_DEPTH: '100' } });
    const depth = 15_000;
    const deep = [
      `{ ${'...{'.repeat(depth)} me ${'}'.repeat(depth)} }`,
      `{ node(id: ${nested(depth)}) { id } }`,
      `query ($id: ${'['.repeat(depth)}ID${']'.repeat(depth)}) { node(id: $id) { id } }`,
    ];
    for (const query of deep) {
      await send(house, 'POST', '/graphql', GRAPHQL, asked('{ me }'));
      const answer = await send(house, 'POST', '/graphql', GRAPHQL, asked(query));
      expect(answer).toEqual({ status: 400, body: REFUSED });
      const peer = await house.connect();
      peer.send(`{"id":"1","type":"subscribe","payload":${asked(query)}}`);
      expect(await outcomeOf(peer)).toContain('"code":"BAD_USER_INPUT"');
    }
    expectSilence(house);
  });
});

test('What is odd and no mistake is answered', async () => {
  await using house = await openHouse();
  const odd: [string | Buffer, object][] = [
    [`{"query":"{ me }","variables":{"a":${DEEP}}}`, { me: 'anybody' }],
    [`{"query":"{ me }","extensions":{"a":${DEEP}}}`, { me: 'anybody' }],
    [Buffer.from('7b227175657279223a227b206d65207d2023fffec0227d', 'hex'), { me: 'anybody' }],
    ['{"query":"query ($constructor: ID) { node(id: $constructor) { id } }"}', { node: { id: '1' } }],
    [asked('{ me @skip(if: true) }'), {}],
  ];
  for (const [body, data] of odd) {
    for (let times = 0; times < 5; times += 1) {
      const answer = await send(house, 'POST', '/graphql', GRAPHQL, body);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { data }]);
    }
  }
  expectSilence(house);
});

test('A client that takes only parts gets an answer that HTTP allows', async () => {
  await using house = await openHouse();
  const parts = { ...JSON_TYPE, accept: 'multipart/mixed' };
  for (const query of ['{ me }', '{ mee }']) {
    // Node refuses a length beside chunks, as every careful proxy does.
    expect((await send(house, 'POST', '/graphql', parts, asked(query))).body).toMatch(/"data"|"errors"|^$/);
  }
  expectSilence(house);
});

/** The first answer on a socket, or how it was closed. */
async function outcomeOf(peer: Peer): Promise<string> {
  const isAnswer = ({ type }: Record<string, unknown>) => type === 'next' || type === 'error';
  return Promise.race([
    peer
      .until(isAnswer)
      .then(JSON.stringify, () => peer.closed.then(({ code, reason }) => `${code} ${reason}`)),
    peer.closed.then(({ code, reason }) => `${code} ${reason}`),
  ]);
}
