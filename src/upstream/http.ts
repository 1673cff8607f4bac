/**
 * One connection to a phone system for everybody: the only file that sends.
 *
 * ```text
 *   send ─► budget ─► token ─► exchange ─┬─► 2xx ───────────────► the answer
 *             ▲                          ├─► 401 ───────────────► again, where a token is worth it (it did nothing)
 *             │                          ├─► 5xx, reset, timeout► a query: again (after a pause)
 *             └──────────────────────────┴─► anything else ─────► a failure
 * ```
 *
 * Commands leave exactly once, whatever happens to them: only a 401 lets them leave again. How a request travels stands
 * in `transport.ts`, what came of it in `hearing.ts`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type CallControlFailure,
  CallNotFound,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import { orAborted } from '../or-aborted.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { inUpstreamSpan } from '../telemetry/tracing.ts';
import type { Budget } from './budget.ts';
import type { Caller, Lane } from './caller.ts';
import { type Content, checkBody, jsonContent, type PathIds, pathOf } from './checks.ts';
import type { RawAnswer } from './failures.ts';
import { heard, isSuccess, type Outcome, type UpstreamAnswer, unheard } from './hearing.ts';
import type { Operation } from './operation.ts';
import { createOutages, type OutageParts } from './outage.ts';
import { FULL_PURSE, pay, retryDelay, take } from './retry.ts';
import { createTransport } from './transport.ts';
import type { UpstreamSystem } from './upstream-system.ts';

export interface UpstreamParts {
  readonly system: UpstreamSystem;
  /** Like `https://platform.ringcentral.com`, without a slash at its end. */
  readonly serverUrl: string;
  readonly budget: Budget;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds for a request from asking to answer. */
  readonly upstreamTimeout: number;
  /** Names us, like `ringcentral-graphql-gateway/0.1.0`. */
  readonly userAgent: string;
  /** What tests turn. */
  readonly outages?: Pick<OutageParts, 'steady' | 'clock'> | undefined;
}

export interface UpstreamRequest {
  readonly operation: Operation;
  /** What fills the path of the operation. */
  readonly ids?: PathIds;
  /** A list is repeated: `id=1&id=2`. */
  readonly query?: Query;
  readonly body?: object | undefined;
  readonly lane: Lane;
  /** Aborts a read. A command must not be given one: whether it was applied would stay unknown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the answer, where it is not the usual time. */
  readonly timeout?: number | undefined;
  /** A long poll: the time it takes says nothing about the system. */
  readonly isHeld?: boolean | undefined;
  /** The id of whatever this request is for, for the log. */
  readonly requestId?: string | undefined;
  /** Answers a resource that the system does not know as `body: null` instead of throwing. */
  readonly orNull?: boolean | undefined;
  /** Answers a yes whose body cannot be read as `body: null` instead of throwing: that it was said is what counts. */
  readonly orBodiless?: boolean | undefined;
  /** Of a poll: since when its call goes unwatched, by `performance.now()`. The longest goes first. */
  readonly unwatchedSince?: number | undefined;
  /** Called as it leaves: until then it may have waited for the rate budget. */
  readonly onSent?: (() => void) | undefined;
}

/** The REST API of a phone system over HTTP. */
export interface Upstream {
  /** The usual time for an answer, in milliseconds. */
  readonly timeout: number;
  /** Like `https://platform.ringcentral.com`. */
  readonly serverUrl: string;
  /**
   * Sends a request for a caller.
   * @throws the failures of `schema/failures.ts`, or the signal's reason when it aborts.
   */
  send(caller: Caller, request: UpstreamRequest): Promise<UpstreamAnswer>;
  /** Sends a form to the OAuth endpoints; once, with the client's own credentials. */
  sendForm(request: FormRequest): Promise<unknown>;
  /**
   * The same, with the answer as it came, whatever it says.
   * @throws the failure where none came.
   */
  postForm(request: FormRequest): Promise<RawAnswer>;
  /** Closes the connections. */
  stop(): void;
  [Symbol.dispose](): void;
}

