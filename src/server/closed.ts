/** Phone systems that are not there for somebody: every method throws why. */
import { NotConfigured } from '../../schema/failures.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';

/** RingCentral, not there. */
export function closedCalls(why: () => Error): CallProvider {
  const fail = failing(why);
  return {
    viewer: fail,
    activeCalls: fail,
    devices: fail,
    forwardingNumbers: fail,
    callSession: fail,
    callParty: fail,
    signInSessions: fail,
    endSignInSession: fail,
    command: fail,
    availableActions: fail,
    callEvents: fail,
    callPartyUpdates: fail,
    activeCallUpdates: fail,
    activeCallEvents: fail,
    liveSource: fail,
  };
}

/** Genesys Cloud, not there. */
export function closedConversations(why: () => Error): ConversationProvider {
  const fail = failing(why);
  return {
    viewer: fail,
    conversations: fail,
    conversation: fail,
    entityNames: fail,
    communicationIds: fail,
    wrapupCodes: fail,
    command: fail,
    availableActions: fail,
    conversationEvents: fail,
    participantUpdates: fail,
    conversationUpdates: fail,
    conversationListEvents: fail,
    liveSource: fail,
  };
}

/** Switched off. */
export const RINGCENTRAL_OFF = closedCalls(() => new NotConfigured('ringcentral'));

/** Switched off. */
export const GENESYS_OFF = closedConversations(() => new NotConfigured('genesys'));

function failing(why: () => Error): () => never {
  return function notThere() {
    throw why();
  };
}
