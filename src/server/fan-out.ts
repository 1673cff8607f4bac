/**
 * The last steps of a subscription on the fast path: one event, one text, many sockets.
 *
 * ```text
 *   event ── pushed ──▶ line ──▶ delivery ── the shared result ──▶ frame ──▶ socket
 *                        ▲                                                    │ full
 *                        └────────── queues until it takes more ◀─────────────┘
 * ```
 *
 * graphql-ws pulls each event through a chain of promises and turns it into JSON for each subscriber. Here the event is
 * pushed to the sockets in the moment it is published, the result is turned into text once, and each frame only puts
 * the subscriber's own id in front.
 */
import type { ExecutionResult } from 'graphql';
import { isLine, type Listener } from '../live/exchange.ts';

/** Sends a result to one subscriber; a promise where the socket takes nothing more until it resolves. */
export type Send = (result: ExecutionResult) => Promise<void> | void;

/** What becomes of the events of one subscription. */
export interface Recipient {
  /** What this subscriber is told of an event. */
  resultOf(event: unknown): ExecutionResult | Promise<ExecutionResult>;
  readonly send: Send;
  /** The network took the frame of this event. */
  sent(event: unknown): void;
  /** The last event is over. */
  ended(): void;
  /** It cannot go on; answers the error for the client. */
  failed(error: unknown): Error;
  /** The client left. */
  left(): void;
}

/**
 * Delivers `events` to `recipient`, and answers a stream that brings nothing but their end. graphql-ws reads that one,
 * so everything else of the protocol stays with it.
 */
export function deliver(
  events: AsyncIterator<unknown>,
  recipient: Recipient,
): AsyncIterableIterator<ExecutionResult> {
  return new Delivery(events, recipient);
}

/** A class, because there is one for each open subscription. */
class Delivery implements AsyncIterableIterator<ExecutionResult>, Listener<unknown> {
  readonly #events: AsyncIterator<unknown>;
  readonly #recipient: Recipient;
  #resolve: (end: IteratorReturnResult<undefined>) => void = ignore;
  #reject: (error: Error) => void = ignore;

  constructor(events: AsyncIterator<unknown>, recipient: Recipient) {
    this.#events = events;
    this.#recipient = recipient;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Begins to deliver; resolves when everything is delivered. */
  next(): Promise<IteratorResult<ExecutionResult>> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (isLine(this.#events)) this.#events.listen(this);
      else void this.#pull();
    });
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    // What fails from now on is nobody's news: the id may be another's by then.
    this.#reject = ignore;
    this.#recipient.left();
    await this.#events.return?.();
    this.#resolve(DONE);
    return DONE;
  }

  take(event: unknown): Promise<void> | void {
    try {
      const result = this.#recipient.resultOf(event);
      if (!(result instanceof Promise)) return this.#send(event, result);
      return result.then((known) => this.#send(event, known)).catch((error: unknown) => this.#giveUp(error));
    } catch (error) {
      this.#giveUp(error);
    }
  }

  end(): void {
    this.#recipient.ended();
    this.#resolve(DONE);
  }

  fail(error: unknown): void {
    this.#reject(this.#recipient.failed(error));
  }

  #send(event: unknown, result: ExecutionResult): Promise<void> | void {
    const taken = this.#recipient.send(result);
    if (taken === undefined) return this.#recipient.sent(event);
    return taken.then(() => this.#recipient.sent(event));
  }

  #giveUp(error: unknown): void {
    this.fail(error);
    void this.#events.return?.();
  }

  /** For events that nobody pushes. */
  async #pull(): Promise<void> {
    try {
      for (;;) {
        const step = await this.#events.next();
        if (step.done) return this.end();
        await this.take(step.value);
      }
    } catch (error) {
      this.fail(error);
    }
  }
}

const DONE = { done: true, value: undefined } as const;

function ignore(): void {}

/** What follows the id in a `next` message: the JSON of a shared result, and the end of the message. */
const tails = new WeakMap<ExecutionResult, Buffer>();

/** The part of a `next` message that is before its payload, the same for each of an operation. */
export function headOf(id: string): string {
  return `{"id":${JSON.stringify(id)},"type":"next","payload":`;
}

/** A `next` message as it goes over the wire. */
export function nextFrame(head: string, result: ExecutionResult): Buffer {
  let tail = tails.get(result);
  if (tail === undefined) {
    const { errors, ...rest } = result;
    tail = Buffer.from(`${JSON.stringify(errors === undefined ? rest : { ...rest, errors })}}`);
    tails.set(result, tail);
  }
  return textFrame(head, tail);
}

/** Any other message as it goes over the wire, which is all that is kept of its text until the network takes it. */
export function frameOf(text: string): Buffer {
  return textFrame(text, NOTHING);
}

const NOTHING = Buffer.alloc(0);

const TEXT = 0x81; // The whole of a message, as text

/**
 * A WebSocket frame in one piece, as a server sends it: not masked (RFC 6455, 5.2). ws would measure and copy the text
 * for each socket, and hand two pieces to the network.
 */
function textFrame(head: string, tail: Buffer): Buffer {
  const headLength = Buffer.byteLength(head);
  const length = headLength + tail.length;
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = TEXT;
  if (start === 2) {
    frame[1] = length;
  } else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(head, start);
  tail.copy(frame, start + headLength);
  return frame;
}
