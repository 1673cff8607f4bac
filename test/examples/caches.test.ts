/** The recipes of the README for caches, in a browser, with its own operations and with every example. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_CALLER_PARTY_ID, DEMO_PARTY_ID, DEMO_SESSION_ID } from '../../src/simulator/story.ts';
import { cannotSee, launchBrowser, type Site, serveSite } from '../support/browser.ts';
import { openHouse, until } from '../support/gateway.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const examples = readdirSync(new URL('examples/', root)).filter((file) => file.endsWith('.graphql'));
const [MY_CALLS = '', HOLD = '', WATCH = ''] = [
  ...read('README.md').matchAll(/^```graphql\n(.*?)^```$/gms),
].map(([, text]) => text ?? '');

const UNHOLD = HOLD.replace('mutation Hold(', 'mutation Unhold(')
  .replace('HoldCallPartyInput', 'UnholdCallPartyInput')
  .replace('holdCallParty(', 'unholdCallParty(');
const input = { sessionId: DEMO_SESSION_ID, partyId: DEMO_PARTY_ID };

/** The first moment of the story lasts. */
const STILL = { storyPace: 2 ** 31 - 1 };

const CLIENTS = ['apollo', 'urql', 'graphcache'];

describe.skipIf(cannotSee).each(CLIENTS)('In a browser, %s', (client) => {
  let browser: Browser | undefined;
  let site: Site | undefined;
  beforeAll(async () => {
    site = await serveSite('caches.ts');
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  test('shows a hold as done, as an event tells it, and why another one is refused', async () => {
    await using desk = await openDesk();
    await desk.follow('calls', MY_CALLS);
    await until(async () => codesOf(await desk.last('calls')).includes('ANSWERED'));
    await desk.follow('events', WATCH, { sessionId: DEMO_SESSION_ID });
    await until(() => desk.last('events'));

    expect(await desk.run(HOLD, { input })).toMatchObject({
      holdCallParty: { outcome: 'APPLIED', error: null, party: { status: { code: 'HOLD' } } },
    });
    await until(async () => codesOf(await desk.last('calls')).includes('HOLD'));
    await until(async () => codeOfEvent(await desk.last('events')) === 'HOLD');

    expect(await desk.run(HOLD, { input })).toMatchObject({
      holdCallParty: {
        outcome: 'NOT_APPLIED',
        error: {
          __typename: 'WrongCallState',
          message: expect.stringContaining('on hold'),
          actualCode: 'HOLD',
          allowedActions: expect.arrayContaining(['UNHOLD']),
        },
        party: { status: { code: 'HOLD' } },
      },
    });
    expect(desk.complaints).toEqual([]);
  });

  test('shows what an event tells, wherever the party stands on the screen', async () => {
    await using desk = await openDesk();
    await desk.follow('calls', MY_CALLS);
    await until(async () => codesOf(await desk.last('calls')).includes('ANSWERED'));
    await desk.follow('events', WATCH, { sessionId: DEMO_SESSION_ID });
    await until(() => desk.last('events'));
    desk.move('Hold');
    await until(async () => codeOfEvent(await desk.last('events')) === 'HOLD');
    // urql's own cache keeps answers, not parties: an app asks it again.
    if (client === 'urql') await desk.run(MY_CALLS);
    await until(async () => codesOf(await desk.last('calls')).includes('HOLD'));
    expect(desk.complaints).toEqual([]);
  });

  test('is not set back by a query that was overtaken', async () => {
    await using desk = await openDesk();
    await desk.follow('events', WATCH, { sessionId: DEMO_SESSION_ID });
    await until(() => desk.last('events'));
    await desk.delay('MyCalls');
    await desk.follow('calls', MY_CALLS);
    await until(() => desk.isOnItsWay('MyCalls'));

    desk.move('Hold');
    await until(async () => codeOfEvent(await desk.last('events')) === 'HOLD');
    await desk.let('MyCalls');
    await until(() => desk.last('calls'));
    expect(codesOf(await desk.last('calls'))).toEqual(['ANSWERED', 'HOLD']);
    expect(desk.complaints).toEqual([]);
  });

  test('is not set back by a command whose answer was overtaken', async () => {
    await using desk = await openDesk();
    await desk.follow('calls', MY_CALLS);
    await until(async () => codesOf(await desk.last('calls')).includes('ANSWERED'));
    await desk.follow('events', WATCH, { sessionId: DEMO_SESSION_ID });
    await until(() => desk.last('events'));
    await desk.delay('Hold');
    const held = desk.run(HOLD, { input });
    await until(() => desk.isOnItsWay('Hold'));

    expect(await desk.run(UNHOLD, { input })).toMatchObject({ unholdCallParty: { outcome: 'APPLIED' } });
    await desk.let('Hold');
    // What was asked for is told as it went, and beside it stands the party as it is.
    expect(await held).toMatchObject({
      holdCallParty: { outcome: 'APPLIED', party: { status: { code: 'ANSWERED' } } },
    });
    expect(codesOf(await desk.last('calls'))).toEqual(['ANSWERED', 'ANSWERED']);
    expect(desk.complaints).toEqual([]);
  });

  test('shows a hold as done also when the operation forgets which call it is about', async () => {
    await using desk = await openDesk();
    const forgetful = HOLD.replace(/\b(sessionId|observedAt)\b/g, '');
    expect(forgetful).not.toBe(HOLD);
    expect(await desk.run(forgetful, { input })).toMatchObject({
      holdCallParty: { outcome: 'APPLIED', error: null, party: { status: { code: 'HOLD' } } },
    });
    expect(desk.complaints).toEqual([]);
  });

  test('gives back every example as the gateway answered it, and complains of nothing', async () => {
    await using desk = await openDesk();
    for (const file of examples) {
      const text = read(`examples/${file}`);
      const variables = examplesVariables(file);
      if (/^subscription/m.test(text)) {
        await desk.follow(file, text, variables);
        const shown = await until(() => desk.last(file));
        // Other subscriptions go on meanwhile.
        expect({ file, heard: desk.events() }).toEqual({
          file,
          heard: expect.arrayContaining([withoutTypes(shown)]),
        });
      } else {
        const answers = desk.answers.length;
        const data = await desk.run(text, variables);
        // urql's own cache asks again for what a command may have changed.
        const answered = await until(() => desk.answers.slice(answers).find((each) => each.asked(text)));
        const heard = desk.events();
        const shown = { file, data: settled(data ?? null, heard), errors: answered.errors };
        expect(shown).toEqual({ file, data: settled(answered.data, heard), errors: [] });
      }
    }
    expect(desk.complaints).toEqual([]);
  });

  /** The calls of the examples, on the screen of this client. */
  async function openDesk() {
    if (browser === undefined || site === undefined) throw new Error('There is no browser to open.');
    // Genesys Cloud is played inside, where whoever has no token of it is an agent.
    const house = await openHouse({
      environment: { CORS_ORIGINS: site.origin, SIMULATOR: 'on' },
      simulator: { story: true, settings: STILL },
    });
    await fetch(`${house.gateway.simulatorUrl}/simulator/reset`, {
      method: 'POST',
      body: JSON.stringify(STILL),
    });
    const move = (code: string) => house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code });
    move('Answered');
    const { page, context, complaints } = await site.open(browser);
    const answers: { asked(text: string): boolean; data: unknown; errors: unknown }[] = [];
    const events: unknown[] = [];
    page.on('response', async (response) => {
      const request = response.request();
      if (request.method() !== 'POST') return;
      const [, name] = /(?:query|mutation) (\w+)/.exec(request.postDataJSON().query) ?? [];
      // A page that is being closed tells no more.
      const { data, errors = [] } = await response.json().catch(() => ({}));
      answers.push({ asked: (text) => text.includes(` ${name}`), data: withoutTypes(data ?? null), errors });
    });
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const { type, payload: result } = JSON.parse(String(payload));
        if (type === 'next') events.push(withoutTypes(result.data));
      }),
    );
    await page.evaluate(`open(${JSON.stringify([client, house.gateway.url]).slice(1, -1)})`);
    const call = (name: string, ...parameters: unknown[]) =>
      page.evaluate(`${name}(${JSON.stringify(parameters).slice(1, -1)})`);

    return {
      complaints,
      answers,
      move,
      events: () => [...events],
      run: (text: string, variables: object = {}) => call('run', text, variables),
      follow: (name: string, text: string, variables: object = {}) => call('follow', name, text, variables),
      last: (name: string) => page.evaluate(`screen[${JSON.stringify(name)}]?.at(-1)`),
      delay: (operationName: string) => call('delay', operationName),
      isOnItsWay: (operationName: string) => page.evaluate(`road.${operationName}?.arrived`),
      let: (operationName: string) => page.evaluate(`road.${operationName}.let()`),
      async [Symbol.asyncDispose]() {
        await context.close();
        await house[Symbol.asyncDispose]();
      },
    };
  }
});

