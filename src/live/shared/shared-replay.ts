/**
 * The recent events of a call that several gateways tell: each stands at its offset in the log, whichever of them is asked.
 *
 * While this gateway is alone it tells by itself, in a run of its own; what it told before stays in the order in which it was
 * told here, so that its own clients miss nothing. Together again, nothing of before can be resumed from: nobody knows what
 * the others told meanwhile.
 *
 * ```text
 *   log 5   log 6   log 9   own 1   own 2 │ log 31   log 32
 *           └─ until then a cursor from here is followed by: log 9, own 1, own 2
 * ```
 */
import { randomBytes } from 'node:crypto';
import type { CursorRefusal, CursorScope, Kept, Place, Replay, ReplayLimits } from '../replay.ts';

interface KeptAt<Event> extends Place {
  readonly event: Event;
  readonly at: number;
}

/** A run of which something is known here. */
interface Run {
  readonly name: string;
  /** Nothing up to here can be had any more. */
  floor: number;
  /** Something of it was had and is gone. */
  isCut: boolean;
  /** Its end, as far as it is known here. */
  end: number;
}

/** Runs that are remembered. */
const MOST_RUNS = 6;

/** Remembers events by their places. */
export class SharedReplay<Event> implements Replay<Event> {
  readonly #scope: CursorScope;
  readonly #limits: ReplayLimits;
  #kept: KeptAt<Event>[] = [];
  /** Oldest first. */
  #runs: Run[] = [];
  /** The name of the run that is told here alone; null: it is not. */
  #own: string | null = null;

  constructor(scope: CursorScope, limits: ReplayLimits) {
    this.#scope = scope;
    this.#limits = limits;
  }

  get cursor(): string {
    const { name, end } = this.#current();
    return this.#scope.write(name, end);
  }

  get nowhere(): string {
    return this.#scope.write('nowhere', 0);
  }

  /** Everything up to this place is known, and nothing before it can be resumed from. */
  begin(place: Place): void {
    this.#kept = [];
    this.#runs = [runFrom(place)];
    this.#own = null;
  }

  /** Everything up to this place is known here. */
  stand({ run, sequence }: Place): void {
    const current = this.#runs.at(-1);
    if (current?.name === run) current.end = Math.max(current.end, sequence);
    else this.#enter(runFrom({ run, sequence }));
    this.#own = null;
  }

  add(now: number, make: (cursor: string) => Event, place?: Place | null): Event {
    const run = this.#runOf(place ?? null);
    const event = make(this.#scope.write(run.name, run.end));
    this.#kept.push({ event, at: now, run: run.name, sequence: run.end });
    const { lifetime, most } = this.#limits;
    if (this.#kept.length > 2 * most || (this.#kept[0]?.at ?? now) < now - 2 * lifetime) this.#forget(now);
    return event;
  }

  keep(now: number, make: (cursor: string) => Event, place?: Place | null): Kept<Event> {
    const event = this.add(now, make, place);
    return { event: () => event };
  }

  after(text: string, now: number): readonly Event[] | CursorRefusal {
    const read = this.#scope.read(text);
    if (typeof read === 'string') return read;
    this.#forget(now);
    const index = this.#runs.findIndex(({ name }) => name === read.run);
    const run = this.#runs[index];
    if (run === undefined || read.sequence < run.floor || read.sequence > run.end) return 'CURSOR_EXPIRED';
    const later = this.#runs.slice(index + 1);
    if (later.some(({ isCut }) => isCut)) return 'CURSOR_EXPIRED';
    const names = new Set(later.map(({ name }) => name));
    const isMissed = (kept: Place) =>
      names.has(kept.run) || (kept.run === read.run && kept.sequence > read.sequence);
    return this.#kept.filter(isMissed).map(({ event }) => event);
  }

  #current(): Run {
    return this.#runs.at(-1) ?? this.#enter(runFrom({ run: this.#ownRun(), sequence: 0 }));
  }

  #runOf(place: Place | null): Run {
    if (place === null) {
      const own = this.#own;
      const current = this.#runs.at(-1);
      const run =
        own !== null && current?.name === own
          ? current
          : this.#enter(runFrom({ run: this.#ownRun(), sequence: 0 }));
      run.end += 1;
      return run;
    }
    const current = this.#runs.at(-1);
    const run =
      current?.name === place.run
        ? current
        : this.#enter(runFrom({ run: place.run, sequence: place.sequence - 1 }));
    run.end = place.sequence;
    this.#own = null;
    return run;
  }

  #ownRun(): string {
    this.#own = randomBytes(6).toString('base64url');
    return this.#own;
  }

  /** A run that was left and is entered again has told things meanwhile that are not known here. */
  #enter(run: Run): Run {
    const known = this.#runs.find(({ name }) => name === run.name);
    const entered = { ...run, floor: Math.max(run.floor, known?.floor ?? run.floor) };
    this.#runs = [...this.#runs.filter((one) => one !== known), entered].slice(-MOST_RUNS);
    return entered;
  }

  #forget(now: number): void {
    const { lifetime, most } = this.#limits;
    const first = Math.max(0, this.#kept.length - most);
    const stays = (kept: KeptAt<Event>, index: number) => index >= first && kept.at >= now - lifetime;
    if (this.#kept.every(stays)) return;
    for (const [index, kept] of this.#kept.entries()) {
      if (stays(kept, index)) continue;
      const run = this.#runs.find(({ name }) => name === kept.run);
      if (run === undefined) continue;
      run.floor = Math.max(run.floor, kept.sequence);
      run.isCut = true;
    }
    this.#kept = this.#kept.filter(stays);
  }
}

function runFrom({ run, sequence }: Place): Run {
  return { name: run, floor: sequence, end: sequence, isCut: false };
}
