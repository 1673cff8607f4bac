/** Thirty presences in one answer, each with a status of its own. */
import type { Presence } from '../../../schema/account/model.ts';
import {
  CallControlFailure,
  CallNotFound,
  Forbidden,
  UpstreamBadResponse,
} from '../../../schema/failures.ts';
import { asNumber, asText, type LeftOut, listOf } from '../../upstream/values.ts';
import { failureOfAnswer } from '../failures.ts';
import { toPresence } from './presence.ts';
import type { WireBulkEntry, WireBulkIndex } from './wire.ts';

/** A presence, null for whom the viewer may not see or who is not there, or what went wrong with this one. */
export type PresenceRead = Presence | CallControlFailure | null;

/**
 * The answer for these extensions, each in its place, whichever of its shapes the answer has: a list of entries that name
 * whose they are, a list whose first part has the addresses and statuses of the others, or the presence of one alone.
 */
export function toPresences(
  body: unknown,
  ids: readonly string[],
  observedAt: number,
  leftOut: LeftOut,
): readonly PresenceRead[] {
  const told = new Map(
    entriesOf(body, ids).flatMap(({ resourceId, status, body: one }): [string, PresenceRead][] => {
      const id = asText(resourceId);
      if (id !== null) return [[id, oneOf(one, asNumber(status) ?? 200, id, observedAt, leftOut)]];
      leftOut('presence');
      return [];
    }),
  );
  const reads = ids.map((id) => told.get(id) ?? new UpstreamBadResponse(UNSAID));
  // Whoever lacks the permission sees nobody, and is to know why; else one who is not shown is nobody.
  if (reads.every(lacksPermission)) return reads;
  return reads.map((read) => (read instanceof CallControlFailure && saysNo(read) ? null : read));
}

function lacksPermission(read: PresenceRead): boolean {
  return read instanceof Forbidden && read.permissionName !== undefined;
}

/** There is no such extension, it has no presence, or it shows it to others. */
function saysNo({ trace: { status = 0 } }: CallControlFailure): boolean {
  return SAYS_NO.has(status);
}

const SAYS_NO: ReadonlySet<number> = new Set([400, 403, 404, 410, 422]);

/** Of a request for one extension: it is not there, or not shown; a missing permission would be named. */
export function isAboutThisOne(error: unknown): boolean {
  if (error instanceof CallNotFound) return true;
  return (
    error instanceof Forbidden && error.permissionName === undefined && error.trace.errorCode !== 'CMN-401'
  );
}

const UNSAID = 'RingCentral answered for some of the extensions, and not for this one.';

function entriesOf(body: unknown, ids: readonly string[]): readonly Partial<WireBulkEntry>[] {
  const [id] = ids;
  if (!Array.isArray(body)) return id === undefined ? [] : [{ resourceId: id, status: 200, body }];
  const [first, ...parts] = listOf(body);
  if (isIndex(first)) return entriesByIndex(first, parts, ids);
  return listOf(body).map((entry) => (typeof entry === 'object' && entry !== null ? entry : {}));
}

function isIndex(part: unknown): part is WireBulkIndex {
  return typeof part === 'object' && part !== null && Array.isArray((part as WireBulkIndex).response);
}

/** The parts in the order of the index; an id stands in the address of each, else it is the one at its place. */
function entriesByIndex(
  index: WireBulkIndex,
  parts: readonly unknown[],
  ids: readonly string[],
): Partial<WireBulkEntry>[] {
  return listOf(index.response).map((each, place) => {
    const { href, status } = (each ?? {}) as { href?: unknown; status?: unknown };
    const id = /\/extension\/(\d+)/.exec(asText(href) ?? '')?.[1] ?? ids[place];
    return {
      ...(id !== undefined && { resourceId: id }),
      status: asNumber(status) ?? 200,
      body: parts[place],
    };
  });
}

function oneOf(
  body: unknown,
  status: number,
  extensionId: string,
  observedAt: number,
  leftOut: LeftOut,
): PresenceRead {
  if (status >= 200 && status < 300) {
    return (
      toPresence(body, observedAt, { extensionId, leftOut }) ??
      new UpstreamBadResponse('RingCentral answered without a presence.')
    );
  }
  const text = JSON.stringify(body ?? null);
  return failureOfAnswer({ status, headers: {}, text, receivedAt: observedAt });
}
