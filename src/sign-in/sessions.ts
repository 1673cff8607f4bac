/**
 * The sessions of this gateway: a cookie, and the sign-ins that it opens, one of each system.
 *
 * ```text
 *   cookie ──► pointer ──┬──► a session in an account of RingCentral
 *                        └──► a session in an account of Genesys Cloud      the same public id, the same key
 * ```
 *
 * Each of the two ends by itself, with its tokens; both end when the session is ended. Whoever signs in to the second, or
 * anew, gets a new cookie, to which the other sign-in moves; but where somebody else signs in, all of it ends.
 */
import { randomUUID } from 'node:crypto';
import type { Commons } from '../commons/commons.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { SESSION_TIMES, type User } from './account.ts';
import {
  type Accounts,
  type AccountsTimes,
  createAccounts,
  type SessionFacts,
  type SystemParts,
} from './accounts.ts';
import type { Tokens } from './authorization-server.ts';
import { createSessionIds } from './ids.ts';
import type { HeldSession } from './keeper.ts';
import { createSealer, createSigner } from './sealer.ts';
import { createStore, type Pointer } from './store.ts';
import { type OfEach, SYSTEMS, type System } from './systems.ts';

export type SessionsTimes = AccountsTimes;

export interface SessionsParts {
  readonly commons: Commons;
  readonly secrets: readonly string[];
  /** Those that can be signed in to. */
  readonly systems: OfEach<SystemParts>;
  readonly metrics: Pick<Metrics, 'sessions' | 'sessionRenewals'>;
  readonly log: Log;
  /** Other numbers are for tests. */
  readonly times?: Partial<SessionsTimes> | undefined;
}

/** Who signed in, and with what. */
export interface Entry {
  readonly system: System;
  readonly user: User;
  readonly tokens: Tokens;
  readonly userAgent: string | null;
  /** The cookie that this browser had before: its session ends, but for its sign-ins to other systems. */
  readonly cookieBefore: string | null;
}

export interface Sessions {
  /** A session that is kept here already; undefined: nobody knows without asking. */
  known(cookie: string, system?: System): HeldSession | undefined;
  /**
   * The sign-in of a cookie; null: there is none (any more).
   * @throws {Apart} where that cannot be asked.
   */
  find(cookie: string, system?: System): Promise<HeldSession | null>;
  /**
   * Begins a session; answers its cookie.
   * @throws {Apart}
   */
  begin(entry: Entry): Promise<string>;
  /**
   * The session of a cookie takes the place of another, whose sign-ins to other systems move to it.
   * @throws {Apart}
   */
  join(cookie: string, before: string): Promise<void>;
  /**
   * Ends the session of a cookie, and with the last of their users the sign-ins that it holds.
   * @throws {Apart}
   */
  end(cookie: string): Promise<boolean>;
  /** Those of a viewer, newest first. @throws {Apart} */
  list(viewerId: string, system?: System): Promise<readonly SessionFacts[]>;
  /** Ends one of a viewer's by its public id; false: they have no such session. @throws {Apart} */
  endOne(viewerId: string, publicId: string, system?: System): Promise<boolean>;
  /** Marks something that works once; false: it was used before. @throws {Apart} */
  useOnce(what: string, lifetime: number): Promise<boolean>;
  stop(): void;
}

/** Between two looks at what has ended and what is in use. */
const SWEEP = 30_000; // 30 seconds

