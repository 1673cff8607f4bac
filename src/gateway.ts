/** The whole gateway: the only file that knows everyone. */
import { createContext } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { Config } from './config.ts';
import { createHub } from './live/hub.ts';
import { createServiceSignIn } from './ringcentral/auth.ts';
import { createBudget } from './ringcentral/budget.ts';
import { createCallControl } from './ringcentral/call-control.ts';
import { createUpstream } from './ringcentral/http.ts';
import { createIdempotencyKeys } from './ringcentral/idempotency.ts';
import { createPassThroughGatekeeper, createServiceGatekeeper } from './server/gatekeeper.ts';
import { createServer } from './server/http.ts';
import { createSimulator } from './simulator/server.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';

export interface Gateway {
  /** Where GraphQL is served, like `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** The embedded simulator, when there is one. */
  readonly simulatorUrl: string | null;
  /** Finishes what runs, sends the clients elsewhere, and lets go of everything. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
