import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidSettings } from '../../src/config.ts';
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
    // The text may be left out where the operation is named.
    peer.send({ type: 'subscribe', id: '1', payload: params });
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

describe('Without a manifest', () => {
  const HASH = { version: 1, sha256Hash: 'a'.repeat(64) };
  const NOT_SUPPORTED = {
    message: 'PersistedQueryNotSupported',
    extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', requestId: expect.any(String) },
  };

  test.each(['application/json', 'application/graphql-response+json', '*/*'])(
    'a hash alone is answered as Apollo Server does, so that clients send the text, accepting %s',
    async (accept) => {
      await using house = await openHouse();
      const { headers, ...post } = body({ operationName: 'Me', extensions: { persistedQuery: HASH } });
      const posted = await fetch(house.url, { ...post, headers: { ...headers, accept } });
      expect(posted.status).toBe(200);
      expect(await posted.json()).toEqual({ errors: [NOT_SUPPORTED] });

      const extensions = encodeURIComponent(JSON.stringify({ persistedQuery: HASH }));
      const got = await fetch(`${house.url}?operationName=Me&extensions=${extensions}`, {
        headers: { accept },
      });
      expect(got.status).toBe(200);
      expect(await got.json()).toEqual({ errors: [NOT_SUPPORTED] });
      expect(house.lines.join('\n')).not.toContain('unexpected error');
    },
  );

  test.each([{}, { query: '' }])('so it is on a WebSocket: %j', async (text) => {
    await using house = await openHouse();
    const peer = await house.connect();
    peer.send({ type: 'subscribe', id: '1', payload: { ...text, extensions: { persistedQuery: HASH } } });
    expect(await peer.until(({ type }) => type === 'error')).toEqual({
      type: 'error',
      id: '1',
      payload: [NOT_SUPPORTED],
    });
    // And what clients do then.
    peer.send({ type: 'subscribe', id: '1', payload: { query: ME, extensions: { persistedQuery: HASH } } });
    expect((await peer.until(({ type }) => type === 'next')).payload).toEqual({ data: { me: 'anybody' } });
  });

  test('a text beside its hash runs', async () => {
    await using house = await openHouse();
    const asked = body({ query: ME, extensions: { persistedQuery: HASH } });
    expect(await (await fetch(house.url, asked)).json()).toEqual({ data: { me: 'anybody' } });
  });

  test.each([{ documentId: 'hashOfMe' }, { id: 'hashOfMe' }])(
    'an id alone is refused with what to send: %j',
    async (params) => {
      await using house = await openHouse();
      const refusal = {
        message: 'This gateway knows no operation by its id; send its text as query.',
        extensions: { code: 'BAD_USER_INPUT', parameterName: 'query' },
      };
      const response = await fetch(house.url, body(params));
      expect(await response.json()).toMatchObject({ errors: [refusal] });

      const peer = await house.connect();
      peer.send({ type: 'subscribe', id: '1', payload: params });
      expect((await peer.until(({ type }) => type === 'error')).payload).toMatchObject([refusal]);
    },
  );

  test.each([{}, { extensions: {} }, { extensions: { persistedQuery: null } }])(
    'nothing at all is no request: %j',
    async (params) => {
      await using house = await openHouse();
      const response = await fetch(house.url, body(params));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        errors: [{ message: 'Must provide query string.', extensions: { code: 'BAD_USER_INPUT' } }],
      });
    },
  );
});

describe('The start stops with the name of the setting, what was read and what is allowed', () => {
  const ALLOWED = 'allowed is a file with one JSON object from hash to document.';

  test.each([
    ['another shape', '["not", "a", "map"]'],
    ['no JSON', 'query Me { me }'],
    ['nothing', ''],
  ])('when the manifest has %s', async (_what, text) => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, text);
    await expect(openHouse({ settings: { PERSISTED_OPERATIONS: broken } })).rejects.toEqual(
      new InvalidSettings([`PERSISTED_OPERATIONS: read "${broken}", which is none; ${ALLOWED}`]),
    );
  });

  test.each([
    ['is not there', () => join(folder, 'missing.json'), 'ENOENT'],
    ['is a folder', () => folder, 'EISDIR'],
  ])('when the manifest %s', async (_what, pathOf, code) => {
    const path = pathOf();
    await expect(openHouse({ settings: { PERSISTED_OPERATIONS: path } })).rejects.toEqual(
      new InvalidSettings([
        `PERSISTED_OPERATIONS: read "${path}", which cannot be read (${code}); ${ALLOWED}`,
      ]),
    );
  });
});
