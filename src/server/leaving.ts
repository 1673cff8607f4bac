/** Whether a client is still there. */
import { setMaxListeners } from 'node:events';

/** Tells when a client leaves. Its signal is made for the first who asks for it: most answers are there before. */
export class Leaving {
  #controller: AbortController | null = null;
  #reason: unknown;
  #hasLeft = false;

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Aborts when the client leaves. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      // One listener for each read that is done for it.
      setMaxListeners(0, this.#controller.signal);
      if (this.#hasLeft) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** The client has left; the first reason is the one that is told. */
  leave(reason?: unknown): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** @throws the reason of a client that has left. */
  throwIfLeft(): void {
    if (this.#hasLeft) this.signal.throwIfAborted();
  }
}
