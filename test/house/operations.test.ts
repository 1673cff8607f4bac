/** Every operation that we show works with a cache that keeps objects by their ids. */
import { readdirSync, readFileSync } from 'node:fs';
import {
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

/** What a cache needs of an object: which one it is, and of a party when it was so. */
function needed(type: string): string[] {
  if (type === 'CallParty') return ['id', 'sessionId', 'observedAt'];
  return embeddedTypes.includes(type) ? [] : ['id'];
}

/** Each selection that lacks something, as `CallParty.sessionId`. */
function missing(text: string): string[] {
  const info = new TypeInfo(schema);
  const found: string[] = [];
  const look = (node: SelectionSetNode) => {
    const type = info.getParentType();
    // What stands around `... on CallSnapshot` is looked at inside of it.
    if (!isObjectType(type) || isRoot(type.name)) return;
    const names = node.selections.map((each) => (each.kind === Kind.FIELD ? each.name.value : ''));
    const lacking = needed(type.name).filter((name) => !names.includes(name));
    found.push(...lacking.map((name) => `${type.name}.${name}`));
  };
  visit(parse(text), visitWithTypeInfo(info, { SelectionSet: look }));
  return found;
}

function isRoot(name: string): boolean {
  return ['Query', 'Mutation', 'Subscription'].includes(name);
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
