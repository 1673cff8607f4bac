/**
 * How one watch asks: the state machine of its polls.
 *
 * ```text
 *   unknown ──── held, then unchanged ───────────────────────────► honoured   the next poll at once
 *
 *   unknown   ── early and unchanged, twice, without an excuse ──► ignored ┐  paced, without parameters;
 *   honoured  ── 400 for the parameters ─────────────────────────► refused ┘  unknown again after five minutes
 *             ── cut four times long before the end ─────────────► ignored
 *
 *   in every mode:  a failure ──► backs off 1 s … 30 s, jittered      a 429 ──► waits as long as it says
 * ```
 *
 * No answer of the upstream makes a hot loop: there is a gap between two sends, which grows after a burst of answers
 * that nobody held, and nothing that is unchanged is asked for faster than the pace.
 */

/** What a phone system does with the parameters of a long poll. Nobody documents it, so it is found out. */
export type PollMode = 'unknown' | 'honoured' | 'ignored' | 'refused';

/** The state of the machine; an immutable value. */
export interface Polling {
  readonly mode: PollMode;
  /** Unchanged answers without an excuse that came too early to have been held; since the last that was held. */
  readonly early: number;
  /** Held reads in a row that ended without a body. */
  readonly unseen: number;
  /** Held reads that were cut long before their end; since the last that was held. */
  readonly cuts: number;
  /** Answers of any kind in a row that came too early to have been held. */
  readonly burst: number;
  /** Failures in a row. */
  readonly failures: number;
  /** When to send next, epoch milliseconds. */
  readonly nextAt: number;
  /** When to send next at the earliest, however urgent it becomes; epoch milliseconds. */
  readonly notBefore: number;
  /** When `ignored` and `refused` are doubted again, epoch milliseconds. */
  readonly doubtAt: number;
}

