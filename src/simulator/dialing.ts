/** Whom a number rings: people of the account by their extension, everybody else by their phone number. */
import { extensionByNumber, usableDevice } from './account.ts';
import type { Callee, Endpoint } from './call.ts';
import type { Device, Extension, WebPhone } from './company/extension.ts';
import { EXTENSIONS } from './company/people.ts';
import { type Body, exactlyOne, phoneNumber, text } from './fields.ts';
import { invalid } from './refusals.ts';

/** Where a call is handed to. */
export interface Destination {
  readonly to: Callee;
  readonly kind: 'phone' | 'voicemail' | 'park';
}

/**
 * Reads the target of `forward` and `transfer`: exactly one of the ways to name it.
 * @throws {Refusal} 400.
 */
export function destinationIn(body: Body, ways: readonly (keyof typeof WAYS)[]): Destination {
  const [way, value] = exactlyOne(body, ways);
  return WAYS[way](value);
}

/** Somebody of the account, called by the extension number. */
export function colleague(extension: Extension): Callee {
  return {
    extensionId: extension.id,
    endpoint: { ...endpointOf(extension), phoneNumber: extension.number },
  };
}

/** Somebody of the account, called from outside. */
export function insider(extension: Extension): Callee {
  return { extensionId: extension.id, endpoint: endpointOf(extension) };
}

/** A phone outside the account. */
export function outsider(number: string, name?: string): Callee {
  return { extensionId: null, endpoint: { phoneNumber: number, ...(name === undefined ? {} : { name }) } };
}

/**
 * Whoever has a number: up to five digits are an extension.
 * @throws {Refusal} 400 for an extension that does not exist, or a number that is none.
 */
export function dialled(number: string, parameterName: string): Callee {
  if (!/^\d{1,5}$/.test(number)) return outsider(phoneNumber(number, parameterName));
  const extension = extensionByNumber(number);
  if (extension === undefined) throw invalid(parameterName, number);
  return colleague(extension);
}

/** How a call from or to the outside shows somebody of the account. */
export function endpointOf(extension: Extension, device?: Pick<Device, 'id'>): Endpoint {
  return {
    ...(device === undefined ? {} : { deviceId: device.id }),
    extensionId: extension.id,
    name: extension.name,
    phoneNumber: extension.directNumber,
  };
}

/**
 * The viewer's own phone that shall take a call.
 * @throws {Refusal} 400 when it is missing, not theirs, offline, or of a kind that cannot be told to.
 */
export function ownDevice(viewer: Extension, body: Body, name = 'deviceId'): Device | WebPhone {
  const deviceId = text(body, name);
  const device = usableDevice(viewer, deviceId);
  if (device === undefined) throw invalid(name, deviceId);
  return device;
}

/** The ways to name a target, and what each may hold. */
const WAYS = {
  phoneNumber: (value: unknown): Destination => ({ kind: 'phone', to: outsider(phoneNumber(value)) }),
  extensionNumber: (value: unknown): Destination => ({
    kind: 'phone',
    to: known('extensionNumber', value, ({ number, type }) => number === value && type !== 'ParkLocation'),
  }),
  extensionId: (value: unknown): Destination => ({
    kind: 'phone',
    to: known('extensionId', value, ({ id, type }) => id === value && type !== 'ParkLocation'),
  }),
  voicemail: (value: unknown): Destination => ({
    kind: 'voicemail',
    to: known('voicemail', value, ({ id, type }) => id === value && type !== 'ParkLocation'),
  }),
  parkOrbit: (value: unknown): Destination => ({
    kind: 'park',
    to: known('parkOrbit', value, ({ id, type }) => id === value && type === 'ParkLocation'),
  }),
};

function known(name: string, value: unknown, fits: (extension: Extension) => boolean): Callee {
  const extension = EXTENSIONS.find(fits);
  if (extension === undefined) throw invalid(name, value);
  return colleague(extension);
}
