/** The token of the gateway's own RingCentral user: its shape, and how long it is good. */
import { UpstreamBadResponse } from '../../schema/failures.ts';
import { digest, renewalAfter } from '../tokens.ts';
import type { WireToken } from './wire.ts';

/** An immutable value. Times are milliseconds of a clock that never jumps: its holder's. */
export interface ServiceToken {
  /** Tells it from others; it cannot be got back from this. */
  readonly id: string;
  readonly accessToken: string;
  /** Null: RingCentral gave none. */
  readonly refreshToken: string | null;
  readonly obtainedAt: number;
  /** From then on a new one is asked for. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** A token that is said to live longer is renewed as if it lived so long; RingCentral's live for an hour. */
const LONGEST_LIFE = 86_400_000; // 1 day

/**
 * Reads RingCentral's answer.
 * @throws {UpstreamBadResponse} where it is something else.
 */
export function toServiceToken(body: unknown, now: number): ServiceToken {
  const wire = (typeof body === 'object' && body !== null ? body : {}) as WireToken;
  if (typeof wire.access_token !== 'string' || typeof wire.expires_in !== 'number') {
    throw new UpstreamBadResponse("RingCentral's answer does not have the shape of a token.");
  }
  const life = Math.min(Math.max(0, wire.expires_in * 1_000), LONGEST_LIFE);
  return {
    id: digest(wire.access_token),
    accessToken: wire.access_token,
    refreshToken: typeof wire.refresh_token === 'string' ? wire.refresh_token : null,
    obtainedAt: now,
    renewAt: now + renewalAfter(life),
    expiresAt: now + life,
  };
}
