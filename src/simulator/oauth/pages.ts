/** The pages of a sign-in: plain HTML without a script, so that a program can do what a browser does. */
import { createHash } from 'node:crypto';
import type { Extension } from '../company/extension.ts';
import { queuesOf } from '../company/groups.ts';
import { EXTENSIONS } from '../company/people.ts';
import { escaped, hiddenFields } from '../forms.ts';
import type { Refusal } from '../refusals.ts';
import type { SignInRequest } from './authorize.ts';
import { SCOPE } from './sessions.ts';

/** What the page that asks shows. */
export interface AskingPage {
  readonly request: SignInRequest;
  /** What the form sends along: all that the app has asked for. */
  readonly params: URLSearchParams;
  /** Whoever signed in last with this browser. */
  readonly known: Extension | undefined;
  /** What was wrong with the answer before. */
  readonly problem: string | null;
}

/** Asks who somebody is: a form that posts `extension`, or `deny`. */
export function askingPage({ request, params, known, problem }: AskingPage): string {
  const wanted = hinted(request.loginHint) ?? known;
  return page(
    'Sign in to the simulator',
    `<form method="post" action="/restapi/oauth/authorize" class="${request.display}">
      ${hiddenFields(params)}
      <p class="badge">Simulated RingCentral</p>
      <h1>Who are you today?</h1>
      <p class="lead"><b>${escaped(request.clientId)}</b> at <b>${escaped(new URL(request.returnTo).host)}</b> wants to
        act for you. Nobody here is real, so there is no password.</p>
      ${problem === null ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`}
      <ul class="people">${USERS.map((user) => `<li>${personOf(user, wanted, known)}</li>`).join('')}</ul>
      <details><summary>What it may do</summary><ul class="scope">${SCOPE.split(' ')
        .map((name) => `<li>${escaped(PERMISSIONS[name] ?? name)} <code>${escaped(name)}</code></li>`)
        .join('')}</ul></details>
      <button class="deny" name="deny" value="yes">Refuse, and go back</button>
    </form>`,
  );
}

/** Says why nobody can sign in here, and leads nowhere. */
export function refusalPage({ errorCode, message }: Refusal): string {
  return page(
    'This sign-in cannot begin',
    `<div>
      <p class="badge">Simulated RingCentral</p>
      <h1>This sign-in cannot begin</h1>
      <p class="problem" role="alert">${escaped(message)} <code>${escaped(errorCode)}</code></p>
      <p class="lead">The application has sent you here with a request that is not right, so you are not sent back.
        Whoever writes it finds what is allowed in the README of the simulator, under “Signing in with a browser”.</p>
    </div>`,
  );
}

/** The page may load nothing, and be framed by nobody. Where its form leads to is not limited: it leads back to the app. */
export const PAGE_HEADERS = (): Readonly<Record<string, string>> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': CONTENT_POLICY,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
});

const USERS = EXTENSIONS.filter(({ type, status }) => type === 'User' && status === 'Enabled');

const PERMISSIONS: Readonly<Record<string, string>> = {
  CallControl: 'Make, answer, hold, move and end calls',
  ReadPresence: 'See who is on the phone',
  ReadAccounts: 'See the account and its extensions',
  ReadCallLog: 'See calls',
  WebSocketsSubscription: 'Be told of changes',
};

function personOf(user: Extension, wanted: Extension | undefined, known: Extension | undefined): string {
  const { number, name } = user;
  const initials = name.replace(/[^A-Z]/g, '');
  const [queue] = queuesOf(user);
  const role = user.role === 'user' ? (queue?.extension.name ?? 'Back office') : user.role;
  const here = user === known ? ', here before' : '';
  return `<button name="extension" value="${number}"${user === wanted ? ' class="wanted" autofocus' : ''}>
    <span class="face" aria-hidden="true">${initials}</span>
    <span><b>${escaped(name)}</b><small>Extension ${number}, ${role}${here}</small></span></button>`;
}

/** An app may name whom it expects as it likes: by extension, id or phone number. */
function hinted(hint: string | null): Extension | undefined {
  return USERS.find(({ number, id, directNumber }) => [number, id, directNumber].includes(hint ?? ''));
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>${content}</main></body></html>`;
}

const STYLE = /* css */ `
:root { --page: #eef1f6; --card: #fff; --ink: #1f2937; --quiet: #5b6779; --line: #d9dfe9; --lift: #f5f7fb; --accent: #b80c7d;
  --bad: #a3261b; --bad-back: #fdeeec; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --page: #151b27; --card: #212a3b; --ink: #e9eef7; --quiet: #a9b5c9; --line: #3d485c; --lift: #2a3447; --accent: #ff7db1;
    --bad: #ffb4aa; --bad-back: #43262a; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 24px 16px;
  background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 440px; padding: 32px; text-wrap: pretty; background: var(--card); border: 1px solid var(--line); border-radius: 20px;
  box-shadow: 0 12px 40px rgb(15 23 42 / 12%); }
main > * > :last-child { margin-bottom: 0; }
h1 { text-wrap: balance; margin: 12px 0 8px; font-size: 28px; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
.badge { display: inline-flex; align-items: center; gap: 9px; margin: 0; padding: 4px 12px 4px 10px; border-radius: 99px;
  border: 1px solid var(--line); background: var(--lift); color: var(--quiet); font-size: 13px; font-weight: 550; }
.badge::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); }
.lead { margin: 0 0 20px; color: var(--quiet); overflow-wrap: anywhere; }
.lead b { color: var(--ink); font-weight: 600; }
.problem { margin: 0 0 20px; padding: 12px 14px; border-radius: 12px; background: var(--bad-back); color: var(--bad);
  overflow-wrap: anywhere; }
ul { margin: 0; padding: 0; list-style: none; }
button { font: inherit; color: inherit; cursor: pointer; }
button:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.people button { display: flex; align-items: center; gap: 14px; width: 100%; margin-bottom: 10px; padding: 12px 14px; text-align: left;
  background: var(--lift); border: 1px solid var(--line); border-radius: 14px; transition: border-color .12s, transform .12s; }
.people button:hover, .people .wanted { border-color: var(--accent); }
.people button:active { transform: translateY(1px); }
.people b { display: block; font-weight: 600; line-height: 1.3; }
.people small { color: var(--quiet); font-size: 14px; }
.face { flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; font-weight: 650;
  letter-spacing: .02em; color: var(--accent); background: color-mix(in srgb, var(--accent) 14%, var(--card)); }
details { margin: 16px 0 20px; color: var(--quiet); font-size: 15px; }
summary { cursor: pointer; border-radius: 6px; width: fit-content; }
.scope { margin-top: 8px; padding-left: 18px; list-style: disc; }
code { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, monospace; opacity: .85; }
.deny { width: 100%; padding: 11px; background: none; border: 1px solid var(--line); border-radius: 14px; color: var(--quiet); }
.deny:hover { color: var(--ink); border-color: var(--quiet); }
.popup h1, .mobile h1, .touch h1 { font-size: 24px; }
.touch button { min-height: 56px; }
@media (max-width: 480px) {
  body { padding: 0; place-items: stretch; background: var(--card); }
  main { max-width: none; padding: 24px 18px; border: 0; border-radius: 0; box-shadow: none; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
