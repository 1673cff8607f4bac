/**
 * One connection to RingCentral for everybody: the only file that sends.
 *
 * ```text
 *   send ─► budget ─► token ─► exchange ─┬─► 2xx ───────────────► the answer
 *             ▲                          ├─► 401, fresh token ──► again          (it did nothing)
 *             │                          ├─► 5xx, reset, timeout► a query: again (after a pause)
 *             └──────────────────────────┴─► anything else ─────► a failure
 * ```
 *
 * Commands leave exactly once, whatever happens to them: only a 401 lets them leave again.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { got, TimeoutError } from 'got';
import {
  type CallControlFailure,
  CallNotFound,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { inUpstreamSpan } from '../telemetry/tracing.ts';
import type { SendForm } from './auth.ts';
import type { Budget } from './budget.ts';
import type { Caller, Lane } from './caller.ts';
import {
  AnswerTooLarge,
  failureOfAnswer,
  failureOfError,
  headerOf,
  penaltyOf,
  type RawAnswer,
  retryAfterOf,
  unreadable,
  upstreamDateOf,
} from './failures.ts';
import { checkBody, type Operation, pathOf } from './operations.ts';
import type { RateNotice } from './rate-window.ts';
import { FULL_PURSE, pay, retryDelay, type Trouble, take } from './retry.ts';

export interface UpstreamParts {
  /** Like `https://platform.ringcentral.com`, without a slash at its end. */
  readonly serverUrl: string;
  readonly budget: Budget;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds for a request from asking to answer. */
  readonly upstreamTimeout: number;
  /** Names us to RingCentral, like `ringcentral-graphql-gateway/0.1.0`. */
  readonly userAgent: string;
}

export interface UpstreamRequest {
  readonly operation: Operation;
  /** What fills the path of the operation. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly lane: Lane;
  /** Aborts a read. A command must not be given one: whether it was applied would stay unknown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the answer, where it is not the usual time. */
  readonly timeout?: number | undefined;
  /** A long poll: the time it takes says nothing about RingCentral. */
  readonly isHeld?: boolean | undefined;
  /** The id of whatever this request is for, for the log. */
  readonly requestId?: string | undefined;
  /** Answers a resource that RingCentral does not know as `body: null` instead of throwing. */
  readonly orNull?: boolean | undefined;
  /** Of a poll: since when its call goes unwatched, by `performance.now()`. The longest goes first. */
  readonly unwatchedSince?: number | undefined;
  /** Called as it leaves: until then it may have waited for the rate budget. */
  readonly onSent?: (() => void) | undefined;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Parsed JSON; null where the body was empty. */
  readonly body: unknown;
  /** RingCentral's own id of the request. */
  readonly upstreamRequestId: string | undefined;
  /** Epoch milliseconds by this machine's clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** RingCentral's clock as it answered, or null. */
  readonly upstreamDate: number | null;
}

/** RingCentral's REST API over HTTP. */
export interface Upstream {
  /** The usual time for an answer, in milliseconds. */
  readonly timeout: number;
  /**
   * Sends a request for a caller.
   * @throws the failures of `schema/failures.ts`, or the signal's reason when it aborts.
   */
  send(caller: Caller, request: UpstreamRequest): Promise<UpstreamAnswer>;
  /** Sends a form to the OAuth endpoints; once, with the client's own credentials. */
  readonly sendForm: SendForm;
  /** Closes the connections. */
  stop(): void;
  [Symbol.dispose](): void;
}

/** No answer of RingCentral comes near this; 300 parties are about 300 kB. */
const LARGEST_ANSWER = 8 * 1_048_576; // 8 MiB

/** An idle connection is closed before the other side does it under a request's feet. */
const IDLE_CONNECTION = 15_000; // 15 seconds

/** The share of its time that a request may wait for the budget; the rest is for its answer. */
const WAITING_SHARE = 0.5;

/** A read that hangs is given up after this share of its time, so that there is time for a second try. */
const FIRST_TRY_SHARE = 0.5;

/**
 * So many tokens are tried for one request: no more can be alive, because RingCentral lets a user have about
 * five sessions with an app.
 */
const MOST_TOKENS = 5;

