/**
 * The day of the simulated company, beside the calls that the examples show: each queue has somebody who waits most of
 * the time, agents answer, talk and hand on, colleagues call each other, and one of them is not to be disturbed.
 *
 * ```text
 *   a caller ──► waits ──an agent is free──► rings ──some turns later──► talks ──► hangs up, or is handed on to the supervisor
 *                  └──for too long──► hangs up
 * ```
 *
 * It looks at how its calls are before it does anything with them, so whoever plays one of the agents takes their part.
 */

import { extensionByNumber } from '../account.ts';
import {
  act,
  addParty,
  type Call,
  connect,
  hangUp,
  isPresent,
  isRinging,
  newLeg,
  type Party,
} from '../call.ts';
import { dialled } from '../dialing.ts';
import { type CallOrder, placeCall } from '../placing.ts';
import { Refusal } from '../refusals.ts';
import type { Switchboard } from '../switchboard.ts';

export interface Day {
  /** Time passes. The first turn finds the company at work already. */
  turn(): void;
  /** Forgets how far it was. */
  clear(): void;
}

/** A kind of call that comes again and again. */
interface Habit {
  readonly orders: readonly CallOrder[];
  /** Turns that their phone rings before. */
  readonly rings: number;
  /** Turns that somebody talks. */
  readonly talk: number;
  /** So many of them talk when the day begins. */
  readonly atWork: number;
  /** Whether there is always one more, who waits: of a queue. Else there is one call at a time. */
  readonly waits: boolean;
  /** Every so many calls one is handed on to this number. */
  readonly handsOn?: { readonly every: number; readonly to: string };
}

const outsiders = (queue: string, first: number): readonly CallOrder[] =>
  Array.from({ length: 7 }, (_, index) => ({
    kind: 'queue',
    from: `+120255502${String(first + index)}`,
    to: queue,
  }));

const HABITS: readonly Habit[] = [
  {
    orders: outsiders('200', 10),
    rings: 5,
    talk: 7,
    atWork: 0,
    waits: true,
    handsOn: { every: 4, to: '103' },
  },
  { orders: outsiders('201', 30), rings: 5, talk: 12, atWork: 2, waits: true },
  {
    orders: [
      { kind: 'outbound', from: '109', to: '+12025550250' },
      { kind: 'internal', from: '110', to: '109' },
      { kind: 'inbound', from: '+12025550251', to: '110' },
    ],
    rings: 1,
    talk: 8,
    atWork: 1,
    waits: false,
  },
  {
    orders: [
      { kind: 'inbound', from: '+12025550252', to: '111' },
      { kind: 'outbound', from: '104', to: '+12025550253' },
    ],
    rings: 1,
    talk: 6,
    atWork: 0,
    waits: false,
  },
];

/** Turns after which a caller whom nobody answers gives up. */
const PATIENCE = 25;
/** Callers of one queue beside those who talk. */
const AT_MOST = 3;
/** Not to be disturbed for most of every round of turns. */
const AWAY = { number: '107', round: 40, turns: 30, message: 'In a workshop' };

/** One of its calls, and for how many turns it has been as it is. */
interface Played {
  readonly habit: Habit;
  readonly ordinal: number;
  state: Stage;
  turns: number;
}

type Stage = 'waits' | 'rings' | 'talks';

export function createDay(board: Switchboard): Day {
  const played = new Map<string, Played>();
  const placed = new Map<Habit, number>();
  let turn = 0;

  function begin(habit: Habit): string {
    const ordinal = placed.get(habit) ?? 0;
    placed.set(habit, ordinal + 1);
    const order = habit.orders[ordinal % habit.orders.length] as CallOrder;
    const { id } = placeCall(board, order);
    played.set(id, { habit, ordinal, state: 'waits', turns: 0 });
    return id;
  }

  /** Moves a call on by a turn. */
  function play(id: string, one: Played): void {
    const call = board.find(id);
    if (call === undefined || call.endedAt !== null) {
      played.delete(id);
      return;
    }
    const state = stageOf(call);
    one.turns = state === one.state ? one.turns + 1 : 0;
    one.state = state;
    if (state === 'rings' && one.turns >= one.habit.rings) board.change(id, pickUp);
    else if (state === 'waits' && one.turns >= PATIENCE) board.change(id, hangUp);
    else if (state === 'talks' && one.turns >= one.habit.talk) finish(id, call, one);
  }

  function finish(id: string, call: Call, { habit, ordinal }: Played): void {
    const { every, to } = habit.handsOn ?? { every: 0, to: '' };
    const agent = call.parties.findLast(
      ({ code, extensionId }) => code === 'Answered' && extensionId !== null,
    );
    const wasHandedOn = call.parties.some(({ reason }) => reason === 'BlindTransfer');
    const isNext = every > 0 && ordinal % every === every - 1;
    if (isNext && !wasHandedOn && agent !== undefined) board.change(id, handOn(agent, to));
    else board.change(id, hangUp);
  }

  function open(habit: Habit): void {
    for (let count = 0; count < habit.atWork; count += 1) board.change(begin(habit), pickUp);
    // Of a queue another one rings, and the next will wait.
    if (habit.waits) begin(habit);
  }

  function goOn(habit: Habit): void {
    const own = [...played.values()].filter((one) => one.habit === habit);
    const isMissing = habit.waits
      ? own.every(({ state }) => state !== 'waits') && own.length < habit.atWork + AT_MOST
      : own.length === 0;
    if (isMissing) begin(habit);
  }

  function disturb(): void {
    const somebody = extensionByNumber(AWAY.number)?.id ?? '';
    const at = turn % AWAY.round;
    if (at === 0) board.staff.set(somebody, { dndStatus: 'DoNotAcceptAnyCalls', message: AWAY.message });
    if (at === AWAY.turns) board.staff.set(somebody, { dndStatus: 'TakeAllCalls', message: null });
  }

  return {
    turn() {
      disturb();
      if (turn === 0) for (const habit of HABITS) open(habit);
      for (const [id, one] of [...played]) play(id, one);
      for (const habit of HABITS) goOn(habit);
      turn += 1;
    },
    clear() {
      played.clear();
      placed.clear();
      turn = 0;
    },
  };
}

function stageOf({ parties }: Call): Stage {
  if (parties.some(rings)) return 'rings';
  const ends = parties.filter((party) => isPresent(party) && party.code !== 'Setup');
  return ends.length > 1 ? 'talks' : 'waits';
}

/** A phone that rings: the leg on which a caller waits is none. */
function rings(party: Party): boolean {
  return isRinging(party) && party.code === 'Proceeding';
}

function pickUp(call: Call, at: number): Call {
  const ringing = call.parties.find(rings);
  return ringing === undefined ? call : connect(call, ringing.id, at);
}

const handOn =
  (agent: Party, extensionNumber: string) =>
  (call: Call, at: number): Call => {
    const left = act(call, agent.id, { name: 'transfer' }, at);
    if (left instanceof Refusal) return call;
    return addParty(left, newLeg(agent.from, dialled(extensionNumber, 'to'), 'Proceeding'), at);
  };
