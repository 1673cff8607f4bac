/** What the schema's types cannot say about an input: checked before anything leaves the gateway. */
import { BadUserInput } from './failures.ts';

const MAX_ID_LENGTH = 256; // characters; the longest ids seen have about 90
const MAX_TEXT_LENGTH = 64; // characters; phone numbers, extension numbers, flip ids
const MAX_ADDRESS_LENGTH = 256; // characters
const MAX_IDS = 100; // ids in one list

/** Control characters, every kind of white space, and halves of characters that UTF-8 cannot carry. */
const NOT_IN_AN_ID = /[\p{Cc}\p{Cs}\s]/u;
const CONTROL_CHARACTER = /[\p{Cc}\p{Cs}]/u;

/**
 * An id that may become one segment of an address.
 * @throws {BadUserInput} for an empty, overlong or blank-ridden one, and for `.` and `..`, which would walk up the path.
 */
export function checkId(id: string, name: string): string {
  if (id === '' || id.length > MAX_ID_LENGTH || id === '.' || id === '..' || NOT_IN_AN_ID.test(id)) {
    throw refusal(
      name,
      id,
      `an id as the phone system gave it: 1 to ${MAX_ID_LENGTH} characters, no spaces or control characters, not "." or ".."`,
    );
  }
  return id;
}

/**
 * Ids of a list, each checked.
 * @throws {BadUserInput} for a bad one, and for too many.
 */
export function checkIds(ids: readonly string[], name: string): readonly string[] {
  if (ids.length > MAX_IDS) {
    throw new BadUserInput(`${name}: read ${ids.length} ids, allowed are at most ${MAX_IDS}.`, name);
  }
  return ids.map((id) => checkId(id, name));
}

/**
 * A short text, like a phone number.
 * @throws {BadUserInput} for a blank or overlong one, and for control characters.
 */
export function checkText(text: string, name: string, maxLength = MAX_TEXT_LENGTH): string {
  if (text.trim() === '' || text.length > maxLength || CONTROL_CHARACTER.test(text)) {
    throw refusal(name, text, `1 to ${maxLength} characters, not all blank, no control characters`);
  }
  return text;
}

/** A refusal that quotes what was read, shortened, and says what is allowed. */
export function refusal(name: string, read: string, allowed: string): BadUserInput {
  return new BadUserInput(`${name}: read ${quoted(read)}, allowed is ${allowed}.`, name);
}

const MAX_QUOTED = 40; // characters

function quoted(text: string): string {
  return text.length <= MAX_QUOTED
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, MAX_QUOTED))}… (${text.length} characters)`;
}

/**
 * A target of which exactly one way to name it is given: numbers and addresses are checked as texts, all else as ids.
 * @throws {BadUserInput} naming the field inside `name`.
 */
export function checkTarget<Target extends object>(target: Target, name: string): Target {
  for (const [way, value] of Object.entries<string>(target as Record<string, string>)) {
    if (way === 'address') checkText(value, `${name}.address`, MAX_ADDRESS_LENGTH);
    else if (way.endsWith('Number')) checkText(value, `${name}.${way}`);
    else checkId(value, `${name}.${way}`);
  }
  return target;
}
