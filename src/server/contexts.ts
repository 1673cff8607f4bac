/** What resolvers are handed: whoever asks, at each phone system, with what is noted of what they do there. */
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider, Visit } from '../../schema/provider.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Arrival } from './arrival.ts';
import {
  noteDelay,
  type ReceivedAtOf,
  withConversationDelays,
  withConversationOutcomes,
  withOutcomes,
  withPushDelays,
} from './observe.ts';

/** Makes what resolvers are handed; the door adds nothing to it. */
export type CreateContext = (parts: {
  readonly provider: CallProvider;
  /** Undefined: it is off. */
  readonly genesys: ConversationProvider | undefined;
  readonly requestId: string;
}) => object;

export interface ContextsParts {
  readonly createContext: CreateContext;
  readonly metrics: Metrics;
  readonly receivedAtOf?: ReceivedAtOf | undefined;
}

export interface Contexts {
  /** For a whole operation. */
  of(arrival: Arrival): object;
  /** For what has nothing to be noted: a query, or one event of the fast path, whose delays are noted as it is sent. */
  plain(arrival: Arrival): object;
  /** An event of the fast path was sent. */
  noteSent(event: unknown): void;
}

/** Makes it. */
export function createContexts({ createContext, metrics, receivedAtOf }: ContextsParts): Contexts {
  return {
    of(arrival) {
      const { operation, visitor } = arrival;
      const provider = withOutcomes(visitor.provider(visitOf(arrival)), operation);
      return createContext({
        provider: receivedAtOf === undefined ? provider : withPushDelays(provider, metrics, receivedAtOf),
        // Most operations are of the one phone system, and need nothing of the other.
        get genesys() {
          return noted(genesysOf(arrival), arrival);
        },
        requestId: operation.requestId,
      });
    },

    plain(arrival) {
      const { operation, visitor } = arrival;
      return createContext({
        provider: visitor.provider(visitOf(arrival)),
        get genesys() {
          return genesysOf(arrival);
        },
        requestId: operation.requestId,
      });
    },

    noteSent(event) {
      const receivedAt = receivedAtOf?.(event) ?? null;
      if (receivedAt !== null) noteDelay(metrics, receivedAt);
    },
  };

  function noted(genesys: ConversationProvider | undefined, { operation }: Arrival) {
    if (genesys === undefined) return undefined;
    const provider = withConversationOutcomes(genesys, operation);
    return receivedAtOf === undefined ? provider : withConversationDelays(provider, metrics, receivedAtOf);
  }
}

function genesysOf(arrival: Arrival): ConversationProvider | undefined {
  return arrival.visitor.genesys?.(visitOf(arrival));
}

function visitOf(arrival: Arrival): Visit {
  return {
    requestId: arrival.operation.requestId,
    get signal() {
      return arrival.signal;
    },
    dropped: () => arrival.dropped(),
  };
}
