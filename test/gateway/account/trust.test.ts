/** What a watched account must not do: show what is over, ask while nobody looks, or lose all because some is refused. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { until } from '../../support/gateway.ts';
import { watch } from '../../support/streams.ts';
import { type AccountHouse, type Event, IRIS, openAccountHouse, readAccount, told } from './support.ts';

const SALES = '701051004';

const filters = (house: AccountHouse) =>
  house.simulator.push().sockets.map(({ filters: granted }) => granted.length);

const ROW = /* GraphQL */ `
  subscription Row($ids: [ID!]!) { presenceUpdated(extensionIds: $ids) { extensionId telephonyStatus } }
`;

/** Fails requests of this operation so often, for whoever asks. */
const refuse = (house: AccountHouse, ...operations: readonly string[]) =>
  house.simulator.orderFaults(
    operations.map((match) => ({ match, times: 1_000, do: 'status', status: 403 }) as const),
  );

describe('An account of which only a row was looked at for a while', () => {
  test('shows no call of before, and lets nobody resume over what was not told', async () => {
    await using house = await openAccountHouse({}, { gateway: { live: { limits: { linger: 0 } } } });
    const client = house.socket('sim-103');
    const row = watch<Event>(client, 'presenceUpdated', ROW, { ids: [IRIS] });
    await row.next();
    const first = readAccount(client);
    const { cursor } = await first.next();
    await eventually(() => filters(house)).toEqual([3]);
    const over = house.call('102');
    await first.until((event) => told(event) === `began ${over.id}`);
    first.leave();
    await eventually(() => filters(house)).toEqual([2]);
    for (const party of [2, 1]) house.move(over, party, 'Disconnected');
    const goesOn = house.call('101');
    const back = readAccount(client, cursor);
    const snapshot = await back.next();
    expect(told(snapshot)).toBe('snapshot CURSOR_EXPIRED');
    expect(snapshot.calls.map(({ id }: Event) => id)).not.toContain(over.id);
    if (!snapshot.calls.some(({ id }: Event) => id === goesOn.id))
      await back.until((event) => told(event) === `began ${goesOn.id}`);
    expect(back.screen.picture().calls.map(([id]) => id)).toEqual([goesOn.id]);
  });
});

describe('An account that everybody left who looked at all of it', () => {
  test('is let go of but for the row, also where somebody came for that while whoever left was waited for', async () => {
    await using house = await openAccountHouse({}, { gateway: { live: { limits: { linger: 200 } } } });
    const client = house.socket('sim-103');
    const stream = readAccount(client);
    await stream.next();
    await eventually(() => filters(house)).toEqual([3]);
    stream.leave();
    const row = watch<Event>(client, 'presenceUpdated', ROW, { ids: [IRIS] });
    await row.next();
    await eventually(() => filters(house)).toEqual([2]);
    house.call('101');
    expect(await row.next()).toEqual({ extensionId: IRIS, telephonyStatus: 'CALL_CONNECTED' });
  });
});

