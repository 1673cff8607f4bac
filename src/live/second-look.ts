/** A call that is missing although it was alive a moment ago is looked for once more, before anybody believes it. */

import { orAborted } from '../or-aborted.ts';
import { SECOND_LOOK } from './polling.ts';
import type { Reading } from './source.ts';

/**
 * Reads by `read`; where that finds nothing of what `wasAlive`, once more after a moment.
 *
 * A phone system of many machines may look at one that does not know the call yet, or forgot it first:
 *
 * ```ts
 * const { value } = await lookedTwice(read, () => true); // 404, then the call: the call
 * ```
 */
export async function lookedTwice<Found extends Pick<Reading<unknown>, 'value'>>(
  read: () => Promise<Found>,
  wasAlive: () => boolean,
  signal?: AbortSignal,
): Promise<Found> {
  const first = await read();
  if (first.value !== null || !wasAlive()) return first;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const moment = new Promise((resolve) => {
    timer = setTimeout(resolve, SECOND_LOOK);
  });
  await orAborted(moment, signal).finally(() => clearTimeout(timer));
  return read();
}
