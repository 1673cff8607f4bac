/**
 * Event filters: what somebody wants to hear of, what of it they may, and which event goes where. Pure.
 *
 * A filter is the address of a resource. `~` stands for whoever subscribes, and is answered with the number it means.
 */
import { ACCOUNT_ID, type Extension, extensionById } from '../account.ts';
import { Refusal } from '../refusals.ts';

/** A filter that was read, its `~` replaced. */
export interface Filter {
  readonly text: string;
  readonly topic: 'calls' | 'presence';
  /** Null: the whole account. */
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
  readonly accountFilter: 'everybody' | 'supervisors' | 'refused' | 'disabled';
  readonly disabledFilters: 'none' | 'calls' | 'presence' | 'all';
}

/** What came of the filters that were asked for. */
export interface Granted {
  readonly filters: readonly Filter[];
  readonly disabled: readonly DisabledFilter[];
}

/**
 * Reads the filters of a subscription, and says which of them will be silent.
 * @throws {Refusal} 400 SUB-508 for one that is none, or that this user cannot have at all.
 */
export function grantFilters(texts: readonly unknown[], viewer: Extension, rules: FilterRules): Granted {
  if (texts.length === 0) throw badFilter('');
  const filters: Filter[] = [];
  const disabled: DisabledFilter[] = [];
  for (const text of texts) {
    const filter = readFilter(text, viewer);
    const isForAccount = filter.extensionId === null;
    const mayHaveAccount =
      rules.accountFilter === 'everybody' || (rules.accountFilter === 'supervisors' && viewer.supervisor);
    if (isForAccount && rules.accountFilter === 'refused') throw badFilter(filter.text);
    const isOther = filter.extensionId !== null && filter.extensionId !== viewer.id && !viewer.supervisor;
    const isOff = rules.disabledFilters === 'all' || rules.disabledFilters === filter.topic;
    if (isOff || isOther || (isForAccount && !mayHaveAccount)) {
      disabled.push({
        filter: filter.text,
        reason: reasonOf(filter),
        message: 'Event filter is not available.',
      });
    } else {
      filters.push(filter);
    }
  }
  return { filters, disabled };
}

/** The `event` under which a call's event of this extension goes out by a filter; null when it does not. */
export function callsEventFor(filter: Filter, extensionId: string | null): string | null {
  if (filter.topic !== 'calls') return null;
  if (filter.extensionId !== null && filter.extensionId !== extensionId) return null;
  // An account filter names the extension whose party it is, and no filter at all for a phone outside.
  return extensionId === null ? pathOf('calls', null) : pathOf('calls', extensionId);
}

/** The `event` under which the presence of an extension goes out by a filter; null when it does not. */
export function presenceEventFor(filter: Filter, extensionId: string): string | null {
  if (filter.topic !== 'presence') return null;
  if (filter.extensionId !== null && filter.extensionId !== extensionId) return null;
  return `${pathOf('presence', extensionId)}${filter.query}`;
}

const FILTER =
  /^\/restapi\/v1\.0\/account\/(~|\d{1,20})(?:\/extension\/(~|\d{1,20}))?\/(telephony\/sessions|presence)(\?[\w=&.+%-]{0,200})?$/;

function readFilter(text: unknown, viewer: Extension): Filter {
  const [, account, extension, resource, query = ''] =
    FILTER.exec(typeof text === 'string' ? text : '') ?? [];
  if (account === undefined || (account !== '~' && account !== ACCOUNT_ID)) throw badFilter(text);
  const extensionId = extension === undefined ? null : extension === '~' ? viewer.id : extension;
  if (extensionId !== null && extensionById(extensionId) === undefined) throw badFilter(text);
  const topic = resource === 'presence' ? 'presence' : 'calls';
  return { text: `${pathOf(topic, extensionId)}${query}`, topic, extensionId, query };
}

function pathOf(topic: Filter['topic'], extensionId: string | null): string {
  const owner = extensionId === null ? '' : `/extension/${extensionId}`;
  return `/restapi/v1.0/account/${ACCOUNT_ID}${owner}/${topic === 'calls' ? 'telephony/sessions' : 'presence'}`;
}

/** The published codes for what another extension's owner may not hear of. */
function reasonOf({ topic, extensionId }: Filter): string {
  if (extensionId === null) return 'SUB-406';
  return topic === 'presence' ? 'SUB-531' : 'SUB-405';
}

function badFilter(text: unknown): Refusal {
  return new Refusal(400, 'SUB-508', 'Event filters are not defined or invalid', {
    parameterName: 'eventFilters',
    parameterValue: String(text).slice(0, 200),
  });
}
