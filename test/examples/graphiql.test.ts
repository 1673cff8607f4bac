/** GraphiQL as a newcomer meets it: a real browser, a mouse, and no network but this machine. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Locator, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createSimulator } from '../../src/simulator/server.ts';
import { DEMO_SESSION_ID } from '../../src/simulator/story.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { cannotSee, launchBrowser } from '../support/browser.ts';
import { FAST_PATH } from '../support/fast-path.ts';

describe.skipIf(cannotSee)('GraphiQL in a browser', () => {
  let gateway: Gateway | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    gateway = await open({});
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

    expect(await desk.tabTitles()).toEqual(await titles());
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

  describe('each example tells something true at the first click', {
    timeout: 240_000 /* 4 minutes */,
  }, () => {
    const orders: readonly [name: string, order: (titles: readonly string[]) => readonly string[]][] = [
      ['in their order', (titles) => titles],
      ['the other way round', (titles) => titles.toReversed()],
      ['in any order', (titles) => shuffled(titles, 20_261_127)],
    ];

    // One gateway for all of them: what was clicked before stands in nobody's way.
    test.each(orders)('%s', async (_, order) => {
      await using desk = await openDesk();
      for (const title of order(await titles())) {
        await desk.openTab(title);
        const answer = await desk.answerOf(title);
        expect({ title, problems: problemsIn(answer) }).toEqual({ title, problems: [] });
        await until(async () => (await desk.result()).includes('"data"'));
      }
      expect(desk.strangers()).toEqual([]);
    });
  });

  describe('every example is reached', () => {
    test('with the wheel of a mouse', async () => {
      await using desk = await openDesk();
      const bar = await boxOf(desk.page.locator('.graphiql-tabs'));
      await desk.page.mouse.move(bar.x + bar.width / 2, bar.y + bar.height / 2);
      for (const title of await titles()) {
        const tab = desk.tab(title);
        await until(async () => {
          if (await isInside(tab, desk.page.locator('.graphiql-tabs'))) return true;
          await desk.page.mouse.wheel(0, 100);
          return false;
        });
        // Nothing but a mouse: no click of a tool that scrolls by itself.
        const { x, y, height } = await boxOf(tab);
        await desk.page.mouse.click(x + 12, y + height / 2);
        await until(() => desk.isOpen(title));
        await desk.page.mouse.move(bar.x + bar.width / 2, bar.y + bar.height / 2);
      }
    });

    test.each([1440, 390])('with the keyboard, from the menu, in a window of %i pixels', async (width) => {
      await using desk = await openDesk({ width });
      const menu = desk.page.getByLabel('Examples');
      await menu.focus();
      const seen = new Set([await menu.inputValue()]);
      for (const _ of (await titles()).slice(1)) {
        await desk.page.keyboard.press('ArrowDown');
        const title = await menu.inputValue();
        await until(() => desk.isOpen(title));
        expect(await isInside(desk.tab(title), desk.page.locator('.graphiql-tabs'))).toBe(true);
        seen.add(title);
      }
      expect([...seen].sort()).toEqual((await titles()).toSorted());
    });

    test('on a phone, where all fits the width and answers', async () => {
      await using desk = await openDesk({ width: 390, height: 800 });
      const { page } = desk;
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      for (const part of ['.graphiql-tabs', '.graphiql-editors', '.graphiql-response']) {
        const { x, width, height } = await boxOf(page.locator(part));
        expect({ part, narrow: width < 300, low: height < 30, outside: x < 0 || x + width > 390 }).toEqual({
          part,
          narrow: false,
          low: false,
          outside: false,
        });
      }
      await page.getByLabel('Examples').selectOption('Transfer');
      expect(problemsIn(await desk.answerOf('Transfer'))).toEqual([]);
      await until(async () => (await desk.result()).includes('"data"'));
    });
  });

  test('A tab that was closed comes back from the menu, and all of them when one asks for it', async () => {
    await using desk = await openDesk();
    const { page } = desk;
    await desk.openTab('Hold');
    await page.locator('.graphiql-tab-active').getByLabel('Close Tab').click();
    await until(async () => !(await desk.tabTitles()).includes('Hold'));
    await Promise.all([page.waitForEvent('load'), page.getByLabel('Examples').selectOption('Hold')]);
    await until(async () => (await desk.tabTitles()).includes('Hold') && desk.isOpen('Hold'));
    expect(problemsIn(await desk.answerOf('Hold'))).toEqual([]);

    await Promise.all([page.waitForEvent('load'), page.getByLabel('Examples').selectOption('restore')]);
    await until(async () => (await desk.tabTitles()).join() === (await titles()).join());
  });

  test('After a reload the tabs are as they were, also the one that needs somebody else', async () => {
    await using desk = await openDesk();
    await desk.openTab('Supervise');
    expect(problemsIn(await desk.answerOf('Supervise'))).toEqual([]);
    // GraphiQL keeps its tabs a moment after they changed.
    await until(() =>
      desk.page.evaluate(`(() => {
        const { tabs = [], activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}');
        return tabs[activeTabIndex]?.title === 'Supervise';
      })()`),
    );
    await desk.page.reload();
    await desk.page.locator('.graphiql-execute-button').waitFor();
    expect(await desk.tabTitles()).toEqual(await titles());
    await expect.poll(() => desk.isOpen('Supervise'), { timeout: 20_000 }).toBe(true);
    expect(problemsIn(await desk.answerOf('Supervise'))).toEqual([]);
  });

  test('Tabs of an earlier version are renewed, unless somebody has changed them', async () => {
    await using desk = await openDesk();
    const old = (title: string, query: string) => ({ title, query, variables: null });
    await desk.page.evaluate(
      ({ before, now }) => {
        localStorage.setItem('gateway:examples', JSON.stringify(before));
        const tabs = now.map((tab) => ({
          ...tab,
          id: tab.title,
          headers: null,
          operationName: tab.title,
          response: null,
        }));
        localStorage.setItem('graphiql:tabState', JSON.stringify({ activeTabIndex: 0, tabs }));
      },
      {
        before: [old('MyCalls', 'query MyCalls { viewer { id } }'), old('OneCall', 'query OneCall { a }')],
        now: [
          old('MyCalls', 'query MyCalls { viewer { id } }'),
          old('OneCall', 'query OneCall { mine }'),
          old('Own', 'query Own { viewer { id } }'),
        ],
      },
    );
    await desk.page.goto(desk.page.url().split('?')[0] ?? '');
    await desk.page.locator('.graphiql-execute-button').waitFor();
    const kept = ['MyCalls', 'OneCall', 'Own'];
    expect(await desk.tabTitles()).toEqual([
      ...kept,
      ...(await titles()).filter((title) => !kept.includes(title)),
    ]);
    const state = JSON.parse(String(await desk.page.evaluate(`localStorage['graphiql:tabState']`)));
    expect(state.tabs.slice(0, 3).map(({ query }: { query: string }) => query)).toEqual([
      await readFile(new URL('../../examples/01-my-calls.graphql', import.meta.url), 'utf8'),
      'query OneCall { mine }',
      'query Own { viewer { id } }',
    ]);
  });

  describe('before a simulator of its own', () => {
    test('a gateway with nothing but GRAPHIQL=on has a schema, somebody to be, and tabs that answer', async () => {
      await using simulator = await createSimulator();
      await using alone = await open({ RINGCENTRAL_SERVER_URL: simulator.url, GRAPHIQL: 'on' });
      await until(async () => (await (await fetch(alone.url, HTML)).text()).includes('sim-101'));
      await using desk = await openDesk({ url: alone.url });
      for (const title of ['MyCalls', 'WatchACall', 'Transfer', 'Supervise']) {
        await desk.openTab(title);
        expect(problemsIn(await desk.answerOf(title))).toEqual([]);
      }
      await desk.page.getByLabel('Show Documentation Explorer').click();
      await desk.page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query' }).waitFor();

      await desk.page.getByLabel('You are').selectOption({ label: 'Tomas Reed, 102' });
      await desk.openTab('MyCalls');
      expect(await desk.answerOf('MyCalls')).toMatchObject({ data: { viewer: { name: 'Tomas Reed' } } });
    });

    test('one that is no simulator gets no token, and one typed once is that of all tabs', async () => {
      await using simulator = await createSimulator();
      await using real = await openDisguised(simulator.url);
      await using alone = await open({ RINGCENTRAL_SERVER_URL: real.url, GRAPHIQL: 'on' });
      await until(() => real.asked().includes('/simulator/era'));
      await using desk = await openDesk({ url: alone.url });
      expect(await desk.page.content()).not.toContain('sim-10');
      expect(await desk.answerOf('MyCalls')).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });

      await desk.page.getByLabel('Token').fill('Bearer sim-102');
      await desk.page.getByLabel('Token').press('Enter');
      for (const title of ['MyCalls', 'OneCall', 'WatchACall']) {
        await desk.openTab(title);
        const answer = await desk.answerOf(title);
        expect(problemsIn(answer)).toEqual([]);
        if (title === 'MyCalls') expect(answer).toMatchObject({ data: { viewer: { name: 'Tomas Reed' } } });
      }
      expect(await desk.page.evaluate('JSON.stringify(localStorage)')).not.toContain('sim-102');
    });
  });

  /** A browser that knows nothing yet, at the page. */
  async function openDesk({ width = 1440, height = 900, url = gateway?.url ?? '' } = {}) {
    if (browser === undefined) throw new Error('There is no browser to open.');
    const { host } = new URL(url);
    const context = await browser.newContext({ viewport: { width, height } });
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
});

