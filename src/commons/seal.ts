/**
 * What is kept in the store but not for its eyes: encrypted by AES-256-GCM, with a key that is made (HKDF) of a secret
 * which the store does not have.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Opens what was sealed with it. */
export type SealingKey = Buffer;

const NONCE = 12; // bytes
const TAG = 16; // bytes

/** Makes the key for one purpose of one secret. */
export function sealingKey(secret: string, purpose: string): SealingKey {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}

/** Seals a text, another way each time. */
export function seal(text: string, key: SealingKey): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  const sealed = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64');
}

/** Opens it; null where it was sealed with another key, or changed since. */
export function unseal(sealed: string, key: SealingKey): string | null {
  try {
    const bytes = Buffer.from(sealed, 'base64');
    // Without its length a part of a tag would do.
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}
