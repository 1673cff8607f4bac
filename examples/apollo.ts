/** Apollo Client 4 for live calls. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type TypePolicies } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { map } from 'rxjs';
import { embeddedTypes, listFields, possibleTypes } from './cache-types.ts';
import { createNewest } from './newest.ts';

/** `live` is made by `createLiveClient`; queries and commands go over HTTP, and bring a token of their own, or (null) the cookie. */
export function createApolloClient(
  url: string,
  token: () => string | null | Promise<string | null>,
  live: Client,
  ...more: ApolloLink[]
): ApolloClient {
  const newest = createNewest();
  return new ApolloClient({
    link: ApolloLink.from([
      new ApolloLink((operation, forward) => forward(operation).pipe(map((result) => newest(result)))),
      new SetContextLink(async ({ headers }) => {
        const shown = await token();
        return shown === null
          ? { headers: { ...headers, 'x-requested-with': 'Apollo' }, credentials: 'include' }
          : { headers: { ...headers, authorization: `Bearer ${shown}` } };
      }),
      ...more,
      ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(live),
        new HttpLink({ uri: url }),
      ),
    ]),
    cache: new InMemoryCache({ possibleTypes, typePolicies: policies() }),
  });
}

function policies(): TypePolicies {
  const types: TypePolicies = {};
  for (const name of embeddedTypes) types[name] = { keyFields: false, merge: true };
  for (const [name, fields] of Object.entries(listFields)) {
    types[name] = {
      ...types[name],
      fields: Object.fromEntries(fields.map((field) => [field, { merge: false }])),
    };
  }
  // A party's id means something only inside its session, a participant's inside its conversation. One without is kept
  // where it stands, and nothing throws: an error here would show a command as failed that was done.
  for (const [name, call] of [
    ['CallParty', 'sessionId'],
    ['CallMediaParticipant', 'conversationId'],
  ] as const) {
    types[name] = { ...types[name], keyFields: (one) => (one[call] && one.id ? [call, 'id'] : false) };
  }
  return types;
}
