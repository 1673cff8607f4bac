/** What a phone system tells of the whole account, as far as the viewer's own token shows it. */
import type { CallParty, CallSession, PartyStatus } from '../model.ts';
import type { CommandReport, SnapshotReason, StreamNoticeKind } from '../telling.ts';
import type {
  AccountCall,
  AccountLiveSource,
  CallQueue,
  CallQueueMember,
  DndStatus,
  Extension,
  ExtensionStatus,
  ExtensionType,
  Presence,
  QueueAvailability,
  UserStatus,
  WaitingCall,
} from './model.ts';

/** Which extensions are asked for. */
export interface ExtensionFilter {
  readonly types: readonly ExtensionType[] | null;
  readonly statuses: readonly ExtensionStatus[] | null;
  /** A part of the name or number, in any case. */
  readonly text: string | null;
}

/** Everything that is going on: later events build on it. */
export interface AccountSnapshot {
  readonly type: 'AccountSnapshot';
  readonly cursor: string;
  readonly reason: SnapshotReason;
  readonly calls: readonly CallSession[];
  readonly presences: readonly Presence[];
  readonly observedAt: number;
}

/** A call that is new here. */
export interface AccountCallBegan {
  readonly type: 'AccountCallBegan';
  readonly cursor: string;
  readonly session: CallSession;
}

/** One party changed, or joined (`previousStatus` is null then). */
export interface AccountCallPartyChange {
  readonly type: 'AccountCallPartyChange';
  readonly cursor: string;
  readonly sessionId: string;
  readonly party: CallParty;
  readonly previousStatus: PartyStatus | null;
  /** Changes of this party that a slow reader did not get, because this one replaced them. */
  readonly skipped: number;
  /** The call as it was after this change: loaders are primed with it. */
  readonly session: CallSession;
}

/** A call is over; nothing follows of it. */
export interface AccountCallEnded {
  readonly type: 'AccountCallEnded';
  readonly cursor: string;
  readonly sessionId: string;
  /** As it was seen last. */
  readonly session: CallSession;
}

/** Somebody is doing something else now. */
export interface AccountPresenceChange {
  readonly type: 'AccountPresenceChange';
  readonly cursor: string;
  readonly presence: Presence;
}

/** Something the client should show or do. `MOVED` and `CALL_ENDED` do not come: they are events of their own here. */
export interface AccountStreamNotice {
  readonly type: 'AccountStreamNotice';
  readonly cursor: string;
  readonly kind: StreamNoticeKind;
  readonly message: string;
  /** Epoch milliseconds, as of the notices of a call. */
  readonly at: number | null;
}

export type AccountCallEvent =
  | AccountSnapshot
  | AccountCallBegan
  | AccountCallPartyChange
  | AccountCallEnded
  | AccountPresenceChange
  | AccountStreamNotice;

/** What a user says of themselves; what is missing stays as it is. */
export interface PresenceWish {
  readonly name: 'setPresence';
  readonly extensionId: string;
  readonly dndStatus?: Exclude<DndStatus, 'UNKNOWN'> | undefined;
  readonly userStatus?: Exclude<UserStatus, 'UNKNOWN'> | undefined;
  readonly message?: string | undefined;
}

/** Whose calls of which queues ring them; queues that are not named stay as they are. */
export interface QueueAvailabilityWish {
  readonly name: 'setQueueAvailability';
  readonly extensionId: string;
  readonly queues: readonly QueueAvailability[];
}

export interface PresenceResult extends CommandReport {
  /** As now known, also when the command failed; null where nothing is known. */
  readonly presence: Presence | null;
}

export interface QueueAvailabilityResult extends CommandReport {
  readonly extensionId: string;
  /** All queues of the user as now known, also when the command failed; null where nothing is known. */
  readonly queues: readonly QueueAvailability[] | null;
}

/** Commands about people, not about calls; `name` is the mutation that asks for it. */
export type AccountCommand = PresenceWish | QueueAvailabilityWish;

/** Reads what somebody does, each once in an operation. */
export type ReadPresences = AccountProvider['presences'];

/** The account, as the viewer may see it. Reads throw as those of `CallProvider` do. */
export interface AccountProvider {
  /** All extensions that fit, in the order of their numbers; read in large pages. */
  extensions(filter: ExtensionFilter): Promise<readonly Extension[]>;
  /** Each in its place; null where the viewer may not know, or there is none. Read in bulk. */
  extensionsById(ids: readonly string[]): Promise<readonly (Extension | null)[]>;
  /**
   * What extensions are doing, each in its place; null where the viewer may not know, or there is none. Read in bulk, at
   * most thirty in a request; free while they are watched.
   */
  presences(extensionIds: readonly string[]): Promise<readonly (Presence | Error | null)[]>;
  callQueues(): Promise<readonly CallQueue[]>;
  /** Each in its place; null where there is none, or the viewer may not know. */
  callQueuesById(ids: readonly string[]): Promise<readonly (CallQueue | null)[]>;
  callQueueMembers(queueId: string): Promise<readonly CallQueueMember[]>;
  /**
   * Who waits in queues, of each the longest first. While nobody watches the account only those are known whom a queue
   * rings somebody for, and what its members do is asked for by `presences`.
   */
  waitingCalls(
    queueIds: readonly string[],
    presences: ReadPresences,
  ): Promise<readonly (readonly WaitingCall[] | Error)[]>;
  /** The calls of the account that are going on; while nobody watches it, what people do is asked for by `presences`. */
  activeCalls(presences: ReadPresences): Promise<readonly AccountCall[]>;
  /** How changes come to be known now; null while nobody watches the account. */
  liveSource(): AccountLiveSource | null;
  /** Everything that happens, in order; resumes after the cursor `after`. */
  callEvents(after: string | null): AsyncIterableIterator<AccountCallEvent>;
  /** What these extensions are doing now, one by one, and then each that changes. */
  presenceUpdates(extensionIds: readonly string[]): AsyncIterableIterator<Presence>;
  /** Sent once; it tells what became of it. */
  setPresence(wish: PresenceWish, idempotencyKey: string | null): Promise<PresenceResult>;
  /** Sent once; it tells what became of it. */
  setQueueAvailability(
    wish: QueueAvailabilityWish,
    idempotencyKey: string | null,
  ): Promise<QueueAvailabilityResult>;
}