/** An answer, and when it was asked for and answered; epoch milliseconds. */
interface Answer {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What came of one poll. */
export type PollOutcome =
  | (Answer & {
      readonly kind: 'answered';
      readonly changed: boolean;
      /** It was asked to wait. */
      readonly withParameters: boolean;
      /**
       * The timestamp may have been older than the last change, so that an early answer is no sign of disregard: it may
       * tell of what is known already.
       */
      readonly excused: boolean;
      /** There was no body: only bodies are believed, but now and then one will do. */
      readonly bodiless?: boolean;
      /** By how many milliseconds a poll must leave later than this one for its timestamp to be behind that change. */
      readonly catchUp: number;
    })
  /** The body may be older than what is held: ask again. */
  | (Answer & { readonly kind: 'doubtful' })
  /** No such call, although it was alive a moment ago: ask once more. */
  | (Answer & { readonly kind: 'missing' })
  /** Somebody on the way cut a read that was held; `isShort` when that was long before its end. */
  | (Answer & { readonly kind: 'cut'; readonly isShort: boolean })
  | { readonly kind: 'parametersRefused'; readonly at: number }
  | { readonly kind: 'rateLimited'; readonly retryAt: number }
  | { readonly kind: 'failed'; readonly at: number; readonly random: number };

/** Numbers of the machine; milliseconds. */
export interface PollPace {
  /** Between two polls that the upstream does not hold. */
  readonly pacedGap: number;
}

/** 2 seconds: 30 requests a minute of the 50 that RingCentral allows. */
export const DEFAULT_PACE: PollPace = { pacedGap: 2_000 };

/** Milliseconds until a habit of the upstream that was found out is doubted. */
export const DOUBT_AFTER = 300_000; // 5 minutes

/** Milliseconds until a call that is missing is looked for once more. */
export const SECOND_LOOK = 500;

const LEAST_GAP = 100; // milliseconds between two sends, whatever the upstream does
const EARLY = 1_000; // an unchanged answer within a second was not held
const EARLY_GAP = 1_000; // after such an answer, and after a burst
const BURST = 20; // early answers, as a call that changes quickly gives them
const MOST_CATCH_UP = 250; // milliseconds that a watch is deaf at most, to be behind what it knows
const MOST_UNSEEN = 3; // held reads without a body, before one is asked for
const MOST_CUTS = 4; // short holds that do more harm than good
const LEAST_PENALTY = 1_000; // 1 second, whatever a 429 says
const MOST_PENALTY = 600_000; // 10 minutes, likewise
const LEAST_BACKOFF = 1_000;
const MOST_BACKOFF = 30_000;

/**
 * How a watch begins; `mode` is what other watches of the same upstream have found out. `holdsReads`: false where no read
 * is ever held.
 */
export function startPolling(mode: PollMode, now: number, holdsReads = true): Polling {
  const nothingYet = { early: 0, unseen: 0, cuts: 0, burst: 0, failures: 0 };
  const begun = { ...nothingYet, nextAt: now, notBefore: now };
  // Where nothing is ever held there is nothing to doubt.
  if (!holdsReads) return { ...begun, mode: 'ignored', doubtAt: Infinity };
  return { ...begun, mode, doubtAt: now + DOUBT_AFTER };
}

/** True when the next poll carries the parameters. */
export function asksToHold({ mode, unseen }: Polling): boolean {
  return (mode === 'unknown' || mode === 'honoured') && unseen < MOST_UNSEEN;
}

/** The call may have changed: the next poll need not wait for the pace, only for what must be waited for. */
export function hurried(polling: Polling, now: number): Polling {
  const nextAt = Math.max(polling.notBefore, Math.min(polling.nextAt, now));
  return nextAt === polling.nextAt ? polling : { ...polling, nextAt };
}

/** When to ask again after a 429 that said so, epoch milliseconds. */
export function afterPenalty(retryAt: number, now: number): number {
  return now + Math.min(MOST_PENALTY, Math.max(LEAST_PENALTY, retryAt - now));
}

/** The state after an answer; `pacedGap` as {@link PollPace} has it. */
export function afterPoll(polling: Polling, outcome: PollOutcome, pacedGap: number): Polling {
  switch (outcome.kind) {
    case 'rateLimited':
      return { ...polling, nextAt: outcome.retryAt, notBefore: outcome.retryAt };
    case 'failed': {
      const backoff = Math.min(MOST_BACKOFF, LEAST_BACKOFF * 2 ** polling.failures);
      const nextAt = outcome.at + backoff * (0.5 + outcome.random / 2);
      return { ...polling, failures: polling.failures + 1, nextAt, notBefore: nextAt };
    }
    case 'parametersRefused':
      return disregarded(
        { ...polling, failures: 0, notBefore: outcome.at + LEAST_GAP },
        'refused',
        outcome.at,
        outcome.at + pacedGap,
      );
    case 'doubtful': {
      const noted = noteAnswer(polling, outcome);
      return { ...noted, nextAt: atLeast(outcome, quickGap(noted)) };
    }
    case 'cut': {
      const nextAt = outcome.receivedAt + LEAST_GAP;
      const cuts = polling.cuts + (outcome.isShort ? 1 : 0);
      const noted = { ...polling, cuts, nextAt, notBefore: nextAt };
      return cuts < MOST_CUTS ? noted : disregarded(noted, 'ignored', outcome.receivedAt, nextAt);
    }
    case 'missing':
      return { ...noteAnswer(polling, outcome), nextAt: outcome.receivedAt + SECOND_LOOK };
    case 'answered': {
      const unseen = outcome.bodiless === true ? polling.unseen + 1 : 0;
      const cuts = outcome.withParameters && wasHeld(outcome) ? 0 : polling.cuts;
      const noted = { ...noteAnswer(polling, outcome), cuts, unseen: 0 };
      return { ...afterAnswer(noted, outcome, pacedGap), unseen };
    }
  }
}

function afterAnswer(
  polling: Polling,
  outcome: PollOutcome & { readonly kind: 'answered' },
  pacedGap: number,
): Polling {
  const { receivedAt } = outcome;
  const quick = quickGap(polling);
  if (!asksToHold(polling)) {
    const paced = { ...polling, nextAt: atLeast(outcome, pacedGap) };
    return receivedAt >= polling.doubtAt ? { ...paced, mode: 'unknown', early: 0 } : paced;
  }
  if (!outcome.withParameters || outcome.changed) return { ...polling, nextAt: atLeast(outcome, quick) };
  if (wasHeld(outcome)) {
    return { ...polling, mode: 'honoured', early: 0, nextAt: atLeast(outcome, pacedGap) };
  }
  if (outcome.excused) {
    const gap = Math.max(quick, Math.min(outcome.catchUp, MOST_CATCH_UP));
    return { ...polling, nextAt: atLeast(outcome, gap) };
  }
  const early = polling.early + 1;
  if (early < 2) return { ...polling, early, nextAt: atLeast(outcome, EARLY_GAP) };
  return disregarded(polling, 'ignored', receivedAt, atLeast(outcome, pacedGap));
}

/** The parameters do nothing, or harm: not again for a while. */
function disregarded(polling: Polling, mode: PollMode, now: number, nextAt: number): Polling {
  return { ...polling, mode, early: 0, cuts: 0, nextAt, doubtAt: now + DOUBT_AFTER };
}

/** What every answer tells, whatever is in it. */
function noteAnswer(polling: Polling, answer: Answer): Polling {
  const burst = wasHeld(answer) ? 0 : polling.burst + 1;
  return { ...polling, failures: 0, burst, notBefore: answer.sentAt + LEAST_GAP };
}

function wasHeld({ sentAt, receivedAt }: Answer): boolean {
  return receivedAt - sentAt >= EARLY;
}

function quickGap({ burst }: Polling): number {
  return burst > BURST ? EARLY_GAP : LEAST_GAP;
}

function atLeast({ sentAt, receivedAt }: Answer, gap: number): number {
  return Math.max(receivedAt, sentAt + gap);
}
