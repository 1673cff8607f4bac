/** What a test can order and ask of the simulator, in its own process or over HTTP under `/simulator/`. */
import { type PartyBody, partyBody, type SessionBody, sessionBody } from './bodies.ts';
import { changeParty, type Party } from './call.ts';
import type { Era } from './era.ts';
import { type Fault, readFaults } from './faults.ts';
import { type Body, optionalChoice, optionalFlag, optionalText } from './fields.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { OAuth } from './oauth.ts';
import { placeCall, readOrder } from './placing.ts';
import type { Platform } from './platform.ts';
import { RATE_GROUPS, type RateGroup, type RateLimits } from './rate-limits.ts';
import { invalid, Refusal } from './refusals.ts';
import { mergeSettings, type Settings } from './settings.ts';
import type { Story } from './story.ts';
import { partyAt, type Switchboard } from './switchboard.ts';

export interface Controls {
  /** Starts a call: `{ kind: 'inbound', from: '+12025550147', to: '101', state: 'Answered' }`. */
  startCall(order: Body): SessionBody;
  /**
   * Changes a party, whatever its state: `{ code, reason, muted, standAlone }`, and `recording`
   * (`Automatic` or `OnDemand`) for one that starts now.
   */
  moveParty(sessionId: string, partyId: string, changes: Body): PartyBody;
  calls(): SessionBody[];
  settings(): Settings;
  /** Changes some settings. */
  configure(changes: unknown): Settings;
  /** Replaces the ordered troubles. */
  orderFaults(faults: unknown): readonly Fault[];
  /** What is left of them. */
  faults(): readonly Fault[];
  /** The journal, newest last. */
  requests(): readonly JournalEntry[];
  clearRequests(): void;
  /** Makes a token useless, also one of the fixed ones. */
  revoke(token: string): void;
  /** Sets everything back to how it was at the start, with some settings changed. */
  reset(changes?: unknown): void;
}

interface Parts {
  readonly board: Switchboard;
  readonly platform: Platform;
  readonly oauth: OAuth;
  readonly rateLimits: RateLimits;
  readonly journal: Journal;
  readonly story: Story;
  readonly era: Era;
}

export function createControls({ board, platform, oauth, rateLimits, journal, story, era }: Parts): Controls {
  return {
    startCall: (order) => sessionBody(placeCall(board, readOrder(order))),
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
      // An answer that is not limited says nothing of limits, so nobody would learn of it.
      const isFreed = (group: RateGroup) => settings[`${group}Limit`] === 0 && before[`${group}Limit`] !== 0;
      if (RATE_GROUPS.some(isFreed)) era.begin();
      return settings;
    },
    orderFaults(faults) {
      platform.orderFaults(readFaults(faults));
      return platform.faults();
    },
    faults: platform.faults,
    requests: journal.entries,
    clearRequests: journal.clear,
    revoke: oauth.revoke,
    reset(changes = {}) {
      // Wrong settings are refused before anything is lost.
      mergeSettings(board.settings, changes);
      board.reset();
      oauth.reset();
      rateLimits.reset();
      platform.orderFaults([]);
      journal.clear();
      board.configure(changes);
      story.restart();
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
 * Answers a request to the controls.
 * @throws {Refusal} 404 for a path that is none of them, or what the control refuses.
 */
export function answerControl(
  controls: Controls,
  { method, segments, body }: ControlRequest,
): { readonly status: number; readonly body?: unknown } {
  const [first = '', sessionId = '', parties = '', partyId = ''] = segments;
  const isParty = first === 'calls' && parties === 'parties' && segments.length === 4;
  switch (`${method} ${isParty ? 'party' : segments.join('/')}`) {
    case 'GET calls':
      return { status: 200, body: controls.calls() };
    case 'POST calls':
      return { status: 201, body: controls.startCall(fieldsOf(body)) };
    case 'POST party':
      return { status: 200, body: controls.moveParty(sessionId, partyId, fieldsOf(body)) };
    case 'GET settings':
      return { status: 200, body: controls.settings() };
    case 'PUT settings':
      return { status: 200, body: controls.configure(body) };
    case 'GET faults':
      return { status: 200, body: controls.faults() };
    case 'PUT faults':
      return { status: 200, body: controls.orderFaults(body) };
    case 'GET requests':
      return { status: 200, body: controls.requests() };
    case 'DELETE requests':
      controls.clearRequests();
      return { status: 204 };
    case 'POST revoke':
      controls.revoke(optionalText(fieldsOf(body), 'token') ?? '');
      return { status: 204 };
    case 'POST reset':
      controls.reset(body);
      return { status: 204 };
    default:
      throw new Refusal(404, 'CMN-120', `There is no control here; there are ${CONTROLS.join(', ')}`);
  }
}

const CONTROLS = [
  'GET and POST /simulator/calls',
  'POST /simulator/calls/{sessionId}/parties/{partyId}',
  'GET and PUT /simulator/settings',
  'GET and PUT /simulator/faults',
  'GET and DELETE /simulator/requests',
  'POST /simulator/revoke',
  'POST /simulator/reset',
];

const MOVES = ['code', 'reason', 'muted', 'standAlone', 'recording'];

function readMove(party: Party, changes: Body, recordingId: () => string): Partial<Party> {
  for (const name of Object.keys(changes)) if (!MOVES.includes(name)) throw invalid(name, changes[name]);
  const code = optionalText(changes, 'code');
  const reason = optionalText(changes, 'reason');
  const mode = optionalChoice(changes, 'recording', ['Automatic', 'OnDemand']);
  return {
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    muted: optionalFlag(changes, 'muted') ?? party.muted,
    standAlone: optionalFlag(changes, 'standAlone') ?? party.standAlone,
    ...(mode === undefined
      ? {}
      : { recordings: [...party.recordings, { id: recordingId(), active: true, mode }] }),
  };
}

function fieldsOf(body: unknown): Body {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw invalid('body');
}
