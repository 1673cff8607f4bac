/** The page as a newcomer meets it: what it shows, and that each example answers. */
import { describe, expect, test } from 'vitest';
import { GENESYS_STAGED } from '../../src/simulator/genesys/stage.ts';
import { DEMO_SESSION_ID } from '../../src/simulator/story.ts';
import type { AnyBody } from '../simulator/genesys-support.ts';
import { cannotSee } from '../support/browser.ts';
import { problemsIn, titles, until, useGraphiql } from '../support/graphiql.ts';

describe.skipIf(cannotSee)('GraphiQL in a browser', () => {
  const { openDesk, ofSimulator } = useGraphiql();

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
      // Whoever does the same twice in a few seconds is told that nobody can see whether it was done again. What is noted
      // last is taken back last.
      await desk.openTab('SetAttributes');
      await desk.answerOf('SetAttributes');
      await until(async () => (await attributesOf(GENESYS_STAGED.talking.otherId)).length === 0);
      for (const title of order(await titles())) {
        await desk.openTab(title);
        const answer = await desk.answerOf(title);
        expect({ title, problems: problemsIn(answer) }).toEqual({ title, problems: [] });
        await until(async () => (await desk.result()).includes('"data"'));
      }
      expect(desk.strangers()).toEqual([]);
    });
  });

  /** What is noted of a participant. */
  async function attributesOf(participantId: string): Promise<readonly string[]> {
    const conversations = (await ofSimulator('/simulator/genesys/conversations')) as readonly AnyBody[];
    const found = conversations
      .flatMap(({ participants }) => participants)
      .find(({ id }) => id === participantId);
    return Object.keys(found?.attributes ?? {});
  }
});

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
