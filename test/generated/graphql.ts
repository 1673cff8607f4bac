/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What can be done to a party or its RingCentral call; each is a mutation. */
export type CallAction =
  /** `answerCallParty` */
  | 'ANSWER'
  /** `bridgeCallParty` */
  | 'BRIDGE'
  /** `bringInCallParty`: this party's call can be brought into a conference */
  | 'BRING_IN'
  /** `dropCallSession` */
  | 'DROP_SESSION'
  /** `flipCallParty` */
  | 'FLIP'
  /** `forwardCallParty` */
  | 'FORWARD'
  /** `holdCallParty` */
  | 'HOLD'
  /** `ignoreCallInQueue` */
  | 'IGNORE'
  /** `muteCallParty` */
  | 'MUTE'
  /** `parkCallParty` */
  | 'PARK'
  /** `pauseCallRecording` */
  | 'PAUSE_RECORDING'
  /** `pickupCallParty` */
  | 'PICKUP'
  /** `rejectCallParty` */
  | 'REJECT'
  /** `removeCallParty` */
  | 'REMOVE'
  /** `replyToCallParty` */
  | 'REPLY'
  /** `resumeCallRecording` */
  | 'RESUME_RECORDING'
  /** `startCallRecording` */
  | 'START_RECORDING'
  /** `superviseCallParty`, and `superviseCallSession` for the whole call */
  | 'SUPERVISE'
  /** `transferCallParty` */
  | 'TRANSFER'
  /** `unholdCallParty` */
  | 'UNHOLD'
  /** `unmuteCallParty` */
  | 'UNMUTE'
  /** `updateCallParty` */
  | 'UPDATE';

/**
 * What somebody in a call is doing, in a coarse word that is true of every phone system. Each system
 * has finer words of its own: `CallParty.status`, `CallMediaParticipant.state`.
 */
export type CallActivity =
  /** Is in the call. */
  | 'CONNECTED'
  /** The call is being set up, or waits for the far end. */
  | 'DIALING'
  /** Has left the call for good. */
  | 'LEFT'
  /** Is in the call, and has put it on hold, or was put on hold. */
  | 'ON_HOLD'
  /** Waits to be picked up. */
  | 'PARKED'
  /** The call rings here and waits to be answered. */
  | 'RINGING'
  /** None of these, or a word that the phone system has not published. */
  | 'UNKNOWN'
  /** The call is with voicemail. */
  | 'VOICEMAIL'
  /** Has left the call, and still owes the work after it. Only in Genesys Cloud. */
  | 'WRAPPING_UP';

/** A value to attach to a participant. */
export type CallAttributeInput = {
  /** Its name, 1 to 256 characters. */
  name: string;
  /** Its text, at most 10000 characters. */
  value: string;
};

/** What became of a command. */
export type CommandOutcome =
  /**
   * RingCentral accepted it, or its effect was seen. Genesys Cloud accepts first and acts later: there
   * what was seen counts, of digits, which leave no trace, that they were accepted, and of a call that
   * was placed that it was answered with its id.
   */
  | 'APPLIED'
  /** It was refused, or never reached the phone system. `error` says why. */
  | 'NOT_APPLIED'
  /**
   * It may have been applied: the answer was lost, or nothing was seen of it in time, and the state of
   * the call does not decide it. `error` says what happened. Look at the call before repeating the
   * command.
   */
  | 'UNKNOWN';

/** A party's role in a conference. */
export type ConferenceRole =
  /** Opened the conference. When the host leaves, it ends, unless it is kept alive. */
  | 'HOST'
  /** Was brought in. */
  | 'PARTICIPANT'
  /** A role that RingCentral has not published. */
  | 'UNKNOWN';

/** Whether a device can be reached. */
export type DeviceStatus =
  /** Not reachable: a command with it is refused. */
  | 'OFFLINE'
  /** Reachable: it can ring. */
  | 'ONLINE'
  /** A status that RingCentral has not published. */
  | 'UNKNOWN';

/** What kind of phone a device is. */
export type DeviceType =
  /** A shared line (bridged line appearance). */
  | 'BLA'
  /** A desk phone. Commands can use it. */
  | 'HARD_PHONE'
  /** A phone of another make. */
  | 'OTHER_PHONE'
  /** A loudspeaker for announcements. */
  | 'PAGING'
  /** A meeting room. */
  | 'ROOM'
  /** A RingCentral app on a computer. Commands can use it. */
  | 'SOFT_PHONE'
  /** A type that RingCentral has not published: `rawType` has its text. */
  | 'UNKNOWN'
  /** A phone in a browser. Commands can use it. */
  | 'WEB_PHONE'
  /** A phone in a browser, by WebRTC. */
  | 'WEB_RTC';

/**
 * The way a leg goes. Of the user's own leg all phone systems say the same: `INBOUND`, they were
 * called; `OUTBOUND`, they called.
 *
 * In RingCentral a caller's own leg is `OUTBOUND` and the callee's leg is `INBOUND`, whoever is
 * asking. In Genesys Cloud a customer who calls in is `INBOUND`, and one who is called `OUTBOUND`.
 */
export type Direction =
  /** To this party; in Genesys Cloud also from a customer who called in. */
  | 'INBOUND'
  /** From this party; in Genesys Cloud also to a customer who is called. */
  | 'OUTBOUND'
  /** A direction that the phone system has not published. */
  | 'UNKNOWN';

/** Why a participant left the call. */
export type DisconnectType =
  /** An app hung up for them. */
  | 'CLIENT'
  /** They hung up, or their phone did. */
  | 'ENDPOINT'
  /** Their phone takes no calls. */
  | 'ENDPOINT_DO_NOT_DISTURB'
  /** Something failed: `errorInfo` may say what. */
  | 'ERROR'
  /** Nothing happened for too long. */
  | 'INACTIVITY'
  /** Another reason. */
  | 'OTHER'
  /** The other side hung up. */
  | 'PEER'
  /** Their session ended. */
  | 'SESSION_EXPIRED'
  /** It was taken for spam. */
  | 'SPAM'
  /** Genesys Cloud ended it. */
  | 'SYSTEM'
  /** Somebody took the call over. */
  | 'TAKEOVER'
  /** It took too long. */
  | 'TIMEOUT'
  /** They were transferred, or transferred the call away. */
  | 'TRANSFER'
  /** The call went into a conference. */
  | 'TRANSFER_CONFERENCE'
  /** The call was transferred after the target had been asked. */
  | 'TRANSFER_CONSULT'
  /** The call went on to somebody else: they take no calls. */
  | 'TRANSFER_DO_NOT_DISTURB'
  /** The call was forwarded. */
  | 'TRANSFER_FORWARD'
  /** The call went on to somebody else: they are not available. */
  | 'TRANSFER_NOT_AVAILABLE'
  /** The call went on to somebody else: they did not answer. */
  | 'TRANSFER_NO_ANSWER'
  /** The connection failed. */
  | 'TRANSPORT_FAILURE'
  /** They cannot be called now. */
  | 'UNCALLABLE'
  /** A reason that Genesys Cloud has not published: `rawDisconnectType` has its text. */
  | 'UNKNOWN';

/** Which calls may ring a user: do not disturb, in degrees. */
export type DndStatus =
  /** None. */
  | 'DO_NOT_ACCEPT_ANY_CALLS'
  /** Their own, and none of queues. */
  | 'DO_NOT_ACCEPT_DEPARTMENT_CALLS'
  /** All. */
  | 'TAKE_ALL_CALLS'
  /** Those of queues only. Some older accounts have it. */
  | 'TAKE_DEPARTMENT_CALLS_ONLY'
  /** A status that RingCentral has not published: `rawDndStatus` has its text. It cannot be set. */
  | 'UNKNOWN';

/** How a call began. */
export type OriginType =
  /** Somebody dialled. */
  | 'CALL'
  /** A command placed it: `makeCallOut`. RingCentral may show `CALL` for such a call. */
  | 'CALL_OUT'
  /** A conference. */
  | 'CONFERENCE'
  /** A greeting is being recorded over the phone. */
  | 'GREETINGS_RECORDING'
  /** RingMe: a web page asked RingCentral to call both sides. */
  | 'RING_ME'
  /** RingOut: RingCentral called both sides. */
  | 'RING_OUT'
  /** An origin that RingCentral has not published: `rawType` has its text. */
  | 'UNKNOWN'
  /** RingCentral verifies a phone number. */
  | 'VERIFICATION_CALL'
  /** A Zoom meeting. */
  | 'ZOOM';

