/**
 * The second half of `npm run build`: each program becomes one file, and a few parts that it loads when it needs them.
 *
 * Without it, a start reads about a thousand small modules and takes twice as long. What is rarely needed stays outside:
 * GraphiQL's page (9 MB) and the pretty log of a terminal.
 */
import { readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

// Their names tell what is in them, so those of another build would stay.
await rm('dist/src/parts', { recursive: true, force: true });

await build({
  entryPoints: ['dist/src/main.js', 'dist/src/simulator/main.js'],
  outbase: 'dist/src',
  outdir: 'dist/src',
  chunkNames: 'parts/[hash]',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // ES modules where a package has both kinds: of those, what nobody imports is left out.
  mainFields: ['module', 'main'],
  plugins: [
    { name: 'one graphql', setup: oneGraphql },
    { name: 'late lists', setup: lateLists },
    { name: 'plain options', setup: plainOptions },
  ],
  // Not `keepNames`: it costs a call wherever a function is made, and 5 MB.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  external: ['@graphql-yoga/render-graphiql', 'pino-pretty'],
  // CommonJS packages inside ask for Node's own modules in their own way.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // One mention of Node's own `Request` loads the whole of its fetch, 3 MB. Yoga compares its own with it, to find out
  // that they differ.
  define: { 'globalThis.Request': 'undefined' },
  // What got can do beside, and is not asked for: HTTP/2 (2 MB), caches of answers and of addresses.
  alias: {
    'http2-wrapper': 'data:text/javascript,export default {}',
    'cacheable-request': 'data:text/javascript,export default {}; export class CacheError extends Error {}',
    'cacheable-lookup': 'data:text/javascript,export default {}',
  },
  logLevel: 'warning',
});

/**
 * graphql-jit's ES modules ask for the CommonJS beside them and for graphql's: with those, all of graphql would be in the
 * program, used or not. Everybody gets the same ES modules.
 */
function oneGraphql({ onResolve, resolve }) {
  onResolve({ filter: /^graphql\/.+\.js$/ }, ({ path, ...importer }) =>
    resolve(path.replace(/\.js$/, '.mjs'), importer),
  );
  onResolve({ filter: /^\.\/[\w-]+(\.js)?$/ }, ({ path, resolveDir, ...importer }) =>
    /\/graphql-jit\/dist$/.test(resolveDir)
      ? resolve(`${path.replace(/\.js$/, '')}.mjs`, { resolveDir, ...importer })
      : undefined,
  );
}

/** What got checks with makes two formatters of lists for errors that nobody sees: with the tables of ICU, 5 MB and 10 ms. */
function lateLists({ onLoad }) {
  onLoad({ filter: /\/@sindresorhus\/is\/.+\.js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    const contents = text.replaceAll(
      /new Intl\.ListFormat\((.+?)\);/g,
      '{ format: (list) => new Intl.ListFormat($1).format(list) };',
    );
    return { contents };
  });
}

/** What got spreads into the options of each request is nothing, and makes them a slow object of 18 kB. */
function plainOptions({ onLoad }) {
  onLoad({ filter: /\/got\/dist\/source\/core\/options\.js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    const contents = text.replace(
      /return \{\s+\.\.\.internals\.cacheOptions,\s+\.\.\.this\._unixOptions,/,
      'return {',
    );
    return { contents };
  });
}
