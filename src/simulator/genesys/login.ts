/**
 * The login of a region of Genesys Cloud: a page that asks who somebody is, codes with PKCE, and tokens that end by their
 * time. Only an app with a secret gets a refresh token.
 */
import { randomUUID } from 'node:crypto';
import { type App, appOf, isApp, isRegistered } from '../oauth/apps.ts';
import { createCodes } from '../oauth/codes.ts';
import { Refusal } from '../refusals.ts';
import { PAGE_HEADERS } from '../sign-in-sheet.ts';
import { askingPage, refusalPage } from './login-pages.ts';
import { APP_TOKEN, type GenesysPerson, ownerOfStatic, personNamed } from './people.ts';

/** What is answered; the body is a page or an object for a program. */
export interface GenesysAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

/** Whoever a token stands for: a user with an app, or the app alone. */
export interface GenesysSignedIn {
  readonly person: GenesysPerson | null;
  readonly app: string;
}

export interface GenesysLogin {
  /** Answers a browser: what it was sent with, and of the form somebody's answer, `user` or `deny`. */
  authorize(params: URLSearchParams, form: URLSearchParams, now: number): GenesysAnswer;
  /** Answers an app that comes for tokens. */
  token(form: URLSearchParams, authorization: string | undefined, now: number): GenesysAnswer;
  /** Whose token it is, while it is one. */
  signedIn(token: string, now: number): GenesysSignedIn | undefined;
  end(token: string): void;
  /** Hears of each token that was ended before its time. */
  onEnd(listener: (token: string) => void): void;
  /** Forgets every token and code; those that are always there work again. */
  reset(): void;
}

const CODE_LIFETIME = 60; // seconds
const MOST_TOKENS = 10_000;
/** The app that the tokens are of that work without signing in. */
const STATIC_APP = 'simulator';

/** Makes it. `tokenLife`: seconds, set for each client at Genesys Cloud. */
export function createGenesysLogin({ tokenLife }: { readonly tokenLife: () => number }): GenesysLogin {
  const codes = createCodes<GenesysPerson>();
  /** Oldest first. */
  const tokens = new Map<string, GenesysSignedIn & { readonly until: number }>();
  /** Of the tokens that everybody knows, those that were ended. */
  const ended = new Set<string>();
  const listeners: ((token: string) => void)[] = [];
  /** Oldest first. */
  const refreshTokens = new Map<string, { readonly person: GenesysPerson; readonly clientId: string }>();

  return {
    authorize(params, form, now) {
      const clientId = params.get('client_id') ?? '';
      const redirectUri = params.get('redirect_uri') ?? '';
      if (!isApp(clientId)) return refused(`There is no client with the client_id [${clientId}].`);
      if (!isRegistered(redirectUri, null)) {
        return refused(`The redirect_uri [${redirectUri}] is not registered for this client.`);
      }
      const challenge = params.get('code_challenge') ?? '';
      const isS256 = params.get('code_challenge_method') === 'S256' && /^[\w-]{43}$/.test(challenge);
      if (params.get('response_type') !== 'code' || !isS256)
        return back(params, { error: 'invalid_request' });
      if (form.has('deny')) return back(params, { error: 'access_denied' });
      const answer = form.get('user');
      const person = personNamed(answer ?? '');
      if (person === undefined) {
        return { status: 200, headers: PAGE_HEADERS(), body: askingPage(params, answer) };
      }
      const proof = { method: 'S256', value: challenge } as const;
      const code = codes.issue({ who: person, clientId, redirectUri, challenge: proof }, CODE_LIFETIME, now);
      return back(params, { code });
    },

    token(form, authorization, now) {
      try {
        const app = appOf(authorization, form);
        if (form.get('grant_type') === 'client_credentials' && !app.isPublic) {
          return { status: 200, body: give(null, app, now) };
        }
        const person = personOf(form, app, now);
        if (person === undefined) return { status: 400, body: { error: 'invalid_grant' } };
        return { status: 200, body: give(person, app, now) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const word = error.status === 401 ? 'invalid_client' : 'invalid_grant';
        return {
          status: error.status,
          body: { error: word, description: error.message, error_description: error.message },
        };
      }
    },

    signedIn(token, now) {
      const known = tokens.get(token);
      if (known !== undefined) return now < known.until ? known : undefined;
      if (ended.has(token)) return undefined;
      const person = token === APP_TOKEN ? null : ownerOfStatic(token);
      return person === undefined ? undefined : { person, app: STATIC_APP };
    },
    end(token) {
      const isStatic = token === APP_TOKEN || ownerOfStatic(token) !== undefined;
      if (isStatic) ended.add(token);
      if (!tokens.delete(token) && !isStatic) return;
      for (const listener of listeners) listener(token);
    },
    onEnd: (listener) => void listeners.push(listener),
    reset() {
      for (const memory of [tokens, refreshTokens, ended]) memory.clear();
      codes.reset();
    },
  };

  function personOf(form: URLSearchParams, app: App, now: number): GenesysPerson | undefined {
    if (form.get('grant_type') === 'authorization_code') return codes.redeem(form, app, now);
    if (form.get('grant_type') !== 'refresh_token') return undefined;
    const token = form.get('refresh_token') ?? '';
    const known = refreshTokens.get(token);
    if (known === undefined || app.isPublic || app.id !== known.clientId) return undefined;
    // Each works once.
    refreshTokens.delete(token);
    return known.person;
  }

  function give(person: GenesysPerson | null, { id: clientId, isPublic }: App, now: number) {
    const token = `genesys-${randomUUID()}`;
    const life = tokenLife();
    tokens.set(token, { person, app: clientId, until: now + life * 1_000 });
    for (const old of tokens.keys()) if (tokens.size > MOST_TOKENS) tokens.delete(old);
    const answer = { access_token: token, token_type: 'bearer', expires_in: life };
    if (isPublic || person === null) return answer;
    const refreshToken = `genesys-refresh-${randomUUID()}`;
    refreshTokens.set(refreshToken, { person, clientId });
    for (const old of refreshTokens.keys()) if (refreshTokens.size > MOST_TOKENS) refreshTokens.delete(old);
    return { ...answer, refresh_token: refreshToken };
  }
}

function back(params: URLSearchParams, answer: Readonly<Record<string, string>>): GenesysAnswer {
  const to = new URL(params.get('redirect_uri') ?? '');
  const state = params.get('state');
  for (const [name, value] of Object.entries({ ...answer, ...(state !== null && { state }) })) {
    to.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: to.href, 'cache-control': 'no-store' } };
}

function refused(message: string): GenesysAnswer {
  return { status: 400, headers: PAGE_HEADERS(), body: refusalPage(message) };
}
