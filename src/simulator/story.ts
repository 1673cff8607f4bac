/**
 * Live calls without anybody calling: something to look at, always.
 *
 * One call with a fixed id goes round its states for ever, so that an example can point to it; the calls for the other
 * examples are those of `stage.ts`. Beside them extension 101 gets other calls, which are answered, held, recorded,
 * missed, and end, and the rest of the company has its own (`company/day.ts`). Whatever a user does to a call is done;
 * the story goes on from there.
 */
import {
  type Action,
  act,
  type Call,
  changeParty,
  connect,
  findParty,
  hangUp,
  isPresent,
  type Party,
  partyIdOf,
} from './call.ts';
import { createDay } from './company/day.ts';
import { type CallOrder, placeCall } from './placing.ts';
import { Refusal } from './refusals.ts';
import { createStage, DEMO_PARTY_ID, DEMO_RECORDING_ID, DEMO_SESSION_ID } from './stage.ts';
import type { Switchboard } from './switchboard.ts';
import { createTurns, type Turns } from './turns.ts';

export { DEMO_CALLER_PARTY_ID, DEMO_PARTY_ID, DEMO_SESSION_ID } from './stage.ts';

export interface Story extends Turns {
  /** A command is about to be done: the calls of the examples make ready for it. */
  expect(operationId: string, sessionId: string): void;
}

/** Plays live calls at the pace of the settings. Its first calls are there at once. */
export function createStory(board: Switchboard): Story {
  const stage = createStage(board);
  const day = createDay(board);
  let demo = demoAtStart();
  let scenes: Scene[] = [];
  const turns = createTurns(() => board.settings, play);

  function play(turn: number): void {
    demo = playDemo(board, demo);
    if (turn % TURNS_PER_SCENE === 0 && scenes.length < SCENES_AT_ONCE) {
      const script = SCRIPTS[(turn / TURNS_PER_SCENE) % SCRIPTS.length];
      if (script !== undefined) scenes.push(openScene(board, script));
    } else {
      scenes = scenes.filter((scene) => playScene(board, scene));
    }
    stage.turn();
    day.turn();
  }

  return {
    ...turns,
    expect(operationId, sessionId) {
      if (board.settings.story) stage.ready(operationId, sessionId);
    },
    restart() {
      stage.clear();
      day.clear();
      demo = demoAtStart();
      scenes = [];
      turns.restart();
    },
  };
}

/** What happens to the call that never ends, one step at a time. */
const ROUND: readonly Partial<Party>[] = [
  { code: 'Proceeding', muted: false, recordings: [] },
  { code: 'Answered' },
  { muted: true },
  { muted: false },
  { code: 'Hold' },
  { code: 'Answered' },
  { recordings: [{ id: DEMO_RECORDING_ID, active: true, mode: 'OnDemand' }] },
  { recordings: [{ id: DEMO_RECORDING_ID, active: false, mode: 'OnDemand' }] },
  { recordings: [{ id: DEMO_RECORDING_ID, active: true, mode: 'OnDemand' }] },
];

/** Turns until the demo call ends, when somebody has handed it on. */
const TURNS_TO_END = 2;
/**
 * Turns that it stays away then. It comes back with the ids it had, which no call of RingCentral does, so it gives
 * whoever watched it time to forget it: more than a minute.
 */
const TURNS_AWAY = 20;

interface Demo {
  readonly step: number;
  readonly away: number;
}

/** As if it had been away long enough, so that it comes at once. */
function demoAtStart(): Demo {
  return { step: 0, away: TURNS_AWAY };
}

function playDemo(board: Switchboard, { step, away }: Demo): Demo {
  const own = findParty(board.find(DEMO_SESSION_ID) ?? NOBODY, DEMO_PARTY_ID);
  if (own !== undefined && isPresent(own)) {
    const beat = ROUND[step % ROUND.length] ?? {};
    board.change(DEMO_SESSION_ID, (call, at) => changeParty(call, DEMO_PARTY_ID, beat, at));
    return { step: (step + 1) % ROUND.length, away: 0 };
  }
  if (away === TURNS_TO_END) board.change(DEMO_SESSION_ID, hangUp);
  if (away < TURNS_AWAY) return { step, away: away + 1 };
  placeCall(board, { kind: 'inbound', from: '+12025550123', to: '101', id: DEMO_SESSION_ID });
  return { step: 1, away: 0 };
}

/** What happens to a call in one turn. */
type Beat = (call: Call, at: number) => Call;

interface Script {
  readonly order: CallOrder;
  readonly beats: readonly Beat[];
}

interface Scene {
  readonly sessionId: string;
  readonly beats: Beat[];
}

const SCENES_AT_ONCE = 3;
const TURNS_PER_SCENE = 3;

/** The second party, or another one, does something that its state allows; else nothing happens. */
const does =
  (action: Action, position = 2): Beat =>
  (call, at) => {
    const done = act(call, partyIdOf(call.id, position), action, at);
    return done instanceof Refusal ? call : done;
  };
const picksUp =
  (position = 2): Beat =>
  (call, at) =>
    connect(call, partyIdOf(call.id, position), at);
const ringsOn: Beat = (call) => call;

const SCRIPTS: readonly Script[] = [
  {
    order: { kind: 'inbound', from: '+12025550148', to: '101' },
    beats: [picksUp(), does({ name: 'hold' }), does({ name: 'unhold' }), ringsOn, hangUp],
  },
  {
    order: { kind: 'internal', from: '110', to: '101' },
    beats: [picksUp(), ringsOn, does({ name: 'hold' }, 1), does({ name: 'unhold' }, 1), hangUp],
  },
  {
    order: { kind: 'inbound', from: '+12025550151', to: '101' },
    beats: [ringsOn, hangUp],
  },
  {
    order: { kind: 'outbound', from: '101', to: '+12025550152' },
    beats: [picksUp(), does({ name: 'startRecording', recordingId: '9100200301' }, 1), ringsOn, hangUp],
  },
];

const NOBODY: Pick<Call, 'parties'> = { parties: [] };

function openScene(board: Switchboard, { order, beats }: Script): Scene {
  return { sessionId: placeCall(board, order).id, beats: [...beats] };
}

/** Plays the next beat; false when the scene is over. */
function playScene(board: Switchboard, { sessionId, beats }: Scene): boolean {
  const beat = beats.shift();
  if (beat !== undefined) board.change(sessionId, beat);
  return beats.length > 0;
}
