/**
 * The audience: everybody who waits for a call to change, and the clock that tells when they saw it.
 *
 * A change is over when everybody who watches the call has its frame; a frame that says what was known
 * before counts for nothing.
 */
import type { Marker } from './calls.ts';
import { microseconds } from './clock.ts';
import type { Upstream } from './contestants.ts';
import type { Change } from './upstream.ts';

export interface Seat {
  close(): void;
}

/** Where one watcher reports what it received. */
export interface Watcher {
  readonly onMarker: (marker: Marker) => void;
  readonly onFailure: (error: Error) => void;
}

/** Takes a seat and reports to `watcher`; the first marker of each session says that it is there. */
export type TakeSeat = (watcher: Watcher) => Promise<Seat>;

export interface Audience {
  /** Milliseconds from the change to the frame, of every frame since the last `forget`. */
  readonly delays: readonly number[];
  forget(): void;
  /** Takes seats, a few at a time, and waits until each watches all its `sessions`. */
  admit(seats: readonly { readonly sessions: readonly number[]; readonly take: TakeSeat }[]): Promise<void>;
  /** Changes a call and waits until everybody who watches it has seen it; answers how many milliseconds it took. */
  change(session: number, what?: Change): Promise<number>;
  stop(): void;
}

interface Watched {
  readonly session: number;
  /** How many watch it. */
  watchers: number;
  /** The newest change that everybody has seen. */
  seen: number;
  /** How many have seen the change under way. */
  arrived: number;
  everybody: ((milliseconds: number) => void) | null;
  /** Changes of one call wait for each other. */
  lastChange: Promise<number>;
}

const NEVER_CHANGED = Promise.resolve(0);
const AT_A_TIME = 50; // seats being taken
const SEATED_WITHIN = 60_000; // one minute, then a subscription was lost
const SEEN_WITHIN = 20_000; // 20 seconds, then frames were lost

/** Makes an audience of calls of `upstream`. */
export function createAudience(upstream: Upstream): Audience {
  const delays: number[] = [];
  const seats: Seat[] = [];
  const calls = new Map<number, Watched>();
  const waiting = new Set<(error: Error) => void>();
  let failure: Error | null = null;

  const onFailure = (error: Error) => {
    failure ??= error;
    for (const giveUp of waiting) giveUp(error);
  };

  return {
    delays,
    forget: () => {
      delays.length = 0;
    },

    async admit(wanted) {
      for (let first = 0; first < wanted.length; first += AT_A_TIME) {
        await Promise.all(wanted.slice(first, first + AT_A_TIME).map(seated));
      }
    },

    change(session, what) {
      const call = callOf(session);
      call.lastChange = call.lastChange.then(() => changeNow(call, what));
      return call.lastChange;
    },

    stop() {
      for (const seat of seats) seat.close();
    },
  };

  async function changeNow(call: Watched, what?: Change): Promise<number> {
    call.arrived = 0;
    const everybodySaw = new Promise<number>((resolve) => {
      call.everybody = resolve;
    });
    const [marker = 0] = await upstream.change([call.session], what);
    const milliseconds = await within(
      everybodySaw,
      SEEN_WITHIN,
      () => `${call.arrived} of ${call.watchers} saw session ${call.session} change`,
    );
    call.seen = marker;
    return milliseconds;
  }

  async function seated({ sessions, take }: { sessions: readonly number[]; take: TakeSeat }): Promise<void> {
    const latest = new Map<number, number>();
    let present: () => void = () => {};
    const isPresent = new Promise<void>((resolve) => {
      present = resolve;
    });
    const onMarker = ({ session, changedAt }: Marker) => {
      const last = latest.get(session);
      latest.set(session, changedAt);
      if (last === undefined) {
        const call = callOf(session);
        call.watchers += 1;
        call.seen = Math.max(call.seen, changedAt);
        if (latest.size === sessions.length) present();
      } else if (last < changedAt) {
        arrive(session, changedAt);
      }
    };
    seats.push(await take({ onMarker, onFailure }));
    await within(isPresent, SEATED_WITHIN, () => `${latest.size} of ${sessions.length} subscriptions began`);
  }

  function arrive(session: number, changedAt: number): void {
    const call = callOf(session);
    if (changedAt <= call.seen) return;
    const milliseconds = (microseconds() - changedAt) / 1_000;
    delays.push(milliseconds);
    call.arrived += 1;
    if (call.arrived === call.watchers) call.everybody?.(milliseconds);
  }

  function callOf(session: number): Watched {
    const known = calls.get(session);
    if (known !== undefined) return known;
    const call: Watched = {
      session,
      watchers: 0,
      seen: 0,
      arrived: 0,
      everybody: null,
      lastChange: NEVER_CHANGED,
    };
    calls.set(session, call);
    return call;
  }

  /** Waits for `event`, but not when it cannot come any more. */
  async function within<Value>(
    event: Promise<Value>,
    patience: number,
    missing: () => string,
  ): Promise<Value> {
    if (failure !== null) throw failure;
    let giveUp: (error: Error) => void = () => {};
    const lost = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const timer = setTimeout(() => giveUp(new Error(`After ${patience} ms ${missing()}`)), patience);
    waiting.add(giveUp);
    try {
      return await Promise.race([event, lost]);
    } finally {
      clearTimeout(timer);
      waiting.delete(giveUp);
    }
  }
}
