/** A call of the company, and who of its extensions takes part. */
import { ActiveCall } from '../active-call.ts';
import { builder, CallSession, keyedBy, paragraphs, READS } from '../builder.ts';
import { nullIfExpected } from '../command-shape.ts';
import type { CallLoaders } from '../context.ts';
import { type CallSession as CallSessionModel, isOver } from '../model.ts';
import { connectionOf } from './connection.ts';
import type { AccountCall as AccountCallModel, AccountCallPart as PartModel } from './model.ts';
import { bareExtension, Extension } from './nouns.ts';

const AccountCallPart = builder.objectRef<PartModel>('AccountCallPart').implement({
  description: 'An extension in a call.',
  fields: (t) => ({
    extensionId: t.exposeID('extensionId', { description: 'Who takes part.' }),
    extension: t.field({
      type: Extension,
      description: 'The same by name. Costs what `Account.extensions` costs, once.',
      resolve: async ({ extensionId }, _, { account }) =>
        (await account.extension.load(extensionId).catch(nullIfExpected)) ?? bareExtension(extensionId),
    }),
    call: t.field({
      type: ActiveCall,
      description: 'The call as the presence of this extension shows it. Costs nothing.',
      resolve: ({ call }) => call,
    }),
  }),
});

/** One call of the account. */
export const AccountCall = builder.objectRef<AccountCallModel>('AccountCall').implement({
  description: paragraphs(
    'A call of the company that is going on, once, however many of its extensions take part.',
    keyedBy('sessionId'),
  ),
  fields: (t) => ({
    sessionId: t.exposeID('sessionId', {
      description: 'The `telephonySessionId`: what every operation on a call wants.',
    }),
    session: t.field({
      type: CallSession,
      nullable: true,
      description:
        'The whole call; null when it ended meanwhile, or is not shown to the user. Costs one Light request per call, and ' +
        'nothing while a subscription of the user watches the account or the call.',
      extensions: READS,
      resolve: ({ sessionId, session }, _, { loaders }) => session ?? loaders.session.load(sessionId),
    }),
    parts: t.field({
      type: [AccountCallPart],
      extensions: { usualLength: 2 },
      description:
        'Who of the company takes part, as far as their presence is shown to the user. Who calls from outside is in ' +
        '`session`. Costs nothing.',
      resolve: ({ parts }) => parts,
    }),
    startTime: t.expose('startTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it began, where RingCentral tells it.',
    }),
    observedAt: t.expose('observedAt', { type: 'DateTime', description: 'When this was true.' }),
  }),
});

/** A page of calls. */
export const AccountCallConnection = connectionOf('AccountCall', AccountCall, 'calls');

/** Those of the calls that came through a queue; of whom nobody knows it by their parts, the call is looked at. */
export async function takesPartOf(
  calls: readonly AccountCallModel[],
  queueId: string,
  loaders: CallLoaders,
): Promise<readonly AccountCallModel[]> {
  const found = await Promise.all(
    calls.map(async (one) => {
      const mayBe = one.session !== null || one.parts.some(({ call }) => call.queueCall !== false);
      if (!mayBe) return [];
      const session = one.session ?? (await loaders.session.load(one.sessionId));
      return session !== null && isOfQueue(session, queueId) ? [{ ...one, session }] : [];
    }),
  );
  return found.flat();
}

/** A leg of it that is still there is the queue's, or says that it came from there. */
function isOfQueue({ parties }: CallSessionModel, queueId: string): boolean {
  return parties.some(
    ({ status, extensionId, to }) =>
      !isOver(status) && (extensionId === queueId || to?.extensionId === queueId),
  );
}
