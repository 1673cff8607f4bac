/** Tokens for sockets: each opens one connection, for the user and the sign-in that asked for it. */
import { randomUUID } from 'node:crypto';
import type { WireSocketToken } from '../../ringcentral/wire.ts';
import type { SignedIn } from '../oauth/sessions.ts';
import type { Switchboard } from '../switchboard.ts';

export interface SocketTokens {
  /** A new one; `origin` is where this server is, like `http://127.0.0.1:4010`. */
  issue(owner: SignedIn, origin: string): WireSocketToken;
  /** Whose token it is; undefined when it is none, or too old. */
  ownerOf(token: string): SignedIn | undefined;
  reset(): void;
}

/** Where sockets connect. */
export const SOCKET_PATH = '/ws';

const MOST_TOKENS = 10_000;

export function createSocketTokens({
  settings,
  now,
}: Pick<Switchboard, 'now'> & {
  readonly settings: () => { readonly socketTokenTtl: number };
}): SocketTokens {
  /** Oldest first. */
  const tokens = new Map<string, { readonly owner: SignedIn; readonly until: number }>();

  return {
    issue(owner, origin) {
      const { socketTokenTtl } = settings();
      const token = `ws-${randomUUID()}`;
      tokens.set(token, { owner, until: now() + socketTokenTtl * 1_000 });
      for (const old of tokens.keys()) if (tokens.size > MOST_TOKENS) tokens.delete(old);
      return {
        uri: `${origin.replace(/^http/, 'ws')}${SOCKET_PATH}`,
        ws_access_token: token,
        expires_in: socketTokenTtl,
      };
    },
    ownerOf(token) {
      const known = tokens.get(token);
      return known !== undefined && now() < known.until ? known.owner : undefined;
    },
    reset: () => tokens.clear(),
  };
}
