/** The clients of the README that watch: what they promise about a gateway that is away for a while. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient } from '../../examples/live-client.ts';
import { createSseClient } from '../../examples/sse.ts';
import { cannotSee, launchBrowser, type Site, serveSite } from '../support/browser.ts';
import { liveThrough, openProgram, openTab, type Watcher } from '../support/outage.ts';
import type { Away } from '../support/road.ts';

const PATIENCE = 1_000; // 1 second
const AWAY: Away[] = ['refusing', 'hanging', 'unavailable', 'asleep'];

const clients: Record<string, (origin: string, tried: () => void) => Watcher> = {
  'graphql-ws': (origin, tried) =>
    createLiveClient(`${origin.replace('http', 'ws')}/graphql`, () => 'sim-101', {
      webSocketImpl: WebSocket,
      keepAlive: PATIENCE,
      on: { connecting: tried },
    }),
  'graphql-sse': (origin, tried) =>
    createSseClient(
      `${origin}/graphql`,
      () => {
        tried();
        return 'sim-101';
      },
      PATIENCE,
    ),
};

describe.each(Object.entries(clients))('%s loses no event and repeats none', (name, open) => {
  test.each(AWAY)('on Node, when the gateway is %s', (away) =>
    liveThrough(away, (origin, sessionId) => openProgram(sessionId, (tried) => open(origin, tried))),
  );

  describe.skipIf(cannotSee)('and', () => {
    let browser: Browser | undefined;
    let site: Site | undefined;
    beforeAll(async () => {
      site = await serveSite('outage.ts');
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await site?.[Symbol.asyncDispose]();
    });

    test.each(AWAY)('in a browser, when the gateway is %s', (away) => {
      if (browser === undefined || site === undefined) throw new Error('There is no browser to open.');
      const [tabs, page] = [browser, site];
      return liveThrough(
        away,
        (origin, sessionId) => openTab(tabs, page, name, origin, sessionId),
        page.origin,
      );
    });
  });
});
