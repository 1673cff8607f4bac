/**
 * Secrets that all gateways of one store have in common, and nobody else has: what one has signed, every other believes.
 *
 * They are as old as what the gateways share. A store that has lost its data begins a new epoch with new secrets:
 *
 * ```text
 *   before the first meeting     together        Redis is away     it lost its data
 *   ──────────────────────────┬───────────────┬──────────────────┬──────────────────►
 *     epoch and secret of       of the fleet     the same          new ones; those before are known for a while,
 *     this gateway alone                                           so that what they signed is told from a forgery
 * ```
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Commons } from './commons.ts';
import { sealingKey } from './seal.ts';

/** A secret, and how long it is one: as long as its epoch. */
export interface Secret {
  /** Names it, and gives nothing of it away. */
  readonly epoch: string;
  /** 256 bits. */
  readonly key: Buffer;
}

/** The secrets for one purpose. */
export interface Secrets {
  /** The one to sign with; the same object until there is another epoch. */
  current(): Secret;
  /** The one of an epoch that this gateway has seen; null: it has not, or long ago. */
  of(epoch: string): Secret | null;
}

/** Epochs that are over and still known. */
const EPOCHS_KEPT = 4;

/** Makes the secrets for one purpose, like `cursors`; those for another have nothing in common with them. */
export function createSecrets(commons: Commons, purpose: string): Secrets {
  /** Oldest first. */
  const known = new Map<string, Secret>();
  let current: Secret | null = null;

  return { current: now, of: (epoch) => (now().epoch === epoch ? now() : (known.get(epoch) ?? null)) };

  function now(): Secret {
    const fleet = commons.fleet();
    if (current !== null && (fleet === null || fleet.id === current.epoch)) return current;
    const { id, secret } = fleet ?? { id: randomUUID(), secret: randomBytes(32).toString('base64url') };
    current = known.get(id) ?? { epoch: id, key: sealingKey(secret, purpose) };
    // Anew, so that it is the last to go.
    known.delete(id);
    known.set(id, current);
    for (const oldest of known.keys()) {
      if (known.size <= EPOCHS_KEPT + 1) break;
      known.delete(oldest);
    }
    return current;
  }
}
