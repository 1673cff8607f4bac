/** RingCentral's account, one method per thing that the gateway asks for. */
import type {
  CallQueue,
  CallQueueMember,
  Extension,
  Presence,
  QueueAvailability,
} from '../../../schema/account/model.ts';
import type { PresenceWish, QueueAvailabilityWish } from '../../../schema/account/provider.ts';
import { Forbidden, UpstreamBadResponse } from '../../../schema/failures.ts';
import type { Caller } from '../../upstream/caller.ts';
import type { UpstreamAnswer } from '../../upstream/hearing.ts';
import type { Upstream } from '../../upstream/http.ts';
import { entriesOf, type LeftOut, ofAnotherShape, pascalCase } from '../../upstream/values.ts';
import type { AnswerTimes, CallReading, CallReadOptions } from '../call-control.ts';
import { allPages, PAGE_SIZE } from '../pages.ts';
import { toPage } from '../viewer.ts';
import { isAboutThisOne, type PresenceRead, toPresences } from './bulk.ts';
import { ACCOUNT_OPERATIONS } from './operations.ts';
import { toPresence } from './presence.ts';
import { toAvailability, toCallQueues, toExtensions, toMembers, toMembersAtWork } from './translate.ts';

/** So many presences come in one answer. */
export const MOST_PRESENCES = 30;

/** RingCentral, for whichever caller. Everything here throws the failures of `schema/failures.ts`, or the reason of its signal. */
export interface AccountClient {
  /** All extensions of the account; by its directory where the list is not for this user. */
  listExtensions(caller: Caller, options: CallReadOptions): Promise<readonly Extension[]>;
  /** What these are doing, each in its place, at most {@link MOST_PRESENCES}. */
  readPresences(
    caller: Caller,
    extensionIds: readonly string[],
    options: CallReadOptions,
  ): Promise<CallReading<readonly PresenceRead[]>>;
  /** What all are doing whom the caller may see, page by page from 1. */
  readAccountPresence(
    caller: Caller,
    page: number,
    options: CallReadOptions,
  ): Promise<CallReading<PresencePage>>;
  listCallQueues(caller: Caller, options: CallReadOptions): Promise<readonly CallQueue[]>;
  /** Who is in a queue, and nothing of whether they take calls. */
  listCallQueueMembers(
    caller: Caller,
    queueId: string,
    options: CallReadOptions,
  ): Promise<readonly CallQueueMember[]>;
  /** Which members of a queue take calls. */
  readCallQueuePresence(
    caller: Caller,
    queueId: string,
    options: CallReadOptions,
  ): Promise<readonly CallQueueMember[]>;
  readAvailability(
    caller: Caller,
    extensionId: string,
    options: CallReadOptions,
  ): Promise<CallReading<readonly QueueAvailability[]>>;
  readPresence(caller: Caller, extensionId: string, options: CallReadOptions): Promise<CallReading<Presence>>;
  /** Sends a command once; null where the answer shows no state that can be read: that it was accepted is what counts. */
  updatePresence(caller: Caller, wish: PresenceWish, options: SendOptions): Promise<Presence | null>;
  updateAvailability(
    caller: Caller,
    wish: QueueAvailabilityWish,
    options: SendOptions,
  ): Promise<readonly QueueAvailability[] | null>;
}

/** One page of what everybody does. */
export interface PresencePage {
  readonly presences: readonly Presence[];
  readonly hasNext: boolean;
}

interface SendOptions {
  readonly requestId?: string | undefined;
}

