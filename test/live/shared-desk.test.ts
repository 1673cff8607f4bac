/** One desk of a viewer, whichever gateway they came to: in memory and under fake timers. */
import { describe, expect, test } from 'vitest';
import { Unauthenticated, UpstreamUnavailable } from '../../schema/failures.ts';
import type { CallEvent } from '../../schema/provider.ts';
import { type Gateway, openTown, openWatchedTown, passing, summary } from './shared-town.ts';
import { activeCall, type Phone, party, pass, SESSION, type Tap, tap } from './support.ts';

const cursorOf = ({ events }: Tap<CallEvent>) => events.at(-1)?.cursor ?? '';
const cursorsOf = ({ events }: Tap<CallEvent>) =>
  events.flatMap(({ type, cursor }) => (type === 'CallSnapshot' ? [] : cursor));
const reads = (phone: Phone) => phone.requests.filter(({ kind }) => kind === 'session').length;

/** RingCentral has answered to a command at this gateway that the second party is on hold. */
async function holdByCommand({ desk }: Gateway): Promise<void> {
  const sentAt = Date.now();
  const held = party('p-2', 'HOLD', { sessionId: SESSION });
  await passing(desk.observeParty(held, { sentAt, receivedAt: sentAt + 1 }));
}

describe('A viewer who watches one call at two gateways', () => {
  test('is polled for by one of them, and told the same by both, with the same cursors.', async () => {
    const { phone, first, second } = await openWatchedTown();
    expect(phone.inFlight()).toBe(1);
    for (const code of ['HOLD', 'ANSWERED', 'HOLD'] as const) {
      phone.move('p-2', code);
      await pass(3_000);
    }
    const told = ['SUBSCRIBED', 'p-2 HOLD', 'p-2 ANSWERED', 'p-2 HOLD'];
    expect(summary(first.events)).toEqual(told);
    expect(summary(second.events)).toEqual(told);
    expect(cursorsOf(second)).toEqual(cursorsOf(first));
    expect(phone.inFlight()).toBe(1);
  });

  test('begins at both at once, and is polled for by one.', async () => {
    const { phone, open } = openTown();
    const taps = [open(), open(), open()].map((gateway) => gateway.events());
    await pass(2_000);
    expect(taps.map(({ events }) => summary(events))).toEqual([
      ['SUBSCRIBED'],
      ['SUBSCRIBED'],
      ['SUBSCRIBED'],
    ]);
    expect(phone.inFlight()).toBe(1);
    expect(reads(phone)).toBeLessThanOrEqual(3);
  });

  test('comes back to the other with a cursor, and gets exactly what was missed.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    const reader = one.events();
    const witness = one.events();
    await pass(1_000);
    phone.move('p-2', 'HOLD');
    await pass(1_000);
    reader.leave();
    phone.move('p-2', 'ANSWERED');
    await pass(3_000);
    phone.move('p-1', 'HOLD');
    await pass(3_000);
    const back = other.events(cursorOf(reader));
    await pass(1_000);
    expect(summary(back.events)).toEqual(['p-2 ANSWERED', 'p-1 HOLD']);
    phone.move('p-1', 'ANSWERED');
    await pass(3_000);
    expect(summary(back.events)).toEqual(['p-2 ANSWERED', 'p-1 HOLD', 'p-1 ANSWERED']);
    expect(back.events.at(-1)?.cursor).toBe(witness.events.at(-1)?.cursor);
  });

  test('asks the one that does not poll, and that costs nothing.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    one.events();
    await pass(3_000);
    const before = reads(phone);
    // Nobody watches there, and it is known all the same.
    expect((await passing(other.desk.readCall(SESSION)))?.parties).toHaveLength(2);
    expect(reads(phone)).toBe(before);
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    const afterMove = reads(phone);
    const seen = await passing(other.desk.readParty(SESSION, 'p-2'));
    expect(seen?.status.code).toBe('HOLD');
    expect(other.desk.current(SESSION)?.parties.map(({ status }) => status.code)).toEqual([
      'ANSWERED',
      'HOLD',
    ]);
    expect(reads(phone)).toBe(afterMove);
  });

  test('commands at the one that does not poll, and both tell of it at once.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    const first = one.events();
    await pass(2_000);
    const second = other.events();
    await pass(2_000);
    await holdByCommand(other);
    await pass(20);
    expect(summary(first.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    expect(cursorsOf(second)).toEqual(cursorsOf(first));
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    expect(summary(first.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
  });

  test('commands where nobody watches, and is told at the other gateway.', async () => {
    const { open } = openTown();
    const [one, other] = [open(), open()];
    const reader = one.events();
    await pass(3_000);
    await holdByCommand(other);
    await pass(20);
    expect(summary(reader.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
  });

  test('is told at both of the end of the call, and of what RingCentral refuses to say.', async () => {
    const { phone, other, first, second } = await openWatchedTown();
    phone.trouble = () => new UpstreamUnavailable('It is down.', true);
    phone.move('p-1', 'HOLD');
    await pass(1_000);
    phone.trouble = () => null;
    await pass(5_000);
    phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
    await pass(5_000);
    const told = ['SUBSCRIBED', 'p-1 HOLD', 'UPSTREAM_DEGRADED', 'RECOVERED'];
    const end = ['p-1 DISCONNECTED', 'p-2 DISCONNECTED', 'CALL_ENDED'];
    expect(summary(first.events)).toEqual([...told, ...end]);
    expect(summary(second.events)).toEqual([...told, ...end]);
    expect([first.ending, second.ending]).toEqual([{}, {}]);
    expect(phone.inFlight()).toBe(0);
    // And who comes later is told how it ended, wherever they come.
    expect((await passing(other.desk.readCall(SESSION)))?.parties[0]?.status.code).toBe('DISCONNECTED');
  });
});

describe('When the gateway that polls', () => {
  test('drains, another goes on at once, and nobody is told of trouble.', async () => {
    const { phone, one, first, second } = await openWatchedTown();
    one.hub.drain();
    phone.move('p-2', 'HOLD');
    await pass(1_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    // Whoever is still at the draining one is told by the other.
    expect(summary(first.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    await passing(one.hub.stop());
    phone.move('p-2', 'ANSWERED');
    await pass(3_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD', 'p-2 ANSWERED']);
    expect(phone.inFlight()).toBe(1);
  });

  test('stops, its client goes on at another with the cursor, and nothing is lost or told twice.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    const reader = one.events();
    await pass(1_000);
    phone.move('p-2', 'HOLD');
    await pass(1_000);
    await passing(one.hub.stop());
    phone.move('p-1', 'HOLD');
    await pass(500);
    const back = other.events(cursorOf(reader));
    await pass(1_000);
    expect(summary(back.events)).toEqual(['p-1 HOLD']);
  });

  test('is killed, the other goes on within ten seconds.', async () => {
    const { phone, one, other, first, second } = await openWatchedTown();
    one.commons.kill();
    void one.hub.stop();
    phone.move('p-2', 'HOLD');
    await pass(10_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    const back = other.events(cursorOf(first));
    await pass(100);
    expect(summary(back.events)).toEqual(['p-2 HOLD']);
    expect(phone.inFlight()).toBe(1);
  });

  test('has no live token any more, another that has one goes on.', async () => {
    const { phone, open } = openTown();
    let isRevoked = false;
    const ask: Phone['source'] = {
      ...phone.source,
      readCall: async (sessionId, options) => {
        if (isRevoked) throw new Unauthenticated('Revoked.');
        return phone.source.readCall(sessionId, options);
      },
    };
    const one = open(ask);
    const other = open();
    const first = one.events();
    await pass(1_000);
    const second = other.events();
    await pass(1_000);
    isRevoked = true;
    // So that it asks again.
    phone.move('p-1', 'HOLD');
    await pass(2_000);
    phone.move('p-2', 'HOLD');
    await pass(2_000);
    expect(first.ending).toEqual({ error: expect.any(Unauthenticated) });
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-1 HOLD', 'p-2 HOLD']);
    expect(second.ending).toBeUndefined();
  });

  test('has no reader any more, another that has some goes on.', async () => {
    const { phone, one, other, first, second } = await openWatchedTown();
    first.leave();
    await pass(70_000);
    expect(one.hub.counts()).toEqual({ desks: 0 });
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    expect(phone.inFlight()).toBe(1);
    second.leave();
    await pass(80_000);
    expect([phone.inFlight(), other.hub.counts().desks]).toEqual([0, 0]);
  });
});

describe('When the store', () => {
  test('is away, each gateway polls by itself and its readers are told on; then one polls again.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    const taps = [one.events(), other.events()];
    await pass(2_000);
    for (const { commons } of [one, other]) commons.cut();
    await pass(1_000);
    expect(phone.inFlight()).toBe(2);
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    for (const { commons } of [one, other]) commons.mend();
    await pass(3_000);
    expect(phone.inFlight()).toBe(1);
    phone.move('p-2', 'ANSWERED');
    await pass(3_000);
    const told = ['SUBSCRIBED', 'p-2 HOLD', 'p-2 ANSWERED'];
    expect(taps.map(({ events }) => summary(events))).toEqual([told, told]);
  });

  test('is cut off from the one that polls, the other polls too; what each tells ends in the truth, once.', async () => {
    const { phone, one, first, second } = await openWatchedTown();
    one.commons.cut();
    await pass(8_000);
    expect(phone.inFlight()).toBe(2);
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    one.commons.mend();
    await pass(3_000);
    phone.move('p-1', 'HOLD');
    await pass(3_000);
    const told = ['SUBSCRIBED', 'p-2 HOLD', 'p-1 HOLD'];
    expect([summary(first.events), summary(second.events)]).toEqual([told, told]);
    expect(phone.inFlight()).toBe(1);
  });

  test('was lost, streams go on, and whoever comes with a cursor of before gets the call anew.', async () => {
    const { phone, store, other, first, second } = await openWatchedTown();
    phone.move('p-2', 'HOLD');
    await pass(1_000);
    const cursor = cursorOf(first);
    store.empty();
    await pass(3_000);
    phone.move('p-2', 'ANSWERED');
    await pass(3_000);
    const told = ['SUBSCRIBED', 'p-2 HOLD', 'p-2 ANSWERED'];
    expect([summary(first.events), summary(second.events)]).toEqual([told, told]);
    const back = other.events(cursor);
    await pass(1_000);
    expect(summary(back.events)).toEqual(['CURSOR_FOREIGN']);
    expect(phone.inFlight()).toBe(1);
  });

  test('is away as somebody comes back with a cursor, one polls for them, and none when it is back.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    const first = one.events();
    await pass(1_000);
    other.commons.cut();
    const second = other.events(cursorOf(first));
    await pass(1_000);
    expect(phone.inFlight()).toBe(2);
    other.commons.mend();
    await pass(3_000);
    expect(phone.inFlight()).toBe(1);
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    expect(summary(second.events)).toEqual(['CURSOR_EXPIRED', 'p-2 HOLD']);
  });

  test('is away as the last reader of the one that polls leaves, the other goes on when it is back.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(phone.source, { linger: 500 }), open()];
    const first = tap(one.desk.events(SESSION, null));
    await pass(1_000);
    const second = other.events();
    await pass(1_000);
    one.commons.cut();
    first.leave();
    // Shorter than what it has taken is good for.
    await pass(1_000);
    one.commons.mend();
    await pass(10_000);
    phone.move('p-2', 'HOLD');
    await pass(3_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    expect([one.hub.counts().desks, phone.inFlight()]).toEqual([0, 1]);
  });
});

describe('The list of a viewer who reads it at two gateways', () => {
  test('is asked for by one of them, and told by both.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    const lists = [one.desk, other.desk].map((desk) => tap(desk.listUpdates()));
    await pass(60_000);
    const asked = phone.requests.filter(({ kind }) => kind === 'activeCalls').length;
    expect(asked).toBeLessThanOrEqual(12);
    phone.activeCalls = [activeCall('p-1')];
    await pass(7_000);
    expect(lists.map(({ events }) => events.map((calls) => calls.length))).toEqual([
      [0, 1],
      [0, 1],
    ]);
    const before = phone.requests.length;
    expect(await other.desk.readList()).toHaveLength(1);
    expect(phone.requests.length).toBe(before);
  });

  test('goes on at the other when the first is killed.', async () => {
    const { phone, open } = openTown();
    const [one, other] = [open(), open()];
    tap(one.desk.listUpdates());
    await pass(1_000);
    const list = tap(other.desk.listEvents());
    await pass(1_000);
    one.commons.kill();
    void one.hub.stop();
    phone.activeCalls = [activeCall('p-1')];
    await pass(12_000);
    expect(
      list.events.flatMap((event) => (event.type === 'ActiveCallList' ? event.calls.length : event.kind)),
    ).toEqual([0, 1]);
  });
});
