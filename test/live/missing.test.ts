/** A call that RingCentral does not know (any more): when that is believed, and what takes it back. */
import { describe, expect, test } from 'vitest';
import { CallNotFound, UpstreamUnavailable } from '../../schema/failures.ts';
import type { CallEvent } from '../../schema/provider.ts';
import { activeCall, openOffice, type Phone, party, pass, type Request, SESSION, tap } from './support.ts';

/** A viewer at their desk before a call that is being talked in. */
function openDesk() {
  const office = openOffice();
  const { phone, hub } = office;
  phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  const desk = hub.desk('viewer', phone.source);
  const events = (after: string | null = null) => tap(desk.events(SESSION, after));
  return { ...office, desk, events };
}

/** The next requests find nothing, or fail, in this order; then everything is well again. */
function next(phone: Phone, ...troubles: readonly ReturnType<Phone['trouble']>[]): void {
  const left = [...troubles];
  phone.trouble = ({ kind }: Request) => (kind === 'activeCalls' ? null : (left.shift() ?? null));
}

/** An event, shortly. */
function short(event: CallEvent): string {
  switch (event.type) {
    case 'CallSnapshot':
      return `${event.reason}: ${event.session.parties.map(({ status: { code } }) => code).join(', ')}`;
    case 'CallPartyChange':
      return `${event.party.id} ${event.party.status.code}`;
    case 'CallStreamNotice':
      return event.kind;
  }
}

const outOfOrder = new UpstreamUnavailable('RingCentral is out of order.', true);
const codesOf = (call: { readonly parties: readonly { readonly status: { code: string } }[] } | null) =>
  call?.parties.map(({ status: { code } }) => code) ?? null;

/** A watch, after which the call was taken for over although it goes on. */
async function takenForOver() {
  const office = openDesk();
  const { phone, desk, events } = office;
  const reader = events();
  await pass(5_000);
  next(phone, 'missing', 'missing');
  phone.move('p-2', 'HOLD'); // the poll brings it, and the next ones find nothing
  await pass(2_000);
  expect(reader.news().map(short)).toEqual([
    'SUBSCRIBED: ANSWERED, ANSWERED',
    'p-2 HOLD',
    'p-1 DISCONNECTED',
    'p-2 DISCONNECTED',
    'CALL_ENDED',
  ]);
  expect([await desk.readCall(SESSION), reader.ending]).toEqual([null, {}]);
  const cursor = reader.events.at(-1)?.cursor ?? null;
  const [endedAt = 0] = (desk.peek(SESSION)?.parties ?? []).map(({ observedAt }) => observedAt);
  return { ...office, cursor, endedAt };
}

