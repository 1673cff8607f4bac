/** The promise of the commons, kept by both: in one process, and on a real Redis by two clients. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Commons, LogSort, News, Position } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { createLeases, type LeaseState } from '../../src/commons/lease.ts';
import { createSecrets } from '../../src/commons/secret.ts';
import { until } from '../support/gateway.ts';
import { hasNoRedis, startRedis } from '../support/redis.ts';
import { startSentinels } from '../support/sentinel.ts';
import { joinRedis } from './support.ts';

/** Two gateways that share. */
type Pair = readonly [one: Commons, other: Commons];

const BOTH: readonly { name: string; skip: boolean; open: () => Promise<Pair> }[] = [
  {
    name: 'in one process',
    skip: false,
    async open() {
      const commons = createInProcessCommons();
      return [commons, commons];
    },
  },
  { name: 'on Redis', skip: hasNoRedis, open: () => onServer(startRedis) },
  { name: 'on a cluster', skip: hasNoRedis, open: () => onServer(() => startRedis({ cluster: true })) },
  { name: 'behind sentinels', skip: hasNoRedis, open: () => onServer(startSentinels) },
  { name: 'as a user who may do what OPERATING.md says', skip: hasNoRedis, open: asUser },
];

const servers: AsyncDisposable[] = [];

async function onServer(
  start: () => Promise<Parameters<typeof joinRedis>[0] & AsyncDisposable>,
): Promise<Pair> {
  const server = await start();
  servers.push(server);
  return [await joinRedis(server), await joinRedis(server)];
}

