/**
 * What an account is made of, in RingCentral's words: its extensions, what they are doing, its queues.
 *
 * Plain immutable data, as in `schema/model.ts`: an enum value that RingCentral has not published becomes `UNKNOWN`, and
 * its text is kept beside it.
 */
import type { ActiveCall, CallParty, CallSession, TelephonyStatus } from '../model.ts';

export const EXTENSION_TYPES = [
  'USER',
  'FAX_USER',
  'VIRTUAL_USER',
  'DIGITAL_USER',
  'DEPARTMENT',
  'ANNOUNCEMENT',
  'VOICEMAIL',
  'SHARED_LINES_GROUP',
  'PAGING_ONLY',
  'IVR_MENU',
  'APPLICATION_EXTENSION',
  'PARK_LOCATION',
  'BOT',
  'ROOM',
  'ROOM_CONNECTOR',
  'LIMITED',
  'SITE',
  'PROXY_ADMIN',
  'DELEGATED_LINES_GROUP',
  'GROUP_CALL_PICKUP',
  'FLEXIBLE_USER',
  'TIE_LINE',
  'UNKNOWN',
] as const;
export type ExtensionType = (typeof EXTENSION_TYPES)[number];

export const EXTENSION_STATUSES = [
  'ENABLED',
  'DISABLED',
  'FROZEN',
  'NOT_ACTIVATED',
  'UNASSIGNED',
  'UNKNOWN',
] as const;
export type ExtensionStatus = (typeof EXTENSION_STATUSES)[number];

export const PRESENCE_STATUSES = ['OFFLINE', 'BUSY', 'AVAILABLE', 'UNKNOWN'] as const;
/** What RingCentral makes of a user's own status, their calls and their do-not-disturb. */
export type PresenceStatus = (typeof PRESENCE_STATUSES)[number];

export const USER_STATUSES = ['OFFLINE', 'BUSY', 'AVAILABLE', 'UNKNOWN'] as const;
/** What a user says of themselves. */
export type UserStatus = (typeof USER_STATUSES)[number];

export const DND_STATUSES = [
  'TAKE_ALL_CALLS',
  'DO_NOT_ACCEPT_DEPARTMENT_CALLS',
  'TAKE_DEPARTMENT_CALLS_ONLY',
  'DO_NOT_ACCEPT_ANY_CALLS',
  'UNKNOWN',
] as const;
export type DndStatus = (typeof DND_STATUSES)[number];

/** Somebody or something with an extension number. */
export interface Extension {
  readonly id: string;
  readonly extensionNumber: string | null;
  readonly name: string | null;
  readonly type: ExtensionType | null;
  readonly rawType: string | null;
  readonly status: ExtensionStatus | null;
  readonly rawStatus: string | null;
}

/** What an extension is doing. */
export interface Presence {
  readonly extensionId: string;
  readonly presenceStatus: PresenceStatus | null;
  readonly rawPresenceStatus: string | null;
  /** The calls of the extension in one word. */
  readonly telephonyStatus: TelephonyStatus | null;
  readonly rawTelephonyStatus: string | null;
  readonly userStatus: UserStatus | null;
  readonly rawUserStatus: string | null;
  readonly dndStatus: DndStatus | null;
  readonly rawDndStatus: string | null;
  /** What the user wrote. */
  readonly message: string | null;
  /** The extension's own parties, the seven latest at most. */
  readonly activeCalls: readonly ActiveCall[];
  /** How many there are; more than `activeCalls` has where RingCentral cut the list. Null where it did not count. */
  readonly totalActiveCalls: number | null;
  /** When this was true, epoch milliseconds; strictly increasing per extension. */
  readonly observedAt: number;
}

/** A queue: an extension of type `DEPARTMENT`. */
export interface CallQueue {
  readonly id: string;
  readonly extensionNumber: string | null;
  readonly name: string | null;
  readonly status: ExtensionStatus | null;
  readonly rawStatus: string | null;
}

/** A user in a queue. */
export interface CallQueueMember {
  readonly queueId: string;
  readonly extensionId: string;
  readonly extensionNumber: string | null;
  readonly name: string | null;
  /** Calls of this queue ring them: both of the next two; null where RingCentral tells neither. */
  readonly acceptsCalls: boolean | null;
  /** They take calls of queues at all. */
  readonly acceptsQueueCalls: boolean | null;
  /** They take calls of this queue. */
  readonly acceptsCurrentQueueCalls: boolean | null;
}

/** Whether a user takes calls of a queue. */
export interface QueueAvailability {
  readonly queueId: string;
  readonly acceptsCalls: boolean;
}

/** A caller whom no agent of a queue has answered yet: worked out from the parties of the call. */
export interface WaitingCall {
  readonly queueId: string;
  readonly sessionId: string;
  /** The party that waits: the caller, where the call shows one, else the queue's own. */
  readonly partyId: string;
  /** The call that it was worked out from. */
  readonly session: CallSession;
  readonly from: string | null;
  readonly fromName: string | null;
  /** Epoch milliseconds: when the queue was rung, or was first seen ringing. */
  readonly waitingSince: number;
  /** The agents whom it rings now. */
  readonly ringingExtensionIds: readonly string[];
  readonly observedAt: number;
}

/** One call of the account, and the parts of its extensions in it. */
export interface AccountCall {
  readonly sessionId: string;
  /** Whole, where it is known without asking; else only the parts are. */
  readonly session: CallSession | null;
  /** What presence shows of it, or would: one for each extension that takes part. */
  readonly parts: readonly AccountCallPart[];
  /** Epoch milliseconds; null where nobody tells. */
  readonly startTime: number | null;
  readonly observedAt: number;
}

/** An extension's own party in a call. */
export interface AccountCallPart {
  readonly extensionId: string;
  readonly call: ActiveCall;
}

/** How changes of an account come to be known. */
export const ACCOUNT_LIVE_SOURCES = ['ACCOUNT_PUSH', 'EXTENSIONS_PUSH', 'PRESENCE_POLL'] as const;
export type AccountLiveSource = (typeof ACCOUNT_LIVE_SOURCES)[number];

/** A party that is a part of the call no longer, or is one now: what a stream tells. */
export interface AccountPartyChange {
  readonly sessionId: string;
  readonly party: CallParty;
}
