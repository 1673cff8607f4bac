/** From a command to the request that asks RingCentral for it. */
import { BadUserInput } from '../../schema/failures.ts';
import type { PartyAddress } from '../../schema/model.ts';
import type { Command, CommandOf, ReplyMessage, SupervisedAgent } from '../../schema/provider.ts';
import { pascalCase } from '../upstream/values.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** A request that asks for a command. */
export interface CommandRequest {
  readonly operation: Operation;
  /** What fills the path. */
  readonly ids: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

/** How a mute is written: both are documented, and RingCentral may take only one of them. */
export type MuteShape = 'wrapped' | 'bare';

/** The request that a command is. */
export function toRequest(command: Command, muteShape: MuteShape = 'wrapped'): CommandRequest {
  const write = WRITERS[command.name] as (command: Command, muteShape: MuteShape) => CommandRequest;
  return write(command, muteShape);
}

const WRITERS: {
  readonly [Name in Command['name']]: (command: CommandOf<Name>, muteShape: MuteShape) => CommandRequest;
} = {
  makeCallOut: ({ deviceId, to, countryId }) => ({
    operation: OPERATIONS.createCallOutCallSession,
    ids: {},
    body: { from: { deviceId }, to, ...(countryId === undefined ? {} : { countryId: toInteger(countryId) }) },
  }),
  createConference: () => ({ operation: OPERATIONS.createConferenceCallSession, ids: {} }),
  dropCallSession: ({ sessionId }) => ({
    operation: OPERATIONS.deleteCallSession,
    ids: { telephonySessionId: sessionId },
  }),
  superviseCallSession: (command) => ({
    operation: OPERATIONS.superviseCallSession,
    ids: { telephonySessionId: command.sessionId },
    body: { ...supervision(command), ...agentOf(command.agent) },
  }),
  bringInCallParty: ({ sessionId, bringIn }) => ({
    operation: OPERATIONS.createCallPartyWithBringIn,
    ids: { telephonySessionId: sessionId },
    body: { sessionId: bringIn.sessionId, partyId: bringIn.partyId },
  }),
  answerCallParty: (command) => onParty(command, OPERATIONS.answerCallParty, { deviceId: command.deviceId }),
  rejectCallParty: (command) => onParty(command, OPERATIONS.rejectParty),
  ignoreCallInQueue: (command) =>
    onParty(command, OPERATIONS.ignoreCallInQueue, { deviceId: command.deviceId }),
  replyToCallParty: (command) => onParty(command, OPERATIONS.replyParty, replyOf(command.message)),
  forwardCallParty: (command) => onParty(command, OPERATIONS.forwardCallParty, command.target),
  pickupCallParty: (command) => onParty(command, OPERATIONS.pickupCallParty, { deviceId: command.deviceId }),
  holdCallParty: (command) =>
    onParty(
      command,
      OPERATIONS.holdCallParty,
      command.proto === undefined ? undefined : { proto: HOLD_PROTOCOL_NAMES[command.proto] },
    ),
  unholdCallParty: (command) => onParty(command, OPERATIONS.unholdCallParty),
  updateCallParty: (command, muteShape) => {
    const { muted, standAlone } = command;
    // Only the wrapped body has a place for standAlone.
    const bare = muteShape === 'bare' && muted !== undefined && standAlone === undefined;
    return onParty(
      command,
      OPERATIONS.updateCallParty,
      bare ? { muted } : { party: defined({ muted, standAlone }) },
    );
  },
  muteCallParty: (command, muteShape) =>
    onParty(command, OPERATIONS.updateCallParty, muteBody(true, muteShape)),
  unmuteCallParty: (command, muteShape) =>
    onParty(command, OPERATIONS.updateCallParty, muteBody(false, muteShape)),
  transferCallParty: (command) => onParty(command, OPERATIONS.transferCallParty, command.target),
  bridgeCallParty: (command) =>
    onParty(command, OPERATIONS.bridgeCallParty, {
      telephonySessionId: command.with.sessionId,
      partyId: command.with.partyId,
    }),
  parkCallParty: (command) => onParty(command, OPERATIONS.callParkParty),
  flipCallParty: (command) => onParty(command, OPERATIONS.callFlipParty, { callFlipId: command.callFlipId }),
  removeCallParty: (command) =>
    onParty(
      command,
      OPERATIONS.deleteCallParty,
      command.keepConferenceAlive === undefined
        ? undefined
        : { keepConferenceAlive: command.keepConferenceAlive },
    ),
  superviseCallParty: (command) =>
    onParty(command, OPERATIONS.superviseCallParty, {
      ...supervision(command),
      agentExtensionId: command.agentExtensionId,
    }),
  startCallRecording: (command) => onParty(command, OPERATIONS.startCallRecording),
  pauseCallRecording: (command) => onRecording(command, false),
  resumeCallRecording: (command) => onRecording(command, true),
};

const HOLD_PROTOCOL_NAMES = {
  AUTO: 'Auto',
  RC: 'RC',
  BROAD_WORKS: 'BroadWorks',
  DISCONNECT_HOLDER: 'DisconnectHolder',
  BROAD_WORKS_OR_DISCONNECT_HOLDER: 'BroadWorksOrDisconnectHolder',
} as const;

const MEDIA_SDP_NAMES = { SEND_ONLY: 'sendOnly', SEND_RECV: 'sendRecv' } as const;

function onParty(address: PartyAddress, operation: Operation, body?: object): CommandRequest {
  return {
    operation,
    ids: { telephonySessionId: address.sessionId, partyId: address.partyId },
    body,
  };
}

function onRecording(
  command: CommandOf<'pauseCallRecording' | 'resumeCallRecording'>,
  active: boolean,
): CommandRequest {
  const { operation, ids, body } = onParty(command, OPERATIONS.pauseResumeCallRecording, { active });
  return { operation, ids: { ...ids, recordingId: command.recordingId }, body };
}

function muteBody(muted: boolean, shape: MuteShape): object {
  return shape === 'bare' ? { muted } : { party: { muted } };
}

function supervision(command: CommandOf<'superviseCallSession' | 'superviseCallParty'>): object {
  return defined({
    mode: 'Listen',
    supervisorDeviceId: command.supervisorDeviceId,
    autoAnswer: command.autoAnswer,
    mediaSDP: command.mediaSdp === undefined ? undefined : MEDIA_SDP_NAMES[command.mediaSdp],
  });
}

function agentOf(agent: SupervisedAgent): object {
  return 'extensionId' in agent
    ? { agentExtensionId: agent.extensionId }
    : { agentExtensionNumber: agent.extensionNumber };
}

function replyOf(message: ReplyMessage): object {
  if ('text' in message) return { replyWithText: message.text };
  const { pattern, time, timeUnit } = message.pattern;
  return {
    replyWithPattern: defined({
      pattern: pascalCase(pattern),
      time,
      timeUnit: timeUnit === undefined ? undefined : pascalCase(timeUnit),
    }),
  };
}

/** The API takes the country as text, because ids are; RingCentral wants an integer. */
function toInteger(countryId: string): number {
  if (!/^\d{1,15}$/.test(countryId)) {
    throw new BadUserInput(
      `countryId is ${JSON.stringify(countryId.slice(0, 40))}; allowed is a whole number, like 1.`,
      'countryId',
    );
  }
  return Number(countryId);
}

/** Without the members that are undefined, so that they are not sent. */
function defined<Value extends object>(value: Value): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
