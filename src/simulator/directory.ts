/** The operations that find somebody, the phones of somebody, and the calls of somebody. */
import { ACCOUNT_ID, EXTENSIONS, type Extension, extensionById } from './account.ts';
import {
  activeCallRecords,
  deviceBody,
  extensionBody,
  forwardingNumberBody,
  pageBody,
  presenceBody,
} from './bodies.ts';
import { ACCOUNT, type Asked, type Operation, ok } from './operation.ts';
import { invalid, notFound, otherExtension, Refusal } from './refusals.ts';

const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;

export const DIRECTORY_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'readExtension',
    method: 'GET',
    path: EXTENSION,
    group: 'light',
    handle: (asked) => ok(extensionBody(extensionOf(asked), asked.origin)),
  },
  {
    operationId: 'readUserPresenceStatus',
    method: 'GET',
    path: `${EXTENSION}/presence`,
    group: 'light',
    handle: (asked) =>
      ok(presenceBody(extensionOf(asked), asked.board.calls(), presenceWanted(asked), asked.origin)),
  },
  {
    operationId: 'readAccountPresence',
    method: 'GET',
    path: `${ACCOUNT}/presence`,
    group: 'heavy',
    handle: (asked) => {
      const calls = asked.board.calls();
      const users = EXTENSIONS.filter(({ type }) => type === 'User');
      const records = users.map((user) => presenceBody(user, calls, presenceWanted(asked), asked.origin));
      return ok(pageBody(records, pageWanted(asked, 1_000), uriOf(asked, 'presence')));
    },
  },
  {
    operationId: 'listExtensionDevices',
    method: 'GET',
    path: `${EXTENSION}/device`,
    group: 'light',
    handle: (asked) => {
      const owner = ownExtension(asked);
      const records = owner.devices.map((device) => deviceBody(device, owner, asked.origin));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, `extension/${owner.id}/device`)));
    },
  },
  {
    operationId: 'listForwardingNumbers',
    method: 'GET',
    path: `${EXTENSION}/forwarding-number`,
    group: 'light',
    handle: (asked) => {
      const owner = ownExtension(asked);
      const records = owner.forwardingNumbers.map((one) => forwardingNumberBody(one, owner, asked.origin));
      return ok(
        pageBody(records, pageWanted(asked), uriOf(asked, `extension/${owner.id}/forwarding-number`)),
      );
    },
  },
  {
    operationId: 'listExtensionActiveCalls',
    method: 'GET',
    path: `${EXTENSION}/active-calls`,
    group: 'heavy',
    handle: (asked) => {
      const owner = ownExtension(asked);
      const uri = uriOf(asked, `extension/${owner.id}/active-calls`);
      return ok(pageBody(recordsOf(asked, owner), pageWanted(asked), uri));
    },
  },
  {
    operationId: 'listCompanyActiveCalls',
    method: 'GET',
    path: `${ACCOUNT}/active-calls`,
    group: 'heavy',
    handle: (asked) => {
      if (!asked.viewer.supervisor) throw permissionMissing('ReadCompanyCallLog');
      const records = EXTENSIONS.flatMap((owner) => recordsOf(asked, owner));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, 'active-calls')));
    },
  },
  {
    operationId: 'listWebAppDevices',
    method: 'GET',
    path: `${EXTENSION}/webapp-devices`,
    group: 'medium',
    handle: (asked) => ok({ records: ownExtension(asked).webPhones.map((phone) => ({ ...phone })) }),
  },
];

/** `~` is whoever asks, for the account and for the extension. */
function extensionOf(asked: Asked): Extension {
  const id = asked.params.extensionId ?? '~';
  const extension = id === '~' ? asked.viewer : extensionById(id);
  if (extension === undefined) throw notFound('extensionId');
  return extension;
}

function ownExtension(asked: Asked): Extension {
  const extension = extensionOf(asked);
  if (extension !== asked.viewer) throw otherExtension();
  return extension;
}

function recordsOf({ board, origin }: Asked, owner: Extension): Record<string, unknown>[] {
  return activeCallRecords(owner, board.calls(), board.now(), origin);
}

function presenceWanted({ query }: Asked) {
  return {
    detailedTelephonyState: query.get('detailedTelephonyState') === 'true',
    sipData: query.get('sipData') === 'true',
  };
}

function pageWanted({ query }: Asked, perPage = 100) {
  const read = (name: string, otherwise: number) => {
    const text = query.get(name);
    if (text === null) return otherwise;
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > 1_000) throw invalid(name, text);
    return number;
  };
  return { page: read('page', 1), perPage: read('perPage', perPage) };
}

function uriOf({ origin }: Asked, path: string): string {
  return `${origin}/restapi/v1.0/account/${ACCOUNT_ID}/${path}`;
}

function permissionMissing(permissionName: string): Refusal {
  const message = `In order to call this API endpoint, user needs to have [${permissionName}] permission for requested resource.`;
  return new Refusal(403, 'CMN-408', message, { permissionName });
}
