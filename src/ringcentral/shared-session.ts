/**
 * The gateway's own session with RingCentral, which it shares with all gateways of the same identity: one of them signs in
 * or refreshes, the others wait for what it tells. What is decided stands in `session-record.ts`.
 *
 * RingCentral ends the old access token in the moment of a refresh, and a user's sixth session ends the first. So one
 * session for all is not thrift but need. Calls come first, though: where the others cannot be asked, a gateway refreshes,
 * else signs in, by itself, and all follow the newest token when they are together again.
 */
import { CallControlFailure, UpstreamUnavailable } from '../../schema/failures.ts';
import { Apart, type Cell, type Commons, type Key } from '../commons/commons.ts';
import { type SealingKey, seal, sealingKey, unseal } from '../commons/seal.ts';
import { mayHaveChanged } from '../commons/waiting.ts';
import type { ServiceToken } from './service-token.ts';
import {
  beatRenewal,
  claimToken,
  failRenewal,
  layDown,
  nextSetback,
  RENEWAL_HOLD,
  type SessionClaim,
  type SessionRecord,
  type Setback,
  type SharedToken,
} from './session-record.ts';

export interface SharedSessionParts {
  readonly commons: Commons;
  /** Whose session: the RingCentral, the app, its user. */
  readonly owner: string;
  /** What the tokens are sealed with; gateways with another one have a session of their own. */
  readonly secret: string;
  /** Milliseconds of a clock that never jumps. */
  readonly clock: () => number;
  /** Asks RingCentral for a token, with a refresh token if there is one. */
  readonly grant: (refreshToken: string | null) => Promise<ServiceToken>;
  /** Gives a session back that nobody needs. */
  readonly giveBack: (token: ServiceToken) => Promise<void>;
  /** The token that is good at this gateway now; null: none. */
  readonly held: () => ServiceToken | null;
  /** The others have this one. */
  readonly hear: (token: ServiceToken) => void;
}

/** What came of asking for a token. */
export type Obtained =
  | { readonly kind: 'token'; readonly token: ServiceToken }
  /** Its time is by our clock. */
  | { readonly kind: 'setback'; readonly setback: Setback; readonly failure: CallControlFailure };

export interface SharedSession {
  /**
   * A token other than one that will not do: of another gateway, or new. It never waits without an end.
   * @throws only what is a defect.
   */
  obtain(unfit: ServiceToken | null, before: Setback | null): Promise<Obtained>;
  /** Lets go; the last gateway gives the session back. */
  end(token: ServiceToken | null): Promise<void>;
}

/** Whoever waits looks again after so long, should it not have been told. */
const LOOK = 250; // milliseconds

/** What another gateway does is waited for so long. */
const PATIENCE = 30_000; // 30 seconds

/** A session that nobody uses is forgotten so long after its token ended; until then it can be refreshed. */
const MEMORY = 86_400_000; // 1 day

