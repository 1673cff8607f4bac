/**
 * What a participant's state allows, as far as it shows in the conversation itself.
 *
 * What Genesys decides by permissions, stations and settings shows only in its answer: an active participant may act on
 * others, a supervisor on whoever they supervise. So `allowed` means "worth trying", and a refusal stays possible.
 */
import { PARTICIPANT_ACTIONS, type ParticipantAction } from '../../schema/genesys/actions.ts';
import {
  type CallConversation,
  type CallMediaParticipant,
  hasLeft,
  isConversationOver,
  type ParticipantState,
} from '../../schema/genesys/model.ts';
import type {
  AvailableParticipantAction,
  ConversationCommand,
  ConversationCommandName,
} from '../../schema/genesys/provider.ts';
import { all, when as met, type Rule as RuleOf } from '../upstream/rules.ts';
import { consultedAbout } from './consulting.ts';

/** Every action with the reason to show where the state forbids it. `userId` is the viewer's; null where it is not known. */
export function availableActions(
  conversation: CallConversation,
  participant: CallMediaParticipant,
  userId: string | null,
): readonly AvailableParticipantAction[] {
  const facts = { conversation, participant, userId };
  return PARTICIPANT_ACTIONS.map((action) => {
    const reason = RULES[action](facts);
    return { action, allowed: reason === null, reason };
  });
}

/** All that {@link availableActions} says, in one text to compare: equal texts, equal answers. */
export function outlookOf(
  conversation: CallConversation,
  participant: CallMediaParticipant,
  userId: string | null,
): string {
  const facts = { conversation, participant, userId };
  return PARTICIPANT_ACTIONS.map((action) => letterOf(RULES[action](facts))).join('');
}

/** One for each reason; there are as many as the rules below have. */
const LETTERS = new Map<string | null, string>();

function letterOf(reason: string | null): string {
  const known = LETTERS.get(reason);
  if (known !== undefined) return known;
  const letter = String.fromCharCode(0x41 + LETTERS.size);
  LETTERS.set(reason, letter);
  return letter;
}

/** The names of the actions that the state allows. */
export function allowedActions(
  conversation: CallConversation,
  participant: CallMediaParticipant,
  userId: string | null,
): readonly ParticipantAction[] {
  const facts = { conversation, participant, userId };
  return PARTICIPANT_ACTIONS.filter((action) => RULES[action](facts) === null);
}

/** Why the state forbids what a command asks of a participant; null where nothing in the conversation speaks against it. */
export function reasonAgainst(
  command: ConversationCommand,
  conversation: CallConversation,
  participant: CallMediaParticipant,
  userId: string | null,
): string | null {
  const action = ACTION_OF[command.name];
  return action === null ? null : RULES[action]({ conversation, participant, userId });
}

/** The action that each command is; null where it begins a conversation of its own. */
const ACTION_OF: { readonly [Name in ConversationCommandName]: ParticipantAction | null } = {
  placeCall: null,
  startCallConference: null,
  mergeCallConversations: 'MERGE',
  addCallMediaParticipants: 'ADD_PARTICIPANTS',
  pauseCallConversationRecording: 'PAUSE_RECORDING',
  resumeCallConversationRecording: 'RESUME_RECORDING',
  disconnectCallConversation: 'DISCONNECT_CONVERSATION',
  tearDownCallConversation: 'DISCONNECT_CONVERSATION',
  answerCallMediaParticipant: 'ANSWER',
  disconnectCallMediaParticipant: 'DISCONNECT',
  holdCallMediaParticipant: 'HOLD',
  unholdCallMediaParticipant: 'UNHOLD',
  muteCallMediaParticipant: 'MUTE',
  unmuteCallMediaParticipant: 'UNMUTE',
  confineCallMediaParticipant: 'CONFINE',
  unconfineCallMediaParticipant: 'UNCONFINE',
  scheduleCallMediaParticipantResume: 'SCHEDULE_RESUME',
  startRecordingCallMediaParticipant: 'START_RECORDING',
  stopRecordingCallMediaParticipant: 'STOP_RECORDING',
  sendDigitsToCallMediaParticipant: 'SEND_DIGITS',
  transferCallMediaParticipant: 'TRANSFER',
  startConsultTransfer: 'START_CONSULT',
  speakToInConsultTransfer: 'SPEAK_TO',
  completeConsultTransfer: 'COMPLETE_CONSULT',
  cancelConsultTransfer: 'CANCEL_CONSULT',
  wrapUpCallMediaParticipant: 'WRAP_UP',
  skipWrapUpCallMediaParticipant: 'SKIP_WRAP_UP',
  setCallMediaParticipantAfterCallWork: 'SET_AFTER_CALL_WORK',
  flagCallMediaParticipant: 'FLAG',
  unflagCallMediaParticipant: 'UNFLAG',
  monitorCallMediaParticipant: 'MONITOR',
  coachCallMediaParticipant: 'COACH',
  bargeCallMediaParticipant: 'BARGE',
  setCallMediaParticipantAttributes: 'SET_ATTRIBUTES',
  setCallMediaParticipantUuiData: 'SET_UUI_DATA',
};

