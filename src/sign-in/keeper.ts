/**
 * What one gateway does for an account whose sessions come to it: keeps a copy, has its tokens renewed ahead of their
 * end, and ends its sessions when they have ended. What is decided stands in `account.ts`.
 */
import { setAlarm } from '../alarm.ts';
import { Apart } from '../commons/commons.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  type Account,
  caughtUp,
  claim,
  endOf,
  livingIn,
  lost,
  refused,
  renewed,
  type Session,
  type SessionTimes,
  seen,
  withoutEnded,
} from './account.ts';
import type { AuthorizationServer, Setback, Tokens } from './authorization-server.ts';
import type { Store } from './store.ts';

export interface KeeperParts {
  readonly store: Store;
  readonly server: Pick<AuthorizationServer, 'refresh'>;
  readonly times: SessionTimes;
  /** Names this gateway among the others. */
  readonly self: string;
  readonly metrics: Pick<Metrics, 'sessions' | 'sessionRenewals'>;
  readonly log: Log;
  /** The tokens of this viewer are of another sign-in now: what belongs to the one before is about to end. */
  readonly onMove: (viewerId: string) => void;
}

/** A session that is kept here. */
export interface HeldSession {
  readonly publicId: string;
  readonly keeper: Keeper;
  /** Aborts when it has ended, wherever that was decided. */
  readonly ended: AbortSignal;
  /** Its browser asked for something. */
  used(): void;
  /** Its browser opened a stream; answers how to close it. */
  open(): () => void;
}

/** One account, kept. */
export interface Keeper {
  /** Names it in the commons. */
  readonly name: string;
  /** As it was last seen. */
  readonly account: Account;
  /** The newest token. */
  token(): string;
  /** Newer tokens are on their way; null: they are not. It never rejects. */
  coming(): Promise<unknown> | null;
  onChange(hear: () => void): void;
  /** RingCentral does not take this token (any more). Answers whether there is a newer one. */
  refused(token: string): Promise<boolean>;
  /** Aborts when nobody is signed in any more, or nobody comes here any more. */
  readonly ended: AbortSignal;
  /** One of its sessions; null where it has ended. */
  hold(publicId: string): HeldSession | null;
  /** Looks at the commons again. */
  look(): Promise<void>;
  /** One of its sessions has a stream open. */
  isInUse(): boolean;
  /** When a session ends unless it is used, in milliseconds from now. */
  leftOf(publicId: string): number;
  /** Ends what has ended and notes what is in use; to be called now and then. Answers whether anybody is still here. */
  sweep(): boolean;
  stop(): void;
}

/** Waits between tries to renew, in milliseconds: the answer may be lost, and then the same tokens are given again. */
const WAITS = [500, 1_000, 2_000, 5_000, 10_000] as const;

/** Uses are written down this many times in the life of an idle session. */
const NOTES = 50;

/** An account that nobody used for so long is let go of here. */
const LINGER = 600_000; // 10 minutes

