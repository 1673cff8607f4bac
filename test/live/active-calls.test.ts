/** The viewer's list of calls: what it costs, and how soon it is true. */
import { describe, expect, test } from 'vitest';
import { Forbidden, RateLimited, UpstreamUnavailable } from '../../schema/failures.ts';
import type { ActiveCall } from '../../schema/model.ts';
import type { ActiveCallEvent } from '../../schema/provider.ts';
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
    const reader = tap(desk.listUpdates());
    await pass(60_000);
    phone.activeCalls = [activeCall('p-2'), activeCall('q-1', { sessionId: 's-2' })];
    await pass(PACE + 10);
    expect(lists(reader)).toEqual(['p-2 RINGING', 'p-2 RINGING, q-1 RINGING']);
  });

  test('is read at the pace, once for all readers, and not when nobody reads.', async () => {
    const { desk, reads, hub } = openDesk();
    const readers = Array.from({ length: 20 }, () => tap(desk.listUpdates()));
    await pass(60_000);
    expect(reads().length).toBe(10);
    expect(readers.every((reader) => lists(reader).length === 1)).toBe(true);
    const late = tap(desk.listUpdates());
    await pass(0);
    expect(lists(late)).toEqual(['p-2 RINGING']);
    for (const reader of [...readers, late]) reader.leave();
    await pass(60_000);
    expect(reads().length).toBe(10);
    expect(hub.counts().desks).toBe(0);
  });

  test('answers questions for nothing while somebody reads it, and else shares their request.', async () => {
    const { desk, reads } = openDesk();
    const questions = Promise.all([desk.readList(), desk.readList()]);
    await pass(10);
    expect((await questions).map(({ length }) => length)).toEqual([1, 1]);
    expect(reads()).toHaveLength(1);
    tap(desk.listUpdates());
    await pass(1_000);
    expect(await desk.readList()).toHaveLength(1);
    expect(reads()).toHaveLength(2);
  });

  test('takes in at once what a watched call shows, without a request.', async () => {
    const { phone, desk, reads } = openDesk();
    tap(desk.events(SESSION, null));
    const reader = tap(desk.listUpdates());
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
    tap(desk.events(SESSION, null));
    const reader = tap(desk.listUpdates());
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
    tap(desk.events(SESSION, null));
    const reader = tap(desk.listUpdates());
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
    tap(desk.listUpdates());
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
    const reader = tap(desk.listUpdates());
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
    tap(desk.listUpdates());
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
    const readers = [tap(desk.listUpdates()), tap(desk.listUpdates())];
    await pass(1_000);
    for (const { ending } of readers) expect(ending?.error).toBeInstanceOf(Forbidden);
    expect(await total(metrics.subscribers)).toBe(0);
    phone.trouble = () => null;
    const next = tap(desk.listUpdates());
    await pass(1_000);
    expect(lists(next)).toEqual(['p-2 RINGING']);
  });

  test('is the latest one for a reader who was away.', async () => {
    const { phone, desk } = openDesk();
    const line = desk.listUpdates();
    for (const count of [1, 2, 3]) {
      phone.activeCalls = Array.from({ length: count }, (_, index) => activeCall(`p-${index}`));
      await pass(PACE + 10);
    }
    const reader = tap(line);
    await pass(0);
    expect(reader.events.map(({ length }) => length)).toEqual([3]);
  });

  test('does not show a call again that was seen to end, nor let one ring that was answered.', async () => {
    const { phone, desk, reads } = openDesk();
    tap(desk.events(SESSION, null));
    const reader = tap(desk.listUpdates());
    await pass(1_000);
    // Presence goes on to say that it rings, for as long as it lags.
    phone.move('p-2', 'ANSWERED');
    await pass(8_000);
    phone.move('p-2', 'DISCONNECTED');
    const before = reads().length;
    await pass(20_000);
    expect(reads().length).toBeGreaterThan(before + 2);
    expect(lists(reader)).toEqual(['p-2 RINGING', 'p-2 CALL_CONNECTED', '']);
    const question = desk.readList();
    await pass(10);
    expect(await question).toEqual([]);
  });

  test('does not show a call again that only a command ended, without anybody watching.', async () => {
    const { phone, desk } = openDesk();
    const reader = tap(desk.listUpdates());
    await pass(1_000);
    const times = { sentAt: Date.now(), receivedAt: Date.now() };
    void desk.observeParty(party('p-2', 'DISCONNECTED', { observedAt: Date.now() }), times);
    await pass(30_000);
    expect(phone.activeCalls).toHaveLength(1);
    expect(lists(reader)).toEqual(['p-2 RINGING', '']);
  });

  test('shows a call that presence goes on to list long after it was seen to end: that must be another truth.', async () => {
    const { desk } = openDesk();
    const reader = tap(desk.listUpdates());
    await pass(1_000);
    const times = { sentAt: Date.now(), receivedAt: Date.now() };
    void desk.observeParty(party('p-2', 'DISCONNECTED', { observedAt: Date.now() }), times);
    await pass(70_000);
    expect(lists(reader)).toEqual(['p-2 RINGING', '', 'p-2 RINGING']);
  });

  test('is what was asked for last, whichever answer comes last.', async () => {
    const { phone, desk, reads } = openDesk();
    const reader = tap(desk.listUpdates());
    await pass(PACE - 10);
    // The poll is slow on its way back, and a query overtakes it.
    phone.latency = () => 3_000;
    await pass(3_100);
    phone.latency = () => 5;
    phone.activeCalls = [];
    const question = desk.readList();
    await pass(20);
    expect(await question).toEqual([]);
    expect(reads().map(({ endedAt }) => endedAt === null)).toEqual([false, true, false]);
    await pass(30_000);
    expect(lists(reader)).toEqual(['p-2 RINGING', '']);
  });

  test('is never empty while a user goes from one phone to the other.', async () => {
    const { phone, desk } = openDesk();
    const me = { extensionId: '101' };
    const far = party('p-1', 'ANSWERED');
    phone.set([far, party('p-2', 'ANSWERED', me)]);
    phone.activeCalls = [
      activeCall('p-2', { telephonyStatus: 'CALL_CONNECTED', rawTelephonyStatus: 'CallConnected' }),
    ];
    tap(desk.events(SESSION, null));
    const reader = tap(desk.listUpdates());
    await pass(1_000);
    const left = party('p-2', 'DISCONNECTED', {
      ...me,
      status: { ...party('p-2', 'DISCONNECTED').status, reason: 'CALL_SWITCH' },
    });
    phone.set([far, left]);
    await pass(200);
    phone.set([far, left, party('p-3', 'ANSWERED', { ...me, direction: 'OUTBOUND' })]);
    await pass(200);
    phone.activeCalls = [];
    await pass(3_000);
    phone.activeCalls = [
      activeCall('p-3', {
        telephonyStatus: 'CALL_CONNECTED',
        rawTelephonyStatus: 'CallConnected',
        direction: 'OUTBOUND',
      }),
    ];
    await pass(20_000);
    expect(lists(reader)).toEqual(['p-2 CALL_CONNECTED', 'p-3 CALL_CONNECTED']);
  });

  test('names a call once that presence names twice.', async () => {
    const { phone, desk } = openDesk();
    phone.activeCalls = [activeCall('p-2'), activeCall('p-2')];
    const reader = tap(desk.listUpdates());
    await pass(1_000);
    expect(lists(reader)).toEqual(['p-2 RINGING']);
  });

  test('says of each call when it was seen so, later for each state.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    const reader = tap(desk.listUpdates());
    await pass(1_000);
    const [first] = reader.events[0] ?? [];
    expect(first?.observedAt).toBe(phone.requests.find(({ kind }) => kind === 'activeCalls')?.endedAt);
    await pass(20_000);
    phone.move('p-2', 'ANSWERED');
    await pass(150);
    const changedAt = reader.events[1]?.[0]?.observedAt ?? 0;
    expect(Date.now() - changedAt).toBeLessThanOrEqual(150);
    const confirmed = await desk.readList();
    await pass(PACE);
    const [later] = await desk.readList();
    expect(confirmed[0]?.observedAt).toBe(changedAt);
    expect(later?.observedAt).toBeGreaterThan(changedAt);
  });
});

