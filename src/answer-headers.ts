/** What the headers of an answer say, whoever gave it. */

/** Their names in lower case. */
export interface WithHeaders {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One value of a header. */
export function headerOf({ headers }: WithHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The clock of whoever answered, as they did, epoch milliseconds; null where the `Date` header is missing. */
export function upstreamDateOf(answer: WithHeaders): number | null {
  const date = Date.parse(headerOf(answer, 'date') ?? '');
  return Number.isNaN(date) ? null : date;
}

/** The `Retry-After` of an answer in milliseconds; dates are read by the clock of whoever wrote them. */
export function retryAfterOf(
  answer: WithHeaders & { readonly receivedAt?: number },
  longest = LONGEST_RETRY_AFTER,
): number | null {
  const now = upstreamDateOf(answer) ?? answer.receivedAt ?? Date.now();
  return readRetryAfter(headerOf(answer, 'retry-after'), now, longest);
}

/** No answer can make us wait longer, where nothing else is said; a longer `Retry-After` is a mistake or an attack. */
const LONGEST_RETRY_AFTER = 600_000; // 10 minutes

/**
 * Reads a `Retry-After` header: milliseconds, never more than `longest` (ten minutes); null where it is absent or garbage.
 *
 * ```ts
 * readRetryAfter('60', now) // 60000
 * readRetryAfter('Wed, 04 Mar 2026 15:21:00 GMT', Date.parse('2026-03-04T15:20:30Z')) // 30000
 * readRetryAfter('soon', now) // null
 * ```
 */
export function readRetryAfter(
  header: string | undefined,
  now: number,
  longest = LONGEST_RETRY_AFTER,
): number | null {
  const text = header?.trim() ?? '';
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : httpDate(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(0, wait), longest);
}

/** `Date.parse` alone would take almost anything: `-5` is the first of May 2001 to it. */
function httpDate(text: string): number {
  return /^[A-Z][a-z]{2,8}, ?\d/.test(text) ? Date.parse(text) : Number.NaN;
}