/** Begins to keep an account. */
export function createKeeper(name: string, first: Account, storeNow: number, parts: KeeperParts): Keeper {
  const { store, server, times, self, metrics, log, onMove } = parts;
  const held = new Map<string, Held>();
  const listeners: (() => void)[] = [];
  const ending = new AbortController();
  let account = first;
  /** Of the clock of the store before ours. */
  let ahead = storeNow - Date.now();
  let renewal: Promise<unknown> | null = null;
  let failures = 0;
  /** Milliseconds that RingCentral asked for. */
  let silence = 0;
  let alarm: NodeJS.Timeout | undefined;
  let usedAt = Date.now();
  const stopFollowing = store.follow(name, () => void look());
  setRenewal();

  const keeper: Keeper = {
    name,
    get account() {
      return account;
    },
    token: () => account.grant.accessToken,
    coming: () => renewal,
    onChange: (hear) => void listeners.push(hear),
    async refused(token) {
      if (token !== account.grant.accessToken) return !ending.signal.aborted;
      await renew();
      return token !== account.grant.accessToken && !ending.signal.aborted;
    },
    ended: ending.signal,
    hold,
    look,
    leftOf(publicId) {
      const session = account.sessions.find((one) => one.publicId === publicId);
      return session === undefined ? 0 : Math.max(0, endOf(session, account, times) - now());
    },
    isInUse,
    sweep,
    stop: end,
  };
  return keeper;

  function now(): number {
    return Date.now() + ahead;
  }

  async function look(): Promise<void> {
    await change((known) => {
      // What was renewed apart from the others is told when they are there again.
      const next = known && caughtUp(known, account);
      return { account: next, result: next };
    }).then(take, ignoreApart);
  }

  /** The commons have lost what they held: whoever is signed in shall not notice. */
  function writeAnew(): void {
    for (const { key, publicId } of account.sessions) {
      Promise.resolve(store.point(key, { publicId, accounts: { ringcentral: name } })).catch(ignoreApart);
    }
  }

  /** Changes the account, and learns what time it is there. */
  async function change<Result>(
    step: (
      account: Account | null,
      now: number,
    ) => { readonly account?: Account | null; readonly result: Result },
  ): Promise<Result> {
    const { result, at, isLost } = await store.change(name, (found, at, isKnown) => {
      const isLost = !isKnown && livingIn(account, times, at).length > 0;
      const known = isLost ? account : found;
      const { account: next = known, result } = step(known, at);
      return { account: next, result: { result, at, isLost } };
    });
    ahead = at - Date.now();
    if (isLost) writeAnew();
    return result;
  }

  /** What the commons say now. */
  function take(next: Account | null): void {
    if (ending.signal.aborted) return;
    if (next === null) {
      onMove(account.user.viewerId);
      end();
      return;
    }
    const before = account.grant;
    account = next;
    endSessions();
    if (ending.signal.aborted) return;
    if (next.grant.accessToken !== before.accessToken) {
      failures = 0;
      silence = 0;
      for (const hear of listeners) hear();
      if (next.grant.signInId !== before.signInId) onMove(next.user.viewerId);
    } else if (renewal === null && next.renewing !== null && next.renewing.by !== self) {
      // Another gateway asks: the token may die at any moment.
      void renew();
    }
    setRenewal();
  }

  function endSessions(): void {
    const living = new Set(livingIn(account, times, now()).map(({ publicId }) => publicId));
    for (const session of held.values()) if (!living.has(session.publicId)) drop(session);
  }

  function drop(session: Held): void {
    held.delete(session.publicId);
    metrics.sessions.dec();
    session.over.abort();
  }

  function end(): void {
    if (ending.signal.aborted) return;
    clearTimeout(alarm);
    stopFollowing();
    for (const session of held.values()) drop(session);
    ending.abort();
  }

  function hold(publicId: string): HeldSession | null {
    const session = livingIn(account, times, now()).find((one) => one.publicId === publicId);
    if (session === undefined || ending.signal.aborted) return null;
    const known = held.get(publicId);
    if (known !== undefined) return known;
    const made = createHeld(session);
    held.set(publicId, made);
    metrics.sessions.inc();
    return made;
  }

  function createHeld(session: Session): Held {
    const { publicId } = session;
    const over = new AbortController();
    const own: Held = {
      ...{ publicId, keeper, over, ended: over.signal },
      streams: 0,
      usedAt: session.seenAt - ahead,
      notedAt: session.seenAt - ahead,
      used() {
        own.usedAt = Date.now();
        usedAt = own.usedAt;
        if (own.usedAt - own.notedAt > times.idle / NOTES) note(own);
      },
      open() {
        own.used();
        own.streams += 1;
        let isOpen = true;
        return () => {
          if (isOpen) own.streams -= 1;
          isOpen = false;
        };
      },
    };
    return own;
  }

  /** Writes down that a session is in use. */
  function note(session: Held): void {
    session.notedAt = session.usedAt;
    const isLiving = (known: Account, at: number) =>
      livingIn(known, times, at).some(({ publicId }) => publicId === session.publicId);
    change((known, at) =>
      known === null || !isLiving(known, at)
        ? { result: known }
        : ((next) => ({ account: next, result: next }))(seen(known, session.publicId, at)),
    ).then(take, ignoreApart);
  }

  function sweep(): boolean {
    if (ending.signal.aborted) return false;
    for (const session of held.values()) if (session.streams > 0) session.used();
    // Another gateway may have seen one that seems idle here.
    if (livingIn(account, times, now()).length < account.sessions.length) {
      void change((known, at) => {
        if (known === null) return { result: known };
        const next = withoutEnded(known, times, at);
        return { account: next, result: next };
      }).then(take, endSessions);
    }
    return isInUse() || Date.now() - usedAt < LINGER;
  }

  function isInUse(): boolean {
    return [...held.values()].some(({ streams }) => streams > 0);
  }

  function setRenewal(): void {
    clearTimeout(alarm);
    if (ending.signal.aborted || renewal !== null) return;
    const { grant } = account;
    const due = failures > 0 ? Math.max(waitAfter(failures), silence) : grant.renewAt - now();
    if (grant.refreshToken === null) {
      alarm = setAlarm(endOfTokens, grant.expiresAt - now()).unref();
      return;
    }
    alarm = setAlarm(() => {
      if (failures > 0 || account.grant.renewAt <= now() + 1) void renew();
      else setRenewal();
    }, due).unref();
  }

  function endOfTokens(): void {
    endSessions();
    if (account.grant.expiresAt > now()) setRenewal();
  }

  /** Newer tokens, from whichever gateway asks for them; resolves when it is known whether there are any. */
  function renew(): Promise<unknown> {
    if (renewal !== null) return renewal;
    clearTimeout(alarm);
    renewal = renewOnce()
      .catch((error: unknown) => log.error({ err: error }, 'Tokens could not be renewed'))
      .then(() => {
        renewal = null;
        setRenewal();
      });
    for (const hear of listeners) hear();
    return renewal;
  }

  async function renewOnce(): Promise<void> {
    const { grant } = account;
    const { version } = grant;
    const claimed = await claimNow(version);
    if (claimed === null) return;
    if ('known' in claimed) return take(claimed.known);
    if (claimed.kind === 'underway') return waitForOther(claimed.left);
    const answer = await server.refresh(claimed.refreshToken, account.user.viewerId);
    metrics.sessionRenewals.inc({ result: 'kind' in answer ? answer.kind : 'renewed' });
    await settle(answer, version);
  }

  /** Apart from the others it asks by itself: RingCentral gives each who asks the same tokens. */
  async function claimNow(version: number): Promise<Claimed | null> {
    try {
      return await change<Claimed>((known, at) => {
        if (known === null) return { result: { kind: 'renewed', known: null } };
        const claiming = claim(known, { by: self, version }, times, at);
        switch (claiming.kind) {
          case 'claimed':
            return {
              account: claiming.account,
              result: { kind: 'claimed', refreshToken: known.grant.refreshToken ?? '' },
            };
          case 'underway':
            return { result: claiming };
          default:
            return { result: { kind: claiming.kind, known } };
        }
      });
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      const { refreshToken } = account.grant;
      return refreshToken === null ? null : { kind: 'claimed', refreshToken };
    }
  }

  async function settle(answer: Tokens | Setback, version: number): Promise<void> {
    const step = (known: Account | null, at: number): Account | null => {
      if (known === null) return null;
      if (!('kind' in answer)) return renewed(known, version, answer, at);
      return answer.kind === 'refused' ? refused(known, version) : lost(known, self);
    };
    if ('kind' in answer && answer.kind === 'lost') {
      failures += 1;
      silence = answer.retryAfter;
    }
    try {
      take(
        await change((known, at) => {
          const next = step(known, at);
          return { account: next, result: next };
        }),
      );
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      take(step(account, now()));
    }
  }

  /** Until that gateway has written down what it got, or has had its time. */
  async function waitForOther(left: number): Promise<void> {
    const { version } = account.grant;
    const until = Date.now() + left;
    while (Date.now() < until && !ending.signal.aborted && account.grant.version === version) {
      await new Promise<void>((resolve) => {
        const stop = store.follow(name, done);
        const waiting = setAlarm(done, Math.min(until - Date.now(), 1_000)).unref();
        function done(): void {
          clearTimeout(waiting);
          stop();
          resolve();
        }
      });
      await look();
      if (account.renewing === null) break;
    }
    if (account.grant.version === version) failures += 1;
  }
}

interface Held extends HeldSession {
  readonly over: AbortController;
  streams: number;
  /** By our clock. */
  usedAt: number;
  notedAt: number;
}

type Claimed =
  | { readonly kind: 'claimed'; readonly refreshToken: string }
  | { readonly kind: 'underway'; readonly left: number }
  | { readonly kind: 'renewed' | 'impossible'; readonly known: Account | null };

function waitAfter(failures: number): number {
  return WAITS[Math.min(failures, WAITS.length) - 1] ?? 0;
}

function ignoreApart(error: unknown): void {
  if (!(error instanceof Apart)) throw error;
}
