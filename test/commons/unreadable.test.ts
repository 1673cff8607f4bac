/** What others may put into Redis: gateways that share it go on, whatever that is, and whoever hears of it. */
import { createClient } from '@redis/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogSort, News } from '../../src/commons/commons.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { until } from '../support/gateway.ts';
import { hasNoRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { joinRedis } from './support.ts';

const KEY = { owner: 'viewer' };
const CALLS: LogSort = { word: 'calls', most: 100, mostBytes: 1_000_000, lifetime: 60_000 };

/** A gateway whose log is read back. */
async function join(redis: TestRedis) {
  const lines: { readonly level: string; readonly msg: string; readonly sort?: string }[] = [];
  const log = createLog('error', { write: (line) => void lines.push(JSON.parse(line)) });
  const commons = await joinRedis(redis, { log, times: { firstPause: 1, longestPause: 50 } });
  onTestFinished(() => commons.stop());
  return { commons, lines };
}

/** Somebody else who may write there; `await using` ends it before its Redis. */
async function joinAsStranger(redis: TestRedis) {
  const client = await createClient({ url: redis.url }).connect();
  return { client, [Symbol.asyncDispose]: async () => client.destroy() };
}

describe.skipIf(hasNoRedis)('What stands in Redis and is nothing of ours', () => {
  test('is as good as not there in a cell, is told of once, and is written over', async () => {
    await using redis = await startRedis();
    const { commons, lines } = await join(redis);
    await using stranger = await joinAsStranger(redis);
    const cell = commons.cell<number>({ word: 'count' });
    const look = async () => cell.update(KEY, (value) => ({ result: value }));
    await cell.update(KEY, () => ({ value: 7, lifetime: 60_000, result: null }));
    const [{ name = '' } = {}] = (await redis.contents()).filter((kept) => kept.name.endsWith(':count'));
    await stranger.client.set(name, 'a mark, and then no JSON');
    expect([await look(), await look()]).toEqual([null, null]);
    expect(lines).toMatchObject([{ level: 'error', sort: 'count' }]);
    await cell.update(KEY, () => ({ value: 8, lifetime: 60_000, result: null }));
    expect(await look()).toBe(8);
  });

  test('is passed over in a log, and what comes behind it is told', async () => {
    await using redis = await startRedis();
    const [{ commons, lines }, { commons: other }] = [await join(redis), await join(redis)];
    await using stranger = await joinAsStranger(redis);
    const changes: string[] = [];
    commons.onChange(() => changes.push(commons.state().name));
    const log = commons.log<string>(CALLS);
    const told: News<string>[] = [];
    onTestFinished(log.follow(KEY, null, (news) => told.push(news)));
    const events = () => told.map((news) => (news.kind === 'event' ? news.event : news.kind));
    const begun = await other.log<string>(CALLS).append(KEY, null, ['a']);
    await until(() => events().length === 1);
    const [{ name: end = '' } = {}] = (await redis.contents()).filter((kept) => kept.name.endsWith(':m'));
    const name = end.slice(0, -2);
    await stranger.client.xAdd(`${name}:s`, '2-0', { e: 'no JSON' });
    await stranger.client.hSet(`${name}:m`, 'offset', '2');
    await stranger.client.publish(name, `${begun.position.epoch} 2 no JSON`);
    await until(() => lines.length === 1);
    const seen = await other.log<string>(CALLS).read(KEY, begun.position);
    expect(seen).toEqual({ position: { ...begun.position, offset: 2 }, entries: [], isComplete: true });
    await other.log<string>(CALLS).append(KEY, seen.position, ['c']);
    await until(() => events().length === 2);
    // Whoever begins to follow finds it in the stream.
    const fromTheStart: News<string>[] = [];
    onTestFinished(log.follow(KEY, null, (news) => fromTheStart.push(news)));
    await until(() => fromTheStart.length === 2);
    expect(events()).toEqual(['a', 'c']);
    expect(fromTheStart).toEqual(told);
    expect(lines).toMatchObject([{ level: 'error', sort: 'calls' }]);
    expect(changes).toEqual([]);
  });
});

test.skipIf(hasNoRedis)(
  'A defect of one who hears that the gateways part keeps nobody else from hearing it, and this one from coming back',
  async () => {
    await using redis = await startRedis();
    const { commons, lines } = await join(redis);
    commons.onChange(() => {
      throw new TypeError('a defect');
    });
    const changes: string[] = [];
    commons.onChange(() => changes.push(commons.state().name));
    await redis.stop();
    await until(() => changes.length === 1);
    await redis.start();
    await until(() => changes.length === 2);
    expect(changes).toEqual(['apart', 'together']);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  },
);
