/**
 * The tokens that callers bring, several of which may belong to one user.
 *
 * What is read is shared by all holders, so any token will do: they take turns, and those in use first, so that each of
 * them is shown to the phone system again and again and a revoked one is found out. A 401 is doubted once, because its own
 * servers do not always agree; then it is final.
 *
 * ```text
 *             ┌──── taken after all ◄─────┐                      (a 401 for a request: one small request asks once more;
 *             ▼                           │                       three times a minute, and never inside a penalty)
 *   shown ──► good ──────── 401 ────────► doubted ──── 401 ────► refused: its holders are told, and it is shown no more
 *             │ ▲                         │
 *   55 s      │ │ taken                   └── nobody can say now: the request fails, and the token stays
 *   unshown   ▼ │
 *            checked ─────── 401, twice ─────────────────────────► refused
 * ```
 *
 * A token that its holder renews is kept back meanwhile, also where it was refused: who needs one waits for the next.
 */
import {
  CallControlFailure,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type { Caller } from './caller.ts';
import { type AskedToken, createTokenInquiry } from './token-inquiry.ts';
import { type Allowed, dueAt, isInUse, roomAt, VIGIL_TIMES, type VigilTimes } from './vigil.ts';

/** What a pool needs. */
export interface TokenPoolParts {
  /** Whose tokens they are, in words. */
  readonly system: string;
  /** Names the user. */
  readonly bucket: string;
  /**
   * One small request that any token may make.
   * @throws the failures of `schema/failures.ts`.
   */
  readonly ask: (caller: Caller) => Promise<unknown>;
  /** What is allowed this user of such requests. */
  readonly allowed: () => Allowed;
  /** Nobody holds a token any more. */
  readonly onEmpty?: () => void;
  readonly times?: VigilTimes;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
}

/** All tokens that one user has shown. It asks with any live one: for what is shared by all their holders. */
export interface TokenPool extends Caller {
  /** How many tokens are in it. */
  readonly size: number;
  /** Like that of any caller; the `preferred` token for as long as it is live and able. */
  accessToken(
    signal?: AbortSignal,
    permission?: string | null,
    preferred?: string | undefined,
  ): Promise<string>;
  /** Takes in a token of the user. */
  add(token: string): TokenHolder;
  /** Checks nothing any more. */
  stop(): void;
}

/** Whoever shows one token of a user: asks with that one alone, because another may be allowed more. */
export interface TokenHolder extends Caller {
  /** Aborts when the phone system refuses the token. */
  readonly expired: AbortSignal;
  /** To be called whenever its holder asks for anything. */
  used(): void;
  /** To be called when its holder opens a stream; answers how to close it. */
  open(): () => void;
  /**
   * Another token is on its way to take the place of this one, which may be refused from now on: whoever needs
   * one waits until `coming` has settled. It never rejects.
   */
  renewing(coming: Promise<unknown>): void;
  /** To be called when the token is shown no more. */
  release(): void;
}

/** What a caller is told whose token was good once. */
export const refusedToken = (system: string) => `${system} no longer takes this token; sign in again.`;

/** A check leaves this share of the time later at the earliest: a use that asks by itself shows the token too. */
const PATIENCE = 1 / 50;

interface Entry extends AskedToken {
  usedAt: number;
  streams: number;
  holders: number;
  /** Permissions that its app was found not to have. */
  readonly lacking: Set<string>;
}

/** Makes the pool of one user. */
export function createTokenPool(parts: TokenPoolParts): TokenPool {
  const { system, bucket, ask, allowed, onEmpty, times = VIGIL_TIMES } = parts;
  const { clock = () => performance.now() } = parts;
  /** Oldest first. */
  const tokens = new Map<string, Entry>();
  /** When checks were made, oldest first; as many as may still count. */
  let checks: readonly number[] = [];
  let alarm: NodeJS.Timeout | undefined;
  let stopped = false;
  const inquiry = createTokenInquiry({ system, bucket, ask, clock, isHeld: (token) => tokens.has(token) });

  return {
    bucket,

    get size() {
      return tokens.size;
    },

    add(token) {
      return holderOf(tokens.get(token) ?? newEntry(token, clock()));
    },

    async accessToken(_signal, permission = null, preferred) {
      for (;;) {
        const willing = able(permission);
        const entry = willing.find(({ token }) => token === preferred) ?? next(willing);
        if (entry !== undefined) {
          entry.shownAt = clock();
          return entry.token;
        }
        const coming = comingSoon();
        if (coming === undefined) throw nobodyLeft(system);
        await coming;
      }
    },

    async refused(token, _errorCode, askedAt) {
      const entry = tokens.get(token);
      const verdict = entry === undefined ? 'refused' : await inquiry.verdictOn(entry, askedAt);
      if (verdict instanceof CallControlFailure) throw inDoubt(verdict, system);
      if (verdict !== 'taken' && live().length === 0) await comingSoon();
      return verdict === 'taken' || live().length > 0;
    },

    lacks(token, permission) {
      tokens.get(token)?.lacking.add(permission);
      return live().some(({ lacking }) => !lacking.has(permission));
    },

    stop() {
      stopped = true;
      clearTimeout(alarm);
    },
  };

  function holderOf(entry: Entry): TokenHolder {
    const { token, refusal } = entry;
    return {
      bucket,
      expired: refusal.signal,
      async accessToken() {
        await entry.coming;
        if (refusal.signal.aborted) throw new Unauthenticated(refusedToken(system));
        entry.shownAt = clock();
        return token;
      },
      async refused(_token, _errorCode, askedAt) {
        const verdict = await inquiry.verdictOn(entry, askedAt);
        if (verdict instanceof CallControlFailure) throw inDoubt(verdict, system);
        return verdict === 'taken';
      },
      used: () => use(entry),
      open() {
        // Not forgotten while somebody reads by it, however many tokens come after it.
        const close = hold(entry);
        entry.streams += 1;
        use(entry);
        return once(() => {
          entry.streams -= 1;
          close();
        });
      },
      renewing(coming) {
        entry.coming = coming;
        void coming.then(() => {
          if (entry.coming === coming) entry.coming = null;
        });
      },
      release: hold(entry),
    };
  }

  /** Keeps a token in the pool; answers how to let go of it. */
  function hold(entry: Entry): () => void {
    entry.holders += 1;
    tokens.set(entry.token, entry);
    return once(() => {
      entry.holders -= 1;
      if (entry.holders > 0) return;
      tokens.delete(entry.token);
      if (tokens.size > 0) return;
      clearTimeout(alarm);
      alarm = undefined;
      onEmpty?.();
    });
  }

  /** Those that are worth showing now. */
  function live(): Entry[] {
    return [...tokens.values()].filter(({ refusal, coming }) => !refusal.signal.aborted && coming === null);
  }

  function comingSoon(): Promise<unknown> | undefined {
    return [...tokens.values()].find(({ coming }) => coming !== null)?.coming ?? undefined;
  }

  function able(permission: string | null): Entry[] {
    const all = live();
    const permitted = all.filter(({ lacking }) => permission === null || !lacking.has(permission));
    // Where none may, the phone system says so better than we can.
    return permitted.length > 0 ? permitted : all;
  }

  /** Whose turn it is: of those in use the one that was not shown for longest. */
  function next(willing: readonly Entry[]): Entry | undefined {
    const now = clock();
    const busy = willing.filter((entry) => isInUse(entry, times, now));
    return busy.length > 0 ? longestUnshown(busy) : willing.at(-1);
  }

  function use(entry: Entry): void {
    entry.usedAt = clock();
    if (alarm === undefined) setAlarm(entry.usedAt);
  }

  /** Wakes when the next token is due; lets the pool sleep when none will be. */
  function setAlarm(now: number): void {
    alarm = undefined;
    const due = live().reduce(
      (first, entry) => Math.min(first, dueAt(entry, times)),
      Number.POSITIVE_INFINITY,
    );
    if (stopped || !Number.isFinite(due)) return;
    const at = Math.max(due, roomAt(checks, allowed(), now), now + times.check * PATIENCE);
    alarm = setTimeout(checkDue, Math.ceil(at - now)).unref();
  }

  function checkDue(): void {
    alarm = undefined;
    const now = clock();
    const due = live().filter((entry) => dueAt(entry, times) <= now);
    for (const entry of due.sort((one, other) => one.shownAt - other.shownAt)) {
      if (roomAt(checks, allowed(), now) > now) break;
      check(entry, now);
    }
    setAlarm(now);
  }

  function check(entry: Entry, now: number): void {
    const { length } = allowed();
    checks = [...checks.filter((at) => now - at < LONGEST_SPAN * length), now];
    // What goes wrong shows in that the token stays due.
    void inquiry
      .askAbout(entry, true)
      .catch(ignore)
      .then(() => {
        if (entry.shownAt >= now) return;
        // It had no place in the rate budget, and so took none.
        checks = checks.toSpliced(checks.indexOf(now), 1);
        clearTimeout(alarm);
        setAlarm(clock());
      });
  }
}

/**
 * Whoever asks by one token of a user for as long as that is good, and then by another: what belongs to one sign-in, as a
 * socket does, is lost with every change.
 *
 * @param pool The tokens of the user at this moment; undefined while there are none.
 */
export function createSteadyCaller(
  bucket: string,
  pool: () => TokenPool | undefined,
  system: string,
): Caller {
  let shown: string | undefined;
  return {
    bucket,
    async accessToken(signal, permission) {
      const tokens = pool();
      if (tokens === undefined) throw nobodyLeft(system);
      shown = await tokens.accessToken(signal, permission, shown);
      return shown;
    },
    refused: async (token, errorCode, askedAt) => (await pool()?.refused(token, errorCode, askedAt)) ?? false,
    lacks: (token, permission) => pool()?.lacks?.(token, permission) ?? false,
  };
}

function nobodyLeft(system: string): Unauthenticated {
  return new Unauthenticated(`${system} takes none of your tokens (any more); sign in again.`);
}

/** A check counts for so many windows at most: where one request a window is allowed. */
const LONGEST_SPAN = 10;

function newEntry(token: string, now: number): Entry {
  return {
    token,
    // Whose it is was just asked, with it.
    shownAt: now,
    usedAt: Number.NEGATIVE_INFINITY,
    streams: 0,
    holders: 0,
    refusal: new AbortController(),
    lacking: new Set(),
    asking: null,
    takenAt: Number.NEGATIVE_INFINITY,
    doubts: [],
    coming: null,
  };
}

function longestUnshown(entries: readonly Entry[]): Entry | undefined {
  return [...entries].sort((one, other) => one.shownAt - other.shownAt)[0];
}

/** What to tell instead of a 401 that is not believed: it did nothing, and the token cannot be asked about now. */
function inDoubt(failure: CallControlFailure, system: string): CallControlFailure {
  if (failure instanceof RateLimited) return failure;
  const message = `${system} refused the token, and cannot be asked once more now; nothing was done.`;
  return new UpstreamUnavailable(message, false, failure.trace, { cause: failure });
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

function ignore(): void {}
