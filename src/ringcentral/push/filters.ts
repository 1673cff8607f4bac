/**
 * Which filters a viewer's subscription has: their own calls always, and more while somebody looks at more. Pure.
 *
 * ```text
 *   looks at                 refused so far        asked for, beside the own calls
 *   nothing more             -                     -
 *   the account              -                     all calls, all presence
 *   the account              all calls             calls of each extension, all presence
 *   a row of extensions      -                     presence of each
 *   anything                 everything            -                                       (then it is polled)
 * ```
 *
 * Every refusal names something that is not asked for again while it is remembered, so that the tries come to an end.
 */
import type { Interest, Reach, Told } from '../../account/source.ts';
import { isSegment } from '../../upstream/checks.ts';
import { asText } from '../../upstream/values.ts';
import type { WireError, WireSubscription } from '../wire.ts';
import { entriesOf, isSuccess } from './answers.ts';
import type { SocketAnswer } from './socket.ts';

/** What tells of the viewer's own parties. Permission CallControl. */
export const OWN_CALLS = '/restapi/v1.0/account/~/extension/~/telephony/sessions';

const TOPICS = ['calls', 'presence'] as const;
type Topic = (typeof TOPICS)[number];

/** Something to be told of, beside the own calls. */
export interface Filter {
  readonly topic: Topic;
  /** Null: of everybody. */
  readonly extensionId: string | null;
}

/** More than two thousand in one subscription are known to work. */
const MOST_FILTERS = 2_000;
/** Filters that are refused one by one, before all of their kind are taken to be refused. */
const MOST_SINGLE_REFUSALS = 3;

/** Names a filter, or all filters of single extensions, among what was refused. */
export function keyOf({ topic, extensionId }: Filter): string {
  return `${topic} ${extensionId ?? 'everybody'}`;
}

function anyOf(topic: Topic): string {
  return `${topic} each`;
}

/** What to ask for. */
export function wantedFilters(
  interest: Interest | null,
  refused: { has(key: string): boolean },
): readonly Filter[] {
  if (interest === null) return [];
  const filters = TOPICS.flatMap((topic): Filter[] => {
    const all: Filter = { topic, extensionId: null };
    if (interest.account && !refused.has(keyOf(all))) return [all];
    if (refused.has(anyOf(topic))) return [];
    const each = [...new Set(interest[topic])]
      .filter(isSegment)
      .map((extensionId) => ({ topic, extensionId }));
    return each.filter((filter) => !refused.has(keyOf(filter)));
  });
  return filters.slice(0, MOST_FILTERS);
}

/** As RingCentral has it. */
export function addressOf({ topic, extensionId }: Filter): string {
  const owner = extensionId === null ? '' : `/extension/${encodeURIComponent(extensionId)}`;
  const resource = topic === 'calls' ? 'telephony/sessions' : 'presence?detailedTelephonyState=true';
  return `/restapi/v1.0/account/~${owner}/${resource}`;
}

/** How far these reach. */
export function reachOf(filters: readonly Filter[]): Reach {
  const told = (topic: Topic): Told => {
    const ofTopic = filters.filter((filter) => filter.topic === topic);
    return ofTopic.some(({ extensionId }) => extensionId === null)
      ? 'everybody'
      : new Set(ofTopic.flatMap(({ extensionId }) => extensionId ?? []));
  };
  return { calls: told('calls'), presence: told('presence') };
}

/** True when both reach equally far. */
export function isSameReach(one: Reach | null, other: Reach | null): boolean {
  if (one === null || other === null) return one === other;
  return TOPICS.every((topic) => isSameTold(one[topic], other[topic]));
}

function isSameTold(one: Told, other: Told): boolean {
  if (one === 'everybody' || other === 'everybody') return one === other;
  return one.size === other.size && [...one].every((id) => other.has(id));
}

/** True when they are the same filters. */
export function isSameFilters(one: readonly Filter[], other: readonly Filter[]): boolean {
  return one.length === other.length && addedTo(one, other).length === 0;
}

/** Those of `after` that are not in `before`. */
export function addedTo(before: readonly Filter[], after: readonly Filter[]): readonly Filter[] {
  const known = new Set(before.map(keyOf));
  return after.filter((filter) => !known.has(keyOf(filter)));
}

