/**
 * Single values of a phone system's JSON, each as its field should have it, or as nothing.
 *
 * Whatever stands in a field, it is read for what it is worth: an odd value costs its own field, an odd entry of a list
 * costs that entry, and nothing costs the whole answer but a body that does not say what it is about.
 */
import { UpstreamBadResponse } from '../../schema/failures.ts';

/** What lists hold. */
export type EntryKind =
  | 'party'
  | 'recording'
  | 'metadata value'
  | 'active call'
  | 'device'
  | 'forwarding number'
  | 'extension'
  | 'call queue'
  | 'member'
  | 'presence'
  | 'conversation'
  | 'participant'
  | 'transfer'
  | 'entity';

/** Told of each entry that was left out of a list, because it does not say which one it is. */
export type LeftOut = (kind: EntryKind) => void;

/** Text, also where a number stands; null for none. */
export function asText(raw: unknown): string | null {
  if (typeof raw === 'string') return raw === '' ? null : raw;
  // A longer whole number has lost its last digits in JSON: as an id it would name something else.
  const isExact = typeof raw === 'number' && Number.isFinite(raw) && Math.abs(raw) <= Number.MAX_SAFE_INTEGER;
  return isExact ? String(raw) : null;
}

/** A number, also where it stands as text. */
export function asNumber(raw: unknown): number | null {
  const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Yes or no, also as text, and as 1 and 0. */
export function asFlag(raw: unknown): boolean | null {
  if (typeof raw === 'boolean') return raw;
  const word = asText(raw)?.toLowerCase();
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : null;
}

const EARLIEST = Date.UTC(2000);
const LATEST = Date.UTC(2100);

/**
 * Epoch milliseconds of a time: ISO 8601, also with an offset that has no colon (`…+0000`) or without any, and epoch
 * milliseconds themselves.
 */
export function asTime(raw: unknown): number | null {
  const text = asText(raw);
  if (text === null) return null;
  // Anything else `Date.parse` takes for a date of its own choice: 5 would be in May 2001.
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(withOffset(text)) : Number(text);
  return time >= EARLIEST && time < LATEST ? time : null;
}

function withOffset(time: string): string {
  const [offset] = /(Z|[+-]\d{2}:?\d{2})$/i.exec(time) ?? [];
  if (offset === undefined) return `${time}Z`;
  return time.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
}

/** Spellings of guides and SDKs that the published documents do not have. */
const ALIASES: ReadonlyMap<string, string> = new Map([['vmscreening', 'voicemailscreening']]);

/**
 * The member of an enum for a text: case, underscores and dots do not count. `UNKNOWN` for a value
 * that is not published, null for none.
 */
export function asEnum<Member extends string>(
  members: readonly Member[],
  raw: unknown,
): Member | 'UNKNOWN' | null {
  const text = asText(raw);
  if (text === null) return null;
  const plain = text.toLowerCase().replaceAll('.', '');
  const wanted = ALIASES.get(plain) ?? plain;
  return members.find((member) => member.replaceAll('_', '').toLowerCase() === wanted) ?? 'UNKNOWN';
}

/** `ON_MY_WAY` is `OnMyWay` to RingCentral. */
export function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

/** The texts of a list; what is none is not in it. */
export function textsOf(raw: unknown): string[] {
  return listOf(raw).flatMap((item) => asText(item) ?? []);
}

/** The entries of a list that can be read; of each other one `leftOut` is told. */
export function entriesOf<Wire extends object, Entry>(
  raw: unknown,
  kind: EntryKind,
  leftOut: LeftOut,
  read: (wire: Partial<Wire>) => Entry | null,
): Entry[] {
  return listOf(raw).flatMap((item) => {
    const entry = ifObject(item, read);
    if (entry === null) leftOut(kind);
    return entry ?? [];
  });
}

/** What an object tells; null where there is none. */
export function ifObject<Wire extends object, Value>(
  raw: unknown,
  read: (wire: Partial<Wire>) => Value,
): Value | null {
  return isObject(raw) ? read(raw as Partial<Wire>) : null;
}

/**
 * A body that must be an object.
 * @throws {UpstreamBadResponse} when it is not.
 */
export function objectOf<Wire extends object>(body: unknown, what: string): Partial<Wire> {
  if (!isObject(body)) throw ofAnotherShape(what);
  return body as Partial<Wire>;
}

/** The failure for a body that does not say what it is about. */
export function ofAnotherShape(what: string): UpstreamBadResponse {
  return new UpstreamBadResponse(`The answer does not have the shape of ${what}.`);
}

export function listOf(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : [];
}

/**
 * The address of a socket as a phone system at `serverUrl` gives it out; null for one that cannot be opened, or would show
 * what is said there to everybody on the way.
 */
export function asSocketUrl(raw: unknown, serverUrl: string): URL | null {
  const text = asText(raw);
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  // No socket has a fragment (RFC 6455, 3): one that is opened there throws.
  if (url.hash !== '') return null;
  const isPlain = url.protocol === 'ws:' && serverUrl.startsWith('http:');
  return isPlain || url.protocol === 'wss:' ? url : null;
}

/** Nobody wants to know. */
export function unnoted(): void {}

/** True for an object that is no list. */
export function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
