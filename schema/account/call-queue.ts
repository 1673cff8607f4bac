/** Call queues: who is in them, who takes their calls, who waits. */
import { builder, CallParty, CallSession, keyedBy, paragraphs, spends } from '../builder.ts';
import { nullIfExpected } from '../command-shape.ts';
import { findParty } from '../model.ts';
import { AccountCall, takesPartOf } from './account-call.ts';
import { byNumber, connectionOf, inPages, pageArguments, pageOf } from './connection.ts';
import { ExtensionStatus } from './extension.ts';
import type { CallQueueMember as MemberModel, WaitingCall as WaitingCallModel } from './model.ts';
import { bareExtension, CallQueue, Extension } from './nouns.ts';

const USUAL_MEMBERS = 50;

const WaitingCall = builder.objectRef<WaitingCallModel>('WaitingCall').implement({
  description: paragraphs(
    'A caller whom no agent of a queue has answered yet. RingCentral tells nowhere who waits: the gateway works it out from ' +
      'the parties of calls.',
    keyedBy('queueId', 'sessionId'),
  ),
  fields: (t) => ({
    queueId: t.exposeID('queueId', { description: 'The queue.' }),
    queue: t.field({
      type: CallQueue,
      nullable: true,
      description: 'The queue, by name. Costs what `Account.callQueues` costs, once.',
      resolve: ({ queueId }, _, { account }) => account.callQueue.load(queueId),
    }),
    sessionId: t.exposeID('sessionId', { description: 'The call: what every operation on it wants.' }),
    partyId: t.exposeID('partyId', {
      description: 'The party that waits: the caller, where the call shows one, else a leg of the queue.',
    }),
    party: t.field({
      type: CallParty,
      nullable: true,
      description: 'The party that waits. Costs nothing.',
      resolve: ({ session, partyId }) => findParty(session, partyId) ?? null,
    }),
    session: t.field({
      type: CallSession,
      description: 'The whole call. Costs nothing.',
      resolve: ({ session }) => session,
    }),
    from: t.exposeString('from', { nullable: true, description: 'Number or extension that calls.' }),
    fromName: t.exposeString('fromName', { nullable: true, description: 'Name of who calls.' }),
    waitingSince: t.expose('waitingSince', {
      type: 'DateTime',
      description:
        'Since when the caller waits in this queue. Where nobody watched when the call came to the queue, since it began: ' +
        'a menu before the queue is counted then.',
    }),
    ringing: t.field({
      type: [Extension],
      extensions: { usualLength: 3 },
      description:
        'The agents whom the call rings at this moment. Costs what `Account.extensions` costs, once.',
      resolve: ({ ringingExtensionIds }, _, { account }) =>
        Promise.all(
          ringingExtensionIds.map(
            async (id) => (await account.extension.load(id).catch(nullIfExpected)) ?? bareExtension(id),
          ),
        ),
    }),
    observedAt: t.expose('observedAt', { type: 'DateTime', description: 'When this was true.' }),
  }),
});

const CallQueueMember = builder.objectRef<MemberModel>('CallQueueMember').implement({
  description: paragraphs('A user in a queue.', keyedBy('queueId', 'extensionId')),
  fields: (t) => ({
    queueId: t.exposeID('queueId', { description: 'The queue.' }),
    extensionId: t.exposeID('extensionId', { description: 'The user.' }),
    extension: t.field({
      type: Extension,
      description: 'The user, with name and presence. The name costs what `Account.extensions` costs, once.',
      resolve: async ({ extensionId, ...known }, _, { account }) =>
        (await account.extension.load(extensionId).catch(nullIfExpected)) ??
        bareExtension(extensionId, known),
    }),
    acceptsCalls: t.exposeBoolean('acceptsCalls', {
      nullable: true,
      description:
        'Calls of this queue may ring them: both of the next two. Null where RingCentral tells neither to this user. On the ' +
        'phone they may be all the same: look at `extension.presence`.',
    }),
    acceptsQueueCalls: t.exposeBoolean('acceptsQueueCalls', {
      nullable: true,
      description: 'They take calls of queues at all: their `dndStatus` says so.',
    }),
    acceptsCurrentQueueCalls: t.exposeBoolean('acceptsCurrentQueueCalls', {
      nullable: true,
      description: 'They take calls of this queue. `setQueueAvailability` changes it.',
    }),
  }),
});

