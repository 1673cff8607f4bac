/** A call as the presence of its user shows it. */
import { addEnum, builder, CallParty, CallSession, keyedBy, paragraphs, READS } from './builder.ts';
import { Direction } from './call.ts';
import { loadParty } from './context.ts';
import { type ActiveCall as ActiveCallModel, TELEPHONY_STATUSES } from './model.ts';

/** Of one call, and of all calls of an extension in one word. */
export const TelephonyStatus = addEnum('TelephonyStatus', TELEPHONY_STATUSES, {
  description: 'What a call of the user is doing, in the coarse words of presence.',
  values: {
    NO_CALL: 'Ended, or about to.',
    CALL_CONNECTED: 'Connected.',
    RINGING: 'Rings, here or at the far end.',
    ON_HOLD: 'On hold.',
    PARKED_CALL: 'Parked.',
    UNKNOWN: 'A status that RingCentral has not published: `rawTelephonyStatus` has its text.',
  },
});

/** An entry of presence: the way from a user to their calls. */
export const ActiveCall = builder.objectRef<ActiveCallModel>('ActiveCall').implement({
  description: paragraphs(
    "A call of the user as RingCentral's presence shows it: enough for a list, and the key to the whole " +
      'call.',
    "Known limits of presence: it knows the user's own party only, and not the calls of queues and " +
      'other special extensions. `session` has everybody.',
    keyedBy('sessionId', 'partyId'),
  ),
  fields: (t) => ({
    sessionId: t.exposeID('sessionId', {
      description: 'The `telephonySessionId`: what every operation on a call wants.',
    }),
    partyId: t.exposeID('partyId', { description: "The user's own party in it." }),
    telephonyStatus: t.expose('telephonyStatus', {
      type: TelephonyStatus,
      description: 'What the call is doing.',
    }),
    rawTelephonyStatus: t.exposeString('rawTelephonyStatus', {
      description: 'The same as RingCentral wrote it.',
    }),
    direction: t.expose('direction', {
      type: Direction,
      nullable: true,
      description: 'Whether the call came to the user or from them.',
    }),
    from: t.exposeString('from', { nullable: true, description: 'Number or extension that calls.' }),
    fromName: t.exposeString('fromName', { nullable: true, description: 'Name of who calls.' }),
    to: t.exposeString('to', { nullable: true, description: 'Number or extension that is called.' }),
    toName: t.exposeString('toName', { nullable: true, description: 'Name of who is called.' }),
    startTime: t.expose('startTime', { type: 'DateTime', nullable: true, description: 'When it began.' }),
    queueCall: t.exposeBoolean('queueCall', {
      nullable: true,
      description: 'Whether it came through a call queue.',
    }),
    onBehalfOf: t.exposeString('onBehalfOf', {
      nullable: true,
      description: 'The extension on whose behalf the call is made.',
    }),
    terminationType: t.exposeString('terminationType', {
      nullable: true,
      description: "RingCentral's own word for where the leg ends. Opaque.",
    }),
    legacySessionId: t.exposeID('legacySessionId', {
      nullable: true,
      description:
        "RingCentral's older numeric session id. Its call log knows the call by this one; operations " +
        'here do not take it.',
    }),
    presenceId: t.exposeString('presenceId', {
      nullable: true,
      description:
        "Presence's own id of the entry, where it gives one. Opaque, taken by no operation, and not a key: " +
        'it may be missing, and nobody documents that it is unique.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        "When this was true: when RingCentral's presence answered it, or when a subscription that watches " +
        'the call showed it. Strictly increasing per session and party: of two states keep the later. ' +
        'While nothing changes it is not sent again.',
    }),
    session: t.field({
      type: CallSession,
      nullable: true,
      description:
        'The whole call; null when it ended meanwhile. Costs one Light request per call, and nothing ' +
        'while a subscription of the user watches it.',
      extensions: READS,
      resolve: ({ sessionId }, _, { loaders }) => loaders.session.load(sessionId),
    }),
    party: t.field({
      type: CallParty,
      nullable: true,
      description:
        "The user's own party; null when the call ended meanwhile. Costs nothing beside `session`.",
      resolve: ({ sessionId, partyId }, _, context, info) => loadParty(context, { sessionId, partyId }, info),
    }),
  }),
});
