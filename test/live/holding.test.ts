/** Reads that are held, and that somebody on the way cuts, or that end without a body: learnt, and not told. */
import { describe, expect, test } from 'vitest';
import { UpstreamUnavailable } from '../../schema/failures.ts';
import type { CallEvent } from '../../schema/provider.ts';
import type { HubOptions } from '../../src/live/hub.ts';
import { openOffice, type Phone, party, pass, SESSION, tap } from './support.ts';

const MINUTE = 60_000;

/** A reader before a call that is being talked in, whose upstream ends held reads in this way. */
function openDesk(holds: Partial<Pick<Phone, 'patience' | 'expiry'>>, options: Partial<HubOptions> = {}) {
  const office = openOffice(options);
  const { phone, hub } = office;
  Object.assign(phone, holds);
  phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  const desk = hub.desk('viewer', phone.source);
  return { ...office, desk, reader: tap(desk.events(SESSION, null)) };
}

const shortly = (events: readonly CallEvent[]) =>
  events.map((event) => (event.type === 'CallStreamNotice' ? event.kind : event.type));

/** For how many seconds the reads since then were to be held, one after the other. */
const holdsOf = (phone: Phone, from = 0) =>
  phone.requests.slice(from).flatMap(({ longPoll }) => (longPoll === undefined ? [] : [longPoll.timeout]));

/** How many of the reads since then were plain ones. */
const looksOf = (phone: Phone, from = 0) =>
  phone.requests.slice(from).filter(({ longPoll }) => longPoll === undefined).length;

describe('A proxy that cuts held reads after a minute', () => {
  const proxy = { patience: MINUTE };
  const long = { longPollTimeout: 120_000 };

  test('is found out by two of them, and after that no read is held so long.', async () => {
    const { phone, reader } = openDesk(proxy, long);
    await pass(3 * MINUTE);
    const holds = holdsOf(phone);
    expect(holds.filter((seconds) => seconds === 120).length).toBeGreaterThanOrEqual(2);
    expect(holds.at(-1)).toBe(48);
    const from = phone.requests.length;
    await pass(3 * MINUTE);
    expect(new Set(holdsOf(phone, from))).toEqual(new Set([48]));
    expect(looksOf(phone, from)).toBe(0);
    expect(shortly(reader.events)).toEqual(['CallSnapshot']);
  });

  test('is never told to a reader, and hides no change.', async () => {
    const { phone, reader } = openDesk(proxy, long);
    for (let minute = 0; minute < 20; minute += 1) {
      await pass(0.9 * MINUTE);
      phone.move('p-2', minute % 2 === 0 ? 'HOLD' : 'ANSWERED');
      await pass(0.1 * MINUTE);
    }
    await pass(5 * MINUTE);
    expect(new Set(shortly(reader.events.slice(1)))).toEqual(new Set(['CallPartyChange']));
    expect(reader.events).toHaveLength(21);
  });

  test('is known to all watches, and doubted after five minutes.', async () => {
    const { phone, desk } = openDesk(proxy, long);
    await pass(3 * MINUTE);
    phone.set([party('q-1', 'ANSWERED')], { id: 's-2' });
    const from = phone.requests.length;
    tap(desk.events('s-2', null));
    await pass(MINUTE);
    const other = phone.requests.slice(from).filter(({ sessionId }) => sessionId === 's-2');
    const held = other.flatMap(({ longPoll }) => (longPoll === undefined ? [] : [longPoll.timeout]));
    expect(new Set(held)).toEqual(new Set([48]));
    const later = phone.requests.length;
    await pass(5 * MINUTE);
    expect(holdsOf(phone, later)).toContain(120);
  });

  test('is of no matter while reads are held for half a minute.', async () => {
    const { phone, reader } = openDesk(proxy);
    await pass(10 * MINUTE);
    expect(new Set(holdsOf(phone))).toEqual(new Set([30]));
    expect(shortly(reader.events)).toEqual(['CallSnapshot']);
  });
});

describe('An upstream that ends every hold', () => {
  for (const [name, expiry, most] of [
    ['without a body', 'nothingNew', 28],
    ['by a failure, however short', 'cut', 42],
  ] as const) {
    test(`${name} is quiet, costs ${most} requests in ten minutes at most, and hides no change.`, async () => {
      const { phone, desk, reader } = openDesk({ expiry });
      await pass(10 * MINUTE); // it is found out
      const from = phone.requests.length;
      await pass(10 * MINUTE);
      expect(phone.requests.length - from).toBeLessThanOrEqual(most);
      // Only bodies are believed, so there is one now and then.
      expect(looksOf(phone, from)).toBeGreaterThan(4);
      expect(shortly(reader.events)).toEqual(['CallSnapshot']);
      phone.move('p-2', 'HOLD');
      await pass(1_000);
      expect(shortly(reader.events)).toEqual(['CallSnapshot', 'CallPartyChange']);
      const question = desk.readCall(SESSION);
      await pass(1_000);
      expect((await question)?.parties[1]?.status.code).toBe('HOLD');
    });
  }

  test('soon, in no order, is asked at the pace instead.', async () => {
    const ages = [4_000, 11_000, 2_000, 7_000, 3_000];
    const { phone, reader } = openDesk({ patience: ages[0] ?? 0 });
    for (const [index, age] of ages.entries()) {
      await pass(500); // the hold has begun
      phone.patience = ages[index + 1] ?? 5_000;
      await pass(age);
    }
    const from = phone.requests.length;
    await pass(MINUTE);
    expect(holdsOf(phone, from)).toEqual([]);
    expect(phone.requests.length - from).toBeLessThanOrEqual(31);
    expect(shortly(reader.events)).toEqual(['CallSnapshot']);
  });
});

describe('A cut that is the beginning of an outage', () => {
  test('is told as soon as the next look fails, and its end too.', async () => {
    const { phone, reader } = openDesk({ patience: 20_000 });
    await pass(19_000);
    phone.trouble = () => new UpstreamUnavailable('RingCentral is out of order.', true);
    expect(shortly(reader.events)).toEqual(['CallSnapshot']);
    await pass(2_000);
    expect(shortly(reader.events)).toEqual(['CallSnapshot', 'UPSTREAM_DEGRADED']);
    await pass(MINUTE);
    phone.trouble = () => null;
    await pass(MINUTE);
    expect(shortly(reader.events)).toEqual(['CallSnapshot', 'UPSTREAM_DEGRADED', 'RECOVERED']);
  });

  test('teaches nothing when it comes once.', async () => {
    const { phone } = openDesk({ patience: 7_000 });
    await pass(7_100);
    phone.patience = Infinity;
    await pass(10 * MINUTE);
    expect(new Set(holdsOf(phone))).toEqual(new Set([30]));
  });

  test('leaves questions to RingCentral until it has been looked at.', async () => {
    const { phone, desk } = openDesk({ patience: 20_000 });
    await pass(19_000);
    phone.trouble = () => 'hang';
    await pass(2_000);
    const from = phone.requests.length;
    void desk.readCall(SESSION).catch(() => undefined);
    await pass(10);
    expect(phone.requests.slice(from).map(({ lane }) => lane)).toEqual(['query']);
  });
});
