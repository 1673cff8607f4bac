/** What both phone systems share of a request and its reply: how it is read, what it is for, and what goes back. */
import type { Fault } from './faults.ts';
import type { JournalEntry } from './journal.ts';

/** What goes back over the wire, unless a trouble spoils it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: no content. */
  readonly body: unknown;
  readonly trouble: Fault | null;
  /** To be completed when the reply is on its way. */
  readonly entry: JournalEntry;
  /** What the system says with a status that a trouble ordered. */
  errorBody(status: number): unknown;
}

/** Path and query of a URL as it was sent: nothing is normalised, so that a hostile id stays what it is. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** A part of a path without its percent-encoding. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an encoding at all: no id looks like this, so nothing is found by it.
    return segment;
  }
}

/** The value of a JSON text, or the text itself. */
export function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** An operation, and the parts of its path; those that differ stand in braces. */
export interface Route<Operation> {
  readonly operation: Operation;
  readonly pattern: readonly string[];
}

export function routeTo<Operation extends { readonly path: string }>(operation: Operation): Route<Operation> {
  return { operation, pattern: operation.path.slice(1).split('/') };
}

/** The operation that a request is for, and the parts of its path that differ. */
export interface Found<Operation> {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The first operation for a method and the decoded parts of a path (`['restapi', 'v1.0', …]`).
 * @returns Null when there is none.
 */
export function findRoute<Operation extends { readonly method: string }>(
  routes: readonly Route<Operation>[],
  method: string,
  segments: readonly string[],
): Found<Operation> | null {
  for (const { operation, pattern } of routes) {
    if (operation.method !== method || pattern.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((part, index) => {
      const segment = segments[index] ?? '';
      if (!part.startsWith('{')) return part === segment;
      params[part.slice(1, -1)] = segment;
      return true;
    });
    if (fits) return { operation, params };
  }
  return null;
}
