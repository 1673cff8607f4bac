/** A real browser, and pages for it that are bundled as a frontend team's would be. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** CI installs a browser: one that is missing there fails, elsewhere what needs it is skipped, which shows. */
export const cannotSee = !existsSync(CHROMIUM) && process.env.CI !== 'true';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts it, with a profile that knows nothing. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page has complained of: warnings and errors of its console, and what it did not catch. */
  readonly complaints: string[];
}

export interface Site extends AsyncDisposable {
  /** Where its page comes from: the gateway must let it in by `CORS_ORIGINS`. */
  readonly origin: string;
  /** Opens the page in a window that knows nothing. */
  open(browser: Browser, query?: string): Promise<OpenPage>;
}

/** A script of `test/examples/pages/`, or one that is written here and stands in `examples/`. */
export type Script = string | { readonly contents: string };

/** Serves a script as a page with nothing else on it. */
export async function serveSite(script: Script): Promise<Site> {
  const text = await bundle(script);
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><link rel="icon" href="data:,"><script type="module">${text}</script>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async open(browser, query = '') {
      const context = await browser.newContext();
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => void complaints.push(String(error)));
      await page.goto(`${origin}/${query}`);
      return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** As in development: libraries warn of what they would only do wrong in production. */
async function bundle(script: Script): Promise<string> {
  const source =
    typeof script === 'string'
      ? { entryPoints: [fileURLToPath(new URL(`../examples/pages/${script}`, import.meta.url))] }
      : { stdin: { ...script, resolveDir: EXAMPLES, loader: 'ts' as const } };
  const { outputFiles } = await build({
    ...source,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['development', 'browser'],
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  });
  return (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
}
