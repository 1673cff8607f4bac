/** A browser as far as signing in is concerned: it keeps cookies, follows no redirect by itself, and says where it comes from. */
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Gateway } from '../../src/gateway.ts';
import { type House, type HouseOptions, openHouse, until } from './gateway.ts';

/** With these a gateway before a simulator of its own lets browsers sign in. */
export const SIGN_IN = {
  SIGN_IN: 'on',
  RINGCENTRAL_CLIENT_ID: 'desk_app-1',
  RINGCENTRAL_CLIENT_SECRET: 'a-secret-of-the-app',
  SESSION_SECRETS: 'the-first-secret-of-thirty-two-characters',
} as const;

/** A house at which browsers sign in. */
export function openSignInHouse(options: HouseOptions = {}): Promise<House> {
  return openHouse({ ...options, environment: { ...SIGN_IN, ...options.environment } });
}

/** One browser. */
export interface TestBrowser {
  /** Where it finds the gateway. */
  readonly origin: string;
  /** By their names. */
  readonly cookies: Map<string, string>;
  /** Every `Set-Cookie` that it was given. */
  readonly given: string[];
  /** As a `Cookie` header. */
  cookie(): string;
  /** Goes to an address of the gateway, with its cookies; a redirect is answered as it is. */
  go(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Posts JSON as a page of the gateway would. */
  post(path: string, body: object, headers?: Record<string, string>): Promise<Response>;
  /** Begins to sign in; answers where it was sent. */
  begin(query?: string): Promise<URL>;
  /** Picks somebody at the page of the simulator, or refuses; answers the way back. */
  pick(authorize: URL, extension: string | null): Promise<string>;
  /** All of it. */
  signIn(extension?: string, query?: string): Promise<Response>;
  /** What GraphQL answers to it. */
  ask(query: string, headers?: Record<string, string>): Promise<Asked>;
  /** A graphql-ws client by its cookie. */
  socket(options?: Partial<Parameters<typeof createClient>[0]>): Client;
}

export interface Asked {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: any operation has any data.
  readonly data: any;
  readonly code: string | undefined;
}

/** Opens it before a gateway. */
export function openTestBrowser({ url }: Pick<Gateway, 'url'>): TestBrowser {
  const { origin } = new URL(url);
  const cookies = new Map<string, string>();
  const given: string[] = [];

  const browser: TestBrowser = {
    origin,
    cookies,
    given,
    cookie: () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    go: (path, headers = {}) => send(path, { headers: { 'sec-fetch-site': 'same-origin', ...headers } }),
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, ...headers },
        body: JSON.stringify(body),
      }),
    async begin(query = '') {
      const response = await browser.go(`/auth/sign-in?${query}`);
      return new URL(response.headers.get('location') ?? `nowhere:${response.status}`);
    },
    pick: (authorize, extension) =>
      answerPage(authorize, extension === null ? { deny: 'yes' } : { extension }),
    async signIn(extension = '101', query) {
      return browser.go(await browser.pick(await browser.begin(query), extension));
    },
    async ask(query, headers) {
      const response = await browser.post('/graphql', { query }, { 'x-requested-with': 'test', ...headers });
      const { data, errors } = (await response.json()) as {
        data: unknown;
        errors?: { extensions: { code: string } }[];
      };
      return { status: response.status, data, code: errors?.[0]?.extensions.code };
    },
    socket(options = {}) {
      return createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: socketWith({ cookie: browser.cookie(), origin }),
        retryAttempts: 0,
        ...options,
      });
    },
  };
  return browser;

  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>) };
    if (cookies.size > 0 && headers.cookie === undefined) headers.cookie = browser.cookie();
    const response = await fetch(new URL(path, origin), { ...init, headers, redirect: 'manual' });
    for (const text of response.headers.getSetCookie()) take(text);
    return response;
  }

  function take(text: string): void {
    given.push(text);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    if (/max-age=0(;|$)/i.test(text)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** Posts the form of a sign-in page, as it stands and with this answer; answers the way back. */
export async function answerPage(authorize: URL, answer: Record<string, string>): Promise<string> {
  const body = new URLSearchParams(authorize.search);
  for (const [name, value] of Object.entries(answer)) body.set(name, value);
  const address = authorize.origin + authorize.pathname;
  const response = await fetch(address, { method: 'POST', body, redirect: 'manual' });
  return response.headers.get('location') ?? `nowhere:${response.status}`;
}

/** A WebSocket that shows these headers, as that of a browser does. */
export function socketWith(headers: Record<string, string>) {
  return class extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers });
    }
  };
}

/** How a client's socket was closed. */
export function closingOf(client: Client): Promise<{ readonly code: number; readonly reason: string }> {
  return new Promise((resolve) => {
    client.on('closed', (event) => resolve(event as { code: number; reason: string }));
  });
}

/** Watches by a client until it is told the first thing. */
export async function watching(client: Client, query = 'subscription { activeCalls { presenceId } }') {
  const heard: unknown[] = [];
  const ended: unknown[] = [];
  client.subscribe(
    { query },
    {
      next: (event) => heard.push(event),
      error: (error) => ended.push(error),
      complete: () => ended.push('over'),
    },
  );
  await until(() => heard.length > 0 || ended.length > 0);
  return { heard, ended };
}

/** The requests for tokens of this grant that the simulator has got; it must keep bodies (`journalBodies`). */
export function tokenRequests({ simulator }: Pick<House, 'simulator'>, grant: string) {
  return simulator
    .requests()
    .filter(
      ({ operationId, requestBody }) =>
        operationId === 'getToken' && `${requestBody}`.includes(`grant_type=${grant}`),
    );
}
