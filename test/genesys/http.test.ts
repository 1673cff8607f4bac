import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CallControlFailure, RateLimited, UpstreamUnavailable } from '../../schema/failures.ts';
import { OPERATIONS } from '../../src/genesys/operations.ts';
import { RATE_RULE } from '../../src/genesys/system.ts';
import { RATE_RULE as RINGCENTRAL_RULE } from '../../src/ringcentral/rate-groups.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createBudget } from '../../src/upstream/budget.ts';
import type { UpstreamRequest } from '../../src/upstream/http.ts';
import { withLongNumbersAsText } from '../../src/upstream/long-numbers.ts';
import { callerWith, countOf } from '../ringcentral/support.ts';
import { answer, CORRELATION, errorBody, type GenesysClient, serving } from './support.ts';

const ids = { conversationId: 'c-1', participantId: 'p-1' };
const read: UpstreamRequest = { operation: OPERATIONS.getConversationsCall, ids, lane: 'query' };
const poll: UpstreamRequest = { ...read, lane: 'poll' };
const hold: UpstreamRequest = {
  operation: OPERATIONS.patchConversationsCallParticipant,
  ...{ ids, body: { held: true }, lane: 'command' },
};

const failing = ({ upstream }: GenesysClient, request: UpstreamRequest) =>
  upstream.send(callerWith('t'), request).then(
    () => expect.fail('it was answered'),
    (error: unknown) => error,
  );

