/** The account of a viewer, as their own token shows it. */
import type { AccountProvider } from '../../../schema/account/provider.ts';
import { Forbidden } from '../../../schema/failures.ts';

/** Makes it for one operation. */
export function createAccountProvider(): AccountProvider {
  return {
    extensions: unread,
    extensionsById: unread,
    presences: unread,
    callQueues: unread,
    callQueuesById: unread,
    callQueueMembers: unread,
    waitingCalls: unread,
    activeCalls: unread,
    liveSource: () => null,
    callEvents: unwatched,
    presenceUpdates: unwatched,
    setPresence: unread,
    setQueueAvailability: unread,
  };
}

async function unread(): Promise<never> {
  throw new Forbidden('This gateway does not read accounts yet.');
}

function unwatched(): never {
  throw new Forbidden('This gateway does not watch accounts yet.');
}
