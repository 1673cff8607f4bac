/**
 * The rate budget: the one gate through which every request to a phone system passes, so that we never send
 * more than it allows, and never one request inside a penalty. What fits is decided in `rate-window.ts`;
 * here is who waits, in which order, and for how long.
 *
 * ```text
 *   enter ──► room? ──yes──► permit ──► departed ──► settled ──► 429? ──► penalty for the group
 *               │ no            │                                           │
 *               ▼               └─ a penalty began: back to the gate        │
 *            waiting ──► room ──► permit                                    │
 *               │                                                           │
 *               └──► refused: the wait would be too long, or ◄──────────────┘
 *                    a penalty began (polls wait on)
 * ```
 */
import { RateLimited, UpstreamUnavailable } from '../../schema/failures.ts';
import { setAlarm } from '../alarm.ts';
import { afterOthers } from '../loop.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Leave } from '../turnstile.ts';
import { type Bucket, createBuckets, gateOf } from './buckets.ts';
import { LANES } from './caller.ts';
import {
  causeOf,
  type Entry,
  type Gate,
  isDeserted,
  isHopeless,
  type Permit,
  PlacedPermit,
  rankOf,
  type Shut,
  settledAt,
  verdictOn,
  type Waiter,
} from './gate.ts';
import { depart, newWindow, penalise, type RateRule, refund, remaining, spend } from './rate-window.ts';
import type { ShareWindow } from './shared-window.ts';
import { createDoor, createGatewayPlaces, FEW_READS, takePlace } from './underway.ts';

/** The gate in front of a phone system. */
export interface Budget {
  /**
   * Waits for room.
   * @throws {RateLimited} at once when the wait would outlast `patience`, or for a command or query in a penalty.
   * @throws the signal's reason when it aborts.
   */
  enter(entry: Entry): Promise<Permit>;
  /** What is known to be allowed in a window of so many milliseconds; `limit` null: as many as one likes. */
  allowed(bucket: string, group: string): { readonly limit: number | null; readonly length: number };
  /** Keeps nothing of a bucket that is not used any more; whoever waits in it waits on. */
  leaveBehind(bucket: string): void;
  /** Whatever was spent, or had to be waited for, counts no more: the upstream has begun anew. */
  forget(): void;
  /** Refuses whoever waits. */
  stop(): void;
}

export interface BudgetParts {
  readonly rule: RateRule;
  readonly metrics: Metrics;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
  /** How windows are spent together with other gateways; none: there are none. */
  readonly share?: ShareWindow | undefined;
}

