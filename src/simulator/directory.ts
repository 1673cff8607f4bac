/** The operations that find somebody, the phones of somebody, and the calls of somebody. */
import { everybody } from './account.ts';
import { deviceBody, extensionBody, forwardingNumberBody, pageBody } from './bodies.ts';
import { activeCallRecords } from './company/active-calls.ts';
import { extensionOf, ownExtension, pageWanted, uriOf } from './company/asking.ts';
import { needs } from './company/rights.ts';
import { ACCOUNT, type Operation, ok } from './operation.ts';

const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;

export const DIRECTORY_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'readExtension',
    method: 'GET',
    path: EXTENSION,
    group: 'light',
    handle: (asked) => {
      const extension = extensionOf(asked);
      if (extension.id !== asked.viewer.id) needs(asked.viewer, 'ReadExtensions');
      return ok(extensionBody(extension, asked.origin));
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
      return ok(pageBody(activeCallRecords(owner, asked.board, asked.origin), pageWanted(asked), uri));
    },
  },
  {
    operationId: 'listCompanyActiveCalls',
    method: 'GET',
    path: `${ACCOUNT}/active-calls`,
    group: 'heavy',
    handle: (asked) => {
      needs(asked.viewer, 'ReadCompanyCallLog');
      const all = everybody(asked.board.settings.crowd);
      const records = all.flatMap((owner) => activeCallRecords(owner, asked.board, asked.origin));
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
