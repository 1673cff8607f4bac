/** How the clients of the README name what they ask when a gateway takes nothing but persisted operations. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import { transform } from 'esbuild';
import type { DocumentNode } from 'graphql';
import type { Exchange } from 'urql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { generateClient } from '../../codegen.ts';
import { createApolloClient } from '../../examples/apollo.ts';
import { createPersistedLink } from '../../examples/apollo-persisted.ts';
import { graphcache } from '../../examples/graphcache.ts';
import { createLiveClient } from '../../examples/live-client.ts';
import { createSseClient } from '../../examples/sse.ts';
import { createUrqlClient } from '../../examples/urql.ts';
import { persisted } from '../../examples/urql-persisted.ts';
import { type House, openHouse } from '../support/gateway.ts';

type Document = DocumentNode & { __meta__: { hash: string } };

const token = () => 'sim-101';
const examples = new URL('../../examples/', import.meta.url);
let folder = '';
let manifest = '';
let documents: Record<'HoldDocument' | 'OnePartyDocument' | 'WatchPartiesDocument', Document>;

/** As a frontend team generates them from its own operations, for clients that ask for `__typename` themselves. */
beforeAll(async () => {
  const names = (await readdir(examples)).filter((name) => name.endsWith('.graphql'));
  const operations = await Promise.all(names.map((name) => readFile(new URL(name, examples), 'utf8')));
  const files = await generateClient('gql/', operations, {
    documentMode: 'documentNodeImportFragments',
    documentTransforms: [{ name: 'typenames', transformObject: addTypenameSelectionDocumentTransform }],
  });
  const { code } = await transform(files.get('gql/graphql.ts') ?? '', { loader: 'ts' });
  documents = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  folder = await mkdtemp(join(tmpdir(), 'persisted-'));
  manifest = join(folder, 'persisted-documents.json');
  await writeFile(manifest, files.get('gql/persisted-documents.json') ?? '');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function openCall() {
  const house = await openHouse({ environment: { PERSISTED_OPERATIONS: manifest } });
  const { id, parties } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  return { house, variables: { sessionId: id, partyId: parties?.[1]?.id ?? '' } };
}

function openLive(house: House) {
  return createLiveClient(house.gateway.url.replace('http', 'ws'), token, { webSocketImpl: WebSocket });
}

const held = { holdCallParty: { outcome: 'APPLIED', party: { status: { code: 'HOLD' } } } };

test('Apollo Client asks, acts and watches by hash', async () => {
  const { house, variables } = await openCall();
  await using _ = house;
  const live = openLive(house);
  const client = createApolloClient(house.gateway.url, token, live, createPersistedLink());
  const asked = await client.query({ query: documents.OnePartyDocument, variables });
  expect(asked.data).toMatchObject({ callParty: { id: variables.partyId, status: { code: 'ANSWERED' } } });
  const acted = await client.mutate({ mutation: documents.HoldDocument, variables });
  expect(acted.data).toMatchObject(held);
  const watched = await new Promise((resolve, reject) =>
    client.subscribe({ query: documents.WatchPartiesDocument, variables }).subscribe({
      next: ({ data }) => resolve(data),
      error: reject,
    }),
  );
  expect(watched).toMatchObject({ callPartyUpdated: { id: variables.partyId, status: { code: 'HOLD' } } });
  client.stop();
  await live.dispose();
});

test.each<[string, Exchange | undefined]>([
  ['urql', undefined],
  ['urql with graphcache', graphcache],
])('%s asks, acts and watches by hash', async (_name, cache) => {
  const { house, variables } = await openCall();
  await using _ = house;
  const live = openLive(house);
  const client = createUrqlClient(house.gateway.url, token, live, cache, persisted);
  const asked = await client.query(documents.OnePartyDocument, variables);
  expect(asked.data).toMatchObject({ callParty: { id: variables.partyId, status: { code: 'ANSWERED' } } });
  const acted = await client.mutation(documents.HoldDocument, variables);
  expect(acted.data).toMatchObject(held);
  const watched = await new Promise((resolve) => {
    const { unsubscribe } = client
      .subscription(documents.WatchPartiesDocument, variables)
      .subscribe(({ data, error }) => {
        resolve(data ?? error);
        setImmediate(() => unsubscribe());
      });
  });
  expect(watched).toMatchObject({ callPartyUpdated: { id: variables.partyId, status: { code: 'HOLD' } } });
  await live.dispose();
});

test('graphql-ws and graphql-sse watch by hash', async () => {
  const { house, variables } = await openCall();
  await using _ = house;
  const live = openLive(house);
  const sse = createSseClient(house.gateway.url, token);
  const { hash } = documents.WatchPartiesDocument.__meta__;
  const payload = {
    query: '',
    variables,
    extensions: { persistedQuery: { version: 1, sha256Hash: hash } },
  };
  for (const client of [live, sse]) {
    const watched = await new Promise((resolve, reject) => {
      client.subscribe(payload, { next: resolve, error: reject, complete() {} });
    });
    expect(watched).toMatchObject({
      data: { callPartyUpdated: { id: variables.partyId, status: { code: 'ANSWERED' } } },
    });
  }
  await live.dispose();
  sse.dispose();
});

test('What was not registered is refused to them', async () => {
  const { house, variables } = await openCall();
  await using _ = house;
  const live = openLive(house);
  const client = createApolloClient(house.gateway.url, token, live, createPersistedLink());
  const unknown = { ...documents.OnePartyDocument, __meta__: { hash: 'sha256:unknown' } };
  await expect(client.query({ query: unknown, variables })).rejects.toThrow(
    'This operation is not registered',
  );
  client.stop();
});
