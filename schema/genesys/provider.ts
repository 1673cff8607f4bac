/**
 * What Genesys Cloud does for us: the door between the schema and whatever stands behind it, for one viewer.
 *
 * Reads throw as those of `CallProvider` do; a command's refusal is its result, as there.
 */
import type { CallActivity } from '../activity.ts';
import type { ActiveCallNotice, LiveSource } from '../provider.ts';
import type { CommandReport, SnapshotReason, StreamNoticeKind } from '../telling.ts';
import type { ParticipantAction } from './actions.ts';
import type {
  CallAttribute,
  CallConversation,
  CallMediaParticipant,
  ConversationUser,
  EntityKind,
  ParticipantAddress,
  ParticipantState,
  WrapupCode,
} from './model.ts';

/** Exactly one of the ways to name whom a new call goes to. */
export type PlacedCallTarget =
  | { readonly phoneNumber: string }
  | { readonly userId: string }
  | { readonly queueId: string };

/** Exactly one of the ways to name whom to call into a conference. */
export type ConferenceTarget =
  | { readonly address: string }
  | { readonly userId: string }
  | { readonly queueId: string };

export const CONTACT_PHONES = ['WORK', 'CELL', 'HOME', 'OTHER'] as const;
export type ContactPhone = (typeof CONTACT_PHONES)[number];

export interface ExternalContactTarget {
  readonly contactId: string;
  readonly phone?: ContactPhone | undefined;
}

/** Whom a consult transfer asks first. */
export type ConsultTarget =
  | { readonly userId: string }
  | { readonly queueId: string }
  | { readonly address: string }
  | { readonly externalContact: ExternalContactTarget };

/** Whom a call goes to. */
export type ParticipantTransferTarget =
  | ConsultTarget
  /** The voicemail of the participant that is replaced. */
  | { readonly voicemail: true };

export const CONVERSATION_TRANSFER_TYPES = ['ATTENDED', 'UNATTENDED'] as const;
/** `ATTENDED`: whoever transfers keeps the call until the target accepts it. */
export type ConversationTransferType = (typeof CONVERSATION_TRANSFER_TYPES)[number];

export const SPEAK_TOS = ['DESTINATION', 'OBJECT', 'BOTH', 'CONFERENCE'] as const;
/** Whom the agent who consults hears: the one who is asked, the one who is transferred, or both. */
export type SpeakTo = (typeof SPEAK_TOS)[number];

export const RECORDING_TYPES = ['AD_HOC', 'SNIPPET'] as const;
export type RecordingType = (typeof RECORDING_TYPES)[number];

interface InConversation {
  readonly conversationId: string;
}

/** The communication of a participant; left out: the one that is going on, else the latest, which a read finds. */
interface OnCommunication {
  readonly communicationId?: string | undefined;
}

interface WrapupFacts {
  /** Id of a wrap-up code; required unless it is provisional. */
  readonly code?: string | undefined;
  readonly notes?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly durationSeconds?: number | undefined;
  /** Epoch milliseconds. */
  readonly endTime?: number | undefined;
  readonly provisional?: boolean | undefined;
  readonly disableEndTimeUpdates?: boolean | undefined;
}

