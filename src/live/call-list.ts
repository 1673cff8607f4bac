/**
 * The viewer's list of calls: what presence answers, corrected by what is seen of the calls themselves.
 *
 * Presence lags behind the calls, and its answers may overtake each other. This file decides which of them to believe.
 * It knows no clock and no socket.
 *
 * ```text
 *   an answer, asked for before the one that is held ──────────► nothing of it
 *
 *   an entry ── its party is not seen by anybody ──────────────► as presence has it
 *            ── is watched, or was seen a moment ago ──────────► as it was seen
 *            ── left, and goes on as another party of the user ► that one, in its place
 *            ── left by a switch, the other party to come ─────► as it was, for a moment
 *            ── left ──────────────────────────────────────────► nothing of it, for a minute
 * ```
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type ActiveCall,
  type CallParty,
  isOver,
  type PartyStatus,
  type PartyStatusCode,
} from '../../schema/model.ts';

/** What is held to be true of the list; an immutable value. */
export interface CallList {
  readonly calls: readonly ActiveCall[];
  /** When it was true, epoch milliseconds; later with each list that differs. */
  readonly observedAt: number;
  /** When the answer of presence that is in it was asked for and answered; epoch milliseconds. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Entries that presence has not listed yet, and since when they are here. */
  readonly awaited: ReadonlyMap<string, number>;
}

/** What one gateway tells others of the list. */
export interface SharedList {
  /** Null: nobody has read it yet. */
  readonly list: CallList | null;
  /** It may be old; when RingCentral is tried again, if that is known. */
  readonly trouble: { readonly at: number | null } | null;
  /** Why the viewer may not read it. */
  readonly refusal?: { readonly message: string; readonly permissionName?: string | undefined } | undefined;
}

