/** Sealing with secrets that are replaced in time: the first seals, all open. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { seal, sealingKey, unseal } from '../commons/seal.ts';

/** Seals texts for one purpose: what is sealed for another is not opened. */
export interface Sealer {
  seal(text: string): string;
  /** Null where it was sealed with a secret that is not known (any more), for another purpose, or changed since. */
  open(sealed: string): string | null;
}

/** Makes it. The newest secret stands first. */
export function createSealer(secrets: readonly string[], purpose: string): Sealer {
  const keys = secrets.map((secret) => sealingKey(secret, purpose));
  return {
    seal: (text) => seal(text, first(keys)),
    open(sealed) {
      for (const key of keys) {
        const opened = unseal(sealed, key);
        if (opened !== null) return opened;
      }
      return null;
    },
  };
}

/** Signs texts for one purpose. */
export interface Signer {
  sign(text: string): Buffer;
  /** Does the same work for every signature, whichever secret made it, and for none. */
  isSigned(text: string, signature: Buffer): boolean;
}

/** Makes it. The newest secret stands first. */
export function createSigner(secrets: readonly string[], purpose: string): Signer {
  const keys = secrets.map((secret) => sealingKey(secret, purpose));
  const signature = (text: string, key: Buffer) => createHmac('sha256', key).update(text).digest();
  return {
    sign: (text) => signature(text, first(keys)),
    isSigned(text, shown) {
      const made = keys.map((key) => signature(text, key));
      return made.filter((one) => one.length === shown.length && timingSafeEqual(one, shown)).length > 0;
    },
  };
}

function first(keys: readonly Buffer[]): Buffer {
  const [key] = keys;
  if (key === undefined) throw new TypeError('There is no secret to seal with.');
  return key;
}
