/** The sessions of this gateway: those whose browsers come here, and what all gateways know of them. */
import { randomUUID } from 'node:crypto';
import { Apart, type Commons } from '../commons/commons.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  type Account,
  endOf,
  type Grant,
  livingIn,
  SESSION_TIMES,
  type Session,
  type SessionTimes,
  signIn,
  signOut,
  type User,
} from './account.ts';
import type { AuthorizationServer, Tokens } from './authorization-server.ts';
import { createSessionIds } from './ids.ts';
import { createKeeper, type HeldSession, type Keeper } from './keeper.ts';
import { createSealer, createSigner } from './sealer.ts';
import { createStore, type Pointer } from './store.ts';

export interface SessionsParts {
  readonly commons: Commons;
  readonly secrets: readonly string[];
  /** Names RingCentral among others that the same commons may be about. */
  readonly scope: string;
  readonly server: Pick<AuthorizationServer, 'refresh' | 'revoke'>;
  readonly metrics: Pick<Metrics, 'sessions' | 'sessionRenewals'>;
  readonly log: Log;
  /**
   * What the viewer listens by belongs to a sign-in that is about to end: moves it to another, or ends it; resolves
   * when that is done, or cannot be done.
   */
  readonly onMove?: ((viewerId: string) => Promise<void>) | undefined;
  /** The sessions of a viewer end soon (epoch milliseconds): their tokens cannot be renewed. */
  readonly onExpiring: (viewerId: string, at: number) => void;
  /** Other numbers are for tests. */
  readonly times?: Partial<SessionsTimes> | undefined;
}

export interface SessionsTimes extends SessionTimes {
  /** Until all gateways have taken the tokens of a later sign-in, so that the earlier one can be given back. */
  readonly takingOver: number;
}

/** What its user sees of a session; times in epoch milliseconds. */
export interface SessionFacts {
  readonly id: string;
  readonly begunAt: number;
  readonly seenAt: number;
  readonly endsAt: number;
  readonly userAgent: string | null;
}

/** Who signed in, and with what. */
export interface Entry {
  readonly user: User;
  readonly tokens: Tokens;
  readonly userAgent: string | null;
  /** The cookie that this browser had before: its session ends. */
  readonly cookieBefore: string | null;
}

export interface Sessions {
  /** A session that is kept here already; undefined: nobody knows without asking. */
  known(cookie: string): HeldSession | undefined;
  /**
   * The session of a cookie; null: there is none (any more).
   * @throws {Apart} where that cannot be asked.
   */
  find(cookie: string): Promise<HeldSession | null>;
  /**
   * Begins a session; answers its cookie.
   * @throws {Apart}
   */
  begin(entry: Entry): Promise<string>;
  /**
   * Ends the session of a cookie, and with the last of its user the sign-in at RingCentral.
   * @throws {Apart}
   */
  end(cookie: string): Promise<boolean>;
  /** Those of a viewer, newest first. @throws {Apart} */
  list(viewerId: string): Promise<readonly SessionFacts[]>;
  /** Ends one of a viewer's by its public id; false: they have no such session. @throws {Apart} */
  endOne(viewerId: string, publicId: string): Promise<boolean>;
  /** Marks something that works once; false: it was used before. @throws {Apart} */
  useOnce(what: string, lifetime: number): Promise<boolean>;
  stop(): void;
}

/** Between two looks at what has ended and what is in use. */
const SWEEP = 30_000; // 30 seconds

/** Accounts kept here at once; whoever is not in use makes room, and is read again when they come. */
const MOST_KEPT = 10_000;

