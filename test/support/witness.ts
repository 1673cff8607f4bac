/** A window of a browser of which everything is written down: what went in and out, and what its pages hold. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Page, Request, WebSocket } from 'playwright-core';

/** How the browser's end of a WebSocket was closed. */
export interface Closing {
  readonly url: string;
  readonly code: number;
}

export interface Witness extends AsyncDisposable {
  readonly context: BrowserContext;
  /** Sockets that were closed, in order. */
  readonly closings: readonly Closing[];
  /** Every request for this path: its headers, lower case. */
  requests(path: string): readonly Readonly<Record<string, string>>[];
  /** Whatever was sent over a WebSocket. */
  sent(): readonly string[];
  /** The value of a cookie, also of one that no script can read. */
  cookie(name: string): Promise<string | undefined>;
  /** All that was seen, and all that the open pages hold now: text, storage, addresses. */
  everything(): Promise<string>;
}

/** Opens it. `options` are of the window. */
export async function openWitness(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Witness> {
  const context = await browser.newContext(options);
  const closings: Closing[] = [];
  const requests: { path: string; headers: Record<string, string> }[] = [];
  const sent: string[] = [];
  const seen: string[] = [];
  const underway = new Set<Promise<unknown>>();
  const note = (work: Promise<unknown>) => {
    const done = work.catch(() => {}).finally(() => underway.delete(done));
    underway.add(done);
  };

  context.on(
    'request',
    (request) => void seen.push(`${request.method()} ${request.url()}`, request.postData() ?? ''),
  );
  // What breaks off has no end that could be waited for, and nothing that a page could have read.
  context.on('requestfinished', (request) => void note(look(request)));
  async function look(request: Request): Promise<void> {
    const headers = await request.allHeaders();
    requests.push({ path: new URL(request.url()).pathname, headers });
    const response = await request.response();
    seen.push(JSON.stringify([headers, await response?.headersArray()]));
    // GraphiQL itself is 9 MB and the same for everybody; what it holds in the end is looked at as it stands then.
    if (Number(response?.headers()['content-length'] ?? 0) < 1_000_000)
      seen.push((await response?.text()) ?? '');
  }
  const hear = (socket: WebSocket) => {
    seen.push(socket.url());
    socket.on('framesent', ({ payload }) => seen.push(sent[sent.push(String(payload)) - 1] ?? ''));
    socket.on('framereceived', ({ payload }) => seen.push(String(payload)));
  };
  context.on('page', (page: Page) => {
    page.on('websocket', hear);
    page.on('console', (message) => seen.push(message.text()));
    page.on('framenavigated', (frame) => seen.push(frame.url()));
  });
  await context.exposeFunction('tellClosing', (url: string, code: number) => closings.push({ url, code }));
  await context.addInitScript(`{
    const Plain = WebSocket;
    globalThis.WebSocket = class extends Plain {
      constructor(...given) {
        super(...given);
        this.addEventListener('close', ({ code }) => tellClosing(this.url, code));
      }
    };
  }`);

  return {
    context,
    closings,
    requests: (path) => requests.filter((one) => one.path === path).map(({ headers }) => headers),
    sent: () => sent,
    cookie: async (name) => (await context.cookies()).find((one) => one.name === name)?.value,
    async everything() {
      for (const page of context.pages()) {
        seen.push(page.url(), await page.content(), await page.evaluate(HOLDINGS));
      }
      // The browser does not always tell that it has thrown away what a page has left behind.
      await Promise.race([Promise.all(underway), delay(LAST_WORDS)]);
      return seen.join('\n');
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

const LAST_WORDS = 5_000; // 5 seconds

const HOLDINGS = `JSON.stringify([
  { ...localStorage }, { ...sessionStorage }, document.cookie, name, history.state, location.href,
  document.referrer, performance.getEntries().map((entry) => entry.name),
])`;
