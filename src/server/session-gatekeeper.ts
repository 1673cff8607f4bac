/**
 * Whoever comes by a cookie: the same person as by a token of theirs, with the same desk, budget and tokens. Their
 * tokens change while they stay.
 */
import { UpstreamUnavailable } from '../../schema/failures.ts';
import { Apart } from '../commons/commons.ts';
import type { User } from '../sign-in/account.ts';
import type { HeldSession, Keeper } from '../sign-in/keeper.ts';
import type { Sessions } from '../sign-in/sessions.ts';
import type { System } from '../sign-in/systems.ts';
import { createRenewedHolder } from '../upstream/renewed-token.ts';
import type { TokenHolder } from '../upstream/token-pool.ts';
import type { TokenPools } from '../upstream/token-pools.ts';
import type { Callers } from './people.ts';
import type { SystemSessions, SystemView, SystemVisitor } from './visitor.ts';

/** A phone system that somebody can be signed in to. */
export interface SystemSessionsParts<Provider> {
  readonly system: System;
  readonly browserSessions: Pick<Sessions, 'known' | 'find'>;
  readonly pools: TokenPools;
  /** A viewer has another token. */
  onToken(viewerId: string): void;
  /** What the phone system shows to whoever holds a session. */
  viewFor(user: User, callers: Callers, sessionId: string): SystemView<Provider>;
}

/** Makes it. */
export function createSystemSessions<Provider>(
  parts: SystemSessionsParts<Provider>,
): SystemSessions<Provider> {
  const { system, browserSessions, pools } = parts;
  const visitors = new WeakMap<HeldSession, SystemVisitor<Provider>>();
  const holders = new WeakMap<Keeper, TokenHolder>();

  return {
    known(cookie) {
      const session = browserSessions.known(cookie, system);
      if (session === undefined) return undefined;
      session.used();
      return visitorOf(session);
    },

    async find(cookie) {
      const session = await find(cookie);
      if (session === null) return null;
      session.used();
      return visitorOf(session);
    },
  };

  async function find(cookie: string): Promise<HeldSession | null> {
    try {
      return await browserSessions.find(cookie, system);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      const message = 'Sessions cannot be looked up now; try again in a moment.';
      throw new UpstreamUnavailable(message, false, {}, { cause: error });
    }
  }

  function visitorOf(session: HeldSession): SystemVisitor<Provider> {
    const known = visitors.get(session);
    if (known !== undefined) return known;
    const made = createVisitor(session);
    visitors.set(session, made);
    return made;
  }

  function createVisitor(session: HeldSession): SystemVisitor<Provider> {
    const { user } = session.keeper.account;
    const { viewerId } = user;
    const holder = holderOf(session.keeper);
    const callers = { own: holder, any: pools.of(viewerId), steady: () => pools.steady(viewerId) };
    const view = parts.viewFor(user, callers, session.publicId);
    return {
      ...view,
      viewerId,
      expired: session.ended,
      farewell: 'Forbidden: the session has ended, sign in again',
      stay() {
        const closing = [session.open(), holder.open()];
        return () => {
          for (const close of closing) close();
        };
      },
      provider(visit) {
        session.used();
        holder.used();
        return view.provider(visit);
      },
    };
  }

  function holderOf(keeper: Keeper): TokenHolder {
    const known = holders.get(keeper);
    if (known !== undefined) return known;
    const { viewerId } = keeper.account.user;
    const holder = createRenewedHolder(() => pools.of(viewerId), keeper);
    holders.set(keeper, holder);
    parts.onToken(viewerId);
    return holder;
  }
}
