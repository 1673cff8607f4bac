/** The account of a viewer, as their own token shows it: watched where somebody watches it, else asked for. */
import type { AccountProvider } from '../../../schema/account/provider.ts';
import { Forbidden } from '../../../schema/failures.ts';
import type { Looks } from '../../account/looks.ts';
import type { WatchedAccount } from '../../account/picture.ts';
import type { Desk } from '../../live/desk.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Caller } from '../../upstream/caller.ts';
import type { IdempotencyKeys } from '../../upstream/idempotency.ts';
import type { RingCentralKind } from '../call-kind.ts';
import { isExtensionId } from './choosing.ts';
import type { AccountClient } from './client.ts';
import { createAccountCommands } from './commands.ts';
import type { AccountLists } from './lists.ts';
import { createAccountReads } from './reads.ts';

export interface AccountParts {
  readonly accountClient: AccountClient;
  readonly accountLists: AccountLists;
  readonly looks: Looks;
  readonly keys: IdempotencyKeys;
  readonly metrics: Metrics;
}

/** Whose account it is, and who asks for them. */
export interface AccountPerson {
  readonly viewerId: string;
  /** What the person alone asks for: commands. */
  readonly caller: Caller;
  /** What is asked for all connections of the viewer. */
  readonly anyCaller: Caller;
  readonly desk: Pick<Desk<RingCentralKind>, 'readCall'>;
  /** Missing: nobody can watch accounts. */
  readonly watchedAccount?: WatchedAccount | undefined;
}

/** One operation. */
export interface AccountVisit {
  readonly requestId: string;
  readonly signal?: AbortSignal | undefined;
  readonly dropped?: (() => boolean) | undefined;
}

/** Makes it for one operation. */
export function createAccountProvider(
  { accountClient: client, accountLists: lists, looks, keys, metrics }: AccountParts,
  { viewerId, caller, anyCaller, desk, watchedAccount: watched }: AccountPerson,
  visit: AccountVisit,
): AccountProvider {
  const { requestId } = visit;
  const reader = {
    ...{ viewerId, caller: anyCaller, desk, requestId, watched: watched ?? null },
    look: () => watched && looks.look(viewerId, watched),
    // The signal is made for the first who asks for it.
    get signal() {
      return visit.signal;
    },
  };
  return {
    ...createAccountReads({ client, lists }, reader),
    ...createAccountCommands({ client, keys, metrics }, { viewerId, caller, requestId }),
    liveSource: () => watched?.liveSource() ?? null,
    callEvents: (after) => (watched ?? unwatched()).callEvents(after, visit.dropped),
    presenceUpdates: (extensionIds) =>
      (watched ?? unwatched()).presenceUpdates(extensionIds.filter(isExtensionId)),
  };
}

function unwatched(): never {
  throw new Forbidden('This gateway does not watch accounts.');
}
