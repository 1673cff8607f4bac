import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { RateLimited } from '../../schema/failures.ts';
import { RATE_RULE } from '../../src/ringcentral/rate-groups.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { type Budget, createBudget } from '../../src/upstream/budget.ts';
import { LANES, type Lane } from '../../src/upstream/caller.ts';
import { arrive, type RateRule, rateRule } from './rate-rule.ts';

/**
 * Histories of one user and one group, random in who asks, how long everything takes, and what others do
 * with the same user, against RingCentral's rule as {@link rateRule} has it.
 */
interface World {
  readonly budget: Budget;
  readonly rule: RateRule;
  /** Requests that wait at the gate, by lane. */
  readonly waiting: Record<Lane, Set<AbortController>>;
  /** When each request of ours left. */
  readonly departures: number[];
  /** Requests that were let in and have not left yet. */
  atTheDoor: number;
  /** When the last penalty ends that a 429 has told us of; others may restart it behind our back. */
  knownPenalty: number;
  hadForeigners: boolean;
  refusals429: number;
  readonly complaints: string[];
}

const WINDOW = 60_000;
const PENALTY = 60_000;
/** What the budget adds to a window for the clocks, and to it the longest way of these histories. */
const SLACK = 250 + 3_000;

class Ask implements fc.AsyncCommand<object, World> {
  readonly lane: Lane;
  readonly patience: number;
  readonly tokenTime: number;
  readonly there: number;
  readonly back: number;

  constructor(lane: Lane, patience: number, tokenTime: number, there: number, back: number) {
    this.lane = lane;
    this.patience = patience;
    this.tokenTime = tokenTime;
    this.there = there;
    this.back = back;
  }

  check = () => true;
  toString = () =>
    `${this.lane}(patience ${this.patience}, token ${this.tokenTime}, there ${this.there}, back ${this.back})`;

  async run(_: object, world: World): Promise<void> {
    void this.live(world);
    await vi.advanceTimersByTimeAsync(0);
    settled(world);
  }

  async live(world: World): Promise<void> {
    const { budget, rule, waiting, departures, complaints } = world;
    const leaving = new AbortController();
    waiting[this.lane].add(leaving);
    try {
      const entry = { bucket: 'dana', group: 'Light', lane: this.lane, patience: this.patience } as const;
      const permit = await budget.enter({ ...entry, signal: leaving.signal });
      waiting[this.lane].delete(leaving);
      world.atTheDoor += 1;
      // Whoever is let in, nobody of a better lane may be standing there.
      const better = LANES.slice(0, LANES.indexOf(this.lane)).filter((lane) => waiting[lane].size > 0);
      if (better.length > 0) complaints.push(`${this.lane} overtook ${better}`);

      await wait(this.tokenTime);
      world.atTheDoor -= 1;
      if (!permit.depart()) return;
      const departed = performance.now();
      if (departed < world.knownPenalty) {
        complaints.push(`${this.lane} left at ${departed} into a known penalty until ${world.knownPenalty}`);
      }
      departures.push(departed);
      await wait(this.there);
      const notice = arrive(rule, performance.now());
      const { penaltyUntil } = rule;
      await wait(this.back);
      if (!notice.ok) {
        world.refusals429 += 1;
        world.knownPenalty = Math.max(world.knownPenalty, penaltyUntil);
      }
      permit.settle(notice);
    } catch (error) {
      waiting[this.lane].delete(leaving);
      if (leaving.signal.aborted) return;
      if (!(error instanceof RateLimited) || error.sent) complaints.push(`${this.lane} failed: ${error}`);
      if (this.lane === 'poll') complaints.push('a poll was refused');
      if (this.lane === 'command') isRightlyHeld(world, 'refused');
    }
  }
}

class Pass implements fc.AsyncCommand<object, World> {
  readonly time: number;
  constructor(time: number) {
    this.time = time;
  }
  check = () => true;
  toString = () => `pass(${this.time})`;
  async run(_: object, world: World): Promise<void> {
    await vi.advanceTimersByTimeAsync(this.time);
    settled(world);
  }
}

