/** What operations weigh, and what is done about it. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLNamedType,
  getIntrospectionQuery,
  getNamedType,
  getOperationAST,
  isCompositeType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { readConfig } from '../../src/config.ts';
import { keyOfValues } from '../../src/server/variables.ts';
import { createScales } from '../../src/server/weight.ts';
import { circles } from '../support/crowded-call.ts';
import { openHouse } from './house.ts';

const { maxWeight } = readConfig({});

function weigh(text: string, variables: Record<string, unknown> = {}, of = schema): number {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('Name the operation.');
  return createScales(of).weigh(operation, document, variables);
}

/** Everything that a type has, without the ways back to where one came from. */
function wholeOf(type: GraphQLNamedType | undefined, without: readonly string[]): string {
  if (!isObjectType(type)) throw new Error('An object has fields.');
  const fields = Object.values(type.getFields()).filter(
    ({ name, args }) => args.length === 0 && !without.includes(name),
  );
  const texts = fields.map(({ name, type: below }) => {
    const named = getNamedType(below);
    return isCompositeType(named) ? `${name} ${wholeOf(named, without)}` : name;
  });
  return `{ ${texts.join(' ')} }`;
}

describe('The weight of an operation', () => {
  test('is the values of its answer, lists at their usual length, and what it reads.', () => {
    expect(weigh('{ __typename }')).toBe(1);
    expect(weigh('{ callSession(id: "s") { id } }')).toBe(200 + 10 + 1);
    expect(weigh('{ callSession(id: "s") { parties { id } } }')).toBe(200 + 10 + 1 + 10 * 2);
    expect(weigh('{ viewer { devices { id } } }')).toBe(10 + 200 + 1 + 10 * 2);
  });

  test('counts ids by how many they are: literal, in a variable, by default, alone.', () => {
    const query = 'query ($ids: [ID!]! = ["a", "b"]) { callSessions(ids: $ids) { id } }';
    expect(weigh('{ callSessions(ids: ["a", "b", "a"]) { id } }')).toBe(1 + 3 * 202);
    expect(weigh(query, { ids: Array(100).fill('a') })).toBe(1 + 100 * 202);
    expect(weigh(query)).toBe(1 + 2 * 202);
    expect(weigh(query, { ids: 'a' })).toBe(1 + 202);
    expect(weigh('{ callSessions(ids: []) { id } }')).toBe(1);
  });

  test('counts a page by its length: literal, in a variable, by default; read once, and no longer than is given.', () => {
    const page = (args: string) => `{ viewer { account { extensions${args} { nodes { id } } } } }`;
    const query = (more: string) => `query ($n: Int${more}) ${page('(first: $n)')}`;
    // What is inside the page: the list of its items, of one, and an id each.
    const of = (length: number) => 10 + 10 + 200 + 1 + length * (1 + 1 + 2);
    expect(weigh(page(''))).toBe(of(50));
    expect(weigh(page('(first: 7)'))).toBe(of(7));
    expect(weigh(page('(first: 1000000)'))).toBe(of(200));
    expect(weigh(query(''), { n: 7 })).toBe(of(7));
    expect(weigh(query(''), { n: 1_000_000 })).toBe(of(200));
    expect(weigh(query(''))).toBe(of(50));
    expect(weigh(query(' = 3'))).toBe(of(3));
    expect(weigh(query(''), { n: -5 })).toBe(of(1));
  });

  test('counts what is read in bulk by its share, so that a wallboard is light enough.', () => {
    const one = (field: string) =>
      weigh(`{ viewer { account { extensions(first: 1) { nodes { ${field} } } } } }`);
    expect(one('presence { extensionId }') - one('id')).toBe(Math.ceil(200 / 30) + 10);
    const wallboard = readFileSync(new URL('../../examples/26-wallboard.graphql', import.meta.url), 'utf8');
    expect(weigh(wallboard)).toBeLessThan(maxWeight / 4);
  });

  test('counts what is worked out in place as what is there, however it is asked for.', () => {
    const of = (fields: string) =>
      weigh(`{ callMediaParticipant(conversationId: "c", id: "p") { ${fields} } }`);
    expect(of('id activity since startTime user { id }') - of('id')).toBe(5);
    expect(of('id ... on CallParticipant { activity since }') - of('id')).toBe(2);
    // A name may have to be asked for.
    expect(of('user { name }') - of('user { id }')).toBe(9);
  });

  test('multiplies along circles, also through fragments and aliases, and is lightened by no directive.', () => {
    const circle = `{ callSession(id: "s") { ${circles(3, 'parties { id }')} } }`;
    const [one, two, three] = [1, 2, 3].map((count) =>
      weigh(`{ callSession(id: "s") { ${circles(count)} } }`),
    );
    expect(two).toBeGreaterThan(9 * ((one ?? 0) - 210));
    expect(three).toBeGreaterThan(9 * ((two ?? 0) - 210));
    const inFragment = `{ callSession(id: "s") { ...F } } fragment F on CallSession { ${circles(3, 'parties { id }')} }`;
    expect(weigh(inFragment)).toBe(weigh(circle));
    expect(
      weigh(
        `{ a: callSession(id: "s") { ...F } b: callSession(id: "s") { ...F } } ${inFragment.slice(inFragment.indexOf('fragment'))}`,
      ),
    ).toBe(2 * weigh(circle));
    expect(weigh(circle.replace('{ id }', '@skip(if: true) { id }'))).toBe(weigh(circle));
  });

  test('of a pyramid of fragments is found in a time that grows with its text.', () => {
    const layers = Array.from({ length: 60 }, (_, layer) =>
      layer === 59
        ? `fragment F${layer} on Query { callSessions(ids: $ids) { id } }`
        : `fragment F${layer} on Query { ...F${layer + 1} ...F${layer + 1} }`,
    );
    expect(weigh(`query ($ids: [ID!]!) { ...F0 } ${layers.join(' ')}`, { ids: ['a'] })).toBe(2 ** 59 * 203);
  });

  test('of fragments in a circle is finite.', () => {
    const of = buildSchema('type Query { me: Me } type Me { me: [Me] name: String }');
    expect(
      weigh('{ me { ...A } } fragment A on Me { me { ...B } } fragment B on Me { ...A }', {}, of),
    ).toBeLessThan(100);
  });

  test('of every example, of GraphiQL and of a wallboard of a hundred whole calls leaves ample room.', () => {
    const folder = new URL('../../examples/', import.meta.url);
    const examples = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
    expect(examples.length).toBeGreaterThan(25);
    for (const name of examples) {
      // The whole company is more than a call, and the calls of two systems are twice as many.
      const share = name.includes('wallboard') ? 4 : name.includes('one-card') ? 50 : 100;
      expect(weigh(readFileSync(new URL(name, folder), 'utf8')), name).toBeLessThan(maxWeight / share);
    }
    expect(weigh(getIntrospectionQuery({ inputValueDeprecation: true }))).toBeLessThan(maxWeight / 5);
    const session = wholeOf(schema.getType('CallSession'), ['session', 'call', 'peer', 'participants']);
    const wallboard = `query ($ids: [ID!]!) { callSessions(ids: $ids) ${session} }`;
    const ids = Array.from({ length: 100 }, (_, index) => `s-${index}`);
    expect(weigh(wallboard, { ids })).toBeLessThan(maxWeight / 2);
    const event = `subscription { callEvents(sessionId: "s") { ... on CallSnapshot { session ${session} } ... on CallPartyChange { party { session ${session} } } } }`;
    expect(500 * weigh(event)).toBeLessThan(6 * maxWeight);
  });
});

