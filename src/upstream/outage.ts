/**
 * Outages of a phone system, told in two lines however many requests fail.
 *
 * ```text
 *   well ── three requests in a row fail ──► out ── an answer ──► mending ── none fails for a while ──► well
 *                                             ▲                     │
 *                                             └────── one fails ────┘
 * ```
 *
 * A line is written where it goes out, and where it is well again: one that comes and goes is one outage.
 */
import { setAlarm } from '../alarm.ts';
import type { Log } from '../telemetry/log.ts';

/** What became of a request, as far as outages are concerned: it was answered, whatever with, or it failed. */
export interface Ending {
  readonly failed: boolean;
  readonly operation: string;
  /** The HTTP status, or what happened instead. */
  readonly status: string;
}

export interface Outages {
  note(ending: Ending): void;
  stop(): void;
}

export interface OutageParts {
  /** Its name. */
  readonly system: string;
  readonly log: Log;
  /** Milliseconds without a failure, after which an outage is over. */
  readonly steady?: number;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
}

/** How it goes; an immutable value. Times are by the clock. */
export type Health =
  | { readonly name: 'well'; readonly failures: number; readonly since: number }
  | { readonly name: 'out'; readonly failures: number; readonly since: number }
  | { readonly name: 'mending'; readonly failures: number; readonly since: number; readonly until: number };

export const WELL: Health = { name: 'well', failures: 0, since: 0 };

/** Fewer failures in a row are bad luck. A query that is not answered makes so many by itself. */
const MOST_BAD_LUCK = 2;

const STEADY = 5_000; // 5 seconds

/** The next state after a request ended. */
export function afterEnding(health: Health, failed: boolean, now: number): Health {
  const { name, failures, since } = health;
  if (failed) {
    const more = { failures: failures + 1, since: failures === 0 ? now : since };
    return name === 'well' && failures < MOST_BAD_LUCK ? { name: 'well', ...more } : { name: 'out', ...more };
  }
  if (name === 'out') return { name: 'mending', failures, since, until: now };
  return name === 'well' && failures > 0 ? WELL : health;
}

/** Watches for outages, and tells the log. */
export function createOutages(parts: OutageParts): Outages {
  const { system, log, steady = STEADY, clock = () => performance.now() } = parts;
  let health: Health = WELL;
  let alarm: NodeJS.Timeout | undefined;

  return {
    note({ failed, operation, status }) {
      const before = health;
      health = afterEnding(before, failed, clock());
      if (health === before || health.name === before.name) return;
      clearTimeout(alarm);
      if (health.name === 'mending') {
        alarm = setAlarm(recover, steady).unref();
      } else if (before.name === 'well') {
        const facts = { operation, status, failures: health.failures };
        log.error(facts, `${system} is out: its requests fail`);
      }
    },
    stop: () => clearTimeout(alarm),
  };

  function recover(): void {
    if (health.name !== 'mending') return;
    const { failures, since, until } = health;
    health = WELL;
    log.info({ failures, ms: Math.round(until - since) }, `${system} is back: its requests are answered`);
  }
}
