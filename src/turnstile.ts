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

/** How many may be inside at once. Calm are those that are not urgent: the rest is kept for those that are. */
export interface Bounds {
  readonly most: number;
  readonly mostCalm: number;
  /** Of one key. */
  readonly mostOfKey: number;
  readonly mostCalmOfKey: number;
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
  /** How many of this key are inside. */
  countOf(key: string): number;
  /** Takes a place where there is room; null: there is none, or others of the key wait. */
  enterNow(guest: Omit<Guest, 'patience'>): Leave | null;
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

/** Who is inside. */
interface Count {
  all: number;
  calm: number;
}

/** Makes it; `refusal` is what those are told who wait in vain. */
export function createTurnstile(bounds: Bounds, refusal: () => Error): Turnstile {
  const inside: Count = { all: 0, calm: 0 };
  const insideOf = new Map<string, Count>();
  let waiting = 0;
  /** By key; the key that waits for longest first. */
  const lines = { urgent: new Map<string, Waiter[]>(), calm: new Map<string, Waiter[]>() };

  return {
    get isDeserted() {
      return inside.all + waiting === 0;
    },
    countOf: (key) => insideOf.get(key)?.all ?? 0,
    enterNow,
    enter(guest) {
      guest.signal?.throwIfAborted();
      const leave = enterNow(guest);
      if (leave !== null) return leave;
      if (waiting >= bounds.mostWaiting) throw refusal();
      return wait(guest);
    },
    stop(error) {
      for (const line of [...lines.urgent.values(), ...lines.calm.values()]) {
        for (const waiter of [...line]) waiter.refuse(error);
      }
    },
  };

  function enterNow(guest: Omit<Guest, 'patience'>): Leave | null {
    // Whoever waits could not enter: only those of the same key must not be overtaken.
    return !linesOf(guest).has(guest.key) && hasRoom(guest) ? take(guest) : null;
  }

  function linesOf({ isUrgent = false }: Pick<Guest, 'isUrgent'>): Map<string, Waiter[]> {
    return isUrgent ? lines.urgent : lines.calm;
  }

  function hasRoom({ isUrgent = false, key }: Omit<Guest, 'patience'>): boolean {
    const own = insideOf.get(key) ?? NOBODY;
    if (inside.all >= bounds.most || own.all >= bounds.mostOfKey) return false;
    return isUrgent || (inside.calm < bounds.mostCalm && own.calm < bounds.mostCalmOfKey);
  }

  function take(guest: Omit<Guest, 'patience'>): Leave {
    count(guest, 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      count(guest, -1);
      admitNext(lines.urgent);
      admitNext(lines.calm);
    };
  }

  function count({ isUrgent = false, key }: Omit<Guest, 'patience'>, change: 1 | -1): void {
    const own = insideOf.get(key) ?? { all: 0, calm: 0 };
    for (const one of [inside, own]) {
      one.all += change;
      if (!isUrgent) one.calm += change;
    }
    if (own.all === 0) insideOf.delete(key);
    else insideOf.set(key, own);
  }

  function wait(guest: Guest): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const { signal, patience, key } = guest;
      const keys = linesOf(guest);
      const line = keys.get(key) ?? [];
      const leaveLine = () => {
        waiting -= 1;
        line.splice(line.indexOf(waiter), 1);
        if (line.length === 0) keys.delete(key);
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
      keys.set(key, line);
    });
  }

  /** Admits the one who has room, of the key with fewest inside. */
  function admitNext(keys: ReadonlyMap<string, readonly Waiter[]>): void {
    let next: Waiter | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [key, [waiter]] of keys) {
      const { all } = insideOf.get(key) ?? NOBODY;
      if (waiter === undefined || all >= fewest || !hasRoom(waiter.guest)) continue;
      next = waiter;
      fewest = all;
    }
    next?.admit();
  }
}

const NOBODY: Count = { all: 0, calm: 0 };
