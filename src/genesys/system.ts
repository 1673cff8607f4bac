/** Genesys Cloud, as far as sending requests to it is concerned. */
import { headerOf } from '../answer-headers.ts';
import type { RawAnswer } from '../upstream/failures.ts';
import type { RateNotice, RateRule } from '../upstream/rate-window.ts';
import type { UpstreamSystem } from '../upstream/upstream-system.ts';
import { failureOfAnswer, penaltyOf, traceOf } from './failures.ts';
import type { RateGroup } from './operations.ts';

const NAME = 'Genesys Cloud';

/**
 * Its rule: 300 requests a minute of a user by an app. One too many is answered 429 with the time after which it makes
 * sense again: seconds as a rule, which a request waits for inside its own time, and hours for a daily limit.
 */
export const RATE_RULE: RateRule & { readonly limits: Readonly<Record<RateGroup, number>> } = {
  system: NAME,
  limits: { Platform: 300 },
  longestWait: 180_000, // 180 seconds, as its SDKs have it
};

/** Failures that pass, by its SDKs; a 500 does not. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Its manner. */
export const GENESYS: UpstreamSystem = {
  name: NAME,
  sampleIds: '6d43c5a9-2f1e-4c34-9c0e-0d3a0a1f4b77',
  hasLongNumbers: true,
  failureOf: failureOfAnswer,
  traceOf,
  noticeOf: (_operation, answer) => noticeOf(answer),
  isPassing: (status) => PASSING.has(status),
  lacksScope: () => false,
};

/** `inin-ratelimit-count` of `-allowed`; both may be missing, which says nothing. */
function noticeOf(answer: RawAnswer): RateNotice {
  const count = numberIn(answer, 'inin-ratelimit-count');
  const allowed = numberIn(answer, 'inin-ratelimit-allowed');
  return {
    // A limit that is not mentioned is there all the same.
    ok: false,
    limit: allowed === 0 ? undefined : allowed,
    remaining: count === undefined || !allowed ? undefined : Math.max(0, allowed - count),
    penalty: answer.status === 429 ? penaltyOf(answer) : undefined,
  };
}

function numberIn(answer: RawAnswer, name: string): number | undefined {
  const text = headerOf(answer, name)?.trim();
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
