/**
 * The second half of `npm run build`: each program becomes a file or two, and a few parts that it loads when it needs them.
 *
 * Without it, a start reads about a thousand small modules and takes twice as long. What is rarely needed stays outside:
 * GraphiQL's page (9 MB) and the pretty log of a terminal.
 */
import { readFile, rm } from 'node:fs/promises';
import { resolve as pathOf } from 'node:path';
import { build } from 'esbuild';

/** What every start needs: the gateway, and what all phone systems share. */
const START = ['gateway.js', 'live/hub.js', 'upstream/http.js'].map((path) => pathOf('dist/src', path));

// Their names tell what is in them, so those of another build would stay.
await rm('dist/src/parts', { recursive: true, force: true });

const settings = {
  outbase: 'dist/src',
  outdir: 'dist/src',
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // ES modules where a package has both kinds: of those, what nobody imports is left out.
  mainFields: ['module', 'main'],
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
  // What got can do beside, and is not asked for: HTTP/2 (2 MB), caches of answers and of addresses. Likewise the forms of
  // Yoga's fetch, the quantiles of prom-client, and the logs that pino has another thread write.
  alias: {
    '@fastify/busboy': 'data:text/javascript,export default {}',
    tdigest: 'data:text/javascript,export default {}',
    'thread-stream': 'data:text/javascript,export default {}',
    'http2-wrapper': 'data:text/javascript,export default {}',
    'cacheable-request': 'data:text/javascript,export default {}; export class CacheError extends Error {}',
    'cacheable-lookup': 'data:text/javascript,export default {}',
  },
  logLevel: 'warning',
};

const plugins = [
  { name: 'one graphql', setup: oneGraphql },
  { name: 'late lists', setup: lateLists },
  { name: 'plain options', setup: plainOptions },
];

await Promise.all([
  build({
    ...settings,
    entryPoints: ['dist/src/main.js'],
    splitting: true,
    chunkNames: 'parts/[hash]',
    plugins: [...plugins, { name: 'one start', setup: oneStart }],
  }),
  build({ ...settings, entryPoints: ['dist/src/simulator/main.js'], plugins }),
]);

/**
 * Each part that is loaded later asks for all that a start needs, which is there already. Else what it shares with the start
 * would be a part of its own, and with it and another one the next: every part costs a start half a millisecond.
 */
function oneStart({ onLoad, onResolve, resolve }) {
  const late = new Set();
  onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
    if (kind !== 'dynamic-import' || pluginData === late) return undefined;
    const found = await resolve(path, { kind, importer, resolveDir, pluginData: late });
    // Of a package that may not be there it is esbuild that decides.
    if (found.errors.length > 0) return undefined;
    late.add(found.path);
    return found;
  });
  onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
    if (!late.has(path)) return undefined;
    const text = await readFile(path, 'utf8');
    const isModule = /^export /m.test(text);
    return {
      contents: isModule ? [text, ...START.map((one) => `import ${JSON.stringify(one)};`)].join('\n') : text,
    };
  });
}

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
    if (contents === text) throw new Error("got's options have changed: look what they spread now.");
    return { contents };
  });
}
