/**
 * Every command to Genesys Cloud: how the simulator's own conversations show that it was carried out, and a conversation that
 * does not allow it; those that do are in `test/genesys/stage.ts`. The table is typed so that no command can be missing.
 */
import type { ParticipantAction } from '../../schema/genesys/actions.ts';
import type { ConversationCommand, ConversationCommandName } from '../../schema/genesys/provider.ts';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import {
  ADA,
  type AnyBody,
  type AnyParticipant,
  BEN,
  staged,
  talking,
} from '../simulator/genesys-support.ts';

/** What the simulator has of the conversation that a command is about. */
export interface Seen {
  readonly conversations: readonly AnyBody[];
  readonly conversation: AnyBody;
  /** The addressed participant. */
  readonly participant: AnyParticipant;
  readonly requests: readonly JournalEntry[];
}

export interface ConversationCase {
  /** The action that `availableActions` names it by; null where none is. */
  readonly action: ParticipantAction | null;
  /** Whether the command was carried out since `before`. */
  readonly isApplied: (now: Seen, before: Seen) => boolean;
  /** What makes a conversation forbid it that allows it, or a command on another one; or why there is none. */
  readonly wrongState: Spoil | string;
  /** What is said then; a wrong state unless told otherwise. */
  readonly refusal?: readonly [typename: string, errorCode: string];
}

type Spoil = (simulator: Simulator, command: ConversationCommand) => ConversationCommand;

const isGone = ({ state }: AnyParticipant) => state === 'disconnected' || state === 'terminated';
const talkersOf = ({ participants }: AnyBody) => participants.filter(({ state }) => state === 'connected');
const own = ({ participants }: AnyBody) => participants.find(({ user }) => user?.id === ADA);
const begins = (now: Seen, before: Seen) => now.conversations.length === before.conversations.length + 1;
const supervises =
  (field: string) =>
  ({ conversation, participant }: Seen) =>
    conversation.participants.some((one) => one[field] === participant.id);

/** Everybody hangs up. */
const over: Spoil = (simulator, command) => {
  for (const { id } of conversationIn(simulator, command).participants) {
    simulator.genesys.move(idIn(command), id, { leave: 'endpoint' });
  }
  return command;
};

/** It has not been answered yet. */
const rings: Spoil = (simulator, command) => {
  const agent = own(conversationIn(simulator, command));
  simulator.genesys.move(idIn(command), agent?.id ?? '', { state: 'alerting', connectedTime: null });
  return command;
};

/** Nobody has been asked about the customer. */
const unasked: Spoil = (simulator, command) => {
  const call = talking(simulator);
  return { ...command, conversationId: call.id, participantId: call.ids.customer } as ConversationCommand;
};

/** Two talk, which is no conference. */
const aPair: Spoil = (simulator, command) => {
  const call = talking(simulator);
  return { ...command, conversationId: call.id, participantId: call.ids.agent } as ConversationCommand;
};

/** One that is to be merged still rings. */
const mergesRinging: Spoil = (simulator, command) => {
  const ringing = staged(simulator.genesys.start({ kind: 'direct', to: 'ada' }));
  return command.name === 'startCallConference'
    ? { ...command, participants: [], conversationIds: [talking(simulator).id, ringing.id] }
    : ({ ...command, conversationIds: [ringing.id] } as ConversationCommand);
};

const changes = (changed: Readonly<Record<string, unknown>>): Spoil => {
  return (simulator, command) => {
    const { participantId } = command as { readonly participantId: string };
    simulator.genesys.move(idIn(command), participantId, changed);
    return command;
  };
};

const NOT_ACTIVE = ['CommandForbidden', 'conversation.error.forbidden.not.active.participant'] as const;
const DISCONNECTED = ['WrongCallState', 'conversation.error.call.disconnected'] as const;

