/**
 * The two cookies. `__Host-` makes browsers take them from this very host alone, over https (or from this machine), for
 * all its paths: a neighbour like `evil.example.com` can neither read nor replace those of `calls.example.com`.
 */
import { parseCookie, stringifySetCookie } from 'cookie';

/** Who is signed in. */
export const SESSION_COOKIE = '__Host-session';
/** What was begun and is not done yet. */
export const BEGUN_COOKIE = '__Host-sign-in';

/** What a request shows under one name. */
export type ShownCookie =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly value: string }
  /** Browsers send each once: whoever sends two has had one put there. */
  | { readonly kind: 'several' };

/** More cookies than any browser sends. */
const LONGEST_HEADER = 65_536; // characters

/**
 * Reads one cookie of a `Cookie` header.
 *
 * ```ts
 * readCookie('__Host-session=a; b=c', '__Host-session') // { kind: 'one', value: 'a' }
 * readCookie('__Host-session=a; __Host-session=b', '__Host-session') // { kind: 'several' }
 * ```
 */
export function readCookie(header: string | undefined, name: string): ShownCookie {
  if (header === undefined || !header.includes(name) || header.length > LONGEST_HEADER)
    return { kind: 'none' };
  const shown = header.split(';').filter((part) => part.split('=', 1)[0]?.trim() === name);
  if (shown.length > 1) return { kind: 'several' };
  const value = parseCookie(header, { decode: (text) => text })[name];
  return value === undefined ? { kind: 'none' } : { kind: 'one', value };
}

/** How long a browser keeps a cookie, and for whom. */
export interface CookieKeeping {
  /** Seconds. */
  readonly maxAge: number;
  /** A page of another site holds it, for itself alone. */
  readonly isPartitioned?: boolean;
}

/** The `Set-Cookie` of a cookie that no script can read. */
export function setCookie(
  name: string,
  value: string,
  { maxAge, isPartitioned = false }: CookieKeeping,
): string {
  return stringifySetCookie(
    {
      ...{ name, value, path: '/', secure: true, httpOnly: true, maxAge },
      sameSite: isPartitioned ? 'none' : 'lax',
      partitioned: isPartitioned,
    },
    { encode: (text) => text },
  );
}

/** The `Set-Cookie` that takes a cookie away. */
export function dropCookie(name: string, isPartitioned = false): string {
  return setCookie(name, '', { maxAge: 0, isPartitioned });
}
