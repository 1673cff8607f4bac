/** Every operation that we show works with a cache that keeps objects by their ids. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { generate } from '../../codegen.ts';
import { embeddedTypes } from '../../examples/cache-types.ts';
import { schema } from '../../schema/index.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const examples = readdirSync(new URL('examples/', root)).filter((file) => file.endsWith('.graphql'));
const ofReadme = [...read('README.md').matchAll(/^```graphql\n(.*?)^```$/gms)].map(([, text]) => text ?? '');

/** What a cache needs of an object: which one it is, and of whoever takes part in a call when it was so. */
function needed(type: string): string[] {
  if (type === 'CallParty') return ['id', 'sessionId', 'observedAt'];
  if (type === 'CallMediaParticipant') return ['id', 'conversationId', 'observedAt'];
  return embeddedTypes.includes(type) ? [] : ['id'];
}

/** Each field that asks an object for too little, as `CallParty.sessionId`. */
function missing(text: string): string[] {
  const info = new TypeInfo(schema);
  const found: string[] = [];
  const look = ({ selectionSet }: FieldNode) => {
    const type = getNamedType(info.getType());
    if (selectionSet === undefined || !isCompositeType(type)) return;
    for (const object of isObjectType(type) ? [type] : schema.getPossibleTypes(type)) {
      const names = fieldsOf(selectionSet, object);
      // Where one of several types is asked for nothing but which it is, nothing of it is kept.
      if (object !== type && names.every((name) => name === '__typename')) continue;
      const lacking = needed(object.name).filter((name) => !names.includes(name));
      found.push(...lacking.map((name) => `${object.name}.${name}`));
    }
  };
  visit(withoutSpreads(parse(text)), visitWithTypeInfo(info, { Field: look }));
  return found;
}

/** The fields that an object of this type is asked for, also by fragments that are about it or about what it is. */
function fieldsOf({ selections }: SelectionSetNode, object: GraphQLObjectType): string[] {
  return selections.flatMap((each) => {
    if (each.kind === Kind.FIELD) return [each.name.value];
    if (each.kind === Kind.FRAGMENT_SPREAD) throw new Error(`What is ${each.name.value}?`);
    const about = each.typeCondition && schema.getType(each.typeCondition.name.value);
    const isMeant =
      about === undefined || about === object || (isAbstractType(about) && schema.isSubType(about, object));
    return isMeant ? fieldsOf(each.selectionSet, object) : [];
  });
}

/** The operations of a document, with each fragment written out where it is used. */
function withoutSpreads(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  }
  return visit(document, {
    FragmentDefinition: () => null,
    FragmentSpread({ name }): InlineFragmentNode {
      const fragment = fragments.get(name.value);
      if (fragment === undefined) throw new Error(`There is no fragment ${name.value}.`);
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
    },
  });
}

describe('What a cache needs is asked for', () => {
  test('or it is told', () => {
    expect(missing('{ callSession(id: "s") { parties { id } } viewer { devices { name } } }')).toEqual([
      'CallSession.id',
      'CallParty.sessionId',
      'CallParty.observedAt',
      'Device.id',
    ]);
  });

  test('also of each type that an interface may be, and where a fragment asks for it', () => {
    const asking = (fields: string) => `
      query ($id: ID!) { callSession(id: $id) { ...Card } viewer { conversations { ...Card } } }
      fragment Card on Call { id ...Who }
      fragment Who on Call { participants { ${fields} } }`;
    expect(missing(asking('__typename')).sort()).toEqual([]);
    expect(missing(asking('id held ... on CallParty { sessionId }'))).toEqual([
      'CallParty.observedAt',
      'CallMediaParticipant.conversationId',
      'CallMediaParticipant.observedAt',
      'CallParty.observedAt',
      'CallMediaParticipant.conversationId',
      'CallMediaParticipant.observedAt',
    ]);
  });

  test.each(examples)('by examples/%s', (file) => {
    expect(missing(read(`examples/${file}`))).toEqual([]);
  });

  test.each(ofReadme)('by README: %s', (text) => {
    expect(missing(text)).toEqual([]);
  });
});

test('`npm run codegen` changes nothing', async () => {
  for (const [path, text] of await generate()) expect({ path, text: read(path) }).toEqual({ path, text });
});
