/** Signing in to Genesys Cloud from browsers, put together. It is loaded only where it is on. */
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { GenesysSettings } from '../config.ts';
import { once } from '../server/people.ts';
import { createSystemSessions } from '../server/session-gatekeeper.ts';
import { createGenesys } from '../sign-in/genesys.ts';
import type { TokenPools } from '../upstream/token-pools.ts';
import { createTransport } from '../upstream/transport.ts';
import { createGenesysPerson, type GenesysPeopleParts, genesysViewOf } from './genesys-people.ts';
import { SIMULATED_APP, type SystemSignIn } from './system.ts';

export interface GenesysSignInParts {
  /** Without a client: that of the simulator inside. */
  readonly app: Pick<GenesysSettings, 'apiUrl' | 'loginUrl'> & Partial<GenesysSettings>;
  readonly isPlayed: boolean;
  readonly userAgent: string;
  /** Milliseconds for an answer. */
  readonly timeout: number;
  readonly people: GenesysPeopleParts;
  readonly pools: TokenPools;
}

const EXPIRING =
  'Your sign-in to Genesys Cloud ends then, because it cannot be renewed: sign in again before.';

/** Makes it. */
export function createGenesysSignIn(parts: GenesysSignInParts): SystemSignIn<ConversationProvider> {
  const { app, isPlayed, userAgent, timeout, people, pools } = parts;
  const { hub, notifications, conversations } = people;
  const transport = createTransport(userAgent);
  const { clientId = SIMULATED_APP, clientSecret = null, apiUrl, loginUrl } = app;
  const { server, identify } = createGenesys({
    ...{ apiUrl, loginUrl, clientId, clientSecret },
    send: (request) => transport.exchange({ ...request, timeout }),
  });

  return {
    entrance: { server, identify, isShownHere: isPlayed },
    account: {
      ...{ scope: apiUrl, server, onMove: notifications?.move },
      onExpiring: (viewerId, at) => hub.notify('TOKEN_EXPIRING', EXPIRING, at, viewerId),
    },
    sessions: (browserSessions, own) =>
      createSystemSessions<ConversationProvider>({
        ...{ system: 'genesys', browserSessions, pools },
        onToken: (viewerId) => notifications?.newToken(viewerId),
        viewFor({ viewerId }, callers, sessionId) {
          // Of their organisation nothing was asked when they signed in.
          const ask = once(() => conversations.readUser(callers.own, { lane: 'query' }));
          const person = createGenesysPerson(people, viewerId, callers, ask);
          return {
            ...genesysViewOf(people, person),
            browsers: {
              async signInSessions() {
                const sessions = await own.list(viewerId);
                return sessions.map((one) => ({ ...one, isCurrent: one.id === sessionId }));
              },
              endSignInSession: (id) => own.end(viewerId, id),
            },
          };
        },
      }),
    stop: () => transport.stop(),
  };
}
