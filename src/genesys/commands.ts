/** From a command to the request that asks Genesys Cloud for it. */
import type { CallAttribute } from '../../schema/genesys/model.ts';
import type {
  ConsultTarget,
  ContactPhone,
  ConversationCommand,
  ConversationCommandName,
  ConversationCommandOf,
  ConversationTransferType,
  ExternalContactTarget,
  PlacedCallTarget,
} from '../../schema/genesys/provider.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** A request that asks for a command. */
export interface CommandRequest {
  readonly operation: Operation;
  /** What fills the path. */
  readonly ids: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

/** What a command may leave open, and its request cannot do without: one that lacks it is no {@link WholeCommand}. */
interface Needed {
  /**
   * The viewer's own participant: to complete a consultation is to hang that one up. The one that the command names is the
   * customer, who must never be hung up instead.
   */
  readonly completeConsultTransfer: { readonly ownParticipantId: string };
  readonly setCallMediaParticipantAfterCallWork: { readonly communicationId: string };
  readonly setCallMediaParticipantUuiData: { readonly communicationId: string };
}

/** A command with all that its request needs. */
export type WholeCommandOf<Name extends ConversationCommandName> = ConversationCommandOf<Name> &
  (Name extends keyof Needed ? Needed[Name] : unknown);

export type WholeCommand = {
  readonly [Name in ConversationCommandName]: WholeCommandOf<Name>;
}[ConversationCommandName];

/** A command of which it is known whom it hangs up; the communication that it is about may still be open. */
export type SafeCommand =
  | Exclude<ConversationCommand, { readonly name: 'completeConsultTransfer' }>
  | WholeCommandOf<'completeConsultTransfer'>;

/** The request that a command is. */
export function toRequest(command: WholeCommand): CommandRequest {
  const write = WRITERS[command.name] as (command: WholeCommand) => CommandRequest;
  return write(command);
}

type Writer<Name extends ConversationCommandName> = (command: WholeCommandOf<Name>) => CommandRequest;

const WRITERS: { readonly [Name in ConversationCommandName]: Writer<Name> } = {
  placeCall: ({ name: _, to, onBehalfOfUserId, routingSkillIds, attributes, ...facts }) => {
    const body = defined({
      ...destinationOf(to),
      ...facts,
      routingSkillsIds: routingSkillIds,
      attributes: attributes && mapOf(attributes),
    });
    return onBehalfOfUserId === undefined
      ? { operation: OPERATIONS.postConversationsCalls, ids: {}, body }
      : { operation: OPERATIONS.postConversationsCallsUserUserId, ids: { userId: onBehalfOfUserId }, body };
  },
  startCallConference: ({ participants, conversationIds }) => ({
    operation: OPERATIONS.postConversationsCalls,
    ids: {},
    body: defined({
      participants: participants.length === 0 ? undefined : participants,
      conversationIds: conversationIds.length === 0 ? undefined : conversationIds,
    }),
  }),
  mergeCallConversations: ({ conversationId, conversationIds }) => ({
    operation: OPERATIONS.patchConversationsCallConference,
    ids: { conversationId },
    body: { conversationIds },
  }),
  addCallMediaParticipants: ({ conversationId, participants }) => ({
    operation: OPERATIONS.postConversationsCallParticipants,
    ids: { conversationId },
    body: { participants },
  }),
  pauseCallConversationRecording: ({ conversationId }) => ({
    operation: OPERATIONS.putConversationsCallRecordingstate,
    ids: { conversationId },
    body: { recordingState: 'PAUSED' },
  }),
  resumeCallConversationRecording: ({ conversationId }) => ({
    operation: OPERATIONS.putConversationsCallRecordingstate,
    ids: { conversationId },
    body: { recordingState: 'ACTIVE' },
  }),
  disconnectCallConversation: ({ conversationId, allMedia }) =>
    allMedia
      ? { operation: OPERATIONS.deleteConversation, ids: { conversationId } }
      : {
          operation: OPERATIONS.patchConversationsCall,
          ids: { conversationId },
          body: { state: 'disconnected' },
        },
  tearDownCallConversation: ({ conversationId }) => ({
    operation: OPERATIONS.postConversationDisconnect,
    ids: { conversationId },
  }),
  answerCallMediaParticipant: (command) => change(command, { state: 'connected' }),
  disconnectCallMediaParticipant: (command) =>
    command.communicationId === undefined
      ? change(command, { state: 'disconnected' })
      : onParticipant(
          command,
          OPERATIONS.patchConversationsCallParticipantCommunication,
          { state: 'disconnected' },
          { communicationId: command.communicationId },
        ),
  holdCallMediaParticipant: (command) => change(command, { held: true }),
  unholdCallMediaParticipant: (command) => change(command, { held: false }),
  muteCallMediaParticipant: (command) => change(command, { muted: true }),
  unmuteCallMediaParticipant: (command) => change(command, { muted: false }),
  confineCallMediaParticipant: (command) => change(command, { confined: true }),
  unconfineCallMediaParticipant: (command) => change(command, { confined: false }),
  scheduleCallMediaParticipantResume: (command) =>
    change(command, { resumeTime: new Date(command.resumeTime).toISOString() }),
  startRecordingCallMediaParticipant: (command) => recording(command, true),
  stopRecordingCallMediaParticipant: (command) => recording(command, false),
  sendDigitsToCallMediaParticipant: (command) =>
    onParticipant(command, OPERATIONS.postConversationParticipantDigits, { digits: command.digits }),
  transferCallMediaParticipant: (command) => {
    const { target, transferType } = command;
    const how = defined({ transferType: transferType && TRANSFER_TYPES[transferType] });
    if ('voicemail' in target) {
      return onParticipant(command, OPERATIONS.postConversationsCallParticipantReplace, {
        voicemail: true,
        ...how,
      });
    }
    return onParticipant(command, OPERATIONS[TRANSFERS[kindOf(target)]], { ...targetOf(target), ...how });
  },
  startConsultTransfer: (command) =>
    onParticipant(
      command,
      OPERATIONS[CONSULTS[kindOf(command.target)]],
      defined({
        ...targetOf(command.target),
        speakTo: command.speakTo,
        consultingUserId: command.consultingUserId,
      }),
    ),
  speakToInConsultTransfer: (command) =>
    onParticipant(
      command,
      OPERATIONS.patchConversationsCallParticipantConsult,
      defined({ speakTo: command.speakTo, consultingUserId: command.consultingUserId }),
    ),
  // It is over when whoever consults hangs up.
  completeConsultTransfer: ({ conversationId, ownParticipantId }) =>
    change({ conversationId, participantId: ownParticipantId }, { state: 'disconnected' }),
  cancelConsultTransfer: (command) =>
    onParticipant(command, OPERATIONS.deleteConversationsCallParticipantConsult),
  wrapUpCallMediaParticipant: ({ name: _, conversationId, participantId, communicationId, ...facts }) => {
    const { endTime, ...rest } = facts;
    const wrapup = defined({ ...rest, endTime: endTime && new Date(endTime).toISOString() });
    const address = { conversationId, participantId };
    return communicationId === undefined
      ? change(address, { wrapup })
      : onParticipant(address, OPERATIONS.postConversationsCallParticipantCommunicationWrapup, wrapup, {
          communicationId,
        });
  },
  skipWrapUpCallMediaParticipant: (command) => change(command, { wrapupSkipped: true }),
  setCallMediaParticipantAfterCallWork: (command) =>
    onParticipant(
      command,
      OPERATIONS.patchConversationsAftercallworkConversationIdParticipantCommunication,
      { afterCallWorkRequired: command.required },
      { communicationId: command.communicationId },
    ),
  flagCallMediaParticipant: (command) =>
    onParticipant(command, OPERATIONS.putConversationParticipantFlaggedreason),
  unflagCallMediaParticipant: (command) =>
    onParticipant(command, OPERATIONS.deleteConversationParticipantFlaggedreason),
  monitorCallMediaParticipant: (command) =>
    onParticipant(command, OPERATIONS.postConversationsCallParticipantMonitor),
  coachCallMediaParticipant: (command) =>
    onParticipant(command, OPERATIONS.postConversationsCallParticipantCoach),
  bargeCallMediaParticipant: (command) =>
    onParticipant(command, OPERATIONS.postConversationsCallParticipantBarge),
  setCallMediaParticipantAttributes: (command) =>
    onParticipant(command, OPERATIONS.patchConversationsCallParticipantAttributes, {
      attributes: mapOf(command.attributes),
    }),
  setCallMediaParticipantUuiData: (command) =>
    onParticipant(
      command,
      OPERATIONS.putConversationsCallParticipantCommunicationUuidata,
      { uuiData: command.uuiData },
      { communicationId: command.communicationId },
    ),
};

interface Addressed {
  readonly conversationId: string;
  readonly participantId: string;
}

function onParticipant(
  { conversationId, participantId }: Addressed,
  operation: Operation,
  body?: object,
  more: Readonly<Record<string, string>> = {},
): CommandRequest {
  return { operation, ids: { conversationId, participantId, ...more }, body };
}

/** One field of the participant, and nothing else: whatever is sent is set. */
function change(address: Addressed, body: object): CommandRequest {
  return onParticipant(address, OPERATIONS.patchConversationsCallParticipant, body);
}

function recording(
  command: ConversationCommandOf<'startRecordingCallMediaParticipant' | 'stopRecordingCallMediaParticipant'>,
  record: boolean,
): CommandRequest {
  return command.type === 'AD_HOC'
    ? change(command, { recording: record })
    : onParticipant(command, OPERATIONS.postConversationsCallParticipantSnippetRecord, {
        type: 'snippet',
        record,
      });
}

function destinationOf(to: PlacedCallTarget): object {
  if ('userId' in to) return { callUserId: to.userId };
  return 'queueId' in to ? { callQueueId: to.queueId } : { phoneNumber: to.phoneNumber };
}

type TargetKind = 'user' | 'queue' | 'contact' | 'address';

function kindOf(target: ConsultTarget): TargetKind {
  if ('userId' in target) return 'user';
  if ('queueId' in target) return 'queue';
  return 'address' in target ? 'address' : 'contact';
}

const TRANSFERS = {
  user: 'postConversationParticipantReplaceAgent',
  queue: 'postConversationParticipantReplaceQueue',
  contact: 'postConversationParticipantReplaceContactExternal',
  address: 'postConversationParticipantTransfer',
} as const;

const CONSULTS = {
  user: 'postConversationsCallParticipantConsultAgent',
  queue: 'postConversationsCallParticipantConsultQueue',
  contact: 'postConversationsCallParticipantConsultContactExternal',
  address: 'postConversationsCallParticipantVoiceConsult',
} as const;

function targetOf(target: ConsultTarget): object {
  return 'externalContact' in target ? contactOf(target.externalContact) : target;
}

function contactOf({ contactId, phone }: ExternalContactTarget): object {
  return defined({ contactId, phoneType: phone && PHONES[phone] });
}

const PHONES: Readonly<Record<ContactPhone, string>> = {
  WORK: 'WorkPhone',
  CELL: 'CellPhone',
  HOME: 'HomePhone',
  OTHER: 'OtherPhone',
};

const TRANSFER_TYPES: Readonly<Record<ConversationTransferType, string>> = {
  ATTENDED: 'Attended',
  UNATTENDED: 'Unattended',
};

function mapOf(attributes: readonly CallAttribute[]): Readonly<Record<string, string>> {
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}

function defined(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
