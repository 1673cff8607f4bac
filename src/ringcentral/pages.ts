/** Lists that come in pages. */
import type { Caller } from '../upstream/caller.ts';
import type { Upstream, UpstreamRequest } from '../upstream/http.ts';
import { toPage } from './viewer.ts';

/** The largest page. */
export const PAGE_SIZE = 1_000; // records, the most that RingCentral gives
const MOST_PAGES = 10;

/** All records of a list, read in the largest pages, one after the other. */
export async function allPages(
  upstream: Upstream,
  caller: Caller,
  request: UpstreamRequest,
): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = { ...request.query, page: String(page), perPage: String(PAGE_SIZE) };
    const { body } = await upstream.send(caller, { ...request, query });
    const { records, hasNext } = toPage(body);
    // Not spread over a call: RingCentral decides how many there are.
    for (const record of records) all.push(record);
    if (!hasNext) break;
  }
  return all;
}
