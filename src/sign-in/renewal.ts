/**
 * When the tokens of an account are renewed by one gateway, and what comes of it: whether it may ask stands in `account.ts`,
 * what is asked in `authorization-server.ts`.
 *
 * ```text
 *   resting ── due, or not taken any more ──► claiming ── another gateway asks ──► waiting for what it writes down
 *      ▲                                         │
 *      │                                      asking ──► answered ──────────────────────► written down, resting
 *      │                                         ├─────► refused, or cannot be renewed ─► nobody is signed in any more
 *      └── after a pause, the same again ◄───────┴─────► lost
 * ```
 */
import { setAlarm } from '../alarm.ts';
import { Apart, type Stop } from '../commons/commons.ts';
import { mayHaveChanged } from '../commons/waiting.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Account, claim, type Grant, lost, refused, renewed, type SessionTimes } from './account.ts';
import type { AuthorizationServer, Setback, Tokens } from './authorization-server.ts';
import type { AccountStep } from './store.ts';

export interface RenewalParts {
  readonly server: Pick<AuthorizationServer, 'refresh'>;
  readonly times: SessionTimes;
  /** Names this gateway among the others. */
  readonly self: string;
  readonly metrics: Pick<Metrics, 'sessionRenewals'>;
  readonly log: Log;
}

/** The account whose tokens they are, as its keeper has it. */
export interface Kept {
  account(): Account;
  /** By the clock of the store. */
  now(): number;
  /** @throws {Apart} */
  change<Result>(step: (account: Account | null, now: number) => AccountStep<Result>): Promise<Result>;
  /** It was found to be so. */
  take(account: Account | null): void;
  /** Looks at it again. */
  look(): Promise<void>;
  follow(hear: () => void): Stop;
  /** Newer tokens are on their way. */
  begun(): void;
  /** Tokens that cannot be renewed end then. */
  expiring(grant: Grant): void;
  readonly ended: AbortSignal;
}

export interface Renewal {
  /** Newer tokens are on their way; null: they are not. It never rejects. */
  coming(): Promise<unknown> | null;
  /** Newer tokens, from whichever gateway asks for them; resolves when it is known whether there are any. */
  renew(): Promise<unknown>;
  /** Looks when they are due; to be called when they may have changed. `isNew`: they have. */
  set(isNew: boolean): void;
  stop(): void;
}

/** Waits between tries, in milliseconds: the answer may be lost, and then the same tokens are given again. */
const WAITS = [500, 1_000, 2_000, 5_000, 10_000] as const;

