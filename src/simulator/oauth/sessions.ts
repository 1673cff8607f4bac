/**
 * OAuth sessions: each is one sign-in, with its tokens, and these are how they are refreshed and lost.
 *
 * A refresh makes the old access token useless at once. The old refresh token still answers, with the same
 * new tokens, for 10 seconds after the new access token was first used (or an hour while it is unused), so
 * that a client may ask again when the answer got lost.
 *
 * ```text
 *   open ──refresh──► open, with new tokens
 *     ├──idle for the life of its refresh token, or older than the account allows──► over
 *     ├──one sign-in more than the app may have──► over, and said so
 *     └──revoked by either token──► over, and said so
 * ```
 */
import { randomUUID } from 'node:crypto';
import type { WireToken } from '../../ringcentral/wire.ts';
import { extensionByNumber } from '../account.ts';
import type { Extension } from '../company/extension.ts';
import { Refusal } from '../refusals.ts';
import { TokenRefusal } from './apps.ts';

/** Whose tokens are offered to try things out: an agent of each queue, a supervisor, an admin, and a guest with few rights. */
export const STATIC_TOKENS = ['sim-101', 'sim-102', 'sim-103', 'sim-104', 'sim-105', 'sim-112'] as const;

/** One sign-in, as others know it. */
export interface SignedIn {
  /** Of the OAuth session; a refresh keeps it. */
  readonly id: string;
  readonly extension: Extension;
  readonly clientId: string;
}

/** How long things live, and how many there may be; all times in seconds. */
export interface SessionRules {
  readonly accessTtl: number;
  /** Null: the app gets no refresh tokens. */
  readonly refreshTtl: number | null;
  /** However often it is refreshed, a session lives no longer; null: no end. */
  readonly sessionTtl: number | null;
  /** So many may one user have with one app; the oldest ends when there is another. */
  readonly sessionLimit: number;
}

export interface Sessions {
  /**
   * The user behind an `Authorization` header, and the sign-in it belongs to.
   * @throws {Refusal} 401, with the code that tells what is wrong with it.
   */
  signedIn(authorization: string | undefined, now: number): SignedIn;
  /** Whoever has this token, access or refresh. */
  ownerOf(token: string): Extension | undefined;
  /** Until when a sign-in lasts unless it is refreshed, epoch milliseconds; null once it is over. */
  endsAt(signInId: string): number | null;
  /** Hears of each sign-in that ends before its time. */
  onEnd(listener: (signInId: string) => void): void;
  /** A new sign-in; the instance of the app may have a name. */
  open(who: Omit<SignedIn, 'id'>, rules: SessionRules, now: number, endpointId?: string): WireToken;
  /** @throws {TokenRefusal} when there is no such token, or it is another app's. */
  refresh(refreshToken: string, clientId: string, rules: SessionRules, now: number): WireToken;
  /** Ends the session that an access or refresh token belongs to; an unknown token is no error. */
  revoke(token: string): void;
  /** Forgets every session and revives the static tokens. */
  reset(): void;
}

/** One sign-in. */
interface Session extends SignedIn {
  readonly endpointId: string;
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly refreshToken: string | null;
  readonly refreshExpiresAt: number;
  /** The refresh token before this one. */
  readonly replaced: string | null;
  readonly issuedAt: number;
  /** When it is over, whatever is refreshed; infinite where the account sets no such time. */
  readonly overAt: number;
  /** Told to whoever asks, as it is told nowhere else. */
  readonly idleTimeout: number | null;
  firstUsedAt: number | null;
}

/** The app of the fixed tokens. */
const NO_CLIENT = 'simulator';
const REPLACED_AFTER_USE = 10_000; // 10 seconds
const REPLACED_WHILE_UNUSED = 3_600_000; // 1 hour
const MOST_SESSIONS = 100_000;