test('A key of variables tells one that is left out from one that is null, and is none where it would be long.', () => {
  expect(keyOfValues(['a', 1, true, ['b', null]])).toBe('1"a,1,true,2[1"b,null,,');
  expect(keyOfValues(['a,1"b'])).not.toBe(keyOfValues(['a', 'b']));
  expect(keyOfValues([['a'], 'b'])).not.toBe(keyOfValues([['a', 'b']]));
  expect(keyOfValues(['1'])).not.toBe(keyOfValues([1]));
  expect(keyOfValues([undefined])).not.toBe(keyOfValues([null]));
  expect(keyOfValues(['x'.repeat(1_001)])).toBe(null);
  expect(keyOfValues([Array(501).fill('x')])).toBe(null);
  expect(keyOfValues([{ a: 1 }])).toBe(null);
  expect(keyOfValues([[['a']]])).toBe(null);
});

describe('An answer', () => {
  const aliases = (bytes: number, count = 30) =>
    Array.from({ length: count }, (_, index) => `a${index}: big(bytes: ${bytes})`).join(' ');
  const TOO_LONG = 'The answer would be longer than 4194304 bytes';

  test('that would be longer than is allowed is refused, over HTTP, as an event and over WebSocket; one below it is not.', async () => {
    await using house = await openHouse();
    const query = `{ ${aliases(140_000)} }`;
    for (let times = 0; times < 2; times += 1) {
      const { data, errors } = await house.answer(query);
      expect(data).toBe(undefined);
      expect(errors).toMatchObject([
        { message: expect.stringContaining(TOO_LONG), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
    const peer = await house.connect();
    peer.send({ type: 'subscribe', id: '1', payload: { query } });
    expect(await peer.until(({ id }) => id === '1')).toMatchObject({
      payload: { errors: [{ message: expect.stringContaining(TOO_LONG) }] },
    });
    peer.send({ type: 'subscribe', id: '2', payload: { query: 'subscription { flood(bytes: 5000000) }' } });
    expect(await peer.until(({ id }) => id === '2')).toMatchObject({
      type: 'next',
      payload: { errors: [{ message: expect.stringContaining(TOO_LONG) }] },
    });
    expect(Object.keys((await house.answer(`{ ${aliases(130_000)} }`)).data ?? {})).toHaveLength(30);
  });

  test('may be bounded by a setting, and so may the weight.', async () => {
    await using house = await openHouse({ settings: { MAX_ANSWER_BYTES: '2000', MAX_WEIGHT: '100' } });
    expect(await house.answer('{ big(bytes: 1900) }')).toEqual({ data: { big: 'x'.repeat(1_900) } });
    expect((await house.answer('{ big(bytes: 2000) }')).errors).toHaveLength(1);
    expect((await house.answer('{ node { nodes { nodes { id } } } }')).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', maxWeight: 100 } },
    ]);
  });
});

describe('The subscriptions of one viewer', () => {
  test('weigh no more together than twice what one operation may, and give back what they weighed.', async () => {
    await using house = await openHouse({ settings: { MAX_WEIGHT: '100' } });
    const peer = await house.connect();
    // Ten each: a field that is worked out.
    for (let index = 0; index < 20; index += 1) {
      peer.send({ type: 'subscribe', id: `${index}`, payload: { query: 'subscription { events }' } });
      await peer.until(({ id, type }) => id === `${index}` && type === 'next');
    }
    peer.send({ type: 'subscribe', id: 'more', payload: { query: 'subscription { events }' } });
    const refused = await peer.until(({ id }) => id === 'more');
    expect(JSON.stringify(refused)).toContain(
      'Your open subscriptions would weigh 210 together, allowed are 200.',
    );
    expect(JSON.stringify(refused)).toContain('OVERLOADED');
    peer.send({ type: 'complete', id: '0' });
    const again = async (id: string): Promise<void> => {
      peer.send({ type: 'subscribe', id, payload: { query: 'subscription { events }' } });
      const answer = await peer.until((message) => message.id === id);
      if (JSON.stringify(answer).includes('OVERLOADED')) await again(`${id}+`);
    };
    await again('again');
  });

  test('are kept only as long as they are short.', async () => {
    await using house = await openHouse();
    const peer = await house.connect();
    const query = `subscription { events } # ${'x'.repeat(20_000)}`;
    peer.send({ type: 'subscribe', id: '1', payload: { query } });
    expect(JSON.stringify(await peer.until(({ id }) => id === '1'))).toContain(
      'A subscription may have 20000 characters of text',
    );
  });
});
