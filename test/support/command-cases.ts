/**
 * Every command of the gateway, once: a call that allows it, how the simulator's own state shows that it was
 * carried out, and a call that does not allow it. The table is typed so that no command can be missing.
 */
import type { CallAction } from '../../schema/failures.ts';
import type { PartyAddress } from '../../schema/model.ts';
import type { CommandName } from '../../schema/provider.ts';
import type { WireParty, WireSession } from '../../src/ringcentral/wire.ts';
import { changeParty } from '../../src/simulator/call.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import type { Settings } from '../../src/simulator/settings.ts';

/** Nothing happens by itself: what a command did stays as it is. */
export const STILL: Partial<Settings> = {
  answerDelay: 3_600_000, // 1 hour
  callOutPace: null,
  calleeAnswers: null,
  conferenceHostJoins: null,
  conferenceLifetime: 3_600, // 1 hour
  voicemailLength: 3_600, // 1 hour
  retention: 3_600, // 1 hour
  // Whoever is in many calls at once is still an agent.
  busyAgents: 'ring',
};

/** The people of the simulator, by their tokens, and the phone each of them has. */
export const PEOPLE = {
  'sim-101': { extensionId: '701001004', deviceId: '801100004' },
  'sim-102': { extensionId: '701002004', deviceId: '801100009' },
  /** The supervisor. */
  'sim-103': { extensionId: '701003004', deviceId: '801100012' },
  /** The administrator. */
  'sim-104': { extensionId: '701004004', deviceId: '801100104' },
} as const;
export type Token = keyof typeof PEOPLE;

/** The input of a mutation. */
export type Input = Readonly<Record<string, unknown>>;

/** A call that waits for a command. */
export interface Scene {
  readonly input: Input;
  /** Whether the simulator's calls show that the command was carried out. */
  readonly isApplied: () => boolean;
}

export interface CommandCase {
  /** What RingCentral calls it. */
  readonly operationId: string;
  /** The action that `availableActions` names it by; null where no party is acted on. */
  readonly action: CallAction | null;
  /** Who gives it. */
  readonly token: Token;
  /** Makes a call that allows it. */
  readonly ready: (simulator: Simulator) => Scene;
  /** Makes a call whose state forbids it; or why there is none. */
  readonly wrongState: ((simulator: Simulator) => Input) | string;
}

