/**
 * A log on Redis: a stream keeps its events, and messages tell of them. Messages may get lost, and do where a connection
 * is lost, so a follower believes the offsets only: a gap is filled from the stream.
 */
import { randomUUID } from 'node:crypto';
import { setAlarm } from '../alarm.ts';
import {
  Apart,
  type Key,
  type Log,
  type LogSort,
  type News,
  type Position,
  type Reading,
} from './commons.ts';
import type { Connection } from './connection.ts';
import { mostKept, newsOf } from './in-process.ts';
import type { Naming } from './keys.ts';
import { APPEND_TO_LOG, READ_LOG } from './scripts.ts';

/** How often a follower looks whether a message got lost at the end. */
const CHECK = 5_000; // 5 seconds

type WireEntry = readonly [id: string, fields: readonly string[]];

/** Makes the logs of one sort; `onUnreadable` is told of an event that is none, which nobody hears of. */
export function createRedisLog<Event>(
  connection: Connection,
  naming: Naming,
  sort: LogSort,
  onUnreadable: (error: unknown) => void,
): Log<Event> {
  const { word, lifetime } = sort;
  /** One subscription for all who follow one log here. */
  const channels = new Map<string, { readonly hearers: Set<(message: string) => void>; stop(): void }>();

  return {
    async append(key, after, events) {
      const name = naming.nameOf(word, key);
      const texts = events.map((event) => JSON.stringify(event));
      const most = mostKept(sort, texts);
      const values = [
        ...[randomUUID(), `${lifetime}`, after?.epoch ?? '', `${after?.offset ?? 0}`, `${most}`, name],
        ...texts,
      ];
      const answer = (await connection.run(APPEND_TO_LOG, keysOf(name), values)) as [
        number,
        string,
        string,
        WireEntry[],
      ];
      const [isAppended, epoch, offset, entries] = answer;
      if (isAppended === 1) return { kind: 'appended', position: { epoch, offset: Number(offset) } };
      return { kind: 'behind', ...readingOf(epoch, Number(offset), entries, after) };
    },

    read: (key, after) => read(naming.nameOf(word, key), after),

    follow(key: Key, after: Position | null, each: (news: News<Event>) => void) {
      const name = naming.nameOf(word, key);
      let at = after;
      let stopped = false;
      let isReading = false;
      let mustReadAgain = false;
      let alarm: NodeJS.Timeout | undefined;

      const tell = (news: News<Event>) => {
        at = news.position;
        if (!stopped) each(news);
      };
      const fill = async () => {
        if (isReading) {
          mustReadAgain = true;
          return;
        }
        isReading = true;
        clearTimeout(alarm);
        do {
          mustReadAgain = false;
          const reading = await read(name, at).catch(orApart);
          if (stopped || reading === null) break;
          for (const news of newsOf(reading)) tell(news);
          at = reading.position;
        } while (mustReadAgain);
        isReading = false;
        if (!stopped) alarm = setAlarm(() => void fill(), CHECK).unref();
      };
      const hear = (message: string) => {
        const [epoch = '', offsetText = ''] = message.split(' ', 2);
        const offset = Number(offsetText);
        const isNext = at !== null && epoch === at.epoch && offset === at.offset + 1;
        if (isNext && !isReading) {
          const [event] = eventsIn(message.slice(epoch.length + offsetText.length + 2));
          if (event === undefined) at = { epoch, offset };
          else tell({ kind: 'event', position: { epoch, offset }, event });
        } else if (at === null || epoch !== at.epoch || offset > at.offset) void fill();
      };
      const stops = [
        listen(name, hear),
        connection.onChange(() => {
          if (connection.state().name === 'together') void fill();
        }),
      ];
      void fill();
      return () => {
        stopped = true;
        clearTimeout(alarm);
        for (const stop of stops.splice(0)) stop();
      };
    },
  };

  async function read(name: string, after: Position | null): Promise<Reading<Event>> {
    const values = [randomUUID(), `${lifetime}`, `${after?.offset ?? 0}`];
    const answer = await connection.run(READ_LOG, keysOf(name), values);
    const [epoch, offset, entries] = answer as [string, string, WireEntry[]];
    const reading = readingOf(epoch, Number(offset), entries, after);
    // Of another epoch everything is new, also what has a lower offset.
    return reading.isComplete || after === null || after.epoch === epoch
      ? reading
      : lost(await read(name, null));
  }

  function readingOf(
    epoch: string,
    offset: number,
    wire: readonly WireEntry[],
    after: Position | null,
  ): Reading<Event> {
    const entries = wire.flatMap(([id, fields]) =>
      eventsIn(fields[1] ?? '').map((event) => ({ offset: Number.parseInt(id, 10), event })),
    );
    const isSameEpoch = after === null || after.epoch === epoch;
    const first = wire[0] === undefined ? offset + 1 : Number.parseInt(wire[0][0], 10);
    const isComplete = isSameEpoch && first === (after?.offset ?? 0) + 1;
    return { position: { epoch, offset }, entries, isComplete };
  }

  /** The event that a text is; none where it cannot be read. */
  function eventsIn(text: string): readonly Event[] {
    try {
      return [JSON.parse(text) as Event];
    } catch (error) {
      onUnreadable(error);
      return [];
    }
  }

  function listen(name: string, hear: (message: string) => void) {
    let channel = channels.get(name);
    if (channel === undefined) {
      const hearers = new Set<(message: string) => void>();
      const stop = connection.listen(name, (message) => {
        for (const one of [...hearers]) one(message);
      });
      channel = { hearers, stop };
      channels.set(name, channel);
    }
    const { hearers, stop } = channel;
    hearers.add(hear);
    return () => {
      hearers.delete(hear);
      if (hearers.size > 0 || channels.get(name)?.hearers !== hearers) return;
      channels.delete(name);
      stop();
    };
  }
}

function keysOf(name: string): string[] {
  return [`${name}:s`, `${name}:m`];
}

function lost<Event>(reading: Reading<Event>): Reading<Event> {
  return { ...reading, isComplete: false };
}

function orApart(error: unknown): null {
  if (error instanceof Apart) return null;
  throw error;
}
