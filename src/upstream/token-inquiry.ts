/**
 * What a phone system says of a token that it refused, or was not shown for a while. A 401 is doubted once, because its own
 * servers do not always agree; then it is final.
 */
import {
  CallControlFailure,
  Forbidden,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type { Caller } from './caller.ts';

/** How often a minute a 401 for one token is doubted. */
const MOST_DOUBTS = 3;
const DOUBTS_WINDOW = 60_000; // 1 minute

/** What the phone system said of a token, or why it did not. */
export type Verdict = 'taken' | 'refused' | CallControlFailure;

/** A token that may be asked about. */
export interface AskedToken {
  readonly token: string;
  shownAt: number;
  /** Aborts when the phone system refuses it. */
  readonly refusal: AbortController;
  /** The phone system is being asked about it. */
  asking: Promise<Verdict> | null;
  /** When the last question was put that found it taken. */
  takenAt: number;
  /** When it was doubted within the last minute. */
  doubts: readonly number[];
  /** Another one is on its way in its place; null: none is. */
  coming: Promise<unknown> | null;
}

export interface TokenInquiryParts {
  /** Whose tokens they are, in words. */
  readonly system: string;
  /** Names the user. */
  readonly bucket: string;
  /** One small request that any token may make. */
  readonly ask: (caller: Caller) => Promise<unknown>;
  /** Milliseconds of a clock that never jumps. */
  readonly clock: () => number;
  /** Somebody holds this token (still). */
  readonly isHeld: (token: string) => boolean;
}

export interface TokenInquiry {
  /** What the phone system says of a token that it refused for a request made at `askedAt`. */
  verdictOn(entry: AskedToken, askedAt: number): Promise<Verdict>;
  /** Shows it a token; `twice`: a 401 is not believed the first time. */
  askAbout(entry: AskedToken, twice: boolean): Promise<Verdict>;
}

/** Makes it; one for all tokens of a user. */
export function createTokenInquiry({ system, bucket, ask, clock, isHeld }: TokenInquiryParts): TokenInquiry {
  return { verdictOn, askAbout };

  async function verdictOn(entry: AskedToken, askedAt: number): Promise<Verdict> {
    if (entry.coming !== null) {
      await entry.coming;
      // Where nothing took its place, it is asked about as any other.
      if (!isHeld(entry.token)) return 'refused';
    }
    const isSettled = () => entry.takenAt >= askedAt || entry.refusal.signal.aborted;
    if (!isSettled() && entry.asking !== null) await entry.asking;
    if (entry.refusal.signal.aborted) return 'refused';
    if (isSettled()) return 'taken';
    if (entry.asking !== null) return entry.asking; // put by another one who waited here, and so late enough

    const now = clock();
    const doubts = entry.doubts.filter((at) => now - at < DOUBTS_WINDOW);
    if (doubts.length >= MOST_DOUBTS) return contradictory(system);
    entry.doubts = [...doubts, now];
    return askAbout(entry, false);
  }

  function askAbout(entry: AskedToken, twice: boolean): Promise<Verdict> {
    entry.asking ??= put(entry, twice).finally(() => {
      entry.asking = null;
    });
    return entry.asking;
  }

  async function put(entry: AskedToken, twice: boolean): Promise<Verdict> {
    let shownAt = clock();
    const caller: Caller = {
      bucket,
      async accessToken() {
        shownAt = clock();
        entry.shownAt = shownAt;
        return entry.token;
      },
      refused: async () => twice,
    };
    try {
      await ask(caller);
    } catch (error) {
      if (error instanceof Unauthenticated) {
        entry.refusal.abort();
        return 'refused';
      }
      // May it not do that, it is known all the same.
      if (!(error instanceof Forbidden)) return asFailure(error);
    }
    entry.shownAt = Math.max(entry.shownAt, shownAt);
    entry.takenAt = shownAt;
    return 'taken';
  }
}

function contradictory(system: string): UpstreamUnavailable {
  return new UpstreamUnavailable(`${system} takes this token and refuses it by turns.`, false);
}

function asFailure(error: unknown): CallControlFailure {
  if (error instanceof CallControlFailure) return error;
  throw error;
}
