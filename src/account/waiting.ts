/**
 * Who waits in which queue, worked out from the parties of calls, because RingCentral tells nowhere. Pure.
 *
 * ```text
 *   the queue's own leg ──ends──► agents ring (`to` is still the queue) ──one answers──► nobody waits
 *       waits                        waits       │                          the others end, AGENT_ANSWERED
 *                                                └──none does──► the queue's leg, or nothing but the caller: waits
 * ```
 *
 * The caller's own leg names the first that it reached, and goes on naming it when the call has moved on: it counts only
 * where no other leg says more, and none says that somebody of the queue has taken the call.
 */
import type { WaitingCall } from '../../schema/account/model.ts';
import { type CallParty, type CallSession, isOver, type PartyStatusReason } from '../../schema/model.ts';

/** What was known before: the wait of a call goes on from when it was first seen. */
export type KnownWaits = ReadonlyMap<string, WaitingCall>;

/** Everybody who waits in a queue, longest first; `known` by the ids of their sessions. */
export function waitingCalls(
  sessions: Iterable<CallSession>,
  isQueue: (extensionId: string) => boolean,
  known: KnownWaits = new Map(),
): readonly WaitingCall[] {
  const waiting: WaitingCall[] = [];
  for (const session of sessions) {
    const one = waitingCall(session, isQueue, known.get(session.id));
    if (one !== null) waiting.push(one);
  }
  return waiting.sort((one, other) => one.waitingSince - other.waitingSince);
}

/** The wait of one call; null where nobody waits. */
export function waitingCall(
  session: CallSession,
  isQueue: (extensionId: string) => boolean,
  known?: WaitingCall | undefined,
): WaitingCall | null {
  const present = session.parties.filter(({ status }) => !isOver(status));
  const evidence = evidenceOf(present, isQueue);
  if (evidence === null) return null;
  const { queueId, party, kind } = evidence;
  if (present.some((one) => serves(one, isQueue))) return null;
  if (kind === 'caller' && session.parties.some((one) => hasTaken(one, queueId))) return null;
  const ringing = present.filter((one) => isAgentOf(one, queueId));
  const caller = callerOf(present, isQueue) ?? party;
  return {
    queueId,
    sessionId: session.id,
    partyId: caller.id,
    session,
    from: party.from?.phoneNumber ?? caller.from?.phoneNumber ?? null,
    fromName: callersName(caller) ?? callersName(party),
    waitingSince: known?.queueId === queueId ? known.waitingSince : sinceWhen(session, party, isQueue),
    ringingExtensionIds: ringing.flatMap(({ extensionId }) => extensionId ?? []),
    observedAt: session.parties.reduce((latest, one) => Math.max(latest, one.observedAt), session.observedAt),
  };
}

interface Evidence {
  readonly kind: 'queue' | 'agent' | 'caller';
  readonly queueId: string;
  readonly party: CallParty;
}

/** What says most about which queue it is; of legs of one kind the newest. */
function evidenceOf(
  present: readonly CallParty[],
  isQueue: (extensionId: string) => boolean,
): Evidence | null {
  const queueLeg = present.findLast(({ extensionId }) => extensionId !== null && isQueue(extensionId));
  if (queueLeg !== undefined && queueLeg.extensionId !== null) {
    // Whoever speaks to the mailbox of the queue waits for nobody.
    return MAILBOX.has(queueLeg.status.code)
      ? null
      : { kind: 'queue', queueId: queueLeg.extensionId, party: queueLeg };
  }
  const named = (party: CallParty) => {
    const queueId = party.to?.extensionId ?? null;
    return queueId !== null && isQueue(queueId) ? queueId : null;
  };
  const agentLeg = present.findLast((party) => party.direction === 'INBOUND' && named(party) !== null);
  const leg = agentLeg ?? present.find((party) => named(party) !== null);
  const queueId = leg === undefined ? null : named(leg);
  if (leg === undefined || queueId === null) return null;
  return { kind: leg === agentLeg ? 'agent' : 'caller', queueId, party: leg };
}

const MAILBOX: ReadonlySet<string> = new Set(['VOICE_MAIL', 'VOICE_MAIL_SCREENING', 'FAX_RECEIVE']);
const RINGING: ReadonlySet<string> = new Set(['SETUP', 'PROCEEDING']);

/** The leg of an agent whom the queue rings, or rang. */
function isAgentOf({ direction, extensionId, to }: CallParty, queueId: string): boolean {
  return (
    direction === 'INBOUND' && extensionId !== null && extensionId !== queueId && to?.extensionId === queueId
  );
}

/** Somebody of the account speaks with the caller, or their mailbox does: the wait is over. */
function serves(
  { direction, extensionId, status }: CallParty,
  isQueue: (extensionId: string) => boolean,
): boolean {
  return (
    direction !== 'OUTBOUND' && extensionId !== null && !isQueue(extensionId) && !RINGING.has(status.code)
  );
}

/**
 * An agent's leg that ended as one does that somebody spoke on, or that somebody else's answer ended. One that ended
 * without a reason was hung up, or waved aside: only on a leg that was answered a device is named.
 */
function hasTaken(party: CallParty, queueId: string): boolean {
  if (!isAgentOf(party, queueId) || !isOver(party.status)) return false;
  const { reason } = party.status;
  return reason === null ? (party.to?.deviceId ?? null) !== null : !NOT_TAKEN.has(reason);
}

/** Why an agent's leg ends while the caller goes on waiting. */
const NOT_TAKEN: ReadonlySet<PartyStatusReason> = new Set<PartyStatusReason>([
  'AGENT_DROPPED',
  'CANCELLED',
  'CALL_REDIRECTED',
  'CALL_REPLIED',
  'INTERNAL_ERROR',
  'NO_ANSWER',
  'NO_SUCH_USER',
  'REJECTED',
  'TARGET_BUSY',
  'TIMEOUT',
  'UNKNOWN',
]);

/** Who waits: the leg that calls, else one from outside, as when somebody who was called is sent on to a queue. */
function callerOf(
  present: readonly CallParty[],
  isQueue: (extensionId: string) => boolean,
): CallParty | undefined {
  const others = present.filter(({ extensionId }) => extensionId === null || !isQueue(extensionId));
  return (
    others.find(({ direction }) => direction === 'OUTBOUND') ??
    others.find(({ extensionId }) => extensionId === null)
  );
}

/** The legs of agents say "Support - WIRELESS CALLER". */
function callersName({ from, to }: CallParty): string | null {
  const name = from?.name ?? null;
  const prefix = `${to?.name} - `;
  return name?.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/**
 * Since when a call waits that was not known to: since it began, where the queue was the first that it reached, or where
 * nobody saw it come; else since its leg was seen.
 */
function sinceWhen(session: CallSession, leg: CallParty, isQueue: (extensionId: string) => boolean): number {
  const first = session.parties.find(({ direction }) => direction === 'INBOUND') ?? leg;
  const isFirst = first === leg || (first.extensionId !== null && isQueue(first.extensionId));
  const earliest = session.parties.reduce((early, one) => Math.min(early, one.observedAt), leg.observedAt);
  const wasSeenComing = earliest < leg.observedAt;
  if (!isFirst && wasSeenComing) return leg.observedAt;
  return Math.min(session.creationTime ?? earliest, leg.observedAt);
}
