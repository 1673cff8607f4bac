/** News that are the whole call, without a sequence and in any order, from a phone system of which the room knows nothing. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHub } from '../../src/live/hub.ts';
import { type Held, observe } from '../../src/live/transitions.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createSharedStore } from './shared-store.ts';
import { createPhone, party, pass, tap } from './support.ts';
import { type Can, can, openAttic, string, TOY, type ToyEvent, type ToyKind } from './toy.ts';

const nothing = () => '';

/** What is held of a string that was read at ten seconds. */
function heldAs(...cans: Can[]): Held<ToyKind> {
  const observation = { call: string(cans), sentAt: 9_990, receivedAt: 10_000 };
  const verdict = observe(TOY, null, observation, nothing);
  if (verdict.kind !== 'changed') throw new Error('The first sight of a call is a change.');
  return verdict.held;
}

/** What whole news that come at `at` tell beyond what is held. */
function toldBy(held: Held<ToyKind>, cans: readonly Can[], at: number) {
  const news = { call: string(cans), sentAt: at, receivedAt: at, isWholeNews: true };
  const verdict = observe(TOY, held, news, nothing);
  const changes = verdict.kind === 'changed' ? verdict.transitions : [];
  return [
    verdict.kind,
    ...changes.map(({ party: { id, pull, isWhispering }, previousStatus }) => {
      return `${id} ${previousStatus ?? ''}→${pull}${isWhispering ? ' whispering' : ''}`;
    }),
  ];
}

describe('News of a whole call', () => {
  const talking = heldAs(can('c-1'), can('c-2'));
  const LATER = { pulledAt: 2_000 };
  const EARLIER = { pulledAt: 500 };
  const CASES: Record<string, [Can[], number, string[]]> = {
    'that say what is held confirm it, however late they come.': [
      [can('c-1'), can('c-2')],
      10_001,
      ['confirmed'],
    ],
    'are taken where their own times say that they are later, also right after a body.': [
      [can('c-1', { pull: 'loose', ...LATER }), can('c-2')],
      10_001,
      ['changed', 'c-1 tight→loose'],
    ],
    'are old where their own times say that they are earlier, however late they come.': [
      [can('c-1', { pull: 'loose', ...EARLIER }), can('c-2')],
      3_600_000,
      ['old'],
    ],
    'are in doubt where no time tells, within a second of a body.': [
      [can('c-1', { isWhispering: true }), can('c-2')],
      10_999,
      ['doubtful'],
    ],
    'are taken as they come where no time tells, a second after the last sight.': [
      [can('c-1', { isWhispering: true }), can('c-2')],
      11_000,
      ['changed', 'c-1 tight→tight whispering'],
    ],
    'are taken of one party, and left of another that is older in them.': [
      [can('c-1', { pull: 'loose', ...EARLIER }), can('c-2', { pull: 'loose', ...LATER })],
      10_001,
      ['changed', 'c-2 tight→loose'],
    ],
    'are taken of one party, and left of another whose times do not tell, within a second of a body.': [
      [can('c-1', { isWhispering: true }), can('c-2', { pull: 'loose', ...LATER })],
      10_001,
      ['changed', 'c-2 tight→loose'],
    ],
    'show who joined.': [[can('c-1'), can('c-2'), can('c-3')], 10_001, ['changed', 'c-3 →tight']],
    'say nothing of whom they leave out.': [[can('c-1')], 20_000, ['confirmed']],
  };
  for (const [name, [cans, at, expected]] of Object.entries(CASES)) {
    test(name, () => expect(toldBy(talking, cans, at)).toEqual(expected));
  }

  test('never bring somebody back who left, whatever their times say.', () => {
    const held = heldAs(can('c-1', { pull: 'cut' }), can('c-2'));
    expect(toldBy(held, [can('c-1', { pull: 'tight', pulledAt: 99_000 }), can('c-2')], 20_000)).toEqual([
      'confirmed',
    ]);
  });

  test('keep a body in doubt that was asked for before them, unless its times show which is older.', () => {
    const news = {
      call: string([can('c-1', { isWhispering: true }), can('c-2', { pull: 'loose', pulledAt: 2_000 })]),
      ...{ sentAt: 20_000, receivedAt: 20_000, isWholeNews: true },
    };
    const verdict = observe(TOY, talking, news, nothing);
    if (verdict.kind !== 'changed') throw new Error('They tell something new.');
    const read = (...cans: Can[]) =>
      observe(TOY, verdict.held, { call: string(cans), sentAt: 19_990, receivedAt: 20_010 }, nothing).kind;
    const whispering = can('c-1', { isWhispering: true });
    expect(read(can('c-1'), can('c-2', { pull: 'loose', pulledAt: 2_000 }))).toBe('doubtful');
    expect(read(whispering, can('c-2'))).toBe('confirmed');
    expect(read(whispering, can('c-2', { pulledAt: 3_000 }))).toBe('changed');
  });
});

