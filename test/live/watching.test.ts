/** Streams of one call: who is told what, in which order, and what it costs. */
import { describe, expect, test, vi } from 'vitest';
import {
  BadUserInput,
  CallNotFound,
  Forbidden,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type { CallEvent, CallPartyUpdate } from '../../schema/provider.ts';
import { receivedAtOf } from '../../src/live/events.ts';
import { activeCall, openOffice, party, pass, SESSION, sleep, status, tap, total } from './support.ts';

/** An event, shortly. */
function short(event: CallEvent): string {
  switch (event.type) {
    case 'CallSnapshot':
      return `${event.reason}: ${event.session.parties.map(({ id, status: { code } }) => `${id} ${code}`).join(', ')}`;
    case 'CallPartyChange':
      return `${event.party.id} ${event.previousStatus?.code ?? ''}→${event.party.status.code}`;
    case 'CallStreamNotice':
      return event.kind;
  }
}

const shortly = (events: readonly CallEvent[]) => events.map(short);
const partyStates = (updates: readonly CallPartyUpdate[]) =>
  updates.map(
    ({
      party: {
        id,
        status: { code },
      },
    }) => `${id} ${code}`,
  );

/** A viewer at their desk before a call that is being talked in. */
function openDesk(options: Parameters<typeof openOffice>[0] = {}) {
  const office = openOffice(options);
  const { phone, hub } = office;
  phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  const desk = hub.desk('viewer', phone.source);
  const events = (after: string | null = null, dropped?: () => boolean) =>
    tap(desk.events(SESSION, after, dropped));
  const parties = (partyId: string | null = null) => tap(desk.partyUpdates(SESSION, partyId));
  return { ...office, desk, events, parties };
}

const outOfOrder = () => new UpstreamUnavailable('RingCentral is out of order.', true);
const limited = (milliseconds: number) => {
  const facts = { retryAfter: milliseconds / 1_000, retryAt: Date.now() + milliseconds, sent: true };
  return new RateLimited('Too many requests.', facts);
};

describe('A watched call', () => {
  test('gives a reader the state first, and then each change as soon as it is known.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(1_000);
    expect(shortly(reader.news())).toEqual(['SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED']);
    await pass(10_000);
    phone.move('p-2', 'HOLD');
    await pass(phone.latency());
    expect(shortly(reader.news())).toEqual(['p-2 ANSWERED→HOLD']);
  });

  test('has one request in flight, however many read it, and costs nothing more for one who joins.', async () => {
    const { phone, desk, events, parties } = openDesk();
    const readers = [
      ...Array.from({ length: 50 }, () => events()),
      ...Array.from({ length: 50 }, () => parties()),
    ];
    let most = 0;
    for (let second = 0; second < 40; second += 1) {
      if (second % 10 === 5) phone.move('p-2', second % 20 === 5 ? 'HOLD' : 'ANSWERED');
      await pass(1_000);
      most = Math.max(most, phone.inFlight());
    }
    expect(most).toBe(1);
    const before = phone.requests.length;
    const late = tap(desk.events(SESSION, null));
    await pass(0);
    expect(shortly(late.events)).toEqual(['SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED']);
    expect(phone.requests.length).toBe(before);
    expect(readers.every(({ events: { length } }) => length === 5 || length === 6)).toBe(true);
  });

  test('costs one request more for each change, and else one for each poll that was held.', async () => {
    const { phone, events } = openDesk();
    events();
    // The clocks are learnt, and the first polls are over.
    await pass(600_000);
    const before = phone.requests.length;
    await pass(600_000);
    expect(phone.requests.length - before).toBe(20);
    phone.move('p-2', 'HOLD');
    await pass(29_000);
    expect(phone.requests.length - before).toBeLessThanOrEqual(20 + 3);
  });

  test('loses no change that falls between the state and the stream.', async () => {
    const { phone, events } = openDesk();
    phone.latency = () => 100;
    const reader = events();
    await pass(150); // the state is on its way back
    phone.move('p-2', 'HOLD');
    await pass(5_000);
    expect(shortly(reader.events)).toEqual(['SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED', 'p-2 ANSWERED→HOLD']);
  });

  test('shows quick changes as far as it saw them, and the last one always.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(60_000);
    for (const code of ['HOLD', 'ANSWERED', 'HOLD', 'ANSWERED', 'HOLD'] as const) {
      phone.move('p-2', code);
      await pass(2);
    }
    await pass(3_000);
    expect(short(reader.events.at(-1) as CallEvent)).toMatch(/→HOLD$/);
  });

  test('tells when the answer came that showed a change, and nothing of what is no change.', async () => {
    const { phone, events, parties } = openDesk();
    const [reader, watcher] = [events(), parties()];
    await pass(60_000);
    phone.move('p-2', 'HOLD');
    const changedAt = Date.now();
    await pass(1_000);
    expect([
      ...reader.events.map(receivedAtOf),
      receivedAtOf(watcher.events.at(-1)),
      receivedAtOf('text'),
    ]).toEqual([null, changedAt + 5, changedAt + 5, null]);
  });

  test('gives a reader of parties the current ones, then each that changes, and only theirs.', async () => {
    const { phone, parties } = openDesk();
    const [all, second] = [parties(), parties('p-2')];
    await pass(1_000);
    phone.move('p-1', 'HOLD');
    await pass(3_000);
    phone.move('p-2', 'DISCONNECTED');
    await pass(3_000);
    expect(partyStates(all.events)).toEqual(['p-1 ANSWERED', 'p-2 ANSWERED', 'p-1 HOLD', 'p-2 DISCONNECTED']);
    expect(partyStates(second.events)).toEqual(['p-2 ANSWERED', 'p-2 DISCONNECTED']);
  });

  test('ends with CALL_ENDED when everybody has left, and is asked for no more.', async () => {
    const { phone, events, parties } = openDesk();
    const [reader, watcher] = [events(), parties()];
    await pass(5_000);
    phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
    await pass(1_000);
    expect(shortly(reader.events).slice(1)).toEqual([
      'p-1 ANSWERED→DISCONNECTED',
      'p-2 ANSWERED→DISCONNECTED',
      'CALL_ENDED',
    ]);
    expect([reader.ending, watcher.ending]).toEqual([{}, {}]);
    const before = phone.requests.length;
    await pass(300_000);
    expect(phone.requests.length).toBe(before);
  });

  test('that has ended is told so to whoever comes later, at no cost.', async () => {
    const { phone, events, parties } = openDesk();
    events();
    await pass(5_000);
    phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
    await pass(1_000);
    const before = phone.requests.length;
    const [reader, watcher] = [events(), parties()];
    await pass(1_000);
    expect(shortly(reader.events)).toEqual(['SUBSCRIBED: p-1 DISCONNECTED, p-2 DISCONNECTED', 'CALL_ENDED']);
    expect(partyStates(watcher.events)).toEqual(['p-1 DISCONNECTED', 'p-2 DISCONNECTED']);
    expect([reader.ending, watcher.ending]).toEqual([{}, {}]);
    expect(phone.requests.length).toBe(before);
  });

  test('ends with everybody disconnected when RingCentral knows it no more.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    phone.forget();
    await pass(1_000);
    expect(shortly(reader.events).slice(1)).toEqual([
      'p-1 ANSWERED→DISCONNECTED',
      'p-2 ANSWERED→DISCONNECTED',
      'CALL_ENDED',
    ]);
    expect(reader.ending).toEqual({});
  });

  test('ends as a conference that nobody joined when RingCentral knows it no more.', async () => {
    const { phone, events } = openDesk();
    phone.set([], { originType: 'CONFERENCE' });
    const reader = events();
    await pass(38_000);
    expect(shortly(reader.events)).toEqual(['SUBSCRIBED: ']);
    phone.forget();
    await pass(1_000);
    expect(shortly(reader.events)).toEqual(['SUBSCRIBED: ', 'CALL_ENDED']);
  });

  test('that RingCentral never knew is not found.', async () => {
    const { phone, events, parties, metrics } = openDesk();
    phone.forget();
    const [reader, watcher] = [events(), parties()];
    await pass(1_000);
    expect(reader.ending?.error).toBeInstanceOf(CallNotFound);
    expect(watcher.ending?.error).toBeInstanceOf(CallNotFound);
    expect(await total(metrics.watches)).toBe(0);
  });

  test('whose id RingCentral does not take ends its streams instead of asking again and again.', async () => {
    const { phone, events } = openDesk();
    phone.trouble = () => new BadUserInput('RingCentral does not take this input.', 'telephonySessionId');
    const reader = events();
    await pass(60_000);
    expect(reader.ending?.error).toBeInstanceOf(BadUserInput);
    expect(phone.requests).toHaveLength(1);
  });

  test('tells where a party went, after the change itself.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    const peerId = { sessionId: 's-2', partyId: 'q-1' };
    phone.move('p-2', 'GONE', { status: status('GONE', { peerId, reason: 'ATTENDED_TRANSFER' }) });
    await pass(1_000);
    expect(shortly(reader.events).slice(1)).toEqual(['p-2 ANSWERED→GONE', 'MOVED']);
    expect(reader.events.at(-1)).toMatchObject({ partyId: 'p-2', movedTo: peerId });
  });

  test('tells its readers what an operator has to say, and gives it a cursor.', async () => {
    const { hub, phone, events } = openDesk();
    const reader = events();
    const other = tap(hub.desk('somebody else', phone.source).events(SESSION, null));
    await pass(1_000);
    hub.notify('TOKEN_EXPIRING', 'Sign in again.', 77, 'viewer');
    hub.notify('DRAINING', 'This gateway stops.', 99);
    await pass(0);
    expect(shortly(reader.events).slice(1)).toEqual(['TOKEN_EXPIRING', 'DRAINING']);
    expect(shortly(other.events).slice(1)).toEqual(['DRAINING']);
    const [state, , last] = reader.events;
    expect(last).toMatchObject({ at: 99, cursor: state?.cursor });
  });
});