function examplesVariables(file: string): object {
  const name = `examples/${file.replace('.graphql', '.json')}`;
  return examples.includes(file) && readdirSync(new URL('examples/', root)).includes(name.slice(9))
    ? JSON.parse(read(name))
    : {};
}

/** What the parties of the example's call do, the caller first. */
function codesOf(calls: unknown): string[] {
  type Calls = { viewer: { activeCalls: { session: { id: string; parties: Party[] } | null }[] } };
  type Party = { id: string; status: { code: string } };
  const { viewer } = (calls ?? { viewer: { activeCalls: [] } }) as Calls;
  const parties = viewer.activeCalls.flatMap(({ session }) =>
    session?.id === DEMO_SESSION_ID ? session.parties : [],
  );
  return [DEMO_CALLER_PARTY_ID, DEMO_PARTY_ID].flatMap((id) =>
    parties.filter((party) => party.id === id).map(({ status }) => status.code),
  );
}

function codeOfEvent(event: unknown): string | undefined {
  const { callEvents } = (event ?? {}) as { callEvents?: { party?: { status: { code: string } } } };
  return callEvents?.party?.status.code;
}

/**
 * With the time of each party or participant that it has last in this answer, or in what was heard: a cache holds it once, in
 * its newest state, and an answer may show it twice.
 */
function settled(data: unknown, heard: readonly unknown[]): unknown {
  const last = new Map<string, string>();
  const look = (_: string, value: Record<string, string> | null) => {
    const { observedAt } = value ?? {};
    const key = keyOf(value);
    if (key !== null && observedAt && observedAt > (last.get(key) ?? '')) last.set(key, observedAt);
    return value;
  };
  const tell = (_: string, value: Record<string, string> | null) => {
    const observedAt = last.get(keyOf(value) ?? '');
    return observedAt && value?.observedAt ? { ...value, observedAt } : value;
  };
  JSON.stringify(heard, look);
  const text = JSON.stringify(withoutTypes(data), look);
  return JSON.parse(text, tell);
}

/** Of a party or participant; null of anything else. */
function keyOf(value: Record<string, string> | null): string | null {
  const { sessionId, conversationId, id } = value ?? {};
  const call = sessionId ?? conversationId;
  return call && id ? `${call} ${id}` : null;
}

/** As it was asked for, without what caches ask for themselves. */
function withoutTypes(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data, (name, value) => (name === '__typename' ? undefined : value)));
}