/** What can be done to a participant or its conversation; each is a mutation. */
export type ParticipantAction =
  /** `addCallMediaParticipants` */
  | 'ADD_PARTICIPANTS'
  /** `answerCallMediaParticipant` */
  | 'ANSWER'
  /** `bargeCallMediaParticipant` */
  | 'BARGE'
  /** `cancelConsultTransfer` */
  | 'CANCEL_CONSULT'
  /** `coachCallMediaParticipant` */
  | 'COACH'
  /** `completeConsultTransfer` */
  | 'COMPLETE_CONSULT'
  /** `confineCallMediaParticipant` */
  | 'CONFINE'
  /** `disconnectCallMediaParticipant` */
  | 'DISCONNECT'
  /** `disconnectCallConversation`, and `tearDownCallConversation` */
  | 'DISCONNECT_CONVERSATION'
  /** `flagCallMediaParticipant` */
  | 'FLAG'
  /** `holdCallMediaParticipant` */
  | 'HOLD'
  /** `mergeCallConversations` */
  | 'MERGE'
  /** `monitorCallMediaParticipant` */
  | 'MONITOR'
  /** `muteCallMediaParticipant` */
  | 'MUTE'
  /** `pauseCallConversationRecording` */
  | 'PAUSE_RECORDING'
  /** `resumeCallConversationRecording` */
  | 'RESUME_RECORDING'
  /** `scheduleCallMediaParticipantResume` */
  | 'SCHEDULE_RESUME'
  /** `sendDigitsToCallMediaParticipant` */
  | 'SEND_DIGITS'
  /** `setCallMediaParticipantAfterCallWork` */
  | 'SET_AFTER_CALL_WORK'
  /** `setCallMediaParticipantAttributes` */
  | 'SET_ATTRIBUTES'
  /** `setCallMediaParticipantUuiData` */
  | 'SET_UUI_DATA'
  /** `skipWrapUpCallMediaParticipant` */
  | 'SKIP_WRAP_UP'
  /** `speakToInConsultTransfer` */
  | 'SPEAK_TO'
  /** `startConsultTransfer` */
  | 'START_CONSULT'
  /** `startRecordingCallMediaParticipant` */
  | 'START_RECORDING'
  /** `stopRecordingCallMediaParticipant` */
  | 'STOP_RECORDING'
  /** `transferCallMediaParticipant` */
  | 'TRANSFER'
  /** `unconfineCallMediaParticipant` */
  | 'UNCONFINE'
  /** `unflagCallMediaParticipant` */
  | 'UNFLAG'
  /** `unholdCallMediaParticipant` */
  | 'UNHOLD'
  /** `unmuteCallMediaParticipant` */
  | 'UNMUTE'
  /** `wrapUpCallMediaParticipant` */
  | 'WRAP_UP';

/**
 * What a participant is there for. Genesys Cloud takes any text here; these are those that it
 * documents or that were seen.
 */
export type ParticipantPurpose =
  /** The queue in which the call waits for an agent. */
  | 'ACD'
  /** A user of the organisation who handles the call of a queue. */
  | 'AGENT'
  /** A program. */
  | 'API'
  /** A campaign. */
  | 'CAMPAIGN'
  /** The person outside whom the call is about. */
  | 'CUSTOMER'
  /** The outbound dialer, which called for a campaign. */
  | 'DIALER'
  /** Somebody else outside, like the target of a transfer. */
  | 'EXTERNAL'
  /** A fax machine. */
  | 'FAX'
  /** A group of users that is rung. */
  | 'GROUP'
  /** A menu or flow that speaks with the caller. */
  | 'IVR'
  /** A leg that goes out. */
  | 'OUTBOUND'
  /** A phone without a user. */
  | 'STATION'
  /** Another purpose: `rawPurpose` has its text. */
  | 'UNKNOWN'
  /** A user of the organisation in a call that did not come through a queue. */
  | 'USER'
  /** A voicemail box. */
  | 'VOICEMAIL'
  /** A workflow. */
  | 'WORKFLOW';

/**
 * What a participant of a conversation is doing. Genesys Cloud counts `ALERTING` and `CONTACTING` as
 * pending, `DIALING` and `CONNECTED` as live, `DISCONNECTED` and `TERMINATED` as ended. Hold is not a
 * state: look at `held`, or at `activity`.
 */
export type ParticipantState =
  /** Is being rung, and has not answered yet. */
  | 'ALERTING'
  /** Is in the call, also while it is held. */
  | 'CONNECTED'
  /** The call is being set up: of an agent who calls, their own phone is rung first. */
  | 'CONTACTING'
  /** A fax is being converted. */
  | 'CONVERTING'
  /** The call to them is going out. */
  | 'DIALING'
  /** Has left the call. An agent may still owe the work after it. */
  | 'DISCONNECTED'
  /** Has no part in the call. */
  | 'NONE'
  /** The call is being offered to them. */
  | 'OFFERING'
  /** Has set the call aside, and goes on with it later. */
  | 'PARKED'
  /** Is to be called later. */
  | 'SCHEDULED'
  /** Has left the call, and nothing is to be done any more. */
  | 'TERMINATED'
  /** A fax is being transmitted. */
  | 'TRANSMITTING'
  /** A state that Genesys Cloud has not published: `rawState` has its text. */
  | 'UNKNOWN'
  /** A fax is being uploaded. */
  | 'UPLOADING';

/** The place of a party: its session, and its id in there. */
export type PartyAddressInput = {
  /** The party. */
  partyId: string;
  /** The session the party is in. */
  sessionId: string;
};

/** What a party is doing now. */
export type PartyStatusCode =
  /**
   * Connected. On the outbound party of a call to a RingCentral number it only means that call
   * handling began (a greeting, a menu, a queue): whether a person answered shows on the inbound
   * party.
   */
  | 'ANSWERED'
  /**
   * Left the call for good: hung up, redirected, transferred away, or somebody else took the call. It
   * never comes back to life.
   */
  | 'DISCONNECTED'
  /** A fax is being received. */
  | 'FAX_RECEIVE'
  /**
   * Moved to another session: `peerId` says where. In a conference a `GONE` participant is a live
   * member who talks; count members until they are `DISCONNECTED`.
   */
  | 'GONE'
  /** This party has put the others on hold: they stay `ANSWERED` and hear music. */
  | 'HOLD'
  /** Waits to be picked up. `parkData` says where. */
  | 'PARKED'
  /** Under way: an inbound party rings, an outbound one waits for the far end. */
  | 'PROCEEDING'
  /** RingCentral has the call and is setting this leg up; nothing rings yet. */
  | 'SETUP'
  /** Published by RingCentral without an explanation. */
  | 'TDS'
  /** A code that RingCentral has not published: `rawCode` has its text. */
  | 'UNKNOWN'
  /** The call went to voicemail. */
  | 'VOICE_MAIL'
  /** The caller speaks to voicemail, and the callee can listen before deciding. */
  | 'VOICE_MAIL_SCREENING';

/** Why a party has its status. A plain hang-up usually gives none. */
export type PartyStatusReason =
  /** Another agent of the queue answered. */
  | 'AGENT_ANSWERED'
  /** The queue took the call away from this agent. */
  | 'AGENT_DROPPED'
  /** Transferred after speaking with the target: two calls were bridged. */
  | 'ATTENDED_TRANSFER'
  /** Transferred or forwarded without asking the target first. */
  | 'BLIND_TRANSFER'
  /** The caller chose to go elsewhere, for example in a menu. */
  | 'CALLER_INPUT_REDIRECT'
  /** The call was dropped. */
  | 'CALL_DROPPED'
  /** The call ended. */
  | 'CALL_FINISHED'
  /** Flipped to another phone of the same person. */
  | 'CALL_FLIP'
  /** Parked. */
  | 'CALL_PARK'
  /** Sent on to somebody else. */
  | 'CALL_REDIRECTED'
  /** Answered with a message instead of a voice. */
  | 'CALL_REPLIED'
  /** Switched to another device of the same person; the call goes on with another party. */
  | 'CALL_SWITCH'
  /** The caller gave up before it was answered. */
  | 'CANCELLED'
  /** Calls to this number are blocked. */
  | 'DESTINATION_BLOCKED'
  /** Transferred by keys pressed on a phone. */
  | 'DTMF_TRANSFER'
  /** RingCentral failed. */
  | 'INTERNAL_ERROR'
  /** International calls are switched off for this user. */
  | 'INTERNATIONAL_DISABLED'
  /** There is no such number. */
  | 'INVALID_NUMBER'
  /** The account has no credit left for this call. */
  | 'NOT_ENOUGH_FUNDS'
  /** Nobody answered. */
  | 'NO_ANSWER'
  /** There is no such extension. */
  | 'NO_SUCH_USER'
  /** Parked in a park location. */
  | 'PARK_LOCATION'
  /** Picked up, by another phone or from where it was parked. */
  | 'PICKUP'
  /** Transferred by RingCentral call control. */
  | 'RCC_TRANSFER'
  /** Rejected by the callee. */
  | 'REJECTED'
  /** A supervisor is, or was, listening in. */
  | 'SUPERVISING'
  /** Another device or person took the call over. */
  | 'TAKE_OVER'
  /** The callee is busy. */
  | 'TARGET_BUSY'
  /** It took too long. */
  | 'TIMEOUT'
  /** A reason that RingCentral has not published: `rawReason` has its text. */
  | 'UNKNOWN'
  /** Went to voicemail. */
  | 'VOICEMAIL';

