/** The house: which file may import which (the floors are listed from the cellar to the roof). */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A file imports only from floors below its own, so that it can be read and tested without what stands above
 * it. A path that ends with `/` is every file below it that no other line names.
 */
const FLOORS: readonly (readonly string[])[] = [
  // 0 words
  ['schema/model.ts', 'src/ringcentral/wire.ts', 'src/config.ts', 'src/telemetry/'],
  ['schema/failures.ts'],
  // 1 promise
  ['schema/provider.ts'],
  ['schema/context.ts'],
  ['schema/builder.ts', 'schema/checks.ts'],
  // 2 nouns
  ['schema/failure-types.ts', 'schema/call-party.ts'],
  ['schema/call-session.ts'],
  ['schema/command.ts'],
  // 3 verbs
  ['schema/'],
  ['schema/index.ts'],
  ['schema/print.ts'],
];

const files = ['schema', 'src'].flatMap((folder) => sourcesBelow(folder));

describe('The house', () => {
  test('has a floor for every file', () => {
    expect(files.filter((file) => floorOf(file) === -1)).toEqual([]);
  });

  test('lets a file import only from floors below its own', () => {
    const upward = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => floorOf(imported) >= floorOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(upward).toEqual([]);
  });

  test('keeps the schema free of the machine behind it', () => {
    const outward = files
      .filter((file) => file.startsWith('schema/'))
      .flatMap((file) => importsOf(file).filter((imported) => !imported.startsWith('schema/')));
    expect(outward).toEqual([]);
  });

  test('keeps the simulator from sharing the mistakes of the client', () => {
    const borrowed = files
      .filter((file) => file.startsWith('src/simulator/'))
      .flatMap((file) => importsOf(file))
      .filter((imported) => !imported.startsWith('src/simulator/'));
    expect([...new Set(borrowed)]).toEqual(['src/ringcentral/wire.ts']);
  });
});

function floorOf(file: string): number {
  const exact = FLOORS.findIndex((floor) => floor.includes(file));
  if (exact !== -1) return exact;
  return FLOORS.findIndex((floor) => floor.some((path) => path.endsWith('/') && file.startsWith(path)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const relativeImports = text.matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g);
  return [...relativeImports].map(([, path = '']) =>
    relative(root, resolve(dirname(join(root, file)), path)),
  );
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}
