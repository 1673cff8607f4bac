/**
 * The viewer's list of calls as RingCentral's presence has it, for the live room: what its entries come to when the calls
 * themselves are seen.
 *
 * ```text
 *   an entry ── its party is not seen by anybody ──────────────► as presence has it
 *            ── is watched, or was seen a moment ago ──────────► as it was seen
 *            ── left, and goes on as another party of the user ► that one, in its place
 *            ── left by a switch, the other party to come ─────► as it was, for a moment
 *            ── left ──────────────────────────────────────────► nothing of it, for a minute
 * ```
 */
import { isDeepStrictEqual } from 'node:util';
import { type ActiveCall, isOver, type PartyStatus, type PartyStatusCode } from '../../schema/model.ts';
import type { Circumstances, ListShape } from '../live/shape.ts';
import type { RingCentralKind, SeenParty } from './call-kind.ts';

const LAG = 10_000; // 10 seconds: presence may need so long to tell what was seen of a call
const MOST_LAG = 60_000; // 60 seconds: who has left does not come back, so presence gets more time to see it

/** An entry is a party of the viewer's own. */
export const LIST: ListShape<RingCentralKind> = {
  keyOf,
  keyOfNews: (sessionId, partyId) => keyOf({ sessionId, partyId: partyId ?? '' }),
  callIdOf: ({ sessionId }) => sessionId,
  sameEntry: (one, other) => isDeepStrictEqual({ ...one, observedAt: 0 }, { ...other, observedAt: 0 }),
  // Presence knows more of a call than its news tell, but not sooner.
  renewed: (known, { telephonyStatus, rawTelephonyStatus }) => ({
    ...known,
    telephonyStatus,
    rawTelephonyStatus,
  }),
  sightOf: ({ parties }) => parties,
  sightOfParty: (party) => [party],
  remembered(known = [], seen, isTold) {
    const others = known.filter(({ id }) => !seen.some((party) => party.id === id));
    // What was told is believed before presence, also of those who are there.
    const kept = isTold ? seen : seen.filter(hasLeft);
    const all = [...others, ...kept.map(inShort)];
    return all.length === 0 ? null : all;
  },
  standing,
  mustAsk({ party, previousStatus }, isListed) {
    // An own one whose state only presence has a word for, or whose successor only presence knows.
    if (isListed) return presenceStatusOf(party) === null;
    // One that is new, or back, may be an own one.
    const wasHere = previousStatus !== null && !hasLeft({ ...party, status: previousStatus });
    return !wasHere && !hasLeft(party);
  },
};

/** True when a party is no part of its call any more: a member of a conference is `GONE` and talks. */
export function hasLeft({ status, conferenceRole }: SeenParty): boolean {
  return isOver(status) && (status.code === 'DISCONNECTED' || conferenceRole === null);
}

function standing(
  call: ActiveCall,
  { sight, isCurrent, askedAt, isListed }: Circumstances<RingCentralKind>,
): ActiveCall | null {
  const party = sight.find(({ id }) => id === call.partyId);
  if (party === undefined) return call;
  const mayNotKnow = (lag: number) => isCurrent || askedAt < party.observedAt + lag;
  if (!hasLeft(party)) return mayNotKnow(LAG) ? { ...call, ...presenceStatusOf(party) } : call;
  if (!mayNotKnow(MOST_LAG)) return call;
  const successor = sight.find((other) => succeeds(other, party));
  if (successor !== undefined) {
    const { id: partyId, direction } = successor;
    const next = { ...call, partyId, presenceId: null, direction: direction ?? call.direction };
    return isListed(keyOf(next)) ? null : { ...next, ...presenceStatusOf(successor) };
  }
  const goesOn = sight.some((other) => !hasLeft(other));
  return isSwitch(party.status) && goesOn && askedAt < party.observedAt + LAG ? call : null;
}

/** One user may own several parties of a call, one after the other: another phone, another party. */
function succeeds(other: SeenParty, party: SeenParty): boolean {
  const isSameUser = party.extensionId !== null && other.extensionId === party.extensionId;
  return isSameUser && other.id !== party.id && !hasLeft(other);
}

/** The reasons with which a party leaves because its user goes on with another one. */
function isSwitch({ reason }: PartyStatus): boolean {
  return reason === 'CALL_SWITCH' || reason === 'PICKUP';
}

function keyOf({ sessionId, partyId }: Pick<ActiveCall, 'sessionId' | 'partyId'>): string {
  return `${sessionId} ${partyId}`;
}

/** What must be remembered of a party. */
function inShort(party: SeenParty): SeenParty {
  const { id, extensionId, status, direction, conferenceRole, observedAt } = party;
  return { id, extensionId, status, direction, conferenceRole, observedAt };
}

/** How presence calls the status of a party; null for one that it has no word for. */
export function presenceStatusOf({
  status,
}: SeenParty): Pick<ActiveCall, 'telephonyStatus' | 'rawTelephonyStatus'> | null {
  return PRESENCE_STATUSES[status.code] ?? null;
}

const PRESENCE_STATUSES: {
  readonly [Code in PartyStatusCode]?: Pick<ActiveCall, 'telephonyStatus' | 'rawTelephonyStatus'>;
} = {
  SETUP: { telephonyStatus: 'RINGING', rawTelephonyStatus: 'Ringing' },
  PROCEEDING: { telephonyStatus: 'RINGING', rawTelephonyStatus: 'Ringing' },
  ANSWERED: { telephonyStatus: 'CALL_CONNECTED', rawTelephonyStatus: 'CallConnected' },
  HOLD: { telephonyStatus: 'ON_HOLD', rawTelephonyStatus: 'OnHold' },
  PARKED: { telephonyStatus: 'PARKED_CALL', rawTelephonyStatus: 'ParkedCall' },
};
