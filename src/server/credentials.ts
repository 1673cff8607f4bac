/** Who a client says it is: a pure reading of what it sent, and never the token in its words. */
import type { IncomingHttpHeaders } from 'node:http';
import { readBearer } from '../upstream/bearer.ts';
import { GENESYS_HEADER } from './origins.ts';
import type { Shown } from './visitor.ts';

/** What was read. */
export type Credentials =
  | { readonly kind: 'shown'; readonly shown: Shown }
  | { readonly kind: 'none' }
  /** `read` says what stands where a token is expected, and `name` where that is. */
  | { readonly kind: 'unreadable'; readonly read: string; readonly name: ParameterName };

/** Of `connectionParams`: of RingCentral, or of Genesys Cloud where it is alone; of Genesys Cloud. */
export type ParameterName = 'authorization' | 'genesysAuthorization';

/** The names that each has as a header too, in lower case. */
const NAMES: Readonly<Record<ParameterName, readonly string[]>> = {
  authorization: ['authorization'],
  genesysAuthorization: ['genesysauthorization', GENESYS_HEADER],
};

/** The closing words for whoever shows no token that can be read; they fit into a close frame. */
export function unauthorizedReason(read: string, name: ParameterName = 'authorization'): string {
  return `Unauthorized: read ${read}, expected connectionParams: { ${name}: "Bearer <token>" }`;
}

/** What a request shows in its headers. */
export function shownIn(headers: IncomingHttpHeaders): Shown {
  const { authorization = null, [GENESYS_HEADER]: genesys } = headers;
  return { authorization, genesysAuthorization: typeof genesys === 'string' ? genesys : null };
}

/** Then a cookie is looked at. */
export function showsNothing({ authorization, genesysAuthorization }: Shown): boolean {
  return authorization === null && genesysAuthorization === null;
}

/**
 * Reads the parameters of `connection_init`, and what the upgrade request showed, which browsers cannot:
 *
 * ```ts
 * readCredentials({ headers: { Authorization: 'Bearer abc' } }, NOTHING_SHOWN) // 'shown', authorization: 'Bearer abc'
 * readCredentials({ accessToken: 'abc' }, NOTHING_SHOWN) // 'unreadable', read: 'connectionParams.accessToken'
 * readCredentials({}, NOTHING_SHOWN) // 'none'
 * ```
 */
export function readCredentials(
  params: Readonly<Record<string, unknown>> | undefined,
  header: Shown,
): Credentials {
  const texts: Record<ParameterName, string | null> = { ...header };
  for (const name of ['authorization', 'genesysAuthorization'] as const) {
    const value = valueIn(params, NAMES[name]) ?? valueIn(headersIn(params), NAMES[name]) ?? header[name];
    const problem = value === null ? null : problemOf(value);
    if (problem !== null) return unreadable(problem, name);
    texts[name] = value as string | null;
  }
  if (!showsNothing(texts)) return { kind: 'shown', shown: texts };
  const names = Object.keys(params ?? {});
  const misspelt = names.find((name) => name.length < LONGEST_NAME && LOOK_ALIKES.has(plain(name)));
  if (misspelt !== undefined) return unreadable(`connectionParams.${misspelt}`);
  if (Object.values(params ?? {}).some((value) => valueIn(value, NAMES.authorization) !== null)) {
    return unreadable('a nested authorization');
  }
  return { kind: 'none' };
}

/** Of an upgrade request that shows no token. */
export const NOTHING_SHOWN: Shown = { authorization: null, genesysAuthorization: null };

/** Names, without case and separators, under which clients are known to send a token elsewhere. */
const LOOK_ALIKES: ReadonlySet<string> = new Set(
  'accesstoken apikey auth authentication authtoken bearer bearertoken idtoken jwt token xapikey'.split(' '),
);

const LONGEST_NAME = 20; // characters: it is repeated

/** Templates that were filled before there was a token. */
const UNFILLED: ReadonlySet<string> = new Set(['undefined', 'null', 'NaN', 'false', 'true']);

/** Null: it can be read as a token. */
function problemOf(shown: unknown): string | null {
  if (typeof shown !== 'string') return `${typeOf(shown)} as authorization`;
  if (!/^bearer(\s|$)/i.test(shown.trim())) return 'an authorization without "Bearer"';
  try {
    const token = readBearer(shown);
    return UNFILLED.has(token) ? `the word ${token} for a token` : null;
  } catch {
    return 'no token behind "Bearer"';
  }
}

/** The value of one of these names in any case; null where there is none. */
function valueIn(value: unknown, names: readonly string[]): unknown {
  if (!isRecord(value)) return null;
  for (const [name, shown] of Object.entries(value)) {
    if (names.includes(name.toLowerCase()) && shown !== null && shown !== undefined) return shown;
  }
  return null;
}

function headersIn(params: Readonly<Record<string, unknown>> | undefined): unknown {
  return params?.headers;
}

function unreadable(read: string, name: ParameterName = 'authorization'): Credentials {
  return { kind: 'unreadable', read, name };
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
