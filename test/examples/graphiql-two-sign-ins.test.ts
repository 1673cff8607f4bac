/** Signing in to two phone systems from the bar above GraphiQL: where one can, who one is at each, and how it ends. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/server.ts';
import { cannotSee, launchBrowser } from '../support/browser.ts';
import { boxOf, isInside, openDesk, openGateway, until } from '../support/graphiql.ts';

const PEOPLE = {
  RingCentral: /Tomas Reed/,
  'Genesys Cloud': /Ben Okoro/,
} as const;
type Name = keyof typeof PEOPLE;

const TOMAS = /^Tomas Reed\s+RingCentral, extension 102, until\s.*\d\d:\d\d/;
const BEN = /^Ben Okoro\s+Genesys Cloud, until\s.*\d\d:\d\d/;

/** What can be seen of the session in the bar. */
const linksOf = (page: Page) => page.getByRole('link', { name: /^Sign in/ });
const peopleOf = (page: Page) => page.locator('.gateway-person');
const signOutOf = (page: Page) => page.getByRole('button', { name: 'Sign out' });

async function pick(page: Page, name: Name): Promise<void> {
  await page.getByText(`Simulated ${name}`).waitFor();
  await page.getByRole('button', { name: PEOPLE[name] }).click();
  await page.locator('.graphiql-execute-button').waitFor();
  await peopleOf(page).first().waitFor();
}

async function signIn(page: Page, name: Name): Promise<void> {
  await page.getByRole('link', { name: `Sign in to ${name}` }).click();
  await pick(page, name);
}

/** One press leads from the one to the other. GraphiQL takes the focus for its editor once, when that is ready. */
async function tabTo(page: Page, from: Locator, to: Locator): Promise<void> {
  await until(async () => {
    await from.focus();
    await page.keyboard.press('Tab');
    return to.evaluate((part) => part.matches(':focus'));
  });
}

const toldTo = (page: Page) =>
  page.evaluate(`fetch('/auth/session').then(async (answer) =>
    answer.status === 200 ? Object.keys((await answer.json()).systems) : answer.status)`);

/** Nothing of the bar is wider than a window of any usual width, nor lies upon anything else of it. */
async function fitsAnyWindow(page: Page): Promise<void> {
  const bar = page.locator('.gateway-bar');
  for (const width of [390, 761, 1024, 1201, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await bar.evaluate(({ scrollWidth }) => scrollWidth)).toBe(width);
    const parts = await bar.locator('strong, select, p, a, button').filter({ visible: true }).all();
    const boxes: Box[] = [];
    for (const part of parts) {
      expect({ width, isInside: await isInside(part, bar) }).toEqual({ width, isInside: true });
      boxes.push(await boxOf(part));
    }
    const meetings = boxes.flatMap((one, index) =>
      boxes.slice(index + 1).filter((other) => meet(one, other)),
    );
    expect({ width, meetings }).toEqual({ width, meetings: [] });
  }
}

type Box = Awaited<ReturnType<typeof boxOf>>;

function meet(one: Box, other: Box): boolean {
  const isBeside = one.x + one.width <= other.x + 1 || other.x + other.width <= one.x + 1;
  const isAbove = one.y + one.height <= other.y + 1 || other.y + other.height <= one.y + 1;
  return !isBeside && !isAbove;
}

