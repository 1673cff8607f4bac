/** Who has signed in with which browser, and to which apps: it is what `prompt=none` asks for. */
import { randomUUID } from 'node:crypto';
import type { Extension } from '../company/extension.ts';

/** What a browser is known for. */
export interface Login {
  readonly extension: Extension;
  /** The apps that this user has let in. */
  readonly apps: ReadonlySet<string>;
}

export interface Logins {
  /** Whoever signed in last with the browser that sends these cookies. */
  of(cookies: string | undefined): Login | undefined;
  /** Notes it, and answers the cookie that the browser is to keep. */
  note(cookies: string | undefined, extension: Extension, clientId: string): string;
  reset(): void;
}

const MOST_LOGINS = 10_000;

export function createLogins(): Logins {
  /** Oldest first. */
  const logins = new Map<string, Login>();
  return {
    of: (cookies) => logins.get(idIn(cookies)),
    note(cookies, extension, clientId) {
      const before = logins.get(idIn(cookies));
      const known = before?.extension === extension ? before.apps : [];
      logins.delete(idIn(cookies));
      const id = randomUUID();
      logins.set(id, { extension, apps: new Set([...[...known].slice(-MOST_APPS), clientId]) });
      for (const old of logins.keys()) if (logins.size > MOST_LOGINS) logins.delete(old);
      return `simulator-login=${id}; Path=/restapi/oauth; HttpOnly; SameSite=Lax`;
    },
    reset: () => logins.clear(),
  };
}

const MOST_APPS = 100;
const ID = /(?:^|; )simulator-login=([\w-]{36})(?:;|$)/;

function idIn(cookies = ''): string {
  return ID.exec(cookies)?.[1] ?? '';
}
