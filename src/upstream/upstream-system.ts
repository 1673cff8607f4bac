/** What tells one phone system from another, as far as sending requests to it is concerned. */
import type { CallControlFailure, UpstreamTrace } from '../../schema/failures.ts';
import type { RawAnswer } from './failures.ts';
import type { Operation } from './operation.ts';
import type { RateNotice } from './rate-window.ts';

export interface UpstreamSystem {
  /** As a person calls it. */
  readonly name: string;
  /** What its ids look like, for whoever gave something else. */
  readonly sampleIds: string;
  /** Whether its JSON has whole numbers of 64 bits, which are read as text then, so that none of their digits is lost. */
  readonly hasLongNumbers: boolean;
  /** What an answer outside of 200 to 299 means to whoever asked. */
  failureOf(answer: RawAnswer, operation: Operation): CallControlFailure;
  /** What an answer says for support. */
  traceOf(answer: RawAnswer): UpstreamTrace;
  /** What an answer says about the rate budget of its operation. */
  noticeOf(operation: Operation, answer: RawAnswer): RateNotice;
  /** Whether a read that was answered so may go better a moment later. */
  isPassing(status: number): boolean;
  /** Whether the app of the token is to blame, where a token of another app may do. */
  lacksScope(failure: CallControlFailure): boolean;
}
