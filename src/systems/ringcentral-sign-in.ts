/** Signing in to RingCentral from browsers, put together. It is loaded only where it is on. */
import { Forbidden, Unauthenticated } from '../../schema/failures.ts';
import type { Viewer } from '../../schema/model.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { OPERATIONS } from '../ringcentral/operations.ts';
import { createPerson, type GatekeeperParts, once, viewOf } from '../server/people.ts';
import { createSystemSessions } from '../server/session-gatekeeper.ts';
import type { RingCentralUser, User } from '../sign-in/account.ts';
import {
  createAuthorizationServer,
  NOBODY_YET,
  RINGCENTRAL_PATHS,
  type Tokens,
} from '../sign-in/authorization-server.ts';
import { SignInProblem } from '../sign-in/problems.ts';
import type { Caller } from '../upstream/caller.ts';
import type { Upstream } from '../upstream/http.ts';
import type { TokenPools } from '../upstream/token-pools.ts';
import { SIMULATED_APP, type SystemSignIn } from './system.ts';

export interface RingCentralSignInParts {
  /** Null: the app of the simulator inside. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly serverUrl: string;
  readonly isPlayed: boolean;
  readonly upstream: Pick<Upstream, 'postForm'>;
  readonly people: Omit<GatekeeperParts, 'sessions'>;
  readonly pools: TokenPools;
}

const EXPIRING = 'Your session ends then, because its tokens cannot be renewed: sign in again before.';

/** Makes it. */
export function createRingCentralSignIn(parts: RingCentralSignInParts): SystemSignIn<CallProvider> {
  const { clientId, clientSecret, serverUrl, isPlayed, upstream, people, pools } = parts;
  const { budget, callControl, hub, push } = people;
  const server = createAuthorizationServer({
    ...{ serverUrl, paths: RINGCENTRAL_PATHS, clientId: clientId ?? SIMULATED_APP, clientSecret },
    async postForm({ endpoint, ...request }) {
      const operation = endpoint === 'token' ? OPERATIONS.getToken : OPERATIONS.revokeToken;
      try {
        return await upstream.postForm({ ...request, operation });
      } finally {
        // Of one browser, once.
        if (request.bucket.startsWith(NOBODY_YET)) budget.leaveBehind(request.bucket);
      }
    },
  });

  return {
    entrance: { server, identify, isShownHere: isPlayed },
    account: {
      ...{ scope: serverUrl, server, onMove: push?.move },
      onExpiring: (viewerId, at) => hub.notify('TOKEN_EXPIRING', EXPIRING, at, viewerId),
    },
    sessions(browserSessions, own) {
      const all = { ...people, sessions: own };
      return createSystemSessions<CallProvider>({
        ...{ system: 'ringcentral', browserSessions, pools },
        onToken: (viewerId) => push?.newToken(viewerId),
        viewFor(user, callers, sessionId) {
          const viewer =
            viewerOf(user) ?? once(() => callControl.readExtension(callers.own, { lane: 'query' }));
          return viewOf(all, createPerson(all, user.viewerId, callers, viewer, sessionId));
        },
      });
    },
  };

  /** Whose tokens these are; without the permission to ask that of RingCentral, what came with them tells. */
  async function identify({ accessToken, ownerId }: Tokens): Promise<RingCentralUser> {
    const bucket = `${NOBODY_YET}${ownerId}`;
    const stranger: Caller = { bucket, accessToken: async () => accessToken, refused: async () => false };
    try {
      const viewer = await callControl.readExtension(stranger, { lane: 'query' });
      return { ...viewer, viewerId: `${viewer.accountId}/${viewer.extensionId}` };
    } catch (error) {
      if (error instanceof Unauthenticated) throw new SignInProblem('NOT_ALLOWED', null, { cause: error });
      if (!(error instanceof Forbidden)) throw new SignInProblem('UNAVAILABLE', null, { cause: error });
      if (ownerId === null) throw new SignInProblem('NOT_ALLOWED', null, { cause: error });
      return {
        viewerId: `owner:${ownerId}`,
        ...{ accountId: null, extensionId: null, extensionNumber: null, name: null },
      };
    } finally {
      budget.leaveBehind(bucket);
    }
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
