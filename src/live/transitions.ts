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
 * ```
 */
import { isDeepStrictEqual } from 'node:util';
import { type CallParty, type CallSession, isOver, type PartyStatus } from '../../schema/model.ts';

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
  /** When the last difference was seen, or a command went out whose effect is not known; epoch milliseconds. */
  readonly changedAt: number;
}

/** A body and when it was asked for and answered; epoch milliseconds. */
export interface Observation {
  readonly session: CallSession;
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The only party the body tells about; of the others nothing was seen. */
  readonly only?: string | undefined;
}

/** What a body is worth, and what is held after it. */
export type Verdict =
  | { readonly kind: 'confirmed'; readonly held: Held }
  | { readonly kind: 'changed'; readonly held: Held; readonly transitions: readonly Transition[] }
  | { readonly kind: 'doubtful' };

/** An answer cannot come so long before a change that is known already, unless the clock was set back. */
const CLOCK_SET_BACK = 1_000; // 1 second

/** Decides what a body tells beyond what is held: first what changed by itself, then what changed with it. */
export function observe(
  held: Held | null,
  { session, sentAt, receivedAt, only }: Observation,
  outlookOf: Outlook,
): Verdict {
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
  if (held === null || transitions.length > 0) {
    const changed = { session: next, outlooks, changedAt: receivedAt };
    return held !== null && isDoubtful(held)
      ? { kind: 'doubtful' }
      : { kind: 'changed', held: changed, transitions };
  }
  return { kind: 'confirmed', held: { session: next, outlooks, changedAt: held.changedAt } };

  function isDoubtful({ changedAt }: Held): boolean {
    const mayBeOlder = sentAt < changedAt;
    // By a clock that was set back every body would look older, for as long as it takes to catch up.
    const isOrdered = receivedAt > changedAt - CLOCK_SET_BACK;
    return mayBeOlder && isOrdered;
  }

  function updated(earlier: CallParty): CallParty {
    const party = seen.get(earlier.id);
    if (party === undefined || (only !== undefined && only !== party.id)) return earlier;
    const observedAt = Math.max(receivedAt, earlier.observedAt + 1);
    if (comesBackToLife(earlier, party) || sameState(earlier, party)) return { ...earlier, observedAt };
    const changed = { ...party, observedAt };
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
