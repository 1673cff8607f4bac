import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHouse } from './house.ts';

const ME = 'query Me { me }';
const EVENTS = 'subscription Events { count(to: 1) }';
let folder = '';
let settings: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'persisted-'));
  const manifest = join(folder, 'persisted-documents.json');
  await writeFile(manifest, JSON.stringify({ hashOfMe: ME, hashOfEvents: EVENTS }));
  settings = { PERSISTED_OPERATIONS: manifest };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const body = (params: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(params),
});

describe('With a manifest', () => {
  test.each([
    { documentId: 'hashOfMe' },
    { id: 'hashOfMe' },
    { documentId: 'sha256:hashOfMe' },
    { extensions: { persistedQuery: { version: 1, sha256Hash: 'hashOfMe' } } },
    { query: ME },
  ])('a registered operation runs: %j', async (params) => {
    await using house = await openHouse({ settings });

    expect(await (await fetch(house.url, body(params))).json()).toEqual({ data: { me: 'anybody' } });

    const peer = await house.connect();
    peer.send({ type: 'subscribe', id: '1', payload: { query: '', ...params } });
    expect((await peer.until(({ type }) => type === 'next')).payload).toEqual({ data: { me: 'anybody' } });
  });

  test.each([
    { documentId: 'unknown' },
    { query: '{ me }' },
    { query: `${ME} ` },
    { query: 'mutation { hang }' },
    { query: '{ __schema { queryType { name } } }' },
    { extensions: { persistedQuery: { version: 1, sha256Hash: 'unknown' } }, query: '{ me }' },
    { documentId: 'toString' },
    { documentId: 7 },
    {},
  ])('nothing else does, on HTTP or on WebSocket: %j', async (params) => {
    await using house = await openHouse({ settings });

    const response = await fetch(house.url, body(params));
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', parameterName: 'documentId' } }],
    });

    const peer = await house.connect();
    peer.send({ type: 'subscribe', id: '1', payload: { query: '', ...params } });
    expect((await peer.until(({ type }) => type === 'error')).payload).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', parameterName: 'documentId' } },
    ]);
    expect(house.ran).toEqual({ fields: 0, commands: 0 });
  });

  test('a GET names it in its extensions', async () => {
    await using house = await openHouse({ settings });
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: 'hashOfMe' } });
    const response = await fetch(`${house.url}?extensions=${encodeURIComponent(extensions)}`);
    expect(await response.json()).toEqual({ data: { me: 'anybody' } });
  });
});

test('A manifest that is none stops the start with the name of the file', async () => {
  const broken = join(folder, 'broken.json');
  await writeFile(broken, '["not", "a", "map"]');
  await expect(openHouse({ settings: { PERSISTED_OPERATIONS: broken } })).rejects.toThrow(
    `PERSISTED_OPERATIONS: ${broken} is not a JSON object from hash to document.`,
  );
});
