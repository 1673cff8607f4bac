/** The viewer's list of calls: what it costs, and how soon it is true. */
import { describe, expect, test } from 'vitest';
import { Forbidden, RateLimited, UpstreamUnavailable } from '../../schema/failures.ts';
import type { ActiveCall } from '../../schema/model.ts';
import { activeCall, openOffice, party, pass, SESSION, type Tap, tap, total } from './support.ts';

const PACE = 6_000; // milliseconds

function openDesk() {
  const office = openOffice({ activeCallsPace: PACE });
  const { phone, hub } = office;
  phone.set([party('p-1', 'ANSWERED'), party('p-2', 'PROCEEDING')]);
  phone.activeCalls = [activeCall('p-2')];
  const reads = () => phone.requests.filter(({ kind }) => kind === 'activeCalls');
  return { ...office, desk: hub.desk('viewer', phone.source), reads };
}

/** Each list as `party status`, joined. */
const lists = ({ events }: Tap<readonly ActiveCall[]>) =>
  events.map((calls) =>
    calls.map(({ partyId, telephonyStatus }) => `${partyId} ${telephonyStatus}`).join(', '),
  );

describe('The list of calls', () => {
  test('is given at once, and again when it changes, not when it does not.', async () => {
    const { phone, desk } = openDesk();
    const reader = tap(desk.activeCallUpdates());
    await pass(60_000);
    phone.activeCalls = [activeCall('p-2'), activeCall('q-1', { sessionId: 's-2' })];
    await pass(PACE + 10);
    expect(lists(reader)).toEqual(['p-2 RINGING', 'p-2 RINGING, q-1 RINGING']);
  });

  test('is read at the pace, once for all readers, and not when nobody reads.', async () => {
    const { desk, reads, hub } = openDesk();
    const readers = Array.from({ length: 20 }, () => tap(desk.activeCallUpdates()));
    await pass(60_000);
    expect(reads().length).toBe(10);
    expect(readers.every((reader) => lists(reader).length === 1)).toBe(true);
    const late = tap(desk.activeCallUpdates());
    await pass(0);
    expect(lists(late)).toEqual(['p-2 RINGING']);
    for (const reader of [...readers, late]) reader.leave();
    await pass(60_000);
    expect(reads().length).toBe(10);
    expect(hub.counts().desks).toBe(0);
  });

  test('answers questions for nothing while somebody reads it, and else shares their request.', async () => {
    const { desk, reads } = openDesk();
    const questions = Promise.all([desk.readActiveCalls(), desk.readActiveCalls()]);
    await pass(10);
    expect((await questions).map(({ length }) => length)).toEqual([1, 1]);
    expect(reads()).toHaveLength(1);
    tap(desk.activeCallUpdates());
    await pass(1_000);
    expect(await desk.readActiveCalls()).toHaveLength(1);
    expect(reads()).toHaveLength(2);
  });

  test('takes in at once what a watched call shows, without a request.', async () => {
    const { phone, desk, reads } = openDesk();
    tap(desk.callEvents(SESSION, null));
    const reader = tap(desk.activeCallUpdates());
    await pass(8_000);
    const before = reads().length;
    phone.move('p-2', 'ANSWERED');
    await pass(150);
    phone.move('p-2', 'HOLD');
    await pass(150);
    phone.move('p-1', 'HOLD');
    await pass(150);
    phone.move('p-2', 'DISCONNECTED');
    await pass(150);
    expect(lists(reader)).toEqual(['p-2 RINGING', 'p-2 CALL_CONNECTED', 'p-2 ON_HOLD', '']);
    expect(reads().length).toBe(before);
  });

  test('is not thrown back by an answer that does not know yet what the call has shown.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.callEvents(SESSION, null));
    const reader = tap(desk.activeCallUpdates());
    // The list is asked for just when the call changes, and presence lags behind.
    await pass(PACE - 100);
    phone.move('p-2', 'ANSWERED');
    await pass(1_000);
    phone.activeCalls = [
      activeCall('p-2', { telephonyStatus: 'CALL_CONNECTED', rawTelephonyStatus: 'CallConnected' }),
    ];
    await pass(30_000);
    expect(lists(reader)).toEqual(['p-2 RINGING', 'p-2 CALL_CONNECTED']);
  });

  test('is read soon when a command began a call, or somebody joined one.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.callEvents(SESSION, null));
    const reader = tap(desk.activeCallUpdates());
    await pass(8_000);
    phone.activeCalls = [activeCall('p-2'), activeCall('n-1', { sessionId: 's-new' })];
    desk.stateChanged('s-new');
    await pass(600);
    expect(lists(reader).at(-1)).toBe('p-2 RINGING, n-1 RINGING');
    await pass(2_500);
    phone.activeCalls = [activeCall('p-3')];
    phone.set([party('p-1', 'ANSWERED'), party('p-2', 'PROCEEDING'), party('p-3', 'PROCEEDING')]);
    await pass(700);
    expect(lists(reader).at(-1)).toBe('p-3 RINGING');
  });

  test('is not read more than three times as often, however much happens, nor put off by it.', async () => {
    const { desk, reads } = openDesk();
    tap(desk.activeCallUpdates());
    await pass(1_000);
    const before = reads().length;
    for (let poke = 0; poke < 600; poke += 1) {
      desk.stateChanged(SESSION);
      await pass(100);
    }
    const count = reads().length - before;
    expect(count).toBeGreaterThanOrEqual(25);
    expect(count).toBeLessThanOrEqual(31);
  });

  test('is asked for less and less while RingCentral fails, and comes by itself when it does not.', async () => {
    const { phone, desk, reads } = openDesk();
    phone.trouble = ({ kind }) =>
      kind === 'activeCalls' ? new UpstreamUnavailable('Out of order.', true) : null;
    const reader = tap(desk.activeCallUpdates());
    for (let second = 0; second < 300; second += 1) {
      desk.stateChanged(SESSION);
      await pass(1_000);
    }
    expect(reads().length).toBeLessThanOrEqual(3 + 300 / 15);
    expect(lists(reader)).toEqual([]);
    phone.trouble = () => null;
    await pass(31_000);
    expect(lists(reader)).toEqual(['p-2 RINGING']);
  });

  test('is not asked for inside a penalty.', async () => {
    const { phone, desk, reads } = openDesk();
    tap(desk.activeCallUpdates());
    await pass(1_000);
    phone.trouble = ({ kind }) => {
      const facts = { retryAfter: 60, retryAt: Date.now() + 60_000, sent: true };
      return kind === 'activeCalls' ? new RateLimited('Too many requests.', facts) : null;
    };
    await pass(PACE);
    const before = reads().length;
    await pass(59_000);
    expect(reads().length).toBe(before);
  });

  test('ends for those who may not see it, and starts anew for the next.', async () => {
    const { phone, desk, metrics } = openDesk();
    phone.trouble = () => new Forbidden('ReadPresence is missing.', 'ReadPresence');
    const readers = [tap(desk.activeCallUpdates()), tap(desk.activeCallUpdates())];
    await pass(1_000);
    for (const { ending } of readers) expect(ending?.error).toBeInstanceOf(Forbidden);
    expect(await total(metrics.subscribers)).toBe(0);
    phone.trouble = () => null;
    const next = tap(desk.activeCallUpdates());
    await pass(1_000);
    expect(lists(next)).toEqual(['p-2 RINGING']);
  });

  test('is the latest one for a reader who was away.', async () => {
    const { phone, desk } = openDesk();
    const line = desk.activeCallUpdates();
    for (const count of [1, 2, 3]) {
      phone.activeCalls = Array.from({ length: count }, (_, index) => activeCall(`p-${index}`));
      await pass(PACE + 10);
    }
    const reader = tap(line);
    await pass(0);
    expect(reader.events.map(({ length }) => length)).toEqual([3]);
  });
});