/** Makes the gateway's part in the session. */
export function createSharedSession(parts: SharedSessionParts): SharedSession {
  const { commons, clock, grant, giveBack, held, hear } = parts;
  const cell: Cell<SessionRecord> = commons.cell({ word: 'session' });
  const key: Key = { owner: JSON.stringify([parts.owner, parts.secret]) };
  const lock: SealingKey = sealingKey(parts.secret, 'session with RingCentral');
  /** The token that this gateway got while it was apart, and no other has. */
  let ownAlone: string | null = null;
  let renewals = 0;
  let isEnding = false;
  const unfollow = cell.follow(key, () => void meet().catch(ignore));

  return {
    async obtain(unfit, before) {
      const until = clock() + PATIENCE;
      renewals += 1;
      const id = `${commons.self} ${renewals}`;
      let unfitId = unfit?.id ?? null;
      try {
        for (;;) {
          const { claim, offset } = await claimed(id, unfitId);
          if (claim.kind === 'live') {
            const token = opened(claim.token, offset);
            if (token !== null) return { kind: 'token', token };
            unfitId = claim.token.id;
          } else if (claim.kind === 'quiet') {
            const setback = { ...claim.setback, until: claim.setback.until - offset };
            return { kind: 'setback', setback, failure: new UpstreamUnavailable(setback.problem, false) };
          } else if (claim.kind === 'mine') {
            const theirs = claim.token === null ? null : opened(claim.token, offset);
            return await renew(id, theirs ?? unfit, claim.setback);
          } else {
            const left = until - clock();
            if (left <= 0) return setback(before, new UpstreamUnavailable(STILL_ASKING, false));
            await mayHaveChanged((hear) => cell.follow(key, hear), Math.min(left, LOOK));
          }
        }
      } catch (error) {
        if (!(error instanceof Apart)) throw error;
        return alone(unfit, before);
      }
    },

    async end(token) {
      isEnding = true;
      unfollow();
      if (token === null) return;
      if (token.id === ownAlone || (await isLast())) await giveBack(token);
    },
  };

  function claimed(id: string, unfit: string | null) {
    return cell.update<{ claim: SessionClaim; offset: number }>(key, (record, now) => {
      const { next, claim } = claimToken(record, { id, unfit }, now);
      const result = { claim, offset: now - clock() };
      return next === null ? { result } : { value: next, lifetime: lifetimeOf(next, now), result };
    });
  }

  /** Gets a token for all. */
  async function renew(id: string, old: ServiceToken | null, before: Setback | null): Promise<Obtained> {
    const beating = setInterval(() => {
      void change((record, now) => beatRenewal(record, id, now)).catch(ignore);
    }, RENEWAL_HOLD / 3).unref();
    try {
      const token = await grant(old?.refreshToken ?? null);
      return { kind: 'token', token: await told(token, id) };
    } catch (error) {
      const failed = error instanceof CallControlFailure ? setback(before, error) : null;
      await change((record, now) => {
        const theirs = failed && { ...failed.setback, until: failed.setback.until + now - clock() };
        return failRenewal(record, id, theirs);
      }, true).catch(ignore);
      if (failed === null) throw error;
      return failed;
    } finally {
      clearInterval(beating);
    }
  }

  /** While nobody can be asked. */
  async function alone(old: ServiceToken | null, before: Setback | null): Promise<Obtained> {
    try {
      const token = await grant(old?.refreshToken ?? null);
      return { kind: 'token', token: await told(token, '') };
    } catch (error) {
      if (error instanceof CallControlFailure) return setback(before, error);
      throw error;
    }
  }

  /** Lays a new token down; where that cannot be done, it is this gateway's alone until it can. */
  async function told(token: ServiceToken, id: string): Promise<ServiceToken> {
    ownAlone = token.id;
    try {
      return await laidDown(token, id);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      return token;
    }
  }

  /** The token that all have after this one was laid down: this one, or a newer one. */
  async function laidDown(token: ServiceToken, id: string): Promise<ServiceToken> {
    const { theirs, offset } = await cell.update(key, (record, now) => {
      const offset = now - clock();
      const next = layDown(record, shared(token, offset), id, now);
      const result = { theirs: next === null ? (record?.token ?? null) : null, offset };
      return next === null
        ? { result }
        : { value: next, lifetime: lifetimeOf(next, now), tell: true, result };
    });
    const isAlone = ownAlone === token.id;
    if (isAlone) ownAlone = null;
    const newer = theirs !== null && theirs.id !== token.id ? opened(theirs, offset) : null;
    if (newer === null) return token;
    // Nobody else has it, and a user's sessions are few.
    if (isAlone) void giveBack(token).catch(ignore);
    return newer;
  }

  /** After a change, and after a time apart: all follow the newest token. */
  async function meet(mine = held()): Promise<void> {
    if (isEnding) return;
    if (mine === null) {
      const { token, offset } = await cell.update(key, (record, now) => ({
        result: { token: record?.token ?? null, offset: now - clock() },
      }));
      const theirs = token === null ? null : opened(token, offset);
      if (theirs !== null && clock() < theirs.renewAt) hear(theirs);
      return;
    }
    const newest = await laidDown(mine, '');
    if (newest.id !== mine.id) hear(newest);
  }

  /** Whether nobody else may use the session. Two that end at once leave it, and it ends by itself. */
  async function isLast(): Promise<boolean> {
    if ((commons.fleet()?.size ?? 1) > 1) return false;
    await Promise.resolve(cell.update(key, () => ({ value: null, result: null }))).catch(ignore);
    return true;
  }

  async function change(
    step: (record: SessionRecord | null, now: number) => SessionRecord | null,
    tell = false,
  ): Promise<void> {
    await cell.update(key, (record, now) => {
      const next = step(record, now);
      return next === null
        ? { result: null }
        : { value: next, lifetime: lifetimeOf(next, now), tell, result: null };
    });
  }

  function setback(before: Setback | null, failure: CallControlFailure): Obtained & { kind: 'setback' } {
    return { kind: 'setback', setback: nextSetback(before, failure, clock()), failure };
  }

  function shared({ id, accessToken, refreshToken, ...times }: ServiceToken, offset: number): SharedToken {
    const sealed = seal(JSON.stringify([accessToken, refreshToken]), lock);
    return { id, sealed, ...moved(times, offset) };
  }

  function opened({ id, sealed, ...times }: SharedToken, offset: number): ServiceToken | null {
    const text = unseal(sealed, lock);
    if (text === null) return null;
    const [accessToken, refreshToken] = JSON.parse(text) as [string, string | null];
    return { id, accessToken, refreshToken, ...moved(times, -offset) };
  }
}

function moved(
  { obtainedAt, renewAt, expiresAt }: Pick<SharedToken, 'obtainedAt' | 'renewAt' | 'expiresAt'>,
  by: number,
) {
  return { obtainedAt: obtainedAt + by, renewAt: renewAt + by, expiresAt: expiresAt + by };
}

function lifetimeOf({ token, setback }: SessionRecord, now: number): number {
  return Math.max(now, token?.expiresAt ?? 0, setback?.until ?? 0) - now + MEMORY;
}

const STILL_ASKING = 'Another gateway signs in, and has not told what came of it';

function ignore(): void {}
