/**
 * Tokens: whom a request to RingCentral is made for, and with what proof.
 *
 * Either the gateway signs in for all its callers, which is here, or callers bring tokens of their own, several of which
 * may belong to one user: `token-pool.ts`.
 *
 * ```text
 *                      ┌─────────────── due, or refused by RingCentral ───────────────┐
 *                      ▼                                                              │
 *   signed-out ──► signing-in ──► (of the others, refresh, else JWT) ── token ─────► signed-in
 *        ▲             │
 *        │             ├── 400, 401, 403 ─────► refused ─────┐  quiet until retryAt,
 *        │             └── 429, 5xx, network ─► unreachable ─┤  then it tries again
 *        └── stop()    ▲                                     │
 *                      └─────────────────────────────────────┘
 * ```
 */
import { type CallControlFailure, UpstreamUnavailable } from '../../schema/failures.ts';
import { setAlarm } from '../alarm.ts';
import type { Commons } from '../commons/commons.ts';
import { createInProcessCommons } from '../commons/in-process.ts';
import { orAborted } from '../or-aborted.ts';
import type { Log } from '../telemetry/log.ts';
import { digest } from '../tokens.ts';
import type { Caller } from '../upstream/caller.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { type ServiceToken, toServiceToken } from './service-token.ts';
import { isRefusal, type Setback } from './session-record.ts';
import { createSharedSession } from './shared-session.ts';

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
  /** The gateways that share the session; none: this one has it for itself. */
  readonly commons?: Commons | undefined;
  /** What else tells two sessions apart: another RingCentral. */
  readonly scope?: string | undefined;
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
   * Signs out, if no other gateway uses the session. RingCentral keeps about five sessions per user and app and drops
   * others beyond that, so the last one gives it back; when that fails it ends by itself.
   */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A token refused sooner than this after it was given, and before it is due, would only go round. */
const TOO_YOUNG = 10_000; // 10 seconds

/** 401 codes that a fresh token mends: expired, corrupted, unreadable, unknown. Other codes mean "no". */
const MENDED_BY_REFRESH: ReadonlySet<string | undefined> = new Set([
  'OAU-128',
  'OAU-129',
  'OAU-149',
  'OAU-213',
  undefined,
]);

/** A sign-in that failed, here or at another gateway. */
interface Failed extends Setback {
  readonly failure: CallControlFailure;
  /** Epoch milliseconds. */
  readonly retryAt: number;
}

/**
 * Signs in with a JWT when a token is first asked for, and keeps the token fresh. Ask for one at the start,
 * so that wrong credentials are known before the first caller comes.
 */
export function createServiceSignIn(parts: ServiceSignInParts): ServiceSignIn {
  const { sendForm, clientId, clientSecret, jwt, log, clock = () => performance.now() } = parts;
  const { commons = createInProcessCommons({ clock }), scope = '' } = parts;
  const bucket = `service:${digest(clientId)}:${digest(jwt)}`;
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

  let token: ServiceToken | null = null;
  let setback: Failed | null = null;
  let signingIn: Promise<ServiceToken> | null = null;
  let nextTry: NodeJS.Timeout | undefined;
  /** The refresh token that was refused: it is not shown again. */
  let usedUp: string | null = null;
  let stopped = false;
  const session = createSharedSession({
    commons,
    clock,
    owner: JSON.stringify([scope, bucket]),
    secret: clientSecret,
    grant,
    giveBack: (one) => send(OPERATIONS.revokeToken, { token: one.accessToken }).then(ignore),
    held: usable,
    hear(next) {
      // One that this gateway found dead does not come back to life.
      if (next.id !== token?.id) adopt(next);
    },
  });

  return {
    bucket,

    async accessToken(signal) {
      const { accessToken } = await orAborted(freshToken(), signal);
      return accessToken;
    },

    renew: (signal) => orAborted(freshToken(), signal),

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

  function usable(): ServiceToken | null {
    return token !== null && clock() < token.expiresAt ? token : null;
  }

  /** A token with life left in it; one sign-in serves everybody who waits. */
  async function freshToken(): Promise<ServiceToken> {
    if (stopped) throw new UpstreamUnavailable('The gateway is stopping; nothing was sent.', false);
    const now = clock();
    if (token !== null && now < token.renewAt) return token;
    if (setback !== null && now < setback.until) return usable() ?? fail(notSignedIn(setback));
    signingIn ??= signIn().finally(() => {
      signingIn = null;
    });
    return signingIn;
  }

  async function signIn(): Promise<ServiceToken> {
    const obtained = await session.obtain(token, setback);
    if (obtained.kind === 'token') return adopt(obtained.token);
    const before = setback;
    const retryAt = Date.now() + obtained.setback.until - clock();
    setback = { ...obtained.setback, failure: obtained.failure, retryAt };
    // Once per kind of trouble, not once per try.
    if (before?.status !== setback.status) {
      const { message: problem, trace } = setback.failure;
      log.error({ problem, trace }, explain(setback.status));
    }
    // By itself, because a gateway that reports itself not ready gets no requests that would try.
    clearTimeout(nextTry);
    nextTry = setAlarm(() => void freshToken().catch(ignore), setback.until - clock()).unref();
    // A renewal that failed in passing costs nothing as long as the old token lives.
    return usable() ?? fail(notSignedIn(setback));
  }

  function adopt(next: ServiceToken): ServiceToken {
    token = next;
    if (setback !== null) log.info('Signed in to RingCentral again.');
    setback = null;
    clearTimeout(nextTry);
    return token;
  }

  /** Refreshes where that is possible; a refresh token that is refused is replaced by a new sign-in. */
  async function grant(refreshToken: string | null): Promise<ServiceToken> {
    if (refreshToken !== null && refreshToken !== usedUp) {
      try {
        return await ask({ grant_type: 'refresh_token', refresh_token: refreshToken });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        usedUp = refreshToken;
      }
    }
    return ask({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
  }

  async function ask(form: Readonly<Record<string, string>>): Promise<ServiceToken> {
    return toServiceToken(await send(OPERATIONS.getToken, form), clock());
  }

  function send(operation: Operation, form: Readonly<Record<string, string>>): Promise<unknown> {
    return sendForm({ bucket, operation, authorization, form });
  }

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    await signingIn?.catch(ignore);
    clearTimeout(nextTry);
    const last = token;
    token = null;
    await session.end(last).catch(ignore);
  }
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

function notSignedIn({ status, failure }: Failed): UpstreamUnavailable {
  const why = status === 'refused' ? 'RingCentral refuses its credentials' : 'RingCentral cannot be reached';
  return new UpstreamUnavailable(`The gateway is not signed in: ${why}.`, false, failure.trace, {
    cause: failure,
  });
}

function fail(error: Error): never {
  throw error;
}

function ignore(): void {}
