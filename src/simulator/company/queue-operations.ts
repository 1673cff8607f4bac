/** The operations on call queues: who is in them, and who takes their calls. */
import { extensionById } from '../account.ts';
import { pageBody } from '../bodies.ts';
import { type Body, object, optionalFlag, text } from '../fields.ts';
import { ACCOUNT, type Asked, type Operation, ok } from '../operation.ts';
import { invalid, notFound, otherExtension } from '../refusals.ts';
import { managedExtension, pageWanted, seenExtension, uriOf } from './asking.ts';
import type { Extension } from './extension.ts';
import { QUEUES, type Queue, queueById, queuesOf } from './groups.ts';
import { needs, seesAll } from './rights.ts';
import { takesQueueCalls, withQueueCalls } from './staff.ts';

const QUEUE = `${ACCOUNT}/call-queues/{groupId}`;
const OF_EXTENSION = `${ACCOUNT}/extension/{extensionId}/call-queue-presence`;
/** The one site that there is. */
const SITE = { id: 'main-site', name: 'Main Site' };

export const QUEUE_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'listCallQueues',
    method: 'GET',
    path: `${ACCOUNT}/call-queues`,
    group: 'medium',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensions');
      const memberId = asked.query.get('memberExtensionId');
      const member = memberId === null ? null : extensionById(memberId);
      if (member === undefined) throw notFound('memberExtensionId');
      const records = (member === null ? QUEUES : queuesOf(member)).map((queue) => queueBody(queue, asked));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, 'call-queues')));
    },
  },
  {
    operationId: 'readCallQueueInfo',
    method: 'GET',
    path: QUEUE,
    group: 'light',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensions');
      return ok({
        ...queueBody(queueOf(asked), asked),
        serviceLevelSettings: {
          slaGoal: 80,
          slaThresholdSeconds: 60,
          includeAbandonedCalls: true,
          abandonedThresholdSeconds: 15,
        },
        editableMemberStatus: true,
        alertTimer: 5,
      });
    },
  },
  {
    operationId: 'listCallQueueMembers',
    method: 'GET',
    path: `${QUEUE}/members`,
    group: 'light',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensions');
      const { extension, members } = queueOf(asked);
      const records = members.map(({ id, number }) => ({
        uri: uriOf(asked, `extension/${id}`),
        id: Number(id),
        extensionNumber: number,
      }));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, `call-queues/${extension.id}/members`)));
    },
  },
  {
    operationId: 'readCallQueuePresence',
    method: 'GET',
    path: `${QUEUE}/presence`,
    group: 'light',
    handle: (asked) => {
      needs(asked.viewer, 'ReadPresenceStatus');
      return ok(queuePresenceBody(queueOf(asked), asked));
    },
  },
  {
    operationId: 'updateCallQueuePresence',
    method: 'PUT',
    path: `${QUEUE}/presence`,
    group: 'medium',
    handle: (asked) => {
      const queue = queueOf(asked);
      const { staff } = asked.board;
      // All is read before anything is done.
      const changes = recordsIn(asked.body).map((record) => {
        const memberId = text(object(record, 'member'), 'id');
        const member = queue.members.find(({ id }) => id === memberId);
        if (member === undefined) throw invalid('member.id', memberId);
        if (!mayChange(asked.viewer, member)) throw otherExtension();
        return {
          member,
          anyQueue: optionalFlag(record, 'acceptQueueCalls'),
          thisQueue: optionalFlag(record, 'acceptCurrentQueueCalls'),
        };
      });
      for (const { member, anyQueue, thisQueue } of changes) {
        if (anyQueue !== undefined) {
          staff.set(member.id, { dndStatus: withQueueCalls(staff.statusOf(member.id), anyQueue) });
        }
        if (thisQueue !== undefined) staff.logIn(queue.extension.id, member.id, thisQueue);
      }
      return ok(queuePresenceBody(queue, asked));
    },
  },
  {
    operationId: 'readExtensionCallQueuePresence',
    method: 'GET',
    path: OF_EXTENSION,
    group: 'light',
    handle: (asked) => ok(memberPresenceBody(seenExtension(asked), asked)),
  },
  {
    operationId: 'updateExtensionCallQueuePresence',
    method: 'PUT',
    path: OF_EXTENSION,
    group: 'medium',
    handle: (asked) => {
      const member = seesAll(asked.viewer) ? seenExtension(asked) : managedExtension(asked);
      const changes = recordsIn(asked.body).map((record) => {
        const queueId = text(object(record, 'callQueue'), 'id');
        if (!queuesOf(member).some(({ extension }) => extension.id === queueId)) {
          throw invalid('callQueue.id', queueId);
        }
        return { queueId, accepts: optionalFlag(record, 'acceptCalls') };
      });
      for (const { queueId, accepts } of changes) {
        if (accepts !== undefined) asked.board.staff.logIn(queueId, member.id, accepts);
      }
      return ok(memberPresenceBody(member, asked));
    },
  },
];

function queueOf({ params }: Asked): Queue {
  const queue = queueById(params.groupId ?? '');
  if (queue === undefined) throw notFound('groupId');
  return queue;
}

function queueBody({ extension }: Queue, asked: Asked) {
  const { id, number, name, status } = extension;
  return {
    uri: uriOf(asked, `call-queues/${id}`),
    ...{ id, extensionNumber: number, name, status, site: SITE },
  };
}

function queuePresenceBody({ extension, members }: Queue, { board: { staff } }: Asked) {
  const records = members.map(({ id, name, number }) => ({
    member: { id, name, extensionNumber: number, site: SITE },
    acceptQueueCalls: takesQueueCalls(staff.statusOf(id)),
    acceptCurrentQueueCalls: staff.isLoggedIn(extension.id, id),
  }));
  return { records };
}

function memberPresenceBody(member: Extension, { board, query }: Asked) {
  // Every queue lets its members come and go here.
  const queues = query.get('editableMemberStatus') === 'false' ? [] : queuesOf(member);
  const records = queues.map(({ extension: { id, name, number } }) => ({
    callQueue: { id, name, extensionNumber: number, editableMemberStatus: true },
    acceptCalls: board.staff.isLoggedIn(id, member.id),
  }));
  return { records };
}

/** Everybody for themselves, and whoever has all of them in view for others. */
function mayChange(viewer: Extension, member: Extension): boolean {
  return viewer.id === member.id || seesAll(viewer);
}

function recordsIn({ records }: Body): readonly Body[] {
  if (!Array.isArray(records)) throw invalid('records', records);
  return records.map((record: unknown) => object({ record }, 'record'));
}