/** The table. */
export const COMMANDS: { readonly [Name in CommandName]: CommandCase } = {
  makeCallOut: {
    operationId: 'createCallOutCallSession',
    action: null,
    token: 'sim-101',
    ready(simulator) {
      const phoneNumber = `+1202556${String(++numbersGiven).padStart(4, '0')}`;
      return {
        input: { deviceId: PEOPLE['sim-101'].deviceId, to: { phoneNumber } },
        isApplied: () =>
          simulator.calls().some(({ parties }) => parties?.some(({ to }) => to?.phoneNumber === phoneNumber)),
      };
    },
    wrongState: 'it begins a call, so there is none whose state could forbid it',
  },
  createConference: {
    operationId: 'createConferenceCallSession',
    action: null,
    token: 'sim-101',
    ready(simulator) {
      const empty = () =>
        simulator
          .calls()
          .filter(({ origin, parties }) => origin?.type === 'Conference' && parties?.length === 0);
      const before = empty().length;
      return { input: {}, isApplied: () => empty().length > before };
    },
    wrongState: 'it begins a call, so there is none whose state could forbid it',
  },
  dropCallSession: {
    operationId: 'deleteCallSession',
    action: 'DROP_SESSION',
    token: 'sim-101',
    ready(simulator) {
      const { sessionId } = own(inbound(simulator));
      return {
        input: { sessionId },
        isApplied: () =>
          partiesOf(simulator, sessionId).every(({ status }) => status?.code === 'Disconnected'),
      };
    },
    wrongState(simulator) {
      const session = inbound(simulator, 'Disconnected');
      move(simulator, party(session, 1), { code: 'Disconnected' });
      return { sessionId: own(session).sessionId };
    },
  },
  superviseCallSession: {
    operationId: 'superviseCallSession',
    action: null,
    token: 'sim-103',
    ready: (simulator) => supervision(simulator, inbound(simulator)),
    wrongState: (simulator) => supervision(simulator, inbound(simulator, 'Proceeding')).input,
  },
  superviseCallParty: {
    operationId: 'superviseCallParty',
    action: 'SUPERVISE',
    token: 'sim-103',
    ready: (simulator) => partySupervision(simulator, inbound(simulator)),
    wrongState: (simulator) => partySupervision(simulator, inbound(simulator, 'Proceeding')).input,
  },
  bringInCallParty: {
    operationId: 'createCallPartyWithBringIn',
    action: 'BRING_IN',
    token: 'sim-101',
    ready(simulator) {
      const bringIn = own(inbound(simulator));
      return {
        input: { sessionId: conference(simulator), bringIn },
        isApplied: shows(simulator, bringIn, ({ status }) => status?.code === 'Gone'),
      };
    },
    wrongState: (simulator) => ({
      sessionId: conference(simulator),
      bringIn: own(inbound(simulator, 'Proceeding')),
    }),
  },
  answerCallParty: onOwnParty('answerCallParty', 'ANSWER', {
    more: { deviceId: PEOPLE['sim-101'].deviceId },
    from: 'Setup',
    to: 'Proceeding',
    wrong: 'Answered',
  }),
  rejectCallParty: onOwnParty('rejectParty', 'REJECT', {
    from: 'Proceeding',
    to: 'VoiceMail',
    wrong: 'Answered',
  }),
  ignoreCallInQueue: onOwnParty('ignoreCallInQueue', 'IGNORE', {
    more: { deviceId: PEOPLE['sim-101'].deviceId },
    from: 'Proceeding',
    to: 'Disconnected',
    wrong: 'Answered',
    place: queued,
  }),
  replyToCallParty: onOwnParty('replyParty', 'REPLY', {
    more: { message: { text: 'I call you back in a minute.' } },
    from: 'Proceeding',
    to: ({ status }) => status?.reason === 'CallReplied',
    wrong: 'Answered',
  }),
  forwardCallParty: onOwnParty('forwardCallParty', 'FORWARD', {
    more: { target: { extensionNumber: '102' } },
    from: 'Proceeding',
    to: ({ status }) => status?.reason === 'BlindTransfer',
    wrong: 'Answered',
  }),
  pickupCallParty: onOwnParty('pickupCallParty', 'PICKUP', {
    more: { deviceId: PEOPLE['sim-101'].deviceId },
    from: 'Parked',
    to: 'Gone',
    wrong: 'Answered',
  }),
  holdCallParty: onOwnParty('holdCallParty', 'HOLD', { from: 'Answered', to: 'Hold', wrong: 'Hold' }),
  unholdCallParty: onOwnParty('unholdCallParty', 'UNHOLD', {
    from: 'Hold',
    to: 'Answered',
    wrong: 'Answered',
  }),
  updateCallParty: onOwnParty('updateCallParty', 'UPDATE', {
    more: { muted: true, standAlone: true },
    from: 'Answered',
    to: ({ muted, standAlone }) => muted === true && standAlone === true,
    wrong: 'Proceeding',
  }),
  muteCallParty: onOwnParty('updateCallParty', 'MUTE', {
    from: 'Answered',
    to: ({ muted }) => muted === true,
    wrong: 'Proceeding',
  }),
  unmuteCallParty: onOwnParty('updateCallParty', 'UNMUTE', {
    from: 'Answered',
    to: ({ muted }) => muted === false,
    wrong: 'Proceeding',
    place: (simulator, state) => {
      const session = inbound(simulator, state);
      move(simulator, own(session), { muted: true });
      return session;
    },
  }),
  transferCallParty: onOwnParty('transferCallParty', 'TRANSFER', {
    more: { target: { extensionNumber: '102' } },
    from: 'Answered',
    to: ({ status }) => status?.reason === 'BlindTransfer',
    wrong: 'Proceeding',
  }),
  bridgeCallParty: {
    operationId: 'bridgeCallParty',
    action: 'BRIDGE',
    token: 'sim-101',
    ready(simulator) {
      const here = own(inbound(simulator, 'Hold'));
      const there = own(inbound(simulator));
      return {
        input: { ...here, with: there },
        isApplied: shows(simulator, here, ({ status }) => status?.code === 'Gone'),
      };
    },
    wrongState: (simulator) => ({
      ...own(inbound(simulator, 'Proceeding')),
      with: own(inbound(simulator)),
    }),
  },
  parkCallParty: onOwnParty('callParkParty', 'PARK', { from: 'Answered', to: 'Parked', wrong: 'Hold' }),
  flipCallParty: {
    operationId: 'callFlipParty',
    action: 'FLIP',
    token: 'sim-101',
    ready(simulator) {
      const address = own(inbound(simulator));
      return {
        input: { ...address, callFlipId: '2' },
        isApplied: () => partiesOf(simulator, address.sessionId).length === 3,
      };
    },
    wrongState: (simulator) => ({ ...own(inbound(simulator, 'Hold')), callFlipId: '2' }),
  },
  removeCallParty: onOwnParty('deleteCallParty', 'REMOVE', {
    from: 'Parked',
    to: 'Disconnected',
    wrong: 'Disconnected',
  }),
  startCallRecording: onOwnParty('startCallRecording', 'START_RECORDING', {
    from: 'Answered',
    to: ({ recordings }) => recordings?.[0]?.active === true,
    wrong: 'Setup',
  }),
  pauseCallRecording: onRecording('PAUSE_RECORDING', { active: true }),
  resumeCallRecording: onRecording('RESUME_RECORDING', { active: false }),
};

