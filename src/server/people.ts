/** The people behind the visitors: one user of RingCentral, however they came in, with the tokens of all their visits. */
import type { Viewer } from '../../schema/model.ts';
import type { CallProvider } from '../../schema/provider.ts';
import type { Accounts } from '../account/accounts.ts';
import type { AccountSource } from '../account/source.ts';
import type { Hub } from '../live/hub.ts';
import { outlookOf } from '../ringcentral/actions.ts';
import type { RingCentralKind } from '../ringcentral/call-kind.ts';
import { createProvider, type Person, type ProviderParts } from '../ringcentral/provider.ts';
import type { Push } from '../ringcentral/push/push.ts';
import type { Budget } from '../upstream/budget.ts';
import type { Caller } from '../upstream/caller.ts';
import { createTokenPools, type TokenPools } from '../upstream/token-pools.ts';
import type { VigilTimes } from '../upstream/vigil.ts';
import type { SystemView } from './visitor.ts';

export interface GatekeeperParts extends ProviderParts {
  readonly hub: Hub<RingCentralKind>;
  readonly budget: Pick<Budget, 'allowed' | 'leaveBehind'>;
  /** Null: calls are polled only. */
  readonly push: Push | null;
  readonly accounts: Accounts;
}

/** Makes the tokens of each user who is here; one for all ways to come in. */
export function createPools(
  { callControl, budget }: Pick<GatekeeperParts, 'callControl' | 'budget'>,
  times: VigilTimes,
): TokenPools {
  return createTokenPools({
    system: 'RingCentral',
    ask: (caller) => callControl.readExtension(caller, { lane: 'query' }),
    allowed: (viewerId) => budget.allowed(viewerId, 'Light'),
    times,
  });
}

/** What RingCentral shows to a person. */
export function viewOf(parts: GatekeeperParts, person: Person): SystemView<CallProvider> {
  return {
    currentCall: (sessionId) => person.desk.current(sessionId),
    provider: (visit) => createProvider(parts, person, visit),
  };
}

/** Who asks a phone system for a person. */
export interface Callers {
  /** What the person alone asks for. */
  readonly own: Caller;
  /** What is asked for all connections of the viewer. */
  readonly any: Caller;
  /** The same for what belongs to one sign-in. */
  readonly steady: () => Caller;
}

export function createPerson(
  { callControl, accountClient, accounts, hub, push, budget }: GatekeeperParts,
  viewerId: string,
  { own, any, steady }: Callers,
  ask: () => Promise<Viewer>,
  signInSessionId: string | null = null,
): Person {
  // What is read is shared by all connections of the viewer, whichever of them has a token that works.
  const source: AccountSource = {
    readAccountPresence: (page, options) => accountClient.readAccountPresence(any, page, options),
    readPresences: (ids, options) => accountClient.readPresences(any, ids, options),
    listExtensions: (options) => accountClient.listExtensions(any, options),
    readCall: (sessionId, options) => callControl.readSession(any, sessionId, options),
    readParty: (sessionId, partyId, options) => callControl.readParty(any, { sessionId, partyId }, options),
    readList: (options) => callControl.readActiveCalls(any, options),
    outlook: (session, party) => outlookOf(session, party, extensionId),
    readsPerMinute() {
      const { limit, length } = budget.allowed(any.bucket, 'Light');
      return limit === null ? Infinity : (limit / length) * 60_000;
    },
    ...(push && {
      listen: (ear, inherited) =>
        push.listen(
          { viewerId, caller: steady(), extensionId: () => extensionId, ...(account && { account }) },
          ear,
          inherited,
        ),
    }),
  };
  let extensionId: string | null = null;
  const viewer = async () => {
    const known = await ask();
    ({ extensionId } = known);
    return known;
  };
  const desk = hub.desk(viewerId, source);
  const account = accounts.at(desk.beside);
  // Which parties are the viewer's own decides what they may do; until it is known, nothing is ruled out.
  viewer().catch(ignore);
  return {
    viewerId,
    caller: own,
    anyCaller: any,
    desk,
    ...(account && { watchedAccount: account }),
    viewer,
    extensionId: () => extensionId,
    signInSessionId,
  };
}

/** Asks once and remembers the answer; a failure is not remembered. */
export function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}

function ignore(): void {}
