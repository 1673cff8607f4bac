/**
 * Who comes in: the two ways to be somebody here.
 *
 * - Pass-through: the caller shows a RingCentral token of their own. The first time a token is seen,
 *   RingCentral is asked whose it is, so that two tabs with two tokens of one user share watches and budget.
 *   What a caller commands goes out with the token that this caller showed, and no other.
 * - Service: the caller shows a key of `GATEWAY_KEYS`, and the gateway speaks to RingCentral as itself. Each
 *   key is a viewer of its own: what one key does, no other key sees.
 */
import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Forbidden, SignInRequired, Unauthenticated } from '../../schema/failures.ts';
import type { Viewer } from '../../schema/model.ts';
import { readBearer } from '../ringcentral/auth.ts';
import { digest } from '../ringcentral/service-token.ts';
import { createSteadyCaller, REFUSED_TOKEN, type TokenHolder } from '../upstream/token-pool.ts';
import { VIGIL_TIMES, type VigilTimes } from '../upstream/vigil.ts';
import type { Caller } from '../upstream/caller.ts';
import { createAllowance } from './crowd.ts';
import { createPerson, createPools, type GatekeeperParts, once, type Pools, visitorOf } from './people.ts';
import { createStrangers } from './strangers.ts';
import type { Gatekeeper, Knock, Visitor } from './visitor.ts';

/** How many tokens are remembered; the least recently used goes first. */
const MOST_TOKENS = 10_000;

/** A cache with a `max` has all its room from the start, one with a `maxSize` grows. */
const UP_TO_MOST_TOKENS = { maxSize: MOST_TOKENS, sizeCalculation: () => 1 };

/** A token that nobody showed for this long is forgotten. */
const TOKEN_IDLE = 3_900_000; // 65 minutes, just above the longest life of a RingCentral token

/** How much text of them is kept, so that each has to be hashed only once. */
const TOKEN_TEXTS = { maxSize: 16_000_000, sizeCalculation: (_key: string, token: string) => token.length }; // characters

/**
 * A 401 for a token that nobody knows is doubted too, so often at once and a minute for all of them together: strangers
 * with made-up tokens cost no more.
 */
const STRANGERS_DOUBTED = 20;

/** How a token ages, in milliseconds since it was first seen here, and how it is looked after; other numbers are for tests. */
export interface TokenTimes extends VigilTimes {
  /** Its holder is told that it ends. */
  readonly notice: number;
  /** It has ended: tokens are opaque, and no RingCentral token lives longer. */
  readonly life: number;
}

export const TOKEN_TIMES: TokenTimes = {
  ...VIGIL_TIMES,
  notice: 3_300_000, // 55 minutes
  life: 3_600_000, // 1 hour
};

const TOKEN_EXPIRING =
  'A token of yours has ended by then at the latest: reconnect with a fresh one and your cursor.';

/** Admits keys of the list; all of them act as the one RingCentral user of `caller`. */
export function createServiceGatekeeper(
  parts: GatekeeperParts,
  caller: Caller,
  gatewayKeys: readonly string[],
): Gatekeeper {
  const viewer = once(() => parts.callControl.readExtension(caller, { lane: 'query' }));
  const neverExpires = new AbortController().signal;
  const visitors = gatewayKeys.map((key) => {
    const viewerId = `key:${digest(key)}`;
    const sharing: Caller = { ...caller, share: viewerId };
    return {
      digest: Buffer.from(digest(key)),
      visitor: visitorOf(
        parts,
        createPerson(parts, viewerId, { own: sharing, any: sharing, steady: () => sharing }, viewer),
        neverExpires,
      ),
    };
  });

  return {
    recognise: (authorization) => find(authorization).viewerId,
    admit: async (authorization) => find(authorization),
  };

  function find(authorization: string | null): Visitor {
    const shown = Buffer.from(digest(readBearer(authorization)));
    // Every key is compared, so that the time taken tells nothing about which one came close.
    const matches = visitors.filter((known) => timingSafeEqual(known.digest, shown));
    const [match] = matches;
    if (match === undefined) {
      throw new Unauthenticated(
        'This gateway key is not known; allowed is a key of the list in GATEWAY_KEYS.',
      );
    }
    return match.visitor;
  }
}

