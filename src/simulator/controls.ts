/** What a test can order and ask of the simulator, in its own process or over HTTP under `/simulator/`. */
import { type PartyBody, partyBody, type SessionBody, sessionBody } from './bodies.ts';
import { changeParty, type Party } from './call.ts';
import type { PushCounts } from './deliveries.ts';
import type { Era } from './era.ts';
import { type Fault, type FaultOrder, type Faults, readFaults } from './faults.ts';
import type { GenesysCloud } from './genesys/cloud.ts';
import { answerGenesysControl, GENESYS_CONTROLS, type GenesysControls } from './genesys/controls.ts';
import { GENESYS_REQUESTS } from './genesys/platform.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { OAuth } from './oauth/oauth.ts';
import { CALL_KINDS, type CallOrder, placeCall } from './placing.ts';
import { REQUESTS } from './platform.ts';
import { SOCKET_TROUBLES, type SocketFacts, type Sockets, type SocketTrouble } from './push/sockets.ts';
import type { Subscriptions } from './push/subscriptions.ts';
import type { SocketTokens } from './push/tokens.ts';
import { RATE_GROUPS, type RateGroup, type RateLimits } from './rate-limits.ts';
import { Refusal } from './refusals.ts';
import { checked, oneOf, onOff, type Rule, required, someText } from './rules.ts';
import { mergeSettings, type SettingChanges, type Settings } from './settings.ts';
import type { Story } from './story.ts';
import { partyAt, type Switchboard } from './switchboard.ts';

/** What a party does by itself, whatever its state. */
export interface Move {
  /** Any, also one that RingCentral has not published. */
  readonly code?: string;
  readonly reason?: string;
  readonly muted?: boolean;
  readonly standAlone?: boolean;
  /** A recording that starts now. */
  readonly recording?: 'Automatic' | 'OnDemand';
}

export interface Controls {
  /** Starts a call: `{ kind: 'inbound', from: '+12025550147', to: '101', state: 'Answered' }`. */
  startCall(order: Omit<CallOrder, 'id'>): SessionBody;
  /** Changes a party, whatever its state. */
  moveParty(sessionId: string, partyId: string, changes: Move): PartyBody;
  calls(): SessionBody[];
  settings(): Settings;
  /** Changes some settings. */
  configure(changes: SettingChanges): Settings;
  /** Replaces the ordered troubles. */
  orderFaults(faults: readonly FaultOrder[]): readonly Fault[];
  /** What is left of them. */
  faults(): readonly Fault[];
  /** The journal, newest last. */
  requests(): readonly JournalEntry[];
  clearRequests(): void;
  /** The open sockets, the subscriptions of everybody who has one, and what became of the notifications. */
  push(): PushFacts;
  /** Does something to the sockets: `{ do: 'cut' | 'freeze' | 'thaw' | 'idle' | 'expire', viewer: '101' }`. */
  troublePush(order: SocketOrder): { readonly sockets: number };
  /** Makes a token useless, also one of the fixed ones. */
  revoke(token: string): void;
  /** Those of the simulated Genesys Cloud. */
  readonly genesys: GenesysControls;
  /** Sets everything back to how it was at the start, with some settings changed. */
  reset(changes?: SettingChanges): void;
}

/** What befalls sockets, and whose; everybody's where no extension number is given. */
export interface SocketOrder {
  readonly do: SocketTrouble;
  readonly viewer?: string;
}

/** What notifications do at the moment. */
export interface PushFacts {
  readonly sockets: readonly SocketFacts[];
  readonly notifications: PushCounts;
}

interface Parts {
  readonly push: {
    readonly subscriptions: Subscriptions;
    readonly sockets: Sockets;
    readonly tokens: SocketTokens;
  };
  readonly board: Switchboard;
  readonly faults: Faults;
  readonly genesys: GenesysCloud;
  readonly oauth: OAuth;
  readonly rateLimits: RateLimits;
  readonly journal: Journal;
  readonly story: Story;
  readonly era: Era;
}

