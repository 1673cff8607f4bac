/**
 * Cells, logs and leases of two gateways against a model, through histories in which one of them is cut off and the server
 * hangs or starts again with nothing in it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Appended, Commons, LogSort, Position } from '../../src/commons/commons.ts';
import { Apart } from '../../src/commons/commons.ts';
import { createLeases, type Held } from '../../src/commons/lease.ts';
import { until } from '../support/gateway.ts';
import { hasNoRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { joinRedis } from './support.ts';

const CALLS: LogSort = { word: 'calls', most: 5, mostBytes: 1_000_000, lifetime: 60_000 };
const TIMES = { patience: 1_000, connect: 1_000, heartbeat: 50, firstPause: 5, longestPause: 20 };

/** What must be true of the store; null where it is not known, because a change may have been made or not. */
interface Model {
  count: number | null;
  /** Events of the log, oldest first. */
  events: readonly number[] | null;
  holder: number | null;
}

interface Real {
  readonly server: TestRedis;
  readonly gateways: readonly Commons[];
  readonly key: { readonly owner: string };
  /** Where each has seen the log to end. */
  readonly seen: (Position | null)[];
  held: Held<string> | null;
  fence: number;
  isPaused: boolean;
}

type Step = fc.AsyncCommand<Model, Real>;

class Add implements Step {
  readonly who: number;
  constructor(who: number) {
    this.who = who;
  }
  check = () => true;
  toString = () => `gateway ${this.who} adds`;

  async run(model: Model, real: Real): Promise<void> {
    const cell = real.gateways[this.who]?.cell<number>({ word: 'count' });
    const seen = await orApart(async () =>
      cell?.update(real.key, (value) => ({ value: (value ?? 0) + 1, lifetime: 60_000, result: value ?? 0 })),
    );
    if (seen === null || seen === undefined) model.count = null;
    else {
      expect(real.isPaused).toBe(false);
      if (model.count !== null) expect(seen).toBe(model.count);
      model.count = seen + 1;
    }
  }
}

class Append implements Step {
  readonly who: number;
  readonly event: number;
  constructor(who: number, event: number) {
    this.who = who;
    this.event = event;
  }
  check = () => true;
  toString = () => `gateway ${this.who} appends ${this.event}`;

  async run(model: Model, { gateways, seen, key }: Real): Promise<void> {
    const log = gateways[this.who]?.log<number>(CALLS);
    const after = seen[this.who] ?? null;
    const answer: Appended<number> | null = await orApart(async () => log?.append(key, after, [this.event]));
    if (answer === null) {
      model.events = null;
      return;
    }
    seen[this.who] = answer.position;
    if (answer.kind === 'appended') {
      if (model.events !== null) model.events = [...model.events, this.event];
      if (model.events !== null) expect(answer.position.offset).toBe(model.events.length);
    } else if (model.events !== null) {
      expect(answer.position.offset).toBe(model.events.length);
      const kept = model.events.map((event, index) => ({ offset: index + 1, event })).slice(-CALLS.most);
      const from = answer.isComplete ? (after?.offset ?? 0) : 0;
      expect(answer.entries).toEqual(kept.filter(({ offset }) => offset > from));
    }
  }
}

class Take implements Step {
  readonly who: number;
  constructor(who: number) {
    this.who = who;
  }
  check = () => true;
  toString = () => `gateway ${this.who} takes the lease`;

  async run(model: Model, real: Real): Promise<void> {
    const gateway = real.gateways[this.who];
    if (gateway === undefined) return;
    const leases = createLeases<string>(gateway, 'watch', { term: 30_000 });
    const held = await orApart(() => leases.take(real.key));
    if (held === null) return;
    // Nobody takes what another holds, and each fence is higher than all before it.
    expect(model.holder).toBeNull();
    expect(held.fence).toBeGreaterThan(real.fence);
    Object.assign(real, { held, fence: held.fence });
    model.holder = this.who;
  }
}

class HandOver implements Step {
  check = ({ holder }: Readonly<Model>) => holder !== null;
  toString = () => 'the lease is handed over';

  async run(model: Model, real: Real): Promise<void> {
    await real.held?.handOver('left');
    expect(real.held?.lost.aborted).toBe(true);
    model.holder = null;
  }
}

class Pause implements Step {
  check = () => true;
  toString = () => 'the server hangs, is asked, and goes on';

  async run(model: Model, real: Real): Promise<void> {
    real.server.pause();
    real.isPaused = true;
    for (const who of [0, 1]) await new Add(who).run(model, real);
    expect(real.gateways.map((gateway) => gateway.state().name)).toEqual(['apart', 'apart']);
    real.server.resume();
    real.isPaused = false;
    await together(real);
  }
}

class Restart implements Step {
  check = () => true;
  toString = () => 'the server starts again, empty';

  async run(model: Model, real: Real): Promise<void> {
    const before = real.gateways[0]?.fleet()?.id;
    await real.server.stop();
    await real.server.start();
    await together(real, before);
    // Whoever held it is not asked: it ends with its renewal.
    await real.held?.handOver();
    Object.assign(model, { count: 0, events: [], holder: null });
  }
}

async function together({ gateways }: Real, notIn?: string): Promise<void> {
  await until(() => gateways.every((one) => one.state().name === 'together' && one.fleet()?.id !== notIn));
}

async function orApart<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer | null> {
  try {
    return (await ask()) ?? null;
  } catch (error) {
    if (!(error instanceof Apart)) throw error;
    return null;
  }
}

describe.skipIf(hasNoRedis)('Two gateways of one Redis', () => {
  let server: TestRedis;
  let gateways: readonly Commons[];

  beforeAll(async () => {
    server = await startRedis();
    gateways = [await joinRedis(server, { times: TIMES }), await joinRedis(server, { times: TIMES })];
  });
  afterAll(async () => {
    for (const gateway of gateways ?? []) await gateway.stop();
    await server?.[Symbol.asyncDispose]();
  });

  test('keep their promise, whatever happens to it and to them', async () => {
    let histories = 0;
    const who = fc.nat(1);
    const commands = fc.commands(
      [
        ...[1, 2, 3].map(() => who.map((one) => new Add(one))),
        ...[1, 2, 3].map(() => fc.tuple(who, fc.nat(99)).map(([one, event]) => new Append(one, event))),
        ...[1, 2].map(() => who.map((one) => new Take(one))),
        fc.constant(new HandOver()),
        fc.constant(new Pause()),
        fc.constant(new Restart()),
      ],
      { maxCommands: 25, size: 'max' },
    );
    const play = async (history: Iterable<Step>) => {
      histories += 1;
      const key = { owner: `history ${histories}` };
      const real: Real = { server, gateways, key, seen: [null, null], held: null, fence: 0, isPaused: false };
      await together(real);
      await fc.asyncModelRun(() => ({ model: { count: 0, events: [], holder: null }, real }), history);
      await real.held?.handOver();
    };
    await fc.assert(fc.asyncProperty(commands, play), { numRuns: 12, endOnFailure: true });
  });
});
