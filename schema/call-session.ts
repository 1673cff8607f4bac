/** A call: its parties and how it began, read by its id; and what its state allows. */
import { addEnum, builder, CallParty, CallSession, keyedBy, paragraphs, READS, spends } from './builder.ts';
import { Call } from './call.ts';
import { checkId, checkIds } from './checks.ts';
import { loadParty } from './context.ts';
import { CallAction } from './failure-types.ts';
import { CALL_ACTIONS } from './failures.ts';
import {
  type CallSession as CallSessionModel,
  findParty,
  ORIGIN_TYPES,
  type OriginType as OriginTypeName,
} from './model.ts';
import type { AvailableAction as AvailableActionModel } from './provider.ts';

const OriginType = addEnum('OriginType', ORIGIN_TYPES, {
  description: 'How a call began.',
  values: {
    CALL: 'Somebody dialled.',
    RING_OUT: 'RingOut: RingCentral called both sides.',
    RING_ME: 'RingMe: a web page asked RingCentral to call both sides.',
    CONFERENCE: 'A conference.',
    GREETINGS_RECORDING: 'A greeting is being recorded over the phone.',
    VERIFICATION_CALL: 'RingCentral verifies a phone number.',
    ZOOM: 'A Zoom meeting.',
    CALL_OUT: 'A command placed it: `makeCallOut`. RingCentral may show `CALL` for such a call.',
    UNKNOWN: 'An origin that RingCentral has not published: `rawType` has its text.',
  },
});

const CallOrigin = builder
  .objectRef<{ readonly type: OriginTypeName; readonly rawType: string | null }>('CallOrigin')
  .implement({
    description: 'How a call began.',
    fields: (t) => ({
      type: t.expose('type', { type: OriginType, description: 'How it began.' }),
      rawType: t.exposeString('rawType', {
        nullable: true,
        description: 'The type as RingCentral wrote it.',
      }),
    }),
  });

CallSession.implement({
  description: paragraphs(
    'A call of RingCentral, which calls it a telephony session. It lives until its last party leaves, and may ' +
      'outlive any of them: a transfer changes the parties, not the session.',
    'One conversation may span two sessions: after a warm transfer or in a conference, parties that are ' +
      '`GONE` point to their `peer` in the other session.',
    keyedBy('id'),
  ),
  interfaces: [Call],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The `telephonySessionId` of RingCentral, like `s-…`. Opaque.' }),
    origin: t.field({
      type: CallOrigin,
      nullable: true,
      description: 'How it began.',
      resolve: ({ originType, rawOriginType }) =>
        originType === null ? null : { type: originType, rawType: rawOriginType },
    }),
    voiceCallToken: t.exposeString('voiceCallToken', {
      nullable: true,
      description: "Only of a conference: what the host's phone dials to join it.",
    }),
    creationTime: t.expose('creationTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it began, to the second: the same as `startedAt`.',
    }),
    parties: t.expose('parties', {
      type: [CallParty],
      description: 'Everybody who is or was part of it. Empty for a conference that nobody has joined yet.',
    }),
    participants: t.expose('parties', {
      type: [CallParty],
      description: 'The same as `parties`, under the name that calls of all phone systems share.',
    }),
    party: t.field({
      type: CallParty,
      nullable: true,
      description: 'One of its parties; null when it has no such party. Costs nothing more.',
      args: { id: t.arg.id({ required: true, description: 'The id of the party.' }) },
      resolve: (session, { id }) => findParty(session, checkId(id, 'id')) ?? null,
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description: 'When this state was true: now, or the last look of a subscription that watches the call.',
    }),
  }),
});

