/**
 * A phone system that is not there for this viewer: switched off, or they have shown no token of it. Everything that is
 * asked of it fails in the same way, and the rest of an operation lives.
 */
import type { AccountProvider } from './account/provider.ts';
import type { CallControlFailure } from './failures.ts';
import type { ConversationProvider } from './genesys/provider.ts';
import type { CallProvider } from './provider.ts';

/** Makes the failure: `NotConfigured`, or `Unauthenticated` with the system in its trace. */
type Refusal = () => CallControlFailure;

/** RingCentral where it is not there. The browsers in which somebody is signed in are not RingCentral's. */
export function absentCalls(
  refusal: Refusal,
  browsers: Pick<CallProvider, 'signInSessions' | 'endSignInSession'> = NO_BROWSERS,
): CallProvider {
  const { unread, unwatched } = refusing(refusal);
  return {
    viewer: unread,
    activeCalls: unread,
    devices: unread,
    forwardingNumbers: unread,
    callSession: unread,
    callParty: unread,
    signInSessions: browsers.signInSessions,
    endSignInSession: browsers.endSignInSession,
    command: unread,
    availableActions: unwatched,
    callEvents: unwatched,
    callPartyUpdates: unwatched,
    activeCallUpdates: unwatched,
    activeCallEvents: unwatched,
    liveSource: unwatched,
    account: absentAccount(refusal),
  };
}

/** Genesys Cloud where it is not there. */
export function absentConversations(refusal: Refusal): ConversationProvider {
  const { unread, unwatched } = refusing(refusal);
  return {
    viewer: unread,
    conversations: unread,
    conversation: unread,
    entityNames: unread,
    communicationIds: unread,
    wrapupCodes: unread,
    command: unread,
    availableActions: unwatched,
    conversationEvents: unwatched,
    participantUpdates: unwatched,
    conversationUpdates: unwatched,
    conversationListEvents: unwatched,
    liveSource: unwatched,
  };
}

function absentAccount(refusal: Refusal): AccountProvider {
  const { unread, unwatched } = refusing(refusal);
  return {
    extensions: unread,
    extensionsById: unread,
    presences: unread,
    callQueues: unread,
    callQueuesById: unread,
    callQueueMembers: unread,
    waitingCalls: unread,
    activeCalls: unread,
    liveSource: unwatched,
    callEvents: unwatched,
    presenceUpdates: unwatched,
    setPresence: unread,
    setQueueAvailability: unread,
  };
}

const NO_BROWSERS = { signInSessions: async () => [], endSignInSession: async () => false };

function refusing(refusal: Refusal) {
  return {
    unread: async (): Promise<never> => {
      throw refusal();
    },
    unwatched: (): never => {
      throw refusal();
    },
  };
}