describe('A read', () => {
  test.each([502, 503, 504])('is asked again after %d, and a command is not.', async (status) => {
    const client = await serving((response, _, arrivals) =>
      arrivals.length === 1
        ? answer(response, status, errorBody(status, 'service.unavailable'))
        : answer(response, 200, { id: 'c-1' }),
    );
    const { body } = await client.upstream.send(callerWith('t'), read);
    expect(body).toEqual({ id: 'c-1' });
    expect(client.server.arrivals).toHaveLength(2);

    const commanded = await serving((response) =>
      answer(response, status, errorBody(status, 'service.unavailable')),
    );
    expect(await failing(commanded, hold)).toBeInstanceOf(UpstreamUnavailable);
    expect(commanded.server.arrivals).toHaveLength(1);
  });

  test('is asked again after a reset, and a command is not.', async () => {
    const client = await serving((response, _, arrivals) =>
      arrivals.length === 1 ? response.destroy() : answer(response, 200, { id: 'c-1' }),
    );
    await client.upstream.send(callerWith('t'), read);
    expect(client.server.arrivals).toHaveLength(2);

    const commanded = await serving((response) => response.destroy());
    expect(await failing(commanded, hold)).toMatchObject({ name: 'UpstreamUnavailable', sent: true });
    expect(commanded.server.arrivals).toHaveLength(1);
  });

  test('is not asked again after a 500: Genesys’s own SDKs do not either.', async () => {
    const client = await serving((response) =>
      answer(response, 500, errorBody(500, 'internal.server.error')),
    );
    expect(await failing(client, read)).toMatchObject({
      name: 'UpstreamUnavailable',
      trace: { errorCode: 'internal.server.error', upstreamRequestId: CORRELATION },
    });
    expect(client.server.arrivals).toHaveLength(1);
  });

  test('waits for a Retry-After that fits into its time, and goes then.', async () => {
    const leftAt: number[] = [];
    const client = await serving((response, _, arrivals) => {
      leftAt.push(performance.now());
      return arrivals.length === 1
        ? answer(response, 429, errorBody(429, 'too.many.requests.retry.after'), { 'retry-after': '1' })
        : answer(response, 200, { id: 'c-1' });
    });
    const { body } = await client.upstream.send(callerWith('t'), read);
    expect(body).toEqual({ id: 'c-1' });
    const [first = 0, second = 0] = leftAt;
    // Not an expectation of speed: nothing may leave inside of a penalty.
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect(await countOf(client.metrics, 'penalties', { group: 'Platform' })).toBe(1);
  });

  test('has all the digits of a number of 64 bits.', async () => {
    const text =
      '{"id":"9007199254740993 \\"9007199254740995\\"","n":9007199254740993,"m":[-9223372036854775808],"f":0.1}';
    const client = await serving((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
    const { body } = await client.upstream.send(callerWith('t'), read);
    expect(body).toEqual({
      id: '9007199254740993 "9007199254740995"',
      ...{ n: '9007199254740993', m: ['-9223372036854775808'], f: 0.1 },
    });
  });
});

test('A long number is made a text, and nothing else is, whatever stands around it.', () => {
  fc.assert(
    fc.property(fc.json(), fc.bigInt({ min: 10n ** 16n, max: 10n ** 18n }), (json, long) => {
      const value = (text: string) => JSON.parse(withLongNumbersAsText(text));
      expect(value(`[${json},${long},-${long},"\\\\\\"${long}"]`).slice(1)).toEqual([
        ...[String(long), `-${long}`, `\\"${long}`],
      ]);
      const short = JSON.stringify([json, 1.5e-7, Math.PI / 100, true]);
      expect(value(short)).toEqual(JSON.parse(short));
    }),
  );
});

describe('After a 429', () => {
  const limited = (retryAfter: string) =>
    serving((response) =>
      answer(response, 429, errorBody(429, 'too.many.requests.retry.after'), { 'retry-after': retryAfter }),
    );

  test('a command is refused, and was not sent again.', async () => {
    const client = await limited('2');
    expect(await failing(client, hold)).toMatchObject({ name: 'RateLimited', retryAfter: 2, sent: true });
    expect(client.server.arrivals).toHaveLength(1);
  });

  test.each(['query', 'command', 'poll'] as const)(
    'of a daily limit a %s is refused at once, with the time, and nothing leaves.',
    async (lane) => {
      const client = await limited('14400');
      expect(await failing(client, poll)).toBeInstanceOf(RateLimited);
      const request = lane === 'command' ? hold : { ...read, lane };
      const error = await failing(client, request);
      expect(error).toMatchObject({ name: 'RateLimited', sent: false });
      expect((error as RateLimited).retryAfter).toBeGreaterThan(14_000);
      expect(client.server.arrivals).toHaveLength(1);
    },
  );
});

describe('The rate limit', () => {
  test('is learnt from the headers: polls leave room for queries, and queries for commands.', async () => {
    let count = 0;
    const client = await serving((response) => {
      count += 1;
      answer(
        response,
        200,
        { id: 'c-1' },
        { 'inin-ratelimit-count': `${count}`, 'inin-ratelimit-allowed': '20', 'inin-ratelimit-reset': '60' },
      );
    }, 400);
    const refusedAfter = async (request: UpstreamRequest) => {
      for (;;) {
        const error = await client.upstream.send(callerWith('t'), request).then(
          () => null,
          (failure: unknown) => failure,
        );
        if (error !== null) return { error, sent: client.server.arrivals.length };
      }
    };
    expect(await refusedAfter(read)).toMatchObject({
      error: {
        name: 'RateLimited',
        sent: false,
        message: expect.stringContaining('Genesys Cloud allows 20'),
      },
      sent: 18,
    });
    expect(await refusedAfter(hold)).toMatchObject({ error: { name: 'RateLimited' }, sent: 20 });
  });

  test('is three hundred where no header says otherwise.', async () => {
    const client = await serving((response) => answer(response, 200, { id: 'c-1' }));
    await client.upstream.send(callerWith('t'), read);
    const { values } = await client.metrics.budgetRemaining.get();
    expect(values).toMatchObject([{ labels: { group: 'Platform' }, value: 299 }]);
  });
});

describe('A request', () => {
  test('shows the token and asks for JSON; the answer’s correlation id is kept.', async () => {
    const client = await serving((response) => answer(response, 202, undefined));
    const { upstreamRequestId, body, status } = await client.upstream.send(callerWith('secret'), hold);
    expect({ upstreamRequestId, body, status }).toEqual({
      ...{ upstreamRequestId: CORRELATION, body: null, status: 202 },
    });
    expect(client.server.arrivals).toMatchObject([
      {
        method: 'PATCH',
        url: '/api/v2/conversations/calls/c-1/participants/p-1',
        headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
        body: '{"held":true}',
      },
    ]);
  });

  test('whose body would change nothing, or something else, does not leave.', async () => {
    const client = await serving((response) => answer(response, 202, undefined));
    for (const body of [{}, { held: true, hold: true }, { state: 'alerting' }, undefined]) {
      expect(await failing(client, { ...hold, body })).toBeInstanceOf(CallControlFailure);
    }
    expect(client.server.arrivals).toHaveLength(0);
  });

  test('with an id that could lead elsewhere does not leave.', async () => {
    const client = await serving((response) => answer(response, 202, undefined));
    expect(
      await failing(client, { ...hold, ids: { conversationId: '..', participantId: 'p' } }),
    ).toMatchObject({
      name: 'BadUserInput',
      parameterName: 'conversationId',
      message: expect.stringContaining('Genesys Cloud'),
    });
    expect(client.server.arrivals).toHaveLength(0);
  });

  test('with a refused token is refused as that, and says of which system.', async () => {
    const client = await serving((response) => answer(response, 401, errorBody(401, 'bad.credentials')));
    expect(await failing(client, read)).toMatchObject({
      code: 'UNAUTHENTICATED',
      trace: { system: 'genesys', errorCode: 'bad.credentials' },
    });
  });
});

test('The budgets of two phone systems are told of side by side.', async () => {
  const metrics = createMetrics();
  const budgets = [RINGCENTRAL_RULE, RATE_RULE].map((rule) => createBudget({ rule, metrics }));
  onTestFinished(() => {
    for (const budget of budgets) budget.stop();
  });
  const { values } = await metrics.budgetRemaining.get();
  expect(Object.fromEntries(values.map(({ labels, value }) => [labels.group, value]))).toEqual({
    ...{ Light: 50, Medium: 40, Heavy: 10, Auth: 5 },
    Platform: 300,
  });
});
