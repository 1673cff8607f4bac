/** Gateways that were apart and are together again: in memory and under fake timers. */
import { describe, expect, test } from 'vitest';
import type { Ear } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { openTown, openWatchedTown, summary } from './shared-town.ts';
import { type Phone, party, pass, SESSION, status } from './support.ts';

describe('Gateways that are together again', () => {
  const apart = async () => {
    const town = await openWatchedTown();
    await pass(2_000);
    return town;
  };

  test('tell at once what only one of them saw, also while a read is held.', async () => {
    const { phone, one, other, first, second } = await apart();
    one.commons.cut();
    phone.move('p-2', 'HOLD');
    await pass(4_000);
    other.commons.cut();
    // The other has no time to see it by itself.
    one.commons.mend();
    other.commons.mend();
    await pass(1_000);
    const told = ['SUBSCRIBED', 'p-2 HOLD'];
    expect([summary(first.events), summary(second.events)]).toEqual([told, told]);
    expect(phone.inFlight()).toBe(1);
  });

  test('read the call anew where the other knows of something newer, and do not wait for a read that is held.', async () => {
    const { phone, other, first, second } = await apart();
    other.commons.cut();
    const at = Date.now();
    void other.desk.observeParty(party('p-2', 'HOLD', { sessionId: SESSION }), {
      sentAt: at,
      receivedAt: at + 1,
    });
    await pass(20);
    other.commons.mend();
    await pass(1_000);
    // By then RingCentral shows it as it was before.
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD', 'p-2 ANSWERED']);
    expect(summary(first.events)).toEqual(['SUBSCRIBED']);
    expect(phone.inFlight()).toBe(1);
  });

  test.each<[told: string, happen: (phone: Phone) => void]>([
    ['p-2 HOLD', ({ move }) => move('p-2', 'HOLD')],
    ['p-2 DISCONNECTED', ({ move }) => move('p-2', 'DISCONNECTED')],
    ['p-3 SETUP', ({ set, now }) => set([...(now()?.parties ?? []), party('p-3', 'SETUP')])],
  ])(
    'tell once, and never take back, what the one that leads has not looked for yet: %s.',
    async (told, happen) => {
      const { phone, open } = openTown();
      phone.longPoll = 'ignore';
      const [one, other] = [open(), open()];
      const first = one.events();
      await pass(1_000);
      const second = other.events();
      await pass(20_000);
      const { length } = phone.requests;
      while (phone.requests.length === length) await pass(10);
      // A second and a half after the look of who leads, and half a one before the next.
      await pass(1_500);
      other.commons.cut();
      happen(phone);
      await pass(20);
      expect(summary(second.events)).toEqual(['SUBSCRIBED', told]);
      other.commons.mend();
      await pass(5_000);
      expect(summary(first.events)).toEqual(['SUBSCRIBED', told]);
      expect(summary(second.events)).toEqual(['SUBSCRIBED', told]);
    },
  );

  test('believe the end of a call also where something newer was seen of it.', async () => {
    let isDeaf = false;
    const { phone, one, other, first, second } = await openWatchedTown((source) => ({
      ...source,
      readCall: (...asked) => (isDeaf ? new Promise(() => {}) : source.readCall(...asked)),
    }));
    await pass(2_000);
    other.commons.cut();
    isDeaf = true;
    await pass(1_000);
    phone.move('p-1', 'HOLD');
    await pass(100);
    phone.forget();
    one.desk.stateChanged(SESSION);
    while (!summary(first.events).includes('CALL_ENDED')) await pass(10);
    const at = Date.now();
    void other.desk.observeParty(party('p-2', 'HOLD', { sessionId: SESSION }), {
      sentAt: at,
      receivedAt: at + 1,
    });
    await pass(20);
    other.commons.mend();
    await pass(10_000);
    const ended = ['p-1 DISCONNECTED', 'p-2 DISCONNECTED', 'CALL_ENDED'];
    expect(summary(first.events)).toEqual(['SUBSCRIBED', 'p-1 HOLD', ...ended]);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD', ...ended]);
  });

  test('tell the end of a call that came as they met.', async () => {
    const { phone, other, first, second } = await apart();
    other.commons.cut();
    phone.move('p-1', 'DISCONNECTED');
    phone.move('p-2', 'DISCONNECTED');
    await pass(3);
    other.commons.mend();
    await pass(1_000);
    const told = ['SUBSCRIBED', 'p-1 DISCONNECTED', 'p-2 DISCONNECTED', 'CALL_ENDED'];
    expect([summary(first.events), summary(second.events)]).toEqual([told, told]);
  });
});

describe('What news tell beyond what is read', () => {
  /** One gateway is told of changes by itself, and the other has to read. */
  const openHalfTold = async () => {
    const { phone, open } = openTown();
    let ear: Ear<RingCentralKind> | undefined;
    const one = open({
      ...phone.source,
      listen(listener) {
        ear = listener;
        return { tellsOf: () => true, stop() {} };
      },
    });
    const first = one.events();
    await pass(1_000);
    ear?.entered('listening', { mayHaveMissed: true, reason: null });
    const other = open();
    const second = other.events();
    await pass(1_000);
    return {
      ...{ phone, one, other, first, second },
      /** The second party is put on hold. */
      hold() {
        phone.move('p-2', 'HOLD');
        const at = Date.now();
        ear?.heard({
          ...{ about: 'party', callId: SESSION, partyId: 'p-2', sequence: 2, eventTime: at, receivedAt: at },
          party: (known) => ({ ...party('p-2', 'HOLD'), ...known, status: status('HOLD', { rcc: false }) }),
          facts: null,
          entry: () => null,
        });
      },
    };
  };

  test('is no change to a gateway that read it while it was apart.', async () => {
    const { phone, other, first, second, hold } = await openHalfTold();
    other.commons.cut();
    await pass(3_000);
    hold();
    await pass(3_000);
    const told = ['SUBSCRIBED', 'p-2 HOLD'];
    expect([summary(first.events), summary(second.events)]).toEqual([told, told]);
    other.commons.mend();
    await pass(5_000);
    expect([summary(first.events), summary(second.events)]).toEqual([told, told]);
    phone.move('p-2', 'ANSWERED');
    await pass(35_000);
    expect(summary(second.events)).toEqual([...told, 'p-2 ANSWERED']);
  });

  test('is no change to a gateway that was told it when they met, and then has the desk.', async () => {
    const { one, other, second, hold } = await openHalfTold();
    other.commons.cut();
    hold();
    await pass(3);
    other.commons.mend();
    await pass(1_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
    one.commons.kill();
    void one.hub.stop();
    await pass(40_000);
    expect(summary(second.events)).toEqual(['SUBSCRIBED', 'p-2 HOLD']);
  });
});
