/** Whom a newcomer is at each phone system, as the bar above GraphiQL lets them choose. */
import { describe, expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/server.ts';
import { cannotSee } from '../support/browser.ts';
import { openGateway, until, useGraphiql } from '../support/graphiql.ts';

const CONVERSATIONS = 'MyConversations';
const genesysUser = (name: string) => ({ data: { viewer: { genesysUser: { name } } } });

describe.skipIf(cannotSee)('GraphiQL lets a newcomer choose', () => {
  const { openDesk } = useGraphiql();

  test('whom they are at each phone system, apart from each other, and for all tabs', async () => {
    await using desk = await openDesk();
    const { page } = desk;
    const greetings: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('connection_init')) greetings.push(String(payload));
      }),
    );
    const [caller, agent] = [page.getByLabel('You are'), page.getByLabel('In Genesys Cloud')];
    expect([await caller.inputValue(), await agent.inputValue()]).toEqual(['sim-101', 'gsim-ada']);
    await desk.openTab(CONVERSATIONS);
    expect(await desk.answerOf(CONVERSATIONS)).toMatchObject(genesysUser('Ada Lind'));

    await agent.selectOption({ label: 'Ben Okoro, agent' });
    await desk.openTab(CONVERSATIONS);
    expect(await desk.answerOf(CONVERSATIONS)).toMatchObject(genesysUser('Ben Okoro'));
    await desk.openTab('MyCalls');
    expect(await desk.answerOf('MyCalls')).toMatchObject({ data: { viewer: { name: 'Iris Vance' } } });
    await desk.openTab('WatchMyConversations');
    expect(await desk.answerOf('WatchMyConversations')).not.toHaveProperty('errors');
    expect(JSON.parse(greetings.at(-1) ?? '{}').payload).toMatchObject({
      authorization: 'Bearer sim-101',
      'x-genesys-authorization': 'Bearer gsim-ben',
    });

    await caller.selectOption({ label: 'Tomas Reed, 102' });
    await page.reload();
    await page.locator('.graphiql-execute-button').waitFor();
    expect([await caller.inputValue(), await agent.inputValue()]).toEqual(['sim-102', 'gsim-ben']);
    await desk.openTab('MyCalls');
    expect(await desk.answerOf('MyCalls')).toMatchObject({ data: { viewer: { name: 'Tomas Reed' } } });
  });

  test('with a keyboard alone', async () => {
    await using desk = await openDesk();
    const { page } = desk;
    await page.getByLabel('You are').focus();
    await page.keyboard.press('Tab');
    const agent = page.getByLabel('In Genesys Cloud');
    await agent.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await until(async () => (await agent.inputValue()) === 'gsim-ben');
    await desk.openTab(CONVERSATIONS);
    expect(await desk.answerOf(CONVERSATIONS)).toMatchObject(genesysUser('Ben Okoro'));
  });

  test('whom they are at Genesys Cloud where that is alone', async () => {
    await using simulator = await createSimulator();
    await using alone = await openGateway({ GENESYS_API_URL: simulator.url, GRAPHIQL: 'on' });
    const html = { headers: { accept: 'text/html' } };
    await until(async () => (await (await fetch(alone.url, html)).text()).includes('gsim-ada'));
    await using desk = await openDesk({ url: alone.url });
    const { page } = desk;
    expect(await page.content()).not.toContain('sim-101');
    await desk.openTab(CONVERSATIONS);
    expect(await desk.answerOf(CONVERSATIONS)).toMatchObject(genesysUser('Ada Lind'));
    await page.getByLabel('You are').selectOption({ label: 'Cleo Marsh, supervisor' });
    await desk.openTab(CONVERSATIONS);
    expect(await desk.answerOf(CONVERSATIONS)).toMatchObject(genesysUser('Cleo Marsh'));
  });
});
