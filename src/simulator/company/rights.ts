/** Who may do what in the simulated company. Pure; the permissions have RingCentral's names. */
import { Refusal } from '../refusals.ts';
import type { Extension, Role } from './extension.ts';

const OF_GUESTS = ['ReadCallLog', 'ReadUserDevices', 'ReadUserForwardingFlipNumbers', 'EditPresenceStatus'];
const OF_USERS = [...OF_GUESTS, 'ReadExtensions', 'ReadPresenceStatus', 'ReadExtensionGrant'];
const OF_SUPERVISORS = [...OF_USERS, 'ReadCompanyCallLog'];
const OF_ADMINS = [...OF_SUPERVISORS, 'EditExtensions', 'Groups', 'CompanyNumbers'];

/** The permissions of each role. */
export const PERMISSIONS_OF: { readonly [Name in Role]: readonly string[] } = {
  guest: OF_GUESTS,
  user: OF_USERS,
  supervisor: OF_SUPERVISORS,
  admin: OF_ADMINS,
};

export function may({ role }: Extension, permission: string): boolean {
  return PERMISSIONS_OF[role].includes(permission);
}

/** @throws {Refusal} 403 that names the permission. */
export function needs(viewer: Extension, permissionName: string): void {
  if (!may(viewer, permissionName)) throw permissionMissing(permissionName);
}

/** Has the calls of all in view: a supervisor or an admin. */
export function seesAll({ role }: Extension): boolean {
  return role === 'supervisor' || role === 'admin';
}

/**
 * Why somebody may not see what another one is doing; null when they may.
 * @param shows Whether the other one shows it to everybody, now.
 */
export function presenceRefusal(viewer: Extension, other: Extension, shows: boolean): Refusal | null {
  if (viewer.id === other.id || viewer.role === 'admin') return null;
  if (!may(viewer, 'ReadPresenceStatus')) return permissionMissing('ReadPresenceStatus');
  if (shows) return null;
  return new Refusal(403, 'CMN-404', 'Operation on behalf of another extension is not allowed');
}

export function permissionMissing(permissionName: string): Refusal {
  const message = `In order to call this API endpoint, user needs to have [${permissionName}] permission for requested resource.`;
  return new Refusal(403, 'CMN-408', message, { permissionName });
}
