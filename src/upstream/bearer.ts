/** The token in a header that says who asks. */
import { Unauthenticated } from '../../schema/failures.ts';
import { LONGEST_TOKEN } from '../tokens.ts';

/** A bearer token as RFC 6750 spells it. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * The token of an `Authorization` header, or of another one that is spelt like it.
 * @throws {Unauthenticated} naming what is allowed; the header itself is not repeated.
 */
export function readBearer(header: string | null | undefined, name = 'Authorization'): string {
  const token = BEARER.exec(header?.trim() ?? '')?.[1];
  if (token !== undefined && token.length <= LONGEST_TOKEN) return token;
  const read = header ? 'something else' : 'nothing';
  throw new Unauthenticated(`${name}: read ${read}, allowed is "Bearer <token>".`);
}
