/** The lines of the README that a frontend team copies, letter by letter, in a browser. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cannotSee, launchBrowser, serveSite } from '../support/browser.ts';
import { openHouse, until } from '../support/gateway.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');
const section = readme.split('### Subscribing')[1]?.split('## Sign in')[0] ?? '';
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code ?? '');

const [MY_CALLS = '', , WATCH = ''] = blocks(readme, 'graphql');
const [graphqlWs = '', apollo = '', urql = '', graphqlSse = ''] = blocks(section, 'ts');
const [, persisted = ''] = blocks(read('examples/README.md'), 'ts');

/** What the lines take for granted of the app around them. */
const APP = `
import { gql } from '@apollo/client';
const shown = [];
Object.assign(globalThis, { shown });
const session = { freshToken: async () => 'sim-101' };
const sessionId = new URL(location.href).searchParams.get('session');
const WATCH = ${JSON.stringify(WATCH)};
const MY_CALLS = ${JSON.stringify(MY_CALLS)};
const show = (data) => shown.push(data);
const report = (error) => shown.push(String(error));
const closeCallCard = () => shown.push('complete');
`;

const RECIPES = [
  ['graphql-ws', graphqlWs, '', 1],
  ['Apollo Client', apollo, 'show((await client.query({ query: gql(MY_CALLS) })).data);', 2],
  [
    'urql',
    urql,
    'show((await client.query(MY_CALLS, {})).data); show((await normalized.query(MY_CALLS, {})).data);',
    3,
  ],
  ['graphql-sse', graphqlSse, '', 2],
  ['persisted operations', persisted, '', 1],
] as const;

describe.skipIf(cannotSee)('In a browser', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  test.each(RECIPES)('the lines for %s run as they stand', async (name, lines, then, count) => {
    if (browser === undefined) throw new Error('There is no browser to open.');
    expect(lines).toMatch(/^import /);
    // The page asks where its gateway is, because the README's own port may be taken.
    const contents = [APP, graphqlWs, name === 'graphql-ws' ? '' : lines, then]
      .join('\n')
      .replace(/'(http|ws):\/\/127\.0\.0\.1:4000/g, "new URL(location.href).searchParams.get('$1') + '");
    await using site = await serveSite({ contents });
    await using house = await openHouse({ environment: { CORS_ORIGINS: site.origin } });
    const { id } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    const { origin, host } = new URL(house.gateway.url);
    const address = new URLSearchParams({ http: origin, ws: `ws://${host}`, session: id });
    await using opened = await site.open(browser, `?${address}`);
    const shown = (): Promise<unknown[]> => opened.page.evaluate('shown');
    await until(async () => (await shown()).length >= count);

    const said = await shown();
    const snapshots = said.filter((data) => JSON.stringify(data).includes('"SUBSCRIBED"'));
    const calls = said.filter((data) => JSON.stringify(data).includes('"activeCalls"'));
    expect(snapshots).toHaveLength(name === 'graphql-sse' ? 2 : 1);
    for (const call of [...snapshots, ...calls]) expect(JSON.stringify(call)).toContain(id);
    expect(said).toHaveLength(snapshots.length + calls.length);
    expect(opened.complaints).toEqual([]);
  });
});
