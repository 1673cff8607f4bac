/** A desk that watches nothing: it knows what it was shown, and reads what it is asked for. */
import { type CallConversation, hasLeft } from '../../schema/genesys/model.ts';
import type { LiveSource } from '../../schema/provider.ts';
import type { Conversations } from '../../src/genesys/conversations.ts';
import { createEntityNames } from '../../src/genesys/entity-names.ts';
import type { ConversationPerson } from '../../src/genesys/person.ts';
import type { Caller } from '../../src/upstream/caller.ts';

export interface TestPerson extends ConversationPerson {
  /** An event comes, and shows this. */
  hear(conversation: CallConversation): void;
  /** What watches show at once; empty: nobody watches. */
  readonly watched: Map<string, CallConversation>;
  /** How changes of it come to be known. */
  source: LiveSource | null;
}

/** A person at such a desk. */
export function personAt(conversations: Conversations, caller: Caller, userId: string | null): TestPerson {
  const known = new Map<string, CallConversation>();
  const watched = new Map<string, CallConversation>();
  const nothing = () => {
    throw new TypeError('This desk has no streams.');
  };
  const person: TestPerson = {
    source: 'PUSH',
    ...{ viewerId: 'viewer', caller, names: createEntityNames(), watched },
    user: () => conversations.readUser(caller, { lane: 'query' }),
    userId: () => userId,
    hear: (conversation) => void known.set(conversation.id, conversation),
    desk: {
      readCall: async (id) => (await conversations.readConversation(caller, id, { lane: 'query' })).value,
      readList: async () => (await conversations.readConversations(caller, { lane: 'query' })).value,
      current: (id) => watched.get(id),
      mayLack: () => false,
      isAlive: (id) => watched.get(id)?.participants.some((one) => !hasLeft(one)) ?? false,
      meet: () => undefined,
      peek: (id) => known.get(id),
      async observeCall(conversation) {
        known.set(conversation.id, conversation);
        return conversation;
      },
      stateChanged() {},
      ...{ events: nothing, partyUpdates: nothing, listUpdates: nothing, listEvents: nothing },
      liveSource: () => person.source,
    },
  };
  return person;
}
