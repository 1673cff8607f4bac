/** RingCentral's call control, one method per thing that the gateway asks for. */
import {
  BadUserInput,
  CallControlFailure,
  Unauthenticated,
  UpstreamBadResponse,
} from '../../schema/failures.ts';
import type {
  ActiveCall,
  CallParty,
  CallRecording,
  CallSession,
  Device,
  ForwardingNumber,
  PartyAddress,
  Viewer,
} from '../../schema/model.ts';
import type { Command } from '../../schema/provider.ts';
import type { Caller } from '../upstream/caller.ts';
import type { UpstreamAnswer } from '../upstream/hearing.ts';
import type { Upstream, UpstreamRequest } from '../upstream/http.ts';
import { type AnswerTimes, isMissing, type Reading, type ReadOptions, reading } from '../upstream/reading.ts';
import { type LeftOut, unnoted } from '../upstream/values.ts';
import { type MuteShape, toRequest } from './commands.ts';
import { endOfHold, nothingNew } from './held-reads.ts';
import { OPERATIONS } from './operations.ts';
import { allPages } from './pages.ts';
import { toParty, toPickedUpParty, toRecording, toSession, toWrappedSession } from './translate.ts';
import { toActiveCalls, toDevices, toForwardingNumbers, toPage, toViewer } from './viewer.ts';

export type { AnswerTimes, Reading as CallReading, ReadOptions as CallReadOptions };

/** The parameters of a long poll, of which nobody documents the units. */
export interface SessionPoll {
  /** RingCentral's time up to which changes are known, ISO 8601 with milliseconds. */
  readonly timestamp: string;
  /** Seconds that RingCentral may hold the request. */
  readonly timeout: number;
}

/**
 * RingCentral's yes to a command; of the states the one that its answer shows, if it shows any that can be read: that it
 * said yes is what counts.
 */
export interface CommandAnswer extends AnswerTimes {
  readonly session?: CallSession;
  readonly party?: CallParty;
  readonly recording?: CallRecording;
  readonly upstreamRequestId: string | undefined;
}

/**
 * RingCentral, for whichever caller. Everything here throws the failures of `schema/failures.ts`, or the
 * reason of its signal; `observedAt` of an answer is its `receivedAt`.
 */
export interface CallControl {
  /**
   * A session, held open when `longPoll` is given; null when RingCentral knows no such call (any more).
   * @throws {HoldEnded} also, when it was held.
   */
  readSession(
    caller: Caller,
    sessionId: string,
    options: ReadOptions & { readonly longPoll?: SessionPoll | undefined },
  ): Promise<Reading<CallSession | null>>;
  readParty(caller: Caller, address: PartyAddress, options: ReadOptions): Promise<Reading<CallParty | null>>;
  readActiveCalls(caller: Caller, options: ReadOptions): Promise<Reading<readonly ActiveCall[]>>;
  readExtension(caller: Caller, options: ReadOptions): Promise<Viewer>;
  listDevices(caller: Caller, options: ReadOptions): Promise<readonly Device[]>;
  listForwardingNumbers(caller: Caller, options: ReadOptions): Promise<readonly ForwardingNumber[]>;
  /** Sends a command once. It takes no signal: a command that left is not taken back. */
  command(
    caller: Caller,
    command: Command,
    options: { readonly requestId?: string | undefined },
  ): Promise<CommandAnswer>;
}

