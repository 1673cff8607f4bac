/**
 * A stream of a second identity: its token may die before the connection does, and then only this stream ends.
 *
 * ```text
 *   made ──read, or listened to──► beginning ──the caller is known──► told ──► ended, or left
 *                                     │                                │
 *                                     └─ who is it? nobody knows ──────┴─ the token died ──► failed, and nothing else
 * ```
 */
import { isLine, type Listener } from '../live/exchange.ts';

/** What is streamed, once it is known for whom. */
export interface SecondSource<Event> {
  readonly events: AsyncIterator<Event>;
  /** Aborts when the token has died. */
  readonly expired: AbortSignal;
  /** What is told then. */
  failure(): Error;
  /** To be called when the stream is over. */
  leave(): void;
}

/** A class, because there is one for each open subscription. It can be listened to, as a line can. */
export class SecondStream<Event> implements AsyncIterableIterator<Event> {
  readonly #begin: () => SecondSource<Event> | Promise<SecondSource<Event>>;
  #source: SecondSource<Event> | Promise<SecondSource<Event>> | null = null;
  #known: SecondSource<Event> | null = null;
  /** Tells whoever waits for the next event, or listens, that there is none. */
  #fail: (error: unknown) => void = ignore;
  #failed: { readonly error: unknown } | null = null;
  #isOver = false;

  constructor(begin: () => SecondSource<Event> | Promise<SecondSource<Event>>) {
    this.#begin = begin;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Event>> {
    const known = this.#known ?? (this.#isOver ? null : await this.#begun());
    this.#throwOnce();
    if (known === null || this.#isOver) return { done: true, value: undefined };
    try {
      const step = await new Promise<IteratorResult<Event>>((resolve, reject) => {
        this.#fail = reject;
        known.events.next().then(resolve, reject);
      });
      if (step.done) this.#end();
      return step;
    } catch (error) {
      this.#failed = null;
      this.#end();
      throw error;
    } finally {
      this.#fail = ignore;
    }
  }

  /** Hands every event to `listener` in the moment of its publishing, where the events can be listened to. */
  listen(listener: Listener<Event>): void {
    void this.#hand(listener);
  }

  async return(): Promise<IteratorResult<Event>> {
    this.#end();
    return { done: true, value: undefined };
  }

  async #hand(listener: Listener<Event>): Promise<void> {
    const told: Listener<Event> = {
      take: (event) => (this.#isOver ? undefined : listener.take(event)),
      end: () => {
        if (this.#isOver) return;
        this.#end();
        listener.end();
      },
      fail: (error) => {
        if (this.#isOver) return;
        this.#end();
        listener.fail(error);
      },
    };
    this.#fail = (error) => listener.fail(error);
    try {
      const { events } = await this.#begun();
      if (this.#isOver) return;
      if (isLine(events)) return events.listen(told);
      for (;;) {
        const step = await events.next();
        if (this.#isOver) return;
        if (step.done) return told.end();
        await told.take(step.value);
      }
    } catch (error) {
      told.fail(error);
    }
  }

  async #begun(): Promise<SecondSource<Event>> {
    this.#source ??= this.#begin();
    const source = await this.#source;
    if (this.#known !== null) return source;
    this.#known = source;
    if (this.#isOver) {
      this.#letGo();
    } else if (source.expired.aborted) {
      this.#expire();
    } else {
      source.expired.addEventListener('abort', this.#expire, { once: true });
    }
    return source;
  }

  readonly #expire = (): void => {
    if (this.#isOver || this.#known === null) return;
    const error = this.#known.failure();
    this.#failed = { error };
    this.#end();
    this.#fail(error);
  };

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#known !== null) this.#letGo();
  }

  #letGo(): void {
    const { events, expired, leave } = this.#known as SecondSource<Event>;
    expired.removeEventListener('abort', this.#expire);
    leave();
    void events.return?.();
  }

  /** A death that nobody was told of yet. */
  #throwOnce(): void {
    const failed = this.#failed;
    this.#failed = null;
    if (failed !== null) throw failed.error;
  }
}

function ignore(): void {}
