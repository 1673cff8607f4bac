/** What RingCentral tells of an account, as it writes it. Any field may be missing, and any may be of another shape. */
import type { WireId } from '../wire.ts';

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
