/**
 * What extensions do, asked for thirty at a time: once of whom nothing is known, round and round of whom nothing tells.
 *
 * ```text
 *   somebody looks at it ──► unknown ──asked for──► known ──┬── told of from then on: never asked for again
 *                               ▲                           └── nothing tells: at each pace the next thirty of them
 *                               └── what was told is told no longer
 * ```
 *
 * Who is asked for is decided when it is their turn: whoever has become known meanwhile costs nothing.
 */
import { LRUCache } from 'lru-cache';
import type { Presence } from '../../schema/account/model.ts';
import { CallControlFailure, Forbidden } from '../../schema/failures.ts';
import { upTo } from '../up-to.ts';
import type { Asking } from './asking.ts';
import { type AccountSource, MOST_AT_ONCE, type Reach } from './source.ts';

export interface RoundsParts {
  readonly asking: Asking;
  /** Milliseconds between two reads of presence. */
  readonly pace: number;
  readonly reach: () => Reach | null;
  /** Of whom somebody wants to know what they do: those who are looked at one by one, and everybody who is known of. */
  readonly row: () => ReadonlySet<string>;
  readonly everybody: () => readonly string[];
  /** False: what is asked for is told in a moment. */
  readonly mayAsk: () => boolean;
  readonly see: (presence: Presence, sentAt: number, receivedAt: number) => void;
  /** It is wanted, by this name. */
  readonly onWanted: (name: string) => void;
  /** Those who were named are asked for, all of them. */
  readonly onNamedAsked: () => void;
}

export interface Rounds {
  /** True while presence is asked for, round and round. */
  readonly isPolling: boolean;
  /** Others are looked at now, or told of: asks for what is not told. */
  level(): void;
  /** Asks for these, too, once. */
  want(extensionIds: readonly string[]): void;
  /** What an extension does is known. */
  know(extensionId: string): void;
  isKnown(extensionId: string): boolean;
  /** What was known may be old. */
  doubt(): void;
  pause(): void;
}

/** Of so many extensions it is remembered when they were told of or asked for: twice as many as are held, for those who are not shown. */
const MOST_REMEMBERED = 40_000;
/** A presence that was asked for is known for so many paces. */
const ROUNDS_KNOWN = 3;
/** Whoever may see nobody's presence is not asked for it again for so long. */
const REFUSED_FOR = 600_000; // 10 minutes

/** Makes it; it asks for nothing. */
export function createRounds(parts: RoundsParts): Rounds {
  const { asking } = parts;
  /** When what an extension does was told or read last, by `performance.now()`. */
  const knownAt = new LRUCache<string, number>(upTo(MOST_REMEMBERED));
  /** Those who were named, and not yet asked for. */
  const named = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  /** Where the round is. */
  let turn = 0;
  /** By `performance.now()`. */
  let refusedUntil = -Infinity;

  return {
    get isPolling() {
      return timer !== null;
    },
    level,
    want(extensionIds) {
      for (const id of extensionIds) named.add(id);
      if (named.size > 0) wantUnknown();
    },
    know(extensionId) {
      knownAt.set(extensionId, performance.now());
    },
    isKnown(extensionId) {
      const at = knownAt.get(extensionId);
      if (at === undefined) return false;
      const presence = parts.reach()?.presence;
      if (presence === 'everybody' || presence?.has(extensionId) === true) return true;
      const round = Math.max(1, Math.ceil(untold().length / MOST_AT_ONCE));
      return performance.now() - at < parts.pace * round * ROUNDS_KNOWN;
    },
    doubt: () => knownAt.clear(),
    pause() {
      stop();
      named.clear();
      refusedUntil = -Infinity;
    },
  };

  function level(): void {
    // What is listened for first is asked for after that.
    if (!parts.mayAsk()) {
      stop();
      return;
    }
    const ids = untold();
    if (ids.some((id) => !knownAt.has(id))) wantUnknown();
    if (ids.length > 0) timer ??= setTimeout(poll, parts.pace).unref();
    else stop();
  }

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function poll(): void {
    timer = null;
    if (!parts.mayAsk() || untold().length === 0) return;
    want('presence, round and round', async (from, signal) => {
      const ids = untold();
      const start = turn < ids.length ? turn : 0;
      const few = ids.slice(start, start + MOST_AT_ONCE);
      turn = start + few.length;
      await ask(few, from, signal);
    });
    timer = setTimeout(poll, parts.pace).unref();
  }

  function wantUnknown(): void {
    want('presence of whom nothing is known', async (from, signal) => {
      const unknown = [...named, ...untold().filter((id) => !knownAt.has(id) && !named.has(id))];
      const few = unknown.slice(0, MOST_AT_ONCE);
      await ask(few, from, signal);
      if (signal.aborted) return;
      const wereNamed = named.size > 0;
      for (const id of few) named.delete(id);
      if (unknown.length > few.length) wantUnknown();
      if (wereNamed && named.size === 0) parts.onNamedAsked();
    });
  }

  function want(name: string, question: (from: AccountSource, signal: AbortSignal) => Promise<void>): void {
    if (asking.want(name, question, { urgency: 'urgent' })) parts.onWanted(name);
  }

  async function ask(ids: readonly string[], from: AccountSource, signal: AbortSignal): Promise<void> {
    if (ids.length > 0 && performance.now() >= refusedUntil) await read(ids, from, signal);
    if (signal.aborted) return;
    // Whoever is not shown is not asked for at once again.
    for (const id of ids) knownAt.set(id, performance.now());
  }

  async function read(ids: readonly string[], from: AccountSource, signal: AbortSignal): Promise<void> {
    try {
      const { value, sentAt, receivedAt } = await from.readPresences(ids, { lane: 'poll', signal });
      if (signal.aborted) return;
      for (const presence of value) {
        if (presence !== null && !(presence instanceof CallControlFailure))
          parts.see(presence, sentAt, receivedAt);
      }
    } catch (error) {
      // Whoever is told of calls goes on with those, and sees nobody's presence.
      if (!(error instanceof Forbidden) || !isToldOfCalls(parts.reach())) throw error;
      refusedUntil = performance.now() + REFUSED_FOR;
    }
  }

  /** Of whom somebody wants to know what they do, and nothing tells. */
  function untold(): readonly string[] {
    const presence = parts.reach()?.presence;
    if (presence === 'everybody') return [...parts.row()].filter((id) => !knownAt.has(id));
    const wanted = new Set([...parts.row(), ...parts.everybody()]);
    return [...wanted].filter((id) => presence?.has(id) !== true || !knownAt.has(id));
  }
}

/** True where somebody's calls are told of beyond the viewer's own. */
export function isToldOfCalls(reach: Reach | null): boolean {
  return reach !== null && (reach.calls === 'everybody' || reach.calls.size > 0);
}
