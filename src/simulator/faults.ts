/** Troubles to order: which request they hit, and how often. Pure; the server makes the trouble. */
import { EXTENSIONS } from './company/people.ts';
import { PEOPLE } from './genesys/people.ts';
import {
  amount,
  checked,
  oneOf,
  onOff,
  type RequiredRule,
  type Rule,
  refused,
  required,
  shown,
  someText,
  wholeNumber,
} from './rules.ts';

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
   * Which requests it hits: an operation id (`holdCallParty`), one whole part of the path (`hold`, or an id), with a `/` a
   * piece of method and path, where `…` stands for anything (`POST /…/hold`), or of those for a token the grant type
   * (`refresh_token`).
   */
  readonly match: string;
  /** So many requests still; null: all of them. */
  readonly times: number | null;
  /** So many requests are spared first. */
  readonly after: number;
  /** Only requests of this extension number, or of this user of Genesys Cloud. */
  readonly viewer?: string;
  /** What goes wrong, see below. */
  readonly do: FaultKind;
  /** The status of the answer: 503, or 502 for `html`, where none is ordered. */
  readonly status?: number;
  /** As it stands in `Retry-After`; without it the answer has none. */
  readonly retryAfter?: string;
  /** The body of the error; text is sent as it is. */
  readonly body?: unknown;
  /** Milliseconds until the answer, or between two bytes of `drip`, where it is 100. */
  readonly delay: number;
  /** Does what was asked all the same, before it answers. */
  readonly apply: boolean;
}

