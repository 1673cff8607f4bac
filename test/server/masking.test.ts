import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { maskError } from '../../src/server/masking.ts';
import { openHouse } from './house.ts';

/** What a client reads of a mistake of its own that graphql-js tells in these words. */
function said(message: string): string {
  return maskError(new GraphQLError(message), { requestId: '1', suggestions: false }).message;
}

describe('Where the schema may not be read, a message', () => {
  test('loses its suggestion', () => {
    expect(said('Cannot query field "a" on type "B". Did you mean "c" or "d"?')).toBe(
      'Cannot query field "a" on type "B".',
    );
  });

  test('loses it also where a client has written about suggestions, before it or behind', () => {
    expect(said('Value " Did you mean " is none. Did you mean "SECRET"?')).not.toContain('SECRET');
    expect(said('Unknown "a". Did you mean "SECRET"? Or so.')).toBe('Unknown "a".');
  });

  test('loses it also where it is cut in the middle', () => {
    expect(said(`${'x'.repeat(970)} Did you mean "SECRET" or "${'y'.repeat(100)}"?`)).toBe('x'.repeat(970));
  });
});

test('A message of 800 KB that suggests again and again is cut before it is read', async () => {
  await using house = await openHouse({ settings: { INTROSPECTION: 'off' } });
  const query = 'query ($color: Color) { color(is: $color) }';
  const answer = await house.answer(query, { variables: { color: ' Did you mean '.repeat(57_000) } });
  expect(answer).toEqual({
    errors: [
      {
        message: expect.stringMatching(/^Variable "\$color" got invalid value "$/),
        locations: [{ line: 1, column: 8 }],
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
      },
    ],
  });
});
