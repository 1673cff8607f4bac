/** Tells the operator what could not be read of a phone system's lists. */
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { EntryKind, LeftOut } from './values.ts';

export interface LeftOutParts {
  /** Its name. */
  readonly system: string;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Counts each entry that was left out, and logs one line a minute for each kind of them: a poll may bring it again and again. */
export function createLeftOut({ system, metrics, log }: LeftOutParts): LeftOut {
  const toldAt = new Map<EntryKind, number>();
  return (kind) => {
    metrics.leftOut.inc({ kind });
    const now = performance.now();
    if (now - (toldAt.get(kind) ?? -Infinity) < QUIET) return;
    toldAt.set(kind, now);
    log.warn({ kind }, `${system} did not say which one an entry of a list is: it is left out`);
  };
}

const QUIET = 60_000; // 60 seconds
