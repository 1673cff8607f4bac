/** The ways in which an account comes to be known: what one of them cannot tell, the next one asks for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { until } from '../../support/gateway.ts';
import { type AccountHouse, type AccountStream, openAccountHouse, told, truthOf } from './support.ts';

/** The worlds in which each source is the best that can be had. */
const WORLDS = {
  ACCOUNT_PUSH: { settings: { accountFilter: 'everybody' }, environment: {} },
  EXTENSIONS_PUSH: { settings: { accountFilter: 'refused' }, environment: {} },
  PRESENCE_POLL: { settings: {}, environment: { LIVE_SOURCE: 'poll' } },
} as const;

const open = (source: keyof typeof WORLDS, more = {}, gateway = {}) =>
  openAccountHouse(
    { ...WORLDS[source].settings, ...more },
    { environment: WORLDS[source].environment, gateway },
  );

const updates = (house: AccountHouse) => house.asked('updateSubscription').length;

describe('A refused account filter', () => {
  for (const [accountFilter, most] of [
    ['refused', 4],
    ['forbidden', 4],
    ['disabled', 3],
  ] as const) {
    test(`(${accountFilter}) leads to the filters of extensions without a loop, and the own calls go on`, async () => {
      await using house = await openAccountHouse({ accountFilter });
      const stream = house.account();
      await stream.next();
      await eventually(() => granted(house)).toBeGreaterThan(10);
      const call = house.call('101');
      await stream.until((event) => told(event) === `began ${call.id}`);
      const own = house.call('103');
      await stream.until((event) => told(event) === `began ${own.id}`);
      expect(updates(house)).toBeLessThanOrEqual(most);
      const tries = updates(house);
      house.move(call, 2, 'Hold');
      await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
      house.move(call, 2, 'Disconnected');
      house.move(call, 1, 'Disconnected');
      await stream.until((event) => told(event) === `ended ${call.id}`);
      expect(updates(house)).toBe(tries);
      expect(house.asked('createSubscription')).toHaveLength(1);
    });
  }

  test('and filters of extensions that are all refused lead to asking, without a loop', async () => {
    await using house = await openAccountHouse({ accountFilter: 'refused', disabledFilters: 'presence' });
    // An agent may hear of nobody else.
    const stream = house.account('sim-101');
    await stream.next();
    const call = house.call('102');
    await stream.until((event) => told(event) === `began ${call.id}`);
    const tries = updates(house);
    house.move(call, 2, 'Hold');
    await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
    house.move(call, 2, 'Disconnected');
    house.move(call, 1, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
    expect(updates(house)).toBe(tries);
    expect(tries).toBeLessThanOrEqual(4);
  });

  test('is nothing to be polled for where only notifications are wanted', async () => {
    await using house = await openAccountHouse(
      { push: 'forbidden' },
      { environment: { LIVE_SOURCE: 'push' } },
    );
    const stream = house.account();
    await expect(stream.next()).rejects.toThrow();
    expect(JSON.stringify(stream.error())).toContain('FORBIDDEN');
    expect(house.asked('readAccountPresence')).toEqual([]);
  });
});

function granted(house: AccountHouse): number {
  return house.simulator.push().sockets[0]?.filters.length ?? 0;
}

describe('Account.liveSource', () => {
  for (const source of Object.keys(WORLDS) as (keyof typeof WORLDS)[]) {
    test(`is ${source} where that is the best to be had, and nothing before and after somebody looks`, async () => {
      await using house = await open(source, {}, { live: { limits: { linger: 0 } } });
      expect(await house.liveSource()).toBeNull();
      const stream = house.account();
      await stream.next();
      await eventually(() => house.liveSource()).toBe(source);
      await eventually(() => watches(house)).toEqual([source]);
      // To somebody else it says nothing.
      expect(await house.liveSource('sim-104')).toBeNull();
      stream.leave();
      await eventually(() => house.liveSource()).toBeNull();
      await eventually(() => watches(house)).toEqual([]);
    });
  }
});

/** The sources of the accounts that are watched, as the metrics count them. */
async function watches(house: AccountHouse): Promise<readonly string[]> {
  const text = await (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text();
  return [...text.matchAll(/^gateway_account_watches\{source="(\w+)"\} 1$/gm)].map(
    ([, source]) => source ?? '',
  );
}

/** What happens to one of five calls; the last two are of queues. */
const deed = fc.record({
  call: fc.nat(4),
  do: fc.constantFrom('Answered', 'Hold', 'Disconnected', 'begin'),
});
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

const CALLED = ['101', '102', '103', '200', '201'];

describe('The three sources', () => {
  test('show the same calls, presence and callers who wait in the end, whatever happens, late and twice', async () => {
    // Agents ring also while they speak: who waits on a leg of the queue alone is no presence, and polls see it late.
    const settings = { busyAgents: 'ring' };
    const troubled = { ...settings, pushDisorder: 0.3, pushLateness: 40, pushDoubles: 0.3 };
    await using one = await open('ACCOUNT_PUSH', troubled);
    await using two = await open('EXTENSIONS_PUSH', troubled);
    await using three = await open('PRESENCE_POLL', settings);
    const worlds = await Promise.all([one, two, three].map(openWorld));
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 3, maxLength: 10 }), async (deeds) => {
        const [first, ...others] = await Promise.all(worlds.map((world) => live(world, deeds)));
        for (const other of others) expect(other).toEqual(first);
      }),
      // The worlds of a life that went wrong are of no use for a shorter one.
      { numRuns: Number(process.env.RUNS ?? 6), endOnFailure: true },
    );
  });
});

