/**
 * What a phone system does for us: the one door between the schema and whatever stands behind it.
 *
 * A provider acts for one viewer; it is handed to the schema in the context of each request.
 */
import type { AccountProvider } from './account/provider.ts';
import type { CallAction } from './failures.ts';
import type {
  ActiveCall,
  CallParty,
  CallRecording,
  CallSession,
  Device,
  ForwardingNumber,
  PartyAddress,
  PartyStatus,
  SignInSession,
  Viewer,
} from './model.ts';
import type { CommandReport, SnapshotReason, StreamNoticeKind } from './telling.ts';

// Whoever provides calls tells of commands and streams in these words, and finds them here.
export {
  COMMAND_OUTCOMES,
  type CommandOutcome,
  type CommandReport,
  SNAPSHOT_REASONS,
  type SnapshotReason,
  STREAM_NOTICES,
  type StreamNoticeKind,
} from './telling.ts';

/** Exactly one of the ways to name whom a call goes to. */
export type TransferTarget =
  | { readonly phoneNumber: string }
  | { readonly extensionNumber: string }
  | { readonly extensionId: string }
  | { readonly voicemail: string }
  | { readonly parkOrbit: string };

export type ForwardTarget = Exclude<TransferTarget, { readonly parkOrbit: string }>;

export type CallOutTarget = { readonly phoneNumber: string } | { readonly extensionNumber: string };

export const REPLY_PATTERNS = [
  'WILL_CALL_YOU_BACK',
  'CALL_ME_BACK',
  'ON_MY_WAY',
  'ON_THE_OTHER_LINE',
  'WILL_CALL_YOU_BACK_LATER',
  'CALL_ME_BACK_LATER',
  'IN_A_MEETING',
  'ON_THE_OTHER_LINE_NO_CALL',
] as const;
export type ReplyPatternName = (typeof REPLY_PATTERNS)[number];

export const REPLY_TIME_UNITS = ['MINUTE', 'HOUR', 'DAY'] as const;
export type ReplyTimeUnit = (typeof REPLY_TIME_UNITS)[number];

export interface ReplyPattern {
  readonly pattern: ReplyPatternName;
  /** Only with `WILL_CALL_YOU_BACK` and `CALL_ME_BACK`. */
  readonly time?: number | undefined;
  readonly timeUnit?: ReplyTimeUnit | undefined;
}

export type ReplyMessage = { readonly text: string } | { readonly pattern: ReplyPattern };

export const HOLD_PROTOCOLS = [
  'AUTO',
  'RC',
  'BROAD_WORKS',
  'DISCONNECT_HOLDER',
  'BROAD_WORKS_OR_DISCONNECT_HOLDER',
] as const;
export type HoldProtocol = (typeof HOLD_PROTOCOLS)[number];

export const MEDIA_SDPS = ['SEND_ONLY', 'SEND_RECV'] as const;
/** One-way (`SEND_ONLY`) or two-way audio of a supervisor. */
export type MediaSdp = (typeof MEDIA_SDPS)[number];

export type SupervisedAgent = { readonly extensionId: string } | { readonly extensionNumber: string };

interface SupervisorDevice {
  readonly supervisorDeviceId: string;
  readonly autoAnswer?: boolean | undefined;
  readonly mediaSdp?: MediaSdp | undefined;
}

