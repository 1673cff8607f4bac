/** For a gateway with `PERSISTED_OPERATIONS`: the last argument of `createUrqlClient`. */
import { persistedExchange } from '@urql/exchange-persisted';
import type { DocumentNode } from 'graphql';

/** Names each operation by the hash that codegen wrote into its document. */
export const persisted = persistedExchange({
  generateHash: async (_text, document: DocumentNode & { __meta__?: { hash?: string } }) =>
    document.__meta__?.hash,
  enforcePersistedQueries: true,
  enableForMutation: true,
  enableForSubscriptions: true,
  preferGetForPersistedQueries: false,
});
