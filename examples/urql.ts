/** urql for live calls. */
import type { Client as LiveClient, Sink } from 'graphql-ws';
import {
  Client,
  cacheExchange,
  type Exchange,
  fetchExchange,
  makeOperation,
  mapExchange,
  subscriptionExchange,
} from 'urql';
import { createNewest } from './newest.ts';

/** `live` is made by `createLiveClient`; queries and commands go over HTTP, and bring a token of their own, or (null) the cookie. */
export function createUrqlClient(
  url: string,
  token: () => string | null | Promise<string | null>,
  live: LiveClient,
  cache: Exchange = cacheExchange,
  ...more: Exchange[]
): Client {
  const newest = createNewest();
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cache,
      mapExchange({
        async onOperation(operation) {
          const shown = await token();
          return makeOperation(operation.kind, operation, {
            ...operation.context,
            fetchOptions:
              shown === null
                ? { headers: { 'x-requested-with': 'urql' }, credentials: 'include' }
                : { headers: { authorization: `Bearer ${shown}` } },
          });
        },
        onResult: (result) => ({ ...result, data: newest(result.data) }),
      }),
      ...more,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, extensions }) => ({
          subscribe: (sink) => ({
            unsubscribe: live.subscribe({ query, variables, extensions }, sink as Sink),
          }),
        }),
      }),
    ],
  });
}
