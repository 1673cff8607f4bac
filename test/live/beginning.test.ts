/** The first moments of a viewer who watches: the socket is not open yet, and a held poll may not be worth its request. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Ear } from '../../src/live/source.ts';
import { fakeTime, openOffice, party, pass, SESSION, tap } from './support.ts';

beforeEach(fakeTime);
afterEach(() => {
  vi.useRealTimers();
});

function beginToWatch() {
  const { phone, hub } = openOffice();
  const ears: Ear[] = [];
  phone.source.listen = (ear) => {
    ears.push(ear);
    return { tellsOf: () => true, stop() {} };
  };
  phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  tap(hub.desk('viewer', phone.source).callEvents(SESSION, null));
  const holds = () => phone.requests.map(({ longPoll }) => longPoll !== undefined);
  return { ears, holds };
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
