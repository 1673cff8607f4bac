/** A page that asks, acts and watches with each client of the README, and shows what that client says. */
import { gql } from '@apollo/client';
import { type OperationTypeNode, parse } from 'graphql';
import { createApolloClient } from '../../../examples/apollo.ts';
import { graphcache } from '../../../examples/graphcache.ts';
import { createLiveClient } from '../../../examples/live-client.ts';
import { createUrqlClient } from '../../../examples/urql.ts';

type Variables = Record<string, unknown>;

/** What any of them can do. */
interface Shown {
  /** Asks or acts once, and answers the data. */
  run(text: string, variables: Variables): Promise<unknown>;
  /** Goes on showing what the client has for a query, or what a subscription brings. */
  follow(name: string, text: string, variables: Variables): void;
}

/** What is on the screen, by the name it is followed by. */
const screen: Record<string, unknown[]> = {};
/** Answers that are on their way, by the name of the operation: each resolves when the test lets it. */
const road: Record<string, { arrived: boolean; let(): void }> = {};
const delayed = new Set<string>();

const honestFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await honestFetch(input, init);
  const { operationName = '' } = JSON.parse(String(init?.body ?? '{}'));
  if (delayed.delete(operationName)) {
    await new Promise<void>((resolve) => {
      road[operationName] = { arrived: true, let: resolve };
    });
  }
  return response;
};

function typeOf(text: string): OperationTypeNode {
  const [definition] = parse(text).definitions;
  if (definition?.kind !== 'OperationDefinition') throw new Error('There is no operation.');
  return definition.operation;
}

function openApollo(url: string): Shown {
  const client = createApolloClient(url, () => 'sim-101', openLive(url));
  return {
    async run(text, variables) {
      const document = gql(text);
      const { data } =
        typeOf(text) === 'mutation'
          ? await client.mutate({ mutation: document, variables, errorPolicy: 'all' })
          : await client.query({
              query: document,
              variables,
              errorPolicy: 'all',
              fetchPolicy: 'network-only',
            });
      return data;
    },
    follow(name, text, variables) {
      const show = ({ data }: { data?: unknown }) => void (data && seen(name, data));
      const document = gql(text);
      if (typeOf(text) === 'subscription') client.subscribe({ query: document, variables }).subscribe(show);
      else client.watchQuery({ query: document, variables }).subscribe(show);
    },
  };
}

function openUrql(url: string, cache?: typeof graphcache): Shown {
  const client = createUrqlClient(url, () => 'sim-101', openLive(url), cache);
  return {
    async run(text, variables) {
      const { data } =
        typeOf(text) === 'mutation'
          ? await client.mutation(text, variables)
          : await client.query(text, variables, { requestPolicy: 'network-only' });
      return data;
    },
    follow(name, text, variables) {
      const source = typeOf(text) === 'subscription' ? 'subscription' : 'query';
      client[source](text, variables).subscribe(({ data }) => void (data && seen(name, data)));
    },
  };
}

function openLive(url: string) {
  return createLiveClient(url.replace('http', 'ws'), () => 'sim-101');
}

function seen(name: string, data: unknown): void {
  screen[name] = [...(screen[name] ?? []), data];
}

const clients: Record<string, (url: string) => Shown> = {
  apollo: openApollo,
  urql: (url) => openUrql(url),
  graphcache: (url) => openUrql(url, graphcache),
};

Object.assign(globalThis, {
  screen,
  road,
  delay: (operationName: string) => void delayed.add(operationName),
  open(name: string, url: string) {
    Object.assign(globalThis, clients[name]?.(url));
  },
});
