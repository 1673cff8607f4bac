/** What both phone systems share of a request and its reply: how it is read, and what goes back. */
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
