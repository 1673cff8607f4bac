/**
 * Who may come in: access tokens and how they are had, refreshed and lost.
 *
 * A refresh makes the old access token useless at once. The old refresh token still answers, with the same
 * new tokens, for 10 seconds after the new access token was first used (or an hour while it is unused), so
 * that a client may ask again when the answer got lost.
 */
import { randomUUID } from 'node:crypto';
import type { WireToken } from '../ringcentral/wire.ts';
import { type Extension, extensionByNumber } from './account.ts';
import { Refusal } from './refusals.ts';

/** The bearer tokens that work without signing in, one for each user. */
export const STATIC_TOKENS = ['sim-101', 'sim-102', 'sim-103'] as const;

/** A refused request for a token: OAuth's own error beside RingCentral's. */
export class TokenRefusal extends Refusal {
  override name = 'TokenRefusal';
  readonly error: string;

  constructor(status: number, error: string, errorCode: string, message: string) {
    super(status, errorCode, message);
    this.error = error;
  }
}

/** One sign-in, as others know it. */
export interface SignedIn {
  /** Of the OAuth session; a refresh keeps it. */
  readonly id: string;
  readonly extension: Extension;
  readonly clientId: string;
}

export interface OAuth {
  /**
   * The user behind an `Authorization` header, and the sign-in it belongs to.
   * @throws {Refusal} 401, with the code that tells what is wrong with it.
   */
  signedIn(authorization: string | undefined, now: number): SignedIn;
  /** The extension id of the user whom a request for a token is about, where its form tells. */
  userOf(form: URLSearchParams): string | undefined;
  /** Until when a sign-in lasts unless it is refreshed, epoch milliseconds; null once it is over. */
  endsAt(signInId: string): number | null;
  /** Hears of each sign-in that ends before its time. */
  onEnd(listener: (signInId: string) => void): void;
  /**
   * Answers a request for a token.
   * @throws {TokenRefusal} when it is not granted.
   */
  grant(form: URLSearchParams, clientId: string, tokenTtl: number, now: number): WireToken;
  /** Ends the session that an access or refresh token belongs to; an unknown token is no error. */
  revoke(token: string): void;
  /** Forgets every session and revives the static tokens. */
  reset(): void;
}

/** One sign-in. */
interface Session {
  readonly id: string;
  readonly extension: Extension;
  readonly clientId: string;
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
  /** The refresh token before this one. */
  readonly replaced: string | null;
  readonly issuedAt: number;
  firstUsedAt: number | null;
}

/** The app of the fixed tokens. */
const NO_CLIENT = 'simulator';
const REFRESH_TTL = 604_800; // 1 week, in seconds
const REPLACED_AFTER_USE = 10_000; // 10 seconds
const REPLACED_WHILE_UNUSED = 3_600_000; // 1 hour
/** So many sessions may one user have with one app; the oldest ends when there is another. */
const SESSIONS_PER_USER = 5;

