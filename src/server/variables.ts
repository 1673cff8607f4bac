/** What a client sends beside its operation: only what the operation declares goes further. */
import type { OperationDefinitionNode } from 'graphql';
import type { Variables } from './weight.ts';

/**
 * The variables that an operation declares, of those that were sent. The others would be carried along, kept and
 * compared, and GraphQL never looks at them.
 */
export function declaredOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  sent: Variables | null | undefined,
): Record<string, unknown> {
  const declared: Record<string, unknown> = {};
  if (sent == null) return declared;
  for (const { variable } of variableDefinitions) {
    const name = variable.name.value;
    // Not an assignment: a variable may be called `__proto__`.
    if (Object.hasOwn(sent, name)) {
      Object.defineProperty(declared, name, { value: sent[name], ...LIKE_ASSIGNED });
    }
  }
  return declared;
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
  return typeof value === 'string' ? value.length <= LONGEST_IN_KEY : typeof value !== 'object';
}
