/** Waiting for something that nobody tells: looked for again and again, but not for ever. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How long, and how often, something is looked for; in milliseconds. */
export interface Patience {
  readonly within: number;
  readonly every: number;
  /** What is not so yet, for whoever reads why a work has failed. */
  readonly missing: () => string;
}

/** Waits until a look finds it so; fails when that takes longer than it ever should. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  { within, every, missing }: Patience,
): Promise<void> {
  const end = performance.now() + within;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`After ${within} ms ${missing()}`);
    await sleep(every);
  }
}
