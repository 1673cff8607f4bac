/**
 * GraphiQL, whole in one page: nothing is fetched from anywhere else.
 *
 * The page is 9 MB, so it is loaded when first asked for, compressed once per encoding, and revalidated by its
 * ETag afterwards.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { DemoUser, MenuEntry, Role } from './graphiql-bar.ts';
import type { SignInChoice } from './graphiql-session.ts';
import { GENESYS_HEADER } from './origins.ts';

/** A tab of GraphiQL. */
export interface Example {
  /** One operation, which has a name. */
  readonly query: string;
  /** JSON text. */
  readonly variables?: string;
  /** JSON text: whom the example takes at RingCentral, where visitors may be anybody there. */
  readonly headers?: string;
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

/** Whom a visitor may be at each phone system without signing in, mostly nobody; null: it is off. */
export interface DemoUsers {
  readonly ringCentral: readonly DemoUser[] | null;
  readonly genesys: readonly DemoUser[] | null;
}

/** What the page is made of. */
export interface GraphiQLParts {
  /** Its tabs. */
  readonly examples: readonly Example[];
  /** Asked for each visitor. */
  readonly users?: (() => DemoUsers) | undefined;
  /** Where browsers can sign in; missing: nowhere. */
  readonly signInTo?: readonly SignInChoice[] | undefined;
}

/** Makes the page. */
export function createGraphiQLPage({
  examples,
  users = () => NOBODY,
  signInTo = [],
}: GraphiQLParts): GraphiQLPage {
  let page: { readonly users: string; readonly load: () => Promise<Page> } | undefined;

  /** Made again when it has become known whom a visitor may be. */
  function pageNow(): Promise<Page> {
    const current = users();
    const key = JSON.stringify(current);
    if (page?.users !== key) page = { users: key, load: once(() => make(examples, current, signInTo)) };
    return page.load();
  }

  return {
    async serve(request, response) {
      const encoding = chooseEncoding(request.headers['accept-encoding']);
      const { tag, [encoding]: encoded } = await pageNow();
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
      response.writeHead(200);
      // Bit by bit: it is much for whoever reads slowly, or not at all. Whoever leaves needs no more of it.
      await pipeline(piecesOf(body), response).catch(() => response.destroy());
    },
  };
}

const PIECE = 65_536; // 64 KiB

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += PIECE) yield body.subarray(start, start + PIECE);
}

interface Page extends Readonly<Record<Encoding, () => Promise<Buffer>>> {
  readonly tag: string;
}

async function make(
  examples: readonly Example[],
  users: DemoUsers,
  signInTo: readonly SignInChoice[],
): Promise<Page> {
  const html = Buffer.from(await render(examples, users, signInTo));
  const tag = createHash('sha256').update(html).digest('base64url').slice(0, 16);
  const encode = (encoding: Encoding) => once(() => ENCODERS[encoding](html));
  return { tag, br: encode('br'), gzip: encode('gzip'), identity: encode('identity') };
}

const TITLE = 'RingCentral GraphQL Gateway';

async function render(
  examples: readonly Example[],
  users: DemoUsers,
  signInTo: readonly SignInChoice[],
): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const { AFTER, barOf, headOf } = await import('./graphiql-bar.ts');
  // A token of the examples is one that everybody knows: it goes to nobody but who gave it out.
  const isPlayed = users.ringCentral !== null && users.ringCentral.length > 0;
  const tabs = examples.map(({ headers, ...tab }) => (isPlayed && headers ? { ...tab, headers } : tab));
  const roles = rolesOf(users);
  const html = mend(
    renderGraphiQL({
      title: TITLE,
      subscriptionsProtocol: 'WS',
      // A token typed into the headers tab stays in the tab.
      shouldPersistHeaders: false,
      ...(tabs.length > 0 && { defaultTabs: tabs }),
    }),
  );
  // Only the first and the last of these are the page's own: its scripts speak of such things too.
  const places = [html.indexOf('</head>'), html.indexOf('<div id="root">'), html.lastIndexOf('</body>')];
  if (places.includes(-1)) throw new Error('The GraphiQL page has changed: look where the bar goes again.');
  const [head = 0, body = 0, end = 0] = places;
  return [
    html.slice(0, head),
    headOf({ menu: tabs.flatMap(entryOf), roles, signInTo }),
    html.slice(head, body),
    barOf(TITLE, { roles, signInTo }),
    html.slice(body, end),
    `<script>${AFTER}</script>`,
    html.slice(end),
  ].join('');
}

const NOBODY: DemoUsers = { ringCentral: [], genesys: null };

/** Where there is one phone system, its token comes in `Authorization`, whichever it is. */
function rolesOf({ ringCentral, genesys }: DemoUsers): readonly Role[] {
  if (ringCentral === null || genesys === null) {
    const users = ringCentral ?? genesys ?? [];
    return [roleOf('authorization', users, users.length > 0 ? 'You are' : 'Token')];
  }
  return [
    roleOf('authorization', ringCentral, ringCentral.length > 0 ? 'You are' : 'RingCentral token'),
    roleOf(GENESYS_HEADER, genesys, genesys.length > 0 ? 'In Genesys Cloud' : 'Genesys Cloud token'),
  ];
}

function roleOf(header: string, users: readonly DemoUser[], label: string): Role {
  return { header, users, label };
}

/** An example without a name has a tab, but no place in the menu. */
function entryOf(example: Example): MenuEntry[] {
  const [, kind, title] = /^(query|mutation|subscription)\s+(\w+)/m.exec(example.query) ?? [];
  return title === undefined ? [] : [{ ...example, title, kind: kind as MenuEntry['kind'] }];
}

/**
 * A few places of the page's own code, as its minifier named things, and what stands there instead.
 *
 * - The headers tab names the caller on a WebSocket too: the page hands the tab to each operation as
 *   `extensions.headers`, but fills the connection's parameters from `extensions.connectionParams` alone, which nobody
 *   can type; a browser's WebSocket has no headers of its own. They are made anew for each operation: who asked before is
 *   not who asks now.
 * - After a reload the editors show the open tab, also its headers, and not what was typed last in any tab; nor does that
 *   become one tab more.
 * - A click right after the one that opened the tab runs this tab. The page reads a query a moment after it has shown it,
 *   and until then looks for the operation of the tab before.
 */
const MENDS: readonly (readonly [found: string, mended: string])[] = [
  [
    'a?.connectionParams&&typeof a?.connectionParams',
    't=gateway.headers(a?.headers),a?.connectionParams&&typeof a?.connectionParams',
  ],
  [
    'initialHeaders:mt??s??"",initialQuery:Fe??(Ln===0?Kt[0].query:null)??"",initialVariables:ht??""',
    'initialHeaders:Kt[Ln]?.headers??s??"",initialQuery:Kt[Ln]?.query??"",initialVariables:Kt[Ln]?.variables??""',
  ],
  ['return function(b,y){const w=', 'return function(b,y){gateway.settle(b);const w='],
  ['u.activeTabIndex=h;else{const f=i?', 'u.activeTabIndex=h;else if(gateway.isShared()){const f=i?'],
];

function mend(html: string): string {
  return MENDS.reduce((page, [found, mended]) => {
    const parts = page.split(found);
    if (parts.length !== 2) throw new Error(`The GraphiQL page has changed: look for ${found} again.`);
    return parts.join(mended);
  }, html);
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
