/**
 * From one body of a session to the next: what changed, in order.
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
  /** Null when the party was not there before. */
  readonly previousStatus: PartyStatus | null;
}

/** What is held to be true of a session. */
export interface Held {
  readonly session: CallSession;
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

/** Decides what a body tells beyond what is held. */
export function observe(held: Held | null, { session, sentAt, receivedAt, only }: Observation): Verdict {
  const transitions: Transition[] = [];
  const seen = new Map(session.parties.map((party) => [party.id, party]));
  // RingCentral keeps parties that have left; a body without one it showed before is a reduced body.
  const known = held?.session.parties ?? [];
  const knownIds = new Set(known.map(({ id }) => id));
  const joined = [...seen.values()].filter(({ id }) => !knownIds.has(id));
  const parties = [...known.map(updated), ...joined.map(added)];
  const next: CallSession = {
    ...session,
    originType: session.originType ?? held?.session.originType ?? null,
    rawOriginType: session.rawOriginType ?? held?.session.rawOriginType ?? null,
    voiceCallToken: session.voiceCallToken ?? held?.session.voiceCallToken ?? null,
    creationTime: session.creationTime ?? held?.session.creationTime ?? null,
    parties,
    observedAt: Math.max(receivedAt, held?.session.observedAt ?? 0),
  };
  if (held === null) return { kind: 'changed', held: { session: next, changedAt: receivedAt }, transitions };
  if (transitions.length === 0) {
    return { kind: 'confirmed', held: { session: next, changedAt: held.changedAt } };
  }
  const mayBeOlder = sentAt < held.changedAt;
  // By a clock that was set back every body would look older, for as long as it takes to catch up.
  const isOrdered = receivedAt > held.changedAt - CLOCK_SET_BACK;
  if (mayBeOlder && isOrdered) return { kind: 'doubtful' };
  return { kind: 'changed', held: { session: next, changedAt: receivedAt }, transitions };

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

function isLive(session: CallSession, party: CallParty): boolean {
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