/** Makes the connection. */
export function createUpstream(parts: UpstreamParts): Upstream {
  const { serverUrl, budget, metrics, log, upstreamTimeout, userAgent } = parts;
  const agentOptions = { keepAlive: true, timeout: IDLE_CONNECTION, scheduling: 'lifo' } as const;
  const agent = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const client = got.extend({
    agent,
    headers: { accept: 'application/json', 'user-agent': userAgent, 'x-user-agent': userAgent },
    // Retries are decided here, and a redirect would carry the token to another address.
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
  let purse = FULL_PURSE;

  return {
    timeout: upstreamTimeout,

    async send(caller, request) {
      const { operation, signal, timeout = upstreamTimeout } = request;
      const url = urlOf(request);
      checkBody(operation, request.body);
      const start = performance.now();
      const timeLeft = () => timeout - (performance.now() - start);
      // A poll comes again by itself, when its watch says so.
      const mayRetry = operation.method === 'GET' && request.lane !== 'poll';
      if (mayRetry) purse = pay(purse);

      let token = '';
      let refusals = 0;
      let retried: CallControlFailure | null = null;
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await dispatch({
          ...request,
          url,
          bucket: caller.bucket,
          authorization: async () => {
            token = await caller.accessToken(signal);
            return `Bearer ${token}`;
          },
          content: request.body && { type: 'application/json', text: JSON.stringify(request.body) },
          patience: timeLeft() * WAITING_SHARE,
          // A command that is cut off early is one in doubt, so it gets all the time from when it leaves.
          timeout: () => (mayRetry ? timeLeft() * (attempt === 1 ? FIRST_TRY_SHARE : 1) : timeout),
        }).catch((error: unknown) => {
          // Not the missing budget for a second try is to be told, but what went wrong with the first.
          throw retried !== null && error instanceof RateLimited ? retried : error;
        });
        const { failure } = outcome;
        if (failure === null) return outcome.answer;

        if (failure instanceof Unauthenticated) {
          refusals += 1;
          const isAnotherThere = await caller.refused(token, failure.trace.errorCode);
          if (isAnotherThere && refusals < MOST_TOKENS) continue;
        }
        if (request.orNull && failure instanceof CallNotFound) return outcome.answer;

        const delay =
          mayRetry && outcome.trouble !== null
            ? retryDelay(outcome.trouble, attempt, timeLeft(), Math.random())
            : null;
        const rest = delay === null ? null : take(purse);
        if (delay === null || rest === null) throw failure;
        purse = rest;
        retried = failure;
        metrics.upstreamRetries.inc({ operation: operation.id });
        await pause(delay, undefined, { signal }).catch(() => signal?.throwIfAborted());
      }
    },

    async sendForm({ bucket, operation, authorization, form }) {
      checkBody(operation, form);
      const { failure, answer } = await dispatch({
        operation,
        lane: 'command',
        url: urlOf({ operation }),
        bucket,
        authorization: async () => authorization,
        content: { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() },
        patience: upstreamTimeout * WAITING_SHARE,
        timeout: () => upstreamTimeout,
      });
      if (failure !== null) throw failure;
      return answer.body;
    },

    stop,
    [Symbol.dispose]: stop,
  };

  function stop(): void {
    agent.http.destroy();
    agent.https.destroy();
  }

  function urlOf({ operation, ids = {}, query = {} }: Pick<UpstreamRequest, 'operation' | 'ids' | 'query'>) {
    const search = new URLSearchParams(query).toString();
    return `${serverUrl}${pathOf(operation, ids)}${search === '' ? '' : `?${search}`}`;
  }

  /** Through the gate and out: one request, measured and logged. */
  async function dispatch(request: Dispatch): Promise<Outcome> {
    const { bucket, operation, lane, signal, patience, unwatchedSince } = request;
    for (;;) {
      const permit = await budget.enter({
        bucket,
        group: operation.group,
        lane,
        patience,
        unwatchedSince,
        signal,
        operation: request.requestId,
      });
      let authorization: string;
      try {
        authorization = await request.authorization();
      } catch (error) {
        permit.cancel();
        throw error;
      }
      // A 429 may have come in while the token was fetched: back to the gate then, which refuses or waits.
      if (!permit.depart()) continue;

      const sentAt = Date.now();
      request.onSent?.();
      const outcome = await inUpstreamSpan(operation.id, { lane }, async (span) => {
        const answered = await exchange(request, authorization).then(
          (raw) => heard(raw, sentAt),
          (error: unknown) => unheard(error, sentAt, signal?.aborted === true),
        );
        span.note({ status: answered.status });
        return answered;
      });
      if (outcome.failure instanceof UpstreamUnavailable && !outcome.failure.sent) permit.cancel();
      else permit.settle(outcome.raw && noticeOf(operation, outcome.raw));
      note(request, outcome);
      if (outcome.raw === null) signal?.throwIfAborted();
      return outcome;
    }
  }

  async function exchange(request: Dispatch, authorization: string): Promise<RawAnswer> {
    const { operation, content, signal } = request;
    const { method } = operation;
    const stream = client.stream(request.url, {
      method,
      headers: { authorization, ...(content && { 'content-type': content.type }) },
      timeout: { request: Math.max(1, request.timeout()) },
      // Without a body got would wait for one to be piped in.
      ...(method !== 'GET' && { body: content?.text ?? '' }),
      ...(signal && { signal }),
    });
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of stream) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > LARGEST_ANSWER) throw new AnswerTooLarge();
      }
      const { response } = stream;
      if (response === undefined) throw new TypeError('got ended a stream without an answer.');
      const { statusCode: status, headers } = response;
      return { status, headers, text: Buffer.concat(chunks).toString(), receivedAt: Date.now() };
    } finally {
      stream.destroy(); // lets go of the signal too
    }
  }

  function note(request: Dispatch, { raw, status, answer }: Outcome): void {
    const { operation, lane, requestId } = request;
    const { upstreamRequestId } = answer;
    const seconds = (answer.receivedAt - answer.sentAt) / 1_000;
    metrics.upstreamRequests.inc({ operation: operation.id, status, lane });
    if (!request.isHeld) metrics.upstreamSeconds.observe({ operation: operation.id }, seconds);
    const facts = { requestId, upstreamRequestId, operation: operation.id, status, lane, seconds };
    log.debug(facts, 'RingCentral answered.');
    if (raw !== null && isSuccess(raw.status) && !operation.success.includes(raw.status)) {
      log.warn(facts, 'RingCentral answered a success that it does not document.');
    }
  }
}