describe('A call that was alive a moment ago', () => {
  test('lives on under a watch when RingCentral does not know it once.', async () => {
    const { phone, desk, events } = openDesk();
    const reader = events();
    await pass(5_000);
    next(phone, 'missing');
    phone.move('p-2', 'HOLD');
    await pass(2_000);
    expect(reader.news().map(short)).toEqual(['SUBSCRIBED: ANSWERED, ANSWERED', 'p-2 HOLD']);
    expect(codesOf(await desk.readCall(SESSION))).toEqual(['ANSWERED', 'HOLD']);
  });

  test('is looked for once more, and not in a loop.', async () => {
    const { phone, events } = openDesk();
    events();
    await pass(5_000);
    const before = phone.requests.length;
    phone.forget();
    await pass(60_000);
    expect(phone.requests.length - before).toBe(1);
  });

  test('is over when it is missing again, also when the look between the two failed.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    next(phone, 'missing', outOfOrder, 'missing');
    phone.move('p-2', 'HOLD');
    await pass(10_000);
    expect(reader.events.map(short)).toEqual([
      'SUBSCRIBED: ANSWERED, ANSWERED',
      'p-2 HOLD',
      'UPSTREAM_DEGRADED',
      'RECOVERED',
      'p-1 DISCONNECTED',
      'p-2 DISCONNECTED',
      'CALL_ENDED',
    ]);
  });

  test('may be missing once, and later once more.', async () => {
    const { phone, events } = openDesk();
    const reader = events();
    await pass(5_000);
    for (const code of ['HOLD', 'ANSWERED', 'HOLD'] as const) {
      next(phone, 'missing');
      phone.move('p-2', code);
      await pass(5_000);
    }
    expect(reader.events.map(short).slice(1)).toEqual(['p-2 HOLD', 'p-2 ANSWERED', 'p-2 HOLD']);
  });

  test('may be missing when its watch begins, right after the command that made it.', async () => {
    const { phone, desk, events } = openDesk();
    const sentAt = Date.now();
    const made = phone.now();
    if (made === null) throw new Error('The call is there.');
    await desk.observeCall(made, { sentAt, receivedAt: sentAt });
    next(phone, 'missing');
    const reader = events();
    await pass(2_000);
    expect(reader.events.map(short)).toEqual(['SUBSCRIBED: ANSWERED, ANSWERED']);
  });

  test('is shown to a question that does not find it once, and is null when it finds it twice no more.', async () => {
    const { phone, desk } = openDesk();
    const ask = async () => {
      const question = desk.readCall(SESSION);
      await pass(1_000);
      return codesOf(await question);
    };
    expect(await ask()).toEqual(['ANSWERED', 'ANSWERED']);
    await pass(20_000); // else it would be watched
    expect(await ask()).toEqual(['ANSWERED', 'ANSWERED']);
    next(phone, 'missing');
    expect(await ask()).toEqual(['ANSWERED', 'ANSWERED']);
    await pass(30_000);
    expect(await ask()).toEqual(['ANSWERED', 'ANSWERED']);
    next(phone, 'missing', 'missing', 'missing', 'missing');
    expect(await ask()).toBe(null);
  });

  test('has its parties likewise, and a party that has left is looked for once.', async () => {
    const { phone, desk } = openDesk();
    phone.set([party('p-1', 'ANSWERED'), party('p-2', 'DISCONNECTED')]);
    const first = desk.readCall(SESSION);
    await pass(100);
    await first;
    const ask = async (partyId: string) => {
      const before = phone.requests.length;
      const question = desk.readParty(SESSION, partyId);
      await pass(1_000);
      return [(await question)?.status.code ?? null, phone.requests.length - before];
    };
    next(phone, 'missing');
    expect(await ask('p-1')).toEqual(['ANSWERED', 2]);
    next(phone, 'missing');
    expect(await ask('p-2')).toEqual([null, 1]);
  });

  test('is not waited for when whoever asked has left.', async () => {
    const { phone, desk } = openDesk();
    const first = desk.readCall(SESSION);
    await pass(100);
    await first;
    const before = phone.requests.length;
    phone.forget();
    const asking = new AbortController();
    const question = desk.readParty(SESSION, 'p-1', asking.signal);
    const refused = expect(question).rejects.toThrow('gone');
    await pass(100);
    asking.abort(new Error('gone'));
    await refused;
    await pass(5_000);
    expect(phone.requests.length - before).toBe(1);
  });
});

describe('A call that nobody has seen', () => {
  test('is not found at once, by one request.', async () => {
    const { phone, desk, events } = openDesk();
    phone.forget();
    const reader = events();
    const question = desk.readCall('s-nobody');
    await pass(100);
    expect([await question, reader.ending?.error]).toEqual([null, expect.any(CallNotFound)]);
    expect(phone.requests).toHaveLength(2);
  });
});

