/**
 * Idempotency keys: the same key of the same viewer answers the first result again, for ten minutes and
 * also while the first is still running. RingCentral has no such thing, so this is what stands between an
 * impatient double click and two calls.
 */
import { LRUCache } from 'lru-cache';
import { BadUserInput } from '../../schema/failures.ts';
import type { Command, CommandResult } from '../../schema/provider.ts';

/** How long a key is remembered after its command ended. */
const KEY_LIFETIME = 600_000; // 10 minutes

/** How many keys of all viewers are kept; the least recently used goes first. */
const MOST_KEYS = 100_000;

interface Remembered {
  /** The command as text: a key belongs to one command with one input. */
  readonly command: string;
  readonly result: Promise<CommandResult>;
}

export interface IdempotencyKeys {
  /**
   * Runs the command, or answers what an earlier one with this key answered (`replayed: true`).
   *
   * A command that certainly never left the gateway is forgotten, so that the same key can try again.
   */
  once(
    viewerId: string,
    key: string | null,
    command: Command,
    run: () => Promise<CommandResult>,
  ): Promise<CommandResult>;
  /** Every key is new again: the calls that they stand for are no more. */
  forget(): void;
}

export function createIdempotencyKeys(): IdempotencyKeys {
  const remembered = new LRUCache<string, Remembered>({
    // Grows, where a `max` would have all its room from the start.
    maxSize: MOST_KEYS,
    sizeCalculation: () => 1,
    ttl: KEY_LIFETIME,
  });

  return {
    async once(viewerId, key, command, run) {
      if (key === null) return run();
      const scopedKey = JSON.stringify([viewerId, key]);
      const text = JSON.stringify(command);
      const earlier = remembered.get(scopedKey);
      if (earlier !== undefined) {
        if (earlier.command !== text) return refused(key);
        return { ...(await earlier.result), replayed: true };
      }
      const result = run();
      remembered.set(scopedKey, { command: text, result });
      try {
        const answer = await result;
        if (neverSent(answer)) remembered.delete(scopedKey);
        else remembered.set(scopedKey, { command: text, result });
        return answer;
      } catch (error) {
        remembered.delete(scopedKey);
        throw error;
      }
    },
    forget: () => remembered.clear(),
  };
}

/** A refusal by our own rate budget or a refused connection: nothing happened, so nothing is to be replayed. */
function neverSent({ outcome, error }: CommandResult): boolean {
  return outcome === 'NOT_APPLIED' && error !== null && 'sent' in error && error.sent === false;
}

function refused(key: string): CommandResult {
  return {
    outcome: 'NOT_APPLIED',
    replayed: false,
    error: new BadUserInput(
      `The idempotency key ${JSON.stringify(key)} was used for another command or another input in the last ten minutes; ` +
        'use a new key for a new command.',
      'idempotencyKey',
    ),
    session: null,
    party: null,
    recording: null,
  };
}
