/**
 * Event filters: what somebody wants to hear of, what of it they may, and which event goes where. Pure.
 *
 * A filter is the address of a resource. `~` stands for whoever subscribes, and is answered with the number it means.
 */
import { ACCOUNT_ID, extensionById } from '../account.ts';
import type { Extension } from '../company/extension.ts';
import { queueById } from '../company/groups.ts';
import { may, presenceRefusal, seesAll } from '../company/rights.ts';
import { Refusal } from '../refusals.ts';

/** What events are about: the calls of extensions, what they are doing, and who takes the calls of a queue. */
export type Topic = 'calls' | 'presence' | 'queue';

/** A filter that was read, its `~` replaced. */
export interface Filter {
  readonly text: string;
  readonly topic: Topic;
  /** Of a queue its id; null: the whole account. */
  readonly extensionId: string | null;
  /** Of presence: `?detailedTelephonyState=true`, as it was asked. */
  readonly query: string;
}

/** A filter that stays silent, and why. */
export interface DisabledFilter {
  readonly filter: string;
  readonly reason: string;
  readonly message: string;
}

/** Who may have what, as the settings say. */
export interface FilterRules {
  readonly accountFilter: FilterAccess;
  readonly otherFilters: FilterAccess;
  readonly disabledFilters: 'none' | 'calls' | 'presence' | 'all';
}

export type FilterAccess = 'everybody' | 'supervisors' | 'refused' | 'forbidden' | 'disabled';

/** What came of the filters that were asked for. */
export interface Granted {
  readonly filters: readonly Filter[];
  readonly disabled: readonly DisabledFilter[];
}

/**
 * Reads the filters of a subscription, and says which of them will be silent.
 * @param shows Whether an extension lets everybody see what it is doing, now.
 * @throws {Refusal} 400 SUB-508 for one that is none, 400 or 403 for one that nobody can have.
 */
export function grantFilters(
  texts: readonly unknown[],
  viewer: Extension,
  rules: FilterRules,
  shows: (extension: Extension) => boolean,
): Granted {
  if (texts.length === 0) throw badFilter('');
  const filters: Filter[] = [];
  const disabled: DisabledFilter[] = [];
  for (const text of texts) {
    const filter = readFilter(text, viewer);
    const access = accessTo(filter, viewer, rules);
    const reason = silenceOf(filter, viewer, access, shows);
    const isOff = rules.disabledFilters === 'all' || rules.disabledFilters === filter.topic;
    if (access === 'refused') throw badFilter(filter.text);
    if (access === 'forbidden') throw forbidden(filter);
    if (reason === null && !isOff) filters.push(filter);
    else {
      disabled.push({
        filter: filter.text,
        reason: reason ?? reasonOf(filter),
        message: 'Event filter is not available.',
      });
    }
  }
  return { filters, disabled };
}

/** Finds the filters that an event goes out by, however many there are. */
export interface FilterIndex {
  /** The filter of a subscription for an extension, or for the account; of presence the most detailed. */
  find(topic: Topic, extensionId: string | null): Filter | undefined;
}

export function indexOf(filters: readonly Filter[]): FilterIndex {
  const index = new Map<string, Filter>();
  for (const filter of filters) {
    const key = `${filter.topic} ${filter.extensionId}`;
    const known = index.get(key);
    if (known === undefined || (isDetailed(filter) && !isDetailed(known))) index.set(key, filter);
  }
  return {
    find: (topic, extensionId) =>
      index.get(`${topic} ${extensionId}`) ?? (topic === 'queue' ? undefined : index.get(`${topic} null`)),
  };
}

/** Whether it asks for the calls behind a presence. */
export function isDetailed({ query }: Filter): boolean {
  return /[?&]detailedTelephonyState=true/.test(query);
}

/**
 * The `event` under which something of an extension goes out by a filter. That of an account names the extension whose
 * party it is, and no extension for a phone outside.
 */
export function eventOf({ topic, query }: Filter, extensionId: string | null): string {
  return `${pathOf(topic, extensionId)}${topic === 'presence' ? query : ''}`;
}

const FILTER =
  /^\/restapi\/v1\.0\/account\/(~|\d{1,20})(?:\/(extension|call-queues)\/(~|\d{1,20}))?\/(telephony\/sessions|presence)(\?[\w=&.+%-]{0,200})?$/;

function readFilter(text: unknown, viewer: Extension): Filter {
  const [, account, kind, id, resource, query = ''] = FILTER.exec(typeof text === 'string' ? text : '') ?? [];
  if (account === undefined || (account !== '~' && account !== ACCOUNT_ID)) throw badFilter(text);
  if (kind === 'call-queues') {
    if (resource !== 'presence' || id === undefined || queueById(id) === undefined) throw badFilter(text);
    return { text: `${pathOf('queue', id)}${query}`, topic: 'queue', extensionId: id, query };
  }
  const extensionId = id === undefined ? null : id === '~' ? viewer.id : id;
  if (extensionId !== null && extensionById(extensionId) === undefined) throw badFilter(text);
  const topic = resource === 'presence' ? 'presence' : 'calls';
  return { text: `${pathOf(topic, extensionId)}${query}`, topic, extensionId, query };
}

function pathOf(topic: Topic, id: string | null): string {
  const account = `/restapi/v1.0/account/${ACCOUNT_ID}`;
  if (topic === 'queue') return `${account}/call-queues/${id}/presence`;
  const owner = id === null ? '' : `/extension/${id}`;
  return `${account}${owner}/${topic === 'calls' ? 'telephony/sessions' : 'presence'}`;
}

/** What the settings say of a filter that is not about the viewer alone. */
function accessTo(filter: Filter, viewer: Extension, rules: FilterRules): FilterAccess {
  if (filter.topic === 'queue' || filter.extensionId === viewer.id) return 'everybody';
  return filter.extensionId === null ? rules.accountFilter : rules.otherFilters;
}

/** Why a filter stays silent; null when it does not. */
function silenceOf(
  filter: Filter,
  viewer: Extension,
  access: FilterAccess,
  shows: (extension: Extension) => boolean,
): string | null {
  if (access === 'disabled' || (access === 'supervisors' && !seesAll(viewer))) return reasonOf(filter);
  if (filter.topic === 'queue') return may(viewer, 'ReadPresenceStatus') ? null : 'SUB-406';
  if (filter.topic === 'calls') return null;
  if (filter.extensionId === null) return may(viewer, 'ReadPresenceStatus') ? null : 'SUB-406';
  const other = extensionById(filter.extensionId);
  // A queue does nothing itself.
  if (other === undefined || other.type === 'Department') return 'SUB-402';
  if (presenceRefusal(viewer, other, shows(other)) === null) return null;
  return may(viewer, 'ReadPresenceStatus') ? 'SUB-403' : 'SUB-531';
}

/** The published codes for what another extension's owner may not hear of. */
function reasonOf({ topic, extensionId }: Filter): string {
  if (extensionId === null || topic === 'queue') return 'SUB-406';
  return topic === 'presence' ? 'SUB-531' : 'SUB-405';
}

function forbidden(filter: Filter): Refusal {
  return new Refusal(403, reasonOf(filter), 'Event filter is not allowed', {
    parameterName: 'eventFilters',
    parameterValue: filter.text,
  });
}

function badFilter(text: unknown): Refusal {
  return new Refusal(400, 'SUB-508', 'Event filters are not defined or invalid', {
    parameterName: 'eventFilters',
    parameterValue: String(text).slice(0, 200),
  });
}
