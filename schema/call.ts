/** What a call is in any phone system, and who takes part: for a screen that shows the calls of all of them alike. */
import { CALL_ACTIVITIES } from './activity.ts';
import { addEnum, builder, IN_PLACE, paragraphs } from './builder.ts';
import {
  activityOfParticipant,
  activityOfParty,
  isRecorded,
  isSessionOver,
  numberOfParticipant,
  ownEnd,
  sinceOfParticipant,
  startOfConversation,
} from './coarse.ts';
import { type CallConversation, type CallMediaParticipant, isConversationOver } from './genesys/model.ts';
import { type CallParty, type CallSession, DIRECTIONS } from './model.ts';
import type { PhoneSystem as PhoneSystemName } from './systems.ts';

/** Also of a call in the list of active calls. */
export const Direction = addEnum('Direction', DIRECTIONS, {
  description: paragraphs(
    "The way a leg goes. Of the user's own leg all phone systems say the same: `INBOUND`, they were called; `OUTBOUND`, " +
      'they called.',
    "In RingCentral a caller's own leg is `OUTBOUND` and the callee's leg is `INBOUND`, whoever is asking. In Genesys " +
      'Cloud a customer who calls in is `INBOUND`, and one who is called `OUTBOUND`.',
  ),
  values: {
    INBOUND: 'To this party; in Genesys Cloud also from a customer who called in.',
    OUTBOUND: 'From this party; in Genesys Cloud also to a customer who is called.',
    UNKNOWN: 'A direction that the phone system has not published.',
  },
});

/** Also what a participant was doing before a change. */
export const CallActivity = addEnum('CallActivity', CALL_ACTIVITIES, {
  description:
    'What somebody in a call is doing, in a coarse word that is true of every phone system. Each system has finer ' +
    'words of its own: `CallParty.status`, `CallMediaParticipant.state`.',
  values: {
    DIALING: 'The call is being set up, or waits for the far end.',
    RINGING: 'The call rings here and waits to be answered.',
    CONNECTED: 'Is in the call.',
    ON_HOLD: 'Is in the call, and has put it on hold, or was put on hold.',
    PARKED: 'Waits to be picked up.',
    VOICEMAIL: 'The call is with voicemail.',
    WRAPPING_UP: 'Has left the call, and still owes the work after it. Only in Genesys Cloud.',
    LEFT: 'Has left the call for good.',
    UNKNOWN: 'None of these, or a word that the phone system has not published.',
  },
});

const PhoneSystem = builder.enumType('PhoneSystem', {
  description: 'A phone system behind this gateway.',
  values: {
    RINGCENTRAL: {
      value: 'ringcentral',
      description: 'RingCentral: `ringcentral` in `extensions.system` of an error.',
    },
    GENESYS: {
      value: 'genesys',
      description: 'Genesys Cloud: `genesys` in `extensions.system` of an error.',
    },
  } satisfies Record<Uppercase<PhoneSystemName>, { value: PhoneSystemName; description: string }>,
});

/** A call of any phone system. */
export const Call = builder.interfaceRef<CallSession | CallConversation>('Call');

