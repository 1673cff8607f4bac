/**
 * What one gateway does for an account of a system whose sessions come to it: keeps a copy, has its tokens renewed ahead
 * of their end, and ends its sessions when they have ended. What is decided stands in `account.ts`.
 */
import { Apart } from '../commons/commons.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Account, caughtUp, endOf, livingIn, type Session, seen, withoutEnded } from './account.ts';
import { createRenewal, type RenewalParts } from './renewal.ts';
import type { AccountStep, Store } from './store.ts';
import type { System } from './systems.ts';

export interface KeeperParts extends RenewalParts {
  readonly system: System;
  readonly store: Store;
  readonly metrics: RenewalParts['metrics'] & Pick<Metrics, 'sessions'>;
  /** The tokens of this viewer are of another sign-in now: what belongs to the one before is about to end. */
  readonly onMove: (viewerId: string) => void;
  /** The tokens of this viewer end soon, and their sessions with them (epoch milliseconds): they cannot be renewed. */
  readonly onExpiring: (viewerId: string, at: number) => void;
}

/** A session that is kept here. */
export interface HeldSession {
  readonly publicId: string;
  readonly keeper: Keeper;
  /** Aborts when it has ended, wherever that was decided. */
  readonly ended: AbortSignal;
  /** Its browser asked for something. */
  used(): void;
  /** Whoever uses this one uses that one of the same browser too. */
  accompany(other: HeldSession): void;
  /** Notes a use of this one alone. */
  touch(): void;
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
  /** What the cookie of a session is known by; undefined: there is no such session. */
  keyOf(publicId: string): string | undefined;
  /** When a session ends unless it is used, in milliseconds from now. */
  leftOf(publicId: string): number;
  /** Ends what has ended and notes what is in use; to be called now and then. Answers whether anybody is still here. */
  sweep(): boolean;
  stop(): void;
}

/** Uses are written down this many times in the life of an idle session. */
const NOTES = 50;

/** An account that nobody used for so long is let go of here. */
const LINGER = 600_000; // 10 minutes

/** Begins to keep an account. */
export function createKeeper(name: string, first: Account, storeNow: number, parts: KeeperParts): Keeper {
  const { store, times, metrics, log, onMove } = parts;
  const held = new Map<string, Held>();
  const listeners: (() => void)[] = [];
  const ending = new AbortController();
  let account = first;
  /** Of the clock of the store before ours. */
  let ahead = storeNow - Date.now();
  let usedAt = Date.now();
  const stopFollowing = store.follow(name, () => void look());
  const renewal = createRenewal(
    {
      ...{ now, change, take, look, ended: ending.signal },
      account: () => account,
      follow: (hear) => store.follow(name, hear),
      begun: tell,
      expiring: ({ expiresAt }) => parts.onExpiring(account.user.viewerId, expiresAt - ahead),
    },
    parts,
  );
  renewal.set(true);

  const keeper: Keeper = {
    name,
    get account() {
      return account;
    },
    token: () => account.grant.accessToken,
    coming: renewal.coming,
    onChange: (hear) => void listeners.push(hear),
    async refused(token) {
      if (token !== account.grant.accessToken) return !ending.signal.aborted;
      await renewal.renew();
      return token !== account.grant.accessToken && !ending.signal.aborted;
    },
    ended: ending.signal,
    hold,
    look,
    keyOf: (publicId) => sessionOf(publicId)?.key,
    leftOf(publicId) {
      const session = sessionOf(publicId);
      return session === undefined ? 0 : Math.max(0, endOf(session, account, times) - now());
    },
    isInUse,
    sweep,
    stop: end,
  };
  return keeper;

  function sessionOf(publicId: string): Session | undefined {
    return account.sessions.find((one) => one.publicId === publicId);
  }

  function now(): number {
    return Date.now() + ahead;
  }

  async function look(): Promise<void> {
    await change((known) => {
      // What was renewed apart from the others is told when they are there again.
      const next = known && caughtUp(known, account);
      return { account: next, result: next };
    }).then(take, noteFailure);
  }

  /** The commons have lost what they held: whoever is signed in shall not notice. */
  function writeAnew(): void {
    for (const { key, publicId } of account.sessions) {
      Promise.resolve(store.point(key, { publicId, accounts: { [parts.system]: name } })).catch(noteFailure);
    }
  }

  /** Changes the account, and learns what time it is there. */
  async function change<Result>(
    step: (account: Account | null, now: number) => AccountStep<Result>,
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
    const isNew = next.grant.accessToken !== before.accessToken;
    if (isNew) tell();
    if (next.grant.signInId !== before.signInId) onMove(next.user.viewerId);
    renewal.set(isNew);
    // Another gateway asks for newer ones: these may be refused at any moment.
    if (!isNew && next.renewing !== null && next.renewing.by !== parts.self) void renewal.renew();
  }

  function tell(): void {
    for (const hear of listeners) hear();
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
    renewal.stop();
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
      companions: new Set(),
      usedAt: session.seenAt - ahead,
      notedAt: session.seenAt - ahead,
      used() {
        own.touch();
        for (const other of own.companions) {
          if (other.ended.aborted) own.companions.delete(other);
          else other.touch();
        }
      },
      accompany(other) {
        if (!other.ended.aborted) own.companions.add(other);
      },
      touch() {
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
    ).then(take, noteFailure);
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

  /** While the commons are away each gateway goes on by itself. */
  function noteFailure(error: unknown): void {
    if (!(error instanceof Apart)) log.error({ err: error }, 'A session could not be looked at');
  }
}

interface Held extends HeldSession {
  readonly over: AbortController;
  streams: number;
  /** By our clock. */
  usedAt: number;
  notedAt: number;
  /** Of the same browser, at other systems. */
  readonly companions: Set<HeldSession>;
}
