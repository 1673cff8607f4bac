/** GraphiQL as a newcomer meets it: a real browser, a mouse, and no network but this machine. */
import { readdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { DEMO_SESSION_ID } from '../../src/simulator/story.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { cannotSee, launchBrowser } from '../support/browser.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { until } from '../support/gateway.ts';

describe.skipIf(cannotSee)('GraphiQL in a browser', () => {
  let gateway: Gateway | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    gateway = await createGateway(readConfig({ PORT: '0', DRAIN_SECONDS: '1', FAST_PATH }), {
      log: createLog('silent'),
    });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  test('shows the docs, and each example in a tab of its name', async () => {
    await using desk = await openDesk();
    await desk.page.getByLabel('Show Documentation Explorer').click();
    const docs = desk.page.locator('.graphiql-doc-explorer');
    await docs.getByRole('link', { name: 'Query' }).click();
    await docs.getByText('Reading calls.').waitFor();
    await docs.getByText('The user on whose behalf the request runs').waitFor();

    const examples = await readdir(new URL('../../examples/', import.meta.url));
    const tabs = await desk.page.locator('.graphiql-tab').allInnerTexts();
    expect(tabs).toEqual(
      examples
        .filter((name) => name.endsWith('.graphql'))
        .sort()
        .map(titleOf),
    );
    expect(desk.strangers()).toEqual([]);
  });

  test('runs the query of a tab at the first click', async () => {
    await using desk = await openDesk();
    await desk.run();
    await until(async () => (await desk.result()).includes('"name": "Iris Vance"'));

    await desk.openTab('OneCall');
    await desk.run();
    await until(async () => (await desk.result()).includes(`"id": "${DEMO_SESSION_ID}"`));
    expect(desk.strangers()).toEqual([]);
  });

  test('shows the changes of a call as they happen', async () => {
    await using desk = await openDesk();
    await desk.openTab('WatchACall');
    await desk.run();
    await until(() => desk.events().length >= 2);
    const [first, second] = desk.events();
    expect(first).toMatchObject({ __typename: 'CallSnapshot', session: { id: DEMO_SESSION_ID } });
    expect(second).toMatchObject({ __typename: 'CallPartyChange' });
    await until(async () => (await desk.result()).includes('"__typename": "CallPartyChange"'));
    expect(desk.strangers()).toEqual([]);
  });

  /** A browser that knows nothing yet, at the page. */
  async function openDesk() {
    if (browser === undefined || gateway === undefined) throw new Error('There is no browser to open.');
    const { host } = new URL(gateway.url);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const asked: string[] = [];
    const frames: string[] = [];
    context.on('request', (request) => void asked.push(request.url()));
    const page = await context.newPage();
    page.on('websocket', (socket) => {
      asked.push(socket.url());
      socket.on('framereceived', ({ payload }) => void frames.push(String(payload)));
    });
    await page.goto(gateway.url);
    await page.locator('.graphiql-execute-button').waitFor();

    return {
      page,
      run: () => page.locator('.graphiql-execute-button').click(),
      openTab: (title: string) => page.getByRole('button', { name: title, exact: true }).click(),
      /** What the right half shows, of which the browser draws only what fits. */
      result: () => shownText(page),
      /** What `callEvents` has brought over the WebSocket. */
      events: () => frames.flatMap((frame) => JSON.parse(frame).payload?.data?.callEvents ?? []),
      /** Whoever was asked and is not this gateway. */
      strangers: () =>
        asked.filter((url) => !/^(blob|data):/.test(url)).filter((url) => new URL(url).host !== host),
      [Symbol.asyncDispose]: () => context.close(),
    };
  }
});

/** `03-watch-a-call.graphql` shows as `WatchACall`. */
function titleOf(file: string): string {
  const words = file.replace(/^\d+-|\.graphql$/g, '').split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

async function shownText(page: Page): Promise<string> {
  const lines = await page.locator('.result-window .view-line').allInnerTexts();
  // The editor draws spaces that do not break.
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
