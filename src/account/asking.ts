/**
 * Asking a phone system about an account, one thing after the other; what fails is asked for again, later.
 *
 * ```text
 *   want ──► its turn (`errands.ts`) ──► asked ──► done
 *                ▲                         ├── no answer, limited, out of order: trouble ──► later, and later each time ──┐
 *                │                         └── not for this user, or signed out: refused                                  │
 *                └────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 * ```
 */
import { CallControlFailure, Forbidden, RateLimited, Unauthenticated } from '../../schema/failures.ts';
import type { Log } from '../telemetry/log.ts';
import { createErrands, type ErrandOptions } from './errands.ts';
import type { AccountSource } from './source.ts';

/** Asks for one thing. What it throws is a failure, or the reason of its signal. */
export type Question = (from: AccountSource, signal: AbortSignal) => Promise<void>;

export interface AskingParts {
  /** Null: the phone system has no accounts. */
  readonly source: () => AccountSource | null;
  readonly perMinute: () => number;
  readonly log: Log;
  /** It was answered, and nobody wants it again. */
  readonly onDone: (name: string) => void;
  /** There was no answer; when it is asked again. */
  readonly onTrouble: (at: number) => void;
  /** Whatever was not answered is, by now. */
  readonly onAnswer: () => void;
  readonly onRefused: (error: CallControlFailure) => void;
}

export interface Asking {
  /** Has it asked; false where too much waits already. */
  want(name: string, question: Question, options?: ErrandOptions): boolean;
  /** Something was not answered, and is asked again. */
  readonly isFailing: boolean;
  /** Asks for nothing any more. */
  clear(): void;
}

/** Between two tries. */
const RETRY = [1_000, 5_000, 15_000, 60_000] as const; // milliseconds

/** Makes it; it asks for nothing. */
export function createAsking(parts: AskingParts): Asking {
  const errands = createErrands({ perMinute: parts.perMinute });
  /** How often in a row each was not answered: what is answered beside it says nothing of it. */
  const failures = new Map<string, number>();

  return {
    want,
    get isFailing() {
      return failures.size > 0;
    },
    clear() {
      errands.clear();
      failures.clear();
    },
  };

  function want(name: string, question: Question, options: ErrandOptions = {}): boolean {
    return errands.want(name, (signal) => ask(name, question, options, signal), options);
  }

  async function ask(
    name: string,
    question: Question,
    { urgency }: ErrandOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const from = parts.source();
    if (from === null) return;
    try {
      await question(from, signal);
      if (signal.aborted) return;
      if (failures.delete(name) && failures.size === 0) parts.onAnswer();
      if (!errands.isWaiting(name)) parts.onDone(name);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Unauthenticated || error instanceof Forbidden) {
        parts.onRefused(error);
        return;
      }
      if (!(error instanceof CallControlFailure)) parts.log.error({ err: error }, 'The account met a defect');
      const failed = failures.get(name) ?? 0;
      const pause = RETRY[Math.min(failed, RETRY.length - 1)] ?? 0;
      const penalty = error instanceof RateLimited ? error.retryAt - Date.now() : 0;
      const wait = Math.max(penalty, pause * (0.5 + Math.random() / 2));
      if (want(name, question, { urgency, after: wait })) failures.set(name, failed + 1);
      else failures.delete(name);
      parts.onTrouble(Date.now() + wait);
    }
  }
}
