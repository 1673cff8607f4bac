/** Hive Gateway as its documentation sets it up, without what would only cost it time here. */
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  supergraph: process.env.SUPERGRAPH,
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  fork: 1,
  logging: 'error',
  graphiql: false,
  landingPage: false,
});
