/** The pages of a sign-in to RingCentral. */
import type { Extension } from '../company/extension.ts';
import { queuesOf } from '../company/groups.ts';
import { EXTENSIONS } from '../company/people.ts';
import { escaped } from '../forms.ts';
import type { Refusal } from '../refusals.ts';
import { askingSheet, type PickedPerson, type PlayedSystem, refusalSheet } from '../sign-in-sheet.ts';
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

const PLAYED: PlayedSystem = {
  name: 'RingCentral',
  look: 'ringcentral',
  chapter: 'Signing in with a browser',
};

/** Asks who somebody is: a form that posts `extension`, or `deny`. */
export function askingPage({ request, params, known, problem }: AskingPage): string {
  const { clientId, returnTo, display, loginHint } = request;
  const wanted = hinted(loginHint) ?? known;
  return askingSheet(PLAYED, {
    ...{ action: '/restapi/oauth/authorize', field: 'extension' },
    ...{ params, clientId, returnTo, display, problem },
    people: USERS.map((user) => personOf(user, wanted, known)),
    more: `<details><summary>What it may do</summary><ul class="scope">${SCOPE.split(' ')
      .map((name) => `<li>${escaped(PERMISSIONS[name] ?? name)} <code>${escaped(name)}</code></li>`)
      .join('')}</ul></details>`,
  });
}

/** Says why nobody can sign in here, and leads nowhere. */
export function refusalPage({ errorCode, message }: Refusal): string {
  return refusalSheet(PLAYED, { message, code: errorCode });
}

const USERS = EXTENSIONS.filter(({ type, status }) => type === 'User' && status === 'Enabled');

const PERMISSIONS: Readonly<Record<string, string>> = {
  CallControl: 'Make, answer, hold, move and end calls',
  ReadPresence: 'See who is on the phone',
  ReadAccounts: 'See the account and its extensions',
  ReadCallLog: 'See calls',
  WebSocketsSubscription: 'Be told of changes',
};

function personOf(
  user: Extension,
  wanted: Extension | undefined,
  known: Extension | undefined,
): PickedPerson {
  const { number, name } = user;
  const [queue] = queuesOf(user);
  const role = user.role === 'user' ? (queue?.extension.name ?? 'Back office') : user.role;
  const here = user === known ? ', here before' : '';
  return { value: number, name, words: `Extension ${number}, ${role}${here}`, isWanted: user === wanted };
}

/** An app may name whom it expects as it likes: by extension, id or phone number. */
function hinted(hint: string | null): Extension | undefined {
  return USERS.find(({ number, id, directNumber }) => [number, id, directNumber].includes(hint ?? ''));
}
