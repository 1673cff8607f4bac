/**
 * From one body of a call to the next: what changed, in order.
 *
 * A party has changed when a fact of its own has, and also when only its _outlook_ has: what is shown of it and depends
 * on the rest of the call, such as what may be done with it. It is called so because it is what a party can look forward
 * to, whatever the others do.
 *
 * Long polls, plain reads and the answers of commands cross each other on the wire. This file decides which of
 * them to believe. It knows no clock and no socket.
 *
 * ```text
 *   body like the held one ───────────────────────────────► confirmed
 *   body differs, asked after the last change was seen ────► changed    the differences, each once
 *   body differs, asked before that ───────────────────────► doubtful   it may be older: read again
 *
 *   news, not later in sequence than the last of its party ► old
 *   news from before what a body showed of the party ──────► old        unless the party left: nothing undoes that
 *   news that may be from before it, and differ ───────────► doubtful
 *   any other news ────────────────────────────────────────► changed, or confirmed
 *
 *   body that is certainly from before a party's last news: of that party nothing, of the others all
 *   what another gateway holds, without something that was seen here since it was asked for: doubtful
 * ```
 *
 * Some phone systems tell of the whole call at each change of it, without a sequence, and out of order. Of such news each
 * party is looked at by itself:
 *
 * ```text
 *   party that differs, later by its own times ─────────────────────────────► changed
 *   party that differs, earlier by its own times ───────────────────────────► nothing of it
 *   party that differs, no time tells, nothing else came for a second ──────► changed    as it came
 *   party that differs, no time tells, within a second of something else ───► nothing of it: it may be older
 *
 *   nothing changed, and a party may be older ──────────────────────────────► doubtful   read again
 * ```
 */
import type { CallShape, Kind, Transition } from './shape.ts';

/** Works out the outlook of a party in its call; two that are equal are one. */
export type Outlook<K extends Kind> = (call: K['Call'], party: K['Party']) => string;

/** What is held to be true of a call. */
export interface Held<K extends Kind> {
  readonly call: K['Call'];
  /** The outlook of each party, by its id, as it was last told. */
  readonly outlooks: ReadonlyMap<string, string>;
  /**
   * When a body last showed a difference, or a command went out whose effect is not known; epoch milliseconds. What news
   * change is in their marks.
   */
  readonly changedAt: number;
  /** The last news of each party that any were told of. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** When the body was true that showed each party last; only where news are told. */
  readonly shown: ReadonlyMap<string, Span>;
}

/** A body and when it was asked for and answered; epoch milliseconds. For news both are when it came. */
export interface Observation<K extends Kind> {
  readonly call: K['Call'];
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The only party the body tells about; of the others nothing was seen. */
  readonly only?: string | undefined;
  /** When a body was true by the phone system's clock, as far as that is known. */
  readonly trueAt?: Span | undefined;
  /** Of news about `only`: its place among them. */
  readonly news?: Pick<Mark, 'sequence' | 'eventTime'> | undefined;
  /** It came by itself, and is the whole call as it was some time before. */
  readonly isWholeNews?: boolean | undefined;
  /** It is what another gateway holds, which came to it by these news and bodies, and here at `heardAt`. */
  readonly cameBy?: (Pick<Held<Kind>, 'marks' | 'shown'> & { readonly heardAt: number }) | undefined;
}

/** From when to when, epoch milliseconds. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** The last news of a party. */
export interface Mark {
  /** Zero where news have none. */
  readonly sequence: number;
  /** By the phone system's clock; null where it told none. */
  readonly eventTime: number | null;
  /** When it came, by ours. */
  readonly changedAt: number;
}

/** What a body is worth, and what is held after it. */
export type Verdict<K extends Kind> =
  | { readonly kind: 'confirmed'; readonly held: Held<K> }
  | { readonly kind: 'changed'; readonly held: Held<K>; readonly transitions: readonly Transition<K>[] }
  | { readonly kind: 'doubtful' }
  /** It tells what is known already, or what was true before it. */
  | { readonly kind: 'old'; readonly held: Held<K> };

/** An answer cannot come so long before a change that is known already, unless the clock was set back. */
const CLOCK_SET_BACK = 1_000; // 1 second

