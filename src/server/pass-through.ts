/**
 * Callers who show a token of their own of one phone system. The first time a token is seen, the system is asked whose it
 * is, so that two tabs with two tokens of one user share watches and budget. What a caller commands goes out with the token
 * that this caller showed, and no other.
 */
import { LRUCache } from 'lru-cache';
import { Forbidden, SignInRequired } from '../../schema/failures.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { digest } from '../tokens.ts';
import { upTo } from '../up-to.ts';
import { readBearer } from '../upstream/bearer.ts';
import type { Caller } from '../upstream/caller.ts';
import { refusedToken, type TokenHolder } from '../upstream/token-pool.ts';
import type { TokenPools } from '../upstream/token-pools.ts';
import { createAllowance } from './crowd.ts';
import type { Callers } from './people.ts';
import { createStrangers } from './strangers.ts';
import type { Knock, SystemGatekeeper, SystemView, SystemVisitor } from './visitor.ts';

/** What differs from one phone system to the next. */
export interface PassThroughParts<Provider, Person> {
  /** In words. */
  readonly system: string;
  /** The header that its token comes in. */
  readonly header: string;
  /** Stands in where no token is shown; null: nothing does. */
  readonly fallbackToken: string | null;
  /** Browsers may sign in instead. */
  readonly signsIn: boolean;
  readonly pools: TokenPools;
  readonly metrics: Metrics;
  /** @throws the failures of a read; {Forbidden}: the token is taken, and may not ask that. */
  whose(caller: Caller, signal: AbortSignal): Promise<{ readonly viewerId: string; readonly person: Person }>;
  /** What a budget has kept for whoever was asked about is of no use any more. */
  leaveBehind(bucket: string): void;
  /** Who they are where they may not ask: each token is a viewer of its own then. */
  unknown(error: Forbidden): Person;
  viewFor(viewerId: string, callers: Callers, person: Person): SystemView<Provider>;
  /** A viewer has shown another token. */
  onToken(viewerId: string): void;
  /** When tokens are told to end, in milliseconds since they were first seen; missing: nobody knows when they do. */
  readonly ageing?: {
    readonly notice: number;
    tell(viewerId: string, firstSeenAt: number): void;
  };
}

/** How many tokens are remembered; the least recently used goes first. */
const MOST_TOKENS = 10_000;

/** A token that nobody showed for this long is forgotten. */
const TOKEN_IDLE = 3_900_000; // 65 minutes, just above the longest life of a RingCentral token

/** How much text of them is kept, so that each has to be hashed only once. */
const TOKEN_TEXTS = { maxSize: 16_000_000, sizeCalculation: (_key: string, token: string) => token.length }; // characters

/**
 * A 401 for a token that nobody knows is doubted too, so often at once and a minute for all of them together: strangers
 * with made-up tokens cost no more.
 */
const STRANGERS_DOUBTED = 20;

/** Admits whoever has a token that the phone system takes. */
export function createPassThrough<Provider, Person>(
  parts: PassThroughParts<Provider, Person>,
): SystemGatekeeper<Provider> {
  const { system, header, fallbackToken, pools, ageing } = parts;
  const strangersDoubted = createAllowance(STRANGERS_DOUBTED, STRANGERS_DOUBTED / 60, performance.now());
  /** Digests of tokens that were taken: hashing one anew for every request is what a query costs most. */
  const keys = new LRUCache<string, string>({ ...TOKEN_TEXTS, ttl: TOKEN_IDLE });
  const strangers = createStrangers<Admission<Provider>>(parts.metrics, system);
  const admissions = new LRUCache<string, Admission<Provider>>({
    ...upTo(MOST_TOKENS),
    ttl: TOKEN_IDLE,
    updateAgeOnGet: true,
    dispose: ({ leave }) => queueMicrotask(leave),
  });

  return {
    recognise: (authorization) => find(authorization)?.visitor.viewerId ?? null,

    known(authorization) {
      const known = find(authorization);
      return known === undefined ? null : entered(known);
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

  function find(authorization: string | null): Admission<Provider> | undefined {
    const key = keyOf(tokenOf(authorization));
    const known = admissions.get(key);
    if (known === undefined) strangers.check(key);
    return known;
  }

  /** @throws {Unauthenticated} {SignInRequired} */
  function tokenOf(authorization: string | null): string {
    if (authorization === null && fallbackToken !== null) return fallbackToken;
    if (authorization === null && parts.signsIn) {
      throw new SignInRequired(`Sign in at /auth/sign-in, or show a token: "${header}: Bearer <token>".`);
    }
    return readBearer(authorization, header);
  }

  function keyOf(token: string): string {
    return keys.get(token) ?? digest(token);
  }

  /** Finds out whose token this is, and seats it with the other tokens of the same user. */
  async function introduce(token: string, key: string, signal: AbortSignal): Promise<Admission<Provider>> {
    const firstSeenAt = Date.now();
    const { viewerId, person } = await whose(token, key, signal);
    const pool = pools.of(viewerId);
    const holder = pool.add(token);
    // Whoever has no token of their own needs no fresh one.
    const notice =
      token === fallbackToken || ageing === undefined
        ? undefined
        : setTimeout(() => ageing.tell(viewerId, firstSeenAt), ageing.notice).unref();
    holder.expired.addEventListener('abort', () => {
      admissions.delete(key);
      strangers.mark(key, refusedToken(system));
    });
    const leave = () => {
      clearTimeout(notice);
      holder.release();
    };
    const callers = { own: holder, any: pool, steady: () => pools.steady(viewerId) };
    const view = parts.viewFor(viewerId, callers, person);
    const visitor: SystemVisitor<Provider> = {
      ...view,
      viewerId,
      expired: holder.expired,
      stay: () => holder.open(),
      provider(visit) {
        holder.used();
        return view.provider(visit);
      },
    };
    parts.onToken(viewerId);
    const admission = { visitor, holder, leave };
    admissions.set(key, admission);
    keys.set(token, key);
    return admission;
  }

  /** The user behind a token; without the permission to ask, each token is a viewer of its own. */
  async function whose(token: string, key: string, signal: AbortSignal) {
    const stranger: Caller = {
      bucket: `token:${key}`,
      accessToken: async () => token,
      refused: async () => strangersDoubted.take(performance.now()),
    };
    try {
      const found = await parts.whose(stranger, signal);
      parts.leaveBehind(stranger.bucket);
      return found;
    } catch (error) {
      if (error instanceof Forbidden) return { viewerId: stranger.bucket, person: parts.unknown(error) };
      parts.leaveBehind(stranger.bucket);
      throw error;
    }
  }
}

function entered<Provider>({ visitor, holder }: Admission<Provider>): SystemVisitor<Provider> {
  holder.used();
  return visitor;
}

/** Of whom nothing is seen. */
const UNSEEN: Knock = { address: '', signal: new AbortController().signal };

interface Admission<Provider> {
  readonly visitor: SystemVisitor<Provider>;
  readonly holder: TokenHolder;
  readonly leave: () => void;
}
