/**
 * `npm run codegen`: the examples as typed documents for the tests and as a manifest of persisted operations, and what
 * the caches of clients must know of the schema. It needs no network and no running gateway.
 *
 * It calls the parts of GraphQL Code Generator as its command line would. That one is left out: it brings two hundred
 * packages, and some of them do not run on the oldest Node that is supported.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { minifyIntrospectionQuery } from '@urql/introspection';
import {
  buildSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  introspectionFromSchema,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from 'graphql';

const root = new URL('./', import.meta.url);

/** Ids that are names, and mean nothing outside of what they stand in. */
const NAMES: readonly string[] = ['MetadataValue'];

/** What `npm run codegen` writes: each text by its path in the project. */
export async function generate(): Promise<Map<string, string>> {
  const names = (await readdir(new URL('examples/', root)))
    .filter((name) => name.endsWith('.graphql'))
    .sort();
  const examples = names.map((name) => read(`examples/${name}`));
  const files = await generateClient('test/generated/', await Promise.all(examples));
  const schema = buildSchema(await read('schema/schema.graphql'));
  files.set('examples/cache-types.ts', printCacheTypes(schema));
  files.set('examples/graphcache-schema.ts', printGraphcacheSchema(schema));
  return files;
}

/** What the frontends that we show choose differently. */
export interface ClientOptions {
  readonly documentMode?: 'string' | 'documentNodeImportFragments';
  readonly documentTransforms?: NonNullable<Parameters<typeof codegen>[0]['documentTransforms']>;
}

/** Operations as typed documents and as a manifest, as the client preset makes them. */
export async function generateClient(
  folder: string,
  operations: readonly string[],
  { documentMode = 'string', documentTransforms = [] }: ClientOptions = {},
): Promise<Map<string, string>> {
  const schema = lexicographicSortSchema(buildSchema(await read('schema/schema.graphql')));
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: folder,
    presetConfig: { fragmentMasking: false, persistedDocuments: true },
    schema: parse(printSchema(schema)),
    schemaAst: schema,
    documents: operations.map((text, index) => ({
      location: `${index}.graphql`,
      document: parse(text),
      rawSDL: print(parse(text)),
      hash: String(index),
      type: 'standard',
    })),
    config: {
      documentMode,
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      scalars: { ID: 'string', DateTime: 'string', BigInt: 'string' },
      importExtension: '.ts',
      emitLegacyCommonJSImports: true,
    },
    plugins: [],
    pluginMap: {},
    documentTransforms,
  });
  const texts = outputs.map(
    async (output): Promise<[string, string]> => [
      output.filename,
      await codegen({ ...output, importExtension: '.ts' }),
    ],
  );
  return new Map(await Promise.all(texts));
}

/** What no cache can know by itself, as a file to copy. */
function printCacheTypes(schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const possible = types
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)] as const);
  const objects = types.filter(isObjectType).filter((type) => !isRoot(schema, type));
  const embedded = objects.filter((type) => !hasKey(type)).map(({ name }) => name);
  // What a subscription brings is kept, too, and replaced by the next.
  const lists = types
    .filter(isObjectType)
    .filter((type) => !isRoot(schema, type) || type === schema.getSubscriptionType())
    .map((type) => [type.name, listsOf(type)] as const)
    .filter(([, fields]) => fields.length > 0);
  return `/** What caches must know of the schema: \`npm run codegen\` of the gateway writes it. */

/** Which types an interface or a union stands for. Without it no fragment on them matches. */
export const possibleTypes: Record<string, string[]> = ${literal(Object.fromEntries(possible))};

/** Types whose objects have no id of their own: a cache keeps them inside of what they stand in. */
export const embeddedTypes: string[] = ${literal(embedded)};

/** The fields that are lists of objects. A new list takes the place of the old one. */
export const listFields: Record<string, string[]> = ${literal(Object.fromEntries(lists))};
`;
}

/** The schema as graphcache wants it: without descriptions and arguments' types, a tenth of the whole. */
function printGraphcacheSchema(schema: GraphQLSchema): string {
  const minified = minifyIntrospectionQuery(introspectionFromSchema(schema));
  return `/** The schema as graphcache wants it: \`npm run codegen\` of the gateway writes it. */
export const schema = ${JSON.stringify(minified)};
`;
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);
}

/** Whether every object has an id, which says which one it is. */
function hasKey(type: GraphQLObjectType): boolean {
  const id = type.getFields().id;
  return id !== undefined && isNonNullType(id.type) && !NAMES.includes(type.name);
}

function listsOf(type: GraphQLObjectType): string[] {
  const fields = Object.values(type.getFields());
  return fields
    .filter((field) => isListType(isNonNullType(field.type) ? field.type.ofType : field.type))
    .filter((field) => isCompositeType(getNamedType(field.type)))
    .map(({ name }) => name);
}

/** As TypeScript. */
function literal(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replaceAll('"', "'")
    .replace(/^( +)'(\w+)':/gm, '$1$2:')
    .replace(/(['\]])(?=\n)/g, '$1,');
}

function read(path: string): Promise<string> {
  return readFile(new URL(path, root), 'utf8');
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  for (const [path, text] of await generate()) await writeFile(fileURLToPath(new URL(path, root)), text);
}
