/** What an answer says about the rate budget of its operation. */
import type { Operation } from './operations.ts';
import type { RateNotice } from './rate-window.ts';

/** Reads it from the headers, whichever way they are written; `penalty` counts only for a 429. */
export function noticeOf(
  { group }: Operation,
  { status, headers }: { readonly status: number; readonly headers: Headers },
  penalty: number,
): RateNotice {
  const named = textOf(headers, 'x-rate-limit-group');
  const isOurs = named === undefined || named.toLowerCase() === group.toLowerCase();
  const number = (name: string) => (isOurs ? wholeNumber(textOf(headers, name)) : undefined);
  const seconds = number('x-rate-limit-window');
  return {
    ok: status >= 200 && status < 300,
    limit: number('x-rate-limit-limit'),
    remaining: number('x-rate-limit-remaining'),
    window: seconds === undefined || seconds === 0 ? undefined : seconds * 1_000,
    penalty: status === 429 ? penalty : undefined,
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** HTTP brings names in lower case, frames as they were written. */
function textOf(headers: Headers, name: string): string | undefined {
  const value = headers[name] ?? Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1];
  return Array.isArray(value) ? value[0] : value;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
