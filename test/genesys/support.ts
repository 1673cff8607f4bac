/** What the tests of the Genesys client share: a scripted Genesys Cloud, and a client that speaks to it. */
import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Conversations, createConversations } from '../../src/genesys/conversations.ts';
import { GENESYS, RATE_RULE } from '../../src/genesys/system.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { createBudget } from '../../src/upstream/budget.ts';
import { createUpstream, type Upstream } from '../../src/upstream/http.ts';
import { type Script, type ScriptedServer, scriptedServer } from '../ringcentral/support.ts';

export interface GenesysClient {
  readonly server: ScriptedServer;
  readonly upstream: Upstream;
  readonly conversations: Conversations;
  readonly metrics: Metrics;
  /** Kinds of entries that were left out of lists. */
  readonly leftOut: readonly string[];
}

/** Starts a scripted Genesys and a client to it; both end with the test. */
export async function serving(script: Script, timeout = 20_000): Promise<GenesysClient> {
  const server = await scriptedServer(script);
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const upstream = createUpstream({
    ...{ system: GENESYS, serverUrl: server.url, budget, metrics, upstreamTimeout: timeout },
    log: createLog('silent'),
    userAgent: 'gateway-test/1.0',
  });
  onTestFinished(() => {
    upstream.stop();
    budget.stop();
  });
  const leftOut: string[] = [];
  return {
    ...{ server, upstream, metrics, leftOut },
    conversations: createConversations(upstream, (kind) => leftOut.push(kind)),
  };
}

export const CORRELATION = '6f1c9a1e-0000-4000-8000-000000000001';

/** Answers JSON as Genesys does. */
export function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'ININ-Correlation-Id': CORRELATION,
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** An error body as Genesys writes it. */
export function errorBody(status: number, code: string, more = {}): object {
  return {
    ...{ message: 'It is refused.', code, status, messageParams: {}, contextId: 'context-1' },
    ...{ details: [], errors: [] },
    ...more,
  };
}
