/**
 * The reads of a call for somebody who waits, beside those of its watch; and the bodies that are in doubt.
 *
 * ```text
 *   a question ──joins──► one read ──nothing, of a call that was alive──► once more ──nothing──► lost
 *                            └──a body──► taken in ──in doubt──► read again, twice at most
 *   the answer of a command ──────────────────▲
 * ```
 */
import { CallControlFailure } from '../../schema/failures.ts';
import type { CallSession } from '../../schema/model.ts';
import { lookedTwice } from './second-look.ts';
import { createSharedRead, type SharedRead } from './shared-read.ts';
import type { CallSource, Reading } from './source.ts';
import { datedBy, type Times } from './told.ts';
import type { Observation, Verdict } from './transitions.ts';
import type { UpstreamHabits } from './upstream-habits.ts';

/** What all reads of a viewer need. */
export interface CallReadsParts {
  readonly source: () => CallSource;
  readonly habits: UpstreamHabits;
}

/** The call that is read: what is asked of it, and told it. */
export interface AskedCall {
  readonly sessionId: string;
  /** What is held of it. */
  readonly held: CallSession | null;
  isAlive(): boolean;
  /** Takes an observation in; answers what it was worth. */
  merge(observation: Observation): Verdict['kind'];
  /** RingCentral knows it no more. */
  onLost(): void;
}

/** How often a body in doubt is read again before the held state is left as it is. */
const MOST_REREADS = 2;

/** Reads one call; a class, because every call that is asked for has one. */
export class CallReads {
  readonly #parts: CallReadsParts;
  readonly #call: AskedCall;
  readonly #shared: SharedRead<CallSession | null>;

  constructor(parts: CallReadsParts, call: AskedCall) {
    this.#parts = parts;
    this.#call = call;
    this.#shared = createSharedRead(async (signal, requestId) => {
      const reading = await this.#read(signal, requestId);
      parts.habits.noteTimes(reading);
      return this.#taken(reading);
    });
  }

  /** Joins the read that is on its way, or starts one; answers the state to show, null when the call is no more. */
  join(signal?: AbortSignal, requestId?: string): Promise<CallSession | null> {
    return this.#shared.join(signal, requestId);
  }

  /** What is on its way may be old by now. */
  renew(): void {
    this.#shared.renew();
  }

  /** Takes a body in; where it is in doubt, what is read next decides. Answers as {@link join} does. */
  async take(observation: Observation): Promise<CallSession | null> {
    let newest = observation;
    for (let rereads = 0; this.#call.merge(newest) === 'doubtful' && rereads < MOST_REREADS; rereads += 1) {
      try {
        const reading = await this.#read();
        if (reading.value === null) return this.#lost();
        newest = { ...dated(this.#parts, reading), session: reading.value };
      } catch (error) {
        // What was to be taken in did happen; what is held must do.
        if (error instanceof CallControlFailure) break;
        throw error;
      }
    }
    return this.#call.held ?? newest.session;
  }

  async #taken(reading: Reading<CallSession | null>): Promise<CallSession | null> {
    if (reading.value === null) return this.#lost();
    return this.take({ ...dated(this.#parts, reading), session: reading.value });
  }

  #read(signal?: AbortSignal, requestId?: string): Promise<Reading<CallSession | null>> {
    const { sessionId } = this.#call;
    const read = () => this.#parts.source().readSession(sessionId, { lane: 'query', signal, requestId });
    return lookedTwice(read, () => this.#call.isAlive(), signal);
  }

  #lost(): null {
    this.#call.onLost();
    return null;
  }
}

/** With when a body was true by the upstream's clock, where anything is told that it can be compared with. */
export function dated<Read extends Times>(
  { source, habits }: CallReadsParts,
  reading: Read,
): Read & Pick<Observation, 'trueAt'> {
  return source().listen === undefined ? reading : datedBy(habits.clock(), reading);
}
