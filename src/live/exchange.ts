/**
 * The exchange: one call comes in, many lines go out.
 *
 * Publishing never waits. Each subscriber has a queue of its own; one that stops reading costs a bounded amount
 * of memory, because beyond the bound only the latest event of each kind of news is kept. Whoever keeps up costs no
 * queue: a listener has each event before the next subscriber is told.
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
  /** Where there is no end to what events are news about: a reader with as many unread gets `restart` in place of all of them. */
  readonly most?: number;
  readonly restart?: () => Event;
}

/** Whoever is told each event as it comes, instead of asking for the next one. */
export interface Listener<Event> {
  /** Takes an event. While a promise that it answered is pending, what comes is queued; it must not throw or reject. */
  take(event: Event): Promise<void> | void;
  /** No more events. */
  end(): void;
  /** No more events, because of `error`. */
  fail(error: unknown): void;
}

/** One subscriber's end of an exchange: read like any iterator, or listened to. */
export interface Line<Event> extends AsyncIterableIterator<Event> {
  push(event: Event): void;
  /** No more events; what is queued is still read. */
  end(): void;
  /** No more events; the next read after those queued throws. */
  fail(error: unknown): void;
  /** Hands every event to `listener`, those queued first, in the very moment of its push. Nobody else reads then. */
  listen(listener: Listener<Event>): void;
}

/** Makes a line. `onLeave` is called once, when the reader leaves or has read the end. */
export function createLine<Event>(
  rules: QueueRules<Event>,
  onLeave: (line: Line<Event>) => void,
): Line<Event> {
  return new QueuedLine(rules, onLeave);
}

/** Tells what can be listened to, as a line can, from the iterators that can only be pulled. */
export function isLine<Event>(
  events: AsyncIterator<Event>,
): events is AsyncIterator<Event> & Pick<Line<Event>, 'listen'> {
  return 'listen' in events;
}

/** A class, because there are thousands of them: one that is idle holds these fields and nothing else. */
class QueuedLine<Event> implements Line<Event> {
  readonly #rules: QueueRules<Event>;
  readonly #onLeave: (line: Line<Event>) => void;
  #queue: Event[] = NOTHING;
  /** Of a reader who was too far behind, until nothing is unread: the latest unread event of each kind of news. */
  #latest: Map<string, Event> | null = null;
  #waiting: Reader<Event>[] = NOTHING;
  #listener: Listener<Event> | null = null;
  /** The listener takes nothing for now. */
  #busy = false;
  #ending: { readonly error?: unknown } | null = null;
  #left = false;

  constructor(rules: QueueRules<Event>, onLeave: (line: Line<Event>) => void) {
    this.#rules = rules;
    this.#onLeave = onLeave;
  }

  push(event: Event): void {
    if (this.#left || this.#ending !== null) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader.resolve({ value: event, done: false });
    else if (this.#listener !== null && !this.#busy) this.#hand(event, this.#listener);
    else this.#keep(event);
  }

  end(): void {
    this.#finish({});
  }

  fail(error: unknown): void {
    this.#finish({ error });
  }

  listen(listener: Listener<Event>): void {
    this.#listener = listener;
    this.#handQueued(listener);
  }

  next(): Promise<IteratorResult<Event>> {
    const event = this.#takeFirst();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#ending !== null && !this.#left) {
      this.#leave();
      if ('error' in this.#ending) return Promise.reject(this.#ending.error);
    }
    if (this.#left) return Promise.resolve({ value: undefined, done: true });
    if (this.#waiting === NOTHING) this.#waiting = [];
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<Event>> {
    this.#leave();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<Event>> {
    this.#leave();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #keep(event: Event): void {
    if (this.#queue === NOTHING) this.#queue = [];
    const { limit, most = Infinity, restart, onSkip } = this.#rules;
    if (this.#queue.length >= most && restart !== undefined) {
      for (const _ of this.#queue) onSkip?.();
      this.#queue = [restart()];
      this.#latest = null;
      return;
    }
    if (this.#queue.length >= limit) {
      this.#queue.push(this.#replaceOlder(event));
      return;
    }
    this.#latest?.set(this.#rules.key(event), event);
    this.#queue.push(event);
  }

  #takeFirst(): Event | undefined {
    const event = this.#queue.shift();
    if (this.#queue.length === 0) this.#latest = null;
    if (event === undefined || this.#latest === null) return event;
    const news = this.#rules.key(event);
    if (this.#latest.get(news) === event) this.#latest.delete(news);
    return event;
  }

  /**
   * Takes the latest queued event with the same news out of the queue, and answers the one that stands for both. It goes
   * to the end, so that cursors are read in order.
   */
  #replaceOlder(event: Event): Event {
    const { key, merge, onSkip } = this.#rules;
    this.#latest ??= new Map(this.#queue.map((queued) => [key(queued), queued]));
    const news = key(event);
    const older = this.#latest.get(news);
    let newest = event;
    if (older !== undefined) {
      this.#queue.splice(this.#queue.lastIndexOf(older), 1);
      onSkip?.();
      newest = merge(older, event);
    }
    this.#latest.set(news, newest);
    return newest;
  }

  #hand(event: Event, listener: Listener<Event>): void {
    const taken = listener.take(event);
    if (taken === undefined) return;
    this.#busy = true;
    void taken.then(() => {
      this.#busy = false;
      this.#handQueued(listener);
    });
  }

  #handQueued(listener: Listener<Event>): void {
    while (!this.#busy && !this.#left) {
      const event = this.#takeFirst();
      if (event !== undefined) this.#hand(event, listener);
      else if (this.#ending !== null) this.#close(this.#ending, listener);
      else break;
    }
    if (this.#queue.length === 0) this.#queue = NOTHING;
  }

  #close(ending: { readonly error?: unknown }, listener: Listener<Event>): void {
    this.#leave();
    if ('error' in ending) listener.fail(ending.error);
    else listener.end();
  }

  #finish(ending: { readonly error?: unknown }): void {
    if (this.#left || this.#ending !== null) return;
    this.#ending = ending;
    if (this.#listener !== null) {
      this.#handQueued(this.#listener);
      return;
    }
    const reader = this.#waiting.shift();
    if (reader === undefined) return;
    this.#leave();
    if ('error' in ending) reader.reject(ending.error);
    else reader.resolve({ value: undefined, done: true });
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#queue = NOTHING;
    this.#latest = null;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
    this.#onLeave(this);
  }
}

/** What an idle line has queued; never written to. */
const NOTHING: never[] = [];

/** A reader that found its queue empty and waits. */
interface Reader<Event> {
  readonly resolve: (result: IteratorResult<Event>) => void;
  readonly reject: (error: unknown) => void;
}
