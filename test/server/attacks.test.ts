import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';

const MIB = 1_048_576;

/** The refusals of a query, over HTTP and over WebSocket; both must be the same. */
async function refusals(house: House, query: string): Promise<string[]> {
  const { data, errors = [] } = await house.answer(query);
  expect(data).toBe(undefined);
  const peer = await house.connect();
  peer.send({ type: 'subscribe', id: '1', payload: { query } });
  const overSocket = (await peer.until(({ type }) => type === 'error')).payload as typeof errors;
  peer.socket.terminate();
  const texts = (list: typeof errors) =>
    list.map(({ message, extensions: { code } }) => `${code}: ${message}`);
  expect(texts(overSocket)).toEqual(texts(errors));
  expect(house.ran).toEqual({ fields: 0, commands: 0 });
  expect(house.visits).toEqual([]);
  return texts(errors);
}

/** Posts in chunks, with or without telling the length before. */
async function post(url: string, headers: Record<string, string>, chunks: readonly Buffer[]) {
  const posting = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  });
  // The server may hang up while we still send; what counts is its answer.
  posting.on('error', () => {});
  for (const chunk of chunks) posting.write(chunk);
  posting.end();
  const [response] = (await once(posting, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('An operation that asks for too much is refused before it runs, on HTTP and on WebSocket', () => {
  test('by its depth, also behind fragments that are used twice', async () => {
    await using house = await openHouse();
    const nested = (levels: number, inside: string) =>
      `${'node { '.repeat(levels)}${inside}${' }'.repeat(levels)}`;

    expect((await house.answer(`{ ${nested(9, 'id')} }`)).errors).toBe(undefined);
    house.ran.fields = 0;
    house.visits.length = 0;
    const tooDeep = ['BAD_USER_INPUT: This operation is 11 fields deep, allowed are 10.'];
    expect(await refusals(house, `{ ${nested(10, 'id')} }`)).toEqual(tooDeep);
    const fragment = `fragment F on Node { ${nested(5, 'id')} }`;
    expect(await refusals(house, `{ node { ...F } ${nested(5, '...F')} } ${fragment}`)).toEqual(tooDeep);
    expect(
      await refusals(house, `{ node { ...__schema } } fragment __schema on Node { ${nested(9, 'id')} }`),
    ).toEqual(tooDeep);
  });

  test('by its aliases, also inside fragments', async () => {
    await using house = await openHouse();
    const aliases = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: id`).join(' ');

    expect(await refusals(house, `{ node { ${aliases(31)} } }`)).toEqual([
      'BAD_USER_INPUT: This operation has 31 aliases, allowed are 30.',
    ]);
    expect(
      await refusals(house, `{ node { ...F node { ...F } } } fragment F on Node { ${aliases(16)} }`),
    ).toEqual(['BAD_USER_INPUT: This operation has 32 aliases, allowed are 30.']);
  });

  test('by its commands: twenty hang-ups under aliases or in fragments', async () => {
    await using house = await openHouse({ settings: { MAX_ALIASES: '100' } });
    const hangUps = (count: number) =>
      Array.from({ length: count }, (_, index) => `h${index}: hang`).join(' ');

    expect(await refusals(house, `mutation { ${hangUps(20)} }`)).toEqual([
      'BAD_USER_INPUT: This operation sends 20 commands, allowed are 5.',
    ]);
    expect(
      await refusals(house, `mutation { ...A ... { ...A } } fragment A on Mutation { ${hangUps(3)} }`),
    ).toEqual(['BAD_USER_INPUT: This operation sends 6 commands, allowed are 5.']);
  });

  test('by its tokens', async () => {
    await using house = await openHouse();
    expect(await refusals(house, `{ ${'me '.repeat(15_000)} }`)).toEqual([
      expect.stringContaining('BAD_USER_INPUT: Syntax Error: Document contains more that 2000 tokens'),
    ]);
  });

  test('by fragments in a circle', async () => {
    await using house = await openHouse();
    expect(
      await refusals(
        house,
        '{ node { ...A } } fragment A on Node { node { ...B } } fragment B on Node { ...A }',
      ),
    ).toEqual([expect.stringContaining('Cannot spread fragment "A" within itself')]);
  });

  test('by introspection in circles', async () => {
    await using house = await openHouse({ settings: { INTROSPECTION: 'on' } });
    const circle = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
    expect(await refusals(house, circle)).toEqual([
      expect.stringContaining('Maximum introspection depth exceeded'),
    ]);
  });

  test('by a pyramid of fragments that would unfold to more than memory', async () => {
    await using house = await openHouse();
    const layers = Array.from({ length: 50 }, (_, layer) =>
      layer === 49
        ? 'fragment F49 on Node { a: id }'
        : `fragment F${layer} on Node { x: node { ...F${layer + 1} } y: node { ...F${layer + 1} } }`,
    );
    const [depth, aliases] = await refusals(house, `{ node { ...F0 } } ${layers.join(' ')}`);
    expect(depth).toContain('51 fields deep');
    expect(aliases).toContain('aliases, allowed are 30');
  });

  test('by a string of nearly a megabyte, whose echo is cut', async () => {
    await using house = await openHouse();
    const [message] = await refusals(house, `{ big(bytes: "${'x'.repeat(MIB - 1_000)}") }`);
    expect(message?.length).toBeLessThan(1_100);
  });
});

describe('HTTP', () => {
  test('does not run a mutation for a GET', async () => {
    await using house = await openHouse();
    const response = await fetch(`${house.url}?query=${encodeURIComponent('mutation { hang }')}`);

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(house.ran.commands).toBe(0);
  });

  test('does not take a batch, be it of eleven or of one', async () => {
    await using house = await openHouse();
    for (const count of [1, 11]) {
      const response = await fetch(house.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(Array.from({ length: count }, () => ({ query: '{ me }' }))),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    }
    expect(house.ran.fields).toBe(0);
  });

  test('answers other methods with 405 and the ones there are', async () => {
    await using house = await openHouse();
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
      const response = await fetch(house.url, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, OPTIONS']);
    }
  });

  test('reads a body up to the limit and no byte more, with and without a length', async () => {
    await using house = await openHouse();
    const start = Buffer.from('{"query":"{ me }","extensions":{"x":"');
    const end = Buffer.from('"}}');
    const body = (bytes: number) => [start, Buffer.alloc(bytes - start.length - end.length, 'x'), end];
    const length = (bytes: number) => ({ 'content-length': String(bytes) });

    expect(await post(house.url, length(MIB), body(MIB))).toBe(200);
    expect(await post(house.url, {}, body(MIB))).toBe(200);
    expect(await post(house.url, length(MIB + 1), body(MIB + 1))).toBe(413);
    expect(await post(house.url, {}, body(MIB + 1))).toBe(413);
    expect(house.ran.fields).toBe(2);
    expect((await house.ask('{ me }')).status).toBe(200);
  });

  test('does not unpack a body, so that no bomb can go off', async () => {
    await using house = await openHouse();
    const bomb = gzipSync(Buffer.alloc(50 * MIB));
    expect(await post(house.url, { 'content-encoding': 'gzip' }, [bomb])).toBe(415);
  });

  test('does not wait for slow headers', async () => {
    await using house = await openHouse({ patience: { headers: 100 } });
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: ');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  test('does not wait for a slow body', async () => {
    await using house = await openHouse({ patience: { headers: 100, request: 200 } });
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
    socket.on('data', () => {});
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
    );
    await once(socket, 'close');
    expect(house.ran.fields).toBe(0);
  });

  test('takes no path for another, nor a name of JavaScript for an address', async () => {
    await using house = await openHouse();
    for (const path of [
      '/graphql//',
      '/graphqlx',
      '/%67raphql',
      '//graphql',
      '/constructor',
      '/__proto__',
      '/',
    ]) {
      const response = await fetch(`${house.origin}${path}`, { redirect: 'manual' });
      expect([path, response.status]).toEqual([path, 404]);
    }
  });
});

describe('When as much is being answered as is allowed', () => {
  test('the next one is told so at once, on HTTP and on WebSocket, and the place comes back', async () => {
    await using house = await openHouse({ settings: { MAX_IN_FLIGHT: '1' } });
    const peer = await house.connect();
    const slow = house.answer('{ slow }');
    await untilFieldsRan(house, 1);

    const refused = await house.ask('{ me }');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    peer.send({ type: 'subscribe', id: '1', payload: { query: '{ me }' } });
    expect((await peer.until(({ type }) => type === 'error')).payload).toMatchObject([
      { extensions: { code: 'OVERLOADED' } },
    ]);
    // Whoever only says who they are needs no place.
    const late = await house.connect();
    expect(late.messages).toEqual([{ type: 'connection_ack' }]);

    house.gate.open();
    expect(await slow).toEqual({ data: { slow: 'slow' } });
    expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
    expect(await inFlight(house)).toBe(0);
  });

  test('open subscriptions do not count, and a client that left gives its place back', async () => {
    await using house = await openHouse({ settings: { MAX_IN_FLIGHT: '1' } });
    const peer = await house.connect();
    peer.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { events }' } });
    await peer.until(({ type }) => type === 'next');
    const events = await house.ask('subscription { events }', { headers: { accept: 'text/event-stream' } });
    expect(events.status).toBe(200);
    expect(await inFlight(house)).toBe(0);
    await events.body?.cancel();
  });
});

test('Large documents, each another, leave no more memory taken than before', async () => {
  await using house = await openHouse();
  const heap = () => {
    house.visits.length = 0; // The tests' own memory.
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const flood = async (from: number, count: number) => {
    for (let index = from; index < from + count; index += 1) {
      // Valid, invalid and unreadable ones, of 200 kB each.
      const comment = `# ${index} ${'x'.repeat(200_000)}\n`;
      await (await house.ask(`${comment}${['{ me }', '{ mee }', '{'][index % 3]}`)).text();
    }
  };
  await flood(0, 30);
  const before = heap();
  await flood(30, 150); // 30 MB of text
  expect(heap() - before).toBeLessThan(8 * MIB);
});

async function inFlight(house: House): Promise<number | undefined> {
  return (await house.metrics.inFlight.get()).values[0]?.value;
}

async function untilFieldsRan(house: House, fields: number): Promise<void> {
  while (house.ran.fields < fields) await new Promise((resolve) => setImmediate(resolve));
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
