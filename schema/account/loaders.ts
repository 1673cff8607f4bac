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
  /** Forgets what was read before this event or command, and takes a presence that came with it as the truth. */
  startAnew(presence?: Presence | null): void;
}

type Loaders = Omit<AccountReads, 'extensions' | 'callQueues' | 'liveSource' | 'startAnew'>;

/** Makes the reads of one operation. What they need is made when it is of use: most events need nothing of the account. */
export function createAccountReads(provider: AccountProvider): AccountReads {
  let loaders: Loaders | null = null;
  const made = () => {
    loaders ??= createLoaders(provider);
    return loaders;
  };
  return {
    get extension() {
      return made().extension;
    },
    get presence() {
      return made().presence;
    },
    get callQueue() {
      return made().callQueue;
    },
    get members() {
      return made().members;
    },
    get waitingCalls() {
      return made().waitingCalls;
    },
    activeCalls: () => made().activeCalls(),
    extensions: (filter) => provider.extensions(filter),
    callQueues: () => provider.callQueues(),
    liveSource: () => provider.liveSource(),
    startAnew(presence = null) {
      loaders = null;
      if (presence !== null) made().presence.prime(presence.extensionId, presence);
    },
  };
}

function createLoaders(provider: AccountProvider): Loaders {
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
  };
}

function copied<Answer>(answers: readonly Answer[]): Answer[] {
  return [...answers];
}
