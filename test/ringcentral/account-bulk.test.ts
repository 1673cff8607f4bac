/** Thirty presences in one answer, in each of its shapes; what is odd in it costs its own place only. */
import { describe, expect, test, vi } from 'vitest';
import {
  CallControlFailure,
  Forbidden,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import { createAccountClient } from '../../src/ringcentral/account/client.ts';
import { boundaryOf, partsOf } from '../../src/upstream/multipart.ts';
import { callerWith, json, scriptedServer, upstreamTo } from './support.ts';

const MULTIPART_JSON = 'application/vnd.ringcentral.multipart+json';
const OPTIONS = { lane: 'query' } as const;

const presence = (id: string, presenceStatus = 'Available') => ({
  ...{ extension: { id: Number(id) }, presenceStatus, telephonyStatus: 'NoCall', dndStatus: 'TakeAllCalls' },
});
const refusal = (errorCode: string, permissionName?: string) => ({
  errorCode,
  message: 'No.',
  ...(permissionName && { permissionName }),
});

/** What the answer says of each of these, in short. */
async function read(ids: readonly string[], body: unknown, type = MULTIPART_JSON, status = 207) {
  const server = await scriptedServer((response) => {
    response.writeHead(status, { 'content-type': type, rcrequestid: 'rc-1' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const { upstream } = upstreamTo(server.url);
  const leftOut = vi.fn();
  const client = createAccountClient(upstream, leftOut);
  const { value } = await client.readPresences(callerWith('t'), ids, OPTIONS);
  const said = value.map((one) => (one instanceof CallControlFailure ? one : (one?.presenceStatus ?? null)));
  return { said, leftOut: leftOut.mock.calls, arrivals: server.arrivals };
}

describe('The presence of several', () => {
  test('is asked for in one segment, as the list that RingCentral answers then', async () => {
    const { arrivals } = await read(['1', '2'], [{ resourceId: '1', status: 200, body: presence('1') }]);
    expect(arrivals.map(({ method, url, headers }) => [method, url, headers.accept])).toEqual([
      [
        'GET',
        '/restapi/v1.0/account/~/extension/1,2/presence?detailedTelephonyState=true',
        `${MULTIPART_JSON}, application/json`,
      ],
    ]);
  });

  test('is found by whose it is, in whatever order it comes; a 404 and a 403 are null, and only they', async () => {
    const { said, leftOut } = await read(
      ['1', '2', '3', '4'],
      [
        { resourceId: 4, status: 200, body: presence('4', 'Busy') },
        { resourceId: '3', status: 403, body: refusal('CMN-404') },
        { resourceId: '1', status: 200, body: presence('1') },
        { resourceId: '2', status: 404, body: refusal('CMN-102') },
        { status: 200, body: presence('5') },
      ],
    );
    expect(said).toEqual(['AVAILABLE', null, null, 'BUSY']);
    expect(leftOut).toEqual([['presence']]);
  });

  test('comes also in parts, of which the first says what became of the others', async () => {
    const part = (body: unknown) =>
      `--B_1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`;
    const index = {
      response: [
        { href: 'https://x/restapi/v1.0/account/1/extension/2/presence', status: 200 },
        { href: 'https://x/restapi/v1.0/account/1/extension/1/presence', status: 404 },
        { status: 200 },
      ],
    };
    const text = `preamble\r\n${part(index)}${part(presence('2', 'Offline'))}${part(refusal('CMN-102'))}${part(presence('3'))}--B_1--\r\nrest`;
    for (const type of ['multipart/mixed; boundary=B_1', 'Multipart/Mixed; charset=utf-8; boundary="B_1"']) {
      expect((await read(['1', '2', '3'], text, type)).said).toEqual([null, 'OFFLINE', 'AVAILABLE']);
    }
  });

  test('without a body, or not told of at all, is a failure of its own', async () => {
    const { said } = await read(
      ['1', '2', '3', '4'],
      [
        { resourceId: '1', status: 200 },
        { resourceId: '2', status: 503, body: refusal('CMN-201') },
        { resourceId: '3', status: 200, body: presence('3') },
        null,
      ],
    );
    expect(said).toEqual([
      expect.any(UpstreamBadResponse),
      expect.any(UpstreamUnavailable),
      'AVAILABLE',
      expect.any(UpstreamBadResponse),
    ]);
  });

  test('of which the user may see none for want of a permission says which', async () => {
    const lacking = refusal('CMN-408', 'ReadPresenceStatus');
    const entries = ['1', '2'].map((resourceId) => ({ resourceId, status: 403, body: lacking }));
    const { said } = await read(['1', '2'], entries);
    expect(said).toEqual([expect.any(Forbidden), expect.any(Forbidden)]);
    expect(said.map((one) => (one as Forbidden).permissionName)).toEqual([
      'ReadPresenceStatus',
      'ReadPresenceStatus',
    ]);
  });

  test('of one alone is its presence', async () => {
    expect((await read(['1'], presence('1', 'Busy'), 'application/json', 200)).said).toEqual(['BUSY']);
  });
});

describe('The parts of an answer', () => {
  test('stand between lines of their own, with or without heads', () => {
    expect(boundaryOf('application/json')).toBeNull();
    expect(boundaryOf(undefined)).toBeNull();
    expect(boundaryOf('multipart/mixed')).toBeNull();
    expect(partsOf('--b\n\n{"a":1}\n--b\nX: y\n\n{"c":"--b"}\n--b\nX: y\n--b--', 'b')).toEqual([
      '{"a":1}',
      '{"c":"--b"}',
      '',
    ]);
    expect(partsOf('no part', 'b')).toEqual([]);
  });
});

test('A list comes in the largest pages, and refused it comes from the directory of this account', async () => {
  const server = await scriptedServer((response, { url }) => {
    if (url.includes('/extension?')) return json(response, 403, refusal('CMN-408', 'ReadExtensions'));
    const page = Number(new URL(url, 'http://x').searchParams.get('page'));
    const records = [
      { id: String(page), firstName: 'Ada', lastName: 'Brook', type: 'User' },
      { name: 'nobody' },
    ];
    return json(response, 200, { records, paging: { page, totalPages: 2 } });
  });
  const { upstream } = upstreamTo(server.url);
  const leftOut = vi.fn();
  const extensions = await createAccountClient(upstream, leftOut).listExtensions(callerWith('t'), OPTIONS);
  expect(extensions.map(({ id, name, type }) => [id, name, type])).toEqual([
    ['1', 'Ada Brook', 'USER'],
    ['2', 'Ada Brook', 'USER'],
  ]);
  expect(leftOut.mock.calls).toEqual([['extension'], ['extension']]);
  expect(server.arrivals.map(({ url }) => url.replace('/restapi/v1.0/account/~', ''))).toEqual([
    '/extension?page=1&perPage=1000',
    '/directory/entries?showFederated=false&page=1&perPage=1000',
    '/directory/entries?showFederated=false&page=2&perPage=1000',
  ]);
});
