/** Genesys Cloud, put together: one budget, one client, one room where conversations are watched, and whoever it lets in. */
import type { ConversationUser } from '../../schema/genesys/model.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import { GENESYS_CALLS } from '../genesys/call-shape.ts';
import type { EffectTimes } from '../genesys/carrying-out.ts';
import { createConversations } from '../genesys/conversations.ts';
import { createNotifications, type NotificationsParts } from '../genesys/notifications/notifications.ts';
import { GENESYS, RATE_RULE } from '../genesys/system.ts';
import { createHub } from '../live/hub.ts';
import { createPassThrough } from '../server/pass-through.ts';
import { createReach } from '../server/reach.ts';
import { followSimulator } from '../simulator/front.ts';
import { createBudget } from '../upstream/budget.ts';
import { createUpstream, type UpstreamParts } from '../upstream/http.ts';
import { createIdempotencyKeys } from '../upstream/idempotency.ts';
import { createLeftOut } from '../upstream/left-out.ts';
import { createSharedWindows } from '../upstream/shared-window.ts';
import { VIGIL_TIMES, type VigilTimes } from '../upstream/vigil.ts';
import { createGenesysPerson, createGenesysPools, genesysViewOf } from './genesys-people.ts';
import type { System, SystemOptions } from './system.ts';

export interface GenesysOptions extends SystemOptions {
  readonly outages?: UpstreamParts['outages'];
  readonly tokens?: Partial<VigilTimes> | undefined;
  readonly notifications?: Pick<NotificationsParts, 'times' | 'random'> | undefined;
  readonly effects?: EffectTimes | undefined;
}

/** The agent whom a caller without a token is taken for, where it is played. */
const SIMULATED_CALLER = 'gsim-ada';

/** A command may wait for the rate budget and for its answer, in times of one request, and then for its effect. */
const COMMAND_PATIENCE = 2.5;
const EFFECT_PATIENCE = 6_000; // 6 seconds

/** Makes it. */
export function createGenesysSystem(options: GenesysOptions): System<ConversationProvider> {
  const { config, url: apiUrl, isPlayed, userAgent, commons, metrics, log } = options;
  // Another Genesys Cloud, or one that was reset, knows nothing of what was done before.
  const scope = () => JSON.stringify(['genesys', apiUrl, front.era()]);
  const shared = commons === null ? undefined : { commons, scope };
  const budget = createBudget({
    rule: RATE_RULE,
    metrics,
    share: shared && createSharedWindows(shared),
  });
  const keys = createIdempotencyKeys(
    shared && { ...shared, patience: config.upstreamTimeout * COMMAND_PATIENCE + EFFECT_PATIENCE },
  );
  const front = followSimulator(apiUrl, () => {
    budget.forget();
    keys.forget();
  });
  const upstream = createUpstream({
    ...{ system: GENESYS, serverUrl: apiUrl, budget, metrics, log, userAgent, outages: options.outages },
    upstreamTimeout: config.upstreamTimeout,
  });
  const leftOut = createLeftOut({ system: GENESYS.name, metrics, log });
  const conversations = createConversations(upstream, leftOut);
  const hub = createHub(GENESYS_CALLS, {
    ...{ metrics, log, longPollTimeout: config.longPollTimeout, pushOnly: config.liveSource === 'push' },
    ...{ shared, ...options.live },
  });
  const notifications =
    config.liveSource === 'poll'
      ? null
      : createNotifications({ upstream, metrics, log, leftOut, ...options.notifications });
  const people = { conversations, hub, budget, notifications, keys, metrics, times: options.effects };
  const pools = createGenesysPools(people, { ...VIGIL_TIMES, ...options.tokens });
  const reach = createReach(apiUrl);

  return {
    demoUsers: () => front.genesysUsers(),
    answered: isPlayed ? front.answered : Promise.resolve(),

    entrance() {
      const gatekeeper = createPassThrough<ConversationProvider, () => Promise<ConversationUser>>({
        system: GENESYS.name,
        header: config.ringCentral.kind === 'off' ? 'Authorization' : 'X-Genesys-Authorization',
        fallbackToken: isPlayed ? SIMULATED_CALLER : null,
        signsIn: config.signIn !== null && (config.signIn.genesys !== null || isPlayed),
        ...{ pools, metrics },
        async whose(caller, signal) {
          const user = await conversations.readUser(caller, { lane: 'query', signal });
          return { viewerId: user.id, person: async () => user };
        },
        leaveBehind: (bucket) => budget.leaveBehind(bucket),
        unknown: (error) => () => Promise.reject(error),
        viewFor: (viewerId, callers, user) =>
          genesysViewOf(people, createGenesysPerson(people, viewerId, callers, user)),
        onToken: (viewerId) => notifications?.newToken(viewerId),
      });
      return { gatekeeper, takesAnybody: isPlayed };
    },

    async signIn() {
      const app = isPlayed ? { apiUrl, loginUrl: apiUrl } : config.signIn?.genesys;
      if (config.signIn === null || app == null) return null;
      const { createGenesysSignIn } = await import('./genesys-sign-in.ts');
      return createGenesysSignIn({ app, isPlayed, userAgent, timeout: upstream.timeout, people, pools });
    },

    obstacle: async () => ((await reach()) ? null : `${GENESYS.name} cannot be reached.`),

    drain(by) {
      hub.notify('DRAINING', 'This gateway is going away: reconnect with your cursor.', by);
      hub.drain();
    },

    async stop(timeIsUp) {
      front.stop();
      await Promise.race([hub.stop(), timeIsUp]);
      budget.stop();
      upstream.stop();
    },
  };
}
