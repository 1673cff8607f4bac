/**
 * The viewer's list of calls: what the phone system answers, corrected by what is seen of the calls themselves.
 *
 * The list lags behind the calls, and its answers may overtake each other. This file decides which of them to believe; what
 * an entry comes to when its call is seen is decided by the phone system's shape. It knows no clock and no socket.
 *
 * ```text
 *   an answer, asked for before the one that is held ──────────► nothing of it
 *
 *   an entry ── its call is not seen by anybody ───────────────► as the answer has it
 *            ── is seen ───────────────────────────────────────► what it comes to (`ListShape.standing`)
 *   one that the answer does not have yet, but was told ───────► kept for a while
 * ```
 */
import type { Kind, ListShape } from './shape.ts';

/** What is held to be true of the list; an immutable value. */
export interface CallList<K extends Kind> {
  readonly calls: readonly K['Entry'][];
  /** When it was true, epoch milliseconds; later with each list that differs. */
  readonly observedAt: number;
  /** When the answer that is in it was asked for and answered; epoch milliseconds. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Entries that no answer has listed yet, and since when they are here. */
  readonly awaited: ReadonlyMap<string, number>;
}

/** What one gateway tells others of the list. */
export interface SharedList<K extends Kind> {
  /** Null: nobody has read it yet. */
  readonly list: CallList<K> | null;
  /** It may be old; when the phone system is asked again, if that is known. */
  readonly trouble: { readonly at: number | null } | null;
  /** Why the viewer may not read it. */
  readonly refusal?: { readonly message: string; readonly permissionName?: string | undefined } | undefined;
}

