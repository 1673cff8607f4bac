/**
 * What a call is made of, in Genesys Cloud's words: a conversation, and the participants of its call medium.
 *
 * Plain immutable data, as in `schema/model.ts`: every value may be missing, because Genesys documents every field as
 * optional; an enum value that it has not published becomes `UNKNOWN`, and its text is kept beside it (`rawState`). Times
 * are epoch milliseconds. Numbers fit 32 bits where nothing else is said.
 *
 * A read and an event differ in what they tell. Here is what both can tell and what only a read does; what only events
 * tell is left out, because it would vanish with the next read.
 */

/**
 * A whole number of up to 64 bits as decimal text, like `9007199254740993`: JavaScript's numbers are exact only up to 2⁵³,
 * and `bigint` is not JSON.
 */
export type Int64 = string;

/** What an entity that is only pointed to is: names are read by kind. */
export const ENTITY_KINDS = [
  'USER',
  'QUEUE',
  'TEAM',
  'SCRIPT',
  'GROUP',
  'EXTERNAL_CONTACT',
  'EXTERNAL_ORGANIZATION',
  'LANGUAGE',
  'SKILL',
  'WRAPUP_CODE',
  'DIVISION',
  /** Something on the conversation, of which Genesys does not say what it is. */
  'UNKNOWN',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** Something of the organisation that a conversation points to. */
export interface EntityRef {
  readonly kind: EntityKind;
  readonly id: string;
  /** Null where the payload has none: events have names, reads often have not. */
  readonly name: string | null;
}

/** Documented, and seen in real conversations. */
export const PARTICIPANT_PURPOSES = [
  'AGENT',
  'USER',
  'CUSTOMER',
  'EXTERNAL',
  'ACD',
  'IVR',
  'DIALER',
  'VOICEMAIL',
  'STATION',
  'WORKFLOW',
  'GROUP',
  'FAX',
  'API',
  'CAMPAIGN',
  'OUTBOUND',
  'UNKNOWN',
] as const;
/** What a participant is there for. */
export type ParticipantPurpose = (typeof PARTICIPANT_PURPOSES)[number];

export const PARTICIPANT_STATES = [
  'ALERTING',
  'DIALING',
  'CONTACTING',
  'OFFERING',
  'CONNECTED',
  'DISCONNECTED',
  'TERMINATED',
  'CONVERTING',
  'UPLOADING',
  'TRANSMITTING',
  'SCHEDULED',
  'PARKED',
  'NONE',
  'UNKNOWN',
] as const;
/** What a participant is doing. A held participant stays `CONNECTED`: look at `held`. */
export type ParticipantState = (typeof PARTICIPANT_STATES)[number];

/** Events and reads spell two of these differently (`endpoint.dnd`, `endpoint.donotdisturb`): they are one here. */
export const DISCONNECT_TYPES = [
  'ENDPOINT',
  'ENDPOINT_DO_NOT_DISTURB',
  'CLIENT',
  'SYSTEM',
  'TIMEOUT',
  'TRANSFER',
  'TRANSFER_CONFERENCE',
  'TRANSFER_CONSULT',
  'TRANSFER_DO_NOT_DISTURB',
  'TRANSFER_FORWARD',
  'TRANSFER_NO_ANSWER',
  'TRANSFER_NOT_AVAILABLE',
  'TRANSPORT_FAILURE',
  'ERROR',
  'PEER',
  'OTHER',
  'SPAM',
  'UNCALLABLE',
  'INACTIVITY',
  'SESSION_EXPIRED',
  'TAKEOVER',
  'UNKNOWN',
] as const;
/** Why a participant left. */
export type DisconnectType = (typeof DISCONNECT_TYPES)[number];

export const CONVERSATION_DIRECTIONS = ['INBOUND', 'OUTBOUND', 'UNKNOWN'] as const;
export type ConversationDirection = (typeof CONVERSATION_DIRECTIONS)[number];

export const WRAPUP_PROMPTS = [
  'MANDATORY',
  'OPTIONAL',
  'AGENT_REQUESTED',
  'TIMEOUT',
  'FORCED_TIMEOUT',
  'UNKNOWN',
] as const;
/** How an agent is asked for a wrap-up. */
export type WrapupPrompt = (typeof WRAPUP_PROMPTS)[number];

export const FLAGGED_REASONS = ['GENERAL', 'UNKNOWN'] as const;
export type FlaggedReason = (typeof FLAGGED_REASONS)[number];

export const RECORDER_STATES = ['NONE', 'ACTIVE', 'PAUSED', 'UNKNOWN'] as const;
/** Lower case on a participant, upper case in `recordersState`; the same words here. */
export type RecorderState = (typeof RECORDER_STATES)[number];

export const FAX_DIRECTIONS = ['SEND', 'RECEIVE', 'UNKNOWN'] as const;
export type FaxDirection = (typeof FAX_DIRECTIONS)[number];

export const LIVE_SPEAKER_MODES = ['DISABLED', 'LOW', 'MEDIUM', 'HIGH', 'UNKNOWN'] as const;
export type LiveSpeakerMode = (typeof LIVE_SPEAKER_MODES)[number];

export const TRANSFER_STATES = [
  'PENDING',
  'ACTIVE',
  'COMPLETE',
  'CANCELED',
  'FAILED',
  'TIMEOUT',
  'UNKNOWN',
] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

export const TRANSFER_TYPES = ['ATTENDED', 'UNATTENDED', 'UNKNOWN'] as const;
export type TransferType = (typeof TRANSFER_TYPES)[number];

/** The place of a participant. */
export interface ParticipantAddress {
  readonly conversationId: string;
  readonly participantId: string;
}

export interface CallAttribute {
  readonly name: string;
  readonly value: string;
}

export interface ErrorInfo {
  readonly message: string | null;
  readonly code: string | null;
}

/** What an agent noted after the call. */
export interface Wrapup {
  /** Id of the wrap-up code. */
  readonly code: string | null;
  /** Only a read has it. */
  readonly name: string | null;
  readonly notes: string | null;
  readonly tags: readonly string[];
  readonly durationSeconds: number | null;
  readonly endTime: number | null;
  /** Saved without being finished. Only a read has it. */
  readonly provisional: boolean | null;
}

export interface JourneyContext {
  readonly customer: { readonly id: string | null; readonly idType: string | null } | null;
  readonly customerSession: { readonly id: string | null; readonly type: string | null } | null;
  readonly triggeringAction: {
    readonly id: string | null;
    readonly actionMap: { readonly id: string | null; readonly version: number | null } | null;
  } | null;
}

export interface ScoredAgent {
  readonly agent: EntityRef | null;
  /** 0 to 100; higher is better. */
  readonly score: number | null;
}

export interface ConversationRoutingData {
  readonly queue: EntityRef | null;
  readonly language: EntityRef | null;
  readonly priority: number | null;
  readonly skills: readonly EntityRef[];
  readonly scoredAgents: readonly ScoredAgent[];
  /** Only a read has it. */
  readonly label: string | null;
}

/** All counts have 64 bits at Genesys. */
export interface FaxStatus {
  readonly direction: FaxDirection | null;
  readonly rawDirection: string | null;
  readonly expectedPages: Int64 | null;
  readonly activePage: Int64 | null;
  readonly linesTransmitted: Int64 | null;
  readonly bytesTransmitted: Int64 | null;
  /** `dataRate` in an event. */
  readonly baudRate: Int64 | null;
  readonly pageErrors: Int64 | null;
  readonly lineErrors: Int64 | null;
}

export interface AdjustableLiveSpeakerDetection {
  readonly mode: LiveSpeakerMode | null;
  readonly rawMode: string | null;
  /** ISO 8601, like `PT30.8S`. */
  readonly preconnectDuration: string | null;
  readonly eventName: string | null;
  readonly isPersonLikely: boolean | null;
  readonly totalRingbacks: number | null;
  readonly lineConnected: boolean | null;
}

export interface SilentCallTimeout {
  readonly timeoutMs: number | null;
  readonly timerStartTime: number | null;
  readonly timerEndTime: number | null;
}

export interface AmdTimeout extends SilentCallTimeout {
  readonly timerStartEvent: string | null;
}

/** What call analysis found out about who, or what, answered an outbound call. */
export interface Disposition {
  readonly name: string | null;
  readonly analyzer: string | null;
  readonly dispositionParameters: {
    readonly adjustableLiveSpeakerDetection: AdjustableLiveSpeakerDetection | null;
  } | null;
  readonly detectedSpeechStart: number | null;
  readonly detectedSpeechEnd: number | null;
  readonly amdTimeout: AmdTimeout | null;
  readonly silentCallTimeout: SilentCallTimeout | null;
}

export interface RecordersState {
  readonly adhocState: RecorderState | null;
  readonly rawAdhocState: string | null;
  readonly customerExperienceState: RecorderState | null;
  readonly rawCustomerExperienceState: string | null;
  readonly agentExperienceState: RecorderState | null;
  readonly rawAgentExperienceState: string | null;
  readonly snippetState: RecorderState | null;
  readonly rawSnippetState: string | null;
}

/** One participant of a conversation, on the call medium: the 51 fields of the seed document, and what came since. */
export interface CallMediaParticipant {
  readonly id: string;
  readonly conversationId: string;
  readonly name: string | null;
  /** Like `tel:+61…` or `sip:…`. */
  readonly address: string | null;
  readonly startTime: number | null;
  /** Only a read has it. */
  readonly startAlertingTime: number | null;
  readonly connectedTime: number | null;
  readonly endTime: number | null;
  readonly startHoldTime: number | null;
  readonly startAcwTime: number | null;
  readonly endAcwTime: number | null;
  readonly parkTime: number | null;
  readonly resumeTime: number | null;
  readonly bargedTime: number | null;
  readonly purpose: ParticipantPurpose | null;
  readonly rawPurpose: string | null;
  readonly state: ParticipantState | null;
  readonly rawState: string | null;
  readonly direction: ConversationDirection | null;
  readonly rawDirection: string | null;
  readonly disconnectType: DisconnectType | null;
  readonly rawDisconnectType: string | null;
  readonly held: boolean | null;
  readonly muted: boolean | null;
  readonly confined: boolean | null;
  readonly recording: boolean | null;
  readonly recordingState: RecorderState | null;
  readonly rawRecordingState: string | null;
  readonly recordersState: RecordersState | null;
  readonly securePause: boolean | null;
  readonly wrapupRequired: boolean | null;
  readonly wrapupSkipped: boolean | null;
  readonly wrapupPrompt: WrapupPrompt | null;
  readonly rawWrapupPrompt: string | null;
  readonly wrapupTimeoutMs: number | null;
  readonly wrapup: Wrapup | null;
  readonly alertingTimeoutMs: number | null;
  readonly mediaRoles: readonly string[];
  readonly user: EntityRef | null;
  readonly queue: EntityRef | null;
  readonly team: EntityRef | null;
  readonly group: EntityRef | null;
  readonly script: EntityRef | null;
  readonly externalContact: EntityRef | null;
  readonly externalContactInitialDivisionId: string | null;
  readonly externalOrganization: EntityRef | null;
  /** In the order of their names. */
  readonly attributes: readonly CallAttribute[];
  readonly errorInfo: ErrorInfo | null;
  readonly provider: string | null;
  /** The communication on the other side. */
  readonly peer: string | null;
  readonly flaggedReason: FlaggedReason | null;
  readonly rawFlaggedReason: string | null;
  readonly journeyContext: JourneyContext | null;
  readonly conversationRoutingData: ConversationRoutingData | null;
  readonly ani: string | null;
  readonly dnis: string | null;
  readonly documentId: string | null;
  readonly faxStatus: FaxStatus | null;
  readonly monitoredParticipantId: string | null;
  readonly coachedParticipantId: string | null;
  readonly bargedParticipantId: string | null;
  readonly consultParticipantId: string | null;
  /** Only a read has it. */
  readonly uuiData: string | null;
  readonly disposition: Disposition | null;
  readonly transferSource: string | null;
  /** Only the newest reads have it. */
  readonly clientIpAddress: string | null;
  /** When this state was true, in epoch milliseconds; strictly increasing per participant. */
  readonly observedAt: number;
}

/** A transfer command that was given on a conversation. */
export interface ConversationTransfer {
  readonly id: string;
  readonly state: TransferState | null;
  readonly rawState: string | null;
  readonly dateIssued: number | null;
  readonly initiator: EntityRef | null;
  /** The command that changed it, or took its place. */
  readonly modifiedById: string | null;
  readonly destinationUser: EntityRef | null;
  readonly destinationAddress: string | null;
  readonly transferType: TransferType | null;
  readonly rawTransferType: string | null;
}

export interface ConversationDivision {
  readonly division: EntityRef | null;
  readonly entities: readonly EntityRef[];
}

/** A conversation as its call medium shows it. It has no state and no time of its own: they are its participants'. */
export interface CallConversation {
  readonly id: string;
  readonly name: string | null;
  /** In the order in which they joined; whoever left stays. */
  readonly participants: readonly CallMediaParticipant[];
  readonly otherMediaUris: readonly string[];
  /** Only a read has them: the twenty latest. */
  readonly recentTransfers: readonly ConversationTransfer[];
  readonly utilizationLabelId: string | null;
  readonly inactivityTimeout: number | null;
  readonly divisions: readonly ConversationDivision[];
  readonly recordingState: RecorderState | null;
  readonly rawRecordingState: string | null;
  readonly securePause: boolean | null;
  /** Only of a conference. */
  readonly maxParticipants: number | null;
  /** When this state was true, in epoch milliseconds. */
  readonly observedAt: number;
}

/** The Genesys user on whose behalf a request runs. */
export interface ConversationUser {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly organizationId: string | null;
}

/** What a call can be wrapped up with. */
export interface WrapupCode {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
}

/** True when a participant has left the call for good. It may still owe a wrap-up. */
export function hasLeft({ state }: Pick<CallMediaParticipant, 'state'>): boolean {
  return state === 'DISCONNECTED' || state === 'TERMINATED';
}

/** True when everybody has left; of a conversation without participants nothing is known, so it is not. */
export function isConversationOver({ participants }: Pick<CallConversation, 'participants'>): boolean {
  return participants.length > 0 && participants.every(hasLeft);
}

/** The participant of a conversation by its id. */
export function findParticipant(
  conversation: CallConversation,
  participantId: string,
): CallMediaParticipant | undefined {
  return conversation.participants.find((participant) => participant.id === participantId);
}