/** A command to a phone system; `name` is the mutation that asks for it. */
export type Command =
  | {
      readonly name: 'makeCallOut';
      readonly deviceId: string;
      readonly to: CallOutTarget;
      readonly countryId?: string | undefined;
    }
  | { readonly name: 'createConference' }
  | { readonly name: 'dropCallSession'; readonly sessionId: string }
  | ({
      readonly name: 'superviseCallSession';
      readonly sessionId: string;
      readonly agent: SupervisedAgent;
    } & SupervisorDevice)
  /** Into the conference `sessionId`, the call of `bringIn` (the host's own party of it). */
  | { readonly name: 'bringInCallParty'; readonly sessionId: string; readonly bringIn: PartyAddress }
  | ({ readonly name: 'answerCallParty'; readonly deviceId: string } & PartyAddress)
  | ({ readonly name: 'rejectCallParty' } & PartyAddress)
  | ({ readonly name: 'ignoreCallInQueue'; readonly deviceId: string } & PartyAddress)
  | ({ readonly name: 'replyToCallParty'; readonly message: ReplyMessage } & PartyAddress)
  | ({ readonly name: 'forwardCallParty'; readonly target: ForwardTarget } & PartyAddress)
  | ({ readonly name: 'pickupCallParty'; readonly deviceId: string } & PartyAddress)
  | ({ readonly name: 'holdCallParty'; readonly proto?: HoldProtocol | undefined } & PartyAddress)
  | ({ readonly name: 'unholdCallParty' } & PartyAddress)
  | ({
      readonly name: 'updateCallParty';
      readonly muted?: boolean | undefined;
      readonly standAlone?: boolean | undefined;
    } & PartyAddress)
  | ({ readonly name: 'muteCallParty' } & PartyAddress)
  | ({ readonly name: 'unmuteCallParty' } & PartyAddress)
  | ({ readonly name: 'transferCallParty'; readonly target: TransferTarget } & PartyAddress)
  | ({ readonly name: 'bridgeCallParty'; readonly with: PartyAddress } & PartyAddress)
  | ({ readonly name: 'parkCallParty' } & PartyAddress)
  | ({ readonly name: 'flipCallParty'; readonly callFlipId: string } & PartyAddress)
  | ({ readonly name: 'removeCallParty'; readonly keepConferenceAlive?: boolean | undefined } & PartyAddress)
  | ({ readonly name: 'superviseCallParty'; readonly agentExtensionId: string } & PartyAddress &
      SupervisorDevice)
  | ({ readonly name: 'startCallRecording' } & PartyAddress)
  | ({ readonly name: 'pauseCallRecording'; readonly recordingId: string } & PartyAddress)
  | ({ readonly name: 'resumeCallRecording'; readonly recordingId: string } & PartyAddress);

export type CommandName = Command['name'];
export type CommandOf<Name extends CommandName> = Extract<Command, { readonly name: Name }>;

export interface CommandResult extends CommandReport {
  /** The state of the call as now known, also when the command failed; null where nothing is known. */
  readonly session: CallSession | null;
  readonly party: CallParty | null;
  readonly recording: CallRecording | null;
}

/** Whether a party's state allows an action now, and the reason to show when it does not. */
export interface AvailableAction {
  readonly action: CallAction;
  readonly allowed: boolean;
  readonly reason: string | null;
}

/** The whole call as it is now; later events build on it. */
export interface CallSnapshot {
  readonly type: 'CallSnapshot';
  readonly cursor: string;
  readonly reason: SnapshotReason;
  readonly session: CallSession;
}

/** One party changed, or joined (`previousStatus` is null then). */
export interface CallPartyChange {
  readonly type: 'CallPartyChange';
  readonly cursor: string;
  readonly party: CallParty;
  readonly previousStatus: PartyStatus | null;
  /** Changes of this party that a slow reader did not get, because this one replaced them. */
  readonly skipped: number;
  /** The session as it was after this change: loaders are primed with it. */
  readonly session: CallSession;
}

/** Something the client should show or do, beside the states of the parties. */
export interface CallStreamNotice {
  readonly type: 'CallStreamNotice';
  readonly cursor: string;
  readonly kind: StreamNoticeKind;
  readonly message: string;
  readonly sessionId: string;
  /** Of `MOVED`: the party that left. */
  readonly partyId: string | null;
  /** Of `MOVED`: its new place. */
  readonly movedTo: PartyAddress | null;
  /** Of `TOKEN_EXPIRING` and `DRAINING`: by when to act; of `UPSTREAM_DEGRADED`: when the next try is. Epoch milliseconds. */
  readonly at: number | null;
}

