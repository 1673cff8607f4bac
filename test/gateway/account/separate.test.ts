/** Two users of one account with other rights, and two of other accounts: what is kept for one is never shown to the other. */
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSimulator } from '../../../src/simulator/server.ts';
import { eventually } from '../../simulator/support.ts';
import { watch } from '../../support/streams.ts';
import { type AccountHouse, type Event, IRIS, openAccountHouse, TOMAS, told } from './support.ts';

/** Shows nobody what he does; whoever administrates sees it all the same. */
const HUGO = '701011004';
const [GUEST, USER, SUPERVISOR, ADMIN] = ['sim-112', 'sim-102', 'sim-103', 'sim-104'];

const EVERYTHING = /* GraphQL */ `
  {
    viewer {
      account {
        id
        extensions(first: 100) { nodes { id name presence { presenceStatus telephonyStatus activeCalls { sessionId } } activeCalls { sessionId } } }
        callQueues { nodes { id waitingCalls { sessionId from } activeCalls { sessionId } longestWait members { nodes { extensionId acceptsCalls } } } }
        activeCalls { nodes { sessionId } }
        liveSource
      }
    }
  }
`;

const ROW = /* GraphQL */ `
  subscription Row($ids: [ID!]!) { presenceUpdated(extensionIds: $ids) { extensionId telephonyStatus } }
`;

/** The same to be seen, whatever the hidden ids. */
function openCompany(settings = {}) {
  return openAccountHouse({ accountFilter: 'supervisors', otherFilters: 'supervisors', ...settings });
}

