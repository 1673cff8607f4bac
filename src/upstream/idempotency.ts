/**
 * Idempotency keys: the same key of the same viewer answers the first result again, for ten minutes and
 * also while the first is still running. No phone system has such a thing, so this is what stands between an
 * impatient double click and two calls.
 *
 * What this gateway ran it remembers itself, whatever becomes of the others; with others, `shared-keys.ts` asks them
 * before anything is run.
 */
import { LRUCache } from 'lru-cache';
import { BadUserInput } from '../../schema/failures.ts';
import { createSharedKeys, type SharedKeysParts, type Use } from './shared-keys.ts';
import { type KeyedResult, type StateOf, withState } from './stored-result.ts';

/** How long a key is remembered after its command ended. */
const KEY_LIFETIME = 600_000; // 10 minutes

/** How many keys of all viewers are kept; the least recently used goes first. */
const MOST_KEYS = 100_000;

interface Remembered {
  /** The command as text: a key belongs to one command with one input. */
  readonly command: string;
  readonly use: Promise<Use<KeyedResult>>;
}

export interface IdempotencyKeys {
  /**
   * Runs the command, or answers what an earlier one with this key answered (`replayed: true`).
   *
   * A command that certainly never left the gateway is forgotten, so that the same key can try again. `unknown` is the
   * state in a result that knows none.
   */
  once<Result extends KeyedResult>(
    viewerId: string,
    key: string | null,
    command: { readonly name: string },
    run: () => Promise<Result>,
    unknown: StateOf<Result>,
  ): Promise<Result>;
  /** Every key is new again: the calls that they stand for are no more. */
  forget(): void;
}

/** Makes the keys of one gateway; with `shared`, of one among others. */
export function createIdempotencyKeys(shared?: Omit<SharedKeysParts, 'lifetime'>): IdempotencyKeys {
  const others = shared && createSharedKeys({ ...shared, lifetime: KEY_LIFETIME }, neverSent);
  const remembered = new LRUCache<string, Remembered>({
    // Grows, where a `max` would have all its room from the start.
    maxSize: MOST_KEYS,
    sizeCalculation: () => 1,
    ttl: KEY_LIFETIME,
  });

  return {
    async once<Result extends KeyedResult>(
      viewerId: string,
      key: string | null,
      command: { readonly name: string },
      run: () => Promise<Result>,
      unknown: StateOf<Result>,
    ): Promise<Result> {
      if (key === null) return run();
      const scopedKey = JSON.stringify([viewerId, key]);
      const text = JSON.stringify(command);
      const earlier = remembered.get(scopedKey);
      if (earlier !== undefined) {
        if (earlier.command !== text) return refused(key, unknown);
        // The same command has the same kind of result.
        return answerOf((await earlier.use) as Use<Result>, key, true, unknown);
      }
      const use = others?.once({ viewerId, key, command: text }, run, unknown) ?? ran(run());
      const mine = { command: text, use };
      remembered.set(scopedKey, mine);
      try {
        const used = await use;
        if (isKept(used)) remembered.set(scopedKey, mine);
        else remembered.delete(scopedKey);
        return answerOf(used, key, used.kind !== 'ran', unknown);
      } catch (error) {
        remembered.delete(scopedKey);
        throw error;
      }
    },
    forget: () => remembered.clear(),
  };
}

async function ran<Result>(result: Promise<Result>): Promise<Use<Result>> {
  return { kind: 'ran', result: await result };
}

/** What may turn out otherwise is asked for again. */
function isKept(use: Use<KeyedResult>): boolean {
  return (use.kind === 'ran' || use.kind === 'told') && !neverSent(use.result);
}

function answerOf<Result extends KeyedResult>(
  use: Use<Result>,
  key: string,
  replayed: boolean,
  unknown: StateOf<Result>,
): Result {
  return use.kind === 'refused' ? refused(key, unknown) : { ...use.result, replayed };
}

/** A refusal by our own rate budget or a refused connection: nothing happened, so nothing is to be replayed. */
function neverSent({ outcome, error }: KeyedResult): boolean {
  return outcome === 'NOT_APPLIED' && error !== null && 'sent' in error && error.sent === false;
}

function refused<Result extends KeyedResult>(key: string, unknown: StateOf<Result>): Result {
  return withState<Result>(
    {
      outcome: 'NOT_APPLIED',
      replayed: false,
      error: new BadUserInput(
        `The idempotency key ${JSON.stringify(key)} was used for another command or another input in the last ten minutes; ` +
          'use a new key for a new command.',
        'idempotencyKey',
      ),
    },
    unknown,
  );
}
