/**
 * Signing in from browsers, put together. It is loaded only where it is on: whoever brings tokens of their own pays nothing
 * for it.
 */
import { randomBytes } from 'node:crypto';
import type { ConversationProvider } from '../schema/genesys/provider.ts';
import type { CallProvider } from '../schema/provider.ts';
import type { Commons } from './commons/commons.ts';
import type { SignInSettings } from './config.ts';
import { createAllowance } from './server/crowd.ts';
import type { SignInChoice } from './server/graphiql-session.ts';
import type { SignInParts } from './server/http.ts';
import type { ReceptionParts } from './server/reception.ts';
import { createSessionReception } from './server/session-reception.ts';
import { SESSION_TIMES } from './sign-in/account.ts';
import { createSessions, type SessionsTimes } from './sign-in/sessions.ts';
import { createSignIn, type Entrance } from './sign-in/sign-in.ts';
import { type OfEach, SYSTEM_NAMES, SYSTEMS, type System } from './sign-in/systems.ts';
import type { SystemSignIn, UserSessions } from './systems/system.ts';
import type { Log } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';

export interface BrowserSignInParts {
  readonly settings: SignInSettings;
  readonly corsOrigins: readonly string[];
  /** Where a browser goes that did not say where. */
  readonly home: string;
  /** Of the simulator inside; null: there is none. */
  readonly simulatorUrl: string | null;
  readonly commons: Commons;
  /** Those that can be signed in to. */
  readonly ringCentral: SystemSignIn<CallProvider> | null;
  readonly genesys: SystemSignIn<ConversationProvider> | null;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly times?: Partial<SessionsTimes> | undefined;
}

export interface BrowserSignIn {
  /** What users may know and do of their own; undefined: nobody signs in to RingCentral, which is asked for it. */
  readonly sessions: UserSessions | undefined;
  /** The doors. `byToken`: whom they let in without a session. */
  parts(byToken: ReceptionParts): (listening: () => string) => SignInParts;
  stop(): void;
}

/** Codes that bring nobody in: so many at once, */
const TRIES_AT_ONCE = 50;
/** and this many a second for long. */
const TRIES_PER_SECOND = 5;

/** Puts it together. */
export function createBrowserSignIn(parts: BrowserSignInParts): BrowserSignIn {
  const { settings, corsOrigins, home, simulatorUrl, commons, ringCentral, genesys, metrics, log } = parts;
  const secrets = settings.secrets.length > 0 ? settings.secrets : [randomBytes(32).toString('base64url')];
  const times = { ...SESSION_TIMES, ...parts.times };
  const browserSessions = createSessions({
    ...{ commons, secrets, metrics, log, times: parts.times },
    systems: {
      ...(ringCentral && { ringcentral: ringCentral.account }),
      ...(genesys && { genesys: genesys.account }),
    },
  });
  const sessionsOf = (system: System): UserSessions => ({
    list: async (viewerId) =>
      (await browserSessions.list(viewerId, system)).map(({ id, begunAt, seenAt, endsAt, userAgent }) => ({
        ...{ id, begunAt, userAgent, lastUsedAt: seenAt, expiresAt: endsAt },
      })),
    end: (viewerId, id) => browserSessions.endOne(viewerId, id, system),
  });
  const sessions = sessionsOf('ringcentral');
  const entrances: OfEach<Entrance> = {
    ...(ringCentral && { ringcentral: ringCentral.entrance }),
    ...(genesys && { genesys: genesys.entrance }),
  };
  const signInTo = SYSTEMS.filter((system) => system in entrances).map(choiceOf);

  return {
    sessions: ringCentral === null ? undefined : sessions,
    parts: (byToken) => (listening) => {
      const room = createSignIn({
        ...{ sessions: browserSessions, secrets, publicUrl: settings.publicUrl, corsOrigins, times, home },
        ...{ metrics, log, systems: entrances },
        tries: createAllowance(TRIES_AT_ONCE, TRIES_PER_SECOND, performance.now()),
      });
      const gatekeeper = createSessionReception({
        ringCentral: ringCentral?.sessions(browserSessions, sessions) ?? null,
        genesys: genesys?.sessions(browserSessions, sessionsOf('genesys')) ?? null,
        byToken,
        originsFor: (headers) => room.originsFor(headers, listening()),
      });
      return { signInTo, room, sessions: gatekeeper, simulatorUrl };
    },
    stop() {
      browserSessions.stop();
      genesys?.stop?.();
    },
  };
}

function choiceOf(system: System): SignInChoice {
  return { system, name: SYSTEM_NAMES[system] };
}
