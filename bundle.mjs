/**
 * The second half of `npm run build`: each program becomes one file.
 *
 * Without it, a start reads about a thousand small modules and takes twice as long. What is rarely needed stays outside
 * and is loaded when it is: GraphiQL's page (9 MB) and the pretty log of a terminal.
 */
import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: ['dist/src/main.js', 'dist/src/simulator/main.js'],
  outbase: 'dist/src',
  outdir: 'dist/src',
  allowOverwrite: true,
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // ES modules where a package has both kinds: of those, what nobody imports is left out.
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['@graphql-yoga/render-graphiql', 'pino-pretty'],
  // CommonJS packages inside ask for Node's own modules in their own way.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // One mention of Node's own `Request` loads the whole of its fetch, 3 MB. Yoga compares its own with it, to find out
  // that they differ.
  define: { 'globalThis.Request': 'undefined' },
  // got's way to speak HTTP/2, which is not asked for.
  alias: { 'http2-wrapper': 'data:text/javascript,export default {}' },
  logLevel: 'warning',
});

for (const { path, text } of outputFiles) await writeFile(path, withNamesOfErrors(text));

/**
 * Gives errors back the names that the bundler changed, which the log would tell. esbuild's own `keepNames` does it to
 * every function, for 5 MB and a call wherever a function is made.
 *
 * ```js
 * var TimeoutError2=class extends Error{                          // two packages have one
 * var TimeoutError2=class extends Error{static name="TimeoutError";
 * ```
 */
function withNamesOfErrors(code) {
  return code.replace(
    /\bvar (\w*Error)(?:\d+=class|=class _\1)(?: extends [\w.$]+)?\{/g,
    (start, name) => `${start}static name=${JSON.stringify(name)};`,
  );
}
