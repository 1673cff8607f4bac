/** The few pages of signing in: small, without anything from elsewhere, and never with anything of a token. */
import { createHash } from 'node:crypto';
import { type ProblemCode, wordsOf } from './problems.ts';
import type { System } from './systems.ts';

/** A page and what it may do. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** Where to begin anew. */
export interface WayIn {
  readonly address: string;
  /** Of the system, where it has to be said; null: there is no other. */
  readonly name: string | null;
}

/** The page for a sign-in that did not come to its end. */
export function problemPage(
  code: ProblemCode,
  {
    system,
    error,
    again,
  }: { readonly system: System; readonly error: string | null; readonly again: readonly WayIn[] },
): Page {
  const { title, text } = wordsOf(code, system);
  const word = error === null ? '' : `<p class="word">${escaped(error)}</p>`;
  const links = again.map(({ address, name }) => {
    const words = name === null ? 'Sign in' : `Sign in to ${name}`;
    return `<p><a href="${escaped(address)}">${escaped(words)}</a></p>`;
  });
  return pageOf(title, `<p>${escaped(text)}</p>${word}${links.join('')}`);
}

/** The page of a window that was opened for signing in: tells `opener`, a page of that origin, and closes. */
export function popupPage(opener: string, message: object): Page {
  const facts = `data-opener="${escaped(opener)}" data-message="${escaped(JSON.stringify(message))}"`;
  return pageOf(
    'You are signed in',
    '<p>You can close this window.</p>',
    `<script id="tell" ${facts}>${TELL}</script>`,
  );
}

/** Runs in the window: whoever opened it hears of it only where it is a page of that origin. */
const TELL = `const { opener, message } = document.getElementById('tell').dataset;
if (window.opener) { window.opener.postMessage(JSON.parse(message), opener); window.close(); }`;

/** The colours are those of the bar above GraphiQL. */
const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,"Segoe UI",Roboto,sans-serif;
--page:#eef1f6;--card:#fff;--ink:#1f2937;--quiet:#5b6779;--line:#d9dfe9;--accent:#b80c7d;--on:#fff}
@media(prefers-color-scheme:dark){:root{--page:#151b27;--card:#212a3b;--ink:#e9eef7;--quiet:#a9b5c9;--line:#3d485c;
--accent:#ff7db1;--on:#212a3b}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:24px 16px;
background:var(--page);color:var(--ink)}main{width:100%;max-width:440px;padding:32px;background:var(--card);
border:1px solid var(--line);border-radius:20px;box-shadow:0 12px 40px rgb(15 23 42/12%)}
h1{font-size:26px;line-height:1.2;letter-spacing:-.02em;margin:0 0 10px;text-wrap:balance}
p{margin:0 0 20px;color:var(--quiet);text-wrap:pretty}p:last-child{margin:0}
a{display:block;padding:11px;border-radius:14px;background:var(--accent);color:var(--on);font-weight:600;text-align:center;
text-decoration:none}a:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.word{font:13px/1.4 ui-monospace,Menlo,monospace}
@media(max-width:480px){body{padding:0;place-items:stretch;background:var(--card)}
main{max-width:none;padding:28px 20px;border:0;border-radius:0;box-shadow:none}}`;

const POLICY = [
  "default-src 'none'",
  `style-src '${digestOf(STYLE)}'`,
  `script-src '${digestOf(TELL)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function pageOf(title: string, body: string, script = ''): Page {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>${body}</main>${script}</body></html>
`;
  return { html, policy: POLICY };
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');
}
