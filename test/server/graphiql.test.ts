import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import type { DemoUsers } from '../../src/server/graphiql.ts';
import type { DemoUser } from '../../src/server/graphiql-bar.ts';
import { openHouse } from './house.ts';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

async function load(url: string, headers: Record<string, string> = {}) {
  const [response] = (await once(get(url, { headers: { accept: HTML, ...headers } }), 'response')) as [
    IncomingMessage,
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

test('GraphiQL is one page with the examples in its tabs, compressed, and asks nobody but this host', async () => {
  await using house = await openHouse({
    settings: { GRAPHIQL: 'on' },
    examples: [
      { query: 'query MyCalls { me }', variables: '{"a":1}' },
      { query: 'subscription Watch { events }' },
    ],
  });

  const plain = await load(house.url);
  const page = String(plain.body);
  expect(plain.status).toBe(200);
  expect(plain.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page).toContain('"subscriptionsProtocol":"WS"');
  expect(page).toContain(
    '"defaultTabs":[{"query":"query MyCalls { me }","variables":"{\\"a\\":1}"},{"query":"subscription Watch { events }"}]',
  );
  // The headers tab, and the token of all tabs, name the caller on a WebSocket too.
  expect(page).toContain('t=gateway.headers(a?.headers),a?.connectionParams');
  expect(plain.headers['content-security-policy']).toContain("connect-src 'self'");
  // Where nobody can sign in there is no button for it.
  expect(page).toContain('"signInTo":[]');
  expect(page).not.toContain('id="gateway-session"');
  expect(page).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="https?:/);

  const brotli = await load(house.url, { 'accept-encoding': 'gzip, deflate, br' });
  expect(brotli.headers['content-encoding']).toBe('br');
  expect(brotli.body.length).toBeLessThan(plain.body.length / 4);
  expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
  const gzip = await load(house.url, { 'accept-encoding': 'gzip;q=0.5, br;q=0' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);

  const again = await load(house.url, {
    'accept-encoding': 'br',
    'if-none-match': String(brotli.headers.etag),
  });
  expect([again.status, again.body.length]).toEqual([304, 0]);
  const other = await load(house.url, { 'if-none-match': String(brotli.headers.etag) });
  expect(other.status).toBe(200);
});

test('A token that everybody knows is in the page as long as it is good for somebody, and never otherwise', async () => {
  let users: readonly DemoUser[] = [];
  await using house = await openHouse({
    settings: { GRAPHIQL: 'on' },
    examples: [{ query: 'query MyCalls { me }', headers: '{"authorization":"Bearer sim-103"}' }],
    demoUsers: () => ({ ringCentral: users, genesys: null }),
  });
  const before = await load(house.url);
  expect(String(before.body)).not.toContain('sim-10');
  expect(String(before.body)).toContain('"users":[]');

  users = [{ name: 'Iris </script>', token: 'sim-101' }];
  const simulated = await load(house.url, { 'if-none-match': String(before.headers.etag) });
  expect(simulated.status).toBe(200);
  expect(String(simulated.body)).toContain('"users":[{"name":"Iris \\u003c/script>","token":"sim-101"}]');
  expect(String(simulated.body)).toContain('"headers":"{\\"authorization\\":\\"Bearer sim-103\\"}"');

  users = [];
  expect(String((await load(house.url)).body)).not.toContain('sim-10');
});

test('Each phone system has a place for whom a visitor is, and a token in an example is shown to RingCentral alone', async () => {
  let users: DemoUsers = { ringCentral: null, genesys: [{ name: 'Ada', token: 'gsim-ada' }] };
  await using house = await openHouse({
    settings: { GRAPHIQL: 'on' },
    examples: [{ query: 'query MyCalls { me }', headers: '{"authorization":"Bearer sim-103"}' }],
    demoUsers: () => users,
  });
  const placesOf = async () => {
    const page = String((await load(house.url)).body);
    const places = [...page.matchAll(/<label class="gateway-role"><span>([^<]+)<\/span><(\w+)/g)];
    const headers = [
      ...(/"roles":(\[.*?\]),"signInTo"/.exec(page)?.[1]?.matchAll(/"header":"([^"]+)"/g) ?? []),
    ];
    return {
      places: places.map(([, label, kind], index) => [label, kind, headers[index]?.[1]]),
      showsExample: page.includes('sim-103'),
    };
  };
  const own = 'authorization';
  expect(await placesOf()).toEqual({ places: [['You are', 'select', own]], showsExample: false });
  users = { ringCentral: null, genesys: [] };
  expect(await placesOf()).toEqual({ places: [['Token', 'input', own]], showsExample: false });
  const [iris] = [{ name: 'Iris', token: 'sim-101' }];
  users = { ringCentral: [iris], genesys: [{ name: 'Ada', token: 'gsim-ada' }] };
  const other = 'x-genesys-authorization';
  expect(await placesOf()).toEqual({
    places: [
      ['You are', 'select', own],
      ['In Genesys Cloud', 'select', other],
    ],
    showsExample: true,
  });
  users = { ringCentral: [], genesys: [] };
  expect(await placesOf()).toEqual({
    places: [
      ['RingCentral token', 'input', own],
      ['Genesys Cloud token', 'input', other],
    ],
    showsExample: false,
  });
});

test('The root leads a browser to GraphiQL', async () => {
  await using house = await openHouse({ settings: { GRAPHIQL: 'on' } });
  const { status, headers } = await load(`${house.origin}/`);
  expect([status, headers.location]).toEqual([302, '/graphql']);
});

test('Without GraphiQL a browser gets no page, and nobody is led to it', async () => {
  await using house = await openHouse({ settings: { GRAPHIQL: 'off' } });
  expect((await load(house.url)).status).toBe(400);
  expect((await load(`${house.origin}/`)).status).toBe(404);
});

test('The introspection of GraphiQL passes the limits of an operation', async () => {
  await using house = await openHouse({ settings: { INTROSPECTION: 'on' } });
  const query = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const { data, errors } = await house.answer(query);
  expect(errors).toBe(undefined);
  expect(data).toMatchObject({ __schema: { queryType: { name: 'Query' } } });
});
