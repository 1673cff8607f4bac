/**
 * The id of a session: the only thing that its browser holds. It is random and signed, so that nobody can make one up,
 * and it is kept nowhere: what belongs to it lies under its digest.
 *
 * ```text
 *   cookie   <id>.<signature>        id: 256 random bits
 *   key      SHA-256 of the id       what the commons know it by
 * ```
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Signer } from './sealer.ts';

export interface SessionIds {
  /** A new one, as its cookie and its key. */
  create(): { readonly cookie: string; readonly key: string };
  /** The key of a cookie; null for one that was not made here. Every cookie of this form costs the same work. */
  read(cookie: string): string | null;
}

/** 32 bytes each, as base64url. */
const FORM = /^([\w-]{43})\.([\w-]{43})$/;

/** Makes them. */
export function createSessionIds(signer: Signer): SessionIds {
  return {
    create() {
      const id = randomBytes(32).toString('base64url');
      return { cookie: `${id}.${signer.sign(id).toString('base64url')}`, key: keyOf(id) };
    },
    read(cookie) {
      const [, id, signature] = FORM.exec(cookie) ?? [];
      if (id === undefined || signature === undefined) return null;
      const key = keyOf(id);
      return signer.isSigned(id, Buffer.from(signature, 'base64url')) ? key : null;
    },
  };
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
