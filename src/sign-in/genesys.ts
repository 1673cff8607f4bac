/**
 * Genesys Cloud as a system to sign in to: the login host of its region gives tokens, its API says whose they are and ends
 * them. An app without a secret gets no refresh token, so that its users sign in again before their tokens end.
 */
import type { GenesysUser } from './account.ts';
import {
  type AuthorizationServer,
  createAuthorizationServer,
  type FormAnswer,
  type OAuthPaths,
  type Tokens,
} from './authorization-server.ts';
import { objectIn } from './json.ts';
import { SignInProblem } from './problems.ts';

export interface GenesysParts {
  /** Like `https://api.mypurecloud.com`. */
  readonly apiUrl: string;
  /** Like `https://login.mypurecloud.com`. */
  readonly loginUrl: string;
  readonly clientId: string;
  /** Null: a public app. */
  readonly clientSecret: string | null;
  /** @throws what kept it from being answered. */
  readonly send: (request: GenesysRequest) => Promise<FormAnswer>;
}

export interface GenesysRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly authorization: string | null;
  /** Null: there is no body. */
  readonly content: { readonly type: string; readonly text: string } | null;
}

export interface Genesys {
  readonly server: AuthorizationServer;
  /**
   * Whose tokens these are.
   * @throws {SignInProblem}
   */
  identify(tokens: Tokens): Promise<GenesysUser>;
}

const PATHS: OAuthPaths = { authorize: '/oauth/authorize', token: '/oauth/token', revoke: null };

/** Makes it. */
export function createGenesys({ apiUrl, loginUrl, clientId, clientSecret, send }: GenesysParts): Genesys {
  const server = createAuthorizationServer({
    ...{ serverUrl: loginUrl, paths: PATHS, clientId, clientSecret },
    postForm: ({ authorization, form }) =>
      send({
        method: 'POST',
        url: loginUrl + PATHS.token,
        authorization,
        content: { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() },
      }),
  });

  return {
    server: {
      ...server,
      async revoke(token) {
        await ask('DELETE', '/api/v2/tokens/me', token).catch(ignore);
      },
    },

    async identify({ accessToken }) {
      const { status, text } = await ask('GET', '/api/v2/users/me', accessToken).catch((cause: unknown) => {
        throw new SignInProblem('UNAVAILABLE', null, { cause });
      });
      if (status === 401 || status === 403) throw new SignInProblem('NOT_ALLOWED');
      if (status !== 200) throw new SignInProblem('UNAVAILABLE');
      const { id, name, email } = objectIn(text);
      if (typeof id !== 'string' || !USER_ID.test(id)) throw new SignInProblem('MALFORMED');
      return { viewerId: id, userId: id, name: textOrNull(name), email: textOrNull(email) };
    },
  };

  function ask(method: 'GET' | 'DELETE', path: string, token: string): Promise<FormAnswer> {
    // An empty body is one: without any, one would be waited for.
    const content = method === 'GET' ? null : { type: 'application/json', text: '' };
    return send({ method, url: apiUrl + path, authorization: `Bearer ${token}`, content });
  }
}

/** Genesys Cloud's are UUIDs. */
const USER_ID = /^[\w-]{1,64}$/;

/** Of a name or an address. */
const LONGEST_TEXT = 256; // characters

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value.length <= LONGEST_TEXT ? value : null;
}

function ignore(): void {}
