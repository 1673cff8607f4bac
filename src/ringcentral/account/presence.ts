/** What extensions are doing, as RingCentral tells it: of one, of thirty in one answer, of all in pages, or by itself. */
import {
  DND_STATUSES,
  PRESENCE_STATUSES,
  type Presence,
  USER_STATUSES,
} from '../../../schema/account/model.ts';
import { type CallControlFailure, UpstreamBadResponse } from '../../../schema/failures.ts';
import { type ActiveCall, TELEPHONY_STATUSES } from '../../../schema/model.ts';
import { failureOfAnswer } from '../failures.ts';
import { asEnum, asNumber, asText, type LeftOut, listOf, objectOf } from '../values.ts';
import { toActiveCalls } from '../viewer.ts';
import type { WireAccountPresence, WireBulkEntry, WireBulkIndex } from './wire.ts';

/**
 * A presence; whose it is may stand in three places, and is known where it was asked for by its id.
 * @throws {UpstreamBadResponse} when the body is no object, or nobody says whose it is.
 */
export function toPresence(
  body: unknown,
  observedAt: number,
  leftOut: LeftOut,
  askedFor: string | null = null,
): Presence {
  const wire = objectOf<WireAccountPresence>(body, 'a presence');
  const extensionId = askedFor ?? ownerOf(wire);
  if (extensionId === null) throw new UpstreamBadResponse('RingCentral does not say whose presence this is.');
  return {
    extensionId,
    presenceStatus: asEnum(PRESENCE_STATUSES, wire.presenceStatus),
    rawPresenceStatus: asText(wire.presenceStatus),
    telephonyStatus: asEnum(TELEPHONY_STATUSES, wire.telephonyStatus),
    rawTelephonyStatus: asText(wire.telephonyStatus),
    userStatus: asEnum(USER_STATUSES, wire.userStatus),
    rawUserStatus: asText(wire.userStatus),
    dndStatus: asEnum(DND_STATUSES, wire.dndStatus),
    rawDndStatus: asText(wire.dndStatus),
    message: asText(wire.message),
    activeCalls: toActiveCalls(wire, observedAt, leftOut).filter(isGoingOn),
    totalActiveCalls: asNumber(wire.totalActiveCalls),
    observedAt,
  };
}

/** A call that ended is told once more, as `NoCall`. */
function isGoingOn({ telephonyStatus }: ActiveCall): boolean {
  return telephonyStatus !== 'NO_CALL';
}

function ownerOf({ extension, extensionId, uri }: Partial<WireAccountPresence>): string | null {
  const inUri = /\/extension\/(\d+)/.exec(asText(uri) ?? '')?.[1] ?? null;
  return asText(extensionId) ?? asText(extension?.id) ?? inUri;
}

/** One answer for several extensions, by their ids: a presence, null for whom the viewer may not see, or what went wrong. */
export type Presences = ReadonlyMap<string, Presence | CallControlFailure | null>;

/**
 * The answer for these extensions, whichever of its shapes it has: a list of entries with a status each, a list whose first
 * part has the statuses of the others, or of one alone its presence. Whom it says nothing of is not in it.
 */
export function toPresences(
  body: unknown,
  ids: readonly string[],
  observedAt: number,
  leftOut: LeftOut,
): Presences {
  if (!Array.isArray(body)) {
    const [id] = ids;
    if (ids.length === 1 && id !== undefined)
      return new Map([[id, toPresence(body, observedAt, leftOut, id)]]);
    const presence = toPresence(body, observedAt, leftOut);
    return new Map([[presence.extensionId, presence]]);
  }
  const entries = body.length > 0 && isIndex(body[0]) ? entriesByIndex(body, ids) : listOf(body);
  const presences = new Map<string, Presence | CallControlFailure | null>();
  for (const entry of entries) {
    const { resourceId, status, body: one } = (entry ?? {}) as Partial<WireBulkEntry>;
    const id = asText(resourceId);
    if (id === null) leftOut('presence');
    else presences.set(id, oneOf(one, asNumber(status) ?? 200, id, observedAt, leftOut));
  }
  return presences;
}

function oneOf(body: unknown, status: number, id: string, observedAt: number, leftOut: LeftOut) {
  if (status >= 200 && status < 300) {
    try {
      return toPresence(body, observedAt, leftOut, id);
    } catch (error) {
      if (error instanceof UpstreamBadResponse) return error;
      throw error;
    }
  }
  if (SAYS_NO.has(status)) return null;
  const text = JSON.stringify(body ?? null);
  return failureOfAnswer({ status, headers: {}, text, receivedAt: observedAt });
}

/** There is no such extension, it has no presence, or it shows it to others. */
const SAYS_NO: ReadonlySet<number> = new Set([400, 403, 404, 410, 422]);

function isIndex(part: unknown): part is WireBulkIndex {
  return typeof part === 'object' && part !== null && Array.isArray((part as WireBulkIndex).response);
}

/** The parts in the order of the index; an id stands in the address of each, or is the one at its place. */
function entriesByIndex([index, ...parts]: readonly unknown[], ids: readonly string[]): WireBulkEntry[] {
  const statuses = (index as WireBulkIndex).response ?? [];
  return statuses.map((each, place) => {
    const id = /\/extension\/(\d+)/.exec(asText(each?.href) ?? '')?.[1] ?? ids[place];
    return { ...(id !== undefined && { resourceId: id }), status: each?.status ?? 200, body: parts[place] };
  });
}
