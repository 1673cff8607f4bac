/**
 * The commons of one process, which is the default and the reference: nobody else is there, so nobody waits.
 */
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { upTo } from '../up-to.ts';
import type {
  Appended,
  Cell,
  CellSort,
  Commons,
  Entry,
  Key,
  Log,
  LogSort,
  News,
  Position,
  Reading,
  Stop,
} from './commons.ts';

export interface InProcessParts {
  /** Epoch milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
}

/** How many cells of one sort are kept; the least recently used goes first. */
const MOST_CELLS = 100_000;

/** How many logs of one sort. */
const MOST_LOGS = 10_000;

/** Makes the commons of this process. */
export function createInProcessCommons({ clock = steadyNow }: InProcessParts = {}): Commons {
  const fleet = { id: randomUUID(), secret: randomUUID(), size: 1, isWhole: true };
  const cells = new Map<string, Cell<unknown>>();
  const logs = new Map<string, Log<unknown>>();
  const stop = async () => {};
  return {
    self: 'one',
    cell: <Value>(sort: CellSort<Value>) =>
      once(cells, sort.word, () => createCell<unknown>(clock)) as Cell<Value>,
    log: <Event>(sort: LogSort) => once(logs, sort.word, () => createLog<unknown>(sort, clock)) as Log<Event>,
    state: () => ({ name: 'in-process' }),
    fleet: () => fleet,
    onChange: () => () => {},
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Like `Date.now()`, but it never goes back. */
function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

function once<Made>(made: Map<string, Made>, word: string, make: () => Made): Made {
  const known = made.get(word) ?? make();
  made.set(word, known);
  return known;
}

function nameOf({ owner, name = '' }: Key): string {
  return name === '' ? owner : JSON.stringify([owner, name]);
}

function createCell<Value>(clock: () => number): Cell<Value> {
  const kept = new LRUCache<string, { readonly value: Value; readonly until: number }>(upTo(MOST_CELLS));
  const followers = createFollowers<() => void>();
  return {
    update(key, change) {
      const name = nameOf(key);
      const now = clock();
      const held = kept.get(name);
      const {
        value,
        lifetime = 0,
        tell,
        result,
      } = change(held !== undefined && held.until > now ? held.value : null, now);
      if (value === null) kept.delete(name);
      else if (value !== undefined) kept.set(name, { value, until: now + lifetime });
      if (tell) for (const hear of followers.of(name)) queueMicrotask(hear);
      return result;
    },
    follow: (key, hear) => followers.add(nameOf(key), hear),
  };
}

interface Run<Event> {
  readonly epoch: string;
  readonly entries: readonly Entry<Event>[];
  readonly offset: number;
  readonly until: number;
}

function createLog<Event>(sort: LogSort, clock: () => number): Log<Event> {
  const { lifetime } = sort;
  const runs = new LRUCache<string, Run<Event>>(upTo(MOST_LOGS));
  const followers = createFollowers<(run: Run<Event>) => void>();
  return {
    append(key, after, events): Appended<Event> {
      const name = nameOf(key);
      const run = runOf(name);
      if (!isEndOf(run, after)) return { kind: 'behind', ...readingOf(run, after) };
      const added = events.map((event, index) => ({ offset: run.offset + index + 1, event }));
      const most = mostKept(
        sort,
        events.map((event) => JSON.stringify(event)),
      );
      const next: Run<Event> = {
        epoch: run.epoch,
        entries: [...run.entries, ...added].slice(-most),
        offset: run.offset + added.length,
        until: clock() + lifetime,
      };
      runs.set(name, next);
      for (const hear of followers.of(name)) hear(next);
      return { kind: 'appended', position: positionOf(next) };
    },
    read: (key, after) => readingOf(runOf(nameOf(key)), after),
    follow(key, after, each) {
      const name = nameOf(key);
      let at = after;
      let stopped = false;
      const hear = (run: Run<Event>) => {
        const reading = readingOf(run, at);
        at = reading.position;
        // Not before whoever appended goes on.
        for (const news of newsOf(reading)) queueMicrotask(() => !stopped && each(news));
      };
      const stop = followers.add(name, hear);
      hear(runOf(name));
      return () => {
        stopped = true;
        stop();
      };
    },
  };

  function runOf(name: string): Run<Event> {
    const run = runs.get(name);
    if (run !== undefined && run.until > clock()) return run;
    const empty = { epoch: randomUUID(), entries: [], offset: 0, until: clock() + lifetime };
    runs.set(name, empty);
    return empty;
  }
}

/** How many events are kept once these were appended; at least these, where they are no more than `most`. */
export function mostKept({ most, mostBytes }: LogSort, texts: readonly string[]): number {
  const largest = texts.reduce((length, text) => Math.max(length, text.length), 1);
  return Math.min(most, Math.max(texts.length, Math.floor(mostBytes / largest)));
}

/** What a reading means to whoever follows. */
export function newsOf<Event>(reading: Reading<Event>): News<Event>[] {
  if (!reading.isComplete) return [{ kind: 'lost', ...reading }];
  const { epoch } = reading.position;
  return reading.entries.map(({ offset, event }) => ({
    kind: 'event',
    position: { epoch, offset },
    event,
  }));
}

function positionOf({ epoch, offset }: Run<unknown>): Position {
  return { epoch, offset };
}

/** Whoever never saw a log may begin it. */
function isEndOf(run: Run<unknown>, after: Position | null): boolean {
  return after === null ? run.offset === 0 : after.epoch === run.epoch && after.offset === run.offset;
}

function readingOf<Event>(run: Run<Event>, after: Position | null): Reading<Event> {
  const position = positionOf(run);
  const first = run.entries[0]?.offset ?? run.offset + 1;
  if (after === null) return { position, entries: run.entries, isComplete: first === 1 };
  const isKnown = after.epoch === run.epoch && after.offset <= run.offset && after.offset + 1 >= first;
  if (!isKnown) return { position, entries: run.entries, isComplete: false };
  return { position, entries: run.entries.filter(({ offset }) => offset > after.offset), isComplete: true };
}

/** Who follows what, by name. */
export function createFollowers<Hear>() {
  const followers = new Map<string, Set<Hear>>();
  return {
    names: () => followers.keys(),
    of: (name: string): readonly Hear[] => [...(followers.get(name) ?? [])],
    add(name: string, hear: Hear): Stop {
      const all = followers.get(name) ?? new Set();
      followers.set(name, all.add(hear));
      return () => {
        all.delete(hear);
        if (all.size === 0 && followers.get(name) === all) followers.delete(name);
      };
    },
  };
}