describe('A call that was thought over', () => {
  test('is revived by an accepted command, as it was seen last but for what that brought.', async () => {
    const { phone, desk, events, cursor, endedAt } = await takenForOver();
    phone.set([party('p-1', 'HOLD'), party('p-2', 'ANSWERED')]);
    const sentAt = Date.now();
    await pass(10);
    const held = party('p-1', 'HOLD');
    const shown = await desk.observeParty(held, { sentAt, receivedAt: Date.now() });
    expect(shown.status.code).toBe('HOLD');
    expect(shown.observedAt).toBeGreaterThan(endedAt);
    expect(codesOf(desk.peek(SESSION) ?? null)).toEqual(['HOLD', 'HOLD']);
    expect(desk.peek(SESSION)?.parties[1]?.observedAt).toBeGreaterThan(endedAt);

    // Whoever was told of its end starts anew; nobody is shown how a party comes back to life.
    const [anew, resumed] = [events(), events(cursor)];
    await pass(2_000);
    expect(anew.events.map(short)).toEqual(['SUBSCRIBED: HOLD, ANSWERED']);
    expect(resumed.events.map(short)).toEqual(['CURSOR_EXPIRED: HOLD, ANSWERED']);
    expect(codesOf(await desk.readCall(SESSION))).toEqual(['HOLD', 'ANSWERED']);
    phone.move('p-2', 'DISCONNECTED');
    await pass(1_000);
    expect(anew.news().map(short).at(-1)).toBe('p-2 DISCONNECTED');
  });

  test('is revived by the look back after a command whose answer shows no party.', async () => {
    const { phone, desk, events } = await takenForOver();
    desk.stateChanged(SESSION);
    const now = phone.now();
    if (now === null) throw new Error('The call is there.');
    const sentAt = Date.now();
    expect(codesOf(await desk.observeCall(now, { sentAt, receivedAt: sentAt + 5 }))).toEqual([
      'ANSWERED',
      'HOLD',
    ]);
    const reader = events();
    await pass(2_000);
    expect(reader.events.map(short)).toEqual(['SUBSCRIBED: ANSWERED, HOLD']);
  });

  test('stays over, but truly, when that look shows that everybody has left.', async () => {
    const { phone, desk } = await takenForOver();
    phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
    const now = phone.now();
    if (now === null) throw new Error('The call is still known.');
    const sentAt = Date.now();
    await desk.observeCall(now, { sentAt, receivedAt: sentAt + 5 });
    const before = phone.requests.length;
    expect(codesOf(await desk.readCall(SESSION))).toEqual(['DISCONNECTED', 'DISCONNECTED']);
    expect(phone.requests.length).toBe(before);
  });

  test('is read again where the command left before it was missed: its answer may be older than the end.', async () => {
    const { phone, desk } = await takenForOver();
    const old = { sentAt: Date.now() - 5_000, receivedAt: Date.now() };
    const alive = desk.observeParty(party('p-2', 'HOLD'), old);
    await pass(1_000);
    expect((await alive).status.code).toBe('HOLD');
    expect(codesOf(desk.peek(SESSION) ?? null)).toEqual(['ANSWERED', 'HOLD']);

    const other = await takenForOver();
    other.phone.forget();
    const late = other.desk.observeParty(party('p-2', 'HOLD'), {
      sentAt: Date.now() - 5_000,
      receivedAt: Date.now(),
    });
    await pass(1_000);
    expect((await late).status.code).toBe('DISCONNECTED');
    expect(phone.inFlight()).toBe(0);
  });

  test('is in the list of calls again.', async () => {
    const { phone, desk, hub } = openDesk();
    phone.activeCalls = [activeCall('p-1', { telephonyStatus: 'CALL_CONNECTED' })];
    const list = tap(desk.listUpdates());
    const reader = tap(desk.events(SESSION, null));
    await pass(10_000);
    next(phone, 'missing', 'missing');
    phone.move('p-2', 'HOLD');
    await pass(2_000);
    expect([reader.ending, list.events.at(-1)]).toEqual([{}, []]);
    const sentAt = Date.now();
    await desk.observeParty(party('p-1', 'ANSWERED'), { sentAt, receivedAt: sentAt + 5 });
    await pass(6_000);
    expect(list.events.at(-1)).toMatchObject([{ partyId: 'p-1' }]);
    hub.stop();
  });
});

describe('Parties that were seen to leave', () => {
  test('do not come back, whatever a command is answered.', async () => {
    const { phone, desk, events } = openDesk();
    const reader = events();
    await pass(5_000);
    phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
    await pass(1_000);
    expect(reader.ending).toEqual({});
    const sentAt = Date.now();
    const shown = await desk.observeParty(party('p-1', 'HOLD'), { sentAt, receivedAt: sentAt + 5 });
    expect(shown.status.code).toBe('DISCONNECTED');
  });
});
