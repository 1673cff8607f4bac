/**
 * Signing in from browsers, put together. It is loaded only where it is on: whoever brings tokens of their own pays nothing
 * for it.
 */
import { randomBytes } from 'node:crypto';
import { Forbidden, Unauthenticated } from '../schema/failures.ts';
import type { Commons } from './commons/commons.ts';
import type { SignInSettings } from './config.ts';
import { OPERATIONS } from './ringcentral/operations.ts';
import type { SignInSessions } from './ringcentral/provider.ts';
import { createAllowance } from './server/crowd.ts';
import type { SignInParts } from './server/http.ts';
import type { GatekeeperParts, Pools } from './server/people.ts';
import { createSessionGatekeeper } from './server/session-gatekeeper.ts';
import { type RingCentralUser, SESSION_TIMES } from './sign-in/account.ts';
import {
  createAuthorizationServer,
  NOBODY_YET,
  RINGCENTRAL_PATHS,
  type Tokens,
} from './sign-in/authorization-server.ts';
import { createGenesys } from './sign-in/genesys.ts';
import { SignInProblem } from './sign-in/problems.ts';
import { createSessions, type SessionsTimes } from './sign-in/sessions.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import type { Log } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Caller } from './upstream/caller.ts';
import type { Upstream } from './upstream/http.ts';
import { createTransport } from './upstream/transport.ts';

export interface BrowserSignInParts {
  readonly settings: SignInSettings;
  readonly corsOrigins: readonly string[];
  /** Where a browser goes that did not say where. */
  readonly home: string;
  readonly serverUrl: string;
  /** RingCentral is played by the simulator inside. */
  readonly isSimulated: boolean;
  /** Names us to the systems. */
  readonly userAgent: string;
  readonly commons: Commons;
  readonly upstream: Pick<Upstream, 'postForm' | 'timeout'>;
  readonly people: Omit<GatekeeperParts, 'sessions'>;
  readonly pools: Pools;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly times?: Partial<SessionsTimes> | undefined;
}

export interface BrowserSignIn {
  /** What users may know and do of their own. */
  readonly sessions: SignInSessions;
  /** The doors. */
  parts(listening: () => string): SignInParts;
  stop(): void;
}

/** Codes that bring nobody in: so many at once, */
const TRIES_AT_ONCE = 50;
/** and this many a second for long. */
const TRIES_PER_SECOND = 5;

const EXPIRING = 'Your session ends then, because its tokens cannot be renewed: sign in again before.';

/** The app of the embedded simulator, which takes any. */
const SIMULATED_APP = 'graphql-gateway';

/** Puts it together. */
export function createBrowserSignIn(parts: BrowserSignInParts): BrowserSignIn {
  const {
    settings,
    corsOrigins,
    home,
    serverUrl,
    isSimulated,
    commons,
    upstream,
    people,
    pools,
    metrics,
    log,
  } = parts;
  const { clientId, clientSecret, publicUrl, genesys: genesysSettings } = settings;
  const secrets = settings.secrets.length > 0 ? settings.secrets : [randomBytes(32).toString('base64url')];
  const times = { ...SESSION_TIMES, ...parts.times };
  const server = createAuthorizationServer({
    serverUrl,
    paths: RINGCENTRAL_PATHS,
    clientId: clientId ?? SIMULATED_APP,
    clientSecret,
    async postForm({ endpoint, ...request }) {
      const operation = endpoint === 'token' ? OPERATIONS.getToken : OPERATIONS.revokeToken;
      try {
        return await upstream.postForm({ ...request, operation });
      } finally {
        // Of one browser, once.
        if (request.bucket.startsWith(NOBODY_YET)) people.budget.leaveBehind(request.bucket);
      }
    },
  });
  const genesysTransport = genesysSettings && createTransport(parts.userAgent);
  const genesys =
    genesysTransport &&
    createGenesys({
      ...genesysSettings,
      send: (request) => genesysTransport.exchange({ ...request, timeout: upstream.timeout }),
    });
  const browserSessions = createSessions({
    ...{ commons, secrets, metrics, log, times: parts.times },
    systems: {
      ringcentral: {
        ...{ scope: serverUrl, server },
        onMove: people.push === null ? undefined : people.push.move,
        onExpiring: (viewerId, at) => people.hub.notify('TOKEN_EXPIRING', EXPIRING, at, viewerId),
      },
      ...(genesys && { genesys: { scope: genesysSettings.apiUrl, server: genesys.server } }),
    },
  });
  const sessions: SignInSessions = {
    list: async (viewerId) =>
      (await browserSessions.list(viewerId)).map(({ id, begunAt, seenAt, endsAt, userAgent }) => ({
        ...{ id, begunAt, userAgent, lastUsedAt: seenAt, expiresAt: endsAt },
      })),
    end: browserSessions.endOne,
  };

  return {
    sessions,
    parts(listening) {
      const room = createSignIn({
        ...{ sessions: browserSessions, secrets, publicUrl, corsOrigins, times, home, metrics, log },
        systems: {
          ringcentral: { server, identify, isShownHere: isSimulated },
          ...(genesys && { genesys: { ...genesys, isShownHere: false } }),
        },
        tries: createAllowance(TRIES_AT_ONCE, TRIES_PER_SECOND, performance.now()),
      });
      const gatekeeper = createSessionGatekeeper({
        ...{ ...people, sessions, browserSessions, pools },
        originsFor: (headers) => room.originsFor(headers, listening()),
      });
      return { room, sessions: gatekeeper, simulatorUrl: isSimulated ? serverUrl : null };
    },
    stop() {
      browserSessions.stop();
      genesysTransport?.stop();
    },
  };

  /** Whose tokens these are; without the permission to ask that of RingCentral, what came with them tells. */
  async function identify({ accessToken, ownerId }: Tokens): Promise<RingCentralUser> {
    const bucket = `${NOBODY_YET}${ownerId}`;
    const stranger: Caller = { bucket, accessToken: async () => accessToken, refused: async () => false };
    try {
      const viewer = await people.callControl.readExtension(stranger, { lane: 'query' });
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
      people.budget.leaveBehind(bucket);
    }
  }
}
