/** The few pages of signing in: small, without anything from elsewhere, and never with anything of a token. */
import { createHash } from 'node:crypto';
import { PROBLEMS, type ProblemCode } from './problems.ts';

/** A page and what it may do. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** The page for a sign-in that did not come to its end; `again` is where to begin anew. */
export function problemPage(
  code: ProblemCode,
  { error, again }: { readonly error: string | null; readonly again: string },
): Page {
  const { title, text } = PROBLEMS[code];
  const word = error === null ? '' : `<p class="word">${escaped(error)}</p>`;
  return pageOf(title, `<p>${escaped(text)}</p>${word}<p><a href="${escaped(again)}">Sign in</a></p>`);
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

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:2rem}h1{font-size:1.4rem;line-height:1.25;margin:0 0 .5rem}p{margin:0 0 1rem}
a{display:inline-block;padding:.5rem 1.25rem;border-radius:.5rem;background:#0b5fff;color:#fff;text-decoration:none}
a:focus-visible{outline:3px solid #0b5fff;outline-offset:3px}.word{font-family:ui-monospace,monospace;opacity:.7}`;

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
