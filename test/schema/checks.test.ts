/** Ids: everywhere one enters, a hostile one is refused before it can reach an address. */
import { execute, parse, subscribe } from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkId } from '../../schema/checks.ts';
import { BadUserInput } from '../../schema/failures.ts';
import { schema } from '../../schema/index.ts';
import { aContext, ask, createFakeProvider } from './fake-provider.ts';

const HOSTILE: [what: string, id: string][] = [
  ['an empty one', ''],
  ['the folder itself', '.'],
  ['the folder above', '..'],
  ['a newline', 's-1\n'],
  ['a carriage return', 's\r-1'],
  ['a space', 's 1'],
  ['a non-breaking space', 's\u00a01'],
  ['a line separator', 's\u20281'],
  ['a null character', 's\u0000'],
  ['a delete character', 's\u007f'],
  ['half a character', 's\ud800'],
  ['257 characters', 's'.repeat(257)],
  ['10 kB', 's'.repeat(10_240)],
];

/** A place where an id enters, and the name it goes by. */
const PLACES: [place: string, operation: string, name: string][] = [
  ['callSession', 'query ($id: ID!) { callSession(id: $id) { id } }', 'id'],
  ['callSessions', 'query ($id: ID!) { callSessions(ids: ["s-1", $id]) { id } }', 'ids'],
  [
    'the session of callParty',
    'query ($id: ID!) { callParty(sessionId: $id, id: "p-1") { id } }',
    'sessionId',
  ],
  ['callParty', 'query ($id: ID!) { callParty(sessionId: "s-1", id: $id) { id } }', 'id'],
  [
    'dropCallSession',
    'mutation ($id: ID!) { dropCallSession(input: { sessionId: $id }) { outcome } }',
    'sessionId',
  ],
  [
    'holdCallParty',
    'mutation ($id: ID!) { holdCallParty(input: { sessionId: "s-1", partyId: $id }) { outcome } }',
    'partyId',
  ],
];

describe('An id', () => {
  describe.each(PLACES)('of %s', (_, operation, name) => {
    test.each(HOSTILE)('that is %s is refused', async (__, id) => {
      const provider = createFakeProvider();
      const { errors } = await ask(provider, operation, { id });
      const failure = errors?.[0]?.originalError;
      expect(failure).toBeInstanceOf(BadUserInput);
      expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', parameterName: name });
      expect(failure?.message.length).toBeLessThan(350);
      expect(provider.asked).toEqual([]);
    });
  });

  test.each([
    ['callPartyUpdated(sessionId: $id) { id }'],
    ['callPartyUpdated(sessionId: "s-1", partyId: $id) { id }'],
    ['callEvents(sessionId: $id) { __typename }'],
  ])('that is hostile is refused by %s', async (field) => {
    for (const [, id] of HOSTILE) {
      const result = await subscribe({
        schema,
        document: parse(`subscription ($id: ID!) { ${field} }`),
        variableValues: { id },
        contextValue: aContext(createFakeProvider()),
      });
      expect(result).toMatchObject({ errors: [{ originalError: { code: 'BAD_USER_INPUT' } }] });
    }
  });

  test.each([
    's-a4a0d81285c1az17fbeac3fd7z80c6d0000',
    'Y3MxNzE4MzM4NTk1MDI0NzQ5NzA5QDEwLjYyLjI1LjExMQ==',
    'cs1718-2',
    '%2e%2e',
    '../../etc',
    'a?x=1#y',
    's'.repeat(256),
    '電話',
  ])('%s is passed on as it is: encoding it is for the address', (id) => {
    expect(checkId(id, 'id')).toBe(id);
  });

  test('that is long is quoted short, with what is allowed', () => {
    expect(() => checkId('s'.repeat(300), 'sessionId')).toThrowError(
      new BadUserInput(
        `sessionId: read "${'s'.repeat(40)}"… (300 characters), allowed is an id as the phone system gave it: ` +
          '1 to 256 characters, no spaces or control characters, not "." or "..".',
        'sessionId',
      ),
    );
  });

  test('is one of at most a hundred in a list', async () => {
    const provider = createFakeProvider();
    const document = parse('query ($ids: [ID!]!) { callSessions(ids: $ids) { id } }');
    const askFor = (count: number) =>
      execute({
        schema,
        document,
        variableValues: { ids: Array.from({ length: count }, (_, index) => `s-${index}`) },
        contextValue: aContext(provider),
      });
    expect((await askFor(101)).errors?.[0]?.message).toBe('ids: read 101 ids, allowed are at most 100.');
    expect(provider.asked).toEqual([]);
    expect((await askFor(100)).errors).toBeUndefined();
    expect(provider.asked).toHaveLength(100);
  });
});
