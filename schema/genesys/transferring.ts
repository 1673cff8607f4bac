/** A call goes to somebody else: at once, or after asking them. */
import { addEnum, builder } from '../builder.ts';
import { checkId, checkTarget, refusal } from '../checks.ts';
import { given, optional } from './checks.ts';
import {
  addConversationCommand,
  CallMediaParticipantPayload,
  ConsultTransferPayload,
  onParticipant,
  PARTICIPANT,
  participantOf,
} from './command.ts';
import {
  CONTACT_PHONES,
  CONVERSATION_TRANSFER_TYPES,
  type ConsultTarget,
  type ContactPhone as ContactPhoneName,
  type ParticipantTransferTarget,
  SPEAK_TOS,
} from './provider.ts';

const ContactPhone = addEnum('ContactPhone', CONTACT_PHONES, {
  description: 'Which phone of an external contact.',
  values: {
    WORK: 'The one at work.',
    CELL: 'The mobile phone.',
    HOME: 'The one at home.',
    OTHER: 'Another one.',
  },
});

const ConversationTransferType = addEnum('ConversationTransferType', CONVERSATION_TRANSFER_TYPES, {
  description: 'Whether whoever transfers waits for the target.',
  values: {
    ATTENDED: 'They keep the call until the target accepts it.',
    UNATTENDED: 'They leave at once.',
  },
});

const SpeakTo = addEnum('SpeakTo', SPEAK_TOS, {
  description: 'Whom the agent who consults speaks with.',
  values: {
    DESTINATION: 'With the one who is asked; the other waits.',
    OBJECT: 'With the one who is to be transferred; the one who is asked waits.',
    BOTH: 'With both, who do not hear each other.',
    CONFERENCE: 'All with each other.',
  },
});

const ExternalContactTargetInput = builder.inputType('ExternalContactTargetInput', {
  description: 'A contact outside of the organisation.',
  fields: (t) => ({
    contactId: t.id({ required: true, description: 'The contact.' }),
    phone: t.field({ type: ContactPhone, description: 'Which phone; left out: Genesys Cloud chooses.' }),
  }),
});

const ConsultTargetInput = builder.inputType('ConsultTargetInput', {
  isOneOf: true,
  description: 'Whom to ask first: exactly one of these.',
  fields: (t) => ({
    userId: t.id({ description: 'A user of the organisation.' }),
    queueId: t.id({ description: 'A queue: its next free agent is asked.' }),
    address: t.string({ description: 'A phone number or another address.' }),
    externalContact: t.field({ type: ExternalContactTargetInput, description: 'A contact outside.' }),
  }),
});

const ParticipantTransferTargetInput = builder.inputType('ParticipantTransferTargetInput', {
  isOneOf: true,
  description: 'Whom a call goes to: exactly one of these.',
  fields: (t) => ({
    userId: t.id({ description: 'A user of the organisation.' }),
    queueId: t.id({ description: 'A queue.' }),
    address: t.string({ description: 'A phone number or another address.' }),
    externalContact: t.field({ type: ExternalContactTargetInput, description: 'A contact outside.' }),
    voicemail: t.boolean({
      description:
        'Always `true`: the voicemail of the participant that is replaced. Only of a call to the user in person, not of ' +
        'one that came through a queue.',
    }),
  }),
});

addConversationCommand('transferCallMediaParticipant', {
  description: [
    'Transfers the call without asking the target first (a blind transfer). Address the participant that is replaced, ' +
      "usually the user's own: it leaves with the `disconnectType` `TRANSFER`, and a new participant for the target joins.",
    'By the kind of target this is `POST …/replace/agent`, `/replace/queue`, `/replace/contact/external`, `/transfer` ' +
      'for an address, and for voicemail `POST /api/v2/conversations/calls/…/replace`.',
    'Known limits: the call must be connected, to voicemail also while it rings, and the target must be somebody else. ' +
      'To speak with the target first use `startConsultTransfer`.',
  ],
  upstream: [
    'POST /conversations/{conversationId}/participants/{participantId}/replace/agent',
    '`conversation:communication:blindTransfer`, or `blindTransferAgent`, `blindTransferQueue`, ' +
      '`blindTransferExternalContact` for these targets',
  ],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    target: t.field({ type: ParticipantTransferTargetInput, required: true, description: 'Where it goes.' }),
    transferType: t.field({
      type: ConversationTransferType,
      description: 'Whether to wait for the target; left out: Genesys Cloud decides.',
    }),
  }),
  command: ({ target, transferType, ...participant }) => ({
    ...participantOf(participant),
    target: transferTarget(target),
    ...given({ transferType }),
  }),
});

