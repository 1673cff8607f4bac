/** RingCentral, put together: one budget, one client, one room where calls are watched, and whoever it lets in. */
import type { CallProvider } from '../../schema/provider.ts';
import { createAccounts } from '../account/accounts.ts';
import type { AccountDeskParts } from '../account/desk.ts';
import { createLooks } from '../account/looks.ts';
import { createHub } from '../live/hub.ts';
import { createAccountClient } from '../ringcentral/account/client.ts';
import { createAccountLists } from '../ringcentral/account/lists.ts';
import { createServiceSignIn, type ServiceSignInParts, type SignInState } from '../ringcentral/auth.ts';
import { createCallControl } from '../ringcentral/call-control.ts';
import { RINGCENTRAL_CALLS } from '../ringcentral/call-shape.ts';
import { createPush, type PushParts } from '../ringcentral/push/push.ts';
import { RATE_RULE } from '../ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../ringcentral/system.ts';
import {
  createPassThroughGatekeeper,
  createServiceGatekeeper,
  TOKEN_TIMES,
  type TokenTimes,
} from '../server/gatekeeper.ts';
import { createPools } from '../server/people.ts';
import { createReach } from '../server/reach.ts';
import { followSimulator } from '../simulator/front.ts';
import { createBudget } from '../upstream/budget.ts';
import { createUpstream, type UpstreamParts } from '../upstream/http.ts';
import { createIdempotencyKeys } from '../upstream/idempotency.ts';
import { createLeftOut } from '../upstream/left-out.ts';
import { createSharedWindows } from '../upstream/shared-window.ts';
import type { System, SystemOptions } from './system.ts';

export interface RingCentralOptions extends SystemOptions {
  readonly tokens?: Partial<TokenTimes> | undefined;
  /** `look`: milliseconds that an account is watched for a question. */
  readonly account?: (Partial<Pick<AccountDeskParts, 'pace'>> & { readonly look?: number }) | undefined;
  readonly outages?: UpstreamParts['outages'];
  readonly signIn?: Pick<ServiceSignInParts, 'clock'> | undefined;
  readonly push?: Pick<PushParts, 'times' | 'random'> | undefined;
}

/** The extension that a caller without a token is, where it is played. */
const SIMULATED_CALLER = 'sim-101';

/** A command may wait for the rate budget, for its answer, and for a look at what it did: in times of one request. */
const COMMAND_PATIENCE = 2.5;

/** Makes it. */
export function createRingCentral(options: RingCentralOptions): System<CallProvider> {
  const { config, url: serverUrl, isPlayed, userAgent, commons, metrics, log } = options;
  const { identity } = config;
  // Another RingCentral, or one that was reset, knows nothing of what was done before.
  const scope = () => JSON.stringify([serverUrl, front.era()]);
  const shared = commons === null ? undefined : { commons, scope };
  const budget = createBudget({ rule: RATE_RULE, metrics, share: shared && createSharedWindows(shared) });
  const keys = createIdempotencyKeys(
    shared && { ...shared, patience: config.upstreamTimeout * COMMAND_PATIENCE },
  );
  const accountLists = createAccountLists();
  const looks = createLooks(options.account?.look);
  const front = followSimulator(serverUrl, () => {
    budget.forget();
    keys.forget();
    accountLists.forget();
  });
  const upstream = createUpstream({
    ...{ system: RINGCENTRAL, serverUrl, budget, metrics, log, userAgent, outages: options.outages },
    upstreamTimeout: config.upstreamTimeout,
  });
  const leftOut = createLeftOut({ system: RINGCENTRAL.name, metrics, log });
  const callControl = createCallControl(upstream, leftOut);
  const accountClient = createAccountClient(upstream, leftOut);
  const pushOnly = config.liveSource === 'push';
  const { pace } = options.account ?? {};
  const accounts = createAccounts({ shape: RINGCENTRAL_CALLS, metrics, log, pushOnly, pace });
  const hub = createHub(
    RINGCENTRAL_CALLS,
    {
      ...{ metrics, log, longPollTimeout: config.longPollTimeout, pushOnly },
      ...{ shared, ...options.live },
    },
    accounts.put,
  );
  const push =
    config.liveSource === 'poll'
      ? null
      : createPush({ upstream, budget, metrics, log, leftOut, ...options.push });
  const people = {
    ...{ callControl, accountClient, accountLists, looks, accounts },
    ...{ hub, budget, push, keys, metrics },
  };
  const pools = createPools(people, { ...TOKEN_TIMES, ...options.tokens });
  const reach = createReach(serverUrl);
  const signIn =
    identity.kind === 'service'
      ? createServiceSignIn({
          ...{ ...identity, sendForm: upstream.sendForm, log, scope: serverUrl },
          ...(commons !== null && { commons }),
          ...options.signIn,
        })
      : null;
  // Asked for already now, so that wrong credentials are known before the first caller comes.
  signIn?.accessToken().catch(ignore);

  return {
    // Callers of a service identity show a key instead, which nobody else knows.
    demoUsers: () => (identity.kind === 'service' ? [] : front.users()),
    answered: isPlayed ? front.answered : Promise.resolve(),

    entrance(sessions) {
      const parts = { ...people, sessions };
      if (identity.kind === 'service' && signIn !== null) {
        const gatekeeper = createServiceGatekeeper(parts, signIn, identity.gatewayKeys);
        return { gatekeeper, takesAnybody: false };
      }
      const fallback = isPlayed ? SIMULATED_CALLER : null;
      const gatekeeper = createPassThroughGatekeeper(parts, fallback, options.tokens, pools);
      return { gatekeeper, takesAnybody: isPlayed };
    },

    async signIn() {
      if (config.signIn === null) return null;
      const { createRingCentralSignIn } = await import('./ringcentral-sign-in.ts');
      const { clientId, clientSecret } = config.signIn;
      return createRingCentralSignIn({
        clientId,
        clientSecret,
        serverUrl,
        isPlayed,
        upstream,
        people,
        pools,
      });
    },

    async obstacle() {
      const { status = 'signed-in', problem = null } = signIn?.state() ?? {};
      const obstacle = OBSTACLES[status];
      if (obstacle !== undefined) return problem === null ? obstacle : `${obstacle} ${problem}`;
      return (await reach()) ? null : 'RingCentral cannot be reached.';
    },

    drain(by) {
      hub.notify('DRAINING', 'This gateway is going away: reconnect with your cursor.', by);
      hub.drain();
    },

    async stop(timeIsUp) {
      front.stop();
      looks.stop();
      await Promise.race([hub.stop(), timeIsUp]);
      budget.stop();
      // A session that is not given back in time ends by itself.
      await Promise.race([signIn?.stop(), timeIsUp]);
      upstream.stop();
    },
  };
}

/** What keeps the gateway from its work. Signed out it is not: the next request signs it in. */
const OBSTACLES: { readonly [Status in SignInState['status']]?: string } = {
  'signing-in': 'The gateway is signing in to RingCentral.',
  refused: 'RingCentral refused to sign the gateway in.',
  unreachable: 'The gateway cannot sign in to RingCentral now.',
};

function ignore(): void {}
