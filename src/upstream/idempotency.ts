/**
 * Idempotency keys: the same key of the same viewer answers the first result again, for ten minutes and
 * also while the first is still running. RingCentral has no such thing, so this is what stands between an
 * impatient double click and two calls.
 *
 * What this gateway ran it remembers itself, whatever becomes of the others; with others, `shared-keys.ts` asks them
 * before anything is run.
 */
import { LRUCache } from 'lru-cache';
import { BadUserInput } from '../../schema/failures.ts';
import type { Command, CommandResult } from '../../schema/provider.ts';
import { createSharedKeys, type SharedKeysParts, type Use } from './shared-keys.ts';

/** How long a key is remembered after its command ended. */
const KEY_LIFETIME = 600_000; // 10 minutes

/** How many keys of all viewers are kept; the least recently used goes first. */
const MOST_KEYS = 100_000;

interface Remembered {
  /** The command as text: a key belongs to one command with one input. */
  readonly command: string;
  readonly use: Promise<Use>;
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
    async once(viewerId, key, command, run) {
      if (key === null) return run();
      const scopedKey = JSON.stringify([viewerId, key]);
      const text = JSON.stringify(command);
      const earlier = remembered.get(scopedKey);
      if (earlier !== undefined) {
        return earlier.command === text ? answerOf(await earlier.use, key, true) : refused(key);
      }
      const use = others?.once({ viewerId, key, command: text }, run) ?? ran(run());
      const mine = { command: text, use };
      remembered.set(scopedKey, mine);
      try {
        const used = await use;
        if (isKept(used)) remembered.set(scopedKey, mine);
        else remembered.delete(scopedKey);
        return answerOf(used, key, used.kind !== 'ran');
      } catch (error) {
        remembered.delete(scopedKey);
        throw error;
      }
    },
    forget: () => remembered.clear(),
  };
}

async function ran(result: Promise<CommandResult>): Promise<Use> {
  return { kind: 'ran', result: await result };
}

/** What may turn out otherwise is asked for again. */
function isKept(use: Use): boolean {
  return (use.kind === 'ran' || use.kind === 'told') && !neverSent(use.result);
}

function answerOf(use: Use, key: string, replayed: boolean): CommandResult {
  return use.kind === 'refused' ? refused(key) : { ...use.result, replayed };
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
