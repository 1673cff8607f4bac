/** The people of Genesys Cloud behind the visitors: one user, however they came in, with the tokens of all their visits. */
import type { ConversationUser } from '../../schema/genesys/model.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import { outlookOf } from '../genesys/actions.ts';
import type { GenesysKind } from '../genesys/call-kind.ts';
import { createEntityNames } from '../genesys/entity-names.ts';
import type { Notifications } from '../genesys/notifications/notifications.ts';
import type { ConversationPerson } from '../genesys/person.ts';
import { type ConversationProviderParts, createConversationProvider } from '../genesys/provider.ts';
import { GENESYS } from '../genesys/system.ts';
import type { Hub } from '../live/hub.ts';
import type { CallSource } from '../live/source.ts';
import type { Callers } from '../server/people.ts';
import type { SystemView } from '../server/visitor.ts';
import type { Budget } from '../upstream/budget.ts';
import { createTokenPools, type TokenPools } from '../upstream/token-pools.ts';
import type { VigilTimes } from '../upstream/vigil.ts';

export interface GenesysPeopleParts extends ConversationProviderParts {
  readonly hub: Hub<GenesysKind>;
  readonly budget: Pick<Budget, 'allowed' | 'leaveBehind'>;
  /** Null: conversations are polled only. */
  readonly notifications: Notifications | null;
}

/** The rate group of all that is asked. */
const GROUP = 'Platform';

/** Makes the tokens of each user who is here. */
export function createGenesysPools(
  { conversations, budget }: Pick<GenesysPeopleParts, 'conversations' | 'budget'>,
  times: VigilTimes,
): TokenPools {
  return createTokenPools({
    system: GENESYS.name,
    ask: (caller) => conversations.readUser(caller, { lane: 'query' }),
    allowed: (viewerId) => budget.allowed(viewerId, GROUP),
    times,
  });
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

/** What Genesys Cloud shows to a person. */
export function genesysViewOf(
  parts: GenesysPeopleParts,
  person: ConversationPerson,
): SystemView<ConversationProvider> {
  const { desk, userId } = person;
  return {
    // Before it is known which participants are their own, what they may do says less than it will.
    currentCall: (id) => (userId() === null ? undefined : desk.current(id)),
    provider: (visit) => createConversationProvider(parts, person, visit),
  };
}

function ignore(): void {}
