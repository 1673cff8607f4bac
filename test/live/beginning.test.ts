/** The first moments of a viewer who watches: the socket is not open yet, and a held poll may not be worth its request. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ear } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { fakeTime, openOffice, party, pass, SESSION, tap } from './support.ts';

beforeEach(fakeTime);
afterEach(() => {
  vi.useRealTimers();
});

function beginToWatch() {
  const { phone, hub } = openOffice({ longPollTimeout: 30_000 });
  const ears: Ear<RingCentralKind>[] = [];
  phone.source.listen = (ear) => {
    ears.push(ear);
    return { tellsOf: () => true, stop() {} };
  };
  phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  const desk = hub.desk('viewer', phone.source);
  const reader = tap(desk.events(SESSION, null));
  /** The held reads that are out. */
  const held = () =>
    phone.requests.filter(({ longPoll, endedAt }) => longPoll !== undefined && endedAt === null);
  const holds = () => phone.requests.map(({ longPoll }) => longPoll !== undefined);
  return { ears, holds, held, phone, reader, desk };
}

describe('While the socket of a viewer opens', () => {
  test('the call is read, and no read is held; it is looked at once more when news begin to come', async () => {
    const { ears, holds } = beginToWatch();
    await pass(1_000);
    expect(holds()).toEqual([false]);
    ears[0]?.entered('listening', { mayHaveMissed: true, reason: null });
    await pass(10_000);
    expect(holds()).toEqual([false, false]);
  });

  test('nobody waits for longer than five seconds, and not at all once it is denied', async () => {
    const slow = beginToWatch();
    await pass(7_000);
    expect(slow.holds().at(-1)).toBe(true);
    const denied = beginToWatch();
    await pass(100);
    denied.ears[0]?.entered('denied', { mayHaveMissed: false, reason: 'no' });
    await pass(1_000);
    expect(denied.holds().at(-1)).toBe(true);
  });
});

describe('A read that is held when news begin to come', () => {
  const LATE = 7_000; // milliseconds: nobody waits for the socket any more

  test('is let go after two seconds in which it could tell what happened before, and nothing is asked in its place', async () => {
    const { ears, held, phone } = beginToWatch();
    await pass(LATE);
    expect(held()).toHaveLength(1);
    const before = phone.requests.length;
    ears[0]?.entered('listening', { mayHaveMissed: true, reason: null });
    await pass(1_900);
    expect(held()).toHaveLength(1);
    await pass(200);
    expect(held()).toHaveLength(0);
    await pass(20_000);
    expect(phone.requests).toHaveLength(before);
    // A slow look, as with every call that is told of.
    await pass(15_000);
    expect(phone.requests.slice(before).map(({ longPoll }) => longPoll)).toEqual([undefined]);
  });

  test('still tells what happened before', async () => {
    const { ears, held, phone, reader } = beginToWatch();
    await pass(LATE);
    ears[0]?.entered('listening', { mayHaveMissed: true, reason: null });
    await pass(100);
    reader.news();
    phone.move('p-2', 'HOLD');
    await pass(100);
    expect(reader.news()).toMatchObject([{ party: { id: 'p-2', status: { code: 'HOLD' } } }]);
    await pass(5_000);
    expect(held()).toHaveLength(0);
  });

  test('stays where the news are lost again meanwhile', async () => {
    const { ears, held, phone } = beginToWatch();
    await pass(LATE);
    ears[0]?.entered('listening', { mayHaveMissed: true, reason: null });
    await pass(700);
    const [one] = held();
    ears[0]?.entered('recovering', { mayHaveMissed: false, reason: null });
    await pass(3_100);
    expect(held()).toEqual([one]);
    expect(phone.inFlight()).toBe(1);
  });

  test('is followed by a look where the call may have changed meanwhile', async () => {
    const { ears, held, phone, desk } = beginToWatch();
    await pass(LATE);
    ears[0]?.entered('listening', { mayHaveMissed: true, reason: null });
    await pass(1_000);
    desk.stateChanged(SESSION);
    const before = phone.requests.length;
    await pass(1_500);
    expect(held()).toHaveLength(0);
    expect(phone.requests.slice(before).map(({ longPoll }) => longPoll)).toEqual([undefined]);
  });
});
