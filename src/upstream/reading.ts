/** What is read of a phone system, and how. */
import type { Lane } from './caller.ts';
import type { UpstreamAnswer } from './hearing.ts';

/** How a read is made. */
export interface ReadOptions {
  readonly lane: Lane;
  readonly signal?: AbortSignal | undefined;
  /** The id of whatever this is for, for the log. */
  readonly requestId?: string | undefined;
  /** Of a poll: since when its call goes unwatched, by `performance.now()`. The longest goes first. */
  readonly unwatchedSince?: number | undefined;
  /** Called as the request leaves: until then it may have waited for the rate budget. */
  readonly onSent?: (() => void) | undefined;
}

/** When something was asked and answered, in epoch milliseconds of this machine's clock. */
export interface AnswerTimes {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The system's own clock as it answered (whole seconds), or null. */
  readonly upstreamDate: number | null;
}

export interface Reading<Value> extends AnswerTimes {
  readonly value: Value;
}

/** What an answer comes to; `observedAt` is when it was received. */
export function reading<Value>(
  { body, sentAt, receivedAt, upstreamDate }: UpstreamAnswer,
  read: (body: unknown, observedAt: number) => Value,
): Reading<Value> {
  return { value: read(body, receivedAt), sentAt, receivedAt, upstreamDate };
}

/** True for the answer to a read of something that is not there (any more), where that is no failure. */
export function isMissing({ status }: UpstreamAnswer): boolean {
  return status >= 400;
}