/** Somebody in a call of any phone system. */
export const CallParticipant = builder
  .interfaceRef<CallParty | CallMediaParticipant>('CallParticipant')
  .implement({
    description:
      'Somebody in a call of any phone system, in what is common to all: a `CallParty` of RingCentral or a ' +
      '`CallMediaParticipant` of Genesys Cloud. Enough for a card that shows either; ask for `__typename` and for the ' +
      'fields of each to show more. Caches find its key at the two types.',
    resolveType: (participant) => (isParty(participant) ? 'CallParty' : 'CallMediaParticipant'),
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Unique inside its call.' }),
      system: t.field({
        type: PhoneSystem,
        description: 'The phone system the call is in.',
        extensions: IN_PLACE,
        resolve: (participant) => (isParty(participant) ? 'ringcentral' : 'genesys'),
      }),
      call: t.field({
        type: Call,
        nullable: true,
        description:
          'The call it is part of; null when the phone system knows it no more. Costs nothing where the participant was ' +
          'read with its call, else one read.',
        resolve: (participant, _, { loaders, conversations }) =>
          isParty(participant)
            ? loaders.session.load(participant.sessionId)
            : conversations.conversation.load(participant.conversationId),
      }),
      name: t.string({
        nullable: true,
        description:
          "Who it is, where a name is known: of a RingCentral party, the name of the party's own end of the line.",
        extensions: IN_PLACE,
        resolve: (participant) =>
          isParty(participant) ? (ownEnd(participant)?.name ?? null) : participant.name,
      }),
      number: t.string({
        nullable: true,
        description:
          'The number of who it is, like `+12025550147` or, inside the company, `101`; null where none is known.',
        extensions: IN_PLACE,
        resolve: (participant) =>
          isParty(participant)
            ? (ownEnd(participant)?.phoneNumber ?? null)
            : numberOfParticipant(participant),
      }),
      direction: t.expose('direction', {
        type: Direction,
        nullable: true,
        description: 'The way its leg goes.',
      }),
      activity: t.field({
        type: CallActivity,
        description: 'What it is doing, in one coarse word.',
        extensions: IN_PLACE,
        resolve: (participant) =>
          isParty(participant) ? activityOfParty(participant) : activityOfParticipant(participant),
      }),
      held: t.boolean({
        nullable: true,
        description:
          'Whether it has put the call on hold, or was put on hold. Whoever waits at the other end is not `held`: they hear ' +
          'music, and stay as they are.',
        extensions: IN_PLACE,
        resolve: (participant) =>
          isParty(participant) ? participant.status.code === 'HOLD' : participant.held,
      }),
      muted: t.exposeBoolean('muted', { nullable: true, description: 'Whether it is muted.' }),
      recorded: t.boolean({
        description: 'Whether it is being recorded at this moment. False while every recording is paused.',
        extensions: IN_PLACE,
        resolve: (participant) =>
          isParty(participant)
            ? participant.recordings.some(({ active }) => active)
            : isRecorded(participant),
      }),
      since: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'Since when it has been doing what `activity` says; null where the phone system does not tell, as RingCentral ' +
          'never does: count from `call.startedAt` then.',
        extensions: IN_PLACE,
        resolve: (participant) => (isParty(participant) ? null : sinceOfParticipant(participant)),
      }),
      observedAt: t.expose('observedAt', {
        type: 'DateTime',
        description:
          'When this state was true. Strictly increasing per participant: of two states keep the one with the later ' +
          '`observedAt`, wherever they came from.',
      }),
    }),
  });

Call.implement({
  description:
    'A call of any phone system, in what is common to all: a `CallSession` of RingCentral or a `CallConversation` of ' +
    'Genesys Cloud. Ask for `__typename` and for the fields of each to show more. Caches find its key at the two types.',
  resolveType: (call) => (isSession(call) ? 'CallSession' : 'CallConversation'),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the call in its phone system. Opaque.' }),
    system: t.field({
      type: PhoneSystem,
      description: 'The phone system it is in.',
      extensions: IN_PLACE,
      resolve: (call) => (isSession(call) ? 'ringcentral' : 'genesys'),
    }),
    participants: t.field({
      type: [CallParticipant],
      description: 'Everybody who is or was part of it.',
      resolve: (call) => (isSession(call) ? call.parties : call.participants),
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it began, where the phone system tells.',
      extensions: IN_PLACE,
      resolve: (call) => (isSession(call) ? call.creationTime : startOfConversation(call)),
    }),
    isOver: t.boolean({
      description:
        'True when everybody has left. An agent may still owe the work after it (`WRAPPING_UP`, only in Genesys Cloud).',
      extensions: IN_PLACE,
      resolve: (call) => (isSession(call) ? isSessionOver(call) : isConversationOver(call)),
    }),
    observedAt: t.expose('observedAt', { type: 'DateTime', description: 'When this state was true.' }),
  }),
});

function isSession(call: CallSession | CallConversation): call is CallSession {
  return 'parties' in call;
}

function isParty(participant: CallParty | CallMediaParticipant): participant is CallParty {
  return 'sessionId' in participant;
}
