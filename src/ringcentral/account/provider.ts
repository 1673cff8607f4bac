/** The account of a viewer, as their own token shows it. */
import type { AccountProvider } from '../../../schema/account/provider.ts';
import { Forbidden } from '../../../schema/failures.ts';
import type { Visit } from '../../../schema/provider.ts';
import type { WatchedAccount } from '../../account/picture.ts';
import { isExtensionId } from './choosing.ts';

/** Makes it for one operation. */
export function createAccountProvider(
  watched: WatchedAccount | null,
  visit: Pick<Visit, 'dropped'>,
): AccountProvider {
  return {
    extensions: unread,
    extensionsById: unread,
    presences: unread,
    callQueues: unread,
    callQueuesById: unread,
    callQueueMembers: unread,
    waitingCalls: unread,
    activeCalls: unread,
    liveSource: () => watched?.liveSource() ?? null,
    callEvents: (after) => watched?.callEvents(after, visit.dropped) ?? unwatched(),
    presenceUpdates: (extensionIds) =>
      watched?.presenceUpdates(extensionIds.filter(isExtensionId)) ?? unwatched(),
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
