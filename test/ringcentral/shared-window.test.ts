/** One user's rate window, spent by several gateways: against RingCentral's rule as `rate-rule.ts` has it. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RateLimited } from '../../schema/failures.ts';
import type { Commons, Togetherness } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { RATE_RULE } from '../../src/ringcentral/rate-groups.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { type Budget, createBudget } from '../../src/upstream/budget.ts';
import type { Lane } from '../../src/upstream/caller.ts';
import { createSharedWindows } from '../../src/upstream/shared-window.ts';
import { arrive, type RateRule, rateRule } from './rate-rule.ts';

const WINDOW = 60_000;
const PENALTY = 60_000;

/** A store that is some way off, and can be cut off from one gateway. */
function fleet(size: number, way: number) {
  const store = createInProcessCommons();
  /** Since when each gateway is there. */
  const there: number[] = Array(size).fill(Number.NEGATIVE_INFINITY);
  const isWhole = () => there.every((since) => performance.now() - since > 1_000);
  return Array.from({ length: size }, (_, index) => {
    let state: Togetherness = { name: 'together' };
    const hearers = new Set<() => void>();
    const commons: Commons = {
      ...store,
      self: `gateway ${index}`,
      fleet: () => ({ id: 'fleet', secret: '', size, isWhole: isWhole() }),
      state: () => state,
      onChange(hear) {
        hearers.add(hear);
        return () => hearers.delete(hear);
      },
      cell(sort) {
        const cell = store.cell(sort);
        return {
          follow(key, hear) {
            const stops = [
              cell.follow(key, hear),
              commons.onChange(() => state.name === 'together' && hear()),
            ];
            return () => stops.forEach((stop) => void stop());
          },
          async update(key, change) {
            await wait(way);
            if (state.name === 'apart') throw new Error('apart');
            const result = cell.update(key, change);
            await wait(way);
            return result;
          },
        };
      },
    };
    const budget = createBudget({
      rule: RATE_RULE,
      metrics: createMetrics(),
      share: createSharedWindows({ commons }),
    });
    return {
      budget,
      cut() {
        state = { name: 'apart', problem: 'cut off' };
        there[index] = Number.POSITIVE_INFINITY;
      },
      join() {
        state = { name: 'together' };
        there[index] = performance.now();
        for (const hear of hearers) hear();
      },
    };
  });
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Trip {
  readonly gateway: number;
  readonly lane: Lane;
  readonly at: number;
  readonly there: number;
  readonly back: number;
}

interface Tally {
  answered: number;
  refused: number;
  penalties: number;
  insidePenalty: number;
}

/** Sends one request, and counts what came of it. */
async function send(
  budget: Budget,
  rule: RateRule,
  trip: Trip,
  tally: Tally,
  patience = 5_000,
): Promise<void> {
  try {
    const permit = await budget.enter({ bucket: 'iris', group: 'Light', lane: trip.lane, patience });
    if (!permit.depart()) return;
    await wait(trip.there);
    if (performance.now() < rule.penaltyUntil) tally.insidePenalty += 1;
    const notice = arrive(rule, performance.now());
    await wait(trip.back);
    permit.settle(notice);
    tally.answered += 1;
    if (!notice.ok) tally.penalties += 1;
  } catch (error) {
    if (!(error instanceof RateLimited)) throw error;
    tally.refused += 1;
  }
}

const tallied = (): Tally => ({ answered: 0, refused: 0, penalties: 0, insidePenalty: 0 });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => void vi.useRealTimers());

const trip = (gateways: number) =>
  fc.record({
    gateway: fc.integer({ min: 0, max: gateways - 1 }),
    lane: fc.constantFrom<Lane>('command', 'query', 'poll'),
    at: fc.integer({ min: 0, max: 3 * WINDOW }),
    there: fc.integer({ min: 1, max: 2_000 }),
    back: fc.integer({ min: 1, max: 2_000 }),
  });

