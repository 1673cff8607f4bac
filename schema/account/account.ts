/** The company that the viewer is of: who is in it, its queues, its calls. */
import { addEnum, builder, keyedBy, paragraphs, READS, spends } from '../builder.ts';
import { checkText } from '../checks.ts';
import { nullIfExpected } from '../command-shape.ts';
import { Viewer } from '../viewer.ts';
import { AccountCallConnection } from './account-call.ts';
import { CallQueueConnection } from './call-queue.ts';
import { byNumber, inPages, pageArguments, pageOf } from './connection.ts';
import { ExtensionConnection, ExtensionStatus, ExtensionType } from './extension.ts';
import { ACCOUNT_LIVE_SOURCES } from './model.ts';
import { Account, bareExtension, CallQueue, checkExtensionId, Extension } from './nouns.ts';

const USUAL_EXTENSIONS = 50;
const USUAL_QUEUES = 20;
const USUAL_CALLS = 50;

const AccountLiveSource = addEnum('AccountLiveSource', ACCOUNT_LIVE_SOURCES, {
  description: "How changes of the company's calls come to be known.",
  values: {
    ACCOUNT_PUSH: 'RingCentral tells of every call and every presence by itself.',
    EXTENSIONS_PUSH:
      'The user may not be told of everything: RingCentral tells of the extensions that are looked at, one by one.',
    PRESENCE_POLL:
      'Nothing is told by itself: what people do is asked for over and over, inside the rate budget, thirty of them in a request.',
  },
});

const remembered =
  'The list is remembered for five minutes: names hardly change. It is read in pages of 1,000, and from the directory of the ' +
  'company where the user may not list extensions (`ReadExtensions`).';

const listExtensions = spends('listExtensions', 'GET /restapi/v1.0/account/~/extension', 'Medium');
const listCallQueues = spends('listCallQueues', 'GET /restapi/v1.0/account/~/call-queues', 'Medium');

Account.implement({
  description: paragraphs(
    'The company, as RingCentral knows it. Nothing is shown that RingCentral would not show to this user: who may not see the presence of others gets ' +
      '`null` for it, or `FORBIDDEN` with the name of the missing permission. What cannot be read is null with an error, and the ' +
      'rest is there. Each field costs only when it is asked for.',
    keyedBy('id'),
  ),
  fields: (t) => ({
    id: t.id({
      description: "RingCentral's id of the account.",
      resolve: async (_, __, { viewer }) => (await viewer.viewer()).accountId,
    }),
    liveSource: t.field({
      type: AccountLiveSource,
      nullable: true,
      description:
        'How changes come to be known at this moment: it may change at any time. Null while nobody watches the account. ' +
        'Costs nothing.',
      resolve: ({ liveSource }) => liveSource(),
    }),
    extensions: t.field({
      type: ExtensionConnection,
      nullable: true,
      description: paragraphs('Who and what is in it, by extension number.', remembered, listExtensions),
      args: {
        ...pageArguments(t, USUAL_EXTENSIONS),
        types: t.arg({ type: [ExtensionType], description: 'Only these; leave it out for all.' }),
        statuses: t.arg({ type: [ExtensionStatus], description: 'Only these; leave it out for all.' }),
        text: t.arg.string({
          description: 'A part of the name or the number, 1 to 64 characters, in any case.',
        }),
      },
      extensions: inPages(USUAL_EXTENSIONS),
      resolve: async ({ extensions }, { types, statuses, text, ...page }) =>
        pageOf(
          await extensions({
            types: types ?? null,
            statuses: statuses ?? null,
            text: text == null ? null : checkText(text, 'text'),
          }),
          byNumber,
          page,
          USUAL_EXTENSIONS,
        ),
    }),
    extension: t.field({
      type: Extension,
      nullable: true,
      description: paragraphs(
        'One by its id; null when there is none, or not for this user.',
        remembered,
        listExtensions,
      ),
      args: { id: t.arg.id({ required: true, description: 'The id, like `701001004`; not the number.' }) },
      extensions: READS,
      resolve: ({ extension }, { id }) => extension.load(checkExtensionId(id, 'id')),
    }),
    callQueues: t.field({
      type: CallQueueConnection,
      nullable: true,
      description: paragraphs(
        'Its call queues, by extension number. The list is remembered for five minutes.',
        listCallQueues,
      ),
      args: pageArguments(t, USUAL_QUEUES),
      extensions: inPages(USUAL_QUEUES),
      resolve: async ({ callQueues }, page) => pageOf(await callQueues(), byNumber, page, USUAL_QUEUES),
    }),
    callQueue: t.field({
      type: CallQueue,
      nullable: true,
      description: paragraphs(
        'One queue by its id; null when there is none, or not for this user.',
        listCallQueues,
      ),
      args: { id: t.arg.id({ required: true, description: 'The id, like `701050004`; not the number.' }) },
      extensions: READS,
      resolve: ({ callQueue }, { id }) => callQueue.load(checkExtensionId(id, 'id')),
    }),
    parkLocations: t.field({
      type: ExtensionConnection,
      nullable: true,
      description: paragraphs(
        'The places where calls can be parked: extensions of the type `PARK_LOCATION`. Empty where the account has none.',
        remembered,
        listExtensions,
      ),
      args: pageArguments(t, USUAL_EXTENSIONS),
      extensions: inPages(USUAL_EXTENSIONS),
      resolve: async ({ extensions }, page) =>
        pageOf(
          await extensions({ types: ['PARK_LOCATION'], statuses: null, text: null }),
          byNumber,
          page,
          USUAL_EXTENSIONS,
        ),
    }),
    activeCalls: t.field({
      type: AccountCallConnection,
      nullable: true,
      description: paragraphs(
        'The calls of the company that are going on, the oldest first, as far as the user may see who is in them.',
        'Costs nothing while a subscription of the user watches the account. Else everybody with a phone is asked for what ' +
          'they do: what `Extension.presence` costs for all of them. Calls that are at no phone, as while a caller waits in a queue ' +
          'and nobody rings, are not seen then.',
      ),
      args: pageArguments(t, USUAL_CALLS),
      extensions: inPages(USUAL_CALLS),
      resolve: async ({ activeCalls }, page) =>
        pageOf(
          await activeCalls(),
          ({ startTime, sessionId }) => [startTime ?? 0, sessionId],
          page,
          USUAL_CALLS,
        ),
    }),
  }),
});

builder.objectFields(Viewer, (t) => ({
  account: t.field({
    type: Account,
    nullable: true,
    description: 'The company of the user: its people, queues and calls.',
    resolve: (_, __, { account }) => account,
  }),
  extension: t.field({
    type: Extension,
    nullable: true,
    description:
      'The user among the extensions of the company, with their presence. Costs what `Account.extensions` costs, once.',
    extensions: READS,
    resolve: async ({ viewer }, _, { account }) => {
      const { extensionId, ...known } = await viewer();
      return (
        (await account.extension.load(extensionId).catch(nullIfExpected)) ?? bareExtension(extensionId, known)
      );
    },
  }),
}));