/** Whole news that come within such a time of something else may have overtaken it, or been overtaken. */
export const DISORDER = 1_000; // 1 second

/** True for news at `at` that may be older than what is held of the call: they came so soon after it. */
export function isCloseTo(held: { readonly observedAt: number }, at: number): boolean {
  return at < held.observedAt + DISORDER;
}

/** Decides what a body tells beyond what is held: first what changed by itself, then what changed with it. */
export function observe<K extends Kind>(
  shape: CallShape<K>,
  held: Held<K> | null,
  observation: Observation<K>,
  outlookOf: Outlook<K>,
): Verdict<K> {
  const { call, sentAt, receivedAt, only, news, trueAt, isWholeNews = false, cameBy } = observation;
  const order = held === null ? 'new' : orderOfNews(shape, held, observation);
  if (held !== null && order === 'double') return { kind: 'old', held };
  const marks = marked(held, observation);
  if (held !== null && order === 'older') return { kind: 'old', held: { ...held, marks } };
  const shown = shownBy(shape, held, observation);
  const before = held?.call ?? null;
  let isUnsure = order === 'unsure';
  let isPartlyOld = false;
  let isPartlyUnsure = false;
  /** Something is known here that is not in it. */
  let isBehind = false;
  const transitions: Transition<K>[] = [];
  const seen = new Map(shape.partiesOf(call).map((party) => [party.id, party]));
  // Parties that have left are kept; a body without one that was shown before is a reduced body.
  const known = new Map(held === null ? [] : shape.partiesOf(held.call).map((party) => [party.id, party]));
  const joined = [...seen.values()].filter(({ id }) => !known.has(id));
  const parties = [...[...known.values()].map(updated), ...joined.map(added)];
  const body = shape.assembled(
    before,
    // What is older of one party is so of the call.
    isPartlyOld && before !== null ? before : call,
    parties,
    Math.max(receivedAt, before?.observedAt ?? 0),
  );
  const outlooks = new Map(parties.map((party) => [party.id, outlookOf(body, party)]));
  const changedIds = new Set(transitions.map(({ party }) => party.id));
  const next = shape.withParties(body, parties.map(lookedAt));
  const heldSince = (changedAt: number): Held<K> => ({
    call: next,
    outlooks,
    marks: isWholeNews ? markedWhole(marks, changedIds, receivedAt) : marks,
    shown,
    changedAt,
  });
  // What another gateway does not know yet it will tell, as a change of what it holds: here it would be told twice.
  if (cameBy !== undefined && isBehind && isDoubtful(newestChange(held))) return { kind: 'doubtful' };
  if (held === null || transitions.length > 0) {
    const isNews = news !== undefined || isWholeNews;
    const changedAt = held !== null && isNews ? held.changedAt : receivedAt;
    return held !== null && (isUnsure || isDoubtful(held.changedAt))
      ? { kind: 'doubtful' }
      : { kind: 'changed', held: heldSince(changedAt), transitions };
  }
  if (isPartlyUnsure) return { kind: 'doubtful' };
  return isPartlyOld && isWholeNews
    ? { kind: 'old', held }
    : { kind: 'confirmed', held: heldSince(held.changedAt) };

  function isDoubtful(changedAt: number): boolean {
    const mayBeOlder = sentAt < changedAt;
    // By a clock that was set back every body would look older, for as long as it takes to catch up. What another gateway
    // holds it may have had for long.
    const isOrdered = (cameBy?.heardAt ?? receivedAt) > changedAt - CLOCK_SET_BACK;
    return mayBeOlder && isOrdered;
  }

  function updated(earlier: K['Party']): K['Party'] {
    const party = seen.get(earlier.id);
    if (party === undefined || (only !== undefined && only !== party.id)) {
      isBehind ||= party === undefined;
      return earlier;
    }
    const mark = news === undefined ? held?.marks.get(party.id) : undefined;
    const { eventTime = null, changedAt = -Infinity } = mark ?? {};
    if (trueAt !== undefined && eventTime !== null && eventTime > trueAt.most) return earlier;
    const isTold = news !== undefined || cameBy?.marks.has(party.id) === true;
    const told = mark === undefined || isWholeNews ? party : shape.completed(earlier, party);
    const observedAt = Math.max(receivedAt, earlier.observedAt + 1);
    const isBack = shape.comesBackToLife(earlier, told);
    if (isBack || shape.sameState(earlier, told)) {
      isBehind ||= isBack;
      return { ...earlier, observedAt };
    }
    // News tell more than a body does: what a body left out is no change when it becomes known.
    if (isTold && shape.sameState(shape.completed(told, earlier), told)) {
      return { ...told, observedAt };
    }
    const isSurelyNewer = trueAt !== undefined && eventTime !== null && eventTime < trueAt.least;
    if (isWholeNews || (sentAt < changedAt && !isSurelyNewer)) {
      const order = shape.order(earlier, told);
      if (order === 'older') {
        isPartlyOld = true;
        isBehind = true;
        return earlier;
      }
      if (order === 'unsure' && !isWholeNews) isUnsure = true;
      else if (order === 'unsure' && before !== null && isCloseTo(before, receivedAt)) {
        isPartlyUnsure = true;
        return earlier;
      }
    }
    const changed = { ...told, observedAt };
    transitions.push({ party: changed, previousStatus: shape.statusOf(earlier) });
    return changed;
  }

  function added(party: K['Party']): K['Party'] {
    const newcomer = { ...party, observedAt: receivedAt };
    transitions.push({ party: newcomer, previousStatus: null });
    return newcomer;
  }

  /** A party of which nothing changed but its outlook has changed all the same. */
  function lookedAt(party: K['Party']): K['Party'] {
    const lastTold = held?.outlooks.get(party.id);
    const isSame = lastTold === undefined || lastTold === outlooks.get(party.id);
    if (isSame || changedIds.has(party.id)) return party;
    const earlier = known.get(party.id) ?? party;
    const shownAnew = { ...party, observedAt: Math.max(receivedAt, earlier.observedAt + 1) };
    transitions.push({ party: shownAnew, previousStatus: shape.statusOf(party) });
    return shownAnew;
  }
}

