/** The operations that tell who is there: lists, the directory, groups, and what somebody may do. */
import { ACCOUNT_ID, everybody, extensionById } from '../account.ts';
import { extensionBody, pageBody } from '../bodies.ts';
import { ACCOUNT, type Answer, type Asked, type Operation, ok } from '../operation.ts';
import { invalid, notFound, Refusal } from '../refusals.ts';
import { choices, managedExtension, type PageWanted, pageWanted, uriOf } from './asking.ts';
import { contactOf, type Extension, MAIN_NUMBER } from './extension.ts';
import { MONITORING_GROUPS, mayMonitor } from './groups.ts';
import { may, needs, PERMISSIONS_OF } from './rights.ts';

const GROUPS = `${ACCOUNT}/call-monitoring-groups`;
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;

export const PEOPLE_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'listExtensions',
    method: 'GET',
    path: `${ACCOUNT}/extension`,
    group: 'medium',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensions');
      const types = choices<string>(asked, 'type', EXTENSION_TYPES);
      const statuses = choices<string>(asked, 'status', EXTENSION_STATUSES);
      const number = asked.query.get('extensionNumber');
      const emails = asked.query.getAll('email');
      const found = listed(asked).filter(
        (one) =>
          fits(types, one.type) &&
          fits(statuses, one.status) &&
          (number === null || one.number === number) &&
          fits(emails, contactOf(one).email),
      );
      const records = found.map((one) => extensionBody(one, asked.origin));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, 'extension')));
    },
  },
  {
    operationId: 'listDirectoryEntries',
    method: 'GET',
    path: `${ACCOUNT}/directory/entries`,
    group: 'medium',
    handle: inItsWords((asked) => {
      const types = choices<string>(asked, 'type', EXTENSION_TYPES);
      const [group] = choices(asked, 'typeGroup', ['User', 'NonUser']);
      const found = listed(asked).filter(
        ({ type }) => fits(types, type) && (group === undefined || (group === 'User') === (type === 'User')),
      );
      const { records, paging } = pageBody(found, directoryPageWanted(asked, found.length), '');
      return ok({ records: records?.map(entryBody), paging });
    }),
  },
  {
    operationId: 'readDirectoryEntry',
    method: 'GET',
    path: `${ACCOUNT}/directory/entries/{entryId}`,
    group: 'medium',
    handle: inItsWords(({ params }) => {
      const found = extensionById(params.entryId ?? '');
      if (found === undefined) throw notFound('entryId');
      return ok(entryBody(found));
    }),
  },
  {
    operationId: 'listCallMonitoringGroups',
    method: 'GET',
    path: GROUPS,
    group: 'medium',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensions');
      const memberId = asked.query.get('memberExtensionId');
      const found = MONITORING_GROUPS.filter(
        ({ members }) => memberId === null || members.some(({ extension }) => extension.id === memberId),
      );
      const records = found.map(({ id, name }) => ({
        uri: uriOf(asked, `call-monitoring-groups/${id}`),
        ...{ id, name },
      }));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, 'call-monitoring-groups')));
    },
  },
  {
    operationId: 'listCallMonitoringGroupMembers',
    method: 'GET',
    path: `${GROUPS}/{groupId}/members`,
    group: 'medium',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensions');
      const group = MONITORING_GROUPS.find(({ id }) => id === asked.params.groupId);
      if (group === undefined) throw notFound('groupId');
      const records = group.members.map(({ extension: { id, number }, permissions }) => ({
        uri: uriOf(asked, `extension/${id}`),
        ...{ id, extensionNumber: number, permissions },
      }));
      const uri = uriOf(asked, `call-monitoring-groups/${group.id}/members`);
      return ok(pageBody(records, pageWanted(asked), uri));
    },
  },
  {
    operationId: 'listExtensionGrants',
    method: 'GET',
    path: `${EXTENSION}/grant`,
    group: 'light',
    handle: (asked) => {
      needs(asked.viewer, 'ReadExtensionGrant');
      const owner = managedExtension(asked);
      const types = choices<string>(asked, 'extensionType', EXTENSION_TYPES);
      const records = listed(asked)
        .filter(({ type }) => fits(types, type))
        .map((one) => grantBody(owner, one, asked));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, `extension/${owner.id}/grant`)));
    },
  },
  {
    operationId: 'readAuthorizationProfile',
    method: 'GET',
    path: `${EXTENSION}/authz-profile`,
    group: 'medium',
    handle: (asked) => {
      const owner = managedExtension(asked);
      const permissions = PERMISSIONS_OF[owner.role].map((id) => permissionBody(owner, id, asked));
      return ok({ uri: uriOf(asked, `extension/${owner.id}/authz-profile`), permissions });
    },
  },
  {
    operationId: 'checkUserPermission',
    method: 'GET',
    path: `${EXTENSION}/authz-profile/check`,
    group: 'light',
    handle: (asked) => {
      const owner = managedExtension(asked);
      const id = asked.query.get('permissionId');
      if (id === null) throw invalid('permissionId');
      const successful = may(owner, id);
      const uri = uriOf(asked, `extension/${owner.id}/authz-profile/check?permissionId=${id}`);
      return ok({ uri, successful, ...(successful ? { details: permissionBody(owner, id, asked) } : {}) });
    },
  },
];

