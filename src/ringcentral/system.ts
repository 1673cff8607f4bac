/** RingCentral, as far as sending requests to it is concerned. */
import { Forbidden } from '../../schema/failures.ts';
import { headerOf } from '../answer-headers.ts';
import type { RawAnswer } from '../upstream/failures.ts';
import type { Operation } from '../upstream/operation.ts';
import type { RateNotice } from '../upstream/rate-window.ts';
import type { UpstreamSystem } from '../upstream/upstream-system.ts';
import { failureOfAnswer, penaltyOf, traceOf } from './failures.ts';

/** The app that this token belongs to lacks a scope; the user may have a token of another app. */
const SCOPE_IS_MISSING = 'CMN-401';

/** Its manner. */
export const RINGCENTRAL: UpstreamSystem = {
  name: 'RingCentral',
  sampleIds: 's-a0d17f… or p-a0d17f…-1',
  hasLongNumbers: false,
  failureOf: failureOfAnswer,
  traceOf,
  noticeOf,
  isPassing: (status) => status >= 500 && status !== 501,
  lacksScope: (failure) => failure instanceof Forbidden && failure.trace.errorCode === SCOPE_IS_MISSING,
};

/** What an answer says about the rate budget of its operation. */
export function noticeOf(operation: Pick<Operation, 'group'>, answer: RawAnswer): RateNotice {
  const named = headerOf(answer, 'x-rate-limit-group');
  const isOurs = named === undefined || named.toLowerCase() === operation.group.toLowerCase();
  const number = (name: string) => (isOurs ? wholeNumber(headerOf(answer, name)) : undefined);
  const seconds = number('x-rate-limit-window');
  return {
    ok: answer.status >= 200 && answer.status < 300,
    limit: number('x-rate-limit-limit'),
    remaining: number('x-rate-limit-remaining'),
    window: seconds === undefined || seconds === 0 ? undefined : seconds * 1_000,
    penalty: answer.status === 429 ? penaltyOf(answer) : undefined,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
