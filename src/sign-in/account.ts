/**
 * Who is signed in as one user: one grant of RingCentral, and the browser sessions that live on it. Pure: an immutable
 * value that all gateways share; `now` is the clock of the store.
 *
 * ```text
 *   nobody ── signs in ──► granted ◄───────────────────────────────────────────────────────┐
 *     ▲                     │  │ └─ signs in again: the newest grant for all sessions,      │
 *     │                     │  │    the one before is given back                            │ next tokens
 *     │                     │  └─ due, or not taken any more ──► renewing (one gateway) ────┤
 *     │                     │                                     │   └── lost: asked again ┘  with the same refresh token,
 *     │                     │                                     │       (or its gateway is gone: the next one asks)
 *     └── the last signs out, or is idle, or its time is over ◄───┴── refused: all sessions end
 * ```
 *
 * RingCentral ends the sixth sign-in of a user and app, and its sockets with it: so there is one grant for a user, and the
 * grant of an earlier sign-in is given back, not kept beside.
 */
import { renewalAfter } from '../tokens.ts';
import type { Tokens } from './authorization-server.ts';

/** Whom a system says it is. */
export type User = RingCentralUser | GenesysUser;

interface Somebody {
  /** Scope of everything that is kept for them, the same as for their own bearer tokens. */
  readonly viewerId: string;
  readonly name: string | null;
}

export interface RingCentralUser extends Somebody {
  readonly accountId: string | null;
  readonly extensionId: string | null;
  readonly extensionNumber: string | null;
}

export interface GenesysUser extends Somebody {
  readonly userId: string;
  readonly email: string | null;
}

/** One sign-in at a system, as it is held for all sessions of its user. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Times by the clock of the store. */
  readonly renewAt: number;
  readonly expiresAt: number;
  /** After it nothing can be renewed; null where RingCentral does not say. */
  readonly endsAt: number | null;
  /** Names the sign-in at the system; a renewal keeps it. */
  readonly signInId: string;
  /** Higher with each token. */
  readonly version: number;
}

/** One browser. */
export interface Session {
  /** For its user to see and to end it by; it opens nothing. */
  readonly publicId: string;
  /** What its cookie is known by. */
  readonly key: string;
  readonly begunAt: number;
  readonly seenAt: number;
  /** What its browser calls itself. */
  readonly userAgent: string | null;
}

/** Everybody who is signed in as one user; an immutable value. */
export interface Account {
  readonly user: User;
  readonly grant: Grant;
  /** One gateway asks for the next tokens; so long nobody else does. */
  readonly renewing: { readonly by: string; readonly until: number } | null;
  /** Newest last. */
  readonly sessions: readonly Session[];
}

/** How long a session lasts, in milliseconds. */
export interface SessionTimes {
  /** Without being used. */
  readonly idle: number;
  /** In all. */
  readonly absolute: number;
  /** Of one try to renew; then another gateway may. */
  readonly renewal: number;
  /** Before tokens end that cannot be renewed, their users are told. */
  readonly notice: number;
}

export const SESSION_TIMES: SessionTimes = {
  idle: 28_800_000, // 8 hours
  absolute: 604_800_000, // 7 days
  renewal: 30_000, // 30 seconds
  notice: 300_000, // 5 minutes
};

/** Browsers in which a user is signed in; the eldest ends when there is another. */
export const MOST_SESSIONS = 10;

/** An account is kept for the next sign-in to find its grant, but no longer than this. */
const LONGEST_KEPT = 2_592_000_000; // 30 days

/** The grant of some tokens. */
export function grantOf(tokens: Tokens, signInId: string, version: number, now: number): Grant {
  const { accessToken, refreshToken, life, refreshLife, sessionLife } = tokens;
  const ends = [refreshLife, sessionLife].flatMap((left) => (left === null ? [] : [now + left]));
  return {
    accessToken,
    refreshToken,
    renewAt: now + renewalAfter(life),
    expiresAt: now + life,
    endsAt: ends.length === 0 ? null : Math.min(...ends),
    signInId,
    version,
  };
}

/** What came of a step. Null for an account: nobody is signed in any more. */
export interface Step {
  readonly account: Account | null;
  /** To be given back to RingCentral. */
  readonly returned: Grant | null;
}

/** Adds a session with the newest tokens. `instead`: the one that this browser had before. */
export function signIn(
  account: Account | null,
  entry: {
    readonly user: User;
    readonly tokens: Tokens;
    readonly session: Session;
    readonly instead: string | null;
  },
  now: number,
): { readonly account: Account; readonly returned: Grant | null } {
  const { user, tokens, session, instead } = entry;
  const others = (account?.sessions ?? []).filter(({ publicId }) => publicId !== instead);
  return {
    account: {
      user,
      grant: grantOf(tokens, session.key, (account?.grant.version ?? 0) + 1, now),
      renewing: null,
      sessions: [...others, session].slice(-MOST_SESSIONS),
    },
    returned: account?.grant ?? null,
  };
}