/** The commands, for `test.each`. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

let numbersGiven = 0;

interface OwnPartyCase {
  /** The input beside the address. */
  readonly more?: Input;
  /** The state that allows it, and what it becomes. */
  readonly from: string;
  readonly to: string | ((party: WireParty) => boolean);
  /** A state that forbids it. */
  readonly wrong: string;
  /** The call; inbound unless told otherwise. */
  readonly place?: (simulator: Simulator, state: string) => WireSession;
}

/** A command to the user's own party of an incoming call. */
function onOwnParty(
  operationId: string,
  action: CallAction,
  { more = {}, from, to, wrong, place = inbound }: OwnPartyCase,
): CommandCase {
  return {
    operationId,
    action,
    token: 'sim-101',
    ready(simulator) {
      const address = own(place(simulator, from));
      const seen = typeof to === 'string' ? ({ status }: WireParty) => status?.code === to : to;
      return { input: { ...address, ...more }, isApplied: shows(simulator, address, seen) };
    },
    wrongState: (simulator) => ({ ...own(place(simulator, wrong)), ...more }),
  };
}

/** Pausing what is `active`, or resuming what is not. */
function onRecording(action: CallAction, { active }: { readonly active: boolean }): CommandCase {
  const place = (simulator: Simulator, state: string) => {
    const address = own(inbound(simulator, state));
    return { ...address, recordingId: record(simulator, address, active) };
  };
  return {
    operationId: 'pauseResumeCallRecording',
    action,
    token: 'sim-101',
    ready(simulator) {
      const input = place(simulator, 'Answered');
      return {
        input,
        isApplied: shows(simulator, input, ({ recordings }) => recordings?.[0]?.active === !active),
      };
    },
    wrongState: (simulator) => place(simulator, 'Proceeding'),
  };
}

function supervision(simulator: Simulator, session: WireSession): Scene {
  const { sessionId } = own(session);
  const { deviceId, extensionId } = PEOPLE['sim-103'];
  return {
    input: { sessionId, agent: { extensionNumber: '101' }, supervisorDeviceId: deviceId },
    isApplied: () => partiesOf(simulator, sessionId).some((one) => one.extensionId === extensionId),
  };
}

function partySupervision(simulator: Simulator, session: WireSession): Scene {
  const { input, isApplied } = supervision(simulator, session);
  const { supervisorDeviceId } = input;
  const agentExtensionId = PEOPLE['sim-101'].extensionId;
  return { input: { ...own(session), agentExtensionId, supervisorDeviceId }, isApplied };
}

/** Somebody outside calls extension 101, whose party is the second. */
export function inbound(simulator: Simulator, state = 'Answered'): WireSession {
  return simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101', state });
}

/** Somebody calls the queue; the party of agent 101 is the third. */
export function queued(simulator: Simulator, state = 'Proceeding'): WireSession {
  return simulator.startCall({ kind: 'queue', state });
}

/** A conference of 101 that its host has joined; answers its id. */
export function conference(simulator: Simulator): string {
  return simulator.startCall({ kind: 'conference', from: '101', state: 'Answered' }).id ?? '';
}

/** Where the n-th party of a call is, counted from 1 as in its id. */
export function party(session: WireSession, position: number): PartyAddress {
  const partyId = session.parties?.[position - 1]?.id;
  if (session.id === undefined || partyId === undefined) throw new Error(`There is no party ${position}.`);
  return { sessionId: session.id, partyId };
}

/** Where a user's own party is; of 101 unless told otherwise. */
export function own(session: WireSession, token: Token = 'sim-101'): PartyAddress {
  const { extensionId } = PEOPLE[token];
  const index = session.parties?.findIndex((one) => one.extensionId === extensionId) ?? -1;
  return party(session, index + 1);
}

/** Moves a party, whatever its state. */
export function move(simulator: Simulator, { sessionId, partyId }: PartyAddress, changes: Input): WireParty {
  return simulator.moveParty(sessionId, partyId, changes);
}

/** Starts a recording of a party, paused unless `active`; answers its id. */
export function record(simulator: Simulator, address: PartyAddress, active: boolean): string {
  const id = move(simulator, address, { recording: 'OnDemand' }).recordings?.[0]?.id ?? '';
  const recordings = [{ id: String(id), active, mode: 'OnDemand' as const }];
  // Nobody but RingCentral can pause from outside, so there is no control for it.
  simulator.switchboard.change(address.sessionId, (call, at) =>
    changeParty(call, address.partyId, { recordings }, at),
  );
  return String(id);
}

/** The parties of a call, as the simulator has them now. */
export function partiesOf(simulator: Simulator, sessionId: string): readonly WireParty[] {
  return simulator.calls().find(({ id }) => id === sessionId)?.parties ?? [];
}

/** One party, as the simulator has it now. */
export function partyOf(simulator: Simulator, { sessionId, partyId }: PartyAddress): WireParty | undefined {
  return partiesOf(simulator, sessionId).find(({ id }) => id === partyId);
}

function shows(simulator: Simulator, address: PartyAddress, seen: (party: WireParty) => boolean) {
  return () => {
    const now = partyOf(simulator, address);
    return now !== undefined && seen(now);
  };
}
