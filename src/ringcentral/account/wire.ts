/** What RingCentral tells of an account, as it writes it. Any field may be missing, and any may be of another shape. */
import type { WireActiveCall, WireId } from '../wire.ts';

export interface WireListedExtension {
  id?: WireId;
  extensionNumber?: string;
  name?: string;
  type?: string;
  status?: string;
  hidden?: boolean;
}

/** Of the directory: people have two names and no other. */
export interface WireDirectoryEntry extends WireListedExtension {
  firstName?: string;
  lastName?: string;
}

export interface WireAccountPresence {
  extension?: { id?: WireId; uri?: string; extensionNumber?: string };
  /** Of notifications. */
  extensionId?: WireId;
  uri?: string;
  presenceStatus?: string;
  telephonyStatus?: string;
  userStatus?: string;
  dndStatus?: string;
  message?: string;
  activeCalls?: WireActiveCall[];
  totalActiveCalls?: number;
}

/** One of several answers in one. */
export interface WireBulkEntry {
  resourceId?: WireId;
  status?: number;
  body?: unknown;
}

/** The first part of a `multipart/mixed` answer: the statuses of the others, in their order. */
export interface WireBulkIndex {
  response?: { href?: string; status?: number; responseDescription?: string }[];
}

export interface WireCallQueue {
  id?: WireId;
  extensionNumber?: string;
  name?: string;
  status?: string;
}

export interface WireQueueMember {
  id?: WireId;
  extensionNumber?: string;
  name?: string;
}

export interface WireQueueMemberPresence {
  member?: WireQueueMember;
  /** Of all queues. */
  acceptQueueCalls?: boolean;
  /** Of this one. */
  acceptCurrentQueueCalls?: boolean;
}

export interface WireQueueAvailability {
  callQueue?: { id?: WireId };
  acceptCalls?: boolean;
}

/** One call that is going on, as the call log shows it. */
export interface WireCallLogRecord {
  telephonySessionId?: string;
  to?: { extensionId?: WireId; extensionNumber?: string; phoneNumber?: string };
  legs?: { telephonySessionId?: string }[];
}