export type CallEvent = CallSnapshot | CallPartyChange | CallStreamNotice;

/** The viewer's calls, whole. */
export interface ActiveCallList {
  readonly type: 'ActiveCallList';
  readonly calls: readonly ActiveCall[];
  /** When the list was true, epoch milliseconds; later with each list that differs. */
  readonly observedAt: number;
}

/** What tells how far to believe the list, or to act. There is no cursor: a new stream starts with the whole list. */
export interface ActiveCallNotice {
  readonly type: 'ActiveCallNotice';
  readonly kind: StreamNoticeKind;
  readonly message: string;
  /** As of {@link CallStreamNotice}; null where nobody knows. */
  readonly at: number | null;
}

export type ActiveCallEvent = ActiveCallList | ActiveCallNotice;

/** One state of a party and the session it is part of. */
export interface CallPartyUpdate {
  readonly party: CallParty;
  readonly session: CallSession;
}

/** The one operation that a provider is asked for. */
export interface Visit {
  /** One id from the door to the upstream request, in every log line and error. */
  readonly requestId: string;
  /** Aborts when the client has left: reads stop, commands already sent go on. */
  readonly signal?: AbortSignal | undefined;
  /** Asked when a subscription ends: true when its connection broke and the client may come back with a cursor. */
  readonly dropped?: (() => boolean) | undefined;
}

/** How changes of a viewer's calls come to be known. */
export const LIVE_SOURCES = ['PUSH', 'LONG_POLL', 'PACED_POLL'] as const;
export type LiveSource = (typeof LIVE_SOURCES)[number];

/** A phone system, acting for one viewer. */
export interface CallProvider {
  /**
   * Who the viewer is.
   * @throws {Unauthenticated} {@link Forbidden} {@link RateLimited} {@link UpstreamUnavailable} {@link UpstreamBadResponse}, as every read here.
   */
  viewer(): Promise<Viewer>;
  /** The viewer's calls, ringing ones included. */
  activeCalls(): Promise<readonly ActiveCall[]>;
  devices(): Promise<readonly Device[]>;
  forwardingNumbers(): Promise<readonly ForwardingNumber[]>;
  /** A call by its id; null when the phone system knows no such call (any more). */
  callSession(id: string): Promise<CallSession | null>;
  /** One party; null when there is no such call or party. */
  callParty(address: PartyAddress): Promise<CallParty | null>;
  /** The browsers in which the viewer is signed in here, newest first; none where nobody can sign in. */
  signInSessions(): Promise<readonly SignInSession[]>;
  /** Ends one of them, by its id; false: the viewer has none of this id. */
  endSignInSession(id: string): Promise<boolean>;
  /** Sends a command once and tells what became of it. */
  command(command: Command, idempotencyKey: string | null): Promise<CommandResult>;
  /** What the party's state allows this viewer now; asks nobody. */
  availableActions(session: CallSession, party: CallParty): readonly AvailableAction[];
  /** What happens to a call, in order; resumes after the cursor `after`. */
  callEvents(sessionId: string, after: string | null): AsyncIterableIterator<CallEvent>;
  /** The current parties of a call (or the one), then each that changes. */
  callPartyUpdates(sessionId: string, partyId: string | null): AsyncIterableIterator<CallPartyUpdate>;
  /** The viewer's calls now, and again whenever the list changes. */
  activeCallUpdates(): AsyncIterableIterator<readonly ActiveCall[]>;
  /** The same, each list with the time when it was true, and what tells that it may be old. */
  activeCallEvents(): AsyncIterableIterator<ActiveCallEvent>;
  /** How changes come to be known now; null while nobody watches. */
  liveSource(): LiveSource | null;
  /** The company that the viewer is of. */
  readonly account: AccountProvider;
}
