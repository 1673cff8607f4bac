/** Reads the fields of a request body. Each throws a `GenesysRefusal` that names the field. */
import { badRequest, invalidValue } from './refusals.ts';

/** A JSON object that somebody sent. */
export type GenesysBody = Readonly<Record<string, unknown>>;

/** A text that may be missing, but not empty. */
export function textIn(body: GenesysBody, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw invalidValue(name, value);
}

export function flagIn(body: GenesysBody, name: string): boolean | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidValue(name, value);
}

export function numberIn(body: GenesysBody, name: string): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === 'number') return value;
  throw invalidValue(name, value);
}

export function choiceIn<Choice extends string>(
  body: GenesysBody,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw invalidValue(name, value);
  return choice;
}

export function textsIn(body: GenesysBody, name: string): readonly string[] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string')) return value;
  throw invalidValue(name, value);
}

export function objectIn(body: GenesysBody, name: string): GenesysBody | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as GenesysBody;
  throw invalidValue(name, value);
}

export function objectsIn(body: GenesysBody, name: string): readonly GenesysBody[] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)) return value;
  throw invalidValue(name, value);
}

/** Names with texts, as attributes are. */
export function attributesIn(body: GenesysBody, name: string): Readonly<Record<string, string>> | undefined {
  const value = objectIn(body, name);
  if (value === undefined) return undefined;
  if (Object.values(value).every((one) => typeof one === 'string')) return value as Record<string, string>;
  throw invalidValue(name, value);
}

/** A number that a phone can dial, or an address with its kind before it. */
export function addressOf(value: string, name: string): string {
  if (/^(tel:|sip:)?[+\w][\w.@;=+\-() ]{1,250}$/.test(value)) return value;
  throw invalidValue(name, value);
}

/** The only one of several fields that is there, and its text. */
export function onlyOneIn<Name extends string>(
  body: GenesysBody,
  names: readonly Name[],
): readonly [Name, string] | undefined {
  const given = names.flatMap((name) => {
    const value = textIn(body, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  if (given.length > 1) throw badRequest(`Only one of ${names.join(', ')} can be given`);
  return given[0];
}