/** A command to Genesys Cloud; `name` is the mutation that asks for it. */
export type ConversationCommand =
  /** `POST /conversations/calls`, or `…/calls/user/{userId}` with `onBehalfOfUserId`. */
  | {
      readonly name: 'placeCall';
      readonly to: PlacedCallTarget;
      readonly callerId?: string | undefined;
      readonly callerIdName?: string | undefined;
      readonly callFromQueueId?: string | undefined;
      readonly onBehalfOfUserId?: string | undefined;
      readonly priority?: number | undefined;
      readonly languageId?: string | undefined;
      readonly routingSkillIds?: readonly string[] | undefined;
      readonly attributes?: readonly CallAttribute[] | undefined;
      readonly uuiData?: string | undefined;
      readonly externalContactId?: string | undefined;
      readonly label?: string | undefined;
    }
  /** `POST /conversations/calls` with participants, with conversations to merge, or both. */
  | {
      readonly name: 'startCallConference';
      readonly participants: readonly ConferenceTarget[];
      readonly conversationIds: readonly string[];
    }
  /** `PATCH /conversations/calls/{id}/conference`. */
  | ({
      readonly name: 'mergeCallConversations';
      readonly conversationIds: readonly string[];
    } & InConversation)
  /** `POST /conversations/calls/{id}/participants`. */
  | ({
      readonly name: 'addCallMediaParticipants';
      readonly participants: readonly ConferenceTarget[];
    } & InConversation)
  /** `PUT /conversations/calls/{id}/recordingstate`. */
  | ({ readonly name: 'pauseCallConversationRecording' } & InConversation)
  | ({ readonly name: 'resumeCallConversationRecording' } & InConversation)
  /** `PATCH /conversations/calls/{id}`; with `allMedia`, `DELETE /conversations/{id}`. */
  | ({ readonly name: 'disconnectCallConversation'; readonly allMedia: boolean } & InConversation)
  /** `POST /conversations/{id}/disconnect`. */
  | ({ readonly name: 'tearDownCallConversation' } & InConversation)
  /** `PATCH …/participants/{id}`, with the one field that the name says; with `communicationId`, of the communication. */
  | ({ readonly name: 'answerCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'disconnectCallMediaParticipant' } & ParticipantAddress & OnCommunication)
  | ({ readonly name: 'holdCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'unholdCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'muteCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'unmuteCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'confineCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'unconfineCallMediaParticipant' } & ParticipantAddress)
  /** `resumeTime` of a parked one, epoch milliseconds. */
  | ({
      readonly name: 'scheduleCallMediaParticipantResume';
      readonly resumeTime: number;
    } & ParticipantAddress)
  /** `AD_HOC`: `PATCH …/participants/{id}`; `SNIPPET`: `POST …/snippet/record`. */
  | ({
      readonly name: 'startRecordingCallMediaParticipant';
      readonly type: RecordingType;
    } & ParticipantAddress)
  | ({
      readonly name: 'stopRecordingCallMediaParticipant';
      readonly type: RecordingType;
    } & ParticipantAddress)
  | ({ readonly name: 'sendDigitsToCallMediaParticipant'; readonly digits: string } & ParticipantAddress)
  /** `POST …/replace/agent`, `/replace/queue`, `/replace/contact/external`, `/transfer`, `/replace` for voicemail. */
  | ({
      readonly name: 'transferCallMediaParticipant';
      readonly target: ParticipantTransferTarget;
      readonly transferType?: ConversationTransferType | undefined;
    } & ParticipantAddress)
  /** `POST …/consult/agent`, `/consult/queue`, `/consult/contact/external`, `/voice/consult`. The participant is transferred. */
  | ({
      readonly name: 'startConsultTransfer';
      readonly target: ConsultTarget;
      readonly speakTo?: SpeakTo | undefined;
      readonly consultingUserId?: string | undefined;
    } & ParticipantAddress)
  /** `PATCH …/consult`. */
  | ({
      readonly name: 'speakToInConsultTransfer';
      readonly speakTo: SpeakTo;
      readonly consultingUserId?: string | undefined;
    } & ParticipantAddress)
  /** The viewer's own participant is disconnected; addressed is who is transferred, as in the other three. */
  | ({ readonly name: 'completeConsultTransfer' } & ParticipantAddress)
  /** `DELETE …/consult`. */
  | ({ readonly name: 'cancelConsultTransfer' } & ParticipantAddress)
  /** `PATCH …/participants/{id}`; with `communicationId`, `POST …/communications/{id}/wrapup`. */
  | ({ readonly name: 'wrapUpCallMediaParticipant' } & WrapupFacts & ParticipantAddress & OnCommunication)
  /** `PATCH …/participants/{id}` with `wrapupSkipped`. */
  | ({ readonly name: 'skipWrapUpCallMediaParticipant' } & ParticipantAddress)
  /** `PATCH /conversations/aftercallwork/…`. */
  | ({
      readonly name: 'setCallMediaParticipantAfterCallWork';
      readonly required: boolean;
    } & ParticipantAddress &
      OnCommunication)
  /** `PUT` and `DELETE …/flaggedreason`. */
  | ({ readonly name: 'flagCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'unflagCallMediaParticipant' } & ParticipantAddress)
  /** `POST …/monitor`, `/coach`, `/barge`. */
  | ({ readonly name: 'monitorCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'coachCallMediaParticipant' } & ParticipantAddress)
  | ({ readonly name: 'bargeCallMediaParticipant' } & ParticipantAddress)
  /** `PATCH …/attributes`: those that are not named stay. */
  | ({
      readonly name: 'setCallMediaParticipantAttributes';
      readonly attributes: readonly CallAttribute[];
    } & ParticipantAddress)
  /** `PUT …/communications/{id}/uuidata`. */
  | ({ readonly name: 'setCallMediaParticipantUuiData'; readonly uuiData: string } & ParticipantAddress &
      OnCommunication);

export type ConversationCommandName = ConversationCommand['name'];
export type ConversationCommandOf<Name extends ConversationCommandName> = Extract<
  ConversationCommand,
  { readonly name: Name }
>;

/** `APPLIED` when its effect was seen, by an event or a read: Genesys's 202 only means that it was accepted. */
export interface ConversationCommandResult extends CommandReport {
  /** The state as now known, also when the command failed; null where nothing is known. */
  readonly conversation: CallConversation | null;
  /** The addressed one; of `monitor…`, `coach…` and `barge…` too. */
  readonly participant: CallMediaParticipant | null;
  /** The one that it is about: addressed, or made by it. Null where the answer that named it was lost, and before it is sent. */
  readonly conversationId: string | null;
  /** Of `startConsultTransfer`: who is asked. Null of every other. */
  readonly destinationParticipantId: string | null;
}

/** Whether a participant's state allows an action now, and the reason to show when it does not. */
export interface AvailableParticipantAction {
  readonly action: ParticipantAction;
  readonly allowed: boolean;
  readonly reason: string | null;
}

/** The whole conversation as it is now; later events build on it. */
export interface ConversationSnapshot {
  readonly type: 'ConversationSnapshot';
  readonly cursor: string;
  readonly reason: SnapshotReason;
  readonly conversation: CallConversation;
}

/** One participant changed, or joined (the previous ones are null then). */
export interface CallMediaParticipantChange {
  readonly type: 'CallMediaParticipantChange';
  readonly cursor: string;
  readonly participant: CallMediaParticipant;
  readonly previousState: ParticipantState | null;
  readonly previousActivity: CallActivity | null;
  /** Changes of this participant that a slow reader did not get, because this one replaced them. */
  readonly skipped: number;
  /** The conversation as it was after this change: loaders are primed with it. */
  readonly conversation: CallConversation;
}

/** Something the client should show or do. `MOVED` does not come: Genesys moves nobody to another conversation. */
export interface ConversationStreamNotice {
  readonly type: 'ConversationStreamNotice';
  readonly cursor: string;
  readonly kind: StreamNoticeKind;
  readonly message: string;
  readonly conversationId: string;
  /** Epoch milliseconds, as of the notices of a RingCentral call. */
  readonly at: number | null;
}

export type ConversationEvent = ConversationSnapshot | CallMediaParticipantChange | ConversationStreamNotice;

/** The viewer's conversations, whole. */
export interface ConversationList {
  readonly type: 'ConversationList';
  readonly conversations: readonly CallConversation[];
  /** When the list was true, epoch milliseconds; later with each list that differs. */
  readonly observedAt: number;
}

export type ConversationListEvent = ConversationList | ActiveCallNotice;

/** One state of a participant and the conversation it is part of. */
export interface CallMediaParticipantUpdate {
  readonly participant: CallMediaParticipant;
  readonly conversation: CallConversation;
}

/** Genesys Cloud, acting for one viewer. */
export interface ConversationProvider {
  /**
   * Who the viewer is.
   * @throws {NotConfigured} where Genesys is off, {@link Unauthenticated} where the viewer has no token of it; else as
   * every read of a `CallProvider`. Both are said of every method here.
   */
  viewer(): Promise<ConversationUser>;
  /** The viewer's conversations that have a call, ringing ones included. */
  conversations(): Promise<readonly CallConversation[]>;
  /** A conversation by its id; null when Genesys knows no such one (any more). */
  conversation(id: string): Promise<CallConversation | null>;
  /** Names in the order of the ids; null where there is none, or Genesys shows none to the viewer. Read in bulk, and kept. */
  entityNames(kind: EntityKind, ids: readonly string[]): Promise<readonly (string | null)[]>;
  /** The ids of a participant's communications, the latest last: some commands take one. */
  communicationIds(address: ParticipantAddress): Promise<readonly string[]>;
  /** What the participant may be wrapped up with. */
  wrapupCodes(address: ParticipantAddress): Promise<readonly WrapupCode[]>;
  /** Sends a command once and tells what became of it. */
  command(command: ConversationCommand, idempotencyKey: string | null): Promise<ConversationCommandResult>;
  /** What the participant's state allows this viewer now; asks nobody. */
  availableActions(
    conversation: CallConversation,
    participant: CallMediaParticipant,
  ): readonly AvailableParticipantAction[];
  /** What happens to a conversation, in order; resumes after the cursor `after`. */
  conversationEvents(conversationId: string, after: string | null): AsyncIterableIterator<ConversationEvent>;
  /** The current participants of a conversation (or the one), then each that changes. */
  participantUpdates(
    conversationId: string,
    participantId: string | null,
  ): AsyncIterableIterator<CallMediaParticipantUpdate>;
  /** The viewer's conversations now, and again whenever the list or anything in it changes. */
  conversationUpdates(): AsyncIterableIterator<readonly CallConversation[]>;
  /** The same, each list with the time when it was true, and what tells that it may be old. */
  conversationListEvents(): AsyncIterableIterator<ConversationListEvent>;
  /** How changes come to be known now; null while nobody watches. */
  liveSource(): LiveSource | null;
}