const HTML = { headers: { accept: 'text/html' } };

function open(settings: Record<string, string>): Promise<Gateway> {
  return createGateway(readConfig({ PORT: '0', DRAIN_SECONDS: '1', FAST_PATH, ...settings }), {
    log: createLog('silent'),
  });
}

/** RingCentral in front of a simulator: only its own paths are there. */
async function openDisguised(target: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '', method = 'GET', headers } = request;
    asked.push(url.split('?')[0] ?? '');
    if (!url.startsWith('/restapi/')) return response.writeHead(404).end();
    const onwards = httpRequest(target + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    response.on('close', () => onwards.destroy());
    return request.pipe(onwards);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The titles of the examples, in their order. */
async function titles(): Promise<string[]> {
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
function problemsIn(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer.flatMap(problemsIn);
  if (typeof answer !== 'object' || answer === null) return [];
  const { errors = [], error = null, outcome = 'APPLIED' } = answer as Record<string, unknown>;
  const here = [errors, error, outcome === 'APPLIED' ? null : outcome].flat().filter((one) => one !== null);
  const { data } = answer as { data?: unknown };
  const nothing = data === null ? ['no data'] : [];
  return [...here, ...nothing, ...Object.values(answer).flatMap(problemsIn)];
}

/** The same order for the same seed. */
function shuffled(items: readonly string[], seed: number): string[] {
  const left = [...items];
  let state = seed;
  return items.flatMap(() => {
    // A linear congruential generator with the numbers of Numerical Recipes.
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return left.splice(Math.floor((state / 2 ** 32) * left.length), 1);
  });
}

/** Looks until the fact is there, with breaths for the browser, which has more to do than to be asked. */
async function until<Fact>(look: () => Fact | Promise<Fact>): Promise<NonNullable<Fact>> {
  for (;;) {
    const fact = await look();
    if (fact) return fact as NonNullable<Fact>;
    await delay(50);
  }
}

async function boxOf(part: Locator) {
  const box = await part.boundingBox();
  if (box === null) throw new Error('There is nothing to see.');
  return box;
}

async function isInside(part: Locator, frame: Locator): Promise<boolean> {
  const [inner, outer] = [await boxOf(part), await boxOf(frame)];
  return inner.x >= outer.x - 1 && inner.x + inner.width <= outer.x + outer.width + 1;
}

async function shownText(page: Page, part: string): Promise<string> {
  const lines = await page.locator(`${part} .view-line`).allInnerTexts();
  // The editor draws spaces that do not break.
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
