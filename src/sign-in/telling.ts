/** What a browser is told of its session: who is signed in to which system, and until when. */
import { Apart } from '../commons/commons.ts';
import type { HeldSession } from './keeper.ts';
import type { Sessions } from './sessions.ts';
import type { System } from './systems.ts';

/** All of it. */
export interface ToldSession {
  /** It lasts as long as anything in it. */
  readonly session: { readonly id: string; readonly expiresAt: string };
  readonly systems: Readonly<Record<string, ToldSystem>>;
}

/** A sign-in to one system. */
export interface ToldSystem {
  readonly user: object;
  readonly expiresAt: string;
  /** Its tokens are renewed while the session is used; false: it ends then, unless its user signs in again before. */
  readonly isRenewed: boolean;
}

/**
 * What is told of the session of a cookie, which is used by that; null: nobody is signed in.
 * @throws {Apart} where nothing of it is known here, and nobody can be asked.
 */
export async function tellOf(
  cookie: string,
  sessions: Pick<Sessions, 'find'>,
  systems: readonly System[],
): Promise<ToldSession | null> {
  const told: [System, ToldSystem][] = [];
  let id: string | null = null;
  let apart: Apart | null = null;
  for (const system of systems) {
    try {
      const held = await sessions.find(cookie, system);
      if (held === null) continue;
      held.used();
      id = held.publicId;
      told.push([system, toldOf(held)]);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      apart = error;
    }
  }
  if (id === null && apart !== null) throw apart;
  if (id === null) return null;
  const [expiresAt = ''] = told
    .map(([, one]) => one.expiresAt)
    .sort()
    .reverse();
  return { session: { id, expiresAt }, systems: Object.fromEntries(told) };
}

function toldOf({ keeper, publicId }: HeldSession): ToldSystem {
  const { user, grant } = keeper.account;
  const { viewerId: _kept, ...shown } = user;
  const expiresAt = new Date(Date.now() + keeper.leftOf(publicId)).toISOString();
  return { user: shown, expiresAt, isRenewed: grant.refreshToken !== null };
}