const whoIsWho =
  'In a consult transfer the participant to address is the one who is to be transferred, usually the customer: of all ' +
  'four commands the same.';

addConversationCommand('startConsultTransfer', {
  description: [
    'Calls somebody to ask them before the call goes to them (a warm transfer). The customer waits meanwhile; ' +
      '`speakToInConsultTransfer` changes who hears whom, and then `completeConsultTransfer` or `cancelConsultTransfer` ' +
      'ends it.',
    whoIsWho,
    'By the kind of target this is `POST …/consult/agent`, `/consult/queue`, `/consult/contact/external`, or ' +
      '`/voice/consult` for an address.',
    'Known limits: not for oneself, and not in a conference.',
  ],
  upstream: [
    `POST ${PARTICIPANT}/consult/agent`,
    '`conversation:communication:consultTransfer`, or `consultTransferAgent`, `consultTransferQueue`, ' +
      '`consultTransferExternalContact` for these targets',
  ],
  payload: ConsultTransferPayload,
  fields: (t) => ({
    ...onParticipant(t),
    target: t.field({ type: ConsultTargetInput, required: true, description: 'Whom to ask.' }),
    speakTo: t.field({ type: SpeakTo, description: 'Whom to speak with first; left out: `DESTINATION`.' }),
    consultingUserId: t.id({
      description: 'The user who asks, where it is another than the one who commands.',
    }),
  }),
  command: ({ target, speakTo, consultingUserId, ...participant }) => ({
    ...participantOf(participant),
    target: consultTarget(target),
    ...given({ speakTo, consultingUserId: optional(consultingUserId, 'consultingUserId', checkId) }),
  }),
});

addConversationCommand('speakToInConsultTransfer', {
  description: [
    'Changes whom the agent who consults speaks with: this is hold during a consult transfer.',
    whoIsWho,
  ],
  upstream: [`PATCH ${PARTICIPANT}/consult`],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    speakTo: t.field({ type: SpeakTo, required: true, description: 'Whom to speak with.' }),
    consultingUserId: t.id({
      description: 'The user who asks, where it is another than the one who commands.',
    }),
  }),
  command: ({ speakTo, consultingUserId, ...participant }) => ({
    ...participantOf(participant),
    speakTo,
    ...given({ consultingUserId: optional(consultingUserId, 'consultingUserId', checkId) }),
  }),
});

addConversationCommand('completeConsultTransfer', {
  description: [
    "Leaves the call to the one who was asked: the user's own participant hangs up, and the other two talk on. Genesys " +
      'Cloud has no other way to complete a consult transfer. Where nobody is consulted it is refused (`WrongCallState`), and ' +
      'nobody is hung up on.',
    whoIsWho,
  ],
  upstream: [`PATCH ${PARTICIPANT}`],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('cancelConsultTransfer', {
  description: [
    'Calls a consult transfer off: who was asked is hung up on, and the agent speaks with the customer again.',
    whoIsWho,
  ],
  upstream: [`DELETE ${PARTICIPANT}/consult`],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

interface ExternalContact {
  readonly contactId: string;
  readonly phone?: ContactPhoneName | null | undefined;
}

interface ConsultWays {
  readonly userId?: string | null;
  readonly queueId?: string | null;
  readonly address?: string | null;
  readonly externalContact?: ExternalContact | null;
}

function consultTarget({ externalContact, ...way }: ConsultWays): ConsultTarget {
  if (externalContact == null) return checkTarget(given(way) as ConsultTarget, 'target');
  const { contactId, phone } = externalContact;
  checkTarget({ contactId }, 'target.externalContact');
  return { externalContact: { contactId, ...given({ phone }) } };
}

function transferTarget({
  voicemail,
  ...way
}: ConsultWays & { readonly voicemail?: boolean | null }): ParticipantTransferTarget {
  if (voicemail == null) return consultTarget(way);
  if (!voicemail) throw refusal('target.voicemail', 'false', 'true');
  return { voicemail: true };
}
