/**
 * How long something stays for those who may come back.
 *
 * ```text
 *   here ──somebody leaves──► waiting ──nobody came for as long as they are waited for──► goodbye
 *     ▲                          │
 *     └────somebody is there─────┘
 * ```
 */

/** What stays, and goes. */
export interface Host {
  /** True while it need not go: whoever is there comes by again when they leave. */
  hasGuests(): boolean;
  /** Nobody is waited for any more. */
  onGoodbye(): void;
}

/** Waits for those who may come back to one host; a class, because every watched call has one. */
export class Goodbye {
  readonly #host: Host;
  /** By the clock that nobody sets, `performance.now()`. */
  #keepUntil = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Somebody left who is worth so many milliseconds more. */
  in(patience: number): void {
    const now = performance.now();
    this.#keepUntil = Math.max(this.#keepUntil, now + patience);
    this.#timer ??= setTimeout(() => this.#consider(), this.#keepUntil - now).unref();
  }

  /** It goes now, or somebody else decides. */
  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #consider(): void {
    this.#timer = null;
    if (this.#host.hasGuests()) return;
    if (this.#keepUntil > performance.now()) this.in(0);
    else this.#host.onGoodbye();
  }
}
