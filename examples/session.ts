/** Who is signed in, for any frontend: the browser holds a cookie that no script can read, and the page holds no token. */

/** Whoever is signed in. */
export interface SignedIn {
  readonly name: string | null;
  readonly extensionNumber: string | null;
  /** When the session ends, unless it is used until then. */
  readonly expiresAt: Date;
}

export interface Session {
  /** Null: nobody is signed in. Undefined: that is not known yet. */
  current(): SignedIn | null | undefined;
  /** Hears of each change; answers how to hear no more. Together with `current` it is what `useSyncExternalStore` takes. */
  subscribe(listener: () => void): () => void;
  /** Call it in a click: a gateway of another origin opens a window, which browsers let nobody else do. */
  signIn(): void;
  signOut(): Promise<void>;
  /** Looks again: after a 401, or a socket that was closed with 4401 or 4403. */
  look(): Promise<void>;
}

/** `gateway` is the origin of the gateway, like `https://calls.example.com`; without it, this page's own. */
export function createSession(gateway: string = location.origin): Session {
  const listeners = new Set<() => void>();
  let current: SignedIn | null | undefined;
  let hearing = new AbortController();

  function tell(next: SignedIn | null): void {
    current = next;
    for (const listener of listeners) listener();
  }

  const ask = (path: string, body?: object) =>
    fetch(gateway + path, {
      credentials: 'include',
      cache: 'no-store',
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });

  async function look(): Promise<void> {
    const response = await ask('/auth/session').catch(() => null);
    if (response?.status === 401) tell(null);
    if (response?.status !== 200) return;
    const { ringcentral } = (await response.json()).systems;
    // A session may be of another system alone.
    if (ringcentral === undefined) {
      tell(null);
      return;
    }
    const { name, extensionNumber } = ringcentral.user;
    tell({ name, extensionNumber, expiresAt: new Date(ringcentral.expiresAt) });
  }

  function signIn(): void {
    const here = `returnTo=${encodeURIComponent(location.href.split('#')[0] ?? '')}`;
    if (gateway === location.origin) {
      location.assign(`/auth/sign-in?${here}`);
      return;
    }
    const opened = open(
      `${gateway}/auth/sign-in?display=popup&${here}`,
      'sign-in',
      'popup,width=480,height=720',
    );
    const hear = async ({ origin, source, data }: MessageEvent) => {
      if (origin !== gateway || source !== opened || data?.type !== 'signed-in') return;
      hearing.abort();
      // What the window was given is taken over into a cookie for this page.
      if (data.ticket) await ask('/auth/session', { ticket: data.ticket });
      await look();
    };
    hearing.abort();
    hearing = new AbortController();
    addEventListener('message', hear, { signal: hearing.signal });
  }

  // In another tab somebody may have signed in or out.
  document.addEventListener('visibilitychange', () => document.hidden || look());
  void look();
  return {
    current: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn,
    async signOut() {
      const response = await ask('/auth/sign-out', {});
      if (response.ok) tell(null);
    },
    look,
  };
}
