/** Which addresses a browser may come from, and be sent to: pure decisions, compared whole. */
import type { IncomingHttpHeaders } from 'node:http';

/** Addresses of this machine, which browsers trust without https. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * The origin at which this browser finds the gateway. Without a setting that is where it listens; on this machine it may
 * be found by several names, and a cookie belongs to one of them.
 */
export function ownOrigin(
  { host = '' }: Pick<IncomingHttpHeaders, 'host'>,
  { publicUrl, listening }: { readonly publicUrl: string | null; readonly listening: string },
): string {
  if (publicUrl !== null) return publicUrl;
  const isHere = LOOPBACK.test(new URL(listening).host);
  return isHere && LOOPBACK.test(host) ? `http://${host.toLowerCase()}` : listening;
}

/**
 * Whether a request that shows a cookie was made by a page that may: of one of these origins. Browsers say where a
 * request comes from in headers that no page can change; where `Origin` is left out, as for a GET of the own page,
 * `Sec-Fetch-Site` stands for it. A program that sends neither has to show a token instead.
 */
export function isOfAllowedPage(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin } = headers;
  if (origin !== undefined) return allowed.includes(origin);
  return headers['sec-fetch-site'] === 'same-origin';
}

/** Long enough for any page, and short enough for a cookie. */
const LONGEST_PLACE = 1_024; // characters
/** The same, whole and as it is sent. */
const LONGEST_ADDRESS = 2_048; // characters

/** What URL parsers drop, or read as something else than stands there. */
const TREACHEROUS = /[\\\s\p{Cc}\p{Cf}]/u;

/**
 * Where to go after signing in, as a whole address; null where that is nowhere of ours.
 *
 * ```ts
 * readReturnTo('/desk?tab=2', 'https://calls.example.com', []) // 'https://calls.example.com/desk?tab=2'
 * readReturnTo('//evil.example', 'https://calls.example.com', []) // null
 * ```
 */
export function readReturnTo(text: string, own: string, allowed: readonly string[]): string | null {
  if (text.length > LONGEST_PLACE || TREACHEROUS.test(text)) return null;
  const isPath = text.startsWith('/') && !text.startsWith('//');
  if (!isPath && !/^https?:\/\/[^/]/i.test(text)) return null;
  const url = URL.canParse(text, own) ? new URL(text, own) : null;
  if (url === null || url.username !== '' || url.password !== '') return null;
  // Letters of other alphabets are nine characters each there.
  if (url.href.length > LONGEST_ADDRESS) return null;
  return [own, ...allowed].includes(url.origin) ? url.href : null;
}
