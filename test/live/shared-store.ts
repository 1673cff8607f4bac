/** A store that several gateways of one test share: it takes time, gateways can be cut off from it, die, and it can be emptied. */
import { randomUUID } from 'node:crypto';
import {
  Apart,
  type Cell,
  type CellSort,
  type Commons,
  type Key,
  type Log,
  type LogSort,
  type News,
  type Position,
  type Stop,
  type Togetherness,
} from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sleep } from './support.ts';

export interface SharedStore {
  /** One more gateway of it. */
  gateway(): GatewayCommons;
  /** It loses what it holds, and goes on. */
  empty(): void;
}

export interface GatewayCommons extends Commons {
  /** The store cannot be reached from here any more. */
  cut(): void;
  mend(): void;
  /** Nothing comes back from here any more, and nothing arrives: its process is gone. */
  kill(): void;
}

/** Makes it. `way`: milliseconds there, asked once more for the way back, and for what is told by itself. */
export function createSharedStore(way: () => number = () => 1): SharedStore {
  let base = createInProcessCommons();
  const gateways = new Set<{ renew(): void }>();
  return {
    gateway,
    empty() {
      base = createInProcessCommons();
      for (const one of gateways) one.renew();
    },
  };

  function gateway(): GatewayCommons {
    const self = randomUUID();
    const hearers = new Set<() => void>();
    const follows = new Set<{ begin(): void; end(): void }>();
    let state: Togetherness = { name: 'together' };
    let isDead = false;
    let fleet = fleetNow();
    const [thither, hither] = [createWay(way), createWay(way)];
    const one = {
      renew() {
        if (isDead || isApart()) return;
        fleet = fleetNow();
        for (const follow of [...follows]) follow.begin();
        tell();
      },
    };
    gateways.add(one);
    return {
      self,
      cell<Value>(sort: CellSort<Value>): Cell<Value> {
        const cell = () => base.cell<Value>(sort);
        return {
          update: (key, change) => overTheWay(() => cell().update(key, change)),
          follow: (key, hear) =>
            kept((isFirst) => {
              if (!isFirst) hear();
              return cell().follow(key, () => void arrived(hear));
            }),
        };
      },
      log<Event>(sort: LogSort): Log<Event> {
        const log = () => base.log<Event>(sort);
        return {
          append: (key, after, events) => overTheWay(() => log().append(key, after, events)),
          read: (key, after) => overTheWay(() => log().read(key, after)),
          follow(key: Key, after: Position | null, each: (news: News<Event>) => void) {
            let at = after;
            return kept(() =>
              log().follow(key, at, (news) => {
                at = news.position;
                void arrived(() => each(news));
              }),
            );
          },
        };
      },
      state: () => state,
      fleet: () => fleet,
      onChange(hear) {
        hearers.add(hear);
        return () => hearers.delete(hear);
      },
      cut() {
        state = { name: 'apart', problem: 'It was cut off.' };
        for (const follow of [...follows]) follow.end();
        tell();
      },
      mend() {
        state = { name: 'together' };
        fleet = fleetNow();
        for (const follow of [...follows]) follow.begin();
        tell();
      },
      kill() {
        isDead = true;
        gateways.delete(one);
        for (const follow of [...follows]) follow.end();
      },
      stop: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };

    function fleetNow() {
      const { id = '', secret = '' } = base.fleet() ?? {};
      return { id, secret, size: 2, isWhole: true };
    }

    function tell(): void {
      for (const hear of [...hearers]) hear();
    }

    async function overTheWay<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> {
      await along(thither);
      const answer = await ask();
      // It may have been done all the same.
      await along(hither);
      return answer;
    }

    async function along(arrive: () => Promise<void>): Promise<void> {
      if (isApart()) throw new Apart('It was cut off.');
      await arrive();
      if (isDead) await new Promise(() => {});
      if (isApart()) throw new Apart('It was cut off.');
    }

    function isApart(): boolean {
      return state.name === 'apart';
    }

    async function arrived(act: () => void): Promise<void> {
      await hither();
      if (!isDead && !isApart()) act();
    }

    function kept(begin: (isFirst: boolean) => Stop): Stop {
      let stop: Stop | null = null;
      let isFirst = true;
      const follow = {
        begin() {
          stop?.();
          stop = begin(isFirst);
          isFirst = false;
        },
        end() {
          stop?.();
          stop = null;
        },
      };
      follows.add(follow);
      if (!isApart() && !isDead) follow.begin();
      return () => {
        follows.delete(follow);
        follow.end();
      };
    }
  }
}

/** A way on which nobody overtakes. */
function createWay(time: () => number): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return async () => {
    const before = last;
    last = Promise.all([before, sleep(time())]);
    await last;
  };
}
