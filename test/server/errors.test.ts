import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import {
  BadUserInput,
  CallNotFound,
  Forbidden,
  Overloaded,
  RateLimited,
  Unauthenticated,
  UpstreamBadResponse,
  UpstreamUnavailable,
  WrongCallState,
} from '../../schema/failures.ts';
import { openHouse } from './house.ts';

const SECRET = 'https://platform.ringcentral.com/restapi/v1.0/account/4711?access_token=swordfish';

const FAILURES = {
  unauthenticated: () => new Unauthenticated('Sign in again.'),
  forbidden: () =>
    new Forbidden('Ask for it.', 'ReadPresence', { errorCode: 'CMN-408', upstreamRequestId: 'rc-1' }),
  limited: () => new RateLimited('Wait.', { retryAfter: 31, retryAt: 1, sent: false }),
  unreachable: () => new UpstreamUnavailable('RingCentral did not answer.', true, { status: 503 }),
  garbled: () => new UpstreamBadResponse('RingCentral answered something else.'),
  input: () => new BadUserInput('No such device.', 'deviceId'),
  gone: () => new CallNotFound('No such call.', 'telephonySessionId', { errorCode: 'CMN-102' }),
  state: () => new WrongCallState('It does not ring.', 'HOLD'),
  overloaded: () => new Overloaded('Too much.'),
  defect: () => new TypeError(`Cannot read ${SECRET}`),
  text: () => SECRET,
  graphql: () => new GraphQLError(SECRET),
};

