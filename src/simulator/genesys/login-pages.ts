/** The pages of the login of Genesys Cloud. */
import { askingSheet, type PlayedSystem, refusalSheet } from '../sign-in-sheet.ts';
import { PEOPLE, personNamed } from './people.ts';

const PLAYED: PlayedSystem = { name: 'Genesys Cloud', look: 'genesys', chapter: 'Genesys Cloud' };

/** Asks who somebody is: a form that posts `user`, or `deny`. `answer`: whom it posted before, who is nobody. */
export function askingPage(params: URLSearchParams, answer: string | null): string {
  const wanted = personNamed(params.get('login_hint') ?? '');
  return askingSheet(PLAYED, {
    ...{ action: '/oauth/authorize', field: 'user' },
    params: new URLSearchParams([...params].filter(([name]) => name !== 'user' && name !== 'deny')),
    clientId: params.get('client_id') ?? '',
    returnTo: params.get('redirect_uri') ?? '',
    problem: answer === null ? null : `Nobody can sign in as ${answer}.`,
    people: PEOPLE.map((one) => ({
      value: one.email,
      name: one.name,
      words: wordsOf(one.role),
      isWanted: one === wanted,
    })),
  });
}

/** Says why nobody can sign in here, and leads nowhere. */
export function refusalPage(message: string): string {
  return refusalSheet(PLAYED, { message, code: null });
}

/** `team lead` is shown as `Team lead`. */
function wordsOf(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