/** An answer of presence and when it was asked for and answered; epoch milliseconds. */
export interface PresenceAnswer {
  readonly calls: readonly ActiveCall[];
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** A party as somebody saw it; `observedAt` tells when. */
export type SeenParty = Pick<
  CallParty,
  'id' | 'extensionId' | 'status' | 'direction' | 'conferenceRole' | 'observedAt'
>;

/** What is seen of a call, not by presence. */
export interface Sight {
  readonly parties: readonly SeenParty[];
  /** True while a watch would tell at once if it were otherwise. */
  readonly isCurrent: boolean;
}

/** What is seen of a call by its session id; undefined where nobody looks, or has looked lately. */
export type SightOf = (sessionId: string) => Sight | undefined;

const LAG = 10_000; // 10 seconds: presence may need so long to tell what was seen of a call
const MOST_LAG = 60_000; // 60 seconds: who has left does not come back, so presence gets more time to see it
/** An answer cannot come so long before one that is known already, unless the clock was set back. */
const CLOCK_SET_BACK = 1_000; // 1 second

/** The list after an answer of presence; the held one where the answer is older than it. */
export function withAnswer(held: CallList | null, answer: PresenceAnswer, sightOf: SightOf): CallList {
  const { sentAt, receivedAt } = answer;
  if (held !== null && sentAt < held.askedAt && receivedAt > held.answeredAt - CLOCK_SET_BACK) return held;
  const listed = new Set(answer.calls.map(keyOf));
  const stand = (call: ActiveCall) => standing(call, sightOf(call.sessionId), sentAt, listed);
  const places = eachOnce(answer.calls.flatMap((call) => stand(call) ?? []));
  const here = new Set(places.map(keyOf));
  const isAwaited = (call: ActiveCall) => {
    const since = held?.awaited.get(keyOf(call));
    if (since === undefined || here.has(keyOf(call))) return false;
    return sentAt < since + LAG || sightOf(call.sessionId)?.isCurrent === true;
  };
  const kept = (held?.calls ?? []).filter(isAwaited).flatMap((call) => stand(call) ?? []);
  const calls = eachOnce([...places, ...kept]);
  return {
    ...observed(held, calls, receivedAt),
    askedAt: sentAt,
    answeredAt: receivedAt,
    awaited: awaitedOf(held, calls, listed, receivedAt),
  };
}

/** The list after a call was seen at `at`, epoch milliseconds; the held one where that changes nothing. */
export function withSight(
  held: CallList,
  sessionId: string,
  seen: readonly SeenParty[],
  at: number,
): CallList {
  const sight = { parties: seen, isCurrent: true };
  const here = held.calls.map(keyOf);
  const listed = new Set(here);
  const calls = eachOnce(
    held.calls.flatMap((call) =>
      call.sessionId === sessionId ? (standing(call, sight, at, listed) ?? []) : call,
    ),
  );
  if (isSameList(held.calls, calls)) return held;
  const byPresence = new Set(here.filter((key) => !held.awaited.has(key)));
  return { ...held, ...observed(held, calls, at), awaited: awaitedOf(held, calls, byPresence, at) };
}

/** The list after news of one party; `entry` is how the list shows it now, null where it does not. */
export function withNews(
  held: CallList,
  { sessionId, id, observedAt: at }: Pick<CallParty, 'sessionId' | 'id' | 'observedAt'>,
  entry: ActiveCall | null,
): CallList {
  const key = keyOf({ sessionId, partyId: id });
  const known = held.calls.find((call) => keyOf(call) === key);
  const shown = entry === null ? null : known === undefined ? entry : { ...known, ...statusOf(entry) };
  const calls = eachOnce(
    held.calls
      .flatMap((call) => (keyOf(call) === key ? (shown ?? []) : call))
      .concat(known === undefined && shown !== null ? shown : []),
  );
  if (isSameList(held.calls, calls)) return held;
  const byPresence = new Set(held.calls.map(keyOf).filter((one) => !held.awaited.has(one)));
  return { ...held, ...observed(held, calls, at), awaited: awaitedOf(held, calls, byPresence, at) };
}

function statusOf({ telephonyStatus, rawTelephonyStatus }: ActiveCall) {
  return { telephonyStatus, rawTelephonyStatus };
}

/** True when two lists tell the same, whenever they were seen. */
export function isSameList(one: readonly ActiveCall[], other: readonly ActiveCall[]): boolean {
  return one.length === other.length && one.every((call, place) => isSameCall(call, other[place]));
}

/** True when a party is no part of its call any more: a member of a conference is `GONE` and talks. */
export function hasLeft({ status, conferenceRole }: SeenParty): boolean {
  return isOver(status) && (status.code === 'DISCONNECTED' || conferenceRole === null);
}

/** What an entry of presence comes to; null: it is no call of the viewer any more. */
function standing(
  call: ActiveCall,
  sight: Sight | undefined,
  askedAt: number,
  listed: ReadonlySet<string>,
): ActiveCall | null {
  const party = sight?.parties.find(({ id }) => id === call.partyId);
  if (sight === undefined || party === undefined) return call;
  const mayNotKnow = (lag: number) => sight.isCurrent || askedAt < party.observedAt + lag;
  if (!hasLeft(party)) return mayNotKnow(LAG) ? { ...call, ...presenceStatusOf(party) } : call;
  if (!mayNotKnow(MOST_LAG)) return call;
  const successor = sight.parties.find((other) => succeeds(other, party));
  if (successor !== undefined) {
    const { id: partyId, direction } = successor;
    const next = { ...call, partyId, presenceId: null, direction: direction ?? call.direction };
    return listed.has(keyOf(next)) ? null : { ...next, ...presenceStatusOf(successor) };
  }
  const goesOn = sight.parties.some((other) => !hasLeft(other));
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

function eachOnce(calls: readonly ActiveCall[]): readonly ActiveCall[] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    const key = keyOf(call);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function isSameCall(one: ActiveCall, other: ActiveCall | undefined): boolean {
  return isDeepStrictEqual({ ...one, observedAt: 0 }, { ...other, observedAt: 0 });
}

/** The calls with the times at which they were seen so: later for each state, and no state older than the last. */
function observed(
  held: CallList | null,
  calls: readonly ActiveCall[],
  at: number,
): Pick<CallList, 'calls' | 'observedAt'> {
  const earlier = new Map(held?.calls.map((call) => [keyOf(call), call]));
  const dated = calls.map((call) => {
    const before = earlier.get(keyOf(call));
    return {
      ...call,
      observedAt: before === undefined ? at : later(before.observedAt, isSameCall(before, call)),
    };
  });
  return {
    calls: dated,
    observedAt: held === null ? at : later(held.observedAt, isSameList(held.calls, calls)),
  };

  function later(before: number, isSame: boolean): number {
    return Math.max(at, isSame ? before : before + 1);
  }
}

function awaitedOf(
  held: CallList | null,
  calls: readonly ActiveCall[],
  listed: ReadonlySet<string>,
  at: number,
): ReadonlyMap<string, number> {
  const awaited = calls.map(keyOf).filter((key) => !listed.has(key));
  return new Map(awaited.map((key) => [key, held?.awaited.get(key) ?? at]));
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
