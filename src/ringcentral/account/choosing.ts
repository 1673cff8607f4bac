/** Which of an account's extensions are meant, and how to ask for what they are doing. Pure. */
import type { Extension, ExtensionType } from '../../../schema/account/model.ts';
import type { ExtensionFilter } from '../../../schema/account/provider.ts';
import { MOST_PRESENCES } from './client.ts';

/** The extensions that fit, in the order in which they come. */
export function chosen(extensions: readonly Extension[], filter: ExtensionFilter): readonly Extension[] {
  const { types, statuses } = filter;
  const text = filter.text?.trim().toLowerCase() ?? '';
  return extensions.filter(
    ({ type, status, name, extensionNumber }) =>
      (types === null || types.includes(type ?? 'UNKNOWN')) &&
      (statuses === null || statuses.includes(status ?? 'UNKNOWN')) &&
      (text === '' ||
        name?.toLowerCase().includes(text) === true ||
        extensionNumber?.toLowerCase().includes(text) === true),
  );
}

/** By their numbers, as numbers; those without one come last. */
export function byNumber<Entry extends Numbered>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort(
    (one, other) => sortingNumber(one) - sortingNumber(other) || compare(one.id, other.id),
  );
}

type Numbered = Pick<Extension, 'id' | 'extensionNumber'>;

function sortingNumber({ extensionNumber }: Numbered): number {
  const number = Number(extensionNumber ?? Number.NaN);
  return Number.isNaN(number) ? Number.MAX_SAFE_INTEGER : number;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether an extension can be on the phone: RingCentral shows no call of these kinds. */
export function hasCalls({ type, status }: Extension): boolean {
  return (type === null || !WITHOUT_CALLS.has(type)) && (status === null || status === 'ENABLED');
}

const WITHOUT_CALLS: ReadonlySet<ExtensionType> = new Set<ExtensionType>([
  'ANNOUNCEMENT',
  'APPLICATION_EXTENSION',
  'DEPARTMENT',
  'FAX_USER',
  'GROUP_CALL_PICKUP',
  'IVR_MENU',
  'PAGING_ONLY',
  'PARK_LOCATION',
  'PROXY_ADMIN',
  'SHARED_LINES_GROUP',
  'SITE',
  'VOICEMAIL',
]);

/** RingCentral's ids of extensions are numbers: whatever else is asked for is nobody. */
export function isExtensionId(id: string): boolean {
  return /^\d{1,20}$/.test(id);
}

/** So many go into one request. */
export function inBulk(ids: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  for (let at = 0; at < ids.length; at += MOST_PRESENCES) chunks.push(ids.slice(at, at + MOST_PRESENCES));
  return chunks;
}

/** Requests a minute that RingCentral usually gives. */
const LIGHT = 50;
const HEAVY = 10;
/** Calls are begun by Heavy requests, so each is worth more than its share. */
const WORTH = 2;
const PAGE = 1_000; // presences

/**
 * Whether all of an account cost less than these of them: a page of a thousand is one Heavy request, thirty by their ids
 * are one Light.
 */
export function isCheaperWhole(wanted: number, whole: number): boolean {
  return (Math.ceil(whole / PAGE) / HEAVY) * WORTH < Math.ceil(wanted / MOST_PRESENCES) / LIGHT;
}
