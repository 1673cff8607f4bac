/**
 * A system as an authorization server: code and PKCE, refresh, revocation. What an answer must be is checked by
 * oauth4webapi, which is loaded when the first browser signs in: it needs Node's own `Response`.
 */
import type * as OAuth from 'oauth4webapi';
import { retryAfterOf, type WithHeaders } from '../answer-headers.ts';
import { LONGEST_TOKEN } from '../tokens.ts';
import { objectIn } from './json.ts';
import { errorWord, MEANING_OF_ERROR, SignInProblem } from './problems.ts';

/** An answer of a token endpoint, as it came. */
export interface FormAnswer extends WithHeaders {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a form to one of the OAuth endpoints.
 * @throws what kept it from being answered.
 */
export type PostForm = (request: {
  readonly endpoint: 'token' | 'revoke';
  /** Whose rate budget it counts against. */
  readonly bucket: string;
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}) => Promise<FormAnswer>;

/** Where its endpoints are, below its address. */
export interface OAuthPaths {
  readonly authorize: string;
  readonly token: string;
  /** Null: there is none of this kind. */
  readonly revoke: string | null;
}

export interface AuthorizationServerParts {
  /** Like `https://platform.ringcentral.com`. */
  readonly serverUrl: string;
  readonly paths: OAuthPaths;
  readonly clientId: string;
  /** Null: a public app. */
  readonly clientSecret: string | null;
  readonly postForm: PostForm;
}

/** What was given. */
export interface Tokens {
  readonly accessToken: string;
  /** Milliseconds. */
  readonly life: number;
  /** Null: it cannot be renewed. */
  readonly refreshToken: string | null;
  /** Milliseconds; null where nothing is said. */
  readonly refreshLife: number | null;
  /** Milliseconds until the whole sign-in ends at the system, whatever is done; null where nothing is said. */
  readonly sessionLife: number | null;
  /** The extension it is for; null where nothing is said. */
  readonly ownerId: string | null;
}

/** What is asked when a browser is sent there. */
export interface Authorizing {
  /** The origin at which its page is shown; null: its own. */
  readonly at: string | null;
  readonly redirectUri: string;
  readonly state: string;
  /** Of PKCE, S256. */
  readonly challenge: string;
  readonly prompt: string | null;
  readonly loginHint: string | null;
  readonly display: string | null;
}

/** How a renewal that brought no tokens ended. */
export type Setback =
  /** For good: they said no. */
  | { readonly kind: 'refused'; readonly error: string | null }
  /** It may have been done or not, and may be asked again. */
  | { readonly kind: 'lost'; readonly retryAfter: number };

export interface AuthorizationServer {
  /** Where a browser is sent. */
  authorizeUrl(asked: Authorizing): string;
  /**
   * Ends a sign-in: checks what the browser brought, and takes its code for tokens.
   * @throws {SignInProblem}
   */
  exchange(
    brought: URLSearchParams,
    begun: { readonly state: string; readonly verifier: string; readonly redirectUri: string },
  ): Promise<Tokens>;
  refresh(refreshToken: string, bucket: string): Promise<Tokens | Setback>;
  /** Ends the whole sign-in of a token at the system. Whether that is heard there changes nothing here. */
  revoke(token: string, bucket: string): Promise<void>;
}

/** RingCentral's. */
export const RINGCENTRAL_PATHS: OAuthPaths = {
  authorize: '/restapi/oauth/authorize',
  token: '/restapi/oauth/token',
  revoke: '/restapi/oauth/revoke',
};

/** Begins the name of the rate budget of whoever is not known yet. */
export const NOBODY_YET = 'sign-in:';

/** A token that is said to live longer is renewed as if it lived so long. */
const LONGEST_LIFE = 172_800_000; // 2 days

/** Makes it. */
export function createAuthorizationServer(parts: AuthorizationServerParts): AuthorizationServer {
  const { serverUrl, paths, clientId, clientSecret, postForm } = parts;
  const server: OAuth.AuthorizationServer = {
    issuer: serverUrl,
    authorization_endpoint: serverUrl + paths.authorize,
    token_endpoint: serverUrl + paths.token,
    ...(paths.revoke !== null && { revocation_endpoint: serverUrl + paths.revoke }),
  };
  const client: OAuth.Client = { client_id: clientId };
  let loading: Promise<typeof OAuth> | undefined;

  return {
    authorizeUrl({ at, redirectUri, state, challenge, prompt, loginHint, display }) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...(prompt !== null && { prompt }),
        ...(loginHint !== null && { login_hint: loginHint }),
        ...(display !== null && { display }),
      });
      return `${at ?? serverUrl}${paths.authorize}?${query}`;
    },

    async exchange(brought, { state, verifier, redirectUri }) {
      const oauth = await load();
      const checked = checkBrought(oauth, brought, state);
      // Nobody knows yet whose budget it is; a code is tried once.
      const { options, answered } = sending(oauth, NOBODY_YET + state);
      try {
        const asked = [server, client, authenticate, checked, redirectUri, verifier, options] as const;
        const answer = await oauth.authorizationCodeGrantRequest(...asked);
        return toTokens(await oauth.processAuthorizationCodeResponse(server, client, answer));
      } catch (error) {
        throw problemOf(answered(), error);
      }
    },

    async refresh(refreshToken, bucket) {
      const oauth = await load();
      const { options, answered } = sending(oauth, bucket);
      try {
        const asked = [server, client, authenticate, refreshToken, options] as const;
        const answer = await oauth.refreshTokenGrantRequest(...asked);
        return toTokens(await oauth.processRefreshTokenResponse(server, client, answer));
      } catch {
        const answer = answered();
        return answer !== null && isFinal(answer.status)
          ? { kind: 'refused', error: errorsOf(answer).error }
          : { kind: 'lost', retryAfter: (answer && retryAfterOf(answer)) ?? 0 };
      }
    },

    async revoke(token, bucket) {
      if (paths.revoke === null) return;
      const oauth = await load();
      const { options } = sending(oauth, bucket);
      await oauth.revocationRequest(server, client, authenticate, token, options).catch(ignore);
    },
  };

  function load(): Promise<typeof OAuth> {
    loading ??= import('oauth4webapi').catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  /** Both systems take id and secret as they are; the library would write `-` and `_` as `%2D` and `%5F` (RFC 6749, 2.3.1). */
  function authenticate(_server: unknown, _client: unknown, body: URLSearchParams, headers: Headers): void {
    if (clientSecret === null) body.set('client_id', clientId);
    else
      headers.set('authorization', `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
  }

  /** How the library sends one form, and what came back. */
  function sending(oauth: typeof OAuth, bucket: string) {
    let answer: FormAnswer | null = null;
    const send = async (url: string, { body, headers }: Sent): Promise<Response> => {
      answer = await postForm({
        endpoint: url === server.revocation_endpoint ? 'revoke' : 'token',
        bucket,
        authorization: headers.authorization ?? null,
        form: Object.fromEntries(body),
      });
      return toResponse(answer);
    };
    const options = {
      [oauth.allowInsecureRequests]: serverUrl.startsWith('http:'),
      [oauth.customFetch]: send,
    };
    return { options, answered: (): FormAnswer | null => answer };
  }

  /** @throws {SignInProblem} for what is no answer to this sign-in, or one that says no. */
  function checkBrought(oauth: typeof OAuth, brought: URLSearchParams, state: string): URLSearchParams {
    let checked: URLSearchParams;
    try {
      checked = oauth.validateAuthResponse(server, client, brought, state);
    } catch (error) {
      if (error instanceof oauth.AuthorizationResponseError) {
        throw new SignInProblem(MEANING_OF_ERROR.get(error.error) ?? 'MALFORMED', errorWord(error.error));
      }
      const issuers = brought.getAll('iss');
      const isMixedUp = issuers.length > 1 || (issuers[0] !== undefined && issuers[0] !== server.issuer);
      throw new SignInProblem(isMixedUp ? 'MIXED_UP' : 'MALFORMED', null, { cause: error });
    }
    const codes = checked.getAll('code');
    if (codes.length !== 1 || codes[0] === '') throw new SignInProblem('MALFORMED');
    return checked;
  }
}

type Sent = Pick<OAuth.CustomFetchOptions<'POST', URLSearchParams>, 'body' | 'headers'>;

function toResponse({ status, headers, text }: FormAnswer): Response {
  const type = headers['content-type'];
  return new Response(withoutIdToken(text), {
    status,
    headers: { ...(typeof type === 'string' && { 'content-type': type }) },
  });
}

/** It is not asked for, and who somebody is, is read of the account: nothing shall depend on what stands in it. */
function withoutIdToken(text: string): string {
  const { id_token: _unread, ...body } = objectIn(text);
  return _unread === undefined ? text : JSON.stringify(body);
}

/** Of an extension. */
const LONGEST_ID = 64; // characters

/** @throws for what nobody would keep. */
function toTokens(answer: OAuth.TokenEndpointResponse): Tokens {
  const seconds = (name: string) => {
    const value = Number(answer[name]);
    return Number.isFinite(value) && value > 0 ? value * 1_000 : null;
  };
  const { access_token, refresh_token, owner_id } = answer;
  if (access_token.length > LONGEST_TOKEN || (refresh_token?.length ?? 0) > LONGEST_TOKEN) {
    throw new TypeError('A token is longer than any real one.');
  }
  return {
    accessToken: access_token,
    life: Math.min(seconds('expires_in') ?? 0, LONGEST_LIFE),
    refreshToken: refresh_token ?? null,
    refreshLife: seconds('refresh_token_expires_in'),
    sessionLife: seconds('session_expires_in'),
    ownerId: typeof owner_id === 'string' && owner_id.length <= LONGEST_ID ? owner_id : null,
  };
}

/** Whoever wrote the settings can mend these: another redirect address or grant than the app has. */
const OF_THE_APP: ReadonlySet<string> = new Set([
  'OAU-109',
  'OAU-112',
  'OAU-113',
  'OAU-120',
  'OAU-121',
  'OAU-125',
  'OAU-127',
  'OAU-146',
]);

/** Why a code brought no tokens. */
function problemOf(answer: FormAnswer | null, cause: unknown): SignInProblem {
  if (answer === null || !isFinal(answer.status)) {
    const isAnswer = answer !== null && answer.status < 300;
    return new SignInProblem(isAnswer ? 'MALFORMED' : 'UNAVAILABLE', null, { cause });
  }
  const { error, codes } = errorsOf(answer);
  const isOfApp =
    answer.status === 401 ||
    codes.some((code) => OF_THE_APP.has(code)) ||
    (error !== null && error !== 'invalid_grant');
  return new SignInProblem(isOfApp ? 'MISCONFIGURED' : 'CODE_REFUSED', codes[0] ?? error, { cause });
}

function errorsOf({ text }: FormAnswer): {
  readonly error: string | null;
  readonly codes: readonly string[];
} {
  const { error, errors, errorCode } = objectIn(text);
  const details: unknown[] = Array.isArray(errors) ? errors : [];
  const codes = [
    errorCode,
    ...details.map((detail) => (detail as { errorCode?: unknown } | null)?.errorCode),
  ];
  return {
    error: errorWord(typeof error === 'string' ? error : null),
    codes: codes.filter((code) => typeof code === 'string' && /^[A-Z]{2,5}-\d{1,5}$/.test(code)) as string[],
  };
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function ignore(): void {}