export function createOAuth(): OAuth {
  let sessions: Session[] = [];
  const revoked = new Set<string>();
  const listeners: ((signInId: string) => void)[] = [];

  function end(ids: readonly string[]): void {
    sessions = sessions.filter(({ id }) => !ids.includes(id));
    for (const id of ids) for (const listener of listeners) listener(id);
  }

  function open(extension: Extension, clientId: string, tokenTtl: number, now: number): WireToken {
    const others = sessions.filter((one) => one.extension === extension && one.clientId === clientId);
    const tooOld = others.slice(0, Math.max(0, others.length - SESSIONS_PER_USER + 1));
    const session = newSession({ id: randomUUID(), extension, clientId, replaced: null }, tokenTtl, now);
    sessions = [...sessions, session];
    end(tooOld.map(({ id }) => id));
    return tokenBody(session, now);
  }

  function refresh(refreshToken: string, tokenTtl: number, now: number): WireToken {
    const session = sessions.find(
      (one) => one.refreshToken === refreshToken || one.replaced === refreshToken,
    );
    if (session === undefined || now >= session.refreshExpiresAt) throw tokenNotFound();
    if (session.replaced === refreshToken) {
      const usableUntil =
        session.firstUsedAt === null
          ? session.issuedAt + REPLACED_WHILE_UNUSED
          : session.firstUsedAt + REPLACED_AFTER_USE;
      if (now >= usableUntil) throw tokenNotFound();
      return tokenBody(session, now);
    }
    const renewed = newSession({ ...session, replaced: refreshToken }, tokenTtl, now);
    sessions = sessions.map((one) => (one === session ? renewed : one));
    return tokenBody(renewed, now);
  }

  return {
    signedIn(authorization, now) {
      const token = bearer(authorization);
      const extension = extensionOf('sim-', token);
      if (extension !== undefined && !revoked.has(token))
        return { id: token, extension, clientId: NO_CLIENT };
      const session = sessions.find((one) => one.accessToken === token);
      if (session !== undefined && now < session.accessExpiresAt) {
        session.firstUsedAt ??= now;
        return session;
      }
      if (extension !== undefined || session !== undefined) throw expired();
      throw new Refusal(401, 'OAU-129', 'Access token corrupted');
    },

    grant(form, clientId, tokenTtl, now) {
      const grantType = form.get('grant_type');
      switch (grantType) {
        case 'urn:ietf:params:oauth:grant-type:jwt-bearer': {
          const extension = extensionOf('sim-jwt-', form.get('assertion') ?? '');
          if (extension === undefined) {
            throw new TokenRefusal(400, 'invalid_grant', 'OAU-118', 'JWT assertion is invalid');
          }
          return open(extension, clientId, tokenTtl, now);
        }
        case 'refresh_token':
          return refresh(form.get('refresh_token') ?? '', tokenTtl, now);
        default: {
          const message = `Grant type [${grantType}] is not available here: sign in with a JWT, like sim-jwt-101`;
          throw new TokenRefusal(400, 'unsupported_grant_type', 'OAU-250', message);
        }
      }
    },

    userOf(form) {
      const assertion = extensionOf('sim-jwt-', form.get('assertion') ?? '');
      const refreshToken = form.get('refresh_token');
      const token = form.get('token');
      const session = sessions.find(
        (one) =>
          ([one.refreshToken, one.replaced].includes(refreshToken) && refreshToken !== null) ||
          (token !== null && [one.accessToken, one.refreshToken].includes(token)),
      );
      return (assertion ?? session?.extension)?.id;
    },

    endsAt(signInId) {
      if (extensionOf('sim-', signInId) !== undefined) {
        return revoked.has(signInId) ? null : Number.POSITIVE_INFINITY;
      }
      return sessions.find(({ id }) => id === signInId)?.accessExpiresAt ?? null;
    },

    onEnd(listener) {
      listeners.push(listener);
    },

    revoke(token) {
      if (extensionOf('sim-', token) !== undefined) {
        revoked.add(token);
        end([token]);
      }
      const ended = sessions.filter((one) => one.accessToken === token || one.refreshToken === token);
      end(ended.map(({ id }) => id));
    },

    reset() {
      end([...sessions.map(({ id }) => id), ...STATIC_TOKENS]);
      revoked.clear();
    },
  };
}

/**
 * The app that asks for a token: its id by Basic authorization, or in the form for an app without a secret.
 * The secret `wrong` is the one that is refused.
 * @throws {TokenRefusal} 401.
 */
export function clientOf(authorization: string | undefined, form: URLSearchParams): string {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  const [id, secret] =
    basic === undefined
      ? [form.get('client_id') ?? '', '']
      : splitOnce(Buffer.from(basic, 'base64').toString('utf8'));
  if (id === '' || secret === 'wrong') {
    throw new TokenRefusal(401, 'invalid_client', 'OAU-146', 'Invalid client credentials');
  }
  return id;
}

function newSession(
  from: Pick<Session, 'id' | 'extension' | 'clientId' | 'replaced'>,
  tokenTtl: number,
  now: number,
): Session {
  return {
    id: from.id,
    extension: from.extension,
    clientId: from.clientId,
    replaced: from.replaced,
    accessToken: `access-${randomUUID()}`,
    accessExpiresAt: now + tokenTtl * 1_000,
    refreshToken: `refresh-${randomUUID()}`,
    refreshExpiresAt: now + REFRESH_TTL * 1_000,
    issuedAt: now,
    firstUsedAt: null,
  };
}

function tokenBody(session: Session, now: number): WireToken {
  const secondsLeft = (until: number) => Math.max(0, Math.round((until - now) / 1_000));
  return {
    access_token: session.accessToken,
    token_type: 'bearer',
    expires_in: secondsLeft(session.accessExpiresAt),
    refresh_token: session.refreshToken,
    refresh_token_expires_in: secondsLeft(session.refreshExpiresAt),
    scope: 'CallControl ReadPresence ReadAccounts ReadCallLog WebSocketsSubscription',
    owner_id: session.extension.id,
    endpoint_id: session.id.slice(0, 13),
    session_id: session.id,
  };
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

/** The user that a made-up credential names: `sim-101` is extension 101. */
function extensionOf(prefix: string, credential: string): Extension | undefined {
  if (!credential.startsWith(prefix)) return undefined;
  const extension = extensionByNumber(credential.slice(prefix.length));
  return extension?.type === 'User' ? extension : undefined;
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function expired(): Refusal {
  return new Refusal(401, 'OAU-128', 'Access token expired.');
}

function tokenNotFound(): TokenRefusal {
  return new TokenRefusal(400, 'invalid_grant', 'OAU-213', 'Token not found');
}
