/** Troubles to order: which request they hit, and how often. Pure; the server makes the trouble. */
import { Refusal } from './refusals.ts';

/**
 * What goes wrong.
 *
 * - `status`: an error is answered and nothing done; `applyThenStatus`: it is done, and answered with an error.
 * - `delay`: done and answered after a while; `applyThenDelay`: done at once, answered after a while.
 * - `reset`: the connection breaks before anything is done; `resetAfterApply`: it breaks instead of the answer.
 * - `truncate`: done, and half the answer; `drip`: done, and the answer comes a byte at a time.
 * - `html`: the page of a proxy that knows no API; `hang`: no answer, nothing done.
 */
export const FAULT_KINDS = [
  'status',
  'applyThenStatus',
  'delay',
  'applyThenDelay',
  'reset',
  'resetAfterApply',
  'truncate',
  'drip',
  'html',
  'hang',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  /**
   * An operation id (`holdCallParty`), one whole part of the path (`hold`), or with a `/` a piece of
   * method and path, where `…` stands for anything (`POST /…/hold`).
   */
  readonly match: string;
  /** So many requests still; null: all of them. */
  readonly times: number | null;
  /** So many requests are spared first. */
  readonly after: number;
  /** Only requests of this extension number. */
  readonly viewer?: string;
  readonly do: FaultKind;
  readonly status?: number;
  /** As it stands in `Retry-After`. */
  readonly retryAfter?: string;
  /** The body of the error; text is sent as it is. */
  readonly body?: unknown;
  /** Milliseconds: of `delay`, or between two bytes of `drip`. */
  readonly delay: number;
  /** `html` after all does what was asked, before it answers. */
  readonly apply: boolean;
}

/** What a fault looks at. */
export interface FaultTarget {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** The extension number of whoever asks; null when nobody is known. */
  readonly viewer: string | null;
}

/** Finds the first fault that hits a request, and what is left of all of them afterwards. */
export function spendFault(
  faults: readonly Fault[],
  target: FaultTarget,
): { readonly fault: Fault | null; readonly left: readonly Fault[] } {
  let hit: Fault | null = null;
  const left = faults.flatMap((fault): readonly Fault[] => {
    if (hit !== null || !hits(fault, target)) return [fault];
    if (fault.after > 0) return [{ ...fault, after: fault.after - 1 }];
    hit = fault;
    if (fault.times === null) return [fault];
    return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
  });
  return { fault: hit, left };
}

/** True when the request is carried out, whatever becomes of its answer. */
export function appliesAnyway(fault: Fault): boolean {
  switch (fault.do) {
    case 'status':
    case 'reset':
    case 'hang':
      return false;
    case 'html':
      return fault.apply;
    default:
      return true;
  }
}

/**
 * Reads a list of faults as somebody ordered them.
 * @throws {Refusal} 400, naming the field and what is allowed.
 */
export function readFaults(body: unknown): readonly Fault[] {
  if (!Array.isArray(body)) throw refused('faults', 'a list of faults; an empty one clears them');
  return body.map(readFault);
}

const FIELDS = ['match', 'times', 'after', 'viewer', 'do', 'status', 'retryAfter', 'body', 'delay', 'apply'];

function readFault(given: unknown): Fault {
  if (typeof given !== 'object' || given === null) throw refused('fault', 'an object');
  const fault = given as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fault)) {
    if (!FIELDS.includes(name)) throw refused(name, `one of ${FIELDS.join(', ')}`);
  }
  const kind = FAULT_KINDS.find((known) => known === fault.do);
  if (kind === undefined) throw refused('do', `one of ${FAULT_KINDS.join(', ')}`);
  if (typeof fault.match !== 'string' || fault.match === '') {
    throw refused('match', 'an operation id, a part of the path, or a piece of method and path');
  }
  const times = fault.times === null ? null : count('times', fault.times, 1);
  return {
    match: fault.match,
    times,
    after: count('after', fault.after, 0),
    do: kind,
    delay: count('delay', fault.delay, kind === 'drip' ? 100 : 1_000),
    apply: fault.apply === true,
    ...(fault.viewer === undefined ? {} : { viewer: String(fault.viewer) }),
    ...(fault.status === undefined ? {} : { status: count('status', fault.status, 500) }),
    ...(fault.retryAfter === undefined ? {} : { retryAfter: String(fault.retryAfter) }),
    ...(fault.body === undefined ? {} : { body: fault.body }),
  };
}

function count(name: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw refused(name, 'a number, 0 or more');
}

function hits({ match, viewer }: Fault, target: FaultTarget): boolean {
  if (viewer !== undefined && viewer !== target.viewer) return false;
  if (match === target.operationId) return true;
  if (!match.includes('/')) return target.path.split('/').includes(match);
  const line = `${target.method} ${target.path}`;
  let end = 0;
  return match.split('…').every((piece) => {
    const start = line.indexOf(piece, end);
    end = start + piece.length;
    return start !== -1;
  });
}

function refused(name: string, allowed: string): Refusal {
  return new Refusal(400, 'CMN-101', `Fault field ${name} must be ${allowed}`, { parameterName: name });
}
