import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RateLimited, UpstreamUnavailable } from '../../schema/failures.ts';
import { RATE_RULE } from '../../src/ringcentral/rate-groups.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { type Budget, createBudget } from '../../src/upstream/budget.ts';
import type { Lane } from '../../src/upstream/caller.ts';
import { arrive, rateRule } from './rate-rule.ts';

const LIMITED = { ok: true, limit: 50, window: 60_000 };

describe('the gate', () => {
  let budget: Budget;
  const metrics = createMetrics();
  const enter = (
    lane: Lane,
    more: { bucket?: string; patience?: number; unwatchedSince?: number; signal?: AbortSignal } = {},
  ) => budget.enter({ bucket: 'dana', group: 'Light', lane, patience: 5_000, ...more });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    metrics.registry.resetMetrics();
    budget = createBudget({ rule: RATE_RULE, metrics });
  });
  afterEach(() => {
    budget.stop();
    vi.useRealTimers();
  });

  /** Sends through the gate to a rule, with no time on the way. */
  async function sendTo(rule: ReturnType<typeof rateRule>, lane: Lane, patience = 5_000): Promise<number> {
    const permit = await enter(lane, { patience });
    expect(permit.depart()).toBe(true);
    const notice = arrive(rule, performance.now());
    permit.settle(notice);
    return notice.ok ? 200 : 429;
  }

  test('sends a burst of 200 queries and 20 commands into a limit of 50 without one 429.', async () => {
    const rule = rateRule(50, 60_000, 60_000);
    expect(await sendTo(rule, 'query')).toBe(200);
    const lanes: Lane[] = Array.from({ length: 220 }, (_, index) => (index % 11 === 0 ? 'command' : 'query'));
    const results = await Promise.allSettled(lanes.map((lane) => sendTo(rule, lane)));
    const sent = (wanted: Lane) =>
      results.filter((result, index) => result.status === 'fulfilled' && lanes[index] === wanted).length;
    expect(results.filter((result) => result.status === 'fulfilled' && result.value !== 200)).toEqual([]);
    expect(sent('command') + sent('query')).toBe(49);
    expect(sent('command')).toBeGreaterThanOrEqual(5);
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toBeInstanceOf(RateLimited);
        expect(result.reason).toMatchObject({ sent: false, retryAfter: 61 });
      }
    }
    expect(rule.penaltyUntil).toBe(Number.NEGATIVE_INFINITY);
  });

  test('lets a poll go in a minute where a window of weeks is claimed.', async () => {
    const permit = await enter('poll');
    permit.settle({ ok: true, limit: 1, remaining: 0, window: 2_200_000_000 });
    let isIn = false;
    const waiting = enter('poll').then((next) => {
      isIn = true;
      return next;
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(isIn).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    (await waiting).cancel();
  });

  test('serves the same burst in the end when everybody is patient, commands first.', async () => {
    const rule = rateRule(50, 60_000, 60_000);
    const order: Lane[] = [];
    const lanes: Lane[] = Array.from({ length: 220 }, (_, index) => (index < 200 ? 'query' : 'command'));
    const all = Promise.all(
      lanes.map(async (lane) => {
        const status = await sendTo(rule, lane, 600_000);
        order.push(lane);
        return status;
      }),
    );
    await vi.advanceTimersByTimeAsync(400_000);
    expect(new Set(await all)).toEqual(new Set([200]));
    // 45 queries went before a command was there; then every command, then the rest.
    expect(order.slice(0, 65)).toEqual([...Array(45).fill('query'), ...Array(20).fill('command')]);
  });

  test('serves a hang-up while queries and polls have used up their share.', async () => {
    const rule = rateRule(50, 60_000, 60_000);
    for (let count = 0; count < 42; count += 1) await sendTo(rule, 'poll');
    const poll = sendTo(rule, 'poll');
    for (let count = 0; count < 3; count += 1) await sendTo(rule, 'query');
    await expect(sendTo(rule, 'query')).rejects.toBeInstanceOf(RateLimited);
    for (let count = 0; count < 5; count += 1) expect(await sendTo(rule, 'command')).toBe(200);
    await expect(sendTo(rule, 'command')).rejects.toBeInstanceOf(RateLimited);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await poll).toBe(200);
  });

  test('waits when room comes in time, and refuses at once when it does not.', async () => {
    const rule = rateRule(50, 60_000, 60_000);
    for (let count = 0; count < 50; count += 1) await sendTo(rule, 'command');
    await vi.advanceTimersByTimeAsync(56_000);
    const patient = sendTo(rule, 'command', 5_000);
    await expect(sendTo(rule, 'command', 4_000)).rejects.toMatchObject({ sent: false, retryAfter: 5 });
    await vi.advanceTimersByTimeAsync(4_249);
    expect(rule.arrivals).toHaveLength(50);
    await vi.advanceTimersByTimeAsync(1);
    expect(await patient).toBe(200);
  });

  test('after a 429 refuses commands and queries at once, those that wait already too, and keeps polls.', async () => {
    const foreign = rateRule(50, 60_000, 60_000);
    for (let count = 0; count < 50; count += 1) await sendTo(foreign, 'command');
    await vi.advanceTimersByTimeAsync(58_000);
    const queued = enter('query', { patience: 5_000 }).catch((error: unknown) => error);
    const poll = enter('poll');
    const other = enter('command', { bucket: 'omar' });
    const late = await budget.enter({ bucket: 'dana', group: 'Heavy', lane: 'command', patience: 0 });
    late.settle({ ok: false, penalty: 60_000 }); // no group in its headers: it speaks for everything
    expect(await queued).toMatchObject({ name: 'RateLimited', sent: false, retryAfter: 61 });
    await expect(enter('command')).rejects.toMatchObject({ name: 'RateLimited', sent: false });
    expect((await other).depart()).toBe(true);
    let polled = false;
    void poll.then(() => {
      polled = true;
    });
    await vi.advanceTimersByTimeAsync(60_999);
    expect(polled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(polled).toBe(true);
  });

  test('takes back a permit when a penalty begins before the request has left.', async () => {
    const slow = await enter('command');
    const quick = await enter('command');
    expect(quick.depart()).toBe(true);
    quick.settle({ ...LIMITED, ok: false, penalty: 30_000 });
    expect(slow.depart()).toBe(false);
  });

  test('lets the poll go first whose call is unwatched for longest, whenever it came.', async () => {
    const rule = rateRule(50, 60_000, 60_000);
    for (let request = 0; request < 44; request += 1) await sendTo(rule, 'query');
    const order: string[] = [];
    const wait = async (name: string, unwatchedSince?: number) => {
      const permit = await enter('poll', unwatchedSince === undefined ? {} : { unwatchedSince });
      order.push(name);
      permit.cancel();
    };
    await vi.advanceTimersByTimeAsync(100);
    const polls = [wait('second', 50), wait('third', 50), wait('last'), wait('first', 10)];
    await vi.advanceTimersByTimeAsync(61_000);
    await Promise.all(polls);
    expect(order).toEqual(['first', 'second', 'third', 'last']);
  });

  test('forgets whoever stops waiting, and serves the next.', async () => {
    const rule = rateRule(50, 60_000, 60_000);
    for (let count = 0; count < 50; count += 1) await sendTo(rule, 'command');
    const leaving = new AbortController();
    const left = enter('poll', { signal: leaving.signal }).catch((error: unknown) => error);
    const next = sendTo(rule, 'poll');
    leaving.abort(new Error('left'));
    expect(await left).toEqual(new Error('left'));
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await next).toBe(200);
    expect(rule.arrivals).toHaveLength(1);
    await expect(enter('poll', { signal: leaving.signal })).rejects.toEqual(new Error('left'));
  });

  test('refuses whoever still waits when it stops.', async () => {
    for (let count = 0; count < 42; count += 1) await enter('poll');
    const waiting = enter('poll').catch((error: unknown) => error);
    budget.stop();
    expect(await waiting).toBeInstanceOf(UpstreamUnavailable);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tells the metrics also of two hundred thousand users, and of none that is forgotten.', async () => {
    for (let user = 0; user < 200_000; user += 1) {
      const permit = await enter('query', { bucket: `user ${user}` });
      if (user > 0) permit.cancel();
      else permit.settle(null);
    }
    const left = async () =>
      (await metrics.budgetRemaining.get()).values.find(({ labels }) => labels.group === 'Light')?.value;
    expect(await left()).toBe(49);
    expect(await metrics.registry.metrics()).toContain('gateway_rate_budget_remaining{group="Light"} 49');
    budget.leaveBehind('user 0');
    budget.leaveBehind('nobody');
    expect(await left()).toBe(50);
  });

  test('forgets nobody in whose line somebody waits.', async () => {
    for (let count = 0; count < 50; count += 1) await enter('command');
    const poll = enter('poll');
    budget.leaveBehind('dana');
    await expect(enter('command')).rejects.toMatchObject({ name: 'RateLimited' });
    await vi.advanceTimersByTimeAsync(71_000);
    expect((await poll).depart()).toBe(true);
  });

  test('tells the metrics who has fewest left.', async () => {
    await enter('command');
    for (let count = 0; count < 3; count += 1) await enter('command', { bucket: 'omar' });
    const { values } = await metrics.budgetRemaining.get();
    expect(Object.fromEntries(values.map(({ labels, value }) => [labels.group, value]))).toEqual({
      Light: 47,
      Medium: 40,
      Heavy: 10,
      Auth: 5,
    });
  });

  test('forgets users who are quiet for long, so that their number does not grow.', async () => {
    for (let user = 0; user < 100; user += 1) {
      const permit = await enter('command', { bucket: `user ${user}` });
      permit.settle({ ...LIMITED, limit: 7, remaining: 6 });
    }
    const least = async () => (await metrics.budgetRemaining.get()).values[0]?.value;
    await vi.advanceTimersByTimeAsync(100_000);
    await enter('command');
    expect(await least()).toBe(7);
    await vi.advanceTimersByTimeAsync(900_000);
    await enter('command');
    expect(await least()).toBe(49);
  });
});
