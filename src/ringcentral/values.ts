/** Single values of RingCentral's JSON, each as its field has it or as nothing. */
import { UpstreamBadResponse } from '../../schema/failures.ts';
import type { WireId } from './wire.ts';

/** Spellings of RingCentral's guides and SDKs that its published document does not have. */
const ALIASES: Readonly<Record<string, string>> = { vmscreening: 'voicemailscreening' };

/**
 * The member of an enum for RingCentral's text: case and underscores do not count. `UNKNOWN` for a value
 * that is not published, null for none.
 */
export function toEnum<Member extends string>(
  members: readonly Member[],
  raw: unknown,
): Member | 'UNKNOWN' | null {
  const text = asText(raw);
  if (text === null) return null;
  const plain = text.toLowerCase();
  const wanted = ALIASES[plain] ?? plain;
  return members.find((member) => member.replaceAll('_', '').toLowerCase() === wanted) ?? 'UNKNOWN';
}

/** Epoch milliseconds of a time, also of one whose offset has no colon: `…+0000`. */
export function toTime(raw: unknown): number | null {
  const text = asText(raw);
  if (text === null) return null;
  const time = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? null : time;
}

export function toId(raw: WireId | undefined): string | null {
  return (typeof raw === 'string' && raw !== '') || typeof raw === 'number' ? String(raw) : null;
}

export function idOf(raw: WireId | undefined, what: string): string {
  const id = toId(raw);
  if (id === null) throw ofAnotherShape(what);
  return id;
}

export function asText(raw: unknown): string | null {
  return typeof raw === 'string' && raw !== '' ? raw : null;
}

export function asFlag(raw: unknown): boolean | null {
  return typeof raw === 'boolean' ? raw : null;
}

export function listOf<Item>(raw: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(raw) ? raw.filter((item) => item !== null && item !== undefined) : [];
}

export function ifObject<Wire extends object, Value>(
  raw: Wire | undefined,
  read: (raw: Wire) => Value,
): Value | null {
  return typeof raw === 'object' && raw !== null ? read(raw) : null;
}

export function objectOf<Wire extends object>(body: unknown, what: string): Partial<Wire> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw ofAnotherShape(what);
  return body as Partial<Wire>;
}

export function ofAnotherShape(what: string): UpstreamBadResponse {
  return new UpstreamBadResponse(`RingCentral's answer does not have the shape of ${what}.`);
}
