/** Who a client says it is when it opens a WebSocket: a pure reading of what it sent, and never the token in its words. */
import { readBearer } from '../upstream/bearer.ts';

/** What was read. */
export type Credentials =
  | { readonly kind: 'shown'; readonly authorization: string }
  | { readonly kind: 'none' }
  /** `read` says what stands where a token is expected. */
  | { readonly kind: 'unreadable'; readonly read: string };

/** The closing words for whoever shows no token that can be read; they fit into a close frame. */
export function unauthorizedReason(read: string): string {
  return `Unauthorized: read ${read}, expected connectionParams: { authorization: "Bearer <token>" }`;
}

/**
 * Reads the parameters of `connection_init`, and what the upgrade request showed, which browsers cannot:
 *
 * ```ts
 * readCredentials({ headers: { Authorization: 'Bearer abc' } }, null) // { kind: 'shown', authorization: 'Bearer abc' }
 * readCredentials({ accessToken: 'abc' }, null) // { kind: 'unreadable', read: 'connectionParams.accessToken' }
 * readCredentials({}, null) // { kind: 'none' }
 * ```
 */
export function readCredentials(
  params: Readonly<Record<string, unknown>> | undefined,
  header: string | null,
): Credentials {
  const shown = authorizationIn(params) ?? authorizationIn(headersIn(params)) ?? header;
  if (shown !== null) return check(shown);
  const names = Object.keys(params ?? {});
  const misspelt = names.find((name) => name.length < LONGEST_NAME && LOOK_ALIKES.has(plain(name)));
  if (misspelt !== undefined) return unreadable(`connectionParams.${misspelt}`);
  if (Object.values(params ?? {}).some((value) => authorizationIn(value) !== null)) {
    return unreadable('a nested authorization');
  }
  return { kind: 'none' };
}

/** Names, without case and separators, under which clients are known to send a token elsewhere. */
const LOOK_ALIKES: ReadonlySet<string> = new Set(
  'accesstoken apikey auth authentication authtoken bearer bearertoken idtoken jwt token xapikey'.split(' '),
);

const LONGEST_NAME = 20; // characters: it is repeated

/** Templates that were filled before there was a token. */
const UNFILLED: ReadonlySet<string> = new Set(['undefined', 'null', 'NaN', 'false', 'true']);

function check(shown: unknown): Credentials {
  if (typeof shown !== 'string') return unreadable(`${typeOf(shown)} as authorization`);
  if (!/^bearer(\s|$)/i.test(shown.trim())) return unreadable('an authorization without "Bearer"');
  try {
    const token = readBearer(shown);
    return UNFILLED.has(token)
      ? unreadable(`the word ${token} for a token`)
      : { kind: 'shown', authorization: shown };
  } catch {
    return unreadable('no token behind "Bearer"');
  }
}

/** The value of `authorization` in any case; null where there is none. */
function authorizationIn(value: unknown): unknown {
  if (!isRecord(value)) return null;
  for (const [name, shown] of Object.entries(value)) {
    if (name.toLowerCase() === 'authorization' && shown !== null && shown !== undefined) return shown;
  }
  return null;
}

function headersIn(params: Readonly<Record<string, unknown>> | undefined): unknown {
  return params?.headers;
}

function unreadable(read: string): Credentials {
  return { kind: 'unreadable', read };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
