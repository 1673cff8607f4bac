/**
 * What becomes of a browser that an app has sent to sign in: it is asked who it is, sent back, or kept.
 *
 * ```text
 *   arrives ──no such app, an address that is not registered──► a page that says so, and no way back
 *      │  └──anything else that is wrong, or prompt=none──► back, with an error or a code
 *      ▼
 *    asked ──picks somebody──► back, with a code
 *         └──refuses──► back, with access_denied
 * ```
 */
import { BRAND_ID } from '../account.ts';
import { doubledIn } from '../forms.ts';
import { Refusal } from '../refusals.ts';
import { isApp, isRegistered } from './apps.ts';
import type { Challenge } from './codes.ts';
import type { Login } from './logins.ts';

/** What an app asks for. */
export interface SignInRequest {
  readonly clientId: string;
  /** Where the browser goes back to. */
  readonly returnTo: string;
  /** That address as the app sent it; null when it sent none. */
  readonly redirectUri: string | null;
  readonly challenge: Challenge | null;
  /** Whom the app expects: an extension, its id or its phone number. */
  readonly loginHint: string | null;
  readonly display: (typeof DISPLAYS)[number];
}

/** What to do with a browser. */
export type Verdict =
  | { readonly do: 'keep'; readonly refusal: Refusal }
  | { readonly do: 'sendBack'; readonly to: string }
  | { readonly do: 'ask'; readonly request: SignInRequest }
  /** It is known who it is, and nobody needs to be asked. */
  | { readonly do: 'admit'; readonly request: SignInRequest; readonly login: Login };

/** What the account and the tests have settled. */
export interface SignInRules {
  readonly redirectUris: readonly string[] | null;
  readonly authorizeError: AuthorizeError | 'none';
  /** The issuer that the way back names; null: none. */
  readonly issuer: string | null;
}

/** The errors that clients of RingCentral know. */
export const AUTHORIZE_ERRORS = [
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'login_required',
  'interaction_required',
  'server_error',
  'temporarily_unavailable',
] as const;
export type AuthorizeError = (typeof AUTHORIZE_ERRORS)[number];

const DISPLAYS = ['page', 'popup', 'touch', 'mobile'] as const;
const PROMPTS: ReadonlySet<string> = new Set(['login', 'sso', 'consent', 'none']);

/** Decides by the parameters of the address, and by what is known of the browser. */
export function judge(params: URLSearchParams, login: Login | undefined, rules: SignInRules): Verdict {
  const refusal = refusalOf(params, rules);
  if (refusal !== null) return { do: 'keep', refusal };
  const problem = problemIn(params, rules);
  if (problem !== null) return { do: 'sendBack', to: backWithError(params, rules, ...problem) };

  const clientId = params.get('client_id') ?? '';
  const prompt = wordsOf(params, 'prompt');
  const request: SignInRequest = {
    clientId,
    returnTo: returnAddress(params, rules) ?? '',
    redirectUri: given(params, 'redirect_uri'),
    challenge: challengeOf(params),
    loginHint: given(params, 'login_hint'),
    display: displayOf(params) ?? 'page',
  };
  if (!prompt.includes('none')) return { do: 'ask', request };
  if (login?.apps.has(clientId) === true) return { do: 'admit', request, login };
  const [error, words] =
    login === undefined
      ? (['login_required', 'Nobody is signed in with this browser'] as const)
      : (['interaction_required', 'The user has not let this application in yet'] as const);
  return { do: 'sendBack', to: backWithError(params, rules, error, words) };
}

/** The way back with a code. */
export function backWithCode(
  params: URLSearchParams,
  rules: SignInRules,
  { code, lifetime }: { readonly code: string; readonly lifetime: number },
): string {
  return back(params, rules, { code, expires_in: String(lifetime) });
}

/** The way back with an error. */
export function backWithError(
  params: URLSearchParams,
  rules: SignInRules,
  error: AuthorizeError,
  description: string,
): string {
  return back(params, rules, { error, error_description: description });
}