describe('A watch', () => {
  test('outlives its last reader by the linger, and then it is quiet.', async () => {
    const { phone, hub, events, metrics } = openDesk();
    const readers = [events(), events()];
    await pass(10_000);
    readers[0]?.leave();
    await pass(60_000);
    expect(await total(metrics.watches)).toBe(1);
    readers[1]?.leave();
    await pass(4_900);
    expect([phone.inFlight(), hub.counts().desks]).toEqual([1, 1]);
    await pass(200);
    expect([phone.inFlight(), hub.counts().desks, await total(metrics.watches)]).toEqual([0, 0, 0]);
    const before = phone.requests.length;
    await pass(300_000);
    expect(phone.requests.length).toBe(before);
  });

  test('is still there for a reader who comes back within the linger.', async () => {
    const { phone, events } = openDesk();
    events().leave();
    await pass(4_000);
    const before = phone.requests.length;
    const reader = events();
    await pass(0);
    expect(shortly(reader.events)).toEqual(['SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED']);
    await pass(10_000);
    expect(phone.requests.length).toBe(before);
  });

  test('leaves nothing behind after a thousand comings and goings.', async () => {
    const { hub, phone, desk, events, parties, metrics } = openDesk();
    for (let round = 0; round < 1_000; round += 1) {
      const readers = [events(null, () => round % 3 === 0), parties(), tap(desk.listUpdates())];
      await pass(round % 7);
      for (const reader of readers) reader.leave();
    }
    await pass(70_000);
    expect(await total(metrics.subscribers)).toBe(0);
    expect(await total(metrics.watches)).toBe(0);
    expect(await total(metrics.pollModes)).toBe(0);
    expect([hub.counts().desks, phone.inFlight(), vi.getTimerCount()]).toEqual([0, 0, 0]);
  });

  test('is stopped with everything else: every stream ends and no timer is left.', async () => {
    const { hub, phone, desk, events, parties, metrics } = openDesk();
    phone.activeCalls = [activeCall('p-2')];
    const readers = [events(), parties(), tap(desk.listUpdates())];
    await pass(10_000);
    hub.stop();
    await pass(0);
    expect(readers.map(({ ending }) => ending)).toEqual([{}, {}, {}]);
    expect(await total(metrics.subscribers)).toBe(0);
    expect(await total(metrics.watches)).toBe(0);
    expect([hub.counts().desks, phone.inFlight(), vi.getTimerCount()]).toEqual([0, 0, 0]);
  });

  test('that is stopped while it waits for its first answer leaves nothing behind either.', async () => {
    for (const moment of [0, 3]) {
      const { hub, phone, events, metrics } = openDesk();
      const reader = events();
      if (moment > 0) await pass(moment);
      hub.stop();
      await pass(0);
      expect(reader.ending).toEqual({});
      expect([phone.inFlight(), vi.getTimerCount(), await total(metrics.watches)]).toEqual([0, 0, 0]);
    }
  });

  test('holds its polls longer the more calls are watched, so that together they keep their share.', async () => {
    const { phone, desk } = openDesk();
    for (const count of [1, 10, 20, 40, 60]) {
      const before = phone.requests.length;
      const ids = Array.from({ length: count }, (_, index) => `s-${count}-${index}`);
      for (const id of ids) phone.set([party(`${id}-p`, 'ANSWERED')], { id });
      const readers = ids.map((id) => tap(desk.events(id, null)));
      await pass(10_000);
      const timeouts = phone.requests.slice(before).flatMap(({ longPoll }) => longPoll?.timeout ?? []);
      expect(new Set(timeouts)).toEqual(new Set([Math.min(120, Math.max(30, count * 6))]));
      for (const reader of readers) reader.leave();
      await pass(10_000);
    }
  });

  test('shares the pace with the other calls of its viewer when polls are not held.', async () => {
    const { phone, desk } = openDesk();
    phone.longPoll = 'ignore';
    const ids = Array.from({ length: 10 }, (_, index) => `s-ignored-${index}`);
    for (const id of ids) {
      phone.set([party(`${id}-p`, 'ANSWERED')], { id });
      tap(desk.events(id, null));
    }
    await pass(60_000);
    const before = phone.requests.length;
    await pass(60_000);
    expect(phone.requests.length - before).toBeLessThanOrEqual(31);
  });
});

