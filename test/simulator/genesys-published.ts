/**
 * Holds requests, answers and events against what Genesys Cloud has published, as far as the gateway uses it. What is
 * published stands in `test/generated/genesys-published.json`, in a small form of our own: the kinds of the fields of each
 * model, and the models of each operation. Every field may be missing; none may be there that is not published.
 */
import { readFileSync } from 'node:fs';
import type { JournalEntry } from '../../src/simulator/journal.ts';

/** `text`, `time`, `whole`, `number`, `flag`, `any`, or the name of a model; a list of one of them; some words; a map. */
type Kind = string | readonly [Kind] | { readonly oneOf: readonly string[] } | { readonly mapOf: Kind };

interface PublishedOperation {
  readonly request?: Kind;
  readonly answer?: Kind;
  readonly query?: readonly string[];
  readonly permissions?: readonly string[];
}

interface Published {
  /** By method and address: `GET /api/v2/conversations/calls`. */
  readonly operations: Readonly<Record<string, PublishedOperation>>;
  readonly models: Readonly<Record<string, Readonly<Record<string, Kind>>>>;
}

const published = JSON.parse(
  readFileSync(new URL('../generated/genesys-published.json', import.meta.url), 'utf8'),
) as Published;

/** The permissions of which one is needed for an operation, by method and address; none: undefined. */
export function publishedPermissions(method: string, path: string): readonly string[] | undefined {
  return published.operations[`${method} ${path}`]?.permissions;
}

/** Every operation, by method and address. */
export const PUBLISHED_OPERATIONS: readonly string[] = Object.keys(published.operations);

/** What is wrong with a value of a model, field by field; empty: nothing. */
export function problemsOf(kind: Kind, value: unknown, at = ''): string[] {
  const wrong = [`${at || 'it'} is ${JSON.stringify(value)?.slice(0, 80)}, and not ${JSON.stringify(kind)}`];
  if (Array.isArray(kind)) {
    if (!Array.isArray(value)) return wrong;
    return value.flatMap((one, index) => problemsOf(kind[0] as Kind, one, `${at}[${index}]`));
  }
  if (typeof kind === 'object' && 'oneOf' in kind) return kind.oneOf.includes(String(value)) ? [] : wrong;
  if (typeof kind === 'object' && 'mapOf' in kind) {
    if (!isObject(value)) return wrong;
    return Object.entries(value).flatMap(([name, one]) => problemsOf(kind.mapOf, one, `${at}.${name}`));
  }
  const model = published.models[kind as string];
  if (model === undefined) return SIMPLE[kind as string]?.(value) === true ? [] : wrong;
  if (!isObject(value)) return wrong;
  return Object.entries(value).flatMap(([name, one]) => {
    const field = model[name];
    return field === undefined
      ? [`${at}.${name} is no field of ${String(kind)}`]
      : problemsOf(field, one, `${at}.${name}`);
  });
}

/** What is wrong with a request: no such operation, a query that is not published, or its body. */
export function requestProblemsOf(entry: JournalEntry): string[] {
  const found = operationOf(entry);
  if (found === undefined) return [`${entry.method} ${entry.path} is not published`];
  const [name, operation] = found;
  const unknown = [...new URLSearchParams(entry.query).keys()].filter(
    (key) => operation.query?.includes(key) !== true,
  );
  const body = entry.requestBody;
  const bodyProblems =
    body === undefined
      ? []
      : operation.request === undefined
        ? ['has no body']
        : problemsOf(operation.request, body);
  return [...unknown.map((key) => `has no query ${key}`), ...bodyProblems].map(
    (problem) => `${name}: ${problem}`,
  );
}

/** What is wrong with an answer: its body, or its error. */
export function answerProblemsOf(entry: JournalEntry): string[] {
  const found = operationOf(entry);
  if (found === undefined || entry.responseBody === undefined) return [];
  const [name, { answer }] = found;
  const kind = (entry.status ?? 0) >= 400 ? 'ErrorBody' : answer;
  if (kind === undefined) return [];
  return problemsOf(kind, entry.responseBody).map((problem) => `${name} ${entry.status}: ${problem}`);
}

function operationOf({ method, path }: JournalEntry): readonly [string, PublishedOperation] | undefined {
  const segments = path.split('/');
  return Object.entries(published.operations)
    .filter(([name]) => {
      const [itsMethod, address = ''] = name.split(' ');
      const pattern = address.split('/');
      return (
        itsMethod === method &&
        pattern.length === segments.length &&
        pattern.every((part, index) => part.startsWith('{') || part === segments[index])
      );
    })
    .sort(([one], [other]) => one.split('{').length - other.split('{').length)[0];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SIMPLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: () => true,
  text: (value) => typeof value === 'string',
  time: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(value),
  whole: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
};
