/** The examples: what a newcomer runs first, so each is valid, explained, and typed in `test/generated`. */
import { readdir, readFile } from 'node:fs/promises';
import { type DocumentNode, getOperationAST, parse, print, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { GENESYS_DEMO, GENESYS_STAGED } from '../../src/simulator/genesys/stage.ts';
import { DEMO_SESSION_ID, STAGED } from '../../src/simulator/stage.ts';
import * as generated from '../generated/graphql.ts';
import manifest from '../generated/persisted-documents.json' with { type: 'json' };

const folder = new URL('../../examples/', import.meta.url);
/** Operations and their variables; what else lies there has a name without a number. */
const files = (await readdir(folder)).filter((file) => /^\d\d-/.test(file)).sort();
const names = files.filter((file) => file.endsWith('.graphql')).map((file) => file.replace('.graphql', ''));

/** Those of Genesys Cloud begin with a number of their own. */
const FIRST_OF_GENESYS = '30';

async function example(name: string): Promise<{ text: string; document: DocumentNode }> {
  const text = await readFile(new URL(`${name}.graphql`, folder), 'utf8');
  return { text, document: parse(text) };
}

function operationOf(document: DocumentNode) {
  const operation = getOperationAST(document);
  if (operation?.name === undefined) throw new Error('An example is one operation with a name.');
  return { ...operation, name: operation.name.value };
}

describe('The examples', () => {
  test('are numbered in the order to try them, and each file of variables has its operation', () => {
    const numbers = names.map((name) => name.slice(0, 2));
    expect(numbers).toEqual([...new Set(numbers)]);
    const ofRingCentral = numbers.filter((number) => number < FIRST_OF_GENESYS);
    expect(ofRingCentral).toEqual(ofRingCentral.map((_, index) => String(index + 1).padStart(2, '0')));
    const ofGenesys = numbers.filter((number) => number >= FIRST_OF_GENESYS);
    expect(ofGenesys).toEqual(ofGenesys.map((_, index) => String(Number(FIRST_OF_GENESYS) + index)));
    const variables = files.filter((file) => file.endsWith('.json'));
    expect(names).toEqual(
      expect.arrayContaining(variables.map((file) => file.replace(/(\.headers)?\.json$/, ''))),
    );
  });

  test.each(names)('%s says what it shows, is one operation, and fits the schema', async (name) => {
    const { text, document } = await example(name);
    expect(text).toMatch(/^# \S/);
    expect(operationOf(document).operation).toMatch(/query|mutation|subscription/);
    expect(validate(schema, document)).toEqual([]);
  });

  test.each(names)('%s has default variables that fit it', async (name) => {
    const { document } = await example(name);
    const variables: Record<string, unknown> = files.includes(`${name}.json`)
      ? JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8'))
      : {};
    const { variableDefinitions = [] } = operationOf(document);
    const coerced = getVariableValues(schema, variableDefinitions, variables);
    expect(coerced.errors).toBeUndefined();
    const declared = variableDefinitions.map(({ variable }) => variable.name.value);
    expect(declared).toEqual(expect.arrayContaining(Object.keys(variables)));
  });

  test('point to the calls that the simulator has for them, and to nothing else', async () => {
    const ids = new Set<string>([DEMO_SESSION_ID, ...Object.values(STAGED)]);
    for (const file of files.filter((name) => name.endsWith('.json'))) {
      const text = await readFile(new URL(file, folder), 'utf8');
      const sessions = [...text.matchAll(/"(?:sessionId|conferenceId)": "([^"]+)"/g)].map(
        ([, id = '']) => id,
      );
      const parties = [...text.matchAll(/"partyId": "p-([^"]+)-[12]"/g)].map(([, id]) => `s-${id}`);
      expect({ file, strangers: [...sessions, ...parties].filter((id) => !ids.has(id)) }).toEqual({
        file,
        strangers: [],
      });
    }
  });

  test('point to the conversations that the simulator has for them, and to nothing else', async () => {
    const staged = new Map(
      [GENESYS_DEMO, ...Object.values(GENESYS_STAGED)].map((ids) => [ids.conversationId, Object.values(ids)]),
    );
    const pointing = files.filter((file) => file.endsWith('.json') && file >= FIRST_OF_GENESYS);
    let pointed = 0;
    for (const file of pointing) {
      const variables: Record<string, unknown> = JSON.parse(await readFile(new URL(file, folder), 'utf8'));
      const { conversationId, participantId, others = [] } = variables;
      for (const id of [conversationId, ...(others as string[])].filter((one) => one !== undefined)) {
        expect({ file, staged: [...staged.keys()] }).toEqual({
          file,
          staged: expect.arrayContaining([id]),
        });
        pointed += 1;
      }
      if (participantId !== undefined) expect(staged.get(String(conversationId))).toContain(participantId);
    }
    expect(pointed).toBeGreaterThan(pointing.length - 2);
  });

  test.each(names)('%s is typed: `npm run codegen` changes nothing', async (name) => {
    const { document } = await example(name);
    const documents: Readonly<Record<string, unknown>> = generated;
    const typed = documents[`${operationOf(document).name}Document`];
    expect(print(parse(String(typed)))).toBe(print(document));
  });

  test('are all in the manifest of persisted operations, and nothing else is', async () => {
    const persisted = Object.values(manifest).map((text) => operationOf(parse(text)).name);
    const documents = await Promise.all(names.map(example));
    expect(persisted.sort()).toEqual(documents.map(({ document }) => operationOf(document).name).sort());
  });
});
