/** How answers of `/auth/…` look. */
import type { Page } from './pages.ts';

/** An answer, whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** What is the same for all answers: nobody keeps them, and nobody is told their address. */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/** For a program. */
export function json(status: number, body: object, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { ...PRIVATE, 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** For a person. */
export function page(status: number, { html, policy }: Page, cookies: readonly string[]): Reply {
  return {
    status,
    headers: {
      ...PRIVATE,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      ...withCookies(cookies),
    },
    body: html,
  };
}

/** Sends a browser on. */
export function redirect(location: string, cookies: readonly string[]): Reply {
  return { status: 302, headers: { ...PRIVATE, location, ...withCookies(cookies) }, body: '' };
}

/** The headers that set cookies. */
export function withCookies(cookies: readonly string[]): Reply['headers'] {
  return cookies.length === 0 ? {} : { 'set-cookie': cookies };
}

/** Why something is not done, for the program that asked. */
export function refusal(code: string, message: string) {
  return { code, message };
}

/** A parameter is wrong; says what is allowed. */
export function wrong(name: string, allowed: string): Reply {
  return json(400, refusal('BAD_USER_INPUT', `${name}: ${allowed}.`));
}