describe('A rate window of several gateways', () => {
  test('is never overspent, wherever and whenever its user asks', async () => {
    const history = fc.array(trip(3), { minLength: 20, maxLength: 150 });
    const limit = fc.integer({ min: 5, max: 40 });
    const way = fc.integer({ min: 0, max: 40 });
    await fc.assert(
      fc.asyncProperty(limit, way, history, async (most, far, trips) => {
        const gateways = fleet(3, far);
        const rule = rateRule(most, WINDOW, PENALTY);
        const tally = tallied();
        await taught(gateways, rule, tally);
        await allSentWithoutPenalty(gateways, rule, trips, tally);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test('is spent as far as that of one gateway is, by whoever asks', async () => {
    const [one, other] = fleet(2, 1);
    const rule = rateRule(50, WINDOW, PENALTY);
    const tally = tallied();
    await taught([one, other], rule, tally);
    for (let index = 0; index < 48; index += 1) {
      const asked = index % 2 ? one : other;
      if (asked) void send(asked.budget, rule, { ...NEAR, lane: 'command' }, tally, 0);
      await vi.advanceTimersByTimeAsync(index % 7 === 0 ? 1_500 : 10);
    }
    await vi.advanceTimersByTimeAsync(100);
    // But for what one holds in advance while the other asks.
    expect(tally.answered).toBeGreaterThanOrEqual(47);
    expect(tally).toMatchObject({ penalties: 0, insidePenalty: 0 });
  });

  test('is shut for all where one met a penalty', async () => {
    const [one, other] = fleet(2, 1);
    const rule = rateRule(50, WINDOW, PENALTY);
    const tally = tallied();
    await taught([one, other], rule, tally);
    // Somebody else has spent the rest.
    rule.arrivals.push(...Array(60).fill(performance.now()));
    if (one) await advanced(send(one.budget, rule, NEAR, tally));
    expect(tally.penalties).toBe(1);
    await vi.advanceTimersByTimeAsync(10);
    if (other) await advanced(send(other.budget, rule, NEAR, tally));
    expect(tally).toMatchObject({ refused: 1, insidePenalty: 0 });
  });

  test('is spent with care by those who are apart, and together again when they are', async () => {
    const history = fc.array(trip(2), { minLength: 40, maxLength: 200 });
    const cuts = fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 0, max: 3 * WINDOW })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 40 }), cuts, history, async (most, parting, trips) => {
        const gateways = fleet(2, 5);
        const rule = rateRule(most, WINDOW, PENALTY);
        const tally = tallied();
        await taught(gateways, rule, tally);
        for (const [index, at] of parting) {
          setTimeout(() => gateways[index]?.cut(), at);
          setTimeout(() => gateways[index]?.join(), at + 30_000);
        }
        await allSentWithoutPenalty(gateways, rule, trips, tally);
      }),
      { numRuns: 60, endOnFailure: true, examples: FOUND },
    );
  });

  test('leaves half to the other where the store cannot be reached', async () => {
    const [one] = fleet(2, 1);
    const rule = rateRule(50, WINDOW, PENALTY);
    const tally = tallied();
    await taught([one], rule, tally);
    one?.cut();
    for (let index = 0; index < 40; index += 1) {
      if (one) void send(one.budget, rule, { ...NEAR, lane: 'command' }, tally, 0);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(tally.answered).toBe(25);
  });
});

type History = [limit: number, cuts: [gateway: number, at: number][], trips: Trip[]];
type Row = readonly [gateway: number, lane: Lane, at: number, there: number, back: number];

function trips(rows: readonly Row[]): Trip[] {
  return rows.map(([gateway, lane, at, there, back]) => ({ gateway, lane, at, there, back }));
}

/** The last request of gateway 0 is sent in the second before it is cut off, and nobody can tell of it afterwards. */
const SENT_BEFORE_THE_CUT: History = [
  7,
  [[0, 18709]],
  trips([
    [1, 'command', 2781, 1682, 326],
    [0, 'query', 2884, 129, 1067],
    [0, 'poll', 3251, 225, 1675],
    [0, 'query', 5012, 1675, 1112],
    [0, 'poll', 5572, 1119, 1113],
    [1, 'command', 7338, 49, 1717],
    [0, 'command', 18043, 505, 1785],
    [1, 'command', 22779, 140, 1244],
  ]),
];

/** Gateway 0 does not ask for ten seconds before it is cut off, while the other spends what is left. */
const SPENT_BY_THE_OTHER: History = [
  14,
  [
    [1, 26313],
    [0, 119505],
  ],
  trips([
    [0, 'command', 10356, 1146, 908],
    [0, 'command', 13390, 1910, 992],
    [0, 'query', 22688, 914, 26],
    [0, 'command', 23493, 1713, 350],
    [1, 'command', 30272, 215, 536],
    [0, 'poll', 45402, 1245, 1391],
    [1, 'poll', 52717, 611, 186],
    [0, 'query', 73169, 618, 1510],
    [1, 'poll', 80855, 1188, 380],
    [1, 'poll', 82464, 201, 1973],
    [1, 'poll', 88288, 632, 382],
    [0, 'command', 88386, 1639, 1859],
    [1, 'command', 88464, 1609, 607],
    [1, 'query', 90749, 1435, 73],
    [1, 'query', 96212, 285, 336],
    [0, 'query', 96315, 498, 1142],
    [0, 'query', 108439, 191, 101],
    [1, 'command', 112341, 220, 462],
    [1, 'command', 114917, 1600, 1139],
    [0, 'command', 130411, 81, 410],
  ]),
];

/** Histories in which a penalty was met once. */
const FOUND: History[] = [SENT_BEFORE_THE_CUT, SPENT_BY_THE_OTHER];

const NEAR: Trip = { gateway: 0, lane: 'query', at: 0, there: 1, back: 1 };

/** Sends every trip in its time; each is answered or refused, and none meets a penalty. */
async function allSentWithoutPenalty(
  gateways: readonly { readonly budget: Budget }[],
  rule: RateRule,
  trips: readonly Trip[],
  tally: Tally,
): Promise<void> {
  for (const one of trips) {
    setTimeout(() => {
      const gateway = gateways[one.gateway];
      if (gateway) void send(gateway.budget, rule, one, tally);
    }, one.at);
  }
  await vi.advanceTimersByTimeAsync(60 * WINDOW);
  expect(tally.penalties).toBe(0);
  expect(tally.answered + tally.refused).toBe(trips.length + gateways.length);
  for (const { budget } of gateways) budget.stop();
}

/** "Where the limit is known": the first answer tells it. */
async function taught(
  gateways: readonly ({ readonly budget: Budget } | undefined)[],
  rule: RateRule,
  tally: Tally,
): Promise<void> {
  for (const gateway of gateways) {
    if (gateway) await advanced(send(gateway.budget, rule, NEAR, tally));
  }
  await vi.advanceTimersByTimeAsync(3_000);
}

async function advanced(work: Promise<void>): Promise<void> {
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  while (!isDone) await vi.advanceTimersByTimeAsync(1);
}