describe('While somebody with more rights watches the account,', () => {
  for (const [who, token] of [
    ['a guest', GUEST],
    ['a user', USER],
  ] as const) {
    test(`${who} is answered as without them`, async () => {
      const answer = async (isWatched: boolean) => {
        await using house = await openCompany();
        const calls = [house.call('101'), house.call('111'), house.call('200', 'Proceeding')];
        if (isWatched) {
          const stream = house.account(ADMIN);
          const begun = new Set<string>();
          while (begun.size < calls.length) {
            const event = await stream.next();
            if (event.__typename === 'AccountCallBegan') begun.add(event.session.id);
            for (const { id } of event.calls ?? []) begun.add(id);
          }
          // It is answered from there, to whom it is shown.
          const asked = house.asked().length;
          expect((await house.ask(EVERYTHING, {}, ADMIN)).data.viewer.account.activeCalls.nodes).toHaveLength(
            3,
          );
          expect(house.asked().slice(asked)).not.toContain('readCallSessionStatus');
        }
        // Who waits is told by the calls of queues; whose look at them has just begun may be told later.
        const query = EVERYTHING.replace('waitingCalls { sessionId from }', '').replace('longestWait', '');
        const { data, errors } = await house.ask(query, {}, token);
        const text = calls.reduce(
          (all, { id }, index) => all.replaceAll(id, `call ${index}`),
          JSON.stringify({ data, errors: errors?.map(({ path, extensions: { code } }) => ({ path, code })) }),
        );
        return JSON.parse(text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a moment'));
      };
      expect(await answer(true)).toEqual(await answer(false));
    });
  }

  test('a user is told of the calls that RingCentral tells them, and never of presence that is hidden', async () => {
    await using house = await openCompany({ otherFilters: 'everybody' });
    const admin = house.account(ADMIN);
    await admin.next();
    const user = house.account(USER);
    const snapshot = await user.next();
    expect(snapshot.presences.map(({ extensionId }: Event) => extensionId)).not.toContain(HUGO);
    const hidden = house.call('111');
    await admin.until((event) => told(event) === `${HUGO} CALL_CONNECTED`);
    const mine = house.call('102');
    await user.until((event) => told(event) === `began ${mine.id}`);
    expect(JSON.stringify(user.seen)).not.toContain(HUGO);
    expect(user.seen.map(told)).not.toContain(`began ${hidden.id}`);
    const row = watch<Event>(house.socket(USER), 'presenceUpdated', ROW, { ids: [HUGO, TOMAS] });
    expect((await row.next()).extensionId).toBe(TOMAS);
    house.move(hidden, 2, 'Disconnected');
    await admin.until((event) => told(event) === `${HUGO} NO_CALL`);
    house.move(mine, 2, 'Disconnected');
    for (;;) {
      const { extensionId, telephonyStatus } = await row.next();
      expect(extensionId).toBe(TOMAS);
      if (telephonyStatus === 'NO_CALL') break;
    }
  });

  test('whoever has their cursor starts anew', async () => {
    await using house = await openCompany();
    const { cursor } = await house.account(SUPERVISOR).next();
    const foreign = house.account(ADMIN, cursor);
    expect(told(await foreign.next())).toBe('snapshot CURSOR_FOREIGN');
  });
});

/**
 * Two companies at one RingCentral, by requests alone: whoever comes with the token `other-103` is of the second, whose ids
 * begin with 702 where those of the first begin with 701.
 */
async function openTwoCompanies(): Promise<{
  url: string;
  lead(one: string): void;
  other: Awaited<ReturnType<typeof createSimulator>>;
}> {
  const other = await createSimulator({
    story: false,
    settings: { lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0, longPoll: 'ignore' },
  });
  let one = '';
  const server = createServer((request, response) => {
    const isOther = /^Bearer other-/.test(request.headers.authorization ?? '');
    const { hostname, port, host } = new URL(isOther ? other.url : one);
    const headers = { ...request.headers, host };
    if (isOther) headers.authorization = request.headers.authorization?.replace('other-', 'sim-') ?? '';
    const path = isOther ? renamed(renamed(request.url ?? '', '701', '709'), '702', '701') : request.url;
    const further = ask({ hostname, port, method: request.method, path, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      // As long as before.
      response
        .writeHead(answer.statusCode ?? 500, answer.headers)
        .end(isOther ? renamed(body, '701', '702') : body);
    });
    further.on('error', () => response.destroy());
    request.pipe(further);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await other.stop();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (url) => {
      one = url;
    },
    other,
  };
}

/** Ids of accounts and extensions, wherever they stand alone. */
const renamed = (text: string, from: string, to: string) =>
  text.replace(new RegExp(`\\b${from}(\\d{6})\\b`, 'g'), `${to}$1`);

describe('Two users of other accounts', () => {
  test('share nothing: no extension, no call, nobody who waits, no stream, no cursor', async () => {
    const road = await openTwoCompanies();
    // Calls are counted: the next one there has another id than the first one here.
    road.other.startCall({ kind: 'inbound', from: '+12025550166', to: '102', state: 'Answered' });
    await using house: AccountHouse = await openAccountHouse(
      {},
      {
        environment: { LIVE_SOURCE: 'poll', RINGCENTRAL_SERVER_URL: road.url },
        onSimulator: ({ url }) => road.lead(url),
      },
    );
    const [one, other] = [house.account('sim-104'), house.account('other-104')];
    const [first, second] = [await one.next(), await other.next()];
    expect(first.presences.every(({ extensionId }: Event) => extensionId.startsWith('701'))).toBe(true);
    expect(second.presences.every(({ extensionId }: Event) => extensionId.startsWith('702'))).toBe(true);
    const here = house.call('101');
    const there = road.other.startCall({
      kind: 'queue',
      from: '+12025550166',
      to: '200',
      state: 'Proceeding',
    });
    await one.until((event) => told(event) === `began ${here.id}`);
    await other.until((event) => told(event) === `began ${there.id}`);
    const answers = async (token: string) => JSON.stringify((await house.ask(EVERYTHING, {}, token)).data);
    await eventually(async () => (await answers('other-104')).includes('+12025550166')).toBe(true);
    const [mine, theirs] = [await answers('sim-104'), await answers('other-104')];
    expect(mine).toContain(here.id);
    expect(mine).not.toContain(there.id);
    expect(mine).not.toMatch(/\b702\d{6}\b/);
    expect(theirs).toContain(there.id);
    expect(theirs).not.toContain(here.id);
    expect(theirs).not.toMatch(/\b701\d{6}\b/);
    const row = watch<Event>(house.socket('other-104'), 'presenceUpdated', ROW, { ids: [IRIS, '702001004'] });
    expect((await row.next()).extensionId).toBe('702001004');
    const foreign = house.account('other-104', first.cursor);
    expect(told(await foreign.next())).toBe('snapshot CURSOR_FOREIGN');
    for (const stream of [one, other]) {
      const ids = JSON.stringify(stream.seen);
      expect(ids.includes(here.id) && ids.includes(there.id)).toBe(false);
    }
  });
});
