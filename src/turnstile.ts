/**
 * A turnstile: so many inside at once, and a line before it that is fair and has an end.
 *
 * ```text
 *   enter ── room ──────────────────────────► inside ── leave ──► the next: whoever is urgent,
 *     │ no                                       ▲                 else of the key with fewest inside
 *     ▼                                          │
 *   waiting ── somebody left ────────────────────┘
 *     └── out of patience, the line is full, the signal aborts, stop() ──► refused
 * ```
 *
 * A key is whoever the room is shared among. However long the line of one is, the next key waits behind those inside
 * and not behind that line.
 */

/** Gives a place back; asking twice gives it back once. */
export type Leave = () => void;

export interface Bounds {
  /** Inside at once. */
  readonly most: number;
  /** Inside at once that are not urgent: the rest is kept for those that are. */
  readonly mostCalm: number;
  /** Inside at once of one key that are not urgent. */
  readonly mostOfKey: number;
  readonly mostWaiting: number;
}

export interface Guest {
  readonly key: string;
  /** Goes before all who are not, and may take the last places. */
  readonly isUrgent?: boolean;
  /** The longest wait in milliseconds. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Turnstile {
  /** Nobody is inside, and nobody waits. */
  readonly isDeserted: boolean;
  /**
   * Takes a place: at once where there is room, else when it is this guest's turn.
   * @throws what `refusal` makes, or the signal's reason when it aborts.
   */
  enter(guest: Guest): Leave | Promise<Leave>;
  /** Refuses whoever waits. */
  stop(error: Error): void;
}

interface Waiter {
  readonly guest: Guest;
  admit(): void;
  refuse(error: unknown): void;
}

/** Makes it; `refusal` is what those are told who wait in vain. */
export function createTurnstile(bounds: Bounds, refusal: () => Error): Turnstile {
  let urgent = 0;
  let calm = 0;
  let waiting = 0;
  const calmOf = new Map<string, number>();
  const urgentLine: Waiter[] = [];
  /** The lines of those who are not urgent, by key; the key that waits for longest first. */
  const lines = new Map<string, Waiter[]>();

  return {
    get isDeserted() {
      return urgent + calm + waiting === 0;
    },
    enter(guest) {
      guest.signal?.throwIfAborted();
      if (!isOutrun(guest) && hasRoom(guest)) return take(guest);
      if (waiting >= bounds.mostWaiting) throw refusal();
      return wait(guest);
    },
    stop(error) {
      for (const waiter of [...urgentLine, ...[...lines.values()].flat()]) waiter.refuse(error);
    },
  };

  /** Others who may go have waited longer. */
  function isOutrun({ isUrgent = false, key }: Guest): boolean {
    return isUrgent ? urgentLine.length > 0 : urgentLine.length > 0 || lines.has(key);
  }

  function hasRoom({ isUrgent = false, key }: Guest): boolean {
    if (urgent + calm >= bounds.most) return false;
    return isUrgent || (calm < bounds.mostCalm && (calmOf.get(key) ?? 0) < bounds.mostOfKey);
  }

  function take({ isUrgent = false, key }: Guest): Leave {
    count(isUrgent, key, 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      count(isUrgent, key, -1);
      admitNext();
    };
  }

  function count(isUrgent: boolean, key: string, change: 1 | -1): void {
    if (isUrgent) {
      urgent += change;
      return;
    }
    calm += change;
    const inside = (calmOf.get(key) ?? 0) + change;
    if (inside === 0) calmOf.delete(key);
    else calmOf.set(key, inside);
  }

  function wait(guest: Guest): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const { signal, patience, key } = guest;
      const line = guest.isUrgent ? urgentLine : (lines.get(key) ?? []);
      const leaveLine = () => {
        waiting -= 1;
        line.splice(line.indexOf(waiter), 1);
        if (line.length === 0 && line !== urgentLine) lines.delete(key);
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      };
      const waiter: Waiter = {
        guest,
        admit() {
          leaveLine();
          resolve(take(guest));
        },
        refuse(error) {
          leaveLine();
          reject(error);
        },
      };
      const giveUp = () => waiter.refuse(signal?.reason);
      const timer = setTimeout(() => waiter.refuse(refusal()), patience);
      signal?.addEventListener('abort', giveUp, { once: true });
      waiting += 1;
      line.push(waiter);
      if (line !== urgentLine) lines.set(key, line);
    });
  }

  function admitNext(): void {
    const [first] = urgentLine;
    if (first !== undefined) {
      if (hasRoom(first.guest)) first.admit();
      return;
    }
    let next: Waiter | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [key, [waiter]] of lines) {
      const inside = calmOf.get(key) ?? 0;
      if (waiter === undefined || inside >= fewest || !hasRoom(waiter.guest)) continue;
      next = waiter;
      fewest = inside;
    }
    next?.admit();
  }
}
