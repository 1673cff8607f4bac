/**
 * The commons on Redis: what several gateways share. Whether they are together is decided in `connection.ts`, what one
 * step of the store is in `scripts.ts`.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { RedisAddress } from './client.ts';
import type { Cell, CellSort, Change, Log as CommonLog, Commons, Key, LogSort } from './commons.ts';
import { type Connection, type ConnectionParts, createConnection } from './connection.ts';
import { createFollowers } from './in-process.ts';
import { createNaming } from './keys.ts';
import { createRedisLog } from './redis-log.ts';
import { MARK_LENGTH, READ_CELL, SWAP_CELL } from './scripts.ts';

export interface RedisCommonsParts extends Pick<ConnectionParts, 'metrics' | 'log' | 'times' | 'random'> {
  readonly address: RedisAddress;
  /** Stands before every name, so that several fleets can share one Redis. */
  readonly prefix: string;
}

/** Joins the gateways of one Redis. It resolves when it is known whether that can be reached, and never rejects. */
export async function createRedisCommons(parts: RedisCommonsParts): Promise<Commons> {
  const { address, prefix, metrics, log, times, random } = parts;
  const self = randomUUID();
  const naming = createNaming(prefix);
  const connection = createConnection({
    address,
    fleetKeys: naming.fleet,
    self,
    metrics,
    log,
    times,
    random,
  });
  const told = `${prefix}:told`;
  const followers = createFollowers<() => void>();
  const stops = [
    connection.listen(told, (name) => {
      for (const hear of followers.of(name)) hear();
    }),
    connection.onChange(() => {
      if (connection.state().name !== 'together') return;
      for (const name of [...followers.names()]) for (const hear of followers.of(name)) hear();
    }),
  ];
  const unreadable = new Set<string>();
  /** Whoever may write to Redis may do so again and again. */
  const noteUnreadable: NoteUnreadable = (sort, error) => {
    if (unreadable.has(sort)) return;
    unreadable.add(sort);
    log.error({ err: error, sort }, 'Something in Redis cannot be read, and is taken for nothing');
  };
  await connection.tried;

  const stop = async () => {
    for (const end of stops) end();
    await connection.stop();
  };
  return {
    self,
    cell<Value>(sort: CellSort<Value>): Cell<Value> {
      const name = (key: Key) => naming.nameOf(sort.word, key);
      const cells = createRedisCells(connection, sort, told, {
        onConflict: () => metrics.commonsConflicts.inc({ sort: sort.word }),
        onUnreadable: (error) => noteUnreadable(sort.word, error),
      });
      return {
        update: (key, change) => cells(name(key), change),
        follow: (key, hear) => followers.add(name(key), hear),
      };
    },
    log: <Event>(sort: LogSort): CommonLog<Event> =>
      createRedisLog<Event>(connection, naming, sort, (error) => noteUnreadable(sort.word, error)),
    state: connection.state,
    fleet: connection.fleet,
    onChange: connection.onChange,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Of a value or event of this sort nobody knows what it says. */
type NoteUnreadable = (sort: string, error: unknown) => void;

type Step<Value> = (value: Value | null, now: number) => Change<Value, unknown>;

/** One change that waits for its turn. */
interface Waiting<Value> {
  readonly step: Step<Value>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Changes of cells. Those of one cell that come while another is under way are made together, in one step of the store:
 * however many requests a gateway has, it is in its own way no more than another gateway is.
 */
function createRedisCells<Value>(
  connection: Connection,
  { write = JSON.stringify, read = JSON.parse }: CellSort<Value>,
  channel: string,
  notes: { readonly onConflict: () => void; readonly onUnreadable: (error: unknown) => void },
) {
  const lines = new Map<string, Waiting<Value>[]>();

  return <Result>(name: string, step: (value: Value | null, now: number) => Change<Value, Result>) =>
    new Promise<Result>((resolve, reject) => {
      const waiting = { step, resolve: resolve as (result: unknown) => void, reject };
      const line = lines.get(name);
      if (line !== undefined) {
        line.push(waiting);
        return;
      }
      lines.set(name, [waiting]);
      void serve(name);
    });

  async function serve(name: string): Promise<void> {
    for (;;) {
      const line = lines.get(name) ?? [];
      if (line.length === 0) {
        lines.delete(name);
        return;
      }
      const together = line.splice(0);
      try {
        await change(name, together);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
  }

  async function change(name: string, together: readonly Waiting<Value>[]): Promise<void> {
    let [held, ...time] = (await connection.run(READ_CELL, [name], [])) as [string, string, string];
    for (;;) {
      const mark = held.slice(0, MARK_LENGTH);
      const before = valueIn(held);
      const { after, lifetime, tell, endings } = applied(together, before, millisecondsOf(time));
      if (after === undefined && !tell) return endings.forEach(settle);
      const next = nextText(after === undefined ? before : after, write);
      const values = [mark, next, `${Math.max(1, Math.ceil(lifetime))}`, tell ? channel : ''];
      const [isChanged, ...now] = (await connection.run(SWAP_CELL, [name], values)) as [
        number,
        string,
        string,
        string,
      ];
      if (isChanged === 1) return endings.forEach(settle);
      [held, ...time] = now;
      notes.onConflict();
    }
  }

  /** What cannot be read is as good as not there: the next change writes over it. */
  function valueIn(held: string): Value | null {
    if (held === '') return null;
    try {
      return read(held.slice(MARK_LENGTH));
    } catch (error) {
      notes.onUnreadable(error);
      return null;
    }
  }
}

function nextText<Value>(value: Value | null, write: (value: Value) => string): string {
  return value === null ? '' : newMark() + write(value);
}

function newMark(): string {
  return randomBytes((MARK_LENGTH * 3) / 4).toString('base64url');
}

function millisecondsOf([seconds, microseconds]: readonly string[]): number {
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}

type Ending<Value> = readonly [Waiting<Value>, { readonly result: unknown } | { readonly error: unknown }];

function settle<Value>([{ resolve, reject }, ending]: Ending<Value>): void {
  if ('result' in ending) resolve(ending.result);
  else reject(ending.error);
}

/** Makes one change after the other; one that fails concerns only whoever asked for it. */
function applied<Value>(together: readonly Waiting<Value>[], before: Value | null, now: number) {
  let value = before;
  let isChanged = false;
  let lifetime = 0;
  let tell = false;
  const endings: Ending<Value>[] = [];
  for (const waiting of together) {
    try {
      const change = waiting.step(value, now);
      if (change.value !== undefined) {
        value = change.value;
        isChanged = true;
        lifetime = change.lifetime ?? 0;
        tell ||= change.tell === true;
      }
      endings.push([waiting, { result: change.result }]);
    } catch (error) {
      endings.push([waiting, { error }]);
    }
  }
  return { after: isChanged ? value : undefined, lifetime, tell, endings };
}