/** What a reader was told, in short. */
const summary = (events: readonly ToyEvent[]) =>
  events.map((event) => {
    if (event.type === 'start') return event.reason;
    if (event.type === 'notice') return event.kind;
    return `${event.can.id} ${event.can.pull}${event.can.isWhispering ? ' whispering' : ''}`;
  });

/** A string whose reader has started long ago. */
async function watchedString() {
  const attic = openAttic();
  attic.hang(string([can('c-1'), can('c-2')]));
  const reader = tap(attic.desk.events('t-1', null));
  await pass(5_000);
  expect(summary(reader.news())).toEqual(['SUBSCRIBED']);
  const readsBefore = attic.reads.length;
  return { ...attic, reader, newReads: () => attic.reads.slice(readsBefore) };
}

describe('A watched call of which whole news come', () => {
  test('is told at once what one piece of news brings, and nothing is asked for.', async () => {
    const { hang, tell, reader, newReads } = await watchedString();
    const now = string([can('c-1', { isWhispering: true }), can('c-2')]);
    hang(now);
    tell(now);
    await pass(0);
    expect(summary(reader.news())).toEqual(['c-1 tight whispering']);
    await pass(3_000);
    expect(newReads()).toEqual([]);
  });

  test('is looked at once after news that came close together, also where their times decide.', async () => {
    const { hang, tell, reader, newReads } = await watchedString();
    for (const pulledAt of [2_000, 3_000, 4_000]) {
      const now = string([can('c-1', { pull: 'loose', pulledAt }), can('c-2')]);
      hang(now);
      tell(now);
      await pass(100);
    }
    expect(summary(reader.news())).toEqual(['c-1 loose', 'c-1 loose', 'c-1 loose']);
    await pass(10_000);
    expect(newReads()).toHaveLength(1);
    expect(summary(reader.news())).toEqual([]);
  });

  test('shows what a look finds where news that overtook each other have no times.', async () => {
    const { hang, tell, reader, newReads } = await watchedString();
    const whispering = string([can('c-1', { isWhispering: true }), can('c-2')]);
    // It whispered, and stopped; the news come the other way round.
    hang(string([can('c-1'), can('c-2')]));
    tell(string([can('c-1'), can('c-2')]));
    await pass(50);
    tell(whispering);
    await pass(2_000);
    expect(newReads()).toHaveLength(1);
    expect(summary(reader.news())).toEqual([]);
    // The other way: what is true is told, although its news were in doubt.
    hang(whispering);
    tell(string([can('c-1'), can('c-2')]));
    await pass(50);
    tell(whispering);
    await pass(2_000);
    expect(summary(reader.news())).toEqual(['c-1 tight whispering']);
  });

  test('is told at once who joined, while another party of the same news is looked at first.', async () => {
    const { hang, tell, reader, newReads } = await watchedString();
    tell(string([can('c-1', { isWhispering: true }), can('c-2')]));
    await pass(100);
    const now = string([can('c-1'), can('c-2'), can('c-3')]);
    hang(now);
    tell(now);
    await pass(0);
    expect(summary(reader.news())).toEqual(['c-1 tight whispering', 'c-3 tight']);
    await pass(2_000);
    expect(summary(reader.news())).toEqual(['c-1 tight']);
    expect(newReads()).toHaveLength(1);
  });

  test('is looked at once for the same news twice, at most once a second in a storm, and every thirty seconds.', async () => {
    const { hang, tell, newReads } = await watchedString();
    for (let turn = 0; turn < 100; turn += 1) {
      const now = string([can('c-1', { isWhispering: turn % 2 === 0 }), can('c-2')]);
      hang(now);
      tell(now);
      tell(now);
      await pass(100);
    }
    expect(newReads().length).toBeGreaterThan(5);
    expect(newReads().length).toBeLessThanOrEqual(11);
    await pass(2_000);
    const before = newReads().length;
    await pass(90_000);
    expect(newReads().length - before).toBe(3);
    expect(newReads().some(({ longPoll }) => longPoll)).toBe(false);
  });

  test('ends with the news that nobody is left in it.', async () => {
    const { hang, tell, reader } = await watchedString();
    const over = string([
      can('c-1', { pull: 'cut', pulledAt: 2_000 }),
      can('c-2', { pull: 'cut', pulledAt: 2_000 }),
    ]);
    hang(over);
    tell(over);
    await pass(0);
    expect(summary(reader.news())).toEqual(['c-1 cut', 'c-2 cut', 'CALL_ENDED']);
    expect(reader.ending).toEqual({});
  });

  test('is taken with what came before its first body, and looked at again where that is in doubt.', async () => {
    const { hang, tell, desk } = openAttic();
    hang(string([can('c-1'), can('c-2')]));
    const reader = tap(desk.events('t-1', null));
    await pass(1);
    const now = string([can('c-1', { pull: 'loose', pulledAt: 2_000 }), can('c-2')]);
    tell(now);
    hang(now);
    await pass(3_000);
    const told = summary(reader.news());
    expect(told[0]).toBe('SUBSCRIBED');
    expect(await desk.readCall('t-1')).toMatchObject({ cans: [{ pull: 'loose' }, { pull: 'tight' }] });
  });
});

