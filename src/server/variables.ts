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
  let declared: Record<string, unknown> = {};
  for (const { variable } of variableDefinitions) {
    const name = variable.name.value;
    // Without a prototype where a variable that was left out would be found on it, which costs more.
    if (name in Object.prototype) declared = Object.assign(Object.create(null), declared);
    if (sent != null && Object.hasOwn(sent, name)) {
      checkShape(sent[name], name, 0);
      declared[name] = sent[name];
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

/** What a variable may be to become part of a key: longer than any id, and shorter than what is not worth keeping. */
const LONGEST_IN_KEY = 1_000; // characters

/**
 * A text that is equal for equal values, short enough to be kept; null for values that are long, or more than a list of
 * words and numbers.
 */
export function keyOfValues(values: readonly unknown[]): string | null {
  let key = '';
  for (const value of values) {
    const own = Array.isArray(value) ? keyOfList(value) : keyOfWord(value);
    if (own === null || key.length + own.length >= LONGEST_IN_KEY) return null;
    key += `${own},`;
  }
  return key;
}

function keyOfList(list: readonly unknown[]): string | null {
  if (list.length > LONGEST_IN_KEY) return null;
  let key = `${list.length}[`;
  for (const value of list) {
    const own = keyOfWord(value);
    if (own === null || key.length + own.length >= LONGEST_IN_KEY) return null;
    key += `${own},`;
  }
  return key;
}

/** No two are alike: a text is told by its length, and a variable that is left out has its default, one that is null has not. */
function keyOfWord(value: unknown): string | null {
  if (typeof value === 'string') return value.length > LONGEST_IN_KEY ? null : `${value.length}"${value}`;
  return typeof value !== 'object' || value === null ? String(value) : null;
}
