import { buildSchema, getIntrospectionQuery, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createLimitsRule, createMeasure } from '../../src/server/limits.ts';

function measure(text: string) {
  const document = parse(text);
  return createMeasure(document)(document.definitions[0] as OperationDefinitionNode);
}

describe('The size of an operation', () => {
  test('is the longest path, the aliases and the root fields', () => {
    expect(measure('{ me }')).toEqual({ depth: 1, aliases: 0, fields: 1 });
    expect(measure('{ a: me b: node { node { id } } }')).toEqual({ depth: 3, aliases: 2, fields: 2 });
  });

  test('looks through inline fragments without counting them as depth', () => {
    expect(measure('{ ... on Query { ... { node { id } } } }')).toEqual({ depth: 2, aliases: 0, fields: 1 });
  });

  test('counts a fragment wherever it is spread, at whatever depth', () => {
    const fragment = 'fragment F on Node { x: node { id } }';
    expect(measure(`{ node { ...F } deep: node { node { node { ...F } } } } ${fragment}`)).toEqual({
      depth: 5,
      aliases: 3,
      fields: 2,
    });
  });

  test('is not hidden by a fragment that bears the name of introspection', () => {
    const text = '{ node { ...__schema } } fragment __schema on Node { a: node { b: node { id } } }';
    expect(measure(text)).toEqual({ depth: 4, aliases: 2, fields: 1 });
  });

  test('leaves introspection to the rule of graphql-js', () => {
    expect(measure(getIntrospectionQuery()).depth).toBe(1);
  });

  test('of fragments in a circle is finite', () => {
    const text =
      '{ node { ...A } } fragment A on Node { node { ...B } } fragment B on Node { node { ...A } }';
    expect(measure(text)).toEqual({ depth: 3, aliases: 0, fields: 1 });
  });

  test('of a pyramid of fragments is found in a time that grows with its text', () => {
    const layers = Array.from({ length: 60 }, (_, layer) =>
      layer === 59
        ? `fragment F${layer} on Query { a: me }`
        : `fragment F${layer} on Query { ...F${layer + 1} ...F${layer + 1} }`,
    );
    expect(measure(`{ ...F0 } ${layers.join(' ')}`).aliases).toBe(2 ** 59);
  });
});

test('The rule refuses with a sentence for each limit that is exceeded', () => {
  const schema = buildSchema('type Query { me: Me } type Me { me: Me } type Mutation { hang: Int }');
  const rule = createLimitsRule({ maxDepth: 2, maxAliases: 1, maxCommands: 2 });
  const problems = (text: string) => validate(schema, parse(text), [rule]).map(({ message }) => message);

  expect(problems('{ me { me } }')).toEqual([]);
  expect(problems('{ me { me { me } } }')).toEqual(['This operation is 3 fields deep, allowed are 2.']);
  expect(problems('{ a: me b: me }')).toEqual(['This operation has 2 aliases, allowed are 1.']);
  expect(problems('mutation { hang ...F } fragment F on Mutation { hang ... { hang } }')).toEqual([
    'This operation sends 3 commands, allowed are 2.',
  ]);
});
