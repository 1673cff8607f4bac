/** What the types of the inputs for Genesys Cloud cannot say: checked before anything leaves the gateway. */
import { checkText, refusal } from '../checks.ts';
import { BadUserInput } from '../failures.ts';
import type { CallAttribute } from './model.ts';

const MAX_ATTRIBUTES = 100;
const MAX_NAME_LENGTH = 256; // characters
const MAX_LONG_TEXT = 10_000; // characters
const MAX_DIGITS = 100;

/** An optional field that is null means the same as one that is left out. */
type Given<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], null> | undefined };

/** The fields without those that are null or left out. */
export function given<const Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Given<Fields>;
}

/** What may be left out, checked where it is not. */
export function optional<Value, Checked>(
  value: Value | null | undefined,
  name: string,
  check: (value: Value, name: string) => Checked,
): Checked | undefined {
  return value == null ? undefined : check(value, name);
}

/**
 * A list of no fewer than `least` and no more than `most`, each checked.
 * @throws {BadUserInput} naming the item.
 */
export function checkList<Item>(
  items: readonly Item[],
  name: string,
  { least, most = 100 }: { readonly least: number; readonly most?: number },
  check: (item: Item, name: string) => Item,
): readonly Item[] {
  if (items.length < least || items.length > most) {
    throw new BadUserInput(`${name}: read ${items.length}, allowed are ${least} to ${most}.`, name);
  }
  return items.map((item, index) => check(item, `${name}[${index}]`));
}

/**
 * Values to attach, each name once.
 * @throws {BadUserInput} for a blank or doubled name, and for too much of anything.
 */
export function checkAttributes(
  attributes: readonly CallAttribute[],
  name: string,
): readonly CallAttribute[] {
  const names = new Set<string>();
  return checkList(attributes, name, { least: 1, most: MAX_ATTRIBUTES }, (attribute, place) => {
    checkText(attribute.name, `${place}.name`, MAX_NAME_LENGTH);
    checkLongText(attribute.value, `${place}.value`);
    if (names.has(attribute.name)) throw refusal(`${place}.name`, attribute.name, 'each name once');
    names.add(attribute.name);
    return attribute;
  });
}

/**
 * A text that may have lines, and may be empty.
 * @throws {BadUserInput} for one that is too long.
 */
export function checkLongText(text: string, name: string): string {
  if (text.length > MAX_LONG_TEXT) throw refusal(name, text, `at most ${MAX_LONG_TEXT} characters`);
  return text;
}

/** @throws {BadUserInput} for anything but keys of a phone. */
export function checkDigits(digits: string, name: string): string {
  if (!/^[\d*#A-D]+$/.test(digits) || digits.length > MAX_DIGITS) {
    throw refusal(name, digits, `1 to ${MAX_DIGITS} of 0 to 9, *, #, A to D`);
  }
  return digits;
}

/** @throws {BadUserInput} for a number outside of the range. */
export function checkRange(value: number, name: string, least: number, most: number): number {
  if (value < least || value > most) throw refusal(name, String(value), `${least} to ${most}`);
  return value;
}
