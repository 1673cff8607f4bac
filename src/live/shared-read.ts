/** One request for everybody who asks the same thing at the same time. */

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

/** Makes it. The read is called off when nobody waits for it any more. */
export function createSharedRead<Value>(
  read: (signal: AbortSignal, requestId: string | undefined) => Promise<Value>,
): SharedRead<Value> {
  let current: Flight<Value> | null = null;

  return {
    async join(signal, requestId) {
      signal?.throwIfAborted();
      current ??= takeOff(requestId);
      const flight = current;
      flight.passengers += 1;
      try {
        return await orAborted(flight.landing, signal);
      } finally {
        flight.passengers -= 1;
        if (flight.passengers === 0) callOff(flight);
      }
    },
    renew() {
      current = null;
    },
  };

  function takeOff(requestId: string | undefined): Flight<Value> {
    const controller = new AbortController();
    const flight: Flight<Value> = {
      passengers: 0,
      hasLanded: false,
      controller,
      landing: read(controller.signal, requestId).finally(() => leaveTheAir(flight)),
    };
    return flight;
  }

  function callOff(flight: Flight<Value>): void {
    if (flight.hasLanded) return;
    leaveTheAir(flight);
    flight.controller.abort();
  }

  function leaveTheAir(flight: Flight<Value>): void {
    flight.hasLanded = true;
    if (current === flight) current = null;
  }
}

/** A read on its way, and how many questions wait for it. */
interface Flight<Value> {
  readonly landing: Promise<Value>;
  readonly controller: AbortController;
  passengers: number;
  hasLanded: boolean;
}

/** Settles as the promise does, or rejects with the signal's reason; leaves no listener behind. */
export function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
