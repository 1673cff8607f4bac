/** What an operation asks of the account, each thing once until the next event or command. */
import DataLoader from 'dataloader';
import { settled } from '../settled.ts';
import type { AccountCall, CallQueue, CallQueueMember, Extension, Presence, WaitingCall } from './model.ts';
import type { AccountProvider } from './provider.ts';

/** The answers of one operation. */
export interface AccountReads extends Pick<AccountProvider, 'extensions' | 'callQueues' | 'liveSource'> {
  readonly extension: DataLoader<string, Extension | null>;
  /** Those that are asked for together are read together. */
  readonly presence: DataLoader<string, Presence | null>;
  readonly callQueue: DataLoader<string, CallQueue | null>;
  /** By the id of their queue. */
  readonly members: DataLoader<string, readonly CallQueueMember[]>;
  readonly waitingCalls: DataLoader<string, readonly WaitingCall[]>;
  activeCalls(): Promise<readonly AccountCall[]>;
  /** Takes these as the truth, without asking. */
  prime(...presences: readonly Presence[]): void;
}

/** Makes them; nothing is asked for yet. */
export function createAccountReads(provider: AccountProvider): AccountReads {
  const presence = new DataLoader<string, Presence | null>((ids) => provider.presences(ids).then(copied));
  const presences = (ids: readonly string[]) => presence.loadMany(ids);
  let calls: Promise<readonly AccountCall[]> | undefined;
  return {
    extension: new DataLoader((ids) => provider.extensionsById(ids).then(copied)),
    presence,
    callQueue: new DataLoader((ids) => provider.callQueuesById(ids).then(copied)),
    members: new DataLoader((ids) => settled(ids.map((id) => provider.callQueueMembers(id)))),
    waitingCalls: new DataLoader((ids) => provider.waitingCalls(ids, presences).then(copied)),
    activeCalls() {
      calls ??= provider.activeCalls(presences);
      return calls;
    },
    extensions: (filter) => provider.extensions(filter),
    callQueues: () => provider.callQueues(),
    liveSource: () => provider.liveSource(),
    prime(...known) {
      for (const one of known) presence.clear(one.extensionId).prime(one.extensionId, one);
    },
  };
}

function copied<Answer>(answers: readonly Answer[]): Answer[] {
  return [...answers];
}