/** A phone system behind this gateway. */
export type PhoneSystem =
  /** Genesys Cloud: `genesys` in `extensions.system` of an error. */
  | 'GENESYS'
  /** RingCentral: `ringcentral` in `extensions.system` of an error. */
  | 'RINGCENTRAL';

/** What RingCentral makes of a user's own status, their calls and their do-not-disturb, in one word. */
export type PresenceStatus =
  /** Free. */
  | 'AVAILABLE'
  /** On the phone, or not to be disturbed. */
  | 'BUSY'
  /** Not there. Queues, park locations and the like always are. */
  | 'OFFLINE'
  /** A status that RingCentral has not published: `rawPresenceStatus` has its text. */
  | 'UNKNOWN';

/** Whether something is recorded. */
export type RecorderState =
  /** It is. */
  | 'ACTIVE'
  /** It is not. */
  | 'NONE'
  /** The recording is paused. */
  | 'PAUSED'
  /** A state that Genesys Cloud has not published. */
  | 'UNKNOWN';

/** Why a stream starts, or starts again, with a snapshot. */
export type SnapshotReason =
  /** The cursor is too old, or the client read far too slowly: what followed it is not kept any more. */
  | 'CURSOR_EXPIRED'
  /**
   * The cursor belongs to another user, call or stream, or to another gateway process: also this one,
   * before a restart.
   */
  | 'CURSOR_FOREIGN'
  /** What stands in `after` is no cursor, or one that was changed on its way. */
  | 'CURSOR_UNKNOWN'
  /** The stream is new. */
  | 'SUBSCRIBED';

/** What a notice is about. */
export type StreamNoticeKind =
  /** The call is over. The stream completes after this. */
  | 'CALL_ENDED'
  /**
   * This gateway is about to stop: the socket is closed by `at`. Reconnect, and resume with the
   * cursor.
   */
  | 'DRAINING'
  /** A party went to another session: `movedTo` says where. To follow it, subscribe there. */
  | 'MOVED'
  /** The phone system can be read again; changes since then follow. */
  | 'RECOVERED'
  /** The user's token ends at `at`: reconnect with a fresh one before. */
  | 'TOKEN_EXPIRING'
  /**
   * The phone system cannot be read just now, or the rate budget is spent. Show the last state as
   * possibly stale; the stream goes on by itself.
   */
  | 'UPSTREAM_DEGRADED';

/** The user whose call is listened to: exactly one of the two. */
export type SupervisedAgentInput =
  {   /** By the internal id of the extension. */
  extensionId: string; extensionNumber?: never; }
  |  { extensionId?: never;   /** By the extension number, like `102`. */
  extensionNumber: string; };

/** What a call of the user is doing, in the coarse words of presence. */
export type TelephonyStatus =
  /** Connected. */
  | 'CALL_CONNECTED'
  /** Ended, or about to. */
  | 'NO_CALL'
  /** On hold. */
  | 'ON_HOLD'
  /** Parked. */
  | 'PARKED_CALL'
  /** Rings, here or at the far end. */
  | 'RINGING'
  /** A status that RingCentral has not published: `rawTelephonyStatus` has its text. */
  | 'UNKNOWN';

/** Whom a connected call goes to: exactly one of these. */
export type TransferTargetInput =
  {   /** The same by its internal id. */
  extensionId: string; extensionNumber?: never; parkOrbit?: never; phoneNumber?: never; voicemail?: never; }
  |  { extensionId?: never;   /** An extension of the company, like `102`. */
  extensionNumber: string; parkOrbit?: never; phoneNumber?: never; voicemail?: never; }
  |  { extensionId?: never; extensionNumber?: never;   /** The park location with this internal extension id: the call waits there. */
  parkOrbit: string; phoneNumber?: never; voicemail?: never; }
  |  { extensionId?: never; extensionNumber?: never; parkOrbit?: never;   /** A phone number in E.164 format, like `+12025550147`. */
  phoneNumber: string; voicemail?: never; }
  |  { extensionId?: never; extensionNumber?: never; parkOrbit?: never; phoneNumber?: never;   /** The voicemail of the extension with this internal id. */
  voicemail: string; };

/** What a user says of themselves. */
export type UserStatus =
  /** There. */
  | 'AVAILABLE'
  /** Busy, whatever their phone does. */
  | 'BUSY'
  /** Invisible. */
  | 'OFFLINE'
  /** A status that RingCentral has not published: `rawUserStatus` has its text. It cannot be set. */
  | 'UNKNOWN';

export type MyCallsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyCallsQuery = { viewer: { name: string | null, extensionNumber: string | null, activeCalls: Array<{ telephonyStatus: TelephonyStatus, from: string | null, fromName: string | null, startTime: string | null, session: { id: string, parties: Array<{ id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode } }> } | null }> | null } };

export type OneCallQueryVariables = Exact<{
  sessionId: string;
}>;


export type OneCallQuery = { callSession: { id: string, creationTime: string | null, observedAt: string, origin: { type: OriginType } | null, parties: Array<{ id: string, sessionId: string, direction: Direction | null, muted: boolean | null, observedAt: string, from: { phoneNumber: string | null, name: string | null } | null, to: { phoneNumber: string | null, name: string | null } | null, status: { code: PartyStatusCode, reason: PartyStatusReason | null } }> } | null };

export type WatchACallSubscriptionVariables = Exact<{
  sessionId: string;
}>;


export type WatchACallSubscription = { callEvents:
    | { __typename: 'CallPartyChange', cursor: string, skipped: number, previousStatus: { code: PartyStatusCode } | null, party: { id: string, sessionId: string, muted: boolean | null, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null } } }
    | { __typename: 'CallSnapshot', cursor: string, reason: SnapshotReason, session: { id: string, parties: Array<{ id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode } }> } }
    | { __typename: 'CallStreamNotice', cursor: string, kind: StreamNoticeKind, message: string, at: string | null, movedTo: { sessionId: string, partyId: string } | null }
   };

export type HoldMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type HoldMutation = { holdCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualCode: PartyStatusCode | null, allowedActions: Array<CallAction>, message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null } } | null } };

export type UnholdMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type UnholdMutation = { unholdCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null } } | null } };

export type MuteMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type MuteMutation = { muteCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, muted: boolean | null, observedAt: string } | null } };

export type AvailableActionsQueryVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type AvailableActionsQuery = { callParty: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode }, availableActions: Array<{ action: CallAction, allowed: boolean, reason: string | null }> } | null };

export type OnePartyQueryVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type OnePartyQuery = { callParty: { id: string, sessionId: string, extensionId: string | null, muted: boolean | null, observedAt: string, status: { code: PartyStatusCode, rawCode: string, reason: PartyStatusReason | null, parkData: string | null }, recordings: Array<{ id: string, active: boolean }> } | null };

export type MyPhonesQueryVariables = Exact<{ [key: string]: never; }>;


export type MyPhonesQuery = { viewer: { devices: Array<{ id: string, name: string | null, type: DeviceType | null, status: DeviceStatus | null }> | null, forwardingNumbers: Array<{ id: string, label: string | null, phoneNumber: string | null, flipNumber: string | null }> | null } };

export type MakeACallMutationVariables = Exact<{
  deviceId: string;
  extensionNumber: string;
  idempotencyKey?: string | null | undefined;
}>;


export type MakeACallMutation = { makeCallOut: { outcome: CommandOutcome, replayed: boolean, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, session: { id: string, parties: Array<{ id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode } }> } | null } };

export type AnswerMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
  deviceId: string;
}>;


export type AnswerMutation = { answerCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null } } | null } };

export type TransferMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
  target: TransferTargetInput;
}>;


export type TransferMutation = { transferCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null } } | null } };

export type WarmTransferConsultMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
  deviceId: string;
  colleague: string;
}>;


export type WarmTransferConsultMutation = { holdCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null }, makeCallOut: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, session: { id: string, parties: Array<{ id: string, sessionId: string, observedAt: string }> } | null } };

export type WarmTransferCompleteMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
  with: PartyAddressInput;
}>;


export type WarmTransferCompleteMutation = { bridgeCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null }, peer: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode } } | null } | null } };

export type ParkMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type ParkMutation = { parkCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, parkData: string | null }, park: { id: string } | null } | null } };

export type RecordMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
}>;


export type RecordMutation = { startCallRecording: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, recording: { id: string, active: boolean } | null } };

export type PauseRecordingMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
  recordingId: string;
}>;


export type PauseRecordingMutation = { pauseCallRecording: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, recording: { id: string, active: boolean } | null } };

export type ResumeRecordingMutationVariables = Exact<{
  sessionId: string;
  partyId: string;
  recordingId: string;
}>;


export type ResumeRecordingMutation = { resumeCallRecording: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, recording: { id: string, active: boolean } | null } };

export type ConferenceMutationVariables = Exact<{
  idempotencyKey?: string | null | undefined;
}>;


export type ConferenceMutation = { createConference: { outcome: CommandOutcome, replayed: boolean, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, session: { id: string, voiceCallToken: string | null, parties: Array<{ id: string, sessionId: string, observedAt: string }> } | null } };

