/** Between RingCentral's JSON and what an account is made of: extensions, queues, members, availability. */
import {
  type CallQueue,
  type CallQueueMember,
  EXTENSION_STATUSES,
  EXTENSION_TYPES,
  type Extension,
  type QueueAvailability,
} from '../../../schema/account/model.ts';
import { asEnum, asFlag, asText, entriesOf, type LeftOut, objectOf } from '../../upstream/values.ts';
import { eachOnce } from '../viewer.ts';
import type {
  WireCallQueue,
  WireDirectoryEntry,
  WireQueueAvailability,
  WireQueueMember,
  WireQueueMemberPresence,
} from './wire.ts';

/** The records of a list of extensions, or of the directory, each once. */
export function toExtensions(records: unknown, leftOut: LeftOut): readonly Extension[] {
  return eachOnce(
    entriesOf<WireDirectoryEntry, Extension>(records, 'extension', leftOut, (wire) => {
      const id = asText(wire.id);
      if (id === null) return null;
      return {
        id,
        extensionNumber: asText(wire.extensionNumber),
        name: asText(wire.name) ?? fullName(wire),
        type: asEnum(EXTENSION_TYPES, wire.type),
        rawType: asText(wire.type),
        status: asEnum(EXTENSION_STATUSES, wire.status),
        rawStatus: asText(wire.status),
      };
    }),
  );
}

function fullName({ firstName, lastName }: WireDirectoryEntry): string | null {
  const names = [asText(firstName), asText(lastName)].filter((name) => name !== null);
  return names.length === 0 ? null : names.join(' ');
}

/** The records of a list of queues, each once. */
export function toCallQueues(records: unknown, leftOut: LeftOut): readonly CallQueue[] {
  return eachOnce(
    entriesOf<WireCallQueue, CallQueue>(records, 'call queue', leftOut, (wire) => {
      const id = asText(wire.id);
      if (id === null) return null;
      return {
        id,
        extensionNumber: asText(wire.extensionNumber),
        name: asText(wire.name),
        status: asEnum(EXTENSION_STATUSES, wire.status),
        rawStatus: asText(wire.status),
      };
    }),
  );
}

/** The records of a list of members: who is in a queue, and nothing of whether they take calls. */
export function toMembers(records: unknown, queueId: string, leftOut: LeftOut): readonly CallQueueMember[] {
  return entriesOf<WireQueueMember, CallQueueMember>(records, 'member', leftOut, (wire) =>
    memberOf(wire, queueId, {}),
  );
}

/** The members in the presence of a queue: which of them take calls. */
export function toMembersAtWork(
  body: unknown,
  queueId: string,
  leftOut: LeftOut,
): readonly CallQueueMember[] {
  const { records } = objectOf<{ records: unknown }>(body, 'the presence of a queue');
  return entriesOf<WireQueueMemberPresence, CallQueueMember>(records, 'member', leftOut, (wire) =>
    memberOf(objectIn(wire.member), queueId, wire),
  );
}

function memberOf(
  wire: Partial<WireQueueMember>,
  queueId: string,
  { acceptQueueCalls, acceptCurrentQueueCalls }: Partial<WireQueueMemberPresence>,
): CallQueueMember | null {
  const extensionId = asText(wire.id);
  if (extensionId === null) return null;
  const acceptsQueueCalls = asFlag(acceptQueueCalls);
  const acceptsCurrentQueueCalls = asFlag(acceptCurrentQueueCalls);
  return {
    queueId,
    extensionId,
    extensionNumber: asText(wire.extensionNumber),
    name: asText(wire.name),
    acceptsCalls: both(acceptsQueueCalls, acceptsCurrentQueueCalls),
    acceptsQueueCalls,
    acceptsCurrentQueueCalls,
  };
}

/** One no is a no; one yes alone is nothing certain, unless nothing else is told. */
function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === null || other === null) return one ?? other;
  return one && other;
}

/** The queues of a user, and whether their calls ring them. */
export function toAvailability(body: unknown, leftOut: LeftOut): readonly QueueAvailability[] {
  const { records } = objectOf<{ records: unknown }>(body, 'the queues of a user');
  return entriesOf<WireQueueAvailability, QueueAvailability>(records, 'call queue', leftOut, (wire) => {
    const queueId = asText(objectIn(wire.callQueue).id);
    const acceptsCalls = asFlag(wire.acceptCalls);
    return queueId === null || acceptsCalls === null ? null : { queueId, acceptsCalls };
  });
}

function objectIn<Wire extends object>(raw: Wire | undefined): Partial<Wire> {
  return typeof raw === 'object' && raw !== null ? raw : {};
}