interface World {
  readonly house: AccountHouse;
  readonly stream: AccountStream;
}

async function openWorld(house: AccountHouse): Promise<World> {
  const stream = house.account();
  await stream.next();
  // Whatever comes is on the screen at once.
  void stream.until(() => false).catch(() => {});
  return { house, stream };
}

/** Lives through the deeds, and answers what there is to be seen at their end, with names for the calls; it leaves no call behind. */
async function live(world: World, deeds: readonly Deed[]) {
  const { house } = world;
  const calls = new Map<number, string>();
  const names = new Map<string, string>();
  for (const { call, do: what } of deeds) {
    const known = calls.get(call);
    if (what === 'begin' || known === undefined) {
      if (known !== undefined) hangUp(house, known);
      const begun = house.call(CALLED[call] ?? '101', 'Proceeding').id;
      names.set(begun, `call ${names.size}`);
      calls.set(call, begun);
    } else if (what === 'Disconnected') {
      hangUp(house, known);
      calls.delete(call);
    } else {
      const leg = present(house, known).find(({ extensionId }) => USER.test(String(extensionId)));
      if (leg !== undefined) house.simulator.moveParty(known, leg.id, { code: what });
    }
  }
  await settled(world);
  // What was late is here when something later is.
  const { id } = house.call('104');
  await settled(world);
  hangUp(house, id);
  await settled(world);
  const picture = JSON.stringify({ ...usersOf(world.stream.screen.picture()), waits: await waits(house) });
  for (const left of calls.values()) hangUp(house, left);
  await settled(world);
  return JSON.parse([...names].reduce((text, [call, name]) => text.replaceAll(call.slice(2), name), picture));
}

/** Everybody in it leaves, the phone outside first: that alone only some of the sources are told. */
function hangUp(house: AccountHouse, callId: string): void {
  for (let [first] = present(house, callId); first !== undefined; [first] = present(house, callId))
    house.simulator.moveParty(callId, first.id, { code: 'Disconnected' });
}

function present({ simulator }: AccountHouse, callId: string) {
  const parties = simulator.calls().find(({ id }) => id === callId)?.parties ?? [];
  return parties.filter(({ status }) => status?.code !== 'Disconnected' && status?.code !== 'Gone');
}

/** The ids of users; queues and park locations are in no list of presence as they are in notifications. */
const USER = /^7010[01]/;

function usersOf({ calls, presences }: Awaited<ReturnType<typeof truthOf>>) {
  return { calls, presences: presences.filter(([id]) => USER.test(id)) };
}

/** The screen shows the truth, and who waits is answered; what never does is told by its difference. */
async function settled({ house, stream }: World): Promise<void> {
  const look = async () => {
    const truth = { ...usersOf(await truthOf(house)), waits: whoWaits(house) };
    return { truth, shown: { ...usersOf(stream.screen.picture()), waits: await waits(house) } };
  };
  const patience = performance.now() + PATIENCE;
  await until(async () => {
    const { truth, shown } = await look();
    return JSON.stringify(shown) === JSON.stringify(truth) || performance.now() > patience;
  });
  const { truth, shown } = await look();
  expect(shown).toEqual(truth);
}

/** Longer than anything takes that is asked for or comes late. */
const PATIENCE = 12_000; // 12 seconds

async function waits(house: AccountHouse): Promise<readonly string[]> {
  const { data } = await house.ask(WAITS, {}, 'sim-103');
  const queues: readonly { id: string; waitingCalls: readonly { sessionId: string }[] }[] =
    data.viewer.account.callQueues.nodes;
  return queues.flatMap(({ id, waitingCalls }) => waitingCalls.map((one) => `${id} ${one.sessionId}`)).sort();
}

const WAITS = '{ viewer { account { callQueues { nodes { id waitingCalls { sessionId } } } } } }';

/** Whoever called a queue and speaks with nobody. */
function whoWaits(house: AccountHouse): readonly string[] {
  return house.simulator
    .calls()
    .flatMap(({ id }) => {
      const parties = present(house, id);
      const queue = parties.map(({ to }) => to?.extensionId).find((called) => QUEUE.test(String(called)));
      const isServed = parties.some(
        ({ extensionId, status }) =>
          USER.test(String(extensionId)) && !['Setup', 'Proceeding'].includes(status?.code ?? ''),
      );
      return queue === undefined || isServed ? [] : [`${queue} ${id}`];
    })
    .sort();
}

const QUEUE = /^70105/;