/** Makes them. */
export function createSessions(parts: SessionsParts): Sessions {
  const { commons, secrets, scope, server, metrics, log } = parts;
  const times: SessionsTimes = { ...SESSION_TIMES, takingOver: TAKING_OVER, ...parts.times };
  const store = createStore(commons, createSealer(secrets, 'session'), times);
  const ids = createSessionIds(createSigner(secrets, 'session cookie'));
  const keepers = new Map<string, Keeper>();
  /** By the keys of their cookies. */
  const held = new Map<string, HeldSession>();
  const finding = new Map<string, Promise<HeldSession | null>>();
  const returning = new Set<NodeJS.Timeout>();
  const sweeping = setInterval(sweep, Math.min(SWEEP, times.idle / 4)).unref();
  const onMove = async (viewerId: string) => parts.onMove?.(viewerId).catch(noteFailure);

  return {
    known(cookie) {
      const key = ids.read(cookie);
      return key === null ? undefined : living(key);
    },

    async find(cookie) {
      const key = ids.read(cookie);
      if (key === null) return null;
      const known = living(key);
      if (known !== undefined) return known;
      let found = finding.get(key);
      if (found === undefined) {
        found = findNow(key).finally(() => finding.delete(key));
        finding.set(key, found);
      }
      return found;
    },

    async begin({ user, tokens, userAgent, cookieBefore }) {
      const name = nameOf(user.viewerId);
      const before = cookieBefore === null ? null : ids.read(cookieBefore);
      const pointer = before === null ? null : await store.find(before);
      const instead = pointer?.accounts.ringcentral === name ? pointer.publicId : null;
      if (pointer !== null && before !== null && instead === null) await end(before, pointer);
      const { cookie, key } = ids.create();
      const publicId = randomUUID();
      await store.point(key, { publicId, accounts: { ringcentral: name } });
      const { returned, gone } = await store.change(name, (account, now) => {
        const session: Session = { publicId, key, begunAt: now, seenAt: now, userAgent };
        const step = signIn(account, { user, tokens, session, instead }, now);
        const gone = (account?.sessions ?? []).filter((one) => !step.account.sessions.includes(one));
        return { account: step.account, result: { returned: step.returned, gone } };
      });
      for (const session of gone) await store.forget(session.key);
      if (returned !== null) giveBackLater(returned, user.viewerId);
      await keepers.get(name)?.look();
      return cookie;
    },

    async end(cookie) {
      const key = ids.read(cookie);
      const pointer = key === null ? null : await store.find(key);
      return key !== null && pointer !== null && end(key, pointer);
    },

    async list(viewerId) {
      return store.change(nameOf(viewerId), (account, now) => ({
        result:
          account === null
            ? []
            : livingIn(account, times, now)
                .map((one) => factsOf(one, account))
                .reverse(),
      }));
    },

    async endOne(viewerId, publicId) {
      return endIn(nameOf(viewerId), publicId);
    },

    useOnce: async (what, lifetime) => store.useOnce(what, lifetime),

    stop() {
      clearInterval(sweeping);
      for (const timer of returning) clearTimeout(timer);
      for (const keeper of keepers.values()) keeper.stop();
      keepers.clear();
      held.clear();
    },
  };

  function nameOf(viewerId: string): string {
    return JSON.stringify(['ringcentral', scope, viewerId]);
  }

  function living(key: string): HeldSession | undefined {
    const known = held.get(key);
    if (known === undefined) return undefined;
    if (known.ended.aborted) held.delete(key);
    // Whoever seems idle here may have been at another gateway: that has to be asked.
    return known.ended.aborted || known.keeper.leftOf(known.publicId) === 0 ? undefined : known;
  }

  async function findNow(key: string): Promise<HeldSession | null> {
    const pointer = await store.find(key);
    const name = pointer?.accounts.ringcentral;
    if (pointer === null || name === undefined) return null;
    const keeper = keepers.get(name) ?? (await keep(name));
    const session = keeper?.hold(pointer.publicId) ?? (await lookAgain(keeper, pointer));
    if (session === null) return null;
    held.set(key, session);
    session.ended.addEventListener('abort', () => held.delete(key), { once: true });
    return session;
  }

  /** The copy here may be older than the session. */
  async function lookAgain(keeper: Keeper | null, { publicId }: Pointer): Promise<HeldSession | null> {
    await keeper?.look();
    return keeper?.hold(publicId) ?? null;
  }

  async function keep(name: string): Promise<Keeper | null> {
    const [account, now] = await store.change(name, (known, at) => ({
      result: [known, at] as readonly [Account | null, number],
    }));
    if (account === null) return null;
    const known = keepers.get(name);
    if (known !== undefined) return known;
    if (keepers.size >= MOST_KEPT) makeRoom();
    const keeper = createKeeper(name, account, now, {
      ...{ store, server, times, metrics, log, self: commons.self },
      onMove: (viewerId) => void onMove(viewerId),
      onExpiring: parts.onExpiring,
    });
    keepers.set(name, keeper);
    keeper.ended.addEventListener('abort', () => {
      if (keepers.get(name) === keeper) keepers.delete(name);
    });
    return keeper;
  }

  function makeRoom(): void {
    for (const keeper of keepers.values()) {
      if (keeper.isInUse()) continue;
      keeper.stop();
      return;
    }
  }

  function sweep(): void {
    for (const keeper of keepers.values()) if (!keeper.sweep()) keeper.stop();
  }

  async function end(key: string, { publicId, accounts }: Pointer): Promise<boolean> {
    const { ringcentral: name } = accounts;
    const isEnded = name !== undefined && (await endIn(name, publicId));
    await store.forget(key);
    return isEnded;
  }

  async function endIn(name: string, publicId: string): Promise<boolean> {
    const { isThere, key, viewerId, returned } = await store.change(name, (account, now) => {
      const session = account && livingIn(account, times, now).find((one) => one.publicId === publicId);
      const step = signOut(account, publicId);
      const { viewerId = '' } = account?.user ?? {};
      return {
        account: step.account,
        result: { isThere: session != null, key: session?.key ?? null, viewerId, returned: step.returned },
      };
    });
    if (key !== null) await store.forget(key);
    await keepers.get(name)?.look();
    if (returned !== null) {
      await onMove(viewerId);
      await server.revoke(returned.accessToken, viewerId).catch(noteFailure);
    }
    return isThere;
  }

  /** Not before everybody has taken what comes instead. */
  function giveBackLater({ accessToken }: Grant, viewerId: string): void {
    const timer = setTimeout(() => {
      returning.delete(timer);
      server.revoke(accessToken, viewerId).catch(noteFailure);
    }, times.takingOver).unref();
    returning.add(timer);
  }

  function factsOf(session: Session, account: Account): SessionFacts {
    const { publicId: id, begunAt, seenAt, userAgent } = session;
    return { id, begunAt, seenAt, endsAt: endOf(session, account, times), userAgent };
  }

  function noteFailure(error: unknown): void {
    if (!(error instanceof Apart))
      log.warn({ err: error }, 'A sign-in could not be given back to RingCentral');
  }
}

const TAKING_OVER = 5_000; // 5 seconds
