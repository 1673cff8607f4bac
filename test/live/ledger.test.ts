/** The ledger of a call over the commons of one process, with a host that only notes what it is asked and told. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Log } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import { createLedger } from '../../src/live/shared/call-ledger.ts';
import type { LedgerHost } from '../../src/live/shared/ledger.ts';
import { type CallState, createTidingsCodec, type Tiding } from '../../src/live/shared/tidings.ts';
import { observe } from '../../src/live/transitions.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { fakeTime, party, pass, session, sleep } from './support.ts';

const KEY = { owner: 'viewer', name: 's-1' };
const WHOLE: Tiding<RingCentralKind> = { kind: 'state', at: 1, isWhole: true };
const codec = createTidingsCodec<RingCentralKind>(sealingKey('viewer', 'a test'));

/** A state in which the first party is so. */
function stateOf(code: 'ANSWERED' | 'HOLD'): CallState<RingCentralKind> {
  const observation = { call: session([party('p-1', code)]), sentAt: 1, receivedAt: 2 };
  const verdict = observe(RINGCENTRAL_CALLS, null, observation, () => '');
  if (verdict.kind !== 'changed') throw new Error('The first sight of a call is a change.');
  return { held: verdict.held, gone: null, isOver: false, asked: { sentAt: 1, receivedAt: 2 } };
}

/** An open ledger that has told a state, and in whose log another gateway then writes a whole one that is in doubt. */
async function inDoubt({ isLeading, fence }: { isLeading: boolean; fence: number }) {
  const log = createInProcessCommons().log<string>({
    ...{ word: 'calls', most: 100, mostBytes: 1_000_000, lifetime: 60_000 },
  });
  const own = stateOf('HOLD');
  const askForWhole = vi.fn();
  const tell = vi.fn<LedgerHost<RingCentralKind>['tell']>();
  const ledger = createLedger({
    ...{ log, key: KEY, codec, askForWhole, isLeading: () => isLeading, fence: () => fence },
    onDefect: (error) => expect.unreachable(String(error)),
    host: {
      state: () => own,
      adopt() {},
      tell,
      meet: () => false,
      remember() {},
      opened() {},
    },
  });
  ledger.meet();
  await vi.waitUntil(() => ledger.isOpen);
  ledger.write([{ kind: 'state', at: 1, isWhole: false }], () => {});
  await ledger.settled();
  const { position } = await log.read(KEY, null);
  const entry = { tiding: WHOLE, hasMore: false, fence: 7, state: stateOf('ANSWERED') };
  await log.append(KEY, position, [codec.write(entry)]);
  const written = async () => {
    const { entries } = await log.read(KEY, { ...position, offset: position.offset + 1 });
    return entries.map(({ event }) => codec.read(event));
  };
  return { ledger, askForWhole, written };
}

describe('A whole state that may be older than what was told', () => {
  test('is asked for once more by whoever does not lead.', async () => {
    const { askForWhole, written } = await inDoubt({ isLeading: false, fence: 7 });
    await vi.waitUntil(() => askForWhole.mock.calls.length > 0);
    expect(await written()).toEqual([]);
  });

  test('is answered with its own by whoever leads since, and goes on.', async () => {
    const { ledger, askForWhole, written } = await inDoubt({ isLeading: true, fence: 8 });
    await vi.waitUntil(async () => (await written()).length > 0);
    expect(await written()).toMatchObject([{ tiding: { kind: 'state', isWhole: true }, fence: 8 }]);
    ledger.write([{ kind: 'trouble', at: 2, next: 3 }], () => {});
    await ledger.settled();
    expect((await written()).at(-1)).toMatchObject({ tiding: { kind: 'trouble' } });
    expect(askForWhole).not.toHaveBeenCalled();
  });

  test('is asked for once more by whoever believes to lead, and does no more: two never answer each other for ever.', async () => {
    const { askForWhole, written } = await inDoubt({ isLeading: true, fence: 6 });
    await vi.waitUntil(() => askForWhole.mock.calls.length > 0);
    expect(await written()).toEqual([]);
  });
});

/** A log of which each question and each answer is on its way for as long as `way` says. */
function distant(log: Log<string>, way: () => number): Log<string> {
  const overTheWay = async <Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> => {
    await sleep(way());
    const answer = await ask();
    await sleep(way());
    return answer;
  };
  return {
    append: (...asked) => overTheWay(() => log.append(...asked)),
    read: (...asked) => overTheWay(() => log.read(...asked)),
    follow(key, after, each) {
      // In order, however long each is on its way.
      let last = Promise.resolve();
      return log.follow(key, after, (news) => {
        last = Promise.all([last, sleep(way())]).then(() => each(news));
      });
    },
  };
}