/** Those of RingCentral's types that can be asked for everywhere. */
const EXTENSION_TYPES = [
  ...['User', 'Department', 'Announcement', 'Voicemail', 'DigitalUser', 'VirtualUser', 'FaxUser'],
  ...['PagingOnly', 'SharedLinesGroup', 'DelegatedLinesGroup', 'GroupCallPickup', 'IvrMenu'],
  ...['ApplicationExtension', 'ProxyAdmin', 'RoomConnector', 'ParkLocation', 'Limited', 'Bot', 'Site'],
  ...['Room', 'FlexibleUser', 'TieLine', 'External', 'Unknown'],
];
const EXTENSION_STATUSES = ['Enabled', 'Disabled', 'Frozen', 'NotActivated', 'Unassigned'];

/** The directory is a platform of its own, with codes of its own. */
function inItsWords(handle: (asked: Asked) => Answer): (asked: Asked) => Answer {
  return (asked) => {
    try {
      return handle(asked);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw error.status === 404
        ? new Refusal(404, 'ADG-122', 'Contact not found.')
        : new Refusal(400, 'ADG-121', error.message);
    }
  };
}

function listed({ board }: Asked): readonly Extension[] {
  return everybody(board.settings.crowd);
}

function fits(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

/** Two words stand for as many as there can be. */
function directoryPageWanted(asked: Asked, all: number): PageWanted {
  const word = asked.query.get('perPage');
  if (word === 'all') return { page: 1, perPage: Math.max(1, all) };
  if (word !== 'max') return pageWanted(asked, 1_000, MOST_ENTRIES);
  const query = new URLSearchParams(asked.query);
  query.delete('perPage');
  return pageWanted({ ...asked, query }, MOST_ENTRIES, MOST_ENTRIES);
}

const MOST_ENTRIES = 2_000;

function entryBody(extension: Extension) {
  const { id, number, name, type, status, directNumber } = extension;
  return {
    ...{ id, type, status, name, extensionNumber: number },
    account: { id: ACCOUNT_ID, mainNumber: { phoneNumber: MAIN_NUMBER, usageType: 'MainCompanyNumber' } },
    ...(type === 'User' ? contactOf(extension) : {}),
    phoneNumbers:
      directNumber === MAIN_NUMBER ? [] : [{ phoneNumber: directNumber, usageType: 'DirectNumber' }],
    hidden: false,
  };
}

function grantBody(owner: Extension, other: Extension, asked: Asked) {
  const { id, number, name, type } = other;
  return {
    extension: { id, uri: uriOf(asked, `extension/${id}`), extensionNumber: number, name, type },
    callPickup: type !== 'Department' && id !== owner.id,
    callMonitoring: mayMonitor(owner, other),
    callOnBehalfOf: false,
    callDelegation: false,
    groupPaging: false,
    callQueueSetup: owner.role === 'admin' && type === 'Department',
    callQueueMembersSetup: owner.role === 'admin' && type === 'Department',
    callQueueMessages: false,
    sharedVoicemails: false,
  };
}

function permissionBody({ id: ownerId, role }: Extension, id: string, asked: Asked) {
  return {
    permission: { id, siteCompatible: 'Independent', readOnly: false, assignable: true },
    effectiveRole: { uri: uriOf(asked, `extension/${ownerId}/assigned-role`), id: role },
    scopes: [role === 'admin' ? 'Account' : 'Self'],
  };
}
