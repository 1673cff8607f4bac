/**
 * What a viewer's subscription tells beyond their own calls: does what `filters.ts` decides.
 *
 * ```text
 *   closed ──the socket listens──► level ──another wish, a refusal is forgotten──► waiting ──a moment──► asking
 *     ▲                              ▲ ▲                                              ▲                  │ │ │
 *     │                              │ └───────────────────── granted ────────────────┼──────────────────┘ │ │
 *     │                              └── nothing is left to ask for ──────────────────┤                    │ │
 *     │                                                                               ├─ without those ◄── refused
 *     └── the socket is lost, from everywhere                                         └─ later ◄── no answer, 429, 5xx
 * ```
 *
 * The own calls are subscribed to before, and never wait for what is asked for here.
 */
import { type Interest, OUT_OF_REACH, type Reach } from '../../account/source.ts';
import { DENIED_FOR } from '../../upstream/setbacks.ts';
import {
  addedTo,
  type Filter,
  isSameFilters,
  isSameReach,
  reachOf,
  type Verdict,
  verdictOn,
  wantedFilters,
} from './filters.ts';
import type { SocketAnswer } from './socket.ts';

export interface WideningParts {
  /** Asks RingCentral for these, beside the own calls; null: there was no answer. */
  readonly ask: (filters: readonly Filter[]) => Promise<SocketAnswer | null>;
  /** It reaches so far now, or nothing is told (null). */
  readonly onReach: (reach: Reach | null, mayHaveMissed: boolean) => void;
  /** Other filters are granted. */
  readonly onGranted: (filters: readonly Filter[]) => void;
  /** The subscription is no more, or tells the own calls no longer. */
  readonly onLost: (reason: string | null) => void;
  /** A filter is not to be had. */
  readonly onRefused: (keys: readonly string[]) => void;
  /** Milliseconds between two changes; other numbers are for tests. */
  readonly gap?: number | undefined;
}

export interface Widening {
  /** Looks at this from now on; null: at nothing more. True: how far it reaches then is told once that is known. */
  want(interest: Interest | null): boolean;
  /** The socket listens; these are granted already. */
  open(granted: readonly Filter[]): void;
  /** It tells nothing any more. */
  close(): void;
  /** Nothing can be told at all, for a while. */
  deny(): void;
  /** What was refused to the last token may be granted to another. */
  newToken(): void;
  stop(): void;
}

/** Several wishes at once are one change. */
const MOMENT = 30; // milliseconds
const GAP = 1_000; // 1 second between two changes
/** Without an answer, or while RingCentral says nothing about when. */
const RETRY = [1_000, 5_000, 30_000] as const; // milliseconds
/** Refusals that are remembered: more filters than there may be, and a word for all of each kind. */
const MOST_REFUSALS = 5_000;

/** Makes it; closed. */
export function createWidening(parts: WideningParts): Widening {
  const { gap = GAP } = parts;
  let interest: Interest | null = null;
  /** Null: closed. */
  let granted: readonly Filter[] | null = null;
  let told: Reach | null = null;
  /** How far it reaches is to be told, also where that is as far as before. */
  let isAwaited = false;
  /** By the key of what was refused: until when that is remembered, epoch milliseconds. */
  const refused = new Map<string, number>();
  let refusals = 0;
  let failures = 0;
  let isAsking = false;
  let changedAt = -Infinity;
  /** Nothing is asked for before, whatever is wished; by `performance.now()`. */
  let pausedUntil = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let forgetting: NodeJS.Timeout | undefined;
  let era = 0;

  return {
    want(wanted) {
      interest = wanted;
      isAwaited = level();
      return isAwaited;
    },
    open(filters) {
      era += 1;
      isAsking = false;
      granted = filters;
      failures = 0;
      pausedUntil = -Infinity;
      level();
    },
    close() {
      shut();
      tell(null, false);
    },
    deny() {
      shut();
      tell(OUT_OF_REACH, false);
    },
    newToken() {
      refused.clear();
      refusals = 0;
      level();
    },
    stop() {
      shut();
      interest = null;
    },
  };

  function shut(): void {
    era += 1;
    granted = null;
    isAsking = false;
    clearTimeout(timer);
    clearTimeout(forgetting);
  }

  /** Sees to it that what is wished for is told, as far as it may be; true while something is asked for. */
  function level(): boolean {
    clearTimeout(timer);
    forgetOld();
    if (granted === null || isAsking) return isAsking;
    const wanted = wantedFilters(interest, refused);
    if (isSameFilters(granted, wanted)) {
      tell(interest === null ? null : reachOf(granted), false);
      return false;
    }
    const wait = Math.max(changedAt + gap, pausedUntil) - performance.now();
    timer = setTimeout(() => void ask(), Math.max(MOMENT, wait)).unref();
    return true;
  }

  async function ask(): Promise<void> {
    const before = granted;
    if (before === null) return;
    const asked = wantedFilters(interest, refused);
    const asking = era;
    isAsking = true;
    changedAt = performance.now();
    const answer = await parts.ask(asked);
    if (asking !== era) return;
    isAsking = false;
    settle(verdictOn(answer, asked, refusals, Date.now()), before);
  }

  function settle(verdict: Verdict, before: readonly Filter[]): void {
    switch (verdict.kind) {
      case 'granted': {
        failures = 0;
        refusals = 0;
        refuse(verdict.refused);
        granted = verdict.filters;
        parts.onGranted(granted);
        const isLevel = isSameFilters(granted, wantedFilters(interest, refused));
        // What is still to be tried may reach further; until then nobody shall ask instead.
        if (isLevel && interest !== null) tell(reachOf(granted), addedTo(before, granted).length > 0);
        level();
        break;
      }
      case 'refused':
        failures = 0;
        refusals += 1;
        refuse(verdict.refused);
        level();
        break;
      case 'later': {
        const wait = RETRY[Math.min(failures, RETRY.length - 1)] ?? 0;
        failures += 1;
        // It is asked for instead, meanwhile.
        if (interest !== null) tell(reachOf(before), false);
        pausedUntil = performance.now() + Math.max(wait, verdict.notBefore - Date.now());
        level();
        break;
      }
      case 'gone':
        parts.onLost(null);
        break;
      case 'lost':
        parts.onLost(verdict.reason);
        break;
    }
  }

  function refuse(keys: readonly string[]): void {
    if (keys.length === 0) return;
    const until = Date.now() + DENIED_FOR;
    for (const key of keys) refused.set(key, until);
    for (const key of refused.keys()) {
      if (refused.size <= MOST_REFUSALS) break;
      refused.delete(key);
    }
    parts.onRefused(keys);
  }

  function forgetOld(): void {
    const now = Date.now();
    let next = Infinity;
    for (const [key, until] of refused) {
      if (until <= now) refused.delete(key);
      else next = Math.min(next, until);
    }
    clearTimeout(forgetting);
    if (next < Infinity && granted !== null) forgetting = setTimeout(level, next - now).unref();
  }

  function tell(reach: Reach | null, mayHaveMissed: boolean): void {
    if (isSameReach(told, reach) && !mayHaveMissed && !isAwaited) return;
    isAwaited = false;
    told = reach;
    parts.onReach(reach, mayHaveMissed);
  }
}
