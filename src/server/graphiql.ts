/**
 * GraphiQL, whole in one page: nothing is fetched from anywhere else.
 *
 * The page is 9 MB, so it is loaded when first asked for, compressed once per encoding, and revalidated by its
 * ETag afterwards.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A tab of GraphiQL. */
export interface Example {
  readonly query: string;
  /** JSON text. */
  readonly variables?: string;
}

export interface GraphiQLPage {
  /** Answers a browser that asked for the page. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const ENCODERS = {
  // 5 of 11: as small as gzip's best in a tenth of the time that 11 takes.
  br: (page: Buffer) => promisify(brotliCompress)(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (page: Buffer) => promisify(gzip)(page),
  identity: async (page: Buffer) => page,
};
type Encoding = keyof typeof ENCODERS;

/** The page may load nothing, call nobody but its own host, and be framed by nobody. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Makes the page with these tabs. */
export function createGraphiQLPage(examples: readonly Example[]): GraphiQLPage {
  const page = once(async () => {
    const html = Buffer.from(await render(examples));
    const tag = createHash('sha256').update(html).digest('base64url').slice(0, 16);
    const encode = (encoding: Encoding) => once(() => ENCODERS[encoding](html));
    return { tag, br: encode('br'), gzip: encode('gzip'), identity: encode('identity') };
  });

  return {
    async serve(request, response) {
      const encoding = chooseEncoding(request.headers['accept-encoding']);
      const { tag, [encoding]: encoded } = await page();
      const etag = `"${tag}-${encoding}"`;
      response.setHeaders(
        new Headers({
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': CONTENT_POLICY,
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          // The address has no version in it: ask each time, and mostly hear 304.
          'cache-control': 'private, no-cache',
          etag,
          vary: 'accept, accept-encoding',
        }),
      );
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end();
        return;
      }
      const body = await encoded();
      if (encoding !== 'identity') response.setHeader('content-encoding', encoding);
      response.setHeader('content-length', body.length);
      response.writeHead(200).end(body);
    },
  };
}

async function render(examples: readonly Example[]): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = withHeadersOnWebSocket(
    renderGraphiQL({
      title: 'RingCentral GraphQL Gateway',
      subscriptionsProtocol: 'WS',
      // A token typed into the headers tab stays in the tab.
      shouldPersistHeaders: false,
      ...(examples.length > 0 && { defaultTabs: examples.map((example) => ({ ...example })) }),
    }),
  );
  return html.replace('</head>', `<style>${STYLE}</style></head>`);
}

/**
 * Two things of the page that many tabs show: the tab that gets the focus jumps aside before the click is over (its
 * drag-and-drop keeps an offset from before the page was laid out), and the title is pressed into three lines.
 */
const STYLE = '.graphiql-tab { transform: none !important; } .graphiql-logo { white-space: nowrap; }';

/** In the WebSocket client of the page: `extensions` and `connectionParams` as its minifier named them. */
const CONNECTION_PARAMS = 'a?.connectionParams&&typeof a?.connectionParams';

/**
 * Lets the headers tab name the caller on a WebSocket too. The page hands the tab to each operation as
 * `extensions.headers`, but fills the connection's parameters from `extensions.connectionParams` alone, which
 * nobody can type; a browser's WebSocket has no headers of its own.
 */
function withHeadersOnWebSocket(html: string): string {
  const parts = html.split(CONNECTION_PARAMS);
  if (parts.length !== 2)
    throw new Error('The GraphiQL page has changed: look for its WebSocket client again.');
  return parts.join(`t=Object.assign(t,a?.headers),${CONNECTION_PARAMS}`);
}

function chooseEncoding(accepted = ''): Encoding {
  if (TAKES_BR.test(accepted)) return 'br';
  return TAKES_GZIP.test(accepted) ? 'gzip' : 'identity';
}

const TAKES_BR = /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i;
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i;

/** Makes it when first asked for, and again only if that failed. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
