/** Tokens, whoever gave them: how long they are, what they are known by, and how long they are used. */
import { createHash } from 'node:crypto';

/** No real one is longer, in characters. */
export const LONGEST_TOKEN = 4_096;

/** A token is renewed when this share of its life is over, or a minute before its end. */
const RENEWAL_SHARE = 0.8;
const RENEWAL_MARGIN = 60_000; // 1 minute

/**
 * After how many milliseconds of its life a token is renewed.
 *
 * ```ts
 * renewalAfter(3_600_000) // 3540000
 * renewalAfter(10_000) // 8000
 * ```
 */
export function renewalAfter(life: number): number {
  return Math.max(life * RENEWAL_SHARE, life - RENEWAL_MARGIN);
}

/** Stands for a token or key where it is compared, kept or logged: the token cannot be got back from it. */
export function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
