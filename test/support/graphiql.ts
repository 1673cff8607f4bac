/** GraphiQL as a newcomer meets it: a real browser, a mouse, and no network but this machine. */
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Locator, Page, Response } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { launchBrowser } from './browser.ts';
import { FAST_PATH } from './fast-path.ts';
import { LIVE_SOURCE } from './live-source.ts';

/** A gateway with nothing but these settings: before the simulator inside it, unless they say otherwise. */
export function openGateway(settings: Record<string, string>): Promise<Gateway> {
  return createGateway(readConfig({ PORT: '0', DRAIN_SECONDS: '1', FAST_PATH, LIVE_SOURCE, ...settings }), {
    log: createLog('silent'),
  });
}

export interface DeskOptions {
  /** Of the window, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Missing: that of the gateway of the suite. */
  readonly url?: string;
  /** Missing: a window that knows nothing. */
  readonly context?: BrowserContext;
}

/** For the suite that calls it: one browser, and one gateway before the simulator inside it. */
export function useGraphiql() {
  let gateway: Gateway | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    gateway = await openGateway({});
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  return {
    /** What the simulator inside says to this path. */
    async ofSimulator(path: string): Promise<unknown> {
      return (await fetch(`${gateway?.simulatorUrl}${path}`)).json();
    },
    /** A browser that knows nothing yet, at the page. */
    openDesk(options: DeskOptions = {}) {
      if (browser === undefined) throw new Error('There is no browser to open.');
      return openDesk(browser, { url: gateway?.url ?? '', ...options });
    },
  };
}

/** Opens the page of a gateway. */
export async function openDesk(
  browser: Browser,
  { width = 1440, height = 900, url, ...given }: DeskOptions & { readonly url: string },
) {
  const { host } = new URL(url);
  const context = given.context ?? (await browser.newContext({ viewport: { width, height } }));
  const asked: string[] = [];
  const frames: string[] = [];
  context.on('request', (request) => void asked.push(request.url()));
  const page = await context.newPage();
  page.on('websocket', (socket) => {
    asked.push(socket.url());
    socket.on('framereceived', ({ payload }) => void frames.push(String(payload)));
  });
  await page.goto(url);
  await page.locator('.graphiql-execute-button').waitFor();
  const run = () => page.locator('.graphiql-execute-button').click();
  const tab = (title: string) => page.getByRole('button', { name: title, exact: true });
  const active = page.locator('.graphiql-tab-active .graphiql-tab-button');

  return {
    page,
    run,
    tab,
    tabTitles: () => page.locator('.graphiql-tab').allInnerTexts(),
    isOpen: async (title: string) => (await active.innerText()) === title,
    async openTab(title: string) {
      await tab(title).click();
      await until(async () => (await active.innerText()) === title);
    },
    /** Runs the open tab and waits for its first answer, over HTTP or the WebSocket. */
    async answerOf(title: string): Promise<unknown> {
      const { length } = frames;
      let answer: unknown;
      const hear = async (response: Response) => {
        const sent = response.request().postDataJSON() as { operationName?: string } | null;
        if (sent?.operationName === title) answer = await response.json();
      };
      page.on('response', hear);
      // The editor follows its tab a moment later.
      await until(async () => (await shownText(page, '.graphiql-query-editor')).includes(` ${title}`));
      await run();
      const first = await until(() => {
        const news = frames.slice(length).map((frame) => JSON.parse(frame));
        return answer ?? news.find(({ type }) => type === 'next' || type === 'error')?.payload;
      });
      page.off('response', hear);
      return first;
    },
    /** What the right half shows, of which the browser draws only what fits. */
    result: () => shownText(page, '.result-window'),
    /** What `callEvents` has brought over the WebSocket. */
    events: () => frames.flatMap((frame) => JSON.parse(frame).payload?.data?.callEvents ?? []),
    /** Whoever was asked and is not this gateway. */
    strangers: () =>
      asked.filter((asked) => !/^(blob|data):/.test(asked)).filter((asked) => new URL(asked).host !== host),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** The titles of the examples, in their order. */
export async function titles(): Promise<string[]> {
  const files = await readdir(new URL('../../examples/', import.meta.url));
  return files
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map(titleOf);
}

/** `03-watch-a-call.graphql` shows as `WatchACall`. */
function titleOf(file: string): string {
  const words = file.replace(/^\d+-|\.graphql$/g, '').split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Errors, and commands that were not applied, wherever they stand in an answer. */
export function problemsIn(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer.flatMap(problemsIn);
  if (typeof answer !== 'object' || answer === null) return [];
  const { errors = [], error = null, outcome = 'APPLIED' } = answer as Record<string, unknown>;
  const here = [errors, error, outcome === 'APPLIED' ? null : outcome].flat().filter((one) => one !== null);
  const { data } = answer as { data?: unknown };
  const nothing = data === null ? ['no data'] : [];
  return [...here, ...nothing, ...Object.values(answer).flatMap(problemsIn)];
}

/** Looks until the fact is there, with breaths for the browser, which has more to do than to be asked. */
export async function until<Fact>(look: () => Fact | Promise<Fact>): Promise<NonNullable<Fact>> {
  for (;;) {
    const fact = await look();
    if (fact) return fact as NonNullable<Fact>;
    await delay(50);
  }
}

/** Where it is on the page. */
export async function boxOf(part: Locator) {
  const box = await part.boundingBox();
  if (box === null) throw new Error('There is nothing to see.');
  return box;
}

/** Whether all of its width can be seen. */
export async function isInside(part: Locator, frame: Locator): Promise<boolean> {
  const [inner, outer] = [await boxOf(part), await boxOf(frame)];
  return inner.x >= outer.x - 1 && inner.x + inner.width <= outer.x + outer.width + 1;
}

async function shownText(page: Page, part: string): Promise<string> {
  const lines = await page.locator(`${part} .view-line`).allInnerTexts();
  // The editor draws spaces that do not break.
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
