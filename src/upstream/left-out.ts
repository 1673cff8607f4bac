/** Tells the operator what could not be read of RingCentral's lists. */
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { EntryKind, LeftOut } from './values.ts';

/** Counts each entry that was left out, and logs one line a minute for each kind of them: a poll may bring it again and again. */
export function createLeftOut({ metrics, log }: { readonly metrics: Metrics; readonly log: Log }): LeftOut {
  const toldAt = new Map<EntryKind, number>();
  return (kind) => {
    metrics.leftOut.inc({ kind });
    const now = performance.now();
    if (now - (toldAt.get(kind) ?? -Infinity) < QUIET) return;
    toldAt.set(kind, now);
    log.warn({ kind }, 'RingCentral did not say which one an entry of a list is: it is left out');
  };
}

const QUIET = 60_000; // 60 seconds