describe('An account of which some is refused', () => {
  test('shows a call that may not be read as far as it is told, to its end', async () => {
    await using house = await openAccountHouse({ accountFilter: 'everybody' });
    const call = house.call('102');
    refuse(house, 'readCallSessionStatus');
    const stream = house.account();
    await stream.next();
    await eventually(() => house.asked('readCallSessionStatus').length).toBeGreaterThan(0);
    house.move(call, 2, 'Hold');
    await stream.until((event) => told(event) === `began ${call.id}`);
    for (const party of [2, 1]) house.move(call, party, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
    expect(stream.screen.picture().calls).toEqual([]);
    expect(house.asked('readCallSessionStatus')).toHaveLength(1);
  });

  test('goes on telling of calls to whoever may see nobody’s presence', async () => {
    await using house = await openAccountHouse({ accountFilter: 'everybody', disabledFilters: 'presence' });
    refuse(house, 'readAccountPresence', 'readUserPresenceStatus');
    const stream = house.account();
    expect(told(await stream.next())).toBe('snapshot SUBSCRIBED');
    await eventually(() => house.asked('readUserPresenceStatus').length).toBeGreaterThan(0);
    const call = house.call('102');
    await stream.until((event) => told(event) === `began ${call.id}`);
    for (const party of [2, 1]) house.move(call, party, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
    // Asked once, and left alone.
    expect(house.asked('readUserPresenceStatus')).toHaveLength(1);
    expect(await house.liveSource()).toBe('ACCOUNT_PUSH');
  });

  test('is refused to everybody who comes, where nothing of it may be known, and asks nothing afterwards', async () => {
    await using house = await openAccountHouse({}, { environment: { LIVE_SOURCE: 'poll' } });
    refuse(house, 'readAccountPresence', 'listExtensions', 'listDirectoryEntries');
    for (const times of [1, 2]) {
      const stream = house.account();
      await expect(stream.next()).rejects.toThrow();
      expect(JSON.stringify(stream.error())).toContain('FORBIDDEN');
      expect(house.asked('readAccountPresence')).toHaveLength(times);
      expect(await house.liveSource()).toBeNull();
    }
  });
});

describe('An account of which hardly anything is shown', () => {
  const SHOWN = `{ viewer { account { callQueue(id: "${SALES}") { waitingCalls { sessionId } longestWait } } } }`;

  test('answers a guest who waits as before, also when a look at it has begun with the question', async () => {
    await using house = await openAccountHouse({}, { environment: { LIVE_SOURCE: 'poll' } });
    house.call('201', 'Proceeding');
    const codes = async () => {
      const { data, errors } = await house.ask(SHOWN, {}, 'sim-112');
      expect(data.viewer.account.callQueue).toEqual({ waitingCalls: null, longestWait: null });
      return errors?.map(({ extensions: { code } }) => code);
    };
    expect(await codes()).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    // The look has come to its end, and shows them themselves.
    await eventually(() => house.asked('readUserPresenceStatus').length).toBeGreaterThan(0);
    await eventually(() => house.liveSource('sim-112')).toBe('PRESENCE_POLL');
    expect(await codes()).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  test('is listened to one by one, once it is known who there is', async () => {
    await using house = await openAccountHouse({ accountFilter: 'refused' });
    refuse(house, 'readAccountPresence');
    const stream = house.account();
    await stream.next();
    await eventually(() => house.liveSource()).toBe('EXTENSIONS_PUSH');
    const call = house.call('101');
    await stream.until((event) => told(event) === `began ${call.id}`);
  });
});

describe('A row of one who is not shown', () => {
  const HUGO = '701011004';

  for (const [who, id] of [
    ['hides what they do', HUGO],
    ['is not there', '701999999'],
  ] as const) {
    test(`or ${who}, is silent, and costs the account nothing`, async () => {
      await using house = await openAccountHouse();
      const client = house.socket('sim-103');
      const row = watch<Event>(client, 'presenceUpdated', ROW, { ids: [id] });
      await eventually(() => house.asked('readUserPresenceStatus').length).toBeGreaterThan(0);
      const stream = readAccount(client);
      await stream.next();
      const call = house.call('101');
      await stream.until((event) => told(event) === `began ${call.id}`);
      expect(stream.seen.map(told)).not.toContain('UPSTREAM_DEGRADED');
      expect(row.error()).toBeUndefined();
    });
  }
});

describe('A call that was read when the look at the account began', () => {
  test('is told of to its end without being read again', async () => {
    await using house = await openAccountHouse({ accountFilter: 'everybody' });
    const call = house.call('102');
    const stream = house.account();
    await stream.until((event) => told(event) === `began ${call.id}`);
    expect(house.asked('readCallSessionStatus')).toHaveLength(1);
    await eventually(() => house.liveSource()).toBe('ACCOUNT_PUSH');
    // What is read is dated by whole seconds: what changes within the same one is doubtful.
    const readBy = Date.now();
    await until(() => Date.now() > readBy + 1_000);
    house.move(call, 2, 'Hold');
    await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
    for (const party of [2, 1]) house.move(call, party, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
    expect(house.asked('readCallSessionStatus')).toHaveLength(1);
  });
});

describe('A survey', () => {
  for (const [what, settings, granted, source] of [
    ['everything', { accountFilter: 'everybody' }, [2], 'ACCOUNT_PUSH'],
    ['nothing more', { accountFilter: 'refused', otherFilters: 'refused' }, [1], 'PRESENCE_POLL'],
  ] as const) {
    test(`is made once for whoever comes from a row to the whole account, and is told ${what} by itself`, async () => {
      await using house = await openAccountHouse(settings);
      const client = house.socket('sim-103');
      const row = watch<Event>(client, 'presenceUpdated', ROW, { ids: [IRIS] });
      await row.next();
      await eventually(() => filters(house)).toEqual(granted);
      const stream = readAccount(client);
      expect(told(await stream.next())).toBe('snapshot SUBSCRIBED');
      await eventually(() => house.liveSource()).toBe(source);
      const call = house.call('101');
      await stream.until((event) => told(event) === `began ${call.id}`);
      expect(house.asked('readAccountPresence')).toHaveLength(1);
    });
  }

  test('is made once, also for those who come while it is made', async () => {
    await using house = await openAccountHouse();
    house.simulator.orderFaults([{ match: 'readAccountPresence', times: 1, do: 'delay', delay: 500 }]);
    const client = house.socket('sim-103');
    const first = readAccount(client);
    // It has met the request, which is answered later.
    await eventually(() => house.simulator.faults()).toEqual([]);
    const second = readAccount(client);
    for (const stream of [first, second]) expect(told(await stream.next())).toBe('snapshot SUBSCRIBED');
    const call = house.call('101');
    await first.until((event) => told(event) === `began ${call.id}`);
    expect(house.asked('readAccountPresence')).toHaveLength(1);
  });
});

describe('A wait in a queue', () => {
  test('goes on from when it was seen first, whoever rings meanwhile', async () => {
    await using house = await openAccountHouse({ accountFilter: 'everybody' });
    const stream = house.account();
    await stream.next();
    const call = house.call('101');
    await stream.until((event) => told(event) === `began ${call.id}`);
    const { errors } = await house.ask(
      'mutation ($input: TransferCallPartyInput!) { transferCallParty(input: $input) { outcome } }',
      { input: { sessionId: call.id, partyId: call.parties[1]?.id, target: { extensionNumber: '201' } } },
      'sim-101',
    );
    expect(errors).toBeUndefined();
    const rung = new Set<string>();
    const isRung = ({ sessionId, party }: Event) =>
      sessionId === call.id && party?.extensionId !== SALES && party?.status.code === 'PROCEEDING';
    while (rung.size < 4) rung.add((await stream.until(isRung)).party.id);
    const longest = async () => {
      const { data } = await house.ask(
        `{ viewer { account { callQueue(id: "${SALES}") { longestWait } } } }`,
        {},
        'sim-103',
      );
      return data.viewer.account.callQueue.longestWait;
    };
    const since = await longest();
    expect(since).not.toBeNull();
    // Their phones begin to ring anew.
    for (const id of rung) house.simulator.moveParty(call.id, id, { code: 'Setup' });
    const begun = new Set<string>();
    while (begun.size < 4) {
      const { party } = await stream.until((event) => event.party?.status.code === 'SETUP');
      begun.add(party.id);
    }
    expect(await longest()).toBe(since);
  });
});