/** Ends one session; with the last of them the grant is given back. */
export function signOut(account: Account | null, publicId: string): Step {
  if (account === null) return { account, returned: null };
  const sessions = account.sessions.filter((one) => one.publicId !== publicId);
  if (sessions.length === account.sessions.length) return { account, returned: null };
  return sessions.length === 0
    ? { account: null, returned: account.grant }
    : { account: { ...account, sessions }, returned: null };
}

/** A session has another cookie from now on, and may have another public id: then it stands for the one that had it. */
export function renamed(
  account: Account,
  publicId: string,
  next: Pick<Session, 'publicId' | 'key'>,
): Account {
  const session = account.sessions.find((one) => one.publicId === publicId);
  if (session === undefined) return account;
  const others = account.sessions.filter((one) => one !== session && one.publicId !== next.publicId);
  return { ...account, sessions: [...others, { ...session, ...next }] };
}

/** A session is in use. */
export function seen(account: Account, publicId: string, now: number): Account {
  const sessions = account.sessions.map((one) => (one.publicId === publicId ? { ...one, seenAt: now } : one));
  return { ...account, sessions };
}

/** When a session ends, unless it is used meanwhile. */
export function endOf({ begunAt, seenAt }: Session, { grant }: Account, times: SessionTimes): number {
  // Tokens that cannot be renewed take their sessions with them.
  const ofGrant = grant.refreshToken === null ? grant.expiresAt : (grant.endsAt ?? Number.POSITIVE_INFINITY);
  return Math.min(seenAt + times.idle, begunAt + times.absolute, ofGrant);
}

/** The sessions that have not ended. */
export function livingIn(account: Account, times: SessionTimes, now: number): readonly Session[] {
  return account.sessions.filter((one) => endOf(one, account, times) > now);
}

/** Without those that have ended; the same account where none has. */
export function withoutEnded(account: Account, times: SessionTimes, now: number): Account {
  const sessions = livingIn(account, times, now);
  return sessions.length === account.sessions.length ? account : { ...account, sessions };
}

/** Milliseconds that an account is kept. */
export function lifetimeOf(account: Account, times: SessionTimes, now: number): number {
  const ends = account.sessions.map((one) => endOf(one, account, times));
  const last = Math.max(account.grant.endsAt ?? account.grant.expiresAt, ...ends);
  return Math.min(Math.max(1, last - now), LONGEST_KEPT);
}

/** What came of wanting newer tokens. */
export type Claim =
  | { readonly kind: 'claimed'; readonly account: Account }
  /** There are newer ones already. */
  | { readonly kind: 'renewed' }
  | { readonly kind: 'underway'; readonly left: number }
  /** They cannot be renewed. */
  | { readonly kind: 'impossible' };

/** Claims the right to ask for newer tokens than those of `version`. */
export function claim(
  account: Account,
  { by, version }: { readonly by: string; readonly version: number },
  times: SessionTimes,
  now: number,
): Claim {
  const { grant, renewing } = account;
  if (grant.version !== version) return { kind: 'renewed' };
  if (grant.refreshToken === null) return { kind: 'impossible' };
  if (renewing !== null && renewing.by !== by && renewing.until > now) {
    return { kind: 'underway', left: renewing.until - now };
  }
  return { kind: 'claimed', account: { ...account, renewing: { by, until: now + times.renewal } } };
}

/** The next tokens are there. A later sign-in may have been faster. */
export function renewed(account: Account, version: number, tokens: Tokens, now: number): Account {
  if (account.grant.version !== version) return account;
  const next = grantOf(tokens, account.grant.signInId, version + 1, now);
  return {
    ...account,
    renewing: null,
    grant: { ...next, refreshToken: next.refreshToken ?? account.grant.refreshToken },
  };
}

/** No answer came: whoever is next may ask again, with the same refresh token. */
export function lost(account: Account, by: string): Account {
  return account.renewing?.by === by ? { ...account, renewing: null } : account;
}

/** RingCentral said no; null: nobody is signed in any more. A later sign-in stays. */
export function refused(account: Account, version: number): Account | null {
  return account.grant.version === version ? null : account;
}

/** With the tokens of `local` where they are later ones of the same sign-in. */
export function caughtUp(account: Account, local: Account): Account {
  const { grant } = local;
  const isLater = account.grant.signInId === grant.signInId && account.grant.version < grant.version;
  return isLater ? { ...account, grant, renewing: null } : account;
}
