/**
 * Whoever comes by a cookie: the same person as by a token of theirs, with the same desk, budget and tokens. Their
 * tokens change while they stay.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Forbidden, SignInRequired, UpstreamUnavailable } from '../../schema/failures.ts';
import type { Viewer } from '../../schema/model.ts';
import { Apart } from '../commons/commons.ts';
import { createProvider } from '../ringcentral/provider.ts';
import { createRenewedHolder } from '../upstream/renewed-token.ts';
import { createSteadyCaller, type TokenHolder } from '../upstream/token-pool.ts';
import type { User } from '../sign-in/account.ts';
import { readCookie, SESSION_COOKIE } from '../sign-in/cookies.ts';
import type { HeldSession, Keeper } from '../sign-in/keeper.ts';
import { isOfAllowedPage } from '../sign-in/places.ts';
import type { Sessions } from '../sign-in/sessions.ts';
import { createPerson, type GatekeeperParts, once, type Pools } from './people.ts';
import type { SessionGatekeeper, Visitor } from './visitor.ts';

export interface SessionGatekeeperParts extends GatekeeperParts {
  readonly browserSessions: Pick<Sessions, 'known' | 'find'>;
  readonly pools: Pools;
  /** The origins whose pages may show a cookie. */
  readonly originsFor: (headers: IncomingHttpHeaders) => readonly string[];
}

/** Makes it. */
export function createSessionGatekeeper(parts: SessionGatekeeperParts): SessionGatekeeper {
  const { browserSessions, pools, push } = parts;
  const visitors = new WeakMap<HeldSession, Visitor>();
  const holders = new WeakMap<Keeper, TokenHolder>();

  return {
    read(headers) {
      const shown = readCookie(headers.cookie, SESSION_COOKIE);
      if (shown.kind === 'none') return null;
      if (!isOfAllowedPage(headers, parts.originsFor(headers))) {
        throw new Forbidden(
          'By cookie only pages of this origin and those of CORS_ORIGINS may ask; a program shows a token instead.',
        );
      }
      if (shown.kind === 'several') throw new SignInRequired('Two cookies say who you are; sign in again.');
      return shown.value;
    },

    recognise: (cookie) => browserSessions.known(cookie)?.keeper.account.user.viewerId ?? null,

    async admit(cookie) {
      const session = browserSessions.known(cookie) ?? (await find(cookie));
      if (session === null) throw new SignInRequired('Nobody is signed in here (any more); sign in again.');
      session.used();
      return visitorOf(session);
    },
  };

  async function find(cookie: string): Promise<HeldSession | null> {
    try {
      return await browserSessions.find(cookie);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      const message = 'Sessions cannot be looked up now; try again in a moment.';
      throw new UpstreamUnavailable(message, false, {}, { cause: error });
    }
  }

  function visitorOf(session: HeldSession): Visitor {
    const known = visitors.get(session);
    if (known !== undefined) return known;
    const made = createVisitor(session);
    visitors.set(session, made);
    return made;
  }

  function createVisitor(session: HeldSession): Visitor {
    const { keeper } = session;
    const { user } = keeper.account;
    const { viewerId } = user;
    const holder = holderOf(keeper);
    const steady = () => createSteadyCaller(viewerId, () => pools.known(viewerId));
    const viewer = viewerOf(user) ?? once(() => parts.callControl.readExtension(holder, { lane: 'query' }));
    const callers = { own: holder, any: pools.of(viewerId), steady };
    const person = createPerson(parts, viewerId, callers, viewer, session.publicId);
    return {
      viewerId,
      expired: session.ended,
      farewell: 'Forbidden: the session has ended, sign in again',
      currentSession: (sessionId) => person.desk.current(sessionId),
      stay() {
        const closing = [session.open(), holder.open()];
        return () => {
          for (const close of closing) close();
        };
      },
      provider(visit) {
        session.used();
        holder.used();
        return createProvider(parts, person, visit);
      },
    };
  }

  function holderOf(keeper: Keeper): TokenHolder {
    const known = holders.get(keeper);
    if (known !== undefined) return known;
    const { viewerId } = keeper.account.user;
    const holder = createRenewedHolder(() => pools.of(viewerId), keeper);
    holders.set(keeper, holder);
    push?.newToken(viewerId);
    return holder;
  }
}

/** Who somebody is, where RingCentral said so when they signed in. */
function viewerOf(user: User): (() => Promise<Viewer>) | null {
  if (!('extensionId' in user)) return null;
  const { accountId, extensionId, extensionNumber, name } = user;
  if (accountId === null || extensionId === null) return null;
  const viewer = { accountId, extensionId, extensionNumber, name };
  return async () => viewer;
}