interface Facts {
  readonly conversation: CallConversation;
  readonly participant: CallMediaParticipant;
  readonly userId: string | null;
}

type Rule = RuleOf<Facts>;

/** {@link met}, of these facts. */
const when: (met: (facts: Facts) => boolean, reason: string) => Rule = met;

/** Where it is not known what the participant does, everything is worth trying. */
const does =
  (...states: readonly ParticipantState[]) =>
  ({ participant: { state } }: Facts): boolean =>
    state === null || state === 'UNKNOWN' || states.includes(state);

const present = when(({ participant }) => !hasLeft(participant), 'This participant has left the call.');
const ringing = all(present, when(does('ALERTING', 'OFFERING'), 'Only possible while the call rings.'));
const connected = all(
  present,
  when(does('CONNECTED'), 'Only possible once the call has been answered, and before it ends.'),
);
const agent = when(
  ({ participant: { purpose, user } }) =>
    user !== null || purpose === null || purpose === 'AGENT' || purpose === 'USER' || purpose === 'UNKNOWN',
  'Only an agent has a wrap-up.',
);
const hasTalked = when(
  ({ participant: { connectedTime, state } }) =>
    connectedTime !== null || (state !== 'ALERTING' && state !== 'OFFERING' && state !== 'CONTACTING'),
  'Only possible once the call has been answered.',
);
const consulting = all(
  present,
  when(isConsultedAbout, 'Nobody is being consulted about this participant: start a consult transfer first.'),
);
const conference = when(
  ({ conversation }) =>
    conversation.maxParticipants !== null ||
    conversation.participants.filter((one) => !hasLeft(one)).length > 2,
  'Only possible in a conference.',
);
const supervisable = all(
  when(({ participant, userId }) => !isOwn(participant, userId), 'You cannot supervise yourself.'),
  when(
    ({ participant: { purpose, user } }) => user !== null || purpose === 'AGENT' || purpose === 'USER',
    'Only an agent can be supervised.',
  ),
  connected,
  when(
    ({ conversation, userId }) => !conversation.participants.some((one) => isOwn(one, userId) && talks(one)),
    'You take part in this conversation: only others can supervise it.',
  ),
);

