/**
 * Every command to Genesys Cloud as a client of the gateway gives it: the conversations that allow it are those of
 * `test/genesys/stage.ts`; here stands how the simulator's own conversations show that it was carried out, and a
 * conversation that does not allow it. The tables are typed so that no command can be missing.
 */
import { isDeepStrictEqual } from 'node:util';
import { getNamedType, isObjectType } from 'graphql';
import type { ParticipantAction } from '../../schema/genesys/actions.ts';
import type { ConversationCommand, ConversationCommandName } from '../../schema/genesys/provider.ts';
import { schema } from '../../schema/index.ts';
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
import type { GenesysHouse } from './genesys-house.ts';

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
    isApplied: supervises('consultParticipantId'),
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

const PARTICIPANT = `
  id conversationId rawPurpose rawState rawDisconnectType held muted confined recording flaggedReason uuiData
  wrapupRequired wrapupSkipped wrapup { code notes } user { id } attributes { name value }
  consultParticipantId monitoredParticipantId coachedParticipantId bargedParticipantId`;

const SELECTIONS: Readonly<Record<string, string>> = {
  conversation: `conversation { id rawRecordingState securePause participants { ${PARTICIPANT} } }`,
  participant: `participant { ${PARTICIPANT} }`,
  destinationParticipant: `destinationParticipant { ${PARTICIPANT} }`,
  error: `error {
    __typename message errorCode
    ... on WrongCallState { actualState allowedParticipantActions }
    ... on CallNotFound { parameterName }
    ... on InvalidCommand { parameterName }
    ... on CommandForbidden { permissionName }
  }`,
};

/** A participant as a payload tells of it. */
type ShownParticipant = Readonly<Record<string, unknown>> & { readonly id: string };

/** The whole payload of a mutation. */
export interface ConversationPayload {
  readonly outcome: 'APPLIED' | 'NOT_APPLIED' | 'UNKNOWN';
  readonly replayed: boolean;
  readonly error: {
    readonly __typename: string;
    readonly message: string;
    readonly errorCode: string | null;
    readonly actualState?: string | null;
    readonly allowedParticipantActions?: readonly ParticipantAction[];
    readonly parameterName?: string | null;
    readonly permissionName?: string | null;
  } | null;
  readonly conversation:
    | (Readonly<Record<string, unknown>> & {
        readonly id: string;
        readonly participants: readonly ShownParticipant[];
      })
    | null;
  /** Missing where a whole conversation is acted on. */
  readonly participant?: ShownParticipant | null;
  readonly destinationParticipantId?: string | null;
  readonly destinationParticipant?: ShownParticipant | null;
}

/** The mutations of the schema that answer with one of these payloads. */
function mutationsOf(...payloads: readonly string[]): readonly ConversationCommandName[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {})
    .filter(({ type }) => payloads.includes(getNamedType(type).name))
    .map(({ name }) => name as ConversationCommandName);
}

/** Those that act on a participant. */
export const PARTICIPANT_MUTATIONS = mutationsOf('CallMediaParticipantPayload', 'ConsultTransferPayload');

/** All commands to Genesys Cloud that the schema has. */
export const CONVERSATION_MUTATIONS = [...PARTICIPANT_MUTATIONS, ...mutationsOf('CallConversationPayload')];

/** The mutation of a command, asking for everything that its payload has. */
export function mutationOf(name: ConversationCommandName): string {
  const payload = getNamedType(schema.getMutationType()?.getFields()[name]?.type);
  const fields = isObjectType(payload) ? Object.keys(payload.getFields()) : [];
  const selection = fields.map((field) => SELECTIONS[field] ?? field).join(' ');
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { payload: ${name}(input: $input) { ${selection} } }`;
}

/** The input of the mutation that is the command: the same fields, with times as texts. */
function inputOf({ name: _, ...command }: ConversationCommand): object {
  return Object.fromEntries(
    Object.entries(command).map(([field, value]) => [
      field,
      field.endsWith('Time') ? new Date(value as number).toISOString() : value,
    ]),
  );
}

/** Gives a command through the public door. Top-level errors are none of its answers. */
export async function give(
  house: Pick<GenesysHouse, 'ask'>,
  command: ConversationCommand,
  token = 'gsim-ada',
): Promise<ConversationPayload> {
  const input = inputOf(command);
  const { data, errors } = await house.ask(mutationOf(command.name), { genesys: token }, { input });
  if (errors !== undefined) throw new Error(`${command.name} was answered ${JSON.stringify(errors)}`);
  return data.payload;
}

/** What a payload says otherwise than the simulator's conversations; empty when it tells the truth. */
export function untruthsIn(simulator: Simulator, payload: ConversationPayload): string[] {
  const { conversation, participant, destinationParticipant } = payload;
  const all = conversationsOf(simulator);
  const told = [participant, destinationParticipant].filter((one) => one != null);
  const untruths = told.flatMap((one) => {
    const real = all.find(({ id }) => id === one.conversationId);
    return differences(
      one,
      real?.participants.find(({ id }) => id === one.id),
      real?.id,
    );
  });
  if (conversation === null) return untruths;
  const real = all.find(({ id }) => id === conversation.id);
  const tell = ({ rawRecordingState, securePause, participants }: Readonly<Record<string, unknown>>) =>
    JSON.stringify([
      rawRecordingState,
      securePause,
      (participants as readonly unknown[] | undefined)?.length,
    ]);
  const truth = tell({ ...real, rawRecordingState: real?.recordingState });
  if (tell(conversation) !== truth) untruths.push(`told ${tell(conversation)}, is ${truth}`);
  return [
    ...untruths,
    ...conversation.participants.flatMap((one, index) =>
      differences(one, real?.participants[index], real?.id),
    ),
  ];
}

function differences(
  told: ShownParticipant,
  real: AnyParticipant | undefined,
  conversationId = '',
): string[] {
  const truth = real === undefined ? null : shown(real, conversationId);
  return isDeepStrictEqual(told, truth) ? [] : [`told ${JSON.stringify(told)}, is ${JSON.stringify(truth)}`];
}

/** A participant of the simulator in the words of the schema. */
function shown(wire: AnyParticipant, conversationId: string): ShownParticipant {
  const { user } = wire;
  const wrapup = wire.wrapup as { readonly code: string; readonly notes?: string } | undefined;
  const raw = (name: string) => wire[name] ?? null;
  return {
    ...{ id: wire.id, conversationId, rawPurpose: wire.purpose, rawState: wire.state },
    ...{ rawDisconnectType: raw('disconnectType'), held: raw('held'), muted: raw('muted') },
    ...{ confined: raw('confined'), recording: raw('recording') },
    flaggedReason: wire.flaggedReason === undefined ? null : String(wire.flaggedReason).toUpperCase(),
    ...{ uuiData: raw('uuiData'), wrapupRequired: raw('wrapupRequired') },
    wrapupSkipped: raw('wrapupSkipped'),
    wrapup: wrapup === undefined ? null : { code: wrapup.code, notes: wrapup.notes ?? null },
    user: user === undefined ? null : { id: user.id },
    attributes: Object.entries(wire.attributes ?? {}).map(([name, value]) => ({ name, value })),
    ...{ consultParticipantId: raw('consultParticipantId') },
    monitoredParticipantId: raw('monitoredParticipantId'),
    coachedParticipantId: raw('coachedParticipantId'),
    bargedParticipantId: raw('bargedParticipantId'),
  };
}