export function createSessions(): Sessions {
  /** Oldest first. */
  const sessions = new Map<string, Session>();
  /** Whose each token is; of a session its access token, its refresh token, and the one before. */
  const tokens = new Map<string, string>();
  /** The sessions of a user with an app, oldest first. */
  const owners = new Map<string, readonly string[]>();
  const revoked = new Set<string>();
  const listeners: ((signInId: string) => void)[] = [];

  const byToken = (token: string) => sessions.get(tokens.get(token) ?? '');

  function keep(session: Session, before?: Session): void {
    for (const token of before === undefined ? [] : tokensOf(before)) tokens.delete(token);
    for (const token of tokensOf(session)) tokens.set(token, session.id);
    sessions.set(session.id, session);
  }

  function forget(session: Session): void {
    sessions.delete(session.id);
    for (const token of tokensOf(session)) tokens.delete(token);
    const left = (owners.get(ownerKey(session)) ?? []).filter((id) => id !== session.id);
    if (left.length === 0) owners.delete(ownerKey(session));
    else owners.set(ownerKey(session), left);
  }

  function end(id: string): void {
    const session = sessions.get(id);
    if (session !== undefined) forget(session);
    for (const listener of listeners) listener(id);
  }

  /** Ends what is too much when there is one more, and forgets what is over anyway. */
  function makeRoom(who: Omit<SignedIn, 'id'>, limit: number, now: number): void {
    const own = (owners.get(ownerKey(who)) ?? []).flatMap((id) => sessions.get(id) ?? []);
    const alive = own.filter((session) => {
      const isOver = now >= Math.max(session.accessExpiresAt, session.refreshExpiresAt);
      if (isOver) forget(session);
      return !isOver;
    });
    for (const { id } of alive.slice(0, Math.max(0, alive.length - limit + 1))) end(id);
    for (const id of sessions.keys()) if (sessions.size >= MOST_SESSIONS) end(id);
  }

  return {
    signedIn(authorization, now) {
      const token = bearer(authorization);
      const extension = userNamed('sim-', token);
      if (extension !== undefined && !revoked.has(token)) {
        return { id: token, extension, clientId: NO_CLIENT };
      }
      const session = byToken(token);
      const isAccess = session?.accessToken === token;
      if (isAccess && now < session.accessExpiresAt) {
        session.firstUsedAt ??= now;
        return session;
      }
      if (extension !== undefined || isAccess) throw new Refusal(401, 'OAU-128', 'Access token expired.');
      throw new Refusal(401, 'OAU-129', 'Access token corrupted');
    },

    ownerOf: (token) => byToken(token)?.extension,

    endsAt(signInId) {
      if (userNamed('sim-', signInId) !== undefined) {
        return revoked.has(signInId) ? null : Number.POSITIVE_INFINITY;
      }
      return sessions.get(signInId)?.accessExpiresAt ?? null;
    },

    onEnd(listener) {
      listeners.push(listener);
    },

    open(who, rules, now, endpointId) {
      makeRoom(who, rules.sessionLimit, now);
      const { extension, clientId } = who;
      const id = randomUUID();
      const overAt = rules.sessionTtl === null ? Number.POSITIVE_INFINITY : now + rules.sessionTtl * 1_000;
      const known = { id, extension, clientId, overAt, endpointId: endpointId || id.slice(0, 13) };
      const session = withTokens({ ...known, replaced: null }, rules, now);
      keep(session);
      owners.set(ownerKey(who), [...(owners.get(ownerKey(who)) ?? []), id]);
      return tokenBody(session, now);
    },

    refresh(refreshToken, clientId, rules, now) {
      const session = byToken(refreshToken);
      const isRefresh = session?.refreshToken === refreshToken || session?.replaced === refreshToken;
      if (session === undefined || !isRefresh || session.clientId !== clientId) throw tokenNotFound();
      if (now >= session.refreshExpiresAt) throw tokenNotFound();
      if (session.replaced === refreshToken) {
        const usableUntil =
          session.firstUsedAt === null
            ? session.issuedAt + REPLACED_WHILE_UNUSED
            : session.firstUsedAt + REPLACED_AFTER_USE;
        if (now >= usableUntil) throw tokenNotFound();
        return tokenBody(session, now);
      }
      const renewed = withTokens({ ...session, replaced: refreshToken }, rules, now);
      keep(renewed, session);
      return tokenBody(renewed, now);
    },

    revoke(token) {
      if (userNamed('sim-', token) !== undefined) {
        revoked.add(token);
        end(token);
      }
      const session = byToken(token);
      if (session !== undefined && session.replaced !== token) end(session.id);
    },

    reset() {
      for (const id of [...sessions.keys(), ...STATIC_TOKENS]) end(id);
      revoked.clear();
    },
  };
}