const MemberConnection = connectionOf('CallQueueMember', CallQueueMember, 'members of a queue');

const whatWaitingCosts =
  'Costs nothing while a subscription of the user watches the account, as `accountCallEvents` does. Else the gateway asks what ' +
  'the members are doing (as `Extension.presence`, together with what else of it is asked for) and reads each call of the queue that rings ' +
  'one of them (Light): a caller for whom nobody rings is not seen then, because RingCentral tells it only when something ' +
  'happens to them. Whoever asks has the account watched for a minute, so that who asks again sees more, and pays nothing.';

CallQueue.implement({
  description: paragraphs('A call queue: callers wait, and the phones of its members ring.', keyedBy('id')),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id, which is that of its extension.' }),
    extensionNumber: t.exposeString('extensionNumber', {
      nullable: true,
      description: 'What colleagues dial, like `200`.',
    }),
    name: t.exposeString('name', { nullable: true, description: 'Name of the queue.' }),
    status: t.expose('status', {
      type: ExtensionStatus,
      nullable: true,
      description: 'Whether it is in use.',
    }),
    rawStatus: t.exposeString('rawStatus', {
      nullable: true,
      description: 'The status as RingCentral wrote it.',
    }),
    members: t.field({
      type: MemberConnection,
      nullable: true,
      description: paragraphs(
        'Its members, by extension number, and which of them take its calls. Who is a member is remembered for five ' +
          'minutes; whether they take calls is asked for each time.',
        spends(
          'readCallQueuePresence',
          'GET /restapi/v1.0/account/~/call-queues/{groupId}/presence',
          'Light',
        ),
        spends('listCallQueueMembers', 'GET /restapi/v1.0/account/~/call-queues/{groupId}/members', 'Light'),
      ),
      args: pageArguments(t, USUAL_MEMBERS),
      extensions: inPages(USUAL_MEMBERS),
      resolve: async ({ id }, page, { account }) =>
        pageOf(
          await account.members.load(id),
          ({ extensionId, extensionNumber }) => byNumber({ id: extensionId, extensionNumber }),
          page,
          USUAL_MEMBERS,
        ),
    }),
    waitingCalls: t.field({
      type: [WaitingCall],
      nullable: true,
      extensions: { reads: true, usualLength: 5 },
      description: paragraphs('Who waits, the longest first.', whatWaitingCosts),
      resolve: ({ id }, _, { account }) => account.waitingCalls.load(id),
    }),
    longestWait: t.field({
      type: 'DateTime',
      nullable: true,
      description: paragraphs(
        'Since when the one waits who has waited longest; null: nobody waits. Costs nothing beside `waitingCalls`.',
        whatWaitingCosts,
      ),
      resolve: async ({ id }, _, { account }) =>
        (await account.waitingCalls.load(id))[0]?.waitingSince ?? null,
    }),
    activeCalls: t.field({
      type: [AccountCall],
      nullable: true,
      extensions: { reads: true, usualLength: 5 },
      description: paragraphs(
        'Calls that came through this queue and are going on, waiting ones included where they are seen. A call is told ' +
          'of its queue as long as a leg of it is.',
        'Costs what `Account.activeCalls` costs, once, and for each call of a queue that nobody watches a Light request.',
      ),
      resolve: async ({ id }, _, { account, loaders }) =>
        takesPartOf(await account.activeCalls(), id, loaders),
    }),
  }),
});

/** A page of queues. */
export const CallQueueConnection = connectionOf('CallQueue', CallQueue, 'call queues');
