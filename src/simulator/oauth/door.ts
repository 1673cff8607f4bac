/** The addresses of OAuth: which request is which, and whose rate limit it spends. */
import type { Matchable } from '../faults.ts';
import { contentTypeOf, FORM_TYPE, type Incoming, type Resolved } from '../incoming.ts';
import { Refusal } from '../refusals.ts';
import { appOf } from './apps.ts';
import { GRANT_TYPES, grantOf, type Moment, type OAuth, refuseDoubles } from './oauth.ts';

const AUTHORIZE = '/restapi/oauth/authorize';
const TOKEN = '/restapi/oauth/token';
const REVOKE = '/restapi/oauth/revoke';

/** Every request that this door answers. */
export const OAUTH_REQUESTS: readonly Matchable[] = [
  { operationId: 'authorize', method: 'GET', path: AUTHORIZE },
  { operationId: 'authorize2', method: 'POST', path: AUTHORIZE },
  { operationId: 'getToken', method: 'POST', path: TOKEN, grants: GRANT_TYPES },
  { operationId: 'revokeToken', method: 'POST', path: REVOKE },
];

/** What a request for one of them asks for; null when it is for none. */
export function resolveOAuth(
  incoming: Incoming,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
  { oauth, moment }: { readonly oauth: OAuth; readonly moment: () => Moment },
): Resolved | null {
  const operation = OAUTH_REQUESTS.find((one) => one.method === incoming.method && one.path === path);
  if (operation === undefined) return null;
  const { operationId } = operation;
  const { headers, body, origin } = incoming;
  const form = new URLSearchParams(body);
  const shared = { operationId, group: 'auth', conflictUnlisted: false } as const;
  const insistOnForm = () => {
    if (body === '' || contentTypeOf(headers) === FORM_TYPE) return;
    throw new Refusal(415, 'CMN-104', `Content type is not supported: it must be ${FORM_TYPE}`);
  };

  if (path === AUTHORIZE) {
    return {
      ...shared,
      identify() {
        insistOnForm();
        return { user: null, about: form.get('extension') ?? undefined, signedIn: null };
      },
      perform: () => {
        const params = new URLSearchParams([...query, ...form]);
        return oauth.authorize({ params, form, cookies: headers.cookie, origin }, moment());
      },
    };
  }
  return {
    ...shared,
    grant: grantOf(form),
    identify() {
      insistOnForm();
      const app = appOf(headers.authorization, form);
      // The limit is the user's, and the same one that tokens for sockets spend.
      const user = oauth.userOf(form);
      return { user: user?.id ?? `client ${app.id}`, about: user?.number, signedIn: null };
    },
    perform() {
      if (path === TOKEN) {
        refuseDoubles(form);
        return { status: 200, body: oauth.grant(form, appOf(headers.authorization, form), moment()) };
      }
      oauth.revoke(form.get('token') ?? query.get('token') ?? '');
      return { status: 200 };
    },
  };
}