function back(params: URLSearchParams, rules: SignInRules, answer: Readonly<Record<string, string>>): string {
  const to = new URL(returnAddress(params, rules) ?? '');
  const state = params.get('state');
  const issuer = rules.issuer === null ? {} : { iss: rules.issuer };
  const all = { ...answer, ...(state === null ? {} : { state }), ...issuer };
  for (const [name, value] of Object.entries(all)) to.searchParams.append(name, value);
  return to.href;
}

/** Why the browser must not be sent anywhere; null when it may. */
function refusalOf(params: URLSearchParams, rules: SignInRules): Refusal | null {
  const doubled = doubledIn(params);
  if (doubled !== undefined) return new Refusal(400, 'OAU-111', `Parameter [${doubled}] is given twice`);
  const clientId = params.get('client_id') ?? '';
  if (!isApp(clientId)) {
    return new Refusal(400, 'OAU-146', `There is no application with the client_id [${clientId}]`);
  }
  const brand = given(params, 'brand_id');
  if (brand !== null && brand !== BRAND_ID) {
    return new Refusal(400, 'OAU-101', `Parameter [brand_id] is [${brand}], and there is only ${BRAND_ID}`);
  }
  if (returnAddress(params, rules) !== null) return null;
  const redirectUri = params.get('redirect_uri') ?? '';
  return redirectUri === ''
    ? new Refusal(400, 'OAU-113', 'The redirect_uri is missing, and it is not the only one there is')
    : new Refusal(400, 'OAU-109', `The redirect_uri [${redirectUri}] is not registered for this application`);
}

/** Where the browser may be sent to; null when it is nowhere. */
function returnAddress(params: URLSearchParams, { redirectUris }: SignInRules): string | null {
  const asked = given(params, 'redirect_uri');
  if (asked !== null) return isRegistered(asked, redirectUris) ? asked : null;
  return redirectUris?.length === 1 ? (redirectUris[0] ?? null) : null;
}

/** What is wrong with the request, told to the app. */
function problemIn(
  params: URLSearchParams,
  { authorizeError }: SignInRules,
): readonly [error: AuthorizeError, description: string] | null {
  if (authorizeError !== 'none') return [authorizeError, 'Ordered by the setting authorizeError'];
  const wrong = (name: string) =>
    ['invalid_request', `Parameter [${name}] is [${params.get(name) ?? ''}]`] as const;
  const responseType = params.get('response_type') ?? '';
  if (responseType === '') return ['invalid_request', 'Parameter [response_type] is missing'];
  if (responseType !== 'code') {
    return ['unsupported_response_type', `The response_type is [${responseType}], and must be code`];
  }
  const prompt = wordsOf(params, 'prompt');
  if (!prompt.every((word) => PROMPTS.has(word))) return wrong('prompt');
  if (prompt.includes('none') && prompt.length > 1) {
    return ['invalid_request', 'The prompt none cannot be combined'];
  }
  if (displayOf(params) === undefined) return wrong('display');
  const method = given(params, 'code_challenge_method');
  if (method !== null && method !== 'S256' && method !== 'plain') return wrong('code_challenge_method');
  const challenge = challengeOf(params);
  if (challenge === null && method !== null) {
    return ['invalid_request', 'There is a code_challenge_method without a code_challenge'];
  }
  if (challenge !== null && !CHALLENGES[challenge.method].test(challenge.value)) {
    return wrong('code_challenge');
  }
  return null;
}

/** Without a method it is plain, as the standard has it. */
function challengeOf(params: URLSearchParams): Challenge | null {
  const value = given(params, 'code_challenge');
  const method = params.get('code_challenge_method') === 'S256' ? 'S256' : 'plain';
  return value === null ? null : { method, value };
}

/** SHA-256 in base64url is 43 letters; a plain one is as long as a verifier. */
const CHALLENGES = { S256: /^[\w-]{43}$/, plain: /^[\w.~-]{43,128}$/ } as const;

function displayOf(params: URLSearchParams): SignInRequest['display'] | undefined {
  const display = given(params, 'display') ?? 'page';
  return DISPLAYS.find((one) => one === display);
}

function wordsOf(params: URLSearchParams, name: string): string[] {
  return (params.get(name) ?? '').split(' ').filter((word) => word !== '');
}

/** RingCentral's own packages send a parameter that they have nothing for as an empty one. */
function given(params: URLSearchParams, name: string): string | null {
  return params.get(name) || null;
}