describe('An upstream that', () => {
  for (const longPoll of ['ignore', 'refuse'] as const) {
    test(`does ${longPoll} the parameters is asked at the pace, and changes still arrive.`, async () => {
      const { phone, events } = openDesk();
      phone.longPoll = longPoll;
      const reader = events();
      await pass(10_000);
      const before = phone.requests.length;
      for (const code of ['HOLD', 'ANSWERED', 'HOLD', 'ANSWERED', 'HOLD', 'ANSWERED'] as const) {
        phone.move('p-2', code);
        await pass(10_000);
      }
      expect(phone.requests.length - before).toBeLessThanOrEqual(31);
      expect(phone.requests.slice(before).every((request) => request.longPoll === undefined)).toBe(true);
      expect(shortly(reader.events).slice(1)).toEqual([
        'p-2 ANSWERED→HOLD',
        'p-2 HOLD→ANSWERED',
        'p-2 ANSWERED→HOLD',
        'p-2 HOLD→ANSWERED',
        'p-2 ANSWERED→HOLD',
        'p-2 HOLD→ANSWERED',
      ]);
    });

    test(`does ${longPoll} the parameters is found out in a few requests, once for all watches.`, async () => {
      const { phone, hub, events } = openDesk();
      phone.longPoll = longPoll;
      events();
      await pass(10_000);
      const withParameters = () => phone.requests.filter((request) => request.longPoll !== undefined).length;
      expect(withParameters()).toBeLessThanOrEqual(8);
      const before = withParameters();
      tap(hub.desk('somebody else', phone.source).events(SESSION, null));
      await pass(60_000);
      expect(withParameters()).toBe(before);
    });

    test(`does ${longPoll} the parameters no more is noticed within some minutes.`, async () => {
      const { phone, events } = openDesk();
      phone.longPoll = longPoll;
      events();
      await pass(60_000);
      phone.longPoll = 'honour';
      await pass(300_000);
      const before = phone.requests.length;
      await pass(60_000);
      expect(phone.requests.length - before).toBeLessThanOrEqual(3);
    });
  }

  test('has a clock that is off by minutes is watched all the same, without a request too many.', async () => {
    for (const offset of [300_000, -300_000]) {
      const { phone, events } = openDesk();
      phone.clockOffset = offset;
      phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
      const reader = events();
      await pass(60_000);
      const before = phone.requests.length;
      phone.move('p-2', 'HOLD');
      await pass(25_000);
      expect(shortly(reader.events).slice(1)).toEqual(['p-2 ANSWERED→HOLD']);
      expect(phone.requests.length - before).toBeLessThanOrEqual(5);
    }
  });

  test('is so busy that it dates answers late now and then is not taken for one that ignores the parameters.', async () => {
    const { phone, events } = openDesk();
    let answers = 0;
    phone.dateLag = () => (++answers % 3 === 0 ? 1_400 : 0); // milliseconds
    const reader = events();
    await pass(5_000);
    for (let times = 0; times < 60; times += 1) {
      phone.move('p-2', times % 2 === 0 ? 'HOLD' : 'ANSWERED');
      await pass(1_100);
    }
    expect(phone.requests.filter(({ longPoll }) => longPoll === undefined)).toHaveLength(1);
    expect(reader.events).toHaveLength(61);
  });

  const TROUBLES: Record<string, { trouble: () => Error | 'hang'; most: number }> = {
    'answers 500': { trouble: outOfOrder, most: 10 },
    'answers what is no call': { trouble: () => new SyntaxError('Unexpected token <'), most: 10 },
    hangs: { trouble: () => 'hang', most: 7 },
    'answers 429': { trouble: () => limited(30_000), most: 4 },
    'answers 429 for no time at all': { trouble: () => limited(0), most: 60 },
    'answers 429 for a year': { trouble: () => limited(31_536_000_000), most: 1 },
  };
  for (const [name, { trouble, most }] of Object.entries(TROUBLES)) {
    test(`${name} is hardly asked any more: at most ${most} times a minute.`, async () => {
      const { phone, events } = openDesk();
      events();
      await pass(60_000);
      phone.trouble = trouble;
      await pass(31_000);
      const before = phone.requests.length;
      await pass(60_000);
      expect(phone.requests.length - before).toBeLessThanOrEqual(most);
    });
  }

  test('fails is told once, and its recovery before what it brings, with the true state.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    phone.trouble = outOfOrder;
    await pass(60_000);
    phone.move('p-2', 'HOLD');
    await pass(20_000);
    const nextTry = reader.events.at(-1);
    phone.trouble = () => null;
    await pass(31_000);
    expect(shortly(reader.events).slice(1)).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED', 'p-2 ANSWERED→HOLD']);
    expect(nextTry).toMatchObject({ kind: 'UPSTREAM_DEGRADED', at: expect.any(Number) });
  });

  test('is well again is believed at the next try, not when the call changes.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    phone.trouble = () => limited(30_000);
    await pass(40_000);
    phone.trouble = () => null;
    await pass(25_100);
    expect(shortly(reader.events).slice(1)).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED']);
  });

  test('fails from the start is told to whoever waits for the first state.', async () => {
    const { phone, events, parties } = openDesk();
    phone.trouble = outOfOrder;
    const [reader, watcher] = [events(), parties()];
    await pass(1_000);
    const late = events();
    await pass(1_000);
    expect([shortly(reader.events), shortly(late.events)]).toEqual([
      ['UPSTREAM_DEGRADED'],
      ['UPSTREAM_DEGRADED'],
    ]);
    phone.trouble = () => null;
    await pass(31_000);
    const all = ['UPSTREAM_DEGRADED', 'RECOVERED', 'SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED'];
    expect([shortly(reader.events), shortly(late.events)]).toEqual([all, all]);
    expect(partyStates(watcher.events)).toEqual(['p-1 ANSWERED', 'p-2 ANSWERED']);
  });

  test('fails shows a late joiner the last state, and that it may be old.', async () => {
    const { phone, events } = openDesk();
    events();
    await pass(5_000);
    phone.trouble = outOfOrder;
    await pass(40_000);
    const late = events();
    await pass(0);
    expect(shortly(late.events)).toEqual(['SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED', 'UPSTREAM_DEGRADED']);
    const { at } = late.events[1] as Extract<CallEvent, { type: 'CallStreamNotice' }>;
    expect(at).toBeGreaterThanOrEqual(Date.now());
  });

  test('limits us for a moment is not worth a notice.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    phone.trouble = () => limited(2_000);
    await pass(28_000);
    phone.trouble = () => null;
    await pass(31_000);
    expect(shortly(reader.events)).toEqual(['SUBSCRIBED: p-1 ANSWERED, p-2 ANSWERED']);
  });

  test('limits us is not asked before the penalty is over, whatever happens meanwhile.', async () => {
    const { phone, desk, events } = openDesk();
    phone.longPoll = 'ignore';
    events();
    await pass(20_000);
    phone.trouble = () => limited(2_500);
    await pass(2_000);
    const refusedAt = phone.requests.at(-1)?.endedAt ?? 0;
    phone.trouble = () => null;
    for (let poke = 0; poke < 10; poke += 1) desk.stateChanged(SESSION);
    await pass(30_000);
    const next = phone.requests.find(({ sentAt }) => sentAt > refusedAt);
    expect((next?.sentAt ?? 0) - refusedAt).toBeGreaterThanOrEqual(2_500);
  });

  test('refuses the token ends every stream, and says why.', async () => {
    for (const refusal of [new Unauthenticated('Sign in again.'), new Forbidden('Not yours.')]) {
      const { phone, events, parties, metrics } = openDesk();
      const readers = [events(), parties()];
      await pass(5_000);
      phone.trouble = () => refusal;
      await pass(40_000);
      expect(readers.map(({ ending }) => ending?.error)).toEqual([refusal, refusal]);
      expect(await total(metrics.watches)).toBe(0);
    }
  });

  test('answers after the watch was stopped is not listened to.', async () => {
    const { phone, hub, metrics } = openDesk();
    // A source that does not care whether it is called off.
    const deaf = {
      ...phone.source,
      readCall: async (sessionId: string) => {
        await sleep(60_000);
        return phone.source.readCall(sessionId, { lane: 'poll' });
      },
    };
    const reader = tap(hub.desk('deaf', deaf).events(SESSION, null));
    await pass(1_000);
    reader.leave();
    await pass(120_000);
    expect([await total(metrics.watches), hub.counts().desks, reader.events.length]).toEqual([0, 0, 0]);
  });
});

