/** What there is in the simulated organisation beside its users: queues, an IVR, wrap-up codes, contacts. */
import { PEOPLE } from './people.ts';

export interface GenesysQueue {
  readonly id: string;
  readonly name: string;
  /** The number that a caller dials to come to it. */
  readonly phone: string;
  /** Ids of users, in the order in which they are alerted. */
  readonly members: readonly string[];
  /** What an agent owes after a call: a wrap-up, one for which time is given, or none. */
  readonly wrapupPrompt: 'mandatory' | 'timeout' | 'optional';
}

/** Something that has an id and a name, and no more. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface GenesysContact extends Named {
  readonly firstName: string;
  readonly lastName: string;
  /** By the type of phone that a transfer can ask for. */
  readonly phones: Readonly<Record<string, string>>;
}

const idOf = (handle: string) => PEOPLE.find((one) => one.handle === handle)?.id ?? '';

export const QUEUES: readonly GenesysQueue[] = [
  {
    id: '7b1f0c52-6d3a-4e98-8a41-c0de00000201',
    name: 'Support',
    phone: '+12025550160',
    members: ['ada', 'ben', 'cleo'].map(idOf),
    wrapupPrompt: 'timeout',
  },
  {
    id: '7b1f0c52-6d3a-4e98-8a41-c0de00000202',
    name: 'Sales',
    phone: '+12025550161',
    members: ['ben', 'ada'].map(idOf),
    wrapupPrompt: 'mandatory',
  },
  {
    id: '7b1f0c52-6d3a-4e98-8a41-c0de00000203',
    name: 'Feedback',
    phone: '+12025550162',
    members: ['ada'].map(idOf),
    wrapupPrompt: 'optional',
  },
];

/** The recorded voice that asks what a call is about. */
export const IVR = { name: 'Welcome', phone: '+12025550100' } as const;

export const WRAPUP_CODES: readonly Named[] = [
  { id: 'c0de0000-0000-4000-8000-000000000301', name: 'Solved' },
  { id: 'c0de0000-0000-4000-8000-000000000302', name: 'Call back' },
  { id: 'c0de0000-0000-4000-8000-000000000303', name: 'Wrong number' },
];
/** What is noted for whoever chose none: `wrapUpTimeout`. */
export const TIMED_OUT_CODE: Named = {
  id: 'c0de0000-0000-4000-8000-000000000300',
  name: 'ININ-WRAP-UP-TIMEOUT',
};

export const CONTACTS: readonly GenesysContact[] = [
  {
    id: 'c047ac70-0000-4000-8000-000000000401',
    name: 'Mara Holt',
    firstName: 'Mara',
    lastName: 'Holt',
    phones: { WorkPhone: '+12025550171', CellPhone: '+12025550172' },
  },
  {
    id: 'c047ac70-0000-4000-8000-000000000402',
    name: 'Otis Wren',
    firstName: 'Otis',
    lastName: 'Wren',
    phones: { WorkPhone: '+12025550173' },
  },
];
export const CONTACT_ORGANISATIONS: readonly Named[] = [
  { id: '0c4a0000-0000-4000-8000-000000000451', name: 'Holt & Wren' },
];
export const TEAMS: readonly Named[] = [{ id: '7ea30000-0000-4000-8000-000000000501', name: 'Day shift' }];
export const GROUPS: readonly Named[] = [
  { id: '96000000-0000-4000-8000-000000000551', name: 'Front office' },
];
export const SKILLS: readonly Named[] = [{ id: '5b110000-0000-4000-8000-000000000651', name: 'Billing' }];
export const LANGUAGES: readonly Named[] = [{ id: '1a400000-0000-4000-8000-000000000661', name: 'English' }];
export const SCRIPTS: readonly Named[] = [{ id: '5c000000-0000-4000-8000-000000000601', name: 'Greeting' }];
export const DIVISION: Named = { id: 'd1000000-0000-4000-8000-000000000701', name: 'Home' };
export const ORGANISATION: Named = {
  id: '0a000000-0000-4000-8000-000000000801',
  name: 'Simulated Organisation',
};

/** By id, name or number. */
export function queueNamed(name: string): GenesysQueue | undefined {
  return QUEUES.find((queue) => [queue.id, queue.name, queue.phone].includes(name));
}

export function contactOf(id: string): GenesysContact | undefined {
  return CONTACTS.find((contact) => contact.id === id);
}

/** The name of a wrap-up code; undefined: there is none of this id. */
export function wrapupNameOf(id: string): string | undefined {
  return [...WRAPUP_CODES, TIMED_OUT_CODE].find((code) => code.id === id)?.name;
}
