/** Reading subscriptions one event at a time. */
import type { Client } from 'graphql-ws';

export interface Stream<Event> {
  /** The next event; rejects when the stream has ended instead. */
  next(): Promise<Event>;
  /** How it ended. */
  readonly ended: Promise<'complete' | 'error'>;
  /** What it ended with, where it was an error. */
  readonly error: () => unknown;
  /** Says goodbye. */
  leave(): void;
}

/** Subscribes to one field and reads what it brings. */
export function watch<Event>(
  client: Client,
  field: string,
  query: string,
  variables: Record<string, unknown>,
): Stream<Event> {
  const events: Event[] = [];
  const readers: { resolve(event: Event): void; reject(reason: unknown): void }[] = [];
  let failure: unknown;
  let over = false;
  let end: (how: 'complete' | 'error') => void = () => {};
  const ended = new Promise<'complete' | 'error'>((resolve) => {
    end = resolve;
  });
  const finish = (how: 'complete' | 'error', reason: unknown) => {
    over = true;
    failure = reason;
    for (const reader of readers.splice(0)) reader.reject(asError(reason));
    end(how);
  };
  const leave = client.subscribe<Record<string, Event>>(
    { query, variables },
    {
      next({ data, errors }) {
        if (errors !== undefined || data === undefined || data === null) {
          finish('error', errors);
          return;
        }
        const event = data[field] as Event;
        const reader = readers.shift();
        if (reader === undefined) events.push(event);
        else reader.resolve(event);
      },
      error: (reason) => finish('error', reason),
      complete: () => finish('complete', 'the stream is complete'),
    },
  );

  return {
    next() {
      const event = events.shift();
      if (event !== undefined) return Promise.resolve(event);
      if (over) return Promise.reject(asError(failure));
      return new Promise((resolve, reject) => readers.push({ resolve, reject }));
    },
    ended,
    error: () => failure,
    leave,
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(`The stream ended: ${JSON.stringify(reason)}`);
}