/** What is sent, with everything decided but the moment. */
interface Dispatch {
  readonly operation: Operation;
  readonly lane: Lane;
  readonly url: string;
  /** Whose rate budget it counts against. */
  readonly bucket: string;
  /** The header; asked for when there is room, because a token may age while waiting. */
  readonly authorization: () => Promise<string>;
  readonly content: { readonly type: string; readonly text: string } | undefined;
  /** Milliseconds that it may wait for the budget. */
  readonly patience: number;
  /** Milliseconds for the answer; asked for when it leaves. */
  readonly timeout: () => number;
  readonly isHeld?: boolean | undefined;
  readonly unwatchedSince?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly requestId?: string | undefined;
  readonly onSent?: (() => void) | undefined;
}

/** What became of one request. */
interface Outcome {
  /** Null when no whole answer came. */
  readonly raw: RawAnswer | null;
  /** Null for a success. */
  readonly failure: CallControlFailure | null;
  /** What to decide a retry by; null where asking again is of no use. */
  readonly trouble: Trouble | null;
  readonly answer: UpstreamAnswer;
  /** For the metrics: the HTTP status, or a word where there was none worth the name. */
  readonly status: string;
}

function heard(raw: RawAnswer, sentAt: number): Outcome {
  const parsed = isSuccess(raw.status) ? parseJson(raw.text) : { ok: true as const, value: null };
  const answer: UpstreamAnswer = {
    status: raw.status,
    body: parsed.ok ? parsed.value : null,
    upstreamRequestId: headerOf(raw, 'rcrequestid'),
    sentAt,
    receivedAt: raw.receivedAt,
    upstreamDate: upstreamDateOf(raw),
  };
  if (!parsed.ok) {
    return { raw, answer, failure: unreadable(raw, parsed.error), trouble: null, status: 'bad-response' };
  }
  const status = String(raw.status);
  if (isSuccess(raw.status)) return { raw, answer, failure: null, trouble: null, status };
  const trouble: Trouble = { kind: 'status', status: raw.status, retryAfter: retryAfterOf(raw) };
  return { raw, answer, failure: failureOfAnswer(raw), trouble, status };
}

function unheard(error: unknown, sentAt: number, wasAborted: boolean): Outcome {
  const failure = failureOfError(error);
  const receivedAt = Date.now();
  const answer = {
    status: 0,
    body: null,
    upstreamRequestId: undefined,
    sentAt,
    receivedAt,
    upstreamDate: null,
  };
  if (wasAborted) return { raw: null, answer, failure, trouble: null, status: 'aborted' };
  if (error instanceof AnswerTooLarge) {
    return { raw: null, answer, failure, trouble: null, status: 'bad-response' };
  }
  const kind = error instanceof TimeoutError ? 'timeout' : 'network';
  return { raw: null, answer, failure, trouble: { kind }, status: kind };
}

/** What an answer says about the rate budget of its operation. */
function noticeOf(operation: Operation, raw: RawAnswer): RateNotice {
  const named = headerOf(raw, 'x-rate-limit-group');
  const isOurs = named === undefined || named.toLowerCase() === operation.group.toLowerCase();
  const number = (name: string) => (isOurs ? wholeNumber(headerOf(raw, name)) : undefined);
  const seconds = number('x-rate-limit-window');
  return {
    ok: isSuccess(raw.status),
    limit: number('x-rate-limit-limit'),
    remaining: number('x-rate-limit-remaining'),
    window: seconds === undefined || seconds === 0 ? undefined : seconds * 1_000,
    penalty: raw.status === 429 ? penaltyOf(raw) : undefined,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; error: unknown } {
  if (text.trim() === '') return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error };
  }
}