describe('A clock that is set back by an hour', () => {
  test('neither silences a watch nor makes it run hot.', async () => {
    for (const longPoll of ['honour', 'ignore'] as const) {
      const { phone, events } = openDesk();
      phone.longPoll = longPoll;
      const reader = events();
      await pass(60_000);
      vi.setSystemTime(Date.now() - 3_600_000);
      phone.clockOffset += 3_600_000; // it is only ours
      const before = phone.requests.length;
      phone.move('p-2', 'HOLD');
      await pass(40_000);
      phone.move('p-2', 'ANSWERED');
      await pass(40_000);
      expect(shortly(reader.events).slice(1)).toEqual(['p-2 ANSWERED→HOLD', 'p-2 HOLD→ANSWERED']);
      expect(phone.requests.length - before).toBeLessThanOrEqual(50);
      const times = reader.events.flatMap((event) => ('party' in event ? [event.party.observedAt] : []));
      expect(times[1]).toBeGreaterThan(times[0] ?? 0);
    }
  });
});

describe('A slow reader', () => {
  test('gets the latest state with what it skipped, costs bounded memory, and delays nobody.', async () => {
    const { phone, desk, events, parties, metrics } = openDesk();
    const quick = events();
    const slow = desk.events(SESSION, null);
    const slowParties = desk.partyUpdates(SESSION, null);
    parties();
    await pass(10_000);
    for (let round = 1; round <= 1_000; round += 1) {
      phone.move('p-2', round % 2 === 1 ? 'HOLD' : 'ANSWERED');
      await pass(2_000);
    }
    phone.move('p-1', 'HOLD');
    await pass(3_000);
    expect(quick.events).toHaveLength(1_002);

    const read = tap(slow);
    const readParties = tap(slowParties);
    await pass(0);
    expect(read.events).toHaveLength(64 + 1);
    expect(readParties.events).toHaveLength(64);
    const changes = read.events.flatMap((event) => (event.type === 'CallPartyChange' ? [event] : []));
    expect(changes.slice(-2)).toMatchObject([
      // The 62 changes before it were queued, and this one stands for all the others.
      { skipped: 1_000 - 63, party: { id: 'p-2', status: { code: 'ANSWERED' } } },
      { skipped: 0, party: { id: 'p-1', status: { code: 'HOLD' } } },
    ]);
    expect(partyStates(readParties.events).slice(-2)).toEqual(['p-2 ANSWERED', 'p-1 HOLD']);
    // What it knows, it knows in order: each change begins where the one before it ended.
    for (const [index, change] of changes.entries()) {
      const before = changes.slice(0, index).findLast(({ party: { id } }) => id === change.party.id);
      expect(change.previousStatus?.code).toBe(before?.party.status.code ?? 'ANSWERED');
    }
    expect(await total(metrics.skippedEvents)).toBeGreaterThan(1_500);
  });
});
