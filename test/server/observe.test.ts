import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallEvent, CallProvider } from '../../schema/provider.ts';
import { withPushDelays } from '../../src/server/observe.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { inUpstreamSpan } from '../../src/telemetry/tracing.ts';
import { createGate, eventually, type House, openHouse } from './house.ts';

async function operations(house: House): Promise<Record<string, number>> {
  const { values } = await house.metrics.operations.get();
  return Object.fromEntries(
    values.map(({ labels: { type, field, result }, value }) => [`${type} ${field} ${result}`, value]),
  );
}

test('Operations are counted by type, by the field that the schema knows, and by result', async () => {
  await using house = await openHouse();
  await house.answer('query Whatever { mine: me number }');
  await house.answer('query Other { ...F } fragment F on Query { ... { number me } }');
  await house.answer('mutation M { hang }');
  await house.answer('{ mee }');
  await house.answer('{');
  await house.answer('{ me }', { headers: { authorization: 'Bearer nobody' } });
  await (
    await house.ask('subscription { count(to: 2) }', { headers: { accept: 'text/event-stream' } })
  ).text();
  const peer = await house.connect();
  peer.send({ type: 'subscribe', id: '1', payload: { query: '{ me }' } });
  await peer.until(({ type }) => type === 'complete');

  expect(await operations(house)).toEqual({
    'query me INTERNAL_SERVER_ERROR': 1,
    'query number INTERNAL_SERVER_ERROR': 1,
    'mutation hang ok': 1,
    'unknown none BAD_USER_INPUT': 2,
    'unknown none UNAUTHENTICATED': 1,
    'subscription count ok': 1,
    'query me ok': 1,
  });
  expect(
    (await house.metrics.operationSeconds.get()).values.find(
      ({ metricName, labels }) => metricName?.endsWith('_count') && labels.type === 'mutation',
    )?.value,
  ).toBe(1);
});

test('A client that leaves before its answer is counted as such, and is no defect', async () => {
  await using house = await openHouse();
  const leaving = new AbortController();
  const asked = house.ask('{ slow }', { signal: leaving.signal }).catch(() => {});
  await eventually(() => house.ran.fields).toBe(1);
  leaving.abort();
  await asked;
  await eventually(() => house.visits[0]?.signal?.aborted).toBe(true);
  house.gate.open();

  await eventually(() => operations(house)).toEqual({ 'query slow aborted': 1 });
  expect(house.lines.join('')).not.toContain('unexpected error');
});

