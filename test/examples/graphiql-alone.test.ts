/** The page of a gateway whose simulator, or whose RingCentral, is somewhere else. */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/server.ts';
import { cannotSee } from '../support/browser.ts';
import { openGateway, problemsIn, until, useGraphiql } from '../support/graphiql.ts';

describe.skipIf(cannotSee)('GraphiQL before a simulator of its own', () => {
  const { openDesk } = useGraphiql();

  test('a gateway with nothing but GRAPHIQL=on has a schema, somebody to be, and tabs that answer', async () => {
    await using simulator = await createSimulator();
    await using alone = await openGateway({ RINGCENTRAL_SERVER_URL: simulator.url, GRAPHIQL: 'on' });
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
    await using alone = await openGateway({ RINGCENTRAL_SERVER_URL: real.url, GRAPHIQL: 'on' });
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

const HTML = { headers: { accept: 'text/html' } };

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
