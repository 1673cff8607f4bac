/**
 * From one body of a session to the next: what changed, in order.
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
 * ```
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type CallParty,
  type CallSession,
  completedEnd,
  isOver,
  type PartyStatus,
} from '../../schema/model.ts';

/** One party in its new state. */
export interface Transition {
  readonly party: CallParty;
  /** Null when the party was not there before; its present one when something beside its status changed. */
  readonly previousStatus: PartyStatus | null;
}

/** Works out the outlook of a party in its call; two that are equal are one. */
export type Outlook = (session: CallSession, party: CallParty) => string;

/** What is held to be true of a session. */
export interface Held {
  readonly session: CallSession;
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
export interface Observation {
  readonly session: CallSession;
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The only party the body tells about; of the others nothing was seen. */
  readonly only?: string | undefined;
  /** When a body was true by the phone system's clock, as far as that is known. */
  readonly trueAt?: Span | undefined;
  /** Of news about `only`: its place among them. */
  readonly news?: Pick<Mark, 'sequence' | 'eventTime'> | undefined;
}

/** From when to when, epoch milliseconds. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** The last news of a party. */
export interface Mark {
  readonly sequence: number;
  /** By the phone system's clock; null where it told none. */
  readonly eventTime: number | null;
  /** When it came, by ours. */
  readonly changedAt: number;
}

/** What a body is worth, and what is held after it. */
export type Verdict =
  | { readonly kind: 'confirmed'; readonly held: Held }
  | { readonly kind: 'changed'; readonly held: Held; readonly transitions: readonly Transition[] }
  | { readonly kind: 'doubtful' }
  /** It tells what is known already, or what was true before it. */
  | { readonly kind: 'old'; readonly held: Held };

/** An answer cannot come so long before a change that is known already, unless the clock was set back. */
const CLOCK_SET_BACK = 1_000; // 1 second

/** Decides what a body tells beyond what is held: first what changed by itself, then what changed with it. */
export function observe(held: Held | null, observation: Observation, outlookOf: Outlook): Verdict {
  const { session, sentAt, receivedAt, only, news, trueAt } = observation;
  const order = held === null ? 'new' : orderOfNews(held, observation);
  if (held !== null && order === 'double') return { kind: 'old', held };
  const marks = marked(held, observation);
  if (held !== null && order === 'older') return { kind: 'old', held: { ...held, marks } };
  const shown = shownBy(held, observation);
  let isUnsure = order === 'unsure';
  const transitions: Transition[] = [];
  const seen = new Map(session.parties.map((party) => [party.id, party]));
  // RingCentral keeps parties that have left; a body without one it showed before is a reduced body.
  const known = new Map(held?.session.parties.map((party) => [party.id, party]));
  const joined = [...seen.values()].filter(({ id }) => !known.has(id));
  const parties = [...[...known.values()].map(updated), ...joined.map(added)];
  const body: CallSession = {
    ...session,
    originType: session.originType ?? held?.session.originType ?? null,
    rawOriginType: session.rawOriginType ?? held?.session.rawOriginType ?? null,
    voiceCallToken: session.voiceCallToken ?? held?.session.voiceCallToken ?? null,
    creationTime: session.creationTime ?? held?.session.creationTime ?? null,
    parties,
    observedAt: Math.max(receivedAt, held?.session.observedAt ?? 0),
  };
  const outlooks = new Map(parties.map((party) => [party.id, outlookOf(body, party)]));
  const changedIds = new Set(transitions.map(({ party }) => party.id));
  const next = { ...body, parties: parties.map(lookedAt) };
  const heldSince = (changedAt: number): Held => ({ session: next, outlooks, marks, shown, changedAt });
  if (held === null || transitions.length > 0) {
    const changedAt = held !== null && news !== undefined ? held.changedAt : receivedAt;
    return held !== null && (isUnsure || isDoubtful(held))
      ? { kind: 'doubtful' }
      : { kind: 'changed', held: heldSince(changedAt), transitions };
  }
  return { kind: 'confirmed', held: heldSince(held.changedAt) };

  function isDoubtful({ changedAt }: Held): boolean {
    const mayBeOlder = sentAt < changedAt;
    // By a clock that was set back every body would look older, for as long as it takes to catch up.
    const isOrdered = receivedAt > changedAt - CLOCK_SET_BACK;
    return mayBeOlder && isOrdered;
  }

  function updated(earlier: CallParty): CallParty {
    const party = seen.get(earlier.id);
    if (party === undefined || (only !== undefined && only !== party.id)) return earlier;
    const mark = news === undefined ? held?.marks.get(party.id) : undefined;
    const { eventTime = null, changedAt = -Infinity } = mark ?? {};
    if (trueAt !== undefined && eventTime !== null && eventTime > trueAt.most) return earlier;
    const told = mark === undefined ? party : completed(earlier, party);
    const observedAt = Math.max(receivedAt, earlier.observedAt + 1);
    if (comesBackToLife(earlier, told) || sameState(earlier, told)) return { ...earlier, observedAt };
    // News tell more than a body does: what a body left out is no change when it becomes known.
    if (news !== undefined && sameState(completed(told, earlier), told)) return { ...told, observedAt };
    const isSurelyNewer = trueAt !== undefined && eventTime !== null && eventTime < trueAt.least;
    if (sentAt < changedAt && !isSurelyNewer) isUnsure = true;
    const changed = { ...told, observedAt };
    transitions.push({ party: changed, previousStatus: earlier.status });
    return changed;
  }

  function added(party: CallParty): CallParty {
    const newcomer = { ...party, observedAt: receivedAt };
    transitions.push({ party: newcomer, previousStatus: null });
    return newcomer;
  }

  /** A party of which nothing changed but its outlook has changed all the same. */
  function lookedAt(party: CallParty): CallParty {
    const before = held?.outlooks.get(party.id);
    const isSame = before === undefined || before === outlooks.get(party.id);
    if (isSame || changedIds.has(party.id)) return party;
    const earlier = known.get(party.id) ?? party;
    const shown = { ...party, observedAt: Math.max(receivedAt, earlier.observedAt + 1) };
    transitions.push({ party: shown, previousStatus: party.status });
    return shown;
  }
}

/** Whether news is worth looking at: what it is to the party's last news, and to what a body showed of it. */
function orderOfNews(
  held: Held,
  { session, only = '', news }: Observation,
): 'new' | 'double' | 'older' | 'unsure' {
  if (news === undefined) return 'new';
  if (news.sequence <= (held.marks.get(only)?.sequence ?? -Infinity)) return 'double';
  const party = session.parties.find(({ id }) => id === only);
  // RingCentral keeps parties that have left: of one that a later body does not have, the news are too old.
  const span = held.shown.get(only) ?? held.shown.get(WHOLE);
  if (party === undefined || span === undefined || news.eventTime === null || isOver(party.status))
    return 'new';
  if (news.eventTime < span.least) return 'older';
  return news.eventTime <= span.most ? 'unsure' : 'new';
}

function marked(held: Held | null, { only, news, receivedAt }: Observation): Held['marks'] {
  if (news === undefined || only === undefined) return held?.marks ?? NO_MARKS;
  return new Map(held?.marks).set(only, { ...news, changedAt: receivedAt });
}

function shownBy(held: Held | null, { session, only, news, trueAt }: Observation): Held['shown'] {
  if (news !== undefined || trueAt === undefined) return held?.shown ?? NOTHING_SHOWN;
  const ids = only === undefined ? session.parties.map(({ id }) => id) : [only];
  const shown = new Map(only === undefined ? [[WHOLE, trueAt] as const] : held?.shown);
  for (const id of ids) shown.set(id, trueAt);
  return shown;
}

/** Stands for the whole body; no party is called so. */
const WHOLE = '';
const NO_MARKS: Held['marks'] = new Map();
const NOTHING_SHOWN: Held['shown'] = new Map();

/** A body tells less than the news: what it leaves out of the same status, and of the same number, is as it was. */
function completed(earlier: CallParty, party: CallParty): CallParty {
  const { status } = party;
  const isSameStatus = status.code === earlier.status.code && status.reason === earlier.status.reason;
  return {
    ...party,
    status: isSameStatus
      ? {
          ...status,
          description: status.description ?? earlier.status.description,
          mobilePickupData: status.mobilePickupData ?? earlier.status.mobilePickupData,
          rcc: status.rcc ?? earlier.status.rcc,
        }
      : status,
    from: completedEnd(earlier.from, party.from),
    to: completedEnd(earlier.to, party.to),
  };
}

/** The parties of a body that differ by themselves from what is held: what listening should have told. */
export function differing(held: Held, session: CallSession): readonly CallParty[] {
  return session.parties.filter((party) => {
    const earlier = held.session.parties.find(({ id }) => id === party.id);
    if (earlier === undefined) return true;
    const told = held.marks.has(party.id) ? completed(earlier, party) : party;
    return !comesBackToLife(earlier, told) && !sameState(earlier, told);
  });
}

/** The held session with one party replaced: how the answer of a command becomes a body. */
export function withParty(session: CallSession, party: CallParty): CallSession {
  const parties = session.parties.some((known) => known.id === party.id)
    ? session.parties.map((known) => (known.id === party.id ? party : known))
    : [...session.parties, party];
  return { ...session, parties };
}

/** The held session as it is once RingCentral knows it no more: whoever still talked has left. */
export function ended(session: CallSession): CallSession {
  const parties = session.parties.map((party) =>
    isLive(session, party) ? { ...party, status: disconnected(party.status) } : party,
  );
  return { ...session, parties };
}

/**
 * What is held of a call that only seemed to be over: as it was seen last, later than the end that was made up for it.
 */
export function revived(alive: CallSession, end: Held): Held {
  const observedAt = new Map(end.session.parties.map((party) => [party.id, party.observedAt]));
  const parties = alive.parties.map((party) => ({
    ...party,
    observedAt: (observedAt.get(party.id) ?? party.observedAt) + 1,
  }));
  return { ...end, session: { ...alive, parties, observedAt: end.session.observedAt } };
}

/** When what is held last changed, by a body or by news; epoch milliseconds. */
export function newestChange(held: Held | null): number {
  if (held === null) return -Infinity;
  let newest = held.changedAt;
  for (const { changedAt } of held.marks.values()) newest = Math.max(newest, changedAt);
  return newest;
}

/**
 * True when others may have moved with a party: it began, was answered, went or left. Taking a call off hold is no
 * answering, and ringing on is no move.
 */
export function movesOthers(transitions: readonly Transition[]): boolean {
  return transitions.some(({ party, previousStatus }) => {
    const [before, after] = [previousStatus?.code, party.status.code];
    if (before === after) return false;
    const isTalking = (code: typeof before) => code === 'ANSWERED' || code === 'HOLD';
    return !(isTalking(before) && isTalking(after)) && !(before === 'SETUP' && after === 'PROCEEDING');
  });
}

/**
 * True when nobody is part of the call any more. A conference that nobody has joined yet is not over, and
 * neither is one whose members are all `GONE`: that is how they talk.
 */
export function isCallOver(session: CallSession): boolean {
  return session.parties.length > 0 && !session.parties.some((party) => isLive(session, party));
}

/** True when a party has just gone to another session, and not into the conference it is shown in. */
export function hasMoved({ party, previousStatus }: Transition): boolean {
  return (
    party.status.code === 'GONE' &&
    previousStatus?.code !== 'GONE' &&
    party.status.peerId !== null &&
    !isConferenceMember(party)
  );
}

/** True while a party is part of its call; a member of a conference is so although it is `GONE`. */
export function isLive(session: CallSession, party: CallParty): boolean {
  if (party.status.code === 'DISCONNECTED') return false;
  return party.status.code !== 'GONE' || (session.originType === 'CONFERENCE' && isConferenceMember(party));
}

function isConferenceMember(party: CallParty): boolean {
  return party.conferenceRole === 'PARTICIPANT' || party.conferenceRole === 'HOST';
}

/** Whoever is disconnected stays so; whoever is gone can only be disconnected. */
function comesBackToLife(earlier: CallParty, party: CallParty): boolean {
  if (earlier.status.code === 'DISCONNECTED') return party.status.code !== 'DISCONNECTED';
  return isOver(earlier.status) && !isOver(party.status);
}

function sameState(earlier: CallParty, party: CallParty): boolean {
  return isDeepStrictEqual({ ...earlier, observedAt: 0 }, { ...party, observedAt: 0 });
}

function disconnected(status: PartyStatus): PartyStatus {
  return { ...status, code: 'DISCONNECTED', rawCode: 'Disconnected', reason: null, rawReason: null };
}