/** Each event as its list, or the kind of its notice. */
const told = ({ events }: Tap<ActiveCallEvent>) =>
  events.map((event) =>
    event.type === 'ActiveCallList'
      ? `[${event.calls.map(({ partyId, telephonyStatus }) => `${partyId} ${telephonyStatus}`).join(', ')}]`
      : event.kind,
  );

describe('The events of the list of calls', () => {
  test('are the lists, and between them that they may be old and are true again.', async () => {
    const { phone, desk } = openDesk();
    phone.activeCalls = [];
    const reader = tap(desk.listEvents());
    await pass(1_000);
    phone.trouble = ({ kind }) =>
      kind === 'activeCalls' ? new UpstreamUnavailable('Out of order.', true) : null;
    await pass(60_000);
    // It rings, and nobody can know.
    phone.activeCalls = [activeCall('p-2')];
    await pass(1_000);
    expect(told(reader)).toEqual(['[]', 'UPSTREAM_DEGRADED']);
    const degraded = reader.events[1];
    expect(degraded).toMatchObject({ type: 'ActiveCallNotice', at: expect.any(Number) });
    phone.trouble = () => null;
    await pass(31_000);
    expect(told(reader)).toEqual(['[]', 'UPSTREAM_DEGRADED', 'RECOVERED', '[p-2 RINGING]']);
    const [empty, , , full] = reader.events;
    const observed = [empty, full].map((event) => (event?.type === 'ActiveCallList' ? event.observedAt : 0));
    expect(observed[0]).toBeLessThan(observed[1] ?? 0);
  });

  test('tell after six seconds that a read waits for the rate budget, or for its answer.', async () => {
    const { phone, desk } = openDesk();
    const reader = tap(desk.listEvents());
    await pass(1_000);
    phone.trouble = ({ kind }) => (kind === 'activeCalls' ? 'hang' : null);
    await pass(PACE + 5_000);
    const early = told(reader);
    expect(early).toEqual(['[p-2 RINGING]']);
    await pass(1_100);
    expect(told(reader)).toEqual(['[p-2 RINGING]', 'UPSTREAM_DEGRADED']);
    expect(reader.events[1]).toMatchObject({ at: null });
    phone.trouble = () => null;
    await pass(40_000);
    expect(told(reader)).toEqual(['[p-2 RINGING]', 'UPSTREAM_DEGRADED', 'RECOVERED']);
  });

  test('begin with what is known: the list, why there is none yet, or that it may be old.', async () => {
    const { phone, desk } = openDesk();
    phone.trouble = () => new UpstreamUnavailable('Out of order.', true);
    const first = tap(desk.listEvents());
    await pass(1_000);
    const second = tap(desk.listEvents());
    await pass(0);
    for (const reader of [first, second]) expect(told(reader)).toEqual(['UPSTREAM_DEGRADED']);
    phone.trouble = () => null;
    await pass(31_000);
    for (const reader of [first, second]) {
      expect(told(reader)).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED', '[p-2 RINGING]']);
    }
    const third = tap(desk.listEvents());
    await pass(0);
    expect(told(third)).toEqual(['[p-2 RINGING]']);
    phone.trouble = () => new UpstreamUnavailable('Out of order.', true);
    await pass(PACE + 100);
    const fourth = tap(desk.listEvents());
    await pass(0);
    expect(told(fourth)).toEqual(['[p-2 RINGING]', 'UPSTREAM_DEGRADED']);
  });

  test('share the reads of the lists, are counted, and end with them.', async () => {
    const { desk, reads, metrics, hub } = openDesk();
    const readers = [tap(desk.listEvents()), tap(desk.listEvents()), tap(desk.listUpdates())];
    await pass(60_000);
    expect(reads().length).toBe(10);
    expect(await total(metrics.subscribers)).toBe(3);
    for (const reader of readers) reader.leave();
    await pass(60_000);
    expect(reads().length).toBe(10);
    expect(await total(metrics.subscribers)).toBe(0);
    expect(hub.counts().desks).toBe(0);
  });

  test('tell what all streams of the viewer are told.', async () => {
    const { desk, hub } = openDesk();
    const reader = tap(desk.listEvents());
    await pass(1_000);
    hub.notify('DRAINING', 'This gateway is going away.', 1);
    await pass(0);
    expect(reader.events.at(-1)).toEqual({
      type: 'ActiveCallNotice',
      kind: 'DRAINING',
      message: 'This gateway is going away.',
      at: 1,
    });
  });

  test('are the latest of each kind for a reader who was away.', async () => {
    const { phone, desk } = openDesk();
    const line = desk.listEvents();
    await pass(1_000);
    for (let round = 0; round < 5; round += 1) {
      phone.trouble = () => new UpstreamUnavailable('Out of order.', true);
      await pass(PACE + 100);
      phone.trouble = () => null;
      phone.activeCalls = Array.from({ length: round }, (_, index) => activeCall(`p-${index + 7}`));
      await pass(31_000);
    }
    const reader = tap(line);
    await pass(0);
    expect(told(reader)).toEqual([
      'UPSTREAM_DEGRADED',
      'RECOVERED',
      '[p-7 RINGING, p-8 RINGING, p-9 RINGING, p-10 RINGING]',
    ]);
  });

  test('say that it may be old when the next read has failed, also where a query has just been answered.', async () => {
    const { phone, desk } = openDesk();
    const reader = tap(desk.listEvents());
    await pass(1_000);
    phone.trouble = ({ lane }) => (lane === 'poll' ? new UpstreamUnavailable('Out of order.', true) : null);
    await pass(PACE + 100);
    const question = desk.readList();
    await pass(100);
    await question;
    expect(told(reader)).toEqual(['[p-2 RINGING]', 'UPSTREAM_DEGRADED', 'RECOVERED']);
    await pass(PACE + 100);
    expect(told(reader).at(-1)).toBe('UPSTREAM_DEGRADED');
  });
});
