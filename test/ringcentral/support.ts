/** What the tests of the client share: a scripted RingCentral, and a client that speaks to it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { RATE_RULE } from '../../src/ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../../src/ringcentral/system.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { createBudget } from '../../src/upstream/budget.ts';
import type { Caller } from '../../src/upstream/caller.ts';
import { createUpstream, type Upstream } from '../../src/upstream/http.ts';

/** One request as it arrived. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; the arrivals so far include it. */
export type Script = (response: ServerResponse, arrival: Arrival, arrivals: readonly Arrival[]) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** Resolves when so many requests have arrived. */
  arrived(count: number): Promise<void>;
  /** TCP connections taken so far. */
  connections(): number;
}

/** Starts a server that does what the script says; it is stopped when the test ends. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const arrivals: Arrival[] = [];
  const awaited: { count: number; resolve: () => void }[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const arrival = { method, url, headers, body: Buffer.concat(chunks).toString() };
    arrivals.push(arrival);
    for (const { count, resolve } of awaited) if (arrivals.length >= count) resolve();
    script(response, arrival, arrivals);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    connections: () => connections,
    arrived: (count) =>
      new Promise((resolve) => {
        if (arrivals.length >= count) resolve();
        else awaited.push({ count, resolve });
      }),
  };
}

/** Answers JSON. */
export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json;charset=utf-8',
    rcrequestid: 'rc-1',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** An upstream to a server; both it and its budget are stopped when the test ends. */
export function upstreamTo(
  url: string,
  options: { timeout?: number } = {},
): { upstream: Upstream; metrics: Metrics } {
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const upstream = createUpstream({
    system: RINGCENTRAL,
    serverUrl: url,
    budget,
    metrics,
    log: createLog('silent'),
    upstreamTimeout: options.timeout ?? 20_000, // long: no test that does not ask for it runs into it
    userAgent: 'gateway-test/1.0',
  });
  onTestFinished(() => {
    upstream.stop();
    budget.stop();
  });
  return { upstream, metrics };
}

/** A caller with tokens in the order given; each refusal moves to the next. */
export function callerWith(...tokens: readonly [string, ...string[]]): Caller {
  const left = [...tokens];
  return {
    bucket: 'test',
    accessToken: async () => left[0] ?? '',
    refused: async () => {
      if (left.length > 1) left.shift();
      return left.length > 0 && tokens.length > 1;
    },
  };
}

/** The value of a counter for exactly these labels. */
export async function countOf(
  metrics: Metrics,
  name: 'upstreamRequests' | 'upstreamRetries' | 'penalties' | 'budgetRefusals',
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const { values } = await metrics[name].get();
  const match = values.find((value) =>
    Object.entries(labels).every(([key, text]) => (value.labels as Record<string, unknown>)[key] === text),
  );
  return match?.value ?? 0;
}
