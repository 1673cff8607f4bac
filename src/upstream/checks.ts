/** What may leave, and how it is written: the ids of a path and the body of a request, looked at before they are sent. */
import { config } from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { BadUserInput } from '../../schema/failures.ts';
import type { Operation } from './operation.ts';
import type { UpstreamSystem } from './upstream-system.ts';

// `zod/mini` has no words of its own for what does not fit.
config(english());

/** Whose ids they are, for whoever gave another. */
type NamesIds = Pick<UpstreamSystem, 'name' | 'sampleIds'>;

/** The longest id that is worth sending; real ones have about forty characters. */
const LONGEST_ID = 512; // characters

/** Half of a character, which no encoding can write. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The path of an operation with its ids filled in, each as exactly one encoded segment; several in one place stand in one
 * segment with commas between them, as RingCentral's bulk reads have it.
 *
 * ```ts
 * pathOf(OPERATIONS.readCallSessionStatus, { telephonySessionId: '../?x=1' }) // …/sessions/..%2F%3Fx%3D1
 * pathOf(ACCOUNT_OPERATIONS.readPresences, { extensionId: ['1', '2,3'] }) // …/extension/1,2%2C3/presence
 * ```
 * @throws {BadUserInput} for an id that cannot be one segment: empty, `.`, `..`, too long, or broken text.
 */
export function pathOf(operation: Operation, ids: PathIds, system?: NamesIds): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name] ?? '';
    return typeof id === 'string'
      ? segment(name, id, system)
      : id.map((one) => segment(name, one, system)).join(',');
  });
}

/** What fills the places of a path. */
export type PathIds = Readonly<Record<string, string | readonly string[]>>;

/** Whether an id can be one segment of a path. */
export function isSegment(id: string): boolean {
  // URL parsers resolve the dot segments, however they are encoded, so that no encoding can save these two.
  return id !== '' && id !== '.' && id !== '..' && id.length <= LONGEST_ID && !LONE_SURROGATE.test(id);
}

function segment(name: string, id: string, system?: NamesIds): string {
  if (!isSegment(id)) {
    const shown = id.length > 40 ? `a text of ${id.length} characters` : JSON.stringify(id);
    const given = system === undefined ? 'it was given' : `${system.name} gave it, like ${system.sampleIds}`;
    throw new BadUserInput(`${name} is ${shown}; allowed is an id as ${given}.`, name);
  }
  return encodeURIComponent(id);
}

/**
 * Checks a body before it leaves.
 * @throws {BadUserInput} naming the first wrong field.
 */
export function checkBody(operation: Operation, body: unknown): void {
  if (operation.body === null) {
    if (body !== undefined) throw new TypeError(`${operation.id} takes no body.`);
    return;
  }
  const result = operation.body.safeParse(body);
  if (result.success) return;
  const [issue] = result.error.issues;
  const field = issue?.path.findLast((part) => typeof part === 'string');
  throw new BadUserInput(
    `${field ?? 'The input'} is not valid: ${issue?.message ?? 'another shape'}.`,
    field,
  );
}

/** A body as it is sent. */
export interface Content {
  readonly type: string;
  readonly text: string;
}

/**
 * The body of a request, null for a read. Whatever asks for something to be done says that it is JSON, also where there
 * is nothing to say: RingCentral answers 415 `TAS-114` otherwise, and its SDKs always do.
 * See: https://github.com/ringcentral/ringcentral-extensible/issues/59
 */
export function jsonContent({ method, blank = '' }: Operation, body: object | undefined): Content | null {
  if (method === 'GET') return null;
  return { type: 'application/json', text: body === undefined ? blank : JSON.stringify(body) };
}