/** What a fault looks at. */
export interface FaultTarget {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** The extension number, or the handle, of whoever asks; null when nobody is known. */
  readonly viewer: string | null;
  /** Of a request for a token, the grant type. */
  readonly grant?: string | undefined;
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

/** The troubles that are ordered, for whichever phone system a request is. */
export interface Faults {
  /** The one that hits this request; there is less of it afterwards. */
  spend(target: FaultTarget): Fault | null;
  /** What is left. */
  list(): readonly Fault[];
  order(faults: readonly Fault[]): void;
}

export function createFaults(): Faults {
  let faults: readonly Fault[] = [];
  return {
    spend(target) {
      const { fault, left } = spendFault(faults, target);
      faults = left;
      return fault;
    },
    list: () => faults,
    order(ordered) {
      faults = ordered;
    },
  };
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

/** A fault as somebody orders it: what is left out has its default. */
export type FaultOrder = Partial<Omit<Fault, 'retryAfter'>> &
  Pick<Fault, 'match' | 'do'> & { readonly retryAfter?: string | number };

/** The field, what it may hold, and what it is when it is left out. */
export interface FaultField {
  readonly rule: Rule | RequiredRule;
  readonly otherwise?: unknown;
  /** The kinds that it is for; all of them where none are named. */
  readonly of?: readonly FaultKind[];
}

/** Every field of a fault. */
export const FAULT_FIELDS: { readonly [Name in keyof Required<Fault>]: FaultField } = {
  match: { rule: required(someText) },
  times: { rule: orNull(wholeNumber(1)), otherwise: 1 },
  after: { rule: wholeNumber(0), otherwise: 0 },
  viewer: {
    rule: oneOf(
      ...EXTENSIONS.filter(({ type, status }) => type === 'User' && status === 'Enabled').map(
        ({ number }) => number,
      ),
      ...PEOPLE.map(({ handle }) => handle),
    ),
  },
  do: { rule: required(oneOf(...FAULT_KINDS)) },
  status: { rule: wholeNumber(200, 599), of: ['status', 'applyThenStatus', 'html'] },
  retryAfter: { rule: textOrSeconds(), of: ['status', 'applyThenStatus', 'html'] },
  body: { rule: { allowed: 'anything', accepts: () => true }, of: ['status', 'applyThenStatus'] },
  delay: { rule: amount, otherwise: 1_000, of: ['delay', 'applyThenDelay', 'drip'] },
  apply: { rule: onOff, otherwise: false, of: ['html'] },
};

/** What a fault can be matched against. */
export interface Matchable {
  readonly operationId: string;
  readonly method: string;
  /** With placeholders: `/restapi/v1.0/account/{accountId}/presence`. */
  readonly path: string;
  /** Of requests for a token, the grant types that there are. */
  readonly grants?: readonly string[];
}

/** In one list: each request is held against all of them. */
const MOST_FAULTS = 100;
const LONGEST_MATCH = 500; // letters

/**
 * Reads a list of faults as somebody ordered them.
 * @param operations What there is to hit: a fault that fits none of them would never do anything.
 * @throws {Refusal} 400, naming the field, what was read and what is allowed.
 */
export function readFaults(body: unknown, operations: readonly Matchable[]): readonly Fault[] {
  if (!Array.isArray(body)) {
    throw refused('faults', `The faults are ${shown(body)}, but must be a list; an empty one clears them`);
  }
  if (body.length > MOST_FAULTS) {
    throw refused('faults', `There are ${body.length} faults, but must be no more than ${MOST_FAULTS}`);
  }
  return body.map((order) => readFault(order, operations));
}

const RULES = Object.fromEntries(Object.entries(FAULT_FIELDS).map(([name, { rule }]) => [name, rule]));

function readFault(given: unknown, operations: readonly Matchable[]): Fault {
  const order = checked('Fault field', given, RULES) as unknown as FaultOrder;
  const kind = order.do;
  if (order.match.length > LONGEST_MATCH) {
    throw refused('match', `Fault field match must be no longer than ${LONGEST_MATCH} letters`);
  }
  for (const [name, { of = FAULT_KINDS }] of Object.entries(FAULT_FIELDS)) {
    if (name in order && !of.includes(kind)) {
      throw refused(name, `Fault field ${name} does nothing for ${kind}; it is for ${of.join(', ')}`);
    }
  }
  if (!fitsAny(order.match, operations)) throw fitsNothing(order.match, operations);
  const {
    retryAfter,
    times = 1,
    after = 0,
    delay = kind === 'drip' ? 100 : 1_000,
    apply = false,
    ...rest
  } = order;
  const waits = retryAfter === undefined ? {} : { retryAfter: String(retryAfter) };
  return { ...rest, ...waits, times, after, delay, apply };
}

/** Whether some request can be hit. The ids in it are not known, so whatever may be one is tried as one. */
function fitsAny(match: string, operations: readonly Matchable[]): boolean {
  if (LIKE_AN_ID.test(match) || operations.some(({ grants }) => grants?.includes(match))) return true;
  const parts = match.split(/[/ ]/).map((part) => part.replaceAll('…', ''));
  const ids = [...new Set(parts.filter((part) => LIKE_AN_ID.test(part)))];
  return operations.some(({ operationId, method, path }) => {
    // No more of them stand in it, beside what is cut at either end; each is tried in every place.
    const placeholders = path.split('{').length - 1;
    const candidates = ['x', ...ids.slice(0, placeholders + 2)];
    return pathsOf(path, candidates).some((filled) =>
      hits({ match }, { operationId, method, path: filled, viewer: null }),
    );
  });
}

/** Whole parts of a path that stand for somebody or something: `~`, `701001004`, `s-a01…`, a UUID. */
const LIKE_AN_ID = /^(~|\d+|[sp]-[\w-]+|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/;

/** The path with each of its placeholders filled with each of the candidates. */
function pathsOf(path: string, candidates: readonly string[]): string[] {
  const placeholder = /\{\w+\}/.exec(path)?.[0];
  if (placeholder === undefined) return [path];
  return candidates.flatMap((candidate) =>
    pathsOf(
      path.replace(placeholder, () => candidate),
      candidates,
    ),
  );
}

function fitsNothing(match: string, operations: readonly Matchable[]) {
  const parts = new Set(
    operations.flatMap(({ path }) => path.split('/').filter((part) => /^[a-z]/.test(part))),
  );
  return refused(
    'match',
    `Fault field match is ${shown(match)}, which fits no request; it must be an operation id ` +
      `(${operations.map(({ operationId }) => operationId).join(', ')}), a whole part of the path ` +
      `(an id, ${[...parts].join(', ')}), or a piece of method and path, like "POST /…/hold"`,
  );
}

function orNull(rule: Rule): Rule {
  return {
    allowed: `${rule.allowed}, or null for all of them`,
    accepts: (value) => value === null || rule.accepts(value),
  };
}

function textOrSeconds(): Rule {
  return {
    allowed: 'seconds, or any text',
    accepts: (value) => someText.accepts(value) || amount.accepts(value),
  };
}

function hits({ match, viewer }: Pick<Fault, 'match' | 'viewer'>, target: FaultTarget): boolean {
  if (viewer !== undefined && viewer !== target.viewer) return false;
  if (match === target.operationId || match === target.grant) return true;
  if (!match.includes('/')) return target.path.split('/').includes(match);
  const line = `${target.method} ${target.path}`;
  let end = 0;
  return match.split('…').every((piece) => {
    const start = line.indexOf(piece, end);
    end = start + piece.length;
    return start !== -1;
  });
}