describe.skipIf(cannotSee)(
  'The bar above GraphiQL, where two phone systems are on,',
  {
    timeout: 120_000 /* 2 minutes */,
  },
  () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());
    const open = (url: string) => {
      if (browser === undefined) throw new Error('There is no browser to open.');
      return openDesk(browser, { url });
    };

    test.each(['RingCentral', 'Genesys Cloud'] as const)(
      'offers whoever is nobody a sign-in to each, and theirs is that of %s',
      async (name) => {
        await using gateway = await openGateway({});
        await using desk = await open(gateway.url);
        const { page } = desk;
        await linksOf(page).first().waitFor();
        expect(await linksOf(page).allTextContents()).toEqual([
          'Sign in to RingCentral',
          'Sign in to Genesys Cloud',
        ]);
        expect(await signOutOf(page).count()).toBe(0);
        await fitsAnyWindow(page);
        await signIn(page, name);
        expect(await toldTo(page)).toEqual([name === 'RingCentral' ? 'ringcentral' : 'genesys']);
      },
    );

    test.each([
      ['RingCentral', 'Genesys Cloud', TOMAS],
      ['Genesys Cloud', 'RingCentral', BEN],
    ] as const)(
      'shows who is signed in to %s, and beside them the way to %s, which the session takes too',
      async (first, second, person) => {
        await using gateway = await openGateway({});
        await using desk = await open(gateway.url);
        const { page } = desk;
        await signIn(page, first);
        expect(await peopleOf(page).allInnerTexts()).toEqual([expect.stringMatching(person)]);
        expect(await linksOf(page).allTextContents()).toEqual([`Sign in to ${second}`]);
        expect(await signOutOf(page).isVisible()).toBe(true);
        await fitsAnyWindow(page);

        await signIn(page, second);
        // RingCentral is the first, in whatever order.
        expect(await peopleOf(page).allInnerTexts()).toEqual([
          expect.stringMatching(TOMAS),
          expect.stringMatching(BEN),
        ]);
        expect(await toldTo(page)).toEqual(['ringcentral', 'genesys']);
      },
    );

    test('shows both people with their system and until when, and signs out of both at once', async () => {
      await using gateway = await openGateway({});
      await using desk = await open(gateway.url);
      const { page } = desk;
      await signIn(page, 'Genesys Cloud');
      await signIn(page, 'RingCentral');
      expect(await peopleOf(page).allInnerTexts()).toEqual([
        expect.stringMatching(TOMAS),
        expect.stringMatching(BEN),
      ]);
      expect(await linksOf(page).count()).toBe(0);
      expect(await page.getByRole('status').innerText()).toMatch(/Tomas Reed[\s\S]*Ben Okoro/);
      await fitsAnyWindow(page);
      await desk.openTab('MyConversations');
      expect(await desk.answerOf('MyConversations')).toMatchObject({
        data: { viewer: { genesysUser: { name: 'Ben Okoro' } } },
      });

      await signOutOf(page).click();
      await linksOf(page).first().waitFor();
      expect(await linksOf(page).count()).toBe(2);
      expect(await peopleOf(page).count()).toBe(0);
      expect(await toldTo(page)).toBe(401);
    });

    test('leads through all of it by keyboard', async () => {
      await using gateway = await openGateway({});
      await using desk = await open(gateway.url);
      const { page } = desk;
      const link = (name: Name) => page.getByRole('link', { name: `Sign in to ${name}` });
      await link('RingCentral').waitFor();
      await tabTo(page, page.getByLabel('In Genesys Cloud'), link('RingCentral'));
      await tabTo(page, link('RingCentral'), link('Genesys Cloud'));
      await link('Genesys Cloud').press('Enter');
      await page.getByText('Simulated Genesys Cloud').waitFor();
      // The first of the page is the first person.
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await peopleOf(page).waitFor();
      expect(await peopleOf(page).innerText()).toMatch(BEN);

      await tabTo(page, page.getByLabel('Examples'), link('RingCentral'));
      await tabTo(page, link('RingCentral'), signOutOf(page));
      await signOutOf(page).press('Space');
      await until(async () => (await linksOf(page).count()) === 2);
      await until(async () => (await peopleOf(page).count()) === 0);
    });

    test('sees a sign-in that is not renewed end by its time, and offers it again', async () => {
      await using gateway = await openGateway({});
      await using desk = await open(gateway.url);
      const { page } = desk;
      await signIn(page, 'RingCentral');
      await fetch(`${gateway.simulatorUrl}/simulator/settings`, {
        method: 'PUT',
        body: '{"genesysTokenTtl":8}',
      });
      await signIn(page, 'Genesys Cloud');
      // Nobody touches the page meanwhile.
      await until(async () => (await peopleOf(page).count()) === 1);
      expect(await peopleOf(page).innerText()).toMatch(TOMAS);
      expect(await linksOf(page).allTextContents()).toEqual(['Sign in to Genesys Cloud']);
    });

    test('says where its one sign-in leads, where browsers sign in to one of the two', async () => {
      await using simulator = await createSimulator();
      await using gateway = await openGateway({
        RINGCENTRAL_SERVER_URL: simulator.url,
        GENESYS_API_URL: simulator.url,
        SIGN_IN: 'on',
        GRAPHIQL: 'on',
        RINGCENTRAL_CLIENT_ID: 'desk',
        RINGCENTRAL_CLIENT_SECRET: 'a-secret',
        SESSION_SECRETS: 'a-secret-that-is-long-enough-to-be-one',
      });
      await using desk = await open(gateway.url);
      const { page } = desk;
      await linksOf(page).first().waitFor();
      expect(await linksOf(page).allTextContents()).toEqual(['Sign in to RingCentral']);
      await signIn(page, 'RingCentral');
      expect(await peopleOf(page).allInnerTexts()).toEqual([expect.stringMatching(TOMAS)]);
      expect(await linksOf(page).count()).toBe(0);
    });
  },
);
