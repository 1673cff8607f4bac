/** The words of Genesys Cloud that a value is one of. */
import { addEnum } from '../builder.ts';
import { PARTICIPANT_ACTIONS } from './actions.ts';
import {
  DISCONNECT_TYPES,
  ENTITY_KINDS,
  FAX_DIRECTIONS,
  FLAGGED_REASONS,
  LIVE_SPEAKER_MODES,
  PARTICIPANT_PURPOSES,
  PARTICIPANT_STATES,
  RECORDER_STATES,
  TRANSFER_STATES,
  TRANSFER_TYPES,
  WRAPUP_PROMPTS,
} from './model.ts';

/** Also what a refused command finds instead. */
export const ParticipantState = addEnum('ParticipantState', PARTICIPANT_STATES, {
  description:
    'What a participant of a conversation is doing. Genesys Cloud counts `ALERTING` and `CONTACTING` as pending, `DIALING` and ' +
    '`CONNECTED` as live, `DISCONNECTED` and `TERMINATED` as ended. Hold is not a state: look at `held`, or at `activity`.',
  values: {
    ALERTING: 'Is being rung, and has not answered yet.',
    DIALING: 'The call to them is going out.',
    CONTACTING: 'The call is being set up: of an agent who calls, their own phone is rung first.',
    OFFERING: 'The call is being offered to them.',
    CONNECTED: 'Is in the call, also while it is held.',
    DISCONNECTED: 'Has left the call. An agent may still owe the work after it.',
    TERMINATED: 'Has left the call, and nothing is to be done any more.',
    CONVERTING: 'A fax is being converted.',
    UPLOADING: 'A fax is being uploaded.',
    TRANSMITTING: 'A fax is being transmitted.',
    SCHEDULED: 'Is to be called later.',
    PARKED: 'Has set the call aside, and goes on with it later.',
    NONE: 'Has no part in the call.',
    UNKNOWN: 'A state that Genesys Cloud has not published: `rawState` has its text.',
  },
});

/** What a participant is there for. */
export const ParticipantPurpose = addEnum('ParticipantPurpose', PARTICIPANT_PURPOSES, {
  description:
    'What a participant is there for. Genesys Cloud takes any text here; these are those that it documents or that were ' +
    'seen.',
  values: {
    AGENT: 'A user of the organisation who handles the call of a queue.',
    USER: 'A user of the organisation in a call that did not come through a queue.',
    CUSTOMER: 'The person outside whom the call is about.',
    EXTERNAL: 'Somebody else outside, like the target of a transfer.',
    ACD: 'The queue in which the call waits for an agent.',
    IVR: 'A menu or flow that speaks with the caller.',
    DIALER: 'The outbound dialer, which called for a campaign.',
    VOICEMAIL: 'A voicemail box.',
    STATION: 'A phone without a user.',
    WORKFLOW: 'A workflow.',
    GROUP: 'A group of users that is rung.',
    FAX: 'A fax machine.',
    API: 'A program.',
    CAMPAIGN: 'A campaign.',
    OUTBOUND: 'A leg that goes out.',
    UNKNOWN: 'Another purpose: `rawPurpose` has its text.',
  },
});

/** Why a participant left. */
export const DisconnectType = addEnum('DisconnectType', DISCONNECT_TYPES, {
  description: 'Why a participant left the call.',
  values: {
    ENDPOINT: 'They hung up, or their phone did.',
    ENDPOINT_DO_NOT_DISTURB: 'Their phone takes no calls.',
    CLIENT: 'An app hung up for them.',
    SYSTEM: 'Genesys Cloud ended it.',
    TIMEOUT: 'It took too long.',
    TRANSFER: 'They were transferred, or transferred the call away.',
    TRANSFER_CONFERENCE: 'The call went into a conference.',
    TRANSFER_CONSULT: 'The call was transferred after the target had been asked.',
    TRANSFER_DO_NOT_DISTURB: 'The call went on to somebody else: they take no calls.',
    TRANSFER_FORWARD: 'The call was forwarded.',
    TRANSFER_NO_ANSWER: 'The call went on to somebody else: they did not answer.',
    TRANSFER_NOT_AVAILABLE: 'The call went on to somebody else: they are not available.',
    TRANSPORT_FAILURE: 'The connection failed.',
    ERROR: 'Something failed: `errorInfo` may say what.',
    PEER: 'The other side hung up.',
    OTHER: 'Another reason.',
    SPAM: 'It was taken for spam.',
    UNCALLABLE: 'They cannot be called now.',
    INACTIVITY: 'Nothing happened for too long.',
    SESSION_EXPIRED: 'Their session ended.',
    TAKEOVER: 'Somebody took the call over.',
    UNKNOWN: 'A reason that Genesys Cloud has not published: `rawDisconnectType` has its text.',
  },
});

/** How an agent is asked for a wrap-up. */
export const WrapupPrompt = addEnum('WrapupPrompt', WRAPUP_PROMPTS, {
  description: 'How an agent is to be asked for a wrap-up once the call is over.',
  values: {
    MANDATORY: 'They must give a code, and may take as long as they need.',
    OPTIONAL: 'They may give a code.',
    AGENT_REQUESTED: 'Only when they asked for it during the call.',
    TIMEOUT: 'They have `wrapupTimeoutMs`, and may end it earlier.',
    FORCED_TIMEOUT: 'They have all of `wrapupTimeoutMs`, and cannot end it earlier.',
    UNKNOWN: 'A word that Genesys Cloud has not published: `rawWrapupPrompt` has its text.',
  },
});

