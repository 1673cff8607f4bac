/** What a client sends beside its operation: only what the operation declares goes further. */
import type { OperationDefinitionNode } from 'graphql';
import { BadUserInput } from '../../schema/failures.ts';
import type { Variables } from './weight.ts';

/** No input has nearly as many fields, and none is nested so deep. */
const MOST_FIELDS = 100;
const DEEPEST = 10;

/**
 * The variables that an operation declares, of those that were sent. The others would be carried along, kept and
 * compared, and GraphQL never looks at them.
 * @throws {BadUserInput} for one that fits no input: GraphQL would word an error for each of its fields, and repeat the
 * whole in each.
 */
export function declaredOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  sent: Variables | null | undefined,
): Record<string, unknown> {
  // Without a prototype: a variable that was left out may be called `constructor`.
  const declared: Record<string, unknown> = Object.create(null);
  if (sent == null) return declared;
  for (const { variable } of variableDefinitions) {
    const name = variable.name.value;
    // Not an assignment: a variable may be called `__proto__`.
    if (Object.hasOwn(sent, name)) {
      checkShape(sent[name], name, 0);
      Object.defineProperty(declared, name, { value: sent[name], ...LIKE_ASSIGNED });
    }
  }
  return declared;
}

function checkShape(value: unknown, name: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth === DEEPEST) throw new BadUserInput(`$${name} is nested deeper than ${DEEPEST} levels.`, name);
  if (Array.isArray(value)) {
    for (const item of value) checkShape(item, name, depth + 1);
    return;
  }
  const fields = Object.values(value);
  if (fields.length > MOST_FIELDS) {
    throw new BadUserInput(
      `$${name} has an object of ${fields.length} fields, allowed are ${MOST_FIELDS}.`,
      name,
    );
  }
  for (const field of fields) checkShape(field, name, depth + 1);
}

const LIKE_ASSIGNED = { enumerable: true, configurable: true, writable: true };

/** What a variable may be to become part of a key: longer than any id, and shorter than what is not worth keeping. */
const LONGEST_IN_KEY = 1_000; // characters

/**
 * A text that is equal for equal values, short enough to be kept; null for values that are long, or more than a list of
 * words and numbers.
 */
export function keyOfValues(values: readonly unknown[]): string | null {
  if (!values.every(isPlain)) return null;
  // A variable that is left out has its default, one that is null has not.
  const key = JSON.stringify(values.map((value) => (value === undefined ? {} : value)));
  return key.length > LONGEST_IN_KEY ? null : key;
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_IN_KEY;
  if (Array.isArray(value)) return value.length <= LONGEST_IN_KEY && value.every(isWord);
  return typeof value !== 'object' || value === null;
}

function isWord(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_IN_KEY;
  return typeof value !== 'object' || value === null;
}
