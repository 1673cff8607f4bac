/** A call that is shown through an outage: the story that the clients of the README must be able to tell. */
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import { ResumeWatchingDocument, type ResumeWatchingSubscription } from '../generated/graphql.ts';
import type { Site } from './browser.ts';
import { type House, openHouse, until } from './gateway.ts';
import { type Away, openRoad } from './road.ts';
import { watch } from './streams.ts';

export type CallEvent = ResumeWatchingSubscription['callEvents'];

export const WATCH = ResumeWatchingDocument.toString();

/** Whoever shows the call: a program on Node, or a page in a browser. */
export interface Desk extends AsyncDisposable {
  events(): Promise<CallEvent[]>;
  failures(): Promise<unknown[]>;
  /** How many connections it has begun. */
  tries(): Promise<number>;
  /** The lid is closed: it does nothing more, until it is opened. */
  sleep(): Promise<void>;
  wake(): Promise<void>;
}

/** What it needs of a client. */
export interface Watcher {
  subscribe(
    payload: { query: string; variables: Record<string, unknown> },
    sink: {
      next(result: { data?: unknown }): void;
      error(reason: unknown): void;
      complete(): void;
    },
  ): unknown;
  dispose(): unknown;
}

/** Shows a call on Node; `tried` is to be called at each try. */
export function openProgram(sessionId: string, open: (tried: () => void) => Watcher): Desk {
  const events: CallEvent[] = [];
  const failures: unknown[] = [];
  let tries = 0;
  const client = open(() => void tries++);
  client.subscribe(
    { query: WATCH, variables: { sessionId } },
    {
      next: ({ data }) => void (data && events.push((data as ResumeWatchingSubscription).callEvents)),
      error: (reason) => void failures.push(reason),
      complete: () => void failures.push('complete'),
    },
  );
  return {
    events: async () => events,
    failures: async () => failures,
    tries: async () => tries,
    sleep: async () => {},
    wake: async () => {},
    [Symbol.asyncDispose]: async () => void (await client.dispose()),
  };
}

/** Shows a call in a tab, by this client of `test/examples/pages/outage.ts`. */
export async function openTab(
  browser: Browser,
  site: Site,
  client: string,
  origin: string,
  sessionId: string,
): Promise<Desk> {
  const { page, context } = await site.open(browser);
  const devtools = await context.newCDPSession(page);
  await page.evaluate(`start(${JSON.stringify([client, origin, WATCH, sessionId]).slice(1, -1)})`);
  return {
    events: () => page.evaluate('heard.events'),
    failures: () => page.evaluate('heard.failures'),
    tries: () => page.evaluate('heard.tries'),
    sleep: async () => void (await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })),
    wake: async () => void (await devtools.send('Page.setWebLifecycleState', { state: 'active' })),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** A call, and a witness who says when the gateway has seen a change of it. */
export async function openCall(house: House) {
  const { id, parties } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const partyId = parties?.[1]?.id ?? '';
  const witness = watch<CallEvent>(house.socket(), 'callEvents', WATCH, { sessionId: id });
  await witness.next();
  return {
    id,
    /** Resolves when the gateway has seen it. */
    async move(code: string): Promise<void> {
      house.simulator.moveParty(id, partyId, { code });
      await witness.next();
    },
  };
}

/** The story: each event once, whatever happens on the road. */
export async function liveThrough(
  away: Away,
  openDesk: (origin: string, sessionId: string) => Desk | Promise<Desk>,
  origins = 'http://desk.example',
): Promise<void> {
  await using house = await openHouse({ environment: { CORS_ORIGINS: origins } });
  await using road = await openRoad(house.gateway.url);
  const call = await openCall(house);
  await using desk = await openDesk(road.origin, call.id);
  await until(async () => (await desk.events()).length === 1);
  await call.move('Hold');
  await until(async () => (await desk.events()).length === 2);

  const before = await desk.tries();
  if (away === 'asleep') await desk.sleep();
  await road.goAway(away);
  await call.move('Answered');
  await call.move('Hold');
  if (away === 'asleep') await desk.wake();
  else await until(async () => (await desk.tries()) >= before + 2);
  await call.move('Answered');
  await road.comeBack();
  await until(async () => (await desk.events()).length === 5);
  await call.move('Disconnected');
  await until(async () => (await desk.events()).length === 6);

  expect(await desk.failures()).toEqual([]);
  expect((await desk.events()).map(nameOf)).toEqual([
    'CallSnapshot',
    'HOLD',
    'ANSWERED',
    'HOLD',
    'ANSWERED',
    'DISCONNECTED',
  ]);
}

/** What an event tells, in one word. */
export function nameOf(event: CallEvent): string {
  return event.__typename === 'CallPartyChange' ? event.party.status.code : (event.__typename ?? '');
}
