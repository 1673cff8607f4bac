/** How RingCentral's published document becomes a subgraph of Hive Gateway. */
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('RingCentral', {
        source: process.env.OPENAPI,
        endpoint: process.env.UPSTREAM,
        operationHeaders: { Authorization: '{context.headers.authorization}' },
      }),
    },
  ],
});