/** What RingCentral said to another list of filters. */
export type Verdict =
  /** It is so now, but without those that are refused. */
  | { readonly kind: 'granted'; readonly filters: readonly Filter[]; readonly refused: readonly string[] }
  /** It is as it was: these are not to be had. */
  | { readonly kind: 'refused'; readonly refused: readonly string[] }
  /** Not this time. `notBefore`: epoch milliseconds, when it may be asked again; 0: nobody said. */
  | { readonly kind: 'later'; readonly notBefore: number }
  /** There is no such subscription (any more). */
  | { readonly kind: 'gone' }
  /** Even the own calls are told no longer. */
  | { readonly kind: 'lost'; readonly reason: string };

/**
 * Reads the answer to an update. `refusals`: how often in a row the whole list was refused.
 *
 * A yes does not mean that all are granted: `disabledFilters` names those that stay silent, and one that is in neither
 * list is not granted.
 */
export function verdictOn(
  answer: SocketAnswer | null,
  asked: readonly Filter[],
  refusals: number,
  now: number,
): Verdict {
  if (answer === null) return { kind: 'later', notBefore: 0 };
  if (isSuccess(answer)) return grantIn(answer.body, asked);
  if (answer.status === 404) return { kind: 'gone' };
  if (answer.status === 429 || answer.status >= 500 || answer.status === 0) {
    return { kind: 'later', notBefore: now + PAUSE };
  }
  return { kind: 'refused', refused: refusedBy(answer.body, asked, refusals) };
}

/** Between two tries where RingCentral is out of order or limits us. */
const PAUSE = 30_000; // 30 seconds

function grantIn(body: unknown, asked: readonly Filter[]): Verdict {
  const { disabledFilters, eventFilters } = (body ?? {}) as WireSubscription;
  const known = new Set(asked.map(keyOf));
  const silent = entriesOf(disabledFilters).flatMap(({ filter, reason }) => {
    const read = readAddress(filter);
    return read === null ? [] : [{ key: keyOf(read), reason }];
  });
  const own = silent.find(({ key }) => key.startsWith('calls ') && !known.has(key));
  if (own !== undefined) {
    return {
      kind: 'lost',
      reason: `RingCentral does not grant the own calls (${asText(own.reason) ?? 'no reason'}).`,
    };
  }
  const named = Array.isArray(eventFilters) ? new Set(eventFilters.map(readAddress).map(keyOrNone)) : null;
  const isRefused = (filter: Filter) =>
    silent.some(({ key }) => key === keyOf(filter)) || named?.has(keyOf(filter)) === false;
  return {
    kind: 'granted',
    filters: asked.filter((filter) => !isRefused(filter)),
    refused: asked.filter(isRefused).map(keyOf),
  };
}

function keyOrNone(filter: Filter | null): string {
  return filter === null ? '' : keyOf(filter);
}

/** A refusal of the whole list: what it names, else the widest of what was asked for. */
function refusedBy(body: unknown, asked: readonly Filter[], refusals: number): readonly string[] {
  const everybody = asked.filter(({ extensionId }) => extensionId === null);
  const named = namedIn(body).filter((key) => asked.some((filter) => keyOf(filter) === key));
  if (named.length > 0 && refusals < MOST_SINGLE_REFUSALS) return named;
  if (everybody.length > 0) return everybody.map(keyOf);
  return TOPICS.filter((topic) => asked.some((filter) => filter.topic === topic)).map(anyOf);
}

function namedIn(body: unknown): readonly string[] {
  const error = (body ?? {}) as WireError & { readonly parameterValue?: unknown };
  const values = [error, ...entriesOf(error.errors)].map(
    (entry) => (entry as { readonly parameterValue?: unknown }).parameterValue,
  );
  return values.map(readAddress).map(keyOrNone);
}

const ADDRESS =
  /^\/restapi\/v1\.0\/account\/(?:~|\d{1,20})(?:\/extension\/(~|\d{1,20}))?\/(telephony\/sessions|presence)(?:\?.*)?$/;

/** What a filter is, as RingCentral names it; null for one that is none of ours. */
export function readAddress(text: unknown): Filter | null {
  const [, extensionId = null, resource] = ADDRESS.exec(typeof text === 'string' ? text : '') ?? [];
  if (resource === undefined) return null;
  return { topic: resource === 'presence' ? 'presence' : 'calls', extensionId };
}