/** A form for one of the OAuth endpoints. */
export interface FormRequest {
  /** Whose rate budget it counts against. */
  readonly bucket: string;
  readonly operation: Operation;
  /** Null: the form says which app it is. */
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}

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
  const { system, serverUrl, budget, metrics, log, upstreamTimeout, userAgent } = parts;
  const transport = createTransport(userAgent);
  let purse = FULL_PURSE;
  const outages = createOutages({ system: system.name, log, ...parts.outages });
  /** Operations and statuses that were told of. */
  const undocumented = new Set<string>();

  return {
    timeout: upstreamTimeout,
    serverUrl,

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
      let askedAt = 0;
      const refused = new Set<string>();
      let retried: CallControlFailure | null = null;
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await dispatch({
          ...request,
          url,
          bucket: caller.bucket,
          share: caller.share,
          authorization: async () => {
            token = await caller.accessToken(signal, operation.permission);
            askedAt = performance.now();
            return `Bearer ${token}`;
          },
          content: jsonContent(operation, request.body),
          patience: timeLeft() * WAITING_SHARE,
          // A command that is cut off early is one in doubt, so it gets all the time from when it leaves.
          timeout: () => (mayRetry ? timeLeft() * (attempt === 1 ? FIRST_TRY_SHARE : 1) : timeout),
        }).catch((error: unknown) => {
          // Not the missing budget for a second try is to be told, but what went wrong with the first.
          throw retried !== null && error instanceof RateLimited ? retried : error;
        });
        const { failure } = outcome;
        if (failure === null || (request.orBodiless && outcome.accepted)) return outcome.answer;

        // A token that was refused twice for one request is not shown a third time.
        if (isAboutTheToken(system, failure) && !refused.has(token)) {
          refused.add(token);
          const mayPass = mayPassNow(caller, operation, { token, failure, askedAt });
          if ((await orAborted(mayPass, signal)) && refused.size < MOST_TOKENS) continue;
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

    async sendForm(request) {
      const { failure, answer } = await dispatchForm(request);
      if (failure !== null) throw failure;
      return answer.body;
    },

    async postForm(request) {
      const { failure, raw } = await dispatchForm(request);
      if (raw === null) throw failure ?? new TypeError('There is neither an answer nor a failure.');
      return raw;
    },

    stop,
    [Symbol.dispose]: stop,
  };

  function dispatchForm({ bucket, operation, authorization, form }: FormRequest): Promise<Outcome> {
    checkBody(operation, form);
    return dispatch({
      operation,
      lane: 'command',
      url: urlOf({ operation }),
      bucket,
      authorization: async () => authorization,
      content: { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() },
      patience: upstreamTimeout * WAITING_SHARE,
      timeout: () => upstreamTimeout,
    });
  }

  function stop(): void {
    outages.stop();
    transport.stop();
  }

  function urlOf({ operation, ids = {}, query = {} }: Pick<UpstreamRequest, 'operation' | 'ids' | 'query'>) {
    const search = searchOf(query);
    return `${serverUrl}${pathOf(operation, ids, system)}${search === '' ? '' : `?${search}`}`;
  }

  /** Through the gate and out: one request, measured and logged. */
  async function dispatch(request: Dispatch): Promise<Outcome> {
    const { bucket, share, operation, lane, signal, patience, unwatchedSince } = request;
    for (;;) {
      const permit = await budget.enter({
        bucket,
        share,
        group: operation.group,
        lane,
        patience,
        unwatchedSince,
        signal,
        operation: request.requestId,
      });
      let authorization: string | null;
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
        const departure = { ...departureOf(request), authorization };
        const answered = await transport.exchange(departure).then(
          (raw) => heard(system, operation, raw, sentAt),
          (error: unknown) => unheard(system, error, sentAt, signal?.aborted === true),
        );
        span.note({ status: answered.status });
        return answered;
      });
      if (outcome.failure instanceof UpstreamUnavailable && !outcome.failure.sent) permit.cancel();
      else permit.settle(outcome.raw && system.noticeOf(operation, outcome.raw));
      note(request, outcome);
      if (outcome.raw === null) signal?.throwIfAborted();
      return outcome;
    }
  }

  function departureOf({ operation, url, content, timeout, signal }: Dispatch) {
    const { method, accept } = operation;
    return { method, url, content, accept, timeout: timeout(), signal };
  }

  function note(request: Dispatch, { raw, status, answer, failure }: Outcome): void {
    const { operation, lane, requestId } = request;
    const isFailed = failure instanceof UpstreamUnavailable || status === 'bad-response';
    const { upstreamRequestId } = answer;
    const seconds = (answer.receivedAt - answer.sentAt) / 1_000;
    metrics.upstreamRequests.inc({ operation: operation.id, status, lane });
    if (!request.isHeld) metrics.upstreamSeconds.observe({ operation: operation.id }, seconds);
    const facts = { requestId, upstreamRequestId, operation: operation.id, status, lane, seconds };
    log.debug(facts, `${system.name} answered.`);
    // A poll that was held and cut tells of a proxy in between, as a rule.
    if (status !== 'aborted' && !(isFailed && request.isHeld)) {
      outages.note({ failed: isFailed, operation: operation.id, status });
    }
    const isDocumented = raw === null || !isSuccess(raw.status) || operation.success.includes(raw.status);
    // How a long poll ends is documented nowhere.
    if (!isDocumented && !request.isHeld) {
      const what = `${operation.id} ${status}`;
      if (undocumented.has(what)) return;
      undocumented.add(what);
      log.warn(facts, `${system.name} answered a success that it does not document.`);
    }
  }
}

/** What follows the path: a name with several values comes once for each. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

function searchOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs).toString();
}

function isAboutTheToken(system: UpstreamSystem, failure: CallControlFailure): boolean {
  return failure instanceof Unauthenticated || system.lacksScope(failure);
}

/** Whether the request is worth sending again, with the same token or another: nothing was done. */
async function mayPassNow(
  caller: Caller,
  { permission }: Operation,
  { token, failure, askedAt }: { token: string; failure: CallControlFailure; askedAt: number },
): Promise<boolean> {
  if (failure instanceof Unauthenticated) return caller.refused(token, failure.trace.errorCode, askedAt);
  return permission !== null && caller.lacks?.(token, permission) === true;
}

/** What is sent, with everything decided but the moment. */
interface Dispatch {
  readonly operation: Operation;
  readonly lane: Lane;
  readonly url: string;
  /** Whose rate budget it counts against. */
  readonly bucket: string;
  readonly share?: string | undefined;
  /** The header; asked for when there is room, because a token may age while waiting. */
  readonly authorization: () => Promise<string | null>;
  readonly content: Content | null;
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