const RULES: { readonly [Action in ParticipantAction]: Rule } = {
  ANSWER: ringing,
  DISCONNECT: present,
  HOLD: all(
    connected,
    when(({ participant }) => participant.held !== true, 'The participant is on hold already.'),
  ),
  UNHOLD: all(
    connected,
    when(({ participant }) => participant.held !== false, 'The participant is not on hold.'),
  ),
  // Where it is not known whether the participant is muted, both are worth trying.
  MUTE: all(
    connected,
    when(({ participant }) => participant.muted !== true, 'The participant is muted already.'),
  ),
  UNMUTE: all(
    connected,
    when(({ participant }) => participant.muted !== false, 'The participant is not muted.'),
  ),
  // One that rings can go to voicemail.
  TRANSFER: all(
    present,
    when(
      does('CONNECTED', 'ALERTING', 'OFFERING'),
      'Only possible while the call rings or once it has been answered.',
    ),
  ),
  START_CONSULT: all(
    when(
      ({ participant, userId }) => !isOwn(participant, userId),
      'Name the participant who is to be transferred, not yourself.',
    ),
    connected,
    when(mayConsult, 'Only possible once you have answered the call yourself.'),
    when((facts) => !isConsultedAbout(facts), 'Somebody is being consulted about this participant already.'),
  ),
  SPEAK_TO: consulting,
  COMPLETE_CONSULT: consulting,
  CANCEL_CONSULT: consulting,
  START_RECORDING: all(
    connected,
    when(({ participant }) => !isFullyRecorded(participant), 'The call is being recorded already.'),
  ),
  STOP_RECORDING: all(
    connected,
    when(
      ({ participant: { recording, recordersState } }) =>
        recording !== false ||
        recordersState?.snippetState === 'ACTIVE' ||
        recordersState?.adhocState === 'ACTIVE',
      'Nothing is being recorded.',
    ),
  ),
  PAUSE_RECORDING: all(
    connected,
    when(({ conversation }) => conversation.recordingState !== 'NONE', 'Nothing is being recorded.'),
    when(
      ({ conversation: { recordingState, securePause } }) =>
        recordingState !== 'PAUSED' && securePause !== true,
      'The recording is paused already.',
    ),
  ),
  RESUME_RECORDING: all(
    connected,
    when(
      ({ conversation: { recordingState, securePause } }) =>
        recordingState === null || recordingState === 'PAUSED' || securePause === true,
      'The recording is not paused.',
    ),
  ),
  CONFINE: all(
    connected,
    conference,
    when(({ participant }) => participant.confined !== true, 'The participant is confined already.'),
  ),
  UNCONFINE: all(
    connected,
    when(({ participant }) => participant.confined !== false, 'The participant is not confined.'),
  ),
  SEND_DIGITS: connected,
  WRAP_UP: all(agent, hasTalked),
  SKIP_WRAP_UP: all(
    agent,
    hasTalked,
    when(
      ({ participant }) => participant.wrapupPrompt !== 'MANDATORY',
      'This call must be wrapped up: it cannot be skipped.',
    ),
    when(
      ({ participant: { wrapup, wrapupSkipped } }) =>
        wrapupSkipped !== true && (wrapup === null || wrapup.provisional === true),
      'The wrap-up is done.',
    ),
  ),
  // Genesys documents that it can only be said of a communication that is connected.
  SET_AFTER_CALL_WORK: all(agent, connected),
  FLAG: when(({ participant }) => participant.flaggedReason === null, 'The call is flagged already.'),
  UNFLAG: when(({ participant }) => participant.flaggedReason !== null, 'The call is not flagged.'),
  MONITOR: supervisable,
  COACH: supervisable,
  BARGE: supervisable,
  SET_ATTRIBUTES: () => null,
  SET_UUI_DATA: present,
  SCHEDULE_RESUME: all(present, when(does('PARKED'), 'The participant is not parked.')),
  MERGE: connected,
  ADD_PARTICIPANTS: connected,
  DISCONNECT_CONVERSATION: when(({ conversation }) => !isConversationOver(conversation), 'The call is over.'),
};

function isOwn({ user }: CallMediaParticipant, userId: string | null): boolean {
  return userId !== null && user?.id === userId;
}

/** Takes part in what is said, and not only as a supervisor. */
function talks(participant: CallMediaParticipant): boolean {
  const { monitoredParticipantId, coachedParticipantId, bargedParticipantId } = participant;
  return (
    !hasLeft(participant) && (monitoredParticipantId ?? coachedParticipantId ?? bargedParticipantId) === null
  );
}

/** Talks, or takes no part: then somebody else may be the one who asks. */
function mayConsult({ conversation, userId }: Facts): boolean {
  const own = conversation.participants.filter((one) => isOwn(one, userId) && !hasLeft(one));
  return (
    own.length === 0 || own.some((participant) => does('CONNECTED')({ conversation, participant, userId }))
  );
}

function isConsultedAbout({ conversation, participant, userId }: Facts): boolean {
  return !isOwn(participant, userId) && consultedAbout(conversation, participant.id, userId).length > 0;
}

/** By both recorders that can be asked for. */
function isFullyRecorded({ recording, recordersState }: CallMediaParticipant): boolean {
  const isAdHoc = recording === true || recordersState?.adhocState === 'ACTIVE';
  return isAdHoc && (recordersState === null || recordersState.snippetState === 'ACTIVE');
}