/** Admits whoever has a token that RingCentral takes; `fallbackToken` stands in where none is shown. */
export function createPassThroughGatekeeper(
  parts: GatekeeperParts,
  fallbackToken: string | null,
  changedTimes: Partial<TokenTimes> = {},
  pools: Pools = createPools(parts, { ...TOKEN_TIMES, ...changedTimes }),
): Gatekeeper {
  const times = { ...TOKEN_TIMES, ...changedTimes };
  const strangersDoubted = createAllowance(STRANGERS_DOUBTED, STRANGERS_DOUBTED / 60, performance.now());
  /** Digests of tokens that were taken: hashing one anew for every request is what a query costs most. */
  const keys = new LRUCache<string, string>({ ...TOKEN_TEXTS, ttl: TOKEN_IDLE });
  const strangers = createStrangers<Admission>(parts.metrics);
  const admissions = new LRUCache<string, Admission>({
    ...UP_TO_MOST_TOKENS,
    ttl: TOKEN_IDLE,
    updateAgeOnGet: true,
    dispose: ({ leave }) => queueMicrotask(leave),
  });

  return {
    recognise(authorization) {
      const key = keyOf(tokenOf(authorization));
      const known = admissions.get(key);
      if (known === undefined) strangers.check(key);
      return known?.visitor.viewerId ?? null;
    },

    async admit(authorization, knock = UNSEEN) {
      const token = tokenOf(authorization);
      const key = keyOf(token);
      const known = admissions.get(key);
      if (known !== undefined) return entered(known);
      return entered(await strangers.meet(key, knock, (signal) => introduce(token, key, signal)));
    },

    stop() {
      pools.stop();
    },
  };

  function tokenOf(authorization: string | null): string {
    if (authorization === null && fallbackToken !== null) return fallbackToken;
    if (authorization === null && parts.sessions !== undefined) {
      throw new SignInRequired('Sign in at /auth/sign-in, or show a token: "Authorization: Bearer <token>".');
    }
    return readBearer(authorization);
  }

  function keyOf(token: string): string {
    return keys.get(token) ?? digest(token);
  }

  /** Finds out whose token this is, and seats it with the other tokens of the same user. */
  async function introduce(token: string, key: string, signal: AbortSignal): Promise<Admission> {
    const firstSeenAt = Date.now();
    const { viewerId, viewer } = await whose(token, key, signal);
    const pool = pools.of(viewerId);
    const holder = pool.add(token);
    const tell = () => parts.hub.notify('TOKEN_EXPIRING', TOKEN_EXPIRING, firstSeenAt + times.life, viewerId);
    // Whoever has no token of their own needs no fresh one.
    const notice = token === fallbackToken ? undefined : setTimeout(tell, times.notice).unref();
    holder.expired.addEventListener('abort', () => {
      admissions.delete(key);
      strangers.mark(key, REFUSED_TOKEN);
    });
    const leave = () => {
      clearTimeout(notice);
      holder.release();
    };
    // Not with this pool: its tokens may all end, and the viewer come back with another.
    const steady = () => createSteadyCaller(viewerId, () => pools.known(viewerId));
    const person = createPerson(parts, viewerId, { own: holder, any: pool, steady }, viewer);
    parts.push?.newToken(viewerId);
    const admission = { visitor: visitorOf(parts, person, holder.expired, holder), holder, leave };
    admissions.set(key, admission);
    keys.set(token, key);
    return admission;
  }

  /** The user behind a token; without the permission to ask, each token is a viewer of its own. */
  async function whose(
    token: string,
    key: string,
    signal: AbortSignal,
  ): Promise<{ viewerId: string; viewer: () => Promise<Viewer> }> {
    const stranger: Caller = {
      bucket: `token:${key}`,
      accessToken: async () => token,
      refused: async () => strangersDoubted.take(performance.now()),
    };
    try {
      const viewer = await parts.callControl.readExtension(stranger, { lane: 'query', signal });
      parts.budget.leaveBehind(stranger.bucket);
      return { viewerId: `${viewer.accountId}/${viewer.extensionId}`, viewer: async () => viewer };
    } catch (error) {
      if (!(error instanceof Forbidden)) {
        parts.budget.leaveBehind(stranger.bucket);
        throw error;
      }
      return { viewerId: stranger.bucket, viewer: () => Promise.reject(error) };
    }
  }
}

function entered({ visitor, holder }: Admission): Visitor {
  holder.used();
  return visitor;
}

/** Of whom nothing is seen. */
const UNSEEN: Knock = { address: '', signal: new AbortController().signal };

interface Admission {
  readonly visitor: Visitor;
  readonly holder: TokenHolder;
  readonly leave: () => void;
}
