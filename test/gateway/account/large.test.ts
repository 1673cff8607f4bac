/** An account of five thousand extensions, within the limits that RingCentral has by default. */
import { expect, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { type AccountHouse, type Event, openAccountHouse, told } from './support.ts';

/** With those who have names. */
const EVERYBODY = 5_000;
const CROWD = EVERYBODY - 18;
const LIMITS = { lightLimit: 50, mediumLimit: 40, heavyLimit: 10, authLimit: 60 };

const open = (crowd = CROWD) => openAccountHouse({ ...LIMITS, accountFilter: 'everybody', crowd });

const PAGE = /* GraphQL */ `
  query Page($after: ID) {
    viewer {
      account {
        extensions(first: 200, after: $after) {
          totalCount
          nodes { id presence { telephonyStatus } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;

/** Pages from the first one on, and what was asked of RingCentral meanwhile. */
async function pages(house: AccountHouse, count: number) {
  const before = house.asked().length;
  const nodes: Event[] = [];
  let after: string | null = null;
  for (let page = 0; page < count; page += 1) {
    const answer: Awaited<ReturnType<typeof house.ask<Event>>> = await house.ask(PAGE, { after }, 'sim-103');
    expect(answer.errors).toBeUndefined();
    const { extensions }: Event = answer.data.viewer.account;
    expect(extensions.totalCount).toBe(EVERYBODY);
    expect(extensions.pageInfo.hasNextPage).toBe(true);
    nodes.push(...extensions.nodes);
    after = extensions.pageInfo.endCursor;
  }
  return { nodes, asked: house.asked().slice(before) };
}

const refused = ({ simulator }: AccountHouse) => simulator.requests().filter(({ status }) => status === 429);

test('A company of five thousand is on the screen after one request for each thousand, and what happens costs none', async () => {
  await using house = await open();
  const stream = house.account();
  const { presences } = await stream.next();
  const ids = new Set(presences.map(({ extensionId }: Event) => extensionId));
  expect(ids.size).toBe(presences.length);
  expect(ids.size).toBeGreaterThan(CROWD);
  expect(house.asked('readAccountPresence')).toHaveLength(Math.ceil(ids.size / 1_000));
  await eventually(() => house.liveSource()).toBe('ACCOUNT_PUSH');
  const asked = house.asked().length;
  for (const to of ['10000', '12500', '14999']) {
    const call = house.call(to);
    await stream.until((event) => told(event) === `began ${call.id}`);
    house.move(call, 2, 'Disconnected');
    house.move(call, 1, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
  }
  // A change is a change, however large the company is.
  expect(stream.seen.map(told).filter((text) => text.startsWith('snapshot'))).toHaveLength(1);
  // Pages are read from what is watched, and only the list of who there is has to be asked for.
  const { nodes, asked: forPages } = await pages(house, 3);
  const ofCrowd = nodes.filter(({ id }) => id.startsWith('7019'));
  expect(ofCrowd.length).toBeGreaterThan(500);
  expect(ofCrowd.filter(({ presence }) => presence.telephonyStatus !== 'NO_CALL')).toEqual([]);
  expect(house.asked().slice(asked)).toEqual(forPages);
  // Of the site nothing is told: it is asked for.
  expect(forPages).toEqual([...Array.from({ length: 5 }, () => 'listExtensions'), 'readUserPresenceStatus']);
  expect(refused(house)).toEqual([]);
});

test('A company of eight thousand is there within the first minute too: somebody waits for it, and polls have half of a small limit', async () => {
  await using house = await open(8_000 - 50);
  const { presences } = await house.account().next();
  const pages = Math.ceil(presences.length / 1_000);
  expect(pages).toBeGreaterThan(LIMITS.heavyLimit / 2);
  expect(house.asked('readAccountPresence')).toHaveLength(pages);
  expect(refused(house)).toEqual([]);
});

test('A page of such a company that nobody watches costs its presences in bulk, and the list once', async () => {
  await using house = await open();
  const { nodes, asked } = await pages(house, 2);
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(400);
  expect(asked.filter((id) => id === 'listExtensions')).toHaveLength(5);
  expect(asked.filter((id) => id === 'readUserPresenceStatus')).toHaveLength(2 * Math.ceil(200 / 30));
  // And once who asks.
  expect(asked).toHaveLength(1 + 5 + 2 * Math.ceil(200 / 30));
  expect(refused(house)).toEqual([]);
});
