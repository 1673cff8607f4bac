/** What people say of themselves: that they are not to be disturbed, and of which queues they take calls. */

import type { RateGroup } from '../builder.ts';
import { builder, spends } from '../builder.ts';
import { checkIds, refusal } from '../checks.ts';
import { CommandPayload, commandsOf } from '../command-shape.ts';
import { BadUserInput } from '../failures.ts';
import { DndStatus, UserStatus } from './extension.ts';
import type { QueueAvailability as QueueAvailabilityModel } from './model.ts';
import { CallQueue, checkExtensionId, Presence } from './nouns.ts';
import type {
  PresenceResult,
  PresenceWish,
  QueueAvailabilityResult,
  QueueAvailabilityWish,
} from './provider.ts';

/** The request of a command: operationId, method and path below `/restapi/v1.0/account/~`, rate group. */
type Upstream = readonly [operation: string, address: string, group: RateGroup];

function costs([operation, address, group]: Upstream): string {
  const [method, path] = address.split(' ');
  return spends(operation, `${method} /restapi/v1.0/account/~${path}`, group);
}

const PresencePayload = builder.objectRef<PresenceResult>('PresencePayload').implement({
  description: 'The answer to a command on what somebody says of themselves.',
  interfaces: [CommandPayload],
  fields: (t) => ({
    presence: t.expose('presence', {
      type: Presence,
      nullable: true,
      description: 'Their presence as now known, also after a failure; null where nothing is known of it.',
    }),
  }),
});

const QueueAvailability = builder.objectRef<QueueAvailabilityModel>('QueueAvailability').implement({
  description: 'Whether a user takes calls of a queue.',
  fields: (t) => ({
    queueId: t.exposeID('queueId', { description: 'The queue.' }),
    queue: t.field({
      type: CallQueue,
      nullable: true,
      description: 'The queue, by name. Costs what `Account.callQueues` costs, once.',
      resolve: ({ queueId }, _, { account }) => account.callQueue.load(queueId),
    }),
    acceptsCalls: t.exposeBoolean('acceptsCalls', { description: 'Its calls may ring them.' }),
  }),
});

const QueueAvailabilityPayload = builder
  .objectRef<QueueAvailabilityResult>('QueueAvailabilityPayload')
  .implement({
    description: 'The answer to a command on the queues of a user.',
    interfaces: [CommandPayload],
    fields: (t) => ({
      extensionId: t.exposeID('extensionId', { description: 'The user.' }),
      queues: t.expose('queues', {
        type: [QueueAvailability],
        nullable: true,
        description: 'Their queues as now known, also after a failure; null where nothing is known of them.',
      }),
    }),
  });

/** RingCentral takes no longer one. */
const LONGEST_MESSAGE = 75; // characters

const addPresenceCommand = commandsOf<PresenceWish, PresenceResult, Upstream>({
  costs,
  async send(context, wish, key) {
    const result = await context.provider.account.setPresence(wish, key);
    context.afterCommand(result);
    return result;
  },
});

addPresenceCommand('setPresence', {
  description: [
    'Sets what a user says of themselves, at least one of: do not disturb, status, message. What is left out stays.',
    'Everybody may set their own; that of somebody else an administrator may, where RingCentral lets them. A call that rings already ' +
      'goes on ringing. Needs the RingCentral app permission `EditPresence`.',
    "Known limit: where the account has RingCentral's newer call handling, `dndStatus` of a user is refused or ignored: the " +
      'answered `presence` tells.',
  ],
  upstream: ['updateUserPresenceStatus', 'PUT /extension/{extensionId}/presence', 'Medium'],
  payload: PresencePayload,
  fields: (t) => ({
    extensionId: t.id({
      required: true,
      description: 'Whose: `viewer { extensionId }` is the user themselves.',
    }),
    dndStatus: t.field({
      type: DndStatus,
      description: 'Which calls may ring them. Leave it out to keep it.',
    }),
    userStatus: t.field({
      type: UserStatus,
      description: 'What they say of themselves. Leave it out to keep it.',
    }),
    message: t.string({
      description: `What stands beside their status, at most ${LONGEST_MESSAGE} characters; empty: nothing. Leave it out to keep it.`,
    }),
  }),
  command({ extensionId, dndStatus, userStatus, message }) {
    if (dndStatus == null && userStatus == null && message == null) {
      throw new BadUserInput(
        'setPresence: read nothing to change, allowed is at least one of dndStatus, userStatus and message.',
        'dndStatus',
      );
    }
    if (dndStatus === 'UNKNOWN') throw refusal('dndStatus', dndStatus, 'any other of its values');
    if (userStatus === 'UNKNOWN') throw refusal('userStatus', userStatus, 'any other of its values');
    if (message != null && message.length > LONGEST_MESSAGE) {
      throw refusal('message', message, `at most ${LONGEST_MESSAGE} characters`);
    }
    return {
      extensionId: checkExtensionId(extensionId, 'extensionId'),
      dndStatus: dndStatus ?? undefined,
      userStatus: userStatus ?? undefined,
      message: message ?? undefined,
    };
  },
});

const QueueAvailabilityInput = builder.inputType('QueueAvailabilityInput', {
  description: 'Whether calls of a queue may ring somebody.',
  fields: (t) => ({
    queueId: t.id({ required: true, description: 'The queue.' }),
    acceptsCalls: t.boolean({ required: true, description: 'True: they take its calls from now on.' }),
  }),
});

const addQueueCommand = commandsOf<QueueAvailabilityWish, QueueAvailabilityResult, Upstream>({
  costs,
  async send(context, wish, key) {
    const result = await context.provider.account.setQueueAvailability(wish, key);
    context.afterCommand({});
    return result;
  },
});

addQueueCommand('setQueueAvailability', {
  description: [
    'Logs a user in to queues, or out of them: whether calls of each may ring them. Queues that are not named stay as they are.',
    'Everybody may set their own where the queue lets its members; that of somebody else an administrator may. It counts only ' +
      'while their `dndStatus` lets calls of queues through. Needs the RingCentral app permission `EditPresence`.',
  ],
  upstream: [
    'updateExtensionCallQueuePresence',
    'PUT /extension/{extensionId}/call-queue-presence',
    'Medium',
  ],
  payload: QueueAvailabilityPayload,
  fields: (t) => ({
    extensionId: t.id({
      required: true,
      description: 'Who: `viewer { extensionId }` is the user themselves.',
    }),
    queues: t.field({
      type: [QueueAvailabilityInput],
      required: true,
      description: 'The queues, each once, at most 100.',
    }),
  }),
  command({ extensionId, queues }) {
    const ids = checkIds(
      queues.map(({ queueId }) => queueId),
      'queues',
    );
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (ids.length === 0) throw refusal('queues', '', 'at least one queue');
    if (twice !== undefined) throw refusal('queues', twice, 'each queue once');
    return { extensionId: checkExtensionId(extensionId, 'extensionId'), queues };
  },
});