describe('A field that fails', () => {
  const cases: Record<string, { message: string; extensions: Record<string, unknown> }> = {
    unauthenticated: { message: 'Sign in again.', extensions: { code: 'UNAUTHENTICATED' } },
    forbidden: {
      message: 'Ask for it.',
      extensions: {
        code: 'FORBIDDEN',
        permissionName: 'ReadPresence',
        errorCode: 'CMN-408',
        upstreamRequestId: 'rc-1',
      },
    },
    limited: { message: 'Wait.', extensions: { code: 'RATE_LIMITED', retryAfter: 31 } },
    unreachable: { message: 'RingCentral did not answer.', extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    garbled: {
      message: 'RingCentral answered something else.',
      extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
    },
    input: { message: 'No such device.', extensions: { code: 'BAD_USER_INPUT', parameterName: 'deviceId' } },
    gone: {
      message: 'No such call.',
      extensions: { code: 'CALL_NOT_FOUND', errorCode: 'CMN-102', parameterName: 'telephonySessionId' },
    },
    state: { message: 'It does not ring.', extensions: { code: 'WRONG_CALL_STATE' } },
    overloaded: { message: 'Too much.', extensions: { code: 'OVERLOADED' } },
    defect: { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    text: { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    graphql: { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  };

  test.each(Object.keys(cases))('says the same over HTTP, WebSocket and event stream: %s', async (name) => {
    await using house = await openHouse({ failures: FAILURES });
    const query = `{ fail(with: "${name}") me }`;
    const expected = (requestId: unknown) => ({
      data: { fail: null, me: 'ann' },
      errors: [
        {
          message: cases[name]?.message,
          path: ['fail'],
          locations: [{ line: 1, column: 3 }],
          extensions: { ...cases[name]?.extensions, requestId },
        },
      ],
    });

    const response = await house.ask(query, {
      headers: { authorization: 'Bearer ann', 'x-request-id': 'mine-1' },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(expected('mine-1'));

    const peer = await house.connect({ params: { authorization: 'Bearer ann' } });
    peer.send({ type: 'subscribe', id: '1', payload: { query } });
    const next = await peer.until(({ type }) => type === 'next');
    expect(next.payload).toEqual(expected(expect.stringMatching(/^[\w-]{36}$/)));

    const events = await house.ask(query, {
      headers: { authorization: 'Bearer ann', 'x-request-id': 'mine-2', accept: 'text/event-stream' },
    });
    const data = /^data: (.+)$/m.exec(await events.text())?.[1];
    expect(JSON.parse(data ?? '')).toEqual(expected('mine-2'));
  });
});

test('A subscription that fails at its start or on its way says the same as a query', async () => {
  await using house = await openHouse({ failures: FAILURES });
  const peer = await house.connect();
  peer.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { failing(with: "limited") }' } });
  peer.send({ type: 'subscribe', id: '2', payload: { query: 'subscription { failing(with: "defect") }' } });

  const payloads = await Promise.all(
    ['1', '2'].map(
      async (id) => (await peer.until((message) => message.id === id && message.type === 'error')).payload,
    ),
  );

  expect(payloads).toEqual([
    [
      expect.objectContaining({
        message: 'Wait.',
        extensions: expect.objectContaining({ code: 'RATE_LIMITED', retryAfter: 31 }),
      }),
    ],
    [
      expect.objectContaining({
        message: 'Unexpected error.',
        extensions: expect.objectContaining({ code: 'INTERNAL_SERVER_ERROR' }),
      }),
    ],
  ]);
  expect(house.streams.open).toBe(0);
});

test('A value of ours that does not fit the schema is our defect, not the input of the client', async () => {
  await using house = await openHouse();

  expect((await house.answer('{ number }')).errors).toEqual([
    expect.objectContaining({
      message: 'Unexpected error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
    }),
  ]);
});

test('Mistakes of the client keep their message, in its own words', async () => {
  await using house = await openHouse({ settings: { INTROSPECTION: 'on' } });
  const mistake = async (query: string, variables?: Record<string, unknown>) => {
    const { errors } = await house.answer(query, variables && { variables });
    return errors?.map(({ message, extensions: { code } }) => `${code}: ${message}`);
  };

  expect(await mistake('{')).toEqual(['BAD_USER_INPUT: Syntax Error: Expected Name, found <EOF>.']);
  expect(await mistake('{ mee }')).toEqual([
    'BAD_USER_INPUT: Cannot query field "mee" on type "Query". Did you mean "me"?',
  ]);
  expect(await mistake('query ($n: Int!) { big(bytes: $n) }', { n: 'many' })).toEqual([
    'BAD_USER_INPUT: Variable "$n" got invalid value "many"; Int cannot represent non-integer value: "many"',
  ]);
  expect(await mistake('query ($c: Color) { color(is: $c) }', { c: 'GREE' })).toEqual([
    'BAD_USER_INPUT: Variable "$c" got invalid value "GREE"; Value "GREE" does not exist in "Color" enum. Did you mean the enum value "GREEN" or "RED"?',
  ]);
});

test('Suggestions go with introspection: without it nothing tells the schema', async () => {
  await using house = await openHouse({ settings: { INTROSPECTION: 'off' } });
  const messages = async (query: string, variables?: Record<string, unknown>) => {
    const text = await (await house.ask(query, variables && { variables })).text();
    expect(text).not.toContain('Did you mean');
    return (JSON.parse(text) as { errors: { message: string }[] }).errors.map(({ message }) => message);
  };

  expect(await messages('{ mee }')).toEqual(['Cannot query field "mee" on type "Query".']);
  await messages('{ node { i } }');
  await messages('{ node }');
  await messages('{ big(byte: 1) }');
  await messages('{ filled(by: { wrd: "" }) }');
  await messages('query ($c: Color) { color(is: $c) }', { c: 'GREE' });
  await messages('query ($f: Filter!) { filled(by: $f) }', { f: { wor: '' } });
  await messages('query ($f: Filte!) { filled(by: $f) }', { f: {} });
  for (const query of [
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { name } }',
    '{ ...F } fragment F on Query { x: __schema { types { name } } }',
  ]) {
    expect((await messages(query)).join()).toContain('introspection');
  }

  const peer = await house.connect();
  peer.send({ type: 'subscribe', id: '1', payload: { query: '{ __schema { types { name } } mee }' } });
  const refusal = JSON.stringify(await peer.until(({ type }) => type === 'error'));
  expect(refusal).toContain('introspection');
  expect(refusal).not.toContain('Did you mean');
});

test('Neither answers nor log tell what a defect says', async () => {
  await using house = await openHouse({
    failures: { defect: () => new Error('refused: Authorization: Bearer swordfish, caller +12025550147') },
  });

  const text = await (
    await house.ask('{ fail(with: "defect") }', { headers: { 'x-request-id': 'r-1' } })
  ).text();

  expect(text).not.toContain('swordfish');
  expect(text).not.toContain('at ');
  const line = house.lines.find((entry) => entry.includes('unexpected error')) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    requestId: 'r-1',
    err: { stack: expect.any(String) },
  });
  expect(line).not.toContain('swordfish');
  expect(line).not.toContain('+12025550147');
});

test('An over-long message is cut', async () => {
  await using house = await openHouse();

  const [error] = (await house.answer(`{ big(bytes: "${'x'.repeat(500_000)}") }`)).errors ?? [];

  expect(error?.message.length).toBeLessThan(1_100);
});

describe('The request id', () => {
  test('is the one of the client where it is sane, and comes back in the header', async () => {
    await using house = await openHouse();
    for (const sane of ['abc-123', 'A:b/c=d+e.f_g', 'x'.repeat(128)]) {
      const response = await house.ask('{ mee }', { headers: { 'x-request-id': sane } });
      expect(response.headers.get('x-request-id')).toBe(sane);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: sane } }] });
    }
  });

  test('is a new one where the client sent none or a strange one', async () => {
    await using house = await openHouse();
    for (const strange of [undefined, '', 'x'.repeat(129), 'a b', '{"a":1}', 'é']) {
      const response = await house.ask(
        '{ me }',
        strange === undefined ? {} : { headers: { 'x-request-id': strange } },
      );
      expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    }
  });

  test('goes with the operation to the provider and into the log', async () => {
    await using house = await openHouse();
    await (await house.ask('{ me }', { headers: { 'x-request-id': 'r-7' } })).text();

    expect(house.visits.map(({ requestId }) => requestId)).toEqual(['r-7']);
    const entry = house.lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'operation');
    expect(entry).toMatchObject({
      level: 'info',
      requestId: 'r-7',
      type: 'query',
      field: 'me',
      result: 'ok',
    });
    expect(entry.ms).toBeGreaterThanOrEqual(0);
    expect(entry.viewer).toMatch(/^[\da-f]{8}$/);
  });
});
