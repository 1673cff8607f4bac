/** Which web pages may speak to the gateway from a browser. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/**
 * Whether a WebSocket may be opened by whoever sends this `Origin`: a program (none), a page of this very host,
 * or a page of a configured origin. Compared whole: `https://desk.example.com.evil.example` is somebody else.
 */
export function mayConnect(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Whether a page of somebody else could have made a browser send this GET without being asked first (CSRF).
 * A browser says so itself, in headers that no page can change; programs like curl send neither of them.
 * POST needs no such look: it is taken as JSON only, which a browser never sends to strangers unasked.
 */
export function isFromForeignPage(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  if (headers.origin !== undefined) return !mayConnect(headers, allowed);
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/** The CORS headers of an answer: none unless the origin is configured. `withCookies`: its pages may show a session. */
export function corsHeaders(
  headers: IncomingHttpHeaders,
  allowed: readonly string[],
  withCookies = false,
): OutgoingHttpHeaders {
  const { origin } = headers;
  if (origin === undefined || !allowed.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, retry-after',
    ...(withCookies && { 'access-control-allow-credentials': 'true' }),
  };
}

/** What a browser that asks first (preflight) is allowed, beside {@link corsHeaders}. */
export function preflightHeaders(
  headers: IncomingHttpHeaders,
  allowed: readonly string[],
  withCookies = false,
): OutgoingHttpHeaders {
  const cors = corsHeaders(headers, allowed, withCookies);
  if (Object.keys(cors).length === 0) return {};
  return {
    ...cors,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': withCookies ? `${ALLOWED_HEADERS}, ${SIGNS_OF_INTENT}` : ALLOWED_HEADERS,
    'access-control-max-age': '600', // 10 minutes
  };
}

/** A caller's token of Genesys Cloud, as Node spells the names of headers. */
export const GENESYS_HEADER = 'x-genesys-authorization';

const ALLOWED_HEADERS = `authorization, ${GENESYS_HEADER}, content-type, x-request-id, traceparent, tracestate`;

/** Headers that no form and no link can send: a page that sends one means what it asks. */
export const SIGNS_OF_INTENT = 'x-requested-with, apollo-require-preflight';

/** Whether a request has a header that only a program sends. */
export function showsIntent(headers: IncomingHttpHeaders): boolean {
  return headers['x-requested-with'] !== undefined || headers['apollo-require-preflight'] !== undefined;
}