export const CONVERSATION_CASES: { readonly [Name in ConversationCommandName]: ConversationCase } = {
  placeCall: {
    action: null,
    isApplied: begins,
    wrongState: 'it begins a call, so there is none whose state could forbid it',
  },
  startCallConference: {
    action: null,
    isApplied: begins,
    wrongState: mergesRinging,
    refusal: ['WrongCallState', 'conversation.error.cannot.merge.alerting.conference'],
  },
  mergeCallConversations: {
    action: 'MERGE',
    isApplied: (now, before) => talkersOf(now.conversation).length > talkersOf(before.conversation).length,
    wrongState: mergesRinging,
    refusal: ['WrongCallState', 'conversation.error.cannot.merge.alerting.conference'],
  },
  addCallMediaParticipants: {
    action: 'ADD_PARTICIPANTS',
    isApplied: (now, before) =>
      now.conversation.participants.length === before.conversation.participants.length + 1,
    wrongState: over,
    refusal: NOT_ACTIVE,
  },
  pauseCallConversationRecording: {
    action: 'PAUSE_RECORDING',
    isApplied: ({ conversation }) => conversation.recordingState === 'paused',
    wrongState: over,
    refusal: DISCONNECTED,
  },
  resumeCallConversationRecording: {
    action: 'RESUME_RECORDING',
    isApplied: ({ conversation }) => conversation.recordingState === 'active',
    wrongState: over,
    refusal: DISCONNECTED,
  },
  disconnectCallConversation: {
    action: 'DISCONNECT_CONVERSATION',
    isApplied: ({ conversation }) => conversation.participants.every(isGone),
    wrongState: over,
    refusal: DISCONNECTED,
  },
  tearDownCallConversation: {
    action: 'DISCONNECT_CONVERSATION',
    isApplied: ({ conversation }) => own(conversation)?.state === 'terminated',
    // Of a call that came through no queue nothing is left to do.
    wrongState(simulator, command) {
      const call = staged(simulator.genesys.start({ kind: 'direct', to: 'ada', state: 'connected' }));
      return over(simulator, { ...command, conversationId: call.id } as ConversationCommand);
    },
    refusal: DISCONNECTED,
  },
  answerCallMediaParticipant: {
    action: 'ANSWER',
    isApplied: ({ participant }) => participant.state === 'connected',
    wrongState: (simulator, command) => over(simulator, changes({ state: 'connected' })(simulator, command)),
    refusal: DISCONNECTED,
  },
  disconnectCallMediaParticipant: {
    action: 'DISCONNECT',
    isApplied: ({ participant }) => participant.state === 'disconnected',
    wrongState: over,
    refusal: DISCONNECTED,
  },
  holdCallMediaParticipant: {
    action: 'HOLD',
    isApplied: ({ participant }) => participant.held === true,
    wrongState: rings,
    refusal: ['WrongCallState', 'conversation.error.hold.alerting'],
  },
  unholdCallMediaParticipant: {
    action: 'UNHOLD',
    isApplied: ({ participant }) => participant.held === false,
    wrongState: rings,
    refusal: ['WrongCallState', 'conversation.error.hold.alerting'],
  },
  muteCallMediaParticipant: {
    action: 'MUTE',
    isApplied: ({ participant }) => participant.muted === true,
    wrongState: over,
    refusal: DISCONNECTED,
  },
  unmuteCallMediaParticipant: {
    action: 'UNMUTE',
    isApplied: ({ participant }) => participant.muted === false,
    wrongState: over,
    refusal: DISCONNECTED,
  },
  confineCallMediaParticipant: {
    action: 'CONFINE',
    isApplied: ({ participant }) => participant.confined === true,
    wrongState: aPair,
    refusal: ['WrongCallState', 'conversation.error.cannot.confine.party'],
  },
  unconfineCallMediaParticipant: {
    action: 'UNCONFINE',
    isApplied: ({ participant }) => participant.confined === false,
    wrongState: aPair,
    refusal: ['WrongCallState', 'conversation.error.cannot.confine.party'],
  },
  scheduleCallMediaParticipantResume: {
    action: 'SCHEDULE_RESUME',
    isApplied: ({ participant }) =>
      Date.parse(String(participant.resumeTime)) === Date.parse('2030-03-04T16:00:00Z'),
    wrongState: changes({ state: 'connected' }),
    refusal: ['WrongCallState', 'bad.request'],
  },
  startRecordingCallMediaParticipant: {
    action: 'START_RECORDING',
    isApplied: ({ participant }) => participant.recording === true,
    wrongState: over,
    refusal: DISCONNECTED,
  },
  stopRecordingCallMediaParticipant: {
    action: 'STOP_RECORDING',
    isApplied: ({ participant }) => participant.recording === false,
    wrongState: over,
    refusal: DISCONNECTED,
  },
  sendDigitsToCallMediaParticipant: {
    action: 'SEND_DIGITS',
    // Tones leave no trace in a conversation.
    isApplied: ({ requests, conversation }) =>
      requests.some(
        ({ path, requestBody }) =>
          path.includes(conversation.id) &&
          (requestBody as { digits?: unknown } | undefined)?.digits === '12#',
      ),
    wrongState: rings,
    refusal: ['WrongCallState', 'bad.request'],
  },
  transferCallMediaParticipant: {
    action: 'TRANSFER',
    isApplied: ({ participant, conversation }) =>
      participant.disconnectType === 'transfer' &&
      conversation.participants.some(({ user, state }) => user?.id === BEN && state === 'alerting'),
    wrongState: over,
    refusal: ['WrongCallState', 'conversations.error.transfer.not.connected'],
  },
  startConsultTransfer: {
    action: 'START_CONSULT',
    // On who asks and on who is asked it names the latter.
    isApplied: ({ conversation }) =>
      conversation.participants.filter(
        (one) => one.consultParticipantId === conversation.participants.at(-1)?.id,
      ).length === 2,
    wrongState: rings,
    refusal: ['WrongCallState', 'conversation.error.consult.transfer.no.initiator'],
  },
  speakToInConsultTransfer: {
    action: 'SPEAK_TO',
    isApplied: ({ participant }) => participant.held === false,
    wrongState: unasked,
    refusal: ['WrongCallState', 'conversation.error.consult.transfer.pending.not.found'],
  },
  completeConsultTransfer: {
    action: 'COMPLETE_CONSULT',
    isApplied: ({ conversation }) =>
      own(conversation)?.state === 'disconnected' &&
      conversation.participants.some((one) => one.user?.id === BEN && !isGone(one)),
    wrongState: unasked,
  },
  cancelConsultTransfer: {
    action: 'CANCEL_CONSULT',
    isApplied: ({ conversation }) =>
      conversation.participants.some((one) => one.user?.id === BEN && isGone(one)),
    wrongState: unasked,
    refusal: ['WrongCallState', 'conversation.error.consult.transfer.not.started'],
  },
  wrapUpCallMediaParticipant: {
    action: 'WRAP_UP',
    isApplied: ({ participant }) => (participant.wrapup as AnyBody | undefined)?.notes === 'Done.',
    wrongState: rings,
    refusal: ['WrongCallState', 'bad.request'],
  },
  skipWrapUpCallMediaParticipant: {
    action: 'SKIP_WRAP_UP',
    isApplied: ({ participant }) => participant.wrapupSkipped === true,
    wrongState: changes({ wrapupPrompt: 'mandatory' }),
    refusal: ['WrongCallState', 'conversation.error.wrapup.cannot.skip'],
  },
  setCallMediaParticipantAfterCallWork: {
    action: 'SET_AFTER_CALL_WORK',
    isApplied: ({ participant }) => participant.wrapupRequired === true,
    // Whoever has left, and owes no work, has no part in it any more.
    wrongState: over,
    refusal: NOT_ACTIVE,
  },
  flagCallMediaParticipant: {
    action: 'FLAG',
    isApplied: ({ participant }) => participant.flaggedReason === 'general',
    wrongState: 'a flag may be set whatever the call does',
  },
  unflagCallMediaParticipant: {
    action: 'UNFLAG',
    isApplied: ({ participant }) => participant.flaggedReason === undefined,
    wrongState: 'a flag may be taken away whatever the call does',
  },
  monitorCallMediaParticipant: {
    action: 'MONITOR',
    isApplied: supervises('monitoredParticipantId'),
    wrongState: rings,
    refusal: DISCONNECTED,
  },
  coachCallMediaParticipant: {
    action: 'COACH',
    isApplied: supervises('coachedParticipantId'),
    wrongState: rings,
    refusal: DISCONNECTED,
  },
  bargeCallMediaParticipant: {
    action: 'BARGE',
    isApplied: supervises('bargedParticipantId'),
    wrongState: rings,
    refusal: DISCONNECTED,
  },
  setCallMediaParticipantAttributes: {
    action: 'SET_ATTRIBUTES',
    isApplied: ({ participant }) => (participant.attributes as AnyBody | undefined)?.ticket === '7',
    wrongState: 'something may be noted of a call whatever it does',
  },
  setCallMediaParticipantUuiData: {
    action: 'SET_UUI_DATA',
    isApplied: ({ participant }) => participant.uuiData === 'aabb',
    wrongState: 'it is kept whatever the call does',
  },
};

function idIn(command: ConversationCommand): string {
  return 'conversationId' in command ? command.conversationId : '';
}

/** A conversation as the simulator has it now; that of a command which begins one is not there. */
export function conversationIn(simulator: Simulator, command: ConversationCommand): AnyBody {
  return conversationsOf(simulator).find(({ id }) => id === idIn(command)) ?? NOTHING;
}

export const conversationsOf = (simulator: Simulator) =>
  simulator.genesys.conversations() as unknown as readonly AnyBody[];

const NOBODY: AnyParticipant = { id: '', purpose: '', state: '' };
const NOTHING: AnyBody = { id: '', code: '', participants: [], entities: [] };

/** What there is to see of a command. */
export function seenOf(simulator: Simulator, command: ConversationCommand): Seen {
  const conversation = conversationIn(simulator, command);
  const participant = conversation.participants.find(
    ({ id }) => 'participantId' in command && id === command.participantId,
  );
  return {
    ...{ conversation, participant: participant ?? NOBODY },
    ...{ conversations: conversationsOf(simulator), requests: simulator.requests() },
  };
}
