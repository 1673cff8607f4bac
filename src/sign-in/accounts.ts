/**
 * The accounts of one system that somebody is signed in to: those whose sessions come to this gateway, and what all
 * gateways know of them.
 */
import { Apart } from '../commons/commons.ts';
import type { Log } from '../telemetry/log.ts';
import {
  type Account,
  endOf,
  type Grant,
  livingIn,
  renamed,
  type Session,
  type SessionTimes,
  signIn,
  signOut,
  type User,
} from './account.ts';
import type { AuthorizationServer, Tokens } from './authorization-server.ts';
import { createKeeper, type HeldSession, type Keeper, type KeeperParts } from './keeper.ts';
import type { Store } from './store.ts';
import type { System } from './systems.ts';

/** A system, as far as its accounts need it. */
export interface SystemParts {
  /** Names its server among others that the same commons may be about. */
  readonly scope: string;
  readonly server: Pick<AuthorizationServer, 'refresh' | 'revoke'>;
  /**
   * What the viewer listens by belongs to a sign-in that is about to end: moves it to another, or ends it; resolves
   * when that is done, or cannot be done.
   */
  readonly onMove?: ((viewerId: string) => Promise<void>) | undefined;
  /** The sessions of a viewer end soon (epoch milliseconds): their tokens cannot be renewed. */
  readonly onExpiring?: ((viewerId: string, at: number) => void) | undefined;
}

export interface AccountsParts extends SystemParts {
  readonly system: System;
  readonly store: Store;
  readonly times: AccountsTimes;
  /** Names this gateway among the others. */
  readonly self: string;
  readonly metrics: KeeperParts['metrics'];
  readonly log: Log;
}

export interface AccountsTimes extends SessionTimes {
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

/** A session that begins. */
export interface Entering {
  readonly user: User;
  readonly tokens: Tokens;
  readonly session: Pick<Session, 'publicId' | 'key' | 'userAgent'>;
  /** The one that this browser had before. */
  readonly instead: string | null;
}

export interface Accounts {
  /** Names the account of a viewer in the commons. */
  nameOf(viewerId: string): string;
  /** Adds a session to an account; answers the keys of those that it put out. @throws {Apart} */
  add(name: string, entering: Entering): Promise<readonly string[]>;
  /** A session of this cookie, kept here from now on; null: it has ended. @throws {Apart} */
  hold(name: string, publicId: string, key: string): Promise<HeldSession | null>;
  /** A session has another cookie from now on, and may have another public id. @throws {Apart} */
  rename(name: string, publicId: string, next: Pick<Session, 'publicId' | 'key'>): Promise<void>;
  /**
   * Ends a session, and with the last of its user the sign-in at the system; answers its key, null: it had ended.
   * @throws {Apart}
   */
  end(name: string, publicId: string): Promise<string | null>;
  /** Those of an account, newest first. @throws {Apart} */
  list(name: string): Promise<readonly SessionFacts[]>;
  /** Looks at what has ended and what is in use. */
  sweep(): void;
  stop(): void;
}

/** Accounts kept here at once; whoever is not in use makes room, and is read again when they come. */
const MOST_KEPT = 10_000;

/** Makes them. */
export function createAccounts(parts: AccountsParts): Accounts {
  const { system, scope, store, server, times, self, metrics, log } = parts;
  const keepers = new Map<string, Keeper>();
  const returning = new Set<NodeJS.Timeout>();
  const onMove = async (viewerId: string) => parts.onMove?.(viewerId).catch(noteFailure);

  return {
    nameOf: (viewerId) => JSON.stringify([system, scope, viewerId]),

    async add(name, { user, tokens, session, instead }) {
      const { returned, gone } = await store.change(name, (account, now) => {
        const begun: Session = { ...session, begunAt: now, seenAt: now };
        const step = signIn(account, { user, tokens, session: begun, instead }, now);
        const gone = (account?.sessions ?? []).filter((one) => !step.account.sessions.includes(one));
        return { account: step.account, result: { returned: step.returned, gone } };
      });
      if (returned !== null) giveBackLater(returned, user.viewerId);
      await keepers.get(name)?.look();
      return gone.map(({ key }) => key);
    },

    async hold(name, publicId, key) {
      const keeper = keepers.get(name) ?? (await keep(name));
      if (keeper === null) return null;
      // The copy here may be older than the session, than its cookie, or than its last use.
      if (keeper.keyOf(publicId) !== key || keeper.leftOf(publicId) === 0) await keeper.look();
      const session = keeper.hold(publicId);
      return keeper.keyOf(publicId) === key ? session : null;
    },

    async rename(name, publicId, next) {
      await store.change(name, (account) => ({
        account: account && renamed(account, publicId, next),
        result: undefined,
      }));
      await keepers.get(name)?.look();
    },

    async end(name, publicId) {
      const { key, viewerId, returned } = await store.change(name, (account, now) => {
        const session = account && livingIn(account, times, now).find((one) => one.publicId === publicId);
        const step = signOut(account, publicId);
        const { viewerId = '' } = account?.user ?? {};
        return {
          account: step.account,
          result: { key: session?.key ?? null, viewerId, returned: step.returned },
        };
      });
      await keepers.get(name)?.look();
      if (returned !== null) {
        await onMove(viewerId);
        await server.revoke(returned.accessToken, viewerId).catch(noteFailure);
      }
      return key;
    },

    async list(name) {
      return store.change(name, (account, now) => ({
        result:
          account === null
            ? []
            : livingIn(account, times, now)
                .map((one) => factsOf(one, account))
                .reverse(),
      }));
    },

    sweep() {
      for (const keeper of keepers.values()) if (!keeper.sweep()) keeper.stop();
    },

    stop() {
      for (const timer of returning) clearTimeout(timer);
      for (const keeper of keepers.values()) keeper.stop();
      keepers.clear();
    },
  };

  async function keep(name: string): Promise<Keeper | null> {
    const [account, now] = await store.change(name, (known, at) => ({
      result: [known, at] as readonly [Account | null, number],
    }));
    if (account === null) return null;
    const known = keepers.get(name);
    if (known !== undefined) return known;
    if (keepers.size >= MOST_KEPT) makeRoom();
    const keeper = createKeeper(name, account, now, {
      ...{ system, store, server, times, metrics, log, self },
      onMove: (viewerId) => void onMove(viewerId),
      onExpiring: parts.onExpiring ?? ignore,
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
    if (!(error instanceof Apart)) log.warn({ err: error, system }, 'A sign-in could not be given back');
  }
}

function ignore(): void {}
