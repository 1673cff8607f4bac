/** What README shows is true: it fits the schema and the files it points to. */
import { readFileSync } from 'node:fs';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');

/** The blocks of code in one language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

test('Every operation of README fits the schema', () => {
  const operations = blocks('graphql');
  expect(operations).toHaveLength(3);
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
});

test('README shows the client of the examples as it is', () => {
  expect(blocks('ts')).toContain(read('examples/live-client.ts'));
});
