/** Every command on a stage of the simulator: a conversation in which it can be given, and who gives it. */
import type { ConversationCommandName, ConversationCommandOf } from '../../schema/genesys/provider.ts';
import { QUEUES, WRAPUP_CODES } from '../../src/simulator/genesys/organisation.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { ADA, BEN, CLEO, clientOf, type Staged, staged, talking } from '../simulator/genesys-support.ts';

/** A command that can be given, and the name of the operation that it sends. */
export interface Scene<Name extends ConversationCommandName> {
  readonly command: ConversationCommandOf<Name>;
  readonly operation: string;
  /** Whoever gives it; Ada, where nobody is named. */
  readonly token?: string;
  readonly userId?: string;
}

type Setting<Name extends ConversationCommandName> = (
  simulator: Simulator,
) => Promise<Scene<Name>> | Scene<Name>;

/** What a command has beside its name and where it is given. */
type More<Name extends ConversationCommandName> = Omit<
  ConversationCommandOf<Name>,
  'name' | 'conversationId' | 'participantId'
>;

interface Circumstances {
  readonly state?: 'alerting' | 'connected';
  /** Fields of Ada's participant that are set before. */
  readonly move?: Readonly<Record<string, unknown>>;
  readonly operation?: string;
  readonly purpose?: 'agent' | 'customer';
}

/** The command on one participant of a conversation of Ada's. */
function one<Name extends ConversationCommandName>(
  name: Name,
  more: More<Name>,
  { state = 'connected', move, operation = CHANGE, purpose = 'agent' }: Circumstances = {},
): Setting<Name> {
  return (simulator) => {
    const call = talking(simulator, state);
    if (move !== undefined) simulator.genesys.move(call.id, idIn(call, 'agent'), move);
    return { command: commandIn(name, call, more, purpose), operation };
  };
}

/** The command on a whole conversation. */
function whole<Name extends ConversationCommandName>(
  name: Name,
  more: More<Name>,
  operation: string,
  move?: Readonly<Record<string, unknown>>,
): Setting<Name> {
  return async (simulator) => {
    const scene = await one(name, more, { operation, ...(move !== undefined && { move }) })(simulator);
    const { participantId: _, ...command } = scene.command as ConversationCommandOf<Name> & {
      readonly participantId?: string;
    };
    return { ...scene, command: command as unknown as ConversationCommandOf<Name> };
  };
}

/** Ada asks Ben about the customer, before the command. */
function consulting<Name extends ConversationCommandName>(
  name: Name,
  more: More<Name>,
  operation: string,
): Setting<Name> {
  return async (simulator) => {
    const call = talking(simulator);
    const ask = clientOf(simulator);
    await ask('POST', `${call.at('customer')}/consult/agent`, { userId: BEN });
    return { command: commandIn(name, call, more, 'customer'), operation };
  };
}

/** The command of a supervisor. */
function supervising<Name extends ConversationCommandName>(name: Name, more: More<Name>, operation: string) {
  return async (simulator: Simulator): Promise<Scene<Name>> => {
    const scene = await one(name, more, { operation })(simulator);
    return { ...scene, token: 'gsim-cleo', userId: CLEO };
  };
}

function commandIn<Name extends ConversationCommandName>(
  name: Name,
  call: Staged,
  more: More<Name>,
  purpose: string,
): ConversationCommandOf<Name> {
  // The three parts are all that a command has, which TypeScript cannot see through `Omit`.
  return {
    ...{ name, conversationId: call.id, participantId: idIn(call, purpose) },
    ...more,
  } as unknown as ConversationCommandOf<Name>;
}

function idIn(call: Staged, purpose: string): string {
  const id = call.ids[purpose];
  if (id === undefined) throw new TypeError(`Nobody is ${purpose} in ${JSON.stringify(call.ids)}.`);
  return id;
}

const CHANGE = 'patchConversationsCallParticipant';
const CONSULT = 'ConversationsCallParticipantConsult';
const [wrapupCode] = WRAPUP_CODES;
const code = wrapupCode?.id ?? '';
const sales = QUEUES[1]?.id ?? '';