export function createControls(parts: Parts): Controls {
  const { board, faults, genesys, oauth, rateLimits, journal, story, era, push } = parts;
  return {
    startCall: (order) =>
      sessionBody(placeCall(board, checked('Field', order, ORDER) as unknown as CallOrder)),
    moveParty(sessionId, partyId, changes) {
      const party = partyAt(board, { sessionId, partyId });
      const moved = readMove(party, changes, board.recordingId);
      board.change(sessionId, (call, at) => changeParty(call, partyId, moved, at));
      return partyBody(partyAt(board, { sessionId, partyId }));
    },
    calls: () => board.calls().map(sessionBody),
    settings: () => board.settings,
    configure(changes) {
      const before = board.settings;
      const settings = board.configure(changes);
      story.follow();
      genesys.follow();
      // An answer that is not limited says nothing of limits, so nobody would learn of it.
      const isFreed = (group: RateGroup) => settings[`${group}Limit`] === 0 && before[`${group}Limit`] !== 0;
      if (RATE_GROUPS.some(isFreed)) era.begin();
      return settings;
    },
    orderFaults(orders) {
      faults.order(readFaults(orders, [...REQUESTS, ...GENESYS_REQUESTS]));
      return faults.list();
    },
    faults: faults.list,
    requests: journal.entries,
    clearRequests: journal.clear,
    push: () => ({
      sockets: push.sockets.list(),
      notifications: push.subscriptions.deliveries.counts(),
    }),
    troublePush(order) {
      const { do: kind, viewer } = checked('Field', order, SOCKET_ORDER) as unknown as SocketOrder;
      return { sockets: push.sockets.trouble(kind, viewer) };
    },
    revoke: oauth.revoke,
    genesys: genesys.controls,
    reset(changes = {}) {
      // Wrong settings are refused before anything is lost.
      mergeSettings(board.settings, changes);
      board.reset();
      oauth.reset();
      push.sockets.trouble('cut');
      push.tokens.reset();
      rateLimits.reset();
      faults.order([]);
      journal.clear();
      board.configure(changes);
      push.subscriptions.reset();
      genesys.reset(board.settings.pushSeed);
      story.restart();
      genesys.restart();
      era.begin();
    },
  };
}

/** A request to the controls, its body already read: an object, or a list of faults. */
export interface ControlRequest {
  readonly method: string;
  /** The decoded parts of the path after `/simulator/`. */
  readonly segments: readonly string[];
  readonly body: unknown;
}

/**
 * Answers a request to the controls. What stands in its body is checked by whatever control it is for.
 * @throws {Refusal} 404 for a path that is none of them, or what the control refuses.
 */
export function answerControl(
  controls: Controls,
  { method, segments, body }: ControlRequest,
): { readonly status: number; readonly body?: unknown } {
  const [first = '', sessionId = '', parties = '', partyId = ''] = segments;
  const ofGenesys =
    first === 'genesys'
      ? answerGenesysControl(controls.genesys, { method, segments: segments.slice(1), body })
      : null;
  if (ofGenesys !== null) return ofGenesys;
  const isParty = first === 'calls' && parties === 'parties' && segments.length === 4;
  switch (`${method} ${isParty ? 'party' : segments.join('/')}`) {
    case 'GET calls':
      return { status: 200, body: controls.calls() };
    case 'POST calls':
      return { status: 201, body: controls.startCall(body as CallOrder) };
    case 'POST party':
      return { status: 200, body: controls.moveParty(sessionId, partyId, body as Move) };
    case 'GET settings':
      return { status: 200, body: controls.settings() };
    case 'PUT settings':
      return { status: 200, body: controls.configure(body as SettingChanges) };
    case 'GET faults':
      return { status: 200, body: controls.faults() };
    case 'PUT faults':
      return { status: 200, body: controls.orderFaults(body as FaultOrder[]) };
    case 'GET requests':
      return { status: 200, body: controls.requests() };
    case 'DELETE requests':
      checked('Field', body, {});
      controls.clearRequests();
      return { status: 204 };
    case 'GET push':
      return { status: 200, body: controls.push() };
    case 'POST push':
      return { status: 200, body: controls.troublePush(body as SocketOrder) };
    case 'POST revoke':
      controls.revoke(String(checked('Field', body, { token: required(someText) }).token));
      return { status: 204 };
    case 'POST reset':
      controls.reset(body as SettingChanges);
      return { status: 204 };
    default:
      throw new Refusal(404, 'CMN-120', `There is no control here; there are ${CONTROLS.join(', ')}`);
  }
}

/** What the order of a trouble for sockets may hold. */
export const SOCKET_ORDER: Readonly<Record<keyof SocketOrder, Rule>> = {
  do: required(oneOf(...SOCKET_TROUBLES)),
  viewer: someText,
};

const CONTROLS = [
  'GET and POST /simulator/calls',
  'POST /simulator/calls/{sessionId}/parties/{partyId}',
  'GET and PUT /simulator/settings',
  'GET and PUT /simulator/faults',
  'GET and DELETE /simulator/requests',
  'GET and POST /simulator/push',
  'GET /simulator/era',
  'POST /simulator/revoke',
  'POST /simulator/reset',
  ...GENESYS_CONTROLS,
];

/** What a new call may say. Whether a number is somebody's is known when it is called. */
const ORDER: { readonly [Name in keyof Omit<Required<CallOrder>, 'id'>]: Rule } = {
  kind: required(oneOf(...CALL_KINDS)),
  from: someText,
  to: someText,
  state: someText,
};

const MOVES: { readonly [Name in keyof Required<Move>]: Rule } = {
  code: someText,
  reason: someText,
  muted: onOff,
  standAlone: onOff,
  recording: oneOf('Automatic', 'OnDemand'),
};

function readMove(party: Party, changes: Move, recordingId: () => string): Partial<Party> {
  const { recording, ...moved } = checked('Field', changes, MOVES) as Move;
  if (recording === undefined) return moved;
  return {
    ...moved,
    recordings: [...party.recordings, { id: recordingId(), active: true, mode: recording }],
  };
}