/** Makes the client; `leftOut` is told of each entry of a list that could not be read. */
export function createCallControl(upstream: Upstream, leftOut: LeftOut = unnoted): CallControl {
  /** The body that mutes, once an answer has shown which one does. */
  let provenMuteShape: MuteShape | null = null;

  return {
    async readSession(caller, sessionId, { longPoll, ...options }) {
      const sending = upstream.send(caller, {
        ...options,
        ...(longPoll && heldOpen(longPoll)),
        operation: OPERATIONS.readCallSessionStatus,
        ids: { telephonySessionId: sessionId },
        orNull: true,
      });
      const answer = await (longPoll === undefined ? sending : held(sending));
      return reading(answer, (body, at) => (isMissing(answer) ? null : toSession(body, at, leftOut)));
    },

    async readParty(caller, { sessionId, partyId }, options) {
      const answer = await upstream.send(caller, {
        ...options,
        operation: OPERATIONS.readCallPartyStatus,
        ids: { telephonySessionId: sessionId, partyId },
        orNull: true,
      });
      return reading(answer, (body, at) =>
        isMissing(answer) ? null : toParty(body, sessionId, at, { askedFor: partyId, leftOut }),
      );
    },

    async readActiveCalls(caller, options) {
      const answer = await upstream.send(caller, {
        ...options,
        operation: OPERATIONS.readUserPresenceStatus,
        query: { detailedTelephonyState: 'true' },
      });
      return reading(answer, (body, at) => toActiveCalls(body, at, leftOut));
    },

    async readExtension(caller, options) {
      const { body } = await upstream.send(caller, { ...options, operation: OPERATIONS.readExtension });
      return toViewer(body);
    },

    async listDevices(caller, options) {
      const operation = OPERATIONS.listExtensionDevices;
      const devices = await allPages(upstream, caller, { ...options, operation });
      const phones = await listWebPhones(caller, options);
      return toDevices([...devices, ...phones], leftOut);
    },

    async listForwardingNumbers(caller, options) {
      const operation = OPERATIONS.listForwardingNumbers;
      return toForwardingNumbers(await allPages(upstream, caller, { ...options, operation }), leftOut);
    },

    async command(caller, command, { requestId }) {
      const send = async (shape?: MuteShape) => {
        const { operation, ids, body } = toRequest(command, shape);
        const request = { operation, ids, body, lane: 'command', requestId, orBodiless: true } as const;
        const answer = await upstream.send(caller, request);
        return toCommandAnswer(command, answer);
      };
      const muted = mutingOf(command);
      return muted === null ? send() : sendMute(muted, send);
    },
  };

  function heldOpen({
    timestamp,
    timeout,
  }: SessionPoll): Pick<UpstreamRequest, 'query' | 'timeout' | 'isHeld'> {
    return {
      query: { timestamp, timeout: String(timeout) },
      timeout: timeout * 1_000 + upstream.timeout,
      isHeld: true,
    };
  }

  /** A list that is newer than the other, and not everywhere: without it there are still the devices. */
  async function listWebPhones(caller: Caller, options: ReadOptions): Promise<readonly unknown[]> {
    try {
      const { body } = await upstream.send(caller, { ...options, operation: OPERATIONS.listWebAppDevices });
      return toPage(body).records;
    } catch (error) {
      if (error instanceof CallControlFailure && !(error instanceof Unauthenticated)) return [];
      throw error;
    }
  }

  /**
   * Mutes with the body of the published document, and when that is refused or does nothing, with the one
   * of the guide and the SDKs. This happens until an answer has proved one of them, which is used from then on.
   */
  async function sendMute(
    muted: boolean,
    send: (shape: MuteShape) => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    const follows = ({ party }: CommandAnswer) => party?.muted === muted;
    if (provenMuteShape !== null) return send(provenMuteShape);
    try {
      const answer = await send('wrapped');
      if (follows(answer)) provenMuteShape = 'wrapped';
      const wasIgnored = answer.party?.muted === !muted;
      if (!wasIgnored) return answer;
    } catch (error) {
      if (!(error instanceof BadUserInput) || error.trace.status !== 400) throw error;
    }
    const answer = await send('bare');
    if (follows(answer)) provenMuteShape = 'bare';
    return answer;
  }
}

/** What a command mutes to, where the bare body could say it too. */
function mutingOf(command: Command): boolean | null {
  switch (command.name) {
    case 'muteCallParty':
      return true;
    case 'unmuteCallParty':
      return false;
    case 'updateCallParty':
      return command.standAlone === undefined ? (command.muted ?? null) : null;
    default:
      return null;
  }
}

function toCommandAnswer(command: Command, answer: UpstreamAnswer): CommandAnswer {
  const { sentAt, receivedAt, upstreamDate, upstreamRequestId } = answer;
  return { ...stateWhereReadable(command, answer), sentAt, receivedAt, upstreamDate, upstreamRequestId };
}

/** An accepted command is accepted, whatever the body of the answer is or lacks. */
function stateWhereReadable(
  command: Command,
  answer: UpstreamAnswer,
): Pick<CommandAnswer, 'session' | 'party' | 'recording'> {
  try {
    return stateIn(command, answer);
  } catch (error) {
    if (error instanceof UpstreamBadResponse) return {};
    throw error;
  }
}

/** The state that the answer to a command shows. */
function stateIn(
  command: Command,
  { body, receivedAt }: UpstreamAnswer,
): Pick<CommandAnswer, 'session' | 'party' | 'recording'> {
  switch (command.name) {
    case 'makeCallOut':
    case 'createConference':
      return { session: toWrappedSession(body, receivedAt) };
    case 'dropCallSession':
    case 'removeCallParty':
    case 'rejectCallParty':
    case 'ignoreCallInQueue':
    case 'flipCallParty':
      return {};
    case 'startCallRecording':
    case 'pauseCallRecording':
    case 'resumeCallRecording': {
      const recording = toRecording(body);
      return recording === null ? {} : { recording };
    }
    case 'pickupCallParty': {
      const party = toPickedUpParty(body, receivedAt);
      return party === null ? {} : { party };
    }
    default:
      return { party: toParty(body, command.sessionId, receivedAt) };
  }
}

/** The answer to a held read; it may end without one. */
async function held(sending: Promise<UpstreamAnswer>): Promise<UpstreamAnswer> {
  const answer = await sending.catch((error: unknown) => {
    throw endOfHold(error) ?? error;
  });
  if (!isMissing(answer) && answer.body === null) throw nothingNew(answer);
  return answer;
}