/** Makes the client; `leftOut` is told of each entry of a list that could not be read. */
export function createAccountClient(upstream: Upstream, leftOut: LeftOut): AccountClient {
  const O = ACCOUNT_OPERATIONS;
  return {
    async listExtensions(caller, options) {
      try {
        const operation = O.listExtensions;
        return toExtensions(await allPages(upstream, caller, { ...options, operation }), leftOut);
      } catch (error) {
        if (!(error instanceof Forbidden)) throw error;
        const operation = O.listDirectoryEntries;
        const query = { showFederated: 'false' };
        return toExtensions(await allPages(upstream, caller, { ...options, operation, query }), leftOut);
      }
    },

    async readPresences(caller, extensionIds, options) {
      const request = { ...options, operation: O.readUserPresenceStatus, query: DETAILED };
      const sentAt = Date.now();
      try {
        const answer = await upstream.send(caller, { ...request, ids: { extensionId: extensionIds } });
        const { body, receivedAt } = answer;
        return { value: toPresences(body, extensionIds, receivedAt, leftOut), ...timesOf(answer) };
      } catch (error) {
        if (extensionIds.length !== 1 || !isAboutThisOne(error)) throw error;
        return { value: [null], sentAt, receivedAt: Date.now(), upstreamDate: null };
      }
    },

    async readAccountPresence(caller, page, options) {
      const query = { ...DETAILED, page: String(page), perPage: String(PAGE_SIZE) };
      const answer = await upstream.send(caller, { ...options, operation: O.readAccountPresence, query });
      const { records, hasNext } = toPage(answer.body);
      const presences = entriesOf<object, Presence>(records, 'presence', leftOut, (wire) =>
        toPresence(wire, answer.receivedAt, { leftOut }),
      );
      return { value: { presences, hasNext }, ...timesOf(answer) };
    },

    async listCallQueues(caller, options) {
      const operation = O.listCallQueues;
      return toCallQueues(await allPages(upstream, caller, { ...options, operation }), leftOut);
    },

    async listCallQueueMembers(caller, queueId, options) {
      const request = { ...options, operation: O.listCallQueueMembers, ids: { groupId: queueId } };
      return toMembers(await allPages(upstream, caller, request), queueId, leftOut);
    },

    async readCallQueuePresence(caller, queueId, options) {
      const request = { ...options, operation: O.readCallQueuePresence, ids: { groupId: queueId } };
      const { body } = await upstream.send(caller, request);
      return toMembersAtWork(body, queueId, leftOut);
    },

    async readPresence(caller, extensionId, options) {
      const answer = await upstream.send(caller, {
        ...options,
        operation: O.readUserPresenceStatus,
        ids: { extensionId },
        query: DETAILED,
      });
      const presence = toPresence(answer.body, answer.receivedAt, { extensionId, leftOut });
      if (presence === null) throw ofAnotherShape('a presence');
      return { value: presence, ...timesOf(answer) };
    },

    async readAvailability(caller, extensionId, options) {
      const request = { ...options, operation: O.readExtensionCallQueuePresence, ids: { extensionId } };
      const answer = await upstream.send(caller, request);
      return { value: toAvailability(answer.body, leftOut), ...timesOf(answer) };
    },

    async updatePresence(caller, { extensionId, ...wish }, { requestId }) {
      const { body, receivedAt } = await upstream.send(caller, {
        operation: O.updateUserPresenceStatus,
        ids: { extensionId },
        body: presenceBody(wish),
        lane: 'command',
        orBodiless: true,
        requestId,
      });
      return toPresence(body, receivedAt, { extensionId, leftOut });
    },

    async updateAvailability(caller, { extensionId, queues }, { requestId }) {
      const { body } = await upstream.send(caller, {
        operation: O.updateExtensionCallQueuePresence,
        ids: { extensionId },
        body: {
          records: queues.map(({ queueId, acceptsCalls }) => ({
            callQueue: { id: queueId },
            acceptCalls: acceptsCalls,
          })),
        },
        lane: 'command',
        orBodiless: true,
        requestId,
      });
      return orNull(() => toAvailability(body, leftOut));
    },
  };
}

const DETAILED = { detailedTelephonyState: 'true' };

/** As RingCentral spells it, with nothing that is not wished for. */
function presenceBody({ dndStatus, userStatus, message }: Omit<PresenceWish, 'extensionId'>): object {
  return {
    ...(dndStatus !== undefined && { dndStatus: pascalCase(dndStatus) }),
    ...(userStatus !== undefined && { userStatus: pascalCase(userStatus) }),
    ...(message !== undefined && { message }),
  };
}

function timesOf({ sentAt, receivedAt, upstreamDate }: UpstreamAnswer): AnswerTimes {
  return { sentAt, receivedAt, upstreamDate };
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof UpstreamBadResponse) return null;
    throw error;
  }
}