export type BringInMutationVariables = Exact<{
  conferenceId: string;
  bringIn: PartyAddressInput;
}>;


export type BringInMutation = { bringInCallParty: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, conferenceRole: ConferenceRole | null, observedAt: string, status: { code: PartyStatusCode } } | null, session: { id: string, parties: Array<{ id: string, sessionId: string, conferenceRole: ConferenceRole | null, observedAt: string, status: { code: PartyStatusCode } }> } | null } };

export type SuperviseMutationVariables = Exact<{
  sessionId: string;
  agent: SupervisedAgentInput;
  supervisorDeviceId: string;
}>;


export type SuperviseMutation = { superviseCallSession: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null } } | null } };

export type WatchPartiesSubscriptionVariables = Exact<{
  sessionId: string;
  partyId?: string | null | undefined;
}>;


export type WatchPartiesSubscription = { callPartyUpdated: { id: string, sessionId: string, muted: boolean | null, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null }, availableActions: Array<{ action: CallAction, allowed: boolean }> } };

export type WatchMyCallsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WatchMyCallsSubscription = { activeCalls: Array<{ sessionId: string, partyId: string, telephonyStatus: TelephonyStatus, direction: Direction | null, from: string | null, fromName: string | null, to: string | null, toName: string | null, startTime: string | null }> };

export type ResumeWatchingSubscriptionVariables = Exact<{
  sessionId: string;
  after?: string | null | undefined;
}>;


export type ResumeWatchingSubscription = { callEvents:
    | { __typename: 'CallPartyChange', cursor: string, party: { id: string, sessionId: string, observedAt: string, status: { code: PartyStatusCode } } }
    | { __typename: 'CallSnapshot', cursor: string, reason: SnapshotReason }
    | { __typename: 'CallStreamNotice', cursor: string, kind: StreamNoticeKind }
   };

export type WatchMyListSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WatchMyListSubscription = { activeCallEvents:
    | { __typename: 'ActiveCallList', observedAt: string, calls: Array<{ sessionId: string, partyId: string, telephonyStatus: TelephonyStatus, from: string | null, fromName: string | null, observedAt: string }> }
    | { __typename: 'ActiveCallNotice', kind: StreamNoticeKind, message: string, at: string | null }
   };

export type WallboardQueryVariables = Exact<{ [key: string]: never; }>;


export type WallboardQuery = { viewer: { account: { id: string, callQueues: { nodes: Array<{ id: string, name: string | null, longestWait: string | null, waitingCalls: Array<{ queueId: string, sessionId: string, from: string | null, fromName: string | null, waitingSince: string, ringing: Array<{ id: string, name: string | null }> }> | null, members: { nodes: Array<{ queueId: string, extensionId: string, acceptsCalls: boolean | null, extension: { id: string, name: string | null, presence: { extensionId: string, presenceStatus: PresenceStatus | null, telephonyStatus: TelephonyStatus | null, dndStatus: DndStatus | null, observedAt: string } | null } }> } | null }> } | null, extensions: { nodes: Array<{ id: string, extensionNumber: string | null, name: string | null, presence: { extensionId: string, presenceStatus: PresenceStatus | null, telephonyStatus: TelephonyStatus | null, message: string | null, observedAt: string } | null }> } | null } | null } };

export type WatchTheCompanySubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchTheCompanySubscription = { accountCallEvents:
    | { __typename: 'AccountCallBegan', cursor: string, session: { id: string, creationTime: string | null, parties: Array<{ id: string, sessionId: string, extensionId: string | null, direction: Direction | null, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null }, from: { phoneNumber: string | null, name: string | null } | null, to: { phoneNumber: string | null, name: string | null, extensionId: string | null } | null }> } }
    | { __typename: 'AccountCallEnded', cursor: string, sessionId: string }
    | { __typename: 'AccountCallPartyChange', cursor: string, sessionId: string, skipped: number, previousStatus: { code: PartyStatusCode } | null, party: { id: string, sessionId: string, extensionId: string | null, direction: Direction | null, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null }, from: { phoneNumber: string | null, name: string | null } | null, to: { phoneNumber: string | null, name: string | null, extensionId: string | null } | null } }
    | { __typename: 'AccountPresenceChange', cursor: string, presence: { extensionId: string, presenceStatus: PresenceStatus | null, telephonyStatus: TelephonyStatus | null, dndStatus: DndStatus | null, observedAt: string } }
    | { __typename: 'AccountSnapshot', cursor: string, reason: SnapshotReason, calls: Array<{ id: string, creationTime: string | null, parties: Array<{ id: string, sessionId: string, extensionId: string | null, direction: Direction | null, observedAt: string, status: { code: PartyStatusCode, reason: PartyStatusReason | null }, from: { phoneNumber: string | null, name: string | null } | null, to: { phoneNumber: string | null, name: string | null, extensionId: string | null } | null }> }>, presences: Array<{ extensionId: string, presenceStatus: PresenceStatus | null, telephonyStatus: TelephonyStatus | null, dndStatus: DndStatus | null, observedAt: string }> }
    | { __typename: 'AccountStreamNotice', cursor: string, kind: StreamNoticeKind, message: string, at: string | null }
   };

export type WatchColleaguesSubscriptionVariables = Exact<{
  extensionIds: Array<string> | string;
}>;


export type WatchColleaguesSubscription = { presenceUpdated: { extensionId: string, presenceStatus: PresenceStatus | null, telephonyStatus: TelephonyStatus | null, userStatus: UserStatus | null, dndStatus: DndStatus | null, message: string | null, observedAt: string, extension: { id: string, name: string | null } | null } };

export type TakeABreakMutationVariables = Exact<{
  extensionId: string;
  queueId: string;
  acceptsCalls: boolean;
  message: string;
}>;


export type TakeABreakMutation = { setPresence: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, presence: { extensionId: string, presenceStatus: PresenceStatus | null, dndStatus: DndStatus | null, message: string | null, observedAt: string } | null }, setQueueAvailability: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, queues: Array<{ queueId: string, acceptsCalls: boolean }> | null } };

export type OneCardQueryVariables = Exact<{ [key: string]: never; }>;


export type OneCardQuery = { viewer: { activeCalls: Array<{ session: { __typename: 'CallSession', id: string, system: PhoneSystem, startedAt: string | null, isOver: boolean, participants: Array<{ __typename: 'CallParty', sessionId: string, id: string, name: string | null, number: string | null, direction: Direction | null, activity: CallActivity, held: boolean | null, muted: boolean | null, recorded: boolean, since: string | null, observedAt: string }> } | null }> | null, conversations: Array<{ __typename: 'CallConversation', id: string, system: PhoneSystem, startedAt: string | null, isOver: boolean, participants: Array<{ __typename: 'CallMediaParticipant', conversationId: string, id: string, name: string | null, number: string | null, direction: Direction | null, activity: CallActivity, held: boolean | null, muted: boolean | null, recorded: boolean, since: string | null, observedAt: string }> }> | null } };

type CallCard_CallConversation_Fragment = { __typename: 'CallConversation', id: string, system: PhoneSystem, startedAt: string | null, isOver: boolean, participants: Array<{ __typename: 'CallMediaParticipant', conversationId: string, id: string, name: string | null, number: string | null, direction: Direction | null, activity: CallActivity, held: boolean | null, muted: boolean | null, recorded: boolean, since: string | null, observedAt: string }> };

type CallCard_CallSession_Fragment = { __typename: 'CallSession', id: string, system: PhoneSystem, startedAt: string | null, isOver: boolean, participants: Array<{ __typename: 'CallParty', sessionId: string, id: string, name: string | null, number: string | null, direction: Direction | null, activity: CallActivity, held: boolean | null, muted: boolean | null, recorded: boolean, since: string | null, observedAt: string }> };

export type CallCardFragment =
  | CallCard_CallConversation_Fragment
  | CallCard_CallSession_Fragment
;

export type MyConversationsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyConversationsQuery = { viewer: { genesysUser: { id: string, name: string | null } | null, conversations: Array<{ id: string, participants: Array<{ id: string, conversationId: string, purpose: ParticipantPurpose | null, name: string | null, state: ParticipantState | null, held: boolean | null, observedAt: string, user: { id: string, name: string | null } | null, queue: { id: string, name: string | null } | null }> }> | null } };

export type OneConversationQueryVariables = Exact<{
  conversationId: string;
}>;


export type OneConversationQuery = { callConversation: { id: string, startedAt: string | null, recordingState: RecorderState | null, participants: Array<{ id: string, conversationId: string, purpose: ParticipantPurpose | null, name: string | null, number: string | null, activity: CallActivity, since: string | null, connectedTime: string | null, wrapupRequired: boolean | null, observedAt: string, wrapup: { code: string | null, name: string | null, notes: string | null } | null, attributes: Array<{ name: string, value: string }> }> } | null };

export type WatchAConversationSubscriptionVariables = Exact<{
  conversationId: string;
  after?: string | null | undefined;
}>;