describe('A phone system that holds no read and tells nothing', () => {
  test('is asked at a pace, and never to wait.', async () => {
    const { hang, desk, reads } = openAttic({}, { listens: false });
    hang(string([can('c-1')]));
    const reader = tap(desk.events('t-1', null));
    // Past the five minutes after which such habits are doubted elsewhere.
    await pass(600_000);
    expect(reads.some(({ longPoll }) => longPoll)).toBe(false);
    expect(reads.length).toBeGreaterThan(290);
    expect(reads.length).toBeLessThan(310);
    expect(desk.liveSource()).toBe('PACED_POLL');
    reader.leave();
  });

  test('answers for one party from the whole call, where it has no address for a party.', async () => {
    const { hang, desk } = openAttic({}, { listens: false });
    hang(string([can('c-1'), can('c-2')]));
    const found = desk.readParty('t-1', 'c-2');
    const missing = desk.readParty('t-1', 'c-9');
    await pass(100);
    expect(await found).toMatchObject({ id: 'c-2', pull: 'tight' });
    expect(await missing).toBe(null);
  });
});

describe('The list of calls', () => {
  test('has a call that nobody watches as its whole news tell, and drops it with its end.', async () => {
    const { hang, tell, desk, reads } = openAttic();
    const list = tap(desk.listEvents());
    await pass(5_000);
    const before = reads.length;
    const now = string([can('c-1')]);
    hang(now);
    tell(now);
    await pass(0);
    tell(string([can('c-1', { pull: 'cut', pulledAt: 2_000 })]));
    await pass(0);
    // Late, and older than the end.
    tell(string([can('c-1', { isWhispering: true })]));
    await pass(0);
    const lists = list.events.map((event) => (event.type === 'list' ? event.strings.length : event.kind));
    expect(lists).toEqual([0, 1, 0]);
    expect(reads.length).toBe(before);
  });

  test('is asked for where news of a call that nobody watches are in doubt.', async () => {
    const { hang, tell, desk, reads } = openAttic();
    const list = tap(desk.listUpdates());
    await pass(5_000);
    const now = string([can('c-1')]);
    hang(now);
    tell(now);
    await pass(100);
    const before = reads.length;
    tell(string([can('c-1', { isWhispering: true })]));
    await pass(3_000);
    expect(reads.slice(before).map(({ what }) => what)).toEqual(['list']);
    expect(list.events.at(-1)).toMatchObject([{ cans: [{ isWhispering: false }] }]);
  });
});