/** Makes them. */
export function createSessions(parts: SessionsParts): Sessions {
  const { commons, secrets, metrics, log } = parts;
  const times: SessionsTimes = { ...SESSION_TIMES, takingOver: TAKING_OVER, ...parts.times };
  const store = createStore(commons, createSealer(secrets, 'session'), times);
  const ids = createSessionIds(createSigner(secrets, 'session cookie'));
  const accounts: OfEach<Accounts> = Object.fromEntries(
    SYSTEMS.flatMap((system) => {
      const one = parts.systems[system];
      if (one === undefined) return [];
      return [[system, createAccounts({ ...one, system, store, times, self: commons.self, metrics, log })]];
    }),
  );
  /** By system and key of the cookie. */
  const held = new Map<string, HeldSession>();
  const finding = new Map<string, Promise<HeldSession | null>>();
  const sweeping = setInterval(sweep, Math.min(SWEEP, times.idle / 4)).unref();

  return {
    known(cookie, system = 'ringcentral') {
      const key = ids.read(cookie);
      return key === null ? undefined : living(system, key);
    },

    async find(cookie, system = 'ringcentral') {
      const key = ids.read(cookie);
      if (key === null) return null;
      const known = living(system, key);
      if (known !== undefined) return known;
      const place = placeOf(system, key);
      let found = finding.get(place);
      if (found === undefined) {
        found = findNow(system, key).finally(() => finding.delete(place));
        finding.set(place, found);
      }
      return found;
    },

    async begin({ system, user, tokens, userAgent, cookieBefore }) {
      const own = accountsOf(system);
      const name = own.nameOf(user.viewerId);
      const before = cookieBefore === null ? null : ids.read(cookieBefore);
      const pointer = before === null ? null : await store.find(before);
      const { [system]: nameBefore = name, ...rest } = pointer?.accounts ?? {};
      const isSame = nameBefore === name;
      if (before !== null && !isSame) await endAt(before);
      const others = isSame ? rest : {};
      const isKept = pointer !== null && Object.keys(others).length > 0;
      const publicId = isKept ? pointer.publicId : randomUUID();
      const { cookie, key } = ids.create();
      await store.point(key, { publicId, accounts: { ...others, [system]: name } });
      const instead = isSame && pointer !== null ? pointer.publicId : null;
      const gone = await own.add(name, { user, tokens, session: { publicId, key, userAgent }, instead });
      await eachOf(others, (one, itsName) => one.rename(itsName, publicId, { publicId, key }));
      if (before !== null) await store.forget(before);
      for (const other of gone) if (other !== before) await endAt(other);
      return cookie;
    },

    async join(cookie, before) {
      const [key, old] = [ids.read(cookie), ids.read(before)];
      const [pointer, found] = [key && (await store.find(key)), old && (await store.find(old))];
      if (!key || !old || !pointer || !found || key === old) return;
      const isSame = entriesOf(pointer.accounts).every(([system, name]) => {
        const { [system]: nameBefore = name } = found.accounts;
        return nameBefore === name;
      });
      if (!isSame) {
        await endAt(old);
        return;
      }
      const { publicId } = found;
      const all = { ...found.accounts, ...pointer.accounts };
      await store.point(key, { publicId, accounts: all });
      await eachOf(pointer.accounts, (one, name) => one.rename(name, pointer.publicId, { publicId, key }));
      await eachOf(all, (one, name) => one.rename(name, publicId, { publicId, key }));
      await store.forget(old);
    },

    async end(cookie) {
      const key = ids.read(cookie);
      return key !== null && endAt(key);
    },

    list: async (viewerId, system = 'ringcentral') => {
      const own = accountsOf(system);
      return own.list(own.nameOf(viewerId));
    },

    async endOne(viewerId, publicId, system = 'ringcentral') {
      const own = accountsOf(system);
      const key = await own.end(own.nameOf(viewerId), publicId);
      if (key !== null) await endAt(key);
      return key !== null;
    },

    useOnce: async (what, lifetime) => store.useOnce(what, lifetime),

    stop() {
      clearInterval(sweeping);
      for (const one of Object.values(accounts)) one.stop();
      held.clear();
    },
  };

  function accountsOf(system: System): Accounts {
    const own = accounts[system];
    if (own === undefined) throw new TypeError(`Nobody can sign in to ${system} here.`);
    return own;
  }

  function living(system: System, key: string): HeldSession | undefined {
    const place = placeOf(system, key);
    const known = held.get(place);
    if (known === undefined) return undefined;
    const isGone = isOver(known, place);
    if (isGone) held.delete(place);
    // Whoever seems idle here may have been at another gateway: that has to be asked.
    return isGone || known.keeper.leftOf(known.publicId) === 0 ? undefined : known;
  }

  async function findNow(system: System, key: string): Promise<HeldSession | null> {
    const pointer = await store.find(key);
    if (pointer === null) return null;
    const { [system]: name, ...others } = pointer.accounts;
    const session = name === undefined ? null : await holdAt(system, name, pointer, key);
    // Whoever uses one of them uses the session: none of them is idle then.
    if (session !== null) {
      for (const [other, itsName] of entriesOf(others)) {
        const companion = await holdAt(other, itsName, pointer, key);
        if (companion !== null) session.accompany(companion);
      }
    }
    return session;
  }

  async function holdAt(
    system: System,
    name: string,
    { publicId }: Pointer,
    key: string,
  ): Promise<HeldSession | null> {
    const session = (await accounts[system]?.hold(name, publicId, key)) ?? null;
    if (session !== null) held.set(placeOf(system, key), session);
    return session;
  }

  function sweep(): void {
    for (const one of Object.values(accounts)) one.sweep();
    for (const [place, session] of held) if (isOver(session, place)) held.delete(place);
  }

  /** Ends whatever a cookie opens. */
  async function endAt(key: string): Promise<boolean> {
    const pointer = await store.find(key);
    if (pointer === null) return false;
    let isEnded = false;
    await eachOf(pointer.accounts, async (one, name) => {
      if ((await one.end(name, pointer.publicId)) !== null) isEnded = true;
    });
    await store.forget(key);
    return isEnded;
  }

  async function eachOf(
    names: OfEach<string>,
    work: (accounts: Accounts, name: string) => Promise<unknown>,
  ): Promise<void> {
    for (const [system, name] of entriesOf(names)) {
      const own = accounts[system];
      if (own !== undefined) await work(own, name);
    }
  }
}

function entriesOf(names: OfEach<string>): [System, string][] {
  return SYSTEMS.flatMap((system) => {
    const name = names[system];
    return name === undefined ? [] : [[system, name] as [System, string]];
  });
}

/** It has ended, or moved to a newer cookie. */
function isOver({ ended, keeper, publicId }: HeldSession, place: string): boolean {
  return ended.aborted || !place.endsWith(` ${keeper.keyOf(publicId)}`);
}

function placeOf(system: System, key: string): string {
  return `${system} ${key}`;
}

const TAKING_OVER = 5_000; // 5 seconds