/** Another app of the same user spends, too. */
class Foreigners implements fc.AsyncCommand<object, World> {
  readonly count: number;
  constructor(count: number) {
    this.count = count;
  }
  check = () => true;
  toString = () => `foreigners(${this.count})`;
  async run(_: object, world: World): Promise<void> {
    world.hadForeigners = true;
    for (let index = 0; index < this.count; index += 1) arrive(world.rule, performance.now());
  }
}

class Leave implements fc.AsyncCommand<object, World> {
  readonly lane: Lane;
  constructor(lane: Lane) {
    this.lane = lane;
  }
  check = () => true;
  toString = () => `leave(${this.lane})`;
  async run(_: object, world: World): Promise<void> {
    const [first] = world.waiting[this.lane];
    first?.abort(new Error('left'));
    await vi.advanceTimersByTimeAsync(0);
    settled(world);
  }
}

/** What holds whenever nothing moves. */
function settled(world: World): void {
  if (world.waiting.command.size > 0) isRightlyHeld(world, 'waits');
  if (!world.hadForeigners && world.refusals429 > 0) world.complaints.push('a 429 of our own making');
  expect(world.complaints).toEqual([]);
}

/** A command is only held when the window is really full, or in a penalty: it is never starved. */
function isRightlyHeld(world: World, how: string): void {
  const now = performance.now();
  const { rule, departures, complaints, hadForeigners } = world;
  const recent = world.atTheDoor + departures.filter((departed) => departed + WINDOW + SLACK > now).length;
  const inPenalty = now < rule.penaltyUntil + PENALTY + 1_000 + 3_000;
  if (recent < rule.limit && !inPenalty && !hadForeigners) {
    complaints.push(`a command ${how} although only ${recent} of ${rule.limit} were spent`);
  }
}

function wait(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

const lane = fc.constantFrom(...LANES);
const ask = fc
  .record({
    lane,
    patience: fc.constantFrom(0, 1_000, 5_000, 30_000, 100_000),
    tokenTime: fc.constantFrom(0, 0, 0, 200),
    there: fc.integer({ min: 1, max: 1_500 }),
    back: fc.integer({ min: 1, max: 1_500 }),
  })
  .map((facts) => new Ask(facts.lane, facts.patience, facts.tokenTime, facts.there, facts.back));
const pass = fc
  .oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 90_000 }))
  .map((time) => new Pass(time));
const leave = lane.map((one) => new Leave(one));
const foreigners = fc.integer({ min: 1, max: 8 }).map((count) => new Foreigners(count));

const alone = fc.commands([ask, ask, ask, ask, pass, leave], { maxCommands: 120, size: 'max' });
const shared = fc.commands([ask, ask, ask, ask, pass, leave, foreigners], { maxCommands: 120, size: 'max' });

async function play(limit: number, history: Iterable<fc.AsyncCommand<object, World>>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  const budget = createBudget({ rule: RATE_RULE, metrics: createMetrics() });
  try {
    const world: World = {
      budget,
      rule: rateRule(limit, WINDOW, PENALTY),
      waiting: { command: new Set(), query: new Set(), poll: new Set() },
      departures: [],
      atTheDoor: 0,
      knownPenalty: Number.NEGATIVE_INFINITY,
      hadForeigners: false,
      refusals429: 0,
      complaints: [],
    };
    // "Where the limit is known": the first answer tells it.
    await new Ask('command', 0, 0, 1, 1).run({}, world);
    await vi.advanceTimersByTimeAsync(2);
    await fc.asyncModelRun(() => ({ model: {}, real: world }), history);
    // In the end everybody has been served or refused.
    await vi.advanceTimersByTimeAsync(40 * (WINDOW + PENALTY));
    settled(world);
    expect(LANES.map((one) => world.waiting[one].size)).toEqual([0, 0, 0]);
  } finally {
    budget.stop();
    vi.useRealTimers();
  }
}

const limits = fc.integer({ min: 4, max: 20 });

test('alone with its user, the budget never causes a 429 and never starves a command.', async () => {
  await fc.assert(fc.asyncProperty(limits, alone, play), { numRuns: 150 });
});

test('beside others, the budget sends nothing into a penalty that it knows of.', async () => {
  await fc.assert(fc.asyncProperty(limits, shared, play), { numRuns: 150 });
});
