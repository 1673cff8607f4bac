/** What can go wrong while somebody signs in: in words for them, and for the program that shows them. */
import { SYSTEM_NAMES, type System } from './systems.ts';

/** How a sign-in ended, for metrics and for JSON; `{system}` stands for the name of the one that was asked. */
export const PROBLEMS = {
  /** The browser shows no sign-in with this `state`: it was begun elsewhere, or is over. */
  NOT_BEGUN: {
    status: 400,
    title: 'This sign-in was not begun here',
    text:
      'It was begun in another browser, took longer than ten minutes, or this browser keeps no cookies of this address. ' +
      'Nothing was changed.',
  },
  ALREADY_USED: {
    status: 400,
    title: 'This sign-in is done already',
    text: 'The address works once. If you are not signed in, begin again.',
  },
  MIXED_UP: {
    status: 400,
    title: 'This answer is not from {system}',
    text: 'It names another issuer than the one that was asked, so it is not believed. Nothing was changed.',
  },
  MALFORMED: {
    status: 400,
    title: 'This answer cannot be read',
    text: '{system} sent you back with something that is no answer to a sign-in.',
  },
  ACCESS_DENIED: {
    status: 403,
    title: 'You were not signed in',
    text: 'You, or the administrator of your account at {system}, did not allow this app.',
  },
  LOGIN_REQUIRED: {
    status: 401,
    title: '{system} wants to see you',
    text: 'You are not signed in at {system} in this browser, or it has a question. Sign in without prompt=none.',
  },
  MISCONFIGURED: {
    status: 502,
    title: 'This gateway is not set up for signing in',
    text:
      '{system} does not accept its app: the client id or secret, the redirect address or the grant. Tell whoever ' +
      'runs it; the log says more.',
  },
  CODE_REFUSED: {
    status: 400,
    title: '{system} took this sign-in for over',
    text: 'Its code is too old or was used before. Begin again.',
  },
  NOT_ALLOWED: {
    status: 403,
    title: '{system} does not let you in',
    text: 'You proved who you are, but this app may not ask anything for you.',
  },
  UNAVAILABLE: {
    status: 503,
    title: '{system} cannot answer now',
    text: 'Nothing is wrong with your account. Try again in a moment.',
  },
  BUSY: {
    status: 503,
    title: 'Too many are signing in',
    text: 'Try again in a moment.',
  },
} as const satisfies Readonly<Record<string, { status: number; title: string; text: string }>>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Where to look, at this system. */
const HINTS: Readonly<Record<System, Partial<Record<ProblemCode, string>>>> = {
  ringcentral: { ACCESS_DENIED: ' The permission "Third Party Apps" of your role may be missing.' },
  genesys: {},
};

/** A problem at one of the systems, in words. */
export function wordsOf(
  code: ProblemCode,
  system: System,
): { readonly title: string; readonly text: string } {
  const { title, text } = PROBLEMS[code];
  const named = (words: string) => words.replaceAll('{system}', SYSTEM_NAMES[system]);
  return { title: named(title), text: named(text) + (HINTS[system][code] ?? '') };
}

/** A sign-in that did not come to its end. */
export class SignInProblem extends Error {
  override name = 'SignInProblem';
  readonly code: ProblemCode;
  /** The system's own word for it, like `invalid_scope`. */
  readonly error: string | null;

  constructor(code: ProblemCode, error: string | null = null, options?: ErrorOptions) {
    super(`The sign-in did not come to its end: ${code}`, options);
    this.code = code;
    this.error = error;
  }
}

/** What the documented errors of the callback mean (RFC 6749, 4.1.2.1, and those of OpenID Connect). */
export const MEANING_OF_ERROR: ReadonlyMap<string, ProblemCode> = new Map(
  Object.entries<ProblemCode>({
    access_denied: 'ACCESS_DENIED',
    login_required: 'LOGIN_REQUIRED',
    interaction_required: 'LOGIN_REQUIRED',
    consent_required: 'LOGIN_REQUIRED',
    account_selection_required: 'LOGIN_REQUIRED',
    invalid_request: 'MISCONFIGURED',
    unauthorized_client: 'MISCONFIGURED',
    unsupported_response_type: 'MISCONFIGURED',
    invalid_scope: 'MISCONFIGURED',
    server_error: 'UNAVAILABLE',
    temporarily_unavailable: 'UNAVAILABLE',
  }),
);

/** Only what an error code is made of may be repeated. */
export function errorWord(text: string | null | undefined): string | null {
  return text != null && /^\w{1,64}$/.test(text) ? text : null;
}
