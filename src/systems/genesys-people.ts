/** The people of Genesys Cloud behind the visitors: one user, however they came in, with the tokens of all their visits. */
import type { ConversationUser } from '../../schema/genesys/model.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import { outlookOf } from '../genesys/actions.ts';
import type { GenesysKind } from '../genesys/call-kind.ts';
import { createEntityNames } from '../genesys/entity-names.ts';
import type { Notifications } from '../genesys/notifications/notifications.ts';
import type { ConversationPerson } from '../genesys/person.ts';
import { type ConversationProviderParts, createConversationProvider } from '../genesys/provider.ts';
import type { Hub } from '../live/hub.ts';
import type { CallSource } from '../live/source.ts';
import type { Callers, Pools } from '../server/people.ts';
import type { SystemVisitor } from '../server/visitor.ts';
import type { Budget } from '../upstream/budget.ts';
import { createTokenPool, type TokenPool } from '../upstream/token-pool.ts';
import type { VigilTimes } from '../upstream/vigil.ts';

export interface GenesysPeopleParts extends ConversationProviderParts {
  readonly hub: Hub<GenesysKind>;
  readonly budget: Pick<Budget, 'allowed' | 'leaveBehind'>;
  /** Null: conversations are polled only. */
  readonly notifications: Notifications | null;
}

/** The rate group of all that is asked. */
const GROUP = 'Platform';

/** The tokens of each user who is here. */
export function createGenesysPools(
  { conversations, budget }: Pick<GenesysPeopleParts, 'conversations' | 'budget'>,
  times: VigilTimes,
): Pools {
  const pools = new Map<string, TokenPool>();
  return {
    of(viewerId) {
      const known = pools.get(viewerId);
      if (known !== undefined) return known;
      const pool = createTokenPool({
        system: 'Genesys Cloud',
        bucket: viewerId,
        ask: (caller) => conversations.readUser(caller, { lane: 'query' }),
        allowed: () => budget.allowed(viewerId, GROUP),
        onEmpty() {
          if (pools.get(viewerId) === pool) pools.delete(viewerId);
        },
        times,
      });
      pools.set(viewerId, pool);
      return pool;
    },
    known: (viewerId) => pools.get(viewerId),
    stop() {
      for (const pool of pools.values()) pool.stop();
    },
  };
}

/** Makes a person; `ask` says who they are. */
export function createGenesysPerson(
  { conversations, hub, notifications, budget }: GenesysPeopleParts,
  viewerId: string,
  { own, any, steady }: Callers,
  ask: () => Promise<ConversationUser>,
): ConversationPerson {
  let userId: string | null = null;
  const user = async () => {
    const known = await ask();
    userId = known.id;
    return known;
  };
  // What is read is shared by all connections of the viewer, whichever of them has a token that works.
  const source: CallSource<GenesysKind> = {
    readCall: (conversationId, { longPoll: _never, ...options }) =>
      conversations.readConversation(any, conversationId, options),
    readList: (options) => conversations.readConversations(any, options),
    outlook: (conversation, participant) => outlookOf(conversation, participant, userId),
    readsPerMinute() {
      const { limit, length } = budget.allowed(any.bucket, GROUP);
      return limit === null ? Infinity : (limit / length) * 60_000;
    },
    ...(notifications && {
      listen: (ear, inherited) =>
        notifications.listen(
          { viewerId, caller: steady(), userId: async () => userId ?? (await user()).id },
          ear,
          inherited,
        ),
    }),
  };
  // Which participants are the viewer's own decides what they may do; until it is known, nothing is ruled out.
  user().catch(ignore);
  return {
    viewerId,
    caller: own,
    desk: hub.desk(viewerId, source),
    names: createEntityNames(),
    user,
    userId: () => userId,
  };
}

/**
 * What a visitor of Genesys Cloud is told of a conversation without asking. Before it is known which participants are their own,
 * what they may do says less than it will.
 */
export function currentOf({
  desk,
  userId,
}: ConversationPerson): (conversationId: string) => object | undefined {
  return (id) => (userId() === null ? undefined : desk.current(id));
}

/** What a visitor of Genesys Cloud can ask for. */
export function providerOf(
  parts: GenesysPeopleParts,
  person: ConversationPerson,
): SystemVisitor<ConversationProvider>['provider'] {
  return (visit) => createConversationProvider(parts, person, visit);
}

function ignore(): void {}
