/** The operations that tell of the whole account, and those two with which its users say whether calls may come. */
import * as z from 'zod/mini';
import { text } from '../bodies.ts';
import type { Operation } from '../operations.ts';

const ACCOUNT = '/restapi/v1.0/account/~';
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;
const QUEUE = `${ACCOUNT}/call-queues/{groupId}`;

/** The table. */
export const ACCOUNT_OPERATIONS = {
  /** `GET /account/~/extension` · Medium · scope ReadAccounts, user permission ReadExtensions. In pages of 1,000 at most. */
  listExtensions: {
    id: 'listExtensions',
    method: 'GET',
    path: `${ACCOUNT}/extension`,
    body: null,
    success: [200],
    group: 'Medium',
    permission: 'ReadAccounts',
  },
  /** `GET /account/~/directory/entries` · Medium · scope ReadAccounts; every user may. In pages of 1,000. */
  listDirectoryEntries: {
    id: 'listDirectoryEntries',
    method: 'GET',
    path: `${ACCOUNT}/directory/entries`,
    body: null,
    success: [200],
    group: 'Medium',
    permission: 'ReadAccounts',
  },
  /**
   * `GET /account/~/extension/{id1,id2,…}/presence` · Light for all of them · scope ReadPresence, user permission
   * ReadPresenceStatus. At most 30 ids. Of several it answers 207, with a status for each.
   */
  readUserPresenceStatus: {
    id: 'readUserPresenceStatus',
    method: 'GET',
    path: `${EXTENSION}/presence`,
    body: null,
    success: [200, 207],
    group: 'Light',
    permission: 'ReadPresence',
    accept: 'application/vnd.ringcentral.multipart+json, application/json',
  },
  /** `GET /account/~/presence` · Heavy · scope ReadPresence, user permission ReadPresenceStatus. In pages of 1,000. */
  readAccountPresence: {
    id: 'readAccountPresence',
    method: 'GET',
    path: `${ACCOUNT}/presence`,
    body: null,
    success: [200],
    group: 'Heavy',
    permission: 'ReadPresence',
  },
  /** `GET /account/~/call-queues` · Medium · scope ReadAccounts, user permission ReadExtensions. */
  listCallQueues: {
    id: 'listCallQueues',
    method: 'GET',
    path: `${ACCOUNT}/call-queues`,
    body: null,
    success: [200],
    group: 'Medium',
    permission: 'ReadAccounts',
  },
  /** `GET …/call-queues/{groupId}/members` · Light · scope ReadAccounts, user permission ReadExtensions. */
  listCallQueueMembers: {
    id: 'listCallQueueMembers',
    method: 'GET',
    path: `${QUEUE}/members`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadAccounts',
  },
  /** `GET …/call-queues/{groupId}/presence` · Light · scope ReadPresence. All members at once. */
  readCallQueuePresence: {
    id: 'readCallQueuePresence',
    method: 'GET',
    path: `${QUEUE}/presence`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadPresence',
  },
  /** `GET …/extension/{extensionId}/call-queue-presence` · Light · scope ReadPresence. All queues of the user at once. */
  readExtensionCallQueuePresence: {
    id: 'readExtensionCallQueuePresence',
    method: 'GET',
    path: `${EXTENSION}/call-queue-presence`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadPresence',
  },
  /** `PUT …/extension/{extensionId}/call-queue-presence` · Medium · scope EditPresence. Only the queues that are named. */
  updateExtensionCallQueuePresence: {
    id: 'updateExtensionCallQueuePresence',
    method: 'PUT',
    path: `${EXTENSION}/call-queue-presence`,
    body: z.strictObject({
      records: z
        .array(z.strictObject({ callQueue: z.strictObject({ id: text }), acceptCalls: z.boolean() }))
        .check(z.minLength(1, 'at least one queue')),
    }),
    success: [200],
    group: 'Medium',
    permission: 'EditPresence',
  },
  /** `PUT …/extension/{extensionId}/presence` · Medium · scope EditPresence. Only what is named. */
  updateUserPresenceStatus: {
    id: 'updateUserPresenceStatus',
    method: 'PUT',
    path: `${EXTENSION}/presence`,
    body: z
      .strictObject({
        dndStatus: z.optional(
          z.enum([
            'TakeAllCalls',
            'DoNotAcceptDepartmentCalls',
            'TakeDepartmentCallsOnly',
            'DoNotAcceptAnyCalls',
          ]),
        ),
        userStatus: z.optional(z.enum(['Offline', 'Busy', 'Available'])),
        message: z.optional(z.string().check(z.maxLength(75, 'at most 75 characters'))),
      })
      .check(
        z.refine((body) => Object.keys(body).length > 0, 'dndStatus, userStatus, message or several of them'),
      ),
    success: [200],
    group: 'Medium',
    permission: 'EditPresence',
  },
} as const satisfies Record<string, Operation>;
