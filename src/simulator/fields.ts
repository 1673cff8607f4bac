/** Reads the fields of a request body. Each throws a `Refusal` that names the parameter. */
import { invalid } from './refusals.ts';

/** A JSON object that somebody sent. */
export type Body = Readonly<Record<string, unknown>>;

export function text(body: Body, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw invalid(name);
  return value;
}

/** A text that may be missing, but not empty. */
export function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw invalid(name, value);
  return value;
}

export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(name, value);
}

export function optionalChoice<Choice extends string>(
  body: Body,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw invalid(name, value);
  return choice;
}

export function object(body: Body, name: string): Body {
  const value = body[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name, value);
  return value as Body;
}

/** The only one of several fields that is there; none or two of them are refused. */
export function exactlyOne<Name extends string>(
  body: Body,
  names: readonly Name[],
): readonly [Name, unknown] {
  const [name, another] = names.filter((candidate) => body[candidate] !== undefined);
  if (name === undefined || another !== undefined)
    throw invalid(another ?? names[0] ?? 'body', body[another ?? '']);
  return [name, body[name]];
}

/** A number that a phone can dial. */
export function phoneNumber(value: unknown, name = 'phoneNumber'): string {
  if (typeof value === 'string' && /^\+?[0-9()\-. ]{3,20}(\*\d{1,8})?$/.test(value)) return value;
  throw invalid(name, value);
}

export function optionalNumber(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || typeof value === 'number') return value;
  throw invalid(name, value);
}
