/** The phone systems that are on, together. */
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';
import type { DemoUsers } from '../server/graphiql.ts';
import type { Readiness } from '../server/http.ts';
import type { ReceptionParts } from '../server/reception.ts';
import type { System, UserSessions } from './system.ts';

/** Null: it is off. */
export interface RunningSystems {
  readonly ringCentral: System<CallProvider> | null;
  readonly genesys: System<ConversationProvider> | null;
}

/** Whom they let in. */
export function entrancesOf(
  { ringCentral, genesys }: RunningSystems,
  sessions: UserSessions | undefined,
): ReceptionParts {
  return {
    ringCentral: ringCentral?.entrance(sessions) ?? null,
    genesys: genesys?.entrance(sessions) ?? null,
  };
}

/** Whether the gateway can do its work: for the users of one of them at least. */
export async function readinessOf(running: RunningSystems): Promise<Readiness> {
  const { ringCentral, genesys } = running;
  if (ringCentral === null || genesys === null) {
    const reason = (await (ringCentral ?? genesys)?.obstacle()) ?? null;
    return reason === null ? { ok: true } : { ok: false, reason };
  }
  const [ofCalls, ofConversations] = await Promise.all([ringCentral.obstacle(), genesys.obstacle()]);
  if (ofCalls === null && ofConversations === null) return { ok: true };
  const systems = { ringcentral: ofCalls ?? REACHED, genesys: ofConversations ?? REACHED };
  if (ofCalls === null || ofConversations === null) return { ok: true, systems };
  return { ok: false, reason: `${ofCalls} ${ofConversations}`, systems };
}

const REACHED = 'Reached.';

/** Whom a visitor of GraphiQL may be at each, now. */
export function demoUsersOf({ ringCentral, genesys }: RunningSystems): DemoUsers {
  return { ringCentral: ringCentral?.demoUsers() ?? null, genesys: genesys?.demoUsers() ?? null };
}

/** What is done to all of them. */
export function eachOf({ ringCentral, genesys }: RunningSystems): readonly System<unknown>[] {
  return [ringCentral, genesys].filter((system) => system !== null);
}
