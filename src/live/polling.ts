/**
 * How one watch asks: the state machine of its polls.
 *
 * ```text
 *               early and unchanged, twice, without an excuse
 *   unknown ─────────────────────────────────────────► ignored   paced: the parameters do nothing
 *      │ ▲                                                │
 *      │ └──────────────── after five minutes ────────────┘
 *      ├── held, then unchanged ─────────────────────► honoured  the next poll at once
 *      └── 400 for the parameters ───────────────────► refused   paced, without parameters
 *
 *   in every mode:  a failure ──► backs off 1 s … 30 s, jittered      a 429 ──► waits as long as it says
 * ```
 *
 * A change resets the doubts. No answer of the upstream makes a hot loop: between two sends there is always a gap.
 */

/** What RingCentral does with the parameters of a long poll. Nobody documents it, so it is found out. */
export const POLL_MODES = ['unknown', 'honoured', 'ignored', 'refused'] as const;
export type PollMode = (typeof POLL_MODES)[number];

export interface Polling {
  readonly mode: PollMode;
  /** Unchanged answers in a row that came too early to have been held. */
  readonly early: number;
  /** Failures in a row. */
  readonly failures: number;
  /** When to send next, epoch milliseconds. */
  readonly nextAt: number;
  /** When `ignored` is doubted again, epoch milliseconds. */
  readonly doubtAt: number;
}

export type PollOutcome =
  | {
      readonly kind: 'answered';
      readonly changed: boolean;
      /** It was asked to wait. */
      readonly withParameters: boolean;
      /**
       * By how many milliseconds the timestamp may have been older than the last change, by the upstream's clock.
       * Above zero, an early answer is no sign of disregard: it may tell of what is known already.
       */
      readonly excuse: number;
      readonly sentAt: number;
      readonly receivedAt: number;
    }
  /** The body may be older than what is held: ask again. */
  | { readonly kind: 'doubtful'; readonly sentAt: number; readonly receivedAt: number }
  | { readonly kind: 'parametersRefused'; readonly sentAt: number; readonly receivedAt: number }
  | { readonly kind: 'rateLimited'; readonly retryAt: number }
  | { readonly kind: 'failed'; readonly at: number; readonly random: number };

/** Numbers of the machine; milliseconds. */
export interface PollPace {
  /** Between two polls that the upstream does not hold. */
  readonly pacedGap: number;
}

export const DEFAULT_PACE: PollPace = { pacedGap: 2_000 }; // 2 seconds, 30 requests a minute of 50

const LEAST_GAP = 100; // milliseconds between two sends, whatever the upstream does
const EARLY = 1_000; // an unchanged answer within a second was not held
const EARLY_GAP = 1_000; // after such an answer
const DOUBT_AFTER = 300_000; // 5 minutes
const LEAST_BACKOFF = 1_000;
const MOST_BACKOFF = 30_000;

/** How a watch begins; `mode` is what other watches of the same upstream have found out. */
export function startPolling(mode: PollMode, now: number): Polling {
  return { mode, early: 0, failures: 0, nextAt: now, doubtAt: now + DOUBT_AFTER };
}

/** True when the next poll carries the parameters. */
export function asksToHold({ mode }: Polling): boolean {
  return mode === 'unknown' || mode === 'honoured';
}

/** The state after an answer. */
export function afterPoll(polling: Polling, outcome: PollOutcome, { pacedGap }: PollPace): Polling {
  switch (outcome.kind) {
    case 'rateLimited':
      return { ...polling, nextAt: outcome.retryAt };
    case 'failed': {
      const backoff = Math.min(MOST_BACKOFF, LEAST_BACKOFF * 2 ** polling.failures);
      return {
        ...polling,
        failures: polling.failures + 1,
        nextAt: outcome.at + backoff * (0.5 + outcome.random / 2),
      };
    }
    case 'parametersRefused':
      return { ...polling, mode: 'refused', failures: 0, nextAt: outcome.sentAt + pacedGap };
    case 'doubtful':
      return { ...polling, failures: 0, nextAt: atLeast(outcome, LEAST_GAP) };
    case 'answered':
      return afterAnswer({ ...polling, failures: 0 }, outcome, pacedGap);
  }
}

function afterAnswer(
  polling: Polling,
  outcome: PollOutcome & { readonly kind: 'answered' },
  pacedGap: number,
): Polling {
  if (!outcome.withParameters) {
    const paced = { ...polling, nextAt: atLeast(outcome, asksToHold(polling) ? LEAST_GAP : pacedGap) };
    const doubts = polling.mode === 'ignored' && outcome.receivedAt >= polling.doubtAt;
    return doubts ? { ...paced, mode: 'unknown', early: 0 } : paced;
  }
  if (outcome.changed) return { ...polling, early: 0, nextAt: atLeast(outcome, LEAST_GAP) };
  if (outcome.receivedAt - outcome.sentAt >= EARLY) {
    return { ...polling, mode: 'honoured', early: 0, nextAt: atLeast(outcome, LEAST_GAP) };
  }
  if (outcome.excuse > 0) {
    return { ...polling, nextAt: atLeast(outcome, Math.max(LEAST_GAP, outcome.excuse)) };
  }
  const early = polling.early + 1;
  if (early < 2) return { ...polling, early, nextAt: atLeast(outcome, EARLY_GAP) };
  return {
    ...polling,
    mode: 'ignored',
    early: 0,
    nextAt: atLeast(outcome, pacedGap),
    doubtAt: outcome.receivedAt + DOUBT_AFTER,
  };
}

function atLeast({ sentAt, receivedAt }: { sentAt: number; receivedAt: number }, gap: number): number {
  return Math.max(receivedAt, sentAt + gap);
}