export type WatchAConversationSubscription = { conversationEvents:
    | { __typename: 'CallMediaParticipantChange', cursor: string, skipped: number, previousActivity: CallActivity | null, participant: { id: string, conversationId: string, activity: CallActivity, state: ParticipantState | null, held: boolean | null, muted: boolean | null, observedAt: string } }
    | { __typename: 'ConversationSnapshot', cursor: string, reason: SnapshotReason, conversation: { id: string, participants: Array<{ id: string, conversationId: string, name: string | null, state: ParticipantState | null, held: boolean | null, observedAt: string }> } }
    | { __typename: 'ConversationStreamNotice', cursor: string, kind: StreamNoticeKind, message: string, at: string | null }
   };

export type WatchParticipantsSubscriptionVariables = Exact<{
  conversationId: string;
  participantId?: string | null | undefined;
}>;


export type WatchParticipantsSubscription = { callMediaParticipantUpdated: { id: string, conversationId: string, name: string | null, activity: CallActivity, state: ParticipantState | null, held: boolean | null, muted: boolean | null, observedAt: string } };

export type WatchMyConversationsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WatchMyConversationsSubscription = { conversationListEvents:
    | { __typename: 'ActiveCallNotice', kind: StreamNoticeKind, message: string, at: string | null }
    | { __typename: 'ConversationList', observedAt: string, conversations: Array<{ id: string, participants: Array<{ id: string, conversationId: string, name: string | null, activity: CallActivity, observedAt: string }> }> }
   };

export type ParticipantActionsQueryVariables = Exact<{
  conversationId: string;
  participantId: string;
}>;


export type ParticipantActionsQuery = { callMediaParticipant: { id: string, conversationId: string, activity: CallActivity, observedAt: string, availableActions: Array<{ action: ParticipantAction, allowed: boolean, reason: string | null }>, wrapupCodes: Array<{ id: string, name: string | null }> | null } | null };

export type HoldConversationMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
}>;


export type HoldConversationMutation = { holdCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, state: ParticipantState | null, held: boolean | null, observedAt: string } | null } };

export type AnswerConversationMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
}>;


export type AnswerConversationMutation = { answerCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, state: ParticipantState | null, connectedTime: string | null, observedAt: string } | null } };

export type TransferConversationMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
  queueId: string;
}>;


export type TransferConversationMutation = { transferCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, state: ParticipantState | null, disconnectType: DisconnectType | null, observedAt: string } | null } };

export type ConsultMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
  userId: string;
}>;


export type ConsultMutation = { startConsultTransfer: { outcome: CommandOutcome, destinationParticipantId: string | null, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, activity: CallActivity, observedAt: string } | null, destinationParticipant: { id: string, conversationId: string, activity: CallActivity, observedAt: string } | null } };

export type CompleteConsultMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
}>;


export type CompleteConsultMutation = { completeConsultTransfer: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, activity: CallActivity, observedAt: string } | null } };

export type RecordConversationMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
}>;


export type RecordConversationMutation = { startRecordingCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, recording: boolean | null, recordingState: RecorderState | null, observedAt: string } | null } };

export type SecurePauseMutationVariables = Exact<{
  conversationId: string;
}>;


export type SecurePauseMutation = { pauseCallConversationRecording: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, conversation: { id: string, recordingState: RecorderState | null, securePause: boolean | null, observedAt: string } | null } };

export type WrapUpMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
  code: string;
  notes?: string | null | undefined;
}>;


export type WrapUpMutation = { wrapUpCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, activity: CallActivity, observedAt: string, wrapup: { code: string | null, name: string | null, notes: string | null } | null } | null } };

export type PlaceACallMutationVariables = Exact<{
  phoneNumber: string;
  idempotencyKey?: string | null | undefined;
}>;


export type PlaceACallMutation = { placeCall: { outcome: CommandOutcome, replayed: boolean, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, conversation: { id: string, participants: Array<{ id: string, conversationId: string, name: string | null, activity: CallActivity, observedAt: string }> } | null } };

export type SendDigitsMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
  digits: string;
}>;


export type SendDigitsMutation = { sendDigitsToCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, activity: CallActivity, observedAt: string } | null } };

export type MergeConversationsMutationVariables = Exact<{
  conversationId: string;
  others: Array<string> | string;
}>;


export type MergeConversationsMutation = { mergeCallConversations: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', message: string }
     | null, conversation: { id: string, participants: Array<{ id: string, conversationId: string, name: string | null, activity: CallActivity, observedAt: string }> } | null } };

export type MonitorMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
}>;


export type MonitorMutation = { monitorCallMediaParticipant: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, activity: CallActivity, observedAt: string } | null } };

export type SetAttributesMutationVariables = Exact<{
  conversationId: string;
  participantId: string;
  attributes: Array<CallAttributeInput> | CallAttributeInput;
}>;