/** Why a conversation was flagged. */
export const FlaggedReason = addEnum('FlaggedReason', FLAGGED_REASONS, {
  description: 'Why a participant has flagged the conversation.',
  values: {
    GENERAL: 'To be looked at later; Genesys Cloud knows no other reason.',
    UNKNOWN: 'A reason that Genesys Cloud has not published: `rawFlaggedReason` has its text.',
  },
});

/** Of a call, a participant, and each recorder. */
export const RecorderState = addEnum('RecorderState', RECORDER_STATES, {
  description: 'Whether something is recorded.',
  values: {
    NONE: 'It is not.',
    ACTIVE: 'It is.',
    PAUSED: 'The recording is paused.',
    UNKNOWN: 'A state that Genesys Cloud has not published.',
  },
});

/** Of a fax. */
export const FaxDirection = addEnum('FaxDirection', FAX_DIRECTIONS, {
  description: 'Whether a fax is sent or received.',
  values: {
    SEND: 'It is sent.',
    RECEIVE: 'It is received.',
    UNKNOWN: 'A direction that Genesys Cloud has not published: `rawDirection` has its text.',
  },
});

/** How carefully call analysis listens for a person. */
export const LiveSpeakerMode = addEnum('LiveSpeakerMode', LIVE_SPEAKER_MODES, {
  description: 'How call analysis weighs speed against certainty when it listens for a live person.',
  values: {
    DISABLED: 'It does not listen for one early.',
    LOW: 'It would rather be certain.',
    MEDIUM: 'Between the two.',
    HIGH: 'It would rather be quick.',
    UNKNOWN: 'Genesys Cloud does not know, or a mode that it has not published: `rawMode` has its text.',
  },
});

/** Of a transfer that was commanded. */
export const TransferState = addEnum('TransferState', TRANSFER_STATES, {
  description: 'How far a transfer has come.',
  values: {
    PENDING: 'It waits to begin.',
    ACTIVE: 'It is under way.',
    COMPLETE: 'It is done.',
    CANCELED: 'It was called off.',
    FAILED: 'It failed.',
    TIMEOUT: 'It took too long.',
    UNKNOWN: 'Genesys Cloud does not know, or a state that it has not published: `rawState` has its text.',
  },
});

/** Of a transfer that was commanded. */
export const TransferType = addEnum('TransferType', TRANSFER_TYPES, {
  description: 'Whether whoever transfers waits for the target.',
  values: {
    ATTENDED: 'They keep the call until the target accepts it.',
    UNATTENDED: 'They leave at once.',
    UNKNOWN: 'A type that Genesys Cloud has not published: `rawTransferType` has its text.',
  },
});

/** Of an entity that is pointed to. */
export const EntityKind = addEnum('EntityKind', ENTITY_KINDS, {
  description: 'What something of the organisation is that a conversation points to.',
  values: {
    USER: 'A user.',
    QUEUE: 'A queue.',
    TEAM: 'A team.',
    SCRIPT: 'A script that guides an agent through the call.',
    GROUP: 'A group of users.',
    EXTERNAL_CONTACT: 'A contact outside of the organisation.',
    EXTERNAL_ORGANIZATION: 'The organisation of a contact.',
    LANGUAGE: 'A language skill.',
    SKILL: 'A routing skill.',
    WRAPUP_CODE: 'A wrap-up code.',
    DIVISION: 'A division.',
    UNKNOWN: 'Something of which Genesys Cloud does not say what it is.',
  },
});

/** What `availableActions` is a list of. */
export const ParticipantAction = addEnum('ParticipantAction', PARTICIPANT_ACTIONS, {
  description: 'What can be done to a participant or its conversation; each is a mutation.',
  values: {
    ANSWER: '`answerCallMediaParticipant`',
    DISCONNECT: '`disconnectCallMediaParticipant`',
    HOLD: '`holdCallMediaParticipant`',
    UNHOLD: '`unholdCallMediaParticipant`',
    MUTE: '`muteCallMediaParticipant`',
    UNMUTE: '`unmuteCallMediaParticipant`',
    TRANSFER: '`transferCallMediaParticipant`',
    START_CONSULT: '`startConsultTransfer`',
    SPEAK_TO: '`speakToInConsultTransfer`',
    COMPLETE_CONSULT: '`completeConsultTransfer`',
    CANCEL_CONSULT: '`cancelConsultTransfer`',
    START_RECORDING: '`startRecordingCallMediaParticipant`',
    STOP_RECORDING: '`stopRecordingCallMediaParticipant`',
    PAUSE_RECORDING: '`pauseCallConversationRecording`',
    RESUME_RECORDING: '`resumeCallConversationRecording`',
    CONFINE: '`confineCallMediaParticipant`',
    UNCONFINE: '`unconfineCallMediaParticipant`',
    SEND_DIGITS: '`sendDigitsToCallMediaParticipant`',
    WRAP_UP: '`wrapUpCallMediaParticipant`',
    SKIP_WRAP_UP: '`skipWrapUpCallMediaParticipant`',
    SET_AFTER_CALL_WORK: '`setCallMediaParticipantAfterCallWork`',
    FLAG: '`flagCallMediaParticipant`',
    UNFLAG: '`unflagCallMediaParticipant`',
    MONITOR: '`monitorCallMediaParticipant`',
    COACH: '`coachCallMediaParticipant`',
    BARGE: '`bargeCallMediaParticipant`',
    SET_ATTRIBUTES: '`setCallMediaParticipantAttributes`',
    SET_UUI_DATA: '`setCallMediaParticipantUuiData`',
    SCHEDULE_RESUME: '`scheduleCallMediaParticipantResume`',
    MERGE: '`mergeCallConversations`',
    ADD_PARTICIPANTS: '`addCallMediaParticipants`',
    DISCONNECT_CONVERSATION: '`disconnectCallConversation`, and `tearDownCallConversation`',
  },
});
