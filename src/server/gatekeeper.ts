/**
 * Who comes in to RingCentral: the two ways to be somebody there.
 *
 * - Pass-through: the caller shows a RingCentral token of their own (`pass-through.ts`).
 * - Service: the caller shows a key of `GATEWAY_KEYS`, and the gateway speaks to RingCentral as itself. Each
 *   key is a viewer of its own: what one key does, no other key sees.
 */
import { timingSafeEqual } from 'node:crypto';
import { Unauthenticated } from '../../schema/failures.ts';
import type { Viewer } from '../../schema/model.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { digest } from '../tokens.ts';
import { readBearer } from '../upstream/bearer.ts';
import type { Caller } from '../upstream/caller.ts';
import { VIGIL_TIMES, type VigilTimes } from '../upstream/vigil.ts';
import { createPassThrough } from './pass-through.ts';
import { createPerson, createPools, type GatekeeperParts, once, viewOf } from './people.ts';
import type { SystemGatekeeper, SystemVisitor } from './visitor.ts';

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
): SystemGatekeeper<CallProvider> {
  const viewer = once(() => parts.callControl.readExtension(caller, { lane: 'query' }));
  const neverExpires = new AbortController().signal;
  const visitors = gatewayKeys.map((key) => {
    const viewerId = `key:${digest(key)}`;
    const sharing: Caller = { ...caller, share: viewerId };
    const callers = { own: sharing, any: sharing, steady: () => sharing };
    const view = viewOf(parts, createPerson(parts, viewerId, callers, viewer));
    return { digest: Buffer.from(digest(key)), visitor: { ...view, viewerId, expired: neverExpires } };
  });

  return {
    recognise: (authorization) => find(authorization).viewerId,
    known: find,
    admit: async (authorization) => find(authorization),
  };

  function find(authorization: string | null): SystemVisitor<CallProvider> {
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
  pools = createPools(parts, { ...TOKEN_TIMES, ...changedTimes }),
): SystemGatekeeper<CallProvider> {
  const times = { ...TOKEN_TIMES, ...changedTimes };
  return createPassThrough<CallProvider, () => Promise<Viewer>>({
    system: 'RingCentral',
    header: 'Authorization',
    fallbackToken,
    signsIn: parts.sessions !== undefined,
    pools,
    metrics: parts.metrics,
    async whose(caller, signal) {
      const viewer = await parts.callControl.readExtension(caller, { lane: 'query', signal });
      return { viewerId: `${viewer.accountId}/${viewer.extensionId}`, person: async () => viewer };
    },
    leaveBehind: (bucket) => parts.budget.leaveBehind(bucket),
    unknown: (error) => () => Promise.reject(error),
    viewFor: (viewerId, callers, viewer) => viewOf(parts, createPerson(parts, viewerId, callers, viewer)),
    onToken: (viewerId) => parts.push?.newToken(viewerId),
    ageing: {
      notice: times.notice,
      tell: (viewerId, firstSeenAt) =>
        parts.hub.notify('TOKEN_EXPIRING', TOKEN_EXPIRING, firstSeenAt + times.life, viewerId),
    },
  });
}