async function asUser(): Promise<Pair> {
  const operating = readFileSync(new URL('../../examples/OPERATING.md', import.meta.url), 'utf8');
  const [, commands = '', keys = '', channels = ''] =
    /`(\+[^`]+)`, keys `(~[^`]+)` and channels `(&[^`]+)`/.exec(operating) ?? [];
  const rights = [...commands.split(' '), keys, channels];
  const settings = ['--user', 'gateway', 'on', '>secret', 'resetchannels', '-@all', ...rights];
  const server = await startRedis({ settings });
  servers.push(server);
  const urls = [server.url.replace('redis://', 'redis://gateway:secret@')];
  return [await joinRedis({ urls }, { prefix: 'gateway' }), await joinRedis({ urls }, { prefix: 'gateway' })];
}

afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

const CALLS: LogSort = { word: 'calls', most: 3, mostBytes: 1_000_000, lifetime: 60_000 };

let made = 0;
/** Nobody else has it. */
const newKey = () => ({ owner: `viewer ${++made}`, name: 'a' });

const add =
  (more: number, lifetime = 60_000) =>
  (value: number | null) => ({ value: (value ?? 0) + more, lifetime, result: value });

describe.each(BOTH)('The commons $name', ({ skip, open }) => {
  let one: Commons;
  let other: Commons;

  beforeAll(async () => {
    if (!skip) [one, other] = await open();
  });
  afterAll(async () => {
    await one?.stop();
    await other?.stop();
  });

  describe.skipIf(skip)('A cell', () => {
    test('is changed by a function of what it was, by whoever', async () => {
      const key = newKey();
      expect(await one.cell<number>({ word: 'count' }).update(key, add(1))).toBeNull();
      expect(await other.cell<number>({ word: 'count' }).update(key, add(2))).toBe(1);
      expect(await one.cell<number>({ word: 'count' }).update(key, add(0))).toBe(3);
    });

    test('loses no change of many at once', async () => {
      const key = newKey();
      const cells = [one, other].map((commons) => commons.cell<number>({ word: 'count' }));
      const seen = await Promise.all(
        Array.from({ length: 200 }, (_, index) => cells[index % 2]?.update(key, add(1))),
      );
      // Each change has seen another value.
      expect(new Set(seen).size).toBe(200);
      expect(await cells[0]?.update(key, add(0))).toBe(200);
    });

    test('keeps the change of others where one of them fails', async () => {
      const key = newKey();
      const cell = one.cell<number>({ word: 'count' });
      const fail = () => {
        throw new RangeError('no');
      };
      const asked = [async () => cell.update(key, add(1)), async () => cell.update(key, fail)];
      const ended = await Promise.allSettled([...asked, asked[0]].map((ask) => ask?.()));
      expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await cell.update(key, add(0))).toBe(2);
    });

    test('stays as it is, with its end, where a change answers no value', async () => {
      const key = newKey();
      const cell = one.cell<number>({ word: 'count' });
      await cell.update(key, add(7));
      expect(await other.cell<number>({ word: 'count' }).update(key, (value) => ({ result: value }))).toBe(7);
      expect(await cell.update(key, () => ({ value: null, result: 'gone' }))).toBe('gone');
      expect(await cell.update(key, add(0))).toBeNull();
    });

    test('is gone after its lifetime', async () => {
      const key = newKey();
      const cell = one.cell<number>({ word: 'count' });
      await cell.update(key, add(1, 40));
      await until(async () => (await cell.update(key, (value) => ({ result: value }))) === null);
    });

    test('hands in one clock for all, which goes forward', async () => {
      const key = newKey();
      const times: number[] = [];
      for (const commons of [one, other, one]) {
        await commons.cell<number>({ word: 'clock' }).update(key, (_, now) => {
          times.push(now);
          return { result: null };
        });
      }
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    test('is its own for each sort, owner and name', async () => {
      const [key, another] = [newKey(), newKey()];
      await one.cell<number>({ word: 'count' }).update(key, add(1));
      const look = (value: number | null) => ({ result: value });
      expect(await one.cell<number>({ word: 'other' }).update(key, look)).toBeNull();
      expect(await one.cell<number>({ word: 'count' }).update(another, look)).toBeNull();
      expect(await one.cell<number>({ word: 'count' }).update({ ...key, name: 'b' }, look)).toBeNull();
    });

    test('tells whoever follows of a change that is to be told, and of no other', async () => {
      const key = newKey();
      const cell = one.cell<string>({ word: 'told' });
      const heard: string[] = [];
      const stop = other.cell<string>({ word: 'told' }).follow(key, async () => {
        const value = await other.cell<string>({ word: 'told' }).update(key, (now) => ({ result: now }));
        heard.push(value ?? '');
      });
      await cell.update(key, () => ({ value: 'whispered', lifetime: 60_000, result: null }));
      await cell.update(key, () => ({ value: 'told', lifetime: 60_000, tell: true, result: null }));
      await until(() => heard.length > 0);
      expect(heard).toEqual(['told']);
      stop();
      await cell.update(key, () => ({ value: 'after', lifetime: 60_000, tell: true, result: null }));
      const another = newKey();
      let isHeard = false;
      const stopAnother = other.cell<string>({ word: 'told' }).follow(another, () => {
        isHeard = true;
      });
      await cell.update(another, () => ({ value: 'x', lifetime: 60_000, tell: true, result: null }));
      await until(() => isHeard);
      stopAnother();
      expect(heard).toEqual(['told']);
    });
  });

  describe.skipIf(skip)('A log', () => {
    const log = (commons: Commons, sort: LogSort = CALLS) => commons.log<string>(sort);

    test('is begun by whoever never saw it, and appended to by whoever saw its end', async () => {
      const key = newKey();
      const begun = await log(one).append(key, null, ['a', 'b']);
      expect(begun).toMatchObject({ kind: 'appended', position: { offset: 2 } });
      const more = await log(other).append(key, begun.position, ['c']);
      expect(more).toEqual({ kind: 'appended', position: { ...begun.position, offset: 3 } });
    });

    test('answers what came in between to whoever saw less, and appends nothing', async () => {
      const key = newKey();
      const { position } = await log(one).append(key, null, ['a']);
      await log(other).append(key, position, ['b', 'c']);
      expect(await log(one).append(key, position, ['x'])).toEqual({
        kind: 'behind',
        position: { ...position, offset: 3 },
        entries: [
          { offset: 2, event: 'b' },
          { offset: 3, event: 'c' },
        ],
        isComplete: true,
      });
      expect(await log(one).append(key, null, ['x'])).toMatchObject({ kind: 'behind', isComplete: true });
      expect((await log(one).read(key, position)).entries.map(({ event }) => event)).toEqual(['b', 'c']);
    });

    test('of many who append at the same end, one does', async () => {
      const key = newKey();
      const { position } = await log(one).append(key, null, ['a']);
      const tries = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          log(index % 2 ? one : other).append(key, position, [`${index}`]),
        ),
      );
      expect(tries.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
    });

    test('keeps the newest events, and says where older ones are lost', async () => {
      const key = newKey();
      const { position } = await log(one).append(key, null, ['a']);
      await log(one).append(key, position, ['b', 'c', 'd', 'e']);
      const reading = await log(other).read(key, position);
      expect(reading).toMatchObject({ isComplete: false, position: { offset: 5 } });
      expect(reading.entries).toEqual([
        { offset: 3, event: 'c' },
        { offset: 4, event: 'd' },
        { offset: 5, event: 'e' },
      ]);
      expect(await log(other).read(key, { ...position, offset: 3 })).toMatchObject({ isComplete: true });
    });

    test('keeps fewer events where they are large, and always those that came last together', async () => {
      const key = newKey();
      const narrow = { word: 'narrow', most: 3, mostBytes: 100, lifetime: 60_000 };
      const large = (name: string) => name.repeat(60);
      const { position } = await log(one, narrow).append(key, null, ['a', 'b']);
      const more = await log(one, narrow).append(key, position, [large('c')]);
      expect((await log(other, narrow).read(key, null)).entries).toEqual([{ offset: 3, event: large('c') }]);
      expect(await log(other, narrow).read(key, position)).toMatchObject({ isComplete: true });
      await log(other, narrow).append(key, more.position, [large('d'), large('e')]);
      expect((await log(one, narrow).read(key, null)).entries.map(({ offset }) => offset)).toEqual([4, 5]);
    });

    test('is of another epoch after its lifetime, and says so', async () => {
      const key = newKey();
      const short = { word: 'short', most: 3, mostBytes: 1_000_000, lifetime: 30 };
      const { position } = await log(one, short).append(key, null, ['a']);
      const reading = await until(async () => {
        const now = await log(other, short).read(key, position);
        return now.position.epoch === position.epoch ? null : now;
      });
      expect(reading).toMatchObject({ isComplete: false, entries: [], position: { offset: 0 } });
      expect(await log(one, short).append(key, position, ['b'])).toMatchObject({ kind: 'behind' });
    });

    test('tells a follower what it has missed and what comes, each once and in order', async () => {
      const key = newKey();
      let { position }: { position: Position } = await log(one).append(key, null, ['0', '1']);
      const heard: News<string>[] = [];
      const stop = log(other).follow(key, { ...position, offset: 1 }, (news) => heard.push(news));
      for (let index = 2; index < 40; index += 1) {
        ({ position } = await log(index % 2 ? one : other).append(key, position, [`${index}`]));
        if (index === 5) await until(() => heard.length > 0);
      }
      await until(() => heard.at(-1)?.position.offset === 40);
      const events = heard.filter((news) => news.kind === 'event');
      const lost = heard.filter((news) => news.kind === 'lost').flatMap(({ entries }) => entries);
      const offsets = [...events.map((news) => news.position.offset), ...lost.map(({ offset }) => offset)];
      expect(new Set(offsets).size).toBe(offsets.length);
      expect(events.map(({ event }) => event)).toEqual(events.map((news) => `${news.position.offset - 1}`));
      stop();
    });

    test('tells a follower of an epoch that is over what there is instead', async () => {
      const key = newKey();
      const { position } = await log(one).append(key, null, ['a']);
      const heard: News<string>[] = [];
      const stop = log(other).follow(key, { epoch: 'another', offset: 9 }, (news) => heard.push(news));
      await until(() => heard.length > 0);
      expect(heard).toEqual([
        { kind: 'lost', position, entries: [{ offset: 1, event: 'a' }], isComplete: false },
      ]);
      stop();
    });
  });

  describe.skipIf(skip)('A lease', () => {
    const TIMES = { term: 2_000, memory: 60_000 };

    test('is held by one, renews itself, and passes on what it leaves when handed over', async () => {
      const key = newKey();
      const [first, second] = [one, other].map((commons) => createLeases<string>(commons, 'watch', TIMES));
      const held = await first?.take(key);
      expect(held?.inherited).toBeNull();
      expect(await second?.take(key)).toBeNull();
      const freed = new Promise<void>((resolve) => {
        const stop = second?.follow(key, () => {
          stop?.();
          resolve();
        });
      });
      const cell = one.cell<LeaseState<string>>({ word: 'watch' });
      const heldUntil = async () =>
        (await cell.update(key, (state) => ({ result: state?.until }))) ?? Number.NaN;
      const atFirst = await heldUntil();
      // Twice renewed.
      await until(async () => (await heldUntil()) > atFirst + TIMES.term / 2);
      expect(held?.lost.aborted).toBe(false);
      expect(await second?.take(key)).toBeNull();
      await held?.handOver('wsc 7');
      expect(held?.lost.aborted).toBe(true);
      await freed;
      const next = await second?.take(key);
      expect(next?.inherited).toBe('wsc 7');
      expect(next?.fence).toBeGreaterThan(held?.fence ?? Number.POSITIVE_INFINITY);
      await next?.handOver();
      const last = await first?.take(key);
      expect(last?.inherited).toBe('wsc 7');
      await last?.handOver();
    });

    test('shows who does not hold it what its holder leaves, at once where that is urgent', async () => {
      const key = newKey();
      const [first, second] = [one, other].map((commons) => createLeases<string>(commons, 'watch', TIMES));
      expect(await second?.look(key)).toBeNull();
      const held = await first?.take(key);
      const { fence } = held ?? {};
      expect(await second?.look(key)).toEqual({ fence, legacy: null });
      for (const legacy of ['wsc 1', 'wsc 2', 'wsc 3']) held?.leave(legacy, true);
      await until(async () => (await second?.look(key))?.legacy === 'wsc 3');
      expect(held?.lost.aborted).toBe(false);
      await held?.handOver();
      expect(await second?.look(key)).toBeNull();
    });
  });

  describe.skipIf(skip)('A secret', () => {
    test('is the same for all gateways, from the first moment, and another for each purpose', () => {
      const [mine, theirs] = [one, other].map((commons) => createSecrets(commons, 'cursors').current());
      expect(mine?.key).toHaveLength(32);
      expect(theirs).toEqual(mine);
      const another = createSecrets(other, 'something else').current();
      expect(another.epoch).toBe(mine?.epoch);
      expect(another.key).not.toEqual(mine?.key);
    });

    test('is found by its epoch, and no other is', () => {
      const secrets = createSecrets(one, 'cursors');
      expect(secrets.of(secrets.current().epoch)).toBe(secrets.current());
      expect(secrets.of('another epoch')).toBeNull();
    });
  });
});