/** The user that a made-up credential names: `sim-101` is extension 101. */
export function userNamed(prefix: string, credential: string): Extension | undefined {
  if (!credential.startsWith(prefix)) return undefined;
  const extension = extensionByNumber(credential.slice(prefix.length));
  return extension?.type === 'User' && extension.status === 'Enabled' ? extension : undefined;
}

function withTokens(
  from: Omit<Session, 'accessToken' | 'accessExpiresAt' | 'refreshToken' | 'refreshExpiresAt' | LaterFields>,
  { accessTtl, refreshTtl }: SessionRules,
  now: number,
): Session {
  return {
    ...from,
    accessToken: `access-${randomUUID()}`,
    accessExpiresAt: Math.min(now + accessTtl * 1_000, from.overAt),
    refreshToken: refreshTtl === null ? null : `refresh-${randomUUID()}`,
    refreshExpiresAt: Math.min(now + (refreshTtl ?? 0) * 1_000, from.overAt),
    issuedAt: now,
    idleTimeout: refreshTtl,
    firstUsedAt: null,
  };
}

type LaterFields = 'issuedAt' | 'idleTimeout' | 'firstUsedAt';

/** The permissions of every app. */
export const SCOPE = 'CallControl ReadPresence ReadAccounts ReadCallLog WebSocketsSubscription';

function tokenBody(session: Session, now: number): WireToken & WireSessionTimes {
  const secondsLeft = (until: number) => Math.max(0, Math.round((until - now) / 1_000));
  const { refreshToken, overAt, idleTimeout } = session;
  return {
    access_token: session.accessToken,
    token_type: 'bearer',
    expires_in: secondsLeft(session.accessExpiresAt),
    ...(refreshToken === null
      ? {}
      : { refresh_token: refreshToken, refresh_token_expires_in: secondsLeft(session.refreshExpiresAt) }),
    scope: SCOPE,
    owner_id: session.extension.id,
    endpoint_id: session.endpointId,
    session_id: session.id,
    ...(overAt === Number.POSITIVE_INFINITY ? {} : { session_expires_in: secondsLeft(overAt) }),
    ...(idleTimeout === null ? {} : { session_idle_timeout: idleTimeout }),
  };
}

/** When a session ends, where something makes it end; seconds. */
interface WireSessionTimes {
  session_expires_in?: number;
  session_idle_timeout?: number;
}

function tokensOf({ accessToken, refreshToken, replaced }: Session): string[] {
  return [accessToken, refreshToken, replaced].filter((token) => token !== null);
}

function ownerKey({ extension, clientId }: Omit<SignedIn, 'id'>): string {
  return `${extension.id} ${clientId}`;
}

function bearer(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new Refusal(401, 'OAU-123', 'Authorization header is not specified');
  }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Refusal(401, 'OAU-134', 'Authorization header is invalid');
  if (!/^[\w.~+/=-]+$/.test(token)) throw new Refusal(401, 'OAU-149', 'Access token cannot be parsed');
  return token;
}

function tokenNotFound(): TokenRefusal {
  return new TokenRefusal(400, 'invalid_grant', 'OAU-213', 'Token not found');
}
