/** One request for everybody who asks the same thing at the same time. */
import { orAborted } from '../or-aborted.ts';

/** A question that many may ask, and its one request. */
export interface SharedRead<Value> {
  /**
   * Joins the read that is on its way, or starts one. A signal only takes its own question back; the read is named in
   * the log by the request id of the question that started it.
   */
  join(signal?: AbortSignal, requestId?: string): Promise<Value>;
  /** What is on its way may be old by now: whoever asks from here on starts a new read. */
  renew(): void;
}

/** Reads for everybody who has joined; the request is called off through `signal`. */
type Read<Value> = (signal: AbortSignal, requestId: string | undefined) => Promise<Value>;

/** Makes it. The read is called off when nobody waits for it any more. */
export function createSharedRead<Value>(read: Read<Value>): SharedRead<Value> {
  return new SharedFlight(read);
}

/** A class, because every call that is asked for has one. */
class SharedFlight<Value> implements SharedRead<Value> {
  readonly #read: Read<Value>;
  #current: Flight<Value> | null = null;

  constructor(read: Read<Value>) {
    this.#read = read;
  }

  async join(signal?: AbortSignal, requestId?: string): Promise<Value> {
    signal?.throwIfAborted();
    this.#current ??= this.#takeOff(requestId);
    const flight = this.#current;
    flight.passengers += 1;
    try {
      return await orAborted(flight.landing, signal);
    } finally {
      flight.passengers -= 1;
      if (flight.passengers === 0) this.#callOff(flight);
    }
  }

  renew(): void {
    this.#current = null;
  }

  #takeOff(requestId: string | undefined): Flight<Value> {
    const controller = new AbortController();
    const flight: Flight<Value> = {
      passengers: 0,
      hasLanded: false,
      controller,
      landing: this.#read(controller.signal, requestId).finally(() => this.#leaveTheAir(flight)),
    };
    return flight;
  }

  #callOff(flight: Flight<Value>): void {
    if (flight.hasLanded) return;
    this.#leaveTheAir(flight);
    flight.controller.abort();
  }

  #leaveTheAir(flight: Flight<Value>): void {
    flight.hasLanded = true;
    if (this.#current === flight) this.#current = null;
  }
}

/** A read on its way, and how many questions wait for it. */
interface Flight<Value> {
  readonly landing: Promise<Value>;
  readonly controller: AbortController;
  passengers: number;
  hasLanded: boolean;
}
