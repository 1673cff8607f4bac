/**
 * Tokens: whom a request to RingCentral is made for, and with what proof.
 *
 * Either the gateway signs in for all its callers, which is here, or callers bring tokens of their own, several of which
 * may belong to one user: `token-pool.ts`.
 *
 * ```text
 *                      ┌─────────────── due, or refused by RingCentral ───────────────┐
 *                      ▼                                                              │
 *   signed-out ──► signing-in ──► (refresh, else JWT) ── token ──────────────────► signed-in
 *        ▲             │
 *        │             ├── 400, 401, 403 ─────► refused ─────┐  quiet until retryAt,
 *        │             └── 429, 5xx, network ─► unreachable ─┤  then it tries again
 *        └── stop()    ▲                                     │
 *                      └─────────────────────────────────────┘
 * ```
 */
import { createHash } from 'node:crypto';
import {
  CallControlFailure,
  RateLimited,
  Unauthenticated,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import { setAlarm } from '../alarm.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from './caller.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import type { WireToken } from './wire.ts';

/** Sends one form to RingCentral's OAuth endpoints and answers its JSON. */
export type SendForm = (request: {
  /** Whose rate budget it counts against. */
  readonly bucket: string;
  readonly operation: Operation;
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}) => Promise<unknown>;

export interface ServiceSignInParts {
  readonly sendForm: SendForm;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly jwt: string;
  readonly log: Log;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
}

/** Where a sign-in stands, for `/readyz` and the log; it holds no secret. */
export interface SignInState {
  readonly status: 'signed-out' | 'signing-in' | 'signed-in' | 'refused' | 'unreachable';
  /** What went wrong, in words that may be shown to an operator. */
  readonly problem: string | null;
  /** Epoch milliseconds of the next allowed try, when the last one failed. */
  readonly retryAt: number | null;
}

/** The gateway's own RingCentral user. */
export interface ServiceSignIn extends Caller {
  state(): SignInState;
  /**
   * Signs out. RingCentral keeps about five sessions per user and app and drops others beyond that, so
   * ours is given back; when that fails it ends by itself.
   */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A token is renewed when this share of its life is over, or a minute before its end. */
const RENEWAL_SHARE = 0.8;
const RENEWAL_MARGIN = 60_000; // 1 minute

/** A token that is said to live longer is renewed as if it lived so long; RingCentral's live for an hour. */
const LONGEST_LIFE = 86_400_000; // 1 day

/** A token refused sooner than this after it was given, and before it is due, would only go round. */
const TOO_YOUNG = 10_000; // 10 seconds

/** Waits after a failed sign-in, doubled each time. Auth allows five requests a minute. */
const REFUSED_WAIT = { first: 60_000, most: 900_000 }; // 1 minute to 15 minutes
const UNREACHABLE_WAIT = { first: 2_000, most: 60_000 }; // 2 seconds to 1 minute

/** 401 codes that a fresh token mends: expired, corrupted, unreadable, unknown. Other codes mean "no". */
const MENDED_BY_REFRESH: ReadonlySet<string | undefined> = new Set([
  'OAU-128',
  'OAU-129',
  'OAU-149',
  'OAU-213',
  undefined,
]);

interface Token {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly obtainedAt: number;
  readonly renewAt: number;
  readonly expiresAt: number;
}

interface Setback {
  readonly status: 'refused' | 'unreachable';
  readonly failure: CallControlFailure;
  readonly times: number;
  /** By the clock, and in epoch milliseconds. */
  readonly until: number;
  readonly retryAt: number;
}

/**
 * Signs in with a JWT when a token is first asked for, and keeps the token fresh. Ask for one at the start,
 * so that wrong credentials are known before the first caller comes.
 */
export function createServiceSignIn(parts: ServiceSignInParts): ServiceSignIn {
  const { sendForm, clientId, clientSecret, jwt, log, clock = () => performance.now() } = parts;
  const bucket = `service:${digest(clientId)}:${digest(jwt)}`;
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

  let token: Token | null = null;
  let setback: Setback | null = null;
  let signingIn: Promise<Token> | null = null;
  let nextTry: NodeJS.Timeout | undefined;
  let stopped = false;

  return {
    bucket,

    async accessToken(signal) {
      const { accessToken } = await raceWith(signal, freshToken());
      return accessToken;
    },

    renew: (signal) => raceWith(signal, freshToken()),

    async refused(refusedToken, errorCode) {
      if (token !== null && token.accessToken !== refusedToken) return true; // somebody was faster
      if (!MENDED_BY_REFRESH.has(errorCode)) throw shutOut(errorCode);
      if (token !== null) {
        if (clock() < Math.min(token.obtainedAt + TOO_YOUNG, token.renewAt)) throw shutOut(errorCode);
        token = { ...token, renewAt: 0, expiresAt: 0 };
      }
      await freshToken();
      return true;
    },

    state() {
      const problem = setback?.failure.message ?? null;
      const retryAt = setback?.retryAt ?? null;
      return { status: statusNow(), problem, retryAt };
    },

    stop,
    [Symbol.asyncDispose]: stop,
  };

  function statusNow(): SignInState['status'] {
    if (stopped) return 'signed-out';
    if (usable() !== null) return 'signed-in';
    if (setback !== null) return setback.status;
    return signingIn === null ? 'signed-out' : 'signing-in';
  }

  function usable(): Token | null {
    return token !== null && clock() < token.expiresAt ? token : null;
  }

  /** A token with life left in it; one sign-in serves everybody who waits. */
  async function freshToken(): Promise<Token> {
    if (stopped) throw new UpstreamUnavailable('The gateway is stopping; nothing was sent.', false);
    const now = clock();
    if (token !== null && now < token.renewAt) return token;
    if (setback !== null && now < setback.until) return usable() ?? fail(notSignedIn(setback));
    signingIn ??= signIn().finally(() => {
      signingIn = null;
    });
    return signingIn;
  }

  async function signIn(): Promise<Token> {
    try {
      token = toToken(await grant(), clock());
      if (setback !== null) log.info('Signed in to RingCentral again.');
      setback = null;
      return token;
    } catch (error) {
      if (!(error instanceof CallControlFailure)) throw error;
      setback = nextSetback(setback, error, clock());
      // Once per kind of trouble, not once per try.
      if (setback.times === 1) {
        log.error({ problem: error.message, trace: error.trace }, explain(setback.status));
      }
      // By itself, because a gateway that reports itself not ready gets no requests that would try.
      clearTimeout(nextTry);
      nextTry = setAlarm(() => void freshToken().catch(ignore), setback.until - clock()).unref();
      // A renewal that failed in passing costs nothing as long as the old token lives.
      return usable() ?? fail(notSignedIn(setback));
    }
  }

  /** Refreshes where that is possible; a refresh token that is refused is replaced by a new sign-in. */
  async function grant(): Promise<unknown> {
    const refreshToken = token?.refreshToken ?? null;
    if (refreshToken !== null) {
      try {
        return await ask({ grant_type: 'refresh_token', refresh_token: refreshToken });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        token = null;
      }
    }
    return ask({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
  }

  function ask(form: Readonly<Record<string, string>>): Promise<unknown> {
    return sendForm({ bucket, operation: OPERATIONS.getToken, authorization, form });
  }

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    await signingIn?.catch(ignore);
    clearTimeout(nextTry);
    if (token === null) return;
    const form = { token: token.accessToken };
    token = null;
    await sendForm({ bucket, operation: OPERATIONS.revokeToken, authorization, form }).catch(ignore);
  }
}

function toToken(body: unknown, now: number): Token {
  const wire = (typeof body === 'object' && body !== null ? body : {}) as WireToken;
  if (typeof wire.access_token !== 'string' || typeof wire.expires_in !== 'number') {
    throw new UpstreamBadResponse("RingCentral's answer does not have the shape of a token.");
  }
  const life = Math.min(Math.max(0, wire.expires_in * 1_000), LONGEST_LIFE);
  return {
    accessToken: wire.access_token,
    refreshToken: typeof wire.refresh_token === 'string' ? wire.refresh_token : null,
    obtainedAt: now,
    renewAt: now + Math.max(life * RENEWAL_SHARE, life - RENEWAL_MARGIN),
    expiresAt: now + life,
  };
}

function nextSetback(before: Setback | null, failure: CallControlFailure, now: number): Setback {
  const status = isRefusal(failure) ? 'refused' : 'unreachable';
  const times = before?.status === status ? before.times + 1 : 1;
  const { first, most } = status === 'refused' ? REFUSED_WAIT : UNREACHABLE_WAIT;
  const doubled = Math.min(most, first * 2 ** (times - 1));
  const wait = failure instanceof RateLimited ? Math.max(doubled, failure.retryAfter * 1_000) : doubled;
  return { status, failure, times, until: now + wait, retryAt: Date.now() + wait };
}

/** RingCentral looked at the credentials and said no; anything else may pass by itself. */
function isRefusal(error: unknown): boolean {
  const { status } = error instanceof CallControlFailure ? error.trace : {};
  return status === 400 || status === 401 || status === 403;
}

function explain(status: Setback['status']): string {
  return status === 'refused'
    ? 'RingCentral refuses to sign the gateway in. Check RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET and RINGCENTRAL_JWT, and that the app has the JWT grant.'
    : 'The gateway cannot sign in to RingCentral now; it tries again by itself.';
}

/** Not `Unauthenticated`, as below: a caller with a good key can do nothing about it. */
function shutOut(errorCode: string | undefined): UpstreamUnavailable {
  return new UpstreamUnavailable('RingCentral refuses the token of the gateway; nothing was done.', false, {
    errorCode,
  });
}

function notSignedIn({ status, failure }: Setback): UpstreamUnavailable {
  const why = status === 'refused' ? 'RingCentral refuses its credentials' : 'RingCentral cannot be reached';
  return new UpstreamUnavailable(`The gateway is not signed in: ${why}.`, false, failure.trace, {
    cause: failure,
  });
}

/** Waits for what others wait for too; leaving does not end it. */
export function raceWith<Value>(signal: AbortSignal | undefined, work: Promise<Value>): Promise<Value> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** A bearer token as RFC 6750 spells it, and no longer than any real one. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
const LONGEST_TOKEN = 4_096; // characters

/**
 * The token of an `Authorization` header.
 * @throws {Unauthenticated} naming what is allowed; the header itself is not repeated.
 */
export function readBearer(header: string | null | undefined): string {
  const token = BEARER.exec(header?.trim() ?? '')?.[1];
  if (token !== undefined && token.length <= LONGEST_TOKEN) return token;
  const read = header ? 'something else' : 'nothing';
  throw new Unauthenticated(`Authorization: read ${read}, allowed is "Bearer <token>".`);
}

/** Stands for a token or key where it is compared, kept or logged: the token cannot be got back from it. */
export function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function fail(error: Error): never {
  throw error;
}

function ignore(): void {}