const AvailableAction = builder.objectRef<AvailableActionModel>('AvailableAction').implement({
  description:
    'Whether the state of a party allows an action now. It is worked out from the state alone: ' +
    'permissions, licences and a change in the same instant may still refuse it. Whether a user may act on the party of ' +
    'a colleague is for RingCentral to decide: an administrator usually may, others get `CommandForbidden`.',
  fields: (t) => ({
    action: t.expose('action', { type: CallAction, description: 'The action.' }),
    allowed: t.exposeBoolean('allowed', { description: 'Whether to offer it.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why not, in words to show to a person; null when it is allowed.',
    }),
  }),
});

builder.objectFields(CallParty, (t) => ({
  session: t.field({
    type: CallSession,
    nullable: true,
    description:
      'The call it is part of; null when RingCentral knows it no more. Costs nothing where the party ' +
      'was read with its session, else one Light request.',
    resolve: (party, _, { loaders }) => loaders.session.load(party.sessionId),
  }),
  availableActions: t.field({
    type: [AvailableAction],
    description:
      'Every action, and whether the state of the call allows it on this party now: enough to draw the ' +
      'buttons. Costs what `session` costs.',
    extensions: { usualLength: CALL_ACTIONS.length },
    resolve: async (party, _, { loaders, provider }) => {
      const session = await loaders.session.load(party.sessionId);
      return session === null ? NOTHING_ALLOWED : provider.availableActions(session, party);
    },
  }),
}));

const NOTHING_ALLOWED: readonly AvailableActionModel[] = CALL_ACTIONS.map((action) => ({
  action,
  allowed: false,
  reason: 'The call is over.',
}));

builder.queryFields((t) => ({
  callSession: t.field({
    type: CallSession,
    nullable: true,
    description: paragraphs(
      'A call by its id; null when RingCentral knows no such call, or no more: it forgets a call soon ' +
        'after its end.',
      'While a subscription of the same user watches the call, the answer comes from there and costs ' +
        'nothing. When the rate budget is spent, it may be up to a minute old then: `observedAt` tells.',
      spends(
        'readCallSessionStatus',
        'GET /restapi/v1.0/account/~/telephony/sessions/{telephonySessionId}',
        'Light',
      ),
    ),
    args: { id: t.arg.id({ required: true, description: 'The `telephonySessionId`, like `s-…`.' }) },
    extensions: READS,
    resolve: (_, { id }, { loaders }) => loaders.session.load(checkId(id, 'id')),
  }),
  callSessions: t.field({
    type: [CallSession],
    nullable: { list: false, items: true },
    description: paragraphs(
      'Several calls, in the order asked, with null where RingCentral knows no such call. An id that is ' +
        'asked twice is read once. A call that cannot be read is null too, with an error of its own.',
      'Costs what `callSession` costs, for each different call: mind the rate budget before asking for many.',
    ),
    args: { ids: t.arg.idList({ required: true, description: 'At most 100 ids.' }) },
    extensions: { ...READS, countedBy: 'ids' },
    // Not a promise for each: of a list where one of them fails, graphql-jit loses the order. An error stands for the
    // failure of its item.
    resolve: async (_, { ids }, { loaders }) =>
      (await loaders.session.loadMany(checkIds(ids, 'ids'))) as (CallSessionModel | null)[],
  }),
  callParty: t.field({
    type: CallParty,
    nullable: true,
    description: paragraphs(
      'One party of a call; null when there is no such call or party.',
      'When the operation also asks for its session, its available actions or other parties of the same ' +
        'session, the session is read instead, once for all of them.',
      spends(
        'readCallPartyStatus',
        'GET /restapi/v1.0/account/~/telephony/sessions/{telephonySessionId}/parties/{partyId}',
        'Light',
      ),
    ),
    args: {
      sessionId: t.arg.id({ required: true, description: 'The session it is in.' }),
      id: t.arg.id({ required: true, description: 'The id of the party.' }),
    },
    extensions: READS,
    resolve: (_, { sessionId, id }, context, info) =>
      loadParty(context, { sessionId: checkId(sessionId, 'sessionId'), partyId: checkId(id, 'id') }, info),
  }),
}));
