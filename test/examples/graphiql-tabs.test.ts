/** The tabs of the examples: each is reached, comes back, and is kept. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { cannotSee } from '../support/browser.ts';
import { boxOf, isInside, problemsIn, titles, until, useGraphiql } from '../support/graphiql.ts';

describe.skipIf(cannotSee)('The tabs of GraphiQL', () => {
  const { openDesk } = useGraphiql();

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
    const { origin } = new URL(desk.page.url());
    // Away from GraphiQL, which keeps its tabs a moment after they changed.
    await desk.page.goto(`${origin}/healthz`);
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
    await desk.page.goto(`${origin}/graphql`);
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
});