test('Ten thousand operation names and addresses leave the number of series as it was', async () => {
  await using house = await openHouse({ settings: { LOG_LEVEL: 'silent' } });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const port = new URL(house.url).port;
  const knock = async (index: number) => {
    const knocking = request({
      agent,
      port,
      method: 'POST',
      path: `/${index % 5 === 0 ? 'no/such/' : 'graphql?n='}${index}`,
      headers: { 'content-type': 'application/json' },
    });
    knocking.end(`{"query":"query Name${index} { alias${index}: me }"}`);
    const [response] = (await once(knocking, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
  };
  const series = async () => (await (await fetch(`${house.origin}/metrics`)).text()).split('\n').length;

  for (let index = 0; index < 6; index += 1) await knock(index);
  const before = await series();
  for (let index = 0; index < 10_000; index += 16) {
    await Promise.all(Array.from({ length: 16 }, (_, offset) => knock(index + offset)));
  }
  expect(await series()).toBe(before);
  agent.destroy();
}, 300_000); // 5 minutes: ten seconds of work, on a machine that may be busy

test('The log of an operation tells what, how long and for whom, and no token, key or phone number', async () => {
  await using house = await openHouse({ failures: { sword: () => new Error('token Bearer swordfish') } });
  const headers = { authorization: 'Bearer sword' };
  await (await house.ask('{ me }', { headers })).text();
  await (
    await house.ask('mutation { hang(id: "+12025550147") }', {
      headers: { authorization: 'Bearer tuna9876' },
    })
  ).text();
  await (await house.ask('{ me }', { headers: { 'x-request-id': '+12025550147' } })).text();
  const peer = await house.connect({ params: { authorization: 'Bearer tuna9876' } });
  peer.send({ type: 'subscribe', id: '1', payload: { query: '{ node(id: "+12025550147") { id } }' } });
  await peer.until(({ type }) => type === 'complete');

  const log = house.lines.join('');
  expect(log).toContain('"field":"hang"');
  expect(log).not.toMatch(/swordfish|tuna9876|\+12025550147/);
});

describe('Health', () => {
  test('tells that the gateway is alive, whether it can work, and why not', async () => {
    let readiness = { ok: true, reason: undefined as string | undefined };
    await using house = await openHouse({ isReady: async () => readiness });
    const read = async (path: string) => {
      const response = await fetch(`${house.origin}${path}`);
      return [response.status, await response.json()];
    };

    expect(await read('/healthz')).toEqual([200, { status: 'ok' }]);
    expect(await read('/readyz')).toEqual([200, { ok: true }]);
    readiness = { ok: false, reason: 'RingCentral cannot be reached.' };
    expect(await read('/readyz')).toEqual([503, { ok: false, reason: 'RingCentral cannot be reached.' }]);
    expect(await read('/nothing')).toEqual([404, { error: 'There is nothing at this address.' }]);
    const posted = await fetch(`${house.origin}/healthz`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('is measured in the words of Prometheus', async () => {
    await using house = await openHouse();
    await house.answer('{ me }');
    const response = await fetch(`${house.origin}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toContain(
      'gateway_graphql_operations_total{type="query",field="me",result="ok"} 1',
    );
  });
});

describe('The push delay', () => {
  test('is measured from the answer of RingCentral to the pull for the next event', async () => {
    const metrics = createMetrics();
    const gate = createGate();
    async function* callEvents() {
      yield { type: 'known' } as unknown as CallEvent;
      yield { type: 'unknown' } as unknown as CallEvent;
      await gate.opened;
    }
    const provider = { callEvents } as unknown as CallProvider;
    const receivedAt = Date.now() - 2_000;
    const timed = withPushDelays(provider, metrics, (event) =>
      (event as CallEvent).type === ('known' as string) ? receivedAt : null,
    ).callEvents('s-1', null);
    const measured = async () => {
      const { values } = await metrics.pushSeconds.get();
      const read = (end: string) => values.find(({ metricName }) => metricName?.endsWith(end))?.value ?? 0;
      return { count: read('_count'), sum: read('_sum') };
    };

    await timed.next();
    expect(await measured()).toEqual({ count: 0, sum: 0 });
    await timed.next();
    expect((await measured()).count).toBe(1);
    expect((await measured()).sum).toBeGreaterThanOrEqual(2);
    void timed.next();
    expect((await measured()).count).toBe(1);
    gate.open();
  });
});

describe('Tracing', () => {
  afterEach(() => trace.disable());

  test('opens a span for each operation, and names what went wrong without details', async () => {
    const spans = recordSpans();
    await using house = await openHouse();
    await house.answer('{ me }', { headers: { 'x-request-id': 'r-1' } });
    await house.answer('{ mee }', { headers: { 'x-request-id': 'r-2' } });

    expect(spans).toEqual([
      {
        name: 'graphql.operation',
        attributes: { 'gateway.request_id': 'r-1', 'graphql.operation.type': 'query', 'graphql.field': 'me' },
        ended: true,
      },
      {
        name: 'graphql.operation',
        attributes: {
          'gateway.request_id': 'r-2',
          'graphql.operation.type': 'unknown',
          'graphql.field': 'none',
        },
        status: { code: SpanStatusCode.ERROR, message: 'BAD_USER_INPUT' },
        ended: true,
      },
    ]);
  });

  test('opens a span for each request to RingCentral', async () => {
    const spans = recordSpans();
    await inUpstreamSpan('holdCallParty', { lane: 'command' }, async (span) => span.note({ status: 200 }));
    await inUpstreamSpan('readCallPartyStatus', {}, () => Promise.reject(new TypeError('secret'))).catch(
      () => {},
    );

    expect(spans).toEqual([
      { name: 'ringcentral holdCallParty', attributes: { lane: 'command', status: 200 }, ended: true },
      {
        name: 'ringcentral readCallPartyStatus',
        attributes: {},
        status: { code: SpanStatusCode.ERROR, message: 'TypeError' },
        ended: true,
      },
    ]);
  });
});

interface Recorded {
  name: string;
  attributes: Attributes;
  status?: unknown;
  ended: boolean;
}

/** As much of an SDK as is needed to see what is told to it. */
function recordSpans(): Recorded[] {
  const spans: Recorded[] = [];
  const startSpan = (name: string, options: { attributes?: Attributes } = {}) => {
    const recorded: Recorded = { name, attributes: { ...options.attributes }, ended: false };
    spans.push(recorded);
    return {
      spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
      setAttributes: (more: Attributes) => Object.assign(recorded.attributes, more),
      setStatus: (status: unknown) => Object.assign(recorded, { status }),
      end: () => Object.assign(recorded, { ended: true }),
    } as unknown as Span;
  };
  trace.setGlobalTracerProvider({
    getTracer: () => ({ startSpan, startActiveSpan: () => undefined }) as never,
  });
  return spans;
}