export type SetAttributesMutation = { setCallMediaParticipantAttributes: { outcome: CommandOutcome, error:
      | { __typename: 'CallNotFound', message: string }
      | { __typename: 'CommandForbidden', message: string }
      | { __typename: 'InvalidCommand', message: string }
      | { __typename: 'RateLimited', message: string }
      | { __typename: 'UpstreamUnavailable', message: string }
      | { __typename: 'WrongCallState', actualState: ParticipantState | null, allowedParticipantActions: Array<ParticipantAction>, message: string }
     | null, participant: { id: string, conversationId: string, observedAt: string, attributes: Array<{ name: string, value: string }> } | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const CallCardFragmentDoc = new TypedDocumentString(`
    fragment CallCard on Call {
  __typename
  id
  system
  startedAt
  isOver
  participants {
    __typename
    id
    name
    number
    direction
    activity
    held
    muted
    recorded
    since
    observedAt
    ... on CallParty {
      sessionId
    }
    ... on CallMediaParticipant {
      conversationId
    }
  }
}
    `, {"fragmentName":"CallCard"}) as unknown as TypedDocumentString<CallCardFragment, unknown>;
export const MyCallsDocument = new TypedDocumentString(`
    query MyCalls {
  viewer {
    name
    extensionNumber
    activeCalls {
      telephonyStatus
      from
      fromName
      startTime
      session {
        id
        parties {
          id
          sessionId
          status {
            code
          }
          observedAt
        }
      }
    }
  }
}
    `, {"hash":"sha256:ca52a661a14cef0e2f2cf03bcb799d81f06c68c78a29cf62c44d1027b8f9cf3d"}) as unknown as TypedDocumentString<MyCallsQuery, MyCallsQueryVariables>;
export const OneCallDocument = new TypedDocumentString(`
    query OneCall($sessionId: ID!) {
  callSession(id: $sessionId) {
    id
    origin {
      type
    }
    creationTime
    observedAt
    parties {
      id
      sessionId
      direction
      muted
      from {
        phoneNumber
        name
      }
      to {
        phoneNumber
        name
      }
      status {
        code
        reason
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:45995ed706695af978f5d27ef964b3037577770fa6776f7024dad6e12ab3f05b"}) as unknown as TypedDocumentString<OneCallQuery, OneCallQueryVariables>;
export const WatchACallDocument = new TypedDocumentString(`
    subscription WatchACall($sessionId: ID!) {
  callEvents(sessionId: $sessionId) {
    __typename
    ... on CallSnapshot {
      cursor
      reason
      session {
        id
        parties {
          id
          sessionId
          status {
            code
          }
          observedAt
        }
      }
    }
    ... on CallPartyChange {
      cursor
      skipped
      previousStatus {
        code
      }
      party {
        id
        sessionId
        muted
        status {
          code
          reason
        }
        observedAt
      }
    }
    ... on CallStreamNotice {
      cursor
      kind
      message
      at
      movedTo {
        sessionId
        partyId
      }
    }
  }
}
    `, {"hash":"sha256:b293f90cd01bc306bd5f37b5b3ea3cf9e2c757ece00fa9bb174600ffefe727d9"}) as unknown as TypedDocumentString<WatchACallSubscription, WatchACallSubscriptionVariables>;
export const HoldDocument = new TypedDocumentString(`
    mutation Hold($sessionId: ID!, $partyId: ID!) {
  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualCode
        allowedActions
      }
    }
    party {
      id
      sessionId
      status {
        code
        reason
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:ab2264168a045a9c3c41b88549dc5aaebb0076aa1d76b61bc77d85bc59b3a206"}) as unknown as TypedDocumentString<HoldMutation, HoldMutationVariables>;
export const UnholdDocument = new TypedDocumentString(`
    mutation Unhold($sessionId: ID!, $partyId: ID!) {
  unholdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      status {
        code
        reason
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:b326c58c3a9f31f9df55a81ae26ad2717b86f675ed09058aaac40978325a134e"}) as unknown as TypedDocumentString<UnholdMutation, UnholdMutationVariables>;
export const MuteDocument = new TypedDocumentString(`
    mutation Mute($sessionId: ID!, $partyId: ID!) {
  muteCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      muted
      observedAt
    }
  }
}
    `, {"hash":"sha256:c7a33bc72fc66264d550c72fef9777e7bb1f008614e7cce84ec35aa16ddd31c5"}) as unknown as TypedDocumentString<MuteMutation, MuteMutationVariables>;
export const AvailableActionsDocument = new TypedDocumentString(`
    query AvailableActions($sessionId: ID!, $partyId: ID!) {
  callParty(sessionId: $sessionId, id: $partyId) {
    id
    sessionId
    status {
      code
    }
    availableActions {
      action
      allowed
      reason
    }
    observedAt
  }
}
    `, {"hash":"sha256:783bd79191098799159e3b11e955e093b687667f06ebe4afd1a68b72b7c25a7d"}) as unknown as TypedDocumentString<AvailableActionsQuery, AvailableActionsQueryVariables>;
export const OnePartyDocument = new TypedDocumentString(`
    query OneParty($sessionId: ID!, $partyId: ID!) {
  callParty(sessionId: $sessionId, id: $partyId) {
    id
    sessionId
    extensionId
    muted
    status {
      code
      rawCode
      reason
      parkData
    }
    recordings {
      id
      active
    }
    observedAt
  }
}
    `, {"hash":"sha256:da7c1fd977a4eca1ca30a740186f230a96e47cb11f70df96ea689fdf708b3b6a"}) as unknown as TypedDocumentString<OnePartyQuery, OnePartyQueryVariables>;
export const MyPhonesDocument = new TypedDocumentString(`
    query MyPhones {
  viewer {
    devices {
      id
      name
      type
      status
    }
    forwardingNumbers {
      id
      label
      phoneNumber
      flipNumber
    }
  }
}
    `, {"hash":"sha256:759ed02ff569ad2c863e344e830b91ce40157cd25aaec3659ef996f83bd734c5"}) as unknown as TypedDocumentString<MyPhonesQuery, MyPhonesQueryVariables>;
export const MakeACallDocument = new TypedDocumentString(`
    mutation MakeACall($deviceId: ID!, $extensionNumber: String!, $idempotencyKey: String) {
  makeCallOut(
    input: {deviceId: $deviceId, to: {extensionNumber: $extensionNumber}, idempotencyKey: $idempotencyKey}
  ) {
    outcome
    replayed
    error {
      __typename
      message
    }
    session {
      id
      parties {
        id
        sessionId
        status {
          code
        }
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:706ebca18356e23cd3f62158a7eca020191af25fd568a54c7b2e7c3aff852161"}) as unknown as TypedDocumentString<MakeACallMutation, MakeACallMutationVariables>;
export const AnswerDocument = new TypedDocumentString(`
    mutation Answer($sessionId: ID!, $partyId: ID!, $deviceId: ID!) {
  answerCallParty(
    input: {sessionId: $sessionId, partyId: $partyId, deviceId: $deviceId}
  ) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      status {
        code
        reason
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:a203d87af6d06e1af0740eac42e192a8c3b5e236b1649e1a065cb86c9138c08a"}) as unknown as TypedDocumentString<AnswerMutation, AnswerMutationVariables>;
export const TransferDocument = new TypedDocumentString(`
    mutation Transfer($sessionId: ID!, $partyId: ID!, $target: TransferTargetInput!) {
  transferCallParty(
    input: {sessionId: $sessionId, partyId: $partyId, target: $target}
  ) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      status {
        code
        reason
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:747d8320524115b5d0ae866a0865902eac20727441b4527dd39a01094b96e417"}) as unknown as TypedDocumentString<TransferMutation, TransferMutationVariables>;
export const WarmTransferConsultDocument = new TypedDocumentString(`
    mutation WarmTransferConsult($sessionId: ID!, $partyId: ID!, $deviceId: ID!, $colleague: String!) {
  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {
    outcome
    error {
      __typename
      message
    }
  }
  makeCallOut(input: {deviceId: $deviceId, to: {extensionNumber: $colleague}}) {
    outcome
    error {
      __typename
      message
    }
    session {
      id
      parties {
        id
        sessionId
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:42157977f5c9784f58c33998a62f39e33c63ff4451ab94ddea39aa587f1cdb01"}) as unknown as TypedDocumentString<WarmTransferConsultMutation, WarmTransferConsultMutationVariables>;
export const WarmTransferCompleteDocument = new TypedDocumentString(`
    mutation WarmTransferComplete($sessionId: ID!, $partyId: ID!, $with: PartyAddressInput!) {
  bridgeCallParty(input: {sessionId: $sessionId, partyId: $partyId, with: $with}) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      status {
        code
        reason
      }
      peer {
        id
        sessionId
        status {
          code
        }
        observedAt
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:a5f99e295c7855165c2c8534003fcc97420a8855400fe3d0b763214d4927264c"}) as unknown as TypedDocumentString<WarmTransferCompleteMutation, WarmTransferCompleteMutationVariables>;
export const ParkDocument = new TypedDocumentString(`
    mutation Park($sessionId: ID!, $partyId: ID!) {
  parkCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      status {
        code
        parkData
      }
      park {
        id
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:e9d7f761f8899c4510fc2c16c98c16dd970d2855da105cab2b11c2bde3b1ffc6"}) as unknown as TypedDocumentString<ParkMutation, ParkMutationVariables>;
export const RecordDocument = new TypedDocumentString(`
    mutation Record($sessionId: ID!, $partyId: ID!) {
  startCallRecording(input: {sessionId: $sessionId, partyId: $partyId}) {
    outcome
    error {
      __typename
      message
    }
    recording {
      id
      active
    }
  }
}
    `, {"hash":"sha256:a1f5e9e611ba1137015026916eadc84b6ff2a6c8ead2f10a799d59462632d79a"}) as unknown as TypedDocumentString<RecordMutation, RecordMutationVariables>;
export const PauseRecordingDocument = new TypedDocumentString(`
    mutation PauseRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {
  pauseCallRecording(
    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}
  ) {
    outcome
    error {
      __typename
      message
    }
    recording {
      id
      active
    }
  }
}
    `, {"hash":"sha256:73ff0b3e81e8917bba90bec2d9c9d4f76b0d78284a507ae7d0ed7ad12e053db1"}) as unknown as TypedDocumentString<PauseRecordingMutation, PauseRecordingMutationVariables>;
export const ResumeRecordingDocument = new TypedDocumentString(`
    mutation ResumeRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {
  resumeCallRecording(
    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}
  ) {
    outcome
    error {
      __typename
      message
    }
    recording {
      id
      active
    }
  }
}
    `, {"hash":"sha256:9b920b8c2244e787e5867f852b9132c0c7f9e36645beaf3ef95c85b2d23ba682"}) as unknown as TypedDocumentString<ResumeRecordingMutation, ResumeRecordingMutationVariables>;
export const ConferenceDocument = new TypedDocumentString(`
    mutation Conference($idempotencyKey: String) {
  createConference(input: {idempotencyKey: $idempotencyKey}) {
    outcome
    replayed
    error {
      __typename
      message
    }
    session {
      id
      voiceCallToken
      parties {
        id
        sessionId
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:529aed532dbb276d84b69bf6dacd937c5f4fb365decbc278d75e8956068ab0ae"}) as unknown as TypedDocumentString<ConferenceMutation, ConferenceMutationVariables>;
export const BringInDocument = new TypedDocumentString(`
    mutation BringIn($conferenceId: ID!, $bringIn: PartyAddressInput!) {
  bringInCallParty(input: {sessionId: $conferenceId, bringIn: $bringIn}) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      conferenceRole
      status {
        code
      }
      observedAt
    }
    session {
      id
      parties {
        id
        sessionId
        conferenceRole
        status {
          code
        }
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:b306c24128d97216cffef59ab7aaca78c6152dd088b6488c022731770049fe13"}) as unknown as TypedDocumentString<BringInMutation, BringInMutationVariables>;
export const SuperviseDocument = new TypedDocumentString(`
    mutation Supervise($sessionId: ID!, $agent: SupervisedAgentInput!, $supervisorDeviceId: ID!) {
  superviseCallSession(
    input: {sessionId: $sessionId, agent: $agent, supervisorDeviceId: $supervisorDeviceId}
  ) {
    outcome
    error {
      __typename
      message
    }
    party {
      id
      sessionId
      status {
        code
        reason
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:089a7e9c96ba4f8623722de28c6637b61507e8884487d107573a9bd4e654858e"}) as unknown as TypedDocumentString<SuperviseMutation, SuperviseMutationVariables>;
export const WatchPartiesDocument = new TypedDocumentString(`
    subscription WatchParties($sessionId: ID!, $partyId: ID) {
  callPartyUpdated(sessionId: $sessionId, partyId: $partyId) {
    id
    sessionId
    muted
    status {
      code
      reason
    }
    availableActions {
      action
      allowed
    }
    observedAt
  }
}
    `, {"hash":"sha256:b498a642132d78a804b9d87564630288ca00e7de64f00ecc9a64d7510040116e"}) as unknown as TypedDocumentString<WatchPartiesSubscription, WatchPartiesSubscriptionVariables>;
export const WatchMyCallsDocument = new TypedDocumentString(`
    subscription WatchMyCalls {
  activeCalls {
    sessionId
    partyId
    telephonyStatus
    direction
    from
    fromName
    to
    toName
    startTime
  }
}
    `, {"hash":"sha256:9cbbb22909d6e8e2634cc81be1f7364f15c69f4f0a151ac666870fc89a40b1f7"}) as unknown as TypedDocumentString<WatchMyCallsSubscription, WatchMyCallsSubscriptionVariables>;
export const ResumeWatchingDocument = new TypedDocumentString(`
    subscription ResumeWatching($sessionId: ID!, $after: ID) {
  callEvents(sessionId: $sessionId, after: $after) {
    __typename
    ... on CallSnapshot {
      cursor
      reason
    }
    ... on CallPartyChange {
      cursor
      party {
        id
        sessionId
        status {
          code
        }
        observedAt
      }
    }
    ... on CallStreamNotice {
      cursor
      kind
    }
  }
}
    `, {"hash":"sha256:108b647253e1f49707aa14df14a22ee0a7312e9fa913552b5bc935f547cf3326"}) as unknown as TypedDocumentString<ResumeWatchingSubscription, ResumeWatchingSubscriptionVariables>;
export const WatchMyListDocument = new TypedDocumentString(`
    subscription WatchMyList {
  activeCallEvents {
    __typename
    ... on ActiveCallList {
      observedAt
      calls {
        sessionId
        partyId
        telephonyStatus
        from
        fromName
        observedAt
      }
    }
    ... on ActiveCallNotice {
      kind
      message
      at
    }
  }
}
    `, {"hash":"sha256:3bc9108ff7fdc1352509733a179f4395dda12b86d69a5c3c0c5a06180391ada8"}) as unknown as TypedDocumentString<WatchMyListSubscription, WatchMyListSubscriptionVariables>;
export const WallboardDocument = new TypedDocumentString(`
    query Wallboard {
  viewer {
    account {
      id
      callQueues {
        nodes {
          id
          name
          longestWait
          waitingCalls {
            queueId
            sessionId
            from
            fromName
            waitingSince
            ringing {
              id
              name
            }
          }
          members {
            nodes {
              queueId
              extensionId
              acceptsCalls
              extension {
                id
                name
                presence {
                  extensionId
                  presenceStatus
                  telephonyStatus
                  dndStatus
                  observedAt
                }
              }
            }
          }
        }
      }
      extensions(types: [USER], statuses: [ENABLED]) {
        nodes {
          id
          extensionNumber
          name
          presence {
            extensionId
            presenceStatus
            telephonyStatus
            message
            observedAt
          }
        }
      }
    }
  }
}
    `, {"hash":"sha256:65d1db0e22759b8f5d19a8a197305c4219dea92dc17f23a7f3c3cf52da4f885c"}) as unknown as TypedDocumentString<WallboardQuery, WallboardQueryVariables>;
export const WatchTheCompanyDocument = new TypedDocumentString(`
    subscription WatchTheCompany($after: ID) {
  accountCallEvents(after: $after) {
    __typename
    ... on AccountSnapshot {
      cursor
      reason
      calls {
        id
        creationTime
        parties {
          id
          sessionId
          extensionId
          direction
          status {
            code
            reason
          }
          from {
            phoneNumber
            name
          }
          to {
            phoneNumber
            name
            extensionId
          }
          observedAt
        }
      }
      presences {
        extensionId
        presenceStatus
        telephonyStatus
        dndStatus
        observedAt
      }
    }
    ... on AccountCallBegan {
      cursor
      session {
        id
        creationTime
        parties {
          id
          sessionId
          extensionId
          direction
          status {
            code
            reason
          }
          from {
            phoneNumber
            name
          }
          to {
            phoneNumber
            name
            extensionId
          }
          observedAt
        }
      }
    }
    ... on AccountCallPartyChange {
      cursor
      sessionId
      skipped
      previousStatus {
        code
      }
      party {
        id
        sessionId
        extensionId
        direction
        status {
          code
          reason
        }
        from {
          phoneNumber
          name
        }
        to {
          phoneNumber
          name
          extensionId
        }
        observedAt
      }
    }
    ... on AccountCallEnded {
      cursor
      sessionId
    }
    ... on AccountPresenceChange {
      cursor
      presence {
        extensionId
        presenceStatus
        telephonyStatus
        dndStatus
        observedAt
      }
    }
    ... on AccountStreamNotice {
      cursor
      kind
      message
      at
    }
  }
}
    `, {"hash":"sha256:4498990a2843e91551ed5aa5646bcdbb3cb3c9beb36c80f7b65371e2403aa89a"}) as unknown as TypedDocumentString<WatchTheCompanySubscription, WatchTheCompanySubscriptionVariables>;
export const WatchColleaguesDocument = new TypedDocumentString(`
    subscription WatchColleagues($extensionIds: [ID!]!) {
  presenceUpdated(extensionIds: $extensionIds) {
    extensionId
    presenceStatus
    telephonyStatus
    userStatus
    dndStatus
    message
    observedAt
    extension {
      id
      name
    }
  }
}
    `, {"hash":"sha256:9df4591576043ec1477a41791446c37a94ea6aead182fbf6517e8fa4982dd4c4"}) as unknown as TypedDocumentString<WatchColleaguesSubscription, WatchColleaguesSubscriptionVariables>;
export const TakeABreakDocument = new TypedDocumentString(`
    mutation TakeABreak($extensionId: ID!, $queueId: ID!, $acceptsCalls: Boolean!, $message: String!) {
  setPresence(input: {extensionId: $extensionId, message: $message}) {
    outcome
    error {
      __typename
      message
    }
    presence {
      extensionId
      presenceStatus
      dndStatus
      message
      observedAt
    }
  }
  setQueueAvailability(
    input: {extensionId: $extensionId, queues: [{queueId: $queueId, acceptsCalls: $acceptsCalls}]}
  ) {
    outcome
    error {
      __typename
      message
    }
    queues {
      queueId
      acceptsCalls
    }
  }
}
    `, {"hash":"sha256:35fb29f7963cb70d4293f1d858680feb3e25b255305d7b49441967533381398b"}) as unknown as TypedDocumentString<TakeABreakMutation, TakeABreakMutationVariables>;
export const OneCardDocument = new TypedDocumentString(`
    query OneCard {
  viewer {
    activeCalls {
      session {
        ...CallCard
      }
    }
    conversations {
      ...CallCard
    }
  }
}
    fragment CallCard on Call {
  __typename
  id
  system
  startedAt
  isOver
  participants {
    __typename
    id
    name
    number
    direction
    activity
    held
    muted
    recorded
    since
    observedAt
    ... on CallParty {
      sessionId
    }
    ... on CallMediaParticipant {
      conversationId
    }
  }
}`, {"hash":"sha256:7c267e2e9964dd00421c7bdf8c88b6629b6cf76d542590d29ddac19993f92d91"}) as unknown as TypedDocumentString<OneCardQuery, OneCardQueryVariables>;
export const MyConversationsDocument = new TypedDocumentString(`
    query MyConversations {
  viewer {
    genesysUser {
      id
      name
    }
    conversations {
      id
      participants {
        id
        conversationId
        purpose
        name
        state
        held
        user {
          id
          name
        }
        queue {
          id
          name
        }
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:740069205c985642ff972bca6ba68791b365f4629ee2d8bd145b186a0845b469"}) as unknown as TypedDocumentString<MyConversationsQuery, MyConversationsQueryVariables>;
export const OneConversationDocument = new TypedDocumentString(`
    query OneConversation($conversationId: ID!) {
  callConversation(id: $conversationId) {
    id
    startedAt
    recordingState
    participants {
      id
      conversationId
      purpose
      name
      number
      activity
      since
      connectedTime
      wrapupRequired
      wrapup {
        code
        name
        notes
      }
      attributes {
        name
        value
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:73d8cfa3ec5aa2babf6c77f563ba87b511bfda333454bb12571f6ef78a8b86ce"}) as unknown as TypedDocumentString<OneConversationQuery, OneConversationQueryVariables>;
export const WatchAConversationDocument = new TypedDocumentString(`
    subscription WatchAConversation($conversationId: ID!, $after: ID) {
  conversationEvents(conversationId: $conversationId, after: $after) {
    __typename
    ... on ConversationSnapshot {
      cursor
      reason
      conversation {
        id
        participants {
          id
          conversationId
          name
          state
          held
          observedAt
        }
      }
    }
    ... on CallMediaParticipantChange {
      cursor
      skipped
      previousActivity
      participant {
        id
        conversationId
        activity
        state
        held
        muted
        observedAt
      }
    }
    ... on ConversationStreamNotice {
      cursor
      kind
      message
      at
    }
  }
}
    `, {"hash":"sha256:d9eecc9fcd24aa4bfef7a05408baf709bc085c801c454fbda2bd0821a0a9096c"}) as unknown as TypedDocumentString<WatchAConversationSubscription, WatchAConversationSubscriptionVariables>;
export const WatchParticipantsDocument = new TypedDocumentString(`
    subscription WatchParticipants($conversationId: ID!, $participantId: ID) {
  callMediaParticipantUpdated(
    conversationId: $conversationId
    participantId: $participantId
  ) {
    id
    conversationId
    name
    activity
    state
    held
    muted
    observedAt
  }
}
    `, {"hash":"sha256:5fc4e31a66f655300edb70354c427f0b65a4a66f0a4d518d433c695c21073336"}) as unknown as TypedDocumentString<WatchParticipantsSubscription, WatchParticipantsSubscriptionVariables>;
export const WatchMyConversationsDocument = new TypedDocumentString(`
    subscription WatchMyConversations {
  conversationListEvents {
    __typename
    ... on ConversationList {
      observedAt
      conversations {
        id
        participants {
          id
          conversationId
          name
          activity
          observedAt
        }
      }
    }
    ... on ActiveCallNotice {
      kind
      message
      at
    }
  }
}
    `, {"hash":"sha256:5b71de29af08950b5128d2aba4dc85a7ca6e9d416f353ea06c980ee18ebd5c8d"}) as unknown as TypedDocumentString<WatchMyConversationsSubscription, WatchMyConversationsSubscriptionVariables>;
export const ParticipantActionsDocument = new TypedDocumentString(`
    query ParticipantActions($conversationId: ID!, $participantId: ID!) {
  callMediaParticipant(conversationId: $conversationId, id: $participantId) {
    id
    conversationId
    activity
    availableActions {
      action
      allowed
      reason
    }
    wrapupCodes {
      id
      name
    }
    observedAt
  }
}
    `, {"hash":"sha256:711cbbac93263b5897634db87550872a06b6d60a2289fbc85bddd42af5197a2d"}) as unknown as TypedDocumentString<ParticipantActionsQuery, ParticipantActionsQueryVariables>;
export const HoldConversationDocument = new TypedDocumentString(`
    mutation HoldConversation($conversationId: ID!, $participantId: ID!) {
  holdCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      state
      held
      observedAt
    }
  }
}
    `, {"hash":"sha256:8f601a2c58a6d76f57a048831441c3e979082b8e5493695e00d2701b0eb9dd55"}) as unknown as TypedDocumentString<HoldConversationMutation, HoldConversationMutationVariables>;
export const AnswerConversationDocument = new TypedDocumentString(`
    mutation AnswerConversation($conversationId: ID!, $participantId: ID!) {
  answerCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      state
      connectedTime
      observedAt
    }
  }
}
    `, {"hash":"sha256:f112922b52194cd959b2c2bcc4545c85dd7a77e54b2f9e323a34b2857e2928a5"}) as unknown as TypedDocumentString<AnswerConversationMutation, AnswerConversationMutationVariables>;
export const TransferConversationDocument = new TypedDocumentString(`
    mutation TransferConversation($conversationId: ID!, $participantId: ID!, $queueId: ID!) {
  transferCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId, target: {queueId: $queueId}}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      state
      disconnectType
      observedAt
    }
  }
}
    `, {"hash":"sha256:16cd847c8a3d817b48c0598144f138aa19872c6f37dca0d93d3d0f8c2de93ba5"}) as unknown as TypedDocumentString<TransferConversationMutation, TransferConversationMutationVariables>;
export const ConsultDocument = new TypedDocumentString(`
    mutation Consult($conversationId: ID!, $participantId: ID!, $userId: ID!) {
  startConsultTransfer(
    input: {conversationId: $conversationId, participantId: $participantId, target: {userId: $userId}}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      activity
      observedAt
    }
    destinationParticipantId
    destinationParticipant {
      id
      conversationId
      activity
      observedAt
    }
  }
}
    `, {"hash":"sha256:5e6386ef6daaf779f484d6e5674c54f23560d892c988da7bbe11ffcd30b532c5"}) as unknown as TypedDocumentString<ConsultMutation, ConsultMutationVariables>;
export const CompleteConsultDocument = new TypedDocumentString(`
    mutation CompleteConsult($conversationId: ID!, $participantId: ID!) {
  completeConsultTransfer(
    input: {conversationId: $conversationId, participantId: $participantId}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      activity
      observedAt
    }
  }
}
    `, {"hash":"sha256:e573bbf40b13bec2b2fc063935f3a4515ab0caea2657e46aeaa6eae7afae852f"}) as unknown as TypedDocumentString<CompleteConsultMutation, CompleteConsultMutationVariables>;
export const RecordConversationDocument = new TypedDocumentString(`
    mutation RecordConversation($conversationId: ID!, $participantId: ID!) {
  startRecordingCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      recording
      recordingState
      observedAt
    }
  }
}
    `, {"hash":"sha256:9ef4bf7fbdb76849aa116179bac08e67de3fe49cacdcf8b1f2cf3d0057049184"}) as unknown as TypedDocumentString<RecordConversationMutation, RecordConversationMutationVariables>;
export const SecurePauseDocument = new TypedDocumentString(`
    mutation SecurePause($conversationId: ID!) {
  pauseCallConversationRecording(input: {conversationId: $conversationId}) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    conversation {
      id
      recordingState
      securePause
      observedAt
    }
  }
}
    `, {"hash":"sha256:12c2277450653225cf7dffb3bdecc99398c1c685a67485a8323e78f74c2949c9"}) as unknown as TypedDocumentString<SecurePauseMutation, SecurePauseMutationVariables>;
export const WrapUpDocument = new TypedDocumentString(`
    mutation WrapUp($conversationId: ID!, $participantId: ID!, $code: ID!, $notes: String) {
  wrapUpCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId, code: $code, notes: $notes}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      activity
      wrapup {
        code
        name
        notes
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:cdcf70af21d82225b94e8b6ce73a83898e7af58e763a71d97ed5c1769d5ff229"}) as unknown as TypedDocumentString<WrapUpMutation, WrapUpMutationVariables>;
export const PlaceACallDocument = new TypedDocumentString(`
    mutation PlaceACall($phoneNumber: String!, $idempotencyKey: String) {
  placeCall(
    input: {to: {phoneNumber: $phoneNumber}, idempotencyKey: $idempotencyKey}
  ) {
    outcome
    replayed
    error {
      __typename
      message
    }
    conversation {
      id
      participants {
        id
        conversationId
        name
        activity
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:ed1b43da6e7cf1ba15004dc5b69c191647439e103fb56409f73955b0c8244110"}) as unknown as TypedDocumentString<PlaceACallMutation, PlaceACallMutationVariables>;
export const SendDigitsDocument = new TypedDocumentString(`
    mutation SendDigits($conversationId: ID!, $participantId: ID!, $digits: String!) {
  sendDigitsToCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId, digits: $digits}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      activity
      observedAt
    }
  }
}
    `, {"hash":"sha256:285fd83b0a359d7ca596ee4be94d8ca1976abd5710ad3c6fdff15606a073cff5"}) as unknown as TypedDocumentString<SendDigitsMutation, SendDigitsMutationVariables>;
export const MergeConversationsDocument = new TypedDocumentString(`
    mutation MergeConversations($conversationId: ID!, $others: [ID!]!) {
  mergeCallConversations(
    input: {conversationId: $conversationId, conversationIds: $others}
  ) {
    outcome
    error {
      __typename
      message
    }
    conversation {
      id
      participants {
        id
        conversationId
        name
        activity
        observedAt
      }
    }
  }
}
    `, {"hash":"sha256:d2abd5f2f355e744398d120b1da97b27ab0cadd3a4dda77619944fc455394e08"}) as unknown as TypedDocumentString<MergeConversationsMutation, MergeConversationsMutationVariables>;
export const MonitorDocument = new TypedDocumentString(`
    mutation Monitor($conversationId: ID!, $participantId: ID!) {
  monitorCallMediaParticipant(
    input: {conversationId: $conversationId, participantId: $participantId}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      activity
      observedAt
    }
  }
}
    `, {"hash":"sha256:d19a73b2bc1a8f78375a3dfc06b314e7e72f9eb38b8831f8d500f0cad0135522"}) as unknown as TypedDocumentString<MonitorMutation, MonitorMutationVariables>;
export const SetAttributesDocument = new TypedDocumentString(`
    mutation SetAttributes($conversationId: ID!, $participantId: ID!, $attributes: [CallAttributeInput!]!) {
  setCallMediaParticipantAttributes(
    input: {conversationId: $conversationId, participantId: $participantId, attributes: $attributes}
  ) {
    outcome
    error {
      __typename
      message
      ... on WrongCallState {
        actualState
        allowedParticipantActions
      }
    }
    participant {
      id
      conversationId
      attributes {
        name
        value
      }
      observedAt
    }
  }
}
    `, {"hash":"sha256:4c22af94e26d1b751181b52c71120bce09b90f126f08a8b4f797732f174ef93b"}) as unknown as TypedDocumentString<SetAttributesMutation, SetAttributesMutationVariables>;