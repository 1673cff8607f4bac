/**
 * The exchange: one call comes in, many lines go out.
 *
 * Publishing never waits. Each subscriber has a queue of its own; one that stops reading costs a bounded amount
 * of memory, because beyond the bound only the latest event of each kind of news is kept.
 */

/** How a queue treats its events; one for all subscribers of an exchange. */
export interface QueueRules<Event> {
  /** Events that a reader may be behind before older ones are replaced. */
  readonly limit: number;
  /** What an event is news about: of two with the same key the older one may be replaced. */
  readonly key: (event: Event) => string;
  /** The event that stands for both, once the older one is dropped. */
  readonly merge: (older: Event, newer: Event) => Event;
  /** Called for every event that was replaced. */
  readonly onSkip?: () => void;
}

/** One subscriber's end of an exchange. */
export interface Line<Event> extends AsyncIterableIterator<Event> {
  push(event: Event): void;
  /** No more events; what is queued is still read. */
  end(): void;
  /** No more events; the next read after those queued throws. */
  fail(error: unknown): void;
}

/** Makes a line. `onLeave` is called once, when the reader leaves or has read the end. */
export function createLine<Event>(rules: QueueRules<Event>, onLeave: () => void): Line<Event> {
  let queue: Event[] = [];
  const waiting: Reader<Event>[] = [];
  let ending: { readonly error?: unknown } | null = null;
  let left = false;

  const line: Line<Event> = {
    push(event) {
      if (left || ending !== null) return;
      const reader = waiting.shift();
      if (reader !== undefined) reader.resolve({ value: event, done: false });
      else queue.push(queue.length < rules.limit ? event : replaceOlder(queue, event, rules));
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),

    next() {
      const [event] = queue;
      if (event !== undefined) {
        queue.shift();
        return Promise.resolve({ value: event, done: false });
      }
      if (ending !== null && !left) {
        leave();
        if ('error' in ending) return Promise.reject(ending.error);
      }
      if (left) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      leave();
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error) {
      leave();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]: () => line,
  };
  return line;

  function finish(end: { readonly error?: unknown }): void {
    if (left || ending !== null) return;
    ending = end;
    const reader = waiting.shift();
    if (reader === undefined) return;
    leave();
    if ('error' in end) reader.reject(end.error);
    else reader.resolve({ value: undefined, done: true });
  }

  function leave(): void {
    if (left) return;
    left = true;
    queue = [];
    for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
    onLeave();
  }
}

/** A reader that found its queue empty and waits. */
interface Reader<Event> {
  readonly resolve: (result: IteratorResult<Event>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes the latest queued event with the same news out of the queue, and answers the one that stands for both. It goes
 * to the end, so that cursors are read in order.
 */
function replaceOlder<Event>(queue: Event[], event: Event, { key, merge, onSkip }: QueueRules<Event>): Event {
  const news = key(event);
  const place = queue.findLastIndex((queued) => key(queued) === news);
  const [older] = place === -1 ? [] : queue.splice(place, 1);
  if (older === undefined) return event;
  onSkip?.();
  return merge(older, event);
}
