/**
 * The calls that the examples point to. Their ids never change, and each is ready for its command whenever that comes:
 * in any order, again after it was ended, and whatever the story has just done to it.
 *
 * ```text
 *   the command comes ──► the call is set as the command needs it ──► the command does what it does to any call
 *                                                                             │
 *   the call hangs up by itself ◄── nobody came back for a minute ◄───────────┘
 * ```
 *
 * The call that never ends is only helped along (taken off hold before a hold). Every other one has a single command
 * to show, and begins anew each time. None of them is there before its command has come, so that nobody's list of
 * calls is full of them.
 */
import { type Call, changeParty, findParty, hangUp, isPresent, type Party, partyIdOf } from './call.ts';
import { type CallOrder, placeCall } from './placing.ts';
import type { Switchboard } from './switchboard.ts';

/** The call that never ends: somebody outside and extension 101. */
export const DEMO_SESSION_ID = 's-a010203de30z19cb96f3e89z5e100000';
/** The caller's party in it. */
export const DEMO_CALLER_PARTY_ID = partyIdOf(DEMO_SESSION_ID, 1);
/** The party of extension 101 in it. */
export const DEMO_PARTY_ID = partyIdOf(DEMO_SESSION_ID, 2);
/** Its one recording, whoever starts it. */
export const DEMO_RECORDING_ID = '9100200300';

/** The other calls of the examples, named for what they are there for. */
export const STAGED = {
  ringing: 's-a010203de30z19cb96f3e89z5e110000',
  transfer: 's-a010203de30z19cb96f3e89z5e120000',
  customer: 's-a010203de30z19cb96f3e89z5e130000',
  consultation: 's-a010203de30z19cb96f3e89z5e140000',
  parking: 's-a010203de30z19cb96f3e89z5e150000',
  conference: 's-a010203de30z19cb96f3e89z5e160000',
  guest: 's-a010203de30z19cb96f3e89z5e170000',
  supervised: 's-a010203de30z19cb96f3e89z5e180000',
} as const;

export interface Stage {
  /** A command is about to be done: its call is made ready, if it is one of these. */
  ready(operationId: string, sessionId: string): void;
  /** Time passes: what was left alone hangs up. */
  turn(): void;
  /** Forgets what is there. */
  clear(): void;
}

/** Turns until a call that no command comes to hangs up: a minute at the usual pace. */
const TURNS_TO_STAY = 15;

export function createStage(board: Switchboard): Stage {
  /** When each was last made ready, in turns. */
  const set = new Map<string, number>();
  let turns = 0;
  /** The last command to the call that never ends. */
  let last = { operationId: '', turn: -1 };

  return {
    ready(operationId, sessionId) {
      if (sessionId === DEMO_SESSION_ID) {
        // Twice in one moment is refused as anywhere: whoever holds what they hold already learns what is allowed.
        const isRepeated = last.operationId === operationId && last.turn === turns;
        last = { operationId, turn: turns };
        if (!isRepeated) helpAlong(board, operationId);
        return;
      }
      for (const order of SCENES[`${operationId} ${sessionId}`] ?? []) {
        placeCall(board, order);
        set.set(order.id, turns);
      }
    },
    turn() {
      turns += 1;
      for (const [id, at] of set) {
        if (turns - at < TURNS_TO_STAY) continue;
        set.delete(id);
        board.change(id, hangUp);
      }
      hangUpForgotten(board, (id) => set.has(id));
    },
    clear() {
      set.clear();
      last = { operationId: '', turn: -1 };
    },
  };
}

/** What the party of extension 101 must be before a command can be done. */
const NEEDS: Readonly<Record<string, (party: Party) => Partial<Party>>> = {
  holdCallParty: () => ({ code: 'Answered' }),
  unholdCallParty: () => ({ code: 'Hold' }),
  updateCallParty: (party) => (party.code === 'Hold' ? {} : { code: 'Answered' }),
  startCallRecording: () => ({ code: 'Answered', recordings: recorded(false) }),
  pauseResumeCallRecording: (party) => ({
    code: 'Answered',
    recordings: party.recordings.length > 0 ? party.recordings : recorded(true),
  }),
};

function helpAlong(board: Switchboard, operationId: string): void {
  const own = findParty(board.find(DEMO_SESSION_ID) ?? { parties: [] }, DEMO_PARTY_ID);
  if (own === undefined || !isPresent(own)) return;
  const needed = NEEDS[operationId]?.(own) ?? {};
  board.change(DEMO_SESSION_ID, (call, at) => changeParty(call, DEMO_PARTY_ID, needed, at));
}

function recorded(active: boolean): Party['recordings'] {
  return [{ id: DEMO_RECORDING_ID, active, mode: 'OnDemand' }];
}

type Scene = CallOrder & { readonly id: string };

const talk = (id: string, from: string): Scene => ({
  kind: 'inbound',
  from,
  to: '101',
  state: 'Answered',
  id,
});

/** For a command to a call, the calls it needs as they must be then. */
const SCENES: Readonly<Record<string, readonly Scene[]>> = {
  [`answerCallParty ${STAGED.ringing}`]: [
    { kind: 'inbound', from: '+12025550131', to: '101', id: STAGED.ringing },
  ],
  [`transferCallParty ${STAGED.transfer}`]: [talk(STAGED.transfer, '+12025550132')],
  [`holdCallParty ${STAGED.customer}`]: [talk(STAGED.customer, '+12025550133')],
  [`bridgeCallParty ${STAGED.customer}`]: [
    { ...talk(STAGED.customer, '+12025550133'), state: 'Hold' },
    { kind: 'internal', from: '101', to: '102', state: 'Answered', id: STAGED.consultation },
  ],
  [`callParkParty ${STAGED.parking}`]: [talk(STAGED.parking, '+12025550135')],
  [`createCallPartyWithBringIn ${STAGED.conference}`]: [
    { kind: 'conference', from: '101', state: 'Answered', id: STAGED.conference },
    talk(STAGED.guest, '+12025550137'),
  ],
  [`superviseCallSession ${STAGED.supervised}`]: [talk(STAGED.supervised, '+12025550138')],
};

/** Calls that a user has begun ring or meet for ever, where nobody plays their far end. */
function hangUpForgotten(board: Switchboard, isStaged: (id: string) => boolean): void {
  const longest = TURNS_TO_STAY * board.settings.storyPace;
  const isForgotten = ({ id, origin, endedAt, changedAt }: Call) =>
    origin !== 'Call' && endedAt === null && !isStaged(id) && board.now() - changedAt >= longest;
  for (const { id } of board.calls().filter(isForgotten)) board.change(id, hangUp);
}
