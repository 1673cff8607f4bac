/**
 * The reads of a call for somebody who waits, beside those of its watch; and the bodies that are in doubt.
 *
 * ```text
 *   a question ──joins──► one read ──nothing, of a call that was alive──► once more ──nothing──► lost
 *                            └──a body──► taken in ──in doubt──► read again, twice at most
 *   the answer of a command ──────────────────▲
 * ```
 */
import { CallControlFailure, RateLimited } from '../../schema/failures.ts';
import type { CallMemory } from './call-memory.ts';
import { lookedTwice } from './second-look.ts';
import type { CallShape, Kind } from './shape.ts';
import { createSharedRead, type SharedRead } from './shared-read.ts';
import type { CallSource, Reading } from './source.ts';
import { type Dated, datedBy, type Times } from './told.ts';
import { type Observation, partyIn, type Verdict, withParty } from './transitions.ts';
import type { UpstreamHabits } from './upstream-habits.ts';

/** What all reads of a viewer need. */
export interface CallReadsParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly source: () => CallSource<K>;
  readonly habits: UpstreamHabits;
}

/** The call that is read: what is asked of it, and told it. */
export interface AskedCall<K extends Kind> {
  readonly callId: string;
  /** Takes an observation in; answers what it was worth. */
  merge(observation: Observation<K>): Verdict<K>['kind'];
  /** True when its watch waits for the rate budget, so that what is held is the best that can be had. */
  isQueued(): boolean;
  /** The phone system knows it no more. */
  onLost(): void;
}

/** How often a body in doubt is read again before the held state is left as it is. */
const MOST_REREADS = 2;

/** Reads one call; a class, because every call that is asked for has one. */
export class CallReads<K extends Kind> {
  readonly #parts: CallReadsParts<K>;
  readonly #call: AskedCall<K>;
  readonly #memory: CallMemory<K>;
  readonly #shared: SharedRead<K['Call'] | null>;

  constructor(parts: CallReadsParts<K>, call: AskedCall<K>, memory: CallMemory<K>) {
    this.#parts = parts;
    this.#call = call;
    this.#memory = memory;
    this.#shared = createSharedRead(async (signal, requestId) => {
      const reading = await this.#ask(signal, requestId);
      parts.habits.noteTimes(reading);
      if (reading.value === null) return this.#lost();
      return this.#settle({ ...dated(parts, reading), call: reading.value });
    });
  }

  /** Joins the read that is on its way, or starts one; answers the state to show, null when the call is no more. */
  async read(signal?: AbortSignal, requestId?: string): Promise<K['Call'] | null> {
    try {
      return await this.#shared.join(signal, requestId);
    } catch (error) {
      const isRefused = error instanceof RateLimited && !error.sent;
      const best = isRefused && this.#call.isQueued() ? this.#memory.lastSeen() : undefined;
      if (best === undefined) throw error;
      return best;
    }
  }

  /** What is on its way may be old by now. */
  renew(): void {
    this.#shared.renew();
  }

  /** Takes in what a command brought; answers as {@link read} does. */
  take(call: K['Call'], times: Times): Promise<K['Call'] | null> {
    return this.#settle({ ...dated(this.#parts, times), call });
  }

  /** Takes in what a command brought of one party; answers its state to show. */
  async takeParty(party: K['Party'], times: Times): Promise<K['Party']> {
    const { shape } = this.#parts;
    const before = this.#memory.call;
    if (before === null) return { ...party, observedAt: times.receivedAt };
    const call = await this.#settle({
      ...{ ...dated(this.#parts, times), call: withParty(shape, before, party), only: party.id },
    });
    // Of a call that was asked for since, and is not there, its end is the truth.
    const shown = call ?? (this.#memory.isOver ? this.#memory.call : null);
    return (shown === null ? undefined : partyIn(shape, shown, party.id)) ?? party;
  }

  /** Takes a body in; where it is in doubt, what is read next decides. */
  async #settle(observation: Observation<K>): Promise<K['Call'] | null> {
    let newest = observation;
    for (let rereads = 0; this.#call.merge(newest) === 'doubtful' && rereads < MOST_REREADS; rereads += 1) {
      try {
        const reading = await this.#ask();
        if (reading.value === null) return this.#lost();
        newest = { ...dated(this.#parts, reading), call: reading.value };
      } catch (error) {
        // What was to be taken in did happen; what is held must do.
        if (error instanceof CallControlFailure) break;
        throw error;
      }
    }
    return this.#memory.call ?? newest.call;
  }

  #ask(signal?: AbortSignal, requestId?: string): Promise<Reading<K['Call'] | null>> {
    const { callId } = this.#call;
    const read = () => this.#parts.source().readCall(callId, { lane: 'query', signal, requestId });
    return lookedTwice(read, () => this.#memory.isAlive(), signal);
  }

  #lost(): null {
    this.#call.onLost();
    return null;
  }
}

/** With when a body was true by the upstream's clock, where anything is told that it can be compared with. */
export function dated<Read extends Times, K extends Kind>(
  { source, habits }: Pick<CallReadsParts<K>, 'source' | 'habits'>,
  reading: Read,
): Read & Dated {
  return source().listen === undefined ? reading : datedBy(habits.clock(), reading);
}