/** Whether news is worth looking at: what it is to the party's last news, and to what a body showed of it. */
function orderOfNews<K extends Kind>(
  shape: CallShape<K>,
  held: Held<K>,
  { call, only = '', news }: Observation<K>,
): 'new' | 'double' | 'older' | 'unsure' {
  if (news === undefined) return 'new';
  if (news.sequence <= (held.marks.get(only)?.sequence ?? -Infinity)) return 'double';
  const party = partyIn(shape, call, only);
  // Parties that have left are kept: of one that a later body does not have, the news are too old.
  const span = held.shown.get(only) ?? held.shown.get(WHOLE);
  if (party === undefined || span === undefined || news.eventTime === null || shape.isOver(party))
    return 'new';
  if (news.eventTime < span.least) return 'older';
  return news.eventTime <= span.most ? 'unsure' : 'new';
}

function marked<K extends Kind>(
  held: Held<K> | null,
  { only, news, receivedAt, cameBy }: Observation<K>,
): Held<K>['marks'] {
  if (cameBy !== undefined) return latest(held?.marks ?? NO_MARKS, cameBy.marks, isLaterNews);
  if (news === undefined || only === undefined) return held?.marks ?? NO_MARKS;
  return new Map(held?.marks).set(only, { ...news, changedAt: receivedAt });
}

/** Whole news mark whom they changed, so that a body that was asked for before them is held against them. */
function markedWhole(
  marks: ReadonlyMap<string, Mark>,
  changedIds: ReadonlySet<string>,
  at: number,
): ReadonlyMap<string, Mark> {
  if (changedIds.size === 0) return marks;
  const all = new Map(marks);
  for (const id of changedIds) all.set(id, { sequence: 0, eventTime: null, changedAt: at });
  return all;
}

function shownBy<K extends Kind>(
  shape: CallShape<K>,
  held: Held<K> | null,
  { call, only, news, trueAt, cameBy }: Observation<K>,
): Held<K>['shown'] {
  if (cameBy !== undefined) return latest(held?.shown ?? NOTHING_SHOWN, cameBy.shown, isLaterBody);
  if (news !== undefined || trueAt === undefined) return held?.shown ?? NOTHING_SHOWN;
  const ids = only === undefined ? shape.partiesOf(call).map(({ id }) => id) : [only];
  const shown = new Map(only === undefined ? [[WHOLE, trueAt] as const] : held?.shown);
  for (const id of ids) shown.set(id, trueAt);
  return shown;
}