/** Makes the gate of one gateway. */
export function createBudget({ rule, metrics, clock = () => performance.now(), share }: BudgetParts): Budget {
  const buckets = createBuckets({ rule, clock, share, onNews: pump });
  let spends = 0;
  let nameless = 0;

  // Asked for when somebody scrapes: the user who has fewest left changes with time alone.
  const others = collectorOf(metrics.budgetRemaining);
  Object.assign(metrics.budgetRemaining, {
    collect() {
      others?.();
      report();
    },
  });

  const everybody = createGatewayPlaces(rule.system);
  const door = createDoor(rule.system);

  return {
    async enter(entry) {
      entry.signal?.throwIfAborted();
      const bucket = buckets.of(entry.bucket);
      return entry.lane === 'query' ? readInPlace(bucket, entry) : inPlace(bucket, entry, NOTHING_TO_LEAVE);
    },

    allowed(name, group) {
      const bucket = buckets.known(name);
      const { limit, length } =
        bucket === undefined ? newWindow(documented(group)) : gateOf(bucket, group).window;
      return { limit, length };
    },

    leaveBehind: (name) => buckets.leaveBehind(name),

    forget() {
      for (const bucket of buckets.all()) {
        for (const gate of bucket.gates.values()) {
          // Also what is under way: its answers speak of a window that is no more.
          gate.window = newWindow(gate.documented);
          gate.shared?.forget();
          gate.byKey?.forget();
          pump(bucket, gate);
        }
      }
    },

    stop() {
      const stopping = new UpstreamUnavailable('The gateway is stopping; nothing was sent.', false);
      everybody.stop(stopping);
      door.stop(stopping);
      for (const { gates, reads } of buckets.all()) {
        reads.stop(stopping);
        for (const gate of gates.values()) {
          clearTimeout(gate.timer);
          gate.shared?.stop();
          for (const lane of LANES)
            for (const waiter of gate.waiting[lane].splice(0)) waiter.refuse(stopping);
        }
      }
      buckets.clear();
    },
  };

  /** Whoever need not wait for a place is in the line of the gate before the next one comes. */
  function readInPlace(bucket: Bucket, entry: Entry): Permit | Promise<Permit> {
    const until = clock() + entry.patience;
    // What belongs to no operation shares with nothing.
    const place = takePlace(bucket.reads, entry.operation ?? `${nameless++}`, entry);
    if (!(place instanceof Promise)) return inPlace(bucket, entry, place);
    return place.then((leave) => inPlace(bucket, { ...entry, patience: until - clock() }, leave));
  }

  /** A permit with a place among all that is under way; both go back when the permit is used up. */
  function inPlace(bucket: Bucket, entry: Entry, leave: Leave): Permit | Promise<Permit> {
    const permit = admitted(bucket, entry);
    if (permit instanceof Promise || isOneOfMany(bucket, entry)) {
      return whenPlaced(bucket, entry, permit, leave);
    }
    // Polls are held, so they have no place.
    if (entry.lane === 'poll') return permit;
    // The usual case: nobody has to wait anywhere.
    const place = everybody.enterNow({ key: bucket.name, isUrgent: entry.lane === 'command' });
    if (place === null) return whenPlaced(bucket, entry, permit, leave);
    return new PlacedPermit(permit, leave, place);
  }

  async function whenPlaced(
    bucket: Bucket,
    entry: Entry,
    admission: Permit | Promise<Permit>,
    leave: Leave,
  ): Promise<Permit> {
    const until = clock() + entry.patience;
    let permit: Permit | null = null;
    let leaveAll = NOTHING_TO_LEAVE;
    try {
      permit = admission instanceof Promise ? await admission : admission;
      if (entry.lane === 'poll') return permit;
      const departure = { ...entry, patience: Math.max(0, until - clock()) };
      const place = takePlace(everybody, bucket.name, departure);
      leaveAll = place instanceof Promise ? await place : place;
      if (isOneOfMany(bucket, entry)) {
        const turn = takePlace(door, bucket.name, departure);
        afterOthers(turn instanceof Promise ? await turn : turn);
      }
      return new PlacedPermit(permit, leave, leaveAll);
    } catch (error) {
      permit?.cancel();
      leave();
      leaveAll();
      throw error;
    }
  }

  function admitted(bucket: Bucket, entry: Entry): Promise<Permit> | Permit {
    const gate = gateOf(bucket, entry.group);
    const since = clock();
    // The usual case, without a place in the line: nobody waits, and there is room.
    if (isDeserted(gate) && verdictOn(gate, entry, 0, since).kind === 'go') {
      return admit(bucket, gate, entry, 0, since);
    }
    return new Promise<Permit>((resolve, reject) => {
      const leave = () => {
        gate.waiting[entry.lane].splice(gate.waiting[entry.lane].indexOf(waiter), 1);
        reject(entry.signal?.reason);
        pump(bucket, gate);
      };
      const waiter: Waiter = {
        entry,
        since,
        admit: (permit) => {
          entry.signal?.removeEventListener('abort', leave);
          resolve(permit);
        },
        refuse: (error) => {
          entry.signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      entry.signal?.addEventListener('abort', leave, { once: true });
      const line = gate.waiting[entry.lane];
      line.splice(line.findLastIndex((other) => rankOf(other) <= rankOf(waiter)) + 1, 0, waiter);
      pump(bucket, gate);
    });
  }

  /** Lets in whoever may go, in the order of the lanes, and sets an alarm for the next one. */
  function pump(bucket: Bucket, gate: Gate): void {
    clearTimeout(gate.timer);
    if (isDeserted(gate)) return;
    const now = clock();
    let ahead = 0;
    let wake = Number.POSITIVE_INFINITY;
    for (const lane of LANES) {
      const staying: Waiter[] = [];
      let blocked = false;
      const line = gate.waiting[lane].splice(0);
      for (const waiter of line) {
        const verdict = blocked ? null : verdictOn(gate, waiter.entry, ahead, now);
        if (verdict?.kind === 'go') {
          waiter.admit(admit(bucket, gate, waiter.entry, now - waiter.since, now));
        } else if (verdict !== null && verdict.kind !== 'asking' && isHopeless(waiter, verdict, rule, now)) {
          refuse(gate, waiter, verdict, now);
        } else {
          staying.push(waiter);
          // Whoever has had their share goes before nobody.
          if (verdict?.kind !== 'shared') {
            ahead += 1;
            // Whoever stands behind a waiting poll waits too, and no deadline of theirs has to be looked at.
            blocked = lane === 'poll';
          }
          if (verdict !== null) wake = Math.min(wake, verdict.until);
        }
      }
      for (const waiter of staying) gate.waiting[lane].push(waiter);
    }
    if (wake < Number.POSITIVE_INFINITY) {
      gate.timer = setAlarm(() => pump(bucket, gate), wake - now);
    }
  }

  function admit(bucket: Bucket, gate: Gate, { lane, share }: Entry, waited: number, now: number): Permit {
    spends += 1;
    gate.window = spend(gate.window, spends, now);
    gate.shared?.used();
    if (share !== undefined) gate.byKey?.spent(share, now);
    metrics.budgetWaitSeconds.observe({ lane }, waited / 1_000);
    return permitOf(bucket, gate, spends, share);
  }

  function refuse(gate: Gate, waiter: Waiter, verdict: Shut, now: number): void {
    metrics.budgetRefusals.inc({ lane: waiter.entry.lane });
    const retryAfter = Math.max(1, Math.ceil((verdict.until - now) / 1_000));
    const cause = causeOf(verdict, gate.window, rule);
    waiter.refuse(
      new RateLimited(`${cause}; try again in ${retryAfter} seconds.`, {
        retryAfter,
        retryAt: Date.now() + retryAfter * 1_000,
        sent: false,
      }),
    );
  }

  function permitOf(bucket: Bucket, gate: Gate, id: number, share: string | undefined): Permit {
    return {
      depart() {
        const now = clock();
        const may = now >= gate.window.penaltyUntil;
        gate.window = may ? depart(gate.window, id, now) : refund(gate.window, id);
        gate.shared?.changed();
        return may;
      },
      settle(notice) {
        const now = clock();
        bucket.lastUsed = now;
        gate.window = settledAt(gate, id, notice, now);
        if (notice?.penalty !== undefined) metrics.penalties.inc({ group: gate.group });
        // A 429 that names no group's limit speaks for the account or the whole service: everything stops.
        const everywhere = notice?.penalty !== undefined && notice.limit === undefined;
        for (const one of everywhere ? bucket.gates.values() : [gate]) {
          one.window = penalise(one.window, gate.window.penaltyUntil);
          one.shared?.changed(notice?.penalty !== undefined);
          pump(bucket, one);
        }
      },
      cancel() {
        gate.window = refund(gate.window, id);
        gate.shared?.changed();
        if (share !== undefined) gate.byKey?.giveBack(share);
        pump(bucket, gate);
      },
    };
  }

  function documented(group: string): number {
    const limit = rule.limits[group];
    if (limit === undefined) throw new TypeError(`No rate group is called ${group}.`);
    return limit;
  }

  function report(): void {
    const now = clock();
    for (const [group, limit] of Object.entries(rule.limits)) {
      // Not spread over a call: there are as many as there are users.
      let fewest: number | null = null;
      for (const bucket of buckets.all()) {
        const left = remaining(gateOf(bucket, group).window, now);
        if (left !== null) fewest = Math.min(fewest ?? left, left);
      }
      metrics.budgetRemaining.set({ group }, fewest ?? limit);
    }
  }
}

const NOTHING_TO_LEAVE: Leave = () => {};

/** Of an operation with many reads: a few of them leave at once. */
function isOneOfMany({ reads }: Bucket, { operation }: Entry): boolean {
  return operation !== undefined && reads.countOf(operation) > FEW_READS;
}

/** What another budget reports into the same metric. */
function collectorOf(metric: object): (() => void) | undefined {
  const { collect } = metric as { collect?: () => void };
  return collect?.bind(metric);
}
