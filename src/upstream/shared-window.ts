/**
 * A gateway's share in a rate window that it spends together with others. What is decided stands in `fleet-window.ts`;
 * here is when the others are asked.
 *
 * ```text
 *   may one go? ──► a ticket is in hand ──────────────────► go
 *        │ none                                             ▲
 *        ├──► room, as far as is known ──► ask for a few ───┘
 *        ├──► full, or a penalty ────────► wait, as without others
 *        └──► apart from the others ─────► go or wait, within a careful share
 * ```
 */
import { setAlarm } from '../alarm.ts';
import type { Cell, Commons, Key } from '../commons/commons.ts';
import type { Lane } from './caller.ts';
import {
  decideApart,
  type FleetWindow,
  grant,
  laidOver,
  left,
  NO_TICKETS,
  type Part,
  shifted,
  type Tickets,
  together,
  type Wish,
  withMore,
} from './fleet-window.ts';
import { decide, type RateNotice, type RateWindow, settle, type Verdict } from './rate-window.ts';

/** What a gate needs of the others. Its window is what this gateway itself has spent. */
export interface SharedWindow {
  /** As {@link decide}; `asking` where the others are being asked: then `onNews` is called. */
  decide(window: RateWindow, lane: Lane, ahead: number, now: number): SharedVerdict;
  /** As {@link settle}: what the others have spent is not taken for somebody else's. */
  settle(window: RateWindow, id: number, notice: RateNotice | null, now: number): RateWindow;
  /** A request was let in: its ticket is used. */
  used(): void;
  /** What this gateway has spent is another; `atOnce` where the others must know now. */
  changed(atOnce?: boolean): void;
  /** Whatever was spent counts no more. */
  forget(): void;
  /** Lets go; what was spent is told once more. */
  stop(): void;
}

/** Asking is waiting for so long at most. */
export type SharedVerdict = Verdict | { readonly kind: 'asking'; readonly until: number };

/** What a gate is to its shared window. */
export interface GateSide {
  /** What it has spent itself. */
  window(): RateWindow;
  /** The others are in a penalty, which is its own too. */
  penalised(until: number): void;
  /** Whoever waits may look again. */
  onNews(): void;
}

/** Makes the shared window of a gate. */
export type ShareWindow = (bucket: string, group: string, gate: GateSide) => SharedWindow;

export interface SharedWindowParts {
  readonly commons: Commons;
  /** What else tells two windows apart: another upstream. */
  readonly scope?: (() => string) | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: (() => number) | undefined;
}

/** What was spent is told after so long, if nothing is asked before. */
const TELL_AFTER = 1_000; // 1 second

/** What is known of the others is believed for so long, before it keeps anybody waiting. */
const FRESH = 500; // milliseconds

/** A question to the others is over by then; they may be apart before. */
const ASKING = 1_000; // 1 second

/** A window is forgotten so long after nothing of it counts any more. */
const MEMORY = 60_000; // 1 minute

/** Makes the windows of one gateway among others. */
export function createSharedWindows(parts: SharedWindowParts): ShareWindow {
  const cell: Cell<FleetWindow> = parts.commons.cell({ word: 'window' });
  return (bucket, group, gate) => new ShareOfWindow(parts, cell, bucket, group, gate);
}