test('Words are those of the phone system: a call that it never knew, and what is not answered.', async () => {
  const { desk } = openAttic();
  const reader = tap(desk.events('t-9', null));
  await pass(3_000);
  expect(reader.ending).toMatchObject({ error: { message: 'The attic has no such string.' } });
});

test('A call of which whole news come is told the same at every gateway, whichever listens', async () => {
  const store = createSharedStore();
  const [one, other] = ['one', 'other'].map(() => {
    return openAttic({ shared: { commons: store.gateway(), scope: () => 'attic' } });
  });
  if (one === undefined || other === undefined) throw new Error('There are two.');
  for (const { hang } of [one, other]) hang(string([can('c-1'), can('c-2')]));
  const first = tap(one.desk.events('t-1', null));
  await pass(1_000);
  const second = tap(other.desk.events('t-1', null));
  await pass(5_000);
  for (const reader of [first, second]) expect(summary(reader.news())).toEqual(['SUBSCRIBED']);
  const now = string([can('c-1', { pull: 'loose', pulledAt: 2_000 }), can('c-2')]);
  for (const { hang } of [one, other]) hang(now);
  one.tell(now);
  one.tell(string([can('c-1'), can('c-2')]));
  await pass(3_000);
  for (const reader of [first, second]) expect(summary(reader.news())).toEqual(['c-1 loose']);
  expect(second.events.at(-1)?.cursor).toBe(first.events.at(-1)?.cursor);
  // Only whoever leads asks.
  expect(other.reads).toEqual([]);
});

test('Two phone systems share one store, and never meet there, although viewer and call are called the same', async () => {
  const store = createSharedStore();
  const shared = { commons: store.gateway(), scope: () => 'the same' };
  const { hang, desk } = openAttic({ shared });
  hang(string([can('c-1')]));
  const phone = createPhone();
  phone.set([party('p-1', 'ANSWERED')], { id: 't-1' });
  const hub = createHub(RINGCENTRAL_CALLS, {
    ...{ metrics: createMetrics(), log: createLog('silent'), longPollTimeout: 30_000, shared },
  });
  onTestFinished(() => void hub.stop());
  const calls = hub.desk('viewer', phone.source);
  const toys = tap(desk.events('t-1', null));
  const parties = tap(calls.events('t-1', null));
  const [strings, sessions] = [tap(desk.listEvents()), tap(calls.listEvents())];
  await pass(10_000);
  expect(toys.news()).toMatchObject([{ type: 'start', string: { cans: [{ id: 'c-1' }] } }]);
  expect(parties.news()).toMatchObject([{ type: 'CallSnapshot', session: { parties: [{ id: 'p-1' }] } }]);
  expect(strings.news()).toMatchObject([{ type: 'list', strings: [{ id: 't-1' }] }]);
  expect(sessions.news()).toMatchObject([{ type: 'ActiveCallList', calls: [] }]);
  phone.move('p-1', 'HOLD');
  await pass(10_000);
  expect(parties.news()).toMatchObject([{ type: 'CallPartyChange' }]);
  expect(toys.news()).toEqual([]);
  const cursor = parties.events.at(-1)?.cursor ?? '';
  const back = tap(desk.events('t-1', cursor));
  await pass(1_000);
  expect(back.news()).toMatchObject([{ type: 'start', reason: 'CURSOR_FOREIGN' }]);
});
