/** Single values of Genesys Cloud's JSON that no other phone system has; the others stand in `upstream/values.ts`. */
import type { EntityKind, EntityRef, Int64 } from '../../schema/genesys/model.ts';
import { asNumber, asText, entriesOf, ifObject, type LeftOut } from '../upstream/values.ts';

/** Any object of Genesys's JSON: every field of every model is optional, and may be of any type here. */
export type Wire = Readonly<Record<string, unknown>>;

/** What a pointer to something else is: `name` and `selfUri` are there or not. */
export interface WireRef {
  readonly id?: unknown;
  readonly name?: unknown;
}

/** A pointer; null where it does not say to what. */
export function asRef(kind: EntityKind, raw: unknown): EntityRef | null {
  return ifObject<WireRef, EntityRef | null>(raw, ({ id, name }) => refTo(kind, id, name));
}

/** A pointer by an id that stands alone. */
export function refTo(kind: EntityKind, rawId: unknown, name?: unknown): EntityRef | null {
  const id = asText(rawId);
  return id === null ? null : { kind, id, name: asText(name) };
}

/** The pointers of a list. */
export function refsOf(kind: EntityKind, raw: unknown, leftOut: LeftOut): readonly EntityRef[] {
  return entriesOf<WireRef, EntityRef>(raw, 'entity', leftOut, (wire) => asRef(kind, wire));
}

const LEAST_INT = -2_147_483_648;
const MOST_INT = 2_147_483_647;

/** A whole number of 32 bits; null for any other, which GraphQL could not tell. */
export function asInt(raw: unknown): number | null {
  const number = asNumber(raw);
  return number !== null && Number.isInteger(number) && number >= LEAST_INT && number <= MOST_INT
    ? number
    : null;
}

/** A whole number of up to 64 bits, as decimal text; null where it is none, or has lost its last digits on the way. */
export function asInt64(raw: unknown): Int64 | null {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? String(raw) : null;
  if (typeof raw !== 'string' || !/^-?\d{1,19}$/.test(raw)) return null;
  const exact = BigInt(raw);
  return BigInt.asIntN(64, exact) === exact ? String(exact) : null;
}
