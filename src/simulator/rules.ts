/** What may stand in a body that the controls read, field by field: one check for all of them. */
import { Refusal } from './refusals.ts';

/** What one field may hold. */
export interface Rule {
  /** As it is said to whoever sent something else, and in README. */
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

/** A field that must be there. */
export type RequiredRule = Rule & { readonly required: true };

export const onOff: Rule = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' };
export const amount: Rule = {
  allowed: 'a number, 0 or more',
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= 2 ** 31 - 1,
};
export const pace: Rule = {
  allowed: 'milliseconds, 1 or more',
  accepts: (value) => amount.accepts(value) && value !== 0,
};
export const share: Rule = {
  allowed: 'a share from 0 to 1',
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};
export const amountOrNever: Rule = {
  allowed: 'a number, 0 or more, or null for never',
  accepts: (value) => value === null || amount.accepts(value),
};
export const someText: Rule = {
  allowed: 'a text that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
};
export const addressesOrNone: Rule = {
  allowed: 'a list of addresses with http:// or https://, or null',
  accepts: (value) =>
    value === null || (Array.isArray(value) && value.length <= 100 && value.every(isAddress)),
};
export const oneOf = (...values: readonly unknown[]): Rule => ({
  allowed: `one of ${values.join(', ')}`,
  accepts: (value) => values.includes(value),
});
export const wholeNumber = (least: number, most = 2 ** 31 - 1): Rule => ({
  allowed:
    most === 2 ** 31 - 1 ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`,
  accepts: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
});
export const required = (rule: Rule): RequiredRule => ({ ...rule, required: true });

/**
 * The body, if each of its fields is known and holds what it may; one that is `undefined` is not there.
 * @param kind What a field is called in a refusal: `Setting`.
 * @throws {Refusal} 400, naming the field, what was read, and what is allowed.
 */
export function checked(
  kind: string,
  body: unknown,
  rules: Readonly<Record<string, Rule | RequiredRule>>,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(rules).join(', ');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refused(
      'body',
      `The body is ${shown(body)}, but must be an object with some of ${names || 'no fields'}`,
    );
  }
  for (const [name, value] of Object.entries(body)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const allowed = names === '' ? 'nothing is read here' : `there are ${names}`;
      throw refused(name, `There is no ${kind.toLowerCase()} ${name}; ${allowed}`);
    }
    if (value !== undefined && !rule.accepts(value)) {
      throw refused(name, `${kind} ${name} is ${shown(value)}, but must be ${rule.allowed}`);
    }
  }
  for (const [name, rule] of Object.entries(rules)) {
    if ('required' in rule && (body as Readonly<Record<string, unknown>>)[name] === undefined) {
      throw refused(name, `${kind} ${name} is missing, but must be ${rule.allowed}`);
    }
  }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** A refusal in the words of RingCentral's own. */
export function refused(name: string, message: string): Refusal {
  return new Refusal(400, 'CMN-101', message, { parameterName: name });
}

/** A value as it was read, shortened. */
export function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value);
}