class ShareOfWindow implements SharedWindow {
  readonly #parts: SharedWindowParts;
  readonly #cell: Cell<FleetWindow>;
  readonly #bucket: string;
  readonly #group: string;
  readonly #gate: GateSide;
  readonly #clock: () => number;
  #unfollow: () => void = () => {};
  /** What the others have spent, by our clock; null: nothing. */
  #others: RateWindow | null = null;
  #seenAt = Number.NEGATIVE_INFINITY;
  /** By our clock. */
  #tickets: Tickets = NO_TICKETS;
  #wish: Wish | null = null;
  #isAsking = false;
  #mustAskAgain = false;
  #isUntold = false;
  #isUrgent = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(
    parts: SharedWindowParts,
    cell: Cell<FleetWindow>,
    bucket: string,
    group: string,
    gate: GateSide,
  ) {
    this.#parts = parts;
    this.#cell = cell;
    this.#bucket = bucket;
    this.#group = group;
    this.#gate = gate;
    this.#clock = parts.clock ?? (() => performance.now());
    this.#unfollow = cell.follow(this.#key(), () => void this.#ask());
  }

  decide(window: RateWindow, lane: Lane, ahead: number, now: number): SharedVerdict {
    const { commons } = this.#parts;
    const isApart = commons.state().name === 'apart';
    // One that is missed may be apart, and spends its share.
    if (isApart || commons.fleet()?.isWhole === false) {
      const gateways = commons.fleet()?.size ?? 0;
      const careful = decideApart(window, this.#others, gateways, { lane, count: ahead + 1 }, now);
      if (isApart || careful.kind !== 'go') return careful;
    }
    const wish = { lane, count: Math.max(1, ahead + 1 - left(this.#tickets, now)) };
    const known = decide(this.#together(window), lane, ahead, now);
    if (known.kind === 'penalty') return known;
    if (known.kind === 'full') {
      const isOwn = this.#others === null || decide(window, lane, ahead, now).kind === 'full';
      if (isOwn || now - this.#seenAt < FRESH) return known;
      return this.#asking(wish, now);
    }
    if (window.limit === null || left(this.#tickets, now) > ahead) return known;
    return this.#asking(wish, now);
  }

  settle(window: RateWindow, id: number, notice: RateNotice | null, now: number): RateWindow {
    const own = settle(window, id, notice, now);
    const { others } = settle(this.#together(window), id, notice, now);
    return this.#others === null ? own : { ...own, others };
  }

  used(): void {
    const { count, until } = this.#tickets;
    this.#tickets = { count: Math.max(0, count - 1), until };
    this.changed();
  }

  changed(atOnce = false): void {
    this.#isUntold = true;
    this.#isUrgent ||= atOnce;
    if (atOnce) void this.#ask();
    else this.#alarm ??= setAlarm(() => void this.#ask(), TELL_AFTER).unref();
  }

  forget(): void {
    this.#unfollow();
    this.#others = null;
    this.#tickets = NO_TICKETS;
    this.#unfollow = this.#cell.follow(this.#key(), () => void this.#ask());
  }

  stop(): void {
    this.#unfollow();
    clearTimeout(this.#alarm);
    if (this.#isUntold) void this.#ask();
  }

  #key(): Key {
    const scope = this.#parts.scope?.() ?? '';
    return { owner: JSON.stringify([scope, this.#bucket]), name: this.#group };
  }

  #together(window: RateWindow): RateWindow {
    return this.#others === null ? window : laidOver(window, this.#others);
  }

  #asking(wish: Wish, now: number): SharedVerdict {
    if (this.#wish === null || this.#wish.count <= wish.count) this.#wish = wish;
    void this.#ask();
    return { kind: 'asking', until: now + ASKING };
  }

  /** Tells what this gateway has spent, hears what the others have, and takes tickets for whoever waits. */
  async #ask(): Promise<void> {
    if (this.#isAsking) {
      this.#mustAskAgain = true;
      return;
    }
    this.#isAsking = true;
    do {
      this.#mustAskAgain = false;
      clearTimeout(this.#alarm);
      this.#alarm = undefined;
      // After whoever else asks in this moment.
      await null;
      const wish = this.#wish;
      this.#wish = null;
      await this.#exchange(wish).catch(ignore);
      // Also when it failed: those who wait look again, apart from the others.
      this.#gate.onNews();
    } while (this.#mustAskAgain && this.#parts.commons.state().name !== 'apart');
    this.#isAsking = false;
  }

  async #exchange(wish: Wish | null): Promise<void> {
    const askedAt = this.#clock();
    const wasUrgent = this.#isUrgent;
    const mustTell = this.#isUntold || wish !== null;
    this.#isUntold = false;
    this.#isUrgent = false;
    const { self } = this.#parts.commons;
    try {
      const { granted, others } = await this.#cell.update(this.#key(), (fleet, now) => {
        const offset = now - this.#clock();
        const part = this.#part(offset, now);
        const next = grant(fleet ?? {}, self, part, wish, now);
        const result = { granted: next.granted, others: othersOf(next.others, offset) };
        if (!mustTell) return { result };
        const until = Math.max(part.window.penaltyUntil, now + part.window.length);
        // Whoever else spends it hears at once, and not when it asks next: by then it may be cut off.
        const tell = wasUrgent || next.others.length > 0;
        return { value: next.fleet, lifetime: until - now + MEMORY, tell, result };
      });
      // From before the question: nobody else believes in them for longer than this gateway does.
      this.#tickets = withMore(this.#tickets, granted, askedAt);
      // Those that nobody uses are given back, by telling so when their second is over.
      if (granted > 0) this.changed();
      this.#seenAt = this.#clock();
      this.#others = others;
      const penaltyUntil = others?.penaltyUntil ?? 0;
      if (penaltyUntil > this.#gate.window().penaltyUntil) this.#gate.penalised(penaltyUntil);
    } catch (error) {
      this.#isUntold ||= mustTell;
      this.#isUrgent ||= wasUrgent;
      throw error;
    }
  }

  #part(offset: number, now: number): Part {
    const { count, until } = this.#tickets;
    return {
      window: shifted(this.#gate.window(), offset),
      tickets: { count: left(this.#tickets, this.#clock()), until: count === 0 ? 0 : until + offset },
      at: now,
    };
  }
}

/** What others have spent, by our clock. */
function othersOf([first, ...more]: readonly Part[], offset: number): RateWindow | null {
  return first === undefined ? null : shifted(together(first, more), -offset);
}

function ignore(): void {}