/** All of them. */
export const SETTINGS: { readonly [Name in ConversationCommandName]: Setting<Name> } = {
  placeCall: () => ({
    command: { name: 'placeCall', to: { phoneNumber: '+12025550188' } },
    operation: 'postConversationsCalls',
  }),
  startCallConference: () => ({
    command: {
      ...{ name: 'startCallConference', conversationIds: [] },
      participants: [{ address: '+12025550188' }, { address: '+12025550189' }],
    },
    operation: 'postConversationsCalls',
  }),
  mergeCallConversations: (simulator) => {
    const call = talking(simulator);
    const other = staged(
      simulator.genesys.start({ kind: 'outbound', from: 'ada', to: '+12025550190', state: 'connected' }),
    );
    return {
      command: { name: 'mergeCallConversations', conversationId: call.id, conversationIds: [other.id] },
      operation: 'patchConversationsCallConference',
    };
  },
  addCallMediaParticipants: whole(
    'addCallMediaParticipants',
    { participants: [{ address: '+12025550188' }] },
    'postConversationsCallParticipants',
  ),
  pauseCallConversationRecording: whole(
    'pauseCallConversationRecording',
    {},
    'putConversationsCallRecordingstate',
    { recording: true, securePause: false },
  ),
  resumeCallConversationRecording: async (simulator) => {
    const scene = await whole('resumeCallConversationRecording', {}, 'putConversationsCallRecordingstate', {
      recording: true,
    })(simulator);
    const path = `/conversations/calls/${scene.command.conversationId}/recordingstate`;
    await clientOf(simulator)('PUT', path, { recordingState: 'PAUSED' });
    return scene;
  },
  disconnectCallConversation: whole(
    'disconnectCallConversation',
    { allMedia: false },
    'patchConversationsCall',
  ),
  tearDownCallConversation: whole('tearDownCallConversation', {}, 'postConversationDisconnect'),
  answerCallMediaParticipant: one('answerCallMediaParticipant', {}, { state: 'alerting' }),
  disconnectCallMediaParticipant: one('disconnectCallMediaParticipant', {}),
  holdCallMediaParticipant: one('holdCallMediaParticipant', {}),
  unholdCallMediaParticipant: one('unholdCallMediaParticipant', {}, { move: { held: true } }),
  muteCallMediaParticipant: one('muteCallMediaParticipant', {}),
  unmuteCallMediaParticipant: one('unmuteCallMediaParticipant', {}, { move: { muted: true } }),
  confineCallMediaParticipant: async (simulator) => {
    const call = staged(
      simulator.genesys.start({ kind: 'conference', from: 'ada', to: '+12025550188,+12025550189' }),
    );
    return { command: commandIn('confineCallMediaParticipant', call, {}, 'external'), operation: CHANGE };
  },
  unconfineCallMediaParticipant: async (simulator) => {
    const call = staged(
      simulator.genesys.start({ kind: 'conference', from: 'ada', to: '+12025550188,+12025550189' }),
    );
    simulator.genesys.move(call.id, idIn(call, 'external'), { confined: true });
    return { command: commandIn('unconfineCallMediaParticipant', call, {}, 'external'), operation: CHANGE };
  },
  scheduleCallMediaParticipantResume: one(
    'scheduleCallMediaParticipantResume',
    { resumeTime: Date.parse('2030-03-04T16:00:00Z') },
    { move: { state: 'parked' } },
  ),
  startRecordingCallMediaParticipant: one('startRecordingCallMediaParticipant', { type: 'AD_HOC' }),
  stopRecordingCallMediaParticipant: one(
    'stopRecordingCallMediaParticipant',
    { type: 'AD_HOC' },
    { move: { recording: true } },
  ),
  sendDigitsToCallMediaParticipant: one(
    'sendDigitsToCallMediaParticipant',
    { digits: '12#' },
    { operation: 'postConversationParticipantDigits' },
  ),
  transferCallMediaParticipant: one(
    'transferCallMediaParticipant',
    { target: { userId: BEN } },
    { operation: 'postConversationParticipantReplaceAgent' },
  ),
  startConsultTransfer: one(
    'startConsultTransfer',
    { target: { queueId: sales } },
    { purpose: 'customer', operation: `post${CONSULT}Queue` },
  ),
  speakToInConsultTransfer: consulting('speakToInConsultTransfer', { speakTo: 'OBJECT' }, `patch${CONSULT}`),
  completeConsultTransfer: consulting('completeConsultTransfer', {}, CHANGE),
  cancelConsultTransfer: consulting('cancelConsultTransfer', {}, `delete${CONSULT}`),
  wrapUpCallMediaParticipant: one('wrapUpCallMediaParticipant', { code, notes: 'Done.' }),
  skipWrapUpCallMediaParticipant: one('skipWrapUpCallMediaParticipant', {}),
  setCallMediaParticipantAfterCallWork: one(
    'setCallMediaParticipantAfterCallWork',
    { required: true },
    {
      move: { wrapupRequired: false },
      operation: 'patchConversationsAftercallworkConversationIdParticipantCommunication',
    },
  ),
  flagCallMediaParticipant: one(
    'flagCallMediaParticipant',
    {},
    { operation: 'putConversationParticipantFlaggedreason' },
  ),
  unflagCallMediaParticipant: one(
    'unflagCallMediaParticipant',
    {},
    { move: { flaggedReason: 'general' }, operation: 'deleteConversationParticipantFlaggedreason' },
  ),
  monitorCallMediaParticipant: supervising(
    'monitorCallMediaParticipant',
    {},
    'postConversationsCallParticipantMonitor',
  ),
  coachCallMediaParticipant: supervising(
    'coachCallMediaParticipant',
    {},
    'postConversationsCallParticipantCoach',
  ),
  bargeCallMediaParticipant: supervising(
    'bargeCallMediaParticipant',
    {},
    'postConversationsCallParticipantBarge',
  ),
  setCallMediaParticipantAttributes: one(
    'setCallMediaParticipantAttributes',
    { attributes: [{ name: 'ticket', value: '7' }] },
    { operation: 'patchConversationsCallParticipantAttributes' },
  ),
  setCallMediaParticipantUuiData: one(
    'setCallMediaParticipantUuiData',
    { uuiData: 'aabb' },
    { operation: 'putConversationsCallParticipantCommunicationUuidata' },
  ),
};

/** Every name of a command. */
export const COMMAND_NAMES = Object.keys(SETTINGS) as readonly ConversationCommandName[];

/** Sets one scene; whose it is is filled in. */
export async function scene(simulator: Simulator, name: ConversationCommandName) {
  const set = SETTINGS[name] as Setting<ConversationCommandName>;
  return { token: 'gsim-ada', userId: ADA, ...(await set(simulator)) };
}
