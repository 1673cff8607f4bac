/**
 * The page of a sign-in, of whichever phone system it is played: plain HTML without a script, so that a program can do what
 * a browser does. Each has a colour of its own, because a browser may be sent to one right after the other.
 */
import { createHash } from 'node:crypto';
import { escaped, hiddenFields } from './forms.ts';

/** What is played. */
export interface PlayedSystem {
  /** For people. */
  readonly name: string;
  /** How the page looks. */
  readonly look: 'ringcentral' | 'genesys';
  /** Where the README of the simulator says what is allowed. */
  readonly chapter: string;
}

/** Somebody who can be picked. */
export interface PickedPerson {
  /** What the form posts of them. */
  readonly value: string;
  readonly name: string;
  /** Who they are, in a few words. */
  readonly words: string;
  /** The app, or the browser, expects them. */
  readonly isWanted: boolean;
}

/** A page that asks who somebody is. */
export interface AskingSheet {
  /** Where its form goes, */
  readonly action: string;
  /** what the form sends along: all that the app has asked for, */
  readonly params: URLSearchParams;
  /** and the field that names the person. */
  readonly field: string;
  readonly clientId: string;
  /** Where the browser goes afterwards. */
  readonly returnTo: string;
  /** What was wrong with the answer before. */
  readonly problem: string | null;
  readonly people: readonly PickedPerson[];
  /** HTML between the people and the way back. */
  readonly more?: string;
  readonly display?: string;
}

/** Asks who somebody is: a form that posts the field of a person, or `deny`. */
export function askingSheet({ name, look }: PlayedSystem, asked: AskingSheet): string {
  const { action, params, field, clientId, returnTo, problem, people, more = '', display = 'page' } = asked;
  return sheet(
    { title: `Sign in to the simulated ${name}`, look },
    `<form method="post" action="${action}" class="${display}">
      ${hiddenFields(params)}
      <p class="badge">Simulated ${name}</p>
      <h1>Who are you today?</h1>
      <p class="lead"><b>${escaped(clientId)}</b> at <b>${escaped(new URL(returnTo).host)}</b> wants to act for you in
        ${name}. Nobody here is real, so there is no password.</p>
      ${problem === null ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`}
      <ul class="people">${people.map((person) => `<li>${buttonOf(person, field)}</li>`).join('')}</ul>
      ${more}
      <button class="deny" name="deny" value="yes">Refuse, and go back</button>
    </form>`,
  );
}

/** Says why nobody can sign in here, and leads nowhere. `code`: null where the system has none. */
export function refusalSheet(
  { name, look, chapter }: PlayedSystem,
  { message, code }: { readonly message: string; readonly code: string | null },
): string {
  const title = 'This sign-in cannot begin';
  return sheet(
    { title, look },
    `<div>
      <p class="badge">Simulated ${name}</p>
      <h1>${title}</h1>
      <p class="problem" role="alert">${escaped(message)}${code === null ? '' : ` <code>${escaped(code)}</code>`}</p>
      <p class="lead">The application has sent you here with a request that is not right, so you are not sent back.
        Whoever writes it finds what is allowed in the README of the simulator, under “${chapter}”.</p>
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

function buttonOf({ value, name, words, isWanted }: PickedPerson, field: string): string {
  const initials = name.replace(/[^A-Z]/g, '');
  return `<button name="${field}" value="${escaped(value)}"${isWanted ? ' class="wanted" autofocus' : ''}>
    <span class="face" aria-hidden="true">${initials}</span>
    <span><b>${escaped(name)}</b><small>${escaped(words)}</small></span></button>`;
}

function sheet(
  { title, look }: { readonly title: string } & Pick<PlayedSystem, 'look'>,
  content: string,
): string {
  return `<!doctype html><html lang="en" class="${look}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>${content}</main></body></html>`;
}

const STYLE = /* css */ `
:root { --page: #eef1f6; --card: #fff; --ink: #1f2937; --quiet: #5b6779; --line: #d9dfe9; --lift: #f5f7fb; --accent: #b80c7d;
  --bad: #a3261b; --bad-back: #fdeeec; color-scheme: light dark; }
.genesys { --accent: #b23a08; }
@media (prefers-color-scheme: dark) {
  :root { --page: #151b27; --card: #212a3b; --ink: #e9eef7; --quiet: #a9b5c9; --line: #3d485c; --lift: #2a3447; --accent: #ff7db1;
    --bad: #ffb4aa; --bad-back: #43262a; }
  .genesys { --accent: #ff9d73; }
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
.people + .deny { margin-top: 10px; }
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
