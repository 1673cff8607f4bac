/**
 * One read of a watch. It is called an errand because it waits for its turn, is out for a while, and comes back.
 *
 * ```text
 *   queued ──sent──► out ──answered, failed──► back
 *                     └──held, and not needed any more──► let go
 * ```
 */
import { setAlarm } from '../alarm.ts';

/** Why a read ends that nobody needs any more; one for all, because each would keep where it was made. */
const NOT_NEEDED = new DOMException('The read is not needed any more.', 'AbortError');

/** Made for one read, and ended with it. */
export class Errand {
  /** True where the upstream is asked to hold it. */
  readonly hold: boolean;
  readonly #controller = new AbortController();
  readonly #begunOn = performance.now();
  /** When it went out last, epoch milliseconds. */
  #sentAt = Date.now();
  /** The same by the clock that nobody sets. */
  #sentOn = this.#begunOn;
  #isSent = false;
  #lateness: NodeJS.Timeout | undefined;
  #moment: NodeJS.Timeout | undefined;
  #certain: NodeJS.Timeout | undefined;

  constructor(hold: boolean) {
    this.hold = hold;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get sentAt(): number {
    return this.#sentAt;
  }

  /** True while it is out at the upstream, held open. */
  get isHeld(): boolean {
    return this.#isSent && this.hold;
  }

  /** True when it was let go. */
  get isLetGo(): boolean {
    return this.signal.aborted;
  }

  /** For how many milliseconds it waits for its turn; null once it is out. */
  queuedFor(): number | null {
    return this.#isSent ? null : performance.now() - this.#begunOn;
  }

  /** For how many milliseconds it was out. */
  outFor(): number {
    return performance.now() - this.#sentOn;
  }

  /** Calls back unless it is out by then. */
  ifLate(wait: number, onLate: () => void): void {
    this.#lateness = setTimeout(onLate, wait);
  }

  /** It goes out. */
  sent(): void {
    this.#sentAt = Date.now();
    this.#sentOn = performance.now();
    this.#isSent = true;
    clearTimeout(this.#lateness);
  }

  /** Calls back unless it is back by then. */
  ifHeldFor(wait: number, onHeld: () => void): void {
    this.#moment = setAlarm(onHeld, wait);
  }

  /** Calls back when it was held for so long that what happened before now is known; the same, for a second time. */
  whenCertain(wait: number, onCertain: () => void): void {
    clearTimeout(this.#certain);
    this.#certain = setTimeout(onCertain, wait).unref();
  }

  letGo(): void {
    this.#controller.abort(NOT_NEEDED);
  }

  /** It is back. */
  end(): void {
    clearTimeout(this.#lateness);
    clearTimeout(this.#moment);
    clearTimeout(this.#certain);
  }
}