/** Makes it; it sleeps until it is set. */
export function createRenewal(kept: Kept, parts: RenewalParts): Renewal {
  const { server, times, self, metrics, log } = parts;
  let coming: Promise<unknown> | null = null;
  let failures = 0;
  /** After a failure. */
  let retryAt = 0;
  let alarm: NodeJS.Timeout | undefined;
  let isToldOf: Grant | null = null;

  return {
    coming: () => coming,
    renew,
    set(isNew) {
      if (isNew && isFresh()) failures = 0;
      set();
    },
    stop: () => clearTimeout(alarm),
  };

  function set(): void {
    clearTimeout(alarm);
    if (kept.ended.aborted || coming !== null) return;
    const { grant } = kept.account();
    if (grant.refreshToken === null) {
      const notice = isToldOf === grant ? 0 : times.notice;
      alarm = setAlarm(() => endOf(grant), grant.expiresAt - notice - kept.now()).unref();
      return;
    }
    const left = () => (failures > 0 ? retryAt : kept.account().grant.renewAt) - kept.now();
    alarm = setAlarm(() => {
      if (left() <= 1) void renew();
      else set();
    }, left()).unref();
  }

  /** It need not be renewed at once. */
  function isFresh(): boolean {
    return kept.account().grant.renewAt > kept.now();
  }

  /** Of tokens that cannot be renewed. */
  function endOf(grant: Grant): void {
    if (isToldOf !== grant && grant.expiresAt - times.notice <= kept.now()) {
      isToldOf = grant;
      kept.expiring(grant);
    }
    if (grant.expiresAt > kept.now()) set();
    else kept.take(kept.account());
  }

  function renew(): Promise<unknown> {
    if (coming !== null) return coming;
    clearTimeout(alarm);
    coming = renewOnce()
      .catch((error: unknown) => {
        log.error({ err: error }, 'Tokens could not be renewed');
        fail(0);
      })
      .then(() => {
        coming = null;
        set();
      });
    kept.begun();
    return coming;
  }

  async function renewOnce(): Promise<void> {
    const { grant, user } = kept.account();
    const claimed = await claimNow(grant);
    if (claimed.kind === 'known') return kept.take(claimed.account);
    if (claimed.kind === 'underway') return waitForOther(grant, claimed.left);
    const answer = await server.refresh(claimed.refreshToken, user.viewerId);
    metrics.sessionRenewals.inc({ result: 'kind' in answer ? answer.kind : 'renewed' });
    await settle(answer, grant);
    // Such tokens are no better than none: they are not asked for without end.
    if (!('kind' in answer) && !isFresh()) fail(0);
  }

  /** Apart from the others it asks by itself: RingCentral gives each who asks the same tokens. */
  async function claimNow({ version, refreshToken }: Grant): Promise<Claimed> {
    try {
      return await kept.change<Claimed>((account, now) => {
        if (account === null) return { result: { kind: 'known', account } };
        const claiming = claim(account, { by: self, version }, times, now);
        switch (claiming.kind) {
          case 'claimed':
            return {
              account: claiming.account,
              result: { kind: 'claimed', refreshToken: account.grant.refreshToken ?? '' },
            };
          case 'underway':
            return { result: claiming };
          case 'renewed':
            return { result: { kind: 'known', account } };
          case 'impossible': {
            // Nobody asks for newer ones as long as RingCentral takes these.
            const next = refused(account, version);
            return { account: next, result: { kind: 'known', account: next } };
          }
        }
      });
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      if (refreshToken === null) return { kind: 'known', account: null };
      return { kind: 'claimed', refreshToken };
    }
  }

  async function settle(answer: Tokens | Setback, { version }: Grant): Promise<void> {
    const step = (account: Account | null, now: number): Account | null => {
      if (account === null) return null;
      if (!('kind' in answer)) return renewed(account, version, answer, now);
      return answer.kind === 'refused' ? refused(account, version) : lost(account, self);
    };
    if ('kind' in answer && answer.kind === 'lost') fail(answer.retryAfter);
    try {
      const next = await kept.change((account, now) => {
        const stepped = step(account, now);
        return { account: stepped, result: stepped };
      });
      kept.take(next);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      kept.take(step(kept.account(), kept.now()));
    }
  }

  /** Until that gateway has written down what it got, or has had its time. */
  async function waitForOther({ version }: Grant, left: number): Promise<void> {
    const until = Date.now() + left;
    const isSame = () => !kept.ended.aborted && kept.account().grant.version === version;
    while (Date.now() < until && isSame()) {
      await mayHaveChanged(kept.follow, Math.min(until - Date.now(), LOOK_AGAIN));
      await kept.look();
      if (kept.account().renewing === null) break;
    }
    if (isSame()) fail(0);
  }

  function fail(retryAfter: number): void {
    failures += 1;
    retryAt = kept.now() + Math.max(waitAfter(failures), retryAfter);
  }
}

/** What was told may not have been heard. */
const LOOK_AGAIN = 1_000; // 1 second

type Claimed =
  | { readonly kind: 'claimed'; readonly refreshToken: string }
  | { readonly kind: 'underway'; readonly left: number }
  | { readonly kind: 'known'; readonly account: Account | null };

function waitAfter(failures: number): number {
  return WAITS[Math.min(failures, WAITS.length) - 1] ?? 0;
}