/** Of each party what is later of the two. */
function latest<Value>(
  known: ReadonlyMap<string, Value>,
  told: ReadonlyMap<string, Value>,
  isLater: (one: Value, other: Value) => boolean,
): ReadonlyMap<string, Value> {
  const all = new Map(known);
  for (const [id, value] of told) {
    const own = all.get(id);
    if (own === undefined || isLater(value, own)) all.set(id, value);
  }
  return all;
}

/** Where news have no sequence, by when they came. */
function isLaterNews(one: Mark, other: Mark): boolean {
  if (one.sequence !== other.sequence) return one.sequence > other.sequence;
  return one.changedAt > other.changedAt;
}

function isLaterBody(one: Span, other: Span): boolean {
  return one.least > other.least;
}

/** Stands for the whole body; no party is called so. */
const WHOLE = '';
const NO_MARKS: ReadonlyMap<string, Mark> = new Map();
const NOTHING_SHOWN: ReadonlyMap<string, Span> = new Map();

/** The parties of a body that differ by themselves from what is held: what listening should have told. */
export function differing<K extends Kind>(
  shape: CallShape<K>,
  held: Held<K>,
  call: K['Call'],
): readonly K['Party'][] {
  return shape.partiesOf(call).filter((party) => {
    const earlier = partyIn(shape, held.call, party.id);
    if (earlier === undefined) return true;
    const told = held.marks.has(party.id) ? shape.completed(earlier, party) : party;
    return !shape.comesBackToLife(earlier, told) && !shape.sameState(earlier, told);
  });
}

/** The party of a call by its id. */
export function partyIn<K extends Kind>(
  shape: CallShape<K>,
  call: K['Call'],
  partyId: string,
): K['Party'] | undefined {
  return shape.partiesOf(call).find(({ id }) => id === partyId);
}

/** The held call with one party replaced: how the answer of a command becomes a body. */
export function withParty<K extends Kind>(
  shape: CallShape<K>,
  call: K['Call'],
  party: K['Party'],
): K['Call'] {
  const known = shape.partiesOf(call);
  const parties = known.some(({ id }) => id === party.id)
    ? known.map((one) => (one.id === party.id ? party : one))
    : [...known, party];
  return shape.withParties(call, parties);
}

/** The held call as it is once the phone system knows it no more: whoever still talked has left. */
export function ended<K extends Kind>(shape: CallShape<K>, call: K['Call']): K['Call'] {
  const parties = shape
    .partiesOf(call)
    .map((party) => (shape.isLive(call, party) ? shape.ended(party) : party));
  return shape.withParties(call, parties);
}

/**
 * What is held of a call that only seemed to be over: as it was seen last, later than the end that was made up for it.
 */
export function revived<K extends Kind>(shape: CallShape<K>, alive: K['Call'], end: Held<K>): Held<K> {
  const observedAt = new Map(shape.partiesOf(end.call).map((party) => [party.id, party.observedAt]));
  const parties = shape.partiesOf(alive).map((party) => ({
    ...party,
    observedAt: (observedAt.get(party.id) ?? party.observedAt) + 1,
  }));
  return { ...end, call: shape.assembled(null, alive, parties, end.call.observedAt) };
}

/** When what is held last changed, by a body or by news; epoch milliseconds. */
export function newestChange<K extends Kind>(held: Held<K> | null): number {
  if (held === null) return -Infinity;
  let newest = held.changedAt;
  for (const { changedAt } of held.marks.values()) newest = Math.max(newest, changedAt);
  return newest;
}

/**
 * True when nobody is part of the call any more. A conference that nobody has joined yet is not over, and
 * neither is one whose members are all elsewhere, where that is how they talk.
 */
export function isCallOver<K extends Kind>(shape: CallShape<K>, call: K['Call']): boolean {
  const parties = shape.partiesOf(call);
  return parties.length > 0 && !parties.some((party) => shape.isLive(call, party));
}
