/** The tokens of everybody who is here, of one phone system: a pool for each user, for as long as it holds any. */
import type { Caller } from './caller.ts';
import { createSteadyCaller, createTokenPool, type TokenPool, type TokenPoolParts } from './token-pool.ts';
import type { Allowed } from './vigil.ts';

export interface TokenPools {
  of(viewerId: string): TokenPool;
  /**
   * Asks for the user by one token for as long as that is good, whichever pool holds it: all tokens of one may end, and the
   * user come back with another.
   */
  steady(viewerId: string): Caller;
  stop(): void;
}

export interface TokenPoolsParts extends Pick<TokenPoolParts, 'system' | 'ask' | 'times'> {
  /** What is allowed a user of such requests as `ask` makes. */
  allowed(viewerId: string): Allowed;
}

/** Makes them; one for all ways to come in. */
export function createTokenPools({ allowed, ...parts }: TokenPoolsParts): TokenPools {
  const pools = new Map<string, TokenPool>();
  return {
    of(viewerId) {
      const known = pools.get(viewerId);
      if (known !== undefined) return known;
      const pool = createTokenPool({
        ...parts,
        bucket: viewerId,
        allowed: () => allowed(viewerId),
        onEmpty() {
          if (pools.get(viewerId) === pool) pools.delete(viewerId);
        },
      });
      pools.set(viewerId, pool);
      return pool;
    },
    steady: (viewerId) => createSteadyCaller(viewerId, () => pools.get(viewerId), parts.system),
    stop() {
      for (const pool of pools.values()) pool.stop();
    },
  };
}
