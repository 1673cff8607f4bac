/** A client of the simulated Genesys Cloud, over HTTP, without the live room. */
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import { EFFECT_TIMES } from '../../src/genesys/carrying-out.ts';
import { createConversations } from '../../src/genesys/conversations.ts';
import { createConversationProvider } from '../../src/genesys/provider.ts';
import { GENESYS, RATE_RULE } from '../../src/genesys/system.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createBudget } from '../../src/upstream/budget.ts';
import { createUpstream } from '../../src/upstream/http.ts';
import { createIdempotencyKeys } from '../../src/upstream/idempotency.ts';
import { callerWith } from '../ringcentral/support.ts';
import { ADA } from '../simulator/genesys-support.ts';
import { personAt, type TestPerson } from './desk.ts';

/** A client of the simulator, and who it is for. */
export interface Client extends Disposable {
  readonly provider: ConversationProvider;
  readonly person: TestPerson;
}

/** A client of the simulator for one token. It ends with its block: of tests that run side by side none can say which is over. */
export function clientTo(
  url: string,
  {
    token = 'gsim-ada',
    userId = ADA as string | null,
    timeout = 5_000,
    patience = EFFECT_TIMES.patience,
  } = {},
): Client {
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const upstream = createUpstream({
    ...{ system: GENESYS, serverUrl: url, budget, metrics, upstreamTimeout: timeout },
    ...{ log: createLog('silent'), userAgent: 'gateway-test/1.0' },
  });
  const conversations = createConversations(upstream);
  const person = personAt(conversations, { ...callerWith(token), bucket: token }, userId);
  const times = { ...EFFECT_TIMES, patience };
  const parts = { conversations, keys: createIdempotencyKeys(), metrics, times };
  const provider = createConversationProvider(parts, person, { requestId: 'r-1' });
  return {
    ...{ person, provider },
    [Symbol.dispose]() {
      upstream.stop();
      budget.stop();
    },
  };
}

/** What went to the simulator that was no read. */
export function commandsTo(simulator: Simulator): string[] {
  return simulator
    .requests()
    .filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'))
    .map(({ operationId }) => String(operationId));
}
