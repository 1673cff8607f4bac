/** For a gateway with `PERSISTED_OPERATIONS`: the last argument of `createApolloClient`. */

import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import type { DocumentNode } from 'graphql';

/** Names each operation by the hash that codegen wrote into its document. */
export function createPersistedLink(): PersistedQueryLink {
  return new PersistedQueryLink({
    generateHash: (document: DocumentNode & { __meta__?: { hash?: string } }) =>
      document.__meta__?.hash ?? '',
    // The gateway takes nothing else: there is no text to fall back to.
    disable: () => false,
    retry: () => false,
  });
}
