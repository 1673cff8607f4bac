/** What README shows is true: it fits the schema, the settings and the files it points to. */
import { existsSync, readFileSync } from 'node:fs';
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

test('README names every setting, and no other', () => {
  const settings = [...read('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);
  const table = readme.split('### Settings')[1]?.split('### ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)]);
  expect(named.map(([, name]) => name).sort()).toEqual([...new Set(settings)].sort());
});

test('README points to nothing that is not there', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link ?? '');
  const missing = links.filter((link) => !link.startsWith('http') && !existsSync(new URL(link, root)));
  expect(missing).toEqual([]);
});
