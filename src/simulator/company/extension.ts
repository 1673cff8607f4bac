/** What an extension of the simulated account is: somebody or something with a number. */

/** The company's own number. */
export const MAIN_NUMBER = '+12025550100';

export interface Device {
  readonly id: string;
  readonly type: 'SoftPhone' | 'HardPhone' | 'OtherPhone';
  readonly name: string;
  readonly status: 'Online' | 'Offline';
}

export interface ForwardingNumber {
  readonly id: string;
  readonly phoneNumber: string;
  readonly label: string;
  readonly type: 'Mobile' | 'Home' | 'PhoneLine';
  readonly features: readonly ('CallFlip' | 'CallForwarding')[];
  readonly flipNumber?: string;
}

/** A phone inside a browser or an app; it lives as long as somebody is signed in there. */
export interface WebPhone {
  readonly id: string;
  readonly type: 'WebPhone';
  readonly name: string;
  readonly serial: string;
  readonly status: 'Online' | 'Offline';
}

/**
 * What somebody may do, see `rights.ts`: a `user` what everybody may, a `supervisor` also listen and read the calls of the
 * company, an `admin` everything, and a `guest` less than a user.
 */
export type Role = 'guest' | 'user' | 'supervisor' | 'admin';

/** Somebody or something with an extension number. */
export interface Extension {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly type: 'User' | 'Department' | 'ParkLocation';
  readonly status: 'Enabled' | 'Disabled' | 'NotActivated';
  readonly directNumber: string;
  readonly role: Role;
  /** Shows nobody but an admin what they are doing. */
  readonly hidesPresence: boolean;
  readonly devices: readonly Device[];
  readonly webPhones: readonly WebPhone[];
  readonly forwardingNumbers: readonly ForwardingNumber[];
}

/** An extension, of which only what differs from a user without a phone is said. */
export function extension(facts: Pick<Extension, 'id' | 'number' | 'name'> & Partial<Extension>): Extension {
  return {
    type: 'User',
    status: 'Enabled',
    directNumber: MAIN_NUMBER,
    role: 'user',
    hidesPresence: false,
    devices: [],
    webPhones: [],
    forwardingNumbers: [],
    ...facts,
  };
}

/** Who it is, as lists tell it: the address follows from the name. */
export function contactOf({ name }: Pick<Extension, 'name'>) {
  const [firstName = '', lastName = ''] = name.split(' ');
  return { firstName, lastName, email: `${firstName.toLowerCase()}@example.com` };
}

export function mobile(id: string, phoneNumber: string, flipNumber: string): ForwardingNumber {
  return {
    id,
    phoneNumber,
    label: 'Mobile',
    type: 'Mobile',
    features: ['CallFlip', 'CallForwarding'],
    flipNumber,
  };
}

export function home(id: string, phoneNumber: string): ForwardingNumber {
  return { id, phoneNumber, label: 'Home', type: 'Home', features: ['CallForwarding'] };
}

export function webPhone(id: string, name: string, status: WebPhone['status']): WebPhone {
  return { id, type: 'WebPhone', name, serial: `3b1e6c10-0000-4000-8000-${id.padStart(12, '0')}`, status };
}
