/** The one account of the simulator, and who is in it. All of it is invented. */
import {
  type Device,
  type Extension,
  extension,
  type ForwardingNumber,
  type WebPhone,
} from './company/extension.ts';
import { EXTENSIONS } from './company/people.ts';

export const ACCOUNT_ID = '701000004';
export const BRAND_ID = '1210';

/**
 * People for tests with many of them: 10000 to 19999 are extension numbers too, of users with nothing but a number. They
 * are in no list, unless the setting `crowd` puts the first of them there.
 */
const CROWD = /^1\d{4}$/;
const CROWD_ID = /^7019(1\d{4})$/;
const FIRST_OF_CROWD = 10_000;
const crowd = new Map<string, Extension>();

const BY_ID = new Map(EXTENSIONS.map((one) => [one.id, one]));
const BY_NUMBER = new Map(EXTENSIONS.map((one) => [one.number, one]));

/** Whoever has this id. */
export function extensionById(id: string): Extension | undefined {
  return BY_ID.get(id) ?? oneOfTheCrowd(CROWD_ID.exec(id)?.[1]);
}

/** Whoever has this extension number. */
export function extensionByNumber(number: string): Extension | undefined {
  return BY_NUMBER.get(number) ?? oneOfTheCrowd(CROWD.exec(number)?.[0]);
}

let listed: { readonly size: number; readonly extensions: readonly Extension[] } = {
  size: 0,
  extensions: EXTENSIONS,
};

/** Everybody who stands in the lists, and after them so many of the crowd. */
export function everybody(size: number): readonly Extension[] {
  if (listed.size === size) return listed.extensions;
  const more = Array.from({ length: size }, (_, index) => oneOfTheCrowd(String(FIRST_OF_CROWD + index)));
  listed = { size, extensions: [...EXTENSIONS, ...more.filter((one) => one !== undefined)] };
  return listed.extensions;
}

function oneOfTheCrowd(number: string | undefined): Extension | undefined {
  if (number === undefined) return undefined;
  const known = crowd.get(number);
  if (known !== undefined) return known;
  const somebody = extension({ id: `7019${number}`, number, name: `Somebody at ${number}` });
  crowd.set(number, somebody);
  return somebody;
}

/** A phone of this extension that can take a call now; undefined when it is not theirs, offline or of another kind. */
export function usableDevice(owner: Extension, deviceId: string): Device | WebPhone | undefined {
  return [...owner.devices, ...owner.webPhones].find(
    // Any but these take calls that a program starts or answers.
    ({ id, type, status }) => id === deviceId && type !== 'OtherPhone' && status === 'Online',
  );
}

/** The phone that a call-flip id stands for: guides write `*2`, the list of forwarding numbers has `2`. */
export function flipTarget(owner: Extension, callFlipId: string): ForwardingNumber | undefined {
  const flipNumber = callFlipId.replace(/^\*/, '');
  return owner.forwardingNumbers.find((number) => number.flipNumber === flipNumber);
}
