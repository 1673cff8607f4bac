/**
 * How a call goes on: what comes of an observation, and of its absence.
 *
 * ```text
 *   observation ──held──► changed ──► announced
 *                  │        └── nobody is left in it ──► over ──somebody is in it after all──► there again
 *                  └── in doubt, or old: nothing
 *   no such call ──► over, as it was seen last
 * ```
 */
import type { Belief } from './belief.ts';
import type { CallMemory, Taken } from './call-memory.ts';
import type { CallShape, Kind, Transition } from './shape.ts';
import type { CallSharing } from './shared/call-sharing.ts';
import type { Reading } from './source.ts';
import type { Telling } from './telling.ts';
import type { Dated, Times, Told } from './told.ts';
import { isCallOver, type Observation, type Outlook, type Verdict } from './transitions.ts';
import type { Worth } from './watch.ts';

/** The call whose course it is. */
export interface CourseCall<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly outlook: Outlook<K>;
  readonly memory: CallMemory<K>;
  readonly told: Told<K>;
  readonly belief: Belief<K>;
  /** Null: nobody watches it here. */
  telling(): Telling<K> | null;
  /** The same, where several gateways watch it as one. */
  sharing(): CallSharing<K> | null;
  isWatched(): boolean;
  /** Changes come by themselves at this moment, at least of some calls. */
  isTold(): boolean;
  /** With when it was true by the phone system's clock. */
  dated<Read extends Times>(reading: Read): Read & Dated;
  look(): void;
  onSeen(transition: Transition<K>): void;
  /** It came to its end: nobody watches it now. */
  onEnded(): void;
  endWatch(): void;
}

/** Takes an observation in; answers what it was worth. */
export function merged<K extends Kind>(call: CourseCall<K>, observation: Observation<K>): Verdict<K>['kind'] {
  const sharing = call.sharing();
  const { kind, isFirst } =
    sharing === null
      ? decided(call, observation)
      : sharing.together(
          () => decided(call, observation),
          () => mergeAgain(call, observation),
        );
  if (isFirst) call.told.catchUp();
  return kind;
}

/** Takes the answer to a poll in; tells what it was worth. */
export function answered<K extends Kind>(call: CourseCall<K>, reading: Reading<K['Call'] | null>): Worth {
  const { memory, told } = call;
  const { value, receivedAt } = reading;
  call.belief.read(reading);
  if (value === null) {
    if (memory.misses()) return 'missing';
    vanished(call, receivedAt);
    return 'over';
  }
  // It is there, whatever else is to be thought of it.
  memory.isFound();
  if (call.isTold() && told.isSurprising(value)) return 'missing';
  const kind = merged(call, { ...call.dated(reading), call: value });
  if (memory.isOver) return 'over';
  // A body is never old: that is a word for news.
  if (kind === 'doubtful' || kind === 'old') return 'doubtful';
  if (call.isTold()) told.isWhole();
  call.telling()?.looked();
  return kind;
}

/** The phone system knows the call no more, it says at `at`. */
function vanished<K extends Kind>(call: CourseCall<K>, at: number): void {
  const vanish = () => end(call, at);
  const sharing = call.sharing();
  if (sharing === null) vanish();
  else sharing.together(vanish, () => call.look());
}

/** Somebody else was faster, and what is held is another by now. */
function mergeAgain<K extends Kind>(call: CourseCall<K>, observation: Observation<K>): void {
  const { asked } = call.memory;
  // What others have asked for since shows what became of it, also where it differs from nothing that they knew.
  const isAnswer = observation.news === undefined && observation.isWholeNews !== true;
  const isOlder = isAnswer && observation.sentAt < (asked?.sentAt ?? -Infinity);
  if (isOlder || merged(call, observation) === 'doubtful') call.look();
}

function decided<K extends Kind>(call: CourseCall<K>, observation: Observation<K>): Taken<K> {
  const { memory, shape } = call;
  const taken = memory.take(observation, call.outlook);
  const { kind, isFirst, transitions } = taken;
  const { call: now } = memory;
  if (now === null || kind === 'doubtful' || kind === 'old') return taken;
  const isChanged = kind === 'changed';
  if (isChanged && !isFirst && !memory.isOver) announce(call, transitions, observation.receivedAt);
  // News of an end may come before lost ones of the others: the look that follows says whether it is one.
  const isEnd = observation.news === undefined && isCallOver(shape, now);
  if (call.isWatched() && !memory.isOver && isEnd) finish(call, observation.receivedAt);
  if (memory.isOver && !isCallOver(shape, now)) revive(call, now);
  // News, and the answer of a command, tell of one party. Where nothing is told, the others are asked for anyway.
  if (observation.only !== undefined && isChanged && call.isTold()) call.told.moved(transitions);
  return taken;
}

function end<K extends Kind>(call: CourseCall<K>, at: number): void {
  const { memory } = call;
  const { held } = memory;
  if (held === null) {
    call.endWatch();
    call.telling()?.refused(call.shape.words.notFound());
    return;
  }
  merged(call, memory.endAt(held, at));
  // An empty conference has no party that could tell its end.
  if (!memory.isOver) finish(call, at);
  memory.bury(held.call);
}

/** The call is there after all. Whoever was told of its end starts anew, with a snapshot. */
function revive<K extends Kind>(call: CourseCall<K>, now: K['Call']): void {
  const { shape } = call;
  call.memory.revive();
  call.telling()?.revived();
  for (const party of shape.partiesOf(now)) {
    if (shape.isLive(now, party)) call.onSeen({ party, previousStatus: null });
  }
}

function announce<K extends Kind>(
  call: CourseCall<K>,
  transitions: readonly Transition<K>[],
  at: number,
): void {
  for (const transition of transitions) call.onSeen(transition);
  call.telling()?.changed(transitions, at);
}

/** The call is over: the last event, and then silence. */
function finish<K extends Kind>(call: CourseCall<K>, at: number): void {
  call.belief.settled();
  call.telling()?.looked();
  call.memory.end();
  call.telling()?.ended(at);
  call.onEnded();
}