/** An open ledger of a gateway, whose host decides the same again; and where what it told stands. */
function openLedger(log: Log<string>) {
  const told: (number | undefined)[] = [];
  const state = stateOf('HOLD');
  const ledger = createLedger({
    ...{ log, key: KEY, codec, isLeading: () => false, fence: () => 1 },
    askForWhole: () => expect.unreachable('Nothing is lost.'),
    onDefect: (error) => expect.unreachable(String(error)),
    host: {
      state: () => state,
      adopt() {},
      tell: (_tiding, _state, place) => void told.push(place?.sequence),
      meet: () => true,
      remember: (_from, past) => void told.push(...past.map(({ place }) => place.sequence)),
      opened() {},
    },
  });
  ledger.meet();
  const write = (at: number): void => ledger.write([{ kind: 'trouble', at, next: at }], () => write(at));
  return { ledger, told, write };
}

test('A defect of whoever is told what another gateway wrote is noted, and what that writes next is told.', async () => {
  const log = createInProcessCommons().log<string>({
    ...{ word: 'calls', most: 100, mostBytes: 1_000_000, lifetime: 60_000 },
  });
  const defects: unknown[] = [];
  const told: string[] = [];
  const defect = new TypeError('a defect');
  const ledger = createLedger<RingCentralKind>({
    ...{ log, key: KEY, codec, isLeading: () => false, fence: () => 1 },
    askForWhole: () => expect.unreachable('Nothing is lost.'),
    onDefect: (error) => void defects.push(error),
    host: {
      state: () => null,
      adopt() {},
      tell({ kind }) {
        told.push(kind);
        if (kind === 'trouble') throw defect;
      },
      meet: () => true,
      remember() {},
      opened() {},
    },
  });
  ledger.meet();
  await vi.waitUntil(() => ledger.isOpen);
  const write = async (tiding: Tiding<RingCentralKind>) => {
    const { position } = await log.read(KEY, null);
    await log.append(KEY, position, [codec.write({ tiding, hasMore: false, fence: 1, state: null })]);
  };
  await write({ kind: 'trouble', at: 1, next: 2 });
  await write({ kind: 'recovery', at: 3 });
  await vi.waitUntil(() => told.length === 2);
  expect(told).toEqual(['trouble', 'recovery']);
  expect(defects).toEqual([defect]);
});

describe('Gateways that write at once', () => {
  const openLog = () =>
    createInProcessCommons().log<string>({
      ...{ word: 'calls', most: 1_000, mostBytes: 10_000_000, lifetime: 600_000 },
    });

  test('tell each thing once, when two things that waited are decided again.', async () => {
    const log = openLog();
    const { ledger, told, write } = openLedger(log);
    await vi.waitUntil(() => ledger.isOpen);
    const { position } = await log.read(KEY, null);
    const entry = { tiding: { kind: 'rest', at: 1 }, hasMore: false, fence: 1, state: null } as const;
    log.append(KEY, position, [codec.write(entry)]);
    // It is not known here yet.
    write(2);
    write(3);
    await ledger.settled();
    const { entries } = await log.read(KEY, null);
    expect(entries.map(({ event }) => codec.read(event)?.tiding.kind)).toEqual([
      'rest',
      'trouble',
      'trouble',
    ]);
    expect(told).toEqual([1, 2, 3]);
  });

  test('tell everything once, in its order and at its place, however long it is on its way.', async () => {
    fakeTime();
    const ways = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    const writes = fc.array(fc.record({ by: fc.nat({ max: 1 }), wait: fc.integer({ min: 0, max: 30 }) }), {
      minLength: 2,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(writes, ways, async (list, times) => {
        let step = 0;
        const way = () => times[step++ % times.length] ?? 1;
        const log = openLog();
        const both = [0, 1].map(() => openLedger(distant(log, way)));
        await pass(100);
        for (const [index, { by, wait }] of list.entries()) {
          both[by]?.write(index);
          await pass(wait);
        }
        await pass(20_000);
        const { entries } = await log.read(KEY, null);
        const offsets = entries.map(({ offset }) => offset);
        expect(offsets.length).toBe(list.length);
        for (const { told, ledger } of both) {
          expect(told).toEqual(offsets);
          ledger.close();
        }
      }),
      { numRuns: 100 },
    );
  });
});