/** An answer and when it was asked for and given; epoch milliseconds. */
export interface ListAnswer<K extends Kind> {
  readonly calls: readonly K['Entry'][];
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What is seen of a call, not by the list. */
export interface Sighting<K extends Kind> {
  readonly sight: K['Sight'];
  /** True while a watch would tell at once if it were otherwise. */
  readonly isCurrent: boolean;
}

/** What is seen of a call by its id; undefined where nobody looks, or has looked lately. */
export type SightOf<K extends Kind> = (callId: string) => Sighting<K> | undefined;

const LAG = 10_000; // 10 seconds: the list may need so long to have what was seen of a call
/** An answer cannot come so long before one that is known already, unless the clock was set back. */
const CLOCK_SET_BACK = 1_000; // 1 second

/** The list after an answer; the held one where the answer is older than it. */
export function withAnswer<K extends Kind>(
  shape: ListShape<K>,
  held: CallList<K> | null,
  answer: ListAnswer<K>,
  sightOf: SightOf<K>,
): CallList<K> {
  const { sentAt, receivedAt } = answer;
  if (held !== null && sentAt < held.askedAt && receivedAt > held.answeredAt - CLOCK_SET_BACK) return held;
  const listed = new Set(answer.calls.map(shape.keyOf));
  const stand = (call: K['Entry']) => standing(shape, call, sightOf(shape.callIdOf(call)), sentAt, listed);
  const places = eachOnce(shape, answer.calls.flatMap(stand));
  const here = new Set(places.map(shape.keyOf));
  const isAwaited = (call: K['Entry']) => {
    const key = shape.keyOf(call);
    const since = held?.awaited.get(key);
    if (since === undefined || here.has(key)) return false;
    return sentAt < since + LAG || sightOf(shape.callIdOf(call))?.isCurrent === true;
  };
  const kept = (held?.calls ?? []).filter(isAwaited).flatMap(stand);
  const calls = eachOnce(shape, [...places, ...kept]);
  return {
    ...observed(shape, held, calls, receivedAt),
    askedAt: sentAt,
    answeredAt: receivedAt,
    awaited: awaitedOf(shape, held, calls, listed, receivedAt),
  };
}

/** The list after a call was seen at `at`, epoch milliseconds; the held one where that changes nothing. */
export function withSight<K extends Kind>(
  shape: ListShape<K>,
  held: CallList<K>,
  callId: string,
  sight: K['Sight'],
  at: number,
): CallList<K> {
  const seen = { sight, isCurrent: true };
  const here = held.calls.map(shape.keyOf);
  const listed = new Set(here);
  const calls = eachOnce(
    shape,
    held.calls.flatMap((call) =>
      shape.callIdOf(call) === callId ? standing(shape, call, seen, at, listed) : [call],
    ),
  );
  if (isSameList(shape, held.calls, calls)) return held;
  const byAnswer = new Set(here.filter((key) => !held.awaited.has(key)));
  return {
    ...held,
    ...observed(shape, held, calls, at),
    awaited: awaitedOf(shape, held, calls, byAnswer, at),
  };
}

/**
 * The list after news that were true at `at`, epoch milliseconds; `entry` is how the list shows what they are about, which
 * has this `key`, now; null where it does not.
 */
export function withNews<K extends Kind>(
  shape: ListShape<K>,
  held: CallList<K>,
  key: string,
  at: number,
  entry: K['Entry'] | null,
): CallList<K> {
  const known = held.calls.find((call) => shape.keyOf(call) === key);
  const shown = entry === null ? [] : [known === undefined ? entry : shape.renewed(known, entry)];
  const calls = eachOnce(
    shape,
    held.calls
      .flatMap((call) => (shape.keyOf(call) === key ? shown : [call]))
      .concat(known === undefined ? shown : []),
  );
  if (isSameList(shape, held.calls, calls)) return held;
  const byAnswer = new Set(held.calls.map(shape.keyOf).filter((one) => !held.awaited.has(one)));
  return {
    ...held,
    ...observed(shape, held, calls, at),
    awaited: awaitedOf(shape, held, calls, byAnswer, at),
  };
}

/** True when two lists tell the same, whenever they were seen. */
export function isSameList<K extends Kind>(
  { sameEntry }: ListShape<K>,
  one: readonly K['Entry'][],
  other: readonly K['Entry'][],
): boolean {
  return (
    one.length === other.length &&
    one.every((call, place) => {
      const there = other[place];
      return there !== undefined && sameEntry(call, there);
    })
  );
}

/** What an entry comes to: itself, or another one, or nothing. */
function standing<K extends Kind>(
  shape: ListShape<K>,
  call: K['Entry'],
  seen: Sighting<K> | undefined,
  askedAt: number,
  listed: ReadonlySet<string>,
): readonly K['Entry'][] {
  if (seen === undefined) return [call];
  const shown = shape.standing(call, { ...seen, askedAt, isListed: (key) => listed.has(key) });
  return shown === null ? [] : [shown];
}

function eachOnce<K extends Kind>(
  { keyOf }: ListShape<K>,
  calls: readonly K['Entry'][],
): readonly K['Entry'][] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    const key = keyOf(call);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** The calls with the times at which they were seen so: later for each state, and no state older than the last. */
function observed<K extends Kind>(
  shape: ListShape<K>,
  held: CallList<K> | null,
  calls: readonly K['Entry'][],
  at: number,
): Pick<CallList<K>, 'calls' | 'observedAt'> {
  const earlier = new Map((held?.calls ?? []).map((call) => [shape.keyOf(call), call]));
  const dated = calls.map((call) => {
    const before = earlier.get(shape.keyOf(call));
    return {
      ...call,
      observedAt: before === undefined ? at : later(before.observedAt, shape.sameEntry(before, call)),
    };
  });
  return {
    calls: dated,
    observedAt: held === null ? at : later(held.observedAt, isSameList(shape, held.calls, calls)),
  };

  function later(before: number, isSame: boolean): number {
    return Math.max(at, isSame ? before : before + 1);
  }
}

function awaitedOf<K extends Kind>(
  { keyOf }: ListShape<K>,
  held: CallList<K> | null,
  calls: readonly K['Entry'][],
  listed: ReadonlySet<string>,
  at: number,
): ReadonlyMap<string, number> {
  const awaited = calls.map(keyOf).filter((key) => !listed.has(key));
  return new Map(awaited.map((key) => [key, held?.awaited.get(key) ?? at]));
}
