/** The ways in which an account comes to be known: what one of them cannot tell, the next one asks for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { type AccountHouse, type AccountStream, openAccountHouse, told } from './support.ts';

/** The worlds in which each source is the best that can be had. */
const WORLDS = {
  ACCOUNT_PUSH: { settings: { accountFilter: 'everybody' }, environment: {} },
  EXTENSIONS_PUSH: { settings: { accountFilter: 'refused' }, environment: {} },
  PRESENCE_POLL: { settings: {}, environment: { LIVE_SOURCE: 'poll' } },
} as const;

const open = (source: keyof typeof WORLDS, more = {}) =>
  openAccountHouse({ ...WORLDS[source].settings, ...more }, { environment: WORLDS[source].environment });

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

/** What happens to one of four calls. */
const deed = fc.record({
  call: fc.nat(3),
  do: fc.constantFrom('Answered', 'Hold', 'Disconnected', 'begin'),
});

async function settledOn(stream: AccountStream, expected: unknown): Promise<void> {
  while (JSON.stringify({ calls: stream.screen.picture().calls }) !== JSON.stringify(expected))
    await stream.next();
}

describe('The three sources', () => {
  test('show the same in the end, whatever happens', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 3, maxLength: 14 }), async (deeds) => {
        const truth = await finalPictures(deeds);
        expect(truth.EXTENSIONS_PUSH).toEqual(truth.ACCOUNT_PUSH);
        expect(truth.PRESENCE_POLL).toEqual(truth.ACCOUNT_PUSH);
      }),
      { numRuns: 6 },
    );
  });
});

type Deed = { readonly call: number; readonly do: string };

/** What each source shows at the end of the same life. Each has a world of its own, so that they live at the same time. */
async function finalPictures(deeds: readonly Deed[]) {
  const sources = Object.keys(WORLDS) as (keyof typeof WORLDS)[];
  const pictures = await Promise.all(
    sources.map(async (source) => [source, await finalPicture(source, deeds)] as const),
  );
  return Object.fromEntries(pictures) as Record<keyof typeof WORLDS, unknown>;
}

/** And what a fresh look shows: the screen must come to that. */
async function finalPicture(source: keyof typeof WORLDS, deeds: readonly Deed[]): Promise<unknown> {
  await using house = await open(source);
  const stream = house.account();
  await stream.next();
  const calls = new Map<number, ReturnType<AccountHouse['call']>>();
  const names = new Map<string, string>();
  for (const { call, do: what } of deeds) {
    const known = calls.get(call);
    if (what === 'begin' || known === undefined) {
      const begun = house.call(['101', '102', '103', '102'][call] ?? '101', 'Proceeding');
      names.set(begun.id, `call ${names.size}`);
      calls.set(call, begun);
    } else {
      // The phone outside hangs up first: that alone only some of the sources are told.
      if (what === 'Disconnected') house.move(known, 1, what);
      house.move(known, 2, what);
      // Nobody comes back into a call that is over: what follows is of another.
      if (what === 'Disconnected') calls.delete(call);
    }
  }
  await settledOn(stream, truthOf(house));
  return JSON.parse(
    [...names].reduce(
      (text, [id, name]) => text.replaceAll(id.slice(2), name),
      JSON.stringify(truthOf(house)),
    ),
  );
}

/** What there is to be seen of it. */
function truthOf(house: AccountHouse) {
  const over = ['Disconnected', 'Gone'];
  const calls = house.simulator
    .calls()
    .filter(({ parties }) => parties.some(({ status }) => !over.includes(status?.code ?? '')))
    .map(
      ({ id, parties }) =>
        [id, parties.map((party) => [party.id, codeOf(party.status?.code ?? '')]).sort()] as const,
    );
  return { calls: calls.sort() };
}

function codeOf(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
